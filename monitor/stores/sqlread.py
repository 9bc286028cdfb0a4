"""The reader's side of the ledger: every question of `ports.LedgerQueries`, as SQL and plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, func, select

from monitor.errors import UsageError
from monitor.model import Blame, Change, ChangeFilter, Counts, Document, Failure, Found, Life, Snapshot
from monitor.stores import tables
from monitor.stores.changequeries import with_texts
from monitor.stores.changerows import failures_of, told
from monitor.stores.coreasking import asking_of
from monitor.stores.driver import chunks_of
from monitor.stores.engine import reading
from monitor.stores.readchanges import begins, changes_of, find_statement, seq_of
from monitor.stores.readdocuments import blame_of, document_of, documents_query, life_of, version_at
from monitor.stores.readtexts import search_texts
from monitor.stores.sql import ready
from monitor.stores.values import moment_from_text, path_from_text, path_to_text, unpack_members


class SqlQueries:
    """Implements `ports.LedgerQueries`. A ledger that was never written answers with nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def snapshots(self) -> Sequence[Snapshot]:
        with reading(self._engine) as connection:
            if not ready(connection):
                return []
            rows = connection.execute(select(tables.folds).order_by(tables.folds.c.seq))
            return [
                Snapshot(
                    row.snapshot,
                    path_from_text(row.source),
                    moment_from_text(row.taken_at),
                    moment_from_text(row.recorded_at),
                    None if row.author is None else path_from_text(row.author),
                    row.origin,
                )
                for row in rows
            ]

    def changes(self, wanted: ChangeFilter) -> Iterator[Change]:
        with reading(self._engine) as connection:
            if ready(connection):
                yield from changes_of(connection, wanted)

    def change(self, prefix: str) -> Change | None:
        with reading(self._engine) as connection:
            if not ready(connection):
                return None
            where = begins(tables.changes.c.id, prefix)
            ids = set(connection.scalars(select(tables.changes.c.id).where(where).limit(2)))
            if len(ids) > 1:
                raise UsageError(f"{prefix}: several changes begin with this; give more of the id")
            found = told(asking_of(connection), chunks_of(connection, with_texts().where(where)))
            return next(found, None)

    def life(self, prefix: str) -> Life | None:
        with reading(self._engine) as connection:
            if not ready(connection):
                return None
            statement = find_statement(connection, prefix)
            return None if statement is None else life_of(asking_of(connection), statement)

    def documents(self) -> Sequence[Document]:
        with reading(self._engine) as connection:
            if not ready(connection):
                return []
            rows = connection.execute(documents_query().order_by(tables.documents.c.path, tables.documents.c.number))
            return [document_of(row) for row in rows]

    def document(self, path: str) -> Document | None:
        with reading(self._engine) as connection:
            if not ready(connection):
                return None
            document, version, stored = tables.documents, tables.versions, path_to_text(path)
            newest = (document.c.present.desc(), document.c.source, document.c.last_seq.desc())
            row = connection.execute(documents_query().where(document.c.path == stored).order_by(*newest)).first()
            if row is None:
                once = (
                    select(version.c.document).where(version.c.path == stored).order_by(version.c.seq.desc()).limit(1)
                )
                row = connection.execute(documents_query().where(document.c.number == once.scalar_subquery())).first()
            return None if row is None else document_of(row)

    def blame(self, document_id: str, at: str | None = None) -> Sequence[Blame]:
        with reading(self._engine) as connection:
            version = version_at(connection, document_id, at)
            if version is None or not version.present or version.members is None:
                return []
            return blame_of(connection, unpack_members(version.members), None if at is None else seq_of(connection, at))

    def blob_at(self, document_id: str, at: str) -> tuple[str, str] | None:
        with reading(self._engine) as connection:
            version = version_at(connection, document_id, at)
            return None if version is None or not version.present else (path_from_text(version.path), version.blob)

    def search(self, words: str, limit: int) -> Sequence[Found]:
        with reading(self._engine) as connection:
            return search_texts(connection, words, limit) if ready(connection) and words.split() else []

    def failures(self) -> Sequence[Failure]:
        with reading(self._engine) as connection:
            if not ready(connection):
                return []
            return failures_of(asking_of(connection))

    def counts(self) -> Counts:
        with reading(self._engine) as connection:
            if not ready(connection):
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
