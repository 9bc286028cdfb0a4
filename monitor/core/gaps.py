"""What stands between two anchors is solved on its own: the heaviest chain of links, then of links and blocks."""

from __future__ import annotations

from monitor.core.anchors import Gap, Pair
from monitor.core.blocks import split_and_merged
from monitor.core.candidates import candidates
from monitor.core.chain import Block, heaviest_chain
from monitor.core.likeness import Likeness
from monitor.core.templates import rests_on_template

_LEAST = 0.33  # a pair is worth linking above this likeness
_PLACE = 0.2  # what standing at opposite ends of the gap costs
_NEAR = 0.05  # what a linked neighbour on either side adds
_KIND = 0.1  # what it costs that one of two is a heading
_SEEN = 0.1  # pairs less alike than this are not looked at again
_MOST = 12  # candidates of a statement in a large gap


def solve(likeness: Likeness, gap: Gap) -> set[Pair]:
    """Order-keeping links within a gap, single ones, splits and merges."""
    i0, i1, j0, j1 = gap
    pairs = candidates(likeness, range(i0, i1), range(j0, j1), _MOST)
    alike = {(i, j): value for i, j in pairs if (value := likeness.of(i, j)) >= _SEEN}
    before, after = likeness.places
    plain = {
        (i, j): value - _LEAST - _PLACE * _apart(gap, i, j) - _KIND * (before[i].heading != after[j].heading)
        for (i, j), value in alike.items()
    }
    ends = {(i0 - 1, j0 - 1), (i1, j1)}
    linked: set[Pair] = set()
    worth = plain
    chain: list[Block] = []
    for turn in range(3):
        if turn:
            worth = {
                (i, j): value + _NEAR * (((i - 1, j - 1) in linked) + ((i + 1, j + 1) in linked))
                for (i, j), value in plain.items()
                if value > -2 * _NEAR
            }
        found = [Block(i, i + 1, j, j + 1, value) for (i, j), value in worth.items() if value > 0]
        if turn == 2:
            found += split_and_merged(likeness, alike, worth, gap)
        chain = heaviest_chain(found)
        linked = {(block.i0, block.j0) for block in chain} | ends
    links = [_pairs(block) for block in chain]
    return {pair for pairs in links if len(pairs) > 1 or not rests_on_template(likeness, pairs[0]) for pair in pairs}


def _pairs(block: Block) -> list[Pair]:
    return [(i, j) for i in range(block.i0, block.i1) for j in range(block.j0, block.j1)]


def _apart(gap: Gap, i: int, j: int) -> float:
    """How far apart two statements stand, each measured within its side of the gap: 0..1."""
    i0, i1, j0, j1 = gap
    return abs((i - i0 + 0.5) / (i1 - i0) - (j - j0 + 0.5) / (j1 - j0))
