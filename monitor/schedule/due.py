"""When runs are due: arithmetic over the schedule's settings, without a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo

from monitor.config import Schedule, Settings
from monitor.core.cron import next_after, parse_cron

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
