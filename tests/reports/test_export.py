"""Changes and revisions as tables: the same rows in every format, exact where the format can be."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from datetime import UTC, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest

from monitor.core.text.normalize import visible
from monitor.errors import UsageError
from monitor.model import Aspect, Change, ChangeKind, Revision, SnapshotTime, StatementHistory
from monitor.reports.export import (
    CHANGE_COLUMNS,
    FORMATS,
    LONGEST_CELL,
    REVISION_COLUMNS,
    export_changes,
    export_revisions,
    guarded,
    revision_periods,
)
from monitor.reports.json import change_json
from tests.support.report_builders import HOSTILE, HOSTILE_PATH, MONDAY, TUESDAY, change, side, week

LIFE = StatementHistory(
    statement="s1",
    document="a.txt",
    present=True,
    revisions=(
        Revision(1, "Thirty days.", ("https://example.org",), SnapshotTime("snap1", MONDAY)),
        Revision(2, "=45 days.", (), SnapshotTime("snap2", TUESDAY)),
    ),
    changes=(),
    aliases=("s0",),
)


def _written(changes: Iterable[Change], form: str) -> bytes:
    stream = BytesIO()
    export_changes(changes, form, stream)
    return stream.getvalue()


def _csv(changes: Iterable[Change]) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(_written(changes, "csv").decode("utf-8"), newline="")))


@pytest.mark.parametrize("form", FORMATS)
def test_the_number_of_rows_is_given_back(form: str) -> None:
    pytest.importorskip("pyarrow", reason="no pyarrow (monitor[parquet])")
    assert export_changes(week().changes, form, BytesIO()).rows == len(week().changes)


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_export_is_whole(form: str) -> None:
    pytest.importorskip("pyarrow", reason="no pyarrow (monitor[parquet])")
    assert export_revisions([], form, BytesIO()).rows == 0


def test_json_lines_are_those_of_the_log() -> None:
    lines = _written(week().changes, "jsonl").splitlines()
    assert [json.loads(line) for line in lines] == [change_json(c) for c in week().changes]


def test_csv_has_a_header_and_a_row_a_change() -> None:
    rows = _csv(week().changes)
    assert list(rows[0]) == [column.name for column in CHANGE_COLUMNS]
    assert [row["id"] for row in rows] == [c.id for c in week().changes]


def test_csv_cells_hold_lists_times_and_truth() -> None:
    made = change(
        aspects=(Aspect.NUMBER, Aspect.DATE),
        before=(side("One. Two.", 3),),
        after=(side("One.", 3), side("Two.", 4)),
        absent_since=MONDAY,
    )
    (row,) = _csv([made])
    assert row["aspects"] == "number date"
    assert (row["before_texts"], row["after_texts"], row["after_ordinals"]) == ("One. Two.", "One.\nTwo.", "3 4")
    assert (row["absent_since"], row["moved"], row["similarity"]) == ("2026-03-02T06:00:00Z", "false", "")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "-"])
def test_a_cell_that_a_spreadsheet_would_run_is_guarded(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "1+1=2", "a=b", "'quoted'", "– dash", "45 days"])
def test_ordinary_cell_is_unchanged(cell: str) -> None:
    assert guarded(cell) == cell


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "@x", "+1", "-1"])
def test_statements_and_paths_are_guarded_in_csv(text: str) -> None:
    (row,) = _csv([change(ChangeKind.ADDED, None, text, document=text)])
    assert (row["after_texts"], row["document"]) == (f"'{text}", f"'{text}")


def test_hostile_text_is_made_visible_in_csv() -> None:
    (row,) = _csv([change(ChangeKind.ADDED, None, HOSTILE, document=HOSTILE_PATH)])
    assert (row["after_texts"], row["document"]) == (visible(HOSTILE), visible(HOSTILE_PATH))


def test_revisions_say_from_when_to_when() -> None:
    stream = BytesIO()
    assert export_revisions(revision_periods([LIFE]), "jsonl", stream).rows == 2
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first == {
        "statement": "s1",
        "revision": 1,
        "document": "a.txt",
        "present": True,
        "snapshot": "snap1",
        "taken_at": "2026-03-02T06:00:00Z",
        "revised_at": "2026-03-03T06:00:00Z",
        "text": "Thirty days.",
        "links": ["https://example.org"],
        "aliases": ["s0"],
    }
    assert (second["revision"], second["revised_at"]) == (2, None)


def test_revisions_as_csv() -> None:
    stream = BytesIO()
    export_revisions(revision_periods([LIFE]), "csv", stream)
    rows = list(csv.DictReader(StringIO(stream.getvalue().decode("utf-8"), newline="")))
    assert list(rows[0]) == [column.name for column in REVISION_COLUMNS]
    assert [row["text"] for row in rows] == ["Thirty days.", "'=45 days."]


def test_parquet_keeps_types_and_texts() -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="no pyarrow (monitor[parquet])")
    made = change(ChangeKind.ADDED, None, "=1\x1b", aspects=(Aspect.NUMBER,), absent_since=MONDAY, similarity=0.5)
    (row,) = parquet.read_table(BytesIO(_written([made], "parquet"))).to_pylist()
    assert list(row) == [column.name for column in CHANGE_COLUMNS]
    assert (row["aspects"], row["after_texts"], row["after_ordinals"]) == (["number"], ["=1\x1b"], [0])
    assert (row["absent_since"], row["moved"], row["similarity"], row["group"]) == (MONDAY, False, 0.5, None)
    assert row["recorded_at"] - row["taken_at"] == timedelta(seconds=4)


def test_parquet_shows_bytes_that_are_not_utf_8() -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="no pyarrow (monitor[parquet])")
    (row,) = parquet.read_table(BytesIO(_written([change(document="raw\udcff")], "parquet"))).to_pylist()
    assert row["document"] == "raw\\xff"


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"monitor\[parquet\]"):
        export_changes([], "parquet", BytesIO())


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="csv, jsonl, parquet, xlsx"):
        export_changes([], "ods", BytesIO())


# --- workbooks ------------------------------------------------------------------------------------


def _sheet(changes: Iterable[Change]) -> Any:
    openpyxl = pytest.importorskip("openpyxl", reason="no openpyxl")
    return openpyxl.load_workbook(BytesIO(_written(changes, "xlsx"))).active


def test_a_workbook_has_a_frozen_header_and_filters() -> None:
    sheet = _sheet(week().changes)
    assert [cell.value for cell in sheet[1]] == [column.name for column in CHANGE_COLUMNS]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", f"A1:AD{len(week().changes) + 1}")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "{=A1}", "https://example.org", "007", "1e5", HOSTILE])
def test_a_text_is_a_text_in_a_workbook(text: str) -> None:
    cell = _sheet([change(ChangeKind.ADDED, None, text)]).cell(2, 1 + _place("after_texts"))
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", visible(text), None)


def test_times_are_dates_in_a_workbook() -> None:
    cell = _sheet([change(ChangeKind.ADDED, None, "A.")]).cell(2, 1 + _place("taken_at"))
    assert (cell.is_date, cell.value.replace(tzinfo=UTC)) == (True, TUESDAY)


@pytest.mark.parametrize(("text", "cut"), [("a" * LONGEST_CELL, 0), ("a" * (LONGEST_CELL + 1), 1), ("😀" * 16384, 1)])
def test_a_text_longer_than_a_cell_is_cut_with_a_mark(text: str, cut: int) -> None:
    stream = BytesIO()
    assert export_changes([change(ChangeKind.ADDED, None, text)], "xlsx", stream).cut == cut
    openpyxl = pytest.importorskip("openpyxl", reason="no openpyxl")
    value = openpyxl.load_workbook(stream).active.cell(2, 1 + _place("after_texts")).value
    assert value.endswith("[cut]") == bool(cut)
    assert len(value.encode("utf-16-le")) <= 2 * LONGEST_CELL


def test_more_rows_than_a_sheet_takes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.reports.export.MOST_ROWS", 1)
    with pytest.raises(UsageError, match="narrow the export, or export csv"):
        _written(week().changes, "xlsx")


def test_a_workbook_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(UsageError, match=r"monitor\[xlsx\]"):
        export_changes([], "xlsx", BytesIO())


def _place(name: str) -> int:
    return [column.name for column in CHANGE_COLUMNS].index(name)
