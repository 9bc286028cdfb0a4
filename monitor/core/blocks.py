"""Splits and merges: one statement against two or three neighbours that together say what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from monitor.core.anchors import Gap, Pair
from monitor.core.chain import Block
from monitor.core.likeness import Likeness

_PRICE = 0.04  # of each further part
_TOGETHER = 0.7  # how alike the parts must be to the whole when they are read as one
_WORDS = 6  # a shorter statement is not taken apart
_SIZES = (2, 3)


def split_and_merged(
    likeness: Likeness, alike: Mapping[Pair, float], worth: Mapping[Pair, float], gap: Gap
) -> Iterator[Block]:
    """Blocks worth more than the best of their single links, given the pairs' likeness and worth (0 if missing)."""
    i0, i1, j0, j1 = gap
    good = [pair for pair, value in sorted(worth.items()) if value > 0]
    for a, b in _runs(good, j0, j1):
        cells = [(a, k) for k in b]
        value = _worth_of(likeness, alike, worth, (a, b), cells, flip=False)
        if value > 0:
            yield Block(a, a + 1, b.start, b.stop, value)
    for a, b in _runs(sorted((j, i) for i, j in good), i0, i1):
        cells = [(k, a) for k in b]
        value = _worth_of(likeness, alike, worth, (a, b), cells, flip=True)
        if value > 0:
            yield Block(b.start, b.stop, a, a + 1, value)


def _runs(good: Sequence[Pair], low: int, high: int) -> Iterator[tuple[int, range]]:
    """A whole and two or three neighbours on the other side, one of which is worth linking to it by itself."""
    seen: set[tuple[int, int, int]] = set()
    for a, b in good:
        for size in _SIZES:
            for start in range(max(low, b - size + 1), min(b, high - size) + 1):
                if (a, start, size) not in seen:
                    seen.add((a, start, size))
                    yield a, range(start, start + size)


def _worth_of(
    likeness: Likeness,
    alike: Mapping[Pair, float],
    worth: Mapping[Pair, float],
    block: tuple[int, range],
    cells: Sequence[Pair],
    *,
    flip: bool,
) -> float:
    """The best part's worth and how much more alike all parts are together; 0 if that is too little."""
    one, many = likeness.keys[::-1] if flip else likeness.keys
    lexicon = likeness.lexicon
    whole = lexicon.form(one[block[0]])
    size = len(whole.code)
    alone = [alike.get(cell, 0.0) for cell in cells]
    if size < _WORDS:
        return 0.0
    needed = max(alone) + _PRICE * (len(cells) - 1)
    parts = [lexicon.form(many[k]) for k in block[1]]
    # What the parts share with the whole cannot be more together than it is one by one.
    most = sum(value * (size + len(part.code)) for value, part in zip(alone, parts, strict=True))
    if most <= needed * (size + sum(len(part.code) for part in parts)):
        return 0.0
    together = lexicon.alike(whole, lexicon.joined(parts))
    if together < max(needed, _TOGETHER):
        return 0.0
    return max(worth.get(cell, 0.0) for cell in cells) + together - needed
