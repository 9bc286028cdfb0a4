"""Spelling, typography and wording: the changed words that no other aspect explains.

They are a substantive change of wording unless they are one of form: a spelling variant, an inflection, an article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from monitor.core.classification.compare import Comparison, Finding, Side, shortened
from monitor.core.classification.spelling import (
    changes_tense,
    corrects_form,
    is_alike,
    is_light,
    is_loose,
    is_same_verb,
    is_small,
    is_typo,
    is_variant,
    plainly,
    turns_voice,
)
from monitor.core.diff.sequences import ChangedRun
from monitor.core.text.tokens import expanded
from monitor.core.text.words import Words
from monitor.model import Aspect

_SENSE = frozenset("?%$€£¥§+=<>±≥≤≠°µ")  # marks that say something
_ENDS = frozenset(".!?:")
_LONGEST = 12  # words of a run that is looked at word by word: a longer one is no slip
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
    yield from (Finding(finding.aspect, moved) if moved and finding.substantive else finding for finding in findings)
    yield from _unseen(comparison, silent=not findings and not found)


def _in_another_order(comparison: Comparison, left: Sequence[_Left]) -> str:
    """The reason where the words that went are the words that came: the sentence has them in another order."""
    removed = [
        comparison.before.words[i] for part in left for i in part.removed if comparison.before.keys[i][0].isalnum()
    ]
    added = [comparison.after.keys[j] for part in left for j in part.added if comparison.after.keys[j][0].isalnum()]
    if sorted(map(str.casefold, removed)) != sorted(added):
        return ""
    return f"wording: {shortened(', '.join(removed))} in another order"


def _of_run(comparison: Comparison, left: _Left) -> Iterator[Finding]:
    removed = [i for i in left.removed if comparison.before.keys[i][0].isalnum()]
    added = [j for j in left.added if comparison.after.keys[j][0].isalnum()]
    if left.explained and bool(removed) != bool(added):
        removed, added = _uncontracted(comparison, left.run, removed, added)
    if not removed and not added:
        yield from _punctuation(comparison, left)
        return
    finding = _one_word(comparison, removed, added) or _by_words(comparison, removed, added, left)
    if finding:
        yield finding


def _uncontracted(
    comparison: Comparison, run: ChangedRun, removed: list[int], added: list[int]
) -> tuple[list[int], list[int]]:
    """The words that are left without those that a contraction of the other side holds: `You'll`, `You could`."""
    language = comparison.words.language
    before = set(expanded(comparison.before.keys[run.before_start : run.before_end], language).words)
    after = set(expanded(comparison.after.keys[run.after_start : run.after_end], language).words)
    return (
        [i for i in removed if comparison.before.keys[i] not in after],
        [j for j in added if comparison.after.keys[j] not in before],
    )


def _punctuation(comparison: Comparison, left: _Left) -> Iterator[Finding]:
    marks = [comparison.before.keys[i] for i in left.removed] + [comparison.after.keys[j] for j in left.added]
    if not marks or left.explained:
        return
    if not _SENSE.isdisjoint(marks):
        yield Finding(Aspect.WORDING, f"wording: {_reason_text(comparison, left.removed, left.added)}")
    elif "-" in marks and len(marks) == 1 and _hyphenates(comparison, left):
        yield Finding(Aspect.SPELLING, "spelling: hyphen", substantive=False)
    else:
        reason = f"typography: {_reason_text(comparison, left.removed, left.added)}"
        yield Finding(Aspect.TYPOGRAPHY, reason, substantive=False)


def _hyphenates(comparison: Comparison, left: _Left) -> bool:
    """Whether the hyphen joins two words without white space."""
    side, index = (comparison.before, left.removed[0]) if left.removed else (comparison.after, left.added[0])
    return 0 < index < len(side.keys) - 1 and not side.spaced(index) and not side.spaced(index + 1)


def _one_word(comparison: Comparison, removed: list[int], added: list[int]) -> Finding | None:
    """Both sides are one word, written otherwise: a spelling, a hyphen, a contraction."""
    if not removed or not added or max(len(removed), len(added)) > _SPELLED:
        return None
    old, new = ([s.keys[i] for i in part] for s, part in zip(comparison.sides, (removed, added), strict=True))
    text = _reason_text(comparison, removed, added)
    if is_variant("".join(old), "".join(new)):
        return Finding(Aspect.SPELLING, f"spelling: {text}", substantive=False)
    language = comparison.words.language
    if expanded(old, language).words == expanded(new, language).words:
        return Finding(Aspect.WORDING, f"wording: {text} (written out)", substantive=False)
    return None


def _by_words(comparison: Comparison, removed: list[int], added: list[int], left: _Left) -> Finding | None:
    text = _reason_text(comparison, removed, added)
    old, new = [comparison.before.keys[i] for i in removed], [comparison.after.keys[j] for j in added]
    kinds = _kinds(old, new, comparison.words)
    if kinds == {Aspect.SPELLING}:
        return Finding(Aspect.SPELLING, f"spelling: {text}", substantive=False)
    dispensable = is_small if left.explained else is_light if removed and added else is_loose
    if kinds or _is_grammar(old, new, comparison.words, dispensable) or _is_form(comparison, removed, added):
        return None if left.explained else Finding(Aspect.WORDING, f"wording: {text} (grammar)", substantive=False)
    return Finding(Aspect.WORDING, f"wording: {text}")


def _kinds(old: Sequence[str], new: Sequence[str], words: Words) -> set[Aspect]:
    """How words that stand for each other one by one differ in form; nothing where any two are others."""
    if not len(old) == len(new) <= _LONGEST:
        return set()
    kinds: set[Aspect] = set()
    for one, other in zip(old, new, strict=True):
        kind = _kind(one, other, words)
        if not kind:
            return set()
        kinds.add(kind)
    return kinds


def _kind(before: str, after: str, words: Words) -> Aspect | None:
    """How two normalised words differ in form; None where they are others."""
    if is_variant(before, after) or is_typo(before, after, words.language):
        return Aspect.SPELLING
    return Aspect.WORDING if is_alike(before, after, words) else None


def _is_grammar(
    old: Sequence[str], new: Sequence[str], words: Words, dispensable: Callable[[str, Words], bool]
) -> bool:
    """Whether without the words that may come or go nothing, or the same words, are left on both sides.

    Between words that are the same, more may come or go than beside words that are replaced.
    """
    if len(old) + len(new) > 2 * _LONGEST:
        return False
    old, new = plainly(old, words), plainly(new, words)
    if changes_tense(old, new, words) or turns_voice(old, new, words):
        return False
    return _same_without(old, new, words, dispensable) or bool(
        old and new and any(not is_loose(key, words) for key in old) and _same_without(old, new, words, is_loose)
    )


def _same_without(
    old: Sequence[str], new: Sequence[str], words: Words, dispensable: Callable[[str, Words], bool]
) -> bool:
    old, new = ([key for key in keys if not dispensable(key, words)] for keys in (old, new))
    return len(old) == len(new) and all(
        one == other
        or _kind(one, other, words)
        or (dispensable is is_small and is_same_verb(one, other))  # did not sign, signed
        for one, other in zip(old, new, strict=True)
    )


def _is_form(comparison: Comparison, removed: list[int], added: list[int]) -> bool:
    """Whether a verb took the form that the word in front of it asks for."""
    if len(removed) != 1 or len(added) != 1 or not removed[0]:
        return False
    before, after = comparison.before.keys, comparison.after.keys
    return corrects_form(before[removed[0] - 1], before[removed[0]], after[added[0]], comparison.words)


def _unseen(comparison: Comparison, *, silent: bool) -> Iterator[Finding]:
    """Case, quotation marks, white space: what differs between tokens that are equal when folded."""
    was, now = _cases(comparison)
    if was:
        aspect = Aspect.SPELLING if ("ß" in was) != ("ß" in now) else Aspect.TYPOGRAPHY
        yield Finding(aspect, f"{aspect}: {was} → {now}", substantive=False)
    elif silent and comparison.before.text != comparison.after.text:
        yield Finding(Aspect.TYPOGRAPHY, "typography: white space", substantive=False)


def _cases(comparison: Comparison) -> tuple[str, str]:
    """The first two equal tokens that are written otherwise, where no neighbouring change explains it."""
    i = j = 0
    for run in (*comparison.runs, ChangedRun(len(comparison.before.keys), 0, len(comparison.after.keys), 0)):
        equal = comparison.before.words[i : run.before_start] == comparison.after.words[j : run.after_start]
        for one, other in () if equal else zip(range(i, run.before_start), range(j, run.after_start), strict=True):
            was, now = comparison.before.words[one], comparison.after.words[other]
            if was != now and not (was[1:] == now[1:] and _follows(comparison, one, other)):
                return was, now
        i, j = run.before_end, run.after_end
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
