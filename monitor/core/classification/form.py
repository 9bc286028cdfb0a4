"""Spelling, typography and wording: the changed words that no other aspect explains.

They are a substantive change of wording unless they are one of form: a spelling variant, an inflection, an article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from monitor.core.classification import dates
from monitor.core.classification.compare import Comparison, Finding, Side, equal_stretches, shortened
from monitor.core.classification.function_words import CHOICES, corrects_preposition, is_binding, why_it_tells
from monitor.core.classification.grammar import (
    changes_tense,
    is_alike,
    is_light,
    is_loose,
    is_same_verb,
    is_small,
    turns_aspect,
    turns_tense,
)
from monitor.core.classification.signs import changed_signs
from monitor.core.classification.spelling import is_typo, is_variant, makes_another, short_forms
from monitor.core.diff.sequences import ChangedRun
from monitor.core.text.lookalikes import distinguishable
from monitor.core.text.tokens import expanded
from monitor.core.text.words import Words, words_for
from monitor.model import Aspect

# Beside these a comma, or another mark of punctuation, makes another sense.
_STRESSED = frozenset({"no", "not", "only", "except", "nein", "nicht", "nur", "ausser"})
_STRESSED |= {"non", "pas", "sauf", "seulement", "solo", "sólo", "salvo", "excepto"}
_TELLING = frozenset(",.;:-!(")
_ENDS = frozenset(".!?:")
_LONGEST = 12  # words of a run that is looked at word by word: a longer one is no slip
_NEAR = 3  # words that a comma moves over
_SPELLED = 4  # tokens: the longest words in several tokens that are looked at as one (`state-of-the`)


class _Left(NamedTuple):
    """What of one run no finding explains."""

    run: ChangedRun
    removed: list[int]
    added: list[int]
    explained: bool  # another part of the run is


def find(comparison: Comparison, found: Sequence[Finding]) -> Iterator[Finding]:
    """Findings for the changed tokens that those `found` do not explain; typography where no token changed."""
    before = frozenset[int]().union(*(finding.before for finding in found))
    after = frozenset[int]().union(*(finding.after for finding in found))
    left: list[_Left] = []
    for run in comparison.runs:
        removed = [i for i in range(run.before_start, run.before_end) if i not in before]
        added = [j for j in range(run.after_start, run.after_end) if j not in after]
        left.append(_Left(run, removed, added, len(removed) + len(added) < sum(run[1::2]) - sum(run[::2])))
    findings = [finding for part in left for finding in _of_run(comparison, part)]
    moved = _in_another_order(comparison, left) if len(findings) > 1 else ""
    if moved and not any(finding.substantive for finding in findings) and _replaces(left):
        findings = [Finding(Aspect.WORDING, moved)]  # der Vermieter zahlt dem Mieter
    if len(findings) > 1 and _moves_comma(comparison, left):
        findings = [*findings, Finding(Aspect.WORDING, "wording: a comma stands elsewhere")]
    yield from (Finding(finding.aspect, moved) if moved and finding.substantive else finding for finding in findings)
    yield from _unseen(comparison, silent=not findings and not found)


def _replaces(left: Sequence[_Left]) -> bool:
    """Whether words stand in each other's place: each run has some on both sides."""
    return all(bool(part.removed) and bool(part.added) for part in left) and len(left) > 1


def _moves_comma(comparison: Comparison, left: Sequence[_Left]) -> bool:
    """Whether a comma went over a few words, which it then joins to others: `her man, is`, `her, man is`."""
    gone = _commas(comparison.before, [part.removed for part in left if not part.added])
    come = _commas(comparison.after, [part.added for part in left if not part.removed])
    return any(place + step in come for place in gone for step in range(-_NEAR, _NEAR + 1) if step)


def _commas(side: Side, parts: Sequence[Sequence[int]]) -> set[int]:
    """How many unchanged words stand in front of each part that is a comma."""
    kept = zip(side.keys, side.changed, strict=True)
    ahead = [*accumulate((key[0].isalnum() and not changed for key, changed in kept), initial=0)]
    return {ahead[part[0]] for part in parts if len(part) == 1 and side.keys[part[0]] == ","}


