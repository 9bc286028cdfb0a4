"""The views that people and other programs read: names and words instead of numbers.

Tables may change from one version to the next; the columns of a view stay, new ones are appended. Times are ISO 8601 in
UTC, positions count from 1, booleans are 0 and 1 in SQLite. They need no function that the database does not have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from monitor.ledger.codec import BLOCK_KINDS, CAUSES, KINDS, LEVELS
from monitor.ledger.database import Transaction
from monitor.model import Aspect


def _word(column: str, words: Sequence[str]) -> str:
    """The word for a number."""
    cases = " ".join(f"WHEN {number} THEN '{word}'" for number, word in enumerate(words))
    return f"CASE {column} {cases} END"


def _aspects(column: str) -> str:
    """A bit mask as a JSON array of words."""
    words = " || ".join(
        f"CASE WHEN ({column} & {1 << bit}) <> 0 THEN ',\"{aspect}\"' ELSE '' END" for bit, aspect in enumerate(Aspect)
    )
    return f"'[' || substr({words}, 2) || ']'"


def _texts_of_sides(transaction: Transaction, after: int) -> str:
    """The texts of one side of a split or merger, in order, one a line."""
    side = '"after"' if after else 'NOT "after"'
    rows = f"sides.seq = changes.seq AND sides.position = changes.position AND {side}"
    if transaction.dialect == "postgresql":
        return (
            "(SELECT string_agg(texts.text, chr(10) ORDER BY sides.part) FROM sides"
            f" JOIN texts ON texts.id = sides.text WHERE {rows})"
        )
    return (
        "(SELECT group_concat(text, char(10)) FROM (SELECT texts.text FROM sides"
        f" JOIN texts ON texts.id = sides.text WHERE {rows} ORDER BY sides.part))"
    )


def _first_of_sides(column: str, *, after: bool) -> str:
    side = '"after"' if after else 'NOT "after"'
    return (
        f"(SELECT {column} FROM sides JOIN statements ON statements.number = sides.statement"
        f" WHERE sides.seq = changes.seq AND sides.position = changes.position AND {side} AND sides.part = 0)"
    )


def _changes(transaction: Transaction) -> str:
    several = "changes.statement IS NULL AND changes.level = 1"
    return f"""
SELECT
    changes.id AS change_id,
    {_word("changes.level", LEVELS)} AS level,
    {_word("changes.kind", KINDS)} AS kind,
    CASE WHEN changes.substantive THEN 'substantive' ELSE 'editorial' END AS significance,
    {_aspects("changes.aspects")} AS aspects,
    paths.path AS document,
    CASE WHEN changes.level = 0 THEN before_paths.path END AS document_before,
    documents.id AS document_id,
    folds.snapshot AS snapshot,
    folds.taken_at AS taken_at,
    folds.recorded_at AS recorded_at,
    changes.moved AS moved,
    changes.baseline AS baseline,
    {flag(transaction, "upgraded.change IS NOT NULL")} AS technical_upgrade,
    gone.taken_at AS absent_since,
    CAST(changes.similarity AS DOUBLE PRECISION) / 10000 AS similarity,
    {_word("changes.cause", CAUSES)} AS cause,
    changes."group" AS change_group,
    CASE WHEN {several}
        THEN coalesce({_first_of_sides("statements.id", after=True)}, {_first_of_sides("statements.id", after=False)})
        ELSE statements.id END AS statement_id,
    CASE WHEN {several} THEN {_first_of_sides("sides.ordinal", after=False)} ELSE changes.before_ordinal END + 1
        AS position_before,
    CASE WHEN {several} THEN {_first_of_sides("sides.ordinal", after=True)} ELSE changes.after_ordinal END + 1
        AS position_after,
    CASE WHEN {several} THEN {_texts_of_sides(transaction, 0)} ELSE before_texts.text END AS text_before,
    CASE WHEN {several} THEN {_texts_of_sides(transaction, 1)} ELSE after_texts.text END AS text_after,
    changes.message AS message,
    folds.seen_before AS seen_before,
    changes.announced AS announced,
    changes.metadata AS metadata,
    changes.language AS language,
    changes.aspects_known AS aspects_known
