"""Documents, their versions, and the statements in them: what the ledger says of a place and a life."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, select

from monitor.core.wording import WordEdits
from monitor.model import Blame, Document, Life, Moment, Revision
from monitor.stores import tables
from monitor.stores.aliases import aliases_of
from monitor.stores.asking import CHUNK
from monitor.stores.readchanges import seq_of, told, with_sides
from monitor.stores.rows import BLOCK_KINDS
from monitor.stores.sql import ready
from monitor.stores.values import links_from_text, moment_from_text, path_from_text, unpack_members


def moment_of(snapshot: str, taken_at: str) -> Moment:
    return Moment(snapshot, moment_from_text(taken_at))


@cache
def _revisions() -> Select[Any]:
    revision, fold = tables.revisions, tables.folds
    return (
        select(revision, fold.c.snapshot, fold.c.taken_at)
        .join(fold, fold.c.seq == revision.c.seq)
        .where(revision.c.statement == bindparam("statement"))
        .order_by(revision.c.number)
    )


@cache
def _changes() -> Select[Any]:
    change, side = tables.changes, tables.sides
    touching = select(side.c.seq, side.c.position).where(side.c.statement == bindparam("statement")).distinct()
    place = touching.subquery()
    query = select(change).join(place, and_(place.c.seq == change.c.seq, place.c.position == change.c.position))
    return with_sides(query, oldest_first=True)


def life_of(connection: Connection, statement: Row[Any]) -> Life:
    """Everything that is known of a statement. Its queries are put together once: that costs more than asking them."""
    rows = connection.execute(_revisions(), {"statement": statement.number}).all()
    revisions = [
        Revision(
            row.number,
            row.text,
            links_from_text(row.links),
            moment_of(row.snapshot, row.taken_at),
            WordEdits([rows[at - 1].text], [row.text]) if at else (),
        )
        for at, row in enumerate(rows)
    ]
    path = connection.scalar(select(tables.documents.c.path).where(tables.documents.c.number == statement.document))
    return Life(
        statement=statement.id,
        document=path_from_text(statement.path or path or ""),
        present=statement.present,
        revisions=tuple(revisions),
        changes=tuple(told(connection, _changes(), statement=statement.number)),
        aliases=aliases_of(connection, statement.id),
    )


def documents_query() -> Select[Any]:
    document = tables.documents
    first, last = tables.folds.alias("first"), tables.folds.alias("last")
    return (
        select(
            document,
            first.c.snapshot.label("first_snapshot"),
            first.c.taken_at.label("first_at"),
            last.c.snapshot.label("last_snapshot"),
            last.c.taken_at.label("last_at"),
        )
        .join(first, first.c.seq == document.c.first_seq)
        .join(last, last.c.seq == document.c.last_seq)
    )


def document_of(row: Row[Any]) -> Document:
    return Document(
        id=row.id,
        path=path_from_text(row.path),
        present=row.present,
        blob=row.blob,
        statements=len(unpack_members(row.members)) if row.present else 0,
        first_seen=moment_of(row.first_snapshot, row.first_at),
        last_changed=moment_of(row.last_snapshot, row.last_at),
    )


def version_at(connection: Connection, document_id: str, at: str | None) -> Row[Any] | None:
    if not ready(connection):
        return None
    version, document = tables.versions, tables.documents
    number = select(document.c.number).where(document.c.id == document_id).scalar_subquery()
    query = select(version).where(version.c.document == number).order_by(version.c.seq.desc()).limit(1)
    seq = seq_of(connection, at)
    return connection.execute(query if seq is None else query.where(version.c.seq <= seq)).first()


def blame_of(connection: Connection, members: Sequence[int], until: int | None) -> list[Blame]:
    statement, revision = tables.statements, tables.revisions
    moments = {
        row.seq: moment_of(row.snapshot, row.taken_at)
        for row in connection.execute(select(tables.folds.c.seq, tables.folds.c.snapshot, tables.folds.c.taken_at))
    }
    newest: dict[int, Any] = {}
    for at in range(0, len(members), CHUNK):
        query = (
            select(
                revision.c.statement,
                revision.c.number,
                revision.c.seq,
                revision.c.text,
                revision.c.kind,
                statement.c.id,
                statement.c.first_seq,
            )
            .join(statement, statement.c.number == revision.c.statement)
            .where(revision.c.statement.in_(members[at : at + CHUNK]))
            .order_by(revision.c.statement, revision.c.number)
        )
        if until is not None:
            query = query.where(revision.c.seq <= until)
        for row in connection.execute(query):
            newest[row.statement] = row
    return [
        Blame(
            statement=newest[number].id,
            ordinal=ordinal,
            text=newest[number].text,
            introduced=moments[newest[number].first_seq],
            revised=moments[newest[number].seq] if newest[number].number > 1 else None,
            revisions=newest[number].number,
            kind=str(BLOCK_KINDS[newest[number].kind]),
        )
        for ordinal, number in enumerate(members)
    ]
