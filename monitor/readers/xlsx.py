"""XLSX -> blocks: a sheet's name is a heading, a row with anything in it a row; cells as they are shown.

A formula counts by its result, and by itself where the file keeps none. Empty cells between others keep their place, so
that a figure that moves to another column is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from monitor.model import Block, BlockKind, Extraction
from monitor.readers.block_writer import CELL
from monitor.readers.numberformat import built_in, shown
from monitor.readers.ooxml import Package
from monitor.readers.placing import placed
from monitor.readers.xml import Element, attribute, child, children, local

_CELL: Final = re.compile(r"([A-Z]{1,3})\d")
_TRUTH: Final = {"0": "FALSE", "1": "TRUE"}


class XlsxExtractor:
    """Excel workbooks."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of all sheets in the workbook's order, hidden ones too."""
        return placed(_Workbook(Package(data, "xlsx")).blocks())


class _Workbook:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = package.main()
        self._root = package.part(self._main)
        properties = child(self._root, "workbookPr")
        self._from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._strings = [_string(one) for part in self._parts("sharedStrings") for one in children(part, "si")]
        self._codes = [code for part in self._parts("styles") for code in _codes(part)]

    def blocks(self) -> Iterator[Block]:
        relations = self._package.relations(self._main)
        for sheet in self._root.iter("{*}sheet"):
            yield Block(BlockKind.HEADING, sheet.get("name") or "", 2)
            identity = next((value for key, value in sheet.items() if key.endswith("}id")), "")
            relation = relations.get(identity)
            if relation is not None and relation.kind == "worksheet" and self._package.has(relation.target):
                yield from self._rows(relation.target)

    def _parts(self, kind: str) -> list[Element]:
        return [self._package.part(name) for name in self._package.related(self._main, kind)]

    def _rows(self, part: str) -> Iterator[Block]:
        for row in self._package.each(part, "row"):
            cells = [(_column(cell), self._text(cell)) for cell in children(row, "c")]
            text = _joined([(column, text) for column, text in cells if text])
            if text:
                yield Block(BlockKind.ROW, text)

    def _text(self, cell: Element) -> str:
        kind = cell.get("t") or "n"
        if kind == "inlineStr":
            inline = child(cell, "is")
            return _string(inline) if inline is not None else ""
        found = child(cell, "v")
        value = (found.text or "") if found is not None else ""
        if not value:
            formula = child(cell, "f")
            return f"={formula.text}" if formula is not None and formula.text else ""
        if kind == "s":
            return self._strings[int(value)] if value.isdecimal() and int(value) < len(self._strings) else ""
        if kind == "n":
            return self._number(value, cell.get("s") or "0")
        return _TRUTH.get(value, value) if kind == "b" else _one_line(value)

    def _number(self, value: str, style: str) -> str:
        code = self._codes[int(style)] if style.isdecimal() and int(style) < len(self._codes) else ""
        try:
            return shown(float(value), code, from_1904=self._from_1904)
        except (ValueError, OverflowError):
            return value


def _codes(styles: Element) -> Iterator[str]:
    """The format code of each cell style, by its number."""
    own = {attribute(one, "numFmtId"): attribute(one, "formatCode") or "" for one in styles.iter("{*}numFmt")}
    formats = child(styles, "cellXfs")
    for one in () if formats is None else children(formats, "xf"):
        number = attribute(one, "numFmtId") or "0"
        yield own.get(number) or built_in(int(number) if number.isdecimal() and len(number) < 6 else 0)


def _string(element: Element) -> str:
    """The text of a string with its runs; readings of Japanese words are a help, not the text."""
    pieces = [one.text or "" for one in element.iter("{*}t") if local(one.getparent()) != "rPh"]
    return _one_line("".join(pieces))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _column(cell: Element) -> int | None:
    found = _CELL.match(cell.get("r") or "")
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return column


def _joined(cells: list[tuple[int | None, str]]) -> str:
    pieces: list[str] = []
    last: int | None = None
    for column, text in cells:
        if pieces:
            between = 1 if column is None or last is None else max(1, column - last)
            pieces.append(CELL * between)
        pieces.append(text)
        last = column
    return "".join(pieces)
