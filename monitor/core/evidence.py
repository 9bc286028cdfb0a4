"""Why a link was made, in words; only links whose texts differ have more to say than that they are the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from monitor.core.anchors import Pair
from monitor.core.likeness import Likeness
from monitor.core.matches import Group, Indices

SAME_TEXT = ("same text",)


def explain(likeness: Likeness, group: Group, links: set[Pair]) -> tuple[float, tuple[str, ...]]:
    """The similarity of the two sides, each read as one text, and the reasons."""
    before, after = group
    single = len(before) == len(after) == 1
    if single and likeness.keys[0][before[0]] == likeness.keys[1][after[0]]:
        return 1.0, SAME_TEXT
    words = [
        [word for at in side for word in likeness.lexicon.words(keys[at])] for keys, side in _sides(likeness, group)
    ]
    reasons = [_shared(*words)]
    numbers = [sorted(filter(_is_number, side)) for side in words]
    if numbers[0] or numbers[1]:
        reasons.append("numbers agree" if numbers[0] == numbers[1] else "numbers differ")
    if not single:
        reasons.append("together they say what the one says")
    if (before[0] - 1, after[0] - 1) in links or (before[-1] + 1, after[-1] + 1) in links:
        reasons.append("neighbours linked")
    return likeness.of(before[0], after[0]) if single else _together(likeness, group), tuple(reasons)


def _sides(likeness: Likeness, group: Group) -> Iterator[tuple[Sequence[str], Indices]]:
    return zip(likeness.keys, group, strict=True)


def _shared(before: list[str], after: list[str]) -> str:
    if before == after:
        return "same words"
    return f"{(Counter(before) & Counter(after)).total()} of {max(len(before), len(after))} words shared"


def _is_number(word: str) -> bool:
    return word[:1].isdecimal()


def _together(likeness: Likeness, group: Group) -> float:
    lexicon = likeness.lexicon
    one, other = (lexicon.joined([lexicon.form(keys[at]) for at in side]) for keys, side in _sides(likeness, group))
    return lexicon.alike(one, other)
