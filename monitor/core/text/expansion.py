"""Contractions written out: `isn't` as `is not`, `cannot` as `can not`, `n'est` as `ne est`.

Modality and negation read this form, so that a contraction that was written out changes neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from monitor.core.text.words import words_for


class Expansion(NamedTuple):
    """Folded words with contractions written out, and for each the index of the token that it comes from."""

    words: list[str]
    origin: list[int]


class _Forms(NamedTuple):
    whole: dict[str, tuple[str, ...]]
    endings: dict[str, str]
    beginnings: dict[str, str]


@cache
def _forms(language: str) -> _Forms:
    words = words_for(language)
    return _Forms(
        {line[0]: tuple(line[1:]) for line in words.lines("contractions.whole")},
        {line[0]: line[1] for line in words.lines("contractions.endings")},
        {line[0]: line[1] for line in words.lines("contractions.beginnings")},
    )


def expanded(keys: Iterable[str], language: str) -> Expansion:
    """The folded tokens of one side with contractions written out."""
    forms = _forms(language)
    keys = list(keys)
    if forms.whole.keys().isdisjoint(keys) and "'" not in "".join(keys):
        return Expansion(keys, list(range(len(keys))))
    words: list[str] = []
    origin: list[int] = []
    for index, key in enumerate(keys):
        if "'" in key or key in forms.whole:
            parts = _parts(key, forms)
            words.extend(parts)
            origin.extend([index] * len(parts))
        else:
            words.append(key)
            origin.append(index)
    return Expansion(words, origin)


def _parts(key: str, forms: _Forms) -> tuple[str, ...]:
    if key in forms.whole:
        return forms.whole[key]
    head, apostrophe, tail = key.rpartition("'")
    ending = f"'{tail}"
    if len(head) > 1 and head.endswith("n") and f"n{ending}" in forms.endings:
        return head[:-1], forms.endings[f"n{ending}"]
    if head and ending in forms.endings:
        return head, forms.endings[ending]
    first, apostrophe, rest = key.partition("'")
    if apostrophe and rest and f"{first}'" in forms.beginnings:
        return forms.beginnings[f"{first}'"], rest
    return (key,)
