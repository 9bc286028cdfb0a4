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

from monitor.errors import ConfigError, StoreError

_OF_LEDGER = "the ledger", "it can be made again from the snapshots: move it away, then `monitor rebuild`"
_OF_REVIEWS = "the reviews", "keep it, move it away, and a new one is filled from the branch `reviews` of the snapshots"
_OF_DISK = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")  # nothing that a rebuild would mend

CHUNK = 500  # values in one IN list: below every database's limit

# Readers go on while one writes; a commit is on the disk before it is acknowledged. Chosen by power cuts: see
# docs/decisions/2026-11-24-durability.md
PRAGMAS: tuple[str, ...] = ("journal_mode=WAL", "synchronous=FULL")


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
    connection.isolation_level = None  # the driver must not begin or commit on its own
    cursor = connection.cursor()
    for pragma in (*PRAGMAS, "busy_timeout=30000", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One writer's transaction: all of it or nothing."""
    with explained(engine), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A reader's view, the same from first to last question."""
    with explained(engine), engine.connect() as connection:
        yield connection


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """A database's error as one line, without the secrets that a URL may hold, in its query too."""
    try:
        yield
    except SQLAlchemyError as error:
        origin = getattr(error, "orig", None)
        cause = str(origin or error).strip().splitlines()
        where = engine.url.set(query={}).render_as_string(hide_password=True)
        what, remedy = _OF_REVIEWS if engine.get_execution_options().get("reviews") else _OF_LEDGER
        if str(getattr(origin, "sqlite_errorname", "")).startswith(_OF_DISK):
            remedy = "see that its disk has room, is sound and can be written; the next run goes on from here"
        raise StoreError(f"{what} {where} failed: {cause[0] if cause else type(error).__name__}; {remedy}") from error


def has_table(connection: Connection, name: str) -> bool:
    """Whether the database has this table; asked of the dialect, since an inspector costs more than the question."""
    found: bool = connection.dialect.has_table(connection, name)
    return found


def put(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert whole rows, in the order of the table's columns, as the driver takes them: bulk loads are what is slow."""
    if rows:
        connection.exec_driver_sql(_insert(table, connection.dialect.name), list(rows))


@lru_cache(64)
def _insert(table: Table, dialect: str) -> str:
    mark = "?" if dialect == "sqlite" else "%s"
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'INSERT INTO "{table.name}" ({columns}) VALUES ({", ".join([mark] * len(table.columns))})'  # noqa: S608


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values in parts that fit one IN list."""
    for at in range(0, len(values), CHUNK):
        yield values[at : at + CHUNK]
