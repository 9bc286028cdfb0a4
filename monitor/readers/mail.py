"""Read mail: sender, recipients and date as rows, then the text; attachments are named, not opened.

Of several alternatives the plain text is read, otherwise the HTML. Quote marks are removed, so that a quoted sentence
is the same statement. A web page saved as MHTML is read as that page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from itertools import islice
from typing import Any, Final

from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Extraction
from monitor.readers.block_writer import placed
from monitor.readers.encoding import decode
from monitor.readers.html import html_blocks
from monitor.readers.text import plain_blocks

_HEADERS: Final = ("Subject", "From", "To", "Cc", "Date")
_LONGEST: Final = 2_000  # characters of a header that are told
_QUOTED: Final = re.compile(r"^(?:> ?)+", re.MULTILINE)
_FLOWED: Final = re.compile(r"(?<!^--) \r?\n", re.MULTILINE)
_SAVED_BY: Final = "Saved by "  # what browsers write as the sender of a page
_BEGINS: Final = re.compile(rb"(?:From |>From |[!-9;-~]{1,100}:)")
_DEEPEST: Final = 30  # messages and parts inside each other
_MOST_HEADERS: Final = 10_000  # lines before the text: the parser looks at all for each
_MOST_PARTS: Final = 10_000
_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_BOUNDARY: Final = re.compile(rb"boundary=\"?([^\"\s;]{1,200})", re.IGNORECASE)


class MailReader:
    """Messages as files, RFC 5322 with MIME."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the headers, the text and the names of the attachments."""
        if not _BEGINS.match(data.lstrip(b"\xef\xbb\xbf\r\n")):
            raise ExtractError("not a message: it does not begin with a header")
        _refuse_many(data)
        try:
            return placed(_message(BytesParser().parsebytes(data.lstrip(b"\xef\xbb\xbf\r\n")), 0))
        except RecursionError:
            raise ExtractError("refused: its parts are nested too deep") from None


def _refuse_many(data: bytes) -> None:
    """ExtractError where there are so many headers or parts that the parser would take minutes."""
    head = _HEAD.split(data, 1)[0].count(b"\n")
    if head > _MOST_HEADERS:
        raise ExtractError(f"refused: {head:,} lines of headers are more than {_MOST_HEADERS:,}")
    boundaries = {found[1] for found in islice(_BOUNDARY.finditer(data), 100)}
    parts = sum(data.count(b"\n--" + boundary) for boundary in boundaries)
    if parts > _MOST_PARTS:
        raise ExtractError(f"refused: {parts:,} parts are more than {_MOST_PARTS:,}")


def _message(message: Message, depth: int) -> Iterator[Block]:
    if depth > _DEEPEST:
        raise ExtractError(f"refused: its parts are nested more than {_DEEPEST} deep")
    if not _header(message, "From").startswith((_SAVED_BY, "<" + _SAVED_BY, '"' + _SAVED_BY)):
        for name in _HEADERS:
            value = _header(message, name)
            if value:
                yield Block(BlockKind.ROW, f"{name}: {value}")
    yield from _part(message, depth)


def _part(part: Message, depth: int) -> Iterator[Block]:
    if depth > _DEEPEST:
        raise ExtractError(f"refused: its parts are nested more than {_DEEPEST} deep")
    kind = part.get_content_type()
    inside: Any = part.get_payload()
    if kind == "message/rfc822" and isinstance(inside, list):
        for message in inside:
            yield from _message(message, depth + 1)
    elif isinstance(inside, list):
        for one in _chosen(kind, inside):
            yield from _part(one, depth + 1)
    elif part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
        yield from _attachment(part)
    else:
        yield from _text(part, kind)


def _chosen(kind: str, parts: list[Message]) -> list[Message]:
    if kind == "multipart/related":
        return parts[:1]  # the others are its pictures
    if kind != "multipart/alternative":
        return parts
    plain = [part for part in parts if part.get_content_type() == "text/plain"]
    return (plain or parts[-1:])[:1]


def _text(part: Message, kind: str) -> Iterator[Block]:
    text, _ = decode(_payload(part), part.get_content_charset())
    if kind == "text/html":
        yield from html_blocks(text, titled=False)
        return
    if str(part.get_param("format", "")).lower() == "flowed":
        text = _FLOWED.sub(" ", text)
    yield from plain_blocks(_QUOTED.sub("", text))


def _attachment(part: Message) -> Iterator[Block]:
    name = part.get_filename()
    if name:
        yield Block(BlockKind.ROW, f"Attachment: {_one_line(_decoded(name))}, {len(_payload(part)):,} bytes")


def _payload(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _header(message: Message, name: str) -> str:
    value = message.get(name)
    return _one_line(_decoded(str(value)[:_LONGEST])) if value is not None else ""


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value


def _one_line(text: str) -> str:
    return " ".join(text.split())
