"""What the verbs share: how one is declared, and the options that read alike everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from monitor.cli.session import Session

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

WHEN = "a date or time (2026-01-31, 2026-01-31T12:00), an age (90m, 12h, 7d, 4w, 1y), or a snapshot's id"
pass_session = click.make_pass_decorator(Session)
AT_LEAST_ONE = click.IntRange(min=1)


def seconds(value: str) -> float:
    """A number of seconds, 0 or more."""
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise click.BadParameter(f"{value!r} is not a number of seconds")
    return number


def one_of(words: Iterable[str]) -> click.Choice[str]:
    """A choice of the values of an enum, not of its names."""
    return click.Choice([str(word) for word in words])


def several(what: str, words: Iterable[str]) -> str:
    """The help of an option that may be repeated."""
    return f"Only these {what} (may be repeated): {', '.join(map(str, words))}."


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


def fan_options(command: Decorated) -> Decorated:
    """`--jobs` and `--cluster`: where documents are read and compared."""
    jobs = click.option("--jobs", metavar="N", type=AT_LEAST_ONE, default=1, help="Read documents in N processes.")
    cluster = click.option(
        "--cluster", metavar="ADDRESS", help="Read them on the Dask cluster whose scheduler this is."
    )
    return jobs(cluster(command))
