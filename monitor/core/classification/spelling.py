"""One word in two spellings: British and American variants, hyphens, accents, typing errors.

Variants are told by rules and a list; two words are one when their canonical forms are equal. A typing error is told
by the dictionary: of two words that differ by a letter or two, one is known and the other is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from monitor.core.classification.compare import Comparison, Finding
from monitor.core.diff.sequences import ChangedRun
from monitor.core.text.words import Listed, known_words, spelling_variants
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
    """The one spelling of a folded word that stands for all its variants; a possessive ending stays."""
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
    """Whether two folded words are one in different spellings."""
    if before[0] != after[0] and before[-1] != after[-1] and before.isascii() and after.isascii():
        return False  # no variants differ at both ends: gaol, jail
    return canonical(before) == canonical(after)


def is_typo(before: str, after: str, language: str) -> bool:
    """Whether one of two folded words is the other with a typing error."""
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
