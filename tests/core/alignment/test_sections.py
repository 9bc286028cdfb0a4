"""Headings and sections as evidence: what a statement is, and what it stands under."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.alignment.align import align
from monitor.core.alignment.similarity import SectionPosition, section_positions
from monitor.model import Alignment, BlockKind, Statement
from tests.core.alignment.align_texts import document, links, moved_before

FEES = ("# Fees", "The council sets the fee every year.", "Learn more")
VISAS = ("# Visas", "A visa is needed for a stay of over ninety days.", "Learn more")
HEALTH = ("# Health", "Drink bottled water in the provinces.", "Learn more")


def aligned(before: tuple[str, ...], after: tuple[str, ...]) -> Alignment:
    return align(document(*before), document(*after))


def reasons(alignment: Alignment, i: int) -> tuple[str, ...]:
    return next(match.reasons for match in alignment.matches if i in match.before)


def test_statement_belongs_to_the_heading_above_it() -> None:
    version = document("A title of no section", "# Fees", "Paid yearly.", "## Refunds", "None.", "# Visas", "Needed.")
    assert section_positions(version, range(1, 7)) == [
        SectionPosition(heading=True, section=""),
        SectionPosition(heading=False, section="fees"),
        SectionPosition(heading=True, section="fees"),
        SectionPosition(heading=False, section="refunds"),
        SectionPosition(heading=True, section=""),
        SectionPosition(heading=False, section="visas"),
    ]


@pytest.mark.parametrize(
    ("what", "before", "after", "wanted"),
    [
        ("the first section goes", FEES + VISAS, VISAS, [(3, 0), (4, 1), (5, 2)]),
        ("the last section goes", FEES + VISAS, FEES, [(0, 0), (1, 1), (2, 2)]),
        (
            "the last section goes, and the text of the first was written anew",
            FEES + VISAS,
            ("# Fees", "Nothing is charged.", "Learn more"),
            [(0, 0), (2, 2)],
        ),
        (
            "the one in the middle, between texts written anew",
            FEES + VISAS + HEALTH,
            ("# Fees", "Nothing is charged.", "Learn more", "# Health", "Malaria is rare here.", "Learn more"),
            [(0, 0), (2, 2), (6, 3), (8, 5)],
        ),
        (
            "a heading and a sentence that have little in common",
            ("# Fees and refunds", "Paid yearly."),
            ("Fees are set by the council of the city.", "Paid yearly."),
            [(1, 1)],
        ),
        (
            "a heading that became a sentence, word for word",
            ("# How we use your data", "Paid yearly."),
            ("How we use your data:", "Paid yearly."),
            [(0, 0), (1, 1)],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_links_of_an_alignment(
    what: str, before: tuple[str, ...], after: tuple[str, ...], wanted: list[tuple[int, int]]
) -> None:
    assert links(aligned(before, after)) == wanted


def test_repeated_line_moves_with_its_section() -> None:
    before = FEES + VISAS + HEALTH
    after = ("# Health", "Malaria is rare here.", "Learn more", *FEES, *VISAS)
    alignment = aligned(before, after)
    assert {(6, 0), (8, 2)} <= set(links(alignment))
    assert moved_before(alignment) == [6, 8]


def test_reason_of_a_repeated_line_names_its_section() -> None:
    alignment = aligned(FEES + VISAS, ("# Visas", "A visa is needed for a stay of over thirty days.", "Learn more"))
    assert reasons(alignment, 5) == ("same text", "under the same heading")


def test_a_link_over_different_kinds_says_so() -> None:
    alignment = aligned(("# How we use your data", "Paid yearly."), ("How we use your data:", "Paid yearly."))
    assert "one is a heading, the other is not" in reasons(alignment, 0)


TEXTS = ("fees", "visas", "learn more", "see annex.", "a visa is needed", "a visa is needed now", "the fee is 30 euros")
any_statement = st.builds(
    Statement,
    st.sampled_from(TEXTS),
    st.sampled_from((BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.ROW)),
    st.integers(0, 2),
)
versions = st.lists(any_statement, max_size=14)


@settings(deadline=None)
@given(versions, versions)
def test_every_index_is_in_exactly_one_match(before: list[Statement], after: list[Statement]) -> None:
    matches = align(before, after).matches
    assert sorted(i for match in matches for i in match.before) == list(range(len(before)))
    assert sorted(j for match in matches for j in match.after) == list(range(len(after)))


@settings(deadline=None)
@given(versions, versions)
def test_exchanged_versions_give_exchanged_links(before: list[Statement], after: list[Statement]) -> None:
    assert links(align(before, after)) == sorted((i, j) for j, i in links(align(after, before)))


@settings(deadline=None)
@given(versions)
def test_equal_versions_give_the_identity(version: list[Statement]) -> None:
    alignment = align(version, list(version))
    assert links(alignment) == [(i, i) for i in range(len(version))]
    assert not any(match.moved for match in alignment.matches)
