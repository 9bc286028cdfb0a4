"""The tables of the reviews, their versions, and how values are stored, for SQLite and PostgreSQL.

*Kept* tables hold what people decided and what was sent. They cannot be derived again, so an older version is migrated
step by step in one transaction, after a copy was made. *Disposable* tables hold the queue, which is rebuilt from the
ledger, the configuration and the kept tables. In SQLite all of them are in a separate file, so that a verdict need not
wait for a long run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.core.review.events import UNREVIEWED, VERDICTS, Verdict
from monitor.errors import StoreError
from monitor.ledger.database import Database, DatabaseRow, Transaction
from monitor.ledger.views import View, columns, flag
from monitor.model import ChangeKind

Migration = Callable[[Transaction], None]


def _with_additions(_transaction: Transaction) -> None:
    """A step that adds tables, which are made in any case, or values that an older program does not know."""


MIGRATIONS: Sequence[Migration] = (_with_additions, _with_additions)  # 2: notice_changes; 3: proposals
"""The step from version n (counted from 1) of the kept tables to n + 1, in their order."""

DISPOSABLE_VERSION = 5  # raised where the layout of a disposable table changes

# `schema`: the version of the kept tables; `mirrored`, `noticed`: how far something was done.
MARKS = """
CREATE TABLE IF NOT EXISTS review_marks (
    name VARCHAR(40) NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name)
);
"""

# Only ever appended to. `number` counts in the order of arrival; SQLite makes the rowid of a key called INTEGER only.
EVENTS = """
CREATE TABLE IF NOT EXISTS review_events (
    number INTEGER NOT NULL,
    id VARCHAR(20) NOT NULL,
    batch VARCHAR(20) NOT NULL,
    change VARCHAR(20) NOT NULL,
    act VARCHAR(10) NOT NULL,
    reviewer TEXT NOT NULL,
    at VARCHAR(27) NOT NULL,
    verdict VARCHAR(10),
    comment TEXT,
    assignee TEXT,
    undoes VARCHAR(20),
    PRIMARY KEY (number),
    UNIQUE (id)
);
CREATE INDEX IF NOT EXISTS ix_review_events_batch ON review_events (batch);
CREATE INDEX IF NOT EXISTS ix_review_events_change ON review_events (change);
CREATE INDEX IF NOT EXISTS ix_review_events_reviewer ON review_events (reviewer);
"""

# One message for one channel about one run. The module `outbox` says what `state` means.
NOTICES = """
CREATE TABLE IF NOT EXISTS notices (
    channel VARCHAR(80) NOT NULL,
    snapshot VARCHAR(64) NOT NULL,
    state VARCHAR(10) NOT NULL,
    made_at VARCHAR(27) NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    tried_at VARCHAR(27),
    problem TEXT,
    PRIMARY KEY (channel, snapshot)
);
CREATE INDEX IF NOT EXISTS ix_notices_state ON notices (state);
"""

# Changes, and other subjects, of which a channel is to be notified later. `PendingChanges` says what `state` means.
NOTICE_CHANGES = """
CREATE TABLE IF NOT EXISTS notice_changes (
    channel VARCHAR(80) NOT NULL,
    subject VARCHAR(120) NOT NULL,
    state VARCHAR(10) NOT NULL,
    made_at VARCHAR(27) NOT NULL,
    PRIMARY KEY (channel, subject)
);
"""

# The state of each change that has events: what they come to, written with them.
STATES = """
CREATE TABLE review_states (
    change VARCHAR(20) NOT NULL,
    verdict VARCHAR(10),
    reviewer TEXT,
    at VARCHAR(27),
    assignee TEXT,
    comments INTEGER NOT NULL,
    last BIGINT NOT NULL,
    proposed VARCHAR(10),
    proposed_by TEXT,
    PRIMARY KEY (change)
);
"""

# The score of each change and its reasons, and what decides to which entry it belongs. Kinds, verdicts and aspects are
# numbers (see below), documents the ledger's numbers, times microseconds: what is scanned is narrow.
SCORED = """
CREATE TABLE queue_scored (
    change VARCHAR(20) NOT NULL,
    generation INTEGER NOT NULL,
    own BIGINT NOT NULL,
    pair BIGINT NOT NULL,
    edit BIGINT NOT NULL,
    way SMALLINT NOT NULL,
    folded BOOLEAN NOT NULL,
    kind SMALLINT NOT NULL,
    aspects SMALLINT NOT NULL,
    substantive BOOLEAN NOT NULL,
    announced BOOLEAN,
    document INTEGER NOT NULL,
    taken_at BIGINT NOT NULL,
    day INTEGER NOT NULL,
    leads BOOLEAN NOT NULL,
    total FLOAT NOT NULL,
    parts TEXT NOT NULL,
    headings TEXT,
    terms TEXT,
    rule TEXT,
    PRIMARY KEY (change)
);
CREATE INDEX ix_queue_scored_pair ON queue_scored (pair);
"""

# One narrow row a change, stored in the order of the queue: changes of one entry have the newest day and the highest
# rank of its members, so that a page is one scan that ends when the page is full. Filters need no other table, and a
# scan is cheaper than an index for all but a document.
QUEUE = """
CREATE TABLE queue (
    day INTEGER NOT NULL,
    rank BIGINT NOT NULL,
    own BIGINT NOT NULL,
    folded BOOLEAN NOT NULL,
    verdict SMALLINT NOT NULL,
    kind SMALLINT NOT NULL,
    aspects SMALLINT NOT NULL,
    substantive BOOLEAN NOT NULL,
    announced BOOLEAN,
    taken_at BIGINT NOT NULL,
    document INTEGER NOT NULL,
    flapping BOOLEAN NOT NULL,
    change VARCHAR(20) NOT NULL,
    assignee TEXT,
    lead BOOLEAN NOT NULL,
    PRIMARY KEY (day, rank, own)
) WITHOUT ROWID;
CREATE UNIQUE INDEX queue_of_rank ON queue (rank, own);
CREATE UNIQUE INDEX queue_of_change ON queue (change);
CREATE INDEX queue_of_document ON queue (document, day, rank);
"""

TERMS = """
CREATE TABLE queue_terms (
    term TEXT NOT NULL,
    change VARCHAR(20) NOT NULL,
    PRIMARY KEY (term, change)
) WITHOUT ROWID;
CREATE INDEX queue_terms_of_change ON queue_terms (change);
"""

COLUMNS: dict[str, tuple[str, ...]] = {
    "review_events": (
        "number", "id", "batch", "change", "act", "reviewer", "at", "verdict", "comment", "assignee", "undoes",
    ),
    "notices": (
        "channel", "snapshot", "state", "made_at", "title", "body", "attempts", "tried_at", "problem",
    ),
    "notice_changes": ("channel", "subject", "state", "made_at"),
    "review_states": (
        "change", "verdict", "reviewer", "at", "assignee", "comments", "last", "proposed", "proposed_by",
    ),
    "queue_scored": (
        "change", "generation", "own", "pair", "edit", "way", "folded", "kind", "aspects", "substantive", "announced",
        "document", "taken_at", "day", "leads", "total", "parts", "headings", "terms", "rule",
    ),
    "queue": (
        "day", "rank", "own", "folded", "verdict", "kind", "aspects", "substantive", "announced", "taken_at",
        "document", "flapping", "change", "assignee", "lead",
    ),
    "queue_terms": ("term", "change"),
}  # fmt: skip
"""The columns of each table, in their order."""

# What people and other programs read, as the views of the ledger: columns stay, new ones are appended.
VERDICTS_VIEW = """
CREATE VIEW verdicts_view AS SELECT
    review_events.id AS event_id,
    review_events.batch AS batch,
    review_events.change AS change_id,
    review_events.act AS act,
    review_events.verdict AS verdict,
    review_events.reviewer AS reviewer,
    review_events.at AS at,
    review_events.comment AS comment,
    review_events.assignee AS assignee,
    {undone} AS undone
