"""Queries to the ledger: snapshots, changes, documents, statements, and the full-text search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from monitor.core.diff.words import WordEdits
from monitor.core.tracking import runs
from monitor.errors import UsageError
from monitor.ledger.changes import (
    SELECT_CHANGES,
    TOUCHING,
    NamedStatement,
    baseline_counts,
    changes_from_rows,
    changes_of,
    failures_of,
    find_statement,
    id_range,
    seq_of,
)
from monitor.ledger.codec import (
    BLOCK_KINDS,
    SNAPSHOT_COLUMNS,
    decompressed,
    links_from_text,
    notes_from_text,
    path_from_text,
    path_to_text,
    snapshot_of,
    snapshot_time_of,
)
from monitor.ledger.database import CHUNK, Database, DatabaseRow, Transaction, chunks
from monitor.ledger.document_versions import VersionPair, other_documents, version_pairs
from monitor.ledger.schema import FullText, full_text, has_ledger, has_notes
from monitor.model import (
    BaselineCount,
    Blame,
    Change,
    ChangeFilter,
    Counts,
    Document,
    Failure,
    NotRead,
    Revision,
    SearchHit,
    Snapshot,
    StatementHistory,
    left_out,
)

SELECT_DOCUMENTS = """
SELECT documents.id, documents.path, documents.present, documents.blob, documents.members,
    first_fold.snapshot, first_fold.taken_at, last_fold.snapshot, last_fold.taken_at
