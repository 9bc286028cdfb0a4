"""Query changes: filters as SQL, and rows into changes with their sides and texts.

Snapshots, which many changes share, are read once for each chunk; several statements on a side are read separately.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from monitor.core.diff.words import WordEdits
from monitor.errors import StoreError, UsageError
from monitor.ledger.aliases import statements_with_alias
from monitor.ledger.codec import (
    CAUSES,
    KINDS,
    LEVELS,
    SIMILARITY,
    aspects_from_bits,
    aspects_to_bits,
    kind_to_number,
    links_from_text,
    path_from_text,
    path_to_text,
    time_from_text,
    time_to_text,
)
from monitor.ledger.database import DatabaseRow, Transaction, chunks
from monitor.ledger.schema import failed
from monitor.model import BaselineCount, Change, ChangeFilter, ChangeKind, Failure, Level, Side, Significance

_COLUMNS = """
SELECT changes.seq, changes.position, changes.id, changes.level, changes.kind, documents.id, changes.path,
    changes.path_before, changes.cause, changes."group", changes.substantive, changes.aspects, changes.similarity,
    changes.moved, changes.baseline, changes.gone_seq, changes.message, changes.returns, changes.copies,
    changes.announced, changes.metadata, changes.language, changes.aspects_known,
    statements.id, changes.before_revision, changes.before_ordinal,
    before_texts.text, before_texts.links,
    changes.after_revision, changes.after_ordinal, after_texts.text, after_texts.links,
    (
        SELECT versions.language FROM versions
        WHERE versions.document = changes.document AND versions.seq = changes.seq
    )
