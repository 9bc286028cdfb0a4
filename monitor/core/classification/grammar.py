"""Words that changed in form alone: agreement, articles, the small words of grammar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from monitor.core.text.words import Phrases, Words, by_first_word, known_words, occurrences, words_for

_STEM = 3  # letters in front of an ending
_SHARED = 2  # first letters of all forms of a word
_SAFE = 6  # letters of a word that the dictionary need not know


class _Lexicon(NamedTuple):
    loose: frozenset[str]
    light: frozenset[str]
    small: frozenset[str]
    present: frozenset[str]
    past: frozenset[str]
    alike: Mapping[str, frozenset[int]]
    plain: Mapping[str, str]
    phrases: Phrases


@cache
def _lexicon(language: str) -> _Lexicon:
    words = words_for(language)
    alike: dict[str, set[int]] = {}
    lines = (*words.lines("grammar.alike"), *words.lines("agreement.forms"), *words.lines("reference.words"))
    for number, line in enumerate(lines):
        for word in line:
            alike.setdefault(word, set()).add(number)
    loose = words.set("grammar.loose") or words.set("function.articles")
    light = words.set("grammar.light") or words.set("function.articles")
    return _Lexicon(
        loose,
        light,
        loose | light | words.set("function.prepositions", "function.connectives", "grammar.joining"),
        words.set("grammar.present"),
        words.set("grammar.past"),
        {k: frozenset(v) for k, v in alike.items()},
        plain := dict(words.get("grammar.phrases") or ()),
        by_first_word(plain),
    )


def is_loose(key: str, words: Words) -> bool:
    """Whether a folded word may come or go without the sense changing: an article, `that`, `of`, a form of `be`."""
    return key in _lexicon(words.language).loose


def is_light(key: str, words: Words) -> bool:
    """Whether a folded word may come or go beside words that are replaced: an article, `that`, a form of `be`."""
    return key in _lexicon(words.language).light


def is_small(key: str, words: Words) -> bool:
    """Whether a folded word joins what stands beside it, and goes with it when that goes: a preposition, `and`."""
    return key in _lexicon(words.language).small


def is_alike(before: str, after: str, words: Words) -> bool:
    """Whether two folded words stand for each other: small words of grammar, or forms of one word."""
    alike = _lexicon(words.language).alike
    if before in alike and after in alike:
        return not alike[before].isdisjoint(alike[after])
    if words.language != "en" or before[:_SHARED] != after[:_SHARED]:
        return False
    return agrees(before, after) or inflects(before, after)


def plainly(keys: Sequence[str], words: Words) -> list[str]:
    """Folded words with each phrase that says no more than one word as that word: `in which` as `where`."""
    lexicon = _lexicon(words.language)
    plain: list[str] = []
    index = 0
    for start, end in occurrences(keys, lexicon.phrases):
        plain += [*keys[index:start], lexicon.plain[" ".join(keys[start:end])]]
        index = end
    return [*plain, *keys[index:]]


def changes_tense(before: Iterable[str], after: Iterable[str], words: Words) -> bool:
    """Whether the auxiliaries of one side are of the present and those of the other of the past."""
    first, second = _times(before, words), _times(after, words)
    return bool(first) and bool(second) and first.isdisjoint(second)


def _times(keys: Iterable[str], words: Words) -> set[str]:
    lexicon, found = _lexicon(words.language), list(keys)
    times = {"past" for key in found if key in lexicon.past} | {"present" for key in found if key in lexicon.present}
    perfect = bool(times) and not words.set("grammar.perfect").isdisjoint(found)
    return times | {"past"} if perfect else times  # have been is like were


def turns_voice(before: Sequence[str], after: Sequence[str], words: Words) -> bool:
    """Whether an active verb became passive, or the other way round: `is charged`, `charges`."""
    passive = words.set("grammar.passive")
    turned = [not passive.isdisjoint(keys) and any(key.endswith("ed") for key in keys) for keys in (before, after)]
    other = after if turned[0] else before
    return turned[0] != turned[1] and passive.isdisjoint(other)


def mends_form(leader: str, before: str, after: str, words: Words) -> bool:
    """Whether of two forms of one verb only one can stand behind the leading word: `is base on`, `to proposed`."""
    stems = {_stem(before), _stem(after)}
    if len(stems) > 1 or len(before) < _STEM or len(after) < _STEM:
        return False
    participles = [key.endswith(("ed", "ing")) for key in (before, after)]
    if leader in words.set("grammar.participle_after"):
        return any(participles) and not all(participles)
    bare = [
        not participle and not key.endswith("s") for participle, key in zip(participles, (before, after), strict=True)
    ]
    return leader in words.set("grammar.bare_after") and any(bare) and not all(bare)


def inflects(before: str, after: str) -> bool:
    """Whether two folded words are an English verb in another tense or form, or `-ic` for `-ical`.

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
    """Whether two folded words are forms of one English verb."""
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


def agrees(before: str, after: str) -> bool:
    """Whether two English words differ in an ending of grammar alone: `user`, `users`; `quick`, `quickly`."""
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
