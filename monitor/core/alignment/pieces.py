"""What a folded text is compared by: its words, and the letter groups of these. Of a text alone, so that it is kept.

A word of four letters or fewer is a group. Longer ones are cut into groups of five letters, one at each second letter,
ends included (`voters` gives ` vote`, `oters`). In scripts without spaces two neighbouring characters are a group, in
their alphabets three.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import zip_longest
from sys import intern

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
    """The words of a folded text, numbers whole; a text without any is its own single word."""
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
    """Of a folded text in a script without spaces, each two or three characters that stand together."""
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
    """The letter groups of a folded text; one that stands in it several times counts once."""
    return _kept_groups(key) if len(key) <= _CACHEABLE else _groups_of(key)
