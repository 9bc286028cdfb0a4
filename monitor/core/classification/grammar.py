"""Grammar: small words that may come or go, agreement, inflection, tense and voice.

Two texts that differ in these alone say the same, but where a verb alone tells the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from monitor.core.text.words import Words, known_words, words_for

_STEM = 3  # letters in front of an ending
_SHARED = 2  # first letters of all forms of a word
_SAFE = 6  # letters of a word that the dictionary need not know


class _WordLists(NamedTuple):
    loose: frozenset[str]
    light: frozenset[str]
    small: frozenset[str]
    present: frozenset[str]
    past: frozenset[str]
    alike: Mapping[str, frozenset[int]]


@cache
def _word_lists(language: str) -> _WordLists:
    words = words_for(language)
    alike: dict[str, set[int]] = {}
    lines = (*words.lines("grammar.alike"), *words.lines("agreement.forms"), *words.lines("reference.words"))
    for number, line in enumerate(lines):
        for word in line:
            alike.setdefault(word, set()).add(number)
    loose = words.set("grammar.loose") or words.set("function.articles")
    light = words.set("grammar.light") or words.set("function.articles")
    return _WordLists(
        loose,
        light,
        loose | light | words.set("function.prepositions", "function.connectives", "grammar.joining"),
        words.set("grammar.present"),
        words.set("grammar.past"),
        {k: frozenset(v) for k, v in alike.items()},
    )


def is_loose(key: str, words: Words) -> bool:
    """Whether a normalised word may come or go without the sense changing: an article, `that`, `of`, a form of `be`."""
    return key in _word_lists(words.language).loose


def is_light(key: str, words: Words) -> bool:
    """Whether a normalised word may come or go beside words that are replaced: an article, `that`, a form of `be`."""
    return key in _word_lists(words.language).light


def is_small(key: str, words: Words) -> bool:
    """Whether a normalised word joins what stands beside it, and goes with it when that goes: a preposition, `and`."""
    return key in _word_lists(words.language).small


_ALIKE = ({"their", "the"}, {"its", "the"}, {"go", "goes"})


def is_alike(before: str, after: str, words: Words) -> bool:
    """Whether two normalised words stand for each other: small words of grammar, or forms of one word."""
    alike = _word_lists(words.language).alike
    if before in alike and after in alike:
        return not alike[before].isdisjoint(alike[after])
    if words.language != "en":
        return False
    if {before, after} in _ALIKE:
        return True
    if before[0] != after[0]:
        return False
    if before[:_SHARED] != after[:_SHARED]:
        return is_plural(before, after)  # foot, feet
    return agrees(before, after) or inflects(before, after)


def changes_tense(before: Iterable[str], after: Iterable[str], words: Words) -> bool:
    """Whether the auxiliaries of one side are of the present and those of the other of the past."""
    first, second = _times(before, words), _times(after, words)
    return bool(first) and bool(second) and first.isdisjoint(second)


def _times(keys: Iterable[str], words: Words) -> set[str]:
    lists, found = _word_lists(words.language), list(keys)
    times = {"past" for key in found if key in lists.past} | {"present" for key in found if key in lists.present}
    perfect = bool(times) and not words.set("grammar.perfect").isdisjoint(found)
    return {"past"} if perfect else times  # have been is like were


def turns_tense(before: str, after: str) -> bool:
    """Whether of two forms of one English verb one is of the past: `closes`, `closed`."""
    if before.endswith("ed") == after.endswith("ed") or before.endswith("ing") or after.endswith("ing"):
        return False
    return is_same_verb(before, after)


def turns_aspect(before: Sequence[str], after: Sequence[str], words: Words) -> bool:
    """Whether what goes on, or is done, became what is so, or the other way round: `is leaving`, `leaves`."""
    lists = _word_lists(words.language)
    return any(
        ahead in lists.present | lists.past
        and verb.endswith(("ed", "ing"))
        and any(is_same_verb(verb, key) and not key.endswith(("ed", "ing")) for key in other)
        for one, other in ((before, after), (after, before))
        for ahead, verb in pairwise(one)
    )


def inflects(before: str, after: str) -> bool:
    """Whether two normalised words are an English verb in another tense or form, or `-ic` for `-ical`.

    Not the two participles: who employs and who is employed are two.
    """
    known = known_words()
    if (before not in known or after not in known) and min(len(before), len(after)) < _SAFE:
        return False
    shorter, longer = sorted((before, after), key=len)
    if longer == f"{shorter}al" and shorter.endswith("ic"):
        return True
    ends = {key[-3:] if key.endswith("ing") else key[-2:] for key in (before, after)} & {"ing", "ed"}
    return len(ends) == 1 and is_same_verb(before, after)


def is_same_verb(before: str, after: str) -> bool:
    """Whether two normalised words are forms of one English verb."""
    return len(before) >= _STEM and len(after) >= _STEM and _stem(before) == _stem(after)


def _stem(key: str) -> str:
    """A verb without its ending, a doubled consonant and a final e."""
    for ending in ("ing", "ed", "es", "s"):
        if key.endswith(ending) and len(key) - len(ending) >= _STEM - 1:
            key = key[: -len(ending)]
            break
    if len(key) > _STEM and key[-1] == "i":
        return f"{key[:-1]}y"  # replied, reply
    if len(key) > _STEM and key[-1] == key[-2] and key[-1] not in "sl":
        return key[:-1]
    return key.removesuffix("e")


@lru_cache(maxsize=8192)
def relatives(key: str) -> frozenset[str]:
    """The words that differ from a folded one in an ending of grammar alone, as `agrees` has it."""
    guesses = {f"{key}s", f"{key}es", f"{key}'s", f"{key[:-1]}ies", key.removesuffix("s"), key.removesuffix("es")}
    guesses |= {key.removesuffix("'s"), key.removesuffix("ly"), f"{key}ly"}
    if key.endswith("ies"):
        guesses.add(f"{key[:-3]}y")
    return frozenset(guess for guess in guesses if agrees(key, guess))


def _owner(key: str) -> str:
    """A noun without the endings of plural and possession: `patient's`, `patients'`, `patients`."""
    return key.removesuffix("'").removesuffix("'s").removesuffix("s")


# Irregular plurals of English: the ending of the singular, of the plural, and letters that the word must have in front.
_PLURALS = (
    ("f", "ves", 2),
    ("fe", "ves", 2),
    ("sis", "ses", 2),
    ("us", "i", 3),
    ("ix", "ices", 3),
    ("ex", "ices", 3),
    ("um", "a", 3),
    ("on", "a", 5),
    ("man", "men", 0),
    ("ooth", "eeth", 1),
    ("oot", "eet", 1),
    ("oose", "eese", 1),
    ("ouse", "ice", 1),
    ("child", "children", 0),
    ("ox", "oxen", 0),
)


_PLURAL_ENDINGS = tuple(many for _, many, _ in _PLURALS)


def is_plural(before: str, after: str) -> bool:
    """Whether two known English words are the singular and the plural of one noun without a plural in -s."""
    if before.endswith(_PLURAL_ENDINGS) == after.endswith(_PLURAL_ENDINGS):
        return False
    known = known_words()
    for one, many, least in _PLURALS:
        for singular, plural in ((before, after), (after, before)):
            stem = singular.removesuffix(one)
            if len(stem) < len(singular) and len(stem) >= least and plural == stem + many:
                return singular in known and plural in known
    return False


def agrees(before: str, after: str) -> bool:
    """Whether two English words differ in an ending of grammar alone: `user`, `users`; `quick`, `quickly`."""
    if is_plural(before, after):
        return True
    shorter, longer = sorted((before, after), key=len)
    if len(shorter) < _STEM or longer == shorter:
        return False
    known = known_words()
    if before.rpartition("'")[0] or after.rpartition("'")[0]:
        return _owner(before) == _owner(after)
    if longer in {f"{shorter}ly", f"{shorter[:-1]}y"} and shorter in known and longer in known:
        return longer.endswith("ly")
    if longer == f"{shorter}s":
        return True
    if longer == f"{shorter}es":
        return shorter.endswith(("s", "x", "z", "ch", "sh", "o"))
    return shorter.endswith("y") and longer == f"{shorter[:-1]}ies" and (shorter in known or longer in known)
