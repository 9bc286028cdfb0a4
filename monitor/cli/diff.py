"""`monitor diff` compares two snapshots or dates; `monitor compare` compares two files, without a store."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, tzinfo
from pathlib import Path

import click

from monitor.app import queries
from monitor.app.compare import (
    Content,
    DocumentDiff,
    blocks_of,
    compared_contents,
    diff,
    lines_of,
    matches,
    statement_changes,
    statements_in,
)
from monitor.app.monitor import every_snapshot
from monitor.app.redlines import render_document, render_page
from monitor.app.review_criteria import criteria
from monitor.cli import completion
from monitor.cli.console import (
    Page,
    Record,
    open_page,
    output_to,
    write_bytes,
    write_document,
    write_documents,
    write_json,
    write_records,
)
from monitor.cli.context import (
    Session,
    command,
    exit_code_option,
    format_option,
    note_removed,
    output_option,
    pass_session,
)
from monitor.core.diff.unified import DiffSide, unified
from monitor.core.review.scoring import PLAIN, Criteria
from monitor.core.time_expressions import point
from monitor.core.tracking.compare import Compared
from monitor.errors import ExitStatus, ExtractError, UsageError
from monitor.model import Change, CutBlock
from monitor.readers import why_not_read
from monitor.reports.phrases import plural
from monitor.reports.records import change_record

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@command("monitor compare old.md new.md")
@click.argument("before", type=FILE)
@click.argument("after", type=FILE)
@click.option("--lines", is_flag=True, help="The files have one statement on each line, in UTF-8.")
@format_option("text", "json", "html", "docx")
@output_option
@exit_code_option("the files differ in a statement")
def compare_command(*, before: Path, after: Path, lines: bool, form: str, output: Path | None, exit_code: bool) -> int:
    """Compare two files, without a store.

    `--format html` and `docx` make a redline to send: one HTML file, or a Word document with tracked changes.
    """
    read = (lambda path: lines_of(path.read_bytes())) if lines else _read_blocks
    old, new = read(before), read(after)
    found = matches(old, new)
    differ = any(match.kind != "unchanged" for match in found)
    with output_to(output):
        if form in REDLINES:
            _write_redline([compared_contents(_content_of(before, old), _content_of(after, new))], form, UTC)
        elif form == "json":
            write_json(
                {
                    "matches": [_comparison_shape(match) for match in found],
                    "before": [statement.text for statement in statements_in(old)],
                    "after": [statement.text for statement in statements_in(new)],
                }
            )
        else:
            _write_comparison(before, after, old, new)
    return ExitStatus.CHANGED if exit_code and differ else ExitStatus.DONE


def _read_blocks(path: Path) -> Sequence[CutBlock]:
    data = path.read_bytes()
    try:
        found = blocks_of(path.name, data)
    except ExtractError as error:
        raise ExtractError(f"{path}: {error}") from error
    if found is None:
        raise UsageError(f"{path}: {why_not_read(path.name, data)}")
    return found


def _write_comparison(before: Path, after: Path, old: Sequence[CutBlock], new: Sequence[CutBlock]) -> None:
    changes = statement_changes(_content_of(before, old), _content_of(after, new))
    page = open_page(UTC)
    if changes:
        write_documents(page, changes, collapse=False)
    else:
        page.line("no statement differs")


def _content_of(path: Path, blocks: Sequence[CutBlock]) -> Content:
    return Content(str(path), tuple(blocks))


REDLINES = ("html", "docx")
"""The formats that have the whole text of both versions, with the changes as marks."""


def _write_redline(
    documents: Sequence[DocumentDiff], form: str, zone: tzinfo, using: Criteria = PLAIN, title: str | None = None
) -> None:
    """One document, or with a `title` any number of them as HTML."""
    if title is not None:
        sys.stdout.write(render_page(documents, title, zone, using))
        return
    made = render_document(documents[0], form, zone, using)
    if isinstance(made, str):
        sys.stdout.write(made)
    elif sys.stdout.isatty():
        raise UsageError(f"{form} is a binary format; use --output FILE")
    else:
        write_bytes(made)


def _comparison_shape(match: Compared) -> Record:
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


@command("monitor diff 2026-01-01 7d brief.txt")
@click.argument("before", shell_complete=completion.snapshots)
@click.argument("after", shell_complete=completion.snapshots)
@click.argument("document", required=False, shell_complete=completion.documents)
@format_option("text", "json", "jsonl", "unified", "html", "docx")
@output_option
@exit_code_option("something differs")
@pass_session
def diff_command(
    session: Session, *, before: str, after: str, document: str | None, form: str, output: Path | None, exit_code: bool
) -> int:
    """Compare two snapshots or dates.

    BEFORE and AFTER are a date or time, an age such as 7d, or a snapshot's id; a date means the end of that day.
    A DOCUMENT that was renamed in between is followed. `--format html` and `docx` make a redline of it to send: one
    HTML file, or a Word document with tracked changes. Without a DOCUMENT, the HTML file has a section for each that
    changed.
    """
    if form == "docx" and document is None:
        raise UsageError("--format docx is for one document: name it behind the two times")
    with session.monitor() as monitor, output_to(output):
        store, ledger, settings = monitor.snapshots, monitor.ledger, monitor.settings
        calendar = session.calendar(monitor, lambda: every_snapshot(store))
        old, new = (point(text, calendar, end=True) for text in (before, after))
        found = queries.find_document(ledger, document, settings.watched) if document is not None else None
        note_removed(monitor, found and found.path)
        documents = diff(store, ledger, old, new, found)
        if form in REDLINES:
            if document is not None and not documents:
                raise UsageError(f"{document} was not there at {before} and not at {after}")
            title = None
            if document is None:
                documents = [one for one in documents if one.changes or one.departed]
                title = f"{plural(len(documents), 'document')} changed between {before} and {after}"
            _write_redline(documents, form, settings.zone, criteria(settings), title)
        elif form == "unified":
            _write_unified(documents)
        elif form == "text":
            _write(open_page(settings.zone), documents)
        else:
            write_records((change_record(one, recorded=False) for one in _listed(documents)), form)
    return ExitStatus.CHANGED if exit_code and _listed(documents) else ExitStatus.DONE


def _listed(documents: Iterable[DocumentDiff]) -> list[Change]:
    """Every change once: of a document alone also those that took statements from it to another one."""
    found: dict[int, Change] = {}
    for document in documents:
        found.update((id(change), change) for change in (*document.changes, *document.departed))
    return list(found.values())


def _write(page: Page, documents: Iterable[DocumentDiff]) -> None:
    differing = [document for document in documents if document.changes or document.departed]
    for document in differing:
        paths = dict.fromkeys(side.path for side in (document.before, document.after) if side)
        write_document(page, " -> ".join(paths), (*document.changes, *document.departed), collapse=True)
    if not differing:
        page.line("no statement differs")


def _write_unified(documents: Iterable[DocumentDiff]) -> None:

    def side(content: Content | None) -> DiffSide | None:
        if content is None:
            return None
        return DiffSide(content.path, [statement.text for statement in content.statements or ()])

    sys.stdout.write(unified((side(one.before), side(one.after)) for one in documents))
