"""Reject two kinds of wrong links: boilerplate links and chance links.

A boilerplate link joins lines that share only what their neighbours share too: `Mia Bloom, Founder of Dexter` is no
revision of `Li Wei, Founder of Baidou`. Chance links are those of versions that have nothing to do with each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from monitor.core.alignment.anchors import Pair, same_key
from monitor.core.alignment.similarity import Form, Similarity, alike, form_of

NEARBY = 3
"""Statements to either side that are looked at; lines of the same boilerplate stand together."""

_SURE = 0.8  # the similarity from which no link is doubted
_LINE = 8  # words of a line of boilerplate, at most
_BOILERPLATE = 0.25  # the similarity of neighbours that are lines of the same boilerplate
_NEARLY = 0.2  # how much less like their neighbours such statements may be
_FEW = 4  # of so many neighbours, one may have a word that is a statement's own nevertheless


def is_boilerplate_link(similarity: Similarity, pair: Pair) -> bool:
    """Whether what the two statements share is what their neighbours share as well.

    Each has words that hardly any neighbour has, they share none of these, and both are like a neighbour.
    """
    value = similarity.of(*pair)
    forms = [similarity.form(side, at) for side, at in enumerate(pair)]
    if value >= _SURE or max(len(form.code) for form in forms) > _LINE or same_key(similarity, *pair):
        return False
    around = [_around(similarity, side, at) for side, at in enumerate(pair)]
    own = [_own_words(form, others) for form, others in zip(forms, around, strict=True)]
    if not all(own) or own[0] & own[1]:
        return False
    needed = max(_BOILERPLATE, value - _NEARLY)
    return all(
        any(alike(form, other, needed) >= needed for other in others)
        for form, others in zip(forms, around, strict=True)
    )


def _around(similarity: Similarity, side: int, at: int) -> list[Form]:
    """The other texts nearby on the statement's own side."""
    keys = similarity.keys[side]
    return [form_of(key) for key in {*keys[max(0, at - NEARBY) : at + NEARBY + 1]} - {keys[at]}]


def _own_words(form: Form, around: Collection[Form]) -> set[str]:
    """The words of a statement that hardly any of the texts around has."""
    held = Counter(word for other in around for word in other.other & form.other)
    return {word for word in form.other if held[word] * _FEW <= len(around)}


_WEAK = 0.6  # the similarity below which a link of two single statements is doubted
_UNRELATED = 0.15  # of the shorter version: where fewer of its statements found another, it was rewritten


def without_chance_links(similarity: Similarity, links: Collection[Pair], equal: int) -> set[Pair]:
    """The links without those that chance would make; `equal` statements at the ends are the same besides.

    Where hardly any statement found another, the two versions have nothing to do with each other, and no link of two
    single statements that are little alike is believed.
    """
    of_before, of_after = Counter(i for i, _ in links), Counter(j for _, j in links)
    shorter = min(map(len, similarity.keys)) + equal
    if min(len(of_before), len(of_after)) + equal >= _UNRELATED * shorter:
        return set(links)
    return {(i, j) for i, j in links if not of_before[i] == of_after[j] == 1 or similarity.of(i, j) >= _WEAK}
