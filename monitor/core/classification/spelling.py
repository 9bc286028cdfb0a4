"""Changes of form only: spelling variants, typing errors, hyphens, accents, agreement, articles and other small words.

Spelling variants are found by rules and a list: two words are the same if their canonical forms are equal. A typing
error differs by one or two letters, and the dictionary knows only one of the two words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from monitor.core.classification.accents import is_one_word, is_subjunctive, spelled_without_umlauts, without_accents
from monitor.core.classification.compare import Comparison, Finding
from monitor.core.diff.sequences import ChangedRun
from monitor.core.text.words import (
    Listed,
    Words,
    known_words,
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
        (r"^(\w{4,}[^cg])eable$", r"\1able"),
    )
)
_ENDINGS = ("", "s", "es", "d", "ed", "ing", "r", "er", "ers", "ly")
_MOST_SLIPS = 2  # letters that a typing error gets wrong
_JOINED = 5  # tokens: the most that a word written in parts has
_LONGEST = 40  # letters of a word that spelling rules are tried on
_SHORT, _LONG = 4, 8  # letters: below, no typing error is told; from here on, two letters may differ


@lru_cache(maxsize=8192)
def canonical(key: str) -> str:
    """The one spelling of a normalised word that stands for all its variants; a possessive ending and accents stay."""
    head, apostrophe, tail = key.partition("'")
    if apostrophe and head.isalpha():
        return f"{canonical(head)}'{tail}"
    key = _variants().get(key, key)
    if "ё" in key:
        key = key.replace("ё", "е")
    if len(key) > _LONGEST or not key.isalpha():
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


def is_variant(before: str, after: str, accents: str = "") -> bool:
    """Whether two normalised words are one in different spellings; `accents` is the language that overlooks them."""
    ascii_only = before.isascii() and after.isascii()
    if before[0] != after[0] and before[-1] != after[-1] and ascii_only:
        return False  # no variants differ at both ends: gaol, jail
    if canonical(before) == canonical(after):
        return True
    return bool(accents) and not ascii_only and _is_accented(before, after, accents)


def _is_accented(before: str, after: str, language: str) -> bool:
    """Whether two words, or the words behind their elisions, differ in accents alone and are one."""
    if "'" in before and "'" in after:
        heads, tails = zip(before.partition("'")[::2], after.partition("'")[::2], strict=True)
        return heads[0] == heads[1] and all(tails) and _is_accented(*tails, language)
    if language == "de" and spelled_without_umlauts(before) == spelled_without_umlauts(after):
        return True
    return is_one_word(before, after, language) or is_one_word(canonical(before), canonical(after), language)


def is_typo(before: str, after: str, language: str) -> bool:
    """Whether one of two normalised words is the other with a typing error.

    Two letters exchanged, or a letter doubled or not, is one in any language; other errors are told by the English
    dictionary, which must know one of the two words and not the other, and never by the first letter or by affixes that
    make another word.
    """
    if not (before.isalpha() and after.isalpha()) or min(len(before), len(after)) < _SHORT:
        return False
    longest = max(len(before), len(after))
    if abs(len(before) - len(after)) > _MOST_SLIPS or before[0] != after[0]:
        return False
    distance = OSA.distance(before, after, score_cutoff=_MOST_SLIPS)
    ends = before.startswith(after) or after.startswith(before)  # transactional, transaction: no slip
    if distance > (_MOST_SLIPS if longest >= _LONG and not ends else 1):
        return False
    if language != "en" or not (before.isascii() and after.isascii()):
        return distance == 1 and _is_slip(before, after)
    known = known_words()
    if _is_known(before, known) == _is_known(after, known):
        return False
    return not _differs_in_affix(before, after)


# Of each line, one affix for another makes another word: licensor, licensee; nitrate, nitrite; intrastate, interstate.
_SUFFIXES = tuple(
    frozenset(line.split())
    for line in (
        "or ee",
        "er ee",
        "er ist",
        "ist ism",
        "ate ite ide ase ose",
        "ane ene yne ine one ol al yl ole",
        "ous ic al ate",
        "bit byte",
        "gram graph",
        "ology ography onomy ectomy otomy ostomy oscopy opathy",
        "itis osis oma emia aemia",
        "phile phobe phobia philia",
        "ful less",
        "able ive",
        "ing ed",
        "like less",
        "ward wards",
        "some less",
    )
)
_PREFIXES = tuple(
    frozenset(line.split())
    for line in (
        "inter intra intro infra",
        "hyper hypo",
        "endo exo ecto",
        "meth eth prop but pent hex hept oct form acet",
        "kilo mega giga tera peta milli micro nano pico centi deci deca hecto",
        "mono di bi tri tetra penta hexa poly oligo",
        "pre pro per post re",
        "macro micro",
        "ante anti",
        "sub super supra",
        "homo hetero",
        "over under out",
        "ab ad",
        "up down",
        "in im ex e un en de dis",
        "iso neo nor",
        "chlor fluor brom iod",
    )
)


def _differs_in_affix(before: str, after: str) -> bool:
    """Whether two words differ in one affix alone, and both affixes are of one line."""
    old, new = (word.removesuffix("s") for word in (before, after))
    return any(_stems(old, line, str.removesuffix) & _stems(new, line, str.removesuffix) for line in _SUFFIXES) or any(
        _stems(before, line, str.removeprefix) & _stems(after, line, str.removeprefix) for line in _PREFIXES
    )


def _stems(word: str, affixes: frozenset[str], without: Callable[[str, str], str]) -> set[str]:
    return {stem for affix in affixes if (stem := without(word, affix)) != word}


def find(comparison: Comparison) -> Iterator[Finding]:
    """Runs that are one word with other hyphens, joints or spelling, seen before they are taken for more."""
    for run in comparison.runs:
        old = comparison.before.keys[run.before_start : run.before_end]
        new = comparison.after.keys[run.after_start : run.after_end]
        if not 0 < len(old) <= _JOINED or not 0 < len(new) <= _JOINED:
            continue
        if "".join(old) == "".join(new):
            if not makes_another(old, new):
                yield _written(comparison, run, Aspect.TYPOGRAPHY, "spaces")
            continue
        if len(old) == len(new) == 1 and _same_digits(old[0], new[0]):
            yield _written(comparison, run, Aspect.TYPOGRAPHY, "separators")
            continue
        before, after = ("".join(key for key in keys if key != "-") for keys in (old, new))
        if before == after and makes_another(old, new):
            continue
        if len(old) == len(new) == 1 and is_subjunctive(before, after) and comparison.words.language == "de":
            yield _written(comparison, run, Aspect.MODALITY, "")
        elif is_abbreviated(comparison, run):
            yield _written(comparison, run, Aspect.WORDING, "written out")
        elif not (before.replace("'", "").isalpha() and after.replace("'", "").isalpha()):
            continue
        elif is_variant(before, after, comparison.accents):
            yield _written(comparison, run, Aspect.SPELLING, "spelling variant")
        elif len(old) == len(new) == 1 and _no_name(comparison, run) and is_typo(before, after, comparison.words.language):
            yield _written(comparison, run, Aspect.SPELLING, "typing error")


# What a hyphen makes another word of: to recover, to re-cover.
_RE_WORDS = frozenset(
    f"{stem}{ending}"
    for stem in "recover resign reform recreat resent resort represent releas relay remark reserv resound retreat recollect "
    "repress redress recount repos resolv restrain reproduc recall retir restor rebound relat react".split()
    for ending in ("", "e", "s", "es", "ed", "d", "ing", "ation", "ations")
)


def _same_digits(before: str, after: str) -> bool:
    """Whether two dates in figures differ in the sign between these alone: 12.03.2024, 12/03/2024."""
    parts = re.split(r"[./-]", before)
    return len(parts) == 3 and all(map(str.isdecimal, parts)) and parts == re.split(r"[./-]", after)  # noqa: PLR2004


def makes_another(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether a word and its parts are two things: `atypical`, `a typical`; `notable`, `not able`; `recover`, `re-cover`."""
    parts, (whole, *more) = (old, new) if len(old) > len(new) else (new, old)
    if more or len(parts) < 2:  # noqa: PLR2004
        return False
    first, last = parts[0], parts[-1]
    if first == "a":
        known = known_words()
        return last in known and (whole in known or len(whole) >= _LONG)  # no slip like alot
    return (first, last) in {("not", "able"), ("now", "here")} or (first == "re" and whole in _RE_WORDS)


