"""The tables of reviewing, for SQLite and PostgreSQL alike.

*Kept* tables hold what people said and what was sent: nothing makes them again. *Disposable* ones hold the queue, which
follows from the ledger, the configuration and the kept ones. With SQLite all of them are a file beside the ledger's,
since a verdict must not wait until a long run lets go of that one.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, SmallInteger, String, Table, Text

from monitor.stores.tables import MOMENT

kept = MetaData()
disposable = MetaData()

# `schema`: the version of the kept tables; `mirrored`, `noticed`: how far something was done.
marks = Table(
    "review_marks",
    kept,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

# Only ever appended to. `number` counts in the order of arrival.
events = Table(
    "review_events",
    kept,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("id", String(20), nullable=False, unique=True),
    Column("batch", String(20), nullable=False, index=True),
    Column("change", String(20), nullable=False, index=True),
    Column("act", String(10), nullable=False),
    Column("reviewer", Text, nullable=False, index=True),
    Column("at", MOMENT, nullable=False),
    Column("verdict", String(10)),
    Column("comment", Text),
    Column("assignee", Text),
    Column("undoes", String(20)),
)

# One message for one channel about one run. What `state` means is told in `outbox`.
notices = Table(
    "notices",
    kept,
    Column("channel", String(80), primary_key=True),
    Column("snapshot", String(64), primary_key=True),
    Column("state", String(10), nullable=False, index=True),
    Column("made_at", MOMENT, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tried_at", MOMENT),
    Column("problem", Text),
)

# What stands on each change that has events: a sum of them, written with them.
states = Table(
    "review_states",
    disposable,
    Column("change", String(20), primary_key=True),
    Column("verdict", String(10)),
    Column("reviewer", Text),
    Column("at", MOMENT),
    Column("assignee", Text),
    Column("comments", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),
)

# What each change weighs and why, and what decides on which line it stands. Kinds, verdicts and aspects are numbers
# (see `queuerows`), documents the ledger's numbers, times microseconds: what is walked over is narrow.
scored = Table(
    "queue_scored",
    disposable,
    Column("change", String(20), primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("own", BigInteger, nullable=False),
    Column("pair", BigInteger, nullable=False, index=True),
    Column("edit", BigInteger, nullable=False),
    Column("way", SmallInteger, nullable=False),
    Column("folded", Boolean, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("aspects", SmallInteger, nullable=False),
    Column("substantive", Boolean, nullable=False),
    Column("document", Integer, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    Column("total", Float, nullable=False),
    Column("parts", Text, nullable=False),
    Column("headings", Text),
    Column("terms", Text),
    Column("rule", Text),
)

# One narrow row a change, lying in the order of the queue: changes of one line have the rank of its heaviest, so that
# a page is one walk that ends when the page is full. Filters need no other table, and a scan is cheaper than an index
# for all but a document.
queue = Table(
    "queue",
    disposable,
    Column("rank", BigInteger, primary_key=True, autoincrement=False),
    Column("own", BigInteger, primary_key=True, autoincrement=False),
    Column("folded", Boolean, nullable=False),
    Column("verdict", SmallInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("aspects", SmallInteger, nullable=False),
    Column("substantive", Boolean, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    Column("document", Integer, nullable=False),
    Column("flapping", Boolean, nullable=False),
    Column("change", String(20), nullable=False),
    Column("assignee", Text),
    Index("queue_of_change", "change", unique=True),
    Index("queue_of_document", "document", "rank"),
    sqlite_with_rowid=False,
)

terms = Table(
    "queue_terms",
    disposable,
    Column("term", Text, primary_key=True),
    Column("change", String(20), primary_key=True),
    Index("queue_terms_of_change", "change"),
    sqlite_with_rowid=False,
)
