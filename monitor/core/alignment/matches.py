"""Links -> matches: one to several at most, what moved, and the order in which they are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from monitor.core.alignment.anchors import Pair
from monitor.model import Match

Indices = tuple[int, ...]
Group = tuple[Indices, Indices]


def groups(links: Iterable[Pair]) -> list[Group]:
    """Links that share a statement, together, ordered by the first statement after.

    Raises ValueError where links join several statements to several.
    """
    pairs = sorted((j, i) for i, j in links)
    if len({i for _, i in pairs}) == len({j for j, _ in pairs}) == len(pairs):
        return [((i,), (j,)) for j, i in pairs]
    of_before: defaultdict[int, list[int]] = defaultdict(list)
    of_after: defaultdict[int, list[int]] = defaultdict(list)
    for j, i in pairs:
        of_before[i].append(j)
        of_after[j].append(i)
    found = []
    for j, sources in sorted(of_after.items()):
        targets = of_before[sources[0]]
        if len(sources) > 1 and any(of_before[i] != [j] for i in sources):
            raise ValueError(f"statements {sources} before and {targets} after are linked several to several")
        if targets[0] == j:
            found.append((tuple(sources), tuple(targets)))
    return found


def moved(found: Sequence[Group]) -> set[int]:
    """Positions in `found` (ordered by the side after) of the fewest statements that explain a reordering.

    These lie outside the order-keeping run of most statements; of equally large runs, the one of the statements
    that stood earlier before is kept.
    """
    places = [before[0] for before, _ in found]
    if all(one < other for one, other in pairwise(places)):
        return set()
    by_place = sorted(range(len(found)), key=places.__getitem__)
    size = [max(len(before), len(after)) for before, after in found]
    run = _longest_from(by_place, size)
    wanted, last, kept = max(run), -1, set()
    for at in by_place:
        if at > last and run[at] == wanted:
            kept.add(at)
            wanted, last = wanted - size[at], at
    return set(range(len(found))) - kept


def _longest_from(by_place: Sequence[int], size: Sequence[int]) -> list[int]:
    """The most statements that a run which starts with each group keeps: suffix maxima in a Fenwick tree."""
    count = len(size)
    best = [0] * (count + 1)
    run = [0] * count
    for at in reversed(by_place):
        slot, value = count - 1 - at, 0
        while slot > 0:
            value = max(value, best[slot])
            slot -= slot & -slot
        run[at] = value + size[at]
        slot = count - at
        while slot <= count:
            best[slot] = max(best[slot], run[at])
            slot += slot & -slot
    return run


def in_order(linked: Iterable[Match], before: range, after: range) -> Iterator[Match]:
    """All matches of two ranges by the side after; a removed statement follows the match of what it stood behind.

    `linked` are the matches with both sides.
    """
    of_after: dict[int, Match] = {}
    in_match: set[int] = set()
    for match in linked:
        for j in match.after:
            of_after[j] = match
        in_match.update(match.before)
    removed = _removed_runs(in_match, before)
    yield from removed.get(before.start - 1, ())
    for j in after:
        match_here = of_after.get(j)
        if match_here is None:
            yield Match((), (j,))
        elif match_here.after[0] == j:
            yield match_here
            for i in match_here.before:
                yield from removed.get(i, ())


def _removed_runs(in_match: set[int], before: range) -> Mapping[int, list[Match]]:
    runs: defaultdict[int, list[Match]] = defaultdict(list)
    behind = before.start - 1
    for i in before:
        if i in in_match:
            behind = i
        else:
            runs[behind].append(Match((i,), ()))
    return runs
