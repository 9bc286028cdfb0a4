"""The scan cache: the status of each file at the last scan. An unchanged folder costs one comparison.

The file is disposable: if it is missing, damaged or foreign, every file is read again. It has a header of fixed size,
so that the folded head can be updated alone, then lengths, then the folders' data, under one checksum. If it does not
belong to the last snapshot, rows are reused whose bytes match the snapshot's manifest.

Idle runs load this module. Named tuples are used because dataclasses take six times as long to define.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from monitor.model import FileVersion
from monitor.snapshots.files import DOCUMENT, EXECUTABLE, OTHER, no_links, rows_of, statuses

log = logging.getLogger(__name__)

_MAGIC = b"monitor scan cache 4\n"
_ANY_VERSION = b"monitor scan cache "
_HEADER = 16_384
_PIECES = 7
ROW = 32  # bytes a file in `rows`: size, mtime, ctime (ns), inode, as signed 64-bit numbers
ID = 20  # bytes a file in `ids`
NO_ID = bytes(ID)


class FolderRecord(NamedTuple):
    """One folder's files as they were, in the order in which the disk listed them, and the names of its folders.

    Names are joined by NUL. A file whose row is all zeros must be looked at again. `capture_failures` is what failed
    or was skipped here, as the module of that name writes it; empty where nothing was.
    """

    names: bytes = b""
    rows: bytes = b""
    ids: bytes = b""
    kinds: bytes = b""
    folders: bytes = b""
    capture_failures: bytes = b""

    def files(self) -> list[str]:
        """The files' names, one by one."""
        return _split(self.names)

    def folder_names(self) -> list[str]:
        """The folders' names, one by one."""
        return _split(self.folders)

    def is_unchanged(self, handle: int, names: Sequence[str]) -> bool:
        """Whether the open folder's names (as `os.listdir` gives them) and its files' rows are these.

        This is what a run without news consists of: listing, one `stat` a file, and compares of whole byte strings.
        `os.listdir` and `os.stat` below an open folder cost less than `os.scandir` and its entries.
        """
        files = names
        if self.folders:
            folders = set(self.folder_names())
            files = [name for name in names if name not in folders]
            if len(files) + len(folders) != len(names):
                return False
        if os.fsencode("\0".join(files)) != self.names:
            return False
        try:
            return rows_of(statuses(handle, files)) == self.rows
        except (OSError, OverflowError):
            return False  # a file that went meanwhile, or an odd number: the slow way will tell

    def documents(self) -> dict[str, FileVersion]:
        """What is in the snapshot, by name."""
        return {
            name: FileVersion(self.id(at).hex(), kind == EXECUTABLE)
            for at, (name, kind) in enumerate(zip(self.files(), self.kinds, strict=True))
            if kind != OTHER
        }

    def row(self, at: int) -> bytes:
        """The row of the file at this place."""
        return self.rows[ROW * at : ROW * at + ROW]

    def id(self, at: int) -> bytes:
        """The blob id of the file at this place."""
        return self.ids[ID * at : ID * at + ID]

    def document_count(self) -> int:
        """How many documents there are."""
        return len(self.kinds) - self.kinds.count(OTHER)


class FolderLocation(NamedTuple):
    """Where a watched folder lay, and the key of what decides which of its files are documents.

    `mounts` are the folders on devices of their own, as many as fit; names are as `os.fsdecode` gives them.
    """

    key: str = ""
    device: int = 0
    inode: int = 0
    mounts: tuple[str, ...] = ()


class Header(NamedTuple):
    """What the cache belongs to. `head` is the snapshot that `folders` describe; `folded` is the reader's to set.

    `places` are the watched folders by name; `home` is device and inode of the folder that the cache lay in.
    """

    head: str | None = None
    folded: str | None = None
    places: Mapping[str, FolderLocation] = MappingProxyType({})
    home: tuple[int, int] = (0, 0)


