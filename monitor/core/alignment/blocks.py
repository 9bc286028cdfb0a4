"""Splits and merges: one statement against two or three neighbours that together say what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from monitor.core.alignment.anchors import Gap, Pair
from monitor.core.alignment.chain import Block
from monitor.core.alignment.likeness import Likeness

_PRICE = 0.04  # of each further part
_TOGETHER = 0.7  # how alike the parts must be to the whole when they are read as one
_WORDS = 6  # a shorter statement is not taken apart
_SIZES = (2, 3)
_REACH = 3  # statements between parts that do not stand together, at most, and one
_RISE = 0.12  # how much more alike such a part must make the whole
_WHOLE = 0.8  # the likeness from which nothing is missing


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


def apart(likeness: Likeness, links: Collection[Pair]) -> set[Pair]:
    """Further links: a statement that nothing else is linked to says the rest of what its near neighbour was linked to.

    The parts of a split or a merge need not stand together: another statement may have been put between them.
    """
    of_before, of_after = Counter(i for i, _ in links), Counter(j for _, j in links)
    found: list[tuple[Pair, Pair]] = []
    for pair in sorted(links):
        if of_before[pair[0]] == of_after[pair[1]] == 1 and likeness.of(*pair) < _WHOLE:
            found += [(pair, rest) for rest in _rests(likeness, pair, (of_before, of_after))]
    # What could be a part of two, or would make several of several, is left alone.
    told = Counter(base for base, _ in found)
    taken = Counter((side, new[side]) for base, new in found for side in (0, 1) if base[side] != new[side])
    return {
        new
        for base, new in found
        if told[base] == 1 and all(taken[side, new[side]] == 1 for side in (0, 1) if base[side] != new[side])
    }


def _rests(likeness: Likeness, pair: Pair, degree: tuple[Counter[int], Counter[int]]) -> Iterator[Pair]:
    """The best link that makes a whole of either statement of a pair, if any does."""
    lexicon = likeness.lexicon
    forms = [lexicon.form(keys[at]) for keys, at in zip(likeness.keys, pair, strict=True)]
    for side in (0, 1):
        whole, first, at = forms[1 - side], forms[side], pair[side]
        if len(whole.code) < _WORDS or len(first.code) >= len(whole.code):
            continue
        least = max(_TOGETHER, likeness.of(*pair) + _RISE)
        tried = []
        for k in range(max(0, at - _REACH), min(len(likeness.keys[side]), at + _REACH + 1)):
            if not degree[side][k]:
                part = lexicon.form(likeness.keys[side][k])
                parts = [first, part] if at < k else [part, first]
                tried.append((lexicon.alike(whole, lexicon.joined(parts)), -k))
        best, place = max(tried, default=(0.0, 0))
        if best >= least:
            yield (pair[0], -place) if side else (-place, pair[1])


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
    alone = [alike.get(cell, 0.0) for cell in cells]
    needed = max(alone) + _PRICE * (len(cells) - 1)
    # A part that shares nothing makes no whole, and none is more alike than the same text.
    if alone.count(0.0) >= len(alone) - 1 or needed > 1:
        return 0.0
    one, many = likeness.keys[::-1] if flip else likeness.keys
    lexicon = likeness.lexicon
    whole = lexicon.form(one[block[0]])
    size = len(whole.code)
    if size < _WORDS:
        return 0.0
    parts = [lexicon.form(many[k]) for k in block[1]]
    # What the parts share with the whole cannot be more together than it is one by one.
    most = sum([value * (size + len(part.code)) for value, part in zip(alone, parts, strict=True)])
    if most <= needed * (size + sum([len(part.code) for part in parts])):
        return 0.0
    together = lexicon.alike(whole, lexicon.joined(parts))
    if together < max(needed, _TOGETHER):
        return 0.0
    return max(worth.get(cell, 0.0) for cell in cells) + together - needed
