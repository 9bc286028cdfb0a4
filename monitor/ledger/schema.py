"""The tables of the ledger as SQL, and the four differences between SQLite and PostgreSQL.

*Derived* tables are the result of folding; `rebuild` empties and fills them. *Kept* tables hold what cannot be
derived. `codec` says how values are stored. The version of the layout is `ids.SCHEMA`, part of the fingerprint: a new
one rebuilds the derived tables.

A text, a block and a path are stored once, and referred to by number. In the texts of this module PATH is a path as
`codec.path_to_text` writes it, sorted byte by byte; LONG_INDEX is an index for equal values of any length. `views` has
what people read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from monitor.core.text.terms import query_terms
from monitor.core.tracking.ids import SCHEMA
from monitor.ledger.database import Transaction
from monitor.ledger.views import drop_views

META = """
CREATE TABLE IF NOT EXISTS meta (
    name VARCHAR(40) NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name)
);
"""

# Every path that a version, a change or an absent statement has, once.
PATHS = """
CREATE TABLE IF NOT EXISTS paths (
    id INTEGER NOT NULL,
    path PATH NOT NULL,
    PRIMARY KEY (id)
);
"""
PATHS_INDEXES = "CREATE INDEX IF NOT EXISTS ix_paths_path ON paths LONG_INDEX(path);"

# `seen_before`: when the state before this snapshot was last seen.
FOLDS = """
CREATE TABLE IF NOT EXISTS folds (
    seq INTEGER NOT NULL,
    snapshot VARCHAR(64) NOT NULL,
    source PATH NOT NULL,
    taken_at VARCHAR(27) NOT NULL,
    recorded_at VARCHAR(27) NOT NULL,
    author TEXT,
    origin VARCHAR(64),
    tie INTEGER NOT NULL,
    seen_before VARCHAR(27),
    PRIMARY KEY (seq),
    UNIQUE (snapshot)
);
CREATE INDEX IF NOT EXISTS ix_folds_taken_at ON folds (taken_at);
"""

# `members` are its statements and `blocks` its blocks, as runs that `core/tracking/runs.py` packs. An absent document
# went in the fold `last_seq`. Few documents are FAILED, and every run with changes asks for them. `suspect` are the
# members before a suspect version, until the document has recovered.
DOCUMENTS = """
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER NOT NULL,
    id VARCHAR(20) NOT NULL,
    source PATH NOT NULL,
    path PATH NOT NULL,
    present BOOLEAN NOT NULL,
    failed BOOLEAN NOT NULL,
    blob VARCHAR(64),
    read_path PATH,
    read_blob VARCHAR(64),
    members TEXT NOT NULL,
    blocks TEXT NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    notes TEXT,
    suspect TEXT,
    PRIMARY KEY (number),
    UNIQUE (id)
);
CREATE INDEX IF NOT EXISTS ix_documents_path ON documents LONG_INDEX(path);
CREATE INDEX IF NOT EXISTS ix_documents_blob ON documents (blob);
CREATE INDEX IF NOT EXISTS ix_documents_failed ON documents (failed) WHERE FAILED;
CREATE INDEX IF NOT EXISTS ix_documents_notes ON documents (present) WHERE notes IS NOT NULL;
"""

# `members` and `blocks` are the runs of a document at that time, compressed: there are many versions.
VERSIONS = """
CREATE TABLE IF NOT EXISTS versions (
    document INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    path INTEGER NOT NULL,
    blob VARCHAR(64),
    present BOOLEAN NOT NULL,
    members BLOB,
    blocks BLOB,
    language VARCHAR(8),
    notes TEXT,
    PRIMARY KEY (document, seq)
);
"""
VERSIONS_INDEXES = "CREATE INDEX IF NOT EXISTS ix_versions_path ON versions (path);"

# Every text with its links, once. `search` is what the full-text index has of it, NULL where that is the text itself.
TEXTS = """
CREATE TABLE IF NOT EXISTS texts (
    id INTEGER NOT NULL,
    text TEXT NOT NULL,
    links TEXT,
    "key" BIGINT NOT NULL,
    search TEXT,
    PRIMARY KEY (id)
);
"""
TEXTS_INDEXES = 'CREATE INDEX IF NOT EXISTS ix_texts_key ON texts ("key");'

# The numbers by which similar texts are found, see `core/tracking/texts.py`.
SIGNATURES = """
CREATE TABLE IF NOT EXISTS signatures (
    value BIGINT NOT NULL,
    text INTEGER NOT NULL,
    PRIMARY KEY (value, text)
) WITHOUT ROWID;
"""

# Every block, once. `kind` is the place in `BlockKind`, `depth` a heading's or an item's level; `texts` are its
# statements as runs, `cells` the ranges of a table row's cells in its text; `layout` is that of `core/text/layout.py`.
BLOCKS = """
CREATE TABLE IF NOT EXISTS blocks (
    id INTEGER NOT NULL,
    kind SMALLINT NOT NULL,
    depth SMALLINT NOT NULL,
    texts TEXT NOT NULL,
    cells TEXT,
    layout TEXT,
    PRIMARY KEY (id)
);
"""
BLOCKS_INDEXES = "CREATE INDEX IF NOT EXISTS ix_blocks_texts ON blocks LONG_INDEX(texts);"

# Of an absent statement, `path`, `ordinal` and `gone_seq` say where it stood and in which fold it went.
STATEMENTS = """
CREATE TABLE IF NOT EXISTS statements (
    number INTEGER NOT NULL,
    id VARCHAR(20) NOT NULL,
    document INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    text INTEGER NOT NULL,
    present BOOLEAN NOT NULL,
    first_seq INTEGER NOT NULL,
    path INTEGER,
    ordinal INTEGER,
    gone_seq INTEGER,
    returns INTEGER NOT NULL,
    metadata BOOLEAN NOT NULL,
    PRIMARY KEY (number)
);
"""
STATEMENTS_INDEXES = """
CREATE UNIQUE INDEX IF NOT EXISTS ix_statements_id ON statements (id);
CREATE INDEX IF NOT EXISTS ix_statements_text ON statements (text);
"""

# `kind` and `depth` are of the block that held the text when the revision came.
REVISIONS = """
CREATE TABLE IF NOT EXISTS revisions (
    statement INTEGER NOT NULL,
    number INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    text INTEGER NOT NULL,
    kind SMALLINT NOT NULL,
    depth SMALLINT NOT NULL,
    PRIMARY KEY (statement, number)
) WITHOUT ROWID;
"""
REVISIONS_INDEXES = "CREATE INDEX IF NOT EXISTS ix_revisions_text ON revisions (text);"

# `position` counts from 0 in the order of the log. A change of one statement has its sides here, `sides` has the
# others. `level`, `kind` and `cause` are numbers of `codec`, `aspects` is a bit mask, `similarity` counts
# ten-thousandths, texts and paths are numbers of their tables.
CHANGES = """
CREATE TABLE IF NOT EXISTS changes (
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL,
    id VARCHAR(20) NOT NULL,
    level SMALLINT NOT NULL,
    kind SMALLINT NOT NULL,
    document INTEGER,
    path INTEGER NOT NULL,
    path_before INTEGER,
    cause SMALLINT,
    "group" VARCHAR(20),
    substantive BOOLEAN NOT NULL,
    aspects INTEGER NOT NULL,
    similarity SMALLINT,
    moved BOOLEAN NOT NULL,
    baseline BOOLEAN NOT NULL,
    gone_seq INTEGER,
    message TEXT,
    returns INTEGER,
    copies INTEGER NOT NULL,
    announced BOOLEAN,
    metadata BOOLEAN NOT NULL,
    language VARCHAR(8),
    aspects_known BOOLEAN,
    statement INTEGER,
    before_revision INTEGER,
    before_ordinal INTEGER,
    before_text INTEGER,
    after_revision INTEGER,
    after_ordinal INTEGER,
    after_text INTEGER,
    PRIMARY KEY (seq, position)
) WITHOUT ROWID;
"""
CHANGES_INDEXES = """
CREATE INDEX IF NOT EXISTS ix_changes_id ON changes (id);
CREATE INDEX IF NOT EXISTS ix_changes_document ON changes (document);
CREATE INDEX IF NOT EXISTS ix_changes_statement ON changes (statement);
CREATE INDEX IF NOT EXISTS ix_changes_path_before ON changes (path_before) WHERE path_before IS NOT NULL;
"""

# The statements of a split or a merger, several on one side.
SIDES = """
CREATE TABLE IF NOT EXISTS sides (
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL,
    "after" BOOLEAN NOT NULL,
    part INTEGER NOT NULL,
    statement INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    text INTEGER NOT NULL,
    PRIMARY KEY (seq, position, "after", part)
) WITHOUT ROWID;
"""
SIDES_INDEXES = "CREATE INDEX IF NOT EXISTS ix_sides_statement ON sides (statement);"

# An upgrade of our own rules folds everything again; what that altered is kept here, since no fold knows it.
UPGRADES = """
CREATE TABLE IF NOT EXISTS upgrades (
    id INTEGER NOT NULL,
    at VARCHAR(27) NOT NULL,
    "before" TEXT NOT NULL,
    "after" TEXT NOT NULL,
    gone INTEGER NOT NULL,
    "new" INTEGER NOT NULL,
    PRIMARY KEY (id)
);
"""

UPGRADED = """
CREATE TABLE IF NOT EXISTS upgraded (
    change VARCHAR(20) NOT NULL,
    upgrade INTEGER NOT NULL,
    PRIMARY KEY (change)
);
"""

# Other names of statements, see the module `aliases`.
ALIASES = """
CREATE TABLE IF NOT EXISTS aliases (
    "old" VARCHAR(20) NOT NULL,
    "new" VARCHAR(20) NOT NULL,
    PRIMARY KEY ("old")
);
CREATE INDEX IF NOT EXISTS ix_aliases_new ON aliases ("new");
"""

DERIVED: Mapping[str, str] = MappingProxyType(
    {
        "blocks": BLOCKS,
        "changes": CHANGES,
        "documents": DOCUMENTS,
        "folds": FOLDS,
        "meta": META,
        "paths": PATHS,
        "revisions": REVISIONS,
        "sides": SIDES,
        "signatures": SIGNATURES,
        "statements": STATEMENTS,
        "texts": TEXTS,
        "versions": VERSIONS,
    }
)
"""What makes each derived table, by name, sorted."""

INDEXES = (
    *(PATHS_INDEXES, VERSIONS_INDEXES, TEXTS_INDEXES, BLOCKS_INDEXES, STATEMENTS_INDEXES),
    *(REVISIONS_INDEXES, CHANGES_INDEXES, SIDES_INDEXES),
)
"""The indexes that an import into an empty ledger makes at its end."""

KEPT: Mapping[str, str] = MappingProxyType({"aliases": ALIASES, "upgraded": UPGRADED, "upgrades": UPGRADES})
"""The same of the kept tables."""

_LONG_INDEX = re.compile(r"LONG_INDEX\((\w+)\)")
_WORDS = {
    "sqlite": {"PATH": "TEXT"},
    "postgresql": {"PATH": 'TEXT COLLATE "C"', " BLOB": " BYTEA", " WITHOUT ROWID": ""},
}


def has_ledger(transaction: Transaction) -> bool:
    """Whether there is a ledger yet."""
    return transaction.has_table("meta")


def has_notes(transaction: Transaction) -> bool:
    """Whether versions have notes: a ledger of an earlier layout, which the next run makes again, has none."""
    made_with = str(transaction.value("SELECT value FROM meta WHERE name = 'fingerprint'") or "")
    return made_with.startswith(f"schema {SCHEMA} ")


def create_kept(transaction: Transaction) -> None:
    """The kept tables, where they are not there."""
    _create(transaction, KEPT.values())


def create_derived(transaction: Transaction) -> None:
    """The derived tables, empty, and the full-text index; there must be none. `create_indexes` completes them."""
    _create(transaction, DERIVED.values())
    if transaction.dialect == "sqlite":
        transaction.execute("CREATE VIEW searched AS SELECT id, coalesce(search, text) AS text FROM texts")
        transaction.execute(
            "CREATE VIRTUAL TABLE text_words USING fts5(text, content='searched', content_rowid='id', columnsize=0, "
            'tokenize="unicode61 remove_diacritics 0")'
        )


def create_indexes(transaction: Transaction) -> None:
    """The indexes, where they are not there."""
    _create(transaction, INDEXES)
    if transaction.dialect == "postgresql":
        transaction.execute(f"CREATE INDEX IF NOT EXISTS text_words ON texts USING gin ({_VECTOR})")


def drop_derived(transaction: Transaction) -> None:
    """The derived tables, views and the full-text index, with all that they hold."""
    drop_views(transaction)
    if transaction.dialect == "sqlite":
        transaction.execute("DROP TABLE IF EXISTS text_words")
        transaction.execute("DROP TABLE IF EXISTS revision_text")  # of ledgers of before version 3
        transaction.execute("DROP VIEW IF EXISTS searched")
    for name in DERIVED:
        transaction.execute(f"DROP TABLE IF EXISTS {name}")


def _create(transaction: Transaction, scripts: Iterable[str]) -> None:
    for script in scripts:
        for word, own in {**_WORDS[transaction.dialect], "WHERE FAILED": f"WHERE {failed(transaction)}"}.items():
            script = script.replace(word, own)
        # PostgreSQL's usual index takes no value of 2,700 bytes
        form = r"(\1)" if transaction.dialect == "sqlite" else r"USING hash (\1)"
        transaction.execute_script(_LONG_INDEX.sub(form, script))


# --- differences between the databases ----------------------------------------------------------


def failed(transaction: Transaction) -> str:
    """The condition of the index of the documents that could not be read: a query must have it word by word."""
    return "failed = 1" if transaction.dialect == "sqlite" else "failed"


def insert_or_update(table: str, key: str, columns: Iterable[str]) -> str:
    """A statement for one row: put in, or the row with the same key is changed. Both databases write it alike."""
    names = [f'"{column}"' for column in columns]
    values = ", ".join(f":{column}" for column in columns)
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name != f'"{key}"')
    return f'INSERT INTO {table} ({", ".join(names)}) VALUES ({values}) ON CONFLICT ("{key}") DO UPDATE SET {changed}'


# The terms of a text with spaces between them. A vector holds a megabyte: of a longer text the beginning counts.
_TERMS = "coalesce(texts.search, regexp_replace(lower(texts.text), '[^a-z0-9]+', ' ', 'g'))"
_VECTOR = f"to_tsvector('simple', left({_TERMS}, 200000))"


class FullText(NamedTuple):
    """A search in `texts`: the table that has the hits, the number of the text in it, and a condition; parameters."""

    table: str
    text: str
    condition: str
    parameters: dict[str, str]


def full_text(transaction: Transaction, words: str) -> FullText | None:
    """The texts that hold all the words, as `core.text.terms` has it; None where they ask for nothing.

    Each word is taken literally, so that no query syntax of a database shows through.
    """
    asked = [[" ".join(phrase) for phrase in phrases] for phrases in query_terms(words)]
    if not asked:
        return None
    if transaction.dialect == "sqlite":
        found = " AND ".join("({})".format(" OR ".join(f'"{phrase}"' for phrase in phrases)) for phrases in asked)
        return FullText("text_words", "text_words.rowid", "text_words MATCH :words", {"words": found})
    # A vector counts its first 16,383 positions, and 256 of a term: the terms' order is asked of the text itself
    given: dict[str, str] = {}
    conditions = []
    for phrases in asked:
        names = [f"phrase_{len(given) + at}" for at in range(len(phrases))]
        given |= zip(names, phrases, strict=True)
        held = " || ".join(f"plainto_tsquery('simple', :{name})" for name in names)
        either = " OR ".join(f"strpos(' ' || {_TERMS} || ' ', ' ' || :{name} || ' ') > 0" for name in names)
        indexed = max(map(len, " ".join(phrases).split())) <= 500  # a vector leaves out terms of 2,047 bytes
        conditions.append(f"{_VECTOR} @@ ({held}) AND ({either})" if indexed else f"({either})")
    return FullText("texts", "texts.id", " AND ".join(conditions), given)


def index_texts(transaction: Transaction, texts: Iterable[tuple[int, str]]) -> None:
    """Let the full-text search find these texts: PostgreSQL's index fills itself."""
    if transaction.dialect == "sqlite":
        transaction.copy_in("text_words", ("rowid", "text"), texts)
