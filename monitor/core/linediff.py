"""Which lines of two sequences are the same, in near-linear time: the part of a unified diff that could be slow.

difflib alone is quadratic to cubic where lines repeat (100,000 identical ones). So the ends that are equal
are cut off, lines that are unique on both sides become anchors (Bram Cohen's patience diff: the longest
ascending run of them), and only the short gaps between anchors go to difflib. A gap that is too long for it
pairs the k-th occurrence of a line with the k-th on the other side, and keeps the longest ascending run.
The result is always a correct diff; it is the smallest one only where the gaps are small.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher

Block = tuple[int, int, int]  # start before, start after, length
Opcode = tuple[str, int, int, int, int]
_Gap = tuple[int, int, int, int]  # before[lo:hi], after[lo:hi]

DEPTH = 50  # anchors within gaps between anchors: made-up input could nest them line by line
DIFFLIB_STEPS = 20_000_000  # comparisons that all gaps of one diff may spend in difflib: about half a second


def grouped_opcodes(before: Sequence[str], after: Sequence[str], context: int) -> Iterator[Sequence[Opcode]]:
    """The changes as difflib's opcodes, grouped into hunks with `context` equal lines around."""
    for group in _Matcher(before, after).get_grouped_opcodes(context):
        if any(tag != "equal" for tag, *_ in group):
            yield group


class _Matcher(SequenceMatcher[str]):
    """difflib's grouping, with its edge cases, over blocks that are found in near-linear time."""

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        super().__init__(None, before, after, autojunk=False)
        self._blocks = matching_blocks(before, after)
        self._end = (len(before), len(after), 0)

    def get_matching_blocks(self) -> list[Match]:
        return [Match(*block) for block in (*self._blocks, self._end)]


def matching_blocks(before: Sequence[str], after: Sequence[str]) -> list[Block]:
    """Runs of equal lines, ascending on both sides, maximal and never touching on both."""
    budget = DIFFLIB_STEPS
    pairs: list[Block] = []
    gaps: list[tuple[int, _Gap]] = [(0, (0, len(before), 0, len(after)))]
    while gaps:
        depth, gap = gaps.pop()
        trimmed = _trim(before, after, gap, pairs)
        anchors = _anchors(before, after, trimmed) if depth < DEPTH else []
        if anchors:
            gaps += [(depth + 1, inner) for inner in _between(anchors, trimmed)]
            pairs += [(i, j, 1) for i, j in anchors]
            continue
        cost = _difflib_cost(before, after, trimmed)
        if cost == 0:  # nothing equal is left in it
            continue
        if cost <= budget:
            budget -= cost
            pairs += _by_difflib(before, after, trimmed)
        else:
            pairs += _by_occurrence(before, after, trimmed)
    return _joined(sorted(pairs))


def _trim(before: Sequence[str], after: Sequence[str], gap: _Gap, pairs: list[Block]) -> _Gap:
    """The gap without the equal lines at its ends, which go to `pairs`."""
    a_lo, a_hi, b_lo, b_hi = gap
    start = a_lo
    while a_lo < a_hi and b_lo < b_hi and before[a_lo] == after[b_lo]:
        a_lo, b_lo = a_lo + 1, b_lo + 1
    if a_lo > start:
        pairs.append((start, gap[2], a_lo - start))
    end = a_hi
    while a_lo < a_hi and b_lo < b_hi and before[a_hi - 1] == after[b_hi - 1]:
        a_hi, b_hi = a_hi - 1, b_hi - 1
    if a_hi < end:
        pairs.append((a_hi, b_hi, end - a_hi))
    return a_lo, a_hi, b_lo, b_hi


def _anchors(before: Sequence[str], after: Sequence[str], gap: _Gap) -> list[tuple[int, int]]:
    """Lines that stand once on each side of the gap, the longest run of them that ascends on both."""
    a_lo, a_hi, b_lo, b_hi = gap
    a_counts = Counter(before[a_lo:a_hi])
    b_counts = Counter(after[b_lo:b_hi])
    place = {after[j]: j for j in range(b_lo, b_hi) if b_counts[after[j]] == 1}
    unique = [(i, place[before[i]]) for i in range(a_lo, a_hi) if a_counts[before[i]] == 1 and before[i] in place]
    return _ascending(unique)


def _difflib_cost(before: Sequence[str], after: Sequence[str], gap: _Gap) -> int:
    """At most so many comparisons: each of difflib's steps finds one block and looks at all equal pairs."""
    a_lo, a_hi, b_lo, b_hi = gap
    a_counts, b_counts = Counter(before[a_lo:a_hi]), Counter(after[b_lo:b_hi])
    equal_pairs = sum(count * b_counts[line] for line, count in a_counts.items())
    return equal_pairs and min(a_hi - a_lo, b_hi - b_lo) * (equal_pairs + a_hi - a_lo)


def _by_difflib(before: Sequence[str], after: Sequence[str], gap: _Gap) -> list[Block]:
    a_lo, a_hi, b_lo, b_hi = gap
    blocks = SequenceMatcher(None, before[a_lo:a_hi], after[b_lo:b_hi], autojunk=False).get_matching_blocks()
    return [(a_lo + block.a, b_lo + block.b, block.size) for block in blocks if block.size]


def _by_occurrence(before: Sequence[str], after: Sequence[str], gap: _Gap) -> list[Block]:
    a_lo, a_hi, b_lo, b_hi = gap
    places: dict[str, list[int]] = {}
    for j in range(b_lo, b_hi):
        places.setdefault(after[j], []).append(j)
    taken: Counter[str] = Counter()
    pairs = []
    for i in range(a_lo, a_hi):
        standing = places.get(before[i], ())
        if taken[before[i]] < len(standing):
            pairs.append((i, standing[taken[before[i]]]))
            taken[before[i]] += 1
    return [(i, j, 1) for i, j in _ascending(pairs)]


def _ascending(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence of pairs (ascending in the first) whose second ascends too: Fredman 1975, n log n."""
    tails: list[int] = []  # the smallest last value of an ascending run of each length
    ends: list[int] = []  # which pair that is
    previous = [-1] * len(pairs)
    for index, (_, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        previous[index] = ends[length - 1] if length else -1
        tails[length : length + 1] = [j]
        ends[length : length + 1] = [index]
    chain = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(pairs[index])
        index = previous[index]
    return chain[::-1]


def _between(anchors: list[tuple[int, int]], gap: _Gap) -> Iterator[_Gap]:
    a_lo, a_hi, b_lo, b_hi = gap
    for i, j in anchors:
        yield a_lo, i, b_lo, j
        a_lo, b_lo = i + 1, j + 1
    yield a_lo, a_hi, b_lo, b_hi


def _joined(blocks: list[Block]) -> list[Block]:
    joined: list[Block] = []
    for i, j, size in blocks:
        if joined and (joined[-1][0] + joined[-1][2], joined[-1][1] + joined[-1][2]) == (i, j):
            joined[-1] = (joined[-1][0], joined[-1][1], joined[-1][2] + size)
        else:
            joined.append((i, j, size))
    return joined
