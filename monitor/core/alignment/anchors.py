"""Anchors: links between identical statements, and the heaviest chain of links that keeps the order.

Texts that occur once on each side are the safest anchors (patience diff, B. Cohen). Repeated texts between two anchors
are linked by their context. A chain of weighted ranges is found with prefix maxima in a Fenwick tree (P. Fenwick 1994;
for single links this is the heaviest increasing subsequence), in O(k log k) for k ranges.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from monitor.core.alignment.similarity import Similarity

Pair = tuple[int, int]
Gap = tuple[int, int, int, int]  # i0, i1, j0, j1: half-open ranges before and after

_RIVALS = 12  # a line repeated more often than this is compared only with those of about its rank
_ABOUT = 2  # ranks to either side
_SECTION = 0.5  # what standing under the same heading adds


def gaps_between(links: Sequence[Pair], whole: Gap) -> Iterator[Gap]:
    """The ranges between ordered links, empty ones included."""
    i, j = whole[0], whole[2]
    for a, b in links:
        yield i, a, j, b
        i, j = a + 1, b + 1
    yield i, whole[1], j, whole[3]


def unique_pairs(similarity: Similarity) -> list[Pair]:
    """Places of the texts that occur exactly once on each side, in the order of the side before."""
    (before, after), repeated = similarity.keys, similarity.repeated
    at = {key: j for j, key in enumerate(after)}
    return [(i, at[key]) for i, key in enumerate(before) if key in at and key not in repeated]


def pairs_unique_in_section(similarity: Similarity, once: Sequence[Pair]) -> list[Pair]:
    """Places of the texts that occur more than once on a side, but once on each under a heading of the same text."""
    known = {i for i, _ in once}, {j for _, j in once}
    before = similarity.keys[0]
    both = set(before).intersection(similarity.keys[1]).difference([before[i] for i in known[0]])
    if not both:
        return []
    named = [
        [(at, (places[at].section, key)) for at, key in enumerate(keys) if key in both and places[at].section]
        for keys, places in zip(similarity.keys, similarity.positions, strict=True)
    ]
    count = [Counter(name for _, name in side) for side in named]
    where = {name: j for j, name in named[1] if count[1][name] == 1 and j not in known[1]}
    return [(i, where[name]) for i, name in named[0] if count[0][name] == 1 and i not in known[0] and name in where]


def with_repeated_texts(similarity: Similarity, sure: Sequence[Pair], size: Callable[[str], float]) -> list[Pair]:
    """The `sure` links of identical texts, in order, and those of repeated texts between them."""
    before, after = similarity.keys
    found = list(sure)
    for gap in gaps_between(sure, (0, len(before), 0, len(after))):
        runs, (i0, i1, j0, j1) = equal_ends(before, after, gap)
        found += runs
        if i0 < i1 and j0 < j1:
            found += _repeated(similarity, (i0, i1, j0, j1), size)
    return sorted(found)


def equal_ends(before: Sequence[str], after: Sequence[str], gap: Gap) -> tuple[list[Pair], Gap]:
    """Equal texts at the two ends of a gap, and the gap that is left between them."""
    i0, i1, j0, j1 = gap
    found = []
    while i0 < i1 and j0 < j1 and before[i0] == after[j0]:
        found.append((i0, j0))
        i0, j0 = i0 + 1, j0 + 1
    while i0 < i1 and j0 < j1 and before[i1 - 1] == after[j1 - 1]:
        i1, j1 = i1 - 1, j1 - 1
        found.append((i1, j1))
    return found, (i0, i1, j0, j1)


def _repeated(similarity: Similarity, gap: Gap, size: Callable[[str], float]) -> list[Pair]:
    before, after = similarity.keys
    positions_before, positions_after = similarity.positions
    i0, i1, j0, j1 = gap
    places: defaultdict[str, list[int]] = defaultdict(list)
    for j in range(j0, j1):
        places[after[j]].append(j)
    rank: Counter[str] = Counter()
    ranges = []
    for i in range(i0, i1):
        here = places.get(before[i], [])
        if len(here) > _RIVALS:
            at = rank[before[i]]
            here = here[max(0, at - _ABOUT) : at + _ABOUT + 1]
        rank[before[i]] += 1
        own = positions_before[i].section
        for j in here:
            same = _SECTION if own and own == positions_after[j].section else 0.0
            ranges.append(LinkedRange(i, i + 1, j, j + 1, 1.0 + size(before[i]) + same))
    return [(linked.i0, linked.j0) for linked in heaviest_chain(ranges)]


class LinkedRange(NamedTuple):
    """Statements `i0..i1` before and `j0..j1` after (ends exclusive), and what linking them is worth."""

    i0: int
    i1: int
    j0: int
    j1: int
    weight: float


def heaviest_chain(links: Iterable[LinkedRange]) -> list[LinkedRange]:
    """The heaviest order-keeping run, in order; of equally heavy ones, always the same."""
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
