"""What a fold and a run's news ask the ledger and tell it, as statements of SQLAlchemy's Core, by name.

This is where they are written, for both databases. `compiled` holds what Core makes of them for SQLite, so that a run
with news need not load SQLAlchemy, which takes longer than all else that it does; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, insert, literal, select, update
from sqlalchemy.sql import Executable

from monitor.model import ChangeKind
from monitor.stores import tables
from monitor.stores.changequeries import named_statements, touching, with_texts

Question = tuple[str, Executable]


@cache
def questions() -> dict[str, Executable]:
    """Every statement by its name."""
    return dict(_questions())


def _questions() -> Iterator[Question]:
    yield from _about()
    yield from _heads()
    yield from _statements()
    yield from _news()
    yield from _with_changes()
    yield from _life()
    for table in (tables.documents, tables.statements):
        yield f"forget {table.name}", delete(table).where(table.c.number.in_(_several("numbers")))


def _several(name: str) -> Any:
    return bindparam(name, expanding=True)


def _about() -> Iterator[Question]:
    """The ledger itself, and how far it is."""
    meta, fold = tables.meta, tables.folds
    yield "meta", select(meta.c.value).where(meta.c.name == bindparam("of"))
    yield "set meta", update(meta).where(meta.c.name == bindparam("of")).values(value=bindparam("to"))
    yield "add meta", insert(meta).values(name=bindparam("of"), value=bindparam("to"))
    newest = select(fold.c.taken_at, fold.c.tie).where(fold.c.source == bindparam("source"))
    yield "last fold", newest.order_by(fold.c.seq.desc()).limit(1)
    yield "source of", select(fold.c.source).where(fold.c.snapshot == bindparam("snapshot"))
    yield "how many folds", select(func.count()).select_from(fold)
    last = select(func.max(fold.c.seq)).group_by(fold.c.source)
    told = (fold.c.snapshot, fold.c.source, fold.c.taken_at, fold.c.recorded_at, fold.c.author, fold.c.origin)
    yield "last folds", select(*told).where(fold.c.seq.in_(last))
    yield "places wait", select(literal(1)).select_from(tables.born).limit(1)


def _heads() -> Iterator[Question]:
    document = tables.documents
    query = select(document).where(document.c.source == bindparam("source")).order_by(document.c.number)
    yield "documents at paths", query.where(document.c.path.in_(_several("wanted")))
    yield "documents of blobs", query.where(document.c.blob.in_(_several("wanted")))


def _statements() -> Iterator[Question]:
    statement, revision = tables.statements.c, tables.revisions.c
    query = select(*tables.statements.columns, revision.text, revision.links).join(
        tables.revisions, revision.id == statement.text_row
    )
    query = query.order_by(statement.number)
    yield "statements", _among(query, statement.number)
    present, absent = query.where(statement.present), query.where(~statement.present)
    yield "absent statements with keys", _among(absent, statement.key)
    for at, sketch in enumerate((statement.sketch1, statement.sketch2, statement.sketch3), 1):
        yield f"present statements like {at}", _among(present, sketch)
        yield f"absent statements like {at}", _among(absent, sketch)
    holders = select(statement.key, statement.number, statement.document).where(statement.present)
    yield "holders", _among(holders, statement.key)


def _among(query: Select[Any], column: ColumnElement[Any]) -> Select[Any]:
    return query.where(column.in_(_several("wanted")))


def _news() -> Iterator[Question]:
    """What a run tells."""
    document, change = tables.documents, tables.changes
    of_fold = with_texts().where(change.c.seq == bindparam("seq"))
    yield "changes of a fold", of_fold.order_by(change.c.position.desc())
    yield (
        "failures",
        select(document.c.path, change.c.message)
        .join(change, change.c.document == document.c.number)
        .where(document.c.present, document.c.failed, change.c.kind == ChangeKind.FAILED.value)
        .order_by(document.c.path, change.c.seq),
    )


def _with_changes() -> Iterator[Question]:
    """What goes with changes that were read."""
    fold, side, statement, revision = tables.folds.c, tables.sides.c, tables.statements.c, tables.revisions.c
    yield "folds", _among(select(fold.seq, fold.snapshot, fold.taken_at, fold.recorded_at), fold.seq)
    sides = select(
        side.after, statement.id, side.revision, side.ordinal, revision.text, revision.links, revision.kind
    ).join(tables.statements, statement.number == side.statement)
    sides = sides.join(tables.revisions, revision.id == side.text_row).order_by(side.after, side.part)
    yield "sides of a change", sides.where(side.seq == bindparam("seq"), side.position == bindparam("position"))
    upgraded = select(tables.upgraded.c.change)
    yield "one upgraded", upgraded.limit(1)
    yield "upgraded", _among(upgraded, tables.upgraded.c.change)


def _life() -> Iterator[Question]:
    """One statement, from its id on."""
    statement, revision, fold, change = tables.statements.c, tables.revisions.c, tables.folds.c, tables.changes.c
    within = statement.id >= bindparam("low"), statement.id < bindparam("high")
    yield "statements named", named_statements().where(*within).limit(2)
    revisions = select(revision.number, revision.text, revision.links, fold.snapshot, fold.taken_at)
    revisions = revisions.join(tables.folds, fold.seq == revision.seq).order_by(revision.number)
    yield "revisions", revisions.where(revision.statement == bindparam("statement"))
    document = tables.documents.c
    yield "path of a document", select(document.path).where(document.number == bindparam("document"))
    changes = with_texts().join(*touching(bindparam("statement")))
    yield "changes of a statement", changes.order_by(change.seq, change.position.desc())
    alias = tables.aliases.c
    yield "other names", select(alias.old).where(alias.new == bindparam("statement")).order_by(alias.old)


def written() -> Iterable[Any]:
    """The tables that a fold puts rows in."""
    return (
        tables.folds,
        tables.documents,
        tables.versions,
        tables.statements,
        tables.revisions,
        tables.changes,
        tables.sides,
    )
