"""`monitor watch`: the scheduler in the foreground."""

from __future__ import annotations

import logging

from monitor.app.monitor import StoreLock
from monitor.app.run import RunOptions, run
from monitor.app.status import WATCH_LOCK, holder
from monitor.cli.context import Session, command, pass_session
from monitor.errors import RunInProgress
from monitor.model import Run
from monitor.schedule.scheduler import watch


@command("monitor watch")
@pass_session
def watch_command(session: Session) -> None:
    """Keep running by the schedule, in the foreground.

    A run at start, then by the cron line or the interval of monitor.toml, until SIGINT or SIGTERM, which let a run in
    progress finish. Each event is one line on standard error.
    """
    settings = session.settings()
    if session.debug:
        logging.getLogger("monitor.watch").setLevel(logging.DEBUG)

    def once() -> Run:
        record, _ = run(settings, RunOptions(), command="monitor watch")
        return record

    path = settings.store.snapshots / WATCH_LOCK
    try:
        with StoreLock(path, "monitor watch"):
            watch(settings, once)
    except RunInProgress as error:
        other = holder(path)
        who = f"pid {other.pid}, since {other.since.isoformat(' ')}" if other else "its process is not known yet"
        raise RunInProgress(f"another `monitor watch` is running for this store: {who}; stop it first") from error
