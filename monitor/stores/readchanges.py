"""Changes as the ledger holds them -> changes as people and programs see them: filtered, ordered, with texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, Select, Subquery, and_, false, or_, select

from monitor.errors import UsageError
from monitor.model import Change, ChangeFilter, Significance
from monitor.stores import tables
from monitor.stores.aliases import aliased
from monitor.stores.asking import CHUNK
from monitor.stores.changerows import changes_from
from monitor.stores.rows import LEVELS
from monitor.stores.values import (
    aspect_bit,
    moment_to_text,
    path_to_text,
)

FULL_ID = 20  # characters
_DIGITS = frozenset("0123456789abcdef")


def filtered(connection: Connection, wanted: ChangeFilter) -> Select[Any]:
    change, fold = tables.changes, tables.folds
    query = select(change).join(fold, fold.c.seq == change.c.seq)
    conditions = [*_period(connection, wanted), *_sort_of(wanted)]
    if wanted.document is not None:
        conditions.append(_of_document(wanted.document))
    if wanted.statement is not None:
        conditions.append(_offind_statement(connection, wanted.statement))
    query = query.where(*conditions)
    if wanted.limit is not None:
        query = query.order_by(change.c.seq.desc(), change.c.position).limit(wanted.limit)
    return query


def _period(connection: Connection, wanted: ChangeFilter) -> Iterator[Any]:
    """When: by time, or by place in the order of the fold."""
    change, fold = tables.changes, tables.folds
    if wanted.since is not None:
        yield fold.c.taken_at >= moment_to_text(wanted.since)
    if wanted.until is not None:
        yield fold.c.taken_at <= moment_to_text(wanted.until)
    if wanted.after_snapshot is not None:
        yield change.c.seq > seq_of(connection, wanted.after_snapshot)
    if wanted.snapshot is not None:
        yield change.c.seq == seq_of(connection, wanted.snapshot)


def _sort_of(wanted: ChangeFilter) -> Iterator[Any]:
    """What sort of change."""
    change = tables.changes
    if wanted.kinds:
        yield change.c.kind.in_(sorted(wanted.kinds))
    if wanted.aspects:
        yield or_(*(change.c.aspects.op("&")(aspect_bit(one)) != 0 for one in wanted.aspects))
    if wanted.significance is not None:
        yield change.c.substantive == (wanted.significance is Significance.SUBSTANTIVE)
    if wanted.level is not None:
        yield change.c.level == LEVELS.index(wanted.level)
    if not wanted.baseline:
        yield ~change.c.baseline


def _of_document(path: str) -> Any:
    """Of the document that has or last had this path, and whatever else touched the path."""
    change, document = tables.changes, tables.documents
    path = path_to_text(path)
    named = select(document.c.number).where(document.c.path == path)
    return or_(change.c.path == path, change.c.path_before == path, change.c.document.in_(named))


def _offind_statement(connection: Connection, prefix: str) -> Any:
    change, side = tables.changes, tables.sides
    row = find_statement(connection, prefix)
    if row is None:
        raise UsageError(f"{prefix}: no statement has this id")
    touching = select(side.c.seq, side.c.position).where(side.c.statement == row.number).distinct().subquery()
    return (
        select(touching.c.seq).where(touching.c.seq == change.c.seq, touching.c.position == change.c.position).exists()
    )


def changes_of(connection: Connection, query: Select[Any]) -> Iterator[Change]:
    """The changes of a query over `changes`, with their sides and texts, in the order of the log."""
    return told(connection, with_sides(query))


def with_sides(query: Select[Any], *, oldest_first: bool = False) -> Select[Any]:
    """A query over `changes` with what `told` makes changes of, in the order of the log."""
    one: Subquery = query.subquery()
    fold, side, statement, revision = tables.folds, tables.sides, tables.statements, tables.revisions
    document, upgraded = tables.documents, tables.upgraded
    return (
        select(
            one,
            fold.c.snapshot,
            fold.c.taken_at,
            fold.c.recorded_at,
            document.c.id.label("document_id"),
            upgraded.c.change.is_not(None).label("technical_upgrade"),
            side.c.after,
            side.c.revision,
            side.c.ordinal,
            statement.c.id.label("statement_id"),
            revision.c.text,
            revision.c.links,
        )
        .join(fold, fold.c.seq == one.c.seq)
        .outerjoin(document, document.c.number == one.c.document)
        .outerjoin(upgraded, upgraded.c.change == one.c.id)
        .outerjoin(side, and_(side.c.seq == one.c.seq, side.c.position == one.c.position))
        .outerjoin(statement, statement.c.number == side.c.statement)
        .outerjoin(revision, and_(revision.c.statement == side.c.statement, revision.c.number == side.c.revision))
        .order_by(one.c.seq if oldest_first else one.c.seq.desc(), one.c.position, side.c.after, side.c.part)
        .execution_options(yield_per=CHUNK)
    )


def told(connection: Connection, joined: Select[Any], **values: object) -> Iterator[Change]:
    """The changes of a query that `with_sides` made; `values` are those of its parameters."""
    found = connection.execute(joined, values)
    return changes_from(tuple(found.keys()), found)


def begins(ids: Any, prefix: str) -> Any:
    """Whether a column's ids begin so, as an index answers it: `g` stands behind all hexadecimal digits."""
    asked = prefix.lower()
    return and_(ids >= asked, ids < f"{asked}g") if set(asked) <= _DIGITS else false()


def seq_of(connection: Connection, snapshot: str | None) -> int | None:
    if snapshot is None:
        return None
    seq: int | None = connection.scalar(select(tables.folds.c.seq).where(tables.folds.c.snapshot == snapshot))
    if seq is None:
        raise UsageError(
            f"snapshot {snapshot[:12]} is not in the ledger; `monitor run` or `monitor rebuild` folds it in"
        )
    return seq


def find_statement(connection: Connection, prefix: str) -> Row[Any] | None:
    """The statement whose id, or another name of which, is or begins with `prefix`."""
    statement = tables.statements
    query = select(statement).where(begins(statement.c.id, prefix)).limit(2)
    rows = connection.execute(query).all()
    if not rows or len(prefix) < FULL_ID:
        named = aliased(connection, begins(tables.aliases.c.old, prefix))
        if named is not None:
            known = {row.id for row in rows}
            others = connection.execute(select(statement).where(statement.c.id.in_(named)).limit(3))
            rows = [*rows, *(row for row in others if row.id not in known)]
    if len(rows) > 1:
        raise UsageError(f"{prefix}: several statements begin with this; give more of the id")
    return rows[0] if rows else None
