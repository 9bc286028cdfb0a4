"""`monitor demo`: run the monitor over a made history in a folder of its own, and show its log and report.

`demo_history/first/` holds the first versions, `edits.toml` the later edits. The last version equals the project's
`seeds/`.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from shlex import quote
from shutil import which
from tempfile import mkdtemp
from typing import Any

import click

from monitor.app.monitor import open_monitor
from monitor.app.queries import report
from monitor.app.run import RunOptions, run
from monitor.cli.console import open_page, write_log, write_text
from monitor.cli.context import Session, command, now, pass_session, progress
from monitor.config import DEFAULT_TOML, FILE_NAME, Settings, load
from monitor.core.time_expressions import Calendar
from monitor.errors import UsageError
from monitor.model import ChangeFilter
from monitor.reports.formats import render

DemoSnapshot = tuple[datetime, Mapping[str, bytes]]


def demo_snapshots() -> Iterator[DemoSnapshot]:
    """Each version's date (UTC) and its whole content by file name, oldest first."""
    history = files("monitor.cli") / "demo_history"
    script = tomllib.loads((history / "edits.toml").read_text("utf-8"))
    texts = {file.name: file.read_text("utf-8") for file in (history / "first").iterdir()}
    yield _demo_snapshot(script["first"], texts)
    for step in script["version"]:
        for old, new in step.get("rename", {}).items():
            texts[new] = texts.pop(old)
        for name in step.get("delete", ()):
            del texts[name]
        for edit in step.get("edit", ()):
            texts[edit["file"]] = _edited(texts[edit["file"]], edit)
        yield _demo_snapshot(step["at"], texts)


def play(folder: Path, run: Callable[[datetime], object]) -> None:
    """Lay each version into `folder`, which is made and must be empty, and call `run` with its date.

    The files carry their version's date as modification time. Raises UsageError where something lies
    in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; name a new or an empty folder")
    laid: Mapping[str, bytes] = {}
    for at, content in demo_snapshots():
        for name in laid.keys() - content.keys():
            (folder / name).unlink()
        for name, data in content.items():
            if laid.get(name) != data:
                (folder / name).write_bytes(data)
                os.utime(folder / name, (at.timestamp(), at.timestamp()))
        laid = content
        run(at)


def _demo_snapshot(at: datetime, texts: Mapping[str, str]) -> DemoSnapshot:
    return at.astimezone(UTC), {name: text.encode() for name, text in sorted(texts.items())}


def _edited(text: str, edit: Mapping[str, Any]) -> str:
    if text.count(edit["before"]) != 1:
        raise ValueError(f"demo_history/edits.toml: {edit['before']!r} must occur once in {edit['file']}")
    return text.replace(edit["before"], edit["after"])


REPORT = "report.html"


@command("monitor demo my-demo")
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@pass_session
def demo_command(session: Session, *, directory: Path | None) -> None:  # noqa: ARG001  (its configuration is its own)
    """Run a sample history and show its log and report.

    Some briefs change over five weeks, in DIR (a new or empty folder) or in a temporary folder, which is kept.
    """
    folder = _empty(directory) if directory is not None else Path(mkdtemp(prefix="monitor-demo-"))
    settings = _settings(folder)
    _play(settings)
    page = open_page(settings.zone)
    with open_monitor(settings) as monitor:
        ledger = monitor.ledger
        write_log(page, ledger.changes(ChangeFilter()), collapse=True)
        made = report(ledger, Calendar(now(), settings.zone, ledger.snapshots), ChangeFilter())
    write_text(folder / REPORT, render(made, "html", zone=settings.zone))
    page.line()
    page.line(f"The report: {folder / REPORT}")
    page.line(f"To explore it: {_program()} -C {quote(str(folder))} log; also status, blame, diff, search, show.")


def _program() -> str:
    """What to type for this program: `monitor` where the shell finds it, else how it was started."""
    started, found = Path(sys.argv[0]), which("monitor")
    if started.name != "monitor" or (found is not None and started.resolve() == Path(found).resolve()):
        return "monitor"
    return quote(str(started))


def _empty(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise UsageError(f"{directory} is not empty; name a new or an empty folder")
    return directory


def _settings(folder: Path) -> Settings:
    (folder / FILE_NAME).write_text(DEFAULT_TOML, encoding="utf-8")
    return load(folder, Path(FILE_NAME), {}, {})


def _play(settings: Settings) -> None:
    total, done = sum(1 for _ in demo_snapshots()), 0
    with progress() as report_progress:

        def take_snapshot(at: datetime) -> None:
            nonlocal done
            run(settings, RunOptions(settle=0, taken_at=at))
            done += 1
            report_progress("recording versions", done, total)

        play(settings.watch.folder, take_snapshot)
