"""What a move inside a document says: under another heading or behind another line, something else."""

from __future__ import annotations

import pytest

from monitor.core.tracking.versions import compare_blocks
from monitor.model import BlockKind, CutBlock, Significance, Statement


def version(*lines):
    """Statements: `# Fees` is a heading, `## Rates` one below it, `- Tea` an item, anything else a paragraph."""
    made = []
    for line in lines:
        mark, _, text = line.partition(" ")
        if set(mark) == {"#"}:
            made.append(Statement(text, BlockKind.HEADING, len(mark)))
        elif mark == "-":
            made.append(Statement(text, BlockKind.ITEM, 1))
        else:
            made.append(Statement(line))
    return [CutBlock(one.kind, one.level, (one,)) for one in made]


def moves(before, after):
    """Significance and reasons of each change that moved."""
    found = compare_blocks(version(*before), version(*after)).changes
    return [(change.classification.significance, change.classification.reasons) for change in found if change.moved]


RULE = "This rule does not apply to children."
COAT = "Bring a coat for the days of winter."
DESK = "Pay at the desk in the entrance hall."


def test_a_statement_under_another_heading_is_substantive():
    before = ["# Staff", RULE, COAT, "# Visitors", DESK]
    after = ["# Staff", COAT, "# Visitors", RULE, DESK]
    ((significance, reasons),) = moves(before, after)
    assert significance is Significance.SUBSTANTIVE
    assert reasons == ("moved under another heading: “Staff” → “Visitors”",)


def test_a_statement_moved_within_its_section_is_editorial():
    ((significance, _),) = moves(["# Staff", RULE, COAT, DESK], ["# Staff", COAT, DESK, RULE])
    assert significance is Significance.EDITORIAL


def test_a_section_that_moves_whole_is_editorial():
    before = ["# Staff", RULE, "# Visitors", COAT, "# Fees", DESK, "It costs ten euros for everybody."]
    after = ["# Staff", RULE, "# Fees", DESK, "It costs ten euros for everybody.", "# Visitors", COAT]
    assert {significance for significance, _ in moves(before, after)} == {Significance.EDITORIAL}


def test_a_heading_renamed_in_the_same_version_is_the_same():
    before = ["# Rules for staff", RULE, COAT, DESK]
    after = ["# Rules for all staff", COAT, DESK, RULE]
    ((significance, _),) = moves(before, after)
    assert significance is Significance.EDITORIAL


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["Smoking?", "No.", "Parking?", "Yes."], ["Smoking?", "Yes.", "Parking?", "No."]),
        (["- Smoking?", "- No.", "- Parking?", "- Yes."], ["- Smoking?", "- Yes.", "- Parking?", "- No."]),
        (
            ["user: ana", "role: admin", "user: bo", "role: viewer"],
            ["user: ana", "role: viewer", "user: bo", "role: admin"],
        ),
        (["喫煙は?", "可", "駐車は?", "不可"], ["喫煙は?", "不可", "駐車は?", "可"]),
    ],
)
def test_a_short_line_behind_another_line_is_substantive(before, after):
    """Whether it is taken for one that moved, or for one that was revised in its place."""
    found = compare_blocks(version(*before), version(*after)).changes
    assert Significance.SUBSTANTIVE in {change.classification.significance for change in found}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["# Fruit", "- Figs", "- Pears", "- Dates"], ["# Fruit", "- Dates", "- Figs", "- Pears"]),
        (
            [COAT, "Ask for Ann.", "Her office:", "Room four", DESK],
            [COAT, DESK, "Ask for Ann.", "Her office:", "Room four"],
        ),
    ],
)
def test_items_in_another_order_and_whole_blocks_are_editorial(before, after):
    assert {significance for significance, _ in moves(before, after)} == {Significance.EDITORIAL}


def test_a_typo_mended_under_another_heading_counts():
    before = ["# Staff", "This colour does not apply to the children.", COAT, "# Visitors", DESK]
    after = ["# Staff", COAT, "# Visitors", "This color does not apply to the children.", DESK]
    found = moves(before, after)
    assert [significance for significance, _ in found] == [Significance.SUBSTANTIVE]
    assert "spelling: colour → color (spelling variant)" in found[0][1]
