"""Which pairs of statements are worth comparing: those that share words, in large gaps those that share rare ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from heapq import nsmallest
from itertools import product
from typing import NamedTuple

from monitor.core.alignment.anchors import Pair
from monitor.core.alignment.likeness import Likeness

_EVERY_PAIR = 4000  # gaps of no more pairs than this are compared in full
_VOTE = 10_000  # of a word that stands in one statement
_COMMON = 64  # beyond that, a word that stands in more statements than this proposes no pair
_ROUNDED = 1e-9  # what sums of fractions may be off
_NOWHERE: tuple[list[int], int] = ([], 0)


def candidates(likeness: Likeness, before: Sequence[int], after: Sequence[int], most: int) -> Iterator[Pair]:
    """All pairs of a small gap; in a large one, for each statement of the side that has fewer the `most` that share
    most rare words."""
    if len(before) * len(after) <= _EVERY_PAIR:
        return product(before, after)
    if len(before) <= len(after):
        return _sharing_rare_words(likeness, (before, after), (0, 1), most)
    return ((i, j) for j, i in _sharing_rare_words(likeness, (after, before), (1, 0), most))


def _sharing_rare_words(
    likeness: Likeness, statements: tuple[Sequence[int], Sequence[int]], sides: Pair, most: int
) -> Iterator[Pair]:
    """For each of some statements of one side, those of the other side."""
    keys, terms = [likeness.keys[side] for side in sides], likeness.lexicon.terms
    where: defaultdict[str, list[int]] = defaultdict(list)
    for other in statements[1]:
        for word in terms(keys[1][other]):
            where[word].append(other)
    rare = {word: (places, _VOTE // len(places)) for word, places in where.items() if len(places) <= _COMMON}
    for one in statements[0]:
        votes: defaultdict[int, int] = defaultdict(int)
        for word in terms(keys[0][one]):
            places, vote = rare.get(word, _NOWHERE)
            for other in places:
                votes[other] += vote
        for other in nsmallest(most, votes, key=lambda other: (-votes[other], other)):
            yield one, other


class Rated(NamedTuple):
    """A pair, how alike it is, and its lead over the best rival of either statement."""

    likeness: float
    lead: float
    i: int
    j: int


def rated(
    likeness: Likeness, before: Sequence[int], after: Sequence[int], least: float, lead: float = 0.0
) -> list[Rated]:
    """Candidate pairs that are at least `least` alike. A lead is exact below `lead`; a larger one may be overstated."""
    rival = least - lead - _ROUNDED  # what is less alike is no rival that makes a difference
    pairs = [(likeness.of(i, j, rival), i, j) for i, j in candidates(likeness, before, after, 10)]
    rows: defaultdict[int, list[float]] = defaultdict(list)
    columns: defaultdict[int, list[float]] = defaultdict(list)
    for value, i, j in pairs:
        rows[i].append(value)
        columns[j].append(value)
    for line in (rows, columns):
        for values in line.values():
            values.sort(reverse=True)
            values.append(0.0)
    result = []
    for value, i, j in pairs:
        if value >= least:
            best = max(line[1] if line[0] == value else line[0] for line in (rows[i], columns[j]))
            result.append(Rated(value, value - best, i, j))
    return result
