"""Full text over every revision, present or past."""

from __future__ import annotations

from functools import reduce
from typing import Any

from sqlalchemy import Connection, func, literal_column, select, text

from monitor.model import Found
from monitor.stores import tables
from monitor.stores.readdocuments import moment_of
from monitor.stores.values import asked_text, path_from_text
from monitor.stores.vectors import VECTOR, plain


def search_texts(connection: Connection, words: str, limit: int) -> list[Found]:
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
        .where(holds(connection, words))
        .order_by(statement.c.present.desc(), revision.c.id.desc())
        .limit(limit)
    )
    return [
        Found(
            statement=row.id,
            revision=row.number,
            document=path_from_text(row.path),
            text=row.text,
            since=moment_of(row.snapshot, row.taken_at),
            present=row.present and row.number == row.revision,
        )
        for row in rows
    ]


def holds(connection: Connection, words: str) -> Any:
    """All the words; each is taken literally, so that no query syntax of a database shines through."""
    revision, words = tables.revisions, asked_text(words.replace("\0", " "))
    if connection.dialect.name == "sqlite":
        quoted = " ".join('"' + word.replace('"', '""') + '"' for word in words.split())
        match = text("SELECT rowid FROM revision_text WHERE revision_text MATCH :words").bindparams(words=quoted)
        return revision.c.id.in_(match.columns(rowid=revision.c.id.type))
    phrases: list[Any] = [func.phraseto_tsquery(text("'simple'"), plain(word)) for word in words.split()]
    return literal_column(VECTOR).op("@@")(reduce(lambda together, one: together.op("&&")(one), phrases))
