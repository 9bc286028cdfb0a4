"""Rows of tables: cells that keep their place, values that span several rows, and what is layout rather than a table.

In every format the cells of a row are joined by ` | `, the empty ones too. A value that spans rows is repeated in each
of them; of the columns that it spans it fills the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Emphasis, Link
from monitor.readers.block_writer import CELL, MOST_TEXT

_ROW = 1_000  # characters: a cell that holds more is layout, and its blocks stand alone
_SHORT = 120  # characters: a value that stands alone in its row
_SPANNED = 1_000  # columns that one cell spans at most, as in HTML
_MOST_EMPTY = 200_000  # cells of a table that are there only because another one spans them
_MOST_REPEATED = 4_000_000  # characters of a table that are there only because a value spans rows
_MOST_ROWS = 1_100_000  # of a sheet
_MOST_CELLS = 1_000_000  # of a sheet that says how often its cells and rows are repeated
_SHARE = 10  # of so many rows one has to fill a column that belongs to a sheet's table
_T = TypeVar("_T")
_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.CAPTION})
_VALUES = _KINDS | {BlockKind.HEADING}  # of a cell's only block


@dataclass(slots=True)
class Cell:
    """The blocks of a cell; `repeated`: they stand in a row above, and span this one."""

    blocks: list[Block]
    repeated: bool = False


@dataclass(slots=True)
class TableRow:
    """The cells of a row, from the left; the row stands `repeated` times in its table."""

    repeated: int = 1
    cells: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class _Spanning:
    blocks: list[Block]
    left: int  # rows that are still to be filled


_EMPTY = Cell([])


class Table:
    """Puts cells into the columns of their rows; the rows come in order. A `sheet` is a table without a right end."""

    def __init__(self, *, sheet: bool = False) -> None:
        self._sheet: list[tuple[int, list[Cell]]] | None = [] if sheet else None
        self._number = 0  # of the row
        self._spanning: dict[int, _Spanning] = {}
        self._above: list[Cell] = []
        self._empty = self._repeated = self._many = self._written = 0

    def add(
        self,
        row: TableRow,
        blocks: list[Block],
        *,
        down: int = 1,
        across: int = 1,
        times: int = 1,
        continued: bool = False,
    ) -> None:
        """The next cell of the row: it spans `down` rows and `across` columns, and stands `times` times.

        `continued`: the cell goes on with the one above, and says the same unless it has a text of its own.
        ExtractError where the repeated cells are more than a document holds.
        """
        self._fill(row)
        if times > 1:
            self._refuse_size(times, blocks)
            cell = Cell(blocks)
            for _ in range(times):
                row.cells.append(cell)
                self._fill(row)
            return
        column = len(row.cells)
        if continued and not is_filled(blocks) and column < len(self._above):
            row.cells.append(self._repeat(self._above[column].blocks))
        else:
            row.cells.append(Cell(blocks))
        across = max(1, min(across, _SPANNED, _MOST_EMPTY - self._empty))
        self._empty += across - 1
        row.cells += [_EMPTY] * (across - 1)
        if down > 1:
            for place in range(across):
                self._spanning[column + place] = _Spanning([] if place else blocks, down - 1)

    def end(self, row: TableRow) -> list[Block]:
        """The row has no more cells: its blocks, none yet where it is a sheet's."""
        self._fill(row)
        last = max(self._spanning, default=-1)
        while len(row.cells) <= last and self._spanning:
            row.cells.append(_EMPTY)
            self._fill(row)
        self._above = row.cells
        self._number += row.repeated
        if self._sheet is None:
            blocks = row_blocks(row)
            if row.repeated > 1 and blocks:
                self._refuse_size(row.repeated, blocks)
                return blocks * row.repeated
            return blocks
        if any(not cell.repeated and is_filled(cell.blocks) for cell in row.cells if cell.blocks):
            while not is_filled(row.cells[-1].blocks):
                del row.cells[-1]
            self._refuse_size(row.repeated, [block for cell in row.cells for block in cell.blocks])
            first = self._number - row.repeated
            self._sheet += [(first + number, row.cells) for number in range(row.repeated)]
        return []

    def rows(self) -> list[Block]:
        """The rows of a sheet, when all have come."""
        if not self._sheet:
            return []
        return [block for cells in sheet_rows(self._sheet, _EMPTY) for block in row_of([one.blocks for one in cells])]

    def _refuse_size(self, times: int, blocks: Sequence[Block]) -> None:
        self._many += times
        self._written += times * sum(len(block.text) for block in blocks)
        if self._many > _MOST_CELLS or self._written > MOST_TEXT:
            raise ExtractError(f"refused: its repeated cells hold more than {MOST_TEXT:,} characters")

    def _fill(self, row: TableRow) -> None:
        while self._spanning and (found := self._spanning.get(len(row.cells))) is not None:
            found.left -= 1
            if not found.left:
                del self._spanning[len(row.cells)]
            row.cells.append(self._repeat(found.blocks))
            self._empty += 1
            if self._empty > _MOST_EMPTY:
                self._spanning.clear()

    def _repeat(self, blocks: list[Block]) -> Cell:
        self._repeated += sum(len(block.text) for block in blocks)
        return Cell(blocks if self._repeated <= _MOST_REPEATED else [], repeated=True)