def _in_another_order(comparison: Comparison, left: Sequence[_Left]) -> str:
    """The reason where the words that went are the words that came: the sentence has them in another order."""
    removed = [
        comparison.before.words[i] for part in left for i in part.removed if comparison.before.keys[i][0].isalnum()
    ]
    added = [comparison.after.keys[j] for part in left for j in part.added if comparison.after.keys[j][0].isalnum()]
    if not removed or sorted(map(str.casefold, removed)) != sorted(added):
        return ""
    return f"wording: {shortened(', '.join(removed))} in another order"


def _of_run(comparison: Comparison, left: _Left) -> Iterator[Finding]:
    removed = [i for i in left.removed if comparison.before.keys[i][0].isalnum()]
    added = [j for j in left.added if comparison.after.keys[j][0].isalnum()]
    if len(removed) + len(added) < len(left.removed) + len(left.added):
        said = changed_signs(comparison, left.removed, left.added)
        if said:
            yield said
        elif not removed and not added:
            yield from _punctuation(comparison, left)
    if removed or added:
        finding = _one_word(comparison, removed, added) or _by_words(comparison, removed, added, left)
        if finding:
            yield finding


def _punctuation(comparison: Comparison, left: _Left) -> Iterator[Finding]:
    marks = [comparison.before.keys[i] for i in left.removed] + [comparison.after.keys[j] for j in left.added]
    if left.explained:
        return
    text = _reason_text(comparison, left.removed, left.added)
    if _is_foot_for_inch(comparison, left):
        yield Finding(Aspect.NUMBER, f"number: {text} (unit)")
    elif len(marks) == 1 and any(_tells(comparison, side, i) for side, part in _parts(comparison, left) for i in part):
        yield Finding(Aspect.WORDING, f"wording: {text}")
    elif left.removed and _joins_figures(comparison, left):
        yield Finding(Aspect.NUMBER, f"number: {text} (range)")
    elif "-" in marks and len(marks) == 1 and _hyphenates(comparison, left):
        yield Finding(Aspect.SPELLING, "spelling: hyphen", substantive=False)
    else:
        yield Finding(Aspect.TYPOGRAPHY, f"typography: {text} (punctuation)", substantive=False)


def _parts(comparison: Comparison, left: _Left) -> Iterator[tuple[Side, list[int]]]:
    yield comparison.before, left.removed
    yield comparison.after, left.added


def _tells(comparison: Comparison, side: Side, index: int) -> bool:
    """Whether a mark beside a stressed word, or a comma, makes another sense where it stands."""
    return _beside_stressed(side, index) or (side.keys[index] == "," and _opens_clause(comparison, side, index))


def _opens_clause(comparison: Comparison, side: Side, index: int) -> bool:
    """Whether a comma stands in front of a clause that may say which is meant: `guests, who smoke, must leave`."""
    words, following = comparison.words, side.keys[index + 1 : index + 2]
    clauses = words.set("grammar.clauses")
    if is_binding(comparison):
        clauses |= words.set("grammar.clauses_of_rules")
    return not clauses.isdisjoint(following) or _parts_items(side, index, words)


def _parts_items(side: Side, index: int, words: Words) -> bool:
    """Whether a comma parts two items of a list: without it `cooking, dogs and fishing` is another list."""
    beside = side.words[index - 1 : index] + side.words[index + 1 : index + 2]
    joined = side.keys[index + 2 : index + 3]
    listed = joined != [] and joined[0] in CHOICES and all(map(str.islower, beside)) and len(beside) == 2
    return listed and index > 2 and side.keys[index - 1] not in short_forms(words.language)


def _joins_figures(comparison: Comparison, left: _Left) -> bool:
    """Whether of two figures a dash in between became another mark, or the other way round: 10-12, 10, 12."""
    keys = [[side.keys[i] for i in part] for side, part in _parts(comparison, left)]
    return (["-"] in keys and keys[0] != keys[1] and all(keys)) and all(
        part[0] > 0
        and part[-1] + 1 < len(side.keys)
        and side.keys[part[0] - 1][0].isdigit()
        and side.keys[part[-1] + 1][0].isdigit()
        for side, part in _parts(comparison, left)
    )


