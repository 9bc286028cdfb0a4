"""What texts are compared by: words, and groups of their letters."""

from __future__ import annotations

import pytest

from monitor.core.alignment.similarity import groups_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("the fee is 1,200.50 euros.", ["the", "fee", "is", "1,200.50", "euros"], id="numbers stay whole"),
        pytest.param("it isn't so", ["it", "isn't", "so"], id="an apostrophe is part of its word"),
        pytest.param("主席说", ["主", "席", "说"], id="where a character says much it is a word"),
        pytest.param("ไทย", ["ไท", "ทย", "ย"], id="letters without spaces go in pairs"),
        pytest.param("सेना", ["सेना"], id="a combining mark ends no word"),
        pytest.param("***", ["***"], id="a text without words is its own"),
    ],
)
def test_a_text_is_cut_into_words(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        pytest.param("vote", {" vote "}, id="a short word is one group"),
        pytest.param("voters", {" vote", "oters"}, id="a longer one is cut at each second letter"),
        pytest.param("vote vote", {" vote "}, id="a word said twice counts once"),
        pytest.param("主席", {" 主 ", " 席 ", "主席"}, id="neighbouring characters are a group"),
    ],
)
def test_a_text_has_the_letter_groups_of_its_words(text: str, groups: set[str]) -> None:
    assert groups_of(text) == groups


def test_an_inflected_word_keeps_some_of_its_groups() -> None:
    assert groups_of("advantages") & groups_of("advantageous")


def test_a_text_too_long_to_be_kept_is_cut_all_the_same() -> None:
    assert groups_of("vote " * 5000) == {" vote "}
