"""One history in SQLite and in PostgreSQL: equal rows, equal answers, whatever the texts and names hold."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from monitor.app.fold import catch_up
from monitor.ledger.database import open_database
from monitor.ledger.queries import LedgerQueries
from monitor.ledger.writer import LedgerWriter
from monitor.model import ChangeFilter
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.support.memory_store import MemorySnapshots

pytestmark = needs_postgresql
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
RANDOM = Random(4)
SORTED_OTHERWISE = ("B.txt", "a.txt", "_.txt", "\u00e4.txt", "z/a.txt", "z.txt")
ODD = {
    "a NUL": {"a.txt": b"The council\x00 will meet.\n\nThe end.\n"},
    "lone surrogates": {"a.txt": "The \ud800 council meets.\n".encode("utf-8", "surrogatepass")},
    "bytes that are not UTF-8": {"a.txt": b"The caf\xe9 closes. \xff\xfe\n"},
    "a name that is not UTF-8": {os.fsdecode(b"\xff.txt"): b"The council meets.\n"},
    "a long name": {"/".join(f"{RANDOM.getrandbits(900):x}" for _ in range(15)) + ".txt": b"x.\n"},
    "names that are sorted otherwise elsewhere": dict.fromkeys(SORTED_OTHERWISE, b"The end.\n"),
    "a long statement": {"a.txt": b"word " * 200_000},
    "a long word": {"a.txt": b"x" * 200_000},
    "many words in one statement": {"a.txt": b" ".join(b"%d" % number for number in range(200_000))},
    "words of many alphabets": {"a.txt": "Die Größe. Ελληνικά κείμενα. 日本語の文章です。 خبر\n".encode()},
    "quotes and signs": {"a.txt": b"It's 100% \\ \"sure\" $1 :name %s ; -- DROP TABLE folds;\n"},
}  # fmt: skip
LONG = {"a long statement", "many words in one statement"}


class Both:
    """The same snapshots folded into both databases."""

    def __init__(self) -> None:
        self.store = MemorySnapshots()
        self.databases = [open_database("sqlite://"), open_database(fresh_url())]
        self.ledgers = [LedgerWriter(database) for database in self.databases]
        self.queries = [LedgerQueries(database) for database in self.databases]

    def see(self, *versions: dict[str, bytes]) -> None:
        for day, files in enumerate(versions):
            self.store.add(files, START + timedelta(days=day))
            for ledger in self.ledgers:
                catch_up(self.store, ledger)

    def rows(self) -> list[list[object]]:
        return [list(ledger.rows()) for ledger in self.ledgers]

    def answers(self, which: int) -> Sequence[object]:
        ask = self.queries[which]
        documents = ask.documents()
        statements = [line.statement for one in documents for line in ask.blame(one.id)]
        return [
            documents,
            list(ask.changes(ChangeFilter(baseline=True))),
            [list(ask.changes(ChangeFilter(baseline=True, document=one.path))) for one in documents],
            [ask.document(one.path) for one in documents],
            [ask.blame(one.id) for one in documents],
            [ask.statement_history(statement) for statement in statements[:20]],
            ask.counts(),
            ask.failures(),
            ask.snapshots(),
        ]


@pytest.fixture
def both() -> Iterator[Both]:
    made = Both()
    yield made
    for database in made.databases:
        database.close()


@pytest.mark.parametrize("what", [pytest.param(what, marks=pytest.mark.slow) if what in LONG else what for what in ODD])
def test_odd_texts_and_names_give_equal_ledgers_and_answers(what: str, both: Both) -> None:
    files = ODD[what]
    both.see(files, {name: data + b"\nAnd then. The end.\n" for name, data in files.items()}, {"other.txt": b"No.\n"})
    sqlite, postgresql = both.rows()
    assert postgresql == sqlite
    assert both.answers(1) == both.answers(0)


BRIEF = {
    "a.txt": (
        "The Café opens in Größe. The harbour is closed.\n\n"
        "It's the mayor's 2nd visit to/fro, 3.5 km and/or more: see a_b@c.org."
    ).encode()
}
WORDS = ["harbour", "HARBOUR closed", "Café", "größe", "mayor's", "2nd visit", "org km", "3.5", "absent", "the", "har"]
ODD_WORDS = ["cafe", "cafe\u0301", "fro", "and/or", "5", "a_b", "closed harbour"]


@pytest.mark.parametrize("words", [*WORDS, *ODD_WORDS])
def test_a_search_finds_the_same(words: str, both: Both) -> None:
    both.see(BRIEF, {"a.txt": b"The harbour opens."})
    sqlite, postgresql = ([found.text for found in ask.search(words, 50)] for ask in both.queries)
    assert sorted(postgresql) == sorted(sqlite)


@pytest.mark.parametrize("words", ["of", "ofx", "支付", "x" * 3_000, "a " * 500, "§ ✓"])
def test_a_search_of_a_long_statement_finds_the_same(words: str, both: Both) -> None:
    both.see({"a.txt": b"of " * 400 + "支".encode() * 17_000 + "付".encode() + b" ofx " + b"x" * 3_000})
    sqlite, postgresql = ([found.text for found in ask.search(words, 50)] for ask in both.queries)
    assert postgresql == sqlite


def test_a_rebuilt_ledger_equals_the_live_one(both: Both) -> None:
    both.see(BRIEF, {"a.txt": b"The harbour opens."})
    (_, live) = both.rows()
    ledger = both.ledgers[1]
    ledger.reset(ledger.fingerprint() or "")
    catch_up(both.store, ledger)
    assert list(ledger.rows()) == live
