"""A search finds what watch terms find, however it is written, in both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.app.fold import catch_up
from monitor.ledger.database import open_database
from monitor.ledger.queries import LedgerQueries
from monitor.ledger.writer import LedgerWriter
from tests.core.text.term_cases import FOUND, NOT_FOUND
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.ledger.test_postgresql_ledger import START
from tests.support.memory_store import MemorySnapshots

TEXTS = {f"{at}.txt": text for at, text in enumerate(dict.fromkeys(text for _, text in FOUND + NOT_FOUND))}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def queries(request: pytest.FixtureRequest) -> Iterator[LedgerQueries]:
    """A ledger with a document for each text."""
    database = open_database("sqlite://" if request.param == "sqlite" else fresh_url())
    store = MemorySnapshots()
    store.add({name: text.encode() for name, text in TEXTS.items()}, START)
    catch_up(store, LedgerWriter(database))
    yield LedgerQueries(database)
    database.close()


def found(queries: LedgerQueries, words: str) -> set[str]:
    return {TEXTS[hit.document] for hit in queries.search(words, 1_000)}


@pytest.mark.parametrize(("words", "text"), FOUND)
def test_a_statement_is_found_however_it_is_written(queries: LedgerQueries, words: str, text: str) -> None:
    assert text in found(queries, words)


@pytest.mark.parametrize(("words", "text"), [case for case in NOT_FOUND if " " not in case[0]])
def test_a_word_is_not_found_inside_another(queries: LedgerQueries, words: str, text: str) -> None:
    assert text not in found(queries, words)


@pytest.mark.parametrize("words", ["", "§", "✓ …", "\0", "\ud800"])
def test_words_without_letter_or_digit_find_nothing(queries: LedgerQueries, words: str) -> None:
    assert found(queries, words) == set()
