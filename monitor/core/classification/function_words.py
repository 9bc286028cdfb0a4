"""Small words that look like grammar and say something: labels, `and/or`, `a few`, `to 5 May`, `was sued`.

Most small words may come and go (see `grammar`). These may not, where they stand.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.classification.compare import Comparison, Side
from monitor.core.classification.grammar import is_small

CHOICES = frozenset({"or", "oder", "ou", "o", "u", "and", "und", "et", "y", "e"})
_ALTERNATIVES = frozenset({"or", "oder", "ou", "o", "u"})
_NOT_WITHIN = frozenset({"upon", "on", "at", "to", "into", "onto"})
_FEW = frozenset({"few", "little"})
_ALIKE_IN_TIME = frozenset({"in", "on", "at", "within", "of"})
_PARTICIPLES = frozenset({"bought", "brought", "built", "caught", "cut", "fed", "found", "held", "hit", "hurt"})
_PARTICIPLES |= {"known", "led", "left", "lost", "made", "met", "paid", "sent", "shot", "shown", "sold", "told"}
_SHORTEST = 4  # letters of a participle in -ed


def why_it_tells(comparison: Comparison, removed: list[int], added: list[int]) -> str:
    """Why words that look like small ones say something: labels, and small words that bind or count."""
    for side, part, cells in zip(comparison.sides, (removed, added), comparison.columns, strict=True):
        if any(_is_label(side, index) or range(index, index + 1) in cells for index in part):
            return "label"
        if any(_counts_few(side, index) for index in part):
            return "number"
    before, after = (
        {side.keys[i] for i in part} for side, part in zip(comparison.sides, (removed, added), strict=True)
    )
    if "que" in before ^ after and any(key == "ne" or key.startswith("n'") for key in comparison.before.keys):
        return "restriction"  # il ne paie que le loyer
    if (before | after) & CHOICES and any(map(_joins_choice, comparison.sides, (removed, added))):
        return "and/or"
    if comparison.words.language == "en" and (reason := _of_english(comparison, removed, added)):
        return reason
    return "preposition" if "within" in before ^ after and (before ^ after) & _NOT_WITHIN else ""


def _of_english(comparison: Comparison, removed: list[int], added: list[int]) -> str:
    """Why one small English word that came, went or was replaced says something where it stands."""
    if max(len(removed), len(added)) > 1:
        return ""
    old = comparison.before.keys[removed[0]] if removed else ""
    new = comparison.after.keys[added[0]] if added else ""
    side, index = (comparison.before, removed[0]) if removed else (comparison.after, added[0])
    ahead = side.keys[index - 1] if index else ""
    following = side.keys[index + 1] if index + 1 < len(side.keys) else ""
    words = comparison.words
    prepositions, be = words.set("function.prepositions"), words.set("grammar.passive") - {"am"}  # 9 am
    if old in prepositions and new in prepositions:
        # open on 5 May, open to 5 May; fell by 5, fell from 5
        told = following[:1].isdigit() or following in words.groups("dates.months")
        told = told or following.removesuffix("s") in words.groups("dates.weekdays")
        return "preposition" if told and not {old, new} <= _ALIKE_IN_TIME else ""
    word = old or new
    if old and new:
        return ""
    if word in prepositions and ahead in be:
        return "preposition"  # the fee is for members
    if word in be and ahead[:1].isalpha() and not is_small(ahead, words) and _is_participle(following):
        if side.changed[index + 1]:
            return ""
        modals = words.set("modality.modals", "function.auxiliaries", "attribution.adverbs")
        return "" if ahead in modals or ahead.endswith("ly") else "voice"  # the bank was sued
    return ""


def _is_participle(key: str) -> bool:
    return key in _PARTICIPLES or (len(key) >= _SHORTEST and key.endswith("ed"))


def _is_label(side: Side, index: int) -> bool:
    """Whether a single letter is joined to a number (`12a`) or a capital behind a word (`vitamin A`)."""
    word = side.words[index]
    if len(word) != 1 or not word.isalpha() or not index:
        return False
    ahead = side.keys[index - 1]
    if not side.spaced(index):
        return ahead[0].isdigit()
    following = side.words[index + 1] if index + 1 < len(side.words) else ""
    return word.isupper() and word != "I" and ahead[0].isalpha() and not following[:1].isupper()


def _counts_few(side: Side, index: int) -> bool:
    """Whether an article makes some of hardly any: `few`, `a few`."""
    return side.keys[index] == "a" and side.keys[index + 1 : index + 2] != [] and side.keys[index + 1] in _FEW


def _joins_choice(side: Side, part: Sequence[int]) -> bool:
    """Whether a changed `and` or `or` stands in an `and/or`."""
    keys = side.keys
    return any(
        keys[i] in CHOICES
        and (
            (keys[i + 1 : i + 2] == ["/"] and keys[i + 2 : i + 3] != [] and keys[i + 2] in _ALTERNATIVES)
            or (i > 1 and keys[i - 1] == "/" and keys[i - 2] in CHOICES)
        )
        for i in part
    )
