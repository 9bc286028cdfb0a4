"""Where a statement stands: whether it is a heading, and which heading it stands under.

A line that every section has (`Learn more`, `See annex.`) is told from the others by its section alone, and a heading
is seldom said again as a sentence. Where no format told of headings, there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from monitor.core.text.normalize import fold
from monitor.model import BlockKind, Statement


class Place(NamedTuple):
    """`section` is the folded text of the heading above; of a heading, that of the next higher rank; `""` if none."""

    heading: bool
    section: str


NOWHERE = Place(heading=False, section="")


def places(version: Sequence[Statement], of: range) -> list[Place]:
    """The places of the statements in `of`; what stands above them is read as far up as it must be."""
    above: list[tuple[int, str]] = []  # the headings over the current statement, each of a lower rank than the last
    top = of.start
    while top > 0 and not (version[top].kind is BlockKind.HEADING and version[top].level <= 1):
        top -= 1
    found = []
    here = NOWHERE
    for at in range(top, of.stop):
        statement = version[at]
        if statement.kind is not BlockKind.HEADING:
            found.append(here)
            continue
        while above and above[-1][0] >= statement.level:
            above.pop()
        found.append(Place(heading=True, section=above[-1][1] if above else ""))
        above.append((statement.level, fold(statement.text)))
        here = Place(heading=False, section=above[-1][1])
    return found[of.start - top :]
