"""Git objects as values, refs, and encoded path names.

Refs are read without a process: a ref is a file (`refs/heads/main`) or a line of `packed-refs`; the file wins. Refs
are written by git only.

Git refuses or ignores some names (`.git`, and what case folding, HFS+ or NTFS treat as such). Such a path component is
written with its first byte as `%XX`, and so is one that starts with `%`; everything else is unchanged. Names are `str`
with surrogate escapes (`os.fsdecode`) outside of trees, bytes in them.
"""

from __future__ import annotations

import hashlib  # a run that finds nothing new has nothing to hash
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from monitor.errors import StoreError, UsageError
from monitor.model import Snapshot

# What HFS+ leaves out when it compares names (the list in git's utf8.c, from Apple's TN1150).
_IGNORED_BY_HFS = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
# The short names that NTFS may give to git's own files (`.gitmodules` is GITMOD~1, or GI7EBA~1 where that is taken).
_SHORT_ON_NTFS = re.compile("(?:g[^~]{0,5})?~[1-9]")
_ENCODED = re.compile(rb"%[0-9A-F]{2}")


def encode_path(path: str) -> bytes:
    """The path as a tree has it; no two paths share one."""
    raw = os.fsencode(path)
    if b"%" not in raw and b"~" not in raw and b"git" not in raw.lower() and raw.isascii():
        return raw  # nearly every path: no component needs a look
    return b"/".join(map(_encode, raw.split(b"/")))


def decode_path(raw: bytes) -> str:
    """The path that `encode_path` was given."""
    if b"%" in raw:
        raw = b"/".join(map(_decode, raw.split(b"/")))
    return os.fsdecode(raw)


def _encode(name: bytes) -> bytes:
    if name.startswith(b"%") or _taken_for_git(name):
        return b"%%%02X" % name[0] + name[1:]
    return name


def _decode(name: bytes) -> bytes:
    if _ENCODED.match(name):
        return bytes([int(name[1:3], 16)]) + name[3:]
    return name


def _taken_for_git(name: bytes) -> bool:
    text = _IGNORED_BY_HFS.sub("", name.decode("utf-8", "surrogateescape")).lower()
    return text.startswith((".git", "git~")) or _SHORT_ON_NTFS.match(text) is not None


NO_OBJECT = "0" * 40
TREE = "040000"
FILE = "100644"
EXECUTABLE = "100755"
_ID = re.compile(r"[0-9a-f]{40}")
# The commit-graph file keeps a date in 34 bits; beyond it git's own readers disagree.
LATEST = (1 << 34) - 1


def object_id(kind: str, data: bytes) -> str:
    """The id that git gives an object of this kind (`blob`, `tree`, `commit`) and content."""
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
    if not 0 <= stamp <= LATEST:
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
            raise StoreError("not a valid tree")
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
        raise StoreError(f"commit {commit_id} of the snapshot repository is not a valid commit")
    return Commit(
        tree=fields["tree"][0],
        parents=tuple(fields.get("parent", ())),
        snapshot=snapshot(commit_id, source, (int(author[2]), int(committer[2])), author[1], message),
        encoded=names_are_encoded(message),
        message=message,
    )


SEEN_BEFORE = "Seen-Before"  # the key of a line in the last paragraph of a message


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
        seen_before=_time_of(trailer(message, SEEN_BEFORE)),
    )


def seen_before_trailer(moment: datetime) -> str:
    """The line of a snapshot's message that says when the state before was last seen."""
    return f"{SEEN_BEFORE}: {moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _time_of(text: str | None) -> datetime | None:
    """None where a message has no such time, or none that can be read."""
    try:
        return datetime.strptime(text or "", "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def names_are_encoded(message: str) -> bool:
    """Whether this commit's document names went through `encode_path` (imported trees are left as they are)."""
    return trailer(message, "Names") == "encoded"


CLOCK_CORRECTED = "Clock: corrected"  # the line of a snapshot that is dated before the one before it, on purpose
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


class GitObject(NamedTuple):
    """One object, whose content has been checked to have this id."""

    id: str
    kind: str
    data: bytes


LIVE = "refs/heads/main"
IMPORTS = "refs/heads/import/"
REVIEWS = "refs/heads/reviews"
FORGOTTEN = "refs/monitor/forgotten"  # names a blob: the tombstones of forgotten documents, as JSON
STORE = "refs/monitor/store"  # names a blob of random bytes, whose id is the id of the store


def ref_of(source: str) -> str:
    """The ref of a source: `""` is the watched folder, everything else the name of an import."""
    return IMPORTS + source if source else LIVE


def read_ref(repository: Path, ref: str) -> str | None:
    """The commit that a ref names, None where there is none; StoreError where the file is damaged."""
    try:
        text = (repository / ref).read_text("ascii", "replace").strip()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return packed_refs(repository).get(ref)
    if not is_id(text):
        raise StoreError(f"{repository / ref} is damaged: it does not name a snapshot")
    return text


def read_sources(repository: Path) -> dict[str, str]:
    """Every source that has a snapshot, with its newest one, by name."""
    loose = (repository / IMPORTS).rglob("*")
    names = {path.relative_to(repository).as_posix() for path in loose if path.is_file() and path.suffix != ".lock"}
    names.update(ref for ref in packed_refs(repository) if ref.startswith(IMPORTS))
    heads = {name.removeprefix(IMPORTS): read_ref(repository, name) for name in names}
    heads[""] = read_ref(repository, LIVE)
    return {source: head for source, head in sorted(heads.items()) if head is not None}


def packed_refs(repository: Path) -> dict[str, str]:
    """The refs of the file `packed-refs`, by name."""
    try:
        text = (repository / "packed-refs").read_text("utf-8", "surrogateescape")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    pairs = (line.split(" ", 1) for line in text.splitlines() if " " in line and line[0] not in "#^")
    return {ref: commit for commit, ref in pairs if is_id(commit)}
