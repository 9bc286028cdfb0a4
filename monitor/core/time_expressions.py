"""A WHEN as people type it -> a moment in UTC. The clock and the zone come in as arguments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

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
