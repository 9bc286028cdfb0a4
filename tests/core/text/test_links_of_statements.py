"""The links of a statement: where each leads to, in the order of the text."""

from __future__ import annotations

import pytest

from monitor.core.text.segment import segment_spans
from monitor.model import Block, BlockKind, Link


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("https://a.example/", "https://a.example"),
        ("https://a.example", "https://a.example"),
        ("https://a.example/b/", "https://a.example/b/"),
        ("https://a.example/?b=/", "https://a.example/?b=/"),
        ("b/", "b/"),
    ],
)
def test_path_of_a_host_alone_says_nothing(target: str, kept: str) -> None:
    block = Block(BlockKind.PARAGRAPH, "See there.", links=(Link(4, 9, target),))
    assert [statement.links for statement, _ in segment_spans([block])] == [(kept,)]
