"""Align the statements in one gap: candidate pairs, splits and merges, and the heaviest chain of links.

Candidates share words; in large gaps they must share rare words. A split or merge links one statement with several
neighbours that together have its text. A short value alone between two anchors is linked by its place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import product
from typing import NamedTuple

from rapidfuzz.distance import Postfix, Prefix

from monitor.core.alignment.anchors import Gap, Pair, same_path
from monitor.core.alignment.rejection import is_boilerplate_link
from monitor.core.alignment.similarity import Form, Similarity, alike, joined, words_of
from monitor.core.diff.sequences import LinkedRange, heaviest_chain

_EVERY_PAIR = 4000  # gaps of no more pairs than this are compared in full
_VOTE = 10_000  # of a word that occurs in one statement
_COMMON = 64  # beyond that, a word that occurs in more statements than this proposes no pair
_ROUNDED = 1e-9  # what sums of fractions may be off
_LETTERS = 2  # of the longest word of a text without spaces
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
    where: defaultdict[str, list[int]] = defaultdict(list)
    for other in statements[1]:
        for term in _terms(similarity.form(sides[1], other)):
            where[term].append(other)
    rare = {term: (places, _VOTE // len(places)) for term, places in where.items() if len(places) <= _COMMON}
    for one in statements[0]:
        votes: defaultdict[int, int] = defaultdict(int)
        for term in _terms(similarity.form(sides[0], one)):
            places, vote = rare.get(term, _NOWHERE)
            for other in places:
                votes[other] += vote
        for other in nsmallest(most, votes, key=lambda other: (-votes[other], other)):
            yield one, other


def _terms(form: Form) -> frozenset[str]:
    """What a text is found by: its words; where they are single letters, as in Chinese, its letters as well."""
    return form.other if max(map(len, form.other), default=0) > _LETTERS else form.other | form.letters


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


_TOGETHER = 0.72  # how alike the parts must be to the whole when they are read as one
_RISE = 0.02  # how much more alike each part must make the whole
_RISE_APART = 0.12  # the same of a part that does not stand beside the others
_REACH = 3  # places from one part to the next, at most
_WORDS = 6  # a shorter statement is not taken apart
_WHOLE = 0.9  # the similarity from which nothing is missing


class Parts(NamedTuple):
    """The statements of a side that together say what one statement of the other says, and how alike they are to it."""

    places: tuple[int, ...]
    together: float
    read: Form


def split_and_merged(
    similarity: Similarity,
    found: Mapping[Pair, float],
    worth: Mapping[Pair, float],
    free: tuple[Collection[int], Collection[int]],
) -> Iterator[tuple[LinkedRange, list[Pair]]]:
    """Links of one statement with several `free` ones, given the pairs' similarity and worth (0 if missing).

    The parts grow from the one that is most alike. They need not stand together: another statement may have been put
    between them.
    """
    for side in (1, 0):
        of_whole: defaultdict[int, dict[int, float]] = defaultdict(dict)
        for pair, value in found.items():
            of_whole[pair[1 - side]][pair[side]] = value
        for at, alone in sorted(of_whole.items()):
            parts = _grown(similarity, (1 - side, at), alone, free[side])
            cells = [(at, k) if side else (k, at) for k in parts.places]
            if len(cells) > 1 and parts.together >= _TOGETHER:
                gain = parts.together - max(alone.values()) - _RISE * (len(cells) - 1)
                value = max(0.0, *(worth.get(cell, 0.0) for cell in cells)) + gain
                yield LinkedRange(cells[0][0], cells[-1][0] + 1, cells[0][1], cells[-1][1] + 1, value), cells


def _grown(
    similarity: Similarity, whole_at: tuple[int, int], alone: Mapping[int, float], free: Collection[int]
) -> Parts:
    """The parts of a whole among the statements that are like it `alone`."""
    side, at = whole_at
    first = max(alone, key=lambda k: (alone[k], -k))
    whole, parts = similarity.form(side, at), Parts((first,), alone[first], similarity.form(1 - side, first))
    if parts.together >= _WHOLE or not _WORDS <= len(whole.code) > len(parts.read.code):
        return parts
    while True:
        low, high = parts.places[0], parts.places[-1]
        for near, rise in (
            ((low - 1, high + 1), _RISE),
            ((*range(low - _REACH, low), *range(high + 1, high + _REACH + 1)), _RISE_APART),
        ):
            least = parts.together + rise
            tried = [_with_part(whole, parts, similarity.form(1 - side, k), k, least) for k in near if k in free]
            best = max(tried, key=lambda more: more.together, default=parts)
            if best.together >= least:
                parts = best
                break
        else:
            return parts


def _with_part(whole: Form, parts: Parts, more: Form, k: int, least: float) -> Parts:
    """The parts with one `more`, which stands at `k`; 0 alike if that is less than `least`."""
    size = len(parts.read.code) + len(more.code)
    # What brings no new word makes nothing more alike, and what is much longer than the whole is not like it.
    if 2 * len(whole.code) < least * (len(whole.code) + size) or whole.other & more.other <= parts.read.other:
        return parts._replace(together=0.0)
    if k < parts.places[0]:
        places, read = (k, *parts.places), joined([more, parts.read])
    else:
        places, read = (*parts.places, k), joined([parts.read, more])
    return Parts(places, alike(whole, read, least), read)


_LEAST = 0.39  # a pair is worth linking above this similarity
_PLACE = 0.15  # what standing at opposite ends of the gap costs
_NEAR = 0.06  # what a linked neighbour on either side adds
_SHORT = 0.15  # what it costs that the shorter of two has one word; of more words, each costs its part
_KIND = 0.1  # what it costs that one of two is a heading
_SEEN = 0.2  # pairs less alike than this are not looked at again
_MOST = 12  # candidates of a statement in a large gap


def solve(similarity: Similarity, gap: Gap, settled: tuple[Collection[int], Collection[int]]) -> set[Pair]:
    """Order-keeping links within a gap, single ones, splits and merges; `settled` statements are linked elsewhere."""
    i0, i1, j0, j1 = gap
    free = [i for i in range(i0, i1) if i not in settled[0]], [j for j in range(j0, j1) if j not in settled[1]]
    if i1 - i0 == j1 - j0 == len(free[0]) == len(free[1]) == 1:
        return _one_and_one(similarity, i0, j0)
    pairs = candidates(similarity, *free, _MOST)
    found = {pair: value for pair in pairs if (value := similarity.of(*pair, _SEEN)) >= _SEEN}
    plain = _worth_alone(similarity, found, gap)
    chain = heaviest_chain(_links(plain))
    linked = {(block.i0, block.j0) for block in chain} | {(i0 - 1, j0 - 1), (i1, j1)}
    worth = {
        (i, j): value + _NEAR * (((i - 1, j - 1) in linked) + ((i + 1, j + 1) in linked))
        for (i, j), value in plain.items()
    }
    several = dict(split_and_merged(similarity, found, worth, (set(free[0]), set(free[1]))))
    links: set[Pair] = set()
    for block in heaviest_chain([*_links(worth), *several]):
        pair = block.i0, block.j0
        if block in several:
            links.update(several[block])
        elif not is_boilerplate_link(similarity, pair):
            links.add(pair)
    return links


def _one_and_one(similarity: Similarity, i: int, j: int) -> set[Pair]:
    """The commonest gap by far, told at once: one statement on each side, both neighbours linked."""
    value = similarity.of(i, j)
    linked = _worth_of(similarity, value, i, j) > -2 * _NEAR and not is_boilerplate_link(similarity, (i, j))
    return {(i, j)} if linked or _same_place(similarity, i, j) or _same_letters(similarity, i, j) else set()


def _worth_of(similarity: Similarity, value: float, i: int, j: int) -> float:
    """What linking a pair of this similarity is worth wherever it stands."""
    worth = value - _LEAST - _SHORT / min(len(similarity.form(0, i).code), len(similarity.form(1, j).code))
    return worth - _KIND if similarity.positions[0][i].heading != similarity.positions[1][j].heading else worth


def _worth_alone(similarity: Similarity, found: Mapping[Pair, float], gap: Gap) -> dict[Pair, float]:
    """What linking each pair is worth without its neighbours, where these could make it worth something."""
    i0, i1, j0, j1 = gap
    # How far down the gap each statement stands, measured on its own side: 0..1.
    down_before = [(i - i0 + 0.5) / (i1 - i0) for i in range(i0, i1)]
    down_after = [(j - j0 + 0.5) / (j1 - j0) for j in range(j0, j1)]
    plain = {}
    for (i, j), value in found.items():
        if value > _LEAST - 2 * _NEAR:
            down = abs(down_before[i - i0] - down_after[j - j0])
            plain[i, j] = _worth_of(similarity, value, i, j) - _PLACE * down
    return plain


def _links(worth: Mapping[Pair, float]) -> Iterator[LinkedRange]:
    return (LinkedRange(i, i + 1, j, j + 1, value) for (i, j), value in worth.items() if value > 0)


_PLAIN = 3  # words of a value besides figures, at most
_LONGEST = 60  # characters of a value, at most
_SPELT = 0.6  # of the characters of a short text that stay where a word is spelt otherwise
_SENTENCE = re.compile(r"\S\s.*[.!?…।]$|[。！？]$")


def _same_letters(similarity: Similarity, i: int, j: int) -> bool:
    """Whether only one word of a short text is spelt otherwise, and most of its characters stayed: `The ends.`

    `i` and `j` are the only statements between their neighbours.
    """
    one, other = (similarity.keys[side][at] for side, at in ((0, i), (1, j)))
    if max(len(one), len(other)) > _LONGEST or similarity.positions[0][i].key:
        return False
    begins = Prefix.similarity(one, other)
    ends = Postfix.similarity(one[begins:], other[begins:])
    inside = one[begins : len(one) - ends] + other[begins : len(other) - ends]
    return inside.isalpha() and begins + ends >= _SPELT * max(len(one), len(other))


def _same_place(similarity: Similarity, i: int, j: int) -> bool:
    """Whether two values are of one kind and the only statements between their neighbours, one of which there must be.

    Fields of the same path are of one kind. Names in a list of names are not: there, one person has taken the place of
    another. Nor are rows: they have a key.
    """
    if similarity.positions[0][i].key or similarity.positions[1][j].key:
        return same_path(similarity, i, j)
    kinds = [_kind(similarity.texts[side][at]) for side, at in ((0, i), (1, j))]
    positions = similarity.positions[0][i], similarity.positions[1][j]
    if not kinds[0] or kinds[0] != kinds[1] or positions[0].heading != positions[1].heading:
        return False
    if positions[0].row and "|" in similarity.keys[0][i]:
        return False
    around = [*_neighbours(similarity, 0, i), *_neighbours(similarity, 1, j)]
    return bool(around) and not (kinds[0] == "name" and "name" in map(_kind, around))


def _neighbours(similarity: Similarity, side: int, at: int) -> list[str]:
    texts = similarity.texts[side]
    return [*texts[max(0, at - 1) : at], *texts[at + 1 : at + 2]]


def _kind(text: str) -> str:
    """`figure`, `name` (two capitalised words or more) or `words`; `""` of what is no short value."""
    if len(text) > _LONGEST or _SENTENCE.search(text):
        return ""
    words = words_of(text)
    plain = [word for word in words if not any(map(str.isdecimal, word))]
    if len(plain) > _PLAIN:
        return ""
    if len(plain) < len(words):
        return "figure"
    return "name" if len(words) > 1 and all(word[0].isupper() for word in words) else "words"
