"""Which statements of two versions are the same: statements x statements -> alignment.

Identical statements anchor first (`anchors`), each gap between anchors is solved on its own (`gaps`, `blocks`), and
what is loose on both sides is matched whatever its order (`moves`). Deterministic, and the same in both directions.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from monitor.core.anchors import Pair, gaps_between, identical
from monitor.core.candidates import rated
from monitor.core.chain import Block, heaviest_chain
from monitor.core.evidence import SAME_TEXT, explain
from monitor.core.folding import fold
from monitor.core.gaps import solve
from monitor.core.likeness import Likeness
from monitor.core.matches import groups, in_order, moved
from monitor.core.moves import moves
from monitor.model import Alignment, Match, Statement

VERSION = 1
"""Raised with every change of what `align` gives."""


def align(before: Sequence[Statement], after: Sequence[Statement]) -> Alignment:
    """The full alignment of two versions of a document; see `Alignment` for its laws."""
    start, end = _same_ends(before, after)
    one = [fold(statement.text) for statement in before[start : len(before) - end]]
    other = [fold(statement.text) for statement in after[start : len(after) - end]]
    ends = [
        *((i, i) for i in range(start)),
        *((i, i + len(after) - len(before)) for i in range(len(before) - end, len(before))),
    ]
    linked = [Match((i,), (j,), similarity=1.0, evidence=SAME_TEXT) for i, j in ends]
    linked += _middle(one, other, start, {fold(before[i].text) for i, _ in ends})
    return Alignment(tuple(in_order(linked, len(before), len(after))))


def _middle(before: list[str], after: list[str], start: int, ends: Collection[str]) -> Iterator[Match]:
    """Matches with both sides among the statements between the equal `ends`; `start` stand before them."""
    if not before or not after:
        return
    # A fixed order of the sides makes ties fall the same way whichever version is called before.
    turned = after < before
    likeness = Likeness(after, before) if turned else Likeness(before, after)
    links = _links(likeness, ends)
    found = groups((j, i) for i, j in links) if turned else groups(links)
    out_of_order = moved(found)
    for at, (sources, targets) in enumerate(found):
        similarity, evidence = explain(likeness, (targets, sources) if turned else (sources, targets), links)
        yield Match(
            before=tuple(i + start for i in sources),
            after=tuple(j + start for j in targets),
            similarity=similarity,
            moved=at in out_of_order,
            evidence=evidence,
        )


def _same_ends(before: Sequence[Statement], after: Sequence[Statement]) -> tuple[int, int]:
    """How many statements at the start, and at the end, have the very same text."""
    most = min(len(before), len(after))
    start = 0
    while start < most and before[start].text == after[start].text:
        start += 1
    end = 0
    while end < most - start and before[-1 - end].text == after[-1 - end].text:
        end += 1
    return start, end


def _links(likeness: Likeness, ends: Collection[str]) -> set[Pair]:
    before, after = likeness.keys
    fixed = identical(before, after, lambda once: _anchor_run(likeness, once), _size)
    links = set(fixed)
    for gap in gaps_between(fixed, (0, len(before), 0, len(after))):
        i0, i1, j0, j1 = gap
        if i0 < i1 and j0 < j1:
            links |= solve(likeness, gap)
    return links | moves(likeness, links, ends)


def _anchor_run(likeness: Likeness, once: list[Pair]) -> list[Pair]:
    """The heaviest run; where something moved, near-identical statements help to say what."""
    before, after = likeness.keys
    sure = [Block(i, i + 1, j, j + 1, _size(before[i])) for i, j in once]
    chain = heaviest_chain(sure)
    if len(chain) < len(sure):
        known_before, known_after = set(before), set(after)
        changed_before = [i for i, key in enumerate(before) if key not in known_after]
        changed_after = [j for j, key in enumerate(after) if key not in known_before]
        votes = [
            Block(i, i + 1, j, j + 1, value * min(_size(before[i]), _size(after[j])))
            for value, lead, i, j in rated(likeness, changed_before, changed_after, 0.4)
            if lead > 0
        ]
        chain = heaviest_chain(sure + votes)
    return [(block.i0, block.j0) for block in chain if before[block.i0] == after[block.j0]]


def _size(key: str) -> float:
    """What a text weighs against others: longer ones are surer, but not in proportion."""
    return math.sqrt(len(key))
