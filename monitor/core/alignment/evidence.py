"""Why a link was made, in words; only links whose texts differ have more to say than that they are the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from monitor.core.alignment.anchors import Pair
from monitor.core.alignment.likeness import Likeness
from monitor.core.alignment.matches import Group
from monitor.core.alignment.rejection import SURE, share_their_own
from monitor.core.alignment.similarity import Lexicon

SAME_TEXT = ("same text",)
_DIGIT = re.compile(r"\d")


def explain(likeness: Likeness, group: Group, links: set[Pair]) -> tuple[float, tuple[str, ...]]:
    """The similarity of the two sides, each read as one text, and the reasons."""
    before, after = group
    single = len(before) == len(after) == 1
    if single and likeness.keys[0][before[0]] == likeness.keys[1][after[0]]:
        return 1.0, _of_same_text(likeness, before[0], after[0])
    texts = [[keys[at] for at in side] for keys, side in zip(likeness.keys, group, strict=True)]
    words = [[*chain.from_iterable(map(likeness.lexicon.words, side))] for side in texts]
    reasons = [_shared(*words), *_of_numbers(texts, words)]
    if single:
        similarity = likeness.of(before[0], after[0])
        reasons += _doubted(likeness, before[0], after[0])
    else:
        similarity = _together(likeness.lexicon, texts)
        reasons.append("together they say what the one says")
    if (before[0] - 1, after[0] - 1) in links or (before[-1] + 1, after[-1] + 1) in links:
        reasons.append("neighbours linked")
    return similarity, tuple(reasons)


def _of_same_text(likeness: Likeness, i: int, j: int) -> tuple[str, ...]:
    """A text that stands more than once is known by its section as well."""
    if likeness.keys[0][i] not in likeness.repeated:
        return SAME_TEXT
    section = likeness.places[0][i].section
    if section and section == likeness.places[1][j].section:
        return (*SAME_TEXT, "under the same heading")
    return SAME_TEXT


def _doubted(likeness: Likeness, i: int, j: int) -> Iterator[str]:
    """What was weighed for and against a link of texts that differ."""
    if likeness.of(i, j) < SURE and share_their_own(likeness, (i, j)):
        yield "share words that hardly a line nearby has"
    if likeness.places[0][i].heading != likeness.places[1][j].heading:
        yield "one is a heading, the other is not"


def _shared(before: list[str], after: list[str]) -> str:
    if before == after:
        return "same words"
    one, other = set(before), set(after)
    # Counts are asked for only where both say a word more than once.
    once = len(one) == len(before) or len(other) == len(after)
    common = len(one & other) if once else (Counter(before) & Counter(after)).total()
    return f"{common} of {max(len(before), len(after))} words shared"


def _of_numbers(texts: Sequence[Sequence[str]], words: Sequence[Sequence[str]]) -> Iterator[str]:
    if any(map(_DIGIT.search, chain.from_iterable(texts))):
        before, after = (sorted(filter(_is_number, side)) for side in words)
        if before or after:
            yield "numbers agree" if before == after else "numbers differ"


def _is_number(word: str) -> bool:
    return word[:1].isdecimal()


def _together(lexicon: Lexicon, texts: Sequence[Sequence[str]]) -> float:
    one, other = (lexicon.joined([*map(lexicon.form, side)]) for side in texts)
    return lexicon.alike(one, other)
