"""Moments and intervals in a reader's words; the same everywhere, whatever the process's locale."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class TimeView(NamedTuple):
    """A moment in the reader's time zone (`text`), with UTC beside it (`utc`) and for machines (`iso`)."""

    text: str
    utc: str
    iso: str


def time_view(time: datetime, zone: tzinfo) -> TimeView:
    """`2 Jan 2026, 04:04 CET`."""
    local = time.astimezone(zone)
    utc = time.astimezone(UTC)
    return TimeView(
        text=f"{day(local)}, {local:%H:%M} {local.tzname()}",
        utc=f"{utc:%Y-%m-%d %H:%M:%S} UTC",
        iso=f"{utc:%Y-%m-%dT%H:%M:%SZ}",
    )


def day(time: datetime) -> str:
    """`2 Jan 2026`, of the time as it stands."""
    return f"{time.day} {MONTHS[time.month - 1]} {time.year}"


def days(first: datetime, last: datetime) -> str:
    """`2 – 8 Mar 2026`: two days of one time zone, what they share said once."""
    if first.date() == last.date():
        return day(last)
    if first.year != last.year:
        return f"{day(first)} – {day(last)}"
    month = "" if first.month == last.month else f" {MONTHS[first.month - 1]}"
    return f"{first.day}{month} – {day(last)}"


def duration(span: timedelta) -> str:
    """The largest unit that says enough: `3 hours`, `12 days`; under a minute `less than a minute`."""
    seconds = int(span.total_seconds())
    for unit, length, least in (("day", 86_400, 2), ("hour", 3_600, 2), ("minute", 60, 1)):
        if seconds >= length * least:
            return plural(seconds // length, unit)
    return "less than a minute"


def plural(count: int, word: str) -> str:
    """`1 day`, `2 days`, `1,204 days`; only for words that take an s."""
    return f"{count:,} {noun(count, word)}"


def noun(count: int, word: str) -> str:
    """The word alone as the count wants it."""
    return word if count == 1 else f"{word}s"
