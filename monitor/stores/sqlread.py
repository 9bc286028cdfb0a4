"""The reader's side of the ledger: every question of `ports.LedgerQueries`, as SQL and plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, Subquery, and_, func, inspect, or_, select, text

from monitor.core.wording import word_edits
from monitor.errors import UsageError
from monitor.model import (
    Aspect,
    Blame,
    Change,
    ChangeFilter,
    ChangeKind,
    Counts,
    Document,
    Edit,
    Found,
    Level,
    Life,
    Moment,
    Revision,
    Side,
    Significance,
    Snapshot,
)
from monitor.stores import tables
from monitor.stores.members import unpack
from monitor.stores.sql import ASPECTS, CHUNK, explained, links_from_text

LEVELS = list(Level)


class SqlQueries:
    """Implements `ports.LedgerQueries`. A ledger that was never written answers with nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def snapshots(self) -> Sequence[Snapshot]:
        with explained(self._engine), self._engine.connect() as connection:
            if not _ready(connection):
                return []
            rows = connection.execute(select(tables.folds).order_by(tables.folds.c.seq))
            return [
                Snapshot(row.snapshot, row.source, row.taken_at, row.recorded_at, row.author, row.origin)
                for row in rows
            ]

    def changes(self, wanted: ChangeFilter) -> Iterator[Change]:
        with explained(self._engine), self._engine.connect() as connection:
            if _ready(connection):
                yield from _changes(connection, _filtered(connection, wanted))

    def change(self, prefix: str) -> Change | None:
        with explained(self._engine), self._engine.connect() as connection:
            if not _ready(connection):
                return None
            where = tables.changes.c.id.like(_prefix(prefix), escape="\\")
            ids = set(connection.scalars(select(tables.changes.c.id).where(where).limit(2)))
            if len(ids) > 1:
                raise UsageError(f"{prefix}: several changes begin with this; give more of the id")
            found = _changes(connection, select(tables.changes).where(where))
            return next(found, None)

    def life(self, prefix: str) -> Life | None:
        with explained(self._engine), self._engine.connect() as connection:
            if not _ready(connection):
                return None
            statement = _statement(connection, prefix)
            return None if statement is None else _life(connection, statement)

    def documents(self) -> Sequence[Document]:
        with explained(self._engine), self._engine.connect() as connection:
            if not _ready(connection):
                return []
            rows = connection.execute(_documents().order_by(tables.documents.c.path, tables.documents.c.number))
            return [_document(row) for row in rows]

    def document(self, path: str) -> Document | None:
        with explained(self._engine), self._engine.connect() as connection:
            if not _ready(connection):
                return None
            document, version = tables.documents, tables.versions
            newest = (document.c.present.desc(), document.c.source, document.c.last_seq.desc())
            row = connection.execute(_documents().where(document.c.path == path).order_by(*newest)).first()
            if row is None:
                once = select(version.c.document).where(version.c.path == path).order_by(version.c.seq.desc()).limit(1)
                row = connection.execute(_documents().where(document.c.number == once.scalar_subquery())).first()
            return None if row is None else _document(row)

    def blame(self, document_id: str, at: str | None = None) -> Sequence[Blame]:
        with explained(self._engine), self._engine.connect() as connection:
            version = _version_at(connection, document_id, at)
            if version is None or not version.present or version.members is None:
                return []
            return _blame(connection, unpack(version.members), _seq(connection, at))

    def blob_at(self, document_id: str, at: str) -> tuple[str, str] | None:
        with explained(self._engine), self._engine.connect() as connection:
            version = _version_at(connection, document_id, at)
            return None if version is None or not version.present else (version.path, version.blob)

    def search(self, words: str, limit: int) -> Sequence[Found]:
        with explained(self._engine), self._engine.connect() as connection:
            return _search(connection, words, limit) if _ready(connection) and words.split() else []

    def counts(self) -> Counts:
        with explained(self._engine), self._engine.connect() as connection:
            if not _ready(connection):
                return Counts()
            document, statement = tables.documents, tables.statements

            def count(table: Any, *where: Any) -> int:
                return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0

            return Counts(
                snapshots=count(tables.folds),
                documents=count(document, document.c.present),
                statements=count(statement, statement.c.present),
                changes=count(tables.changes, ~tables.changes.c.baseline),
                failures=count(document, document.c.present, document.c.failed),
            )


def _ready(connection: Connection) -> bool:
    return inspect(connection).has_table("meta")


def _prefix(prefix: str) -> str:
    escaped = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%"


def _seq(connection: Connection, snapshot: str | None) -> int | None:
    if snapshot is None:
        return None
    seq: int | None = connection.scalar(select(tables.folds.c.seq).where(tables.folds.c.snapshot == snapshot))
    if seq is None:
        raise UsageError(
            f"snapshot {snapshot[:12]} is not in the ledger; `monitor run` or `monitor rebuild` folds it in"
        )
    return seq


