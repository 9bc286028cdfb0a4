"""`monitor files` and `monitor config`: what is watched, and by which settings."""

from __future__ import annotations

import os
from pathlib import Path

import click

from monitor.app.watched import list_files
from monitor.cli.console import open_page, write_json, write_records
from monitor.cli.context import Session, command, format_option, pass_session
from monitor.config.loading import Origins, effective, load
from monitor.core.text.normalize import visible
from monitor.reports.phrases import plural


@command("monitor files --excluded")
@click.option("--excluded", is_flag=True, help="List what is left out instead, with the reason.")
@format_option("text", "json", "jsonl", "csv")
@pass_session
def files_command(session: Session, *, excluded: bool, form: str) -> None:
    """List the files that are watched now, or with --excluded those that are not and why.

    A folder that is not opened has a `/` at its end. Nothing is read or recorded.
    """
    settings = session.settings()
    listed = [one for one in list_files(settings) if (one.why is not None) is excluded]
    if form != "text":
        write_records(({"document": one.name, "why": one.why} for one in listed), form)
        return
    page = open_page(settings.zone)
    for one in listed:
        page.line(one.name, *([("muted", f"  {one.why}")] if one.why else []))
    page.line(("muted", f"{plural(len(listed), 'file')} {'left out' if excluded else 'watched'}"))


@command("monitor config")
@format_option("text", "json")
@pass_session
def config_command(session: Session, *, form: str) -> None:
    """Print every setting with its value and where it comes from.

    That is the configuration file, a variable, or the default. Passwords and the addresses of channels are not shown.
    """
    origins: Origins = {}
    settings = load(Path.cwd(), session.config, {}, os.environ, origins)
    rows = list(effective(settings, origins))
    if form == "json":
        write_json([{"key": key, "value": value, "from": origin} for key, value, origin in rows])
        return
    page = open_page(settings.zone)
    for key, value, origin in rows:
        page.line(f"{key} = {visible(value)}", ("muted", f"  # {visible(origin)}"))
