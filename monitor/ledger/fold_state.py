"""How far the ledger is: asked before every fold, and cheap enough for a run that finds nothing new."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import NamedTuple

from monitor.ledger.codec import SNAPSHOT_COLUMNS, counters_from_text, path_from_text, snapshot_of
from monitor.ledger.database import Database, Transaction
from monitor.model import Snapshot

log = logging.getLogger(__name__)

_TABLES = ("meta", "upgraded")  # the last one that is made, and of the kept ones that which a fold needs
STORE_ID, REVIEWED = "store", "reviewed"
"""What the ledger keeps for `app/store_check`: the id of its store, and how many events of reviewing there are."""

INDEXED = "indexed"
"""What the ledger says of itself once all its indexes are made."""


class FoldState(NamedTuple):
    """How many snapshots a ledger holds, the fingerprint of the rules that it was folded with, and the newest snapshot
    of each source."""

    folds: int
    fingerprint: str | None
    newest: dict[str, Snapshot]


def fold_state(database: Database) -> FoldState | None:
    """How far the ledger is; None where it is not whole.

    It is not whole either where its list of folds is shorter than the number of snapshots that it counted.
    """
    with database.read_transaction() as transaction:
        for name in _TABLES:
            if not transaction.has_table(name):
                log.info("the ledger is not complete: table %s is missing", name)
                return None
        if read_meta(transaction, INDEXED) is None:
            log.info("the ledger is not complete: its first fold has not ended")
            return None
        rows = transaction.rows(
            f"SELECT {', '.join(SNAPSHOT_COLUMNS)} FROM folds WHERE seq IN (SELECT max(seq) FROM folds GROUP BY source)"
        )
        folds = transaction.value("SELECT count(*) FROM folds")
        counted = counters_from_text(read_meta(transaction, "counters")).seq - 1
        if folds != counted:
            log.info("the ledger is not complete: its list of snapshots has %d, and it counted %d", folds, counted)
            return None
        newest = {snapshot.source: snapshot for snapshot in map(snapshot_of, rows)}
        return FoldState(folds, read_meta(transaction, "fingerprint"), newest)


def is_complete(database: Database, heads: Mapping[str, str], fingerprint: str) -> bool:
    """Whether the ledger was folded with these rules, to the end, up to the newest snapshot of every source.

    `heads` has the newest snapshot's id by the name of its source, "" being the watched folder. A fold follows the one
    before it, so a ledger that has none missing and holds all heads holds every snapshot before them.
    """
    state = fold_state(database)
    if state is None:
        return False
    if state.fingerprint != fingerprint:
        log.info("the ledger was made with other rules: %s; now they are: %s", state.fingerprint, fingerprint)
        return False
    newest = {source: snapshot.id for source, snapshot in state.newest.items()}
    # The newest of an import that is the earlier history of the watched folder is the newest of no source
    wanted = set(heads.values())
    if newest.get("") != heads.get(""):
        log.info("the ledger is not complete: its newest snapshot is %s, the store's %s", newest.get(""), heads.get(""))
        return False
    if not wanted >= set(newest.values()):
        log.info("the ledger is not complete: it holds an import that the store does not, or not as the newest")
        return False
    for source, head in heads.items():
        if folded_source(database, head) is None:
            log.info("the ledger is not complete: it lacks snapshot %s of %s", head, source or "the watched folder")
            return False
    return True


def folded_source(database: Database, snapshot: str) -> str | None:
    """The source that a snapshot was folded as one of; None where it was not folded."""
    with database.read_transaction() as transaction:
        source = transaction.value("SELECT source FROM folds WHERE snapshot = :snapshot", {"snapshot": snapshot})
        return None if source is None else path_from_text(source)


def read_meta(transaction: Transaction, name: str) -> str | None:
    """A value of the ledger about itself."""
    value: str | None = transaction.value("SELECT value FROM meta WHERE name = :name", {"name": name})
    return value
