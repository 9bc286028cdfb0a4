"""`monitor watch`: the scheduler in the foreground."""

from __future__ import annotations

import logging
from threading import Event

from monitor.app.due import seconds_to_wait
from monitor.app.monitor import WATCH_LOCK, StoreLock, expect_writer
from monitor.app.run import RunOptions, run
from monitor.app.status import holder
from monitor.cli.context import Session, command, now, pass_session
from monitor.cli.logs import log_format_option
from monitor.errors import RunInProgress
from monitor.model import Run
from monitor.schedule.scheduler import Watchdog, watch


@command("monitor watch")
@log_format_option()
@pass_session
def watch_command(session: Session) -> None:
    """Keep running by the schedule, in the foreground.

    A run at start, then by the cron line or the interval of monitor.toml, until SIGINT, SIGTERM or SIGHUP, which let a
    run in progress finish. Each event is one line on standard error.
    """
    settings = session.settings()
    if session.debug:
        logging.getLogger("monitor.watch").setLevel(logging.DEBUG)

    stopping, watchdog = Event(), Watchdog()

    def once() -> Run:
        options = RunOptions(wait=seconds_to_wait(settings, now()), give_up=stopping.is_set)
        record, _ = run(settings, options, watchdog.alive, command="monitor watch")
        return record

    expect_writer(settings, "monitor watch")
    path = settings.store.snapshots / WATCH_LOCK
    try:
        with StoreLock(path, "monitor watch"):
            watch(settings, once, stopping, watchdog)
    except RunInProgress as error:
        other = holder(path)
        who = f"pid {other.pid}, since {other.since.isoformat(' ')}" if other else "its process is not known yet"
        raise RunInProgress(f"another `monitor watch` is running for this store: {who}; stop it first") from error
