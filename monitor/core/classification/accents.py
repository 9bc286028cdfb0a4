"""Accents: when two words that differ in accents alone are one word, and when they are two.

Accents are overlooked in English, German, French and Spanish alone, where a text is plainly in one of these. In German
an umlaut makes another word of each word listed in `de.toml`, and of its forms (`wurde`, `würde`). In French and
Spanish an accent on the last letter does, or on the ending of a verb. In any other language, and in any script but the
Latin one, a mark is part of the letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from monitor.core.text.words import words_for

_VIETNAMESE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_ENDINGS = ("e", "en", "est", "et", "st", "t")  # of what might be
_SHORT = 3  # letters of a French or Spanish word in which any accent counts: ou, où; si, sí
_PART = 6  # letters of a listed word that another may end with: Auszahlung, Auszählung


@lru_cache(maxsize=8192)
def without_accents(word: str) -> str:
    """A word of the Latin script without its accents; another word as it is."""
    if word.isascii():
        return word
    plain = "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))
    return plain if plain.isascii() else word


def is_vietnamese(text: str) -> bool:
    """Whether a text has letters that only Vietnamese has."""
    return not text.isascii() and bool(_VIETNAMESE.search(text))


def is_one_word(before: str, after: str, language: str) -> bool:
    """Whether two normalised words that differ in accents alone are one word in a language."""
    if without_accents(before) != without_accents(after) or language not in _RULES:
        return False
    return len(before) != len(after) or _RULES[language](before, after)


def is_subjunctive(before: str, after: str) -> bool:
    """Whether a German verb took on or lost the umlaut of what might be: `hatte`, `hätte`."""
    plain = without_accents(before)
    stems = words_for("de").set("accents.subjunctive")
    return plain == without_accents(after) and any(plain.removesuffix(end) in stems for end in _ENDINGS)


def spelled_without_umlauts(word: str) -> str:
    """A German word as it is written where there are no umlauts: `Groesse`."""
    return word.translate(_UMLAUTS)


def _german(before: str, after: str) -> bool:
    """Whether none of the changed letters is an umlaut, or the word is no form of a listed one."""
    umlauts = any(one != other and {one, other} & set("äöü") for one, other in zip(before, after, strict=True))
    if not umlauts:
        return True
    plain = without_accents(before)
    words = words_for("de")
    listed = words.set("accents.words")
    forms = {plain, *(plain.removesuffix(ending) for ending in words.set("accents.endings"))}
    if not forms.isdisjoint(listed):
        return False
    return not any(form[start:] in listed for form in forms for start in range(1, len(form) - _PART + 1))


def _romance(before: str, after: str, language: str) -> bool:
    changed = [i for i, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    last = len(before) - 1
    if len(before) <= _SHORT or last in changed:
        return False
    if not any({before[i], after[i]} == {"é", "è"} or before[i].isascii() or after[i].isascii() for i in changed):
        return False  # péché, pêché; évènement, événement
    plain = without_accents(before)
    if plain in words_for(language).set("accents.words"):
        return False
    if language == "es":
        if any("ñ" in (before[i], after[i]) for i in changed):
            return False
        ending = last - 1 in changed and plain[-1] in "sn" and not plain.endswith(("ion", "ien", "iones"))
        return not (ending or plain.endswith(("ria", "rias", "rian")))
    return not (last - 1 in changed and plain[-1] == "s" and {before[last - 1], after[last - 1]} == {"e", "é"})


_RULES: Mapping[str, Callable[[str, str], bool]] = {
    "en": lambda before, after: min(len(before), len(after)) > 1,
    "de": _german,
    "fr": lambda before, after: _romance(before, after, "fr"),
    "es": lambda before, after: _romance(before, after, "es"),
}