FROM review_events
LEFT JOIN (SELECT DISTINCT undoes FROM review_events WHERE act = 'undo') AS undos ON undos.undoes = review_events.id
"""

VERDICTS_COLUMNS = View(
    "a review event",
    columns("""
        event_id text: the event's id
        batch text: what was done in one step has it in common
        change_id text: the change that it concerns
        act text: `verdict`, `proposal` (where two people decide), `comment`, `assignment` or `undo`
        verdict text: `accepted`, `flagged` or `dismissed`
        reviewer text: who
        at text: when
        comment text: what was said, with a verdict or alone
        assignee text: who was asked; empty where the assignment was taken away
        undone boolean: whether the reviewer took it back
    """),
)
"""The columns of `verdicts_view`."""

KEPT = (MARKS, EVENTS, NOTICES, NOTICE_CHANGES)
DISPOSABLE = {"review_states": STATES, "queue_scored": SCORED, "queue": QUEUE, "queue_terms": TERMS}


def prepare(database: Database, migrations: Sequence[Migration] = MIGRATIONS) -> bool:
    """Make the tables or bring them up to date; True where the disposable ones are empty and must be filled.

    StoreError where a newer program made them.
    """
    wanted = len(migrations) + 1
    with database.read_transaction() as transaction:
        found = version(transaction, "schema")
        current = version(transaction, "disposable") == DISPOSABLE_VERSION
    if found == wanted and current:
        return False
    if found is not None and found > wanted:
        raise StoreError(
            f"the reviews are of a newer program (schema {found}, this one knows {wanted}): update this one"
        )
    if found is not None and found < wanted:
        _keep_copy(database, found)
    with database.write_transaction() as transaction:
        transaction.execute("DROP VIEW IF EXISTS verdicts_view")
        for migrate in migrations[found - 1 :] if found is not None else ():
            migrate(transaction)
        for table in KEPT:
            _create(transaction, table)
        for name, table in DISPOSABLE.items():
            transaction.execute(f"DROP TABLE IF EXISTS {name}")
            _create(transaction, table)
        transaction.execute(VERDICTS_VIEW.format(undone=flag(transaction, "undos.undoes IS NOT NULL")))
        write_mark(transaction, "schema", str(wanted))
        write_mark(transaction, "disposable", str(DISPOSABLE_VERSION))
        transaction.execute("DELETE FROM review_marks WHERE name = 'queue'")
    return True


def version(transaction: Transaction, name: str) -> int | None:
    """Which version of something the database holds, None where it holds none."""
    if not transaction.has_table("review_marks"):
        return None
    found = read_mark(transaction, name)
    return None if found is None else int(found)


def read_mark(transaction: Transaction, name: str) -> str | None:
    """How far something was done, as `write_mark` was given it; None where it never was."""
    found: str | None = transaction.value("SELECT value FROM review_marks WHERE name = :name", {"name": name})
    return found


def write_mark(transaction: Transaction, name: str, value: str) -> None:
    """Note how far something was done."""
    transaction.execute(
        "INSERT INTO review_marks (name, value) VALUES (:name, :value)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        {"name": name, "value": value},
    )


def insert(transaction: Transaction, table: str, rows: Sequence[DatabaseRow]) -> None:
    """Insert whole rows, whose values are in the order of the table's columns."""
    if rows:
        transaction.copy_in(table, COLUMNS[table], rows)


