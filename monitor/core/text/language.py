"""Which language a document is written in: by its script, then by its words and letters. No statistics, no model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from monitor.core.text.languages_init import KNOWN, language

_SAMPLE = 12_000  # characters
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
        sample.append(text if size + len(text) <= _SAMPLE else text[: _SAMPLE - size])
        size += len(text)
        if size >= _SAMPLE:
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
