"""The ledger in a database, as the fold writes it. It keeps, it never decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, text

from monitor.facts import Counters
from monitor.stores import foldstate, tables
from monitor.stores.aliases import forget_places, remember_places, settle_aliases
from monitor.stores.asking import read_meta, write_meta
from monitor.stores.batch import Batch
from monitor.stores.coreasking import CoreAsking
from monitor.stores.engine import has_table, put, reading, writing
from monitor.stores.overlay import Overlay
from monitor.stores.values import counters_from_text, counters_to_text, moment_to_text
from monitor.stores.vectors import VECTOR


class SqlLedger:
    """The writer's side of the ledger; there is one writer at a time."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def folded(self) -> list[str]:
        """Ids of the snapshots that are folded in, in their order; empty where there is no ledger yet."""
        with reading(self.engine) as connection:
            if not ready(connection):
                return []
            return list(connection.scalars(select(tables.folds.c.snapshot).order_by(tables.folds.c.seq)))

    def fingerprint(self) -> str | None:
        """Of the rules that the ledger was folded with."""
        with reading(self.engine) as connection:
            return read_meta(CoreAsking(connection), "fingerprint") if ready(connection) else None

    def last_number(self) -> int:
        """Of the last snapshot that was folded, as the ledger counts them from 1; 0 where none was."""
        with reading(self.engine) as connection:
            told = read_meta(CoreAsking(connection), "counters") if ready(connection) else None
            return 0 if told is None else counters_from_text(told).seq - 1

    def is_complete(self, heads: Mapping[str, str], fingerprint: str) -> bool:
        """Whether it holds every snapshot up to these newest ones of each source (see `foldstate`)."""
        with reading(self.engine) as connection:

            def ask(sql: str, *values: str) -> list[Any]:
                if connection.dialect.name == "postgresql":
                    sql = sql.replace("?", "%s")
                return [tuple(row) for row in connection.exec_driver_sql(sql, values or None)]

            return ready(connection) and foldstate.is_complete(ask, heads, fingerprint)

    def reset(self, fingerprint: str) -> None:
        """Empty all that is derived; what no rebuild can make again is kept. Where the rules stay, so do the names that
        statements had (see `settle_aliases`)."""
        with writing(self.engine) as connection:
            if ready(connection) and read_meta(CoreAsking(connection), "fingerprint") == fingerprint:
                remember_places(connection)
            elif has_table(connection, tables.born.name):
                forget_places(connection)
            _drop_text_index(connection)
            tables.derived.drop_all(connection)
            tables.derived.create_all(connection)
            tables.kept.create_all(connection)
            _create_text_index(connection)
            asking = CoreAsking(connection)
            write_meta(asking, "fingerprint", fingerprint)
            write_meta(asking, "counters", counters_to_text(Counters()))

    def settle_aliases(self) -> None:
        """After a fold from the first snapshot on: ids that statements had before are kept as other names of theirs."""
        with writing(self.engine) as connection:
            settle_aliases(connection)

    @contextmanager
    def batch(self, overlay: Overlay) -> Iterator[Batch]:
        """One transaction: what is appended in it is there as a whole or not at all.

        `overlay` goes from one batch to the next and keeps what may be kept.
        """
        with writing(self.engine) as connection:
            batch = Batch(CoreAsking(connection), overlay)
            yield batch
            batch.flush()
        overlay.flushed()

    def change_ids(self, snapshots: Sequence[str] | None = None) -> set[str]:
        """All of them, or those of these snapshots: to say after an upgrade what it altered."""
        with reading(self.engine) as connection:
            if not ready(connection):
                return set()
            query = select(tables.changes.c.id, tables.folds.c.snapshot)
            query = query.join(tables.folds, tables.folds.c.seq == tables.changes.c.seq)
            wanted = None if snapshots is None else set(snapshots)
            return {row.id for row in connection.execute(query) if wanted is None or row.snapshot in wanted}

    def record_upgrade(self, at: datetime, before: str, after: str, gone: int, new: Iterable[str]) -> None:
        """Keep what an upgrade of the rules altered, so that it is never told as a change of the documents."""
        ids = sorted(new)
        with writing(self.engine) as connection:
            number = len(connection.execute(select(tables.upgrades.c.id)).all()) + 1
            put(connection, tables.upgrades, [(number, moment_to_text(at), before, after, gone, len(ids))])
            connection.execute(delete(tables.upgraded))
            put(connection, tables.upgraded, [(one, number) for one in ids])

    def rows(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Every row of every derived table, ordered: two ledgers are equal when these are."""
        with reading(self.engine) as connection:
            for table in tables.derived.sorted_tables:
                for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
                    yield table.name, tuple(row)

    def analyse(self) -> None:
        """Let the query planner know what the tables hold; worth it after many folds."""
        with writing(self.engine) as connection:
            connection.execute(text("ANALYZE"))


def ready(connection: Connection) -> bool:
    """Whether there is a ledger yet."""
    return has_table(connection, "meta")


def _create_text_index(connection: Connection) -> None:
    """Full text over every revision: FTS5 pointing into `revisions`, or an expression index."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE revision_text USING fts5(text, content='revisions', content_rowid='id', "
            'tokenize="unicode61 remove_diacritics 2")'
        )
    else:
        connection.exec_driver_sql(f"CREATE INDEX revision_text ON revisions USING gin ({VECTOR.replace('%', '%%')})")


def _drop_text_index(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE IF EXISTS revision_text")
    else:
        connection.exec_driver_sql("DROP INDEX IF EXISTS revision_text")