def _beside_stressed(side: Side, index: int) -> bool:
    """Whether a mark stands behind a word like `no`, or a comma in front of one: `No, it is`, `No it is`."""
    if side.keys[index] not in _TELLING or (index and side.changed[index - 1]):
        return False
    following = side.keys[index + 1] if index + 1 < len(side.keys) else ""
    if index and side.keys[index - 1] in _STRESSED and following[:1].isalpha():
        return side.keys[index] != "-" or side.spaced(index)  # non-smoking
    if side.keys[index] == "(" and index and side.keys[index - 1] in _STRESSED:
        return not CHOICES.isdisjoint(side.keys[index:])  # not (a or b)
    return side.keys[index] == "," and following in _STRESSED


def _is_foot_for_inch(comparison: Comparison, left: _Left) -> bool:
    """Whether behind a figure one mark of a measure stands for another: 5′, 5″."""
    if len(left.removed) != 1 or len(left.added) != 1:
        return False
    old, new = left.removed[0], left.added[0]
    if {comparison.before.keys[old], comparison.after.keys[new]} != {"'", '"'}:
        return False
    behind = old and not comparison.before.spaced(old) and comparison.before.keys[old - 1][0].isdigit()
    return bool(behind) and sum(side.keys.count(sign) for side in comparison.sides for sign in "'\"") % 2 == 0


def _hyphenates(comparison: Comparison, left: _Left) -> bool:
    """Whether the hyphen joins two words without white space."""
    side, index = (comparison.before, left.removed[0]) if left.removed else (comparison.after, left.added[0])
    return 0 < index < len(side.keys) - 1 and not side.spaced(index) and not side.spaced(index + 1)


def _one_word(comparison: Comparison, removed: list[int], added: list[int]) -> Finding | None:
    """Both sides are one word, written otherwise: a spelling, a hyphen, a contraction."""
    if not removed or not added or max(len(removed), len(added)) > _SPELLED:
        return None
    old, new = ([s.keys[i] for i in part] for s, part in zip(comparison.sides, (removed, added), strict=True))
    if makes_another(old, new):
        return None
    text = _reason_text(comparison, removed, added)
    if comparison.words.listed and is_variant("".join(old), "".join(new), comparison):
        return Finding(Aspect.SPELLING, f"spelling: {text} (spelling variant)", substantive=False)
    language = comparison.words.language
    long = expanded(old, language).words, expanded(new, language).words
    if long[0] == long[1] or ("not" in long[0] and _are_alike(*long, comparison.words)):
        return Finding(Aspect.WORDING, f"wording: {text} (written out)", substantive=False)
    return None


def _are_alike(old: Sequence[str], new: Sequence[str], words: Words) -> bool:
    """Whether words stand for each other one by one: `do not`, `does not`."""
    pairs = [*zip(old, new, strict=False)]
    return len(old) == len(new) and all(one == other or is_alike(one, other, words) for one, other in pairs)


def _by_words(comparison: Comparison, removed: list[int], added: list[int], left: _Left) -> Finding | None:
    text = _reason_text(comparison, removed, added)
    old, new = [comparison.before.keys[i] for i in removed], [comparison.after.keys[j] for j in added]
    if label := why_it_tells(comparison, removed, added):
        return Finding(Aspect.WORDING, f"wording: {text} ({label})")
    kinds = _kinds(comparison, old, new)
    if kinds == {Aspect.SPELLING}:
        return Finding(Aspect.SPELLING, f"spelling: {text} (spelling)", substantive=False)
    dispensable = is_small if left.explained else is_light if removed and added else is_loose
    if kinds or _is_grammar(comparison, old, new, dispensable) or _is_form(comparison, removed, added):
        if _reports_time(comparison, removed, added):
            return Finding(Aspect.WORDING, f"wording: {text} (tense)")
        return None if left.explained else Finding(Aspect.WORDING, f"wording: {text} (grammar)", substantive=False)
    return Finding(Aspect.WORDING, f"wording: {text}")


