"""What the verbs share: how one is declared, and the options that read alike everywhere."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

WHEN = "a date or time (2026-01-31, 2026-01-31T12:00), an age (90m, 12h, 7d, 4w, 1y), or a snapshot's id"
AT_LEAST_ONE = click.IntRange(min=1)


class Seconds(click.ParamType[float]):
    """A number of seconds, 0 or more."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 <= seconds < math.inf:
            self.fail(f"{value!r} is not a number of seconds", param, ctx)
        return seconds


SECONDS = Seconds()


class Text(click.ParamType[str]):
    """Words or a document's name, as UTF-8 whatever the locale is; other bytes as surrogate escapes."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        return os.fsencode(value).decode("utf-8", "surrogateescape")


TEXT = Text()


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
