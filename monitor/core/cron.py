"""crontab(5) expressions, and the times of digests: what they mean, and when they are due next.

Rules, after the manual page and Paul Vixie's implementation (as in Debian's and FreeBSD's cron):

- five fields: minute, hour, day of month, month, day of week; `*`, numbers, ranges, lists, steps;
  names of months and weekdays; in weekdays 0 and 7 are Sunday;
- where day of month and day of week are both restricted, a day is due that matches either one; a field
  that begins with `*` (so `*/2` too) is not restricted in this sense, and then both must match;
- `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly`, `@annually`.

When the clocks change: an expression whose hour field is `*` follows elapsed time, so it loses no run
and doubles none. Any other names times of the wall clock: a time that does not exist is due at the
moment at which the clocks jump, once for all that fall into the gap, and a time that occurs twice is
due the first time only.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SHORTHANDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_DAY = timedelta(days=1)
# 29 February on a given weekday: at most 40 years apart, across a century without a leap year.
_HORIZON = 41 * 366


class _Field(NamedTuple):
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()  # the first one stands for `low`


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 7, _WEEKDAYS),
)


class Cron(NamedTuple):
    """An expression, understood. Weekdays count from Sunday = 0 to 6.

    `either`: one of day of month and day of week is enough. `every_hour`: the hour field is `*`.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool
    every_hour: bool

    def on(self, day: date) -> bool:
        """Whether anything is due on this day."""
        if day.month not in self.months:
            return False
        by_month, by_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return (by_month or by_week) if self.either else (by_month and by_week)


def parse_cron(text: str) -> Cron:
    """The expression `text`; ValueError, which names the field, where it is none or can never be due."""
    words = _SHORTHANDS.get(text.strip().lower(), text).split()
    if words and words[0].startswith("@"):
        raise ValueError(f"unknown shorthand {words[0]!r}; known are {', '.join(_SHORTHANDS)}")
    if len(words) != len(_FIELDS):
        names = ", ".join(field.name for field in _FIELDS)
        raise ValueError(f"expected five fields ({names}), got {len(words)}: {text.strip()!r}")
    minutes, hours, days, months, weekdays = (
        _parse_field(field, word.lower()) for field, word in zip(_FIELDS, words, strict=True)
    )
    either = not words[2].startswith("*") and not words[4].startswith("*")
    if not either and all(day > _LONGEST[month - 1] for day in days for month in months):
        raise ValueError(f"never due: no month of {words[3]!r} has a day {words[2]!r}")
    return Cron(
        minutes=tuple(sorted(minutes)),
        hours=tuple(sorted(hours)),
        days=days,
        months=months,
        weekdays=frozenset(number % 7 for number in weekdays),
        either=either,
        every_hour=words[1] == "*",
    )


def next_after(cron: Cron, after: datetime, zone: tzinfo) -> datetime | None:
    """The first moment later than `after` at which `cron` is due in `zone`, in UTC.

    None where there is none within 41 years.
    """
    after = after.astimezone(UTC)
    # Where clocks go back over midnight, the moments of two days interleave: begin a day early, look a day further.
    start = after.astimezone(zone).date() - _DAY
    for number in range(_HORIZON):
        found = _first_after(_due(cron, start + number * _DAY, zone), after)
        if found is not None:
            rival = _first_after(_due(cron, start + (number + 1) * _DAY, zone), after)
            return found if rival is None else min(found, rival)
    return None


# --- reading ------------------------------------------------------------------------------------


def _parse_field(field: _Field, text: str) -> frozenset[int]:
    return frozenset(number for item in text.split(",") for number in _parse_item(field, item))


def _parse_item(field: _Field, item: str) -> range:
    body, has_step, step_text = item.partition("/")
    first, has_range, last = body.partition("-")
    if body == "*":
        low, high = field.low, field.high
    else:
        low = _number(field, first)
        high = _number(field, last) if has_range else low
        if low > high and last == _WEEKDAYS[0]:
            high = 7  # `fri-sun`: Sunday at the end of a range
    if has_step and body != "*" and not has_range:
        raise ValueError(f"{field.name}: a step needs a range, such as {first}-{field.high}/{step_text}, got {item!r}")
    if low > high:
        raise ValueError(f"{field.name}: the range {body!r} runs backwards")
    step = _digits(step_text) if has_step else 1
    if not step:
        raise ValueError(f"{field.name}: expected a step above zero in {item!r}")
    return range(low, high + 1, step)