def is_abbreviated(comparison: Comparison, run: ChangedRun) -> bool:
    """Whether one side of a run is the other cut short, with a stop (`Sec.`, `Section`), or its initials."""
    sides = [
        (side.words[start:end], side.keys[start:end])
        for side, start, end in ((comparison.before, *run[:2]), (comparison.after, *run[2:]))
    ]
    for (_, short), (_, full) in (sides, sides[::-1]):
        if len(short) == 2 and short[1] == "." and len(full) == 1 and short[0].isalpha():  # noqa: PLR2004
            return len(short[0]) > 1 and full[0] != short[0] and full[0].startswith(short[0])
    for (word, short), (names, _) in (sides, sides[::-1]):
        if len(short) == 1 and len(names) > 1 and word[0].isupper() and word[0].replace(".", "").isalpha():
            return len(short[0]) > 1 and "".join(name[0] for name in names if name[0].isupper()).casefold() == short[0]
    return False


def _written(comparison: Comparison, run: ChangedRun, aspect: Aspect, rule: str) -> Finding:
    """The finding of a whole run; one without a rule is substantive."""
    before, after = frozenset(range(*run[:2])), frozenset(range(*run[2:]))
    reason = f"{aspect}: {comparison.before.quoted(before)} → {comparison.after.quoted(after)}"
    reason += f" ({rule})" if rule else ""
    return Finding(aspect, reason, substantive=not rule, before=before, after=after)


