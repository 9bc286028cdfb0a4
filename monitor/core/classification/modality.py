"""How sure, allowed or binding something is: modal verbs, hedges, duties, and which way they changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple, cast

from monitor.core.classification.compare import Comparison, Finding
from monitor.core.classification.difference import Value, unmatched
from monitor.core.text.tokens import Expansion
from monitor.core.text.words import Phrases, Words, by_first_word, occurrences, words_for
from monitor.model import Aspect

_PARTICIPLE = ("ed", "en", "one")  # of a verb behind `have`
_FIRM = 7  # from here on a mark binds or asserts; below it loosens


class _Lexicon(NamedTuple):
    marks: Mapping[str, tuple[str, float]]
    phrases: Phrases
    parts: frozenset[str]


@cache
def _lexicon(language: str) -> _Lexicon:
    marks = words_for(language).marks("modality.marks")
    return _Lexicon(marks, by_first_word(marks), frozenset(word for mark in marks for word in mark.split()))


def marks_of(expansion: Expansion, words: Words, taken: frozenset[int]) -> list[Value]:
    """One side's marks of modality, contractions written out; tokens that are `taken` (the month of May) are none."""
    lexicon = _lexicon(words.language)
    found: list[Value] = []
    for start, end in occurrences(expansion.words, lexicon.phrases):
        tokens = frozenset(expansion.origin[start:end])
        if not tokens & taken and not _is_other(expansion.words, start, end, words):
            found.append(Value(lexicon.marks[" ".join(expansion.words[start:end])], tokens))
    return found


def concerns(comparison: Comparison, expansions: tuple[Expansion, Expansion]) -> bool:
    """Whether a changed word could be part of a mark."""
    parts = _lexicon(comparison.words.language).parts
    return any(
        not parts.isdisjoint(expansion.words)
        and any(
            side.changed[expansion.origin[i]] for i in [i for i, word in enumerate(expansion.words) if word in parts]
        )
        for side, expansion in zip(comparison.sides, expansions, strict=True)
    )


def find(comparison: Comparison, before: list[Value], after: list[Value]) -> Iterator[Finding]:
    """Marks that only one side has, with the direction of the change."""
    gone, come = unmatched(before, after, comparison.before), unmatched(after, before, comparison.after)
    for old, new in zip(gone, come, strict=False):
        was, now = comparison.before.quoted(old.tokens), comparison.after.quoted(new.tokens)
        weight, other = _weight(old), _weight(new)
        direction = "stronger" if other > weight else "weaker" if other < weight else "as strong"
        yield Finding(Aspect.MODALITY, f"modality: {was} → {now} ({direction})", before=old.tokens, after=new.tokens)
    for old in gone[len(come) :]:
        mark, weight = comparison.before.quoted(old.tokens), _weight(old)
        direction = "weaker" if weight >= _FIRM else "stronger"
        yield Finding(Aspect.MODALITY, f"modality: {mark} lost ({direction})", before=old.tokens)
    for new in come[len(gone) :]:
        mark, weight = comparison.after.quoted(new.tokens), _weight(new)
        direction = "stronger" if weight >= _FIRM else "weaker"
        yield Finding(Aspect.MODALITY, f"modality: {mark} gained ({direction})", after=new.tokens)


def _weight(value: Value) -> float:
    """How firm the mark is: what `values` put second in its key."""
    key = cast("tuple[str, float]", value.key)
    return key[1]


def _is_other(spelt: list[str], start: int, end: int, words: Words) -> bool:
    """Whether the word is no mark here: a noun (`the will`, `a tin can`), a verb (`the mayor reported`)."""
    word = spelt[start]
    previous = spelt[start - 1] if start else ""
    following = spelt[end] if end < len(spelt) else ""
    if word in words.set("modality.modals"):
        if following == "of" and spelt[end + 1 : end + 2] and spelt[end + 1].endswith(_PARTICIPLE):
            return False  # should of been
        return previous in words.set("modality.noun_before") or following in words.set("modality.noun_after")
    if word in words.set("modality.hedging") and end == start + 1:
        determined = previous in words.set("function.articles", "function.demonstratives", "function.pronouns")
        return not determined or not following[:1].isalpha() or following in words.set("function.connectives")
    return False
