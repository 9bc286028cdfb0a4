"""What stands between two anchors is solved on its own: the heaviest chain of links, then of links and blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.core.alignment.anchors import Gap, Pair
from monitor.core.alignment.blocks import split_and_merged
from monitor.core.alignment.candidates import candidates
from monitor.core.alignment.chain import Block, heaviest_chain
from monitor.core.alignment.likeness import Likeness
from monitor.core.alignment.rejection import rests_on_template

_LEAST = 0.33  # a pair is worth linking above this likeness
_PLACE = 0.175  # what standing at opposite ends of the gap costs
_NEAR = 0.05  # what a linked neighbour on either side adds
_KIND = 0.1  # what it costs that one of two is a heading
_SEEN = 0.1  # pairs less alike than this are not looked at again
_MOST = 12  # candidates of a statement in a large gap
_TURNS = 2  # in which links support each other


def solve(likeness: Likeness, gap: Gap) -> set[Pair]:
    """Order-keeping links within a gap, single ones, splits and merges."""
    i0, i1, j0, j1 = gap
    if i1 - i0 == j1 - j0 == 1:
        return _one_and_one(likeness, i0, j0)
    pairs = candidates(likeness, range(i0, i1), range(j0, j1), _MOST)
    alike = {pair: value for pair in pairs if (value := likeness.of(*pair)) >= _SEEN}
    plain = _worth_alone(likeness, alike, gap)
    if not plain:
        return set()
    worth, chain = plain, heaviest_chain(_links(plain))
    ends = {(i0 - 1, j0 - 1), (i1, j1)}
    linked: set[Pair] = set()
    for _ in range(_TURNS):
        earlier, linked = linked, {(block.i0, block.j0) for block in chain} | ends
        if linked == earlier:
            break
        worth = {
            (i, j): value + _NEAR * (((i - 1, j - 1) in linked) + ((i + 1, j + 1) in linked))
            for (i, j), value in plain.items()
        }
        chain = heaviest_chain(_links(worth))
    blocks = list(split_and_merged(likeness, alike, worth, gap))
    if blocks:
        chain = heaviest_chain([*_links(worth), *blocks])
    links = [_pairs(block) for block in chain]
    return {pair for pairs in links if len(pairs) > 1 or not rests_on_template(likeness, pairs[0]) for pair in pairs}


def _one_and_one(likeness: Likeness, i: int, j: int) -> set[Pair]:
    """The commonest gap by far, told at once: one statement on each side, both neighbours linked."""
    value = likeness.of(i, j)
    worth = value - _LEAST - _KIND * (likeness.places[0][i].heading != likeness.places[1][j].heading) + 2 * _NEAR
    linked = value >= _SEEN and worth > 0 and not rests_on_template(likeness, (i, j))
    return {(i, j)} if linked else set()


def _worth_alone(likeness: Likeness, alike: Mapping[Pair, float], gap: Gap) -> dict[Pair, float]:
    """What linking each pair is worth without its neighbours, where these could make it worth something."""
    before, after = likeness.places
    i0, i1, j0, j1 = gap
    # How far down the gap each statement stands, measured on its own side: 0..1.
    down_before = [(i - i0 + 0.5) / (i1 - i0) for i in range(i0, i1)]
    down_after = [(j - j0 + 0.5) / (j1 - j0) for j in range(j0, j1)]
    found = {}
    for (i, j), value in alike.items():
        worth = value - _LEAST - _PLACE * abs(down_before[i - i0] - down_after[j - j0])
        if before[i].heading != after[j].heading:
            worth -= _KIND
        if worth > -2 * _NEAR:
            found[i, j] = worth
    return found


def _links(worth: Mapping[Pair, float]) -> Iterator[Block]:
    return (Block(i, i + 1, j, j + 1, value) for (i, j), value in worth.items() if value > 0)


def _pairs(block: Block) -> list[Pair]:
    return [(i, j) for i in range(block.i0, block.i1) for j in range(block.j0, block.j1)]
