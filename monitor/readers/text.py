"""Plain text -> blocks: wrapped lines are joined, list items, rows and headings stand alone."""

from __future__ import annotations

from monitor.model import Block, BlockKind, Extraction
from monitor.readers.block_writer import CELL, Pen
from monitor.readers.encoding import decode
from monitor.readers.layout import (
    Line,
    cells,
    continues,
    ends_sentence,
    heading_level,
    is_rule,
    lines_of,
    list_marker,
    wrap_width,
)
from monitor.readers.softbreak import joint


class TextExtractor:
    """Plain text: paragraphs, list items, headings, rows."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks whose origins point into the decoded text."""
        text, notes = decode(data)
        return Extraction(text, plain_blocks(text), notes)


def plain_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a plain text."""
    lines = lines_of(text)
    reader = _Reader(wrap_width(lines))
    for line in lines:
        reader.take(line)
    return reader.finish()


class _Reader:
    """Takes a text line by line; what is open is a paragraph or an item that the next line may continue."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._blocks: list[Block] = []
        self._pen = Pen()
        self._open: list[Line] = []
        self._level = 0  # of the open item; 0 for a paragraph
        self._around: list[tuple[int, int]] = []  # (indent, indent of its text) of the items around, outermost first

    def take(self, line: Line) -> None:
        if not line.text:
            self._close(alone=True)
        elif is_rule(line.text):
            self._underline(line)
        elif (marker := list_marker(line.text)) and self._may_begin_item(line):
            self._item(line, marker)
        elif (row := cells(line.text)) is not None:
            self._row(line, row)
        else:
            self._prose(line)

    def finish(self) -> tuple[Block, ...]:
        self._close(alone=True)
        return tuple(self._blocks)

    def _underline(self, line: Line) -> None:
        if len(self._open) == 1 and not self._level and line.text[0] in "=-~^":
            self._close(level={"=": 1, "-": 2}.get(line.text[0], 3))
        else:
            self._close()

    def _may_begin_item(self, line: Line) -> bool:
        # within a paragraph "…in section / 12. The…" and "…went on / – as he said – …" are wrapped lines
        if not self._open or self._level or line.text[0] not in "-–—0123456789":
            return True
        return ends_sentence(self._open[-1].text) or not continues(
            self._open[-1], line, self._width, begun=len(self._open) > 1
        )

    def _item(self, line: Line, marker: tuple[int, bool]) -> None:
        self._close()
        while self._around and self._around[-1][0] >= line.indent:
            self._around.pop()
        length, keep = marker
        self._around.append((line.indent, line.indent + length))
        self._level = len(self._around)
        self._write(line, 0 if keep else length)

    def _row(self, line: Line, row: list[tuple[str, int]]) -> None:
        self._close()
        for place, (cell, offset) in enumerate(row):
            if place:
                self._pen.fill(CELL)
            self._pen.write(cell, line.start + offset)
        self._emit(BlockKind.ROW)

    def _prose(self, line: Line) -> None:
        if self._open and not self._goes_on(line):
            self._close()
        if not self._open:
            while self._around and self._around[-1][1] > line.indent:
                self._around.pop()
            self._level = len(self._around)
        self._write(line, 0)

    def _goes_on(self, line: Line) -> bool:
        inside_item = self._level > 0 and line.indent > self._around[-1][0]
        return inside_item or continues(self._open[-1], line, self._width, begun=len(self._open) > 1)

    def _write(self, line: Line, skip: int) -> None:
        if self._open:
            self._pen.fill(joint(self._open[-1].text, line.text))
        self._pen.write(line.text[skip:], line.start + skip)
        self._open.append(line)

    def _close(self, *, level: int = 0, alone: bool = False) -> None:
        if len(self._open) == 1 and not self._level:
            level = level or heading_level(self._open[0].text, alone=alone)
        kind = BlockKind.ITEM if self._level else BlockKind.HEADING if level else BlockKind.PARAGRAPH
        self._emit(kind, self._level or level)
        self._open.clear()
        self._level = 0

    def _emit(self, kind: BlockKind, level: int = 0) -> None:
        block = self._pen.block(kind, level)
        if block:
            self._blocks.append(block)
