"""Distinguish texts that look alike: decomposed letters, signs that are not seen, and letters of another script.

The letters are those of Unicode Technical Standard 39 (confusables.txt) that look like Latin ones in print.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from unicodedata import category

from monitor.core.text.normalize import code_point, visible

_CYRILLIC = dict(zip("аеорсухіјѕԁһԛԝӏүАВЕКМНОРСТУХІЈЅԌԚԜ", "aeopcyxijsdhqwlyABEKMHOPCTYXIJSGQW", strict=True))
_GREEK = dict(zip("οιυνκρΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲϳ", "oiuvkpABEZHIKMNOPTYXcj", strict=True))
_SIGNS = {"\u2010": "-", "\u2011": "-", "\u2212": "–", "\u2012": "–", "µ": "μ", "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff"}
_PLAIN = {ord(char): plain for char, plain in (_CYRILLIC | _GREEK | _SIGNS).items()}
_LONGEST = 20_000  # characters of a text that is looked at


def distinguishable(before: str, after: str) -> tuple[str, str]:
    """Two texts for people, both `visible`. Where they would look alike, what differs is shown by its code points."""
    if before == after or (before.isascii() and after.isascii()) or max(len(before), len(after)) > _LONGEST:
        return visible(before), visible(after)
    if _looks(before) != _looks(after):
        return visible(before), visible(after)
    start = _shared(before, after)
    while start and _joins(before[start : start + 1] or after[start : start + 1]):
        start -= 1
    end = _shared(before[start:][::-1], after[start:][::-1])
    while end and _joins(before[len(before) - end]):
        end -= 1
    return _with_code_points(before, start, end), _with_code_points(after, start, end)


@lru_cache(maxsize=1024)
def _looks(text: str) -> str:
    """What a reader sees of a text: the same for texts that look alike."""
    seen = (" " if char.isspace() else char for char in unicodedata.normalize("NFD", text) if category(char) != "Cf")
    return "".join(seen).translate(_PLAIN)


def _shared(first: str, second: str) -> int:
    """How many characters two texts begin with alike."""
    return next(
        (at for at, (one, other) in enumerate(zip(first, second, strict=False)) if one != other),
        min(len(first), len(second)),
    )


def _joins(char: str) -> bool:
    """Whether a character is drawn over the one in front of it."""
    return category(char)[0] == "M" if char else False


def _with_code_points(text: str, start: int, end: int) -> str:
    """A text with its part between `start` and the last `end` characters in code points, but for ASCII."""
    middle = text[start : len(text) - end]
    spelt = "".join(char if char.isascii() and char.isprintable() else code_point(char) for char in middle)
    return f"{visible(text[:start])}{spelt}{visible(text[len(text) - end :])}"


def mixed_scripts(word: str) -> str:
    """`Latin and Cyrillic` or `Latin and Greek` where a word mixes letters that look alike, and otherwise nothing."""
    if word.isascii() or not any("a" <= char.lower() <= "z" for char in word):
        return ""
    if any("\u0400" <= char <= "\u052f" for char in word):
        return "Latin and Cyrillic"
    return "Latin and Greek" if any(char in _GREEK for char in word) else ""
