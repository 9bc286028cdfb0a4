"""A report as one HTML file: no scripts, no requests, and a Content-Security-Policy that allows only its own style.

The templates and `environment` are used by the web page, too; their values come from `views`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, tzinfo
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.core.diff.redline import Redline
from monitor.model import Report
from monitor.reports.reasons import reason_of
from monitor.reports.redline import (
    RedlineFacts,
    blocks_by_kind,
    by_importance,
    chunks_of,
    folds_of,
    moment_text,
    redline_view,
)
from monitor.reports.views import Address, ChangeView, nowhere, report_view

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


def render(report: Report, *, zone: tzinfo = UTC, address: Address = nowhere) -> str:
    """The whole page; times are shown in `zone`, with UTC in their titles."""
    from markupsafe import Markup

    style = stylesheet()
    page = environment().get_template("report.html")
    # the style sheet is a file of this package: nothing of a document is in it
    return page.render(report=report_view(report, zone, address, reason_of), style=Markup(style), policy=policy(style))  # noqa: S704


def render_redline(line: Redline, facts: RedlineFacts, *, zone: tzinfo = UTC) -> str:
    """Two versions side by side as one file, to be sent: no script, nothing from elsewhere."""
    return render_redlines([(line, facts)], facts.title, zone=zone)


def render_redlines(lines: Sequence[tuple[Redline, RedlineFacts]], title: str, *, zone: tzinfo = UTC) -> str:
    """Several documents side by side as one file, a section each."""
    from markupsafe import Markup

    style = stylesheet() + redline_stylesheet()
    page = environment().get_template("redline_file.html")
    return page.render(
        title=title,
        parts=[_redline_part(line, facts, zone) for line, facts in lines],
        style=Markup(style),  # noqa: S704 - of this package
        policy=policy(style),
    )


def _redline_part(line: Redline, facts: RedlineFacts, zone: tzinfo) -> dict[str, object]:
    view = redline_view(line, "side", language=facts.language, zone=zone, importance=facts.importance)
    return {
        "title": facts.title,
        "events": facts.events,
        "times": [moment_text(facts.before, zone) or "Before", moment_text(facts.after, zone) or "After"],
        "rows": view.rows,
        "marks": by_importance(view.marks),
        "count": len(view.marks),
    }


@cache
def environment(*more: Path) -> Environment:
    """The templates of the reports, and of the folders in `more` before them. Undefined names are errors."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader([*more, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["element"] = {"b": "strong", "c": "code", "i": "em"}  # of words that are set apart
    made.globals.update(change_address=_in_page, blocks_by_kind=blocks_by_kind, chunks_of=chunks_of, folds_of=folds_of)
    return made


def _in_page(change: ChangeView) -> str:
    """Where a change is found: here on the same page; the web page has one for each."""
    return f"#{change.anchor}"


@cache
def stylesheet() -> str:
    """The one style sheet of all pages."""
    return (TEMPLATES / "style.css").read_text(encoding="utf-8")


@cache
def redline_stylesheet() -> str:
    """What redlines add to it."""
    return (TEMPLATES / "redline.css").read_text(encoding="utf-8")


def policy(style: str) -> str:
    """A Content-Security-Policy that forbids everything but this very style sheet, inline."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
