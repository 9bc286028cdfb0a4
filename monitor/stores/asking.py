"""How the ledger is asked and told: by the name of a question (see `questions`), over either of two ways.

`SqliteAsking` speaks to SQLite itself and loads nothing else, for a run that is to be over soon; `coreasking` goes
through SQLAlchemy, for everything else and for PostgreSQL. Both give the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from sqlite3 import Connection

Row = tuple[Any, ...]

CHUNK = 500  # values in one IN list: below every database's limit
INDEX_TEXTS = "INSERT INTO revision_text(rowid, text) VALUES (?, ?)"  # of SQLite; PostgreSQL's index fills itself


class Asking(Protocol):
    """One connection within its transaction."""

    dialect: str  # `sqlite` or `postgresql`

    def ask(self, question: str, **values: object) -> Iterator[Row]:
        """The rows of an answer, as they come."""
        ...

    def tell(self, statement: str, **values: object) -> int:
        """Change something; how many rows were."""
        ...

    def put(self, table: str, rows: Sequence[Row]) -> None:
        """Insert whole rows, in the order of the table's columns, as the driver takes them."""
        ...

    def index(self, texts: Sequence[tuple[int, str]]) -> None:
        """Let the full-text search find these revisions' texts."""
        ...


class Compiled(NamedTuple):
    """A statement for SQLite, with the names of its values in their order and those that it brings along; `flags` are
    the columns of its answer that are true or false, which SQLite holds as numbers."""

    sql: str
    order: tuple[str, ...]
    values: dict[str, object]
    flags: tuple[int, ...]


class SqliteAsking:
    """By the statements that were compiled beforehand."""

    dialect = "sqlite"

    def __init__(self, connection: Connection) -> None:
        from monitor.stores.compiled import COMPILED, INSERTS

        self._connection, self._compiled, self._inserts = connection, COMPILED, INSERTS

    def ask(self, question: str, **values: object) -> Iterator[Row]:
        compiled = self._compiled[question]
        found = self._connection.execute(*_spelt_out(compiled, values))
        return _with_flags(found, compiled.flags) if compiled.flags else found

    def tell(self, statement: str, **values: object) -> int:
        return self._connection.execute(*_spelt_out(self._compiled[statement], values)).rowcount

    def put(self, table: str, rows: Sequence[Row]) -> None:
        self._connection.executemany(self._inserts[table], rows)

    def index(self, texts: Sequence[tuple[int, str]]) -> None:
        self._connection.executemany(INDEX_TEXTS, texts)


def _spelt_out(compiled: Compiled, given: dict[str, Any]) -> tuple[str, list[object]]:
    """The statement and its values; a list of several gets a mark for each, as Core writes them when it executes."""
    sql, values = compiled.sql, list[object]()
    for name in compiled.order:
        value = given[name] if name in given else compiled.values[name]
        if isinstance(value, list | tuple):
            sql = sql.replace(f"__[POSTCOMPILE_{name}]", ", ".join("?" * len(value)))
            values += value
        else:
            values.append(value)
    return sql, values


def _with_flags(rows: Iterator[Row], flags: Sequence[int]) -> Iterator[Row]:
    for row in rows:
        told = list(row)
        for at in flags:
            told[at] = None if told[at] is None else bool(told[at])
        yield tuple(told)


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values in parts that fit one IN list."""
    for at in range(0, len(values), CHUNK):
        yield values[at : at + CHUNK]


def read_meta(asking: Asking, name: str) -> str | None:
    """A value of the ledger about itself."""
    return next((value for (value,) in asking.ask("meta", of=name)), None)


def write_meta(asking: Asking, name: str, value: str) -> None:
    """Set it."""
    if not asking.tell("set meta", of=name, to=value):
        asking.tell("add meta", of=name, to=value)
