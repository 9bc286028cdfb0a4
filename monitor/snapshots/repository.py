"""The snapshot store: a bare git repository. `git_process` starts its commands."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Self

from monitor.errors import StoreError
from monitor.model import Failure, FileVersion, PathChange, Snapshot, SnapshotDelta, Tombstone
from monitor.snapshots import capture_failures, maintenance
from monitor.snapshots import writer as snapshots_writer
from monitor.snapshots.capture_failures import CaptureFailures
from monitor.snapshots.git_log import DOCUMENTS, FORMAT, RawChange, Recorded, parse_log, parse_raw, parse_tree
from monitor.snapshots.git_objects import (
    FORGOTTEN,
    NO_OBJECT,
    STORE,
    Commit,
    GitObject,
    is_earlier,
    parse_commit,
    read_ref,
    read_sources,
    ref_of,
)
from monitor.snapshots.git_process import ObjectReader, Pipe, ProcessLimits, launch, run, store_errors, tokens
from monitor.snapshots.maintenance import Finding, Recovery, verify_source
from monitor.snapshots.writer import SnapshotWriter

if TYPE_CHECKING:
    from monitor.snapshots.history_import import Importer

# Of git on a source that others wrote; it holds a document of up to 512 MB in memory, with what it is built upon
PATIENCE = 300.0  # seconds without progress: to list a long history on a slow disk gives nothing for a while
# Trees that name themselves, or one another, keep git at work without end. A history that takes longer than this is
# read commit by commit.
_PATIENCE_OF = {"log": 25.0, "ls-tree": 15.0}  # seconds
_FOR_LISTS = 1 << 30  # bytes
_FOR_CONTENT = 2 << 30
_WRITING = frozenset({"fast-import", "hash-object", "index-pack", "pack-objects", "update-ref"})
_RAW = ("--raw", "--no-renames", "--no-abbrev")
_INIT = ["init", "--quiet", "--bare", "--template=", "--object-format=sha1", "--initial-branch=main"]


class GitSnapshots:
    """The snapshots in the bare repository at `path` (`history.git`), which is made when the first one is written.

    Readers of a store that is not there yet see an empty one. Several threads may read at once. `pass_fds` are
    inherited by every git process that writes: the lock, so that one that outlives its parent still holds it.
    """

    def __init__(self, path: Path, pass_fds: Sequence[int] = ()) -> None:
        self.repository = path.absolute()
        self._pass_fds = tuple(pass_fds)
        self._idle: list[ObjectReader] = []
        self._continuing: dict[str, bool] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def __reduce__(self) -> tuple[type[GitSnapshots], tuple[Path]]:
        return GitSnapshots, (self.repository,)

    def close(self) -> None:
        """End the processes that wait for the next question."""
        while self._idle:
            reader = self._idle.pop()
            if reader.usable:
                reader.close()

    # --- what there is

    def head(self, source: str = "") -> str | None:
        """The newest snapshot on the ref of a source, None where it has none; costs one small file."""
        return read_ref(self.repository, ref_of(source))

    def sources(self) -> Sequence[str]:
        """The sources that have snapshots, sorted; `""` is the watched folder with its earlier history."""
        earlier = self.earlier_history()
        found = set(read_sources(self.repository))
        return tuple(sorted(found if earlier is None else found - {earlier} | {""}))

    def snapshots(self, source: str) -> Sequence[Snapshot]:
        """All snapshots of a source, oldest first."""
        return tuple(recorded.snapshot for recorded in self._source_log(source, None, []))

    def earlier_history(self) -> str | None:
        """The name of the import that is the watched folder's own earlier history."""
        for source, head in read_sources(self.repository).items():
            if source:
                if head not in self._continuing:
                    self._continuing[head] = is_earlier(self._commit(head).message)
                if self._continuing[head]:
                    return source
        return None

    def snapshots_of(self, source: str) -> Iterator[Snapshot]:
        """The snapshots on the ref of a source, oldest first: of the watched folder, those of its own runs alone."""
        return (recorded.snapshot for recorded in self._log(source, None, []))

    def newest_snapshots(self) -> Mapping[str, str]:
        """The newest snapshot on every ref, by the name of its source; the earlier history is under its own name."""
        return read_sources(self.repository)

    def follows(self, commit: str, before: str) -> bool:
        """Whether a snapshot was made upon another one."""
        return self._commit(commit).parents == (before,)

    def snapshot(self, commit: str) -> Snapshot:
        """The snapshot of the watched folder with this full id; StoreError where it is not there."""
        return self._commit(commit).snapshot

    def deltas(self, source: str, after: str | None = None) -> Iterator[SnapshotDelta]:
        """What each snapshot changed, oldest first, beginning behind snapshot `after`; streamed."""
        for recorded in self._source_log(source, after, _RAW):
            changes = tuple(recorded.documents())
            failures = tuple(self._new_failures(recorded))
            yield SnapshotDelta(recorded.snapshot, changes, failures, *self._left_out(recorded, changes))

    def manifest(self, snapshot: str) -> Mapping[str, FileVersion]:
        """Every document of a snapshot, by path."""
        commit = self._commit(snapshot)
        listed = self._start(["ls-tree", "-r", "-z", "--full-tree", commit.tree, os.fsdecode(DOCUMENTS)])
        return dict(parse_tree(tokens(listed), encoded=commit.encoded))

    def capture_failures(self, snapshot: str) -> Mapping[str, bytes]:
        """The failures and skipped things of a snapshot: folder -> the content of its file (see `capture_failures`)."""
        tree = self._commit(snapshot).tree
        listed = tokens(self._start(["ls-tree", "-r", "-z", "--full-tree", tree, os.fsdecode(capture_failures.PREFIX)]))
        blobs = {path: about[-40:].decode() for about, _, path in (piece.partition(b"\t") for piece in listed)}
        contents = self.read_many(blobs.values())
        return {capture_failures.folder_of(path): data for path, (_, data) in zip(blobs, contents, strict=True)}

    def failures(self, snapshot: str) -> Sequence[Failure]:
        """Every capture failure that a snapshot records, by path."""
        failures = self.capture_failures(snapshot).items()
        found = (
            capture_failures.as_failures(folder, capture_failures.parse_capture_failures(data).failures)
            for folder, data in failures
        )
        return sorted((failure for each in found for failure in each), key=lambda failure: failure.path)

    def message(self, commit: str) -> str:
        """What a snapshot's message holds."""
        return self._commit(commit).message

    def tip(self, ref: str) -> str | None:
        """The commit that a ref beside the sources names; costs one small file."""
        return read_ref(self.repository, ref)

    def files(self, commit: str) -> Iterator[tuple[bytes, str]]:
        """Every path of a commit's tree, whatever it holds, in the tree's order, with the blob there."""
        listed = self._start(["ls-tree", "-r", "-z", "--full-tree", self._commit(commit).tree])
        for piece in tokens(listed):
            about, _, path = piece.partition(b"\t")
            yield path, about[-40:].decode("ascii")

    def store_id(self) -> str | None:
        """What tells this store from all others; None in a repository of an earlier version. Costs one small file."""
        return read_ref(self.repository, STORE)

    # --- the bytes

    def read(self, blob: str) -> bytes:
        """The exact bytes; StoreError where the object is missing or damaged."""
        return _content(self._object(blob))

    def read_many(self, blobs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The same for many, in their order, streamed."""
        with contextlib.closing(self._objects(blobs)) as found:
            for one in found:
                yield one.id, _content(one)

    def object(self, wanted: str) -> GitObject:
        """An object of any kind, its id checked; StoreError where it is missing or damaged."""
        return self._object(wanted)

    def holds(self, wanted: str) -> bool:
        """Whether the object is there, and can be read."""
        try:
            self._object(wanted)
        except StoreError:
            return False
        return True

    def verify(self) -> Iterator[Finding]:
        """Everything that is wrong: each object is read and re-hashed, each manifest and every order checked."""
        for source, head in read_sources(self.repository).items():
            yield from verify_source(self._object, source, head)

    def damaged_files(self) -> list[str]:
        """Files that are the same in every repository of a store, and are missing, damaged or must not be there."""
        return snapshots_writer.damaged_files(self.repository)

    def recovery(self) -> Recovery:
        """What to ask, and to do, where the head of the watched folder's branch is damaged."""
        return Recovery(self._start, self._object, self.repository)

    # --- writing; the caller holds the lock

    def write_constant_files(self) -> list[str]:
        """Write `damaged_files` again; gives their names."""
        with store_errors(f"writing to {self.repository}"):
            return snapshots_writer.write_constant_files(self.repository)

    def writer(self) -> SnapshotWriter:
        """A new snapshot in the making; makes the repository where there is none, and clears what a crash left."""
        with store_errors(f"writing to {self.repository}"):
            if self.repository.exists():
                snapshots_writer.remove_leftovers(self.repository)
            else:
                snapshots_writer.create(self.repository, self._init)
        return SnapshotWriter(self._start, self.repository)

    def _init(self, place: Path) -> None:
        run(partial(launch, place, self._pass_fds), _INIT)
        self._name_store(place, self._new_store_id(place))

    def _new_store_id(self, place: Path) -> str:
        made = run(partial(launch, place, self._pass_fds), ["hash-object", "-w", "--stdin"], token_hex(16).encode())
        return made.decode("ascii").strip()

    def _name_store(self, place: Path, store: str) -> None:
        run(partial(launch, place, self._pass_fds), ["update-ref", STORE, store])

    def give_store_id(self, known: Iterable[str] = ()) -> str:
        """Give a repository of an earlier version an id: of the `known` ones that whose object it has, or a new one."""
        for store in known:
            with contextlib.suppress(StoreError):
                self._object(store)
                break
        else:
            store = self._new_store_id(self.repository)
        self._name_store(self.repository, store)
        return store

    def importer(self, objects: Path | None = None) -> Importer:
        """Where a history comes in; `objects` are a foreign repository's, read beside our own."""
        from monitor.snapshots.history_import import Importer, quoted_folder

        self.writer()
        beside = {} if objects is None else {"GIT_ALTERNATE_OBJECT_DIRECTORIES": quoted_folder(objects)}

        def foreign(command: Sequence[str]) -> Pipe:
            """Reads the source: it does not hold the lock, and ends with us."""
            memory = _FOR_CONTENT if command[0] in ("cat-file", "pack-objects") else _FOR_LISTS
            patience = min(PATIENCE, _PATIENCE_OF.get(command[0], PATIENCE))
            return launch(self.repository, (), command, beside, ProcessLimits(memory, patience, dies=True))

        def intake(command: Sequence[str]) -> Pipe:
            """Writes to our store what comes from the source."""
            return launch(
                self.repository, self._pass_fds, command, bounds=ProcessLimits(_FOR_CONTENT, PATIENCE, dies=False)
            )

        return Importer(self._start, foreign, intake, self.repository)

    def pack(self, *, everything: bool = False) -> bool:
        """Roll up the packs of many snapshots into one, where there are many (see `packing`); whether it was done."""
        return self.repository.exists() and maintenance.pack(self._start, self.repository, everything=everything)

    def start(self, command: Sequence[str]) -> Pipe:
        """Start git on this repository, for what writes history again."""
        return self._start(command)

    def move_refs(self, refs: Mapping[str, str], gone: Iterable[str]) -> None:
        """Let these refs name these objects, and take others away, all at once."""
        steps = [f"update {ref} {wanted}\n" for ref, wanted in refs.items()] + [f"delete {ref}\n" for ref in gone]
        run(self._start, ["update-ref", "--stdin"], "".join(steps).encode())
        with store_errors("syncing the snapshot repository"):
            for folder in {(self.repository / ref).parent for ref in refs}:
                snapshots_writer.sync_folder(folder)

    def removals(self) -> list[dict[str, Any]]:
        """What was taken out of the history, oldest first: tombstones, and a record of what was too old.

        Costs one small file where there is nothing.
        """
        blob = read_ref(self.repository, FORGOTTEN)
        found: list[dict[str, Any]] = json.loads(self.read(blob)) if blob else []
        return found

    def tombstones(self) -> list[Tombstone]:
        """What was removed by request, oldest first."""
        lists = ("blobs", "names", "ids")
        known = [one | {name: tuple(one.get(name, ())) for name in lists} for one in self.removals()]
        fields = [{name: one[name] for name in Tombstone._fields if name in one} for one in known if "document" in one]
        return [Tombstone(**one) for one in fields]

    def forgotten(self) -> dict[str, frozenset[str]]:
        """The blobs that must not be recorded again, each with the names of the documents of which it was a version."""
        found: dict[str, frozenset[str]] = {}
        for one in self.tombstones():
            for blob in one.blobs:
                found[blob] = found.get(blob, frozenset()) | {one.document, *one.names}
        return found

    # --- inside

    def _log(self, source: str, after: str | None, options: Sequence[str]) -> Iterator[Recorded]:
        head = self.head(source)
        if head is None:
            return iter(())
        behind = [f"^{after}"] if after else []
        command = ["log", "-z", "--first-parent", "--reverse", *options, FORMAT, head, *behind, "--"]
        return parse_log(source, tokens(self._start(command)))

    def _source_log(self, source: str, after: str | None, options: Sequence[str]) -> Iterator[Recorded]:
        """The log of a source; the watched folder's own begins with its earlier history, if that was imported."""
        earlier = None if source else self.earlier_history()
        if earlier is None:
            yield from self._log(source, after, options)
            return
        live = after is not None and self._commit(after).snapshot.origin is None
        last = self.head(earlier)
        if not live:
            yield from (recorded.of("") for recorded in self._log(earlier, after, options))
        for at, recorded in enumerate(self._log("", after if live else None, options)):
            if at or live or not options:
                yield recorded
            else:  # its predecessor is not its parent
                yield recorded._replace(changes=self._between(str(last), recorded.snapshot.id))

    def _between(self, before: str, after: str) -> list[RawChange]:
        command = ["diff-tree", "-r", "-z", "--no-renames", "--no-abbrev", before, after]
        return list(parse_raw(tokens(self._start(command))))

    def _commit(self, commit: str) -> Commit:
        found = self._object(commit)
        if found.kind != "commit":
            raise StoreError(f"object {commit} of the snapshot repository is a {found.kind}, not a snapshot")
        return parse_commit(commit, "", found.data)

    def _new_failures(self, recorded: Recorded) -> Iterator[Failure]:
        for raw in recorded.manifests():
            before, after = (self._read_failures(blob).failures for blob in (raw.before, raw.after))
            new = {name: why for name, why in after.items() if before.get(name) != why}
            yield from capture_failures.as_failures(capture_failures.folder_of(raw.path), new)

    def _left_out(self, recorded: Recorded, changes: Sequence[PathChange]) -> tuple[frozenset[str], frozenset[str]]:
        """The documents that the configuration leaves out from this snapshot on, and those that it lets go."""
        root = capture_failures.tree_path("")
        for raw in recorded.manifests():
            if raw.path == root:
                before, after = (self._read_failures(blob).unwatched.keys() for blob in (raw.before, raw.after))
                back = {change.path for change in changes if change.after is not None}
                return frozenset(after - before), frozenset(before - after - back)
        return frozenset(), frozenset()

    def _read_failures(self, blob: str) -> CaptureFailures:
        return capture_failures.parse_capture_failures(b"" if blob == NO_OBJECT else self.read(blob))

    def _object(self, wanted: str) -> GitObject:
        (found,) = self._objects([wanted])
        return found

    def _objects(self, ids: Iterable[str]) -> Generator[GitObject, None, None]:
        if not self.repository.exists():
            wanted = next(iter(ids), None)
            if wanted is not None:
                raise StoreError(f"object {wanted} is missing: there is no snapshot repository at {self.repository}")
            return
        reader = self._idle.pop() if self._idle else None
        if reader is None or not reader.usable:
            reader = ObjectReader(self._start)
        try:
            yield from reader.read_many(ids)
        except BaseException:
            reader.close()  # answers may be under way: nobody else may get them
            raise
        self._idle.append(reader)

    def _start(self, command: Sequence[str]) -> Pipe:
        return launch(self.repository, self._pass_fds if command[0] in _WRITING else (), command)


def _content(found: GitObject) -> bytes:
    if found.kind != "blob":
        raise StoreError(f"object {found.id} of the snapshot repository is a {found.kind}, not a document")
    return found.data
