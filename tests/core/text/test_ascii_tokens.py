"""What is cut by the shorter patterns, made for ASCII alone, is cut as by the patterns for every script."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.alignment import similarity
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


@given(SENTENCES)
@example("f_'a' \x1c \x7f {|}~")
def test_words(text: str) -> None:
    assert similarity._PLAIN_WORD.findall(text) == similarity._word().findall(text)
