"""Made git repositories, and a place to import them into."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.app.import_history import ImportOptions, ImportResult, import_history
from monitor.model import Change, Snapshot
from tests.support.workspace import Workspace

DAY = 86_400
START = int(datetime(2024, 3, 1, 12, tzinfo=UTC).timestamp())
_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


@dataclass(frozen=True)
class Entry:
    """What stands at a path: bytes of a mode, or for a submodule a commit's id."""

    data: bytes
    mode: str = "100644"


@dataclass(frozen=True)
class Made:
    """One commit to make: what changes (None: is removed), when (seconds), which earlier commits it merges."""

    files: Mapping[str | bytes, bytes | Entry | None]
    at: int
    author: str = "Ada <ada@example.org>"
    subject: str = "a change"
    merges: Sequence[int] = ()
    parent: int | None = None  # which commit (from 0) it is made on; the one before, unless told


def git(repository: Path, *args: str, given: bytes = b"") -> str:
    done = subprocess.run(
        ["git", "-C", str(repository), *args], input=given, env=_ENVIRONMENT, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def make_repository(path: Path, commits: Sequence[Made]) -> Path:
    """A bare repository whose branch `main` ends with the last of the commits."""
    path.mkdir(parents=True, exist_ok=True)
    if not (path / "HEAD").exists():
        git(path, "init", "-q", "--bare", "-b", "main")
    git(path, "fast-import", "--quiet", "--force", given=b"".join(_stream(at, one) for at, one in enumerate(commits)))
    return path


def _stream(at: int, one: Made) -> bytes:
    lines = [b"commit refs/heads/main\nmark :%d\n" % (at + 1)]
    people = "".join(f"{role} {one.author} {one.at} +0200\n" for role in ("author", "committer"))
    lines.append(people.encode("utf-8", "surrogateescape"))
    subject = one.subject.encode("utf-8", "surrogateescape")
    lines.append(b"data %d\n%s\n" % (len(subject), subject))
    parent = at - 1 if one.parent is None else one.parent
    if parent >= 0:
        lines.append(b"from :%d\n" % (parent + 1))
    lines += [b"merge :%d\n" % (merged + 1) for merged in one.merges]
    lines += [_file(os.fsencode(path), content) for path, content in one.files.items()]
    return b"".join(lines)


def _file(path: bytes, content: bytes | Entry | None) -> bytes:
    quoted = b'"%s"' % path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    if content is None:
        return b"D %s\n" % quoted
    entry = content if isinstance(content, Entry) else Entry(content)
    if entry.mode == "160000":
        return b"M 160000 %s %s\n" % (entry.data, quoted)
    return b"M %s inline %s\ndata %d\n%s\n" % (entry.mode.encode(), quoted, len(entry.data), entry.data)


class ImportWorkspace(Workspace):
    """A workspace that histories are imported into."""

    told: Sequence[Change] = ()  # the changes that the last `live` found

    def take(self, source: Path, **options: Any) -> ImportResult:
        return import_history(self.settings, source, ImportOptions(**options))

    def live(self, files: Mapping[str, bytes], at: int) -> str | None:
        """The watched folder holds exactly these files at a time; gives the snapshot's id, if one was taken."""
        self.replace(files)
        done, self.told = self.record_changes(at=datetime.fromtimestamp(at, UTC))
        return done.snapshot


def seconds(snapshots: Sequence[Snapshot]) -> list[int]:
    return [int(one.taken_at.timestamp()) for one in snapshots]