"""
_JOINS = """
LEFT JOIN documents ON documents.number = changes.document
LEFT JOIN statements ON statements.number = changes.statement
LEFT JOIN texts AS before_texts ON before_texts.id = changes.before_text
LEFT JOIN texts AS after_texts ON after_texts.id = changes.after_text
"""
SELECT_CHANGES = f"{_COLUMNS} FROM changes {_JOINS}"
"""Rows for `changes_from_rows`; who asks adds what restricts and orders them."""

TOUCHING = """
JOIN (
    SELECT changes.seq, changes.position FROM changes WHERE changes.statement = :statement
    UNION
    SELECT sides.seq, sides.position FROM sides WHERE sides.statement = :statement
) AS touching ON touching.seq = changes.seq AND touching.position = changes.position
"""
"""Restricts it to the changes of one statement, by its number."""

# The same to those of the document that has or last had a path, and to whatever else touched the path.
_OF_PATH = """
JOIN (
    SELECT changes.seq, changes.position FROM changes
    WHERE changes.document IN (SELECT documents.number FROM documents WHERE documents.path = :path)
    UNION
    SELECT changes.seq, changes.position FROM changes
    WHERE changes.document IN (
            SELECT versions.document FROM versions JOIN paths ON paths.id = versions.path WHERE paths.path = :path
        ) AND changes.path = (SELECT paths.id FROM paths WHERE paths.path = :path)
    UNION
    SELECT changes.seq, changes.position FROM changes
    WHERE changes.document IS NULL AND changes.path = (SELECT paths.id FROM paths WHERE paths.path = :path)
    UNION
    SELECT changes.seq, changes.position FROM changes
    WHERE changes.path_before = (SELECT paths.id FROM paths WHERE paths.path = :path)
) AS touching ON touching.seq = changes.seq AND touching.position = changes.position
"""

_TOUCHES_PATH = """(
    changes.document IN (SELECT documents.number FROM documents WHERE documents.path = :path)
    OR changes.path IN (SELECT paths.id FROM paths WHERE paths.path = :path)
    OR changes.path_before IN (SELECT paths.id FROM paths WHERE paths.path = :path)
)"""

FULL_ID = 20  # characters
_SIGNIFICANCE = Significance.EDITORIAL, Significance.SUBSTANTIVE
_ID, _LEVEL, _PATHS, _GONE, _STATEMENT = 2, 3, slice(6, 8), 15, 23  # where they stand in a row
_LAST = (1 << 31) - 1  # no fold has a greater number
_DIGITS = frozenset("0123456789abcdef")
# A snapshot, when it was taken and recorded, and when the state before was last seen
_SnapshotOfRow = tuple[str, datetime, datetime, datetime | None]


# --- which changes ------------------------------------------------------------------------------


def changes_of(transaction: Transaction, wanted: ChangeFilter) -> Iterator[Change]:
    """The changes that are asked for, in the order of the log."""
    return changes_from_rows(transaction, rows_of(transaction, wanted))


def rows_of(transaction: Transaction, wanted: ChangeFilter) -> Iterator[Sequence[DatabaseRow]]:
    """The same as rows of SELECT_CHANGES, in parts."""
    conditions, given = _conditions(wanted)
    join = ""
    if wanted.statement is not None:
        statement = find_statement(transaction, wanted.statement)
        if statement is None:
            raise UsageError(f"{wanted.statement}: no statement has this id")
        join, given["statement"] = TOUCHING, statement.number
    elif wanted.document is not None:
        join, given["path"] = _OF_PATH, path_to_text(wanted.document)
    if wanted.document is not None and wanted.statement is not None:
        conditions.append(_TOUCHES_PATH)
        given["path"] = path_to_text(wanted.document)
    spans = _behind(transaction, wanted, conditions, given)
    # The folds backwards, of each its changes forwards: both are the order of a key, and nothing need be sorted.
    source, order = "folds CROSS JOIN changes", "folds.seq DESC, changes.position"
    if join:
        source, order = f"folds JOIN changes ON changes.seq = folds.seq {join}", "changes.seq DESC, changes.position"
    where = " AND ".join(["changes.seq = folds.seq", "folds.seq BETWEEN :low AND :high", *conditions])
    query = f"{_COLUMNS} FROM {source} {_JOINS} WHERE {where} ORDER BY {order}"
    if wanted.limit is not None:  # first the few that are wanted, then what they say
        query = f"""
            {_COLUMNS}
            FROM (
                SELECT changes.seq AS seq, changes.position AS position
                FROM {source} WHERE {where} ORDER BY {order} LIMIT :left
            ) AS picked
            JOIN changes ON changes.seq = picked.seq AND changes.position = picked.position
            {_JOINS}
            ORDER BY changes.seq DESC, changes.position
        """
    left = wanted.limit
    for low, high in spans:
        for rows in transaction.stream(query, {**given, "low": low, "high": high, "left": left}):
            yield rows
            left = None if left is None else left - len(rows)
        if left == 0:
            return


def baseline_counts(transaction: Transaction, wanted: ChangeFilter) -> list[BaselineCount]:
    """What first snapshots of a period held: how many statements of each document, by path."""
    counts: dict[str, int] = {}
    for low, high in _spans(transaction, wanted):
        rows = transaction.rows(
            """
            SELECT changes.path, sum(changes.level)
            FROM changes
            WHERE changes.seq BETWEEN :low AND :high AND changes.baseline AND changes.kind <> :failed
            GROUP BY changes.path
            """,
            {"low": low, "high": high, "failed": kind_to_number(ChangeKind.FAILED)},
        )
        paths = paths_of(transaction, [path for path, _ in rows])
        for path, statements in rows:
            counts[paths[path]] = counts.get(paths[path], 0) + statements
    return [BaselineCount(path, counts[path]) for path in sorted(counts)]


def _conditions(wanted: ChangeFilter) -> tuple[list[str], dict[str, object]]:
    """What sort of change; with the parameters."""
    conditions: list[str] = []
    given: dict[str, object] = {}
    if wanted.kinds:
        conditions.append("changes.kind IN (:kinds)")
        given["kinds"] = sorted(map(kind_to_number, wanted.kinds))
    if wanted.aspects:
        conditions.append("(changes.aspects & :aspects) <> 0")
        given["aspects"] = aspects_to_bits(set(wanted.aspects))
    if wanted.significance is not None:
        conditions.append("changes.substantive = :substantive")
        given["substantive"] = wanted.significance is Significance.SUBSTANTIVE
    if wanted.announced is not None:
        conditions.append("changes.announced = :announced")
        given["announced"] = wanted.announced
    if not wanted.metadata:
        conditions.append("NOT changes.metadata")
    if wanted.source is not None:
        below = "SELECT paths.id FROM paths WHERE paths.path >= :first AND paths.path < :last"
        conditions.append(f"(changes.path IN ({below}) OR changes.path_before IN ({below}))")
        name = path_to_text(wanted.source)
        given |= {"first": f"{name}/", "last": f"{name}0"}  # `0` follows `/`
    if wanted.level is not None:
        conditions.append("changes.level = :level")
        given["level"] = LEVELS.index(wanted.level)
    if wanted.unreadable and not wanted.baseline:
        conditions.append("(NOT changes.baseline OR changes.kind = :failed)")
        given["failed"] = kind_to_number(ChangeKind.FAILED)
    elif not wanted.baseline:
        conditions.append("NOT changes.baseline")
    return conditions, given


def _spans(transaction: Transaction, wanted: ChangeFilter) -> list[tuple[int, int]]:
    """When: first and last numbers in the order of the fold, newest first.

    A time is looked up in the few folds, so that of the many changes a stretch of their key is read, in its order.
    """
    low, high = 0, _LAST
    if wanted.after_snapshot is not None:
        low = seq_of(transaction, wanted.after_snapshot) + 1
    if wanted.snapshot is not None:
        high = seq_of(transaction, wanted.snapshot)
        low = max(low, high)
    if wanted.since is None and wanted.until is None:
        return [(low, high)]
    query, given = "SELECT seq FROM folds WHERE seq BETWEEN :low AND :high", dict[str, object](low=low, high=high)
    if wanted.since is not None:
        query += " AND taken_at >= :since"
        given["since"] = time_to_text(wanted.since)
    if wanted.until is not None:
        query += " AND taken_at <= :until"
        given["until"] = time_to_text(wanted.until)
    spans: list[tuple[int, int]] = []
    for seq in transaction.values(f"{query} ORDER BY seq DESC", given):
        if spans and spans[-1][0] == seq + 1:
            spans[-1] = seq, spans[-1][1]
        else:
            spans.append((seq, seq))
    return spans


def _behind(
    transaction: Transaction, wanted: ChangeFilter, conditions: list[str], given: dict[str, object]
) -> list[tuple[int, int]]:
    """The spans, as far as they follow the change `behind`; the conditions get what the spans do not say of it."""
    spans, change = _spans(transaction, wanted), wanted.behind
    if change is None:
        return spans
    row = transaction.row("SELECT seq, position FROM changes WHERE id = :id", {"id": change})
    if row is None:
        raise UsageError(f"{change[:40]}: no change has this id; give the `next` of a page")
    given["seen"], given["seen_position"] = row
    conditions.append("(changes.seq < :seen OR changes.position > :seen_position)")
    return [(low, min(high, row[0])) for low, high in spans if low <= row[0]]


# --- what an id or its beginning names ----------------------------------------------------------


class NamedStatement(NamedTuple):
    """A statement that was asked for; `path` where it is gone: where it stood."""

    number: int
    id: str
    document: int
    path: str | None
    present: bool


_SELECT_NAMED = """
SELECT statements.number, statements.id, statements.document, paths.path, statements.present
FROM statements
LEFT JOIN paths ON paths.id = statements.path
"""


def id_range(prefix: str) -> dict[str, object]:
    """The ids that begin so, as an index answers it: those from `low` on and before `high`.

    `g` comes after all hexadecimal digits.
    """
    asked = prefix.lower()
    return {"low": asked, "high": f"{asked}g"} if set(asked) <= _DIGITS else {"low": "", "high": ""}


def find_statement(transaction: Transaction, prefix: str) -> NamedStatement | None:
    """The statement whose id, or another name of which, is or begins with `prefix`; UsageError where there are two."""
    rows = transaction.rows(
        f"{_SELECT_NAMED} WHERE statements.id >= :low AND statements.id < :high LIMIT 2", id_range(prefix)
    )
    if not rows or len(prefix) < FULL_ID:
        ids = statements_with_alias(transaction, id_range(prefix))
        rows += transaction.rows(f"{_SELECT_NAMED} WHERE statements.id IN (:ids)", {"ids": ids}) if ids else []
    found = {row[0]: row for row in rows}
    if len(found) > 1:
        raise UsageError(f"{prefix}: several statements begin with this; give more of the id")
    return next((NamedStatement(*row)._replace(present=bool(row[-1])) for row in found.values()), None)


def seq_of(transaction: Transaction, snapshot: str) -> int:
    """The number of a snapshot in the order of the fold; UsageError where it was not folded."""
    seq: int | None = transaction.value("SELECT seq FROM folds WHERE snapshot = :snapshot", {"snapshot": snapshot})
    if seq is None:
        raise UsageError(
            f"snapshot {snapshot[:12]} is not in the ledger; `monitor run` or `monitor rebuild` folds it in"
        )
    return seq


# --- rows -> changes ----------------------------------------------------------------------------


def changes_from_rows(transaction: Transaction, chunked: Iterable[Sequence[DatabaseRow]]) -> Iterator[Change]:
    """The changes of rows of SELECT_CHANGES, in their order; they come in chunks that fit one `IN`."""
    known = _SharedValues(transaction)
    for rows in chunked:
        known.read(rows)
        yield from [_change(row, known) for row in rows]


class _SharedValues:
    """What many rows share, read once: snapshots and paths; and the sides of changes of several statements."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.snapshots: dict[int, _SnapshotOfRow] = {}
        self.paths: dict[int, str] = {}
        self.sides: dict[DatabaseRow, list[DatabaseRow]] = {}
        self.upgraded: Collection[str] = ()

    def read(self, rows: Sequence[DatabaseRow]) -> None:
        """What these rows name."""
        transaction = self._transaction
        seqs = {row[0] for row in rows}.union(row[_GONE] for row in rows if row[_GONE] is not None)
        if missing := seqs - self.snapshots.keys():
            query = "SELECT seq, snapshot, taken_at, recorded_at, seen_before FROM folds WHERE seq IN (:seqs)"
            for chunk in chunks(sorted(missing)):
                for seq, snapshot, taken_at, recorded_at, seen_before in transaction.rows(query, {"seqs": chunk}):
                    seen = None if seen_before is None else time_from_text(seen_before)
                    self.snapshots[seq] = snapshot, time_from_text(taken_at), time_from_text(recorded_at), seen
            if not seqs <= self.snapshots.keys():
                raise StoreError("the ledger has changes of snapshots that it does not list; `monitor run` repairs it")
        numbers = {number for row in rows for number in row[_PATHS] if number is not None}
        if unknown := numbers - self.paths.keys():
            self.paths.update(paths_of(transaction, unknown))
        of_several = [row[:2] for row in rows if row[_STATEMENT] is None and LEVELS[row[_LEVEL]] is Level.STATEMENT]
        self.sides = sides_of(transaction, of_several)
        self.upgraded = _upgraded(transaction, [row[_ID] for row in rows])


