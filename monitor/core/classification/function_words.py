"""Small words that look like grammar and say something: labels, `and/or`, `a few`, `to 5 May`, `was sued`.

Most small words may come and go (see `grammar`). These may not, where they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from monitor.core.classification.compare import Comparison, Side
from monitor.core.classification.grammar import agrees, is_alike, is_small
from monitor.core.text.words import Words, known_words, words_for

CHOICES = frozenset({"or", "oder", "ou", "o", "u", "and", "und", "et", "y", "e"})
_ALTERNATIVES = frozenset({"or", "oder", "ou", "o", "u"})
_NOT_WITHIN = frozenset({"upon", "on", "at", "to", "into", "onto"})
_FEW = frozenset({"few", "little"})
_ALIKE_IN_TIME = frozenset({"in", "on", "at", "of"})
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
    if counts_other(comparison, removed, added):
        return "number"
    if max(len(removed), len(added)) == 1 and (reason := _of_one_word(comparison, removed, added)):
        return reason
    return "preposition" if "within" in before ^ after and (before ^ after) & _NOT_WITHIN else ""


def _of_one_word(comparison: Comparison, removed: list[int], added: list[int]) -> str:
    """Why one small word that came, went or was replaced says something where it stands."""
    if removed and added:
        return _of_two(comparison, removed[0], comparison.before.keys[removed[0]], comparison.after.keys[added[0]])
    if comparison.words.language != "en":
        return ""
    return _of_one(comparison, *((comparison.before, removed[0]) if removed else (comparison.after, added[0])))


def _of_two(comparison: Comparison, index: int, old: str, new: str) -> str:
    """Why one small word for another says something where it stands; `index` is that of the old one."""
    words, following = comparison.words, "".join(comparison.before.keys[index + 1 : index + 2])
    lines = {word: number for number, line in enumerate(words.lines("grammar.apart")) for word in line}
    if old in lines and new in lines and lines[old] != lines[new]:
        return "determiner"
    if {old, new} == {"a", "the"} and following in words.groups("units.names"):
        return "number"  # within a month, within the month
    if words.language != "en":
        articles = words.set("function.articles", "grammar.contracted")
        return "article" if old in articles and new in articles and not is_alike(old, new, words) else ""
    prepositions = words.set("function.prepositions")
    if old in prepositions and new in prepositions and not is_alike(old, new, words):
        return "" if corrects_preposition(comparison, index, old, new) else "preposition"
    return ""


def corrects_preposition(comparison: Comparison, index: int, old: str, new: str) -> bool:
    """Whether only one of two English prepositions can stand at `index`: behind `depends`, in front of a day."""
    words, keys = comparison.words, comparison.before.keys
    following = keys[index + 1] if index + 1 < len(keys) else ""
    told = following[:1].isdigit() or following in words.groups("dates.months")
    day = following if following != "the" else "".join(keys[index + 2 : index + 3])
    if told or day.removesuffix("s") in words.groups("dates.weekdays"):
        return {old, new} <= _ALIKE_IN_TIME
    fixed = _fixed(words.language).get(keys[index - 1] if index else "", "").split()
    return old in fixed or new in fixed


def is_binding(comparison: Comparison) -> bool:
    """Whether the sentence says on both sides that somebody has to, or may, do something."""
    binding = comparison.words.set("modality.binding")
    return not any(binding.isdisjoint(side.keys) for side in comparison.sides)


def _is_command(side: Side, words: Words) -> bool:
    """Whether an English sentence begins with a verb and a determiner: `Close the door`. It obliges, too."""
    if words.language != "en" or len(side.keys) < 3 or side.keys[1] not in words.set("grammar.determiners"):
        return False
    others = words.set("function.weighty", "function.prepositions", "function.connectives") | {"like"}
    verb = side.keys[0]
    return verb not in others and any(f"{stem}ing" in known_words() for stem in (verb, verb.removesuffix("e")))


def _changes_owners(comparison: Comparison, removed: Sequence[int], added: Sequence[int]) -> bool:
    """Whether one owner became several, or the other way round: `the landlord's keys`, `the landlords' keys`."""
    sides = zip(comparison.sides, (removed[0], added[0]), strict=True)
    (one, own), (several, many) = sorted(
        ("'" in side.keys[i + 1 : i + 2] and not side.spaced(i + 1), side.keys[i]) for side, i in sides
    )
    ahead = comparison.before.keys[removed[0] - 1] if removed[0] else ""
    if one or not several or ahead in comparison.words.set("grammar.counting") or ahead[:1].isdigit():
        return False
    return own == f"{many[:-1]}'s" and many in known_words() and many != "others"


def counts_other(comparison: Comparison, removed: Sequence[int], added: Sequence[int]) -> bool:
    """Whether in a rule or command one noun alone is of another number: `the director shall`, `the directors shall`.

    Not where the word in front shows that one of the two was a slip: `each directors`. Anywhere one owner is not
    several, nor `a member`, `the members`.
    """
    if comparison.words.language != "en" or len(removed) != len(added) or not removed:
        return False
    if len(removed) > 1:
        (one, noun), (other, nouns) = sorted(
            [side.keys[i] for i in part[:2]] for side, part in zip(comparison.sides, (removed, added), strict=True)
        )
        return one in {"a", "an"} and other == "the" and nouns != noun and agrees(noun, nouns)
    if _changes_owners(comparison, removed, added):
        return True
    if not is_binding(comparison) and not all(_is_command(side, comparison.words) for side in comparison.sides):
        return False
    old, new = comparison.before.keys[removed[0]], comparison.after.keys[added[0]]
    words = comparison.words
    if (
        "'" in old + new
        or old in words.groups("reference.words")
        or sum(comparison.before.changed) != 1
        or sum(comparison.after.changed) != 1
    ):
        return False
    longer = max(old, new, key=len)
    ahead = comparison.before.keys[removed[0] - 1] if removed[0] else ""
    return agrees(old, new) and not longer.endswith("ly") and ahead not in words.set("grammar.counting")


@cache
def _fixed(language: str) -> dict[str, str]:
    """Each word that asks for one preposition, with those that may follow it."""
    pairs = words_for(language).get("grammar.fixed") or ()
    return {word: after for heads, after in pairs for word in heads.split()}


def _of_one(comparison: Comparison, side: Side, index: int) -> str:
    """Why one small English word that came or went says something where it stands."""
    words, word = comparison.words, side.keys[index]
    ahead = side.keys[index - 1] if index else ""
    following = side.keys[index + 1] if index + 1 < len(side.keys) else ""
    be = words.set("grammar.passive") - {"am"}  # 9 am
    if word == "and" and ahead[:1].isalpha() and following[:1].isalpha():
        run = comparison.run_before(index) if side is comparison.before else comparison.run_after(index)
        return "and" if sum(run[1::2]) - sum(run[::2]) == 1 else ""  # food and drink
    if word in words.set("function.prepositions") and ahead in be:
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
