"""Split text into words, numbers, white space and single marks without losing a character, and expand contractions.

Numbers and ISO dates keep their separators, words their apostrophes, initials their points (`U.S.`), and web addresses
stay whole. In scripts without spaces each character with its marks is a token. Every pattern consumes what it has
looked at, so the time is linear. Contractions are expanded (`isn't` is `is not`) for modality and negation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from monitor.core.text.words import words_for

# Scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana, Han.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Combining marks and joiners; of the Indic blocks everything but the full stops, since they mix both.
_MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200d\u2060\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff"
)
_UNSPACED_MARKS = (
    "\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3"
)
_RAISED = "²³¹⁰⁴-⁹₀-₉"  # footnote figures: not part of the word in front
_COMMON = r"[a-zA-Z]++(?=[ ,;)])| (?!\s)"  # most of most texts, first for speed
_ADDRESS = r"(?:https?://|www\.)[^\s<>\"“”–—]*[^\s<>\"“”–—.,;:!?)\]'’]"
_NUMBER = r"\d{4}-\d\d-\d\d(?!\d)|\d{1,3}(?:['’]\d{3})+(?!\d)|\d+(?:[.,:/]\d+)*"
_PLAIN = re.compile(rf"{_COMMON}|{_ADDRESS}|(?:[^\W\d]\.){{2,}}|[^\W\d]\w*(?:'[^\W\d]+)*|{_NUMBER}|\s+|.", re.DOTALL)


@cache
def _of_every_script() -> re.Pattern[str]:
    """What `_PLAIN` is for ASCII, for all texts; it takes longer to compile than a short text to compare."""
    return _compiled(UNSPACED, f"[{UNSPACED}][{_UNSPACED_MARKS}]*|", _RAISED, _MARKS)


@cache
def _western() -> re.Pattern[str]:
    """The same for the characters of Windows-1252: letters of western Europe, curly quotes, dashes."""
    return _compiled("", "", "²³¹", "\u00ad")


def _compiled(apart: str, unspaced: str, raised: str, marks: str) -> re.Pattern[str]:
    letter, wordy = f"[^\\W\\d{apart}{raised}]", f"[^\\W{apart}{raised}]"
    return re.compile(
        f"{_COMMON}|{_ADDRESS}"
        f"|(?:{letter}\\.){{2,}}"
        f"|{letter}{wordy}*(?:[{marks}]+{wordy}*|['’´]{letter}+)*"
        f"|{_NUMBER}"
        r"|\s+"
        f"|{unspaced}.[{marks}]*",
        re.DOTALL,
    )


_APOSTROPHES = dict.fromkeys(map(ord, "’ʼ´"), "'")
# What is not seen, and signs that may be left out: Hebrew points, Arabic short vowels, the stroke that draws words out.
_OPTIONAL = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0652\u0670"
_UNSEEN = re.compile(f"[\u00ad\u200b-\u200d\u2060\ufeff{_OPTIONAL}]")


def tokens_of(text: str) -> list[str]:
    """The tokens of a text; joined they give it back exactly."""
    if text.isascii():
        return _PLAIN.findall(text)
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return _of_every_script().findall(text)
    return _western().findall(text)


@lru_cache(maxsize=8192)
def normalize_token(token: str) -> str:
    """A token without case, typographic apostrophe, compatibility form, unseen characters and optional signs."""
    if token.isascii():
        return token.lower()
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", token.translate(_APOSTROPHES)))
    folded = (seen or token).casefold()
    return folded.replace("i\u0307", "i") if "\u0307" in folded else folded  # İ


class Expansion(NamedTuple):
    """Normalised words with contractions written out, and for each the index of the token that it comes from."""

    words: list[str]
    origin: list[int]


class _Forms(NamedTuple):
    whole: dict[str, tuple[str, ...]]
    endings: dict[str, str]
    beginnings: dict[str, str]


@cache
def _forms(language: str) -> _Forms:
    words = words_for(language)
    return _Forms(
        {line[0]: tuple(line[1:]) for line in words.lines("contractions.whole")},
        {line[0]: line[1] for line in words.lines("contractions.endings")},
        {line[0]: line[1] for line in words.lines("contractions.beginnings")},
    )


def expanded(keys: Iterable[str], language: str) -> Expansion:
    """The normalised tokens of one side with contractions written out."""
    forms = _forms(language)
    keys = list(keys)
    if forms.whole.keys().isdisjoint(keys) and "'" not in "".join(keys):
        return Expansion(keys, list(range(len(keys))))
    words: list[str] = []
    origin: list[int] = []
    for index, key in enumerate(keys):
        if "'" in key or key in forms.whole:
            parts = _parts(key, forms)
            words.extend(parts)
            origin.extend([index] * len(parts))
        else:
            words.append(key)
            origin.append(index)
    return Expansion(words, origin)


def _parts(key: str, forms: _Forms) -> tuple[str, ...]:
    if key in forms.whole:
        return forms.whole[key]
    head, apostrophe, tail = key.rpartition("'")
    ending = f"'{tail}"
    if len(head) > 1 and head.endswith("n") and f"n{ending}" in forms.endings:
        return head[:-1], forms.endings[f"n{ending}"]
    if head and ending in forms.endings:
        return head, forms.endings[ending]
    first, apostrophe, rest = key.partition("'")
    if apostrophe and rest and f"{first}'" in forms.beginnings:
        return forms.beginnings[f"{first}'"], rest
    return (key,)
