"""When runs are due, by interval and by cron, seen from any moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.app.due import due_between, next_run, seconds_to_wait, timetable
from monitor.config import Schedule, Settings, load

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def settings(tmp_path: Path, **schedule: str) -> Settings:
    return load(tmp_path, None, {f"schedule.{key}": value for key, value in schedule.items()}, {})


def test_an_interval_counts_from_the_start() -> None:
    next_due = timetable(Schedule(cron=None, every=900.0), UTC, START)
    assert next_due(START) == START + timedelta(minutes=15)
    assert next_due(START + timedelta(minutes=14)) == START + timedelta(minutes=15)
    assert next_due(START + timedelta(minutes=15)) == START + timedelta(minutes=30)


@given(seconds=st.floats(1, 1e6), after=st.timedeltas(timedelta(), timedelta(days=900)))
def test_next_due_time_is_within_one_interval(seconds: float, after: timedelta) -> None:
    moment = timetable(Schedule(cron=None, every=seconds), UTC, START)(START + after)
    assert moment is not None
    assert timedelta() < moment - (START + after) <= timedelta(seconds=seconds)


def test_a_cron_line_goes_by_the_wall_clock_of_its_zone() -> None:
    next_due = timetable(Schedule(cron="0 6 * * 1"), ZoneInfo("Europe/Vienna"), START)
    assert next_due(START) == datetime(2026, 1, 12, 5, 0, tzinfo=UTC)


def test_due_times_up_to_now_are_listed() -> None:
    next_due = timetable(Schedule(cron="*/15 * * * *"), UTC, START)
    moments = list(due_between(next_due, START, START + timedelta(hours=1), limit=100))
    assert [f"{moment:%H:%M}" for moment in moments] == ["08:15", "08:30", "08:45", "09:00"]
    assert len(list(due_between(next_due, START, START + timedelta(days=1), limit=7))) == 7


@pytest.mark.parametrize("last", [None, START - timedelta(days=3)])
def test_the_next_run_of_a_cron_line_is_its_next_due_time(tmp_path: Path, last: datetime | None) -> None:
    daily = settings(tmp_path, cron="@daily", timezone="Asia/Karachi")
    assert next_run(daily, START, last) == datetime(2026, 1, 5, 19, 0, tzinfo=UTC)


def test_the_next_run_of_an_interval_counts_from_the_last(tmp_path: Path) -> None:
    hourly = settings(tmp_path, every="1 h")
    assert next_run(hourly, START) == START + timedelta(hours=1)
    assert next_run(hourly, START, START - timedelta(minutes=20)) == START + timedelta(minutes=40)
    assert next_run(hourly, START, START - timedelta(minutes=150)) == START + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("schedule", "most"),
    [
        (Schedule(cron="* * * * *"), 48),
        (Schedule(cron="*/15 * * * *"), 60),
        (Schedule(cron="0 6 * * *"), 60),
        (Schedule(cron=None, every=10), 8),
        (Schedule(cron=None, every=86_400), 60),
    ],
)
def test_wait_for_the_lock_is_shorter_than_the_interval(tmp_path: Path, schedule: Schedule, most: float) -> None:
    loaded = load(tmp_path, None, {"schedule.timezone": "UTC"}, {})
    assert seconds_to_wait(loaded._replace(schedule=schedule), datetime(2026, 1, 1, 12, tzinfo=UTC)) == most
