"""A report in each of its formats. A format is a module that is imported when it is asked for."""

from __future__ import annotations

from datetime import UTC, tzinfo
from importlib import import_module

from monitor.errors import UsageError
from monitor.model import Report
from monitor.reports.json import dumps, report_json

FORMATS = {  # what --format and [report] formats may say, and the suffix of a file of it
    "text": ".txt",
    "markdown": ".md",
    "json": ".json",
    "html": ".html",
}


def render(report: Report, form: str, *, zone: tzinfo = UTC) -> str:
    """The report as `form`, one of FORMATS; times for people are in `zone`."""
    if form not in FORMATS:
        raise UsageError(f"no report format {form!r}: choose one of {', '.join(FORMATS)}")
    if form == "json":
        return dumps(report_json(report), indent=2) + "\n"
    text: str = import_module(f"monitor.reports.{form}").render(report, zone=zone)
    return text