def paths_of(transaction: Transaction, numbers: Iterable[int]) -> dict[int, str]:
    """Paths by their numbers."""
    found: dict[int, str] = {}
    for chunk in chunks(sorted(numbers)):
        rows = transaction.rows("SELECT id, path FROM paths WHERE id IN (:ids)", {"ids": chunk})
        found.update((number, path_from_text(path)) for number, path in rows)
    return found


def sides_of(transaction: Transaction, places: Iterable[DatabaseRow]) -> dict[DatabaseRow, list[DatabaseRow]]:
    """The sides of changes of several statements, by seq and position: whether it is the side after, the statement's
    id, its revision and ordinal, the text, the links and the kind of block."""
    query = """
        SELECT sides."after", statements.id, sides.revision, sides.ordinal, texts.text, texts.links, revisions.kind
        FROM sides
        JOIN statements ON statements.number = sides.statement
        JOIN revisions ON revisions.statement = sides.statement AND revisions.number = sides.revision
        JOIN texts ON texts.id = sides.text
        WHERE sides.seq = :seq AND sides.position = :position
        ORDER BY sides."after", sides.part
    """
    return {place: transaction.rows(query, {"seq": place[0], "position": place[1]}) for place in places}


def failures_of(transaction: Transaction) -> list[Failure]:
    """The documents whose newest version cannot be read, by path."""
    rows = transaction.rows(
        f"""
        SELECT documents.path, changes.message
        FROM documents
        JOIN changes ON changes.document = documents.number
        WHERE documents.present AND {failed(transaction)} AND changes.kind = :kind
        ORDER BY documents.path, changes.seq
        """,
        {"kind": kind_to_number(ChangeKind.FAILED)},
    )
    newest = {path: message or "" for path, message in rows}
    return [Failure(path_from_text(path), message) for path, message in newest.items()]


