"""How alike two texts are: words, their order, and letters."""

from __future__ import annotations

import pytest

from monitor.core.alignment.similarity import alike, form_of, words_of
from monitor.core.text.normalize import normalize


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


def likeness(before: str, after: str) -> float:
    return alike(form_of(normalize(before)), form_of(normalize(after)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("Parking is free.", "Smoking is banned.", id="a verb and an ending"),
        pytest.param("The fee is 5 euros.", "The office is in Oslo.", id="frequent words in order"),
        pytest.param("Der Hafen ist für alle da.", "Die Fähre ist für die Gäste.", id="in German"),
        pytest.param("***", "and so on", id="a text without words"),
    ],
)
def test_texts_that_share_only_frequent_words_are_not_alike(before: str, after: str) -> None:
    assert likeness(before, after) == 0.0


def test_an_inflected_word_is_recognised() -> None:
    assert likeness("the big advantages", "the big advantage") > likeness("the big advantages", "the big problem")


def test_a_repeated_word_counts_as_often_as_both_have_it() -> None:
    assert likeness("vote vote vote", "vote") < likeness("vote vote vote", "vote vote") < 1


def test_a_word_that_tells_more_weighs_more() -> None:
    assert likeness("for voters", "the voters") > likeness("for voters", "for members of it, voters")


def test_a_bound_spares_only_what_is_less_alike() -> None:
    before, after = form_of("the council votes in may"), form_of("the council of oslo votes")
    exact = alike(before, after)
    assert alike(before, after, exact - 0.01) == exact
    assert alike(before, after, 0.99) == 0.0


def test_long_texts_are_compared_by_neighbouring_words() -> None:
    words = [f"w{k}" for k in range(1200)]
    assert likeness(" ".join(words), " ".join(words[::-1])) == 0.0
    assert likeness(" ".join(words), " ".join([*words, "more"])) > 0.99


def test_one_word_of_many_is_next_to_nothing() -> None:
    assert likeness("harbour ferries leave daily after seven", "council members of oslo discuss harbour plans") == 0.0
