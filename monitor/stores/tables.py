"""The tables of the ledger, for SQLite and PostgreSQL alike.

Derived tables hold what a fold of the snapshots gives, row for row; `rebuild` empties and fills them. Kept tables hold
what no rebuild can make again. Columns hold values as `values` writes them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    event,
    text,
)

derived = MetaData()
kept = MetaData()


PATH = Text().with_variant(Text(collation="C"), "postgresql")  # as `values.path_to_text` writes it, sorted alike
MOMENT = String(27)  # as `values.moment_to_text` writes it


_of_paths: list[Index] = []  # PostgreSQL's usual index takes no value of 2,700 bytes


def _index_of_paths(name: str) -> Index:
    """An index that finds a path."""
    index = Index(name, "path")
    _of_paths.append(index)
    return index


_of_failures = Index("ix_documents_failed", "failed")  # of the few that are true: every run with news asks for them


@event.listens_for(derived, "before_create")
def _indexes_of(_tables: MetaData, connection: Connection, **_: Any) -> None:
    # told now and not where an index is declared, which would load all that SQLAlchemy has for PostgreSQL
    if connection.dialect.name == "postgresql":
        _of_failures.dialect_kwargs["postgresql_where"] = text("failed")
        for index in _of_paths:
            index.dialect_kwargs["postgresql_using"] = "hash"
    else:
        _of_failures.dialect_kwargs["sqlite_where"] = text("failed = 1")


meta = Table(
    "meta",
    derived,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

folds = Table(
    "folds",
    derived,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("snapshot", String(64), nullable=False, unique=True),
    Column("source", PATH, nullable=False),
    Column("taken_at", MOMENT, nullable=False, index=True),
    Column("recorded_at", MOMENT, nullable=False),
    Column("author", Text),
    Column("origin", String(64)),
    Column("tie", Integer, nullable=False),
)

documents = Table(
    "documents",
    derived,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", String(20), nullable=False, unique=True),
    Column("source", PATH, nullable=False),
    Column("path", PATH, nullable=False),
    Column("present", Boolean, nullable=False),
    Column("failed", Boolean, nullable=False),
    Column("blob", String(64), index=True),
    Column("read_path", PATH),
    Column("read_blob", String(64)),
    Column("members", LargeBinary, nullable=False),
    Column("first_seq", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("gone_at", MOMENT),
    _index_of_paths("ix_documents_path"),
    _of_failures,
)

versions = Table(
    "versions",
    derived,
    Column("document", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("path", PATH, nullable=False),
    Column("blob", String(64)),
    Column("present", Boolean, nullable=False),
    Column("members", LargeBinary),
    _index_of_paths("ix_versions_path"),
)

statements = Table(
    "statements",
    derived,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", String(20), nullable=False, unique=True),
    Column("document", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("key", BigInteger, nullable=False, index=True),
    Column("present", Boolean, nullable=False),
    Column("first_seq", Integer, nullable=False),
    Column("path", PATH),
    Column("ordinal", Integer),
    Column("gone_at", MOMENT),
    Column("returns", Integer, nullable=False),
    Column("text_row", Integer, nullable=False),  # the row of `revisions` that holds it
    Column("sketch1", BigInteger, index=True),  # of `core.sketch`
    Column("sketch2", BigInteger, index=True),
    Column("sketch3", BigInteger, index=True),
)

# `id` gives the full-text index a row to point at.
revisions = Table(
    "revisions",
    derived,
    Column("id", Integer, primary_key=True),
    Column("statement", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("links", Text),
    Column("kind", SmallInteger, nullable=False),  # place in `BlockKind`, as it was when the revision came
    Column("depth", SmallInteger, nullable=False),  # a heading's level
    Index("revisions_of_statement", "statement", "number", unique=True),
)

# `position` counts down from 0: a walk backwards through the key is the order of the log, and nothing need be sorted. A
# change of one statement has its sides here (`sides` has the others), and the text before, since that stands anywhere
# among the revisions: to fetch it took half the time of reading a week. The texts after stand together as they came.
changes = Table(
    "changes",
    derived,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", String(20), nullable=False, index=True),
    Column("level", SmallInteger, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("document", Integer, index=True),
    Column("path", PATH, nullable=False),
    Column("path_before", PATH),
    Column("cause", String(10)),
    Column("group", String(20)),
    Column("substantive", Boolean, nullable=False),
    Column("aspects", Integer, nullable=False),  # bits, see `values.aspect_bit`
    Column("similarity", Float),
    Column("moved", Boolean, nullable=False),
    Column("baseline", Boolean, nullable=False),
    Column("absent_since", MOMENT),
    Column("message", Text),
    Column("returns", Integer),
    Column("copies", Integer, nullable=False),
    Column("statement", Integer, index=True),
    Column("statement_id", String(20)),
    Column("before_number", Integer),  # of the revision
    Column("before_ordinal", Integer),
    Column("before_row", Integer),  # the row of `revisions` that holds it
    Column("before_text", Text),
    Column("before_links", Text),
    Column("after_number", Integer),
    Column("after_ordinal", Integer),
    Column("after_row", Integer),
    _index_of_paths("ix_changes_path"),
    sqlite_with_rowid=False,
)

# The statements of a split or a merger, several on one side.
sides = Table(
    "sides",
    derived,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("after", Boolean, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("statement", Integer, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("text_row", Integer, nullable=False),  # the row of `revisions` that holds it
    sqlite_with_rowid=False,
)

# An upgrade of our own rules folds everything anew; what that altered is kept here, since no fold knows it.
upgrades = Table(
    "upgrades",
    kept,
    Column("id", Integer, primary_key=True),
    Column("at", MOMENT, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("gone", Integer, nullable=False),
    Column("new", Integer, nullable=False),
)

upgraded = Table(
    "upgraded",
    kept,
    Column("change", String(20), primary_key=True),
    Column("upgrade", Integer, nullable=False),
)

# Other names of statements, see `aliases`: `born` waits only while everything is folded again.
aliases = Table(
    "aliases",
    kept,
    Column("old", String(20), primary_key=True),
    Column("new", String(20), nullable=False, index=True),
)

born = Table(
    "born",
    kept,
    Column("id", String(20), primary_key=True),
    Column("snapshot", String(64), nullable=False),
    Column("path", PATH, nullable=False),
    Column("ordinal", Integer, nullable=False),
)
