"""When runs are due, and whether the last good run is older than the schedule allows; without a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from monitor.app import status
from monitor.config import Schedule, Settings
from monitor.core.cron import next_after, parse_cron
from monitor.model import Run
from monitor.reports.json import time_json

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


GRACE = timedelta(minutes=10)  # how late a good run may be where nothing else is said


class Health(NamedTuple):
    """How runs stand against the schedule, the newest good run and the newest run of any outcome."""

    found: Punctuality
    good: Run | None
    last: Run | None

    def public_json(self) -> Mapping[str, Any]:
        """The facts of `status --check` for anybody who asks: times and outcomes, without messages, paths and names."""
        return {
            "overdue": self.found.overdue,
            "why": self.found.why,
            "last_good_run": _public(self.good),
            "last_run": _public(self.last),
            "due": self.found.due and time_json(self.found.due),
        }


def health(settings: Settings, now: datetime, grace: timedelta = GRACE) -> Health:
    """Reads the journal and the schedule alone, so that it answers where a store is damaged, too.

    On a host that reads alone nothing is overdue.
    """
    if settings.store.role == "reader":
        why = "this host makes no runs ([store] role): ask the one that does"
        return Health(Punctuality(overdue=False, due=None, why=why), None, None)
    good = status.last_good(settings.journal)
    return Health(punctuality(settings, good, now, grace), good, status.last(settings.journal))


def _public(run: Run | None) -> Mapping[str, Any] | None:
    if run is None:
        return None
    return {
        "started_at": time_json(run.started_at),
        "finished_at": time_json(run.finished_at),
        "outcome": run.outcome,
    }