def row_blocks(row: TableRow) -> list[Block]:
    """One block for a row of a table; where it is layout rather than a row, the blocks in its cells.

    It is layout where it has one cell, where one cell alone is filled and holds more than a short text, or where a
    cell holds what no table's value does. Whether other rows are has no say, so that an edit changes its row alone.
    """
    own = [cell for cell in row.cells if not cell.repeated]
    filled = [cell for cell in own if cell.blocks and is_filled(cell.blocks)]
    if not filled:
        return []
    alone = sum(cell is not _EMPTY for cell in row.cells) == 1
    lone = len(filled) == 1 and len(own) == len(row.cells) and not is_short(filled[0].blocks)
    if alone or lone or not all(map(_is_plain, filled)):
        return [block for cell in own for block in cell.blocks]
    return row_of([cell.blocks for cell in row.cells])


def is_short(blocks: Sequence[Block]) -> bool:
    """Whether the blocks of a cell are one short text."""
    return len(blocks) == 1 and len(blocks[0].text) <= _SHORT


def _is_plain(cell: Cell) -> bool:
    """Whether the cell is a value of a table; a heading is one where nothing else is in the cell."""
    blocks = cell.blocks
    if len(blocks) == 1:
        return blocks[0].kind in _VALUES and len(blocks[0].text) <= _ROW
    return all(block.kind in _KINDS for block in blocks) and sum(len(block.text) for block in blocks) <= _ROW


def is_filled(blocks: Sequence[Block]) -> bool:
    for block in blocks:  # noqa: SIM110 - a generator takes thrice the time, and every cell is asked
        if not block.text.isspace():
            return True
    return False


def row_of(cells: Sequence[Sequence[Block]]) -> list[Block]:
    """One block for the cells of a row, none where all are empty; a cell's own blocks are joined by spaces."""
    if not any(map(is_filled, cells)):
        return []
    pieces: list[str] = []
    links: list[Link] = []
    emphasis: list[Emphasis] = []
    ranges: list[tuple[int, int]] = []
    length = 0
    for number, cell in enumerate(cells):
        if number:
            pieces.append(CELL)
            length += len(CELL)
        start = length
        for place, block in enumerate(cell if is_filled(cell) else ()):
            if place:
                pieces.append(" ")
                length += 1
            links += (Link(link.start + length, link.end + length, link.target) for link in block.links)
            emphasis += ((one + length, end + length, kind) for one, end, kind in block.emphasis)
            pieces.append(block.text.replace("\n", " "))
            length += len(block.text)
        ranges.append((start, length))
    return [Block(BlockKind.ROW, "".join(pieces), 0, tuple(links), cells=tuple(ranges), emphasis=tuple(emphasis))]


def row_of_texts(texts: Sequence[str]) -> list[Block]:
    """The same for cells of plain text."""
    if not any(text and not text.isspace() for text in texts):
        return []
    ranges, at = [], 0
    for text in texts:
        ranges.append((at, at + len(text)))
        at += len(text) + len(CELL)
    return [Block(BlockKind.ROW, CELL.join(texts), cells=tuple(ranges))]


def sheet_blocks(rows: dict[int, list[str]], merged: Iterable[tuple[int, int, int]] = ()) -> Iterator[Block]:
    """The rows of a sheet of plain texts, by their numbers, each to its last cell that is filled.

    `merged` are the (column from 0, first row, last row) of cells whose value stands in each row that they span.
    """
    looked_at = 0
    for column, top, bottom in merged:
        value = rows[top][column : column + 1] if top in rows and column >= 0 else []
        if not value or len(value[0]) > _ROW or bottom - top > _MOST_ROWS or looked_at > _MOST_ROWS:
            continue
        looked_at += max(0, bottom - top)
        for number in range(top + 1, bottom + 1):
            cells = rows.get(number)
            if cells is not None:
                cells += [""] * (column + 1 - len(cells))
                cells[column] = cells[column] or value[0]
    for cells in sheet_rows(sorted(rows.items()), ""):
        yield from row_of_texts(cells)


def sheet_rows(rows: Sequence[tuple[int, list[_T]]], empty: _T) -> Iterator[list[_T]]:
    """The rows of a sheet, each (number, cells to the last one that is filled), with the empty cells that follow.

    Rows without an empty row between them are a table. Its columns are those that its first row or a tenth of its rows
    fills: a sheet has no right end, and a remark beside a table must not give each of its rows another cell.
    """
    first = 0
    for place, (number, _) in enumerate(rows):
        last = place + 1 == len(rows)
        if last or rows[place + 1][0] != number + 1:
            table = [cells for _, cells in rows[first : place + 1]]
            widths = sorted(map(len, table), reverse=True)
            width = max(len(table[0]), widths[(len(widths) - 1) // _SHARE])
            for cells in table:
                yield cells + [empty] * (width - len(cells))
            first = place + 1
