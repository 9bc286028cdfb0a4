"""Words that changed in form alone: agreement, articles, the small words of grammar."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from monitor.core.words import Words, known_words, words_for

_STEM = 3  # letters in front of an ending


class _Lexicon(NamedTuple):
    loose: frozenset[str]
    alike: Mapping[str, frozenset[int]]


@cache
def _lexicon(language: str) -> _Lexicon:
    words = words_for(language)
    alike: dict[str, set[int]] = {}
    for number, line in enumerate((*words.lines("grammar.alike"), *words.lines("agreement.forms"))):
        for word in line:
            alike.setdefault(word, set()).add(number)
    return _Lexicon(
        words.set("grammar.loose") or words.set("function.articles"), {k: frozenset(v) for k, v in alike.items()}
    )


def is_loose(key: str, words: Words) -> bool:
    """Whether a folded word may come or go without the sense changing: an article, `that`, `of`, a form of `be`."""
    return key in _lexicon(words.language).loose


def is_alike(before: str, after: str, words: Words) -> bool:
    """Whether two folded words stand for each other: small words of grammar, or forms of one word."""
    alike = _lexicon(words.language).alike
    if before in alike and after in alike:
        return not alike[before].isdisjoint(alike[after])
    return words.language == "en" and agrees(before, after)


def agrees(before: str, after: str) -> bool:
    """Whether two English words differ in the ending of number or person alone: `user`, `users`; `try`, `tries`."""
    shorter, longer = sorted((before, after), key=len)
    if len(shorter) < _STEM or longer == shorter:
        return False
    known = known_words()
    if longer == f"{shorter}s" or longer in {f"{shorter}'s", f"{shorter}'"}:
        return True
    if longer == f"{shorter}es":
        return shorter.endswith(("s", "x", "z", "ch", "sh", "o"))
    return shorter.endswith("y") and longer == f"{shorter[:-1]}ies" and longer in known
