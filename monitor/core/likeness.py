"""How alike two statements are: what words they share, in what order, and how they are spelt.

The likeness of two statements is the mean of three views, each 0..1: the words they share, weighed by how rare each
word is in the two versions; how much of the words' order is kept (longest common subsequence); and the groups of
three letters they share, which sees a word that was inflected or misspelt. Nothing is learned.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import LCSseq

# Written without spaces: one character at a time does for a word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# What ends a word. Not \W: that would cut Hindi, Thai and decomposed letters at every combining mark.
_BREAKS = (
    "\\s\\x00-\\x1f!-&(-/:-@\\[-^`{-\\xa9\\xab-\\xb1\\xb4\\xb6-\\xb8\\xbb-\\xbf\\xd7\\xf7"
    "\u055a-\u055f\u0589\u05be\u05c0\u05c3\u060c\u061b\u061e\u061f\u066a-\u066d\u06d4\u0964\u0965"
    "\u2000-\u206f\u2190-\u2bff\u3000-\u3004\u3008-\u303f\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_WORD = re.compile(
    f"\\d+(?:[.,:/]\\d+)*|[{_UNSPACED}][\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*"
    f"|[^'{_BREAKS}{_UNSPACED}]+(?:'[^'{_BREAKS}{_UNSPACED}]+)*"
)

_UNIT = 1000  # of a word's weight


def words_of(key: str) -> list[str]:
    """The words of a folded text, numbers whole; a text without any is its own single word."""
    return _WORD.findall(key) or [key]


class Form:
    """One statement as it is compared; `bag` holds a word's second occurrence as a word of its own."""

    __slots__ = ("bag", "code", "grams", "key", "mass", "words")

    def __init__(self, key: str, words: Sequence[str], code: str) -> None:
        self.key = key
        self.words = words
        self.code = code
        self.mass = 0
        self.bag: frozenset[str] = frozenset(words)
        if len(self.bag) < len(words):
            self.bag = frozenset(_numbered(words))
        joined = f" {' '.join(words)} "
        self.grams = frozenset(map("".join, zip(joined, joined[1:], joined[2:], strict=False)))


def _numbered(words: Sequence[str]) -> Iterable[str]:
    seen: Counter[str] = Counter()
    for word in words:
        seen[word] += 1
        yield word if seen[word] == 1 else f"{word} {seen[word]}"


class Likeness:
    """The likeness of any statement before to any after, computed once each; by indices into the two versions."""

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        """Takes the folded texts of both versions."""
        self.keys = (before, after)
        self._words: dict[str, list[str]] = {}
        seen: Counter[str] = Counter()
        for key in (*before, *after):
            words = self._words.get(key)
            if words is None:
                words = self._words[key] = words_of(key)
            seen.update(set(words))
        total = len(before) + len(after)
        # Whole numbers: their sums do not depend on the order in which a set gives its words.
        self._weight = {word: round(_UNIT * math.log(1 + total / n)) for word, n in seen.items()}
        self._letter: dict[str, str] = {}
        self._forms: dict[str, Form] = {}
        self._known: dict[tuple[int, int], float] = {}

    def mass(self, key: str) -> int:
        """How much a text has to say: the summed weight of its words."""
        return sum(self._weight[word] for word in self._words[key])

    def weight(self, token: str) -> int:
        """How rare a token of a bag is in the two versions."""
        found = self._weight.get(token)
        return found if found is not None else self._weight[token.rpartition(" ")[0]]

    def form(self, key: str) -> Form:
        """The form of a folded text of either version."""
        found = self._forms.get(key)
        if found is None:
            found = self._forms[key] = self._make(key, self._words[key])
        return found

    def joined(self, parts: Sequence[Form]) -> Form:
        """Several statements as if they were one."""
        return self._make(" ".join(part.key for part in parts), [word for part in parts for word in part.words])

    def _make(self, key: str, words: Sequence[str]) -> Form:
        letters = self._letter
        # Words become single characters so that rapidfuzz compares strings, its fastest case.
        code = "".join([letters.setdefault(word, chr(0x100 + len(letters) % 0x10FE00)) for word in words])
        form = Form(key, words, code)
        form.mass = sum(map(self.weight, form.bag))
        return form

    def shared(self, one: Form, other: Form) -> int:
        """The summed weight of the words that both have."""
        return sum(map(self.weight, one.bag & other.bag))

    def alike(self, one: Form, other: Form) -> float:
        """0 (no word in common) .. 1 (equal)."""
        shared = self.shared(one, other)
        if not shared:
            return 0.0
        words = 2 * shared / (one.mass + other.mass)
        order = 2 * LCSseq.similarity(one.code, other.code) / (len(one.code) + len(other.code))
        letters = 2 * len(one.grams & other.grams) / (len(one.grams) + len(other.grams))
        return (words + order + letters) / 3

    def of(self, i: int, j: int) -> float:
        """The likeness of statement `i` before and statement `j` after."""
        value = self._known.get((i, j))
        if value is None:
            one, other = self.keys[0][i], self.keys[1][j]
            value = 1.0 if one == other else self.alike(self.form(one), self.form(other))
            self._known[i, j] = value
        return value
