"""Texts that look alike are shown apart, and others as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text.lookalikes import distinguishable, mixed_scripts
from monitor.core.text.normalize import visible


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("Käufer", "Ka\u0308ufer", ("K⟨U+00E4⟩ufer", "Ka⟨U+0308⟩ufer")),
        ("purchase", "pur\u00adchase", ("purchase", "pur⟨U+00AD⟩chase")),
        ("bank", "b\u0430nk", ("bank", "b⟨U+0430⟩nk")),
        ("РОСТ", "POCT", ("⟨U+0420⟩⟨U+041E⟩⟨U+0421⟩⟨U+0422⟩", "POCT")),
        ("ten euros", "ten\u00a0euros", ("ten euros", "ten⟨U+00A0⟩euros")),
        ("co-op", "co\u2011op", ("co-op", "co⟨U+2011⟩op")),
        ("file", "\ufb01le", ("file", "⟨U+FB01⟩le")),
        ("می\u200cشود", "میشود", ("می⟨U+200C⟩شود", "میشود")),
    ],
)
def test_what_looks_alike_is_shown_by_code_points(before: str, after: str, shown: tuple[str, str]) -> None:
    assert distinguishable(before, after) == shown
    assert distinguishable(after, before) == shown[::-1]


@pytest.mark.parametrize(
    ("before", "after"), [("Käufer", "Kaufer"), ("straße", "strasse"), ("", "é"), ("“a”", '"a"'), ("支付", "付")]
)
def test_what_looks_different_is_shown_as_it_is(before: str, after: str) -> None:
    assert distinguishable(before, after) == (visible(before), visible(after))


ALIKE = st.text(alphabet="aeäа\u0308\u00ad\u200b \u00a0-\u2011oοi\u200dé\u0301", max_size=8)


@given(ALIKE, ALIKE)
def test_two_texts_are_never_shown_the_same(before: str, after: str) -> None:
    shown = distinguishable(before, after)
    assert (shown[0] == shown[1]) == (before == after)
    assert distinguishable(*shown) == shown or before == after


@pytest.mark.parametrize(
    ("word", "scripts"),
    [
        ("b\u0430nk", "Latin and Cyrillic"),
        ("Рaris", "Latin and Cyrillic"),
        ("cοst", "Latin and Greek"),
        ("bank", ""),
        ("банк", ""),
        ("μm", ""),
        ("café", ""),
    ],
)
def test_a_word_of_mixed_scripts_is_named(word: str, scripts: str) -> None:
    assert mixed_scripts(word) == scripts
