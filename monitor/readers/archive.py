"""Zip files as document formats use them, read within bounds: nothing is inflated before its size is known."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Final

from monitor.errors import ExtractError

MOST_PARTS: Final = 20_000
MOST_INFLATED: Final = 256 << 20  # bytes, over all parts that are read
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Office writes around an encrypted document
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
# what zipfile raises over bytes that are none of its own
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


class Archive:
    """The parts of one document by their names; what is read of them all together is bounded."""

    def __init__(self, data: bytes) -> None:
        """ExtractError where the bytes are no zip file, or one with too many parts."""
        if data.startswith(_OLE):
            raise ExtractError(
                "encrypted: save it without a password"
                if _ENCRYPTED in data
                else "an older binary format under a new suffix: save it anew"
            )
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._parts = {info.filename: info for info in self._zip.infolist()}
        except _DAMAGED as error:
            raise ExtractError(f"not a document of its format: {error}") from None
        if len(self._parts) > MOST_PARTS:
            raise ExtractError(f"refused: {len(self._parts):,} parts are more than {MOST_PARTS:,}")
        self._left = MOST_INFLATED

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def read(self, name: str) -> bytes:
        """The bytes of a part; ExtractError where it is missing, damaged, encrypted or too large."""
        if name not in self._parts:
            raise ExtractError(f"not a document of its format: it has no {name}")
        if self._parts[name].flag_bits & 1:
            raise ExtractError("encrypted: save it without a password")
        size = self._parts[name].file_size
        self._left -= size
        if self._left < 0:
            raise ExtractError(f"refused: its parts inflate to more than {MOST_INFLATED >> 20} MB")
        try:
            with self._zip.open(name) as part:
                # told how much, zipfile inflates no more than that, whatever the entry holds
                return part.read(size)
        except _DAMAGED as error:
            raise ExtractError(f"damaged: {name} cannot be read ({error})") from None