def _kinds(comparison: Comparison, old: Sequence[str], new: Sequence[str]) -> set[Aspect]:
    """How words that stand for each other one by one differ in form; nothing where any two are others."""
    if not len(old) == len(new) <= _LONGEST:
        return set()
    kinds: set[Aspect] = set()
    for one, other in zip(old, new, strict=True):
        kind = _kind(comparison, one, other)
        if not kind:
            return set()
        kinds.add(kind)
    return kinds


def _kind(comparison: Comparison, before: str, after: str) -> Aspect | None:
    """How two normalised words differ in form; None where they are others, or no word lists can tell."""
    words = comparison.words
    if not words.listed:
        return None
    if is_variant(before, after, comparison) or is_typo(before, after, words.language):
        return Aspect.SPELLING
    return Aspect.WORDING if is_alike(before, after, words) else None


def _reports_time(comparison: Comparison, removed: list[int], added: list[int]) -> bool:
    """Whether a verb alone went from the present to the past or back, and the time is what the sentence tells.

    That is so where the sentence has a date, or no other verb.
    """
    if len(removed) != 1 or len(added) != 1:
        return False
    before, after = comparison.sides
    if not turns_tense(before.keys[removed[0]], after.keys[added[0]]):
        return False
    words = comparison.words
    ahead = before.keys[removed[0] - 1] if removed[0] else ""
    if not ahead[:1].isalpha() or ahead in words.set("function.articles", "function.auxiliaries", "grammar.bare_after"):
        return False
    verbs = words.set("function.auxiliaries", "modality.modals")
    return verbs.isdisjoint(before.keys) or bool(dates.dates_in(before, words, frozenset()))


def _is_grammar(
    comparison: Comparison, old: Sequence[str], new: Sequence[str], dispensable: Callable[[str, Words], bool]
) -> bool:
    """Whether without the words that may come or go nothing, or the same words, are left on both sides.

    Between words that are the same, more may come or go than beside words that are replaced.
    """
    if len(old) + len(new) > 2 * _LONGEST:
        return False
    words = comparison.words
    if any(turns(old, new, words) for turns in (changes_tense, turns_aspect)):
        return False
    return _same_without(comparison, old, new, dispensable) or bool(
        old and new and any(not is_loose(key, words) for key in old) and _same_without(comparison, old, new, is_loose)
    )


def _same_without(
    comparison: Comparison, old: Sequence[str], new: Sequence[str], dispensable: Callable[[str, Words], bool]
) -> bool:
    words = comparison.words
    old, new = ([key for key in keys if not dispensable(key, words)] for keys in (old, new))
    return len(old) == len(new) and all(
        one == other
        or _kind(comparison, one, other)
        # did not sign, signed
        or (dispensable is is_small and comparison.words.language == "en" and is_same_verb(one, other))
        for one, other in zip(old, new, strict=True)
    )


def _is_form(comparison: Comparison, removed: list[int], added: list[int]) -> bool:
    """Whether one preposition took the place of another, and the word in front asks for one of them."""
    if len(removed) != 1 or len(added) != 1 or not removed[0]:
        return False
    before, after = comparison.before.keys, comparison.after.keys
    old, new, words = before[removed[0]], after[added[0]], comparison.words
    return {old, new} <= words.set("function.prepositions") and corrects_preposition(comparison, removed[0], old, new)


def _unseen(comparison: Comparison, *, silent: bool) -> Iterator[Finding]:
    """Case, quotation marks, white space: what differs between tokens that are equal when folded."""
    was, now = _cases(comparison)
    was, now = distinguishable(was, now)
    if other := next(_other_words(comparison), ""):
        yield Finding(Aspect.WORDING, f"wording: {other} (another word)")
    if ("ß" in was) != ("ß" in now):
        substantive = was.casefold() in words_for("de").set("accents.sharp")
        aspect = Aspect.WORDING if substantive else Aspect.SPELLING
        reason = f"{aspect}: {was} → {now}{'' if substantive else ' (ß or ss)'}"
        yield Finding(aspect, reason, substantive=substantive)
    elif was and _is_other_unit(was, now) and _follows_figure(comparison.before, was):
        yield Finding(Aspect.NUMBER, f"number: {was} → {now} (unit)")
    elif was:
        rule = "case" if was.casefold() == now.casefold() else "characters"
        yield Finding(Aspect.TYPOGRAPHY, f"typography: {was} → {now} ({rule})", substantive=False)
    elif silent and comparison.before.text != comparison.after.text:
        yield Finding(Aspect.TYPOGRAPHY, "typography: white space", substantive=False)


