"""The ledger within one transaction of the fold: what it must know, and what it appends.

Folds are gathered and written when the transaction ends; until then what is known of the documents and statements
that they touched is answered from memory, over what the database holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Select, delete, insert, select, update

from monitor.facts import Counters, Fold, Head, Known
from monitor.stores import rows, tables
from monitor.stores.engine import chunks, put
from monitor.stores.values import links_from_text, moment_from_text, path_from_text, path_to_text, unpack_members


@dataclass(frozen=True, slots=True)
class LastFold:
    """The newest fold of a source: what the next one's `tie` is counted from."""

    taken_at: datetime
    tie: int


class Batch:
    """What the fold asks and tells while its transaction is open; `flush` writes what was appended."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._counters: Counters | None = None
        self._last: dict[str, LastFold | None] = {}
        self._heads: dict[int, Head] = {}
        self._statements: dict[int, Known] = {}
        self._folds: list[Fold] = []

    def counters(self) -> Counters:
        if self._counters is None:
            self._counters = msgspec.json.decode(read_meta(self._connection, "counters") or "{}", type=Counters)
        return self._counters

    def last_fold(self, source: str) -> LastFold | None:
        """The newest fold of this source, None before its first."""
        if source not in self._last:
            query = (
                select(tables.folds.c.taken_at, tables.folds.c.tie)
                .where(tables.folds.c.source == path_to_text(source))
                .order_by(tables.folds.c.seq.desc())
                .limit(1)
            )
            row = self._connection.execute(query).first()
            self._last[source] = LastFold(moment_from_text(row.taken_at), row.tie) if row else None
        return self._last[source]

    def heads_at(self, source: str, paths: Iterable[str]) -> dict[str, Head]:
        """The documents at these paths: the present one, else the one that went last."""
        heads: dict[str, Head] = {}
        wanted = set(paths)
        stored = self._stored_heads(source, tables.documents.c.path, sorted(map(path_to_text, wanted)))
        for head in (*stored, *self._heads.values()):
            if head.path in wanted and head.source == source:
                rival = heads.get(head.path)
                if rival is None or (head.present, head.last_seq) > (rival.present, rival.last_seq):
                    heads[head.path] = head
        return heads

    def gone_by_blob(self, source: str, blobs: Iterable[str]) -> dict[str, Head]:
        """Absent documents by the bytes that they last had; of several the one that went last."""
        heads: dict[str, Head] = {}
        wanted = set(blobs)
        stored = self._stored_heads(source, tables.documents.c.blob, sorted(wanted))
        for head in (*stored, *self._heads.values()):
            if head.blob in wanted and head.source == source and not head.present:
                rival = heads.get(head.blob or "")
                if rival is None or head.last_seq > rival.last_seq:
                    heads[head.blob or ""] = head
        return heads

    def known(self, numbers: Iterable[int]) -> dict[int, Known]:
        """The present state of these statements."""
        found = {number: self._statements[number] for number in numbers if number in self._statements}
        missing = sorted(set(numbers) - found.keys())
        found.update((known.number, known) for known in self._stored_statements(tables.statements.c.number, missing))
        return found

    def absent(self, keys: Iterable[int]) -> list[Known]:
        """Absent statements whose text last had one of these keys; in the order of their numbers."""
        wanted = set(keys)
        statement = tables.statements.c
        stored = self._stored_statements(statement.key, sorted(wanted), ~statement.present)
        return self._merged(stored, lambda known: not known.present and known.key in wanted)

    def absent_like(self, sketches: Iterable[int]) -> list[Known]:
        """Absent statements whose sketch shares one of these numbers; in the order of their numbers."""
        wanted = set(sketches)
        statement = tables.statements.c
        stored = [
            known
            for column in (statement.sketch1, statement.sketch2, statement.sketch3)
            for known in self._stored_statements(column, sorted(wanted), ~statement.present)
        ]
        return self._merged(stored, lambda known: not known.present and bool(wanted & set(known.sketch or ())))

    def holders(self, keys: Iterable[int]) -> dict[int, dict[int, int]]:
        """For each of these text keys the present statements that hold it, with their documents."""
        found: dict[int, dict[int, int]] = {key: {} for key in keys}
        statement = tables.statements.c
        for chunk in chunks(sorted(found)):
            query = select(statement.key, statement.number, statement.document)
            for key, number, document in self._connection.execute(
                query.where(statement.key.in_(chunk), statement.present)
            ):
                if number not in self._statements:
                    found[key][number] = document
        for known in self._statements.values():
            if known.present and known.key in found:
                found[known.key][known.number] = known.document
        return found

    def _merged(self, stored: Iterable[Known], wanted: Callable[[Known], bool]) -> list[Known]:
        """What the database holds, over it what this batch has touched."""
        found = {known.number: known for known in stored if known.number not in self._statements}
        found |= {known.number: known for known in self._statements.values() if wanted(known)}
        return [found[number] for number in sorted(found)]

    def append(self, fold: Fold) -> None:
        """Take one fold in: known from now on, written with the others."""
        self._folds.append(fold)
        self._counters = fold.counters
        self._last[fold.snapshot.source] = LastFold(fold.snapshot.taken_at, fold.tie)
        for head in fold.heads:
            self._heads[head.number] = head
        for known in fold.statements:
            self._statements[known.number] = known

    def flush(self) -> None:
        """Write all that was appended."""
        if not self._folds:
            return
        connection, folds = self._connection, self._folds
        put(connection, tables.folds, [rows.fold_row(fold) for fold in folds])
        _replace(connection, tables.documents, tables.documents.c.number, [*map(rows.head_row, self._heads.values())])
        put(connection, tables.versions, [rows.version_row(f.seq, version) for f in folds for version in f.versions])
        _replace(
            connection,
            tables.statements,
            tables.statements.c.number,
            [*map(rows.statement_row, self._statements.values())],
        )
        revisions = [row for fold in folds for row in rows.revision_rows(fold)]
        put(connection, tables.revisions, revisions)
        _index_texts(connection, revisions)
        changes = [(fold.seq, at, change) for fold in folds for at, change in enumerate(fold.changes)]
        put(connection, tables.changes, [rows.change_row(*change) for change in changes])
        put(connection, tables.sides, [row for change in changes for row in rows.side_rows(*change)])
        write_meta(connection, "counters", msgspec.json.encode(folds[-1].counters).decode())
        self._folds = []

    def _stored_heads(self, source: str, column: Column[Any], values: Sequence[str]) -> Iterator[Head]:
        """As the database has them, but for those that this batch has touched."""
        for chunk in chunks(values):
            query = select(tables.documents).where(tables.documents.c.source == path_to_text(source), column.in_(chunk))
            for row in self._connection.execute(query.order_by(tables.documents.c.number)).mappings():
                if row["number"] not in self._heads:
                    yield _head(row)

    def _stored_statements(self, column: Column[Any], values: Sequence[int], *where: Any) -> Iterator[Known]:
        statement, revision = tables.statements, tables.revisions
        query: Select[Any] = select(statement, revision.c.text, revision.c.links).join(
            revision, (revision.c.statement == statement.c.number) & (revision.c.number == statement.c.revision)
        )
        for chunk in chunks(values):
            for row in self._connection.execute(query.where(column.in_(chunk), *where)).mappings():
                yield _known(row)


def _head(row: Any) -> Head:
    return Head(
        **{
            **row,
            "source": path_from_text(row["source"]),
            "path": path_from_text(row["path"]),
            "read_path": None if row["read_path"] is None else path_from_text(row["read_path"]),
            "members": unpack_members(row["members"]),
            "gone_at": None if row["gone_at"] is None else moment_from_text(row["gone_at"]),
        }
    )


def _known(row: Any) -> Known:
    return Known(
        **{
            **{name: value for name, value in row.items() if not name.startswith("sketch")},
            "sketch": (row["sketch1"], row["sketch2"], row["sketch3"]) if row["sketch1"] is not None else None,
            "links": links_from_text(row["links"]),
            "path": None if row["path"] is None else path_from_text(row["path"]),
            "gone_at": None if row["gone_at"] is None else moment_from_text(row["gone_at"]),
        }
    )


def _replace(connection: Connection, table: Any, key: Column[Any], new: Sequence[rows.Row]) -> None:
    """Put rows in, over those with the same number (the first column)."""
    for chunk in chunks([row[0] for row in new]):
        connection.execute(delete(table).where(key.in_(chunk)))
    put(connection, table, new)


def _index_texts(connection: Connection, revisions: Sequence[rows.Row]) -> None:
    if connection.dialect.name == "sqlite" and revisions:
        connection.exec_driver_sql(
            "INSERT INTO revision_text(rowid, text) VALUES (?, ?)", [(row[0], row[4]) for row in revisions]
        )


def read_meta(connection: Connection, name: str) -> str | None:
    """A value of the ledger about itself."""
    return connection.scalar(select(tables.meta.c.value).where(tables.meta.c.name == name))


def write_meta(connection: Connection, name: str, value: str) -> None:
    """Set it."""
    changed = connection.execute(update(tables.meta).where(tables.meta.c.name == name).values(value=value))
    if not changed.rowcount:
        connection.execute(insert(tables.meta).values(name=name, value=value))
