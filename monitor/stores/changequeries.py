"""Queries over changes and statements that others build on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, select, union

from monitor.stores import tables


def with_texts() -> Select[Any]:
    """A query over `changes` that `told` makes changes of; restricted and ordered by who asks."""
    change, document, revision = tables.changes.c, tables.documents, tables.revisions
    return (
        select(
            change.seq, change.position, change.id, change.level, change.kind, document.c.id, change.path,
            change.path_before, change.cause, change.group, change.substantive, change.aspects, change.similarity,
            change.moved, change.baseline, change.absent_since, change.message, change.returns, change.copies,
            change.statement_id, change.before_number, change.before_ordinal, change.before_text, change.before_links,
            change.after_number, change.after_ordinal, revision.c.text, revision.c.links,
        )
        .select_from(tables.changes)
        .outerjoin(document, document.c.number == change.document)
        .outerjoin(revision, revision.c.id == change.after_row)
    )  # fmt: skip


def touching(statement: Any) -> tuple[Any, Any]:
    """The same by the statement's number."""
    change, side = tables.changes.c, tables.sides.c
    places = union(  # which tells each once
        select(change.seq, change.position).where(change.statement == statement),
        select(side.seq, side.position).where(side.statement == statement),
    ).subquery()
    return places, and_(places.c.seq == change.seq, places.c.position == change.position)


def named_statements() -> Select[Any]:
    """A query for what `Named` tells."""
    statement = tables.statements.c
    return select(statement.number, statement.id, statement.document, statement.path, statement.present)
