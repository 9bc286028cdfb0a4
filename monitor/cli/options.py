"""What the verbs share: how one is declared, and the options that read alike everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

WHEN = "a date or time (2026-01-31, 2026-01-31T12:00), an age (90m, 12h, 7d, 4w, 1y), or a snapshot's id"
AT_LEAST_ONE = click.IntRange(min=1)


def verb(example: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command whose help ends with an example line."""
    # \b keeps click from wrapping the line: it is there to be copied
    return click.command(epilog=f"\b\nExample:\n  {example}")


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


def exit_code_option(what: str) -> Callable[[Decorated], Decorated]:
    """`--exit-code`: status 1 where there is something."""
    return click.option("--exit-code", is_flag=True, help=f"Exit with 1 where {what}.")
