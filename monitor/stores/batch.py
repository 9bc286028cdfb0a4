"""The ledger within one transaction of the fold: what it must know, and what it appends.

Folds are gathered and written when the transaction ends; until then what is known of the documents and statements
that they touched is answered from memory (`overlay`), over what the database holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Select, delete, insert, select, update

from monitor.facts import Counters, Fold, Head, Known
from monitor.stores import rows, tables
from monitor.stores.engine import chunks, put
from monitor.stores.overlay import LastFold, Overlay
from monitor.stores.values import links_from_text, moment_from_text, path_from_text, path_to_text, unpack_members

_ALIKE = 1_000  # statements with a sketch in common


class Batch:
    """What the fold asks and tells while its transaction is open; `flush` writes what was appended."""

    def __init__(self, connection: Connection, overlay: Overlay) -> None:
        self._connection = connection
        self._overlay = overlay
        self._folds: list[Fold] = []

    def counters(self) -> Counters:
        """The next free numbers."""
        if self._overlay.counters is None:
            stored = read_meta(self._connection, "counters") or "{}"
            self._overlay.counters = msgspec.json.decode(stored, type=Counters)
        return self._overlay.counters

    def last_fold(self, source: str) -> LastFold | None:
        """The newest fold of this source, None before its first."""
        last = self._overlay.last
        if source not in last and not self._overlay.complete:
            fold = tables.folds.c
            query = select(fold.taken_at, fold.tie).where(fold.source == path_to_text(source))
            row = self._connection.execute(query.order_by(fold.seq.desc()).limit(1)).first()
            last[source] = LastFold(moment_from_text(row.taken_at), row.tie) if row else None
        return last.get(source)

    def heads_at(self, source: str, paths: Iterable[str]) -> dict[str, Head]:
        """The documents at these paths: the present one, else the one that went last."""
        wanted = sorted(set(paths))
        heads: dict[str, Head] = {}
        stored = self._stored_heads(source, tables.documents.c.path, [path_to_text(path) for path in wanted])
        for head in (*stored, *(head for path in wanted for head in self._overlay.heads_at(path))):
            rival = heads.get(head.path)
            if head.source == source and (rival is None or _recency(head) > _recency(rival)):
                heads[head.path] = head
        return heads

    def gone_by_blob(self, source: str, blobs: Iterable[str]) -> dict[str, Head]:
        """Absent documents by the bytes that they last had; of several the one that went last, then the oldest."""
        wanted = sorted(set(blobs))
        heads: dict[str, Head] = {}
        stored = self._stored_heads(source, tables.documents.c.blob, wanted)
        for head in (*stored, *(head for blob in wanted for head in self._overlay.heads_of(blob))):
            rival = heads.get(head.blob or "")
            if head.source == source and not head.present and (rival is None or _recency(head) > _recency(rival)):
                heads[head.blob or ""] = head
        return heads

    def known(self, numbers: Iterable[int]) -> dict[int, Known]:
        """The present state of these statements."""
        touched = self._overlay.statements
        found = {number: touched[number] for number in numbers if number in touched}
        missing = sorted(set(numbers) - found.keys())
        found.update((known.number, known) for known in self._stored_statements(tables.statements.c.number, missing))
        return found

    def absent(self, keys: Iterable[int]) -> list[Known]:
        """Absent statements whose text last had one of these keys; in the order of their numbers."""
        wanted = sorted(set(keys))
        found = list(self._stored_statements(tables.statements.c.key, wanted, present=False))
        found += (known for key in wanted for known in self._overlay.with_key(key) if not known.present)
        return sorted(found, key=_number)

    def like(self, sketches: Iterable[int], *, present: bool) -> list[Known]:
        """Present or absent statements whose sketch shares one of these numbers; in the order of their numbers.

        No more than the first 1,000: a phrase that every document of a large set has must not be read from all of them.
        """
        wanted, statement = sorted(set(sketches)), tables.statements.c
        touched = (known for one in wanted for known in self._overlay.like(one) if known.present is present)
        found = {known.number: known for known in touched}
        for column in (statement.sketch1, statement.sketch2, statement.sketch3):
            stored = islice(self._stored_statements(column, wanted, present=present), _ALIKE)
            found.update((known.number, known) for known in stored)
        return [found[number] for number in sorted(found)[:_ALIKE]]

    def holders(self, keys: Iterable[int]) -> dict[int, dict[int, int]]:
        """For each of these text keys the present statements that hold it, with their documents."""
        found: dict[int, dict[int, int]] = {
            key: {known.number: known.document for known in self._overlay.with_key(key) if known.present}
            for key in keys
        }
        statement = tables.statements.c
        for chunk in chunks(() if self._overlay.complete else sorted(found)):
            query = select(statement.key, statement.number, statement.document).where(statement.present)
            for key, number, document in self._connection.execute(query.where(statement.key.in_(chunk))):
                if number not in self._overlay.statements:
                    found[key][number] = document
        return found

    def append(self, fold: Fold) -> None:
        """Take one fold in: known from now on, written with the others."""
        self._folds.append(fold)
        self._overlay.take(fold)

    def flush(self) -> None:
        """Write all that was appended."""
        connection, folds, overlay = self._connection, self._folds, self._overlay
        if folds:
            heads, statements = (sorted(numbers) for numbers in overlay.written)
            put(connection, tables.folds, [rows.fold_row(fold) for fold in folds])
            _replace(connection, tables.documents, [rows.head_row(overlay.heads[number]) for number in heads])
            put(
                connection, tables.versions, [rows.version_row(f.seq, version) for f in folds for version in f.versions]
            )
            known = [rows.statement_row(overlay.statements[number]) for number in statements]
            _replace(connection, tables.statements, known)
            revisions = [row for fold in folds for row in rows.revision_rows(fold)]
            put(connection, tables.revisions, revisions)
            _index_texts(connection, revisions)
            changes = [(fold.seq, at, change) for fold in folds for at, change in enumerate(fold.changes)]
            put(connection, tables.changes, [rows.change_row(*change) for change in changes])
            put(connection, tables.sides, [row for change in changes for row in rows.side_rows(*change)])
            write_meta(connection, "counters", msgspec.json.encode(folds[-1].counters).decode())
        self._folds = []

    def _stored_heads(self, source: str, column: Column[Any], values: Sequence[str]) -> Iterator[Head]:
        """As the database has them, but for those that memory knows better."""
        for chunk in chunks(() if self._overlay.complete else values):
            query = select(tables.documents).where(tables.documents.c.source == path_to_text(source), column.in_(chunk))
            for row in self._connection.execute(query.order_by(tables.documents.c.number)).mappings():
                if row["number"] not in self._overlay.heads:
                    yield _head(row)

    def _stored_statements(
        self, column: Column[Any], values: Sequence[int], *, present: bool | None = None
    ) -> Iterator[Known]:
        """As the database has them, but for those that memory knows better."""
        if self._overlay.complete:
            return
        statement, revision = tables.statements, tables.revisions
        query: Select[Any] = select(statement, revision.c.text, revision.c.links).join(
            revision, (revision.c.statement == statement.c.number) & (revision.c.number == statement.c.revision)
        )
        if present is not None:
            query = query.where(statement.c.present if present else ~statement.c.present)
        query = query.order_by(statement.c.number)
        for chunk in chunks(values):
            for row in self._connection.execute(query.where(column.in_(chunk))).mappings():
                if row["number"] not in self._overlay.statements:
                    yield _known(row)


def _recency(head: Head) -> tuple[bool, int, int]:
    """No two heads have the same: which one is found must not depend on whether memory or the database was asked."""
    return head.present, head.last_seq, -head.number


def _number(known: Known) -> int:
    return known.number


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


def _replace(connection: Connection, table: Any, new: Sequence[rows.Row]) -> None:
    """Put rows in, over those with the same number (the first column)."""
    for chunk in chunks([row[0] for row in new]):
        connection.execute(delete(table).where(table.c.number.in_(chunk)))
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
