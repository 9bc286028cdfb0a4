"""The ledger asked and told through SQLAlchemy: either database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from monitor.stores.asking import INDEX_TEXTS, Asking, Row, SqliteAsking
from monitor.stores.engine import drivers, put
from monitor.stores.questions import questions, written


def asking_of(connection: Connection) -> Asking:
    """The shorter way to ask over this connection, whose transaction has begun."""
    if connection.dialect.name == "sqlite":
        return SqliteAsking(drivers(connection))
    return CoreAsking(connection)


class CoreAsking:
    """See `asking.Asking`."""

    def __init__(self, connection: Connection) -> None:
        self.dialect = connection.dialect.name
        self._connection = connection
        self._tables = {table.name: table for table in written()}

    def ask(self, question: str, **values: object) -> Iterator[Row]:
        return map(tuple, self._connection.execute(questions()[question], values))

    def tell(self, statement: str, **values: object) -> int:
        return self._connection.execute(questions()[statement], values).rowcount

    def put(self, table: str, rows: Sequence[Row]) -> None:
        put(self._connection, self._tables[table], rows)

    def index(self, texts: Sequence[tuple[int, str]]) -> None:
        if self.dialect == "sqlite" and texts:
            self._connection.exec_driver_sql(INDEX_TEXTS, list(texts))
