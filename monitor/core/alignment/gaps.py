"""Align the statements in one gap: candidate pairs, splits and merges, and the heaviest chain of links.

Candidates share words; in large gaps they must share rare words. A split or merge links one statement with two or
three neighbours that together have its text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import product
from typing import NamedTuple

from monitor.core.alignment.anchors import Gap, LinkedRange, Pair, heaviest_chain
from monitor.core.alignment.rejection import is_boilerplate_link
from monitor.core.alignment.similarity import Similarity

_EVERY_PAIR = 4000  # gaps of no more pairs than this are compared in full
_VOTE = 10_000  # of a word that occurs in one statement
_COMMON = 64  # beyond that, a word that occurs in more statements than this proposes no pair
_ROUNDED = 1e-9  # what sums of fractions may be off
_NOWHERE: tuple[list[int], int] = ([], 0)


def candidates(similarity: Similarity, before: Sequence[int], after: Sequence[int], most: int) -> Iterator[Pair]:
    """All pairs of a small gap; in a large one, for each statement of the side that has fewer the `most` that share
    most rare words."""
    if len(before) * len(after) <= _EVERY_PAIR:
        return product(before, after)
    if len(before) <= len(after):
        return _sharing_rare_words(similarity, (before, after), (0, 1), most)
    return ((i, j) for j, i in _sharing_rare_words(similarity, (after, before), (1, 0), most))


def _sharing_rare_words(
    similarity: Similarity, statements: tuple[Sequence[int], Sequence[int]], sides: Pair, most: int
) -> Iterator[Pair]:
    """For each of some statements of one side, those of the other side."""
    keys, terms = [similarity.keys[side] for side in sides], similarity.features.terms
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


class RatedPair(NamedTuple):
    """A pair, how alike it is, and its lead over the best rival of either statement."""

    similarity: float
    lead: float
    i: int
    j: int


def rated(
    similarity: Similarity, before: Sequence[int], after: Sequence[int], least: float, lead: float = 0.0
) -> list[RatedPair]:
    """Candidate pairs that are at least `least` alike. A lead is exact below `lead`; a larger one may be overstated."""
    rival = least - lead - _ROUNDED  # what is less alike is no rival that makes a difference
    pairs = [(similarity.of(i, j, rival), i, j) for i, j in candidates(similarity, before, after, 10)]
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
            result.append(RatedPair(value, value - best, i, j))
    return result


_PRICE = 0.04  # of each further part
_TOGETHER = 0.7  # how alike the parts must be to the whole when they are read as one
_WORDS = 6  # a shorter statement is not taken apart
_SIZES = (2, 3)
_REACH = 3  # statements between parts that do not stand together, at most, and one
_RISE = 0.12  # how much more alike such a part must make the whole
_WHOLE = 0.8  # the similarity from which nothing is missing


def split_and_merged(
    similarity: Similarity, alike: Mapping[Pair, float], worth: Mapping[Pair, float], gap: Gap
) -> Iterator[LinkedRange]:
    """Blocks worth more than the best of their single links, given the pairs' similarity and worth (0 if missing)."""
    i0, i1, j0, j1 = gap
    good = [pair for pair, value in sorted(worth.items()) if value > 0]
    for a, b in _runs(good, j0, j1):
        cells = [(a, k) for k in b]
        value = _worth_of(similarity, alike, worth, (a, b), cells, flip=False)
        if value > 0:
            yield LinkedRange(a, a + 1, b.start, b.stop, value)
    for a, b in _runs(sorted((j, i) for i, j in good), i0, i1):
        cells = [(k, a) for k in b]
        value = _worth_of(similarity, alike, worth, (a, b), cells, flip=True)
        if value > 0:
            yield LinkedRange(b.start, b.stop, a, a + 1, value)


def apart(similarity: Similarity, links: Collection[Pair]) -> set[Pair]:
    """Further links: a statement that nothing else is linked to says the rest of what its near neighbour was linked to.

    The parts of a split or a merge need not stand together: another statement may have been put between them.
    """
    of_before, of_after = Counter(i for i, _ in links), Counter(j for _, j in links)
    found: list[tuple[Pair, Pair]] = []
    for pair in sorted(links):
        if of_before[pair[0]] == of_after[pair[1]] == 1 and similarity.of(*pair) < _WHOLE:
            found += [(pair, rest) for rest in _rests(similarity, pair, (of_before, of_after))]
    # What could be a part of two, or would make several of several, is left alone.
    known = Counter(base for base, _ in found)
    taken = Counter((side, new[side]) for base, new in found for side in (0, 1) if base[side] != new[side])
    return {
        new
        for base, new in found
        if known[base] == 1 and all(taken[side, new[side]] == 1 for side in (0, 1) if base[side] != new[side])
    }


