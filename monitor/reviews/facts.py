"""What scoring and grouping need from the ledger: changes with their texts and headings, in chunks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from monitor.core.review.events import QueueFilter
from monitor.core.review.scoring import Fact
from monitor.core.tracking import runs
from monitor.ledger.changes import SELECT_CHANGES, changes_from_rows, paths_of, sides_of
from monitor.ledger.codec import (
    BLOCK_KINDS,
    CAUSES,
    KINDS,
    LEVELS,
    SIMILARITY,
    aspects_from_bits,
    decompressed,
    kind_to_number,
    links_from_text,
    path_from_text,
    time_from_text,
)
from monitor.ledger.database import Database, DatabaseRow, Transaction, chunks
from monitor.ledger.schema import full_text, has_ledger
from monitor.model import NOT_OF_DOCUMENTS, BlockKind, Change, ChangeKind, Level, Significance
from monitor.reviews.queue import Conditions, Scope

SNAPSHOTS = 200  # that are read at once
_HEADING = BLOCK_KINDS.index(BlockKind.HEADING)


class LedgerMark(NamedTuple):
    """How far the ledger is: its last fold, the rules that it was folded with, and its last upgrade."""

    seq: int = 0
    snapshot: str = ""
    rules: str = ""
    upgrade: int = 0


class ReviewFacts:
    """The ledger as the queue sees it; one that was never written holds nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self) -> LedgerMark:
        """How far the ledger is."""
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return LedgerMark()
            last = transaction.row("SELECT seq, snapshot FROM folds ORDER BY seq DESC LIMIT 1")
            upgrade = transaction.value("SELECT max(id) FROM upgrades") or 0
            rules = transaction.value("SELECT value FROM meta WHERE name = 'fingerprint'") or ""
            if last is None:
                return LedgerMark(rules=rules)
            seq, snapshot = last
            return LedgerMark(seq, snapshot, rules, upgrade)

    def snapshot_at(self, seq: int) -> str | None:
        """The snapshot that was folded as the `seq`-th."""
        with self._database.read_transaction() as transaction:
            found: str | None = transaction.value("SELECT snapshot FROM folds WHERE seq = :seq", {"seq": seq})
            return found

    def after(self, seq: int, last: int) -> Iterator[list[Fact]]:
        """The changes behind one fold and up to another, in chunks of whole snapshots."""
        with self._database.read_transaction() as transaction:
            for first in range(seq + 1, last + 1, SNAPSHOTS):
                given = {"first": first, "last": min(first + SNAPSHOTS - 1, last)}
                yield _facts(transaction, "changes.seq BETWEEN :first AND :last", given)

    def not_imported(self, seq: int, last: int) -> Iterator[list[Fact]]:
        """The same without what was imported."""
        if seq >= last:
            return
        with self._database.read_transaction() as transaction:
            folds = transaction.values(
                "SELECT seq FROM folds WHERE seq > :seq AND seq <= :last AND origin IS NULL ORDER BY seq",
                {"seq": seq, "last": last},
            )
            for at in range(0, len(folds), SNAPSHOTS):
                yield _facts(transaction, "changes.seq IN (:folds)", {"folds": folds[at : at + SNAPSHOTS]})

    def of(self, ids: Sequence[str]) -> list[Fact]:
        """These changes; what the ledger does not have, or what a first snapshot held, is left out."""
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            return [
                fact for chunk in chunks(ids) for fact in _facts(transaction, "changes.id IN (:ids)", {"ids": chunk})
            ]

    def changes(self, ids: Sequence[str]) -> dict[str, Change]:
        """These changes in full; those that no longer exist are left out."""
        found: dict[str, Change] = {}
        with self._database.read_transaction() as transaction:
            if has_ledger(transaction):
                for chunk in chunks(ids):
                    rows = transaction.stream(f"{SELECT_CHANGES} WHERE changes.id IN (:ids)", {"ids": chunk})
                    found.update((change.id, change) for change in changes_from_rows(transaction, rows))
        return found

    def present(self, ids: Sequence[str]) -> set[str]:
        """Which of these changes the ledger has."""
        found: set[str] = set()
        with self._database.read_transaction() as transaction:
            if has_ledger(transaction):
                for chunk in chunks(ids):
                    found.update(transaction.values("SELECT id FROM changes WHERE id IN (:ids)", {"ids": chunk}))
        return found

    def with_words(self, words: str, holds: Callable[[str], bool] | None = None) -> list[str]:
        """The changes with a statement, before or after, that holds all the words; some are named twice.

        `holds` looks at each text that the full-text search finds.
        """
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction) or (found := full_text(transaction, words)) is None:
                return []
            hits = f"SELECT {found.text} FROM {found.table} WHERE {found.condition}"
            which = Conditions(QueueFilter(), Scope(), transaction.dialect)
            if holds is None:
                which.add(f"revisions.text IN ({hits})", **found.parameters)
            else:
                texts = transaction.rows(f"SELECT id, text FROM texts WHERE id IN ({hits})", found.parameters)
                which.add_any("revisions.text", "texts", [number for number, text in texts if holds(text)])
            return transaction.values(
                "SELECT changes.id FROM revisions JOIN changes ON changes.statement = revisions.statement"
                " AND (changes.before_text = revisions.text OR changes.after_text = revisions.text)"
                f" WHERE {which} AND NOT changes.baseline"
                " UNION ALL"
                " SELECT changes.id FROM revisions JOIN sides ON sides.statement = revisions.statement"
                " AND sides.text = revisions.text"
                " JOIN changes ON changes.seq = sides.seq AND changes.position = sides.position"
                f" WHERE {which} AND NOT changes.baseline",
                which.values,
            )

    def paths(self, numbers: Sequence[int]) -> dict[int, str]:
        """The present or latest paths of documents, by their numbers."""
        found: dict[int, str] = {}
        with self._database.read_transaction() as transaction:
            for chunk in chunks(numbers):
                rows = transaction.rows(
                    "SELECT number, path FROM documents WHERE number IN (:numbers)", {"numbers": chunk}
                )
                found.update((number, path_from_text(path)) for number, path in rows)
        return found

    def newest_run(self) -> datetime | None:
        """When the newest snapshot of a run was taken; None where there is none."""
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return None
            newest = transaction.value("SELECT max(taken_at) FROM folds WHERE origin IS NULL", {})
            return None if newest is None else time_from_text(newest)

    def count_after(self, seq: int) -> int:
        """How many changes the folds after `seq` recorded, without imported ones and what the first snapshot held."""
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return 0
            query = (
                "SELECT count(*) FROM folds JOIN changes ON changes.seq = folds.seq"
                " WHERE folds.seq > :seq AND folds.origin IS NULL AND NOT changes.baseline"
            )
            return int(transaction.value(query, {"seq": seq}))

    def number_of(self, document_id: str) -> int:
        """A document's number; 0 where the ledger has no such document."""
        with self._database.read_transaction() as transaction:
            return transaction.value("SELECT number FROM documents WHERE id = :id", {"id": document_id}) or 0


