"""crontab(5) expressions: a table of (expression, now, the next due times)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.cron import next_after, parse_cron

VIENNA = ZoneInfo("Europe/Vienna")


def due(expression: str, after: datetime, zone: ZoneInfo, count: int) -> list[datetime]:
    cron, found = parse_cron(expression), []
    for _ in range(count):
        moment = next_after(cron, after, zone)
        assert moment is not None
        found.append(moment)
        after = moment
    return found


def local(expression: str, now: str, count: int, zone: ZoneInfo = VIENNA) -> list[str]:
    """The due times by the wall clock, with its offset where it matters."""
    start = datetime.fromisoformat(now).replace(tzinfo=zone)
    return [f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}" for moment in due(expression, start, zone, count)]


# 2026-01-05 is a Monday.
ORDINARY = [
    ("* * * * *", "2026-01-05 08:00", ["Mon 2026-01-05 08:01", "Mon 2026-01-05 08:02"]),
    ("*/15 * * * *", "2026-01-05 08:07", ["Mon 2026-01-05 08:15", "Mon 2026-01-05 08:30"]),
    ("5-59/20 9 * * *", "2026-01-05 09:00", ["Mon 2026-01-05 09:05", "Mon 2026-01-05 09:25", "Mon 2026-01-05 09:45"]),
    ("0 6 * * 1", "2026-01-05 06:00", ["Mon 2026-01-12 06:00"]),
    ("0 6 * * mon", "2026-01-06 06:00", ["Mon 2026-01-12 06:00"]),
    ("0 6 * * 0", "2026-01-05 00:00", ["Sun 2026-01-11 06:00", "Sun 2026-01-18 06:00"]),
    ("0 6 * * 7", "2026-01-05 00:00", ["Sun 2026-01-11 06:00", "Sun 2026-01-18 06:00"]),
    ("0 6 * * SUN", "2026-01-05 00:00", ["Sun 2026-01-11 06:00"]),
    ("0 6 * * 6", "2026-01-05 00:00", ["Sat 2026-01-10 06:00"]),
    ("0 6 * * 1-5", "2026-01-08 12:00", ["Fri 2026-01-09 06:00", "Mon 2026-01-12 06:00"]),
    ("0 6 * * fri-sun", "2026-01-05 00:00", ["Fri 2026-01-09 06:00", "Sat 2026-01-10 06:00", "Sun 2026-01-11 06:00"]),
    ("0 6 * * 5-7", "2026-01-11 06:00", ["Fri 2026-01-16 06:00", "Sat 2026-01-17 06:00"]),
    ("0 6 * * 0-7", "2026-01-05 07:00", ["Tue 2026-01-06 06:00", "Wed 2026-01-07 06:00"]),
    ("0 6 * * mon,wed", "2026-01-05 07:00", ["Wed 2026-01-07 06:00", "Mon 2026-01-12 06:00"]),
    ("0 6 * * */2", "2026-01-04 07:00", ["Tue 2026-01-06 06:00", "Thu 2026-01-08 06:00", "Sat 2026-01-10 06:00"]),
    ("30 7,19 * * *", "2026-01-05 08:00", ["Mon 2026-01-05 19:30", "Tue 2026-01-06 07:30"]),
    ("0 0 1 JAN,Jul *", "2026-01-05 08:00", ["Wed 2026-07-01 00:00", "Fri 2027-01-01 00:00"]),
    ("0 0 31 * *", "2026-01-31 08:00", ["Tue 2026-03-31 00:00", "Sun 2026-05-31 00:00"]),
    ("0 0 29 2 *", "2026-01-05 08:00", ["Tue 2028-02-29 00:00", "Sun 2032-02-29 00:00"]),
    ("  0\t6   * * 1 ", "2026-01-05 07:00", ["Mon 2026-01-12 06:00"]),
]
SHORTHANDS = [
    ("@hourly", ["Mon 2026-01-05 09:00", "Mon 2026-01-05 10:00"]),
    ("@daily", ["Tue 2026-01-06 00:00", "Wed 2026-01-07 00:00"]),
    ("@midnight", ["Tue 2026-01-06 00:00"]),
    ("@weekly", ["Sun 2026-01-11 00:00", "Sun 2026-01-18 00:00"]),
    ("@monthly", ["Sun 2026-02-01 00:00", "Sun 2026-03-01 00:00"]),
    ("@yearly", ["Fri 2027-01-01 00:00"]),
    ("@Annually", ["Fri 2027-01-01 00:00"]),
]
BOTH_DAYS = [
    # both restricted: either is enough
    ("0 0 13 * 5", "2026-01-05 00:00", ["Fri 2026-01-09 00:00", "Tue 2026-01-13 00:00", "Fri 2026-01-16 00:00"]),
    # a field that begins with `*` does not restrict, even with a step: both must match
    ("0 0 */2 * 1", "2026-01-05 00:00", ["Mon 2026-01-19 00:00", "Mon 2026-02-09 00:00"]),
    ("0 0 13 * *", "2026-01-05 00:00", ["Tue 2026-01-13 00:00", "Fri 2026-02-13 00:00"]),
    ("0 0 * * 5", "2026-01-05 00:00", ["Fri 2026-01-09 00:00", "Fri 2026-01-16 00:00"]),
]


@pytest.mark.parametrize(("expression", "now", "expected"), ORDINARY)
def test_an_expression_is_due_as_crontab_says(expression: str, now: str, expected: list[str]) -> None:
    assert local(expression, now, len(expected)) == expected


@pytest.mark.parametrize(("expression", "expected"), SHORTHANDS)
def test_shorthand_means_its_expression(expression: str, expected: list[str]) -> None:
    assert local(expression, "2026-01-05 08:30", len(expected)) == expected


@pytest.mark.parametrize(("expression", "now", "expected"), BOTH_DAYS)
def test_day_of_month_and_day_of_week_together(expression: str, now: str, expected: list[str]) -> None:
    assert local(expression, now, len(expected)) == expected


# --- the clocks change --------------------------------------------------------------------------

# Vienna, 29 March 2026: 02:00 +01:00 becomes 03:00 +02:00, at 01:00 UTC.
# Vienna, 25 October 2026: 03:00 +02:00 becomes 02:00 +01:00, at 01:00 UTC.
SPRING, AUTUMN = "2026-03-29 00:59", "2026-10-25 00:59"
CLOCK_CHANGES = [
    # a time in the gap is due when the clocks jump
    ("30 2 * * *", SPRING, ["29 01:00", "30 00:30"]),
    # all that fall into the gap are one
    ("0,15,30,45 2 * * *", SPRING, ["29 01:00", "30 00:00", "30 00:15"]),
    # one that is due at the jump anyway is one with them
    ("0 1-4 * * *", SPRING, ["29 00:00", "29 01:00", "29 02:00", "29 23:00"]),
    # every hour: elapsed time, nothing is made up for
    ("*/30 * * * *", SPRING, ["29 00:00", "29 00:30", "29 01:00", "29 01:30", "29 02:00"]),
    # a time that occurs twice is due the first time
    ("30 2 * * *", AUTUMN, ["25 00:30", "26 01:30"]),
    ("0 1-4 * * *", AUTUMN, ["24 23:00", "25 00:00", "25 02:00", "25 03:00"]),
    # every hour: both
    ("*/30 * * * *", AUTUMN, ["24 23:00", "24 23:30", "25 00:00", "25 00:30", "25 01:00", "25 01:30", "25 02:00"]),
]


@pytest.mark.parametrize(("expression", "now", "expected"), CLOCK_CHANGES)
def test_a_due_time_gets_one_run_when_the_clocks_change(expression: str, now: str, expected: list[str]) -> None:
    start = datetime.fromisoformat(now).replace(tzinfo=VIENNA)
    assert [f"{moment:%d %H:%M}" for moment in due(expression, start, VIENNA, len(expected))] == expected


def test_fixed_time_does_not_run_twice_in_the_repeated_hour() -> None:
    second_0215 = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    assert due("30 2 * * *", second_0215, VIENNA, 1) == [datetime(2026, 10, 26, 1, 30, tzinfo=UTC)]


def test_clock_change_over_midnight_keeps_the_order() -> None:
    # St. John’s, 26 October 2003: 00:01 -02:30 becomes 23:01 -03:30 of the day before.
    zone = ZoneInfo("America/St_Johns")
    moments = due("*/30 * * * *", datetime(2003, 10, 26, 2, 0, tzinfo=UTC), zone, 4)
    assert [f"{moment:%H:%M} {moment.astimezone(zone):%d %H:%M}" for moment in moments] == [
        "02:30 26 00:00",
        "03:00 25 23:30",
        "03:30 26 00:00",
        "04:00 26 00:30",
    ]


def test_a_day_that_a_zone_skipped_is_made_up_for_at_its_end() -> None:
    # Apia had no 30 December 2011.
    zone = ZoneInfo("Pacific/Apia")
    assert local("0 12 30 * *", "2011-12-29 13:00", 2, zone) == ["Sat 2011-12-31 00:00", "Mon 2012-01-30 12:00"]


@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    zone=st.sampled_from(["UTC", "Europe/Vienna", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo"]),
    minute=st.sampled_from(["*", "*/7", "0", "30,45"]),
)
def test_an_hourly_expression_never_pauses_longer_than_two_hours(start: datetime, zone: str, minute: str) -> None:
    moments = [start, *due(f"{minute} * * * *", start, ZoneInfo(zone), 5)]
    assert all(timedelta() < later - earlier <= timedelta(hours=2) for earlier, later in pairwise(moments))


@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    zone=st.sampled_from(["UTC", "Europe/Vienna", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo"]),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
)
def test_a_daily_time_is_due_once_a_day(start: datetime, zone: str, hour: int, minute: int) -> None:
    place = ZoneInfo(zone)
    days = [moment.astimezone(place).date() for moment in due(f"{minute} {hour} * * *", start, place, 4)]
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))


# --- what is refused ----------------------------------------------------------------------------

REFUSED = [
    ("", "expected five fields"),
    ("* * * *", "got 4"),
    ("0 * * * * *", "got 6"),
    ("60 * * * *", "minute: expected 0-59, got '60'"),
    ("* 24 * * *", "hour: expected 0-23"),
    ("* * 0 * *", "day of month: expected 1-31"),
    ("* * * 13 *", "month: expected 1-12 or jan-dec"),
    ("* * * * 8", "day of week: expected 0-7 or sun-sat"),
    ("* * * * mondey", "day of week: expected"),
    ("-5 * * * *", "minute: expected"),
    ("5- * * * *", "minute: expected"),
    ("1,,2 * * * *", "minute: expected"),
    ("30-10 * * * *", "minute: the range '30-10' runs backwards"),
    ("*/0 * * * *", "minute: expected a step above zero"),
    ("*/ * * * *", "minute: expected a step above zero"),
    ("5/15 * * * *", "minute: a step needs a range, such as 5-59/15"),
    ("* * ? * *", "day of month: expected"),
    ("* * L * *", "day of month: expected"),
    ("² * * * *", "minute: expected"),
    ("9999999999999999999999 * * * *", "minute: expected"),
    ("0 0 30 2 *", "never due"),
    ("0 0 31 4,6 *", "never due"),
    ("@reboot", "unknown shorthand '@reboot'; known are @hourly"),
]


@pytest.mark.parametrize(("expression", "message"), REFUSED)
def test_invalid_expression_is_refused_naming_the_field(expression: str, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse_cron(expression)
    assert message in str(caught.value)


@given(st.text(alphabet="0123456789*/-, amonsufri@", max_size=30))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        cron = parse_cron(text)
    except ValueError:
        return
    assert next_after(cron, datetime(2026, 1, 5, tzinfo=UTC), UTC) is not None


def test_29_february_is_found_across_the_year_2100() -> None:
    # 29 February on a Sunday, with a weekday field that does not restrict (`*/7` is Sunday alone)
    assert local("0 0 29 2 */7", "2096-01-01 00:00", 1) == ["Sun 2128-02-29 00:00"]
