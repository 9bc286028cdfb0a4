"""The layout of blocks: how it is kept, how numbers count on, and that statements do not hold it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text.layout import CONTINUED, HEAD, NEXT, layout_of, layout_text, merged, shown_labels, successor
from monitor.core.text.segment import cut_block
from monitor.model import Block, BlockKind, CutBlock, Statement

ITEM, PARAGRAPH = BlockKind.ITEM, BlockKind.PARAGRAPH
RANGES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from("bic")), max_size=8)


def blocks(*labels: str | None, level: int = 1) -> list[CutBlock]:
    """Items with these labels; None is a paragraph."""
    return [
        CutBlock(PARAGRAPH, 0, (Statement("p"),))
        if label is None
        else CutBlock(ITEM, level, (Statement("i", ITEM, level),), (), layout_text(label, ()))
        for label in labels
    ]


@given(st.text(alphabet="12.(a)ivx+-", max_size=9), RANGES)
def test_a_layout_is_read_as_it_was_kept(label: str, ranges: list[tuple[int, int, str]]) -> None:
    found = layout_of(layout_text(label, [(at % 3, one) for at, one in enumerate(ranges)]))
    assert found.label == label
    assert sorted(one for own in found.emphasis.values() for one in own) == sorted(ranges)


@given(RANGES)
def test_merged_ranges_cover_the_same_characters(ranges: list[tuple[int, int, str]]) -> None:
    def covered(found: object) -> set[tuple[int, str]]:
        return {(at, kind) for start, end, kind in found for at in range(start, end)}  # type: ignore[attr-defined]

    found = merged(ranges)
    assert covered(found) == covered(ranges)
    assert list(found) == sorted(found)
    for kind in "bic":
        own = [one for one in found if one[2] == kind]
        assert all(one[1] < two[0] for one, two in pairwise(own))


@pytest.mark.parametrize(
    ("label", "following"),
    [("1.", "2."), ("9)", "10)"), ("(a)", "(b)"), ("2.9", "2.10"), ("A.", "B."), ("z)", ""), ("§", ""), ("", "")],
)
def test_the_label_that_follows(label: str, following: str) -> None:
    assert successor(label) == following


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        (["3.", NEXT, NEXT], ["3.", "4.", "5."]),
        (["1.", CONTINUED, NEXT], ["1.", CONTINUED, "2."]),
        (["1.", None, NEXT], ["1.", "", "2."]),
        (["", "", ""], ["", "", ""]),
        ([NEXT], [""]),
        (["1.", "1.", "1."], ["1.", "1.", "1."]),
    ],
)
def test_numbers_count_on(labels: list[str | None], shown: list[str]) -> None:
    assert list(shown_labels(blocks(*labels))) == shown


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        (["1.", "1.", "1.", None, "1.", "1."], ["1.", "2.", "3.", "", "1.", "2."]),
        (["7.", "3.", "9."], ["7.", "8.", "9."]),
        (["0.", "0."], ["0.", "1."]),
        (["1.", "1)", "1)"], ["1.", "1)", "2)"]),
        (["1.", "", "1."], ["1.", "", "1."]),
        (["(a)", "(a)"], ["(a)", "(a)"]),
    ],
)
def test_a_number_of_markdown_counts_where_its_list_begins(labels: list[str | None], shown: list[str]) -> None:
    assert list(shown_labels(blocks(*labels), counted=True)) == shown


def test_a_nested_list_counts_for_itself() -> None:
    found = [*blocks("1."), *blocks("1.", NEXT, level=2), *blocks(NEXT), *blocks("1.", NEXT, level=2)]
    assert list(shown_labels(found)) == ["1.", "1.", "2.", "2.", "1.", "2."]


def test_words_are_set_apart_in_their_statement() -> None:
    block = Block(PARAGRAPH, "One goes. Two stay here.", emphasis=((4, 8, "b"), (0, 13, "i"), (14, 18, "c")))
    cut = cut_block(block, "en")
    assert [one.text for one in cut.statements] == ["One goes.", "Two stay here."]
    assert layout_of(cut.layout).emphasis == {
        0: [(4, 8, "b"), (0, 9, "i")],
        1: [(0, 3, "i"), (4, 8, "c")],
    }


def test_statements_are_the_same_with_and_without_layout() -> None:
    plain = Block(BlockKind.ROW, "A | B", cells=((0, 1), (4, 5)))
    laid_out = Block(BlockKind.ROW, "A | B", cells=((0, 1), (4, 5)), label=HEAD, emphasis=((0, 1, "b"),))
    assert cut_block(plain, "en").statements == cut_block(laid_out, "en").statements
    assert cut_block(plain, "en") != cut_block(laid_out, "en")


def test_so_many_marks_are_bounded() -> None:
    ranges = tuple((at, at + 1, "b") for at in range(0, 20_000, 2))
    assert len(cut_block(Block(PARAGRAPH, "x" * 20_000, emphasis=ranges), "en").layout) < 10_000
