"""What the pages ask of the ledger beside `ports.LedgerQueries`: the versions of a document, copies, tallies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, or_, select

from monitor.model import Aspect, Document, Level, Moment
from monitor.stores import tables
from monitor.stores.engine import reading
from monitor.stores.readdocuments import document_of, documents_query, moment_of
from monitor.stores.rows import LEVELS
from monitor.stores.sql import ready
from monitor.stores.values import aspects_from_bits, moment_from_text, moment_to_text, path_from_text


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """A snapshot in which a document changed; `present` False where it went."""

    moment: Moment
    path: str
    present: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """How many changes there are of one sort: of one snapshot, document or aspect."""

    substantive: int = 0
    editorial: int = 0

    @property
    def total(self) -> int:
        return self.substantive + self.editorial


class PageFacts:
    """The ledger as the pages see it; one that was never written holds nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def document(self, identity: str) -> Document | None:
        """The document with this id."""
        with reading(self._engine) as connection:
            if not ready(connection):
                return None
            row = connection.execute(documents_query().where(tables.documents.c.id == identity)).first()
            return None if row is None else document_of(row)

    def documents(self, words: str, after: str | None, limit: int) -> list[Document]:
        """Documents whose path holds `words`, by path, behind the one with the id `after`."""
        document = tables.documents
        with reading(self._engine) as connection:
            if not ready(connection):
                return []
            query = documents_query().order_by(document.c.path, document.c.id).limit(limit)
            if words:
                query = query.where(func.lower(document.c.path).contains(words.lower(), autoescape=True))
            if after is not None:
                path = select(document.c.path).where(document.c.id == after).scalar_subquery()
                later = and_(document.c.path == path, document.c.id > after)
                query = query.where(or_(document.c.path > path, later))
            return [document_of(row) for row in connection.execute(query)]

    def paths(self, limit: int) -> list[str]:
        """Some paths, as suggestions for a form."""
        document = tables.documents
        with reading(self._engine) as connection:
            if not ready(connection):
                return []
            query = select(document.c.path).where(document.c.present).order_by(document.c.path).limit(limit)
            return [path_from_text(path) for path in connection.scalars(query)]

    def versions(self, identity: str) -> list[DocumentVersion]:
        """Every snapshot in which a document changed, oldest first."""
        version, fold, document = tables.versions, tables.folds, tables.documents
        with reading(self._engine) as connection:
            if not ready(connection):
                return []
            query = (
                select(version.c.path, version.c.present, fold.c.snapshot, fold.c.taken_at)
                .join(fold, fold.c.seq == version.c.seq)
                .join(document, document.c.number == version.c.document)
                .where(document.c.id == identity)
                .order_by(version.c.seq)
            )
            return [
                DocumentVersion(moment_of(row.snapshot, row.taken_at), path_from_text(row.path), row.present)
                for row in connection.execute(query)
            ]

    def copies(self, statement: str, limit: int) -> list[tuple[str, str]]:
        """Other present statements with the same folded text: their ids and paths."""
        one, document = tables.statements, tables.documents
        own = select(one.c.key).where(one.c.id == statement).scalar_subquery()
        with reading(self._engine) as connection:
            if not ready(connection):
                return []
            query = (
                select(one.c.id, func.coalesce(one.c.path, document.c.path).label("path"))
                .join(document, document.c.number == one.c.document)
                .where(one.c.key == own, one.c.id != statement, one.c.present)
                .order_by(document.c.path, one.c.number)
                .limit(limit)
            )
            return [(row.id, path_from_text(row.path)) for row in connection.execute(query)]

    def by_moment(self, since: datetime | None, until: datetime | None) -> list[tuple[datetime, Tally]]:
        """The changes of each snapshot of a period, oldest first, without what the first snapshot held."""
        change, fold = tables.changes, tables.folds
        with reading(self._engine) as connection:
            counted = _counted(connection, change.c.seq, since, until)
            query = select(fold.c.seq, fold.c.taken_at).order_by(fold.c.taken_at, fold.c.seq)
            rows = connection.execute(query) if counted else ()
            return [(moment_from_text(row.taken_at), counted[row.seq]) for row in rows if row.seq in counted]

    def by_document(self, since: datetime | None, until: datetime | None) -> list[tuple[str, str, Tally]]:
        """The same of each document: its id, its path, how many."""
        change, document = tables.changes, tables.documents
        with reading(self._engine) as connection:
            counted = _counted(connection, change.c.document, since, until)
            query = select(document.c.number, document.c.id, document.c.path).order_by(document.c.path, document.c.id)
            rows = connection.execute(query) if counted else ()
            return [(row.id, path_from_text(row.path), counted[row.number]) for row in rows if row.number in counted]

    def by_aspect(self, since: datetime | None, until: datetime | None) -> list[tuple[Aspect, Tally]]:
        """The same of each aspect; a change with two counts for both."""
        with reading(self._engine) as connection:
            return list(_by_aspect(_counted(connection, tables.changes.c.aspects, since, until)))


def _counted(connection: Connection, by: Any, since: datetime | None, until: datetime | None) -> dict[Any, Tally]:
    if not ready(connection):
        return {}
    substantive = func.count().filter(tables.changes.c.substantive)
    query = select(by.label("by"), func.count().label("many"), substantive.label("substantive"))
    rows = connection.execute(query.where(*_news(since, until)).group_by(by))
    return {row.by: Tally(row.substantive, row.many - row.substantive) for row in rows}


def _news(since: datetime | None, until: datetime | None) -> Iterator[Any]:
    change, fold = tables.changes, tables.folds
    yield ~change.c.baseline
    yield change.c.level == LEVELS.index(Level.STATEMENT)
    if since is not None or until is not None:
        within = select(fold.c.seq)
        if since is not None:
            within = within.where(fold.c.taken_at >= moment_to_text(since))
        if until is not None:
            within = within.where(fold.c.taken_at <= moment_to_text(until))
        yield change.c.seq.in_(within)


def _by_aspect(counted: dict[int, Tally]) -> Iterator[tuple[Aspect, Tally]]:
    for aspect in Aspect:
        having = [tally for bits, tally in counted.items() if aspect in aspects_from_bits(bits)]
        if having:
            yield aspect, Tally(sum(one.substantive for one in having), sum(one.editorial for one in having))
