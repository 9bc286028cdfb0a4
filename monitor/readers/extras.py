"""Libraries that are not always there: what an extractor says without one, and which versions are installed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from monitor.errors import ExtractError

_INSTALLED = re.compile(r"([A-Za-z0-9._]+)-([^-]+)\.(?:dist|egg)-info$")


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Import a library inside: where it is missing, the document's failure names the extra that brings it."""
    try:
        yield
    except ImportError as error:
        module = (error.name or "").partition(".")[0] or "a library"
        raise ExtractError(f"{module} is not installed: install `monitor[{name}]` to read this format") from None


def versions(libraries: Sequence[str]) -> str:
    """`name version` of each library, `name -` where it is missing.

    What they give out depends on these as it does on our own rules, so they belong into the fingerprint; installing a
    missing one reads its documents anew.
    """
    found = _installed()
    return ", ".join(f"{name} {found.get(name, '-')}" for name in libraries)


@cache
def _installed() -> dict[str, str]:
    """Names and versions by the folders' names: every idle run asks, and importlib.metadata takes 20 times as long."""
    # the first place wins, as it does for an import
    return {name: version for name, version, _ in reversed(_distributions())}


def offers(group: str) -> bool:
    """Whether any distribution has entry points of this group."""
    heading = f"[{group}]"
    return any(heading in _entry_points(folder) for _, _, folder in _distributions())


def _entry_points(folder: str) -> str:
    try:
        with open(f"{folder}/entry_points.txt", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return ""


@cache
def _distributions() -> list[tuple[str, str, str]]:
    """(name, version, folder) of all that is installed, in the order of the search path."""
    found = []
    for place in sys.path:
        try:
            names = os.listdir(place or ".")  # noqa: PTH208 - pathlib is not loaded by an idle run
        except OSError:
            continue
        for name in sorted(names):
            match = _INSTALLED.match(name)
            if match:
                found.append((match[1].lower().replace("_", "-"), match[2], f"{place or '.'}/{name}"))
    return found
