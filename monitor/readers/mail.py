"""Read mail: sender, recipients and date as rows, then the text; attachments are named, not opened.

Of several forms of one text the plain one is read, and the HTML where the plain one says less. Quote marks are removed,
so that a quoted sentence is the same statement. A web page saved as MHTML is read as that page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from hashlib import sha256
from itertools import groupby, islice
from typing import Any, Final

from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Extraction
from monitor.readers.block_writer import placed
from monitor.readers.encoding import decode, is_wide
from monitor.readers.html import html_blocks
from monitor.readers.text import plain_blocks

_HEADERS: Final = ("Subject", "From", "To", "Cc", "Date")
_LONGEST: Final = 2_000  # characters of a header that are told
_QUOTED: Final = re.compile(r"^(?:> ?)+", re.MULTILINE)
_SIGNATURE: Final = re.compile(r"^-- ?\r?$", re.MULTILINE)  # what stands above one
_SAVED_BY: Final = "Saved by "  # what browsers write as the sender of a page
_BEGINS: Final = re.compile(rb"(?:From |>From |[!-9;-~]{1,100}:)")
_DEEPEST: Final = 30  # messages and parts inside each other
_MOST_HEADERS: Final = 10_000  # lines before the text: the parser looks at all for each
_MOST_PARTS: Final = 10_000
_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_BOUNDARY: Final = re.compile(rb"boundary=\"?([^\"\s;]{1,200})", re.IGNORECASE)
_FORMS: Final = frozenset(
    {"text/plain", "text/html", "text/enriched", "text/richtext", "text/x-amp-html", "text/watch-html"}
)
_ATTACHED: Final = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/rtf"})
_DIGEST: Final = 8  # hexadecimal digits of an attachment's SHA-256
_WORD_ABOUT_IT: Final = 100  # words: a longer plain part is the text
_SHARED: Final = 0.5  # of the plain part's words that are in the HTML where both are one text
_LONGER: Final = 3  # times the words: the HTML is the text, and the plain part a word about it
_WORD: Final = re.compile(r"\w+")


class MailReader:
    """Messages as files, RFC 5322 with MIME."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the headers, the text and the names of the attachments."""
        if is_wide(data):
            data = decode(data)[0].encode("utf-8", "replace")
        data = data.lstrip(b"\xef\xbb\xbf\r\n")
        if not _BEGINS.match(data):
            raise ExtractError("not a message: it does not begin with a header")
        _refuse_many(data)
        try:
            return placed(_message(BytesParser().parsebytes(data), 0))
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
    if not _header(message, "From").startswith((_SAVED_BY, "<" + _SAVED_BY, '"' + _SAVED_BY)):
        for name in _HEADERS:
            value = _header(message, name)
            if value:
                yield Block(BlockKind.ROW, f"{name}: {value}")
    yield from _part(message, depth)


def _part(part: Message, depth: int) -> Iterator[Block]:
    """The text of a part and the names of what is attached to it, in the order of the message."""
    if depth > _DEEPEST:
        raise ExtractError(f"refused: its parts are nested more than {_DEEPEST} deep")
    kind = part.get_content_type()
    inside = _inside(part)
    if not inside:
        yield from _text(part) if _is_text(part) else (_attachment(part),)
    elif kind == "message/rfc822":
        for message in inside:
            yield from _message(message, depth + 1)
    else:
        alternative = kind == "multipart/alternative"
        first = _chosen(inside, depth) if alternative else _root(part, inside)
        yield from _part(first, depth + 1)
        for one in inside:
            if one is not first and not _is_piece(part, one):
                yield from _attachments(one, depth + 1) if alternative else _part(one, depth + 1)


def _inside(part: Message) -> list[Message]:
    inside: Any = part.get_payload()
    return inside if isinstance(inside, list) else []


def _is_text(part: Message) -> bool:
    kind = part.get_content_type()
    return kind.startswith("text/") and kind not in _ATTACHED and part.get_content_disposition() != "attachment"


def _root(part: Message, inside: list[Message]) -> Message:
    """The part that comes first; of `multipart/related` the one that the others belong to (RFC 2387)."""
    if part.get_content_type() != "multipart/related":
        return inside[0]
    start = str(part.get_param("start", "")).strip()
    named = [one for one in inside if start and str(one.get("Content-ID", "")).strip() == start]
    texts = [one for one in inside if one.get_content_maintype() in ("text", "multipart")]
    return (named or texts or inside)[0]


