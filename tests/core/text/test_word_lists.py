"""A word is found in a sorted list without a set of the whole list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text.words import LANGUAGES, Listed, known_words, words_for

WORDS = st.text("abcdé'", min_size=1, max_size=4)


@given(st.sets(WORDS), st.lists(WORDS))
def test_a_list_holds_its_lines_and_nothing_else(words: set[str], others: list[str]) -> None:
    listed = Listed("\n" + "".join(f"{word}\n" for word in sorted(words)))
    assert [word in listed for word in (*words, *others)] == [word in words for word in (*words, *others)]


def test_a_piece_of_a_line_or_of_two_is_not_found() -> None:
    listed = Listed("\nant\nbee\ncow\n")
    assert not any(word in listed for word in ("", "an", "nt", "ant\nbee", "\n"))


def test_english_word_list_is_sorted_after_its_licence() -> None:
    assert all(word in known_words() for word in ("a", "colour", "harbor", "ferries", "zoos"))
    assert not any(word in known_words() for word in ("#", "Copyright", "recieve", "zzz"))
    lines = known_words()._lines.split("\n")[1:-1]
    assert lines == sorted(set(lines))


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_lists_are_written_as_normalized_tokens(language: str) -> None:
    data = repr(words_for(language)._data)
    assert data == data.casefold()
