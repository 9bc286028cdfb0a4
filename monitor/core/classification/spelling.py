"""Spelling: variants, typing errors, hyphens, accents, words written together or cut short.

Spelling variants are found by rules and a list: two words are the same if their canonical forms are equal. A typing
error differs by one or two letters, and the dictionary knows only one of the two words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from monitor.core.classification.accents import is_one_word, is_subjunctive, spelled_without_umlauts, without_accents
from monitor.core.classification.compare import Comparison, Finding
from monitor.core.diff.sequences import ChangedRun
from monitor.core.text.lookalikes import distinguishable, mixed_scripts
from monitor.core.text.words import Listed, Words, known_words, spelling_variants, words_for
from monitor.model import Aspect

_ENDINGS = ("", "s", "es", "d", "ed", "ing", "r", "er", "ers", "ly")
_VOWELS = frozenset("aeiou")
_MOST_SLIPS = 2  # letters that a typing error gets wrong
_DOUBLED = frozenset({"de", "es", "fr"})  # not Italian: pagheremo, pagheremmo
_JOINED = 9  # tokens: the most that a word written in parts has
_LOWERED = re.compile("\\d[₀-₉]")  # a figure with its base: 12₁₀
_ONE_SIDE = [True, False], [False, True]
_LONGEST = 40  # letters of a word that spelling rules are tried on
_INITIALS = 5  # letters with points, from here on words: z. B., z.B.
_SHORT, _LONG = 4, 8  # letters: below, no typing error is told; from here on, two letters may differ


@lru_cache(maxsize=8192)
def canonical(key: str, language: str = "en") -> str:
    """The one spelling of a normalised word that stands for all its variants; a possessive ending and accents stay."""
    head, apostrophe, tail = key.partition("'")
    if apostrophe and head.isalpha():
        return f"{canonical(head, language)}'{tail}"
    if language == "en":
        key = _variants().get(key, key)
    elif "ё" in key:
        key = key.replace("ё", "е")
    if len(key) > _LONGEST or not key.isalpha():
        return key
    for pattern, replacement in _spelling_rules(language):
        key = pattern.sub(replacement, key)
    return key


@cache
def _spelling_rules(language: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern), to) for pattern, to in words_for(language).get("spelling.rules") or ()]


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


def is_variant(before: str, after: str, comparison: Comparison) -> bool:
    """Whether two normalised words of a comparison are one in different spellings."""
    ascii_only = before.isascii() and after.isascii()
    if before[0] != after[0] and before[-1] != after[-1] and ascii_only:
        return False  # no variants differ at both ends: gaol, jail
    language = comparison.words.language
    if canonical(before, language) == canonical(after, language):
        return True
    return not ascii_only and bool(comparison.accents) and _is_accented(before, after, comparison.accents)


def _is_accented(before: str, after: str, language: str) -> bool:
    """Whether two words, or the words behind their elisions, differ in accents alone and are one."""
    if "'" in before and "'" in after:
        parts = zip(before.split("'"), after.split("'"), strict=False)
        return before.count("'") == after.count("'") and all(
            one == other or (one and other and _is_accented(one, other, language)) for one, other in parts
        )
    if language == "de" and spelled_without_umlauts(before) == spelled_without_umlauts(after):
        return True
    return is_one_word(before, after, language)


def is_typo(before: str, after: str, language: str) -> bool:
    """Whether one of two normalised words is the other with a typing error.

    Two letters exchanged, or a letter doubled or not, is one in any language; other errors are told by the English
    dictionary, which must know one of the two words and not the other, and never by the first letter or by affixes that
    make another word.
    """
    if not (before.isalpha() and after.isalpha()) or min(len(before), len(after)) < _SHORT:
        return False
    longest = max(len(before), len(after))
    if abs(len(before) - len(after)) > _MOST_SLIPS or not _begin_alike(before, after):
        return False
    distance = OSA.distance(before, after, score_cutoff=_MOST_SLIPS)
    ends = before.startswith(after) or after.startswith(before)  # transactional, transaction: no slip
    if distance > (_MOST_SLIPS if longest >= _LONG and not ends else 1):
        return False
    if language != "en" or not (before.isascii() and after.isascii()):
        return distance == 1 and _is_slip(before, after, doubled=language in _DOUBLED)
    known = known_words()
    before_known, after_known = _is_known(before, known), _is_known(after, known)
    if before_known == after_known:
        return not before_known and distance == 1 and _is_slip(before, after, doubled=True)
    return not _differs_in_affix(before, after)


def _begin_alike(before: str, after: str) -> bool:
    """Whether two words have the same first letter, or the first two exchanged, or a vowel each."""
    return before[0] == after[0] or before[:2] == after[1::-1] or (before[0] in _VOWELS and after[0] in _VOWELS)


@cache
def _affixes(kind: str) -> list[frozenset[str]]:
    """Of each set, one affix for another makes another word: licensor, licensee; intrastate, interstate."""
    return [frozenset(line) for line in words_for("en").lines(f"spelling.{kind}")]


def _differs_in_affix(before: str, after: str) -> bool:
    """Whether two words differ in one affix alone, and both affixes are of one line."""
    old, new = (word.removesuffix("s") for word in (before, after))
    suffixes, prefixes = _affixes("suffixes"), _affixes("prefixes")
    return any(_stems(old, line, str.removesuffix) & _stems(new, line, str.removesuffix) for line in suffixes) or any(
        _stems(before, line, str.removeprefix) & _stems(after, line, str.removeprefix) for line in prefixes
    )


def _stems(word: str, affixes: frozenset[str], without: Callable[[str, str], str]) -> set[str]:
    return {stem for affix in affixes if (stem := without(word, affix)) != word}


def find(comparison: Comparison) -> Iterator[Finding]:
    """Runs that are one word with other hyphens, joints or spelling, seen before they are taken for more."""
    for run in comparison.runs:
        if 0 < run.before_end - run.before_start <= _JOINED and 0 < run.after_end - run.after_start <= _JOINED:
            keys = comparison.before.keys[slice(*run[:2])] + comparison.after.keys[slice(*run[2:])]
            if scripts := next(filter(None, map(mixed_scripts, keys)), ""):
                yield _disguised(comparison, run, scripts)
                continue
            aspect, rule = _form_of(comparison, run)
            if aspect:
                yield _written(comparison, run, aspect, rule)


def _disguised(comparison: Comparison, run: ChangedRun, scripts: str) -> Finding:
    """A word that mixes scripts, which no reader could see: it says something else, or hides that it does."""
    before, after = frozenset(range(*run[:2])), frozenset(range(*run[2:]))
    was, now = distinguishable(comparison.before.quoted(before), comparison.after.quoted(after))
    reason = f"wording: {was} → {now} ({scripts} letters in one word)"
    return Finding(Aspect.WORDING, reason, before=before, after=after)


def _form_of(comparison: Comparison, run: ChangedRun) -> tuple[Aspect | None, str]:
    """What kind of form differs, and by which rule; no rule where another thing is said."""
    old = comparison.before.keys[run.before_start : run.before_end]
    new = comparison.after.keys[run.after_start : run.after_end]
    if makes_another(old, new):
        return None, ""
    if [*map(bool, map(_LOWERED.search, ("".join(words) for words in _words_of(comparison, run))))] in _ONE_SIDE:
        return Aspect.NUMBER, ""
    if "".join(old) == "".join(new) or _same_initials(old, new):
        return Aspect.TYPOGRAPHY, "spaces"
    if (len(old) == len(new) == 1 and _same_digits(old[0], new[0])) or _same_telephone(old, new):
        return Aspect.TYPOGRAPHY, "separators"
    if _same_sign(comparison, run, old, new):
        return Aspect.WORDING, "written out"
    was, now = ("".join(words) for words in _words_of(comparison, run))
    if was.replace("İ", "I").upper() == now.replace("İ", "I").upper() and (was.isupper() or now.isupper()):
        return Aspect.TYPOGRAPHY, "case"
    return _respelt(comparison, run, old, new) if comparison.words.listed else (None, "")


def _respelt(
    comparison: Comparison, run: ChangedRun, old: Sequence[str], new: Sequence[str]
) -> tuple[Aspect | None, str]:
    """The same for words that only a language's lists and rules can judge."""
    if is_abbreviated(comparison, run) or _is_short(old, new, comparison.words):
        return Aspect.WORDING, "written out"
    before, after = ("".join(key for key in keys if key != "-") for keys in (old, new))
    if len(old) == len(new) == 1:
        if comparison.words.language == "de" and is_subjunctive(before, after):
            return Aspect.MODALITY, ""
        if _no_name(comparison, run) and is_typo(before, after, comparison.words.language):
            return Aspect.SPELLING, "typing error"
    if before.replace("'", "").isalpha() and after.replace("'", "").isalpha():
        return (Aspect.SPELLING, "spelling variant") if is_variant(before, after, comparison) else (None, "")
    return None, ""


