"""Query changes: filters as SQL, and rows into changes with their sides and texts.

Snapshots, which many changes share, are read once for each chunk; several statements on a side are read separately.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from monitor.core.diff.words import WordEdits
from monitor.errors import StoreError, UsageError
from monitor.ledger.aliases import statements_with_alias
from monitor.ledger.codec import (
    LEVELS,
    aspects_from_bits,
    aspects_to_bits,
    links_from_text,
    path_from_text,
    path_to_text,
    time_from_text,
    time_to_text,
)
from monitor.ledger.database import DatabaseRow, Transaction
from monitor.ledger.schema import failed
from monitor.model import Change, ChangeFilter, ChangeKind, Failure, Level, Side, Significance

SELECT_CHANGES = """
SELECT changes.seq, changes.position, changes.id, changes.level, changes.kind, documents.id, changes.path,
    changes.path_before, changes.cause, changes."group", changes.substantive, changes.aspects, changes.similarity,
    changes.moved, changes.baseline, changes.absent_since, changes.message, changes.returns, changes.copies,
    changes.statement_id, changes.before_number, changes.before_ordinal, changes.before_text, changes.before_links,
    changes.after_number, changes.after_ordinal, revisions.text, revisions.links
FROM changes
LEFT JOIN documents ON documents.number = changes.document
LEFT JOIN revisions ON revisions.id = changes.after_row
"""
"""Rows for `changes_from_rows`; who asks adds what restricts and orders them."""

TOUCHING = """
JOIN (
    SELECT changes.seq, changes.position FROM changes WHERE changes.statement = :statement
    UNION
    SELECT sides.seq, sides.position FROM sides WHERE sides.statement = :statement
) AS touching ON touching.seq = changes.seq AND touching.position = changes.position
"""
"""Restricts it to the changes of one statement, by its number."""

FULL_ID = 20  # characters
_KINDS = {str(kind): kind for kind in ChangeKind}
_SIGNIFICANCE = Significance.EDITORIAL, Significance.SUBSTANTIVE
_ID, _LEVEL, _STATEMENT = 2, 3, 19  # where they stand in a row
_LAST = (1 << 31) - 1  # no fold has a greater number
_DIGITS = frozenset("0123456789abcdef")
_SnapshotOfRow = tuple[str, datetime, datetime]  # a snapshot, when it was taken, when it was recorded


# --- which changes ------------------------------------------------------------------------------


def changes_of(transaction: Transaction, wanted: ChangeFilter) -> Iterator[Change]:
    """The changes that are asked for, in the order of the log."""
    conditions, given = _conditions(wanted)
    join = ""
    if wanted.statement is not None:
        statement = find_statement(transaction, wanted.statement)
        if statement is None:
            raise UsageError(f"{wanted.statement}: no statement has this id")
        join, given["statement"] = TOUCHING, statement.number
    where = " AND ".join(["changes.seq BETWEEN :low AND :high", *conditions])
    query = f"{SELECT_CHANGES} {join} WHERE {where} ORDER BY changes.seq DESC, changes.position DESC"
    left = wanted.limit
    if left is not None:
        query += " LIMIT :left"
    for low, high in _spans(transaction, wanted):
        rows = transaction.stream(query, {**given, "low": low, "high": high, "left": left})
        found: Iterable[Change] = changes_from_rows(transaction, rows)
        if left is not None:
            found = list(found)
            left -= len(found)
        yield from found
        if left == 0:
            return


def _conditions(wanted: ChangeFilter) -> tuple[list[str], dict[str, object]]:
    """What sort of change, of which document; with the parameters."""
    conditions: list[str] = []
    given: dict[str, object] = {}
    if wanted.kinds:
        conditions.append("changes.kind IN (:kinds)")
        given["kinds"] = sorted(str(kind) for kind in wanted.kinds)
    if wanted.aspects:
        conditions.append("(changes.aspects & :aspects) <> 0")
        given["aspects"] = aspects_to_bits(set(wanted.aspects))
    if wanted.significance is not None:
        conditions.append("changes.substantive = :substantive")
        given["substantive"] = wanted.significance is Significance.SUBSTANTIVE
    if wanted.level is not None:
        conditions.append("changes.level = :level")
        given["level"] = LEVELS.index(wanted.level)
    if not wanted.baseline:
        conditions.append("NOT changes.baseline")
    if wanted.document is not None:
        # of the document that has or last had this path, and whatever else touched the path
        conditions.append(
            "(changes.path = :path OR changes.path_before = :path"
            " OR changes.document IN (SELECT documents.number FROM documents WHERE documents.path = :path))"
        )
        given["path"] = path_to_text(wanted.document)
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


# --- what an id or its beginning names ----------------------------------------------------------


class NamedStatement(NamedTuple):
    """A statement that was asked for; `path` where it is gone: where it stood."""

    number: int
    id: str
    document: int
    path: str | None
    present: bool


_SELECT_NAMED = "SELECT number, id, document, path, present FROM statements"


def id_range(prefix: str) -> dict[str, object]:
    """The ids that begin so, as an index answers it: those from `low` on and before `high`.

    `g` comes after all hexadecimal digits.
    """
    asked = prefix.lower()
    return {"low": asked, "high": f"{asked}g"} if set(asked) <= _DIGITS else {"low": "", "high": ""}


def find_statement(transaction: Transaction, prefix: str) -> NamedStatement | None:
    """The statement whose id, or another name of which, is or begins with `prefix`; UsageError where there are two."""
    rows = transaction.rows(f"{_SELECT_NAMED} WHERE id >= :low AND id < :high LIMIT 2", id_range(prefix))
    if not rows or len(prefix) < FULL_ID:
        ids = statements_with_alias(transaction, id_range(prefix))
        rows += transaction.rows(f"{_SELECT_NAMED} WHERE id IN (:ids)", {"ids": ids}) if ids else []
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
    snapshots: dict[int, _SnapshotOfRow] = {}
    for rows in chunked:
        wanted = {row[0] for row in rows}
        _read_snapshots(transaction, wanted - snapshots.keys(), snapshots)
        if not wanted <= snapshots.keys():
            raise StoreError("the ledger has changes of snapshots that it does not list; `monitor run` repairs it")
        of_several = [row[:2] for row in rows if row[_STATEMENT] is None and LEVELS[row[_LEVEL]] is Level.STATEMENT]
        several = sides_of(transaction, of_several)
        upgraded = _upgraded(transaction, [row[_ID] for row in rows])
        yield from [_change(row, snapshots[row[0]], several, upgraded) for row in rows]


def sides_of(transaction: Transaction, places: Iterable[DatabaseRow]) -> dict[DatabaseRow, list[DatabaseRow]]:
    """The sides of changes of several statements, by seq and position: whether it is the side after, the statement's
    id, its revision and ordinal, the text, the links and the kind of block."""
    query = """
        SELECT sides."after", statements.id, sides.revision, sides.ordinal, revisions.text, revisions.links,
            revisions.kind
        FROM sides
        JOIN statements ON statements.number = sides.statement
        JOIN revisions ON revisions.id = sides.text_row
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
        {"kind": ChangeKind.FAILED.value},
    )
    newest = {path: message or "" for path, message in rows}
    return [Failure(path_from_text(path), message) for path, message in newest.items()]


