"""The ledger in a database: opened, emptied, and written one fold at a time. It keeps, it never decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Select, create_engine, delete, event, insert, inspect, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from monitor.errors import ConfigError, StoreError
from monitor.facts import Counters, Fold, Head, Known, NewChange
from monitor.model import Aspect, Level, Significance
from monitor.stores import tables
from monitor.stores.members import pack, unpack

CHUNK = 500  # values in one IN list: below every database's limit
ASPECTS = list(Aspect)


def open_engine(url: str) -> Engine:
    """An engine for a SQLite file (its folder is made) or a PostgreSQL URL."""
    parsed = make_url(url)
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ConfigError(
            f"[store] ledger: {parsed.get_backend_name()} is not supported; use sqlite or postgresql+psycopg"
        )
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    try:
        engine = create_engine(parsed)
    except ModuleNotFoundError as error:
        raise ConfigError(f"[store] ledger: {error.name} is missing; install monitor[postgresql]") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin or commit on its own
    cursor = connection.cursor()
    # Readers go on while one writes; a commit is on the disk before it is acknowledged.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """A database's error as one line, without the password that a URL may hold."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()
        where = engine.url.render_as_string(hide_password=True)
        raise StoreError(f"the ledger {where} failed: {cause[0] if cause else type(error).__name__}") from error


@dataclass(frozen=True, slots=True)
class LastFold:
    """The newest fold of a source: what the next one's `tie` is counted from."""

    taken_at: datetime
    tie: int


class SqlLedger:
    """The writer's side of the ledger."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def folded(self) -> list[str]:
        """Ids of the snapshots that are folded in, in their order; empty where there is no ledger yet."""
        with explained(self.engine), self.engine.connect() as connection:
            if not self._exists(connection):
                return []
            return list(connection.scalars(select(tables.folds.c.snapshot).order_by(tables.folds.c.seq)))

    def fingerprint(self) -> str | None:
        """Of the rules that the ledger was folded with."""
        with explained(self.engine), self.engine.connect() as connection:
            return _meta(connection, "fingerprint") if self._exists(connection) else None

    def reset(self, fingerprint: str) -> None:
        """Empty all that is derived; what people said is kept."""
        with explained(self.engine), self._writing() as connection:
            _drop_text_index(connection)
            tables.derived.drop_all(connection)
            tables.derived.create_all(connection)
            tables.kept.create_all(connection)
            _create_text_index(connection)
            _set_meta(connection, "fingerprint", fingerprint)
            _set_counters(connection, Counters())

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """One transaction: what is appended in it is there as a whole or not at all."""
        with explained(self.engine), self._writing() as connection:
            yield Batch(connection)

    def change_ids(self) -> set[str]:
        """All of them, to say after an upgrade what it altered."""
        with explained(self.engine), self.engine.connect() as connection:
            return set(connection.scalars(select(tables.changes.c.id))) if self._exists(connection) else set()

    def record_upgrade(self, at: datetime, before: str, after: str, gone: int, new: Iterable[str]) -> None:
        """Keep what an upgrade of the rules altered, so that it is never told as a change of the documents."""
        new = sorted(new)
        with explained(self.engine), self._writing() as connection:
            result = connection.execute(
                insert(tables.upgrades).values(at=at, before=before, after=after, gone=gone, new=len(new))
            )
            upgrade = result.inserted_primary_key[0] if result.inserted_primary_key else 0
            connection.execute(delete(tables.upgraded))
            if new:
                connection.execute(insert(tables.upgraded), [{"change": one, "upgrade": upgrade} for one in new])

    def rows(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Every row of every derived table, ordered: two ledgers are equal when these are."""
        with explained(self.engine), self.engine.connect() as connection:
            for table in tables.derived.sorted_tables:
                for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
                    yield table.name, tuple(row)

    def analyse(self) -> None:
        """Let the query planner know what the tables hold; worth it after many folds."""
        with explained(self.engine), self._writing() as connection:
            connection.execute(text("ANALYZE"))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def _exists(self, connection: Connection) -> bool:
        return inspect(connection).has_table("meta")


