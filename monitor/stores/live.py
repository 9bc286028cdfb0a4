"""A ledger in SQLite as a run finds it that goes on from the last one: what it needs, and no SQLAlchemy.

The file is opened as `engine` opens it; whatever else there is to do with a ledger is done by way of that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Self

from monitor.model import Change, Failure, Snapshot
from monitor.stores import sqlitedoor
from monitor.stores.asking import SqliteAsking, chunks, read_meta
from monitor.stores.batch import Batch
from monitor.stores.changerows import failures_of, told
from monitor.stores.overlay import Overlay
from monitor.stores.values import counters_from_text, moment_from_text, path_from_text

_TABLES = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('meta', 'born', 'upgraded')"


class Ends(NamedTuple):
    """How far a ledger is: how many snapshots it holds, by which rules, and the newest of each source."""

    folds: int
    fingerprint: str | None
    newest: dict[str, Snapshot]


class LiveLedger:
    """The ledger in this file, opened until its context is left."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        with self._explained():
            self._connection = sqlite3.connect(self._path)
            sqlitedoor.prepare(self._connection)
        self._asking = SqliteAsking(self._connection)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ends(self) -> Ends | None:
        """How far it is; None where it is not whole, or waits for the end of a rebuild (see `aliases`)."""
        with self._transaction(sqlitedoor.READ):
            if self._connection.execute(_TABLES).fetchone() != (3,) or any(self._asking.ask("places wait")):
                return None
            ((count,),) = self._asking.ask("how many folds")
            if count != counters_from_text(read_meta(self._asking, "counters")).seq - 1:
                return None  # its list of folds was cut
            newest = [_snapshot(*row) for row in self._asking.ask("last folds")]
            return Ends(count, read_meta(self._asking, "fingerprint"), {one.source: one for one in newest})

    def source_of(self, snapshot: str) -> str | None:
        """The source that a snapshot was folded as one of; None where it was not folded."""
        with self._transaction(sqlitedoor.READ):
            return next(
                (path_from_text(source) for (source,) in self._asking.ask("source of", snapshot=snapshot)), None
            )

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """One transaction: what is appended in it is there as a whole or not at all."""
        with self._transaction(sqlitedoor.WRITE):
            batch = Batch(self._asking, Overlay())
            yield batch
            batch.flush()

    def changes(self, seq: int) -> list[Change]:
        """What was folded under this number, in the order of the log."""
        with self._transaction(sqlitedoor.READ):
            rows = list(self._asking.ask("changes of a fold", seq=seq))
            return list(told(self._asking, chunks(rows)))

    def failures(self) -> list[Failure]:
        """The documents whose newest version cannot be read, by path."""
        with self._transaction(sqlitedoor.READ):
            return failures_of(self._asking)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._explained():
            self._connection.execute(begin)
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise sqlitedoor.explanation(sqlitedoor.OF_LEDGER, f"sqlite:///{self._path}", error, error) from error


def _snapshot(
    snapshot: str, source: str, taken_at: str, recorded_at: str, author: str | None, origin: str | None
) -> Snapshot:
    return Snapshot(
        snapshot,
        path_from_text(source),
        moment_from_text(taken_at),
        moment_from_text(recorded_at),
        None if author is None else path_from_text(author),
        origin,
    )
