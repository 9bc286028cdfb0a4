"""Rows of tables and of sheets: where cells are, what spans them, and what is no row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ExtractError
from monitor.model import Block, BlockKind
from monitor.readers.tables import Table, TableRow, row_of, sheet_rows

P = BlockKind.PARAGRAPH


def cell(text: str, kind: BlockKind = P) -> list[Block]:
    return [Block(kind, text)] if text else []


def told(table: Table, *rows: list[tuple[str, dict[str, int]]]) -> list[str]:
    found = []
    for cells in rows:
        row = TableRow()
        for text, spans in cells:
            table.add(row, cell(text), **spans)  # type: ignore[arg-type]
        found += [block.text for block in table.end(row)]
    return found


def test_spans_of_rows_and_columns_meet() -> None:
    rows = [[("A", {"down": 3, "across": 2}), ("1", {})], [("2", {}), ("x", {})], [("3", {})]]
    assert told(Table(), *rows) == ["A |  | 1", "A |  | 2 | x", "A |  | 3"]


def test_value_that_spans_at_the_right_end_is_repeated() -> None:
    rows = [[("1", {}), ("A", {"down": 2})], [("2", {})], [("3", {}), ("", {})]]
    assert told(Table(), *rows) == ["1 | A", "2 | A", "3 | "]


def test_row_without_text_of_its_own_is_none() -> None:
    assert told(Table(), [("A", {"down": 2}), ("1", {})], [("", {})]) == ["A | 1"]


def test_cell_that_goes_on_may_have_a_text_of_its_own() -> None:
    rows = [[("A", {}), ("1", {})], [("", {"continued": True}), ("2", {})], [("B", {"continued": True}), ("3", {})]]
    assert told(Table(), *rows) == ["A | 1", "A | 2", "B | 3"]


@pytest.mark.parametrize(
    ("cells", "kinds"),
    [
        ([cell("Fee"), cell("")], ["row"]),
        ([cell("A sentence. " * 20), cell("")], ["paragraph"]),
        ([cell("One.") + cell("Two."), cell("")], ["paragraph", "paragraph"]),
        ([cell("Title", BlockKind.HEADING) + cell("Text."), cell("Side")], ["heading", "paragraph", "paragraph"]),
        ([cell("Title", BlockKind.HEADING), cell("10")], ["row"]),
        ([cell("a" * 2_000), cell("10")], ["paragraph", "paragraph"]),
        ([cell("Alone")], ["paragraph"]),
    ],
)
def test_layout_is_told_from_a_row_by_the_row_alone(cells: list[list[Block]], kinds: list[str]) -> None:
    table, row = Table(), TableRow()
    for blocks in cells:
        table.add(row, blocks)
    assert [block.kind.value for block in table.end(row)] == kinds


@given(st.lists(st.sampled_from(["", " ", "\u00a0", "a", "b c"]), min_size=1, max_size=6))
def test_cells_are_where_the_row_says(texts: list[str]) -> None:
    [*found] = row_of([cell(text) for text in texts])
    if not any(text.strip() for text in texts):
        assert found == []
    else:
        assert [found[0].text[slice(*place)] for place in found[0].cells] == [text.strip() and text for text in texts]
        assert " | ".join(found[0].text[slice(*place)] for place in found[0].cells) == found[0].text


@pytest.mark.parametrize(
    ("rows", "widths"),
    [
        ([(1, 3), (2, 2)], [3, 3]),
        ([(1, 2), (2, 3)], [3, 3]),
        ([(1, 2), *((number, 2) for number in range(2, 40)), (40, 9)], [2] * 39 + [9]),
        ([(1, 1), (3, 3), (4, 2)], [1, 3, 3]),
        ([], []),
    ],
)
def test_sheet_reaches_as_far_as_its_first_row_or_a_tenth(rows: list[tuple[int, int]], widths: list[int]) -> None:
    assert [len(one) for one in sheet_rows([(number, ["x"] * width) for number, width in rows], "")] == widths


def test_endless_repeats_are_refused() -> None:
    with pytest.raises(ExtractError, match="refused"):
        Table(sheet=True).add(TableRow(), cell("x" * 100), times=9_999_999)


def test_cells_that_only_spans_make_are_bounded() -> None:
    table, made = Table(), 0
    for _ in range(1_000):
        row = TableRow()
        for _ in range(3):
            table.add(row, cell("a" * 900), down=65_534, across=1_000)
        table.end(row)
        made += len(row.cells)
    assert made < 300_000
