"""The tables of the ledger as SQL, and the four differences between SQLite and PostgreSQL.

*Derived* tables are the result of folding; `rebuild` empties and fills them. *Kept* tables hold what cannot be
derived. `codec` says how values are stored. The version of the layout is `ids.SCHEMA`, part of the fingerprint: a new
one rebuilds the derived tables.

In the texts PATH is a path as `codec.path_to_text` writes it, sorted byte by byte; ROW_NUMBER is a key that the
database may number; PATH_INDEX is an index for equal paths of any length.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from unicodedata import normalize

from monitor.core.tracking.ids import SCHEMA
from monitor.ledger.codec import searchable_text
from monitor.ledger.database import Transaction

META = """
CREATE TABLE IF NOT EXISTS meta (
    name VARCHAR(40) NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name)
);
"""

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
    PRIMARY KEY (seq),
    UNIQUE (snapshot)
);
CREATE INDEX IF NOT EXISTS ix_folds_taken_at ON folds (taken_at);
"""

# Few documents are FAILED, and every run with changes asks for them.
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
    members BLOB NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    gone_at VARCHAR(27),
    PRIMARY KEY (number),
    UNIQUE (id)
);
CREATE INDEX IF NOT EXISTS ix_documents_path ON documents PATH_INDEX;
CREATE INDEX IF NOT EXISTS ix_documents_blob ON documents (blob);
CREATE INDEX IF NOT EXISTS ix_documents_failed ON documents (failed) WHERE FAILED;
"""

VERSIONS = """
CREATE TABLE IF NOT EXISTS versions (
    document INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    path PATH NOT NULL,
    blob VARCHAR(64),
    present BOOLEAN NOT NULL,
    members BLOB,
    notes TEXT,
    PRIMARY KEY (document, seq)
);
CREATE INDEX IF NOT EXISTS ix_versions_path ON versions PATH_INDEX;
CREATE INDEX IF NOT EXISTS ix_versions_notes ON versions (seq) WHERE notes IS NOT NULL;
"""

# `text_row` is the row of `revisions` that holds the text; `sketch1` to `sketch3` are its signature.
STATEMENTS = """
CREATE TABLE IF NOT EXISTS statements (
    number INTEGER NOT NULL,
    id VARCHAR(20) NOT NULL,
    document INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    "key" BIGINT NOT NULL,
    present BOOLEAN NOT NULL,
    first_seq INTEGER NOT NULL,
    path PATH,
    ordinal INTEGER,
    gone_at VARCHAR(27),
    returns INTEGER NOT NULL,
    text_row INTEGER NOT NULL,
    sketch1 BIGINT,
    sketch2 BIGINT,
    sketch3 BIGINT,
    PRIMARY KEY (number),
    UNIQUE (id)
);
CREATE INDEX IF NOT EXISTS ix_statements_key ON statements ("key");
CREATE INDEX IF NOT EXISTS ix_statements_sketch1 ON statements (sketch1);
CREATE INDEX IF NOT EXISTS ix_statements_sketch2 ON statements (sketch2);
CREATE INDEX IF NOT EXISTS ix_statements_sketch3 ON statements (sketch3);
"""

# `id` gives the full-text index a row to point at. `kind` is the place in `BlockKind` of the block that held the text
# when the revision came, `depth` a heading's level.
REVISIONS = """
CREATE TABLE IF NOT EXISTS revisions (
    id ROW_NUMBER NOT NULL,
    statement INTEGER NOT NULL,
    number INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    text TEXT NOT NULL,
    links TEXT,
    kind SMALLINT NOT NULL,
    depth SMALLINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX IF NOT EXISTS revisions_of_statement ON revisions (statement, number);
"""

# `position` counts down from 0: a walk backwards through the key is the order of the log, and nothing need be sorted. A
# change of one statement has its sides here (`sides` has the others), and the text before, since that occurs anywhere
# among the revisions: to fetch it took half the time of reading a week. The texts after stand together as they came.
# `before_number` is of the revision; `before_row` and `after_row` are rows of `revisions`; `aspects` is a bit mask.
CHANGES = """
CREATE TABLE IF NOT EXISTS changes (
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL,
    id VARCHAR(20) NOT NULL,
    level SMALLINT NOT NULL,
    kind VARCHAR(10) NOT NULL,
    document INTEGER,
    path PATH NOT NULL,
    path_before PATH,
    cause VARCHAR(10),
    "group" VARCHAR(20),
    substantive BOOLEAN NOT NULL,
    aspects INTEGER NOT NULL,
    similarity FLOAT,
    moved BOOLEAN NOT NULL,
    baseline BOOLEAN NOT NULL,
    absent_since VARCHAR(27),
    message TEXT,
    returns INTEGER,
    copies INTEGER NOT NULL,
    statement INTEGER,
    statement_id VARCHAR(20),
    before_number INTEGER,
    before_ordinal INTEGER,
    before_row INTEGER,
    before_text TEXT,
    before_links TEXT,
    after_number INTEGER,
    after_ordinal INTEGER,
    after_row INTEGER,
    PRIMARY KEY (seq, position)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ix_changes_id ON changes (id);
CREATE INDEX IF NOT EXISTS ix_changes_document ON changes (document);
CREATE INDEX IF NOT EXISTS ix_changes_path ON changes PATH_INDEX;
CREATE INDEX IF NOT EXISTS ix_changes_statement ON changes (statement);
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
    text_row INTEGER NOT NULL,
    PRIMARY KEY (seq, position, "after", part)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ix_sides_statement ON sides (statement);
"""

# An upgrade of our own rules folds everything again; what that altered is kept here, since no fold knows it.
UPGRADES = """
CREATE TABLE IF NOT EXISTS upgrades (
    id ROW_NUMBER NOT NULL,
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

# The same: it waits only while everything is folded again.
BORN = """
CREATE TABLE IF NOT EXISTS born (
    id VARCHAR(20) NOT NULL,
    snapshot VARCHAR(64) NOT NULL,
    path PATH NOT NULL,
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (id)
);
"""

DERIVED: Mapping[str, str] = MappingProxyType(
    {
        "changes": CHANGES,
        "documents": DOCUMENTS,
        "folds": FOLDS,
        "meta": META,
        "revisions": REVISIONS,
        "sides": SIDES,
        "statements": STATEMENTS,
        "versions": VERSIONS,
    }
)
"""What makes each derived table, by name, sorted."""

KEPT: Mapping[str, str] = MappingProxyType(
    {"aliases": ALIASES, "born": BORN, "upgraded": UPGRADED, "upgrades": UPGRADES}
)
"""The same of the kept tables."""

_WORDS = {
    "sqlite": {"PATH_INDEX": "(path)", "PATH": "TEXT", "ROW_NUMBER": "INTEGER"},
    "postgresql": {
        "PATH_INDEX": "USING hash (path)",  # its usual index takes no value of 2,700 bytes
        "PATH": 'TEXT COLLATE "C"',
        "ROW_NUMBER": "SERIAL",
        "BLOB": "BYTEA",
        " WITHOUT ROWID": "",
    },
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
    """The derived tables, empty, and the full-text index; there must be none."""
    _create(transaction, DERIVED.values())
    if transaction.dialect == "sqlite":
        transaction.execute(
            "CREATE VIRTUAL TABLE revision_text USING fts5(text, content='revisions', content_rowid='id', "
            'tokenize="unicode61 remove_diacritics 2")'
        )
    else:
        transaction.execute(f"CREATE INDEX revision_text ON revisions USING gin ({_VECTOR})")


def drop_derived(transaction: Transaction) -> None:
    """The derived tables and the full-text index, with all that they hold."""
    index = "TABLE" if transaction.dialect == "sqlite" else "INDEX"
    transaction.execute(f"DROP {index} IF EXISTS revision_text")
    for name in DERIVED:
        transaction.execute(f"DROP TABLE IF EXISTS {name}")


def _create(transaction: Transaction, scripts: Iterable[str]) -> None:
    for script in scripts:
        for word, own in {**_WORDS[transaction.dialect], "WHERE FAILED": f"WHERE {failed(transaction)}"}.items():
            script = script.replace(word, own)
        transaction.execute_script(script)


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


# PostgreSQL holds texts for the full-text search cut into words as SQLite's FTS5 cuts them. Accents go, and signs
# become spaces, since its own parser would take `and/or` for the name of a file.
_SIGNS = "".join(chr(code) for code in range(33, 127) if not chr(code).isalnum())
_QUOTED = _SIGNS.replace("'", "''")
# A vector holds a megabyte: of a longer text the beginning counts.
_VECTOR = (
    "to_tsvector('simple', translate(regexp_replace(normalize(left(revisions.text, 200000), NFD), "
    f"'[\u0300-\u036f]', '', 'g'), '{_QUOTED}', '{' ' * len(_SIGNS)}'))"
)


def full_text(transaction: Transaction, words: str) -> tuple[str, dict[str, str]]:
    """A condition on `revisions`: its text holds all the words; with its parameters.

    Each word is taken literally, so that no query syntax of a database shows through.
    """
    words = searchable_text(words.replace("\0", " "))
    if transaction.dialect == "sqlite":
        quoted = " ".join('"' + word.replace('"', '""') + '"' for word in words.split())
        found = "SELECT rowid FROM revision_text WHERE revision_text MATCH :words"
        return f"revisions.id IN ({found})", {"words": quoted}
    given = {f"word_{at}": _plain(word) for at, word in enumerate(words.split())}
    phrases = " && ".join(f"phraseto_tsquery('simple', :{name})" for name in given)
    return f"{_VECTOR} @@ ({phrases})", given


def index_texts(transaction: Transaction, texts: Iterable[tuple[int, str]]) -> None:
    """Let the full-text search find these rows of `revisions`: PostgreSQL's index fills itself."""
    if transaction.dialect == "sqlite":
        transaction.copy_in("revision_text", ("rowid", "text"), texts)


def _plain(word: str) -> str:
    """A word that is searched for, as the vectors hold it."""
    letters = normalize("NFD", word)
    return "".join(" " if letter in _SIGNS else letter for letter in letters if not "\u0300" <= letter <= "\u036f")
