"""The tables of the ledger, for SQLite and PostgreSQL alike.

Derived tables hold what a fold of the snapshots gives, row for row; `rebuild` empties and fills them.
Kept tables hold what no rebuild can make again. Times are ISO 8601 text in UTC: they sort as they
read, and SQLite would drop an offset.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
)

derived = MetaData()
kept = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware datetime as text in UTC, of a fixed width so that text order is time order."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value)


class Path(TypeDecorator[str]):
    """A path whose undecodable bytes (surrogate escapes) neither database would take as text.

    Such a byte is written as U+0010 and two hexadecimal digits; U+0010 itself likewise.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else path_to_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else path_from_text(value)


def path_to_text(path: str) -> str:
    """Reversed by `path_from_text`; plain paths stay as they are."""
    if path.isascii() and "\x10" not in path:
        return path
    return "".join(
        f"\x10{ord(char) & 0xFF:02x}" if char == "\x10" or "\udc80" <= char <= "\udcff" else char for char in path
    )


def path_from_text(text: str) -> str:
    first, *rest = text.split("\x10")
    return first + "".join(_byte(int(part[:2], 16)) + part[2:] for part in rest)


def _byte(value: int) -> str:
    return chr(value) if value < 0x80 else chr(0xDC00 + value)


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
    Column("source", Path, nullable=False),
    Column("taken_at", Moment, nullable=False, index=True),
    Column("recorded_at", Moment, nullable=False),
    Column("author", Text),
    Column("origin", String(64)),
    Column("tie", Integer, nullable=False),
)

documents = Table(
    "documents",
    derived,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", String(20), nullable=False, unique=True),
    Column("source", Path, nullable=False),
    Column("path", Path, nullable=False, index=True),
    Column("present", Boolean, nullable=False),
    Column("failed", Boolean, nullable=False),
    Column("blob", String(64), index=True),
    Column("read_path", Path),
    Column("read_blob", String(64)),
    Column("members", LargeBinary, nullable=False),
    Column("first_seq", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("gone_at", Moment),
)

versions = Table(
    "versions",
    derived,
    Column("document", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("path", Path, nullable=False, index=True),
    Column("blob", String(64)),
    Column("present", Boolean, nullable=False),
    Column("members", LargeBinary),
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
    Column("path", Path),
    Column("ordinal", Integer),
    Column("gone_at", Moment),
)

# `id` gives the full-text index a row to point at: statement and number in one.
revisions = Table(
    "revisions",
    derived,
    Column("id", Integer, primary_key=True),
    Column("statement", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("links", Text),
    Index("revisions_of_statement", "statement", "number", unique=True),
)

changes = Table(
    "changes",
    derived,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", String(20), nullable=False, index=True),
    Column("level", SmallInteger, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("document", Integer, index=True),
    Column("path", Path, nullable=False, index=True),
    Column("path_before", Path),
    Column("cause", String(10)),
    Column("group", String(20)),
    Column("substantive", Boolean, nullable=False),
    Column("aspects", Integer, nullable=False),  # bit n: the n-th aspect of the enum
    Column("similarity", Float),
    Column("moved", Boolean, nullable=False),
    Column("baseline", Boolean, nullable=False),
    Column("absent_since", Moment),
    Column("message", Text),
)

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
)

# An upgrade of our own rules folds everything anew; what that altered is kept here, since no fold knows it.
upgrades = Table(
    "upgrades",
    kept,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
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
