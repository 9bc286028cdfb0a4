"""How alike two statements are: how much of the words' order is kept, and what rare letter groups they share.

The likeness is the mean of two views, each 0..1. Order: twice the longest common subsequence of words over the words
of both. Letters: each word is cut into groups of four letters, its ends included, and groups are weighed by how few
of the statements that differ hold them; twice the shared weight over the weight of both. In scripts without spaces
two neighbouring characters are a group, in their alphabets three. Letters see a word that was
inflected or misspelt, weights keep what every statement says from counting, order keeps word salad apart. Nothing is
learned.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain, zip_longest
from operator import add

from rapidfuzz.distance import LCSseq

_LETTERS = 4  # in a group; a word of one or two letters is one group
_CACHED = 16_384  # words whose groups are kept from one alignment to the next
_UNIT = 1000  # of a group's weight
_LONG = 1000  # words; of two longer statements only the pairs of neighbouring words are compared

# Written without spaces. Where a character says much, one at a time does for a word; where it says little, as in an
# alphabet, two neighbours do, or any two sentences would have half of their letters in common, in order.
_ALPHABETIC = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_UNSPACED = f"{_ALPHABETIC}\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNSPACED_MARKS = "\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
# What ends a word. Not \W: that would cut Hindi, Thai and decomposed letters at every combining mark.
_ASCII_BREAKS = "\\s\\x00-\\x1f!-&(-/:-@\\[-^`{-\\x7f"
_BREAKS = (
    f"{_ASCII_BREAKS}\\x80-\\xa9\\xab-\\xb1\\xb4\\xb6-\\xb8\\xbb-\\xbf\\xd7\\xf7"
    "\u055a-\u055f\u0589\u05be\u05c0\u05c3\u060c\u061b\u061e\u061f\u066a-\u066d\u06d4\u0964\u0965"
    "\u2000-\u206f\u2190-\u2bff\u3000-\u3004\u3008-\u303f\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_PLAIN_WORD = re.compile(f"\\d+(?:[.,:/]\\d+)*|[^'{_ASCII_BREAKS}]+(?:'[^'{_ASCII_BREAKS}]+)*")


# Compiled when the first text comes that needs them: the many characters of their classes take time.


@cache
def _word() -> re.Pattern[str]:
    inside = f"[^'{_BREAKS}{_UNSPACED}]+"
    return re.compile(f"\\d+(?:[.,:/]\\d+)*|[{_UNSPACED}][{_UNSPACED_MARKS}]*|{inside}(?:'{inside})*")


@cache
def _run() -> re.Pattern[str]:
    return re.compile(f"[{_UNSPACED}][{_UNSPACED}{_UNSPACED_MARKS}]*")


@cache
def _letter() -> re.Pattern[str]:
    return re.compile(f"[{_ALPHABETIC}]")


def words_of(key: str) -> list[str]:
    """The words of a folded text, numbers whole; a text without any is its own single word."""
    if key.isascii():
        return _PLAIN_WORD.findall(key) or [key]
    words = _word().findall(key) or [key]
    return _in_pairs(words) if _letter().search(key) else words


def _in_pairs(words: Sequence[str]) -> list[str]:
    """The letters of alphabets without spaces each with the next; one that ends a run stands for itself."""
    found, letter = [], _letter()
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        letters = letter.match(word) and following and letter.match(following)
        found.append(word + following if letters else word)
    return found


def neighbouring(key: str) -> frozenset[str]:
    """Of a folded text in a script without spaces, each two or three characters that stand together."""
    if key.isascii():
        return frozenset()
    found: set[str] = set()
    for run in _run().findall(key):
        size = 3 if _letter().match(run) else 2
        found.update(run[k : k + size] for k in range(len(run) - size + 1))
    return frozenset(found)


class Form:
    """One statement, or several read as one, as it is compared."""

    __slots__ = ("code", "groups", "mass", "pairs")

    def __init__(self, code: str, groups: frozenset[str], mass: int) -> None:
        self.code = code  # a character for each word: rapidfuzz compares strings fastest
        self.groups = groups
        self.mass = mass
        # Neighbouring words: the order of a long text, at a cost that grows with its length alone.
        self.pairs = frozenset(map(add, code, code[1:])) if len(code) > _LONG else frozenset[str]()


class _Codes(dict[str, str]):
    """A character for each word."""

    def __missing__(self, word: str) -> str:
        code = self[word] = chr(0x100 + len(self) % 0x10FE00)
        return code


@lru_cache(maxsize=_CACHED)
def _groups(word: str) -> frozenset[str]:
    """The letter groups of a word."""
    text = f" {word} "
    return frozenset([text[k : k + _LETTERS] for k in range(max(1, len(text) - _LETTERS + 1))])


class _Weights(dict[str, int]):
    """The weight of each letter group; one that was not counted is as rare as can be."""

    rarest = 0

    def __missing__(self, group: str) -> int:
        self[group] = self.rarest
        return self.rarest


class Lexicon:
    """What is known of the texts of two versions: words, forms, and how rare each letter group is."""

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        """Takes the folded texts of both versions."""
        self._texts = (before, after)
        self._code = _Codes()
        self._words: dict[str, list[str]] = {}
        self._of_text: dict[str, frozenset[str]] = {}
        self._repeated: dict[tuple[str, int], frozenset[str]] = {}
        self._forms: dict[str, Form] = {}
        self._weight = _Weights()

    def words(self, key: str) -> list[str]:
        """The words of a folded text of either version."""
        found = self._words.get(key)
        if found is None:
            found = self._words[key] = words_of(key)
        return found

    def terms(self, key: str) -> set[str]:
        """What a folded text may be found by: its words, and neighbouring characters where there are no spaces."""
        return {*self.words(key), *neighbouring(key)}

    def form(self, key: str) -> Form:
        """The form of a folded text of either version."""
        found = self._forms.get(key)
        if found is None:
            if not self._weight.rarest:
                self._weigh()
            found = self._forms[key] = self._make(key)
        return found

    def joined(self, parts: Sequence[Form]) -> Form:
        """Several statements as if they were one; a word that two of them have counts once among the letters."""
        whole = parts[0]
        for part in parts[1:]:
            mass = whole.mass + part.mass - sum(map(self._weight.__getitem__, whole.groups & part.groups))
            whole = Form(whole.code + part.code, whole.groups | part.groups, mass)
        return whole

    def alike(self, one: Form, other: Form) -> float:
        """0 (no word in common) .. 1 (the same words)."""
        if one.pairs and other.pairs:
            return 2 * len(one.pairs & other.pairs) / (len(one.pairs) + len(other.pairs))
        kept = LCSseq.similarity(one.code, other.code)
        if not kept:
            return 0.0
        shared = sum(map(self._weight.__getitem__, one.groups & other.groups))
        return kept / (len(one.code) + len(other.code)) + shared / (one.mass + other.mass)

    def _make(self, key: str) -> Form:
        words = self.words(key)
        code = "".join(map(self._code.__getitem__, words))
        groups = self._groups_of(key)
        if len(words) <= _LONG and len(set(words)) < len(words):
            groups = groups.union(*self._further(words))
        return Form(code, groups, sum(map(self._weight.__getitem__, groups)))

    def _groups_of(self, key: str) -> frozenset[str]:
        found = self._of_text.get(key)
        if found is None:
            found = self._of_text[key] = neighbouring(key).union(*map(_groups, self.words(key)))
        return found

    def _further(self, words: Sequence[str]) -> Iterator[frozenset[str]]:
        """The groups of second and further occurrences of words, each occurrence with groups of its own."""
        seen: dict[str, int] = {}
        for word in words:
            count = seen[word] = seen.get(word, 0) + 1
            if count > 1:
                found = self._repeated.get((word, count))
                if found is None:
                    weights = {f"{count}{group}": self._weight[group] for group in _groups(word)}
                    self._weight.update(weights)
                    found = self._repeated[word, count] = frozenset(weights)
                yield found

    def _weigh(self) -> None:
        """Weights from the statements that stand on one side only: the rest is not compared.

        A group counts by the side on which more statements hold it.
        """
        before, after = self._texts
        known_before, known_after = set(before), set(after)
        differ = [key for key in before if key not in known_after], [key for key in after if key not in known_before]
        one, other = (Counter(chain.from_iterable(map(self._groups_of, side))) for side in differ)
        held: dict[str, int] = {**one, **other}
        both = list(one.keys() & other.keys())
        held.update(zip(both, map(max, map(one.__getitem__, both), map(other.__getitem__, both)), strict=True))
        most = max(1, *map(len, differ))
        # Whole numbers: their sums do not depend on the order in which a set gives its members.
        weights = {n: round(_UNIT * math.log(1 + most / n)) for n in {1, *held.values()}}
        self._weight.rarest = weights[1]
        self._weight.update(zip(held, map(weights.__getitem__, held.values()), strict=True))
