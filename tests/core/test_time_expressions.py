"""A WHEN as it is typed: dates, times, ages; and what is left to be a snapshot's id."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.time_expressions import parse_when

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)


def parsed(text: str, *, end: bool = False, zone: str = "Europe/Vienna") -> str | None:
    moment = parse_when(text, NOW, ZoneInfo(zone), end=end)
    return moment and moment.isoformat()


MOMENTS = [
    ("2026-01-05T08:30:00Z", "2026-01-05T08:30:00+00:00"),
    ("2026-01-05T08:30:00+02:00", "2026-01-05T06:30:00+00:00"),
    ("2026-01-05T08:30", "2026-01-05T07:30:00+00:00"),
    ("2026-07-05T08:30", "2026-07-05T06:30:00+00:00"),
    ("2026-01-05 08:30:15", "2026-01-05T07:30:15+00:00"),
    ("2026-01-05T08", "2026-01-05T07:00:00+00:00"),
    ("2026-01-05T08:30:00.250Z", "2026-01-05T08:30:00.250000+00:00"),
    (" 2026-01-05T08:30Z\n", "2026-01-05T08:30:00+00:00"),
    ("7d", "2026-03-22T10:00:00+00:00"),
    ("12h", "2026-03-28T22:00:00+00:00"),
    ("30m", "2026-03-29T09:30:00+00:00"),
    ("2w", "2026-03-15T10:00:00+00:00"),
    ("1y", "2025-03-29T10:00:00+00:00"),
    ("0d", "2026-03-29T10:00:00+00:00"),
    ("now", "2026-03-29T10:00:00+00:00"),
    ("7 d", "2026-03-22T10:00:00+00:00"),
    ("2 days", "2026-03-27T10:00:00+00:00"),
    ("1 Week ago", "2026-03-22T10:00:00+00:00"),
    ("90 min", "2026-03-29T08:30:00+00:00"),
    ("3hours", "2026-03-29T07:00:00+00:00"),
]


@pytest.mark.parametrize(("text", "expected"), MOMENTS)
def test_a_time_or_an_age_is_one_moment(text: str, expected: str) -> None:
    assert parsed(text) == expected
    assert parsed(text, end=True) == expected


DAYS = [
    ("2026-01-05", "2026-01-04T23:00:00+00:00", "2026-01-05T22:59:59.999999+00:00"),
    ("2026-03-29", "2026-03-28T23:00:00+00:00", "2026-03-29T21:59:59.999999+00:00"),  # 23 hours
    ("2026-10-25", "2026-10-24T22:00:00+00:00", "2026-10-25T22:59:59.999999+00:00"),  # 25 hours
    ("today", "2026-03-28T23:00:00+00:00", "2026-03-29T21:59:59.999999+00:00"),
    (" Yesterday", "2026-03-27T23:00:00+00:00", "2026-03-28T22:59:59.999999+00:00"),
    ("this week", "2026-03-22T23:00:00+00:00", "2026-03-29T21:59:59.999999+00:00"),  # from Monday
    ("last week", "2026-03-15T23:00:00+00:00", "2026-03-22T22:59:59.999999+00:00"),
    ("this month", "2026-02-28T23:00:00+00:00", "2026-03-31T21:59:59.999999+00:00"),
    ("last month", "2026-01-31T23:00:00+00:00", "2026-02-28T22:59:59.999999+00:00"),
    ("last year", "2024-12-31T23:00:00+00:00", "2025-12-31T22:59:59.999999+00:00"),
    ("2026-01", "2025-12-31T23:00:00+00:00", "2026-01-31T22:59:59.999999+00:00"),
    ("2025-12", "2025-11-30T23:00:00+00:00", "2025-12-31T22:59:59.999999+00:00"),
    ("2026", "2025-12-31T23:00:00+00:00", "2026-12-31T22:59:59.999999+00:00"),
]


def test_last_month_in_january_is_december() -> None:
    assert parse_when("last month", datetime(2026, 1, 5, tzinfo=UTC), UTC, end=False) == datetime(
        2025, 12, 1, tzinfo=UTC
    )


@pytest.mark.parametrize(("day", "first", "last"), DAYS)
def test_date_is_its_first_or_last_moment(day: str, first: str, last: str) -> None:
    assert (parsed(day), parsed(day, end=True)) == (first, last)


def test_a_day_whose_last_hour_occurs_twice_ends_with_the_second() -> None:
    # St. John's, 25 October 2003: 23:01-23:59 occurred twice.
    assert parsed("2003-10-25", end=True, zone="America/St_Johns") == "2003-10-26T03:29:59.999999+00:00"


def test_day_without_a_midnight_begins_after_the_clock_change() -> None:
    # Santiago, 6 September 2026: 00:00 -04:00 became 01:00 -03:00.
    assert parsed("2026-09-06", zone="America/Santiago") == "2026-09-06T04:00:00+00:00"


def test_ambiguous_local_time_is_the_earlier_or_as_end_the_later() -> None:
    assert parsed("2026-10-25T02:30") == "2026-10-25T00:30:00+00:00"
    assert parsed("2026-10-25T02:30", end=True) == "2026-10-25T01:30:00+00:00"


@pytest.mark.parametrize("end", [False, True])
def test_skipped_local_time_is_after_the_clock_change(end: bool) -> None:
    assert parsed("2026-03-29T02:30", end=end) == "2026-03-29T01:30:00+00:00"


def test_an_age_counts_elapsed_time_over_a_change_of_the_clocks() -> None:
    assert parsed("1d") == "2026-03-28T10:00:00+00:00"


OTHERS = [
    "",
    "deadbeef",
    "20260105",  # eight hexadecimal digits are a snapshot's id
    "2026-W02",
    "1234",  # four hexadecimal digits are a snapshot's id
    "2026-13",
    "2026-00",
    "last fortnight",
    "next week",
    "ago",
    "2026-13-01",
    "2026-02-30",
    "2026-01-05T25:00",
    "2026-01-05T",
    "0001-01-01",  # in Vienna it began in the year 0
    "d",
    "7",
    "7D",
    "7M",  # no month: it has no length
    "-7d",
    "+7d",
    "1.5d",
    "٧d",
    "99999999999999999999d",
    "\x00",
]


@pytest.mark.parametrize("text", OTHERS)
def test_anything_else_is_left_to_the_caller(text: str) -> None:
    assert parsed(text) is None


@given(st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)))
def test_a_time_that_is_printed_with_its_offset_is_read_back(moment: datetime) -> None:
    assert parse_when(moment.astimezone(VIENNA).isoformat(), NOW, VIENNA, end=False) == moment


@given(st.text(max_size=40))
def test_any_text_is_a_moment_in_utc_or_none(text: str) -> None:
    moment = parse_when(text, NOW, VIENNA, end=True)
    assert moment is None or moment.tzinfo is UTC