class Batch:
    """The ledger within one transaction: what the fold needs to know, and the folds appended."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counters(self) -> Counters:
        return msgspec.json.decode(_meta(self._connection, "counters") or "{}", type=Counters)

    def last_fold(self, source: str) -> LastFold | None:
        query = (
            select(tables.folds.c.taken_at, tables.folds.c.tie)
            .where(tables.folds.c.source == source)
            .order_by(tables.folds.c.seq.desc())
            .limit(1)
        )
        row = self._connection.execute(query).first()
        return LastFold(row.taken_at, row.tie) if row else None

    def heads_at(self, source: str, paths: Iterable[str]) -> dict[str, Head]:
        """The documents at these paths: the present one, else the one that went last."""
        heads: dict[str, Head] = {}
        for head in self._heads(source, tables.documents.c.path, paths):
            rival = heads.get(head.path)
            if rival is None or (head.present, head.last_seq) > (rival.present, rival.last_seq):
                heads[head.path] = head
        return heads

    def gone_by_blob(self, source: str, blobs: Iterable[str]) -> dict[str, Head]:
        """Absent documents by the bytes that they last had; of several the one that went last."""
        heads: dict[str, Head] = {}
        for head in self._heads(source, tables.documents.c.blob, blobs):
            rival = heads.get(head.blob or "")
            if not head.present and (rival is None or head.last_seq > rival.last_seq):
                heads[head.blob or ""] = head
        return heads

    def known(self, numbers: Iterable[int]) -> dict[int, Known]:
        """The present state of these statements."""
        return {known.number: known for known in self._known(tables.statements.c.number, sorted(numbers))}

    def candidates(self, keys: Iterable[int]) -> list[Known]:
        """All statements, present and absent, whose text has one of these keys; in the order of their numbers."""
        return sorted(self._known(tables.statements.c.key, sorted(keys)), key=lambda known: known.number)

    def append(self, fold: Fold) -> None:
        """Write one fold."""
        connection = self._connection
        snapshot = fold.snapshot
        connection.execute(
            insert(tables.folds),
            {
                "seq": fold.seq,
                "snapshot": snapshot.id,
                "source": snapshot.source,
                "taken_at": snapshot.taken_at,
                "recorded_at": snapshot.recorded_at,
                "author": snapshot.author,
                "origin": snapshot.origin,
                "tie": fold.tie,
            },
        )
        self._write_heads(fold)
        self._write_statements(fold)
        _many(connection, insert(tables.changes), (_change_row(fold.seq, at, c) for at, c in enumerate(fold.changes)))
        _many(connection, insert(tables.sides), _side_rows(fold))
        _set_counters(connection, fold.counters)

    def _write_heads(self, fold: Fold) -> None:
        heads = list(fold.heads)
        numbers = [head.number for head in heads if head.first_seq != fold.seq]
        for chunk in _chunks(numbers):
            self._connection.execute(delete(tables.documents).where(tables.documents.c.number.in_(chunk)))
        _many(self._connection, insert(tables.documents), (_head_row(head) for head in heads))
        _many(
            self._connection,
            insert(tables.versions),
            (
                {
                    "document": version.document,
                    "seq": fold.seq,
                    "path": version.path,
                    "blob": version.blob,
                    "present": version.present,
                    "members": None if version.members is None else pack(version.members),
                }
                for version in fold.versions
            ),
        )

    def _write_statements(self, fold: Fold) -> None:
        numbers = [known.number for known in fold.statements if known.first_seq != fold.seq]
        for chunk in _chunks(numbers):
            self._connection.execute(delete(tables.statements).where(tables.statements.c.number.in_(chunk)))
        _many(self._connection, insert(tables.statements), (_statement_row(known) for known in fold.statements))
        first = fold.counters.revision - len(fold.revisions)
        rows = [
            {
                "id": first + at,
                "statement": revision.statement,
                "number": revision.number,
                "seq": fold.seq,
                "text": revision.text,
                "links": links_to_text(revision.links),
            }
            for at, revision in enumerate(fold.revisions)
        ]
        _many(self._connection, insert(tables.revisions), rows)
        if self._connection.dialect.name == "sqlite" and rows:
            self._connection.exec_driver_sql(
                "INSERT INTO revision_text(rowid, text) VALUES (?, ?)", [(row["id"], row["text"]) for row in rows]
            )

    def _heads(self, source: str, column: Any, values: Iterable[str]) -> Iterator[Head]:
        for chunk in _chunks(sorted(set(values))):
            query = select(tables.documents).where(tables.documents.c.source == source, column.in_(chunk))
            for row in self._connection.execute(query.order_by(tables.documents.c.number)).mappings():
                yield Head(**{**row, "members": unpack(row["members"])})

    def _known(self, column: Any, values: Sequence[int]) -> Iterator[Known]:
        statement, revision = tables.statements, tables.revisions
        query: Select[Any] = select(statement, revision.c.text, revision.c.links).join(
            revision, (revision.c.statement == statement.c.number) & (revision.c.number == statement.c.revision)
        )
        for chunk in _chunks(values):
            for row in self._connection.execute(query.where(column.in_(chunk))).mappings():
                yield Known(**{**row, "links": links_from_text(row["links"])})


def links_to_text(links: Sequence[str]) -> str | None:
    return msgspec.json.encode(links).decode() if links else None


def links_from_text(packed: str | None) -> tuple[str, ...]:
    return msgspec.json.decode(packed, type=tuple[str, ...]) if packed else ()


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(values), CHUNK):
        yield values[at : at + CHUNK]


def _many(connection: Connection, statement: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    rows = list(rows)
    if rows:
        connection.execute(statement, rows)


def _head_row(head: Head) -> dict[str, Any]:
    return {
        "number": head.number,
        "id": head.id,
        "source": head.source,
        "path": head.path,
        "present": head.present,
        "failed": head.failed,
        "blob": head.blob,
        "read_path": head.read_path,
        "read_blob": head.read_blob,
        "members": pack(head.members),
        "first_seq": head.first_seq,
        "last_seq": head.last_seq,
        "gone_at": head.gone_at,
    }


def _statement_row(known: Known) -> dict[str, Any]:
    return {
        "number": known.number,
        "id": known.id,
        "document": known.document,
        "revision": known.revision,
        "key": known.key,
        "present": known.present,
        "first_seq": known.first_seq,
        "path": known.path,
        "ordinal": known.ordinal,
        "gone_at": known.gone_at,
    }


def _change_row(seq: int, position: int, change: NewChange) -> dict[str, Any]:
    return {
        "seq": seq,
        "position": position,
        "id": change.id,
        "level": list(Level).index(change.level),
        "kind": change.kind.value,
        "document": change.document,
        "path": change.path,
        "path_before": change.path_before,
        "cause": change.cause,
        "group": change.group,
        "substantive": change.significance is Significance.SUBSTANTIVE,
        "aspects": sum(1 << ASPECTS.index(aspect) for aspect in change.aspects),
        "similarity": change.similarity,
        "moved": change.moved,
        "baseline": change.baseline,
        "absent_since": change.absent_since,
        "message": change.message,
    }


def _side_rows(fold: Fold) -> Iterator[dict[str, Any]]:
    for position, change in enumerate(fold.changes):
        for after, places in ((False, change.before), (True, change.after)):
            for part, place in enumerate(places):
                yield {
                    "seq": fold.seq,
                    "position": position,
                    "after": after,
                    "part": part,
                    "statement": place.statement,
                    "revision": place.revision,
                    "ordinal": place.ordinal,
                }


def _meta(connection: Connection, name: str) -> str | None:
    return connection.scalar(select(tables.meta.c.value).where(tables.meta.c.name == name))


def _set_meta(connection: Connection, name: str, value: str) -> None:
    changed = connection.execute(update(tables.meta).where(tables.meta.c.name == name).values(value=value))
    if not changed.rowcount:
        connection.execute(insert(tables.meta).values(name=name, value=value))


def _set_counters(connection: Connection, counters: Counters) -> None:
    _set_meta(connection, "counters", msgspec.json.encode(counters).decode())


def _create_text_index(connection: Connection) -> None:
    """Full text over every revision: FTS5 pointing into `revisions`, or an expression index."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE revision_text USING fts5(text, content='revisions', content_rowid='id', "
            'tokenize="unicode61 remove_diacritics 2")'
        )
    else:
        connection.exec_driver_sql("CREATE INDEX revision_text ON revisions USING gin (to_tsvector('simple', text))")


def _drop_text_index(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE IF EXISTS revision_text")
    else:
        connection.exec_driver_sql("DROP INDEX IF EXISTS revision_text")
