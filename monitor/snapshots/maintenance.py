"""Verify, pack and recover the snapshot repository.

Each snapshot writes a pack. Small packs are combined when there are many, so that each remaining pack is at least
twice as large as all smaller ones together: an object is rewritten only as often as the store doubles.

There is no reflog. To recover from a damaged head, every readable commit of every pack is checked: made by the monitor
for the watched folder, with a chain of parents back to the first snapshot.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from monitor.errors import StoreError
from monitor.model import Snapshot
from monitor.snapshots import capture_failures
from monitor.snapshots.capture_failures import PREFIX
from monitor.snapshots.git_log import DOCUMENTS
from monitor.snapshots.git_objects import (
    CLOCK_CORRECTED,
    EXECUTABLE,
    FILE,
    LIVE,
    NO_OBJECT,
    TREE,
    Commit,
    GitObject,
    decode_path,
    is_id,
    parse_commit,
    read_ref,
    tree_entries,
)
from monitor.snapshots.git_process import Start, run, store_errors
from monitor.snapshots.writer import MONITOR, sync_folder

Read = Callable[[str], GitObject]
_CHECKSUM = 20  # bytes at the end of a pack
_BLOCK = 2**20
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
    corrected = later is not None and CLOCK_CORRECTED in later.message.splitlines()
    if later is not None and not corrected and commit.snapshot.taken_at > later.snapshot.taken_at:
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
                    capture_failures.parse_capture_failures(data)
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


ASIDE = "refs/monitor/aside/"
_TOP = {DOCUMENTS.rstrip(b"/"), PREFIX.rstrip(b"/")}


class GoodSnapshot(NamedTuple):
    """A snapshot that can be gone back to, and the ids of it and of all before it, newest first."""

    snapshot: Snapshot
    chain: tuple[str, ...]


class Recovery:
    """The watched folder's branch of one repository. Who calls what writes holds the lock."""

    def __init__(self, start: Start, read: Callable[[str], GitObject], repository: Path) -> None:
        self._start, self._read, self._repository = start, read, repository
        self._sound: set[str] = set()  # trees below which every tree could be read

    def damage(self, expected: str | None = None, *, deep: bool = False) -> str | None:
        """Why the head cannot be built upon, None where it can.

        Its commit, its tree and the objects that this one names are read; with `deep`, every tree below. `expected`
        is the head as somebody remembers it: where there is none any more, it was lost.
        """
        try:
            head = read_ref(self._repository, LIVE)
            if head is not None:
                self._trees(self._commit(head).tree, deep=deep)
            elif expected is not None and self._repository.exists():
                return f"{LIVE} is missing; it named {expected}"
        except StoreError as error:
            return str(error)
        return None

    def last_good(self, known: Collection[str] = ()) -> GoodSnapshot | None:
        """The newest snapshot that can be built upon, None where none is left.

        `known` are snapshots that were acknowledged: what is built upon most of them goes before what a killed run
        wrote and never named.
        """
        commits = dict(self._commits())
        ranks = _ranks(commits, set(known))
        for one in sorted(ranks, key=lambda one: (ranks[one], commits[one].snapshot.taken_at, one), reverse=True):
            try:
                self._trees(commits[one].tree, deep=True)
            except StoreError:
                continue
            return GoodSnapshot(commits[one].snapshot, tuple(_chain(one, commits)))
        return None

    def go_back(self, good: str, when: datetime) -> str | None:
        """Keep what the branch names under a ref of its own, then let it name `good`; that ref, None if it was gone.

        StoreError, and nothing moved, where the branch has moved meanwhile.
        """
        file = self._repository / LIVE
        kept: str | None
        try:
            bad = read_ref(self._repository, LIVE)
        except StoreError:  # no id stands in it: git could not say that it is still the same
            kept = self._aside(file.read_bytes(), when, folder="monitor-aside/")
            with store_errors("moving the damaged branch"):
                file.unlink()
            bad = read_ref(self._repository, LIVE)
        else:
            kept = None if bad is None else self._aside(f"{bad}\n".encode(), when)
        run(self._start, ["update-ref", "--stdin"], f"update {LIVE} {good} {bad or NO_OBJECT}\n".encode())
        with store_errors("syncing the snapshot repository"):
            sync_folder(file.parent)
        return kept

    def renew_packs(self) -> Iterator[str]:
        """Keep each damaged pack aside, with those of its objects that can be read in a new one; a line for each.

        git writes no object that an index lists, so that what such a pack has lost could never be recorded again.
        """
        folder = self._repository / "objects" / "pack"
        for path in sorted(folder.glob("*.pack")):
            if not path.with_suffix(".idx").exists() or _is_whole(path):
                continue
            listed = run(self._start, ["show-index"], path.with_suffix(".idx").read_bytes()).decode("ascii", "replace")
            ids = [line.split(" ")[1] for line in listed.splitlines()]
            good = list(filter(self._can_be_read, ids))
            if good:
                command = ["pack-objects", "-q", "--no-reuse-delta", "--no-reuse-object", str(folder / "pack")]
                run(self._start, command, "".join(f"{one}\n" for one in good).encode())
            aside = self._repository / "monitor-aside"
            with store_errors("keeping a damaged pack aside"):
                sync_folder(folder)
                aside.mkdir(exist_ok=True)
                for suffix in (".idx", ".rev", ".pack"):
                    with contextlib.suppress(FileNotFoundError):
                        path.with_suffix(suffix).rename(aside / f"{path.stem}{suffix}")
                sync_folder(aside)
                sync_folder(folder)
            kept = f"{len(good):,} of its {len(ids):,} objects are in a new pack"
            yield f"{path.name} was damaged: it is kept in {aside}, and {kept}"

    def _can_be_read(self, one: str) -> bool:
        try:
            self._read(one)
        except StoreError:
            return False
        return True

    def put_aside(self, ref: str, when: datetime) -> str:
        """Keep what a ref beside the watched folder's names under another ref, and take it away; gives where it is."""
        file = self._repository / ref
        try:
            bad = read_ref(self._repository, ref)
        except StoreError:
            kept = self._aside(file.read_bytes(), when, folder="monitor-aside/")
            with store_errors("moving the damaged branch"):
                file.unlink()
            return kept
        kept = self._aside(f"{bad}\n".encode(), when)
        run(self._start, ["update-ref", "--stdin"], f"delete {ref} {bad}\n".encode())
        return kept

    def _aside(self, content: bytes, when: datetime, folder: str = ASIDE) -> str:
        """Written as a file: git makes no ref that names what it cannot read."""
        stamp = f"{folder}{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        with store_errors("saving the damaged head"):
            (self._repository / folder).mkdir(parents=True, exist_ok=True)
            for number in range(1, 1000):
                name = stamp if number == 1 else f"{stamp}-{number}"
                try:
                    with (self._repository / name).open("xb") as file:
                        file.write(content)
                        file.flush()
                        os.fsync(file.fileno())
                except FileExistsError:
                    continue
                position = (self._repository / name).parent
                while position != self._repository.parent:
                    sync_folder(position)
                    position = position.parent
                return name
        raise StoreError(f"there is no name left for another head of {stamp}")

    def _commits(self) -> Iterator[tuple[str, Commit]]:
        """Every commit that can be read and is a snapshot of the watched folder, in no order."""
        for one in list(self._listed()):
            try:
                found = self._read(one)
                commit = parse_commit(one, "", found.data)
            except StoreError:
                continue
            if commit.encoded and commit.snapshot.origin is None and f"\nauthor {MONITOR} ".encode() in found.data:
                yield one, commit

    def _listed(self) -> Iterator[str]:
        listing = ["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"]
        for line in self._start(listing).output().decode("ascii", "replace").splitlines():
            one, _, kind = line.partition(" ")
            if kind == "commit":
                yield one

    def _commit(self, one: str) -> Commit:
        return parse_commit(one, "", self._expect(one, "commit"))

    def _trees(self, root: str, *, deep: bool) -> None:
        """StoreError where a tree cannot be read, or the root is not a snapshot's."""
        names = {entry.name for entry in tree_entries(self._expect(root, "tree"))}
        if not names <= _TOP:
            raise StoreError(f"object {root} is not the tree of a snapshot of the watched folder")
        level, read = [root], 0
        while level and (deep or read < 2):  # the root, and what it names
            below = []
            for tree in level:
                if tree not in self._sound:
                    below += [entry.id for entry in tree_entries(self._expect(tree, "tree")) if entry.mode == TREE]
            self._sound.update(level if deep else ())
            level, read = below, read + 1

    def _expect(self, one: str, kind: str) -> bytes:
        found = self._read(one)
        if found.kind != kind:
            raise StoreError(f"object {one} of the snapshot repository is a {found.kind}, not a {kind}")
        return found.data


