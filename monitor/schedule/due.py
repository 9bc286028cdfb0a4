"""When runs are due, and whether the last good run is older than the schedule allows; without a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from monitor.config import Schedule, Settings
from monitor.core.cron import next_after, parse_cron
from monitor.model import Run

NextDue = Callable[[datetime], datetime | None]
"""The first due time later than a moment, in UTC; None where there is none any more."""


def timetable(schedule: Schedule, zone: tzinfo, anchor: datetime) -> NextDue:
    """What `schedule` makes due; an interval counts from `anchor`, a cron expression by the clock of `zone`."""
    if schedule.cron is not None:
        cron = parse_cron(schedule.cron)
        return lambda after: next_after(cron, after, zone)
    step = timedelta(seconds=schedule.every or 0)
    return lambda after: anchor + ((after - anchor) // step + 1) * step


def due_between(next_due: NextDue, after: datetime, until: datetime, limit: int) -> Iterator[datetime]:
    """The due times later than `after` and not later than `until`, at most `limit` of them."""
    for _ in range(limit):
        moment = next_due(after)
        if moment is None or moment > until:
            return
        yield moment
        after = moment


def next_run(settings: Settings, now: datetime, last: datetime | None = None) -> datetime | None:
    """When `watch` would run next, seen from `now`, in UTC.

    `last` is when the last run started, from which an interval counts. What says nothing about is
    whether a `watch` is running.
    """
    return timetable(settings.schedule, settings.zone, last or now)(now)


MOST_WAIT = 60.0  # seconds


def seconds_to_wait(settings: Settings, now: datetime) -> float:
    """How long a run that is due may wait for another process: a minute at most, and less than until the next one."""
    upcoming = timetable(settings.schedule, settings.zone, now)(now)
    left = MOST_WAIT if upcoming is None else (upcoming - now).total_seconds() * _SHARE
    return min(MOST_WAIT, left)


_SHARE = 0.8  # of the time to the next run


class Punctuality(NamedTuple):
    """How the last good run stands against the schedule. `due`: when the run after it should have begun, in UTC."""

    overdue: bool
    due: datetime | None
    why: str


def punctuality(settings: Settings, last_good: Run | None, now: datetime, grace: timedelta) -> Punctuality:
    """Whether the schedule made a run due more than `grace` ago, and no run since that one has gone well.

    A run dated later than now, by more than the grace, counts as overdue too: the clock was set back, and by its
    date nothing would be due until the clock has come to it.
    """
    if last_good is None:
        return Punctuality(overdue=True, due=None, why="no run has succeeded yet")
    if last_good.started_at > now + grace:
        return Punctuality(
            overdue=True, due=None, why="the last good run is dated in the future: the clock was set back"
        )
    due = next_run(settings, last_good.started_at, last_good.started_at)
    if due is None:
        return Punctuality(overdue=False, due=None, why="the schedule has no later time")
    if now > due + grace:
        return Punctuality(overdue=True, due=due, why="no run has succeeded since one was due")
    return Punctuality(overdue=False, due=due, why="the last good run is as recent as the schedule requires")
