"""Git's objects as values: their ids, and how commits and trees are laid out. Pure; knows no process and no disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from monitor.errors import StoreError, UsageError
from monitor.model import Snapshot

NO_OBJECT = "0" * 40
TREE = "040000"
FILE = "100644"
EXECUTABLE = "100755"
_ID = re.compile(r"[0-9a-f]{40}")
# The commit-graph file keeps a date in 34 bits; beyond it git's own readers disagree.
_LATEST = (1 << 34) - 1


def object_id(kind: str, data: bytes) -> str:
    """The id that git gives an object of this kind (`blob`, `tree`, `commit`) and content."""
    import hashlib  # a run that finds nothing new has nothing to hash

    digest = hashlib.sha1(b"%s %d\0" % (kind.encode(), len(data)), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def is_id(text: str) -> bool:
    """Whether this is a full object id."""
    return _ID.fullmatch(text) is not None


def seconds(when: datetime) -> int:
    """An aware time as the whole seconds since 1970 that git keeps; UsageError where it cannot."""
    if when.tzinfo is None:
        raise UsageError(f"{when.isoformat()} has no UTC offset: say which time zone it is in")
    stamp = int(when.timestamp() // 1)
    if not 0 <= stamp <= _LATEST:
        raise UsageError(f"{when.isoformat()} cannot date a snapshot: git keeps times from 1970 to 2514")
    return stamp


class Entry(NamedTuple):
    """One name in a tree: `mode` as six octal digits."""

    mode: str
    name: bytes
    id: str


def tree_entries(data: bytes) -> Iterator[Entry]:
    """What a tree object holds, in its order; StoreError where it is not a tree's layout."""
    at = 0
    while at < len(data):
        space, end = data.find(b" ", at), data.find(b"\0", at)
        if not at < space < end or end + 21 > len(data):
            raise StoreError("not the layout of a tree")
        mode = data[at:space].decode("ascii", "replace").zfill(6)
        yield Entry(mode, data[space + 1 : end], data[end + 1 : end + 21].hex())
        at = end + 21


class Commit(NamedTuple):
    """What a commit object says, as far as a snapshot needs it."""

    tree: str
    parents: tuple[str, ...]
    snapshot: Snapshot
    encoded: bool  # whether the names of its documents went through `encode_path`
    message: str = ""


_PERSON = re.compile(r"(.*) (\d+) [+-]\d{4}", re.DOTALL)


def parse_commit(commit_id: str, source: str, data: bytes) -> Commit:
    """A commit object's content as a snapshot of `source`; StoreError where it is not a commit's layout."""
    head, _, message = data.decode("utf-8", "surrogateescape").partition("\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.split("\n"):
        key, _, value = line.partition(" ")
        fields.setdefault(key, []).append(value)
    author, committer = (_PERSON.fullmatch(fields.get(key, [""])[0]) for key in ("author", "committer"))
    if author is None or committer is None or "tree" not in fields:
        raise StoreError(f"commit {commit_id} of the snapshot repository has not the layout of a commit")
    return Commit(
        tree=fields["tree"][0],
        parents=tuple(fields.get("parent", ())),
        snapshot=snapshot(commit_id, source, (int(author[2]), int(committer[2])), author[1], message),
        encoded=names_are_encoded(message),
        message=message,
    )


def snapshot(commit_id: str, source: str, times: tuple[int, int], author: str, message: str) -> Snapshot:
    """A commit as a snapshot: author and origin belong to imports, the watched folder's have none."""
    taken_at, recorded_at = (datetime.fromtimestamp(stamp, UTC) for stamp in times)
    origin = trailer(message, "Origin")
    return Snapshot(
        id=commit_id,
        source=source,
        taken_at=taken_at,
        recorded_at=recorded_at,
        author=author if origin is not None else None,
        origin=origin,
    )


def names_are_encoded(message: str) -> bool:
    """Whether this commit's document names went through `encode_path` (imported trees are left as they are)."""
    return trailer(message, "Names") == "encoded"


EARLIER = "Continues: the watched folder"


def is_earlier(message: str) -> bool:
    """Whether a snapshot with this message belongs to the watched folder's earlier history."""
    key, _, value = EARLIER.partition(": ")
    return trailer(message, key) == value


def trailer(message: str, key: str) -> str | None:
    """The value of a `Key: value` line in the last paragraph of a commit message."""
    for line in message.rstrip("\n").rpartition("\n\n")[2].split("\n"):
        if line.startswith(f"{key}: "):
            return line[len(key) + 2 :]
    return None
