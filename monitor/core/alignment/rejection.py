"""Doubtful links that nothing else speaks for: a word or two in common is what chance gives.

Links that rest on a template alone: `Mia Bloom, Founder of Dexter` is no revision of `Li Wei, Founder of Baidou`.

Where each of two statements is as much like its own neighbours as it is like the other, what they share is what the
lines around share too, and says nothing of the two being the same. Nearly as much like them is enough where what each
has to itself, above all names and figures, is nowhere in the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from monitor.core.alignment.anchors import Pair
from monitor.core.alignment.similarity import Likeness

NEARBY = 8
"""Statements to either side that are looked at; lines of one template stand together."""

SURE = 0.8
"""The likeness from which no link is doubted."""

_SURE = 0.6  # the same where the two have something of their own in common
_TEMPLATE = 0.4  # the likeness of neighbours that are lines of one template
_TEMPLATE_OF_LINES = 0.25  # the same of short ones, of which a template takes most
_LINE = 8  # words of a short one, at most
_FEW = 4  # of so many neighbours, one may have a word that is a statement's own nevertheless
_NEARLY = 0.2  # how much less like their neighbours such statements may be


def rests_on_template(likeness: Likeness, pair: Pair) -> bool:
    """Whether what the two statements share is what their neighbours share as well."""
    value = likeness.of(*pair)
    if value >= SURE:
        return False
    needed = value
    if _nothing_of_their_own(likeness, pair):
        template = _TEMPLATE_OF_LINES if _short(likeness, pair) else _TEMPLATE
        needed = min(value, max(template, value - _NEARLY))
    elif value >= _SURE:
        return False
    return all(_like_neighbours(likeness, side, at, needed) for side, at in enumerate(pair))


def share_their_own(likeness: Likeness, pair: Pair) -> bool:
    """Whether the two have a word in common that hardly any neighbour of either has."""
    found = likeness.share_their_own.get(pair)
    if found is None:
        found = likeness.share_their_own[pair] = _share_their_own(likeness, pair)
    return found


def _share_their_own(likeness: Likeness, pair: Pair) -> bool:
    i, j = pair
    before, after = likeness.keys
    common = likeness.lexicon.word_set(before[i]) & likeness.lexicon.word_set(after[j])
    if not common:
        return False
    around = _words_around(likeness, 0, i), _words_around(likeness, 1, j)
    # Long words first: they are seldom everybody's.
    return any(_own(word, around[0]) and _own(word, around[1]) for word in sorted(common, key=len, reverse=True))


def _short(likeness: Likeness, pair: Pair) -> bool:
    words = likeness.lexicon.words
    return all(len(words(keys[at])) <= _LINE for keys, at in zip(likeness.keys, pair, strict=True))


def _around(likeness: Likeness, side: int, at: int) -> set[str]:
    """The other texts nearby on the statement's own side."""
    keys = likeness.keys[side]
    return {*keys[max(0, at - NEARBY) : at + NEARBY + 1]} - {keys[at]}


def _words_around(likeness: Likeness, side: int, at: int) -> list[frozenset[str]]:
    """The words of each of these."""
    return [*map(likeness.lexicon.word_set, _around(likeness, side, at))]


def _own(word: str, around: Sequence[frozenset[str]]) -> bool:
    """Whether hardly any of the texts around has the word."""
    return sum([word in words for words in around]) * _FEW <= len(around)


def _like_neighbours(likeness: Likeness, side: int, at: int, needed: float) -> bool:
    """Whether the statement is so much like one of its neighbours on its own side."""
    lexicon = likeness.lexicon
    form = lexicon.form(likeness.keys[side][at])
    return any(lexicon.alike(form, lexicon.form(key)) >= needed for key in _around(likeness, side, at))


def _nothing_of_their_own(likeness: Likeness, pair: Pair) -> bool:
    """Whether both have words that hardly any neighbour has, and share none of these."""
    return not share_their_own(likeness, pair) and all(_has_own(likeness, side, at) for side, at in enumerate(pair))


def _has_own(likeness: Likeness, side: int, at: int) -> bool:
    around = _words_around(likeness, side, at)
    return any(_own(word, around) for word in likeness.lexicon.word_set(likeness.keys[side][at]))


DOUBTFUL = 0.6
"""The likeness below which a link of two single statements is doubted."""

_THIN = 3  # words in common, or fewer, prove nothing by themselves
_STRANGERS = 0.15  # of the shorter version: where fewer of its statements found another, it was written anew


def without_chance(likeness: Likeness, links: Collection[Pair], equal: int) -> set[Pair]:
    """The links without those that chance would make; `equal` statements at the ends are the same besides.

    A doubtful link of a few words in common needs a linked neighbour. Where hardly any statement found another, the
    two versions have nothing to do with each other, and no doubtful link is believed.
    """
    doubted = _doubtful(likeness, links)
    if not doubted:
        return set(links)
    shorter = min(map(len, likeness.keys)) + equal
    if min(len({i for i, _ in links}), len({j for _, j in links})) + equal < _STRANGERS * shorter:
        return set(links).difference(doubted)
    size = (len(likeness.keys[0]), len(likeness.keys[1]))
    known = {*links, (-1, -1), size}
    return {
        (i, j)
        for i, j in links
        if (i, j) not in doubted or (i - 1, j - 1) in known or (i + 1, j + 1) in known or not _thin(likeness, (i, j))
    }


def _doubtful(likeness: Likeness, links: Collection[Pair]) -> set[Pair]:
    """Links of single statements that are not much alike; splits and merges were tried as a whole."""
    of_before, of_after = Counter(i for i, _ in links), Counter(j for _, j in links)
    return {(i, j) for i, j in links if of_before[i] == of_after[j] == 1 and likeness.of(i, j) < DOUBTFUL}


def _thin(likeness: Likeness, pair: Pair) -> bool:
    words = [Counter(likeness.lexicon.words(keys[at])) for keys, at in zip(likeness.keys, pair, strict=True)]
    return (words[0] & words[1]).total() <= _THIN
