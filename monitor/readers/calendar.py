"""Read calendars (`.ics`, RFC 5545) and contacts (`.vcf`, RFC 6350 and its forerunners).

An event, a task or a contact is a section under its name; each of its properties is a row with the property's name.
What programs write anew at each export (the time of the export, numbers of versions, identifiers) is left out, as are
the rules of time zones and properties of single programs (`X-…`), but for a calendar's name.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from typing import Final, NamedTuple

from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Extraction, Link
from monitor.readers.block_writer import placed
from monitor.readers.encoding import decode
from monitor.readers.text import plain_blocks

_FOLD: Final = re.compile(r"\r?\n[ \t]")
_SOFT_BREAK: Final = re.compile(r"=\r?\n[ \t]?")  # of quoted-printable, in vCard 2.1
_QUOTED: Final = re.compile(
    r"^[^:\r\n]*;(?:ENCODING=)?QUOTED-PRINTABLE[^:\r\n]*:(?:[^\r\n]*=\r?\n)+", re.IGNORECASE | re.MULTILINE
)
_LINE: Final = re.compile(r'((?:[^":;]|"[^"]*")+)((?:;(?:[^":;]|"[^"]*")*)*):(.*)', re.DOTALL)
_PARAMETER: Final = re.compile(r';((?:[^";]|"[^"]*")*)')
_VALUE: Final = re.compile(r'"([^"]*)"|([^",]+)')
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_MOMENT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z?))?")
_TECHNICAL: Final = frozenset(
    {"BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED"}
    | {"SEQUENCE", "REV", "CLIENTPIDMAP", "X-WR-RELCALID", "X-PUBLISHED-TTL", "REFRESH-INTERVAL", "ACKNOWLEDGED"}
)
_OWN_NAMES: Final = {"X-WR-CALNAME": "Calendar", "X-WR-CALDESC": "Description", "X-WR-TIMEZONE": "Time zone"}
_NAMES: Final = {
    "DTSTART": "Start", "DTEND": "End", "RRULE": "Repeats", "RDATE": "Also on", "EXDATE": "Not on",
    "RECURRENCE-ID": "Instead of", "TRANSP": "Transparency", "GEO": "Position", "ATTACH": "Attachment",
    "TEL": "Telephone", "EMAIL": "Mail", "ADR": "Address", "ORG": "Organisation", "BDAY": "Birthday", "N": "Name",
    "URL": "Link", "TZ": "Time zone", "LANG": "Language", "IMPP": "Messaging",
}  # fmt: skip
_TITLES: Final = ("SUMMARY", "FN")
_STRUCTURED: Final = frozenset({"N", "ADR", "ORG", "GEO"})
_PEOPLE: Final = frozenset({"ORGANIZER", "ATTENDEE"})
_SHOWN: Final = ("TYPE", "ROLE", "PARTSTAT", "TZID", "RELATED")  # parameters that are told behind the name


class _Property(NamedTuple):
    name: str
    parameters: dict[str, list[str]]
    value: str


class CalendarReader:
    """Calendars: events, tasks, entries of a journal."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of all components in their order; ExtractError where the bytes are no calendar."""
        return _extract(data, "VCALENDAR", "calendar")


class ContactsReader:
    """Contacts, of version 2.1, 3 or 4."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of all contacts in their order; ExtractError where the bytes are none."""
        return _extract(data, "VCARD", "list of contacts")


def _extract(data: bytes, component: str, named: str) -> Extraction:
    text, notes = decode(data)
    if not re.search(rf"^BEGIN:{component}\s*$", text, re.IGNORECASE | re.MULTILINE) and text.strip():
        raise ExtractError(f"not a {named}: it has no line BEGIN:{component}")
    return placed(_blocks(text), notes)


def _blocks(text: str) -> Iterator[Block]:
    """The blocks of each component; alarms belong to their event, time zones are left out."""
    gathered: list[_Property] = []
    zone = False
    for one in _properties(text):
        inner = one.value.strip().upper()
        if one.name in ("BEGIN", "END") and inner == "VTIMEZONE":
            zone = one.name == "BEGIN"
        elif zone or (inner == "VALARM" and one.name in ("BEGIN", "END")):
            continue
        elif one.name in ("BEGIN", "END"):
            yield from _section(gathered)
            gathered = []
        else:
            gathered.append(one)
    yield from _section(gathered)


