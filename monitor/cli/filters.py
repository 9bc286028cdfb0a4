"""The filters that `log`, `export` and `report` share, as options of a command line."""

from __future__ import annotations

from typing import Any

import click

from monitor.app import queries
from monitor.app.monitor import Monitor
from monitor.cli import completion
from monitor.cli.context import WHEN, Decorated, Session, kind_options, one_of
from monitor.model import ChangeFilter, Level

document_option = click.option(
    "--document",
    metavar="DOCUMENT",
    help="Only changes of this document, present or past.",
    shell_complete=completion.documents,
)


source_option = click.option(
    "--source", metavar="NAME", help="Only documents of this watched folder or import: their names begin with NAME/."
)


announced_option = click.option(
    "--announced/--silent",
    default=None,
    help="Only changes with, or without, a new date or version line of the document.",
)


def period_options(command: Decorated) -> Decorated:
    """`--since` and `--until`."""
    told = f"Only changes from this time on (default: everything): {WHEN} (what came after it)."
    since = click.option("--since", metavar="WHEN", help=told)
    until = click.option("--until", metavar="WHEN", help="Only changes up to this time; a date includes its whole day.")
    return since(until(command))


def filter_options(command: Decorated) -> Decorated:
    """Those of `log`: period, kinds, aspects, significance, source, snapshot, statement, level, announced, metadata."""
    snapshot = click.option(
        "--snapshot", metavar="ID", shell_complete=completion.snapshots, help="Only changes of this snapshot."
    )
    statement = click.option(
        "--statement", metavar="ID", shell_complete=completion.statements, help="Only changes of this statement."
    )
    told = "Only changes of whole documents, or only of statements."
    level = click.option("--level", type=one_of(Level), help=told)
    metadata = click.option("--metadata/--no-metadata", default=True, help="Leave out front matter.")
    return period_options(kind_options(source_option(snapshot(statement(level(announced_option(metadata(command))))))))


def change_filter(session: Session, monitor: Monitor, given: dict[str, Any]) -> ChangeFilter:
    """What the options mean; UsageError names a document or an id that means nothing."""
    calendar = session.calendar(monitor, monitor.ledger.snapshots)
    return queries.change_filter(monitor.ledger, calendar, monitor.settings.watched, **given)
