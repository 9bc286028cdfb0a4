"""Ids that statements had before older history came in: kept as other names of the statements that took their place.

A statement's id tells when it first stood somewhere. Where a fold from the first snapshot on gives it another id, the
two are known to be one by the place (snapshot, document, ordinal) where the old one first stood: the same bytes are cut
by the same rules into the same statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, insert, literal, select, update

from monitor.stores import tables
from monitor.stores.asking import CHUNK, chunks
from monitor.stores.engine import has_table
from monitor.stores.values import unpack_members


def remember_places(connection: Connection) -> None:
    """Before the ledger is emptied: where each statement first stood. What waits from an earlier time stays."""
    tables.kept.create_all(connection)
    if connection.execute(select(literal(1)).select_from(tables.born).limit(1)).first():
        return
    for places in (_born_alone(), _born_in_a_split()):
        connection.execute(insert(tables.born).from_select([column.name for column in tables.born.columns], places))


def _born_alone() -> Select[Any]:
    """Statements that a change of their own brought: id, snapshot, path, ordinal."""
    statement, change, fold = tables.statements.c, tables.changes.c, tables.folds.c
    first = and_(change.statement == statement.number, change.seq == statement.first_seq, change.after_number == 1)
    return (
        select(statement.id, fold.snapshot, change.path, change.after_ordinal)
        .join(tables.changes, first)
        .join(tables.folds, fold.seq == change.seq)
    )


def _born_in_a_split() -> Select[Any]:
    """The same of those that came among others."""
    statement, side, change, fold = tables.statements.c, tables.sides.c, tables.changes.c, tables.folds.c
    first = and_(side.statement == statement.number, side.seq == statement.first_seq, side.revision == 1, side.after)
    return (
        select(statement.id, fold.snapshot, change.path, side.ordinal)
        .join(tables.sides, first)
        .join(tables.changes, and_(change.seq == side.seq, change.position == side.position))
        .join(tables.folds, fold.seq == side.seq)
    )


def forget_places(connection: Connection) -> None:
    """Other rules cut otherwise: ordinals of before say nothing any more."""
    connection.execute(delete(tables.born))


def settle_aliases(connection: Connection) -> None:
    """After all is folded again: what the statements are called now that stand where the remembered ones first did."""
    if not has_table(connection, tables.born.name):
        return
    pairs = [(old, new) for place in list(_replaced(connection)) for old, new in _names(connection, place)]
    for chunk in chunks(pairs):
        told = [{"old_id": old, "new_id": new} for old, new in chunk]
        alias = tables.aliases
        connection.execute(
            update(alias).where(alias.c.new == bindparam("old_id")).values(new=bindparam("new_id")), told
        )
        connection.execute(delete(alias).where(alias.c.old.in_([old for old, _ in chunk])))
        connection.execute(insert(alias), [{"old": old, "new": new} for old, new in chunk])
    connection.execute(delete(tables.born))


def aliased(connection: Connection, prefix: Any) -> Any:
    """The ids of the statements that are also known by a name for which `prefix` (a condition on it) holds."""
    if not has_table(connection, tables.aliases.name):
        return None
    return select(tables.aliases.c.new).where(prefix)


def _replaced(connection: Connection) -> Iterator[list[Row[Any]]]:
    """The remembered statements that there are no more, those of one document and snapshot together."""
    born, statement, fold = tables.born, tables.statements, tables.folds
    query = (
        select(born, fold.c.seq, fold.c.source)
        .join(fold, fold.c.snapshot == born.c.snapshot)
        .outerjoin(statement, statement.c.id == born.c.id)
        .where(statement.c.id.is_(None))
        .order_by(fold.c.seq, born.c.path, born.c.ordinal)
        .execution_options(yield_per=CHUNK)
    )
    for _, rows in groupby(connection.execute(query), key=lambda row: (row.seq, row.path)):
        yield list(rows)


def _names(connection: Connection, place: Sequence[Row[Any]]) -> Iterator[tuple[str, str]]:
    """Old and new ids of statements that stood in one version of a document."""
    version, document, statement = tables.versions, tables.documents, tables.statements
    at = place[0]
    query = (
        select(version.c.members)
        .join(document, document.c.number == version.c.document)
        .where(version.c.path == at.path, version.c.seq <= at.seq, version.c.present, document.c.source == at.source)
        .order_by(version.c.seq.desc())
        .limit(1)
    )
    members = unpack_members(connection.scalar(query) or b"")
    numbers = {row.id: members[row.ordinal] for row in place if row.ordinal < len(members)}
    ids: dict[int, str] = {}
    for chunk in chunks(sorted(set(numbers.values()))):
        found = connection.execute(select(statement.c.number, statement.c.id).where(statement.c.number.in_(chunk)))
        ids.update((row.number, row.id) for row in found)
    return ((old, ids[number]) for old, number in numbers.items() if number in ids)
