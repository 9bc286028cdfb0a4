"""A table, row by row: most versions of a long table differ in a row or two, and a row is parsed once.

What a row says depends on the number of columns and on nothing else of its table, so it is parsed as the only row of a
table with so many empty heads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from monitor.model import Block, BlockKind
from monitor.readers.block_writer import CELL, Pen
from monitor.readers.markdown_render import References, render, shifted
from monitor.readers.oneline import write_cell

_UNDER_HEADS = re.compile(r"\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*")
_LAST_BAR = re.compile(r"(?<!\\)\|[ \t]*\Z")
_MOST_CELLS = 10_000  # the parser leaves off where too many cells of a table are missing
_LONG = 20_000  # characters: of longer rows none are kept


def table_rows(text: str, references: References) -> tuple[Block, ...] | None:
    """The blocks of a chunk that is one table whose lines all begin with a bar; None of any other.

    Origins count from the chunk's beginning.
    """
    lines = text.split("\n")
    if len(lines) < 2 or not _UNDER_HEADS.fullmatch(lines[1]) or not all(line[:1] == "|" for line in lines):
        return None
    columns = lines[1].count("|") - 1
    if _columns(lines[0]) != columns or columns * len(lines) > _MOST_CELLS:
        return None
    return tuple(_rows(lines, columns, references))


def _rows(lines: list[str], columns: int, references: References) -> Iterator[Block]:
    starts = accumulate((len(line) + 1 for line in lines), initial=0)
    for number, (start, line) in enumerate(zip(starts, lines, strict=False)):
        if number == 1:
            continue
        read = _kept if len(line) <= _LONG else _read
        for block in read(line, columns, references):
            yield shifted(block, start)


def _columns(line: str) -> int:
    """The cells of a line that begins with a bar; a bar behind a backslash stands in a cell."""
    return line.count("|") - line.count("\\|") - bool(_LAST_BAR.search(line))


def _read(line: str, columns: int, references: References) -> tuple[Block, ...]:
    blocks = _simple(line, columns)
    return _parsed(line, columns, references) if blocks is None else blocks


_kept = lru_cache(maxsize=2_048)(_read)


def _parsed(line: str, columns: int, references: References) -> tuple[Block, ...]:
    above = "|" + " |" * columns + "\n|" + "-|" * columns + "\n"
    return tuple(shifted(block, -len(above)) for block in render(above + line, references))


def _simple(line: str, columns: int) -> tuple[Block, ...] | None:
    """The row without the parser, where nothing in it can be read in another way."""
    if "\\|" in line or _columns(line) != columns:
        return None
    pen, at = Pen(), 1
    for cell in line[1:].split("|")[:columns]:
        if at > 1:
            pen.fill(CELL)
        inner = cell.strip(" ")
        start = at + len(cell) - len(cell.lstrip(" "))
        if inner != cell.strip() or not write_cell(pen, line, start, start + len(inner)):
            return None
        at += len(cell) + 1
    block = pen.block(BlockKind.ROW)
    return (block,) if block else ()
