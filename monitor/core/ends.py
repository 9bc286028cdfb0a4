"""How far two long texts are equal from either end, by halves: comparing slices is quick, walking characters is not."""

from __future__ import annotations

from collections.abc import Callable


def common_start(one: str, other: str) -> int:
    """How many characters both begin with."""
    return _largest(lambda count: one[:count] == other[:count], min(len(one), len(other)))


def common_end(one: str, other: str, most: int) -> int:
    """How many characters, up to `most`, both end with."""
    return _largest(lambda count: one[len(one) - count :] == other[len(other) - count :], most)


def _largest(equal: Callable[[int], bool], most: int) -> int:
    low = 0
    while low < most:
        middle = (low + most + 1) // 2
        low, most = (middle, most) if equal(middle) else (low, middle - 1)
    return low
