"""Numbers of pages in headers and footers: they and the words around them are no text, what stands beside them is."""

from __future__ import annotations

import pytest

from monitor.model import Block, BlockKind, Link
from monitor.readers.page_numbers import PAGE_FIELD, without_page_number

NUMBER, COUNT = PAGE_FIELD, PAGE_FIELD


def left(text: str) -> str | None:
    block = without_page_number(Block(BlockKind.PARAGRAPH, text))
    return None if block is None else block.text


@pytest.mark.parametrize(
    "text", [f"Page {NUMBER}", f"- {NUMBER} -", f"{NUMBER}/{COUNT}", f"Seite {NUMBER} von {COUNT}"]
)
def test_number_of_a_page_alone_is_no_text(text: str) -> None:
    assert left(text) is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Terms | Page {NUMBER}", "Terms"),
        (f"Terms - Page {NUMBER} of {COUNT}", "Terms"),
        (f"Page {NUMBER} of {COUNT} Version 1.2", "Version 1.2"),
        (f"{NUMBER} · Terms", "Terms"),
        (f"Terms, Seite {NUMBER} von {COUNT}, Fassung 2", "Terms, Fassung 2"),
        (f"Homepage {NUMBER}", "Homepage"),
        ("Homepage 7", "Homepage 7"),
    ],
)
def test_words_around_the_number_go_with_it(text: str, kept: str) -> None:
    assert left(text) == kept


def test_cell_of_a_page_number_is_empty() -> None:
    row = Block(BlockKind.ROW, f"Terms | Page {NUMBER} | x", cells=((0, 5), (8, 14), (17, 18)))
    found = without_page_number(row)
    assert found is not None
    assert found.text == "Terms |  | x"
    assert [found.text[start:end] for start, end in found.cells] == ["Terms", "", "x"]


def test_link_beside_the_number_keeps_its_place() -> None:
    block = Block(BlockKind.PARAGRAPH, f"Page {NUMBER} | Terms", links=(Link(9, 14, "https://a.example"),))
    found = without_page_number(block)
    assert found is not None
    assert [found.text[one.start : one.end] for one in found.links] == ["Terms"]
