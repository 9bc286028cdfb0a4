"""Where two sequences differ, near linear in their length.

Common ends are cut off first. What is left is solved exactly (longest common subsequence, bit-parallel) while it is
small enough; where it is not, elements that stand once on each side are taken as anchors (patience diff), the longest
ascending run of them kept, and each gap solved in the same manner. A gap that is large and has no anchor differs as a
whole.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

_EXACT_CELLS = 4_000_000  # cells of the exact table: 62,500 machine words, some milliseconds
_DEPTH = 8  # of anchors within gaps between anchors


class Run(NamedTuple):
    """A stretch that differs: half-open ranges of both sides, one of which may be empty."""

    before_start: int
    before_end: int
    after_start: int
    after_end: int


def differing_runs(before: Sequence[str], after: Sequence[str]) -> list[Run]:
    """The stretches in which the two sequences differ, in order; what stands between them is equal."""
    runs: list[Run] = []
    for run in _solve(before, after, Run(0, len(before), 0, len(after)), _DEPTH):
        last = runs[-1] if runs else None
        if last and last.before_end == run.before_start and last.after_end == run.after_start:
            runs[-1] = Run(last.before_start, run.before_end, last.after_start, run.after_end)
        else:
            runs.append(run)
    return runs


def _solve(before: Sequence[str], after: Sequence[str], area: Run, depth: int) -> Iterator[Run]:
    run = _trimmed(before, after, area)
    rows, columns = run.before_end - run.before_start, run.after_end - run.after_start
    if not rows or not columns:
        if rows or columns:
            yield run
    elif rows == columns == 1:
        yield run
    elif rows * columns <= _EXACT_CELLS:
        yield from _exact(before, after, run)
    else:
        anchors = _anchors(before, after, run) if depth else []
        if not anchors:
            yield run
            return
        i, j = run.before_start, run.after_start
        for row, column in [*anchors, (run.before_end, run.after_end)]:
            yield from _solve(before, after, Run(i, row, j, column), depth - 1)
            i, j = row + 1, column + 1


def _trimmed(before: Sequence[str], after: Sequence[str], run: Run) -> Run:
    i, i_end, j, j_end = run
    while i < i_end and j < j_end and before[i] == after[j]:
        i += 1
        j += 1
    while i < i_end and j < j_end and before[i_end - 1] == after[j_end - 1]:
        i_end -= 1
        j_end -= 1
    return Run(i, i_end, j, j_end)


def _exact(before: Sequence[str], after: Sequence[str], run: Run) -> Iterator[Run]:
    """Of several subsequences of one length always the same is taken, whichever side is the first."""
    i, i_end, j, j_end = run
    old, new = before[i:i_end], after[j:j_end]
    turned = list(new) < list(old)
    for code in Indel.opcodes(new, old) if turned else Indel.opcodes(old, new):
        if code.tag != "equal":
            one, other = (code.src_start, code.src_end), (code.dest_start, code.dest_end)
            (start, end), (start_after, end_after) = (other, one) if turned else (one, other)
            yield Run(i + start, i + end, j + start_after, j + end_after)


def _anchors(before: Sequence[str], after: Sequence[str], run: Run) -> list[tuple[int, int]]:
    left = before[run.before_start : run.before_end]
    right = after[run.after_start : run.after_end]
    once_left, once_right = Counter(left), Counter(right)
    place = {key: j for j, key in enumerate(right, run.after_start) if once_right[key] == 1}
    pairs = [(i, place[key]) for i, key in enumerate(left, run.before_start) if once_left[key] == 1 and key in place]
    return _ascending(pairs)


def _ascending(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence whose second parts ascend; the first parts do already."""
    tails: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for index, (_, column) in enumerate(pairs):
        spot = bisect_left(tails, column)
        previous.append(last[spot - 1] if spot else -1)
        tails[spot : spot + 1] = [column]
        last[spot : spot + 1] = [index]
    kept: list[tuple[int, int]] = []
    index = last[-1] if last else -1
    while index >= 0:
        kept.append(pairs[index])
        index = previous[index]
    return kept[::-1]