# --- changes ------------------------------------------------------------------------------------


def _filtered(connection: Connection, wanted: ChangeFilter) -> Select[Any]:
    change, fold = tables.changes, tables.folds
    query = select(change).join(fold, fold.c.seq == change.c.seq)
    conditions = [*_period(connection, wanted), *_sort_of(wanted)]
    if wanted.document is not None:
        conditions.append(_of_document(wanted.document))
    if wanted.statement is not None:
        conditions.append(_of_statement(connection, wanted.statement))
    query = query.where(*conditions)
    if wanted.limit is not None:
        query = query.order_by(change.c.seq.desc(), change.c.position).limit(wanted.limit)
    return query


def _period(connection: Connection, wanted: ChangeFilter) -> Iterator[Any]:
    """When: by time, or by place in the order of the fold."""
    change, fold = tables.changes, tables.folds
    if wanted.since is not None:
        yield fold.c.taken_at >= wanted.since
    if wanted.until is not None:
        yield fold.c.taken_at <= wanted.until
    if wanted.after_snapshot is not None:
        yield change.c.seq > _seq(connection, wanted.after_snapshot)
    if wanted.snapshot is not None:
        yield change.c.seq == _seq(connection, wanted.snapshot)


def _sort_of(wanted: ChangeFilter) -> Iterator[Any]:
    """What sort of change."""
    change = tables.changes
    if wanted.kinds:
        yield change.c.kind.in_(sorted(wanted.kinds))
    if wanted.aspects:
        yield or_(*(change.c.aspects.op("&")(1 << ASPECTS.index(one)) != 0 for one in wanted.aspects))
    if wanted.significance is not None:
        yield change.c.substantive == (wanted.significance is Significance.SUBSTANTIVE)
    if wanted.level is not None:
        yield change.c.level == LEVELS.index(wanted.level)
    if not wanted.baseline:
        yield ~change.c.baseline


def _of_document(path: str) -> Any:
    """Of the document that has or last had this path, and whatever else touched the path."""
    change, document = tables.changes, tables.documents
    named = select(document.c.number).where(document.c.path == path)
    return or_(change.c.path == path, change.c.path_before == path, change.c.document.in_(named))


def _of_statement(connection: Connection, prefix: str) -> Any:
    change, side = tables.changes, tables.sides
    row = _statement(connection, prefix)
    if row is None:
        raise UsageError(f"{prefix}: no statement has this id")
    touching = select(side.c.seq, side.c.position).where(side.c.statement == row.number).distinct().subquery()
    return (
        select(touching.c.seq).where(touching.c.seq == change.c.seq, touching.c.position == change.c.position).exists()
    )


