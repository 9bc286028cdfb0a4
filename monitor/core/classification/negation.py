"""Negation and modality: what is denied, and how certain, permitted or binding a statement is.

Negation is `not`, `no`, `never`, `without`, contractions, and `un-` added or removed. Modality is modal verbs, hedges
and duties, with the direction in which they changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple, cast

from monitor.core.classification.compare import Comparison, Finding, Side, Value, unmatched
from monitor.core.classification.grammar import agrees
from monitor.core.diff.sequences import ChangedRun
from monitor.core.text.tokens import Expansion, expanded
from monitor.core.text.words import Phrases, Words, by_first_word, known_words, occurrences, words_for
from monitor.model import Aspect

_BESIDE = 12  # tokens of a run in which a word can still be said to stand in a denial's place
_CLAUSE = 6  # tokens within which the second word of a denial stands: ne .. pas
_HYPHENATED = 3  # tokens of a hyphenated word
_STRONG_STEM, _WEAK_STEM = 4, 5  # letters that a word must have for un-, for in- to deny it


def find_negation(comparison: Comparison, expansions: tuple[Expansion, Expansion]) -> Iterator[Finding]:
    """Denials that only one side has; then words that took on or lost a denying prefix."""
    before, after = (
        denials(side, expansion, comparison.words) for side, expansion in zip(comparison.sides, expansions, strict=True)
    )
    lost = [index for index in before if comparison.before.changed[index]]
    gained = [index for index in after if comparison.after.changed[index]]
    if len(before) != len(after):
        yield from _surplus_findings(comparison, lost, gained, len(after) - len(before))
    elif lost and _is_displaced(comparison, lost, gained):
        yield Finding(Aspect.NEGATION, "negation: moved", before=frozenset(lost), after=frozenset(gained))
    for run in comparison.runs:
        yield from _prefixed(comparison, run)
        yield from _conditional(comparison, run)


def denials(side: Side, expansion: Expansion, words: Words) -> list[int]:
    """The tokens that deny something, each denial once."""
    phrases = _negation_marks(words.language)
    if phrases.keys().isdisjoint(expansion.words):
        return []
    return [
        expansion.origin[i]
        for i, _ in occurrences(expansion.words, phrases)
        if not _is_other_negation(side, expansion, i, words)
    ]


@cache
def _negation_marks(language: str) -> Phrases:
    words = words_for(language)
    return by_first_word((*words.set("negation.marks"), *(words.get("negation.phrases") or ())))


def _is_other_negation(side: Side, expansion: Expansion, i: int, words: Words) -> bool:
    """`not only`, `No. 5`, `whether or not`, and the `nor` that belongs to a `neither`."""
    spelt = expansion.words
    word, following = spelt[i], spelt[i + 1] if i + 1 < len(spelt) else ""
    if word == "no" and following == "." and i + 2 < len(spelt):
        return spelt[i + 2][0].isdigit() or side.words[expansion.origin[i]] == "No"
    if word == "not" and spelt[max(i - 2, 0) : i] == ["whether", "or"]:
        return True
    if word == "nor":
        return "neither" in spelt[max(i - 12, 0) : i]
    return following in words.set("negation.not_before")


def _surplus_findings(comparison: Comparison, lost: list[int], gained: list[int], surplus: int) -> Iterator[Finding]:
    if surplus < 0:
        for index in lost[:-surplus]:
            tokens = _with_companion(comparison.before, index, comparison.words)
            reason = f"negation: {comparison.before.quoted(tokens)} lost"
            before, after = _explained(comparison, comparison.run_before(index), comparison.before.keys[index])
            yield Finding(Aspect.NEGATION, reason, before=tokens | before, after=after)
    for index in gained[: max(surplus, 0)]:
        tokens = _with_companion(comparison.after, index, comparison.words)
        reason = f"negation: {comparison.after.quoted(tokens)} gained"
        before, after = _explained(comparison, comparison.run_after(index), comparison.after.keys[index])
        yield Finding(Aspect.NEGATION, reason, before=before, after=tokens | after)


def _with_companion(side: Side, index: int, words: Words) -> frozenset[int]:
    """A denial with the word that belongs to it: `no longer`."""
    following = side.keys[index + 1] if index + 1 < len(side.keys) else ""
    if following in words.set("negation.companions"):
        return frozenset({index, index + 1})
    second = words.set("negation.second")
    return frozenset(
        {index, *[i for i in range(index + 1, min(index + _CLAUSE, len(side.keys))) if side.keys[i] in second][:1]}
    )


def _explained(comparison: Comparison, run: ChangedRun, denial: str) -> tuple[frozenset[int], frozenset[int]]:
    """What a denial explains of its run: the words that stand where it does (`all` for `none`, `will` for `won't`),
    and the whole where nothing else is left (`We'll`, `We won't`).
    """
    before, after = range(run.before_start, run.before_end), range(run.after_start, run.after_end)
    if len(before) + len(after) > 2 * _BESIDE:
        return frozenset(), frozenset()
    language = comparison.words.language
    same = comparison.words.set("negation.counterparts").union(expanded([denial], language).words)
    rest = [
        [word for word in expanded(map(side.keys.__getitem__, part), language).words if word not in same]
        for side, part in zip(comparison.sides, (before, after), strict=True)
    ]
    if rest[0] == rest[1]:
        return frozenset(before), frozenset(after)
    return (
        frozenset(i for i in before if comparison.before.keys[i] in same),
        frozenset(j for j in after if comparison.after.keys[j] in same),
    )


def _is_displaced(comparison: Comparison, lost: list[int], gained: list[int]) -> bool:
    """Whether the denials went from one place to another while no other word changed."""
    removed, added = set(lost), set(gained)
    return all(
        removed.issuperset(range(run.before_start, run.before_end))
        and added.issuperset(range(run.after_start, run.after_end))
        and (run.before_start == run.before_end or run.after_start == run.after_end)
        for run in comparison.runs
    )


def _prefixed(comparison: Comparison, run: ChangedRun) -> Iterator[Finding]:
    """`lawful` to `unlawful`, `refundable` to `non-refundable`."""
    old = _word_at(comparison.before, run.before_start, run.before_end)
    new = _word_at(comparison.after, run.after_start, run.after_end)
    shorter, longer = sorted((old, new), key=len)
    if shorter.isalpha() and longer.endswith(shorter) and _denies(longer[: -len(shorter)], shorter, comparison.words):
        yield Finding(
            Aspect.NEGATION,
            f"negation: {old} → {new}",
            before=frozenset(range(run.before_start, run.before_end)),
            after=frozenset(range(run.after_start, run.after_end)),
        )


def _conditional(comparison: Comparison, run: ChangedRun) -> Iterator[Finding]:
    """A verb whose ending says that something would be, and no longer that it will: `pagherà`, `pagherebbe`."""
    if run.before_end - run.before_start != 1 or run.after_end - run.after_start != 1:
        return
    old, new = comparison.before.keys[run.before_start], comparison.after.keys[run.after_start]
    for firm, loose in comparison.words.lines("modality.endings"):
        for first, second, direction in ((firm, loose, "weaker"), (loose, firm, "stronger")):
            if old.endswith(first) and new.endswith(second) and old[: -len(first)] == new[: -len(second)]:
                yield Finding(
                    Aspect.MODALITY,
                    f"modality: {old} → {new} ({direction})",
                    before=frozenset({run.before_start}),
                    after=frozenset({run.after_start}),
                )
                return


def _word_at(side: Side, start: int, end: int) -> str:
    """The one word that the tokens start..end are or belong to, without hyphens; nothing where they are several."""
    if end - start > _HYPHENATED:
        return ""
    if end < len(side.keys) and (start == end or (not side.spaced(end) and side.keys[end - 1] == "-")):
        end += 1
    if any(side.spaced(index) for index in range(start + 1, end)):
        return ""
    return "".join(side.keys[start:end]).replace("-", "")


def _denies(prefix: str, stem: str, words: Words) -> bool:
    if prefix in words.set("negation.prefixes.strong"):
        return len(stem) >= _STRONG_STEM
    return prefix in words.set("negation.prefixes.weak") and len(stem) >= _WEAK_STEM


_PARTICIPLE = ("ed", "en", "one")  # of a verb behind `have`
_FIRM = 7  # from here on a mark binds or asserts; below it loosens


class _WordLists(NamedTuple):
    marks: Mapping[str, tuple[str, float]]
    phrases: Phrases
    parts: frozenset[str]


@cache
def _word_lists(language: str) -> _WordLists:
    marks = words_for(language).canonical_forms("modality.marks")
    return _WordLists(marks, by_first_word(marks), frozenset(word for mark in marks for word in mark.split()))


def marks_of(expansion: Expansion, words: Words, taken: frozenset[int]) -> list[Value]:
    """One side's marks of modality, contractions written out; tokens that are `taken` (the month of May) are none."""
    lists = _word_lists(words.language)
    found: list[Value] = []
    for start, end in occurrences(expansion.words, lists.phrases):
        tokens = frozenset(expansion.origin[start:end])
        if not tokens & taken and not _is_other_modal(expansion.words, start, end, words):
            found.append(Value(lists.marks[" ".join(expansion.words[start:end])], tokens))
    if words.language == "en" and "to" in expansion.words:
        found = sorted((*found, *_duties(expansion, words)), key=lambda value: min(value.tokens))
    return found


