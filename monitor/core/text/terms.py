"""Fold texts into the terms that search and watch terms go by: what is written alike is found alike.

Case, accents, soft hyphens, ligatures and `ß` for `ss` make no difference. `U.S.` is `us`, and `1,000` is `1000`. What
is joined by a hyphen is found by its parts and as one word: `co-operation` holds `co`, `operation` and `cooperation`.

In scripts without spaces, and in Korean, each character and each mark is a term, so that a phrase of them is found
within longer text. A part of a longer word is not found otherwise: `Kosten` is not in `Reisekosten`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from monitor.core.text.tokens import UNSPACED

Phrase = tuple[str, ...]
"""Terms that follow each other."""

_LETTER = r"[^\W\d_]"
# Each begins where a word or number does, and goes on as far as it can: the time is linear.
_INITIALS = rf"(?<![^\W_])(?<![^\W_]\.){_LETTER}(?:\.{_LETTER})++(?![^\W_])"  # U.S.
_GROUPED = r"(?<![\d.,])(?<!\d['\u2009])\d{1,3}+(?:[,.'\u2009]\d{3})++(?!\d)"  # 1,000; 1.000; 1'000
_SPACED = r"(?<![\d.,])(?<!\d )\d{1,3}+(?: \d{3})++(?!\d)"  # 1 000
_HYPHENED = rf"(?<![^\W_])(?<![^\W_]-){_LETTER}[^\W_]*+(?:-[^\W_]++)++"
_JOINED = f"{_INITIALS}|{_GROUPED}"
_COMPOUND = re.compile(f"{_JOINED}|(?P<both>{_SPACED}|{_HYPHENED})")
_SEPARATED = re.compile("[0-9][,.' \u2009][0-9]")
_BETWEEN = re.compile(r"[-.,' \u2009]")
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_ACCENTS = re.compile("[\u0300-\u036f]+")
_SPACE = re.compile(r"[^\S\u2009]+")
_CHARACTERS = [(part[0], part[2]) for part in re.findall("(?s).-.", f"{UNSPACED}\uac00-\ud7af")]  # from, to


# Not seen, or no letters in any language: joiners and marks of direction; Arabic vowels and tatweel, Hebrew points.
_DROPPED = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x591, 0x5BD), (0x5BF, 0x5BF), (0x5C1, 0x5C2), (0x5C4, 0x5C5), (0x5C7, 0x5C7)),
    *((0x610, 0x61A), (0x61C, 0x61C), (0x640, 0x640), (0x64B, 0x652), (0x670, 0x670), (0x180E, 0x180E)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x2069), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
)
_TABLE: dict[int, str | None] = {code: None for first, last in _DROPPED for code in range(first, last + 1)}
_TABLE |= {ord(sign): plain for plain, signs in (("-", "\u2010\u2011\u2212"), ("'", "’‘")) for sign in signs}
# Letters that Unicode does not take apart.
_TABLE |= {ord(letter): plain for letter, plain in zip("æœøłđðþı", ("ae", "oe", *"oldd", "th", "i"), strict=True)}
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹\u00a0\u202f]")
# Raised figures stand apart from their word; spaces that do not break a line stay distinct from those that do.
_DIGITS = {ord(char): f" {digit}" for digit, char in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")} | {0xA0: "\u2009", 0x202F: "\u2009"}


def search_terms(text: str) -> list[str]:
    """The terms of a text in its order, and behind them the parts of what hyphens and spaces join."""
    return indexed_text(text).split()


def indexed_text(text: str) -> str:
    """The terms of a text with spaces between them, for a full-text index.

    Each is letters and digits in lower case, so that a tokenizer that parts at anything else (`unicode61` of SQLite,
    `simple` of PostgreSQL) gives exactly these terms.
    """
    if text.isascii() and not _may_join(text):
        return text.translate(_ASCII)
    whole, parts = _forms(_folded(text))
    return f"{_plain(whole)} {_plain(' '.join(parts))}" if parts else _plain(whole)


# Signs that part words for every tokenizer; none is a letter, a figure, a mark, or for private use.
_PARTING = dict.fromkeys(map(ord, "\xa0\u202f\u2009‐‑–—―‘’‚“”„‹›«»′″…•·●○■▪©®™€£¥§¶°†‡→←✓"), " ")


def index_form(text: str) -> str | None:
    """What a full-text index holds of a text in place of it; None where the text itself has the same terms."""
    if text.isascii() and not _may_join(text):
        return None
    terms = search_terms(text)
    plain = text if text.isascii() else text.translate(_PARTING)
    return None if plain.isascii() and terms == plain.translate(_ASCII).split() else " ".join(terms)


def query_terms(words: str) -> list[tuple[Phrase, ...]]:
    """For each word that is searched for the phrases that it may stand as in the index: one of them has to occur.

    Words without a letter or digit ask for nothing, and are left out.
    """
    asked = re.sub(_SPACED, _without_signs, _folded(words))
    return [phrases for phrases in map(_phrases, asked.split(" ")) if phrases]


class Terms:
    """Finds watch terms in texts: their words as a phrase, with hyphens or without.

    One pass over a text, then one look for each term that begins with a term of it.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, str]]] = {}
        for term in terms:
            for phrase in _phrases(_folded(term)):
                self._by_first.setdefault(phrase[0], []).append((f" {' '.join(phrase)} ", term))

    def in_texts(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The terms that occur in any of the texts, in alphabetical order."""
        if not self._by_first:
            return ()
        found: set[str] = set()
        for text in texts:
            for terms in _streams(text):
                joined = f" {' '.join(terms)} "
                for first in self._by_first.keys() & set(terms):
                    found.update(term for phrase, term in self._by_first[first] if phrase in joined)
        return tuple(sorted(found))


def _streams(text: str) -> Iterable[Sequence[str]]:
    if text.isascii() and not _may_join(text):
        return (text.translate(_ASCII).split(),)
    return _phrases(_folded(text))


def _phrases(folded: str) -> tuple[Phrase, ...]:
    """The terms of a folded text with what hyphens and spaces join as one, and with its parts, where these differ."""
    whole, parts = _forms(folded)
    phrases = [tuple(_plain(whole).split())]
    if parts:
        phrases.append(tuple(_plain(re.sub(_JOINED, _without_signs, folded)).split()))
    return tuple(phrase for phrase in phrases if phrase)


def _forms(folded: str) -> tuple[str, Sequence[str]]:
    """A folded text with what is joined as one word, and what has parts that count too."""
    if not _may_join(folded):
        return folded, ()
    parts: list[str] = []

    def joined(found: re.Match[str]) -> str:
        if found["both"]:
            parts.append(found["both"])
        return _without_signs(found)

    return _COMPOUND.sub(joined, folded), parts


def _may_join(text: str) -> bool:
    """Whether signs within words or numbers could join them; several times as fast as the pattern."""
    for sign in "-.":
        at = text.find(sign)
        while 0 <= at < len(text) - 1:
            if text[at + 1].isalnum():
                return True
            at = text.find(sign, at + 1)
    return any(map(text.__contains__, "0123456789")) and _SEPARATED.search(text) is not None


def _without_signs(found: re.Match[str]) -> str:
    return _BETWEEN.sub("", found.group())


def _folded(text: str) -> str:
    """A text in lower case without accents and what is not seen; its punctuation stays."""
    if text.isascii():
        return " ".join(text.lower().split()) if "\n" in text or "\t" in text else text.lower()
    if _RAISED.search(text):
        text = text.translate(_DIGITS)
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_TABLE))
    return _SPACE.sub(" ", text)


def _plain(folded: str) -> str:
    """The terms of a folded text, with spaces for all that is no letter or digit."""
    if folded.isascii():
        return folded.translate(_ASCII)
    return folded.translate(_SPELT)


_MOST_SPELT = 8_192  # characters that are remembered


class _Spelling(dict[int, str]):
    """Characters as the terms spell them, for `str.translate`: each is found out when it first occurs."""

    def __missing__(self, code: int) -> str:
        if len(self) >= _MOST_SPELT:
            self.clear()
        found = self[code] = _spelt(chr(code))
        return found


_SPELT = _Spelling()


def _spelt(char: str) -> str:
    """A letter or digit as it is, a mark by its code point, a space for all others; apart where there are no spaces."""
    spelt = char if char.isalnum() else f"u{ord(char):04x}" if unicodedata.category(char)[0] == "M" else " "
    return f" {spelt} " if any(first <= char <= last for first, last in _CHARACTERS) else spelt
