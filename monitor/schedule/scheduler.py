"""`watch`: a run at start, then by the schedule, until a signal says to stop."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from types import FrameType

from monitor.app import status
from monitor.config import Settings
from monitor.errors import MonitorError, RunInProgress
from monitor.model import Run
from monitor.schedule.schedule import NextDue, due_between, timetable

log = logging.getLogger("monitor.watch")

STOPPING = (signal.SIGINT, signal.SIGTERM)
_WAKE_SECONDS = 30.0
_MOST_NAMED = 5  # failures in a line of the log; the journal has all
_MOST_MISSED = 10_000  # counted; a week of minutes


def watch(settings: Settings, run: Callable[[], Run]) -> None:
    """Call `run` now and whenever the schedule says, in this (the main) thread; returns after SIGINT or SIGTERM.

    A signal lets the run in progress finish, however often it comes. A run that fails is logged and the
    clock goes on; what it leaves in the journal is its own matter. Due times that passed during a run,
    or while the machine slept, are followed by one run and told to the journal as `missed`; so is one
    that found another process at work. Events are logged, a line each, to standard error unless the
    caller has set up logging.
    """
    from monitor.schedule.schedule import Clock, Rendezvous

    started = datetime.now(UTC)
    next_due = timetable(settings.schedule, settings.zone, started)
    meeting = Rendezvous()
    clock = Clock(next_due, meeting.tick)
    _log_to_stderr()
    log.info("watching %s, %s", _line(str(settings.watch.folder)), _in_words(settings))
    with _signals_to(meeting.inbox):
        clock.start()
        try:
            covered: datetime | None = None
            while not (name := _next(meeting.inbox, clock.wake)):
                covered = _turn(settings, run, next_due, covered)
                meeting.done()
        finally:
            meeting.close()
            clock.stop()
    log.info("stopped on %s", name)


def _next(inbox: SimpleQueue[str], wake: Callable[[], None]) -> str:
    """A signal's name, or nothing for a tick."""
    while True:
        try:
            return inbox.get(timeout=_WAKE_SECONDS)
        except Empty:
            wake()


def _turn(settings: Settings, run: Callable[[], Run], next_due: NextDue, covered: datetime | None) -> datetime:
    """One tick: note what was missed since `covered`, run, and give the moment up to which all is done."""
    now = datetime.now(UTC)
    due = list(due_between(next_due, covered, now, _MOST_MISSED)) if covered is not None else []
    if len(due) > 1:
        times = "1 due time" if len(due) == 2 else f"{len(due) - 1} due times"
        _missed(settings, due[0], due[-2], f"{times} passed during a run or while the machine slept; one run follows")
    # A process that is started meanwhile inherits this: Ctrl-C on a terminal reaches all of them.
    # The handler still learns of it, by way of the clock's thread.
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        _run_once(settings, run)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    if (upcoming := next_due(datetime.now(UTC))) is not None:
        log.debug("next run at %s", upcoming.astimezone(settings.zone).isoformat(timespec="seconds"))
    return now


def _run_once(settings: Settings, run: Callable[[], Run]) -> None:
    begun = datetime.now(UTC)
    level, trace = logging.ERROR, None
    try:
        told = _told(run())
        level = logging.INFO
    except RunInProgress as error:
        _missed(settings, begun, datetime.now(UTC), str(error))
        return
    except MonitorError as error:
        told = str(error)
    except Exception as error:  # noqa: BLE001  # whatever it was, the clock goes on
        told = f"run failed: {type(error).__name__}: {error}"
        trace = error if log.isEnabledFor(logging.DEBUG) else None
    log.log(level, "%s", _line(settings.redact(told)), exc_info=trace)


def _missed(settings: Settings, first: datetime, last: datetime, message: str) -> None:
    log.warning("missed: %s", _line(message))
    try:
        status.append(settings.journal, Run(first, last, "missed", message=message))
    except OSError as error:
        log.warning("%s cannot be written: %s", settings.journal, error.strerror)


def _told(record: Run) -> str:
    parts = [f"run {record.outcome}"]
    if record.snapshot is not None:
        parts.append(f"snapshot {record.snapshot[:12]}")
    if record.changes:
        parts.append(f"{record.changes} changes")
    parts += [f"failed: {failure.path}: {failure.reason}" for failure in record.failures[:_MOST_NAMED]]
    if len(record.failures) > _MOST_NAMED:
        parts.append(f"and {len(record.failures) - _MOST_NAMED} more failed")
    if record.message is not None:
        parts.append(record.message)
    return "; ".join(parts)


def _in_words(settings: Settings) -> str:
    schedule = settings.schedule
    if schedule.cron is None:
        return f"now and every {schedule.every:g} seconds"
    return f"now and by `{schedule.cron}`, {schedule.timezone or 'local time'}"


def _line(text: str) -> str:
    """`text` on one line, with nothing in it that steers a terminal."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def _log_to_stderr() -> None:
    if not log.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)
    if log.level == logging.NOTSET:
        log.setLevel(logging.INFO)


@contextmanager
def _signals_to(inbox: SimpleQueue[str]) -> Iterator[None]:
    def handle(number: int, _frame: FrameType | None) -> None:
        inbox.put(signal.Signals(number).name)

    before = {number: signal.signal(number, handle) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