FROM documents
JOIN folds AS first_fold ON first_fold.seq = documents.first_seq
JOIN folds AS last_fold ON last_fold.seq = documents.last_seq
"""
"""Rows for `document_of`; who asks adds what restricts and orders them."""


class LedgerQueries:
    """What can be asked of the ledger; one that was never written answers with nothing.

    Paths name documents by their present or latest path. `removed` says that a name or an id was removed by request.
    """

    def __init__(self, database: Database, removed: Callable[[str], str | None] = lambda _: None) -> None:
        self.database, self.removed = database, removed

    def snapshots(self) -> Sequence[Snapshot]:
        """Every folded snapshot, in the order of the fold (oldest first)."""
        with self.database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            query = f"SELECT {', '.join(SNAPSHOT_COLUMNS)} FROM folds ORDER BY seq"
            return [snapshot_of(row) for row in transaction.rows(query)]

    def snapshots_with_ids(self, ids: Sequence[str]) -> list[Snapshot]:
        """Those of these snapshots that were folded."""
        with self.database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            query = f"SELECT {', '.join(SNAPSHOT_COLUMNS)} FROM folds WHERE snapshot IN (:ids)"
            return [snapshot_of(row) for chunk in chunks(ids) for row in transaction.rows(query, {"ids": chunk})]

    def changes(self, wanted: ChangeFilter) -> Iterator[Change]:
        """Newest snapshot first; within one by document, then ordinal. Edits are filled in."""
        with self.database.read_transaction() as transaction:
            if has_ledger(transaction):
                yield from changes_of(transaction, wanted)

    def baseline_counts(self, wanted: ChangeFilter) -> list[BaselineCount]:
        """What the first snapshots of a period held: how many statements of each document, by path."""
        with self.database.read_transaction() as transaction:
            return baseline_counts(transaction, wanted) if has_ledger(transaction) else []

    def change(self, prefix: str) -> Change | None:
        """The change with this id or unique prefix; UsageError where the prefix is ambiguous."""
        with self.database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return None
            where, ids = "WHERE changes.id >= :low AND changes.id < :high", id_range(prefix)
            found = set(transaction.values(f"SELECT id FROM changes {where} LIMIT 2", ids))
            if len(found) > 1:
                raise UsageError(f"{prefix}: several changes begin with this; give more of the id")
            rows = transaction.rows(f"{SELECT_CHANGES} {where}", ids)
            return next(changes_from_rows(transaction, [rows]), None)

    def statement_history(self, prefix: str) -> StatementHistory | None:
        """The statement with this id, alias or unique prefix."""
        with self.database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return None
            statement = find_statement(transaction, prefix)
            return None if statement is None else _statement_history(transaction, statement)

    def documents(self) -> Sequence[Document]:
        """Every document ever seen, by path."""
        with self.database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            rows = transaction.rows(f"{SELECT_DOCUMENTS} ORDER BY documents.path, documents.number")
            return [document_of(row) for row in rows]

    def document(self, path: str) -> Document | None:
        """The document that has this path now, or had it last; a past path is found too."""
        with self.database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return None
            given = {"path": path_to_text(path)}
            row = transaction.row(
                f"{SELECT_DOCUMENTS} WHERE documents.path = :path"
                " ORDER BY documents.present DESC, documents.source, documents.last_seq DESC LIMIT 1",
                given,
            )
            if row is None:
                row = transaction.row(
                    f"{SELECT_DOCUMENTS} WHERE documents.number = ("
                    "SELECT versions.document FROM versions JOIN paths ON paths.id = versions.path"
                    " WHERE paths.path = :path ORDER BY versions.seq DESC LIMIT 1)",
                    given,
                )
            return None if row is None else document_of(row)

    def blame(self, document_id: str, at: str | None = None) -> Sequence[Blame]:
        """The statements of a document as of snapshot `at` (None: now), in document order."""
        with self.database.read_transaction() as transaction:
            version = _version_at(transaction, document_id, at)
            if version is None or not version.present or version.members is None:
                return []
            until = None if at is None else seq_of(transaction, at)
            return _blame(transaction, runs.unpack(decompressed(version.members)), until)

    def blob_at(self, document_id: str, at: str) -> tuple[str, str] | None:
        """(path, blob id) of a document as of snapshot `at`; None where it was not there."""
        with self.database.read_transaction() as transaction:
            version = _version_at(transaction, document_id, at)
            if version is None or not version.present:
                return None
            return path_from_text(version.path), version.blob

    def version_pairs(
        self, before: str | None, after: str, source: str, documents: Collection[str] | None = None
    ) -> list[VersionPair]:
        """The documents of a source that differ between two of its snapshots; see `document_versions`."""
        with self.database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            return version_pairs(transaction, before, after, source, documents)

    def other_documents(self, before: str | None, after: str, statements: Sequence[str]) -> Collection[str]:
        """The documents that statements came from or went to between two snapshots."""
        with self.database.read_transaction() as transaction:
            return other_documents(transaction, before, after, statements) if has_ledger(transaction) else []

    def search(self, words: str, limit: int) -> Sequence[SearchHit]:
        """Statements, present or past, that hold all the words."""
        with self.database.read_transaction() as transaction:
            return _search(transaction, words, limit) if has_ledger(transaction) else []

    def failures(self) -> Sequence[Failure]:
        """The present documents whose newest version could not be read, and why, by path."""
        with self.database.read_transaction() as transaction:
            return failures_of(transaction) if has_ledger(transaction) else []

    def not_read(self, since: str | None = None) -> Sequence[NotRead]:
        """The present documents that gave no statement, or not all of their text, by path.

        `since` is the id of a snapshot: only what is new with it or after it, in the watched folder.
        """
        with self.database.read_transaction() as transaction:
            return _not_read(transaction, since) if has_ledger(transaction) else []

    def counts(self) -> Counts:
        """How much there is."""
        with self.database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return Counts()
            partly = Counter(one.partly for one in _not_read(transaction, None))
            return Counts(
                snapshots=transaction.value("SELECT count(*) FROM folds"),
                documents=transaction.value("SELECT count(*) FROM documents WHERE present"),
                statements=sum(map(runs.count, transaction.values("SELECT members FROM documents WHERE present"))),
                changes=_count_changes(transaction),
                failures=transaction.value("SELECT count(*) FROM documents WHERE present AND failed"),
                not_read=partly[False],
                partly_read=partly[True],
            )


def _count_changes(transaction: Transaction) -> int:
    """How many changes are not of the baseline, which is all that some folds brought."""
    baseline = """
        SELECT folds.seq FROM folds JOIN changes ON changes.seq = folds.seq AND changes.position = 0
        WHERE changes.baseline
    """
    every = transaction.value("SELECT count(*) FROM changes")
    return int(every - transaction.value(f"SELECT count(*) FROM changes WHERE seq IN ({baseline})"))


# --- documents ----------------------------------------------------------------------------------


def document_of(row: DatabaseRow) -> Document:
    """Of a row of SELECT_DOCUMENTS."""
    id_, path, present, blob, members, first_snapshot, first_at, last_snapshot, last_at = row
    return Document(
        id=id_,
        path=path_from_text(path),
        present=bool(present),
        blob=blob,
        statements=runs.count(members) if present else 0,
        first_seen=snapshot_time_of(first_snapshot, first_at),
        last_changed=snapshot_time_of(last_snapshot, last_at),
    )


def _not_read(transaction: Transaction, since: str | None) -> list[NotRead]:
    if not has_notes(transaction):
        return []
    new, given = "", dict[str, object]()
    if since is not None:
        given["seq"] = seq_of(transaction, since)
        new = """AND documents.source = '' AND documents.last_seq >= :seq AND documents.notes <> coalesce((
            SELECT earlier.notes
            FROM versions AS earlier
            WHERE earlier.document = documents.number AND earlier.seq < :seq
            ORDER BY earlier.seq DESC
            LIMIT 1
        ), '')"""
    # so that SQLite takes the index of the few documents with notes
    present = "documents.present = 1" if transaction.dialect == "sqlite" else "documents.present"
    rows = transaction.rows(
        f"""
        SELECT documents.path, documents.notes, documents.members <> '[]'
        FROM documents
        WHERE documents.notes IS NOT NULL AND {present} {new}
        ORDER BY documents.path
        """,
        given,
    )
    named = ((path_from_text(path), left_out(notes_from_text(notes)), bool(members)) for path, notes, members in rows)
    return [NotRead(path, "; ".join(notes), partly) for path, notes, partly in named if notes]


class _StoredVersion(NamedTuple):
    path: str
    blob: str
    present: bool
    members: bytes | None


def _version_at(transaction: Transaction, document_id: str, at: str | None) -> _StoredVersion | None:
    if not has_ledger(transaction):
        return None
    given: dict[str, object] = {"document": document_id}
    until = ""
    if at is not None:
        until, given["until"] = "AND versions.seq <= :until", seq_of(transaction, at)
    row = transaction.row(
        f"""
        SELECT paths.path, versions.blob, versions.present, versions.members
        FROM versions
        JOIN paths ON paths.id = versions.path
        WHERE versions.document = (SELECT number FROM documents WHERE id = :document) {until}
        ORDER BY versions.seq DESC
        LIMIT 1
        """,
        given,
    )
    return None if row is None else _StoredVersion(*row)


def _blame(transaction: Transaction, members: Sequence[int], until: int | None) -> list[Blame]:
    newest = "revisions.statement = statements.number AND revisions.number = statements.revision"
    if until is not None:
        newest = """revisions.statement = statements.number AND revisions.number = (
            SELECT max(earlier.number) FROM revisions AS earlier
            WHERE earlier.statement = statements.number AND earlier.seq <= :until
        )"""
    query = f"""
        SELECT statements.number, statements.id, texts.text, revisions.number, revisions.kind,
            first_fold.snapshot, first_fold.taken_at, fold.snapshot, fold.taken_at
        FROM statements
        JOIN revisions ON {newest}
        JOIN texts ON texts.id = revisions.text
        JOIN folds AS first_fold ON first_fold.seq = statements.first_seq
        JOIN folds AS fold ON fold.seq = revisions.seq
        WHERE statements.number IN (:numbers)
    """
    found: dict[int, DatabaseRow] = {}
    for chunk in chunks(members):
        found.update((row[0], row[1:]) for row in transaction.rows(query, {"numbers": chunk, "until": until}))
    blames: list[Blame] = []
    for ordinal, number in enumerate(members):
        id_, text, revision, kind, first_snapshot, first_at, snapshot, taken_at = found[number]
        introduced = snapshot_time_of(first_snapshot, first_at)
        revised = snapshot_time_of(snapshot, taken_at) if revision > 1 else None
        blames.append(Blame(id_, ordinal, text, introduced, revised, revision, str(BLOCK_KINDS[kind])))
    return blames


# --- statements ---------------------------------------------------------------------------------


def _statement_history(transaction: Transaction, statement: NamedStatement) -> StatementHistory:
    """Everything that is known of a statement."""
    found = transaction.rows(
        """
        SELECT revisions.number, texts.text, texts.links, folds.snapshot, folds.taken_at
        FROM revisions
        JOIN texts ON texts.id = revisions.text
        JOIN folds ON folds.seq = revisions.seq
        WHERE revisions.statement = :statement
        ORDER BY revisions.number
        """,
        {"statement": statement.number},
    )
    revisions: list[Revision] = []
    for number, text, links, snapshot, taken_at in found:
        made = Revision(number, text, links_from_text(links), snapshot_time_of(snapshot, taken_at))
        revisions.append(made._replace(edits=WordEdits(revisions[-1:], [made])) if revisions else made)
    path = statement.path
    if path is None:
        path = transaction.value("SELECT path FROM documents WHERE number = :number", {"number": statement.document})
    changes = transaction.rows(
        f"{SELECT_CHANGES} {TOUCHING} ORDER BY changes.seq, changes.position DESC", {"statement": statement.number}
    )
    names = transaction.values('SELECT "old" FROM aliases WHERE "new" = :id ORDER BY "old"', {"id": statement.id})
    return StatementHistory(
        statement=statement.id,
        document=path_from_text(path),
        present=statement.present,
        revisions=tuple(revisions),
        changes=tuple(changes_from_rows(transaction, chunks(changes))),
        aliases=tuple(names),
    )


_AT_ONCE = 100_000  # texts of a search
_HITS = """
SELECT statements.id, statements.present AND revisions.number = statements.revision,
    coalesce(paths.path, documents.path), revisions.number, texts.text, folds.snapshot, folds.taken_at