def _properties(text: str) -> Iterator[_Property]:
    """The content lines, unfolded."""
    text = _QUOTED.sub(lambda line: _SOFT_BREAK.sub("", line[0]), text)
    for line in re.split(r"\r?\n|\r", _FOLD.sub("", text)):
        found = _LINE.fullmatch(line)
        if found is None:  # a broken line of a text
            yield _Property("COMMENT", {}, line)
            continue
        parameters: dict[str, list[str]] = {}
        for part in _PARAMETER.findall(found[2]):
            name, equals, value = part.partition("=")
            if not equals:  # vCard 2.1 writes the value alone
                name, value = ("ENCODING" if name.upper() in _TRANSFERS else "TYPE"), name
            parameters.setdefault(name.strip().upper(), []).extend(
                quoted or plain for quoted, plain in _VALUE.findall(value)
            )
        yield _Property(found[1].rpartition(".")[2].strip().upper(), parameters, found[3])


_TRANSFERS: Final = frozenset({"QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"})


def _section(properties: list[_Property]) -> Iterator[Block]:
    title = next((one for one in properties if one.name in _TITLES and one.value.strip()), None)
    if title is not None:
        yield Block(BlockKind.HEADING, _one_line(_plain(title)), 2)
    for one in properties:
        if one is title or one.name in _TECHNICAL or (one.name.startswith("X-") and one.name not in _OWN_NAMES):
            continue
        value = _plain(one)
        if one.name in ("DESCRIPTION", "NOTE", "COMMENT") and value.strip():
            yield from (Block(block.kind, block.text, block.level, block.links) for block in plain_blocks(value))
        elif value.strip(" ,;"):
            yield _row(one, _one_line(value))


def _row(one: _Property, value: str) -> Block:
    name = _OWN_NAMES.get(one.name) or _NAMES.get(one.name) or one.name.replace("-", " ").capitalize()
    shown = [part.lower() if key != "TZID" else part for key in _SHOWN for part in one.parameters.get(key, ())]
    start = f"{name} ({', '.join(shown)}): " if shown else f"{name}: "
    links: tuple[Link, ...] = ()
    if one.name in ("URL", "ATTACH") and value.partition(":")[0].lower() in ("http", "https"):
        links = (Link(len(start), len(start) + len(value), value),)
    return Block(BlockKind.ROW, start + value, 0, links)


def _plain(one: _Property) -> str:
    """The value as a person reads it."""
    transfer = " ".join(one.parameters.get("ENCODING", ())).upper()
    value = one.value
    if transfer in ("BASE64", "B") or re.match(r"data:[^,]*;base64,", value, re.IGNORECASE):
        return _digest(value)
    if transfer == "QUOTED-PRINTABLE":
        raw = quopri.decodestring(value.encode("utf-8", "surrogateescape"))
        value = decode(raw, next(iter(one.parameters.get("CHARSET", ())), None))[0]
    if one.name in _STRUCTURED:
        parts = [_unescaped(part).strip() for part in re.split(r"(?<!\\);", value)]
        return ", ".join(filter(None, parts))
    if one.name in _PEOPLE:
        address = re.sub("^mailto:", "", value, flags=re.IGNORECASE)
        name = " ".join(one.parameters.get("CN", ()))
        return f"{name} <{address}>" if name and name != address else address
    if _MOMENT.match(value):
        return ", ".join(_moment(part) for part in value.split(","))
    return _unescaped(value)


def _moment(value: str) -> str:
    found = _MOMENT.fullmatch(value.strip())
    if found is None:
        return value
    year, month, day, hour, minute, second, universal = found.groups()
    time = f" {hour}:{minute}" + (f":{second}" if second not in (None, "00") else "") if hour else ""
    return f"{year}-{month}-{day}{time}{' UTC' if universal else ''}"


def _digest(value: str) -> str:
    data = value.rpartition(",")[2].encode("utf-8", "replace")
    with suppress(binascii.Error):
        data = binascii.a2b_base64(data)
    return f"{len(data):,} bytes, {sha256(data).hexdigest()[:12]}"


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda sign: "\n" if sign[1] in "nN" else sign[1], value)


def _one_line(text: str) -> str:
    return " ".join(text.split())
