"""Splits and merges: one statement against two or three neighbours that together say what it says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from monitor.core.anchors import Gap, Pair
from monitor.core.chain import Block
from monitor.core.likeness import Form, Likeness

_PRICE = 0.12  # of each further part
_FLOOR = 0.15  # how far below a worthwhile link the best part may lie
_WORDS = 6  # a shorter statement is not taken apart
_SIZES = (2, 3)


def split_and_merged(likeness: Likeness, worth: Mapping[Pair, float], gap: Gap) -> Iterator[Block]:
    """Blocks worth more than the best of their single links; `worth` holds the single links' worth."""
    i0, i1, j0, j1 = gap
    yield from _blocks(likeness, worth, (j0, j1), flip=False)
    yield from _blocks(likeness, worth, (i0, i1), flip=True)


def _blocks(likeness: Likeness, worth: Mapping[Pair, float], span: tuple[int, int], *, flip: bool) -> Iterator[Block]:
    """Wholes before and parts after; the other way round with `flip`. `span` bounds the parts' side."""
    low, high = span
    one, many = likeness.keys[::-1] if flip else likeness.keys
    starts: defaultdict[int, set[int]] = defaultdict(set)
    for (i, j), value in worth.items():
        if value > -_FLOOR:
            a, b = (j, i) if flip else (i, j)
            starts[a].update(range(max(low, b - 2), b + 1))
    for a in sorted(starts):
        whole = likeness.form(one[a])
        if len(whole.words) < _WORDS:
            continue
        for b in sorted(starts[a]):
            for size in _SIZES:
                if b + size > high:
                    break
                cells = [(b + k, a) if flip else (a, b + k) for k in range(size)]
                parts = [likeness.form(many[b + k]) for k in range(size)]
                value = _worth_of(likeness, worth, whole, parts, cells)
                if value > 0:
                    yield Block(b, b + size, a, a + 1, value) if flip else Block(a, a + 1, b, b + size, value)


def _worth_of(
    likeness: Likeness, worth: Mapping[Pair, float], whole: Form, parts: Sequence[Form], cells: Sequence[Pair]
) -> float:
    best = max(worth.get(cell, -1.0) for cell in cells)
    if best <= -_FLOOR:
        return 0.0
    rise = likeness.alike(whole, likeness.joined(parts)) - max(likeness.of(*cell) for cell in cells)
    value = best + rise - _PRICE * (len(parts) - 1)
    return value if value > best else 0.0

