"""What all commands share: how they are declared, common options, the session, the clock and the progress bar.

The progress bar is drawn on standard error, on terminals only, and only for work that takes a while.
"""

from __future__ import annotations

import logging
import math
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from monitor.app.monitor import (
    Monitor,
    Progress,
    keep_private,
    nothing_recorded,
    open_monitor,
    silent,
    store_is_there,
)
from monitor.cli.logs import PACKAGE
from monitor.config import Settings, load
from monitor.core.text.normalize import visible
from monitor.core.time_expressions import Calendar, parse_when
from monitor.errors import UsageError
from monitor.model import RECORDED_KINDS, Aspect, Significance, Snapshot

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


PATIENCE = 0.4  # seconds before a bar appears; a run that finds nothing new never pays for drawing one


@contextmanager
def progress() -> Iterator[Progress]:
    """A function to tell (what is being done, how much is done, of how much); it draws only to a terminal, and not
    between the lines of `--verbose`."""
    if not sys.stderr.isatty() or logging.getLogger(PACKAGE).isEnabledFor(logging.INFO):
        yield silent
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.close()


class _Bar:
    def __init__(self) -> None:
        self._since = time.monotonic()
        self._drawn: Bars | None = None
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int | None) -> None:
        if self._drawn is None:
            if time.monotonic() - self._since < PATIENCE:
                return
            self._drawn = _draw()
        if what not in self._tasks:
            self._tasks[what] = self._drawn.add_task(what, total=total)
        self._drawn.update(self._tasks[what], completed=done, total=total)

    def close(self) -> None:
        if self._drawn is not None:
            self._drawn.stop()


def _draw() -> Bars:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    drawn = Bars(*columns, console=Console(stderr=True), transient=True)
    drawn.start()
    return drawn


class Session(NamedTuple):
    """The options that stand before the command."""

    config: Path | None = None
    debug: bool = False
    verbose: bool = False

    def settings(self, flags: dict[str, str] | None = None) -> Settings:
        """The settings: `flags` (the command's own) before the environment before the file; ConfigError where wrong."""

        settings = load(Path.cwd(), self.config, flags or {}, os.environ)
        keep_private(settings.store.snapshots)
        return settings

    def recorded(self) -> Settings:
        """The settings of a store that is there; UsageError where there is none to work on."""
        settings = self.settings()
        if not store_is_there(settings):
            raise nothing_recorded(settings)
        return settings

    @contextmanager
    def monitor(self) -> Iterator[Monitor]:
        """The stores to ask, each opened when first asked. Where the ledger is not what the history is, it is said.

        UsageError where there is no store, StoreError where there is no ledger to ask.
        """
        with open_monitor(self.recorded()) as monitor:
            if not monitor.ledger_is_current():
                # loaded where it is needed: a query must start fast
                notice = import_module("monitor.app.store_check").reading_notice(monitor)
                if notice is not None:
                    sys.stderr.write(f"monitor: {visible(notice)}\n")
            yield monitor

    def calendar(self, monitor: Monitor, known: Callable[[], Sequence[Snapshot]]) -> Calendar:
        """How this command line reads a WHEN."""
        return Calendar(now(), monitor.settings.zone, known)


def change_folder(folders: Iterable[str | Path]) -> None:
    """Go to each in turn, as git's `-C` does: every path on the command line is then relative to it."""
    for folder in folders:
        try:
            os.chdir(folder)
        except OSError as error:
            raise UsageError(f"-C {folder}: {error.strerror}") from error


def now() -> datetime:
    """The one clock of the command line."""
    return datetime.now(UTC)


def parse_time(option: str, text: str | None, settings: Settings, *, end: bool = False) -> datetime | None:
    """The date, time or age that an option has; UsageError where it is none. `end`: its last moment, not its first."""
    if text is None:
        return None
    if (found := parse_when(text, now(), settings.zone, end=end)) is None:
        raise UsageError(f"{option}: {text} is not a date, time or age; write 2026-01-31T12:00, 2026-01-31 or 7d")
    return found


def note_removed(monitor: Monitor, *documents: str | None) -> None:
    """Say on standard error what was removed by request of documents that are there still, by names or ids."""
    for one in dict.fromkeys(one for name in documents if name for one in monitor.tombstones(name)):
        sys.stderr.write(f"monitor: {visible(one.text)}\n")


Decorated = TypeVar("Decorated", bound=Callable[..., Any])

WHEN = "a date or time (2026-01-31, 2026-01-31T12:00), an age (90m, 12h, 7d, 4w, 1y), or a snapshot's id"
pass_session = click.make_pass_decorator(Session)


class _Count(click.IntRange):
    """How many at most: a number that no database takes asks for as many as there are."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        return min(int(super().convert(value, param, ctx)), (1 << 31) - 1)


AT_LEAST_ONE = _Count(min=1)


def seconds(value: str) -> float:
    """A number of seconds, 0 or more."""
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise click.BadParameter(f"{value!r} is not a number of seconds")
    return number


def one_of(words: Iterable[str]) -> click.Choice[str]:
    """A choice of the values of an enum, not of its names."""
    return click.Choice([str(word) for word in words])


def repeatable_help(what: str, words: Iterable[str]) -> str:
    """The help of an option that may be repeated."""
    return f"Only these {what} (may be repeated): {', '.join(map(str, words))}."


class _Command(click.Command):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse an empty value, which a script gives by mistake: it would name everything, or nothing."""
        left = super().parse_args(ctx, args)
        for parameter in self.params:
            given = ctx.params.get(str(parameter.name))
            if parameter.default != "" and (given == "" or (isinstance(given, tuple) and "" in given)):
                raise click.BadParameter("it is empty", ctx, parameter)
        return left


def command(example: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command whose help ends with an example line."""
    # \b keeps click from wrapping the line: it is there to be copied
    return click.command(cls=_Command, epilog=f"\b\nExample:\n  {example}")


def kind_options(command: Decorated) -> Decorated:
    """`--kind`, `--aspect` and `--significance`: which changes are asked for."""
    kinds, aspects = repeatable_help("kinds", RECORDED_KINDS), repeatable_help("aspects", Aspect)
    kind = click.option("--kind", "kinds", multiple=True, metavar="KIND", type=one_of(RECORDED_KINDS), help=kinds)
    aspect = click.option("--aspect", "aspects", multiple=True, metavar="ASPECT", type=one_of(Aspect), help=aspects)
    told = "Only editorial or only substantive ones."
    significance = click.option("--significance", type=one_of(Significance), help=told)
    return kind(aspect(significance(command)))


def format_option(*forms: str) -> Callable[[Decorated], Decorated]:
    """`--format`, the first of `forms` being what people get."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default=forms[0],
        show_default=True,
        help="What to write to standard output.",
    )


def output_option(command: Decorated) -> Decorated:
    """`--output`: into a file."""
    path = click.Path(dir_okay=False, path_type=Path)
    return click.option("--output", metavar="FILE", type=path, help="Write it to FILE.")(command)


def exit_code_option(what: str) -> Callable[[Decorated], Decorated]:
    """`--exit-code`: status 1 where there is something."""
    return click.option("--exit-code", is_flag=True, help=f"Exit with 1 if {what}.")


def parallel_options(command: Decorated) -> Decorated:
    """`--jobs` and `--cluster`: where documents are read and compared."""
    jobs = click.option("--jobs", metavar="N", type=AT_LEAST_ONE, default=1, help="Read documents in N processes.")
    cluster = click.option(
        "--cluster", metavar="ADDRESS", help="Read documents on the Dask cluster with this scheduler."
    )
    return jobs(cluster(command))
