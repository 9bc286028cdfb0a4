"""Read archives, `.zip` and `.tar` and what compresses them: a row for each member, with its size and a digest.

The digest is the beginning of the SHA-256 of the member's bytes, so that the list shows which member changed. Members
are not read as documents. A member of a zip archive that is encrypted, or that passes the bound, has the checksum of
the archive's directory instead, which is read without inflating anything.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from itertools import chain
from typing import IO, Final

from monitor.errors import ExtractError
from monitor.model import Extraction
from monitor.readers.block_writer import placed
from monitor.readers.tables import row_of_texts

MOST_MEMBERS: Final = 100_000
MOST_INFLATED: Final = 256 << 20  # bytes, of all members together
_CHUNK: Final = 1 << 18
_SHOWN: Final = 12  # characters of a digest
_DAMAGED: Final = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, OSError, EOFError, NotImplementedError),
    *(RuntimeError, ValueError, OverflowError),
)
_COMPRESSED: Final = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open))
_ENTRY: Final = b"PK\x01\x02"  # of a zip archive's directory


class ArchiveReader:
    """Archives of files."""

    def extract(self, data: bytes) -> Extraction:
        """A row for each member, in the order of their names; ExtractError where the bytes are no archive."""
        try:
            rows = sorted(_members_of_zip(data) if data.startswith(b"PK") else _members_of_tar(data))
        except _DAMAGED as error:
            raise ExtractError(f"not an archive, or damaged: {' '.join(str(error).split())[:200]}") from None
        return placed(
            chain.from_iterable(map(row_of_texts, rows)), ("its members are listed, not read",) if rows else ()
        )


Member = tuple[str, str, str]
"""A member's name, its size in words, and its digest."""


def _members_of_zip(data: bytes) -> Iterator[Member]:
    if data.count(_ENTRY) > MOST_MEMBERS:
        raise ExtractError(f"refused: it has more than {MOST_MEMBERS:,} members")
    left = MOST_INFLATED
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            digest = f"crc32 {member.CRC:08x}"
            if member.file_size <= left and not member.flag_bits & 1:
                left -= member.file_size
                digest = _digest_in_zip(archive, member) or digest
            yield _member(member.filename, member.file_size, digest)


def _digest_in_zip(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str | None:
    """None where the member is damaged, or compressed in a way that is not known."""
    try:
        with archive.open(member) as file:  # which gives no more than the size that the directory tells
            return _digest(file, member.file_size)
    except _DAMAGED:
        return None


def _members_of_tar(data: bytes) -> Iterator[Member]:
    opened = next((opener for mark, opener in _COMPRESSED if data.startswith(mark)), None)

    def begun() -> _Bounded:
        raw = io.BytesIO(data)
        return _Bounded(opened(raw) if opened else raw)  # type: ignore[arg-type]

    if opened and begun().read(512)[257:262] != b"ustar":
        file, digest, size = begun(), sha256(), 0
        while piece := file.read(_CHUNK):
            digest.update(piece)
            size += len(piece)
        yield _member("contents", size, digest.hexdigest()[:_SHOWN])
        return
    with tarfile.open(fileobj=begun(), mode="r|") as archive:  # type: ignore[call-overload]
        for count, member in enumerate(archive):
            if count >= MOST_MEMBERS:
                raise ExtractError(f"refused: it has more than {MOST_MEMBERS:,} members")
            if member.issym() or member.islnk():
                yield _member(member.name, 0, f"-> {member.linkname}")
            elif member.isfile() and not member.issparse():
                inside = archive.extractfile(member)
                yield _member(member.name, member.size, _digest(inside, member.size) if inside else "")
            elif not member.isdir():
                yield _member(member.name, member.size, "")
            archive.members.clear()  # what was seen need not be kept


def _digest(file: IO[bytes], size: int) -> str:
    found = sha256()
    while size > 0 and (piece := file.read(min(_CHUNK, size))):
        found.update(piece)
        size -= len(piece)
    return found.hexdigest()[:_SHOWN]


def _member(name: str, size: int, digest: str) -> Member:
    told = name.encode("utf-8", "replace").decode()
    return " ".join(told.split()), "1 byte" if size == 1 else f"{size:,} bytes", " ".join(digest.split())


class _Bounded:
    """A stream that refuses to give more than an archive may inflate to."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = MOST_INFLATED

    def read(self, size: int) -> bytes:
        found = self._file.read(size)
        self._left -= len(found)
        if self._left < 0:
            raise ExtractError(f"refused: it inflates to more than {MOST_INFLATED >> 20} MB")
        return found
