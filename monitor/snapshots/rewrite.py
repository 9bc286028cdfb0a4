"""Write the history again without some versions of documents, or without what is older than a day, and take away every
object that nothing names any more.

New commits and trees are written first, beside the old ones, and are harmless if that is cut short. The caller then
moves the refs, and `remove_unreachable` packs what they reach and deletes the rest.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from monitor.errors import StoreError
from monitor.snapshots.git_log import DOCUMENTS
from monitor.snapshots.git_objects import (
    TREE,
    Entry,
    GitObject,
    encode_path,
    is_id,
    object_id,
    parse_commit,
    tree_entries,
)
from monitor.snapshots.git_process import Start, run, store_errors
from monitor.snapshots.writer import sync_folder

Read = Callable[[str], GitObject]


class HistoryRewriter:
    """The commits of one branch, oldest first, without `versions`: blob ids by the path of a document.

    Where a version is taken out, the one before it stays; where there is none, the path is not there. `replaced` blobs
    have others in their place, wherever they are. With `rooted`, nothing is before the first commit any more.
    """

    def __init__(
        self,
        read: Read,
        repository: Path,
        versions: Mapping[str, frozenset[str]] = MappingProxyType({}),
        replaced: Mapping[str, str] = MappingProxyType({}),
        *,
        rooted: bool = False,
    ) -> None:
        self._read, self._repository, self._versions, self._rooted = read, repository, versions, rooted
        self._kept: dict[str, Entry] = {}
        self._objects = dict(replaced)  # also the trees that were written for it
        self.commits: dict[str, str] = {}
        """The new ids of the commits that are other ones now, by their old ids."""

    def rewrite(self, commits: Iterable[str]) -> None:
        """Write what differs; StoreError where an object cannot be read."""
        for at, one in enumerate(commits):
            data = self._read(one).data
            commit = parse_commit(one, "", data)
            tree = self._replaced(commit.tree) if self._objects else commit.tree
            for path, blobs in self._versions.items():
                name = encode_path(path) if commit.encoded else os.fsencode(path)
                tree = self._without(tree, (DOCUMENTS + name).split(b"/"), path, blobs) or self._write("tree", b"")
            before = () if self._rooted and not at else commit.parents
            parents = [self.commits.get(parent, parent) for parent in before]
            if tree != commit.tree or parents != list(commit.parents):
                head, blank, message = data.partition(b"\n\n")
                others = [line for line in head.split(b"\n") if not line.startswith((b"tree ", b"parent "))]
                lines = [b"tree " + tree.encode(), *(b"parent " + parent.encode() for parent in parents), *others]
                self.commits[one] = self._write("commit", b"\n".join(lines) + blank + message)

    def _replaced(self, tree: str) -> str:
        """The tree with the other blobs; each tree is read once."""
        if tree not in self._objects:
            entries = list(tree_entries(self._read(tree).data))
            changed = [
                entry._replace(
                    id=self._replaced(entry.id) if entry.mode == TREE else self._objects.get(entry.id, entry.id)
                )
                for entry in entries
            ]
            self._objects[tree] = tree if changed == entries else self._write("tree", b"".join(map(_entry, changed)))
        return self._objects[tree]

    def _without(self, tree: str, names: Sequence[bytes], path: str, blobs: frozenset[str]) -> str | None:
        """The tree without the versions at this path; None where nothing is left in it."""
        entries = list(tree_entries(self._read(tree).data))
        at = next((at for at, entry in enumerate(entries) if entry.name == names[0]), None)
        if at is None:
            self._kept.pop(path, None)
            if len(names) > 1 or path not in self._kept:
                return tree
        else:
            entry = entries[at]
            if len(names) > 1:
                below = self._without(entry.id, names[1:], path, blobs) if entry.mode == TREE else entry.id
                changed = None if below is None else entry._replace(id=below)
            elif entry.id in blobs:
                changed = self._kept.get(path)
            else:
                self._kept[path] = changed = entry
            entries[at : at + 1] = [] if changed is None else [changed]
            if changed == entry:
                return tree
        return self._write("tree", b"".join(map(_entry, entries))) if entries else None

    def _write(self, kind: str, data: bytes) -> str:
        """Write a loose object, where it is not there yet."""
        name = object_id(kind, data)
        write_object(self._repository, kind, data)
        return name


def _entry(entry: Entry) -> bytes:
    return entry.mode.lstrip("0").encode() + b" " + entry.name + b"\0" + bytes.fromhex(entry.id)


def write_object(repository: Path, kind: str, data: bytes) -> str:
    """Write a loose object; its id."""
    name = object_id(kind, data)
    place = repository / "objects" / name[:2] / name[2:]
    if not place.exists():
        new = place.with_name(f"{place.name}.new")
        with store_errors("writing to the snapshot repository"):
            place.parent.mkdir(exist_ok=True)
            with new.open("wb") as file:
                file.write(zlib.compress(b"%s %d\0" % (kind.encode(), len(data)) + data))
                file.flush()
                os.fsync(file.fileno())
            new.replace(place)
            sync_folder(place.parent)
    return name


def remove_unreachable(start: Start, repository: Path) -> None:
    """Pack what the refs reach, and delete every other object, the logs of refs, and indexes over objects."""
    folder = repository / "objects" / "pack"
    made = run(start, ["pack-objects", "-q", "--revs", "--all", "--delta-base-offset", str(folder / "pack")], b"")
    name = made.decode("ascii", "replace").strip()
    if not is_id(name):
        raise StoreError("git pack-objects failed: it did not name the pack that it made")
    with store_errors("removing objects from the snapshot repository"):
        sync_folder(folder)
        for path in sorted(folder.iterdir(), key=lambda path: path.suffix != ".idx"):
            if not path.name.startswith(f"pack-{name}."):
                path.unlink()
        for path in (repository / "objects").iterdir():
            if len(path.name) == 2:
                shutil.rmtree(path)
            elif path.is_file():  # what a killed git left
                path.unlink()
        for path in (repository / "objects" / "info").glob("*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.rmtree(repository / "logs", ignore_errors=True)
        for path in (*repository.glob("*_HEAD"), *repository.glob("fast_import_crash_*")):
            path.unlink()
        sync_folder(folder)
