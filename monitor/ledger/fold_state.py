"""What a fold knows of the ledger: how far it is, and the documents and statements that it need not ask for.

How far the ledger is, is asked before every fold; the answer is cheap enough for a run that finds nothing new.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from monitor.ledger.codec import SNAPSHOT_COLUMNS, counters_from_text, path_from_text, snapshot_of
from monitor.ledger.database import Database, Transaction
from monitor.model import Snapshot
from monitor.model.ledger import Counters, DocumentState, SnapshotFold, StatementState

log = logging.getLogger(__name__)

_TABLES = ("meta", "born", "upgraded")  # the last one that is made, and of the kept ones those that a fold needs
MAX_STATEMENTS = 300_000  # statements that are kept whole: some 150 MB
Key = TypeVar("Key", bound=Hashable)


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
    with database.read_transaction() as transaction:
        for name in _TABLES:
            if not transaction.has_table(name):
                log.info("the ledger is not complete: table %s is missing", name)
                return None
        if transaction.row("SELECT 1 FROM born LIMIT 1") is not None:
            log.info("the ledger is not complete: a rebuild of it has not ended")
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


class LastFold(NamedTuple):
    """The newest fold of a source: what the next one's `tie` is counted from."""

    taken_at: datetime
    tie: int


class FoldCache:
    """What the fold knows of documents and statements without asking the database, by all that it looks them up by.

    Within a transaction that is what was touched and not written yet. Where a ledger is folded from nothing it is
    everything, up to a bound, so that a whole history is folded without a question to the database. `complete`: the
    database holds no others.
    """

    def __init__(self, *, complete: bool = False) -> None:
        self.complete = complete
        self._empty()

    def _empty(self) -> None:
        self.counters: Counters | None = Counters() if self.complete else None
        self.last: dict[str, LastFold | None] = {}
        self.documents: dict[int, DocumentState] = {}
        self.statements: dict[int, StatementState] = {}
        self.unwritten: tuple[set[int], set[int]] = set(), set()  # heads and statements that the next flush writes
        self._at_path = _Index[str]()
        self._of_blob = _Index[str]()
        self._of_key = _Index[int]()
        self._of_signature = _Index[int]()

    def add(self, fold: SnapshotFold) -> None:
        """What this fold holds is so from now on."""
        self.counters = fold.counters
        self.last[fold.snapshot.source] = LastFold(fold.snapshot.taken_at, fold.tie)
        for document in fold.document_states:
            self._add_document(document)
        for known in fold.statements:
            self._add_statement(known)

    def mark_written(self) -> None:
        """All of it is in the database now; what may be forgotten is."""
        if self.complete and len(self.statements) <= MAX_STATEMENTS:
            self.unwritten = set(), set()
        else:
            self.complete = False
            self._empty()

    def document_states_at(self, path: str) -> Iterator[DocumentState]:
        return (self.documents[number] for number in self._at_path.of(path))

    def document_states_of_blob(self, blob: str) -> Iterator[DocumentState]:
        return (self.documents[number] for number in self._of_blob.of(blob))

    def with_key(self, key: int) -> Iterator[StatementState]:
        return (self.statements[number] for number in self._of_key.of(key))

    def with_signature(self, signature: int) -> Iterator[StatementState]:
        return (self.statements[number] for number in self._of_signature.of(signature))

    def _add_document(self, document: DocumentState) -> None:
        old = self.documents.get(document.number)
        if old is not None:
            self._at_path.remove(old.path, old.number)
            self._of_blob.remove(old.blob or "", old.number)
        self.documents[document.number] = document
        self._at_path.add(document.path, document.number)
        self._of_blob.add(document.blob or "", document.number)
        self.unwritten[0].add(document.number)

    def _add_statement(self, known: StatementState) -> None:
        number = known.number
        old = self.statements.get(number)
        if old is not None:
            self._of_key.remove(old.key, number)
            for one in old.signature or ():
                self._of_signature.remove(one, number)
        self.statements[number] = known
        self._of_key.add(known.key, number)
        for one in known.signature or ():
            self._of_signature.add(one, number)
        self.unwritten[1].add(number)


class _Index(Generic[Key]):
    """Numbers by a key; most keys have one, which then needs no list."""

    def __init__(self) -> None:
        self._numbers: dict[Key, int | list[int]] = {}

    def of(self, key: Key) -> Sequence[int]:
        found = self._numbers.get(key, ())
        return (found,) if isinstance(found, int) else found

    def add(self, key: Key, number: int) -> None:
        found = self._numbers.get(key)
        if found is None:
            self._numbers[key] = number
        elif isinstance(found, int):
            self._numbers[key] = [found, number]
        else:
            found.append(number)

    def remove(self, key: Key, number: int) -> None:
        found = self._numbers[key]
        if isinstance(found, int):
            del self._numbers[key]
            return
        found.remove(number)
        if len(found) == 1:
            self._numbers[key] = found[0]
