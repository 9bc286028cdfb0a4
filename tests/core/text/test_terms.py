"""What search and watch terms find, and that an index holds exactly the terms that are asked for."""

from __future__ import annotations

import re
import sqlite3
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.text.terms import Terms, index_form, indexed_text, query_terms, search_terms
from tests.core.text.term_cases import FOUND, NOT_FOUND


@pytest.mark.parametrize(("term", "text"), FOUND)
def test_a_watch_term_is_found_however_it_is_written(term: str, text: str) -> None:
    assert Terms([term]).in_texts([text]) == (term,)


@pytest.mark.parametrize(("term", "text"), NOT_FOUND)
def test_a_term_is_not_found_inside_words_or_across_others(term: str, text: str) -> None:
    assert Terms([term]).in_texts([text]) == ()


def test_terms_of_both_sides_are_listed_once_in_order() -> None:
    assert Terms(["truce", "aid"]).in_texts(["aid and truce", "truce"]) == ("aid", "truce")


def found_by_sqlite(words: str, text: str) -> bool:
    """Whether a full-text index of SQLite that holds the text finds it by all the words."""
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='unicode61 remove_diacritics 0')")
        database.execute("INSERT INTO texts VALUES (?)", [indexed_text(text)])
        asked = " AND ".join(
            "(" + " OR ".join('"' + " ".join(phrase) + '"' for phrase in phrases) + ")"
            for phrases in query_terms(words)
        )
        return bool(database.execute("SELECT 1 FROM texts WHERE texts MATCH ?", [asked]).fetchall())


@pytest.mark.parametrize(("words", "text"), FOUND)
def test_a_full_text_index_finds_what_watch_terms_find(words: str, text: str) -> None:
    assert found_by_sqlite(words, text)


@given(st.text(alphabet="aBß1é -,.支", min_size=1, max_size=6), st.text(alphabet="aBß1é -,.支", max_size=20))
def test_a_full_text_index_misses_no_watch_term(term: str, text: str) -> None:
    if Terms([term]).in_texts([text]):
        assert found_by_sqlite(term, text)


@pytest.mark.parametrize("words", ["", "§", "-- …", "\u00ad", "✓"])
def test_words_without_letters_and_digits_ask_for_nothing(words: str) -> None:
    assert query_terms(words) == []


LETTERS = "aBçßÅ1٣ .,-'’\u00ad\u0301 ²éИйёΣςあがกำ支付कि한x٫_"


@given(st.text(alphabet=LETTERS, max_size=30))
def test_unicode61_cuts_an_indexed_text_into_its_terms(text: str) -> None:
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='unicode61 remove_diacritics 0')")
        database.execute("CREATE VIRTUAL TABLE words USING fts5vocab(texts, 'instance')")
        database.execute("INSERT INTO texts VALUES (?)", [indexed_text(text)])
        cut = [term for (term,) in database.execute("SELECT term FROM words ORDER BY offset")]
    assert cut == search_terms(text)


@given(st.text(alphabet=LETTERS + "“”–…•·€©\xa0\u202f\u2009‐‑\u2029\ue000½Ⅷ", max_size=30))
@example("third party’s “aid”")
@example("co‑op 1’000 \xa01\xa0000")
def test_a_text_without_a_form_of_its_own_is_cut_into_its_terms(text: str) -> None:
    """SQLite is given the text itself then, PostgreSQL its ASCII letters and digits."""
    if index_form(text) is None:
        with sqlite3.connect(":memory:") as database:
            database.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='unicode61 remove_diacritics 0')")
            database.execute("CREATE VIRTUAL TABLE words USING fts5vocab(texts, 'instance')")
            database.execute("INSERT INTO texts VALUES (?)", [text])
            cut = [term for (term,) in database.execute("SELECT term FROM words ORDER BY offset")]
        assert cut == search_terms(text) == re.sub("[^a-z0-9]+", " ", text.lower()).split()


@given(st.text(alphabet=LETTERS, max_size=30))
def test_what_has_a_letter_or_digit_is_found_in_itself(text: str) -> None:
    if any(map(str.isalnum, unicodedata.normalize("NFKD", text))):
        assert Terms([text]).in_texts([text]) == (text,)


@given(st.text(alphabet=LETTERS, max_size=30))
def test_composed_and_decomposed_letters_have_the_same_terms(text: str) -> None:
    assert search_terms(unicodedata.normalize("NFC", text)) == search_terms(unicodedata.normalize("NFD", text))


@given(st.text(alphabet="aB1'_;(", max_size=30))
def test_letters_beside_a_word_do_not_change_its_terms(text: str) -> None:
    assert search_terms(f"{text} é") == [*search_terms(text), "e"]


@pytest.mark.parametrize("piece", ["a", "a.", "'000", " 000", "a-", "é-b.", "\u00ad", "1,000,", "支"])
def test_very_long_runs_of_signs_are_folded_in_linear_time(piece: str) -> None:
    assert "q" in search_terms(f"1{piece * 50_000}0 q é")