_RE_ENDINGS = ("", "e", "s", "es", "ed", "d", "ing", "ation", "ations")


def _same_digits(before: str, after: str) -> bool:
    """Whether two dates or times in figures differ in the signs between these alone: 1.3.2024, 1/3/2024; 9.00, 9:00."""
    parts = re.split(r"[.:/-]", before)
    if not all(map(str.isdecimal, parts)) or parts != re.split(r"[.:/-]", after):
        return False
    return len(parts) == 3 or (len(parts) == 2 and len(parts[1]) == 2 and set("".join((before, after))) >= {".", ":"})


def _same_initials(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether both sides are the same few letters with points: `z. B.`, `z.B.`."""
    letters = ["".join(keys).replace(".", "") for keys in (old, new)]
    return letters[0] == letters[1] and letters[0].isalpha() and len(letters[0]) < _INITIALS


def _same_telephone(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether both sides are one number to dial or of a book, grouped otherwise: `01 234 567`, `01/234567`."""
    if not all(key in _GROUPS or key.replace("/", "").isdecimal() for key in (*old, *new)):
        return False
    digits = ["".join(filter(str.isdecimal, "".join(keys))) for keys in (old, new)]
    dialled = len(digits[0]) >= (_DIALLED if digits[0][:1] == "0" else _NUMBERED)
    return digits[0] == digits[1] and dialled and bool(old and new)


_GROUPS = frozenset("/-()")
_DIALLED, _NUMBERED = 6, 10  # digits of a telephone number, of any other that is grouped: ISBN
_NUMBER_SIGNS = frozenset({"№", "#", "no", "nr", "nº", "n°"})
_MEASURES = frozenset({"mm", "cm", "dm", "m", "km", "ft", "in"})


def _same_sign(comparison: Comparison, run: ChangedRun, old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether a sign and its letters stand for each other: `№ 5`, `No. 5`; `cm3`, `cm³`."""
    if old[0].rstrip("23") in _MEASURES or new[0].rstrip("23") in _MEASURES:
        return "".join(old).replace("^", "") == "".join(new).replace("^", "")
    ahead = comparison.before.keys[run.before_end : run.before_end + 1], comparison.after.keys[run.after_end :][:1]
    signs = [[key for key in keys if key != "."] for keys in (old, new)]
    return all(len(keys) == 1 and keys[0] in _NUMBER_SIGNS for keys in signs) and all(
        bool(keys) and keys[0][0].isdigit() for keys in ahead
    )


def _words_of(comparison: Comparison, run: ChangedRun) -> tuple[list[str], list[str]]:
    return comparison.before.words[slice(*run[:2])], comparison.after.words[slice(*run[2:])]


def makes_another(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether a word and its parts are two things: `atypical`, `a typical`; `recover`, `re-cover`.

    Both sides are normalised tokens of which the letters are the same, or not.
    """
    if len(old) == len(new) == 2 and old != new and "".join(old) == "".join(new):
        return all(map(known_words().__contains__, (*old, *new)))  # an ice man, a nice man
    parts, (whole, *more) = (old, new) if len(old) > len(new) else (new, old)
    if more or len(parts) < 2 or whole != "".join(key for key in parts if key != "-"):
        return False
    first, last = parts[0], parts[-1]
    words = words_for("en")
    if first in {"a", "the"}:
        known = known_words()
        return last in known and (whole in known or whole in words.set("spelling.with_article"))
    if first == "re":
        return any(whole.removesuffix(end) in words.set("spelling.hyphenated") for end in _RE_ENDINGS)
    return " ".join(parts) in (words.get("spelling.apart") or ())


def _goes_on(comparison: Comparison, run: ChangedRun) -> bool:
    """Whether a sentence goes on behind a run on both sides, so that a point in it ends none."""
    ends = (comparison.before, run.before_end), (comparison.after, run.after_end)
    return all(end < len(side.words) and not side.words[end][0].isupper() for side, end in ends)


def _shortens(short: str, full: str, comparison: Comparison) -> bool:
    """Whether letters are the beginning of a word (`sec`), or its first and last with some between (`dept`, `nr`)."""
    if len(short) < 2 or short == full:
        return False
    letters = iter(full)
    skips = short[0] == full[0] and short[-1] == full[-1] and all(letter in letters for letter in short)
    known = len(short) >= _SHORT or full in comparison.words.groups("reference.words")
    return full.startswith(short) or (skips and known)


def is_abbreviated(comparison: Comparison, run: ChangedRun) -> bool:
    """Whether one side of a run is the other cut short, with a stop (`Sec.`, `Section`), or its initials."""
    sides = [
        (side.words[start:end], side.keys[start:end])
        for side, start, end in ((comparison.before, *run[:2]), (comparison.after, *run[2:]))
    ]
    for (_, short), (_, full) in (sides, sides[::-1]):
        if set(short) == {"§"} and len(full) == 1:
            return full[0] in comparison.words.groups("reference.words")
        if len(short) == 2 and short[1] == "." and len(full) == 1 and short[0].isalpha():
            return _goes_on(comparison, run) and _shortens(short[0], full[0], comparison)
    for (word, short), (names, _) in (sides, sides[::-1]):
        if len(short) == 1 and len(names) > 1 and word[0].isupper() and word[0].replace(".", "").isalpha():
            return len(short[0]) > 1 and "".join(name[0] for name in names if name[0].isupper()).casefold() == short[0]
    return False


def _is_short(old: Sequence[str], new: Sequence[str], words: Words) -> bool:
    """Whether one side stands for the other: `e.g.`, `for example`."""
    line, other = (short_forms(words.language).get(" ".join(key for key in keys if key != ".")) for keys in (old, new))
    return line is not None and line == other


@cache
def short_forms(language: str) -> dict[str, str]:
    """What is cut short, or written out -> its line."""
    return {form: line for line in words_for(language).get("spelling.short") or () for form in line.split("/")}


def _written(comparison: Comparison, run: ChangedRun, aspect: Aspect, rule: str) -> Finding:
    """The finding of a whole run; one without a rule is substantive."""
    before, after = frozenset(range(*run[:2])), frozenset(range(*run[2:]))
    reason = f"{aspect}: {comparison.before.quoted(before)} → {comparison.after.quoted(after)}"
    reason += f" ({rule})" if rule else ""
    return Finding(aspect, reason, substantive=not rule, before=before, after=after)


def _no_name(comparison: Comparison, run: ChangedRun) -> bool:
    """Whether no word of the run has a capital within a sentence, or an unknown one a capital on both sides."""
    words = [
        (side, index)
        for side, indices in zip(comparison.sides, (range(*run[:2]), range(*run[2:])), strict=True)
        for index in indices
    ]
    if any(side.words[i][0].isupper() and i and side.keys[i - 1][0].isalnum() for side, i in words):
        return False
    capitals = all(side.words[i][0].isupper() for side, i in words)
    return not capitals or any(_is_known(side.keys[i], known_words()) for side, i in words)


def _is_known(word: str, known: Listed) -> bool:
    return word in known or canonical(word) in known or without_accents(word) in known


def _is_slip(before: str, after: str, *, doubled: bool) -> bool:
    """Two letters exchanged, or, where `doubled` says so, a letter doubled or not: what hardly makes another word."""
    if len(before) == len(after):
        return sorted(before) == sorted(after) and len(before) >= 6
    shorter, longer = sorted((before, after), key=len)
    return doubled and (
        any(longer[i] == longer[i - 1] and longer[:i] + longer[i + 1 :] == shorter for i in range(1, len(longer)))
        and len(longer) >= 6
    )
