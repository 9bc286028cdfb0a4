"""Documents, their versions, and the statements in them: what the ledger says of a place and a life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, select

from monitor.core.wording import WordEdits
from monitor.model import Blame, Document, Life, Moment, Revision
from monitor.stores import tables
from monitor.stores.asking import CHUNK, Asking, chunks
from monitor.stores.changerows import told
from monitor.stores.readchanges import Named, seq_of
from monitor.stores.rows import BLOCK_KINDS
from monitor.stores.sql import ready
from monitor.stores.values import links_from_text, moment_from_text, path_from_text, unpack_members


def moment_of(snapshot: str, taken_at: str) -> Moment:
    return Moment(snapshot, moment_from_text(taken_at))


class _Revised(NamedTuple):
    number: int
    text: str
    links: str | None
    snapshot: str
    taken_at: str


def life_of(asking: Asking, statement: Named) -> Life:
    """Everything that is known of a statement."""
    rows = [_Revised(*row) for row in asking.ask("revisions", statement=statement.number)]
    revisions = [
        Revision(
            row.number,
            row.text,
            links_from_text(row.links),
            moment_of(row.snapshot, row.taken_at),
            WordEdits([rows[at - 1]], [row]) if at else (),
        )
        for at, row in enumerate(rows)
    ]
    path = statement.path
    if path is None:
        ((path,),) = asking.ask("path of a document", document=statement.document)
    changes = list(asking.ask("changes of a statement", statement=statement.number))
    return Life(
        statement=statement.id,
        document=path_from_text(path),
        present=statement.present,
        revisions=tuple(revisions),
        changes=tuple(told(asking, chunks(changes))),
        aliases=tuple(old for (old,) in asking.ask("other names", statement=statement.id)),
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
    if at is not None:
        query = query.where(version.c.seq <= seq_of(connection, at))
    return connection.execute(query).first()


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