def _rests(similarity: Similarity, pair: Pair, degree: tuple[Counter[int], Counter[int]]) -> Iterator[Pair]:
    """The best link that makes a whole of either statement of a pair, if any does."""
    features = similarity.features
    forms = [features.form(keys[at]) for keys, at in zip(similarity.keys, pair, strict=True)]
    for side in (0, 1):
        whole, first, at = forms[1 - side], forms[side], pair[side]
        if len(whole.code) < _WORDS or len(first.code) >= len(whole.code):
            continue
        least = max(_TOGETHER, similarity.of(*pair) + _RISE)
        tried = []
        for k in range(max(0, at - _REACH), min(len(similarity.keys[side]), at + _REACH + 1)):
            if not degree[side][k]:
                part = features.form(similarity.keys[side][k])
                parts = [first, part] if at < k else [part, first]
                tried.append((features.alike(whole, features.joined(parts)), -k))
        best, place = max(tried, default=(0.0, 0))
        if best >= least:
            yield (pair[0], -place) if side else (-place, pair[1])


def _runs(good: Sequence[Pair], low: int, high: int) -> Iterator[tuple[int, range]]:
    """A whole and two or three neighbours on the other side, one of which is worth linking to it by itself."""
    tried: set[tuple[int, int, int]] = set()
    for a, b in good:
        for size in _SIZES:
            for start in range(max(low, b - size + 1), min(b, high - size) + 1):
                if (a, start, size) not in tried:
                    tried.add((a, start, size))
                    yield a, range(start, start + size)


def _worth_of(
    similarity: Similarity,
    alike: Mapping[Pair, float],
    worth: Mapping[Pair, float],
    block: tuple[int, range],
    cells: Sequence[Pair],
    *,
    flip: bool,
) -> float:
    """The best part's worth and how much more alike all parts are together; 0 if that is too little."""
    alone = [alike.get(cell, 0.0) for cell in cells]
    needed = max(alone) + _PRICE * (len(cells) - 1)
    # A part that shares nothing makes no whole, and none is more alike than the same text.
    if alone.count(0.0) >= len(alone) - 1 or needed > 1:
        return 0.0
    one, many = similarity.keys[::-1] if flip else similarity.keys
    features = similarity.features
    whole = features.form(one[block[0]])
    size = len(whole.code)
    if size < _WORDS:
        return 0.0
    parts = [features.form(many[k]) for k in block[1]]
    # What the parts share with the whole cannot be more together than it is one by one.
    most = sum([value * (size + len(part.code)) for value, part in zip(alone, parts, strict=True)])
    if most <= needed * (size + sum([len(part.code) for part in parts])):
        return 0.0
    together = features.alike(whole, features.joined(parts))
    if together < max(needed, _TOGETHER):
        return 0.0
    return max(worth.get(cell, 0.0) for cell in cells) + together - needed


_LEAST = 0.33  # a pair is worth linking above this similarity
_PLACE = 0.175  # what standing at opposite ends of the gap costs
_NEAR = 0.05  # what a linked neighbour on either side adds
_KIND = 0.1  # what it costs that one of two is a heading
_SEEN = 0.1  # pairs less alike than this are not looked at again
_MOST = 12  # candidates of a statement in a large gap
_TURNS = 2  # in which links support each other


def solve(similarity: Similarity, gap: Gap) -> set[Pair]:
    """Order-keeping links within a gap, single ones, splits and merges."""
    i0, i1, j0, j1 = gap
    if i1 - i0 == j1 - j0 == 1:
        return _one_and_one(similarity, i0, j0)
    pairs = candidates(similarity, range(i0, i1), range(j0, j1), _MOST)
    alike = {pair: value for pair in pairs if (value := similarity.of(*pair)) >= _SEEN}
    plain = _worth_alone(similarity, alike, gap)
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
    blocks = list(split_and_merged(similarity, alike, worth, gap))
    if blocks:
        chain = heaviest_chain([*_links(worth), *blocks])
    links = [_pairs(block) for block in chain]
    return {
        pair for pairs in links if len(pairs) > 1 or not is_boilerplate_link(similarity, pairs[0]) for pair in pairs
    }


def _one_and_one(similarity: Similarity, i: int, j: int) -> set[Pair]:
    """The commonest gap by far, told at once: one statement on each side, both neighbours linked."""
    value = similarity.of(i, j)
    worth = (
        value - _LEAST - _KIND * (similarity.positions[0][i].heading != similarity.positions[1][j].heading) + 2 * _NEAR
    )
    linked = value >= _SEEN and worth > 0 and not is_boilerplate_link(similarity, (i, j))
    return {(i, j)} if linked else set()


def _worth_alone(similarity: Similarity, alike: Mapping[Pair, float], gap: Gap) -> dict[Pair, float]:
    """What linking each pair is worth without its neighbours, where these could make it worth something."""
    before, after = similarity.positions
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


def _links(worth: Mapping[Pair, float]) -> Iterator[LinkedRange]:
    return (LinkedRange(i, i + 1, j, j + 1, value) for (i, j), value in worth.items() if value > 0)


def _pairs(block: LinkedRange) -> list[Pair]:
    return [(i, j) for i in range(block.i0, block.i1) for j in range(block.j0, block.j1)]
