"""Erasure where ledger and reviews are on a PostgreSQL server: the files of its tables are read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.ledger.postgresql_server import SERVER, needs_postgresql
from tests.operation.forgetting import CONFIGURATION, FORGET, SECRET, newest_change, recorded, traces
from tests.operation.test_retention import KEEP, five_snapshots
from tests.support.workspace import Workspace

pytestmark = needs_postgresql

_numbers = count()


@pytest.fixture
def url() -> Iterator[str]:
    """A database of its own, as its files are read."""
    server, name = SERVER.replace("postgresql+psycopg://", "postgresql://"), f"forget_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlsplit(SERVER)._replace(path=f"/{name}").geturl()
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def place(tmp_path: Path, url: str) -> Workspace:
    return recorded(tmp_path, f'[store]\nledger = "{url}"\n')


def connected(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)


def columns_with_text(url: str) -> Iterator[str]:
    """Every column of the database in which the person's name stands, those of the statistics included."""
    with connected(url) as connection:
        found = connection.execute(
            "SELECT table_schema, table_name, column_name FROM information_schema.columns"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table, column in found:
            query = f"""SELECT count(*) FROM "{schema}"."{table}" WHERE "{column}"::text LIKE '%Quillfeather%'"""
            if connection.execute(query).fetchone() != (0,):
                yield f"{schema}.{table}.{column}"
        query = "SELECT tablename, attname FROM pg_stats WHERE concat(most_common_vals, histogram_bounds) LIKE %s"
        for table, column in connection.execute(query, ["%Quillfeather%"]).fetchall():
            yield f"statistics of {table}.{column}"


def files_with_text(url: str) -> list[str]:
    """The files of tables and indexes, dead rows included, in which it stands."""
    with connected(url) as connection:
        connection.execute("CHECKPOINT")
        query = "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
        folder, number = connection.execute(query).fetchone() or ("", "")
    base = Path(str(folder)) / "base" / str(number)
    if not base.is_dir():
        pytest.skip("the files of the PostgreSQL server cannot be read")
    return [str(path) for path in base.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def test_a_server_holds_nothing_of_a_forgotten_document(place: Workspace, url: str) -> None:
    with connected(url) as connection:
        for table in ("texts", "review_events", "notices"):
            connection.execute(f"ANALYZE {table}")
    assert list(columns_with_text(url))
    assert files_with_text(url)
    said = place.monitor(*FORGET).text
    assert "write-ahead logs and backups of the database server" in said
    assert list(columns_with_text(url)) == []
    assert files_with_text(url) == []
    assert traces(place) == []
    assert place.findings() == []
    assert place.monitor("search", "Quillfeather", "--format", "json").json() == []


def test_verdicts_on_a_server_stay_without_what_they_quote(place: Workspace, url: str) -> None:
    place.monitor(*FORGET)
    with connected(url) as connection:
        found = connection.execute("SELECT verdict, comment FROM review_events ORDER BY number").fetchall()
    assert found == [
        ("accepted", "Compare with '[removed by request]', which is wrong."),
        ("flagged", "[removed by request]"),
    ]


def test_a_ledger_kept_aside_on_a_server_goes(place: Workspace, url: str) -> None:
    with connected(url) as connection:
        row = connection.execute("SELECT current_schema()").fetchone()
        own = str(row[0] if row else "")
        connection.execute(f'CREATE SCHEMA "{own}_aside_20260101t000000000000z"')
        connection.execute(f'CREATE TABLE "{own}_aside_20260101t000000000000z".texts AS TABLE texts')
    place.monitor(*FORGET)
    assert list(columns_with_text(url)) == []


def test_versions_of_a_time_go_from_a_server_alone(place: Workspace, url: str) -> None:
    place.monitor(*FORGET, "--since", "2026-01-02", "--until", "2026-01-02")
    with connected(url) as connection:
        query = "SELECT count(*) FROM texts WHERE text LIKE %s"
        assert connection.execute(query, ["%house 1%"]).fetchone() == (0,)
    assert newest_change(place, "person.txt")
    assert place.findings() == []


def test_databases_from_before_the_server_hold_nothing_either(tmp_path: Path, url: str) -> None:
    place = recorded(tmp_path)
    place.configure(f'{CONFIGURATION}[store]\nledger = "{url}"\n')
    place.run(3)
    assert SECRET.encode() in (place.snapshots / "ledger.db").read_bytes()
    assert SECRET.encode() in (place.snapshots / "reviews.db").read_bytes()
    place.monitor(*FORGET)
    assert traces(place) == []
    assert list(columns_with_text(url)) == []
    assert place.findings() == []


def kept_too_long(root: Path, url: str) -> Workspace:
    """A store on the server whose configuration says to keep less from now on."""
    configuration = KEEP.replace("[store]", f'[store]\nledger = "{url}"')
    place = five_snapshots(root, configuration.replace("keep =", "# keep ="))
    place.configure(configuration)
    return place


def test_what_is_older_than_is_kept_goes_from_a_server(tmp_path: Path, url: str) -> None:
    place = kept_too_long(tmp_path, url)
    assert list(columns_with_text(url))
    assert "2 snapshots from before " in place.monitor("run", "--settle", "0").text
    assert (traces(place), list(columns_with_text(url)), files_with_text(url)) == ([], [], [])
    assert place.findings() == []


@pytest.mark.parametrize("step", ["remove_unreachable", "fold_again", "rewrite_feeds"])
def test_what_was_interrupted_is_finished_on_a_server(
    tmp_path: Path, url: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    place = kept_too_long(tmp_path, url)
    with monkeypatch.context() as patch:
        patch.setattr(f"monitor.app.forget.{step}", interrupted)
        place.monitor("run", "--settle", "0", status=130)
    assert "was interrupted: `monitor run` finishes it" in place.monitor("log").message
    place.monitor("run", "--settle", "0")
    assert (traces(place), list(columns_with_text(url)), files_with_text(url)) == ([], [], [])
    assert place.findings() == []


@pytest.mark.parametrize("table", ["texts", "review_events"])
def test_a_transaction_of_others_does_not_hold_a_forget_for_ever(
    place: Workspace, url: str, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, connected(url) as other:
        patch.setattr("monitor.ledger.replacement.LOCK_TIMEOUT", "100ms")
        patch.setattr("monitor.ledger.database.LOCK_TIMEOUT", "100ms")
        other.execute("BEGIN")
        other.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
        said = place.monitor(*FORGET, status=4).message
        assert "another session has its tables in use (pg_stat_activity names it): end that one" in said
        assert "was interrupted: `monitor run` finishes it" in place.monitor("log").message
    (place.seeds / "person.txt").unlink()
    place.run(3)
    assert (traces(place), list(columns_with_text(url)), files_with_text(url)) == ([], [], [])
    assert place.findings() == []