FROM ({}) AS hits
JOIN statements ON statements.number = hits.statement
JOIN revisions ON revisions.statement = hits.statement AND revisions.number = hits.revision
JOIN texts ON texts.id = revisions.text
JOIN folds ON folds.seq = revisions.seq
JOIN documents ON documents.number = statements.document
LEFT JOIN paths ON paths.id = statements.path
ORDER BY revisions.text DESC, statements.number DESC
"""


_PRESENT = """
SELECT statements.number AS statement, statements.revision AS revision
FROM statements
WHERE statements.text IN (:texts) AND statements.present
ORDER BY statements.text DESC, statements.number DESC
LIMIT :limit
"""
_PAST = """
SELECT revisions.statement AS statement, revisions.number AS revision
FROM revisions
JOIN statements ON statements.number = revisions.statement
WHERE revisions.text IN (:texts) AND NOT (statements.present AND statements.revision = revisions.number)
ORDER BY revisions.text DESC, revisions.statement DESC
LIMIT :limit
"""


def _search(transaction: Transaction, words: str, limit: int) -> list[SearchHit]:
    """Full text over every revision: those that a document has now first, the newest wordings first."""
    if (found := full_text(transaction, words)) is None:
        return []
    rows: list[DatabaseRow] = []
    parts = ((hits, texts) for hits in (_PRESENT, _PAST) for texts in newest_texts(transaction, found, limit))
    for hits, texts in parts:
        rows += transaction.rows(_HITS.format(hits), {"texts": texts, "limit": limit - len(rows)})
        if len(rows) == limit:
            break
    return [
        SearchHit(id_, number, path_from_text(path), text, snapshot_time_of(snapshot, taken_at), bool(present))
        for id_, present, path, number, text, snapshot, taken_at in rows
    ]


def newest_texts(transaction: Transaction, found: FullText, few: int) -> Iterator[Sequence[int]]:
    """The texts that were found, newest first, in parts: of frequent words the first one is mostly enough."""
    query = f"""
        SELECT {found.text} FROM {found.table} WHERE {found.condition} AND {found.text} < :below
        ORDER BY {found.text} DESC LIMIT :many
    """
    many, below, more = min(2 + few + few // 2, CHUNK), 1 << 31, True  # no text has a greater number
    while more:
        texts = transaction.values(query, {**found.parameters, "many": many, "below": below})
        yield from chunks(texts)
        more = len(texts) == many
        many, below = min(4 * many, _AT_ONCE), texts[-1] if texts else 0
