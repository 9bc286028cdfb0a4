"""`monitor compare`: two files, no store, no configuration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import exit_code_option, format_option, verb
from monitor.cli.output import Record, write_json
from monitor.cli.page import open_page
from monitor.cli.prose import write_documents
from monitor.errors import ExtractError, UsageError

if TYPE_CHECKING:
    from monitor.core.tracking.compare import Compared
    from monitor.model import Statement

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@verb("monitor compare old.md new.md")
@click.argument("before", type=FILE)
@click.argument("after", type=FILE)
@click.option("--lines", is_flag=True, help="The files are segmented already: a statement a line, of UTF-8.")
@format_option("text", "json")
@exit_code_option("the files differ in a statement")
def command(*, before: Path, after: Path, lines: bool, form: str, exit_code: bool) -> int:
    """Compare two files, without any store."""
    from monitor.app.compare import lines_of, matches

    read = (lambda path: lines_of(path.read_bytes())) if lines else _statements
    old, new = read(before), read(after)
    found = matches(old, new)
    differ = any(match.kind != "unchanged" for match in found)
    if form == "json":
        write_json(
            {
                "matches": [_shape(match) for match in found],
                "before": [statement.text for statement in old],
                "after": [statement.text for statement in new],
            }
        )
    else:
        _write(before, after, old, new)
    return 1 if exit_code and differ else 0


def _statements(path: Path) -> Sequence[Statement]:
    from monitor.app.compare import statements_of

    try:
        found = statements_of(path.name, path.read_bytes())
    except ExtractError as error:
        raise ExtractError(f"{path}: {error}") from error
    if found is None:
        raise UsageError(f"{path}: no extractor reads this format")
    return found


def _write(before: Path, after: Path, old: Sequence[Statement], new: Sequence[Statement]) -> None:
    from monitor.app.compare import Content, statement_changes

    changes = statement_changes(Content(str(before), tuple(old)), Content(str(after), tuple(new)))
    page = open_page(UTC)
    if changes:
        write_documents(page, changes, fold=False)
    else:
        page.line("no statement differs")


def _shape(match: Compared) -> Record:
    judged = match.classification
    return {
        "before": list(match.before),
        "after": list(match.after),
        "kind": str(match.kind),
        "significance": str(judged.significance) if judged else None if match.kind == "unchanged" else "substantive",
        "aspects": [str(aspect) for aspect in judged.aspects] if judged else [],
        "similarity": match.similarity,
        "moved": match.moved,
    }
