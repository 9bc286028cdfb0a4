"""Reading everything that a source's snapshots hold, and telling what is wrong and which documents it touches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from monitor.errors import StoreError
from monitor.snapshots import capture_failures
from monitor.snapshots.git_log import DOCUMENTS
from monitor.snapshots.git_objects import EXECUTABLE, FILE, TREE, Commit, parse_commit, tree_entries
from monitor.snapshots.objectreader import GitObject
from monitor.snapshots.treenames import decode_path

Read = Callable[[str], GitObject]
_DEEPEST = 300  # folders within folders; the walk is as deep, and git itself stops somewhere above


class Finding(NamedTuple):
    """One thing that is wrong: the object, what is wrong with it, and the documents (paths) that it concerns.

    A damaged tree concerns everything below a folder, which stands for it with a `/` at its end; a damaged snapshot
    concerns `/`, all documents.
    """

    object: str
    message: str
    documents: tuple[str, ...] = ()


def verify_source(read: Read, source: str, head: str) -> Iterator[Finding]:
    """Walk from the newest snapshot to the first. Each object is read once; trees seen before are not opened again."""
    walk = _Walk(read)
    later: Commit | None = None
    wanted: str | None = head
    while wanted is not None:
        try:
            commit = parse_commit(wanted, source, _expect(read, wanted, "commit"))
        except StoreError as error:
            yield Finding(wanted, f"snapshot: {error}", ("/",))
            return
        yield from _order(commit, later)
        yield from walk.tree(commit.tree, b"", encoded=commit.encoded)
        later, wanted = commit, commit.parents[0] if commit.parents else None


def _order(commit: Commit, later: Commit | None) -> Iterator[Finding]:
    if later is not None and commit.snapshot.taken_at > later.snapshot.taken_at:
        yield Finding(later.snapshot.id, f"is older than the snapshot before it, {commit.snapshot.id}")
    if len(commit.parents) > 1:
        yield Finding(commit.snapshot.id, "has more than one snapshot before it")


class _Walk:
    """Which objects were read: bad ones are told again for each further name under which they stand."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._good: set[bytes] = set()
        self._bad: dict[str, str] = {}

    def tree(self, tree: str, path: bytes, *, encoded: bool) -> Iterator[Finding]:
        # The same tree below another name holds the same objects, which were found good
        if bytes.fromhex(tree) in self._good:
            return
        if path.count(b"/") > _DEEPEST:
            yield _finding(tree, f"is nested deeper than {_DEEPEST} folders and was not read", path, encoded=encoded)
            return
        try:
            entries = list(tree_entries(_expect(self._read, tree, "tree")))
        except StoreError as error:
            yield _finding(tree, str(error), path, encoded=encoded)
            return
        faults = 0
        for entry in entries:
            below = path + entry.name
            found = (
                self.tree(entry.id, below + b"/", encoded=encoded)
                if entry.mode == TREE
                else self._leaf(entry.mode, entry.id, below, encoded=encoded)
            )
            for finding in found:
                faults += 1
                yield finding
        if not faults:
            self._good.add(bytes.fromhex(tree))

    def _leaf(self, mode: str, blob: str, path: bytes, *, encoded: bool) -> Iterator[Finding]:
        if mode not in (FILE, EXECUTABLE, "100664") or bytes.fromhex(blob) in self._good:
            return
        if blob not in self._bad:
            try:
                data = _expect(self._read, blob, "blob")
                if path.startswith(capture_failures.PREFIX):
                    capture_failures.standing_from(data)
                self._good.add(bytes.fromhex(blob))
                return
            except StoreError as error:
                self._bad[blob] = str(error)
        yield _finding(blob, self._bad[blob], path, encoded=encoded)


def _expect(read: Read, wanted: str, kind: str) -> bytes:
    found = read(wanted)
    if found.kind != kind:
        raise StoreError(f"object {wanted} of the snapshot repository is a {found.kind}, not a {kind}")
    return found.data


def _finding(wanted: str, message: str, path: bytes, *, encoded: bool) -> Finding:
    if not path.startswith(DOCUMENTS):
        return Finding(wanted, message, () if path else ("/",))
    name = path[len(DOCUMENTS) :]
    return Finding(wanted, message, (decode_path(name) if encoded else os.fsdecode(name),))
