"""APScheduler, held by the hand: it says when; the caller's thread runs, one run at a time.

APScheduler's own `CronTrigger` is not used: `30 2 * * *` in Europe/Vienna gets from it two runs in the
night when 02:30 occurs twice, and its `from_crontab` counts weekdays from Monday = 0.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from queue import SimpleQueue

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from monitor.schedule.due import NextDue


class Timetable(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 has no types
    """At once, and then whenever `next_due` says."""

    def __init__(self, next_due: NextDue) -> None:
        self._next_due = next_due

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        return now if previous_fire_time is None else self._next_due(previous_fire_time)


class Clock:
    """Calls `tick` when a run is due, in a thread of its own; `tick` returns when the run is over.

    The executor is the one that runs a job in the scheduler's thread: what falls due during a long run,
    or while the machine sleeps, is found afterwards and coalesced into a single tick.
    """

    def __init__(self, next_due: NextDue, tick: Callable[[], None]) -> None:
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler = BackgroundScheduler(timezone=UTC, executors={"default": DebugExecutor()})
        self._scheduler.add_job(
            tick, Timetable(next_due), id="run", max_instances=1, coalesce=True, misfire_grace_time=None
        )

    def start(self) -> None:
        self._scheduler.start()

    def wake(self) -> None:
        """Look at the time of day again: a wait does not go on while the machine sleeps."""
        self._scheduler.wakeup()

    def stop(self) -> None:
        """No tick begins any more; returns when the one in progress is over."""
        self._scheduler.shutdown()


class Rendezvous:
    """Ticks and signals for the main thread, in the order in which they come.

    A run belongs into the main thread: libraries that set alarms or handle signals work nowhere else.
    """

    def __init__(self) -> None:
        self.inbox: SimpleQueue[str] = SimpleQueue()  # may be filled by a signal handler
        self._done: SimpleQueue[None] = SimpleQueue()
        self._closed = False

    def tick(self) -> None:
        """Called by the clock: hand a tick over and wait until it is done with."""
        if not self._closed:
            self.inbox.put("")
            self._done.get()

    def done(self) -> None:
        """Called by the main thread: the tick is done with."""
        self._done.put(None)

    def close(self) -> None:
        """Called by the main thread: a tick that waits, or that comes after this, is let go."""
        self._closed = True
        self._done.put(None)