def _number(field: _Field, text: str) -> int:
    if text in field.names:
        return field.names.index(text) + field.low
    number = _digits(text)
    if number is None or not field.low <= number <= field.high:
        names = f" or {field.names[0]}-{field.names[-1]}" if field.names else ""
        raise ValueError(f"{field.name}: expected {field.low}-{field.high}{names}, got {text!r}")
    return number


def _digits(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else None


# --- moments ------------------------------------------------------------------------------------


def _first_after(moments: tuple[datetime, ...], after: datetime) -> datetime | None:
    place = bisect_right(moments, after)
    return moments[place] if place < len(moments) else None


@lru_cache(maxsize=16)  # a due time and its successor mostly lie on one day
def _due(cron: Cron, day: date, zone: tzinfo) -> tuple[datetime, ...]:
    """Every moment of a local day at which `cron` is due, in UTC, ascending."""
    if not cron.on(day):
        return ()
    moments = {
        moment
        for hour in cron.hours
        for minute in cron.minutes
        for moment in _moments(day, time(hour, minute), zone, elapsed=cron.every_hour)
    }
    return tuple(sorted(moments))


def _moments(day: date, clock: time, zone: tzinfo, *, elapsed: bool) -> Iterator[datetime]:
    """When the wall clock shows this: once; or, where the clocks change, as the module's head says."""
    first = datetime.combine(day, clock, zone).astimezone(UTC)
    second = datetime.combine(day, clock.replace(fold=1), zone).astimezone(UTC)
    if first <= second:
        yield first
        if elapsed and first != second:
            yield second
    elif not elapsed:
        yield _jump(second, first, zone)


def _jump(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """The moment between two at which the zone's offset changes, by bisection to the second."""
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


# --- digests ------------------------------------------------------------------------------------


_DAYS_OF_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AT = re.compile(
    r"(?:every )?(?:(?P<count>[0-9]{1,3}) )?(?P<unit>days?|weeks?|daily|weekly|" + "|".join(_DAYS_OF_WEEK) + r")"
    r"(?: on (?P<on>" + "|".join(_DAYS_OF_WEEK) + r"))? at (?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
)
_MOST_DAYS = 366


class Every(NamedTuple):
    """How often a digest is sent: each so many days at a time of day, or `seconds` after the first change that waits.

    `weekday` counts from Monday = 0, for weeks.
    """

    days: int = 0
    at: time = time()
    weekday: int = 0
    seconds: float = 0.0

    def next_after(self, moment: datetime, zone: tzinfo) -> datetime:
        """The first time later than a moment, in UTC; days and weeks are counted from a fixed one."""
        if not self.days:
            return moment + timedelta(seconds=self.seconds)
        day = moment.astimezone(zone).date()
        while True:  # at most two periods
            due = datetime.combine(day, self.at, zone).astimezone(UTC)
            if due > moment and (day.toordinal() - 1 - self.weekday) % self.days == 0:  # 0001-01-01 was a Monday
                return due
            day += timedelta(days=1)


def parse_every(text: str, duration: Callable[[object], float]) -> Every:
    """`1 day at 08:00`, `1 week on friday at 16:30`, `monday at 8:00`, or a duration; ValueError for anything else."""
    found = _AT.fullmatch(" ".join(text.lower().split()))
    if found is None:
        try:
            seconds = duration(text)
        except ValueError as error:
            raise ValueError(f"{error}; or write `1 day at 08:00` or `1 week on monday at 08:00`") from None
        if seconds < 1:
            raise ValueError(f"must be at least a second, got {text!r}")
        return Every(seconds=seconds)
    unit, count = found["unit"], int(found["count"] or 1)
    weekly = unit in _DAYS_OF_WEEK or unit.startswith("week")
    on = found["on"] or (unit if unit in _DAYS_OF_WEEK else "monday")
    if not 1 <= count * (7 if weekly else 1) <= _MOST_DAYS or (found["on"] and (not weekly or unit in _DAYS_OF_WEEK)):
        raise ValueError(f"expected `1 day at 08:00` or `1 week on monday at 08:00`, got {text!r}")
    if int(found["hour"]) > 23 or int(found["minute"]) > 59:
        raise ValueError(f"no time of day: {found['hour']}:{found['minute']}")
    at = time(int(found["hour"]), int(found["minute"]))
    return Every(count * 7 if weekly else count, at, _DAYS_OF_WEEK.index(on) if weekly else 0)
