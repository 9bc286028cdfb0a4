"""The files of a backup: `backup.json`, which names them all, and how they are read.

A backup may have been altered by anybody: only names that a backup has are taken, and every file is compared with its
size and SHA-256.
"""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

from monitor import __version__
from monitor.app.monitor import HISTORY
from monitor.config import REVIEWS_DB
from monitor.errors import StoreError, UsageError
from monitor.snapshots.git_process import store_errors
from monitor.snapshots.history_copy import OBJECT, FileFacts, facts_of_stream, is_ref, open_regular

MANIFEST = "backup.json"
FORMAT = 1  # raised where an older program could not read a copy
LOCK = "lock"
CONFIGURATION, HEADS, JOURNAL, OLDER_JOURNAL, LEDGER_ROWS = (
    "monitor.toml", "heads.txt", "runs.jsonl", "runs.1.jsonl", "ledger-kept.jsonl",
)  # fmt: skip
PARTS = (CONFIGURATION, HEADS, f"{HEADS}.sig", REVIEWS_DB, LEDGER_ROWS, JOURNAL, OLDER_JOURNAL)
KEPT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "aliases": ("old", "new"),
    "upgraded": ("change", "upgrade"),
    "upgrades": ("id", "at", "before", "after", "gone", "new"),
}
"""The tables of the ledger that no fold makes again, with their columns."""
STATE = re.compile(r"state-[0-9TZ.]+-[0-9]+")
_LONGEST_MANIFEST = 1 << 28  # bytes


class Manifest(NamedTuple):
    """What a copy holds. `files` are relative to the copy; `events` counts those of reviewing."""

    made_at: datetime
    store: str
    state: str
    refs: Mapping[str, str]
    events: int
    files: Mapping[str, FileFacts]

    def path(self, part: str) -> str:
        """Where a part other than the objects is."""
        return f"{self.state}/{part}"

    def to_bytes(self) -> bytes:
        """The content of `backup.json`."""
        document = {
            "format": FORMAT,
            "program": __version__,
            **self._asdict(),
            "made_at": self.made_at.isoformat(),
        }
        return json.dumps(document, indent=1).encode("ascii") + b"\n"


def parse_manifest(data: bytes, where: Path) -> Manifest:
    """`backup.json` as a value; UsageError where it is none, or of a newer program. It may be written by anybody."""
    newer = ""
    try:
        document: dict[str, Any] = json.loads(data)
        if document["format"] > FORMAT:
            newer = f"was made by a newer monitor ({document['program']}): update this one"
        files = {name: FileFacts(int(size), str(sha)) for name, (size, sha) in document["files"].items()}
        found = Manifest(
            datetime.fromisoformat(document["made_at"]),
            str(document["store"]),
            document["state"],
            dict(document["refs"]),
            int(document["events"]),
            files,
        )
        known = {found.path(part) for part in PARTS}
        objects = (name.removeprefix(f"{HISTORY}/") for name in files if name not in known)
        sound = STATE.fullmatch(found.state) and all(map(OBJECT.fullmatch, objects))
        if not newer and sound and all(is_ref(*ref) for ref in found.refs.items()):
            return found
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        pass
    raise UsageError(f"{where} {newer or f'is not a backup of the monitor: {MANIFEST} cannot be read'}")


def manifest_in(folder: Path) -> Manifest | None:
    """The manifest of a folder; None where it has none. UsageError where it cannot be read."""
    try:
        with open_regular(folder / MANIFEST) as file:
            return parse_manifest(file.read(_LONGEST_MANIFEST), folder)
    except FileNotFoundError:
        return None


class Copy:
    """A copy that can be read: the manifest, and its files one after the other."""

    def __init__(self, path: Path, manifest: Manifest, files: Callable[[], Iterator[tuple[str, IO[bytes]]]]) -> None:
        self._path, self.manifest, self._files = path, manifest, files

    def check(self) -> None:
        """StoreError where a file is missing or damaged."""
        self.read(lambda _, file: facts_of_stream(file))

    def part(self, part: str) -> bytes | None:
        """A small file as it was copied; None where the copy has none."""
        wanted = self.manifest.path(part)
        for name, file in self._files() if wanted in self.manifest.files else ():
            if name == wanted:
                data = file.read(self.manifest.files[name].size + 1)
                if facts_of_stream(io.BytesIO(data)) != self.manifest.files[name]:
                    raise StoreError(f"the backup {self._path} is damaged: {name} is not what was copied")
                return data
        return None

    def read(self, take: Callable[[str, IO[bytes]], FileFacts]) -> None:
        """Hand every file to `take`, which gives the facts of what it read; StoreError where they are others."""
        left = set(self.manifest.files)
        with store_errors(f"reading the backup {self._path}"):
            try:
                for name, file in self._files():
                    if name in left:
                        left.discard(name)
                        if take(name, file) != self.manifest.files[name]:
                            raise StoreError(f"the backup {self._path} is damaged: {name} is not what was copied")
            except (FileNotFoundError, tarfile.TarError, EOFError) as error:
                raise StoreError(f"the backup {self._path} is damaged: {error}") from error
        for name in sorted(left)[:1]:
            raise StoreError(f"the backup {self._path} is damaged: {name} is missing")


@contextmanager
def open_copy(path: Path) -> Iterator[Copy]:
    """Open a copy, a folder or a file; UsageError where it is none."""
    if path.is_dir():
        manifest = manifest_in(path)
        if manifest is None:
            raise UsageError(f"{path} is not a backup of the monitor: it has no {MANIFEST}")
        yield Copy(path, manifest, partial(_files_in, path, manifest))
        return
    try:
        with tarfile.open(path, "r:") as archive:
            first = archive.next()
            file = archive.extractfile(first) if first is not None and first.name == MANIFEST else None
            if file is None:
                raise UsageError(f"{path} is not a backup of the monitor: it does not begin with {MANIFEST}")
            manifest = parse_manifest(file.read(_LONGEST_MANIFEST), path)
            yield Copy(path, manifest, partial(_members, archive))
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such backup") from None
    except tarfile.ReadError:
        raise UsageError(f"{path} is not a backup of the monitor: name its folder or file") from None


def _files_in(folder: Path, manifest: Manifest) -> Iterator[tuple[str, IO[bytes]]]:
    for name in manifest.files:
        with open_regular(folder / name) as file:
            yield name, file


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in archive:
        file = archive.extractfile(member) if member.isreg() else None
        if file is not None:
            yield member.name, file
