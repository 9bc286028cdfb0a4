"""Write one snapshot: blobs as they are read, then a commit, verified before the ref moves.

The repository is created here, too. The order makes a snapshot durable before it is acknowledged: blobs, ids compared,
tree read back and compared, pack and its folder synced, ref moved by compare-and-swap, its folder synced. Blobs are
named by ids that are computed here, not by marks: if git received other bytes, the commit names a missing object and
`git fast-import` refuses the stream.

Only the holder of the store's lock creates the repository or clears what a crash left: no git process of ours runs
then.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Self

from monitor.errors import StoreError
from monitor.model import Snapshot
from monitor.snapshots.git_log import RawChange, parse_raw
from monitor.snapshots.git_objects import NO_OBJECT, is_id, ref_of, seconds, snapshot
from monitor.snapshots.git_process import Pipe, Start, run, store_errors, tokens


class TreeChange(NamedTuple):
    """What stands at a path of the tree from now on; a `mode` of "" is nothing."""

    mode: str
    id: str


DELETED = TreeChange("", NO_OBJECT)


def blob_command(data: bytes) -> Iterator[bytes]:
    """One blob; in pieces, so that the content is not copied."""
    yield b"blob\ndata %d\n" % len(data)
    yield data
    yield b"\n"


def commit_command(
    ref: str,
    parent: str | None,
    header: tuple[str, str],
    message: str,
    changes: Mapping[bytes, TreeChange],
    *,
    follows: bool = False,
) -> Iterator[bytes]:
    """A commit on `ref`, marked `:1`, that keeps all of its parent's tree but what changed.

    `header` holds author and committer, each as `name <mail> seconds +0000`. What goes is taken out first, so that
    a file may take a folder's place, and a folder a file's. With `follows` the parent is the commit before in the
    stream, whose tree is still at hand.
    """
    author, committer = header
    text = message.encode("utf-8", "surrogateescape")
    if not follows:  # `reset` forgets what the ref may still point to: the parent is the one that is named, or none
        yield b"reset %s\n\n" % ref.encode()
    yield b"commit %s\nmark :1\n" % ref.encode()
    yield f"author {author}\ncommitter {committer}\n".encode("utf-8", "surrogateescape")
    yield b"data %d\n%s\n" % (len(text), text)
    if parent is not None and not follows:
        yield b"from %s\n" % parent.encode()
    for path, change in changes.items():
        if not change.mode:
            yield b"D %s\n" % _quoted(path)
    for path, change in changes.items():
        if change.mode:
            yield b"M %s %s %s\n" % (change.mode.encode(), change.id.encode(), _quoted(path))
    yield b"\n"


def _quoted(path: bytes) -> bytes:
    return b'"%s"' % path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")


_NEW = ".new"


def create(repository: Path, init: Callable[[Path], object]) -> None:
    """Make it beside its place, sync it, and put it there by one rename: nobody ever sees half of it."""
    place = repository.with_name(repository.name + _NEW)
    shutil.rmtree(place, ignore_errors=True)
    repository.parent.mkdir(parents=True, exist_ok=True)
    init(place)
    (place / "objects" / "pack").mkdir(exist_ok=True)
    for folder, _, files in os.walk(place):
        for name in (*files, "."):
            sync_folder(Path(folder, name))
    place.rename(repository)
    sync_folder(repository.parent)


_CONSTANT = {
    "HEAD": "ref: refs/heads/main\n",
    "config": "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n",
}
"""Files that git asks for and that say the same in every store."""


_LINE = re.compile(r"\s*(?:\[core\]|[a-z]+ = \w+)?\s*", re.IGNORECASE)
_SHALLOW = "shallow"  # a file that would cut the history short


def damaged_files(repository: Path) -> list[str]:
    """Which files of the repository that are the same in every store are missing, damaged, or must not be there."""
    if not (repository / "objects").is_dir():
        return []
    damaged = [name for name in _CONSTANT if not _is_constant(repository / name)]
    return [*damaged, *([_SHALLOW] if (repository / _SHALLOW).exists() else [])]


def _is_constant(path: Path) -> bool:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return False
    if path.name == "HEAD":
        return lines == _CONSTANT["HEAD"].splitlines()
    needed = {"bare = true", "repositoryformatversion = 0"}
    return needed <= {line.strip() for line in lines} and all(map(_LINE.fullmatch, lines))


def write_constant_files(repository: Path) -> list[str]:
    """Write those again, or put them aside, and say which; the caller holds the lock."""
    damaged = damaged_files(repository)
    for name in damaged:
        if name == _SHALLOW:
            (repository / name).replace(repository / f"{name}.aside")
        else:
            temporary = repository / f"{name}.new"
            temporary.write_text(_CONSTANT[name], "utf-8")
            sync_folder(temporary)
            temporary.replace(repository / name)
        sync_folder(repository)
    return damaged


def remove_leftovers(repository: Path) -> None:
    """Remove lock and temporary files that killed git processes left; StoreError where this is no repository."""
    if not (repository / "HEAD").is_file() or not (repository / "objects").is_dir():
        raise StoreError(f"{repository} is not a complete git repository: move it aside, or restore it from a backup")
    for path in _leftovers(repository):
        path.unlink(missing_ok=True)


def _leftovers(repository: Path) -> Iterator[Path]:
    yield from repository.glob("*.lock")
    yield from repository.glob("fast_import_crash_*")
    yield from (repository / "refs").rglob("*.lock")
    yield from (repository / "objects" / "pack").glob("tmp_*")
    yield from (repository / "objects" / "pack").glob(".tmp-*")
    # fast-import's, while it writes: one that stays keeps the same pack from being written again
    yield from (repository / "objects" / "pack").glob("*.keep")
    yield from (repository / "objects" / "info").glob("*.lock")
    yield repository / "refs" / "monitor" / "pending"


def sync_folder(folder: Path) -> None:
    """See to it that the names in a folder, or the content of a file, are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


