"""A number that was replaced is shown with its unit, and the texts of both sides stay what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.classification.numbers import with_units
from monitor.core.diff.words import word_edits


def picture(before: str, after: str, language: str | None = "en") -> str:
    return "".join(
        edit.after if edit.op == "equal" else f"[{edit.before}|{edit.after}]"
        for edit in with_units(word_edits(before, after), language)
    )


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("It takes 60 days to vote.", "It takes 90 days to vote.", "It takes [60 days|90 days] to vote."),
        ("A fee of 5% is due.", "A fee of 6% is due.", "A fee of [5%|6%] is due."),
        ("A fee of 5 per cent is due.", "A fee of 6 per cent is due.", "A fee of [5 per cent|6 per cent] is due."),
        ("Pay $500 now.", "Pay $600 now.", "Pay [$500|$600] now."),
        ("Pay EUR 500 now.", "Pay EUR 600 now.", "Pay [EUR 500|EUR 600] now."),
        ("Within 10 working days.", "Within 12 working days.", "Within [10 working days|12 working days]."),
        ("A 30-day term.", "A 45-day term.", "A [30-day|45-day] term."),
        ("Two of 60 boats.", "Two of 90 boats.", "Two of [60|90] boats."),
        ("Section 4. Days pass.", "Section 5. Days pass.", "Section [4|5]. Days pass."),
        ("It may take 60 days.", "It will take 60 days.", "It [may|will] take 60 days."),
    ],
)
def test_a_changed_number_is_marked_with_its_unit(before: str, after: str, shown: str) -> None:
    assert picture(before, after) == shown


def test_units_are_those_of_the_language() -> None:
    before = "Die Frist beträgt 60 Tage nach dem Beschluss."
    assert "[60 Tage|90 Tage]" in picture(before, before.replace("60", "90"), "de")


WORDS = st.lists(
    st.sampled_from(
        ["60", "90", "1,5", "days", "%", "$", "EUR", "per", "cent", "may", "will", "-", ".", "5kg", "°", "C"]
    ),
    max_size=12,
)


@given(WORDS, WORDS, st.sampled_from(["", " "]))
def test_both_texts_stay(before: list[str], after: list[str], space: str) -> None:
    old, new = space.join(before), space.join(after)
    edits = with_units(word_edits(old, new))
    assert "".join(edit.before for edit in edits) == old
    assert "".join(edit.after for edit in edits) == new
    assert all(edit.op != "equal" or edit.before == edit.after for edit in edits)