class _FactRow(NamedTuple):
    """What `_facts` asks of each change, in this order."""

    id: str
    seq: int
    position: int
    level: int
    kind: int
    document: int | None
    path: int
    cause: int | None
    group: str | None
    substantive: bool
    announced: bool | None
    aspects: int
    similarity: int | None
    statement: int | None
    before_ordinal: int
    before_text: str | None
    before_links: str | None
    before_block: int
    after_ordinal: int
    after_text: str | None
    after_links: str | None
    after_block: int
    snapshot: str
    taken_at: str
    origin: str | None
    document_id: str | None
    technical: bool
    metadata: bool


_NOT_IN_THE_QUEUE = ", ".join(str(kind_to_number(kind)) for kind in sorted(NOT_OF_DOCUMENTS))


def _facts(transaction: Transaction, condition: str, values: Mapping[str, object]) -> list[Fact]:
    found = transaction.rows(
        f"""
        SELECT changes.id, changes.seq, changes.position, changes.level, changes.kind, changes.document, changes.path,
            changes.cause, changes."group", changes.substantive, changes.announced, changes.aspects,
            changes.similarity, changes.statement,
            changes.before_ordinal, before_texts.text, before_texts.links, old.kind,
            changes.after_ordinal, after_texts.text, after_texts.links, new.kind,
            folds.snapshot, folds.taken_at, folds.origin, documents.id, upgraded.change IS NOT NULL, changes.metadata
        FROM changes
        JOIN folds ON folds.seq = changes.seq
        LEFT JOIN documents ON documents.number = changes.document
        LEFT JOIN upgraded ON upgraded.change = changes.id
        LEFT JOIN texts AS before_texts ON before_texts.id = changes.before_text
        LEFT JOIN texts AS after_texts ON after_texts.id = changes.after_text
        LEFT JOIN revisions AS old
            ON old.statement = changes.statement AND old.number = changes.before_revision
        LEFT JOIN revisions AS new ON new.statement = changes.statement AND new.number = changes.after_revision
        WHERE {condition} AND (NOT changes.baseline OR changes.kind = :failed)
            AND changes.kind NOT IN ({_NOT_IN_THE_QUEUE})
        ORDER BY changes.seq, changes.position
        """,
        {**values, "failed": kind_to_number(ChangeKind.FAILED)},
    )
    rows = list(map(_FactRow._make, found))
    of_several = [(row.seq, row.position) for row in rows if row.statement is None and _is_of_statements(row)]
    several = sides_of(transaction, of_several)
    paths = paths_of(transaction, {row.path for row in rows})
    facts = []
    for row in rows:
        sides = _sides(row, several.get((row.seq, row.position), ()))
        facts.append((_fact(row, paths[row.path], *sides), _position(row, *sides)))
    outlines = _Outlines(transaction)
    return [
        fact if at is None else fact._replace(headings=outlines.above(fact.document_number, fact.seq, *at))
        for fact, at in facts
    ]


