"""`monitor preview` shows what a patch would change, before it takes effect."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.app.preview import LARGEST, Preview, preview
from monitor.app.redlines import render_page
from monitor.app.review_criteria import criteria
from monitor.cli.console import Page, open_page, write_change, write_json, write_records
from monitor.cli.context import Session, command, exit_code_option, format_option, pass_session
from monitor.errors import ExitStatus, UsageError
from monitor.model import Level
from monitor.reports.preview import not_shown, preview_json, previewed_json, remarks, render_markdown, summary


@command("monitor preview amendment.patch --format markdown")
@click.argument("patch", metavar="PATCH", type=click.Path(allow_dash=True, path_type=Path))
@click.option(
    "--relative",
    metavar="FOLDER",
    help="Only files of the patch below FOLDER, which is the watched folder (default: found by its name).",
)
@format_option("text", "markdown", "json", "jsonl", "html")
@exit_code_option("something would change")
@pass_session
def preview_command(session: Session, *, patch: Path, relative: str | None, form: str, exit_code: bool) -> int:
    """Show what a patch would change, and record nothing.

    PATCH is a unified diff of the watched files, such as a pull request; - is standard input. It is applied to the
    newest snapshot. The changes are those that a run would find.
    """
    data = _read(patch)
    with session.monitor() as monitor:
        found = preview(monitor, data, relative)
        if form == "json":
            write_json(preview_json(found.snapshot, found.changes, found.left_out))
        elif form == "jsonl":
            write_records(map(previewed_json, found.changes), form)
        elif form == "markdown":
            sys.stdout.write(render_markdown(found.snapshot, found.changes, found.left_out))
        elif form == "html":
            title = "; ".join([summary(found.changes), *not_shown(found.left_out)])
            sys.stdout.write(render_page(found.documents, title, monitor.settings.zone, criteria(monitor.settings)))
        else:
            _write(open_page(monitor.settings.zone), found)
    return ExitStatus.CHANGED if exit_code and found.changes else ExitStatus.DONE


def _read(patch: Path) -> bytes:
    """The patch, as far as it is of a size that is taken."""
    if str(patch) == "-":
        return sys.stdin.buffer.read(LARGEST + 1)
    try:
        with patch.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{patch}: {error.strerror}") from error


def _write(page: Page, found: Preview) -> None:
    for told in not_shown(found.left_out):
        page.line(("muted", told))
    page.line(("label", summary(found.changes)))
    document = None
    for one in found.changes:
        if one.change.document != document:
            document = one.change.document
            page.line()
            page.line(("label", document))
        write_change(page, one.change, further=() if one.change.level is Level.DOCUMENT else tuple(remarks(one)))
