"""What the shorter patterns, made for ASCII or western letters, cut is cut as by the patterns for every script."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.text import tokens

ASCII = st.text(st.characters(max_codepoint=127))
SENTENCES = st.lists(
    st.sampled_from(["the", "U.S.", "2026-01-02", "1,000.5", "don't", "'", "https://a.b/c?d=e.", "www.x", "_", "\x1f"])
    | ASCII
).map(" ".join)


@given(SENTENCES)
@example("f_'a' \x1c \x7f {|}~")
def test_tokens(text: str) -> None:
    assert tokens._PLAIN.findall(text) == tokens._of_every_script().findall(text)


WESTERN = "".join(chr(code) for code in range(0x2123) if chr(code).encode("cp1252", "ignore"))
PIECES = st.sampled_from(["a", "é", "’", "´", "'", "²", "\xad", "1", "U.", ".", " ", "www.", "“", "–", "ª", "µ", "…"])


@given(st.text(WESTERN) | st.lists(PIECES).map("".join))
@example(WESTERN)
@example("l’été co\xadop 5m² O´Neil ÀÉ.Î. d''a ’a’")
def test_western_tokens(text: str) -> None:
    assert tokens._western().findall(text) == tokens._of_every_script().findall(text)


@pytest.mark.parametrize("text", ["Ω’s", "日本語", "don’t 한국", "e\u0301"])
def test_other_texts_have_the_pattern_for_every_script(text: str) -> None:
    assert tokens.tokens_of(text) == tokens._of_every_script().findall(text)
