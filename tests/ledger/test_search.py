"""A search finds what watch terms find, however it is written, in both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice

import pytest

from monitor.app.fold import catch_up
from monitor.ledger.database import open_database
from monitor.ledger.queries import LedgerQueries, newest_texts
from monitor.ledger.schema import full_text
from monitor.ledger.writer import LedgerWriter
from tests.core.text.term_cases import FOUND, NOT_FOUND
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.ledger.test_postgresql_ledger import START
from tests.support.memory_store import MemorySnapshots

DAY = timedelta(days=1)
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


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def revised(request: pytest.FixtureRequest) -> Iterator[LedgerQueries]:
    """A ledger in which each of a thousand documents says the same words in two revisions, and every fourth is gone."""
    database = open_database("sqlite://" if request.param == "sqlite" else fresh_url())
    store = MemorySnapshots()
    names = [f"{at:04}.txt" for at in range(1_000)]
    store.add({name: f"The port of {name[:4]} is open today.\n".encode() for name in names}, START)
    store.add({name: f"The port of {name[:4]} is open now.\n".encode() for name in names}, START + DAY)
    store.add(
        {name: f"The port of {name[:4]} is open now.\n".encode() for name in names if int(name[:4]) % 4},
        START + 2 * DAY,
    )
    catch_up(store, LedgerWriter(database))
    yield LedgerQueries(database)
    database.close()


@pytest.mark.parametrize("limit", [1, 3, 499, 500, 501, 750, 751, 1_000, 1_999, 2_000, 5_000])
def test_a_limit_takes_the_beginning_of_all_hits(revised: LedgerQueries, limit: int) -> None:
    every = revised.search("port open", 10_000)
    assert revised.search("port open", limit) == every[:limit]
    assert len({(hit.statement, hit.revision) for hit in every}) == len(every) == 2_000


def test_present_statements_come_first_the_newest_texts_first(revised: LedgerQueries) -> None:
    hits = revised.search("port open", 10_000)
    present = [hit for hit in hits if hit.present]
    assert hits[:750] == present
    assert [hit.document for hit in present] == sorted((hit.document for hit in present), reverse=True)
    assert {hit.text.split()[-1] for hit in present} == {"now."}


def test_of_frequent_words_few_texts_are_looked_at(revised: LedgerQueries) -> None:
    asked: list[Sequence[object]] = []
    with revised.database.read_transaction() as transaction:
        found = full_text(transaction, "port")
        assert found is not None
        asked += islice(newest_texts(transaction, found, 10), 1)
    assert [len(texts) for texts in asked] == [17]


@pytest.mark.parametrize("words", ["", "§", "✓ …", "\0", "\ud800"])
def test_words_without_letter_or_digit_find_nothing(queries: LedgerQueries, words: str) -> None:
    assert found(queries, words) == set()
