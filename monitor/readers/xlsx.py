"""Read XLSX: a sheet's name is a heading, each non-empty row a row, with cells as they are displayed.

A formula is read as its stored result, otherwise as itself. Empty cells keep their position. Rows without an empty row
between them are a table: its rows reach as far as its first one, or as a tenth of them. A merged value is repeated in
each of its rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Extraction
from monitor.readers.block_writer import left_out, placed
from monitor.readers.inline_marks import STRUCK
from monitor.readers.number_formats import built_in, shown
from monitor.readers.tables import sheet_blocks
from monitor.readers.xml import Element, Package, attribute, child, children, local

_CELL: Final = re.compile(r"([A-Z]{1,3})\d")
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_COLUMNS: Final = 16_384
_MOST_CELLS: Final = 10_000_000  # of a sheet: with their separators as much as the text of a document may be
_TRUTH: Final = {"0": "FALSE", "1": "TRUE"}


class XlsxReader:
    """Excel workbooks."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of all sheets in the workbook's order, hidden ones too."""
        return self._extract(data, comments=False)

    def extract_with_comments(self, data: bytes) -> Extraction:
        """The same with the comments of reviewers behind the sheets, each with its cell."""
        return self._extract(data, comments=True)

    def _extract(self, data: bytes, *, comments: bool) -> Extraction:
        package = Package(data, "xlsx")
        workbook = _Workbook(package)
        notes = () if comments else left_out(package.count("xl/comments", "comment"), "comment")
        blocks = chain(workbook.blocks(), workbook.comments() if comments else ())
        return placed(blocks, (*notes, *left_out(package.count("xl/chartsheets/"), "chart")))


class _Workbook:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = package.main()
        self._root = package.part(self._main)
        properties = child(self._root, "workbookPr")
        self._from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._strings = [_string(one) for part in self._parts("sharedStrings") for one in children(part, "si")]
        styles = self._parts("styles")
        self._codes = [code for part in styles for code in _codes(part)]
        self._struck = [struck for part in styles for struck in _struck(part)]

    def blocks(self) -> Iterator[Block]:
        for name, part in self._sheets():
            yield Block(BlockKind.HEADING, name, 2)
            if part:
                yield from self._rows(part)

    def comments(self) -> Iterator[Block]:
        """Each with the name of who wrote it and its cell: `Ada Lee, Fees!B2: Do not sign.`"""
        for sheet, part in self._sheets():
            for name in self._package.related(part, "comments") if part else ():
                root = self._package.part(name)
                authors = ["".join(one.itertext()).strip() for one in root.iter("{*}author")]
                for one in root.iter("{*}comment"):
                    number = _number(one.get("authorId"))
                    author = authors[number] if number < len(authors) else ""
                    text = _string(one).removeprefix(f"{author}:").strip()
                    if text:
                        place = f"{sheet}!{one.get('ref') or ''}"
                        yield Block(BlockKind.PARAGRAPH, f"{author}, {place}: {text}" if author else f"{place}: {text}")

    def _sheets(self) -> Iterator[tuple[str, str]]:
        """The name of each sheet and its part, which is empty where it holds no rows."""
        relations = self._package.relations(self._main)
        for sheet in self._root.iter("{*}sheet"):
            relation = relations.get(next((value for key, value in sheet.items() if key.endswith("}id")), ""))
            held = relation is not None and relation.kind == "worksheet" and self._package.has(relation.target)
            yield sheet.get("name") or "", relation.target if relation is not None and held else ""

    def _parts(self, kind: str) -> list[Element]:
        return [self._package.part(name) for name in self._package.related(self._main, kind)]

    def _rows(self, part: str) -> Iterator[Block]:
        rows: dict[int, list[str]] = {}
        merged: list[tuple[int, int, int]] = []
        number = size = 0
        for element in self._package.each(part, "row", "mergeCell"):
            if local(element) == "row":
                number = _number(element.get("r")) or number + 1
                cells = self._cells(element)
                if cells:
                    rows[number] = cells
                    size += len(cells)
                if size > _MOST_CELLS:
                    raise ExtractError(f"refused: a sheet has more than {_MOST_CELLS:,} cells")
            else:
                first, _, last = (element.get("ref") or "").partition(":")
                merged.append((_column(first) - 1, _number(first.lstrip(_LETTERS)), _number(last.lstrip(_LETTERS))))
        yield from sheet_blocks(rows, merged)

    def _cells(self, row: Element) -> list[str]:
        """The texts of the row's cells in their columns, to the last one that is filled."""
        found: list[str] = []
        for cell in children(row, "c"):
            text = self._text(cell)
            if text:
                style = cell.get("s") or "0"
                if style.isdecimal() and int(style) < len(self._struck) and self._struck[int(style)]:
                    text = STRUCK + text.replace(STRUCK, "") + STRUCK
                column = _column(cell.get("r") or "") or len(found) + 1
                found += [""] * (column - 1 - len(found))
                found[column - 1 :] = [text]
        return found

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


def _struck(styles: Element) -> list[bool]:
    """Of each cell style, whether its text is drawn with a line through it."""
    fonts = [_has_line(font) for one in children(styles, "fonts") for font in one]
    formats = [one for holder in children(styles, "cellXfs") for one in children(holder, "xf")]
    numbers = [_number(attribute(one, "fontId")) for one in formats] if any(fonts) else []
    return [number < len(fonts) and fonts[number] for number in numbers]


def _has_line(font: Element) -> bool:
    strike = child(font, "strike")
    return strike is not None and attribute(strike, "val") not in ("0", "false")


def _string(element: Element) -> str:
    """The text of a string with its runs; readings of Japanese words are a help, not the text."""
    pieces = []
    for one in element.iter("{*}t"):
        run = one.getparent()
        if local(run) != "rPh":
            properties = child(run, "rPr")
            sign = STRUCK if properties is not None and one.text and _has_line(properties) else ""
            pieces.append(f"{sign}{one.text or ''}{sign}")
    return _one_line("".join(pieces).replace(STRUCK * 2, ""))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 8 else 0


def _column(place: str) -> int:
    """The column of a cell that is named `B7`, from 1; 0 where the name is none."""
    found = _CELL.match(place)
    column = 0
    for letter in found[1] if found is not None else "":
        column = column * 26 + ord(letter) - 64
    return column if column <= _COLUMNS else 0
