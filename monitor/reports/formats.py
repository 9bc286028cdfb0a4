"""Render a report in one of its formats. Each format is a module that is imported on use."""

from __future__ import annotations

from datetime import UTC, tzinfo
from importlib import import_module

from monitor.errors import UsageError
from monitor.model import REPORT_FORMATS, Report
from monitor.reports.json import dumps, report_json
from monitor.reports.reasons import reason_of
from monitor.reports.views import Address, nowhere


def render(report: Report, form: str, *, zone: tzinfo = UTC, address: Address = nowhere) -> str:
    """The report as `form`, one of REPORT_FORMATS; times for people are in `zone`.

    `address` gives a change its place on the web page, to which HTML and Markdown link.
    """
    if form not in REPORT_FORMATS:
        raise UsageError(f"no report format {form!r}: choose one of {', '.join(REPORT_FORMATS)}")
    if form == "json":
        return dumps(report_json(report), indent=2) + "\n"
    more = {"address": address} if form in ("html", "markdown") else {"reason": reason_of}
    text: str = import_module(f"monitor.reports.{form}").render(report, zone=zone, **more)
    return text