PENDING = "refs/monitor/pending"
MONITOR = "monitor <monitor@localhost>"
IMPORT = ["fast-import", "--quiet", "--done", "--force", "--depth=0", "--date-format=raw", "--cat-blob-fd=1"]


class NewSnapshot(NamedTuple):
    """What is to be recorded: everything in the parent's tree stays but `changes` (tree paths)."""

    source: str
    parent: str | None
    taken_at: datetime
    recorded_at: datetime
    subject: str
    changes: Mapping[bytes, TreeChange]
    ref: str | None = None  # where it goes; without it, to the source's own
    trailers: tuple[str, ...] = ()  # lines such as `Origin: …`


class SnapshotWriter:
    """One `git fast-import`, started when there is something to write; leaving its context unfinished aborts it."""

    def __init__(self, start: Start, repository: Path) -> None:
        self._start, self._repository = start, repository
        self._pipe: Pipe | None = None
        self._sent: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.abort()

    def add(self, blob: str, data: bytes) -> None:
        """Hand over the bytes of a blob whose id has been computed by the caller."""
        if blob not in self._sent:
            self._sent.add(blob)
            self._importer().write(blob_command(data))

    def commit(self, new: NewSnapshot) -> Snapshot:
        """Record the snapshot; StoreError, and nothing moved, where anything is not as it was asked for."""
        times = seconds(new.taken_at), seconds(new.recorded_at)
        message = message_of(new.subject, new.trailers)
        header = (f"{MONITOR} {times[0]} +0000", f"{MONITOR} {times[1]} +0000")
        pipe = self._importer()
        pipe.write(commit_command(PENDING, new.parent, header, message, new.changes))
        pipe.write([b"get-mark :1\ndone\n"])
        pipe.flush()
        commit = pipe.stdout.readline().strip().decode("ascii", "replace")
        pipe.finish()
        self._pipe = None
        if not is_id(commit):
            raise StoreError("git fast-import failed: it did not name the commit that it made")
        self._check(new, commit)
        move_ref(self._start, self._repository, new.ref or ref_of(new.source), new.parent, commit)
        return snapshot(commit, new.source, times, MONITOR, message)

    def abort(self) -> None:
        """Give up what was not committed, and the space that it took."""
        if self._pipe is not None:
            self._pipe.kill()
            self._pipe = None
            with contextlib.suppress(OSError, StoreError):  # the next writer clears it, too
                remove_leftovers(self._repository)

    def _importer(self) -> Pipe:
        if self._pipe is None:
            self._pipe = self._start(IMPORT)
        return self._pipe

    def _check(self, new: NewSnapshot, commit: str) -> None:
        sides = [new.parent, commit] if new.parent else ["--root", "--no-commit-id", commit]
        made = tokens(self._start(["diff-tree", "-r", "-z", "--no-renames", "--no-abbrev", *sides]))
        verify_tree(parse_raw(made), new.changes)


def message_of(subject: str, trailers: Sequence[str]) -> str:
    """A snapshot's message; names in its tree are always encoded."""
    return "\n".join([subject, "", "Names: encoded", *trailers, ""])


def verify_tree(made: Iterable[RawChange], asked: Mapping[bytes, TreeChange]) -> None:
    """StoreError where what git made of a commit is not what was asked for."""
    found = {change.path: (change.after_mode, change.after) for change in made}
    wanted = {path: (change.mode or "000000", change.id) for path, change in asked.items()}
    if found != wanted:
        odd = min(path for path in found.keys() | wanted.keys() if found.get(path) != wanted.get(path))
        raise StoreError(f"git made another tree than requested, at {os.fsdecode(odd)!r}")


def move_ref(start: Start, repository: Path, ref: str, before: str | None, after: str) -> None:
    """Make new objects durable, then let `ref` name `after`; StoreError where it does not name `before` any more."""
    with store_errors("syncing the snapshot repository"):
        sync_folder(repository / "objects" / "pack")
    steps = f"update {ref} {after} {before or NO_OBJECT}\ndelete {PENDING} {after}\n"
    run(start, ["update-ref", "--stdin"], steps.encode())
    folder = (repository / ref).parent
    with store_errors("syncing the snapshot repository"):
        sync_folder(folder)
        while before is None and folder != repository:  # the first of its source: its folders may be new
            folder = folder.parent
            sync_folder(folder)
