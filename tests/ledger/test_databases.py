"""The class Database: the same calls give the same over SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.ledger.database import Database, open_database
from monitor.ledger.schema import insert_or_update
from tests.ledger.postgresql_server import fresh_url, needs_postgresql

ROWS = [(1, "one: 100 %", True), (2, "two :name", False), (3, None, True)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/made/a.db" if request.param == "sqlite" else fresh_url()
    database = open_database(url)
    with database.write_transaction() as transaction:
        transaction.execute_script(
            """
            CREATE TABLE t (n INTEGER NOT NULL, text TEXT, yes BOOLEAN NOT NULL, PRIMARY KEY (n));
            CREATE INDEX ix_t_text ON t (text);
            """
        )
        transaction.copy_in("t", ("n", "text", "yes"), ROWS)
    yield database
    database.close()


def test_rows_come_back(database: Database) -> None:
    with database.read_transaction() as transaction:
        assert transaction.rows("SELECT n, text, yes FROM t ORDER BY n") == ROWS
        assert transaction.row("SELECT text FROM t WHERE n = :n", {"n": 2}) == ("two :name",)
        assert transaction.row("SELECT text FROM t WHERE n = :n", {"n": 9}) is None
        assert transaction.value("SELECT count(*) FROM t WHERE yes") == 2
        assert transaction.value("SELECT n FROM t WHERE n > :n", {"n": 9}) is None
        assert transaction.values("SELECT n FROM t WHERE NOT yes") == [2]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("text = ':name'", []),
        ("text LIKE '%:name'", [2]),
        ("text LIKE '%' || :word || '%'", [2]),
        ("text LIKE '%\"%' OR text = 'it''s :word' OR n = 3", [3]),
        ("n = 1 -- :word and it's %\n OR n = 3", [1, 3]),
        ("n /* :word ' % */ = 1", [1]),
        ("n % 2 = 0 AND :word = 'two'", [2]),
        ('t."n" IN (:numbers)', [1, 3]),
        ("n not in ( :numbers )", [2]),
        ("n IN (:none)", []),
        ("n NOT IN (:none) AND text IN (:texts)", [1]),
        ("CAST(n AS TEXT) = '3' AND n < :big", [3]),
    ],
)
def test_parameters_are_found_outside_of_literals_and_comments(
    database: Database, where: str, found: list[int]
) -> None:
    given = {"word": "two", "numbers": (1, 3), "none": [], "texts": ["one: 100 %", ":x"], "big": 1 << 40}
    with database.read_transaction() as transaction:
        assert transaction.values(f"SELECT n FROM t WHERE {where} ORDER BY n", given) == found


def test_a_statement_says_how_many_rows_it_changed(database: Database) -> None:
    with database.write_transaction() as transaction:
        assert transaction.execute("UPDATE t SET text = :text WHERE n IN (:n)", {"text": "x", "n": [1, 2]}) == 2
        transaction.executemany(
            "UPDATE t SET text = :text WHERE n = :n", [{"text": "%s", "n": 1}, {"text": "?", "n": 2}]
        )
        assert transaction.values("SELECT text FROM t ORDER BY n") == ["%s", "?", None]


def test_a_row_is_put_in_or_changed(database: Database) -> None:
    with database.write_transaction() as transaction:
        for n, text in ((3, "three"), (4, "four")):
            put = insert_or_update("t", "n", ("n", "text", "yes"))
            transaction.execute(put, {"n": n, "text": text, "yes": False})
        assert transaction.rows("SELECT n, text, yes FROM t WHERE n > 2 ORDER BY n") == [
            (3, "three", False),
            (4, "four", False),
        ]


def test_rows_are_streamed_in_parts(database: Database) -> None:
    with database.read_transaction() as transaction:
        parts = transaction.stream("SELECT n FROM t WHERE n < :n ORDER BY n", {"n": 9}, size=2)
        assert next(parts) == [(1,), (2,)]
        assert transaction.value("SELECT count(*) FROM t") == 3  # between two parts
        assert list(parts) == [[(3,)]]
        with_list = transaction.stream("SELECT n FROM t WHERE n IN (:n)", {"n": [2]})
        assert list(with_list) == [[(2,)]]


def test_a_stream_may_be_left(database: Database) -> None:
    with database.read_transaction() as transaction:
        assert next(transaction.stream("SELECT n FROM t ORDER BY n", size=1)) == [(1,)]
    with database.write_transaction() as transaction:
        assert transaction.execute("DELETE FROM t") == 3


def test_a_transaction_that_fails_changes_nothing(database: Database) -> None:
    with pytest.raises(StoreError), database.write_transaction() as transaction:
        transaction.execute_script("DELETE FROM t;\nDELETE FROM nothing;\n")
    with database.read_transaction() as transaction:
        assert transaction.value("SELECT count(*) FROM t") == 3


def test_a_reader_sees_one_state(database: Database) -> None:
    with database.read_transaction() as reader:
        assert reader.value("SELECT count(*) FROM t") == 3
        with database.write_transaction() as writer:
            writer.execute("DELETE FROM t")
        assert reader.value("SELECT count(*) FROM t") == 3
    with database.read_transaction() as reader:
        assert reader.value("SELECT count(*) FROM t") == 0


def test_tables_are_told_from_what_is_none(database: Database) -> None:
    with database.read_transaction() as transaction:
        assert [transaction.has_table(name) for name in ("t", "ix_t_text", "T2", "o'x")] == [True, False, False, False]


def test_an_error_is_one_line_with_its_remedy(database: Database) -> None:
    with pytest.raises(StoreError) as caught, database.read_transaction() as transaction:
        transaction.rows("SELECT colour FROM t")
    assert str(caught.value).startswith("the ledger ")
    assert str(caught.value).endswith("another version of the monitor made it; `monitor rebuild` makes it again")
    assert "\n" not in str(caught.value)


def test_it_can_be_used_after_an_error(database: Database) -> None:
    with pytest.raises(StoreError), database.write_transaction() as transaction:
        transaction.execute("DELETE FROM nothing")
    with database.read_transaction() as transaction:
        assert transaction.value("SELECT count(*) FROM t") == 3


@needs_postgresql
def test_a_connection_that_the_server_ended_is_made_again() -> None:
    database = open_database(fresh_url())
    with database.read_transaction() as transaction:
        pid = transaction.value("SELECT pg_backend_pid()")
    other = open_database(fresh_url())
    with other.write_transaction() as transaction:
        transaction.row("SELECT pg_terminate_backend(:pid)", {"pid": pid})
    with pytest.raises(StoreError), database.read_transaction() as transaction:
        transaction.value("SELECT 1")
    with database.read_transaction() as transaction:
        assert transaction.value("SELECT 1") == 1
    database.close()
    other.close()
