"""Splits and merges: one statement against two or three neighbours that together say what it says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from monitor.core.anchors import Gap, Pair
from monitor.core.chain import Block
from monitor.core.lexicon import Form
from monitor.core.likeness import Likeness

_PRICE = 0.05  # of each further part
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
        if value > 0:
            a, b = (j, i) if flip else (i, j)
            starts[a].update(range(max(low, b - 2), b + 1))
    for a in sorted(starts):
        whole = likeness.lexicon.form(one[a])
        if len(whole.code) < _WORDS:
            continue
        for b in sorted(starts[a]):
            for size in _SIZES:
                if b + size > high:
                    break
                cells = [(b + k, a) if flip else (a, b + k) for k in range(size)]
                parts = [likeness.lexicon.form(many[b + k]) for k in range(size)]
                value = _worth_of(likeness, worth, whole, parts, cells)
                if value > 0:
                    yield Block(b, b + size, a, a + 1, value) if flip else Block(a, a + 1, b, b + size, value)


def _worth_of(
    likeness: Likeness, worth: Mapping[Pair, float], whole: Form, parts: Sequence[Form], cells: Sequence[Pair]
) -> float:
    """The best part's worth and how much more alike all parts are together; 0 if that is too little."""
    best = max(worth.get(cell, 0.0) for cell in cells)
    alone = [likeness.of(*cell) for cell in cells]
    needed = max(alone) + _PRICE * (len(parts) - 1)
    size = len(whole.code)
    # What the parts share with the whole cannot be more together than it is one by one.
    most = sum(value * (size + len(part.code)) for value, part in zip(alone, parts, strict=True))
    if best <= 0 or most <= needed * (size + sum(len(part.code) for part in parts)):
        return 0.0
    rise = likeness.lexicon.alike(whole, likeness.lexicon.joined(parts)) - needed
    return best + rise if rise > 0 else 0.0
