"""Write the ledger for the fold, and check the database for damage. Decisions are made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from monitor.errors import StoreError
from monitor.ledger import codec
from monitor.ledger.aliases import forget_births, remember_births, settle_aliases
from monitor.ledger.codec import counters_from_text, counters_to_text, path_to_text, time_from_text, time_to_text
from monitor.ledger.database import Database, DatabaseRow, Transaction, chunks
from monitor.ledger.fold_state import FoldCache, LastFold, read_meta
from monitor.ledger.schema import create_derived, create_kept, drop_derived, has_ledger, index_texts, insert_or_update
from monitor.model.ledger import Counters, DocumentState, SnapshotFold, StatementState

_MAX_ALIKE = 1_000  # statements with a signature in common

_SELECT_DOCUMENTS = f"SELECT {', '.join(codec.DOCUMENT_COLUMNS)} FROM documents"
_SELECT_STATEMENTS = """
SELECT {}, revisions.text, revisions.links
FROM statements
JOIN revisions ON revisions.id = statements.text_row
""".format(", ".join(f'statements."{column}"' for column in codec.STATEMENT_COLUMNS))

# The derived tables, sorted by name, with their columns and the first of these that order them.
_TABLES: Mapping[str, tuple[Sequence[str], int]] = {
    "changes": (codec.CHANGE_COLUMNS, 2),
    "documents": (codec.DOCUMENT_COLUMNS, 1),
    "folds": (codec.FOLD_COLUMNS, 1),
    "meta": (("name", "value"), 1),
    "revisions": (codec.REVISION_COLUMNS, 1),
    "sides": (codec.SIDE_COLUMNS, 4),
    "statements": (codec.STATEMENT_COLUMNS, 1),
    "versions": (codec.VERSION_COLUMNS, 2),
}


class LedgerWriter:
    """The writer's side of the ledger; there is one writer at a time."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def folded(self) -> list[str]:
        """Ids of the snapshots that are folded in, in their order; empty where there is no ledger yet."""
        with self.database.read_transaction() as transaction:
            return transaction.values("SELECT snapshot FROM folds ORDER BY seq") if has_ledger(transaction) else []

    def fingerprint(self) -> str | None:
        """Of the rules that the ledger was folded with."""
        with self.database.read_transaction() as transaction:
            return read_meta(transaction, "fingerprint") if has_ledger(transaction) else None

    def last_number(self) -> int:
        """Of the last snapshot that was folded, as the ledger counts them from 1; 0 where none was."""
        with self.database.read_transaction() as transaction:
            packed = read_meta(transaction, "counters") if has_ledger(transaction) else None
            return 0 if packed is None else counters_from_text(packed).seq - 1

    def reset(self, fingerprint: str) -> None:
        """Empty all that is derived; what no rebuild can make again is kept. Where the rules stay, so do the names that
        statements had (see `settle_aliases`)."""
        with self.database.write_transaction() as transaction:
            if has_ledger(transaction) and read_meta(transaction, "fingerprint") == fingerprint:
                remember_births(transaction)
            elif transaction.has_table("born"):
                forget_births(transaction)
            drop_derived(transaction)
            create_derived(transaction)
            create_kept(transaction)
            _write_meta(transaction, "fingerprint", fingerprint)
            _write_meta(transaction, "counters", counters_to_text(Counters()))

    def settle_aliases(self) -> None:
        """After a fold from the first snapshot on: ids that statements had before are kept as other names of theirs."""
        with self.database.write_transaction() as transaction:
            if transaction.has_table("born"):
                settle_aliases(transaction)

    @contextmanager
    def transaction(self, cache: FoldCache) -> Iterator[LedgerTransaction]:
        """One transaction: what is appended in it is there as a whole or not at all.

        `cache` goes from one transaction to the next and keeps what may be kept.
        """
        with self.database.write_transaction() as transaction:
            ledger = LedgerTransaction(transaction, cache)
            yield ledger
            ledger.flush()
        cache.mark_written()

    def change_ids(self, snapshots: Sequence[str] | None = None) -> set[str]:
        """All of them, or those of these snapshots: to say after an upgrade what it altered."""
        with self.database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return set()
            query = "SELECT changes.id, folds.snapshot FROM changes JOIN folds ON folds.seq = changes.seq"
            wanted = None if snapshots is None else set(snapshots)
            rows = (row for part in transaction.stream(query) for row in part)
            return {id_ for id_, snapshot in rows if wanted is None or snapshot in wanted}

    def record_upgrade(self, at: datetime, before: str, after: str, gone: int, new: Iterable[str]) -> None:
        """Keep what an upgrade of the rules altered, so that it is never reported as a change of the documents."""
        ids = sorted(new)
        with self.database.write_transaction() as transaction:
            number = transaction.value("SELECT count(*) FROM upgrades") + 1
            row = (number, time_to_text(at), before, after, gone, len(ids))
            transaction.copy_in("upgrades", ("id", "at", "before", "after", "gone", "new"), [row])
            transaction.execute("DELETE FROM upgraded")
            transaction.copy_in("upgraded", ("change", "upgrade"), [(one, number) for one in ids])

    def rows(self) -> Iterator[tuple[str, DatabaseRow]]:
        """Every row of every derived table, ordered: two ledgers are equal when these are."""
        with self.database.read_transaction() as transaction:
            for table, (columns, ordering) in _TABLES.items():
                names = [f'"{column}"' for column in columns]
                query = f"SELECT {', '.join(names)} FROM {table} ORDER BY {', '.join(names[:ordering])}"
                for part in transaction.stream(query):
                    yield from ((table, row) for row in part)

    def analyse(self) -> None:
        """Let the query planner know what the tables hold; worth it after many folds."""
        with self.database.write_transaction() as transaction:
            if transaction.dialect == "sqlite":
                transaction.execute("ANALYZE")
            else:  # nothing of what else the server holds
                transaction.execute(f"ANALYZE {', '.join(_TABLES)}")


