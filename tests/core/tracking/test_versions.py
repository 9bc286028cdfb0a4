"""Two versions of a document, held against each other block by block first."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text.segment import cut_block
from monitor.core.tracking import versions
from monitor.core.tracking.compare import Comparison
from monitor.core.tracking.versions import EMPTY, VersionTable, compare_blocks
from monitor.model import Block, BlockKind, ChangeKind, CutBlock, Statement

WORDS = ("council", "budget", "harbour", "ferry", "school", "figure", "mayor", "boat")
PAIRS = zip(WORDS, WORDS[3:] + WORDS, strict=False)
SENTENCES = [f"The {one} of the {other} opens at {n}." for n, (one, other) in enumerate(PAIRS)]
TEXTS = st.lists(st.sampled_from(SENTENCES), max_size=12)


def paragraphs(texts: Sequence[str]) -> list[CutBlock]:
    return [CutBlock(BlockKind.PARAGRAPH, 0, (Statement(text),)) for text in texts]


def compared(before: Sequence[str], after: Sequence[str]) -> Comparison:
    return compare_blocks(paragraphs(before), paragraphs(after))


@given(TEXTS, TEXTS)
def test_every_statement_is_kept_or_changed_once(before: list[str], after: list[str]) -> None:
    found = compared(before, after)
    kept = [(i + at, j + at) for i, j, length in found.kept for at in range(length)]
    assert sorted([i for i, _ in kept] + [i for one in found.changes for i in one.before]) == list(range(len(before)))
    assert sorted([j for _, j in kept] + [j for one in found.changes for j in one.after]) == list(range(len(after)))
    assert all(before[i] == after[j] for i, j in kept)


@given(TEXTS)
def test_a_version_equals_itself(texts: list[str]) -> None:
    found = compared(texts, texts)
    assert found.changes == ()
    assert found.kept == (((0, 0, len(texts)),) if texts else ())


@given(TEXTS, TEXTS, TEXTS)
def test_what_a_table_saw_before_makes_no_difference(earlier: list[str], before: list[str], after: list[str]) -> None:
    table = VersionTable()
    table.version(paragraphs(earlier))
    new = table.version(paragraphs(after))
    old = table.version(paragraphs(before))
    assert table.compare(old, new).comparison == compared(before, after)


def test_a_change_far_from_others_is_seen_in_its_place() -> None:
    before = [f"Clause {n} names the duty of party {n * 7}." for n in range(60)]
    after = [*before]
    after[40] = after[40].replace("duty", "right")
    found = compared(before, after)
    assert [(one.kind, one.before, one.after) for one in found.changes] == [(ChangeKind.REVISED, (40,), (40,))]
    assert found.kept == ((0, 0, 40), (41, 41, 19))


def test_the_fewest_statements_move() -> None:
    """The paragraph of nine statements stays; the two of four that it changes places with move."""
    long = [f"Statement {n} of the long paragraph stands on its own." for n in range(9)]
    short = [[f"Sentence {n} of part {part} is another one." for n in range(4)] for part in range(2)]
    first, second, third = (
        CutBlock(BlockKind.PARAGRAPH, 0, tuple(map(Statement, texts))) for texts in (short[0], short[1], long)
    )
    found = compare_blocks([first, second, third], [third, first, second])
    assert found.changes
    assert all(i < 8 for one in found.changes for i in one.before)


def test_new_blocks_are_those_that_were_not_there() -> None:
    table = VersionTable()
    before, after = paragraphs(SENTENCES[:4]), paragraphs([*SENTENCES[:2], "A new one stands here.", *SENTENCES[2:4]])
    found = table.compare(table.version(before), table.version(after))
    assert [block.statements[0].text for block in found.new_blocks] == ["A new one stands here."]
    assert found.kept_blocks == ((0, 0, 2), (2, 3, 2))
    assert found.block_count == 5
    assert {j: one.text for j, one in found.after.items()} == {2: "A new one stands here."}


def test_against_nothing_everything_is_added() -> None:
    table = VersionTable()
    found = table.compare(EMPTY, table.version(paragraphs(SENTENCES)))
    assert {one.kind for one in found.comparison.changes} == {ChangeKind.ADDED}
    assert len(found.new_blocks) == len(SENTENCES)


def test_a_piece_is_read_once_a_table() -> None:
    table, read = VersionTable(), list[str]()

    def blocks(piece: object) -> list[Block]:
        read.append(str(piece))
        return [Block(BlockKind.PARAGRAPH, str(piece))]

    for pieces in (SENTENCES[:3], SENTENCES[1:4], SENTENCES[:3]):
        table.cut("made", pieces, blocks)
    assert read == SENTENCES[:4]


def test_a_block_is_cut_once_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table is one piece: with another first row, its other rows stand elsewhere in it, and are the same."""
    cut: list[str] = []

    def cut_one(block: Block, language: str | None) -> CutBlock:
        cut.append(block.text)
        return cut_block(block, language)

    def rows(first: object) -> list[Block]:
        return [
            Block(BlockKind.ROW, text, origin=((0, at),))
            for text, at in ((str(first), 0), ("rent | 20", len(str(first))))
        ]

    monkeypatch.setattr(versions, "cut_block", cut_one)
    table = VersionTable()
    for first in ("fee | 10", "the fee of an adult | 12"):
        table.cut("made", [first], rows)
    assert cut == ["fee | 10", "rent | 20", "the fee of an adult | 12"]


def test_pieces_of_another_reader_are_others() -> None:
    table = VersionTable()
    one = table.cut("one", ["x"], lambda _: [Block(BlockKind.PARAGRAPH, "The council meets.")])
    other = table.cut("other", ["x"], lambda _: [Block(BlockKind.HEADING, "The council rests.")])
    assert (table.texts(one), table.texts(other)) == (["The council meets."], ["The council rests."])


@pytest.mark.parametrize("kind", [BlockKind.HEADING, BlockKind.ITEM])
def test_another_mark_up_of_equal_texts_is_no_change(kind: BlockKind) -> None:
    other = [CutBlock(kind, 1, (Statement(text, kind, 1),)) for text in SENTENCES[:3]]
    assert compare_blocks(paragraphs(SENTENCES[:3]), other).changes == ()


def test_an_emptied_table_holds_nothing() -> None:
    table = VersionTable()
    table.version(paragraphs(SENTENCES))
    assert table.weight > 0
    table.clear()
    assert table.weight == 0
    assert table.version(paragraphs(SENTENCES[:2])).blocks == (0, 1)
