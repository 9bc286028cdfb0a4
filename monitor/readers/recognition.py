"""Recognise the format of a document by its bytes: its name may say another one.

Only marks are looked at (signatures, the names of an archive's parts, the first tag): nothing is inflated or parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # compound files: Office up to 2003, Outlook, encrypted packages
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")  # the stream of a document with a password
_STREAMS: Final = (  # which stream tells the format
    ("msg", "__properties_version1.0"),
    ("doc", "WordDocument"),
    ("xls", "Workbook"),
    ("xls", "Book"),
    ("ppt", "PowerPoint Document"),
)
_PACKED: Final = (b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0")  # gzip, bzip2, xz
_SIGNATURES: Final = (OLE[:4], b"PK\x03\x04", b"PK\x05\x06", b"%PDF", b"{\\rtf", *_PACKED)
_MIME_TYPES: Final = (  # of the part `mimetype`, which stands uncompressed at the beginning
    (b"application/epub+zip", "epub"),
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "odt"),
    (b"application/vnd.oasis.opendocument.presentation", "odt"),
)
_MOST_NAMES: Final = 5_000  # of an archive's parts that are looked at
_TAR: Final = slice(257, 262)
_HEAD: Final = 4_096  # bytes that markup or a message is recognised by
_BEFORE: Final = r"\A\ufeff?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
_PAGE: Final = re.compile(_BEFORE + r"<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_PIECE: Final = re.compile(
    _BEFORE + r"<(?:head|body|table|meta|style|div|p|span|font|center|title|h[1-6]|b|br)\b[^<]*>",
    re.IGNORECASE | re.DOTALL,
)
_XML: Final = re.compile(r"\A\ufeff?\s*<\?xml\b")
_FLAT_ODF: Final = re.compile(r"<office:document\b")
_HEADER: Final = re.compile(r"\A(?:From .*\n)?(?:[!-9;-~]+:.*\r?\n(?:[ \t].*\r?\n)*)+", re.IGNORECASE)
_OF_MAIL: Final = re.compile(r"^(?:MIME-Version|Received|Message-ID):", re.IGNORECASE | re.MULTILINE)


def is_marked_binary(data: bytes) -> bool:
    """Whether `data` begins with the signature of a format that is no text, or that no person writes as text."""
    return data.startswith(_SIGNATURES)


def recognised(data: bytes, named: str | None = None) -> str | None:
    """The name of the reader of a format that the bytes show, `archive` for an archive of any kind, else None.

    `named` is the reader that the name asks for: it decides where a compound file holds streams of several formats.
    """
    if data.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(OLE):
        return _compound(data, named)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package(data) or "archive"
    if data.startswith(_PACKED) or data[_TAR] == b"ustar":
        return "archive"
    return None


def recognised_text(data: bytes, *, loosely: bool = False) -> str | None:
    """The same of formats that are texts: `html`, `xml`, `odt` (flat), `mail`; None where the bytes show none of them.

    `loosely`: a piece of a page counts too, as web applications write it under a name of Office.
    """
    head = _decoded_head(data)
    if _PAGE.match(head) or (loosely and _PIECE.match(head)):
        return "html"
    if _XML.match(head):
        return "odt" if _FLAT_ODF.search(head) else "xml"
    header = _HEADER.match(head)
    return "mail" if header and _OF_MAIL.search(header[0]) else None


def _decoded_head(data: bytes) -> str:
    head = data[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _compound(data: bytes, named: str | None) -> str | None:
    found = [name for name, stream in _STREAMS if stream.encode("utf-16-le") + b"\0\0" in data]
    return named if named in found else next(iter(found), None)


def _package(data: bytes) -> str | None:
    """The format of a document that is a zip archive of parts."""
    if data[30:38] == b"mimetype":
        found = next((name for mime, name in _MIME_TYPES if data[38:138].startswith(mime)), None)
        if found or data[8:10] == b"\0\0":  # as the formats demand it, uncompressed
            return found
    names = set(_names(data))
    if b"[Content_Types].xml" in names:
        if b"xl/workbook.bin" in names:
            return "xls"
        folders = {name.partition(b"/")[0] for name in names}
        return next((name for folder, name in _FOLDERS if folder in folders), None)
    if b"META-INF/container.xml" in names:
        return "epub"
    return "odt" if {b"content.xml", b"META-INF/manifest.xml"} <= names else None


_FOLDERS: Final = ((b"word", "docx"), (b"xl", "xlsx"), (b"ppt", "pptx"))
_END: Final = b"PK\x05\x06"
_ENTRY: Final = b"PK\x01\x02"


def _names(data: bytes) -> Iterator[bytes]:
    """The names in a zip archive's directory (PKWARE's APPNOTE.TXT, 4.3.12 and 4.3.16), no more than 5,000."""
    end = data.rfind(_END, max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 22:
        return
    at = end - _number(data, end + 12, 4)
    for _ in range(_MOST_NAMES):
        if at < 0 or data[at : at + 4] != _ENTRY or len(data) < at + 46:
            return
        name, extra, comment = (_number(data, at + offset, 2) for offset in (28, 30, 32))
        yield data[at + 46 : at + 46 + name]
        at += 46 + name + extra + comment


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")
