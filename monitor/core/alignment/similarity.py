"""The similarity of statements, 0 to 1, with the features it is computed from and the sections the statements are in.

It is the mean of two measures. Order: twice the longest common subsequence of words, over the words of both. Features:
groups of letters, weighted by how few of the differing statements have them; twice the shared weight over the weight
of both. Letter groups recognise inflected and misspelt words, weights discount what every statement says, and order
rejects shuffled words. Nothing is trained.

A word of up to four letters is one group. Longer words are cut into groups of five letters at every second letter,
ends included (`voters` gives ` vote`, `oters`). In scripts without spaces two neighbouring characters are a group, in
their alphabets three.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, cached_property, lru_cache
from itertools import chain, zip_longest
from operator import add
from sys import intern
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from monitor.core.text.normalize import normalize
from monitor.model import BlockKind, Statement

_LETTERS = 5  # in a group
_STEP = 2  # letters from one group of a word to the next
_WHOLE = 4  # letters of a word that is not cut
_CACHED_WORDS = 16_384  # whose groups are kept from one alignment to the next
_CACHED_TEXTS = 1024  # about five megabytes
_CACHEABLE = 2000  # characters of a text that is kept

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
# Most texts, in half of the time.
_PLAIN_WORD = re.compile(
    f"[^'{_ASCII_BREAKS}0-9][^'{_ASCII_BREAKS}]*+(?:'[^'{_ASCII_BREAKS}]++)*+|[0-9]++(?:[.,:/][0-9]++)*+", re.ASCII
)


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


def words_of(key: str) -> Sequence[str]:
    """The words of a normalised text, numbers whole; a text without any is its own single word."""
    return _kept_words(key) if len(key) <= _CACHEABLE else _words_of(key)


def _words_of(key: str) -> Sequence[str]:
    if key.isascii():
        return _PLAIN_WORD.findall(key) or [key]
    words = _word().findall(key) or [key]
    return _in_pairs(words) if _letter().search(key) else words


_kept_words = lru_cache(maxsize=_CACHED_TEXTS)(_words_of)


def _in_pairs(words: Sequence[str]) -> list[str]:
    """The letters of alphabets without spaces each with the next; one that ends a run stands for itself."""
    found, letter = [], _letter()
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        letters = letter.match(word) and following and letter.match(following)
        found.append(word + following if letters else word)
    return found


def neighbouring(key: str) -> frozenset[str]:
    """Of a normalised text in a script without spaces, each two or three characters that stand together."""
    if key.isascii():
        return frozenset()
    found: set[str] = set()
    for run in _run().findall(key):
        size = 3 if _letter().match(run) else 2
        found.update(run[k : k + size] for k in range(len(run) - size + 1))
    return frozenset(found)


@lru_cache(maxsize=_CACHED_WORDS)
def _groups_of_word(word: str) -> frozenset[str]:
    text = f" {word} "
    if len(word) <= _WHOLE:
        return frozenset([text])
    # Interned, for a set finds the very same string faster than an equal one.
    return frozenset([intern(text[k : k + _LETTERS]) for k in range(0, len(text) - _LETTERS + 1, _STEP)])


def _groups_of(key: str) -> frozenset[str]:
    return neighbouring(key).union(*map(_groups_of_word, words_of(key)))


_kept_groups = lru_cache(maxsize=_CACHED_TEXTS)(_groups_of)


def groups_of(key: str) -> frozenset[str]:
    """The letter groups of a normalised text; one that stands in it several times counts once."""
    return _kept_groups(key) if len(key) <= _CACHEABLE else _groups_of(key)


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


class TextFeatures:
    """What is known of the texts of two versions: words, forms, and how rare each letter group is."""

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        """Takes the normalised texts of both versions."""
        self._texts = (before, after)
        self._code = _Codes()
        self._words: dict[str, Sequence[str]] = {}
        self._groups: dict[str, frozenset[str]] = {}
        self._sets: dict[str, frozenset[str]] = {}
        self._forms: dict[str, Form] = {}
        self._weight = _Weights()
        self._weight_of = self._weight.__getitem__

    def words(self, key: str) -> Sequence[str]:
        """The words of a normalised text of either version."""
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
        """What a normalised text may be found by: its words, and neighbouring characters where there are no spaces."""
        return {*self.words(key), *neighbouring(key)}

    def form(self, key: str) -> Form:
        """The form of a normalised text of either version."""
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
        used_words = dict.fromkeys(chain.from_iterable(map(self.words, self._groups)))
        self._code.update(zip(used_words, map(chr, range(1, _CODES)), strict=False))
        counts = [Counter(chain.from_iterable(map(self._groups.__getitem__, side))) for side in differ]
        most = max(1, *map(len, differ))
        # Whole numbers: their sums do not depend on the order in which a set gives its members.
        rarest = self._weight.rarest = round(_UNIT * math.log(1 + most))
        # Nearly all groups occur in one statement of a side: only what the others count is looked at.
        several: dict[str, int] = {}
        for count in counts:
            self._weight.update(dict.fromkeys(count, rarest))
            for group, n in [held for held in count.items() if held[1] > 1]:
                if n > several.get(group, 1):
                    several[group] = n
        weights = {n: round(_UNIT * math.log(1 + most / n)) for n in {*several.values()}}
        self._weight.update(zip(several, map(weights.__getitem__, several.values()), strict=True))


class SectionPosition(NamedTuple):
    """`section` is the normalised text of the heading above; of a heading, of the next higher rank; `""` if none."""

    heading: bool
    section: str


NO_SECTION = SectionPosition(heading=False, section="")


def section_positions(version: Sequence[Statement], of: range) -> list[SectionPosition]:
    """The places of the statements in `of`; what stands above them is read as far up as it must be."""
    above: list[tuple[int, str]] = []  # the headings over the current statement, each of a lower rank than the last
    top = of.start
    while top > 0 and not (version[top].kind is BlockKind.HEADING and version[top].level <= 1):
        top -= 1
    found = []
    here = NO_SECTION
    for at in range(top, of.stop):
        statement = version[at]
        if statement.kind is not BlockKind.HEADING:
            found.append(here)
            continue
        while above and above[-1][0] >= statement.level:
            above.pop()
        found.append(SectionPosition(heading=True, section=above[-1][1] if above else ""))
        above.append((statement.level, normalize(statement.text)))
        here = SectionPosition(heading=False, section=above[-1][1])
    return found[of.start - top :]


SectionPositions = tuple[Sequence[SectionPosition], Sequence[SectionPosition]]


class Similarity:
    """The similarity of any statement before to any after; `keys` are the normalised texts of both versions.

    `section_positions` say where each stands; without them, all stand under no heading.
    """

    def __init__(
        self,
        before: Sequence[str],
        after: Sequence[str],
        positions: SectionPositions | None = None,
        features: TextFeatures | None = None,
    ) -> None:
        self.keys = (before, after)
        self.positions = positions if positions is not None else ([NO_SECTION] * len(before), [NO_SECTION] * len(after))
        self.features = features if features is not None else TextFeatures(before, after)
        self._forms: tuple[list[Form | None], list[Form | None]] = ([None] * len(before), [None] * len(after))
        self._known: dict[tuple[int, int], float] = {}
        self.share_distinctive_word: dict[
            tuple[int, int], bool
        ] = {}  # what `templates` found, asked again for the evidence

    def subset(self, before: Sequence[int], after: Sequence[int]) -> Similarity:
        """The same for some of the statements, which are counted again."""
        (keys_before, keys_after), (positions_before, positions_after) = self.keys, self.positions
        rest = Similarity(
            [keys_before[i] for i in before],
            [keys_after[j] for j in after],
            ([positions_before[i] for i in before], [positions_after[j] for j in after]),
            self.features,
        )
        at = {i: k for k, i in enumerate(before)}, {j: k for k, j in enumerate(after)}
        rest._known = {(at[0][i], at[1][j]): v for (i, j), v in self._known.items() if i in at[0] and j in at[1]}
        return rest

    @cached_property
    def counts(self) -> tuple[Counter[str], Counter[str]]:
        """How often each text stands on either side."""
        return Counter(self.keys[0]), Counter(self.keys[1])

    @cached_property
    def repeated(self) -> frozenset[str]:
        """The texts that occur more than once on a side."""
        return frozenset([key for count in self.counts for key, n in count.items() if n > 1])

    def of(self, i: int, j: int, least: float = 0.0) -> float:
        """The similarity, 0..1, of statement `i` before and statement `j` after; 0 may stand for less than `least`."""
        value = self._known.get((i, j))
        if value is None:
            if self.keys[0][i] == self.keys[1][j]:
                value = 1.0
            else:
                forms = self._forms[0][i] or self._form(0, i), self._forms[1][j] or self._form(1, j)
                value = self.features.alike(*forms, least)
            if value >= least:
                self._known[i, j] = value
        return value

    def _form(self, side: int, at: int) -> Form:
        form = self._forms[side][at] = self.features.form(self.keys[side][at])
        return form
