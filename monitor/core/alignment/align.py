"""Align two versions: which statements before correspond to which after.

Equal ends are trimmed; identical statements become anchors (`anchors`); each gap between anchors is aligned on its own
(`gaps`), weak links are rejected (`rejection`), and what is left is matched regardless of order (`moves`). The result
is deterministic and symmetric. docs/alignment.md has the reasons.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise, repeat
from typing import NamedTuple

from monitor.core.alignment.anchors import (
    LinkedRange,
    Pair,
    gaps_between,
    heaviest_chain,
    pairs_unique_in_section,
    unique_pairs,
    with_repeated_texts,
)
from monitor.core.alignment.gaps import apart, rated, solve
from monitor.core.alignment.matches import SAME_TEXT, Indices, explain, groups, in_order, moved
from monitor.core.alignment.moves import moves
from monitor.core.alignment.rejection import NEARBY, without_chance_links
from monitor.core.alignment.similarity import SectionPosition, Similarity, section_positions
from monitor.core.text.normalize import normalize
from monitor.model import Alignment, Match, Statement

_VOTE = 0.4  # the similarity of a statement that helps to say which others moved
_BESIDE = 0.6  # the similarity of a statement that moved beside one that surely did
_WORDS = 3  # a shorter text that occurs elsewhere did not surely move


class Differing(NamedTuple):
    """An alignment whose equal ends are counted only: so many statements at the `start` and at the `end` of both
    versions have the same text and stand in their places; `matches` hold all between, in an alignment's order."""

    start: int
    matches: Sequence[Match]
    end: int


def align(before: Sequence[Statement], after: Sequence[Statement]) -> Alignment:
    """The full alignment of two versions of a document; see `Alignment` for its laws."""
    start, between, end = differing(before, after)
    matches = [*_same(range(start), range(start)), *between]
    matches += _same(range(len(before) - end, len(before)), range(len(after) - end, len(after)))
    return Alignment(tuple(matches))


def differing(before: Sequence[Statement], after: Sequence[Statement]) -> Differing:
    """The same, at the cost of what differs."""
    start, end = _same_ends(before, after)
    middle = range(start, len(before) - end), range(start, len(after) - end)
    if not middle[0] or not middle[1]:
        return Differing(start, list(in_order([], *middle)), end)
    start, end = max(0, start - NEARBY), max(0, end - NEARBY)
    middle = range(start, len(before) - end), range(start, len(after) - end)
    sides = _Side.of(before, middle[0]), _Side.of(after, middle[1])
    same = before[:start], before[middle[0].stop :]
    changed = _between(*sides, (start, end), lambda: {normalize(statement.text) for statement in chain(*same)})
    return Differing(start, list(in_order(changed, *middle)), end)


def _same(before: range, after: range) -> Iterator[Match]:
    """Equal texts at one end of both versions."""
    sides = zip(before, strict=True), zip(after, strict=True)
    return map(Match._make, zip(*sides, repeat(1.0), repeat(object=False), repeat(SAME_TEXT), strict=False))


def _same_ends(before: Sequence[Statement], after: Sequence[Statement]) -> tuple[int, int]:
    """How many statements at the start, and at the end, have the very same text."""
    start = _same_run(before, after)
    rest = min(len(before), len(after)) - start
    return start, _same_run(islice(reversed(before), rest), islice(reversed(after), rest))


def _same_run(before: Iterable[Statement], after: Iterable[Statement]) -> int:
    same = 0
    for one, other in zip(before, after, strict=False):
        if one is not other and one.text != other.text:
            break
        same += 1
    return same


class _Side(NamedTuple):
    """The normalised texts and positions between the equal ends of one version; comparable, to order the two sides."""

    keys: list[str]
    positions: list[SectionPosition]

    @classmethod
    def of(cls, version: Sequence[Statement], some: range) -> _Side:
        return cls([normalize(version[at].text) for at in some], section_positions(version, some))


def _between(before: _Side, after: _Side, equal: tuple[int, int], ends: Callable[[], set[str]]) -> list[Match]:
    """Matches with both sides of what stands between the equal ends, of which there are `equal` above and below.

    `ends` gives the texts of the equal ends; they are asked for only where something may have moved.
    """
    # A fixed order of the sides makes ties fall the same way whichever version is called before.
    turned = after < before
    one, other = (after, before) if turned else (before, after)
    similarity = Similarity(one.keys, other.keys, (one.positions, other.positions))
    links = without_chance_links(similarity, _links(similarity, ends), sum(equal))
    start = equal[0]
    found = groups([(j, i) for i, j in links]) if turned else groups(links)
    out_of_order = moved(found)
    matches = []
    for at, (sources, targets) in enumerate(found):
        score, reasons = explain(similarity, (targets, sources) if turned else (sources, targets), links)
        places = _further_down(sources, start), _further_down(targets, start)
        matches.append(Match(*places, score, at in out_of_order, reasons))
    return matches


