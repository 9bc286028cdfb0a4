"""Make a ledger beside another one, which it replaces at the end, at once.

Readers see the old one until then, and whatever interrupts the making leaves it as it was. In SQLite the new one is a
file beside the old, whose pages then take the place of the old ones in one transaction. In PostgreSQL it is a schema,
whose tables are then moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from monitor.errors import StoreError
from monitor.ledger.aliases import SAME, Renamed, ids_lacking, settle_aliases
from monitor.ledger.codec import time_to_text
from monitor.ledger.database import LOCK_TIMEOUT, Database, Transaction, open_database
from monitor.ledger.fold_state import REVIEWED, STORE_ID, read_meta
from monitor.ledger.schema import DERIVED, KEPT, drop_derived, has_ledger
from monitor.ledger.views import create_views, drop_views
from monitor.ledger.writer import LedgerWriter

_COLUMNS = {
    "aliases": ("old", "new"),
    "upgrades": ("id", "at", "before", "after", "gone", "new"),
    "upgraded": ("change", "upgrade"),
}
_SUFFIXES = ("", "-journal", "-wal", "-shm")  # of a SQLite database's files


class LedgerBeside:
    """The ledger that is made beside another."""

    def __init__(self, old: Database, database: Database) -> None:
        self._old = old
        self.database = database

    def record_upgrade(self, at: datetime, before: str, after: str) -> None:
        """Keep what an upgrade of the rules altered, so that it is never reported as a change of the documents."""
        with self._old.read_transaction() as old, self.database.write_transaction() as new:
            gone = sum(1 for _ in ids_lacking("changes", old, new))
            folded = set(old.values("SELECT snapshot FROM folds"))
            seqs = {seq for seq, snapshot in new.rows("SELECT seq, snapshot FROM folds") if snapshot in folded}
            number = (new.value("SELECT max(id) FROM upgrades") or 0) + 1
            new.execute("DELETE FROM upgraded")
            many = 0
            for id_ in ids_lacking("changes", new, old):
                if new.value("SELECT seq FROM changes WHERE id = :id", {"id": id_}) in seqs:
                    new.copy_in("upgraded", _COLUMNS["upgraded"], [(id_, number)])
                    many += 1
            row = (number, time_to_text(at), before, after, gone, many)
            new.copy_in("upgrades", _COLUMNS["upgrades"], [row])


@contextmanager
def replacement(database: Database, fingerprint: str, renamed: Renamed = SAME) -> Iterator[LedgerBeside]:
    """A ledger beside `database`, empty, for these rules; it takes its place where the block ends without an error.

    What no fold can make again is carried over: upgrades, and names that statements had. `renamed`: see `aliases`.
    """
    beside = _schema_beside(database) if database.dialect == "postgresql" else _file_beside(database)
    with beside as new:
        LedgerWriter(new).reset(fingerprint)
        _carry(database, new)
        yield LedgerBeside(database, new)
        with database.read_transaction() as old:
            same = has_ledger(old) and read_meta(old, "fingerprint") == fingerprint
            if same:
                with new.write_transaction() as transaction:
                    settle_aliases(old, transaction, renamed)


def _carry(old: Database, new: Database) -> None:
    with old.read_transaction() as source, new.write_transaction() as target:
        for table, columns in _COLUMNS.items():
            if source.has_table(table):
                names = ", ".join(f'"{column}"' for column in columns)
                for rows in source.stream(f"SELECT {names} FROM {table}"):
                    target.copy_in(table, columns, rows)
        if has_ledger(source):
            wanted = {"names": [STORE_ID, REVIEWED]}
            noted = source.rows("SELECT name, value FROM meta WHERE name IN (:names)", wanted)
            target.copy_in("meta", ("name", "value"), noted)


@contextmanager
def _file_beside(database: Database) -> Iterator[Database]:
    path = None if database.path is None else database.path.with_name(f"{database.path.stem}.new{database.path.suffix}")
    _remove(path)
    new = open_database("sqlite://" if path is None else f"sqlite:///{path}", scratch=True)
    try:
        yield new
        database.become(new)
    finally:
        new.close()
        _remove(path)


def _remove(path: Path | None) -> None:
    for suffix in _SUFFIXES if path is not None else ():
        Path(f"{path}{suffix}").unlink(missing_ok=True)


@contextmanager
def _schema_beside(database: Database) -> Iterator[Database]:
    with database.write_transaction() as transaction:
        own = transaction.value("SELECT current_schema()")
        name = f"{own}_beside"
        try:
            transaction.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
            transaction.execute(f'CREATE SCHEMA "{name}"')
        except database.errors as error:
            raise StoreError(
                f"the ledger cannot be made again: {str(error).strip().splitlines()[0]}; the monitor's role needs the"
                f" right to make the schema {name}: GRANT CREATE ON DATABASE"
            ) from error
    new = database.in_schema(name)
    try:
        yield new
        new.close()
        with database.write_transaction() as transaction:
            _move(transaction, name, own)
    finally:
        new.close()
        with database.write_transaction() as transaction:
            transaction.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')


def _move(transaction: Transaction, name: str, own: str) -> None:
    transaction.execute(f"SET LOCAL lock_timeout TO '{LOCK_TIMEOUT}'")
    drop_derived(transaction)
    transaction.execute(f'SET LOCAL search_path TO "{name}"')
    drop_views(transaction)
    transaction.execute(f'SET LOCAL search_path TO "{own}"')
    for table in KEPT:
        transaction.execute(f"DROP TABLE IF EXISTS {table}")
    for table in (*DERIVED, *KEPT):
        transaction.execute(f'ALTER TABLE "{name}".{table} SET SCHEMA "{own}"')
    create_views(transaction)