class LedgerTransaction:
    """The ledger within one transaction of the fold: what it must know, and what it appends.

    Folds are gathered, and written by `flush` when the transaction ends; until then what is known of the documents and
    statements that they touched is answered from the cache, over what the database holds.
    """

    def __init__(self, transaction: Transaction, cache: FoldCache) -> None:
        self._transaction = transaction
        self._cache = cache
        self._folds: list[SnapshotFold] = []

    def counters(self) -> Counters:
        """The next free numbers."""
        if self._cache.counters is None:
            self._cache.counters = counters_from_text(read_meta(self._transaction, "counters"))
        return self._cache.counters

    def last_fold(self, source: str) -> LastFold | None:
        """The newest fold of this source, None before its first."""
        last = self._cache.last
        if source not in last and not self._cache.complete:
            row = self._transaction.row(
                "SELECT taken_at, tie FROM folds WHERE source = :source ORDER BY seq DESC LIMIT 1",
                {"source": path_to_text(source)},
            )
            last[source] = None if row is None else LastFold(time_from_text(row[0]), row[1])
        return last.get(source)

    def document_states_at(self, source: str, paths: Iterable[str]) -> dict[str, DocumentState]:
        """The documents at these paths: the present one, else the one that went last."""
        wanted = sorted(set(paths))
        documents: dict[str, DocumentState] = {}
        stored = self._stored_documents("path", source, [path_to_text(path) for path in wanted])
        for document in (*stored, *(document for path in wanted for document in self._cache.document_states_at(path))):
            rival = documents.get(document.path)
            if document.source == source and (rival is None or _recency(document) > _recency(rival)):
                documents[document.path] = document
        return documents

    def absent_by_blob(self, source: str, blobs: Iterable[str]) -> dict[str, DocumentState]:
        """Absent documents by the bytes that they last had; of several the one that went last, then the oldest."""
        wanted = sorted(set(blobs))
        documents: dict[str, DocumentState] = {}
        stored = self._stored_documents("blob", source, wanted)
        for document in (
            *stored,
            *(document for blob in wanted for document in self._cache.document_states_of_blob(blob)),
        ):
            rival = documents.get(document.blob or "")
            if (
                document.source == source
                and not document.present
                and (rival is None or _recency(document) > _recency(rival))
            ):
                documents[document.blob or ""] = document
        return documents

    def statements(self, numbers: Iterable[int]) -> dict[int, StatementState]:
        """The present state of these statements."""
        touched = self._cache.statements
        found = {number: touched[number] for number in numbers if number in touched}
        missing = sorted(set(numbers) - found.keys())
        found.update((known.number, known) for known in self._stored_statements("statements.number", missing))
        return found

    def absent(self, keys: Iterable[int]) -> list[StatementState]:
        """Absent statements whose text last had one of these keys; in the order of their numbers."""
        wanted = sorted(set(keys))
        found = list(self._stored_statements('NOT statements.present AND statements."key"', wanted))
        found += (known for key in wanted for known in self._cache.with_key(key) if not known.present)
        return sorted(found, key=_number)

    def similar(self, signatures: Iterable[int], *, present: bool) -> list[StatementState]:
        """Present or absent statements whose signature shares one of these numbers; in the order of their numbers.

        No more than the first 1,000: a phrase that every document of a large set has must not be read from all of them.
        """
        wanted, which = sorted(set(signatures)), "statements.present" if present else "NOT statements.present"
        touched = (known for one in wanted for known in self._cache.with_signature(one) if known.present is present)
        found = {known.number: known for known in touched}
        for column in ("sketch1", "sketch2", "sketch3"):
            stored = self._stored_statements(f"{which} AND statements.{column}", wanted, streamed=True)
            found.update((known.number, known) for known in islice(stored, _MAX_ALIKE))
        return [found[number] for number in sorted(found)[:_MAX_ALIKE]]

    def holders(self, keys: Iterable[int]) -> dict[int, dict[int, int]]:
        """For each of these text keys the present statements that hold it, with their documents."""
        found: dict[int, dict[int, int]] = {
            key: {known.number: known.document for known in self._cache.with_key(key) if known.present} for key in keys
        }
        query = 'SELECT "key", number, document FROM statements WHERE present AND "key" IN (:wanted)'
        for chunk in chunks(() if self._cache.complete else sorted(found)):
            for key, number, document in self._transaction.rows(query, {"wanted": chunk}):
                if number not in self._cache.statements:
                    found[key][number] = document
        return found

    def append(self, fold: SnapshotFold) -> None:
        """Take one fold in: known from now on, written with the others."""
        self._folds.append(fold)
        self._cache.add(fold)

    def flush(self) -> None:
        """Write all that was appended."""
        transaction, folds, cache = self._transaction, self._folds, self._cache
        if not folds:
            return
        documents, statements = (sorted(numbers) for numbers in cache.unwritten)
        changes = [(f.seq, at, f.changes[at]) for f in folds for at in reversed(range(len(f.changes)))]
        revisions = [row for fold in folds for row in codec.revision_rows(fold)]
        transaction.copy_in("folds", codec.FOLD_COLUMNS, map(codec.fold_row, folds))
        _replace(
            transaction,
            "documents",
            codec.DOCUMENT_COLUMNS,
            [codec.document_row(cache.documents[n]) for n in documents],
        )
        versions = (codec.version_row(fold.seq, version) for fold in folds for version in fold.versions)
        transaction.copy_in("versions", codec.VERSION_COLUMNS, versions)
        rows = [codec.statement_row(cache.statements[number]) for number in statements]
        _replace(transaction, "statements", codec.STATEMENT_COLUMNS, rows)
        transaction.copy_in("revisions", codec.REVISION_COLUMNS, revisions)
        index_texts(transaction, ((row[0], row[4]) for row in revisions))
        change_rows = (codec.change_row(*change, cache.statements) for change in changes)
        transaction.copy_in("changes", codec.CHANGE_COLUMNS, change_rows)
        transaction.copy_in(
            "sides", codec.SIDE_COLUMNS, (row for change in changes for row in codec.side_rows(*change))
        )
        _write_meta(transaction, "counters", counters_to_text(folds[-1].counters))
        self._folds = []

    def _stored_documents(self, column: str, source: str, values: Sequence[str]) -> Iterator[DocumentState]:
        """As the database has them, but for those that the cache knows better."""
        query = f"{_SELECT_DOCUMENTS} WHERE source = :source AND {column} IN (:wanted) ORDER BY number"
        for chunk in chunks(() if self._cache.complete else values):
            for row in self._transaction.rows(query, {"source": path_to_text(source), "wanted": chunk}):
                if row[0] not in self._cache.documents:
                    yield codec.document_state_of(row)

    def _stored_statements(
        self, among: str, values: Sequence[int], *, streamed: bool = False
    ) -> Iterator[StatementState]:
        """As the database has them, but for those that the cache knows better.

        `among`: of what column the values are, behind other conditions. `streamed`: not all may be asked for.
        """
        query = f"{_SELECT_STATEMENTS} WHERE {among} IN (:wanted) ORDER BY statements.number"
        for chunk in chunks(() if self._cache.complete else values):
            given = {"wanted": chunk}
            for rows in self._transaction.stream(query, given) if streamed else [self._transaction.rows(query, given)]:
                for row in rows:
                    if row[0] not in self._cache.statements:
                        yield codec.statement_state_of(row)


