"""Changes of form only: spelling variants, typing errors, hyphens, accents, agreement, articles and other small words.

Spelling variants are found by rules and a list: two words are the same if their canonical forms are equal. A typing
error differs by one or two letters, and the dictionary knows only one of the two words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from monitor.core.classification.compare import Comparison, Finding
from monitor.core.diff.sequences import ChangedRun
from monitor.core.text.words import (
    Listed,
    Phrases,
    Words,
    by_first_word,
    known_words,
    occurrences,
    spelling_variants,
    words_for,
)
from monitor.model import Aspect

# Each pair of pattern and replacement leads the British form to the American one; a word must have the letters in front
# that keep short words apart (four, for; filled, filed; prise, prize).
_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"^(\w{3,})is(e|es|ed|er|ers|ing|able|ation|ations|ational)$", r"\1iz\2"),
        (r"^(\w{2,})ys(e|es|ed|er|ers|ing)$", r"\1yz\2"),
        (
            r"^(\w{2,})our(s|ed|er|ers|ing|ite|ites|able|ably|ful|less|ly|al|ally|hood|hoods|ism|ist|ists)?$",
            r"\1or\2",
        ),
        (r"^(\w{2,}[tb])re(s|d)?$", r"\1er\2"),
        (r"^(\w{2,}[tb])red$", r"\1ered"),
        (r"^(\w*[aeiouy]\w*[aeiouy])ll(ed|ing|ings|er|ers|or|ors|ous|ously|ery|ist|ists)$", r"\1l\2"),
        (r"^(\w{3,})(?:ae|oe)(\w{2,})$", r"\1e\2"),
        (r"^(?:ae|oe)(\w{5,})$", r"e\1"),
        (r"^(\w{1,2})(?:ae|oe)(\w{4,})$", r"\1e\2"),
        (r"^(\w{4,})xion(s|al)?$", r"\1ction\2"),
        (r"^(\w{2,}dg)ement(s)?$", r"\1ment\2"),
    )
)
_ENDINGS = ("", "s", "es", "d", "ed", "ing", "r", "er", "ers", "ly")
_MOST_SLIPS = 2  # letters that a typing error gets wrong
_JOINED = 5  # tokens: the most that a word written in parts has
_NAME = 6  # letters of a name that a slip is told in
_SHORT, _LONG = 4, 8  # letters: below, no typing error is told; from here on, two letters may differ


@lru_cache(maxsize=8192)
def canonical(key: str) -> str:
    """The one spelling of a normalised word that stands for all its variants; a possessive ending stays."""
    head, apostrophe, tail = key.partition("'")
    if apostrophe and head.isalpha():
        return f"{canonical(head)}'{tail}"
    if not key.isascii():
        key = "".join(c for c in unicodedata.normalize("NFKD", key) if not unicodedata.combining(c))
    key = _variants().get(key, key)
    if len(key) > 40 or not key.isalpha():
        return key
    for pattern, replacement in _RULES:
        key = pattern.sub(replacement, key)
    return key


@cache
def _variants() -> dict[str, str]:
    """Each listed variant, with every ending that both it and its partner can take, -> the last of its line."""
    table: dict[str, str] = {}
    for *variants, chosen in spelling_variants():
        for variant in variants:
            for ending in _ENDINGS:
                table.setdefault(_with_ending(variant, ending), _with_ending(chosen, ending))
    return table


def _with_ending(word: str, ending: str) -> str:
    return word[:-1] + ending if word.endswith("e") and ending[:1] in {"e", "i"} else word + ending


def is_variant(before: str, after: str) -> bool:
    """Whether two normalised words are one in different spellings."""
    if before[0] != after[0] and before[-1] != after[-1] and before.isascii() and after.isascii():
        return False  # no variants differ at both ends: gaol, jail
    return canonical(before) == canonical(after)


def is_typo(before: str, after: str, language: str) -> bool:
    """Whether one of two normalised words is the other with a typing error."""
    if not (before.isalpha() and after.isalpha()) or min(len(before), len(after)) < _SHORT:
        return False
    longest = max(len(before), len(after))
    if abs(len(before) - len(after)) > _MOST_SLIPS:
        return False
    distance = OSA.distance(before, after, score_cutoff=_MOST_SLIPS)
    ends = before.startswith(after) or after.startswith(before)  # transactional, transaction: no slip
    if distance > (_MOST_SLIPS if longest >= _LONG and not ends else 1):
        return False
    if language != "en":
        return distance == 1 and _is_slip(before, after)
    known = known_words()
    before_known, after_known = _is_known(before, known), _is_known(after, known)
    if before_known or after_known:
        return before_known != after_known
    return distance == 1 and longest >= _LONG


def is_misspelt_name(before: str, after: str) -> bool:
    """Whether two names that no dictionary has differ by one letter behind the first: one of them is misspelt."""
    return (
        min(len(before), len(after)) >= _NAME
        and before[0] == after[0]
        and OSA.distance(before, after, score_cutoff=1) == 1
        and not (before in known_words() or after in known_words())
        and not _is_derived(*sorted((before, after), key=len))
    )


def find(comparison: Comparison) -> Iterator[Finding]:
    """Runs that are one word with other hyphens, joints or spelling, seen before they are taken for more."""
    for run in comparison.runs:
        old = comparison.before.keys[run.before_start : run.before_end]
        new = comparison.after.keys[run.after_start : run.after_end]
        if not 0 < len(old) <= _JOINED or not 0 < len(new) <= _JOINED:
            continue
        if "".join(old) == "".join(new):
            yield _written(comparison, run, Aspect.TYPOGRAPHY)
            continue
        before, after = ("".join(key for key in keys if key != "-") for keys in (old, new))
        if not (before.isalpha() and after.isalpha()):
            continue
        if is_variant(before, after) or (
            _no_name(comparison, run) and is_typo(before, after, comparison.words.language)
        ):
            yield _written(comparison, run, Aspect.SPELLING)


def _written(comparison: Comparison, run: ChangedRun, aspect: Aspect) -> Finding:
    before, after = frozenset(range(*run[:2])), frozenset(range(*run[2:]))
    reason = f"{aspect}: {comparison.before.quoted(before)} → {comparison.after.quoted(after)}"
    return Finding(aspect, reason, substantive=False, before=before, after=after)


def _is_derived(shorter: str, longer: str) -> bool:
    """Whether the longer name is the shorter with an ending: `Israel`, `Israeli`."""
    return longer.startswith(shorter) and longer[-1] != shorter[-1]


def _no_name(comparison: Comparison, run: ChangedRun) -> bool:
    """Whether no word of the run has a capital within a sentence."""
    return not any(
        side.words[index][0].isupper() and index and side.keys[index - 1][0].isalnum()
        for side, indices in zip(comparison.sides, (range(*run[:2]), range(*run[2:])), strict=True)
        for index in indices
    )


def _is_known(word: str, known: Listed) -> bool:
    return word in known or canonical(word) in known


def _is_slip(before: str, after: str) -> bool:
    """Two letters exchanged, or a letter doubled or not: what hardly ever makes another word."""
    if len(before) == len(after):
        return sorted(before) == sorted(after) and len(before) >= 6
    shorter, longer = sorted((before, after), key=len)
    return (
        any(longer[i] == longer[i - 1] and longer[:i] + longer[i + 1 :] == shorter for i in range(1, len(longer)))
        and len(longer) >= 6
    )


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
    plain: Mapping[str, str]
    phrases: Phrases


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
        plain := dict(words.get("grammar.phrases") or ()),
        by_first_word(plain),
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


def is_alike(before: str, after: str, words: Words) -> bool:
    """Whether two normalised words stand for each other: small words of grammar, or forms of one word."""
    alike = _word_lists(words.language).alike
    if before in alike and after in alike:
        return not alike[before].isdisjoint(alike[after])
    if words.language != "en" or before[:_SHARED] != after[:_SHARED]:
        return False
    return agrees(before, after) or inflects(before, after)


def plainly(keys: Sequence[str], words: Words) -> list[str]:
    """Normalised words with each phrase that says no more than one word as that word: `in which` as `where`."""
    lists = _word_lists(words.language)
    plain: list[str] = []
    index = 0
    for start, end in occurrences(keys, lists.phrases):
        plain += [*keys[index:start], lists.plain[" ".join(keys[start:end])]]
        index = end
    return [*plain, *keys[index:]]


def changes_tense(before: Iterable[str], after: Iterable[str], words: Words) -> bool:
    """Whether the auxiliaries of one side are of the present and those of the other of the past."""
    first, second = _times(before, words), _times(after, words)
    return bool(first) and bool(second) and first.isdisjoint(second)


def _times(keys: Iterable[str], words: Words) -> set[str]:
    lists, found = _word_lists(words.language), list(keys)
    times = {"past" for key in found if key in lists.past} | {"present" for key in found if key in lists.present}
    perfect = bool(times) and not words.set("grammar.perfect").isdisjoint(found)
    return times | {"past"} if perfect else times  # have been is like were


def turns_voice(before: Sequence[str], after: Sequence[str], words: Words) -> bool:
    """Whether an active verb became passive, or the other way round: `is charged`, `charges`."""
    passive = words.set("grammar.passive")
    turned = [not passive.isdisjoint(keys) and any(key.endswith("ed") for key in keys) for keys in (before, after)]
    other = after if turned[0] else before
    return turned[0] != turned[1] and passive.isdisjoint(other)


def corrects_form(leader: str, before: str, after: str, words: Words) -> bool:
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
