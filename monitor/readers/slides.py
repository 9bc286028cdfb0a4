"""The order in which the shapes of a slide are read: by place, which bringing one to the front does not change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

_T = TypeVar("_T")
Position = tuple[float, float, float]
"""The left, the top and the height of a shape, in any unit."""


def by_place(shapes: Sequence[_T], place: Callable[[_T], Position | None]) -> list[_T]:
    """The shapes from the top, those beside each other from the left; one without a place follows the one before it.

    Shapes are beside each other where the middle of one lies between the top and the bottom of the other.
    """
    runs: list[tuple[Position, list[_T]]] = []
    for shape in shapes:
        at = place(shape)
        if at is not None or not runs:
            runs.append((at or (0, 0, 0), [shape]))
        else:
            runs[-1][1].append(shape)
    runs.sort(key=lambda run: (run[0][1], run[0][0]))
    found: list[_T] = []
    first = 0
    while first < len(runs):
        _, top, height = runs[first][0]
        last = first + 1
        while last < len(runs) and runs[last][0][1] + runs[last][0][2] / 2 <= top + height:
            last += 1
        for _, run in sorted(runs[first:last], key=lambda run: run[0][:2]):
            found += run
        first = last
    return found