def _recency(document: DocumentState) -> tuple[bool, int, int]:
    """No two heads have the same: which is found must not depend on whether the cache or the database was asked."""
    return document.present, document.last_seq, -document.number


def _number(known: StatementState) -> int:
    return known.number


def _write_meta(transaction: Transaction, name: str, value: str) -> None:
    transaction.execute(insert_or_update("meta", "name", ("name", "value")), {"name": name, "value": value})


def _replace(transaction: Transaction, table: str, columns: Sequence[str], rows: Sequence[DatabaseRow]) -> None:
    """Put rows in, over those with the same number (the first column)."""
    for chunk in chunks([row[0] for row in rows]):
        transaction.execute(f"DELETE FROM {table} WHERE number IN (:numbers)", {"numbers": chunk})
    transaction.copy_in(table, columns, rows)


# --- damage -------------------------------------------------------------------------------------

_UNREADABLE = "is damaged: SQLite's own message about it cannot be read"
_MOST = 20  # flaws that are listed one by one


def file_damage(database: Database) -> list[str]:
    """What SQLite itself says of the file of a database; a server looks after its own.

    Rows can be whole while the indexes that find them are not.
    """
    if database.dialect != "sqlite":
        return []
    try:
        with database.read_transaction() as transaction:
            return _damage(transaction)
    except StoreError as error:
        return [str(error)]
    except UnicodeDecodeError:  # the driver's, of a message that repeats damaged bytes
        return [_UNREADABLE]


def ledger_damage(database: Database) -> list[str]:
    """The same of a ledger, with its full-text index."""
    if database.dialect != "sqlite":
        return []
    try:
        with database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            found = _damage(transaction)
        if not found:
            with database.write_transaction() as transaction:
                # the second value asks that the index be compared with the texts, too
                transaction.execute("INSERT INTO revision_text(revision_text, rank) VALUES('integrity-check', 1)")
    except StoreError as error:
        return [str(error)]
    except UnicodeDecodeError:
        return [_UNREADABLE]
    return found


def _damage(transaction: Transaction) -> list[str]:
    return [line for line in transaction.values(f"PRAGMA integrity_check({_MOST})") if line != "ok"]
