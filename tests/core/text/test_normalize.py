"""Folding: what counts as the same text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text.normalize import key, normalize


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Force", "the force"),
        ("“It’s over”", '"it\'s over"'),
        ("1990–1995 — a time…", "1990-1995 - a time..."),
        ("a\u00a0b  c\t d\n", "a b c d"),
        ("co\u00adoperate\u200b\ufeff", "cooperate"),
        ("Cafe\u0301", "CAFÉ"),
        ("Straße", "STRASSE"),
        ("ﬁnal oﬃce", "final office"),
        ("ＡＢＣ１２３", "abc123"),
    ],
)
def test_typography_case_and_white_space_fold_away(one: str, other: str) -> None:
    assert normalize(one) == normalize(other)
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("10²", "102"), ("½", "1/2"), ("may", "will"), ("a.", "a"), ("resume", "résumé"), ("5 %", "5%"), ("", "x")],
)
def test_meaningful_characters_are_kept(one: str, other: str) -> None:
    assert normalize(one) != normalize(other)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(st.text())
def test_a_key_is_twenty_hexadecimal_characters(text: str) -> None:
    assert len(key(text)) == 20
    assert set(key(text)) <= set("0123456789abcdef")
