"""Rows of a query that is put together anew each time, as the database's driver gives them: plain tuples.

SQLAlchemy's own rows, with their converters and names, take longer to make than the database takes to find them, which
counts where they are thousands. Boolean columns come as 0 and 1 from SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select

from monitor.stores.asking import CHUNK, Row


def chunks_of(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Row]]:
    """All of them, some hundred at a time, so that they are never all in memory."""
    if connection.dialect.name == "sqlite":  # it finds a row when that is fetched
        with connection.execute(query) as found:
            while rows := found.cursor.fetchmany(CHUNK):
                yield rows
    else:
        with connection.execute(query, execution_options={"yield_per": CHUNK}) as found:
            for part in found.partitions():
                yield [tuple(row) for row in part]
