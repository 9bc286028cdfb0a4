"""Laws of segmentation over whole documents: an edit stays in its block, and a cut that moves is no loss."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import monitor
from monitor.core.text.segment import segment_blocks
from monitor.model import Block, BlockKind

PARAGRAPHS = [
    "The talks began on 3 May. U.S. officials left early, e.g. Smith. Nobody knew why.",
    "He paid $3.50 (about 3 euros) for it! Was it worth that? The firm, Acme Inc., says so.",
    "“We stay,” she said. She called it “a start.” The others were silent.",
    "Is it true that Art. 5 applies? See No. 7 and pp. 3-9. The rule is old.",
    "In 2020 the rate was 2.5 percent.[3] It rose later. It has not fallen since then.",
]
EDITS = [
    "quoted “words",
    "(open",
    "Dr.",
    "U.S.",
    "e.g.",
    "etc.",
    "no.",
    "5.",
    "…",
    "!",
    ")",
    "”",
    "Ltd.",
    "; and",
    "§ 4.",
]


def texts(document: str) -> list[str]:
    return [statement.text for statement in monitor.segment(document)]


@given(
    st.lists(st.sampled_from(PARAGRAPHS), min_size=2, max_size=5),
    st.integers(min_value=0),
    st.integers(min_value=0),
    st.sampled_from(EDITS),
)
def test_edit_in_one_paragraph_never_changes_another(paragraphs: list[str], which: int, where: int, edit: str) -> None:
    which %= len(paragraphs)
    words = paragraphs[which].split(" ")
    words.insert(where % (len(words) + 1), edit)
    edited = [*paragraphs[:which], " ".join(words), *paragraphs[which + 1 :]]
    before, after = (
        [statement.text for statement in monitor.segment("\n\n".join(paragraphs))]
        for paragraphs in (paragraphs, edited)
    )
    first = [text for paragraph in paragraphs[:which] for text in texts(paragraph)]
    last = [text for paragraph in paragraphs[which + 1 :] for text in texts(paragraph)]
    for statements in (before, after):
        assert statements[: len(first)] == first
        assert statements[len(statements) - len(last) :] == last


@settings(deadline=None)
@given(st.lists(st.sampled_from(PARAGRAPHS), min_size=3, max_size=5, unique=True), st.integers(60, 110))
def test_rewrapped_paragraphs_hold_the_same_statements(paragraphs: list[str], width: int) -> None:
    wrapped = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in paragraphs)
    joined = [text for paragraph in paragraphs for text in texts(paragraph)]
    alignment = monitor.align(joined, texts(wrapped))
    assert all(match.before and match.after for match in alignment.matches)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The fee is due. It is not refunded.", "The fee is due; it is not refunded."),
        (
            "The fee is due on arrival. The guest pays it in cash.",
            "The fee is due on arrival, the guest pays it in cash.",
        ),
        ("Members vote by mail. The count is public.", "Members vote by mail: the count is public."),
        ("Anyone may object. Objections are heard in May.", "Anyone may object — objections are heard in May."),
        ("We keep the data. We delete it after a year.", "We keep the data and we delete it after a year."),
    ],
)
def test_removed_full_stop_merges_and_an_added_one_splits(before: str, after: str) -> None:
    around = "Section one stands as it was, with words of its own.\n\n{}\n\nThe last one stands too, in other words."
    old, new = texts(around.format(before)), texts(around.format(after))
    for one, other in ((old, new), (new, old)):
        shapes = {(len(match.before), len(match.after)) for match in monitor.align(one, other).matches}
        assert shapes == {(1, 1), (len(one) - 2, len(other) - 2)}


def test_a_heading_never_joins_the_paragraph_below_it() -> None:
    document = "# Fees\nThe fee is 5 euros. It is due in May.\n\n- one item\n- another item. It has two sentences.\n"
    kinds = [(statement.kind, statement.text) for statement in monitor.segment(document)]
    assert kinds[0] == (BlockKind.HEADING, "Fees")
    assert [text for _, text in kinds[1:]] == [
        "The fee is 5 euros.",
        "It is due in May.",
        "one item",
        "another item.",
        "It has two sentences.",
    ]


def test_a_narrow_paragraph_goes_on_line_by_line() -> None:
    document = "We collect data when you\nregister, that is the name and\nyour mail (see Sec. 3). We do\nnot sell it.\n"
    assert texts(document) == [
        "We collect data when you register, that is the name and your mail (see Sec. 3).",
        "We do not sell it.",
    ]


def test_words_in_lines_of_their_own_stay_apart() -> None:
    assert texts("We like these\napples\npears\nplums\n")[1:] == ["pears", "plums"]


@pytest.mark.parametrize(("language", "count"), [("da", 1), ("en", 2)])
def test_a_language_without_own_lists_keeps_its_abbreviations(language: str, count: int) -> None:
    blocks = [Block(BlockKind.PARAGRAPH, "Du tiltræder pr. 1/1-2011 stillingen.")]
    assert len(segment_blocks(blocks, language)) == count