def _keep_copy(database: Database, found: int) -> None:
    """All of a SQLite database as `reviews.db.v1`; of another database the events, as a table of their own."""
    suffix = f"v{found}"
    if database.path is not None:
        copy = Path(f"{database.path}.{suffix}")
        copy.unlink(missing_ok=True)
        database.copy_to(copy)
        return
    name = f"review_events_{suffix}"
    with database.write_transaction() as transaction:
        if not transaction.has_table(name):
            transaction.execute(f"CREATE TABLE {name} AS TABLE review_events")


def drop_copies(database: Database) -> None:
    """Delete the copies that migrations made: they hold what was erased since."""
    if database.path is not None:
        for path in database.path.parent.glob(f"{database.path.name}.v*"):
            path.unlink()
        return
    with database.write_transaction() as transaction:
        for version_before in range(1, len(MIGRATIONS) + 1):
            transaction.execute(f"DROP TABLE IF EXISTS review_events_v{version_before}")


def _create(transaction: Transaction, table: str) -> None:
    """A table with its indexes, from SQLite's text of it."""
    if transaction.dialect == "postgresql":
        table = table.replace("number INTEGER", "number BIGINT").replace(" WITHOUT ROWID", "")
    transaction.execute_script(table)


# --- values -------------------------------------------------------------------------------------

KINDS = list(ChangeKind)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def kind_number(kind: ChangeKind) -> int:
    return KINDS.index(kind)


def verdict_number(verdict: Verdict | str | None) -> int:
    return VERDICTS.index(verdict or UNREVIEWED)


def verdict_name(number: int) -> str:
    return str(VERDICTS[number])


def time_to_number(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def time_from_number(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)