class ScanCache:
    """The cache file at `path` as it was loaded."""

    def __init__(
        self, path: Path, header: Header | None = None, folders: dict[str, FolderRecord] | None = None
    ) -> None:
        self.path = path
        self.is_sound = header is not None
        """Whether it was read from its file."""
        self.header = header or Header()
        self.folders = folders or {}

    @property
    def head(self) -> str | None:
        """The snapshot that the rows describe."""
        return self.header.head

    @property
    def folded(self) -> str | None:
        """The last value of `mark_folded`; None after every new snapshot."""
        return self.header.folded

    @classmethod
    def load(cls, path: Path) -> ScanCache:
        """The cache in this file; an empty one where there is none that can be trusted."""
        try:
            data = path.read_bytes()
            if data.startswith(_ANY_VERSION) and not data.startswith(_MAGIC):
                log.info("%s not used: it is of another version", path.name)
                return cls(path, Header())
            return cls(path, *_parse(data))
        except OSError as error:
            log.info("%s not used: %s", path.name, (error.strerror or str(error)).lower())
        except (ValueError, LookupError, TypeError) as error:
            log.info("%s not used, it is damaged or of another version: %s", path.name, error)
        return cls(path)

    def save(self) -> None:
        """Put it in the file's place, whole or not at all.

        It is not synced: one that a power cut damages is ignored. Where there is no room for it the next run reads
        more; the snapshot is kept all the same.
        """
        body = _body(self.folders)
        temporary = self.path.with_name(self.path.name + ".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.unlink(missing_ok=True)
            with open(temporary, "xb", opener=no_links) as file:
                file.write(_header(self.header, zlib.crc32(body)) + body)
            temporary.replace(self.path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def mark_folded(self, folded: str) -> None:
        """Remember in the file that this head has been taken in; costs one small write."""
        self.header = self.header._replace(folded=folded)
        with contextlib.suppress(OSError, ValueError), open(self.path, "r+b", opener=no_links) as file:
            about = _read_header(file.read(_HEADER))
            if about["head"] != self.header.head:
                return  # there was no room for the cache of this head
            file.seek(0)
            file.write(_header(self.header, about["body"]))


def _split(names: bytes) -> list[str]:
    return os.fsdecode(names).split("\0") if names else []


def _header(header: Header, checksum: int) -> bytes:
    document = {**header._asdict(), "places": dict(header.places), "body": checksum, "order": sys.byteorder}
    text = json.dumps(document).encode("ascii")
    start = _MAGIC + b"%08x\n" % zlib.crc32(text) + text + b"\n"
    if len(start) > _HEADER:
        raise ValueError("the header of the scan cache is too long")
    return start.ljust(_HEADER, b"\0")


def _read_header(data: bytes) -> dict[str, Any]:
    magic, checksum, text = data[:_HEADER].rstrip(b"\0").split(b"\n")[:3]
    if magic + b"\n" != _MAGIC or int(checksum, 16) != zlib.crc32(text):
        raise ValueError("not a scan cache")
    about: dict[str, Any] = json.loads(text)
    if about.pop("order") != sys.byteorder:
        raise ValueError("a scan cache of another machine")
    return about


def _body(folders: dict[str, FolderRecord]) -> bytes:
    parts: list[bytes] = []
    for path, record in folders.items():
        parts += (
            os.fsencode(path),
            record.names,
            record.rows,
            record.ids,
            record.kinds,
            record.folders,
            record.capture_failures,
        )
    lengths = array("Q", [len(parts)])
    lengths.extend(map(len, parts))
    return lengths.tobytes() + b"".join(parts)


def _parse(data: bytes) -> tuple[Header, dict[str, FolderRecord]]:
    about = _read_header(data)
    body = memoryview(data)[_HEADER:]
    if zlib.crc32(body) != about.pop("body"):
        raise ValueError("a damaged scan cache")
    count = int.from_bytes(body[:8], sys.byteorder)
    lengths = array("Q", bytes(body[8 : 8 + 8 * count]))
    parts = _cut(data, _HEADER + 8 + 8 * count, lengths)
    folders = {os.fsdecode(path): FolderRecord(*rest) for path, *rest in zip(*[parts] * _PIECES, strict=True)}
    places = {
        name: FolderLocation(key, device, inode, tuple(mounts))
        for name, (key, device, inode, mounts) in about["places"].items()
    }
    return Header(**about | {"places": places, "home": tuple(about["home"])}), folders


def _cut(data: bytes, at: int, lengths: array[int]) -> Iterator[bytes]:
    for length in lengths:
        yield data[at : at + length]
        at += length


_UNKNOWN = bytes(ROW)


class Manifests(Protocol):
    """What a store says of a snapshot: all its files by path, and by folder what failed."""

    def manifest(self, snapshot: str) -> Mapping[str, FileVersion]: ...

    def capture_failures(self, snapshot: str) -> Mapping[str, bytes]: ...


def records_of(store: Manifests, head: str | None, cache: ScanCache) -> dict[str, FolderRecord]:
    """A record for each folder of the snapshot `head`; none where there is no snapshot."""
    if head is None:
        return {}
    folders: dict[str, dict[str, FileVersion]] = {}
    for path, version in store.manifest(head).items():
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, {})[name] = version
    capture_failures = store.capture_failures(head)
    return {
        folder: _record(
            folders.get(folder, {}), cache.folders.get(folder, FolderRecord()), capture_failures.get(folder, b"")
        )
        for folder in folders.keys() | capture_failures.keys()
    }


def _record(files: Mapping[str, FileVersion], cached: FolderRecord, capture_failures: bytes) -> FolderRecord:
    places = {name: at for at, name in enumerate(cached.files())}
    rows = []
    for name, version in files.items():
        at = places.get(name)
        same = at is not None and cached.id(at).hex() == version.blob and len(cached.row(at)) == ROW
        rows.append(cached.row(at) if at is not None and same else _UNKNOWN)
    return FolderRecord(
        names=os.fsencode("\0".join(files)),
        rows=b"".join(rows),
        ids=bytes.fromhex("".join(version.blob for version in files.values())),
        kinds=bytes(EXECUTABLE if version.executable else DOCUMENT for version in files.values()),
        capture_failures=capture_failures,
    )
