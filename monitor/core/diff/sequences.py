"""Where two sequences are equal and where they differ, in near-linear time: lines of a document, words of a sentence.

1. Equal ends are cut off.
2. What is left is solved exactly while it is small: the longest common subsequence, bit-parallel (M. Crochemore et al.,
   "A fast and practical bit-vector algorithm for the longest common subsequence problem", 2001; H. Hyyrö, "A note on
   bit-parallel alignment computation", 2004), as rapidfuzz has it.
3. Where it is large, elements that occur once on each side are anchors (patience diff, Bram Cohen): the longest
   increasing subsequence of their positions is kept, and each gap between two anchors is solved in the same manner.
4. Where this leaves large gaps, unique runs of 2, 4, 8 … elements are tried as anchors, and last the k-th
   occurrence of an element on one side with the k-th on the other.

The result is always a correct diff: the smallest one up to step 2, mostly near it beyond.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cache
from heapq import heappop, heappush
from itertools import count, starmap
from operator import lt
from types import ModuleType
from typing import NamedTuple, TypeVar

_EXACT_CELLS = 4_000_000  # of the table of step 2: 62,500 machine words, half a millisecond
_DEPTH = 8  # of anchors within gaps between anchors: made-up input could nest them line by line
_LONGEST_RUN = 32  # elements that together are tried as an anchor

Element = TypeVar("Element", str, int)
_Pair = tuple[int, int]
_Run = tuple[int, int, int]


class EqualRun(NamedTuple):
    """A stretch that is equal: where it starts on each side, and how many elements it has."""

    before: int
    after: int
    length: int


class ChangedRun(NamedTuple):
    """A stretch that differs: half-open ranges of both sides, one of which may be empty."""

    before_start: int
    before_end: int
    after_start: int
    after_end: int


@cache
def _indel() -> ModuleType:
    """Imported when it is first needed: many commands compare nothing."""
    from rapidfuzz.distance import Indel

    return Indel


def equal_runs(before: Sequence[Element], after: Sequence[Element]) -> list[EqualRun]:
    """The stretches that are equal, increasing on both sides, none empty; two never touch on both sides."""
    return list(starmap(EqualRun, _joined(_solved(list(before), list(after), 0, 0, _DEPTH))))


def changed_runs(before: Sequence[Element], after: Sequence[Element]) -> list[ChangedRun]:
    """The stretches that differ, in order: what `equal_runs` leaves."""
    runs: list[ChangedRun] = []
    i = j = 0
    for row, column, length in (*equal_runs(before, after), (len(before), len(after), 0)):
        if i < row or j < column:
            runs.append(ChangedRun(i, row, j, column))
        i, j = row + length, column + length
    return runs


def common_prefix(one: Sequence[Element], other: Sequence[Element]) -> int:
    """How many elements, or characters, both begin with; both are of one type.

    By halves: comparing slices is quick, walking in Python is not. O(n).
    """
    low, high = 0, min(len(one), len(other))
    if not high or one[0] != other[0]:
        return 0
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def common_suffix(one: Sequence[Element], other: Sequence[Element], most: int) -> int:
    """How many elements, or characters, both end with, up to `most`; otherwise as `common_prefix`."""
    low, ends = 0, (len(one), len(other))
    if not most or one[-1] != other[-1]:
        return 0
    while low < most:
        middle = (low + most + 1) // 2
        equal = one[ends[0] - middle : ends[0] - low] == other[ends[1] - middle : ends[1] - low]
        low, most = (middle, most) if equal else (low, middle - 1)
    return low


def longest_increasing_subsequence(values: Sequence[int]) -> list[int]:
    """The indices of one, strictly increasing: M. Fredman, "On computing the length of longest increasing
    subsequences", 1975. O(n log n), and O(n) where all of it increases.
    """
    if all(map(lt, values, values[1:])):
        return list(range(len(values)))
    tails: list[int] = []  # the smallest last value of a subsequence of each length
    ends: list[int] = []  # its index
    previous: list[int] = []
    for index, value in enumerate(values):
        length = bisect_left(tails, value) if tails and value <= tails[-1] else len(tails)
        previous.append(ends[length - 1] if length else -1)
        if length == len(tails):
            tails.append(value)
            ends.append(index)
        else:
            tails[length], ends[length] = value, index
    found = []
    index = ends[-1]
    while index >= 0:
        found.append(index)
        index = previous[index]
    return found[::-1]


def _joined(runs: Iterable[_Run]) -> Iterator[_Run]:
    """The same without empty ones, and those that touch as one."""
    i = j = length = 0
    for row, column, more in runs:
        if row == i + length and column == j + length:
            length += more
        elif more:
            if length:
                yield i, j, length
            i, j, length = row, column, more
    if length:
        yield i, j, length


def _solved(before: list[Element], after: list[Element], i: int, j: int, depth: int) -> Iterator[_Run]:
    """Equal runs in order, some of them empty or touching, of two parts that start at i and j."""
    start = common_prefix(before, after)
    end = common_suffix(before, after, min(len(before), len(after)) - start)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    yield i, j, start
    if len(old) * len(new) > _EXACT_CELLS:
        if depth and (anchors := _anchors(old, new)):
            yield from _around_anchors(anchors, old, new, i + start, j + start, depth)
    elif old and new and len(old) + len(new) > 2:
        yield from _exact(old, new, i + start, j + start)
    yield i + len(before) - end, j + len(after) - end, end


def _exact(before: list[Element], after: list[Element], i: int, j: int) -> Iterator[_Run]:
    """Of several subsequences of one length always the same is taken, whichever side is the first."""
    turned = after[0] < before[0]
    opcodes = _indel().opcodes
    for code in opcodes(after, before) if turned else opcodes(before, after):
        if code.tag == "equal":
            starts = (code.dest_start, code.src_start) if turned else (code.src_start, code.dest_start)
            yield i + starts[0], j + starts[1], code.src_end - code.src_start


def _around_anchors(
    anchors: Sequence[_Run], before: list[Element], after: list[Element], i: int, j: int, depth: int
) -> Iterator[_Run]:
    row = column = 0
    for start, start_after, length in (*anchors, (len(before), len(after), 0)):
        if row < start and column < start_after:
            yield from _solved(before[row:start], after[column:start_after], i + row, j + column, depth - 1)
        yield i + start, j + start_after, length
        row, column = start + length, start_after + length


def _anchors(before: list[Element], after: list[Element]) -> list[_Run]:
    """Equal runs in order, to be kept: by the first way that leaves half of the elements a partner, or else the best.

    First what is unique on both sides: elements, then the runs of 2, 4, 8 … that start at each position, while longer
    ones have more in common (named as R. Karp, R. Miller and A. Rosenberg do, "Rapid identification of repeated
    patterns in strings, trees and arrays", 1972). Last the k-th occurrence of an element with the k-th.
    """
    found: list[list[_Run]] = []
    left: Sequence[Hashable] = before
    right: Sequence[Hashable] = after
    length, known = 1, 1
    while True:
        times = Counter(left), Counter(right)
        common = times[0].keys() & times[1].keys()
        unique = {name for name in common if times[0][name] == times[1][name] == 1}
        found.append(_increasing(_unique_pairs(left, right, unique)))
        exact = length == 1 and len(unique) == len(common)  # then no longer subsequence exists
        if exact or 2 * _reach(found[-1], len(before), len(after)) > min(len(before), len(after)):
            return found[-1]
        if len(common) <= known or length == _LONGEST_RUN:
            found.append(_increasing(_pairs_by_occurrence(before, after)))
            return max(found, key=lambda runs: sum(length for _, _, length in runs))
        names: defaultdict[tuple[Hashable, Hashable], int] = defaultdict(count().__next__)
        left, right = ([names[pair] for pair in zip(side, side[length:], strict=False)] for side in (left, right))
        length, known = 2 * length, len(common)


def _reach(runs: Sequence[_Run], rows: int, columns: int) -> int:
    """The most elements that these runs, and the gaps between them that can be solved exactly, can pair."""
    reach = i = j = 0
    for row, column, length in (*runs, (rows, columns, 0)):
        cells = (row - i) * (column - j)
        reach += length + (min(row - i, column - j) if cells <= _EXACT_CELLS else 0)
        i, j = row + length, column + length
    return reach


def _increasing(pairs: list[_Pair]) -> list[_Run]:
    kept = longest_increasing_subsequence([j for _, j in pairs])
    return list(_joined((*pairs[k], 1) for k in kept))


def _unique_pairs(before: Sequence[Hashable], after: Sequence[Hashable], unique: set[Hashable]) -> list[_Pair]:
    position = {name: j for j, name in enumerate(after) if name in unique}
    return [(i, position[name]) for i, name in enumerate(before) if name in unique]


def _pairs_by_occurrence(before: list[Element], after: list[Element]) -> list[_Pair]:
    unused: dict[Element, list[int]] = {element: [] for element in set(before).intersection(after)}
    for j in range(len(after) - 1, -1, -1):
        if after[j] in unused:
            unused[after[j]].append(j)
    return [(i, unused[element].pop()) for i, element in enumerate(before) if unused.get(element)]


class LinkedRange(NamedTuple):
    """Elements `i0..i1` before and `j0..j1` after (ends exclusive), and what linking them is worth."""

    i0: int
    i1: int
    j0: int
    j1: int
    weight: float


def heaviest_chain(links: Iterable[LinkedRange]) -> list[LinkedRange]:
    """The heaviest order-keeping run, in order; of equally heavy ones, always the same.

    Prefix maxima in a Fenwick tree (P. Fenwick 1994) give it in O(k log k) for k ranges. For single links it is the
    heaviest increasing subsequence.
    """
    ranges = sorted(links)
    if not ranges:
        return []
    top = max(linked.j1 for linked in ranges)
    best_value, best_at = [0.0] * (top + 1), [-1] * (top + 1)
    total: list[float] = []
    came_from: list[int] = []
    waiting: list[tuple[int, int]] = []  # blocks whose end before is not yet reached
    for k, (i0, i1, j0, _, weight) in enumerate(ranges):
        while waiting and waiting[0][0] <= i0:
            done = heappop(waiting)[1]
            value, j = total[done], ranges[done].j1
            while j <= top:
                if value > best_value[j]:
                    best_value[j], best_at[j] = value, done
                j += j & -j
        value, source, j = 0.0, -1, j0
        while j > 0:
            if best_value[j] > value:
                value, source = best_value[j], best_at[j]
            j -= j & -j
        total.append(value + weight)
        came_from.append(source)
        heappush(waiting, (i1, k))
    at = max(range(len(ranges)), key=lambda k: (total[k], -k))
    chain = []
    while at >= 0:
        chain.append(ranges[at])
        at = came_from[at]
    return chain[::-1]