def _is_whole(pack: Path) -> bool:
    """Whether a pack ends with the checksum of all before it."""
    left, digest = pack.stat().st_size - _CHECKSUM, hashlib.sha1(usedforsecurity=False)
    with pack.open("rb") as file:
        while left > 0 and (data := file.read(min(left, _BLOCK))):
            digest.update(data)
            left -= len(data)
        return left == 0 and file.read() == digest.digest()


def _ranks(commits: Mapping[str, Commit], known: Collection[str]) -> dict[str, tuple[int, int]]:
    """Of each commit whose chain reaches a first snapshot: how many of the chain are known, and how long it is."""
    after: dict[str | None, list[str]] = {}
    for one, commit in commits.items():
        after.setdefault(commit.parents[0] if commit.parents else None, []).append(one)
    ranks: dict[str, tuple[int, int]] = {}
    ready: list[tuple[str, int, int]] = [(one, 0, 0) for one in after.get(None, [])]
    while ready:
        one, acknowledged, length = ready.pop()
        ranks[one] = acknowledged + (one in known), length + 1
        ready += [(child, *ranks[one]) for child in after.get(one, [])]
    return ranks


def _chain(head: str, commits: Mapping[str, Commit]) -> Iterator[str]:
    """A commit and all before it, newest first."""
    wanted: str | None = head
    while wanted is not None:
        yield wanted
        parents = commits[wanted].parents
        wanted = parents[0] if parents else None