def _no_name(comparison: Comparison, run: ChangedRun) -> bool:
    """Whether no word of the run has a capital within a sentence."""
    return not any(
        side.words[index][0].isupper() and index and side.keys[index - 1][0].isalnum()
        for side, indices in zip(comparison.sides, (range(*run[:2]), range(*run[2:])), strict=True)
        for index in indices
    )


def _is_known(word: str, known: Listed) -> bool:
    return word in known or canonical(word) in known or without_accents(word) in known


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


_DETERMINERS = ({"their", "the"},)


def is_alike(before: str, after: str, words: Words) -> bool:
    """Whether two normalised words stand for each other: small words of grammar, or forms of one word."""
    alike = _word_lists(words.language).alike
    if before in alike and after in alike:
        return not alike[before].isdisjoint(alike[after])
    if words.language != "en" or before[0] != after[0]:
        return False
    if before[:_SHARED] != after[:_SHARED]:
        return is_plural(before, after)  # foot, feet
    if {before, after} in _DETERMINERS:
        return True
    return agrees(before, after) or inflects(before, after)


def changes_tense(before: Iterable[str], after: Iterable[str], words: Words) -> bool:
    """Whether the auxiliaries of one side are of the present and those of the other of the past."""
    first, second = _times(before, words), _times(after, words)
    return bool(first) and bool(second) and first.isdisjoint(second)


def _times(keys: Iterable[str], words: Words) -> set[str]:
    lists, found = _word_lists(words.language), list(keys)
    times = {"past" for key in found if key in lists.past} | {"present" for key in found if key in lists.present}
    perfect = bool(times) and not words.set("grammar.perfect").isdisjoint(found)
    return times | {"past"} if perfect else times  # have been is like were


def turns_tense(before: str, after: str) -> bool:
    """Whether of two forms of one English verb one is of the past: `closes`, `closed`."""
    if before.endswith("ed") == after.endswith("ed") or before.endswith("ing") or after.endswith("ing"):
        return False
    return is_same_verb(before, after)


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
