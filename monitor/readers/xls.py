"""Read XLS and XLSB with calamine: a sheet's name is a heading, each non-empty row a row.

Only values are to be had, not how the workbook shows them: numbers are written plainly, dates and times by ISO 8601,
and a formula as its stored result. Cells between others keep their place when they are empty.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Extraction
from monitor.readers import extra
from monitor.readers.block_writer import left_out, placed
from monitor.readers.number_formats import shown
from monitor.readers.recognition import ENCRYPTED, OLE
from monitor.readers.tables import sheet_blocks

MOST_CELLS: Final = 20_000_000  # of one sheet, the empty ones between others too: calamine holds them all


class XlsReader:
    """Excel workbooks of the binary formats, up to 2003 (`.xls`) and since (`.xlsb`)."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of all sheets in the workbook's order, hidden ones too; charts are told in a note."""
        if data.startswith(OLE) and ENCRYPTED in data:
            raise ExtractError("encrypted: save it without a password")
        with extra("xls"):
            import python_calamine as calamine
        try:
            with calamine.load_workbook(io.BytesIO(data)) as book:
                sheets = [sheet for sheet in book.sheets_metadata if sheet.typ is calamine.SheetTypeEnum.WorkSheet]
                left = sum(sheet.typ is calamine.SheetTypeEnum.ChartSheet for sheet in book.sheets_metadata)
                return placed(_blocks(book, [sheet.name for sheet in sheets]), left_out(left, "chart"))
        except calamine.PasswordError:
            raise ExtractError("encrypted: save it without a password") from None
        except (calamine.CalamineError, ValueError, OSError) as error:
            why = "it may have a password" if data.startswith(OLE) else " ".join(str(error).split())[:200]
            raise ExtractError(f"damaged, or not a workbook: {why}") from None
        except BaseException as error:
            # a panic of the library's is no Exception
            if type(error).__name__ != "PanicException":
                raise
            raise ExtractError("damaged: the library that reads it gives it up") from None


def _blocks(book: object, names: Sequence[str]) -> Iterator[Block]:
    for name in names:
        yield Block(BlockKind.HEADING, name, 2)
        sheet = book.get_sheet_by_name(name)  # type: ignore[attr-defined]
        if sheet.height * sheet.width > MOST_CELLS:
            raise ExtractError(f"refused: the sheet {name} spans more than {MOST_CELLS:,} cells")
        left = sheet.start[1] if sheet.start else 0
        rows: dict[int, list[str]] = {}
        for number, row in enumerate(sheet.iter_rows()):
            texts = [""] * left + [_shown(value) for value in row]
            while texts and not texts[-1]:
                texts.pop()
            if texts:
                rows[number] = texts
        spans = sheet.merged_cell_ranges or ()
        yield from sheet_blocks(rows, ((first[1], first[0], last[0]) for first, last in spans))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return shown(value, "") if math.isfinite(value) else str(value)
    if isinstance(value, datetime):
        moment = value.replace(microsecond=0) if value.microsecond < 500_000 else _next_second(value)
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return " ".join(str(value).split())


def _next_second(value: datetime) -> datetime:
    return value.replace(microsecond=0) + timedelta(seconds=1)
