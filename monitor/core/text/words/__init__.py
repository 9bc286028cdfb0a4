"""Word lists of each language, loaded on first use.

Each language is a file of TOML: of most lists the words with spaces between, of others lines or pairs.
`signs.toml` is what is the same in all languages, and all that there is of one without a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from pkgutil import get_data
from tomllib import loads
from typing import Any

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "ar", "zh")
_OF_SPELLING = frozenset({"spelling", "accents"})
Phrases = Mapping[str, tuple[tuple[str, ...], ...]]


class Words:
    """One language's lists, in the shapes that the aspects ask for. A list that a language lacks is empty."""

    def __init__(self, language: str, data: Mapping[str, Any]) -> None:
        self.language = language
        self._data = data
        self._sets: dict[str, frozenset[str]] = {}
        self._maps: dict[str, dict[str, str]] = {}
        self._phrases: dict[str, Phrases] = {}

    @property
    def listed(self) -> bool:
        """Whether the language has word lists; without them only typography is judged as form."""
        return self.language in LANGUAGES

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All words of all lists but those of spelling, which have forms that nobody writes."""
        return frozenset(_words_in({name: part for name, part in self._data.items() if name not in _OF_SPELLING}))

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

    def forms(self, path: str) -> Mapping[str, float]:
        """A list of [forms of one word with spaces between, value]: each form -> the value."""
        return {form: value for forms, value in self.get(path) or () for form in forms.split()}

    def lines(self, path: str) -> Sequence[Sequence[str]]:
        """A list of lines, each cut into its words."""
        return [line.split() for line in self.get(path) or ()]

    def canonical_forms(self, path: str) -> Mapping[str, tuple[str, float]]:
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
def words_for(language: str | None) -> Words:
    """The lists of a language named by its ISO 639-1 code; signs alone where it has none, or is unknown."""
    name = language if language in LANGUAGES else "signs"
    return Words(language or "", loads(_text(f"{name}.toml")))


def _words_in(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield from data.replace("/", " ").split()
    elif isinstance(data, Mapping | list):
        for part in data.values() if isinstance(data, Mapping) else data:
            yield from _words_in(part)


def by_first_word(phrases: Iterable[str]) -> Phrases:
    """Phrases by their first word, longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        words = tuple(phrase.split())
        found.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(words, key=len, reverse=True)) for first, words in found.items()}


def occurrences(keys: Sequence[str], phrases: Phrases) -> Iterator[tuple[int, int]]:
    """Where phrases stand in normalised tokens, as half-open ranges: the longest at each place, none overlapping."""
    if phrases.keys().isdisjoint(keys):
        return
    end = 0
    for index in [index for index, key in enumerate(keys) if key in phrases]:
        for phrase in phrases[keys[index]] if index >= end else ():
            if tuple(keys[index : index + len(phrase)]) == phrase:
                end = index + len(phrase)
                yield index, end
                break


class Listed:
    """The lines of a sorted text, found by halving it: a set of them takes longer to make than most runs last."""

    def __init__(self, lines: str) -> None:
        """`lines` begins and ends with a line feed."""
        self._lines = lines
        self._found = lru_cache(maxsize=16_384)(self._find)

    def __contains__(self, word: str) -> bool:
        return self._found(word)

    def count(self, words: Iterable[str]) -> int:
        """How many of the words are lines of the text."""
        return sum(map(self._found, words))

    def _find(self, word: str) -> bool:
        lines, low, high = self._lines, 0, len(self._lines) - 1
        while low < high:
            start = lines.rfind("\n", low, (low + high) // 2 + 1)
            end = lines.index("\n", start + 1)
            line = lines[start + 1 : end]
            if line == word:
                return True
            low, high = (end, high) if line < word else (low, start)
        return False


@cache
def known_words() -> Listed:
    """English words and their forms, in lower case, without names."""
    text = _text("en_known.txt")
    return Listed(text[text.index("\n", text.rindex("#")) :])  # behind the licence


@cache
def spelling_variants() -> tuple[tuple[str, ...], ...]:
    """Lines of English words that are one word in different spellings."""
    return tuple(tuple(line.split()) for line in _lines("en_spellings.txt"))


def _lines(name: str) -> Iterator[str]:
    return (line for line in _text(name).split("\n") if line and line[0] != "#")


def _text(name: str) -> str:
    return (get_data(__name__, name) or b"").decode("utf-8")
