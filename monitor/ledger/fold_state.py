"""How far a ledger is: asked before every fold, and cheap enough for a run that finds nothing new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from monitor.ledger.codec import SNAPSHOT_COLUMNS, counters_from_text, path_from_text, snapshot_of
from monitor.ledger.database import Database, Transaction
from monitor.model import Snapshot

_TABLES = ("meta", "born", "upgraded")  # the last one that is made, and of the kept ones those that a fold needs


class FoldState(NamedTuple):
    """How many snapshots a ledger holds, the fingerprint of the rules that it was folded with, and the newest snapshot
    of each source."""

    folds: int
    fingerprint: str | None
    newest: dict[str, Snapshot]


def fold_state(database: Database) -> FoldState | None:
    """How far the ledger is; None where it is not whole, or waits for the end of a rebuild (see `aliases`).

    It is not whole either where its list of folds is shorter than the number of snapshots that it counted.
    """
    with database.reading() as transaction:
        if not all(transaction.has_table(name) for name in _TABLES):
            return None
        if transaction.row("SELECT 1 FROM born LIMIT 1") is not None:
            return None
        rows = transaction.rows(
            f"SELECT {', '.join(SNAPSHOT_COLUMNS)} FROM folds WHERE seq IN (SELECT max(seq) FROM folds GROUP BY source)"
        )
        folds = transaction.value("SELECT count(*) FROM folds")
        if folds != counters_from_text(read_meta(transaction, "counters")).seq - 1:
            return None
        newest = {snapshot.source: snapshot for snapshot in map(snapshot_of, rows)}
        return FoldState(folds, read_meta(transaction, "fingerprint"), newest)


def is_complete(database: Database, heads: Mapping[str, str], fingerprint: str) -> bool:
    """Whether the ledger was folded with these rules, to the end, up to the newest snapshot of every source.

    `heads` has the newest snapshot's id by the name of its source, "" being the watched folder. A fold follows the one
    before it, so a ledger that has none missing and holds all heads holds every snapshot before them.
    """
    state = fold_state(database)
    if state is None or state.fingerprint != fingerprint:
        return False
    newest = {source: snapshot.id for source, snapshot in state.newest.items()}
    # The newest of an import that is the earlier history of the watched folder is the newest of no source
    wanted = set(heads.values())
    if newest.get("") != heads.get("") or not wanted >= set(newest.values()):
        return False
    return all(folded_source(database, one) is not None for one in wanted)


def folded_source(database: Database, snapshot: str) -> str | None:
    """The source that a snapshot was folded as one of; None where it was not folded."""
    with database.reading() as transaction:
        source = transaction.value("SELECT source FROM folds WHERE snapshot = :snapshot", {"snapshot": snapshot})
        return None if source is None else path_from_text(source)


def read_meta(transaction: Transaction, name: str) -> str | None:
    """A value of the ledger about itself."""
    value: str | None = transaction.value("SELECT value FROM meta WHERE name = :name", {"name": name})
    return value
