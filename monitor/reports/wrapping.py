"""Styled pieces of text wrapped to a terminal's width, in its own columns; breaks stand at spaces alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from monitor.core.text.normalize import cells

Piece = tuple[str, str]  # role ("insert", "muted", …), text
Style = Callable[[str, str], str]  # (role, text) -> text as it is printed

_PART = re.compile(r"( +)|([^ ]+)")


def unstyled(_role: str, text: str) -> str:
    """The style of a terminal without colours, and of a file."""
    return text


def wrap(pieces: Iterable[Piece], width: int, style: Style = unstyled, indent: str = "") -> Iterator[str]:
    """Lines of at most `width` columns, `indent` included; a word that is longer is cut."""
    room = max(width - cells(indent), 10)
    line: list[Piece] = []
    used = 0
    for gap, word in _words(pieces):
        size = sum(cells(text) for _, text in word)
        if line and used + cells(gap[1]) + size > room:
            yield _printed(line, style, indent)
            line, used = [], 0
        elif gap[1]:
            line.append(gap)
            used += cells(gap[1])
        for piece in _cut(word, room) if size > room else word:
            if used and used + cells(piece[1]) > room:
                yield _printed(line, style, indent)
                line, used = [], 0
            line.append(piece)
            used += cells(piece[1])
    if line:
        yield _printed(line, style, indent)


def _words(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, list[Piece]]]:
    """(spaces before it, the pieces that the word is made of); pieces that touch make one word."""
    gap: Piece = ("", "")
    word: list[Piece] = []
    for role, text in pieces:
        for match in _PART.finditer(text):
            spaces, fragment = match.groups()
            if fragment:
                word.append((role, fragment))
            elif word:
                yield gap, word
                gap, word = (role, spaces), []
            else:
                gap = (role, gap[1] + spaces)
    if word:
        yield gap, word


def _cut(word: Iterable[Piece], room: int) -> Iterator[Piece]:
    for role, text in word:
        start = width = 0
        for index, char in enumerate(text):
            size = cells(char)
            if width + size > room:
                yield role, text[start:index]
                start, width = index, 0
            width += size
        yield role, text[start:]


def _printed(line: Iterable[Piece], style: Style, indent: str) -> str:
    runs = groupby(
        line, key=lambda piece: piece[0]
    )  # a style costs bytes: one for each run of words, not for each word
    return (indent + "".join(style(role, "".join(text for _, text in run)) for role, run in runs)).rstrip()