# Looking an object up costs a search in each pack; a few dozen go unnoticed beside the start of a process.
MANY = 40


def pack(start: Start, repository: Path, *, everything: bool = False) -> bool:
    """Roll up packs where there are many, or all of them; whether anything was done. The caller holds the lock.

    Every object is kept, reachable or not. The old packs go only when the new one is on the disk under its name.
    """
    folder = repository / "objects" / "pack"
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.pack")}
    chosen = list(sizes) if everything else smallest(sizes)
    if len(chosen) < 2:
        return False
    names = "".join(f"{name}\n" for name in chosen).encode()
    made = run(start, ["pack-objects", "-q", "--stdin-packs", "--delta-base-offset", str(folder / "pack")], names)
    name = made.decode("ascii", "replace").strip()
    if not is_id(name):
        raise StoreError("git pack-objects failed: it did not name the pack that it made")
    with store_errors("packing the snapshot repository"):
        sync_folder(folder)
        for old in chosen:
            if old != f"pack-{name}.pack":
                _remove(folder / old)
        sync_folder(folder)
    return True


def smallest(sizes: Mapping[str, int], many: int = MANY) -> list[str]:
    """Which packs to roll up: none up to `many`; then the smallest ones, until each left is twice all smaller ones."""
    if len(sizes) <= many:
        return []
    ascending = sorted(sizes, key=lambda name: (sizes[name], name))
    total = at = 0
    for position, name in enumerate(ascending):
        if sizes[name] < 2 * total:
            at = position
        total += sizes[name]
    return ascending[: at + 1]


def _remove(pack: Path) -> None:
    # Without its index git does not look at a pack: no reader finds half of one
    for suffix in (".idx", ".rev", ".pack"):
        with contextlib.suppress(FileNotFoundError):
            pack.with_suffix(suffix).unlink()
