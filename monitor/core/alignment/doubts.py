"""Doubtful links that nothing else speaks for: a word or two in common is what chance gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from monitor.core.alignment.anchors import Pair
from monitor.core.alignment.likeness import Likeness

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