def _read_snapshots(transaction: Transaction, seqs: Collection[int], found: dict[int, _SnapshotOfRow]) -> None:
    if seqs:
        query = "SELECT seq, snapshot, taken_at, recorded_at FROM folds WHERE seq IN (:seqs)"
        for seq, snapshot, taken_at, recorded_at in transaction.rows(query, {"seqs": list(seqs)}):
            found[seq] = snapshot, time_from_text(taken_at), time_from_text(recorded_at)


def _upgraded(transaction: Transaction, ids: Sequence[str]) -> Collection[str]:
    """Which of these changes an upgrade of our rules brought: there has rarely been one."""
    if transaction.row("SELECT change FROM upgraded LIMIT 1") is None:
        return ()
    return set(transaction.values("SELECT change FROM upgraded WHERE change IN (:ids)", {"ids": ids}))


def _change(
    row: DatabaseRow,
    snapshot: _SnapshotOfRow,
    several: Mapping[DatabaseRow, Sequence[DatabaseRow]],
    upgraded: Collection[str],
) -> Change:
    (
        seq, position, identity, level, kind, document, path, path_before, cause, group, substantive, aspects,
        similarity, moved, baseline, absent_since, message, returns, copies, statement,
        before_number, before_ordinal, before_text, before_links, after_number, after_ordinal, after_text, after_links,
    ) = row  # fmt: skip
    before: tuple[Side, ...]
    after: tuple[Side, ...]
    path = path_from_text(path)
    old_path = path if path_before is None else path_from_text(path_before)
    if statement is None:
        sides = several.get((seq, position), ())
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
        _KINDS[kind],
        *snapshot,
        path,
        document,
        old_path if path_before is not None and not level else None,
        cause,
        group,
        _SIGNIFICANCE[substantive],
        aspects_from_bits(aspects),
        similarity,
        bool(moved),
        bool(baseline),
        identity in upgraded,
        None if absent_since is None else time_from_text(absent_since),
        before,
        after,
        WordEdits(before, after),
        message,
        returns,
        copies,
    ))  # fmt: skip


def _side(path: str, statement: str, number: int, ordinal: int, text: str, links: str | None) -> Side:
    return Side(statement, number, path, ordinal, text, links_from_text(links) if links else ())