def _is_piece(whole: Message, part: Message) -> bool:
    """Whether a part of `multipart/related` is a piece of its page, such as a picture, and nothing that is attached."""
    if whole.get_content_type() != "multipart/related" or part.get_content_disposition() == "attachment":
        return False
    named = part.get("Content-ID") is not None or part.get("Content-Location") is not None
    return named or part.get_content_maintype() == "image"


def _chosen(forms: list[Message], depth: int) -> Message:
    """The form of `multipart/alternative` whose text is read."""
    plain, html = (
        next(((form, leaf) for form in forms if (leaf := _leaf(form, kind, depth)) is not None), None)
        for kind in ("text/plain", "text/html")
    )
    if plain is not None and html is not None:
        return html[0] if _says_less(plain[1], html[1]) else plain[0]
    found = plain or html
    return found[0] if found else next((form for form in forms if _is_text(form)), forms[-1])


def _leaf(part: Message, kind: str, depth: int) -> Message | None:
    """The first text of this kind in the part that is not attached."""
    inside = _inside(part)
    if not inside or depth > _DEEPEST:
        return part if part.get_content_type() == kind and _is_text(part) else None
    if part.get_content_maintype() != "multipart":
        return None
    return next((leaf for one in inside if (leaf := _leaf(one, kind, depth + 1)) is not None), None)


def _says_less(plain: Message, html: Message) -> bool:
    """Whether the plain form is empty, or only says that the text is in the HTML."""
    short = _words(plain)
    if len(short) > _WORD_ABOUT_IT:
        return False
    long = _words(html)
    if not short:
        return bool(long)
    another_text = len(set(short) & set(long)) < _SHARED * len(set(short))
    return another_text and ("html" in short or len(long) > _LONGER * len(short))


def _words(part: Message) -> list[str]:
    return [word.lower() for block in _text(part) for word in _WORD.findall(block.text)]


def _attachments(form: Message, depth: int) -> Iterator[Block]:
    """What is attached inside a form of the text that is not read itself."""
    inside = _inside(form)
    if not inside:
        if form.get_content_type() not in _FORMS or not _is_text(form):
            yield _attachment(form)
    elif depth <= _DEEPEST:
        root = _root(form, inside)
        for one in inside:
            if one is root or not _is_piece(form, one):
                yield from _attachments(one, depth + 1)


# --- text and attachments -------------------------------------------------------------------------


def _text(part: Message) -> Iterator[Block]:
    text, _ = decode(_payload(part), part.get_content_charset())
    if part.get_content_type() == "text/html":
        yield from html_blocks(text, titled=False)
    elif str(part.get_param("format", "")).lower() == "flowed":
        yield from plain_blocks(_unflowed(text, joined=str(part.get_param("delsp", "")).lower() == "yes"))
    else:
        yield from plain_blocks(_SIGNATURE.sub("", _QUOTED.sub("", text)))


def _unflowed(text: str, *, joined: bool) -> str:
    """Paragraphs of `format=flowed` as one line each, without their quote marks (RFC 3676).

    A blank at a line's end means that it goes on; where `joined`, that blank is none of the text (`DelSp=yes`). Text
    of another depth of quotation is another paragraph.
    """
    lines = []
    for line in text.splitlines():
        marks = _QUOTED.match(line)
        bare = line[marks.end() :] if marks else line.removeprefix(" ")
        lines.append((marks[0].count(">") if marks else 0, _SIGNATURE.sub("", bare)))
    paragraphs = []
    for _, quoted in groupby(lines, key=lambda line: line[0]):
        open_one = ""
        out = []
        for _, line in quoted:
            if not line:
                out += [open_one, ""] if open_one else [""]
                open_one = ""
            elif line.endswith(" "):
                open_one += line[:-1] if joined else line
            else:
                out.append(open_one + line)
                open_one = ""
        paragraphs.append("\n".join([*out, *([open_one] if open_one else [])]))
    return "\n\n".join(paragraphs)


def _attachment(part: Message) -> Block:
    """A row with the name or else the type, the size, and a digest that tells one content from another."""
    data = _payload(part)
    if part.get_content_maintype() == "text":
        data = data.replace(b"\r\n", b"\n")  # however it was sent
    name = _one_line(_decoded(part.get_filename() or "")) or part.get_content_type()
    digest = sha256(data).hexdigest()[:_DIGEST]
    return Block(BlockKind.ROW, f"Attachment: {name}, {len(data):,} bytes, SHA-256 {digest}")


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
