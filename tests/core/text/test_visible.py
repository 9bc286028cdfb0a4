"""Hostile text made safe to look at: nothing in it steers a terminal, a line or the order of letters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text.normalize import cells, is_blank, spelled_out, visible

ANY = st.text(st.characters(exclude_categories=()))
BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(ANY)
def test_visible_text_has_no_control_character(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in shown if char != "\t")
    assert not set(shown) & set(BIDI_CONTROLS)


@given(ANY)
def test_visible_characters_are_unchanged(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(ANY)
def test_visible_text_is_one_line_that_utf_8_can_carry(text: str) -> None:
    assert len(f"x{visible(text)}x".splitlines()) == 1
    visible(text).encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("two\nlines", "two␊lines"),
        ("\x7f", "␡"),
        ("\x9b2J", "⟨U+009B⟩2J"),
        ("invoice\u202efdp.exe", "invoice⟨U+202E⟩fdp.exe"),
        ("raw\udcff.txt", "raw\\xff.txt"),
        ("\ud800", "\\ud800"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("tab\tstays", "tab\tstays"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👧 naïve – “x”", "👩\u200d👧 naïve – “x”"),
    ],
)
def test_each_kind_of_character_has_its_mark(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"), [(" ", "␣"), ("\u00a0", "⍽"), ("\t", "⇥"), ("\u00ad", "⟨U+00AD⟩"), ("\u2009", "⟨U+2009⟩")]
)
def test_a_piece_that_would_look_like_nothing_is_spelled_out(text: str, shown: str) -> None:
    assert is_blank(text)
    assert spelled_out(text) == shown


@pytest.mark.parametrize("text", ["a", " a ", "\x1b", "\u202e"])
def test_a_piece_that_shows_something_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("", 0)])
def test_a_terminal_gives_wide_letters_two_columns(text: str, width: int) -> None:
    assert cells(text) == width
