"""Whether the last good run is older than the schedule allows: what a probe asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.config import Settings
from monitor.model import Run
from monitor.schedule.due import next_run


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
        return Punctuality(overdue=True, due=None, why="no run has gone well yet")
    if last_good.started_at > now + grace:
        return Punctuality(
            overdue=True, due=None, why="the last good run is dated in the future: the clock was set back"
        )
    due = next_run(settings, last_good.started_at, last_good.started_at)
    if due is None:
        return Punctuality(overdue=False, due=None, why="the schedule names no time that comes")
    if now > due + grace:
        return Punctuality(overdue=True, due=due, why="no run has gone well since one was due")
    return Punctuality(overdue=False, due=due, why="the last good run is as young as the schedule asks")
