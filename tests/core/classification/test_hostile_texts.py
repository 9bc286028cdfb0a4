"""Hostile texts: bounded work, no crash, the same answer twice."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.classification.classify import classify_texts
from monitor.core.diff.words import word_edits
from monitor.core.text.tokens import tokens_of
from monitor.model import Significance

FRAGMENTS = [
    "not", "n't", "may", "May", "5", "%", "$", "(", "[", "]", "[3]", '"', "“", "”", "’", "'", "-", "—", " ", "  ", ".",
    "said", "according to", "Section 3", "https://", "@", "Oslo", "one", "hundred", "3 May", "½", "²", "٣", "ไทย", "中",
    "क्ष", "\u0301", "\u200b", "\ud800", "İ", "ß", "ﬁ", "\x00", "\u2028", "No.", "neither", "nor", "un", "non-", "'s",
    "1.2.3", "1" * 30,
]  # fmt: skip
MESSES = st.lists(st.sampled_from(FRAGMENTS), max_size=14).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda glue: glue.join(parts))
)


@example(before="", after="not No. n't")
@given(MESSES, MESSES)
def test_any_mess_is_classified_and_a_difference_has_a_reason(before, after):
    found = classify_texts(before, after)
    assert bool(found.reasons) == bool(found.aspects) == (before != after)


@example(before="not(", after="(not")
@given(MESSES, MESSES)
def test_significance_is_the_same_with_the_sides_swapped(before, after):
    assert classify_texts(before, after).significance is classify_texts(after, before).significance


@given(MESSES)
def test_tokens_lose_nothing(text):
    assert "".join(tokens_of(text)) == text


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "1",
        "1 ",
        '"',
        "a.",
        "http://",
        "a'",
        "[1",
        "@",
        "neither nor ",
        "Section 1, ",
        "said that ",
        "5 May ",
        "'",
        "中",
        "\u0301",
        " ",
        "Ax, ",
    ],
)
def test_a_long_statement_of_one_thing_is_judged(piece):
    before = piece * (60_000 // len(piece))
    assert classify_texts(before, f"{before[:-7]} other").significance is Significance.SUBSTANTIVE
    assert "".join(edit.after for edit in word_edits(before, before[1:])) == before[1:]


def test_a_change_far_inside_a_very_long_statement_is_seen():
    before = "word " * 200_000 + "30 days"
    assert classify_texts(before, before.replace("30", "45")).reasons == ("number: 30 days → 45 days",)
