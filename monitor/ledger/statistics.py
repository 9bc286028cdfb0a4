"""Lists and counts for the web page: documents, versions, copies, and tallies of changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from monitor.core.review.rhythm import LATEST, DocumentTimes
from monitor.ledger.changes import id_range
from monitor.ledger.codec import (
    KINDS,
    aspects_from_bits,
    notes_from_text,
    path_from_text,
    path_to_text,
    snapshot_time_of,
    time_from_text,
    time_to_text,
)
from monitor.ledger.database import Database, DatabaseRow, Transaction, chunks
from monitor.ledger.queries import SELECT_DOCUMENTS, document_of
from monitor.ledger.schema import has_ledger, has_notes
from monitor.model import Aspect, Document, SnapshotTime


@dataclass(frozen=True, slots=True)
class DatedVersion:
    """A snapshot in which a document changed; `present` False where it went; `notes` are what its reader told."""

    snapshot_time: SnapshotTime
    path: str
    present: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many changes there are of one sort: of one snapshot, document or aspect."""

    substantive: int = 0
    editorial: int = 0

    @property
    def total(self) -> int:
        return self.substantive + self.editorial


_NUMBERED = SELECT_DOCUMENTS.replace("SELECT", "SELECT documents.number,", 1)


class LedgerStatistics:
    """The ledger as the web page sees it; one that was never written holds nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def document(self, identity: str) -> Document | None:
        """The document with this id, or that had it before history went."""
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return None
            alias = 'SELECT "new" FROM aliases WHERE "old" = :id'
            query = f"{SELECT_DOCUMENTS} WHERE documents.id = :id OR documents.id = ({alias})"
            row = transaction.row(query, {"id": identity})
            return None if row is None else document_of(row)

    def times_of_changes(self, fewest: int, latest: Sequence[str]) -> list[DocumentTimes]:
        """The present documents that changed so often at least, when, and how many of these snapshots changed each.

        Their first versions are no changes; imported history counts as well.
        """
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            seqs = set()
            for chunk in chunks(list(latest)):
                seqs.update(transaction.values("SELECT seq FROM folds WHERE snapshot IN (:ids)", {"ids": chunk}))
            rows = transaction.rows(
                "SELECT documents.id, documents.path, versions.seq, folds.taken_at FROM versions"
                " JOIN documents ON documents.number = versions.document JOIN folds ON folds.seq = versions.seq"
                " WHERE documents.present AND versions.document IN"
                " (SELECT document FROM versions GROUP BY document HAVING count(*) > :fewest)"
                " ORDER BY versions.document, folds.taken_at, versions.seq",
                {"fewest": fewest},
            )
        found = []
        for (identity, path), some in groupby(rows, key=lambda row: (row[0], row[1])):
            versions = list(some)[1:]
            changed = sum(row[2] in seqs for row in versions)
            times = tuple(time_from_text(row[3]) for row in versions[-LATEST:])
            found.append(DocumentTimes(identity, path_from_text(path), times, changed))
        return found

    def documents(
        self, words: str, after: str | None, limit: int, *, newest_first: bool = False, skipped: int = 0
    ) -> list[tuple[int, Document]]:
        """Documents whose path holds `words`, with their numbers: by path or by their last change, behind the one with
        the id `after`."""
        conditions: list[str] = []
        given: dict[str, object] = {"limit": limit, "skipped": skipped}
        if words:
            conditions.append("lower(documents.path) LIKE :words ESCAPE '/'")
            given["words"] = f"%{_escaped(words.lower())}%"
        if after is not None:
            path = "(SELECT path FROM documents WHERE id = :after)"
            conditions.append(f"(documents.path > {path} OR (documents.path = {path} AND documents.id > :after))")
            given["after"] = after
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        order = f"{'documents.last_seq DESC, ' if newest_first else ''}documents.path, documents.id"
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            query = f"{_NUMBERED} {where} ORDER BY {order} LIMIT :limit OFFSET :skipped"
            return [(row[0], document_of(row[1:])) for row in transaction.rows(query, given)]

    def numbered(self, numbers: Sequence[int]) -> list[tuple[int, Document]]:
        """The documents with these numbers, in this order."""
        found: dict[int, Document] = {}
        with self._database.read_transaction() as transaction:
            if has_ledger(transaction):
                for chunk in chunks(numbers):
                    rows = transaction.rows(f"{_NUMBERED} WHERE documents.number IN (:numbers)", {"numbers": chunk})
                    found.update((row[0], document_of(row[1:])) for row in rows)
        return [(number, found[number]) for number in numbers if number in found]

    def containing(self, words: str) -> list[int]:
        """The numbers of the documents whose present or latest path contains `words`, in any case."""
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            query = "SELECT number FROM documents WHERE lower(path) LIKE :words ESCAPE '/'"
            return transaction.values(query, {"words": f"%{_escaped(words.lower())}%"})

    def below(self, source: str) -> list[int]:
        """The numbers of the documents whose present or latest path begins with the name of a source."""
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            name = path_to_text(source)
            given = {"first": f"{name}/", "last": f"{name}0"}  # `0` follows `/`
            return transaction.values("SELECT number FROM documents WHERE path >= :first AND path < :last", given)

    def paths(self, limit: int, start: str = "", *, present: bool = True) -> list[str]:
        """Some paths that begin so, in their order: those of present documents, or of all."""
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            which = "present AND " if present else ""
            query = f"SELECT path FROM documents WHERE {which}path LIKE :start ESCAPE '/' ORDER BY path LIMIT :limit"
            given = {"limit": limit, "start": f"{_escaped(path_to_text(start))}%"}
            found = map(path_from_text, transaction.values(query, given))
            return [path for path in found if path.startswith(start)]  # SQLite's LIKE does not heed the case

    def change_ids(self, start: str, limit: int) -> list[tuple[str, str, str]]:
        """The newest changes whose ids begin so: id, kind and path."""
        query = (
            "SELECT changes.id, changes.kind, paths.path FROM changes JOIN paths ON paths.id = changes.path"
            " WHERE changes.id >= :low AND changes.id < :high"
            " ORDER BY changes.seq DESC, changes.position LIMIT :limit"
        )
        return [(one, str(KINDS[kind]), path) for one, kind, path in self._with_ids(query, start, limit)]

    def statement_ids(self, start: str, limit: int) -> list[tuple[str, str]]:
        """The newest statements whose ids begin so: id and path of the document."""
        query = (
            "SELECT statements.id, documents.path FROM statements"
            " JOIN documents ON documents.number = statements.document"
            " WHERE statements.id >= :low AND statements.id < :high ORDER BY statements.number DESC LIMIT :limit"
        )
        return [(one, path) for one, path in self._with_ids(query, start, limit)]

    def _with_ids(self, query: str, start: str, limit: int) -> list[DatabaseRow]:
        """Rows whose last column is a path."""
        with self._database.read_transaction() as transaction:
            rows = transaction.rows(query, {**id_range(start), "limit": limit}) if has_ledger(transaction) else []
            return [(*row[:-1], path_from_text(row[-1])) for row in rows]

    def versions(self, identity: str) -> list[DatedVersion]:
        """Every snapshot in which a document changed, oldest first."""
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            notes_column = "versions.notes" if has_notes(transaction) else "NULL"
            rows = transaction.rows(
                f"""
                SELECT folds.snapshot, folds.taken_at, paths.path, versions.present, {notes_column}
                FROM versions
                JOIN paths ON paths.id = versions.path
                JOIN folds ON folds.seq = versions.seq
                JOIN documents ON documents.number = versions.document
                WHERE documents.id = :id
                ORDER BY versions.seq
                """,
                {"id": identity},
            )
            return [
                DatedVersion(
                    snapshot_time_of(snapshot, taken_at), path_from_text(path), bool(present), notes_from_text(notes)
                )
                for snapshot, taken_at, path, present, notes in rows
            ]

    def copies(self, statement: str, limit: int) -> list[tuple[str, str]]:
        """Other present statements with the same normalized text: their ids and paths."""
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            rows = transaction.rows(
                """
                SELECT statements.id, documents.path
                FROM texts
                JOIN statements ON statements.text = texts.id
                JOIN documents ON documents.number = statements.document
                WHERE texts."key" = (
                        SELECT own_texts."key" FROM statements AS own
                        JOIN texts AS own_texts ON own_texts.id = own.text WHERE own.id = :id
                    )
                    AND statements.id <> :id AND statements.present
                ORDER BY documents.path, statements.number
                LIMIT :limit
                """,
                {"id": statement, "limit": limit},
            )
            return [(id_, path_from_text(path)) for id_, path in rows]

    def by_snapshot(self, since: datetime | None, until: datetime | None) -> list[tuple[datetime, Tally]]:
        """The changes of each snapshot of a period, oldest first, without what the first snapshot held."""
        with self._database.read_transaction() as transaction:
            counted = _count_by(transaction, "seq", since, until)
            query = "SELECT seq, taken_at FROM folds ORDER BY taken_at, seq"
            rows = transaction.rows(query) if counted else ()
            return [(time_from_text(taken_at), counted[seq]) for seq, taken_at in rows if seq in counted]

    def by_document(self, since: datetime | None, until: datetime | None) -> list[tuple[str, str, Tally]]:
        """The same of each document: its id, its path, how many."""
        with self._database.read_transaction() as transaction:
            counted = _count_by(transaction, "document", since, until)
            query = "SELECT number, id, path FROM documents ORDER BY path, id"
            rows = transaction.rows(query) if counted else ()
            return [(id_, path_from_text(path), counted[number]) for number, id_, path in rows if number in counted]

    def by_aspect(self, since: datetime | None, until: datetime | None) -> list[tuple[Aspect, Tally]]:
        """The same of each aspect; a change with two counts for both."""
        with self._database.read_transaction() as transaction:
            return list(_by_aspect(_count_by(transaction, "aspects", since, until)))


def _escaped(words: str) -> str:
    """Words that LIKE takes literally."""
    return words.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _count_by(
    transaction: Transaction,
    column: Literal["seq", "document", "aspects"],
    since: datetime | None,
    until: datetime | None,
) -> dict[Any, Tally]:
    """How many changes, of statements and of documents, each value of a column has in a period."""
    if not has_ledger(transaction):
        return {}
    conditions, given = ["NOT baseline"], dict[str, object]()
    period: list[str] = []
    if since is not None:
        period.append("taken_at >= :since")
        given["since"] = time_to_text(since)
    if until is not None:
        period.append("taken_at <= :until")
        given["until"] = time_to_text(until)
    if period:
        conditions.append(f"seq IN (SELECT seq FROM folds WHERE {' AND '.join(period)})")
    rows = transaction.rows(
        f"SELECT {column}, count(*), count(*) FILTER (WHERE substantive) FROM changes"
        f" WHERE {' AND '.join(conditions)} GROUP BY {column}",
        given,
    )
    return {value: Tally(substantive, many - substantive) for value, many, substantive in rows}


def _by_aspect(counted: dict[int, Tally]) -> Iterator[tuple[Aspect, Tally]]:
    for aspect in Aspect:
        having = [tally for bits, tally in counted.items() if aspect in aspects_from_bits(bits)]
        if having:
            yield aspect, Tally(sum(one.substantive for one in having), sum(one.editorial for one in having))
