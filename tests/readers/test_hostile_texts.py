"""Input that no author wrote: everything is read, nothing crashes."""

from __future__ import annotations

import pytest

from monitor.core.text.segment import segment_blocks
from monitor.readers import extract


def statements(path: str, text: str) -> list[str]:
    extraction = extract(path, text.encode())
    assert extraction is not None
    return [statement.text for statement in segment_blocks(extraction.blocks)]


@pytest.mark.parametrize("path", ["a.txt", "a.md", "a.html"])
def test_an_endless_sentence_is_one_statement(path: str) -> None:
    assert len(statements(path, "and then he said that it was " * 100_000)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("path", ["a.txt", "a.md", "a.html"])
def test_one_line_of_megabytes_is_cut_into_its_sentences(path: str) -> None:
    assert len(statements(path, "The talks went on for days. " * 50_000)) == 50_000


@pytest.mark.slow
def test_100000_identical_lines_are_as_many_statements() -> None:
    assert statements("a.txt", "the same line\n" * 100_000) == ["the same line"] * 100_000
    assert len(statements("a.md", "- the same line\n" * 100_000)) == 100_000


@pytest.mark.parametrize("path", ["a.txt", "a.md"])
@pytest.mark.parametrize(
    "piece", ["[", "*a ", "![", "> ", "`", "<a ", "\\", "|", "\t", ". ", "“", "—", "a\u0301", "\u200b", "\u202e", "🏳️‍🌈"]
)
def test_a_piece_repeated_without_end_is_read(path: str, piece: str) -> None:
    assert "".join(statements(path, piece * 60_000 + "end")).endswith("end")


@pytest.mark.parametrize("path", ["a.txt", "a.md", "a.html"])
@pytest.mark.parametrize("text", ["", " ", "\n\n", "\ufeff", "\u200b", "\r", "-", "#", "***", "<>", "|"])
def test_next_to_nothing_is_read(path: str, text: str) -> None:
    assert all(statement.strip() for statement in statements(path, text))
