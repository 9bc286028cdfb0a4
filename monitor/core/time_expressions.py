"""Parse WHEN as people type it: a time in UTC, or a snapshot. The clock and the time zone are arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from monitor.errors import UsageError
from monitor.model import Snapshot

_HEX = re.compile(r"[0-9a-f]{4,64}")

# `m` is minutes: a month has no length. Ages count elapsed time, so a day has 24 hours when clocks change, too.
_AGE = re.compile(
    r"([0-9]{1,12}) ?(?:(m|(?i:min|minutes?))|(h|(?i:hours?))|(d|(?i:days?))|(w|(?i:weeks?))|(y|(?i:years?)))(?i: ago)?"
)
_UNITS = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1), timedelta(days=365))
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_YEAR = re.compile(r"(?:19|20|21)[0-9]{2}")  # four other digits may begin a snapshot's id
_ISO_DATE = len("2026-01-05")


def parse_when(text: str, now: datetime, zone: tzinfo, *, end: bool) -> datetime | None:
    """The moment that `text` names, in UTC; None where it is neither a date, a time, a period nor an age.

    A date or time is ISO 8601, with hyphens (digits alone may be a snapshot's id); without an offset it
    is local to `zone`. A day, month (`2026-01`), year, `today`, `yesterday`, or `this` or `last` `week`, `month` or
    `year` is its first moment, or its last one with `end`; weeks begin on Monday. A local time that occurs twice is the
    earlier one, or the later one with `end`; one that the clocks skip lies as far behind the jump as it claims to. An
    age such as `7d` or `2 days` is that long before `now`, which may be written as `now`.
    """
    typed = " ".join(text.split())
    words = typed.lower()
    try:
        if words == "now":
            return now.astimezone(UTC)
        if age := _AGE.fullmatch(typed):
            unit = next(unit for unit, given in zip(_UNITS, age.groups()[1:], strict=True) if given)
            return now.astimezone(UTC) - int(age[1]) * unit
        if days := _period(words, now.astimezone(zone).date()):
            first, behind = days
            day = behind - timedelta(days=1) if end else first
            return _local(datetime.combine(day, time.max if end else time.min), zone, end=end)
        return _parse_iso(text.strip(), zone, end=end)
    except (ValueError, OverflowError):  # no such day, or within a day of the first or the last year
        return None


def _period(words: str, today: date) -> tuple[date, date] | None:
    """The first day of a named period, and the first day behind it."""
    if words in ("today", "yesterday"):
        first = today - timedelta(days=words == "yesterday")
        return first, first + timedelta(days=1)
    which, _, unit = words.partition(" ")
    if which in ("this", "last") and unit in ("week", "month", "year"):
        ago = which == "last"
        if unit == "week":
            first = today - timedelta(days=today.weekday() + 7 * ago)
            return first, first + timedelta(days=7)
        return _months(today.year, today.month - ago, 1) if unit == "month" else _months(today.year - ago, 1, 12)
    if month := _MONTH.fullmatch(words):
        date(int(month[1]), int(month[2]), 1)  # ValueError for a month that there is not
        return _months(int(month[1]), int(month[2]), 1)
    return _months(int(words), 1, 12) if _YEAR.fullmatch(words) else None


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """From the first of a month, which may be 0 for the December before, `count` months."""
    first, behind = year * 12 + month - 1, year * 12 + month - 1 + count
    return date(first // 12, first % 12 + 1, 1), date(behind // 12, behind % 12 + 1, 1)


def _parse_iso(text: str, zone: tzinfo, *, end: bool) -> datetime | None:
    if text[4:5] != "-" or len(text) < _ISO_DATE:
        return None
    if len(text) == _ISO_DATE:
        day = date.fromisoformat(text)
        moment = datetime.combine(day, time.max if end else time.min)
    else:
        moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else _local(moment, zone, end=end)


def _local(moment: datetime, zone: tzinfo, *, end: bool) -> datetime:
    first = moment.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = moment.replace(tzinfo=zone, fold=1).astimezone(UTC)
    # In a gap the first reading is the later one; it is the one that lies behind the jump.
    return max(first, second) if end else first


@dataclass(frozen=True, slots=True)
class Calendar:
    """How dates are read: against which present, in which time zone, and what the snapshots are."""

    now: datetime
    zone: tzinfo
    known: Callable[[], Sequence[Snapshot]]  # asked only where a WHEN is no date


@dataclass(frozen=True, slots=True)
class Point:
    """A moment that was named: `at`, and the snapshot where it was named by one."""

    text: str
    at: datetime
    snapshot: Snapshot | None = None


LAST = Point("the last snapshot", datetime.max.replace(tzinfo=UTC))
"""However far into the future a snapshot was dated."""


def point(text: str, calendar: Calendar, *, end: bool) -> Point:
    """What `text` names; a bare date is its first moment, or its last where `end`. UsageError where it is nothing."""
    at = parse_when(text, calendar.now, calendar.zone, end=end)
    if at is not None:
        return Point(text, at)
    snapshot = snapshot_named(text, calendar.known())
    return Point(text, snapshot.taken_at, snapshot)


def snapshot_named(text: str, known: Iterable[Snapshot]) -> Snapshot:
    """The one snapshot whose id begins with `text` (at least 4 hex digits)."""
    prefix = text.lower()
    found = [one for one in known if one.id.startswith(prefix)] if _HEX.fullmatch(prefix) else []
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{text} begins {len(found)} snapshots' ids; give more of it")
    raise UsageError(
        f"{text} is not a valid date, age or snapshot id; write 2026-01-31, yesterday, 7d, or an id from"
        " `monitor snapshots`"
    )
