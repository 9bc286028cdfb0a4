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
_AGES = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}
_ISO_DATE = len("2026-01-05")


def parse_when(text: str, now: datetime, zone: tzinfo, *, end: bool) -> datetime | None:
    """The moment that `text` names, in UTC; None where it is neither a date, a time nor an age.

    A date or time is ISO 8601, with hyphens (digits alone may be a snapshot's id); without an offset it
    is local to `zone`. A date alone is its first moment, or its last one with `end`. A local time that
    occurs twice is the earlier one, or the later one with `end`; one that the clocks skip lies as far
    behind the jump as it claims to. An age such as `7d` is that long before `now`.
    """
    text = text.strip()
    return _parse_age(text, now) or _parse_iso(text, zone, end=end)


def _parse_age(text: str, now: datetime) -> datetime | None:
    count, unit = text[:-1], text[-1:]
    if unit not in _AGES or not (count.isascii() and count.isdecimal()):
        return None
    try:
        return now.astimezone(UTC) - int(count[:12]) * _AGES[unit]
    except OverflowError:
        return None  # before the year 1


def _parse_iso(text: str, zone: tzinfo, *, end: bool) -> datetime | None:
    if text[4:5] != "-" or len(text) < _ISO_DATE:
        return None
    try:
        if len(text) == _ISO_DATE:
            day = date.fromisoformat(text)
            moment = datetime.combine(day, time.max if end else time.min)
        else:
            moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else _local(moment, zone, end=end)
    except (ValueError, OverflowError):  # also: within a day of the first or the last year
        return None


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
        f"{text} is no date, age or snapshot; write 2026-01-31, 2026-01-31T12:00, 7d, or an id from `monitor snapshots`"
    )
