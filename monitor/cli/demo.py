"""`monitor demo`: a made history, played in a place of its own, with its log and its report."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import click

from monitor.cli.options import pass_session, verb
from monitor.cli.output import write_text
from monitor.cli.page import open_page
from monitor.cli.progress import progress
from monitor.cli.prose import write_log
from monitor.cli.session import Session, now
from monitor.errors import UsageError
from monitor.model import ChangeFilter

if TYPE_CHECKING:
    from monitor.config import Settings

REPORT = "report.html"


@verb("monitor demo my-demo")
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@pass_session
def command(session: Session, *, directory: Path | None) -> None:  # noqa: ARG001  (its configuration is its own)
    """Play a made history and show its log and report.

    Some briefs change over four weeks, in DIR (a new or empty folder) or in a temporary one that stays.
    """
    from monitor.app.monitor import open_monitor
    from monitor.app.queries import Calendar, report
    from monitor.reports import render

    place = _empty(directory) if directory is not None else Path(mkdtemp(prefix="monitor-demo-"))
    settings = _settings(place)
    _play(settings)
    page = open_page(settings.zone)
    with open_monitor(settings) as monitor:
        ledger = monitor.ledger
        write_log(page, ledger.changes(ChangeFilter()), fold=True)
        made = report(ledger, Calendar(now(), settings.zone, ledger.snapshots), None, None)
    write_text(place / REPORT, render(made, "html", zone=settings.zone))
    page.line()
    page.line(f"The report of all this: {place / REPORT}")
    page.line(f"To look around: monitor -C {place} log; the same with status, blame, diff, search, show.")


def _empty(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise UsageError(f"{directory} is not empty; name a new or an empty folder")
    return directory


def _settings(place: Path) -> Settings:
    from monitor.config import DEFAULT_TOML, FILE_NAME, load

    (place / FILE_NAME).write_text(DEFAULT_TOML, encoding="utf-8")
    return load(place, Path(FILE_NAME), {}, {})


def _play(settings: Settings) -> None:
    from monitor.app.run import RunOptions, run
    from monitor.cli.play_demo import play, versions

    total, done = sum(1 for _ in versions()), 0
    with progress() as tell:

        def take(at: datetime) -> None:
            nonlocal done
            run(settings, RunOptions(settle=0, taken_at=at))
            done += 1
            tell("playing versions", done, total)

        play(settings.watch.folder, take)