def _further_down(places: Indices, start: int) -> Indices:
    return (places[0] + start,) if len(places) == 1 else tuple([at + start for at in places])


def _links(similarity: Similarity, ends: Callable[[], set[str]]) -> set[Pair]:
    before = similarity.keys[0]
    once = unique_pairs(similarity)
    run = _anchor_run(similarity, sorted([*once, *pairs_unique_in_section(similarity, once)]))
    # What surely moved is out of the way before the gaps are solved: its place holds nothing for another.
    moved_links = sorted(set(once).difference(run))
    if moved_links:
        repeated, words = ends(), similarity.features.words
        moved_links = [(i, j) for i, j in moved_links if len(words(before[i])) >= _WORDS and before[i] not in repeated]
        _with_neighbours(similarity, run, moved_links)
    kept = _kept_in_order(similarity, run, moved_links) if moved_links else _in_gaps(similarity, run)
    found = kept.union(moves(similarity, kept, moved_links, ends))
    return found.union(apart(similarity, found))


def _with_neighbours(similarity: Similarity, run: Sequence[Pair], moved_links: list[Pair]) -> None:
    """Add to `moved_links`, passage by passage, what is beside a moved statement on both sides and is much alike."""
    before, after = similarity.keys
    used_before, used_after = {i for i, _ in (*run, *moved_links)}, {j for _, j in (*run, *moved_links)}
    for i, j in moved_links:  # grows while it is walked
        for a, b in ((i - 1, j - 1), (i + 1, j + 1)):
            inside = 0 <= a < len(before) and 0 <= b < len(after)
            if inside and a not in used_before and b not in used_after and similarity.of(a, b) >= _BESIDE:
                used_before.add(a)
                used_after.add(b)
                moved_links.append((a, b))


def _kept_in_order(similarity: Similarity, run: Sequence[Pair], moved_links: Sequence[Pair]) -> set[Pair]:
    """The links without what moved; its neighbours count as neighbours of each other."""
    out_before, out_after = {i for i, _ in moved_links}, {j for _, j in moved_links}
    rest_before = [i for i in range(len(similarity.keys[0])) if i not in out_before]
    rest_after = [j for j in range(len(similarity.keys[1])) if j not in out_after]
    at_before = {i: k for k, i in enumerate(rest_before)}
    at_after = {j: k for k, j in enumerate(rest_after)}
    rest = similarity.subset(rest_before, rest_after)
    links = _in_gaps(rest, [(at_before[i], at_after[j]) for i, j in run])
    return {(rest_before[i], rest_after[j]) for i, j in links}


def _in_gaps(similarity: Similarity, run: Sequence[Pair]) -> set[Pair]:
    """The links of identical texts, and those within the gaps between them."""
    before, after = similarity.keys
    fixed = with_repeated_texts(similarity, run, _size)
    links = set(fixed)
    for gap in gaps_between(fixed, (0, len(before), 0, len(after))):
        i0, i1, j0, j1 = gap
        if i0 < i1 and j0 < j1:
            links |= solve(similarity, gap)
    return links


def _anchor_run(similarity: Similarity, once: list[Pair]) -> list[Pair]:
    """The heaviest run of texts that occur once; where some moved, near-identical ones help to say which."""
    before, after = similarity.keys
    if all(one < other for (_, one), (_, other) in pairwise(once)):
        return once
    sure = [LinkedRange(i, i + 1, j, j + 1, _size(before[i])) for i, j in once]
    known_before, known_after = set(before), set(after)
    changed_before = [i for i, key in enumerate(before) if key not in known_after]
    changed_after = [j for j, key in enumerate(after) if key not in known_before]
    votes = [
        LinkedRange(i, i + 1, j, j + 1, value * min(_size(before[i]), _size(after[j])))
        for value, lead, i, j in rated(similarity, changed_before, changed_after, _VOTE)
        if lead > 0
    ]
    run = heaviest_chain(sure + votes)
    return [(block.i0, block.j0) for block in run if before[block.i0] == after[block.j0]]


def _size(key: str) -> float:
    """What a text weighs against others: longer ones are surer, but not in proportion."""
    return math.sqrt(len(key))
