"""Find what a reviewer's comment quotes of a text, and take it out."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable

from monitor.core.text.normalize import visible

REMOVED = "[removed by request]"
_WORD = re.compile(r"\w+")
_WORDS = 3  # in a row that make a quotation
_LETTERS = 20  # or so many characters
_NAME = 2  # or so many words with capitals


def without_quotations(comment: str, texts: Iterable[str], is_elsewhere: Callable[[str], bool]) -> str:
    """The comment with REMOVED in place of what it quotes of `texts`: three words in a row, twenty characters, or two
    words with capital letters. What `is_elsewhere` says other texts hold, too, is no quotation.
    """
    found = list(_WORD.finditer(comment))
    words = [one[0].casefold() for one in found]
    wanted = {words_in_a_row for length in range(1, _WORDS + 1) for words_in_a_row in _sequences(words, length)}
    quoted = {
        words_in_a_row
        for text in texts
        for length in range(1, _WORDS + 1)
        for words_in_a_row in _sequences([one[0].casefold() for one in _WORD.finditer(text)], length)
        if words_in_a_row in wanted
    }
    covered = [False] * len(words)
    for length in range(1, _WORDS + 1):
        for at in range(len(words) - length + 1):
            if tuple(words[at : at + length]) in quoted and _is_telling(comment, found[at : at + length]):
                covered[at : at + length] = [True] * length
    parts, end, at = [], 0, 0
    while at < len(words):
        last = at
        while last < len(words) and covered[last]:
            last += 1
        if last > at and not is_elsewhere(comment[found[at].start() : found[last - 1].end()]):
            parts += [comment[end : found[at].start()], REMOVED]
            end = found[last - 1].end()
        at = last + 1
    return "".join(parts) + comment[end:]


def spellings(name: str) -> set[str]:
    """A document's name as messages and reports write it: as text, in HTML and in JSON."""
    shown = {name, visible(name)}
    escaped = {json.dumps(one, ensure_ascii=plain)[1:-1] for one in shown for plain in (True, False)}
    return shown | escaped | set(map(html.escape, shown))


def _sequences(words: list[str], length: int) -> Iterable[tuple[str, ...]]:
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))


def _is_telling(comment: str, words: list[re.Match[str]]) -> bool:
    if len(words) >= _WORDS or words[-1].end() - words[0].start() >= _LETTERS:
        return True
    return len(words) == _NAME and all(comment[one.start()].isupper() for one in words)
