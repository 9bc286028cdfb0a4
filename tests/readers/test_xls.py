"""Workbooks of the binary formats: sheets are headings, rows rows, with empty cells in their places."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta

import pytest

from monitor.app.sandbox import read_in_this_process
from monitor.readers import extract
from monitor.readers.xls import _shown
from tests.readers.compound import compound, workbook
from tests.readers.writers import zipped
from tests.support.paths import CORPORA

pytest.importorskip("python_calamine", reason="no python-calamine (monitor[xls])")


def texts(data: bytes, path: str = "a.xls") -> list[str]:
    return [one.text for one in read_in_this_process(path, data).statements or ()]


def test_sheet_is_a_heading_and_a_row_a_row() -> None:
    assert texts(workbook({"Fees": [["Fee", 10], ["Cost", 5.5]], "Notes": [["Überschrift"]]})) == [
        "Fees", "Fee | 10", "Cost | 5.5", "Notes", "Überschrift",
    ]  # fmt: skip


def test_empty_cell_keeps_its_place() -> None:
    assert texts(workbook({"Fees": [["Fee", None, 10], ["Cost", 5, None], [None, None, None]]}))[1:] == [
        "Fee |  | 10",
        "Cost | 5 | ",
    ]


def test_workbook_reads_the_same_in_both_formats() -> None:
    import openpyxl

    rows = [["Fee", "Debit", "Credit"], [None, 5, None], ["Rent", 10, None]]
    book = openpyxl.Workbook()
    book.active.title = "Fees"
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    saved = extract("a.xlsx", stream.getvalue())
    assert saved is not None
    assert texts(workbook({"Fees": rows})) == [block.text for block in saved.blocks]


def test_row_tells_the_ranges_of_its_cells() -> None:
    found = extract("a.xls", workbook({"Fees": [["Fee", None, 10]]}))
    assert found is not None
    row = found.blocks[1]
    assert [row.text[start:stop] for start, stop in row.cells] == ["Fee", "", "10"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12345678.0, "12345678"),
        (0.5, "0.5"),
        (float("nan"), "nan"),
        (True, "TRUE"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 9, 5), "2026-01-31 09:05:00"),
        (datetime(2026, 1, 31, 9, 4, 59, 999_999), "2026-01-31 09:05:00"),
        (time(9, 5), "09:05:00"),
        (timedelta(hours=30, minutes=5), "30:05:00"),
        ("two\n lines", "two lines"),
    ],
)
def test_values_are_written_plainly(value: object, text: str) -> None:
    assert _shown(value) == text


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (compound({"EncryptedPackage": b"x"}), "encrypted: save it without a password"),
        (compound({"Workbook": b"\x09\x08" + b"x" * 5000}), "damaged, or not a workbook: it may have a password"),
        (zipped({"xl/workbook.bin": b"x", "[Content_Types].xml": b"<x/>"}), "damaged, or not a workbook: "),
    ],
)
def test_what_is_no_workbook_fails(data: bytes, why: str) -> None:
    assert (read_in_this_process("a.xls", data).failure or "").startswith(why)


def test_real_workbooks_are_read() -> None:
    files = [path for path in CORPORA.rglob("*") if path.suffix in (".xls", ".xlsb")] if CORPORA.exists() else []
    if not files:
        pytest.skip("no corpora (MONITOR_CORPORA names no workbooks)")
    assert all(read_in_this_process(path.name, path.read_bytes()).statements for path in files)
