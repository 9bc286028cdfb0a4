"""How alike two statements are: how much of the words' order is kept, and what rare letter groups they share.

The likeness is the mean of two views, each 0..1. Order: twice the longest common subsequence of words over the words
of both. Letters: groups of letters (`pieces`) are weighed by how few of the statements that differ hold them; twice
the shared weight over the weight of both. Letters see a word that was inflected or misspelt, weights keep what every
statement says from counting, order keeps word salad apart. Nothing is learned.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from operator import add

from rapidfuzz.distance import LCSseq

from monitor.core.alignment.pieces import groups_of, neighbouring, words_of

_UNIT = 1000  # of a group's weight
_kept_in_order = LCSseq.similarity  # how many words: looked up once, for it is asked for every pair
_CODES = 0x110000  # characters that there are; the first is left out
_LONG = 1000  # words; of two longer statements only the pairs of neighbouring words are compared


class Form:
    """One statement, or several read as one, as it is compared."""

    __slots__ = ("code", "groups", "mass", "pairs")

    def __init__(self, code: str, groups: frozenset[str], mass: int) -> None:
        self.code = code  # a character for each word: rapidfuzz compares strings fastest
        self.groups = groups
        self.mass = mass
        # Neighbouring words: the order of a long text, at a cost that grows with its length alone.
        self.pairs = frozenset(map(add, code, code[1:])) if len(code) > _LONG else None


class _Codes(dict[str, str]):
    """A character for each word."""

    def __missing__(self, word: str) -> str:
        code = self[word] = chr(1 + len(self) % (_CODES - 1))
        return code


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
        self._words: dict[str, Sequence[str]] = {}
        self._groups: dict[str, frozenset[str]] = {}
        self._sets: dict[str, frozenset[str]] = {}
        self._forms: dict[str, Form] = {}
        self._weight = _Weights()
        self._weight_of = self._weight.__getitem__

    def words(self, key: str) -> Sequence[str]:
        """The words of a folded text of either version."""
        found = self._words.get(key)
        if found is None:
            found = self._words[key] = words_of(key)
        return found

    def word_set(self, key: str) -> frozenset[str]:
        """The same without order."""
        found = self._sets.get(key)
        if found is None:
            found = self._sets[key] = frozenset(self.words(key))
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
            mass = whole.mass + part.mass - sum(map(self._weight_of, whole.groups & part.groups))
            whole = Form(whole.code + part.code, whole.groups | part.groups, mass)
        return whole

    def alike(self, one: Form, other: Form, least: float = 0.0) -> float:
        """0 (no word in common) .. 1 (the same words); 0 may stand for less than `least`, and is told sooner."""
        if one.pairs and other.pairs:
            return 2 * len(one.pairs & other.pairs) / (len(one.pairs) + len(other.pairs))
        words, mass = len(one.code) + len(other.code), one.mass + other.mass
        # what the words' order must give where the letters give the most that they can
        needed = max(0, int((least - min(one.mass, other.mass) / mass) * words))
        kept = LCSseq.similarity(one.code, other.code, score_cutoff=needed)
        if not kept:
            return 0.0
        shared = sum(map(self._weight_of, one.groups & other.groups))
        return kept / words + shared / mass

    def _make(self, key: str) -> Form:
        groups = self._groups.get(key) or groups_of(key)
        code = "".join(map(self._code.__getitem__, self.words(key)))
        return Form(code, groups, sum(map(self._weight_of, groups)))

    def _weigh(self) -> None:
        """Weights from the statements that stand on one side only: the rest is not compared.

        A group counts by the side on which more statements hold it.
        """
        before, after = self._texts
        known_before, known_after = set(before), set(after)
        differ = [key for key in before if key not in known_after], [key for key in after if key not in known_before]
        self._groups = {key: groups_of(key) for key in chain.from_iterable(differ)}
        said = dict.fromkeys(chain.from_iterable(map(self.words, self._groups)))
        self._code.update(zip(said, map(chr, range(1, _CODES)), strict=False))
        counts = [Counter(chain.from_iterable(map(self._groups.__getitem__, side))) for side in differ]
        most = max(1, *map(len, differ))
        # Whole numbers: their sums do not depend on the order in which a set gives its members.
        rarest = self._weight.rarest = round(_UNIT * math.log(1 + most))
        # Nearly all groups stand in one statement of a side: only what the others count is looked at.
        several: dict[str, int] = {}
        for count in counts:
            self._weight.update(dict.fromkeys(count, rarest))
            for group, n in [held for held in count.items() if held[1] > 1]:
                if n > several.get(group, 1):
                    several[group] = n
        weights = {n: round(_UNIT * math.log(1 + most / n)) for n in {*several.values()}}
        self._weight.update(zip(several, map(weights.__getitem__, several.values()), strict=True))
