"""Word lists of each language, read from the data files beside this module when first needed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "de", "fr", "es")
_VOTERS = 400  # tokens that are asked for the language
Phrases = Mapping[str, tuple[tuple[str, ...], ...]]


class Words:
    """One language's lists, in the shapes that the aspects ask for. A list that a language lacks is empty."""

    def __init__(self, language: str, data: Mapping[str, Any]) -> None:
        self.language = language
        self._data = data
        self._sets: dict[str, frozenset[str]] = {}
        self._maps: dict[str, dict[str, str]] = {}
        self._phrases: dict[str, Phrases] = {}

    def get(self, path: str) -> Any:
        """The raw value at a dotted path, None where there is none."""
        value: Any = self._data
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value

    def set(self, *paths: str) -> frozenset[str]:
        """The words of one list, or of several together."""
        name = " ".join(paths)
        if name not in self._sets:
            self._sets[name] = frozenset(word for path in paths for word in (self.get(path) or "").split())
        return self._sets[name]

    def groups(self, path: str) -> Mapping[str, str]:
        """Each word of a list of lines -> the first word of its line."""
        if path not in self._maps:
            lines: Sequence[str] = self.get(path) or ()
            self._maps[path] = {word: line.split()[0] for line in lines for word in line.split()}
        return self._maps[path]

    def values(self, path: str) -> Mapping[str, float]:
        """A list of [phrase, value] pairs."""
        return dict(self.get(path) or ())

    def lines(self, path: str) -> Sequence[Sequence[str]]:
        """A list of lines, each cut into its words."""
        return [line.split() for line in self.get(path) or ()]

    def marks(self, path: str) -> Mapping[str, tuple[str, float]]:
        """A list of [forms of one mark parted by /, value]: each form -> the first form, and the value."""
        return {
            form: (forms.split("/")[0], value) for forms, value in self.get(path) or () for form in forms.split("/")
        }

    def phrases(self, path: str) -> Phrases:
        """The phrases of a list by their first word, longest first."""
        if path not in self._phrases:
            self._phrases[path] = by_first_word(self.get(path) or ())
        return self._phrases[path]


@cache
def words_for(language: str) -> Words:
    """The lists of a language named by its ISO 639-1 code; English where it has none."""
    name = language if language in LANGUAGES else "en"
    text = resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return Words(name, tomllib.loads(text.casefold()))  # as tokens are folded: ß is ss


@cache
def _voters() -> Mapping[str, tuple[str, ...]]:
    votes: dict[str, tuple[str, ...]] = {}
    for language in LANGUAGES:
        for word in words_for(language).set("guess.common"):
            votes[word] = (*votes.get(word, ()), language)
    return votes


def guess(*sides: Iterable[str]) -> Words:
    """The lists of the language whose commonest words stand most often in the folded tokens; English on a tie."""
    votes = _voters()
    counts = dict.fromkeys(LANGUAGES, 0)
    for side in sides:
        for key, _ in zip(side, range(_VOTERS), strict=False):
            for language in votes.get(key, ()):
                counts[language] += 1
    return words_for(max(counts, key=counts.__getitem__))


def by_first_word(phrases: Iterable[str]) -> Phrases:
    """Phrases by their first word, longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        words = tuple(phrase.split())
        found.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(words, key=len, reverse=True)) for first, words in found.items()}


def occurrences(keys: Sequence[str], phrases: Phrases) -> Iterator[tuple[int, int]]:
    """Where phrases stand in folded tokens, as half-open ranges: the longest at each place, none overlapping."""
    index = 0
    while index < len(keys):
        step = 1
        for phrase in phrases.get(keys[index], ()):
            if tuple(keys[index : index + len(phrase)]) == phrase:
                yield index, index + len(phrase)
                step = len(phrase)
                break
        index += step


@cache
def known_words() -> frozenset[str]:
    """English words and their forms, in lower case, without names."""
    return frozenset(line for line in _lines("en_known.txt"))


@cache
def spelling_variants() -> tuple[tuple[str, ...], ...]:
    """Lines of English words that are one word in different spellings."""
    return tuple(tuple(line.split()) for line in _lines("en_spellings.txt"))


def _lines(name: str) -> Iterator[str]:
    text = resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
    return (line for line in text.split("\n") if line and line[0] != "#")
