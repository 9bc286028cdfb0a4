"""Align two versions: which statements before correspond to which after.

Equal ends are trimmed; identical statements become anchors (`anchors`); each gap between anchors is aligned on its own
(`gaps`), weak links are rejected (`rejection`), and what is left is matched regardless of order (`moves`). The result
is deterministic and symmetric. Nothing is counted over whole documents, but which texts and keys of rows occur once
among the statements that differ. docs/alignment.md has the reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from typing import NamedTuple

from monitor.core.alignment.anchors import (
    Pair,
    anchor_run,
    gaps_between,
    pairs_of_rows,
    pairs_unique_in_section,
    unique_pairs,
    with_repeated_texts,
)
from monitor.core.alignment.gaps import solve
from monitor.core.alignment.matches import SAME_TEXT, Indices, explain, groups, in_order, moved
from monitor.core.alignment.moves import moves
from monitor.core.alignment.rejection import NEARBY, without_chance_links
from monitor.core.alignment.similarity import SectionPosition, Similarity, section_positions, words_of
from monitor.core.text.normalize import normalize
from monitor.model import Alignment, Match, Statement

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
    """The normalised texts, the texts and positions between the equal ends of one version; comparable, to order two."""

    keys: list[str]
    texts: list[str]
    positions: list[SectionPosition]

    @classmethod
    def of(cls, version: Sequence[Statement], some: range) -> _Side:
        texts = [version[at].text for at in some]
        return cls([*map(normalize, texts)], texts, section_positions(version, some))


def _between(before: _Side, after: _Side, equal: tuple[int, int], ends: Callable[[], set[str]]) -> list[Match]:
    """Matches with both sides of what stands between the equal ends, of which there are `equal` above and below.

    `ends` gives the texts of the equal ends; they are asked for only where something may have moved.
    """
    # A fixed order of the sides makes ties fall the same way whichever version is called before.
    turned = after < before
    one, other = (after, before) if turned else (before, after)
    similarity = Similarity(one.keys, other.keys, (one.positions, other.positions), (one.texts, other.texts))
    links = without_chance_links(similarity, _links(similarity, ends), sum(equal))
    start = equal[0]
    found = groups([(j, i) for i, j in links]) if turned else groups(links)
    named = similarity.positions[::-1] if turned else similarity.positions
    renamed = {at for at, (i, j) in enumerate(found) if named[0][i[0]].key != named[1][j[0]].key}
    out_of_order = moved(found, renamed)
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
    rows = pairs_of_rows(similarity, once)
    run = anchor_run(similarity, sorted([*once, *rows, *pairs_unique_in_section(similarity, once)]))
    # A long text or a row that stands elsewhere is linked there: its place holds nothing for another.
    elsewhere = set(once).union(rows).difference(run)
    if elsewhere:
        repeated = ends()
        known_rows = set(rows)
        elsewhere = {
            (i, j)
            for i, j in elsewhere
            if (i, j) in known_rows or (len(words_of(before[i])) >= _WORDS and before[i] not in repeated)
        }
    links = _in_gaps(similarity, run, elsewhere)
    return links | moves(similarity, links, sorted(elsewhere), ends)


def _in_gaps(similarity: Similarity, run: Sequence[Pair], elsewhere: Collection[Pair]) -> set[Pair]:
    """The links of identical texts, and those within the gaps between them."""
    before, after = similarity.keys
    settled = {i for i, _ in elsewhere}, {j for _, j in elsewhere}
    fixed = with_repeated_texts(similarity, run)
    links = set(fixed)
    for gap in gaps_between(fixed, (0, len(before), 0, len(after))):
        i0, i1, j0, j1 = gap
        if i0 < i1 and j0 < j1:
            links |= solve(similarity, gap, settled)
    return links
