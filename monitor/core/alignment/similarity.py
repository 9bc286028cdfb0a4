"""The similarity of two statements, 0 to 1, with the words it is computed from and the sections the statements are in.

It is the mean of three measures, each a Dice coefficient (L. R. Dice 1945). Words: those that both have, where the
frequent words of a language (`the`, `und`) weigh a quarter. Order: the longest common subsequence of words. Letters:
three neighbouring ones, which recognise inflected and misspelt words. Two statements are 0 alike if they share no
word, not even its first four letters, but frequent ones, or if words and order give next to nothing.

The similarity depends on the two texts alone. Nothing is trained or counted over documents.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import chain, zip_longest
from operator import add
from typing import NamedTuple
from zlib import crc32

from rapidfuzz.distance import LCSseq

from monitor.core.text.language import frequent_words
from monitor.core.text.normalize import normalize
from monitor.core.text.tokens import tokens_of
from monitor.model import BlockKind, Statement, path_of

_CACHED_WORDS = 16_384  # from one alignment to the next
_CACHED_TEXTS = 1024  # about fifteen megabytes
_CACHEABLE = 2000  # characters of a text that is kept

# Where a character says little, as in an alphabet written without spaces, two neighbours do for a word, or any two
# sentences would have half of their letters in common, in order.
_PARTS = re.compile(r"\d+(?:[.,:/]\d+)*|\w+")
_LETTER = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


def words_of(key: str) -> Sequence[str]:
    """The words of a normalised text, numbers whole; a text without any is its own single word."""
    return _kept_words(key) if len(key) <= _CACHEABLE else _words_of(key)


def _words_of(key: str) -> Sequence[str]:
    words = [token for token in tokens_of(key) if token[0].isalnum()] or [key]
    if "://" in key or "www." in key:  # the parts of an address are words: another one of the same host is like it
        words = [
            *chain.from_iterable(_PARTS.findall(word) if "/" in word or "www." in word else [word] for word in words)
        ]
    return _in_pairs(words) if not key.isascii() and _LETTER.search(key) else words


_kept_words = lru_cache(maxsize=_CACHED_TEXTS)(_words_of)


def _in_pairs(words: Sequence[str]) -> list[str]:
    """The letters of alphabets without spaces each with the next; one that ends a run stands for itself."""
    found = []
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        letters = _LETTER.match(word) and following and _LETTER.match(following)
        found.append(word + following if letters else word)
    return found


_OTHER = 4  # what a word weighs that is not frequent; a frequent one weighs 1
_STEM = 4  # letters by which two forms of a word are recognised
_TELLING = 0.4  # what words and order must give together (2 at most): letters alone tell nothing
_CODES = 0x10000, 0x100000  # the first character that stands for a word, and how many do
BY_CHANCE = frozenset({"true", "false", "null", "[]", "{}", '""'})
"""Values that two fields may have although they have nothing to do with each other."""
_SAME_VALUE = 0.55  # how much alike the values of fields with other names must be
_LONG = 1000  # words; of two longer statements only the pairs of neighbouring words are compared


@lru_cache(maxsize=_CACHED_WORDS)
def _code(word: str) -> str:
    """A character that stands for the word, since strings are compared fastest; few words share one."""
    return chr(_CODES[0] + crc32(word.encode("utf-8", "surrogatepass")) % _CODES[1])


class Form:
    """One statement, or several read as one, as it is compared."""

    __slots__ = ("_letters", "code", "frequent", "mass", "other", "pairs", "stems", "text")

    def __init__(self, code: str, other: frozenset[str], frequent: frozenset[str], text: str) -> None:
        self.code = code  # a character for each word
        self.other = other
        self.frequent = frequent
        self.text = text  # its words, a space before and after each
        self.mass = _OTHER * len(other) + len(frequent)
        self.stems = frozenset([word[:_STEM] for word in other or frequent])
        # Neighbouring words: the order of a long text, at a cost that grows with its length alone.
        self.pairs = frozenset(map(add, code, code[1:])) if len(code) > _LONG else None
        self._letters: frozenset[str] | None = None

    @property
    def letters(self) -> frozenset[str]:
        """Each three neighbouring letters; few texts are so much alike that they are asked for."""
        if self._letters is None:
            text = self.text
            self._letters = frozenset([text[k : k + 3] for k in range(len(text) - 2)])
        return self._letters


def form_of(key: str) -> Form:
    """The form of a normalised text."""
    return _kept_form(key) if len(key) <= _CACHEABLE else _form_of(key)


def _form_of(key: str) -> Form:
    words = words_of(key)
    frequent = frequent_words().intersection(words)
    other = [word for word in words if word not in frequent] if frequent else words
    names = other if len(set(other)) == len(other) else _numbered(other)
    return Form("".join(map(_code, words)), frozenset(names), frequent, f" {' '.join(words)} ")


_kept_form = lru_cache(maxsize=_CACHED_TEXTS)(_form_of)


def _numbered(words: Iterable[str]) -> list[str]:
    """The words, a repeated one with its number: a set of them counts as a multiset."""
    seen: Counter[str] = Counter()
    names = []
    for word in words:
        names.append(f"{word} {seen[word]}" if word in seen else word)
        seen[word] += 1
    return names


def joined(parts: Sequence[Form]) -> Form:
    """Several statements as if they were one; a word that two of them have counts once but for the order."""
    return Form(
        "".join([part.code for part in parts]),
        frozenset().union(*[part.other for part in parts]),
        frozenset().union(*[part.frequent for part in parts]),
        "".join([part.text for part in parts]),
    )


def alike(one: Form, other: Form, least: float = 0.0) -> float:
    """0 (hardly a telling word in common) .. 1 (the same words); 0 may stand for less than `least`, told sooner."""
    if one.stems.isdisjoint(other.stems):
        return 0.0
    if one.pairs and other.pairs:
        return 2 * len(one.pairs & other.pairs) / (len(one.pairs) + len(other.pairs))
    shared = _OTHER * len(one.other & other.other) + len(one.frequent & other.frequent)
    total, size = 2 * shared / (one.mass + other.mass), len(one.code) + len(other.code)
    needed = max(_TELLING, 3 * least - 1)  # of words and order, where the letters give the most that they can
    in_order = LCSseq.similarity(one.code, other.code, score_cutoff=max(0, int((needed - total) * size / 2)))
    total += 2 * in_order / size
    if total < needed:
        return 0.0
    letters = 2 * len(one.letters & other.letters) / (len(one.letters) + len(other.letters))
    return (total + letters) / 3


ITEM = "<"
"""Stands before the link of an item: an item with another link is another one, unless it says the same."""


class SectionPosition(NamedTuple):
    """`section` is the normalised text of the heading above; of a heading, of the next higher rank; `""` if none.

    `row` marks a table's row. `key` names a field: the path of a value, or the link of an item; `""` if none.
    """

    heading: bool
    section: str
    row: bool = False
    key: str = ""


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
            if statement.kind is BlockKind.FIELD:
                path = f"{ITEM}{statement.links[0]}" if statement.links else path_of(statement.text)[0]
                found.append(here._replace(key=normalize(path)))
            else:
                found.append(here._replace(row=True) if statement.kind is BlockKind.ROW else here)
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

    `positions` say where each stands; without them, all stand under no heading. `texts` are the texts as they were.
    """

    def __init__(
        self,
        before: Sequence[str],
        after: Sequence[str],
        positions: SectionPositions | None = None,
        texts: tuple[Sequence[str], Sequence[str]] | None = None,
    ) -> None:
        self.keys = (before, after)
        self.texts = texts if texts is not None else self.keys
        self.positions = positions if positions is not None else ([NO_SECTION] * len(before), [NO_SECTION] * len(after))
        self._known: dict[tuple[int, int], float] = {}

    @cached_property
    def counts(self) -> tuple[Counter[str], Counter[str]]:
        """How often each text stands on either side."""
        return Counter(self.keys[0]), Counter(self.keys[1])

    @cached_property
    def repeated(self) -> frozenset[str]:
        """The texts that occur more than once on a side."""
        return frozenset([key for count in self.counts for key, n in count.items() if n > 1])

    @cached_property
    def _forms(self) -> tuple[list[Form | None], list[Form | None]]:
        return [None] * len(self.keys[0]), [None] * len(self.keys[1])

    def form(self, side: int, at: int) -> Form:
        """The form of the statement `at` of a side."""
        found = self._forms[side][at]
        if found is None:
            found = self._forms[side][at] = form_of(self.keys[side][at])
        return found

    def of(self, i: int, j: int, least: float = 0.0) -> float:
        """The similarity, 0..1, of statement `i` before and statement `j` after; 0 may stand for less than `least`."""
        value = self._known.get((i, j))
        if value is None:
            same = self.keys[0][i] == self.keys[1][j]
            value = 1.0 if same else alike(self.form(0, i), self.form(1, j), least)
            if value and not same and self._are_other_fields(i, j):
                value = 0.0
            if value >= least:
                self._known[i, j] = value
        return value

    def _are_other_fields(self, i: int, j: int) -> bool:
        """Whether two fields have other names and other values: the path that they share says nothing."""
        paths = self.positions[0][i].key, self.positions[1][j].key
        if not all(paths) or paths[0] == paths[1]:
            return False
        if paths[0].startswith(ITEM) and paths[1].startswith(ITEM):
            return True
        if paths[0].rpartition(".")[2] == paths[1].rpartition(".")[2]:
            return False
        values = [path_of(keys[at])[1] for keys, at in zip(self.keys, (i, j), strict=True)]
        if values[0] == values[1]:
            return values[0] in BY_CHANCE
        return alike(form_of(values[0]), form_of(values[1])) < _SAME_VALUE
