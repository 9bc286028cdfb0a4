"""Read mailboxes (`.mbox`) and Outlook messages (`.msg`): each message as the mail reader reads one.

A message of a mailbox is a section under its subject. An Outlook message is written as RFC 5322 with MIME first, so
that the same mail gives the same statements in both formats. Its properties are those of [MS-OXMSG] and [MS-OXPROPS].
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from typing import Any, Final

from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Extraction
from monitor.readers import extra
from monitor.readers.block_writer import left_out, placed
from monitor.readers.mail import MailReader
from monitor.readers.rtf import RtfReader

# at the beginning or after a blank line, and where it ends with a time, as all programs write it, anywhere
_TIME: Final = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [^\r\n]*\d\d:\d\d[^\r\n]*"
_FROM: Final = re.compile(rb"(?:\A|\n\r?\n|\A\r?\n|(?<=\n)(?=From \S+ +%b\r?\n))(From [^\r\n]*\r?\n)" % _TIME)
_QUOTED_FROM: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_SUBJECT: Final = "Subject: "


class MailboxReader:
    """Mailboxes: messages one behind the other, each after a line that begins with `From ` (RFC 4155)."""

    def extract(self, data: bytes) -> Extraction:
        """The blocks of the messages; one that cannot be read is counted in a note, and the others are read."""
        starts = [(found.start(1), found.end(1)) for found in _FROM.finditer(data)]
        if not starts or data[: starts[0][0]].strip():
            if data.strip():
                raise ExtractError("not a mailbox: it does not begin with a line `From `")
            return Extraction("", ())
        failures: list[str] = []
        blocks = _messages(data, starts, failures)
        found = placed(blocks)
        return replace(found, notes=left_out(len(failures), "message", failures[0])) if failures else found


def _messages(data: bytes, starts: list[tuple[int, int]], failures: list[str]) -> Iterator[Block]:
    ends = [start for start, _ in starts[1:]] + [len(data)]
    for (_, begin), end in zip(starts, ends, strict=True):
        try:
            blocks = MailReader().extract(_QUOTED_FROM.sub(rb"\1", data[begin:end])).blocks
        except ExtractError as error:
            failures.append(str(error))
            continue
        for block in blocks:
            titled = block is blocks[0] and block.text.startswith(_SUBJECT)
            yield Block(BlockKind.HEADING, block.text.removeprefix(_SUBJECT), 2) if titled else block


class OutlookReader:
    """Messages that Outlook saves."""

    def extract(self, data: bytes) -> Extraction:
        """As of the same message in RFC 5322; ExtractError where the bytes are no such file."""
        with extra("msg"):
            import olefile
        try:
            with olefile.OleFileIO(io.BytesIO(data)) as file:
                message = _Message(_Storage(file, file.root), 0).written()
        except (OSError, ValueError, LookupError, struct.error) as error:
            raise ExtractError(f"damaged: {' '.join(str(error).split())[:200]}") from None
        return MailReader().extract(message.as_bytes())


_MOST_PARTS: Final = 2_000  # attachments or recipients of a message
_DEEPEST: Final = 20  # messages inside each other
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_SUBJECT_ID, _HEADERS = 0x0037, 0x007D
_BODY, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_SENDER, _SENDER_MAIL, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_NAME, _ADDRESS, _SMTP, _KIND = 0x3001, 0x3003, 0x39FE, 0x0C15
_SENT, _RECEIVED = 0x0039, 0x0E06
_DATA, _LONG_NAME, _SHORT_NAME, _MIME = 0x3701, 0x3707, 0x3704, 0x370E
_PAGE_OF_TEXTS, _PAGE_OF_HTML = 0x3FFD, 0x3FDE  # code pages
_ENCODINGS: Final = {
    1200: "utf-16-le", 20127: "ascii", 20866: "koi8-r", 21866: "koi8-u", 51932: "euc-jp", 51949: "euc-kr",
    50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp", 54936: "gb18030", 65001: "utf-8",
}  # fmt: skip
_TEXT, _TEXT_8, _BINARY, _OBJECT = "001F", "001E", "0102", "000D"
_FIXED: Final = "__properties_version1.0"  # the stream of the properties with values of fixed length
_OUTERMOST, _INSIDE, _PART = (
    32,
    24,
    8,
)  # bytes before them: of the message, of one inside it, of a recipient or attachment
_STREAM: Final = 2  # the type of an entry of a compound file
_RECIPIENT_KINDS: Final = {1: "To", 2: "Cc"}


class _Storage:
    """A storage of a compound file, with the properties of a message, a recipient or an attachment."""

    def __init__(self, file: Any, entry: Any) -> None:
        self._file = file
        self._entry = entry

    def stream(self, name: str) -> bytes | None:
        """The bytes of a stream; None where there is none of this name."""
        entry = self._entry.kids_dict.get(name.lower())
        if entry is None or entry.entry_type != _STREAM:
            return None
        return bytes(self._file._open(entry.isectStart, entry.size).read())  # noqa: SLF001 - by name it looks at all

    def inside(self, prefix: str) -> list[_Storage]:
        """The storages below whose names begin like this, in the order of their names."""
        found = [entry for name, entry in sorted(self._entry.kids_dict.items()) if name.startswith(prefix.lower())]
        if len(found) > _MOST_PARTS:
            raise ExtractError(f"refused: more than {_MOST_PARTS:,} attachments or recipients")
        return [_Storage(self._file, entry) for entry in found if entry.entry_type != _STREAM]

    def numbers(self, header: int) -> dict[int, int]:
        """The properties of fixed length by their numbers, as integers of eight bytes ([MS-OXMSG] 2.4)."""
        found, stream = {}, self.stream(_FIXED) or b""
        for at in range(header, len(stream) - 15, 16):
            _, number, _, value = struct.unpack_from("<HHLQ", stream, at)
            found[number] = value
        return found

    def value(self, number: int, kind: str) -> bytes | None:
        """The value of a property of varying length; None where it is not there."""
        return self.stream(f"__substg1.0_{number:04X}{kind}")

    def text(self, number: int, encoding: str) -> str:
        """The value of a text, in UTF-16 or in this encoding; empty where it is not there."""
        wide = self.value(number, _TEXT)
        if wide is not None:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        return _decoded(self.value(number, _TEXT_8) or b"", encoding).rstrip("\0")


class _Message:
    """One message, `depth` messages deep."""

    def __init__(self, storage: _Storage, depth: int) -> None:
        if depth > _DEEPEST:
            raise ExtractError(f"refused: its messages are nested more than {_DEEPEST} deep")
        if storage.stream(_FIXED) is None:
            raise ExtractError("not a message: it has no properties")
        self._storage = storage
        self._depth = depth
        self._numbers = storage.numbers(_INSIDE if depth else _OUTERMOST)
        texts, html = self._numbers.get(_PAGE_OF_TEXTS), self._numbers.get(_PAGE_OF_HTML)
        self._encoding, self._html_encoding = _encoding(texts or html or 1252), _encoding(html or texts or 1252)

    def written(self) -> EmailMessage:
        """The message in RFC 5322."""
        message = EmailMessage()
        _set(message, "Subject", self._text(_SUBJECT_ID))
        sender = self._text(_SENDER_SMTP) or self._text(_SENDER_MAIL)
        _set(message, "From", _mailbox(self._text(_SENDER), sender))
        for name, receivers in self._receivers().items():
            _set(message, name, ", ".join(receivers))
        _set(message, "Date", self._date())
        self._write_body(message)
        for storage in self._storage.inside("__attach_version1.0_"):
            self._attach(message, storage)
        return message

    def _write_body(self, message: EmailMessage) -> None:
        text, html = self._text(_BODY), self._storage.value(_HTML, _BINARY) or self._storage.value(_HTML, _TEXT_8)
        if not text.strip() and html is None and (packed := self._storage.value(_RTF, _BINARY)) is not None:
            text = "\n\n".join(block.text for block in RtfReader().extract(unpacked(packed)).blocks)
        if text.strip() or html is None:
            message.set_content(_clean(text))
        else:
            message.set_content(_decoded(html, self._html_encoding), subtype="html")

    def _attach(self, message: EmailMessage, storage: _Storage) -> None:
        name, mime = (
            next(filter(None, (_line(storage.text(number, self._encoding)) for number in numbers)), "")
            for numbers in ((_LONG_NAME, _SHORT_NAME, _NAME), (_MIME,))
        )
        inner = next(iter(storage.inside(f"__substg1.0_{_DATA:04X}{_OBJECT}")), None)
        if inner is not None and inner.stream(_FIXED) is not None:
            message.add_attachment(_Message(inner, self._depth + 1).written())
            return
        plain = _MIME_TYPE.fullmatch(mime.lower())
        maintype, subtype = plain.groups() if plain else ("application", "octet-stream")
        data = storage.value(_DATA, _BINARY) or b""
        message.add_attachment(data, maintype=maintype, subtype=subtype, filename=name or None)

    def _receivers(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for storage in self._storage.inside("__recip_version1.0_"):
            name = _RECIPIENT_KINDS.get(storage.numbers(_PART).get(_KIND, 1))
            person, smtp, address = (storage.text(number, self._encoding) for number in (_NAME, _SMTP, _ADDRESS))
            one = _mailbox(person, smtp or address)
            if name and one:
                found.setdefault(name, []).append(one)
        return found

    def _date(self) -> str:
        """The time of sending as the message's own headers have it, else as Outlook kept it."""
        headers = self._text(_HEADERS)
        given = BytesHeaderParser().parsebytes(headers.encode("utf-8", "replace"))["Date"] if headers else None
        if given:
            return str(given)
        ticks = self._numbers.get(_SENT) or self._numbers.get(_RECEIVED) or 0
        try:
            return format_datetime(_EPOCH + timedelta(microseconds=ticks // 10)) if ticks else ""
        except OverflowError:
            return ""

    def _text(self, number: int) -> str:
        return self._storage.text(number, self._encoding)


_MIME_TYPE: Final = re.compile(r"(?!message/|multipart/)([a-z0-9.+-]+)/([a-z0-9.+-]+)")


def _encoding(page: int) -> str:
    page &= 0xFFFF
    return _ENCODINGS.get(page) or (f"iso-8859-{page - 28590}" if 28590 < page < 28606 else f"cp{page}")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        # the code page is that of HTML, where none is told of other texts: UTF-8 can be told from the bytes
        return data.decode(encoding, "strict" if encoding == "utf-8" else "replace")
    except (LookupError, UnicodeDecodeError):
        return data.decode("cp1252", "replace")


def _set(message: EmailMessage, name: str, value: str) -> None:
    if value.strip():
        try:
            message[name] = _line(value)
        except (MessageError, ValueError, LookupError, AttributeError):
            message[f"X-{name}"] = "unreadable"


_MAIL_ADDRESS: Final = re.compile(r"[!-.0-;=?-~]+@[a-zA-Z0-9.-]+")


def _mailbox(name: str, address: str) -> str:
    name, address = _line(name), _line(address)
    if not _MAIL_ADDRESS.fullmatch(address):  # also names of Exchange's directory
        return name or address
    try:
        return str(Address(name if name != address else "", addr_spec=address))
    except (MessageError, ValueError, LookupError):
        return f"{name} {address}".strip()


def _line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


# --- RTF in messages, compressed ------------------------------------------------------------------

_BEGINNING: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_COMPRESSED, _PLAIN = b"LZFu", b"MELA"
_RING: Final = 4_096
_MOST_RTF: Final = 64 << 20  # bytes


def unpacked(data: bytes) -> bytes:
    """RTF as Outlook compresses it ([MS-OXRTFCP] 2.2.2 and 3.2): a window of 4 kB that begins with common words.

    ExtractError where the bytes are not of this kind.
    """
    if len(data) < 16 or data[8:12] not in (_COMPRESSED, _PLAIN):
        raise ExtractError("damaged: its text in RTF cannot be unpacked")
    size = int.from_bytes(data[4:8], "little")
    if data[8:12] == _PLAIN:
        return data[16 : 16 + size]
    if size > _MOST_RTF:
        raise ExtractError(f"refused: its text is larger than {_MOST_RTF >> 20} MB")
    ring = bytearray(_BEGINNING.ljust(_RING, b"\0"))
    write, at, out = len(_BEGINNING), 16, bytearray()
    while at < len(data) and len(out) < size:
        flags = data[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                piece, step = data[at : at + 1], 1
                for value in piece:
                    ring[write] = value
                    write = (write + 1) % _RING
                out += piece
            else:
                reference = int.from_bytes(data[at : at + 2], "big")
                read, step = reference >> 4, 2
                if read == write or at + 2 > len(data):
                    return bytes(out)
                for _ in range((reference & 15) + 2):
                    out.append(ring[read])
                    ring[write] = ring[read]
                    read, write = (read + 1) % _RING, (write + 1) % _RING
            at += step
    return bytes(out[:size])