FROM changes
JOIN folds ON folds.seq = changes.seq
JOIN paths ON paths.id = changes.path
LEFT JOIN paths AS before_paths ON before_paths.id = changes.path_before
LEFT JOIN documents ON documents.number = changes.document
LEFT JOIN folds AS gone ON gone.seq = changes.gone_seq
LEFT JOIN upgraded ON upgraded.change = changes.id
LEFT JOIN statements ON statements.number = changes.statement
LEFT JOIN texts AS before_texts ON before_texts.id = changes.before_text
LEFT JOIN texts AS after_texts ON after_texts.id = changes.after_text
"""


def flag(transaction: Transaction, condition: str) -> str:
    """A condition as a column of a view."""
    return f"({condition})" if transaction.dialect == "postgresql" else f"CASE WHEN {condition} THEN 1 ELSE 0 END"


def _runs(transaction: Transaction) -> str:
    """The runs of statements of every present document: their first number, their length, and where they begin."""
    if transaction.dialect == "postgresql":
        run = "run.place AS place, (run.value ->> 0)::integer AS first, (run.value ->> 1)::integer AS length"
        each = "CROSS JOIN LATERAL jsonb_array_elements(documents.members::jsonb) WITH ORDINALITY AS run(value, place)"
    else:
        run = "run.key AS place, json_extract(run.value, '$[0]') AS first, json_extract(run.value, '$[1]') AS length"
        each = "CROSS JOIN json_each(documents.members) AS run"
    return f"""
    SELECT number, first, length, sum(length) OVER (PARTITION BY number ORDER BY place) - length AS start
    FROM (SELECT documents.number AS number, {run} FROM documents {each} WHERE documents.present) AS runs
"""


def _statements_now(transaction: Transaction) -> str:
    return f"""
SELECT
    statements.id AS statement_id,
    documents.path AS document,
    documents.id AS document_id,
    runs.start + statements.number - runs.first + 1 AS position,
    texts.text AS text,
    {_word("revisions.kind", BLOCK_KINDS)} AS kind,
    introduced.taken_at AS introduced_at,
    CASE WHEN statements.revision > 1 THEN revised.taken_at END AS revised_at,
    statements.revision AS revisions
FROM ({_runs(transaction)}) AS runs
JOIN documents ON documents.number = runs.number
JOIN statements ON statements.number BETWEEN runs.first AND runs.first + runs.length - 1
JOIN texts ON texts.id = statements.text
JOIN revisions ON revisions.statement = statements.number AND revisions.number = statements.revision
JOIN folds AS introduced ON introduced.seq = statements.first_seq
JOIN folds AS revised ON revised.seq = revisions.seq
"""


def _revisions(transaction: Transaction) -> str:
    current = "statements.present AND statements.revision = revisions.number"
    return f"""
SELECT
    statements.id AS statement_id,
    revisions.number AS revision,
    coalesce(paths.path, documents.path) AS document,
    texts.text AS text,
    {_word("revisions.kind", BLOCK_KINDS)} AS kind,
    since.taken_at AS since,
    coalesce(until.taken_at, gone.taken_at) AS until,
    {flag(transaction, current)} AS current
FROM revisions
JOIN statements ON statements.number = revisions.statement
JOIN documents ON documents.number = statements.document
JOIN texts ON texts.id = revisions.text
JOIN folds AS since ON since.seq = revisions.seq
LEFT JOIN paths ON paths.id = statements.path
LEFT JOIN revisions AS following
    ON following.statement = revisions.statement AND following.number = revisions.number + 1
LEFT JOIN folds AS until ON until.seq = following.seq
LEFT JOIN folds AS gone ON gone.seq = statements.gone_seq
"""


def _versions(_transaction: Transaction) -> str:
    return """
SELECT
    documents.path AS document,
    documents.id AS document_id,
    folds.snapshot AS snapshot,
    folds.taken_at AS taken_at,
    paths.path AS path,
    versions.present AS present,
    versions.blob AS blob
