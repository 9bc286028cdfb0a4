"""Who reviews, as every verb below `monitor review` reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.app.monitor import Monitor

from monitor.cli.options import Decorated


def as_option(function: Decorated) -> Decorated:
    """`--as NAME`."""
    told = "Who you are (default: [review] reviewer, else your login name)."
    return click.option("--as", "name", metavar="NAME", help=told)(function)


def reviewer(monitor: Monitor, name: str | None) -> str:
    """Who reviews: as said, as configured, or who is logged in; empty where nobody knows."""
    if name is not None:
        return name
    if monitor.settings.review.reviewer:
        return monitor.settings.review.reviewer
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
