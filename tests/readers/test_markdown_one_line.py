"""One-line chunks are read without the parser, and as the parser reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Block
from monitor.readers.markdown import one_line
from monitor.readers.markdown_render import render

_WORDS = ["word", "Two words", "a", "1", "é", "№", "漢字", "of", "\u200b", "😀"]
_SIGNS = list("*_`[]()<>&;!\\#-+=|~'\"“”.,:^$%/ \u00a0\u3000\t\n\x0b\x1c\x85\0")
_MARKS = [
    "**",
    "__",
    "](",
    "](/x_y)",
    "](/x?a=b&c=d)",
    ' "t")',
    "&amp;",
    "\\.",
    "![",
    "<b>",
    "[^1]",
    "[a]: /b",
    "1.",
    "\n---",
]
_OPENINGS = [
    "",
    "## 3. ",
    "---",
    "● ",
    "§ 5 ",
    "# ",
    "### ",
    "- ",
    "* ",
    "12. ",
    "Text **bold** ",
    "See [a](/b) ",
    "_so_ ",
    "> ",
]
_LINES = st.builds(
    lambda opening, pieces: opening + "".join(pieces),
    st.sampled_from(_OPENINGS),
    st.lists(st.one_of(st.sampled_from(_WORDS + _MARKS), st.sampled_from(_SIGNS), st.characters()), max_size=9),
)


def said(blocks: tuple[Block, ...]) -> list[object]:
    return [(block.text, block.kind, block.level, block.links) for block in blocks]


@given(_LINES.filter(lambda line: "\n\n" not in line and "\r" not in line and line.strip() != ""))
def test_fast_line_reader_agrees_with_the_parser(line: str) -> None:
    blocks = one_line(line)
    assert blocks is None or said(blocks) == said(render(line, ()))


@pytest.mark.parametrize(
    "line",
    [
        "Plain words, with signs: (a) 50 % - and more; no marks!",
        "### A heading",
        "A heading\n=========",
        "- An item with [a link](https://example.org/a_b?c=d&e=f) in it.",
        "12. **Term.** What it means, _in short_.",
        "The “**Content**” is yours \\& ours.",
        "The last line of a document.\n",
        "A heading\n---\n\n",
        "About ~5 euros.",
        "## 8. What ends it",
        "● What a page has for an item",
        "* * *",
    ],
)
def test_the_common_lines_are_read_without_the_parser(line: str) -> None:
    blocks = one_line(line)
    assert blocks is not None
    assert said(blocks) == said(render(line, ()))


def test_each_character_has_its_source_position() -> None:
    line = 'See **all** of [the list](/list "T") and more.'
    blocks = one_line(line)
    assert blocks is not None
    origin, text = blocks[0].origin, blocks[0].text
    ends = [*(offset for offset, _ in origin[1:]), len(text)]
    for (begin, there), end in zip(origin, ends, strict=True):
        assert line[there : there + end - begin] == text[begin:end]