def _other_words(comparison: Comparison) -> Iterator[str]:
    """Words whose capitals make other words of them: `US`, `Turkey`, German `Ihre`; not where all is in capitals."""
    words = comparison.words
    whole, first = words.set("names.in_capitals"), words.set("names.capitals")
    if (whole | first).isdisjoint(comparison.before.keys) or any(side.text.isupper() for side in comparison.sides):
        return
    for start, other, length in equal_stretches(comparison):
        if comparison.before.words[start : start + length] == comparison.after.words[other : other + length]:
            continue
        for i, j in zip(range(start, start + length), range(other, other + length), strict=True):
            key, sides = comparison.before.keys[i], ((comparison.before, i), (comparison.after, j))
            if key not in whole and (key not in first or _begins(*sides[0]) != _begins(*sides[1])):
                continue
            capitals = [(side.words[at][0] if key in first else side.words[at]).isupper() for side, at in sides]
            if capitals[0] != capitals[1] and not any(_in_capitals(side, at) for side, at in sides):
                yield f"{comparison.before.words[i]} → {comparison.after.words[j]}"


def _in_capitals(side: Side, index: int) -> bool:
    """Whether a word beside is in capitals, too."""
    beside = side.words[max(index - 1, 0) : index] + side.words[index + 1 : index + 2]
    return any(len(word) > 1 and word.isupper() for word in beside)


def _follows_figure(side: Side, word: str) -> bool:
    """Whether a word stands behind a figure."""
    return any(key[0].isdigit() and side.words[i] == word for i, key in enumerate(side.keys[:-1], 1))


def _is_other_unit(was: str, now: str) -> bool:
    """Whether one letter's case makes another unit: mW, MW; Mb, MB."""
    changed = [i for i, (one, other) in enumerate(zip(was, now, strict=False)) if one != other]
    if len(was) != len(now) or len(was) not in {2, 3} or len(changed) != 1:
        return False
    return (changed[0] == 0 and was[0] in "mM") or (changed[0] == len(was) - 1 and was[-1] in "bB")


def _cases(comparison: Comparison) -> tuple[str, str]:
    """The first two equal tokens that are written otherwise, where no neighbouring change explains it."""
    for i, j, length in equal_stretches(comparison):
        equal = comparison.before.words[i : i + length] == comparison.after.words[j : j + length]
        for one, other in () if equal else zip(range(i, i + length), range(j, j + length), strict=True):
            was, now = comparison.before.words[one], comparison.after.words[other]
            if was != now and not (was[1:] == now[1:] and _follows(comparison, one, other)):
                return was, now
    return "", ""


def _follows(comparison: Comparison, one: int, other: int) -> bool:
    """Whether a word's capital follows from another change: it begins a sentence, or is part of a longer name, on one
    side alone (`the Lisbon Strategy`, `the strategy`).
    """
    if _begins(comparison.before, one) != _begins(comparison.after, other):
        return True
    return _beside_capital(comparison.before, one) != _beside_capital(comparison.after, other)


def _beside_capital(side: Side, index: int) -> bool:
    """Whether a changed word with a capital stands next to a word."""
    return any(
        0 <= beside < len(side.words) and side.changed[beside] and side.words[beside][0].isupper()
        for beside in (index - 1, index + 1)
    )


def _begins(side: Side, index: int) -> bool:
    return side.keys[index - 1] in _ENDS if index else True


def _reason_text(comparison: Comparison, removed: Sequence[int], added: Sequence[int]) -> str:
    return f"{_text(comparison.before, removed)} → {_text(comparison.after, added)}"


def _text(side: Side, indices: Sequence[int]) -> str:
    return side.quoted(indices) or "nothing"