class _StatementText(NamedTuple):
    """A statement on a side of a change."""

    ordinal: int
    text: str
    links: tuple[str, ...]
    block: int


def _sides(row: _FactRow, several: Iterable[DatabaseRow]) -> tuple[list[_StatementText], list[_StatementText]]:
    before: list[_StatementText] = []
    after: list[_StatementText] = []
    for is_after, _, _, ordinal, text, links, block in several:
        (after if is_after else before).append(_StatementText(ordinal, text, links_from_text(links), block))
    if row.before_text is not None:
        links = links_from_text(row.before_links)
        before.append(_StatementText(row.before_ordinal, row.before_text, links, row.before_block))
    if row.after_text is not None:
        links = links_from_text(row.after_links)
        after.append(_StatementText(row.after_ordinal, row.after_text, links, row.after_block))
    return before, after


def _is_of_statements(row: _FactRow) -> bool:
    return LEVELS[row.level] is Level.STATEMENT


def _fact(row: _FactRow, path: str, before: Sequence[_StatementText], after: Sequence[_StatementText]) -> Fact:
    return Fact(
        change=row.id,
        seq=row.seq,
        position=row.position,
        snapshot=row.snapshot,
        taken_at=time_from_text(row.taken_at),
        level=LEVELS[row.level],
        kind=KINDS[row.kind],
        document=path,
        document_id=row.document_id or "",
        document_number=row.document or 0,
        cause=None if row.cause is None else CAUSES[row.cause],
        group=row.group,
        significance=Significance.SUBSTANTIVE if row.substantive else Significance.EDITORIAL,
        announced=None if row.announced is None else bool(row.announced),
        aspects=aspects_from_bits(row.aspects),
        similarity=None if row.similarity is None else row.similarity / SIMILARITY,
        technical=bool(row.technical),
        metadata=bool(row.metadata),
        imported=row.origin is not None,
        before=tuple(one.text for one in before),
        after=tuple(one.text for one in after),
        links_before=tuple(link for one in before for link in one.links),
        links_after=tuple(link for one in after for link in one.links),
        heading=any(one.block == _HEADING for one in (after or before)),
    )


def _position(
    row: _FactRow, before: Sequence[_StatementText], after: Sequence[_StatementText]
) -> tuple[bool, int] | None:
    """Where to look for the headings above: on which side, at which ordinal."""
    if not _is_of_statements(row):
        return None
    return bool(after), (after or before)[0].ordinal


# --- headings -----------------------------------------------------------------------------------


class _Heading(NamedTuple):
    ordinal: int
    level: int
    text: str


class _Outlines:
    """The headings of versions of documents; each version is read once, when it is first asked for."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._versions: dict[tuple[int, int], list[_Heading]] = {}

    def above(self, document: int, seq: int, after: bool, ordinal: int) -> tuple[str, ...]:  # noqa: FBT001
        """The headings that the statement stands below after (or before) a fold, outermost first."""
        key = document, seq if after else seq - 1
        headings = self._versions.get(key)
        if headings is None:
            headings = self._versions[key] = _headings(self._transaction, *key)
        path: list[_Heading] = []
        level = 1 << 15
        for heading in reversed(headings[: bisect_right(headings, ordinal - 1, key=lambda one: one.ordinal)]):
            if heading.level < level:
                path.append(heading)
                level = heading.level
        return tuple(heading.text for heading in reversed(path))


def _headings(transaction: Transaction, document: int, seq: int) -> list[_Heading]:
    """Those of the version that a document had after a fold."""
    version = transaction.row(
        "SELECT seq, members FROM versions WHERE document = :document AND seq <= :seq ORDER BY seq DESC LIMIT 1",
        {"document": document, "seq": seq},
    )
    if version is None or version[1] is None:
        return []
    seq, members = version[0], runs.unpack(decompressed(version[1]))
    known: dict[int, tuple[int, str]] = {}
    for chunk in chunks(members):
        rows = transaction.rows(
            "SELECT revisions.statement, revisions.depth, texts.text FROM revisions"
            " JOIN texts ON texts.id = revisions.text"
            " WHERE revisions.statement IN (:members) AND revisions.kind = :heading AND revisions.seq <= :seq"
            " ORDER BY revisions.statement, revisions.number",  # the newest last
            {"members": chunk, "heading": _HEADING, "seq": seq},
        )
        known.update((statement, (depth, text)) for statement, depth, text in rows)
    return [_Heading(at, *known[number]) for at, number in enumerate(members) if number in known]
