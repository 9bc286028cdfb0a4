"""Raised characters of a PDF, and the notes whose marks some of them are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from monitor.readers.pdf_layout import Measures, PdfLine, size_of
from monitor.readers.pdf_words import Word

_RAISED: Final = 0.85  # of the line's size
_HIGHER: Final = 0.15  # of the line's size, above its base
_SMALLER: Final = 0.95  # of the body's size: what notes are set in
_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RUN: Final = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_MARK: Final = re.compile(r"[\[(]?(\d{1,3}|[*†‡§¶]{1,3})[\])]?")


def raised_figures(word: Word, size: float, base: float) -> tuple[str, list[tuple[int, int]]]:
    """The word with plain figures, and the ranges of those that are raised above a line of this size and base."""
    if _is_raised(word, size, base):
        return word.text.translate(_SUPERSCRIPTS), [(0, len(word.text))]
    if word.text.isascii():
        return word.text, []
    return word.text.translate(_SUPERSCRIPTS), [run.span() for run in _RUN.finditer(word.text)]


def _is_raised(word: Word, size: float, base: float) -> bool:
    return word.size < _RAISED * size and word.base > base + _HIGHER * size


def note_marks(rows: Sequence[PdfLine]) -> frozenset[str]:
    """What is raised in the text and may be the mark of a note."""
    found: set[str] = set()
    for row in rows:
        size, base = size_of(row), row.base
        words = [word for cell in row.cells for word in cell.words]
        for place, word in enumerate(words):
            if word.size < _RAISED * size and place and _is_raised(word, size, base):
                found.update(mark[1] for mark in [_MARK.fullmatch(word.text)] if mark)
            elif not word.text.isascii():
                found.update(run[0].translate(_SUPERSCRIPTS) for run in _RUN.finditer(word.text))
    return frozenset(found)


def as_note(row: PdfLine, marks: frozenset[str], measures: Measures) -> PdfLine:
    """The row without its mark where a note begins with it: one of `marks`, in smaller type than the body."""
    words = row.cells[0].words
    if not marks or size_of(row) > _SMALLER * measures.body:
        return row
    run = _RUN.match(words[0].text)
    if run and run.end() < len(words[0].text):
        return replace(row, is_note=True)  # `¹This`: the mark is taken off with all that is raised
    mark = _MARK.fullmatch(words[0].text.translate(_SUPERSCRIPTS).rstrip("."))
    if mark is None or mark[1] not in marks or (len(words) == 1 and len(row.cells) == 1):
        return row
    first = replace(row.cells[0], words=words[1:], left=words[1].left) if len(words) > 1 else None
    return replace(row, cells=(*([first] if first else []), *row.cells[1:]), is_note=True)
