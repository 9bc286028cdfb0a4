"""Laws of the readers: what a library writes is what is read, and no bytes make a reader fail but by its own error."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ExtractError
from monitor.model import Extraction
from monitor.readers import extract
from monitor.readers.text import list_marker
from tests.readers.test_one_text import TEXT
from tests.readers.writers import WRITERS, Text

# what a person types: letters of several scripts, marks that formats must escape, no control characters
LETTERS = st.characters(codec="utf-8", categories=["L", "N", "P", "Sm", "Sc"], max_codepoint=0x2FFF)
WORDS = st.text(LETTERS, min_size=1, max_size=8)
PARAGRAPHS = st.lists(WORDS, min_size=1, max_size=8).map(" ".join).filter(lambda one: list_marker(one) is None)
BUILT: dict[str, bytes] = {}


@pytest.mark.parametrize("name", ["docx", "odt", "rtf", "pptx"])
@given(paragraphs=st.lists(PARAGRAPHS, min_size=1, max_size=4))
def test_any_text_is_read_as_it_was_written(name: str, paragraphs: list[str]) -> None:
    text: Text = [("h1", "Title"), *(("p", one) for one in paragraphs)]
    extraction = extract(f"a.{name}", WRITERS[name](text))
    assert extraction is not None
    assert [block.text for block in extraction.blocks] == ["Title", *paragraphs]


@given(
    rows=st.lists(st.lists(PARAGRAPHS.filter(lambda one: one[0] not in "=+-@'"), min_size=1, max_size=4), min_size=1)
)
def test_any_row_is_read_as_it_was_written(rows: list[list[str]]) -> None:
    extraction = extract("a.xlsx", WRITERS["xlsx"]([("h1", "Title"), *(("tr", row) for row in rows)]))
    assert extraction is not None
    read = [[block.text[slice(*cell)] for cell in block.cells] for block in extraction.blocks[1:]]
    assert [row[: len(wanted)] for row, wanted in zip(read, rows, strict=True)] == rows
    assert not any(cell for row, wanted in zip(read, rows, strict=True) for cell in row[len(wanted) :])


@pytest.mark.parametrize("name", ["docx", "odt", "pdf", "rtf", "epub", "eml", "pptx", "xlsx"])
@given(seed=st.integers(0, 10**9))
def test_bytes_that_are_damaged_are_read_or_refused(name: str, seed: int) -> None:
    data = bytearray(BUILT.setdefault(name, WRITERS[name](TEXT)))
    chance = random.Random(seed)
    for _ in range(chance.choice((1, 4, 30))):
        at = chance.randrange(len(data))
        if chance.random() < 0.5:
            data[at] = chance.randrange(256)
        else:
            del data[at : at + chance.randrange(1, 40)]
    found = _outcome(f"a.{name}", bytes(data))
    if isinstance(found, str):
        assert "\n" not in found
    else:
        at = 0
        for block in found.blocks:  # the text is the blocks' texts, and each knows its place
            assert block.origin == ((0, at),)
            assert found.text[at : at + len(block.text)] == block.text
            at += len(block.text) + 1


def _outcome(path: str, data: bytes) -> Extraction | str:
    try:
        found = extract(path, data)
    except ExtractError as error:
        return str(error)
    assert found is not None
    return found