def _changes(connection: Connection, query: Select[Any], *, oldest_first: bool = False) -> Iterator[Change]:
    """The changes of a query over `changes`, with their sides and texts, in the order of the log."""
    one: Subquery = query.subquery()
    fold, side, statement, revision = tables.folds, tables.sides, tables.statements, tables.revisions
    document, upgraded = tables.documents, tables.upgraded
    joined = (
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
    for _, rows in groupby(connection.execute(joined), key=lambda row: (row.seq, row.position)):
        yield _change(list(rows))


def _change(rows: Sequence[Row[Any]]) -> Change:
    row = rows[0]
    before = tuple(_side(one, row.path_before or row.path) for one in rows if one.after is not None and not one.after)
    after = tuple(_side(one, row.path) for one in rows if one.after)
    level = LEVELS[row.level]
    return Change(
        id=row.id,
        level=level,
        kind=ChangeKind(row.kind),
        snapshot=row.snapshot,
        taken_at=row.taken_at,
        recorded_at=row.recorded_at,
        document=row.path,
        document_id=row.document_id,
        document_before=row.path_before if level is Level.DOCUMENT else None,
        cause=row.cause,
        group=row.group,
        significance=Significance.SUBSTANTIVE if row.substantive else Significance.EDITORIAL,
        aspects=_aspects(row.aspects),
        similarity=row.similarity,
        moved=row.moved,
        baseline=row.baseline,
        technical_upgrade=bool(row.technical_upgrade),
        absent_since=row.absent_since,
        before=before,
        after=after,
        edits=edits_of([side.text for side in before], [side.text for side in after]),
        message=row.message,
    )


def _side(row: Row[Any], path: str) -> Side:
    return Side(row.statement_id, row.revision, path, row.ordinal, row.text, links_from_text(row.links))


def _aspects(bits: int) -> tuple[Aspect, ...]:
    return tuple(aspect for at, aspect in enumerate(ASPECTS) if bits >> at & 1)


def edits_of(before: Sequence[str], after: Sequence[str]) -> tuple[Edit, ...]:
    """The word diff of two sides; several statements on one are joined by a space."""
    if not before and not after:
        return ()
    old, new = " ".join(before), " ".join(after)
    if not before:
        return (Edit("insert", "", new),)
    if not after:
        return (Edit("delete", old, ""),)
    return word_edits(old, new)


# --- statements and documents -------------------------------------------------------------------


def _statement(connection: Connection, prefix: str) -> Row[Any] | None:
    query = select(tables.statements).where(tables.statements.c.id.like(_prefix(prefix), escape="\\")).limit(2)
    rows = connection.execute(query).all()
    if len(rows) > 1:
        raise UsageError(f"{prefix}: several statements begin with this; give more of the id")
    return rows[0] if rows else None


def _life(connection: Connection, statement: Row[Any]) -> Life:
    revision, fold, change, side = tables.revisions, tables.folds, tables.changes, tables.sides
    rows = connection.execute(
        select(revision, fold.c.snapshot, fold.c.taken_at)
        .join(fold, fold.c.seq == revision.c.seq)
        .where(revision.c.statement == statement.number)
        .order_by(revision.c.number)
    ).all()
    revisions = [
        Revision(
            row.number,
            row.text,
            links_from_text(row.links),
            Moment(row.snapshot, row.taken_at),
            word_edits(rows[at - 1].text, row.text) if at else (),
        )
        for at, row in enumerate(rows)
    ]
    touching = select(side.c.seq, side.c.position).where(side.c.statement == statement.number).distinct().subquery()
    query = select(change).join(
        touching, and_(touching.c.seq == change.c.seq, touching.c.position == change.c.position)
    )
    path = connection.scalar(select(tables.documents.c.path).where(tables.documents.c.number == statement.document))
    return Life(
        statement=statement.id,
        document=statement.path or path or "",
        present=statement.present,
        revisions=tuple(revisions),
        changes=tuple(_changes(connection, query, oldest_first=True)),
    )


def _documents() -> Select[Any]:
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


def _document(row: Row[Any]) -> Document:
    return Document(
        id=row.id,
        path=row.path,
        present=row.present,
        blob=row.blob,
        statements=len(unpack(row.members)) if row.present else 0,
        first_seen=Moment(row.first_snapshot, row.first_at),
        last_changed=Moment(row.last_snapshot, row.last_at),
    )


def _version_at(connection: Connection, document_id: str, at: str | None) -> Row[Any] | None:
    if not _ready(connection):
        return None
    version, document = tables.versions, tables.documents
    number = select(document.c.number).where(document.c.id == document_id).scalar_subquery()
    query = select(version).where(version.c.document == number).order_by(version.c.seq.desc()).limit(1)
    seq = _seq(connection, at)
    return connection.execute(query if seq is None else query.where(version.c.seq <= seq)).first()


def _blame(connection: Connection, members: Sequence[int], until: int | None) -> list[Blame]:
    statement, revision = tables.statements, tables.revisions
    moments = {
        row.seq: Moment(row.snapshot, row.taken_at)
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
        )
        for ordinal, number in enumerate(members)
    ]


# --- search -------------------------------------------------------------------------------------


def _search(connection: Connection, words: str, limit: int) -> list[Found]:
    statement, revision, fold, document = tables.statements, tables.revisions, tables.folds, tables.documents
    rows = connection.execute(
        select(
            statement.c.id,
            statement.c.present,
            statement.c.revision,
            func.coalesce(statement.c.path, document.c.path).label("path"),
            revision.c.number,
            revision.c.text,
            fold.c.snapshot,
            fold.c.taken_at,
        )
        .join(revision, revision.c.statement == statement.c.number)
        .join(fold, fold.c.seq == revision.c.seq)
        .join(document, document.c.number == statement.c.document)
        .where(_holds(connection, words))
        .order_by(statement.c.present.desc(), revision.c.id.desc())
        .limit(limit)
    )
    return [
        Found(
            statement=row.id,
            revision=row.number,
            document=tables.path_from_text(row.path),
            text=row.text,
            since=Moment(row.snapshot, row.taken_at),
            present=row.present and row.number == row.revision,
        )
        for row in rows
    ]


def _holds(connection: Connection, words: str) -> Any:
    """All the words; each is taken literally, so that no query syntax of a database shines through."""
    revision = tables.revisions
    if connection.dialect.name == "sqlite":
        quoted = " ".join('"' + word.replace('"', '""') + '"' for word in words.replace("\0", " ").split())
        match = text("SELECT rowid FROM revision_text WHERE revision_text MATCH :words").bindparams(words=quoted)
        return revision.c.id.in_(match.columns(rowid=revision.c.id.type))
    vector = func.to_tsvector(text("'simple'"), revision.c.text)
    return vector.op("@@")(func.plainto_tsquery(text("'simple'"), words.replace("\0", " ")))
