"""Reject two kinds of wrong links: boilerplate links and chance links.

A boilerplate link joins statements that share only what their neighbours share too: `Mia Bloom, Founder of Dexter` is
no revision of `Li Wei, Founder of Baidou`. A chance link has only a word or two in common and no linked neighbour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from monitor.core.alignment.anchors import Pair
from monitor.core.alignment.similarity import Similarity

NEARBY = 8
"""Statements to either side that are looked at; lines of the same boilerplate stand together."""

SURE = 0.8
"""The similarity from which no link is doubted."""

_SURE = 0.6  # the same where the two have something of their own in common
_BOILERPLATE = 0.4  # the similarity of neighbours that are lines of the same boilerplate
_SHORT_BOILERPLATE = 0.25  # the same of short ones, most of which is boilerplate
_LINE = 8  # words of a short one, at most
_FEW = 4  # of so many neighbours, one may have a word that is a statement's own nevertheless
_NEARLY = 0.2  # how much less like their neighbours such statements may be


def is_boilerplate_link(similarity: Similarity, pair: Pair) -> bool:
    """Whether what the two statements share is what their neighbours share as well."""
    value = similarity.of(*pair)
    if value >= SURE:
        return False
    needed = value
    if _share_nothing_distinctive(similarity, pair):
        boilerplate = _SHORT_BOILERPLATE if _short(similarity, pair) else _BOILERPLATE
        needed = min(value, max(boilerplate, value - _NEARLY))
    elif value >= _SURE:
        return False
    return all(_like_neighbours(similarity, side, at, needed) for side, at in enumerate(pair))


def share_distinctive_word(similarity: Similarity, pair: Pair) -> bool:
    """Whether the two have a word in common that hardly any neighbour of either has."""
    found = similarity.share_distinctive_word.get(pair)
    if found is None:
        found = similarity.share_distinctive_word[pair] = _share_distinctive_word(similarity, pair)
    return found


def _share_distinctive_word(similarity: Similarity, pair: Pair) -> bool:
    i, j = pair
    before, after = similarity.keys
    common = similarity.features.word_set(before[i]) & similarity.features.word_set(after[j])
    if not common:
        return False
    around = _words_around(similarity, 0, i), _words_around(similarity, 1, j)
    # Long words first: they are rarely everybody's.
    return any(
        _is_distinctive(word, around[0]) and _is_distinctive(word, around[1])
        for word in sorted(common, key=len, reverse=True)
    )


def _short(similarity: Similarity, pair: Pair) -> bool:
    words = similarity.features.words
    return all(len(words(keys[at])) <= _LINE for keys, at in zip(similarity.keys, pair, strict=True))


def _around(similarity: Similarity, side: int, at: int) -> set[str]:
    """The other texts nearby on the statement's own side."""
    keys = similarity.keys[side]
    return {*keys[max(0, at - NEARBY) : at + NEARBY + 1]} - {keys[at]}


def _words_around(similarity: Similarity, side: int, at: int) -> list[frozenset[str]]:
    """The words of each of these."""
    return [*map(similarity.features.word_set, _around(similarity, side, at))]


def _is_distinctive(word: str, around: Sequence[frozenset[str]]) -> bool:
    """Whether hardly any of the texts around has the word."""
    return sum([word in words for words in around]) * _FEW <= len(around)


def _like_neighbours(similarity: Similarity, side: int, at: int, needed: float) -> bool:
    """Whether the statement is so much like one of its neighbours on its own side."""
    features = similarity.features
    form = features.form(similarity.keys[side][at])
    return any(features.alike(form, features.form(key)) >= needed for key in _around(similarity, side, at))


def _share_nothing_distinctive(similarity: Similarity, pair: Pair) -> bool:
    """Whether both have words that hardly any neighbour has, and share none of these."""
    return not share_distinctive_word(similarity, pair) and all(
        _has_distinctive_word(similarity, side, at) for side, at in enumerate(pair)
    )


def _has_distinctive_word(similarity: Similarity, side: int, at: int) -> bool:
    around = _words_around(similarity, side, at)
    return any(_is_distinctive(word, around) for word in similarity.features.word_set(similarity.keys[side][at]))


WEAK = 0.6
"""The similarity below which a link of two single statements is doubted."""

_FEW_WORDS = 3  # words in common, or fewer, prove nothing by themselves
_UNRELATED = 0.15  # of the shorter version: where fewer of its statements found another, it was rewritten


def without_chance_links(similarity: Similarity, links: Collection[Pair], equal: int) -> set[Pair]:
    """The links without those that chance would make; `equal` statements at the ends are the same besides.

    A doubtful link of a few words in common needs a linked neighbour. Where hardly any statement found another, the
    two versions have nothing to do with each other, and no doubtful link is believed.
    """
    weak = _weak_links(similarity, links)
    if not weak:
        return set(links)
    shorter = min(map(len, similarity.keys)) + equal
    if min(len({i for i, _ in links}), len({j for _, j in links})) + equal < _UNRELATED * shorter:
        return set(links).difference(weak)
    size = (len(similarity.keys[0]), len(similarity.keys[1]))
    known = {*links, (-1, -1), size}
    return {
        (i, j)
        for i, j in links
        if (i, j) not in weak
        or (i - 1, j - 1) in known
        or (i + 1, j + 1) in known
        or not _shares_few_words(similarity, (i, j))
    }


def _weak_links(similarity: Similarity, links: Collection[Pair]) -> set[Pair]:
    """Links of single statements that are not much alike; splits and merges were tried as a whole."""
    of_before, of_after = Counter(i for i, _ in links), Counter(j for _, j in links)
    return {(i, j) for i, j in links if of_before[i] == of_after[j] == 1 and similarity.of(i, j) < WEAK}


def _shares_few_words(similarity: Similarity, pair: Pair) -> bool:
    words = [Counter(similarity.features.words(keys[at])) for keys, at in zip(similarity.keys, pair, strict=True)]
    return (words[0] & words[1]).total() <= _FEW_WORDS