_BE = frozenset({"is", "are", "was", "were"})
_DUTY = ("be to", 9.0)
# A sentence about one of these says what it is: our goal is to help.
_AIMS = frozenset(
    {"goal", "goals", "aim", "aims", "purpose", "purposes", "reason", "reasons", "objective", "objectives"}
)
_AIMS |= {
    "intention",
    "idea",
    "way",
    "ways",
    "plan",
    "role",
    "mission",
    "task",
    "job",
    "step",
    "approach",
    "point",
    "all",
}


def _duties(expansion: Expansion, words: Words) -> Iterator[Value]:
    """`is to`, `are to` in front of a verb, as statutes write `must`."""
    spelt = expansion.words
    others = words.set(
        "function.articles",
        "function.demonstratives",
        "function.prepositions",
        "function.possessives",
        "function.pronouns",
    )
    known = known_words()
    for index in [index for index, word in enumerate(spelt) if word == "to"]:
        start = index - 2 if spelt[index - 1] == "not" else index - 1
        following = spelt[index + 1] if index + 1 < len(spelt) else ""
        if start < 0 or spelt[start] not in _BE or following not in known or following in others:
            continue
        if _AIMS.isdisjoint(spelt[max(start - _BESIDE, 0) : start]):
            yield Value(_DUTY, frozenset({expansion.origin[start], expansion.origin[index]}))