def _upgraded(transaction: Transaction, ids: Sequence[str]) -> Collection[str]:
    """Which of these changes an upgrade of our rules brought: there has rarely been one."""
    if transaction.row("SELECT change FROM upgraded LIMIT 1") is None:
        return ()
    return set(transaction.values("SELECT change FROM upgraded WHERE change IN (:ids)", {"ids": ids}))


def _change(row: DatabaseRow, known: _SharedValues) -> Change:
    (
        seq, position, identity, level, kind, document, path_number, path_before, cause, group, substantive, aspects,
        similarity, moved, baseline, gone_seq, message, returns, copies, announced, metadata, language,
        aspects_known, statement, before_number, before_ordinal, before_text, before_links, after_number, after_ordinal,
        after_text, after_links, document_language,
    ) = row  # fmt: skip
    before: tuple[Side, ...]
    after: tuple[Side, ...]
    path = known.paths[path_number]
    old_path = path if path_before is None else known.paths[path_before]
    if statement is None:
        sides = known.sides.get((seq, position), ())
        before = tuple(_side(old_path, *side[1:6]) for side in sides if not side[0])
        after = tuple(_side(path, *side[1:6]) for side in sides if side[0])
    else:
        before = after = ()
        if before_text is not None:
            before = (_side(old_path, statement, before_number, before_ordinal, before_text, before_links),)
        if after_text is not None:
            after = (_side(path, statement, after_number, after_ordinal, after_text, after_links),)
    return Change._make((  # in the order of its fields
        identity,
        LEVELS[level],
        KINDS[kind],
        *known.snapshots[seq][:3],
        path,
        document,
        old_path if path_before is not None and not level else None,
        None if cause is None else CAUSES[cause],
        group,
        _SIGNIFICANCE[substantive],
        aspects_from_bits(aspects),
        None if similarity is None else similarity / SIMILARITY,
        bool(moved),
        bool(baseline),
        identity in known.upgraded,
        None if gone_seq is None else known.snapshots[gone_seq][1],
        before,
        after,
        WordEdits(before, after),
        message,
        returns,
        copies,
        document_language,
        known.snapshots[seq][3],
        None if announced is None else bool(announced),
        bool(metadata),
        language,
        None if aspects_known is None else bool(aspects_known),
    ))  # fmt: skip


def _side(path: str, statement: str, number: int, ordinal: int, text: str, links: str | None) -> Side:
    return Side(statement, number, path, ordinal, text, links_from_text(links) if links else ())
