"""The ledger's database: opened for SQLite or PostgreSQL, its errors explained, rows put in in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, event
from sqlalchemy import Engine as Engine  # the conductor holds one without knowing what it is
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from monitor.errors import ConfigError
from monitor.stores import sqlitedoor


def open_engine(url: str, *, reviews: bool = False) -> Engine:
    """An engine for a SQLite file (its folder is made) or a PostgreSQL URL; ConfigError for anything else.

    `reviews`: it is theirs, which nothing makes again from the snapshots; an error must not say so.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise ConfigError("[store] ledger is neither sqlite nor a URL such as postgresql+psycopg://host/name") from None
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise ConfigError(f"[store] ledger: {backend} is not supported; use sqlite or postgresql+psycopg")
    if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    try:
        engine = create_engine(parsed, execution_options={"reviews": reviews})
    except ModuleNotFoundError as error:
        raise ConfigError(f"[store] ledger: {error.name} is missing; install monitor[postgresql]") from None
    if backend == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    sqlitedoor.prepare(connection)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    drivers(connection).execute(sqlitedoor.WRITE if writes else sqlitedoor.READ)


def drivers(connection: Connection) -> Any:
    """The driver's connection below SQLAlchemy's, for what is asked with every question."""
    return connection.connection.driver_connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One writer's transaction: all of it or nothing."""
    with explained(engine), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A reader's view, the same from first to last question."""
    with explained(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """A database's error as one line, without the secrets that a URL may hold, in its query too."""
    try:
        yield
    except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error) as error:  # the driver's own where it was asked itself
        where = engine.url.set(query={}).render_as_string(hide_password=True)
        of = sqlitedoor.OF_REVIEWS if engine.get_execution_options().get("reviews") else sqlitedoor.OF_LEDGER
        raise sqlitedoor.explanation(of, where, error, getattr(error, "orig", error)) from error


def has_table(connection: Connection, name: str) -> bool:
    """Whether the database has this table: asked with every question, so as cheaply as can be."""
    if connection.dialect.name == "sqlite":
        where = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        return drivers(connection).execute(where, (name,)).fetchone() is not None
    return connection.dialect.has_table(connection, name)


def put(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert whole rows, in the order of the table's columns, as the driver takes them: bulk loads are what is slow."""
    if rows:
        connection.exec_driver_sql(insert_into(table, connection.dialect.name), list(rows))


@lru_cache(64)
def insert_into(table: Table, dialect: str) -> str:
    """The statement that puts whole rows into a table."""
    mark = "?" if dialect == "sqlite" else "%s"
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'INSERT INTO "{table.name}" ({columns}) VALUES ({", ".join([mark] * len(table.columns))})'  # noqa: S608
