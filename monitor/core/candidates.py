"""Which pairs of statements are worth comparing: those that share words, in large gaps those that share rare ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from monitor.core.anchors import Pair
from monitor.core.likeness import Likeness

_EVERY_PAIR = 4000  # gaps of no more pairs than this are compared in full
_VOTE = 10_000  # of a word that stands in one statement
_COMMON = 64  # beyond that, a word that stands in more statements than this proposes no pair


def candidates(likeness: Likeness, before: Sequence[int], after: Sequence[int], most: int) -> Iterator[Pair]:
    """All pairs of a small gap; in a large one, for each statement before the `most` that share most rare words."""
    if len(before) * len(after) <= _EVERY_PAIR:
        yield from product(before, after)
        return
    keys_before, keys_after = likeness.keys
    where: defaultdict[str, list[int]] = defaultdict(list)
    for j in after:
        for word in likeness.lexicon.terms(keys_after[j]):
            where[word].append(j)
    for i in before:
        votes: Counter[int] = Counter()
        for word in likeness.lexicon.terms(keys_before[i]):
            places = where.get(word, ())
            if 0 < len(places) <= _COMMON:
                for j in places:
                    votes[j] += _VOTE // len(places)
        for j in sorted(sorted(votes, key=lambda j: (-votes[j], j))[:most]):
            yield i, j


class Rated(NamedTuple):
    """A pair, how alike it is, and its lead over the best rival of either statement."""

    likeness: float
    lead: float
    i: int
    j: int


def rated(likeness: Likeness, before: Sequence[int], after: Sequence[int], least: float) -> list[Rated]:
    """Candidate pairs that are at least `least` alike."""
    pairs = [(likeness.of(i, j), i, j) for i, j in candidates(likeness, before, after, 10)]
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
            rival = max(line[1] if line[0] == value else line[0] for line in (rows[i], columns[j]))
            result.append(Rated(value, value - rival, i, j))
    return result
