"""Detect the language of a document by its script, words and letters, and load what its sentences depend on.

There is one file for each language, read on first use. A lower-case entry matches any case, an entry with a capital
only itself. Abbreviations are listed without their last full stop.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pkgutil import get_data

KNOWN = ("ar", "de", "en", "es", "fr", "hi", "it", "nl", "pt", "ru", "ur")


@dataclass(frozen=True, slots=True)
class Words:
    """A set of words that is asked with the spelling found in the text."""

    entries: frozenset[str] = frozenset()

    def __contains__(self, word: str) -> bool:
        return word in self.entries or word.lower() in self.entries


@dataclass(frozen=True, slots=True)
class Language:
    """The word lists of one language; all may be empty.

    titles          never end a sentence: Mr, Prof
    numbered        go on before a figure alone: No. 5, Art. 7
    inside          never end a sentence: e.g, vs
    open            end one where a starter follows: U.S, Inc, p.m
    firms           of the open ones, those that a sentence's subject may follow: Ltd. Members are
    verbs           tell that what stands in front of them is a subject
    words           are no abbreviations, though they are spelled like one: me, may
    starters        begin a sentence rather than go on with a name: The, He, However
    speech          follow a quotation with their subject: "Stop!" Smith said
    months          follow a day's number with a full stop: 3. Oktober
    labels          number what follows them, at the start: Article 5. The parties
    stops           the most frequent words, by which the language is recognised
    letters         that hardly another language has
    """

    code: str
    titles: Words = Words()
    numbered: Words = Words()
    inside: Words = Words()
    open: Words = Words()
    words: Words = Words()
    starters: Words = Words()
    speech: Words = Words()
    months: Words = Words()
    labels: Words = Words()
    firms: Words = Words()
    verbs: Words = Words()
    stops: Words = Words()
    letters: Words = Words()


@cache
def language(code: str) -> Language:
    """The word lists of a language by its ISO 639-1 code; empty ones where it has no file."""
    if code not in KNOWN:
        return Language(code)

    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (get_data("monitor.core.text", f"languages/{code}.txt") or b"").decode("utf-8").splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            current += line.split()
    return Language(code, **{name: Words(frozenset(entries)) for name, entries in sections.items()})


SAMPLE = 12_000  # characters
_DEFAULT = "en"
_LEAST = 2  # votes that must be found
_FREQUENT = 3  # votes of a frequent word; a beginner of sentences, a letter, an abbreviation has one
_TELLING = 2  # letters that an abbreviation must have more of to speak for a language
_SCRIPTS = {
    "ja": r"[\u3040-\u30ff]",
    "zh": r"[\u4e00-\u9fff]",
    "ko": r"[\uac00-\ud7af]",
    "th": r"[\u0e00-\u0e7f]",
    "hi": r"[\u0900-\u097f]",
    "ar": r"[\u0600-\u06ff]",
    "ru": r"[\u0400-\u04ff]",
    "el": r"[\u0370-\u03ff]",
    "he": r"[\u0590-\u05ff]",
}
_NOT_LATIN = (("\u0370", "\u0dff"), ("\u0e00", "\u0eff"), ("\u3040", "\u9fff"), ("\uac00", "\ud7af"))
_URDU = r"[ٹڈڑےںہھ۔]"
_PERSIAN = r"[پچژگ]"
_LATIN = re.compile(r"[a-zà-ɏ]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}|[^\W\d_](?![.\w])")  # i.e. is none
_SPECIAL = re.compile(r"[ß-ɏ¿¡«»„]|\b(?:l|d|qu|n|j|un)'(?=\w)")  # with elisions: l'avis


def detect(texts: Iterable[str]) -> str:
    """The ISO 639-1 code of the language of `texts`, judged by their first 12,000 characters; `en` where unclear."""
    sample, size = [], 0
    for text in texts:
        sample.append(text if size + len(text) <= SAMPLE else text[: SAMPLE - size])
        size += len(text)
        if size >= SAMPLE:
            break
    letters = set[str]().union(*(text for text in sample if not text.isascii()))
    if any(first <= letter <= last for letter in letters for first, last in _NOT_LATIN):
        return _by_script(" ".join(sample)) or _by_votes(sample)
    return _by_votes(sample)


@lru_cache(maxsize=256)
def _by_script(joined: str) -> str:
    """The language of a script that is not Latin; nothing where Latin letters prevail."""
    latin = len(_LATIN.findall(joined))
    # few documents need them: `re` compiles and keeps them then
    counts = [(len(re.findall(pattern, joined)), code) for code, pattern in _SCRIPTS.items()]
    most, script = max(counts, key=lambda found: found[0])
    if script == "zh" and counts[0][0] * 10 > most:  # a tenth of kana makes it Japanese
        script = "ja"
    # one letter of a script without spaces says more than one of the Latin alphabet
    if most * 2 <= latin:
        return ""
    return _arabic(joined) if script == "ar" else script


def _arabic(text: str) -> str:
    if len(re.findall(_URDU, text)) * 100 > len(text):
        return "ur"
    return "fa" if len(re.findall(_PERSIAN, text)) * 100 > len(text) else "ar"


def _by_votes(texts: Iterable[str]) -> str:
    none = (0,) * len(_latin_languages())
    votes = map(sum, zip(none, *map(_votes, texts), strict=True))
    most, best = max(zip(votes, _latin_languages(), strict=True), key=lambda found: (found[0], found[1] == _DEFAULT))
    return best if most >= _LEAST else _DEFAULT


@lru_cache(maxsize=16_384)  # from one version to the next, most texts are the same
def _votes(text: str) -> tuple[int, ...]:
    """How much one text says for each language in the Latin alphabet."""
    votes = dict.fromkeys(_latin_languages(), 0)
    table, text = _voters(), text.lower().replace("’", "'")
    signs = _SPECIAL.findall(text) if "'" in text or not text.isascii() else ()
    for entry in (*_WORD.findall(text), *signs):
        for code, weight in table.get(entry, ()):
            votes[code] += weight
    return tuple(votes.values())


@cache
def _voters() -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Words and letters -> the languages in the Latin alphabet that they speak for, and how loudly."""
    votes: dict[str, dict[str, int]] = {}
    for code in _latin_languages():
        known = language(code)
        abbreviations = {word.lower() for words in (known.titles, known.numbered) for word in words.entries}
        hints = {word.lower() for words in (known.starters, known.months, known.speech) for word in words.entries}
        hints |= {word for word in abbreviations if len(word) > _TELLING}
        for weight, entries in ((1, hints), (1, known.letters.entries), (_FREQUENT, known.stops.entries)):
            for entry in entries:
                votes.setdefault(entry, {})[code] = weight
    return {entry: tuple(found.items()) for entry, found in votes.items()}


@cache
def _latin_languages() -> tuple[str, ...]:
    return tuple(code for code in KNOWN if all(_LATIN.match(stop) for stop in language(code).stops.entries))