def concerns(comparison: Comparison, expansions: tuple[Expansion, Expansion]) -> bool:
    """Whether a changed word could be part of a mark."""
    parts = _word_lists(comparison.words.language).parts
    if "to" in comparison.changed_keys and not all(map(_BE.isdisjoint, (side.keys for side in comparison.sides))):
        return True
    return any(
        not parts.isdisjoint(expansion.words)
        and any(
            side.changed[expansion.origin[i]] for i in [i for i, word in enumerate(expansion.words) if word in parts]
        )
        for side, expansion in zip(comparison.sides, expansions, strict=True)
    )


def find_modality(comparison: Comparison, before: list[Value], after: list[Value]) -> Iterator[Finding]:
    """Marks that only one side has, with the direction of the change."""
    removed, added = unmatched(before, after, comparison.before), unmatched(after, before, comparison.after)
    if len(removed) + len(added) == 1:
        side, run_of = (
            (comparison.before, comparison.run_before) if removed else (comparison.after, comparison.run_after)
        )
        if _only_agrees(comparison, (removed or added)[0], side, run_of):
            return
    for old, new in zip(removed, added, strict=False):
        was, now = comparison.before.quoted(old.tokens), comparison.after.quoted(new.tokens)
        weight, other = _weight(old), _weight(new)
        direction = "stronger" if other > weight else "weaker" if other < weight else "as strong"
        yield Finding(Aspect.MODALITY, f"modality: {was} → {now} ({direction})", before=old.tokens, after=new.tokens)
    for old in removed[len(added) :]:
        mark, weight = comparison.before.quoted(old.tokens), _weight(old)
        direction = "weaker" if weight >= _FIRM else "stronger"
        yield Finding(Aspect.MODALITY, f"modality: {mark} lost ({direction})", before=old.tokens)
    for new in added[len(removed) :]:
        mark, weight = comparison.after.quoted(new.tokens), _weight(new)
        direction = "stronger" if weight >= _FIRM else "weaker"
        yield Finding(Aspect.MODALITY, f"modality: {mark} gained ({direction})", after=new.tokens)


def _only_agrees(comparison: Comparison, value: Value, side: Side, run_of: Callable[[int], ChangedRun]) -> bool:
    """Whether a mark of one word has another ending on the other side alone: `it seems`, `they seem`."""
    if len(value.tokens) != 1:
        return False
    (index,) = value.tokens
    run = run_of(index) if side.changed[index] else None
    return (
        run is not None
        and run.before_end - run.before_start == run.after_end - run.after_start == 1
        and agrees(comparison.before.keys[run.before_start], comparison.after.keys[run.after_start])
    )


def _weight(value: Value) -> float:
    """How firm the mark is: what `values` put second in its key."""
    key = cast("tuple[str, float]", value.key)
    return key[1]


def _is_other_modal(spelt: list[str], start: int, end: int, words: Words) -> bool:
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
