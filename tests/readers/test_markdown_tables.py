"""Tables are read row by row, most rows without the parser, and as the parser reads the whole of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.readers.markdown import table_rows
from monitor.readers.markdown_render import render

_WORDS = ["word", "Two words", "a", "1", "é", "漢字", "of", " ", "  ", "*   item", "<br>", "<br />", "<BR>"]
_SIGNS = list("*_`[]()<>&;!\\#-+|~'\"“”.,:^$ \u00a0\u3000\t\0")
_MARKS = [
    "**",
    "__",
    "](",
    "](/x_y)",
    "**bold**",
    "_so_",
    "[a](/b)",
    "&amp;",
    "\\|",
    "\\.",
    "![",
    "<b>",
    "<sup>",
    "[^1]",
]
_CELLS = st.lists(st.sampled_from(_WORDS * 3 + _MARKS + _SIGNS), max_size=7).map("".join)
_ROWS = st.builds(
    lambda cells, end: "| " + " | ".join(cells) + end,
    st.lists(_CELLS, min_size=1, max_size=3),
    st.sampled_from([" |", "|", "", " | ", "|\t"]),
)
_TABLES = st.builds(
    lambda columns, rows: "\n".join([rows[0], "|" + " --- |" * columns, *rows[1:]]),
    st.integers(1, 3),
    st.lists(_ROWS, min_size=1, max_size=4),
)


@given(_TABLES)
def test_fast_table_reader_agrees_with_the_parser(table: str) -> None:
    blocks = table_rows(table, ())
    assert blocks is None or blocks == render(table, ())


@pytest.mark.parametrize(
    "table",
    [
        "| Fee | Amount |\n| --- | ---: |\n| Entry | *5* euros<br>a person |\n| Exit | [none](/exit) |",
        "| | |\n|-|-|\n| Kept | *   your name<br>*   your address |",
        "| One |\n| --- |\n| 1 | 2 |\n|\n| |",
        "| A | B |\n|---|---|\n| <b>1</b> | `2` |\n| [x] | \\| |",
    ],
)
def test_rows_of_every_kind_are_read(table: str) -> None:
    assert table_rows(table, ()) == render(table, ())


@pytest.mark.parametrize(
    "text",
    [
        "| A | B |\n| --- |\n| 1 | 2 |",
        "| A |\n| --- |\n    | 1 |",
        "| A |\n| --- |\n> quoted",
        "| A |",
        "A | B\n--- | ---\n1 | 2",
    ],
)
def test_other_tables_are_left_to_the_parser(text: str) -> None:
    assert table_rows(text, ()) is None


def test_a_row_may_use_the_references_of_its_document() -> None:
    table, references = "| A |\n| --- |\n| [x][y] |", (("Y", "/there"),)
    assert table_rows(table, references) == render(table, references)
