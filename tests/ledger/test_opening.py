"""How a database is opened: which URLs, read-only, and what its errors hide."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import ConfigError, StoreError
from monitor.ledger.database import open_database
from tests.support.paths import PROJECT

# root writes everywhere unless it lays down the right to
ORDINARY = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
READ = """
import os, sys
from monitor.ledger.database import open_database
database = open_database(sys.argv[1], read_only=True)
with database.read_transaction() as transaction:
    print(os.access(database.path, os.W_OK), transaction.values("SELECT n FROM t"))
database.close()
"""


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A database in the WAL, as ours are."""
    path = tmp_path / "a?b #1.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (n INTEGER)")
    connection.close()
    yield path
    path.parent.chmod(0o755)


def url(path: Path) -> str:
    return f"sqlite:///{str(path).replace('?', '%3F').replace('#', '%23')}"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("nonsense", "neither sqlite nor a URL"),
        ("postgresql://host:port/name", "neither sqlite nor a URL"),
        ("mysql://host/name", "mysql is not supported"),
        ("postgresql+psycopg2://host/name", "is not supported"),
        ("", "neither sqlite nor a URL"),
    ],
)
def test_other_urls_are_refused(given: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        open_database(given)


@pytest.mark.parametrize("path", ["host/name?password=s3cret", "clerk:s3cret@host/name?sslkey=s3cret", "[::1]:1/name"])
def test_an_error_hides_what_a_url_holds(path: str) -> None:
    pytest.importorskip("psycopg")
    database = open_database(f"postgresql+psycopg://{path.replace('host', '127.0.0.1:1')}")
    with pytest.raises(StoreError) as caught, database.read_transaction():
        pass
    assert "s3cret" not in str(caught.value)
    assert "/name failed: " in str(caught.value)


def test_nothing_is_made_before_it_is_asked(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/a.db").close()
    assert list(tmp_path.iterdir()) == []


def test_the_path_is_the_one_of_the_url(file: Path) -> None:
    database = open_database(url(file))
    assert database.path == file
    with database.read_transaction() as transaction:
        assert transaction.has_table("t")
    database.close()


def test_reading_a_missing_file_is_empty_and_makes_none(tmp_path: Path) -> None:
    path = tmp_path / "none" / "a.db"
    database = open_database(url(path), read_only=True)
    with database.read_transaction() as transaction:
        assert not transaction.has_table("t")
    assert not path.parent.exists()
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (n INTEGER)")
    with database.read_transaction() as transaction:
        assert transaction.has_table("t")
    database.close()


def test_who_only_reads_cannot_write(file: Path) -> None:
    database = open_database(url(file), read_only=True)
    with pytest.raises(StoreError, match="readonly"), database.write_transaction() as transaction:
        transaction.execute("INSERT INTO t VALUES (1)")
    database.close()


def test_a_reader_leaves_no_file_behind(file: Path) -> None:
    database = open_database(url(file), read_only=True)
    with database.read_transaction() as transaction:
        assert transaction.values("SELECT n FROM t") == []
    database.close()
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_who_may_not_write_the_file_makes_none_beside_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    database = open_database(url(file), read_only=True)
    with database.read_transaction() as transaction:
        assert transaction.values("SELECT n FROM t") == []
        assert [path.name for path in file.parent.iterdir()] == [file.name]
    writer = open_database(url(file))
    with writer.write_transaction() as transaction:
        transaction.execute("INSERT INTO t VALUES (1)")
    with database.read_transaction() as transaction:  # beside a writer, from the WAL
        assert transaction.values("SELECT n FROM t") == [1]
    database.close()
    writer.close()


@pytest.mark.parametrize("folder", [0o755, 0o555], ids=["folder", "read-only folder"])
def test_a_file_that_cannot_be_written_is_read(file: Path, folder: int) -> None:
    file.chmod(0o444)
    file.parent.chmod(folder)
    done = subprocess.run(
        [*ORDINARY, sys.executable, "-c", READ, url(file)], capture_output=True, text=True, cwd=PROJECT
    )
    assert (done.stdout, done.stderr) == ("False []\n", "")
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_nested_transactions_share_a_database_in_memory() -> None:
    database = open_database("sqlite://")
    with database.write_transaction() as outer:
        outer.execute("CREATE TABLE t (n INTEGER)")
        with database.read_transaction() as inner:
            assert inner.has_table("t")
    with database.read_transaction() as transaction:
        assert transaction.has_table("t")
    database.close()


def test_a_copy_is_a_whole_database(file: Path, tmp_path: Path) -> None:
    database = open_database(url(file))
    database.copy_to(tmp_path / "copy.db")
    database.close()
    with sqlite3.connect(tmp_path / "copy.db") as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    connection.close()
