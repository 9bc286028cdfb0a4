"""Read CSV and similar files: each record becomes a row, whatever the delimiter.

The delimiter is detected from the first records only, so that later edits cannot change it. Quotes follow RFC 4180: a
quoted cell may contain delimiters and line breaks. An unterminated quote affects only its own line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from monitor.model import Block, BlockKind, Extraction
from monitor.readers.block_writer import CELL
from monitor.readers.encoding import decode

_DELIMITERS = "\t;|,"  # of equals the first counts: numbers and sentences hold commas
_NONE = "\0"  # is in no decoded text
_SAMPLE = 65_536  # characters that the delimiter is recognised by
_RECORDS = 50  # of them
_LONGEST = 32_767  # characters: what a spreadsheet's cell may hold
_BREAK = re.compile(r"\r\n?|\n")
_QUOTED = re.compile(r' *+"([^"]*+(?:""[^"]*+)*+)("?) *+')


class DelimitedReader:
    """Tables as text: cells parted by comma, semicolon, tab or bar."""

    def extract(self, data: bytes) -> Extraction:
        """One block a record with anything in it; origins point into the decoded text."""
        text, notes = decode(data)
        rows = (_row(text, cells) for cells in _records(text, _delimiter(text)))
        return Extraction(text, tuple(row for row in rows if row), notes)


_Cell = tuple[int, int, bool]  # where what is in it begins and ends, quotes apart, and whether it had any


def _delimiter(text: str) -> str:
    """The sign in the first record that gives most of the first records equally many cells; `_NONE` where none does."""
    sample = text[:_SAMPLE]
    found, most = _NONE, 0
    for one in _DELIMITERS:
        records = (
            cells for cells in _records(sample, one) if len(cells) > 1 or sample[cells[0][0] : cells[0][1]].strip()
        )
        widths = [len(cells) for cells in islice(records, _RECORDS)]
        if not widths or widths[0] == 1:
            continue
        equal = max(count for width, count in Counter(widths).items() if width > 1)
        if equal > most and 2 * equal > len(widths):
            found, most = one, equal
    return found


def _records(text: str, delimiter: str) -> Iterator[list[_Cell]]:
    """The cells of each record. No part of the text is looked at more than twice, however quotes stand in it."""
    at = bare = 0  # quotes before `bare` are signs like others
    while at < len(text):
        stop, after = _end_of_line(text, at)
        if at < bare or text.find('"', at, stop) < 0:
            yield _split(text[at:stop], at, delimiter)
            at = after
            continue
        cells, reached = _quoting(text, at, delimiter)
        if cells:
            yield cells
            at = reached
        else:
            bare = max(after, 1 + max(text.rfind("\n", at, reached), text.rfind("\r", at, reached)))


def _split(line: str, at: int, delimiter: str) -> list[_Cell]:
    cells = []
    for piece in line.split(delimiter):
        stop = at + len(piece)
        cells.append((at, stop, False))
        at = stop + 1
    return cells


def _quoting(text: str, at: int, delimiter: str) -> tuple[list[_Cell], int]:
    """The cells of the record at `at`, and where the next begins; none, and the place of the quote that is wrong."""
    cells = []
    end_of_plain = re.compile(rf"[{delimiter}\r\n]")
    while True:
        quoted = _QUOTED.match(text, at)
        if quoted:
            stop = quoted.end()
            ends = stop == len(text) or text[stop] in (delimiter, "\r", "\n")
            if not quoted[2] or not ends or len(quoted[1]) > _LONGEST:
                return [], quoted.end(1)
            cells.append((*quoted.span(1), True))
        else:
            end = end_of_plain.search(text, at)
            stop = end.start() if end else len(text)
            cells.append((at, stop, False))
        if stop == len(text) or text[stop] != delimiter:
            return cells, _end_of_line(text, stop)[1]
        at = stop + 1


def _end_of_line(text: str, at: int) -> tuple[int, int]:
    """Where the line's break begins and ends."""
    found = _BREAK.search(text, at)
    return found.span() if found else (len(text), len(text))


def _row(text: str, cells: list[_Cell]) -> Block | None:
    """Empty cells keep their place; a record without any text is no row.

    It does what a block writer does, in less time: a table may have a million cells.
    """
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    origin: list[tuple[int, int]] = []
    length = written = end = 0
    for cell in cells:
        if spans:
            pieces.append(CELL)
            length += len(CELL)
        start = length
        for piece, at in _cell_texts(text, cell):
            if not origin:  # separators of empty cells stand at the first character
                origin += [(offset, at) for offset in range(length)]
            if not origin or at - origin[-1][1] != length - origin[-1][0]:
                origin.append((length, at))
            pieces.append(piece)
            length += len(piece)
            written, end = length, at + len(piece)
        spans.append((start, length))
    if not origin:
        return None
    origin += [(offset, end - 1) for offset in range(written, length)]
    return Block(BlockKind.ROW, "".join(pieces), 0, (), tuple(origin), tuple(spans))


def _cell_texts(text: str, cell: _Cell) -> Sequence[tuple[str, int]]:
    """What is written in a cell, with its places: of two quotes the first."""
    start, stop, quoted = cell
    content = text[start:stop]
    words = content.strip()
    if not words:
        return ()
    at = start if words == content else start + len(content) - len(content.lstrip())
    if not quoted or '""' not in words:
        return ((words, at),)
    *before, last = words.split('""')
    found = []
    for piece in before:
        found.append((f'{piece}"', at))
        at += len(piece) + 2
    return [*found, (last, at)] if last else found
