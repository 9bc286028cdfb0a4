"""`monitor watch`: a run at start, then on schedule, one at a time in the main thread, until a signal.

APScheduler is the timer. Its `CronTrigger` is not used: for `30 2 * * *` in Europe/Vienna it runs twice in the night
when 02:30 occurs twice, and `from_crontab` counts weekdays from Monday = 0.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Event
from time import monotonic
from types import FrameType

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from monitor.app import status
from monitor.app.due import NextDue, due_between, timetable
from monitor.app.monitor import NOTICES_UNCONFIRMED
from monitor.config import Settings
from monitor.errors import MonitorError, RunInProgress
from monitor.model import Run

log = logging.getLogger("monitor.watch")

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_WAKE_SECONDS = 30.0
_ALIVE_SECONDS = 5.0  # between two messages to systemd
_MOST_NAMED = 5  # failures in a line of the log; the journal has all
_MOST_MISSED = 10_000  # counted; a week of minutes


class Watchdog:
    """Tells systemd that the monitor goes on (`WatchdogSec`): while it waits, and with each step of a run.

    It is silent where nobody asks for it. The protocol is that of sd_notify(3): a datagram to `NOTIFY_SOCKET`.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        asked = "WATCHDOG_USEC" in environment and environment.get("WATCHDOG_PID") in (None, str(os.getpid()))
        address = environment.get("NOTIFY_SOCKET", "") if asked else ""
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._last = -_ALIVE_SECONDS

    def alive(self, *_: object) -> None:
        """Say so, at most every few seconds; may be called as a progress report."""
        if self._address and monotonic() - self._last >= _ALIVE_SECONDS:
            self._last = monotonic()
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
                channel.settimeout(0)
                channel.sendto(b"WATCHDOG=1", self._address)


def watch(
    settings: Settings, run: Callable[[], Run], stopping: Event | None = None, watchdog: Watchdog | None = None
) -> None:
    """Call `run` now and whenever the schedule says, in this (the main) thread; returns after SIGINT, SIGTERM or
    SIGHUP (a terminal that was closed), unless that is ignored.

    A signal lets the run in progress finish, however often it comes, and sets `stopping`. A run that fails is logged
    and the clock goes on; what it leaves in the journal is its own matter. Due times that passed during a run,
    or while the machine slept, are followed by one run and told to the journal as `missed`; so is one
    that found another process at work. `watchdog` learns of each wait. Events are logged, a line each, to standard
    error unless the caller has set up logging.
    """
    started = datetime.now(UTC)
    next_due = timetable(settings.schedule, settings.zone, started)
    meeting = MainThreadTimer()
    clock = Clock(next_due, meeting.tick)
    alive = (watchdog or Watchdog({})).alive
    _log_to_stderr()
    log.info("watching %s, %s", _line(settings.folders_text), _in_words(settings))
    with _signals_to(meeting.inbox, stopping or Event()):
        clock.start()
        try:
            covered: datetime | None = None
            while not (name := _next(meeting.inbox, clock.wake, alive)):
                covered = _turn(settings, run, next_due, covered)
                clock.look_again(_second_look(settings))
                meeting.done()
        finally:
            meeting.close()
            clock.stop()
    log.info("stopped on %s", name)


def _second_look(settings: Settings) -> datetime | None:
    """When to look again, before the next run is due, since changes must still hold; None: not before."""
    if settings.notify.second_look is None or not (settings.store.snapshots / NOTICES_UNCONFIRMED).exists():
        return None
    return datetime.now(UTC) + timedelta(seconds=settings.notify.second_look)


def _next(inbox: SimpleQueue[str], wake: Callable[[], None], alive: Callable[[], None]) -> str:
    """A signal's name, or nothing for a tick."""
    while True:
        alive()
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
    # A process that is started meanwhile inherits this: Ctrl-C on a terminal, or its end, reaches all of them.
    # The handler still learns of it, by way of the clock's thread.
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGHUP])
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
        line = summarize_run(run())
        level = logging.INFO
    except RunInProgress as error:
        _missed(settings, begun, datetime.now(UTC), str(error))
        return
    except MonitorError as error:
        line = str(error)
    except Exception as error:  # noqa: BLE001  # whatever it was, the clock goes on
        line = f"run failed: {type(error).__name__}: {error}"
        trace = error if log.isEnabledFor(logging.DEBUG) else None
    log.log(level, "%s", _line(settings.redact(line)), exc_info=trace)


def _missed(settings: Settings, first: datetime, last: datetime, message: str) -> None:
    log.warning("missed: %s", _line(message))
    try:
        status.append(settings.journal, Run(first, last, "missed", message=message))
    except OSError as error:
        log.warning("%s cannot be written: %s", settings.journal, error.strerror)


def summarize_run(record: Run) -> str:
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
def _signals_to(inbox: SimpleQueue[str], stopping: Event) -> Iterator[None]:
    def handle(number: int, _frame: FrameType | None) -> None:
        stopping.set()
        inbox.put(signal.Signals(number).name)

    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # by nohup
    before = {number: signal.signal(number, handle) for number in STOPPING if number != signal.SIGHUP or not ignored}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Timetable(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 has no types
    """At once, and then whenever `next_due` says, or at `again`, once, where that is earlier."""

    def __init__(self, next_due: NextDue) -> None:
        self._next_due = next_due
        self.again: datetime | None = None

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        if previous_fire_time is None:
            return now
        again, self.again = self.again, None
        return min(filter(None, (self._next_due(previous_fire_time), again)), default=None)


class Clock:
    """Calls `tick` when a run is due, in a thread of its own; `tick` returns when the run is over.

    The executor is the one that runs a job in the scheduler's thread: what falls due during a long run,
    or while the machine sleeps, is found afterwards and coalesced into a single tick.
    """

    def __init__(self, next_due: NextDue, tick: Callable[[], None]) -> None:
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler = BackgroundScheduler(timezone=UTC, executors={"default": DebugExecutor()})
        self._timetable = Timetable(next_due)
        self._scheduler.add_job(
            tick, self._timetable, id="run", max_instances=1, coalesce=True, misfire_grace_time=None
        )

    def start(self) -> None:
        self._scheduler.start()

    def look_again(self, moment: datetime | None) -> None:
        """Called during a tick: there is another one then, unless one is due before; None: only as it is due.

        The scheduler asks for the next time when the tick is over.
        """
        self._timetable.again = moment

    def wake(self) -> None:
        """Look at the time of day again: a wait does not go on while the machine sleeps."""
        self._scheduler.wakeup()

    def stop(self) -> None:
        """No tick begins any more; returns when the one in progress is over."""
        self._scheduler.shutdown()


class MainThreadTimer:
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
