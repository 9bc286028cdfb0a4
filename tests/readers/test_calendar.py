"""Calendars and contacts: a section for each event or contact, a row for each property, by its name."""

from __future__ import annotations

from hashlib import sha256

import pytest

from monitor.app.sandbox import read_in_this_process

HEARING = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
X-WR-CALNAME:Hearings
BEGIN:VTIMEZONE
TZID:Europe/Vienna
BEGIN:STANDARD
DTSTART:19701025T030000
TZNAME:CET
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1@example.org
DTSTAMP:20260101T000000Z
SUMMARY:Hearing on the fee\\, part 1
DTSTART;TZID=Europe/Vienna:20260131T100000
DTEND:20260131T110000Z
DESCRIPTION:The fee is discussed.\\nBring the d
 ocuments\\; all of them.
LOCATION:Room 5
ORGANIZER;CN="Love:lace, Ada":mailto:ada@example.org
ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org
URL:https://example.org/hearing
X-VENDOR-THING:1
BEGIN:VALARM
TRIGGER:-PT15M
END:VALARM
END:VEVENT
BEGIN:VTODO
SUMMARY:Pay
DUE;VALUE=DATE:20260201
EXDATE:20260301,20260401
END:VTODO
END:VCALENDAR
"""


def texts(path: str, text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    found = read_in_this_process(path, data)
    assert found.failure is None, found.failure
    return [one.text for one in found.statements or ()]


def test_event_is_a_section_with_a_row_for_each_property() -> None:
    assert texts("a.ics", HEARING) == [
        "Calendar: Hearings",
        "Hearing on the fee, part 1",
        "Start (Europe/Vienna): 2026-01-31 10:00",
        "End: 2026-01-31 11:00 UTC",
        "The fee is discussed.",
        "Bring the documents; all of them.",
        "Location: Room 5",
        "Organizer: Love:lace, Ada <ada@example.org>",
        "Attendee (declined): bob@example.org",
        "Link: https://example.org/hearing",
        "Trigger: -PT15M",
        "Pay",
        "Due: 2026-02-01",
        "Not on: 2026-03-01, 2026-04-01",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("DTSTAMP:20260101T000000Z", "DTSTAMP:20260909T090909Z"),
        ("-//Example//EN", "-//Other//EN"),
        ("UID:1@example.org", "UID:2@example.org"),
        ("TZNAME:CET", "TZNAME:MEZ"),
        ("d\n ocuments", "docu\n\tments"),
        ("\n", "\r\n"),
    ],
)
def test_what_each_export_writes_anew_is_no_change(old: str, new: str) -> None:
    assert old in HEARING
    assert texts("a.ics", HEARING.replace(old, new)) == texts("a.ics", HEARING)


def test_link_of_an_event_is_a_link() -> None:
    found = read_in_this_process("a.ics", HEARING.encode()).statements or ()
    assert [one.links for one in found if one.text.startswith("Link")] == [("https://example.org/hearing",)]


def test_contact_is_a_section_under_its_name() -> None:
    card = """\
BEGIN:VCARD
VERSION:4.0
FN:Ada Lovelace
N:Lovelace;Ada;;;
item1.EMAIL;TYPE=work:ada@example.org
ADR;TYPE=home:;;12 Main St\\, Apt 3;London;;SW1;UK
BDAY:18151210
NOTE:Prefers letters.
REV:20260101T000000Z
END:VCARD
"""
    assert texts("a.vcf", card) == [
        "Ada Lovelace",
        "Name: Lovelace, Ada",
        "Mail (work): ada@example.org",
        "Address (home): 12 Main St, Apt 3, London, SW1, UK",
        "Birthday: 1815-12-10",
        "Prefers letters.",
    ]


def test_picture_of_a_contact_is_told_by_its_digest() -> None:
    card = "BEGIN:VCARD\nFN:Ada\nPHOTO;ENCODING=b;TYPE=JPEG:aGVs\n bG8=\nEND:VCARD\n"
    assert texts("a.vcf", card)[1] == f"Photo (jpeg): 5 bytes, {sha256(b'hello').hexdigest()[:12]}"


def test_contact_of_version_2_is_decoded() -> None:
    card = (
        "BEGIN:VCARD\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg M=\n=C3=BCller\nTEL;CELL:+43 1\nEND:VCARD\n"
    )
    assert texts("a.vcf", card) == ["Jörg Müller", "Telephone (cell): +43 1"]


def test_broken_line_is_read_as_text() -> None:
    card = "BEGIN:VCARD\nFN:Ada\nNOTE:One line\nand another that is not folded\nEND:VCARD\n"
    assert texts("a.vcf", card) == ["Ada", "One line", "and another that is not folded"]


@pytest.mark.parametrize(
    ("path", "why"),
    [("a.ics", "not a calendar: it has no line BEGIN:VCALENDAR"), ("a.vcf", "not a list of contacts: it has no line")],
)
def test_what_is_no_calendar_or_contact_fails(path: str, why: str) -> None:
    assert (read_in_this_process(path, b"Some text.\n").failure or "").startswith(why)