FROM versions
JOIN documents ON documents.number = versions.document
JOIN folds ON folds.seq = versions.seq
JOIN paths ON paths.id = versions.path
"""


class ViewColumn(NamedTuple):
    """A column of a view, as docs/schema.md lists it. `type` is `text`, `integer`, `real` or `boolean`."""

    name: str
    type: str
    meaning: str


class View(NamedTuple):
    """A view: what a row of it is, and its columns in their order."""

    row: str
    columns: tuple[ViewColumn, ...]


def columns(text: str) -> tuple[ViewColumn, ...]:
    """Of lines `name type: meaning`."""
    found = (line.strip().partition(": ") for line in text.strip().splitlines())
    named = ((*head.split(), meaning) for head, _, meaning in found)
    return tuple(ViewColumn(name, kind, meaning) for name, kind, meaning in named)


VIEWS: Mapping[str, View] = MappingProxyType(
    {
        "changes_view": View(
            "a change, those of the first snapshot included",
            columns("""
                change_id text: the full id
                level text: `statement` or `document`
                kind text: a word that `log --kind` takes, such as `revised`
                significance text: `editorial` or `substantive`
                aspects text: a JSON array, such as `["number","modality"]`
                document text: the path after, else before
                document_before text: of a renamed document, the path before
                document_id text: the document's id, which a rename does not change
                snapshot text: the snapshot that brought it
                taken_at text: when that was taken
                recorded_at text: when it was recorded
                moved boolean: whether the statement has another place among its neighbours
                baseline boolean: whether the first snapshot held it, so that it is no news
                technical_upgrade boolean: whether only new rules found it, so that it is no news
                absent_since text: of a restored statement, when it went
                similarity real: of the two texts, from 0 to 1
                cause text: why it happened, such as `document`: it came or went with its whole document
                change_group text: what changes that belong together have in common
                statement_id text: of the side after, else before; the first of several
                position_before integer: the place in the document before, from 1
                position_after integer: the place in the document after, from 1
                text_before text: the text before; several statements on several lines
                text_after text: the text after; several statements on several lines
                message text: why a document could not be read
                seen_before text: when the state before was last seen; null where nothing was
                announced boolean: whether the document's own date or version line changed with it; null without one
                metadata boolean: whether it is in the front matter
                language text: ISO 639-1, by the texts on both sides; null where it is unclear
                aspects_known boolean: false where the language has no word lists, so that absent aspects prove nothing
            """),
        ),
        "statements_now": View(
            "a statement that is present now",
            columns("""
                statement_id text: the full id
                document text: the path
                document_id text: the document's id
                position integer: its place in the document, from 1
                text text: what it says
                kind text: `heading`, `paragraph`, `item`, `row` and the like
                introduced_at text: when it was first seen
                revised_at text: when it was last revised
                revisions integer: how many wordings it has had
            """),
        ),
        "revisions_view": View(
            "a wording of a statement",
            columns("""
                statement_id text: the statement's full id
                revision integer: its number, from 1
                document text: the path of its document
                text text: what it said
                kind text: as in `statements_now`
                since text: when it was first seen
                until text: when it went or was revised; null while it is in the document
                current boolean: whether it is in the document now
            """),
        ),
        "versions_view": View(
            "a document in a snapshot in which it changed",
            columns("""
                document text: the present or latest path
                document_id text: the document's id
                snapshot text: the snapshot
                taken_at text: when that was taken
                path text: the path then
                present boolean: whether it was there; false where it was removed
                blob text: git's id of the exact bytes, in `history.git`
            """),
        ),
    }
)
"""What people and other programs read; new columns are appended."""

_QUERIES = {
    "changes_view": _changes,
    "statements_now": _statements_now,
    "revisions_view": _revisions,
    "versions_view": _versions,
}


def create_views(transaction: Transaction) -> None:
    """The views of the ledger; there must be none."""
    for name, query in _QUERIES.items():
        transaction.execute(_create(name, query(transaction)))


def altered_views(transaction: Transaction) -> list[str]:
    """The views that are missing, or not as this version makes them (PostgreSQL writes them in its own way)."""
    if transaction.dialect == "postgresql":
        found = set(transaction.values("SELECT viewname FROM pg_views WHERE schemaname = current_schema()"))
        return [name for name in VIEWS if name not in found]
    stored: dict[str, str] = dict(transaction.rows("SELECT name, sql FROM sqlite_master WHERE type = 'view'"))
    wanted = {name: _create(name, query(transaction)) for name, query in _QUERIES.items()}
    return [name for name, query in wanted.items() if stored.get(name, "").split() != query.split()]


def _create(name: str, query: str) -> str:
    return f"CREATE VIEW {name} AS {query}"


def drop_views(transaction: Transaction) -> None:
    """Take the views away, where they are there."""
    for name in VIEWS:
        transaction.execute(f"DROP VIEW IF EXISTS {name}")
