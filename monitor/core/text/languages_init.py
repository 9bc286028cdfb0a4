"""What a language's sentences depend on, as data: one file a language, read when it is first needed.

A file holds sections of words. An entry that is written in lower case stands for every spelling of its case, one
with a capital for that spelling alone. Abbreviations are written without their last full stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

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
    from pkgutil import get_data

    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (get_data("monitor.core.text", f"languages/{code}.txt") or b"").decode("utf-8").splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            current += line.split()
    return Language(code, **{name: Words(frozenset(entries)) for name, entries in sections.items()})
