"""A day of `watch` in a moment: its clock is set by hand, may jump, and the machine under it may sleep.

What runs is the real thing (`_turn` under APScheduler's own bookkeeping), without its thread and without waiting: it is
asked how long it would wait, and the clock is set on by so much, by 30 seconds at most, after which `watch` looks anew.
"""

from __future__ import annotations

import os
import signal
import time
from bisect import bisect_left, bisect_right
from collections import Counter
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from random import Random
from threading import Event
from typing import NamedTuple, Self
from unittest import mock

from apscheduler.schedulers.base import BaseScheduler

from monitor.app import status
from monitor.app.due import due_between, timetable
from monitor.config import load
from monitor.model import Run
from monitor.schedule import scheduler as schedule_scheduler
from monitor.schedule.scheduler import Clock
from tests.reliability.nursery import Nursery
from tests.reliability.torturing import Outcome, Store

HOUR = timedelta(hours=1)
QUARTERS, NIGHTLY = "*/15 * * * *", "30 2 * * *"


class Trial(NamedTuple):
    """One stretch of time. `jumps`: at which moment (hours after the start) the clock goes on or back by how much."""

    name: str
    zone: str
    start: datetime
    hours: float
    cron: str
    jumps: tuple[tuple[float, timedelta], ...] = ()


class Kept(NamedTuple):
    """How the due times fared: each must have had one run, or be told as missed once."""

    due: int
    run: int
    missed: int
    twice: int
    neither: int


def _nights(zone: str, spring: datetime, autumn: datetime) -> list[Trial]:
    return [
        Trial(f"{zone}, the clocks go {way}, `{cron}`", zone, at, 48, cron)
        for way, at in (("on", spring), ("back", autumn))
        for cron in (QUARTERS, NIGHTLY)
    ]


NOON, EVENING = datetime(2026, 1, 5, 12, 0, 7, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)
NAPS = tuple((at * 2.3, timedelta(minutes=25)) for at in range(1, 11))
TRIALS = [
    Trial("the machine sleeps for eight hours", "Europe/Vienna", NOON, 24, QUARTERS, ((3.1, 8 * HOUR),)),
    Trial("it sleeps ten times for 25 minutes", "UTC", NOON, 24, QUARTERS, NAPS),
    Trial("it sleeps for four days", "UTC", NOON, 120, NIGHTLY, ((9.5, 96 * HOUR),)),
    Trial("the clock jumps an hour on", "UTC", NOON, 12, QUARTERS, ((4.2, HOUR),)),
    Trial("the clock jumps an hour back", "UTC", NOON, 12, QUARTERS, ((4.2, -HOUR),)),
    Trial("the clock jumps back and on again", "UTC", NOON, 12, QUARTERS, ((3.3, -HOUR), (3.9, HOUR), (5.0, -HOUR))),
    *_nights("Europe/Vienna", datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)),
    *_nights("America/New_York", datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 10, 31, 12, tzinfo=UTC)),
    Trial("asleep while the clocks go back", "Europe/Vienna", EVENING, 24, QUARTERS, ((3, 5 * HOUR),)),
]


class _Clock(datetime):
    """What time it is is set from outside."""

    time: datetime

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.time.astimezone(tz)  # type: ignore[return-value]


def kept(trial: Trial, place: Path) -> Kept:
    """Watch through a trial; the journal lies in `place`."""
    flags = {"schedule.cron": trial.cron, "schedule.timezone": trial.zone}
    settings = load(place, None, flags, {})
    _Clock.time = trial.start
    begun: list[datetime] = []

    def run() -> Run:
        begun.append(_Clock.time)
        _Clock.time += timedelta(seconds=2)
        return Run(begun[-1], _Clock.time, "unchanged")

    with (
        mock.patch.object(schedule_scheduler, "datetime", _Clock),
        mock.patch("apscheduler.schedulers.base.datetime", _Clock),
    ):
        next_due = timetable(settings.schedule, settings.zone, trial.start)
        covered: list[datetime | None] = [None]

        def tick() -> None:
            covered[0] = schedule_scheduler._turn(settings, run, next_due, covered[0])

        _through(trial, Clock(next_due, tick))
    due = list(due_between(next_due, trial.start, _Clock.time, 10_000))
    missed = [one for one in status.read(settings.journal, 10_000) if one.outcome == "missed"]
    return _count_by(due, begun[1:], missed)


def _through(trial: Trial, clock: Clock) -> None:
    scheduler = clock._scheduler
    scheduler._event = Event()
    BaseScheduler.start(scheduler)  # its own `start` would begin a thread that waits for this event
    jumps = [(trial.start + HOUR * at, by) for at, by in trial.jumps]
    elapsed = trial.start  # as a clock would have it that nobody sets
    try:
        while elapsed < trial.start + trial.hours * HOUR:
            wait = scheduler._process_jobs()
            step = timedelta(seconds=min(30, 30 if wait is None else max(wait, 0.001)))
            elapsed += step
            _Clock.time += step
            while jumps and elapsed >= jumps[0][0]:
                _, by = jumps.pop(0)
                _Clock.time += by
                elapsed += max(by, timedelta())
    finally:
        scheduler.remove_all_jobs()


def _count_by(due: list[datetime], begun: list[datetime], missed: list[Run]) -> Kept:
    """A run stands for the newest time that was due; a line about missed ones for all between its two times."""
    runs = Counter(due[max(0, bisect_right(due, moment) - 1)] for moment in begun)
    told: Counter[datetime] = Counter()
    for line in missed:
        told.update(due[bisect_left(due, line.started_at) : bisect_right(due, line.finished_at)])
    both = runs + told
    return Kept(
        due=len(due),
        run=len(runs),
        missed=len(told),
        twice=sum(both[one] > 1 for one in due),
        neither=sum(both[one] < 1 for one in due),
    )


def caught(pid: int, number: int) -> None:
    """Wait until a process has a handler of its own for a signal (Python has one for SIGINT from the start)."""
    while True:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        mask = next((line.split()[1] for line in lines if line.startswith("SigCgt:")), "ffffffff")
        if int(mask, 16) >> (number - 1) & 1:
            return
        time.sleep(0.001)


def terminated(store: Store, nursery: Nursery, chance: Random, length: float) -> tuple[Outcome, int | None, bool]:
    """SIGTERM at a random moment of a first run: what is left, its status, whether the run has a line."""
    store.edit()
    before = len(status.read(store.settings.journal, 10_000))
    child = nursery.start(["-C", str(store.root), "watch"])
    caught(child.pid, signal.SIGTERM)
    time.sleep(chance.uniform(0, length))
    os.kill(child.pid, signal.SIGTERM)
    acknowledged = store.heed(child)
    told = len(status.read(store.settings.journal, 10_000)) - before == 1
    return store.after(struck=not acknowledged, acknowledged=acknowledged), child.status, told
