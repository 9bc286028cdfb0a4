"""The review queue in the database: filling it, and all queries to it.

An *entry* is one change, or several that are reviewed together; its changes have one `rank`. Filling takes two steps:
scores, in chunks of snapshots, then the entries, in one transaction. Of imported changes the tables hold a few only,
see `imported`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from monitor.core.review.events import QueueCounts, QueueFilter, State
from monitor.core.review.grouping import Keys, Member, Placed, arrange
from monitor.core.review.scoring import IMPORTED_END, LOG_ORDER, Part, Score, ScoredChange
from monitor.ledger.codec import aspects_to_bits, searchable_text
from monitor.ledger.database import Database, DatabaseRow, Transaction, chunks
from monitor.model import Significance
from monitor.reviews.events import states_of
from monitor.reviews.schema import (
    insert,
    kind_number,
    read_mark,
    time_from_number,
    time_to_number,
    verdict_name,
    verdict_number,
    write_mark,
)

DOCUMENTS = 20  # that an entry names
MARK = "queue"


class Scope(NamedTuple):
    """A filter's parts that only the ledger could resolve: documents' numbers, the changes that hold the words."""

    documents: Sequence[int] | None = None
    changes: Sequence[str] | None = None


class QueuePosition(NamedTuple):
    """Where an entry is in the queue, which begins with the highest; imported changes have the day 0."""

    day: int
    rank: int


@dataclass(slots=True)
class EntryRecord:
    """One entry as the tables hold it. `documents` are numbers, a few of `document_count`.

    `lead` is the change that represents it, `heaviest` the one whose score it has.
    """

    place: QueuePosition
    lead: str
    heaviest: str
    score: Score
    headings: tuple[str, ...]
    terms: tuple[str, ...]
    rule: str | None
    flapping: bool
    folded: bool
    state: State
    size: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    documents: tuple[int, ...] = ()
    document_count: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


class QueueEntry(NamedTuple):
    """One change in the queue: the rank of its entry, its own, and its score.

    `comings` is how often the entry's text has come and gone, 0 where it does not flap.
    """

    change: str
    rank: int
    own: int
    folded: bool
    total: float
    terms: tuple[str, ...]
    comings: int = 0


class RecentEntry(NamedTuple):
    """What one snapshot brought to one entry: its lead, else the heaviest change; and a name that other scores keep."""

    change: str
    name: str
    size: int
    taken_at: datetime
    flapping: bool = False


class QueueMark(msgspec.Struct, frozen=True):
    """What the queue is of: the ledger's last fold and rules, the criteria, and which filling of the tables it is.

    `imported` is how many imported changes the ledger had, in the tables or not.
    """

    seq: int = 0
    snapshot: str = ""
    rules: str = ""
    upgrade: int = 0
    criteria: str = ""
    generation: int = 0
    imported: int = 0


# --- reading ------------------------------------------------------------------------------------


class QueueReader:
    """Every question to the queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, wanted: QueueFilter, scope: Scope, after: QueuePosition | None, limit: int) -> list[EntryRecord]:
        """The entries with a change that the filter finds, by day and in it by rank, behind a place."""
        with self._database.read_transaction() as transaction:
            which = Conditions(wanted, scope, transaction.dialect)
            which.add("folded = :folded", folded=wanted.folded)
            if wanted.verdicts:
                which.add("verdict IN (:verdicts)", verdicts=sorted(map(verdict_number, wanted.verdicts)))
            if after is not None:
                which.add("(day, rank) < (:day, :rank)", **after._asdict())
            rows = transaction.rows(
                f"SELECT DISTINCT day, rank FROM queue WHERE {which} ORDER BY day DESC, rank DESC LIMIT :limit",
                {**which.values, "limit": limit},
            )
            ranks = [rank for _, rank in rows]
            return _entries(
                transaction, "queue.rank IN (:ranks) AND (queue.own = queue.rank OR queue.lead)", ranks=ranks
            )

    def entry(self, change: str) -> EntryRecord | None:
        """The entry that holds a change, led by it."""
        with self._database.read_transaction() as transaction:
            return next(iter(_entries(transaction, "queue.change = :change", change=change)), None)

    def members(self, change: str, limit: int | None = None) -> list[str]:
        """The changes of the entry that holds this one, in the order of the log; none where the queue has none such."""
        query = (
            "SELECT change FROM queue WHERE rank = (SELECT rank FROM queue WHERE change = :change)"
            f" ORDER BY own & {LOG_ORDER} DESC"
        )
        with self._database.read_transaction() as transaction:
            if limit is None:
                return transaction.values(query, {"change": change})
            return transaction.values(f"{query} LIMIT :limit", {"change": change, "limit": limit})

    def alike(self, change: str) -> list[str]:
        """The members of its entry that have the same verdict, or none; the change itself first."""
        with self._database.read_transaction() as transaction:
            own = transaction.row("SELECT rank, verdict FROM queue WHERE change = :change", {"change": change})
            if own is None:
                return [change]
            rank, verdict = own
            members = transaction.values(
                "SELECT change FROM queue WHERE rank = :rank AND change <> :change AND verdict IN (:verdict, :none)"
                " ORDER BY own DESC",
                {"rank": rank, "change": change, "verdict": verdict, "none": verdict_number(None)},
            )
            return [change, *members]

    def queue_entries(self, changes: Sequence[str]) -> list[QueueEntry]:
        """Where these changes stand in the queue; one that it does not have is left out."""
        found: list[QueueEntry] = []
        with self._database.read_transaction() as transaction:
            for chunk in chunks(changes):
                rows = transaction.rows(
                    "SELECT queue.change, rank, queue.own, queue.folded, total, terms, CASE WHEN flapping"
                    " THEN (SELECT count(*) FROM queue AS others WHERE others.rank = queue.rank) ELSE 0 END"
                    " FROM queue_scored JOIN queue ON queue.change = queue_scored.change"
                    " WHERE queue_scored.change IN (:changes)",
                    {"changes": chunk},
                )
                found += [
                    QueueEntry(one, rank, own, bool(folded), total, _words(terms), comings)
                    for one, rank, own, folded, total, terms, comings in rows
                ]
        return found

    def having(self, changes: Sequence[str]) -> set[str]:
        """Which of these changes the tables have."""
        found: set[str] = set()
        with self._database.read_transaction() as transaction:
            for chunk in chunks(changes):
                query = "SELECT change FROM queue WHERE change IN (:changes)"
                found.update(transaction.values(query, {"changes": chunk}))
        return found

    def count_imported(self, wanted: QueueFilter, scope: Scope) -> int:
        """How many imported changes that the filter finds are in the tables, whatever was said of them."""
        with self._database.read_transaction() as transaction:
            which = Conditions(wanted._replace(assignee=None), scope, transaction.dialect)
            which.add("rank < :end", end=IMPORTED_END)
            return int(transaction.value(f"SELECT count(*) FROM queue WHERE {which}", which.values))

    def open_by_document(self, documents: Sequence[int] | None) -> dict[int, int]:
        """How many entries without a verdict each document has, by its number."""
        with self._database.read_transaction() as transaction:
            which = Conditions(QueueFilter(), Scope(documents), transaction.dialect)
            which.add("NOT folded AND verdict = :none", none=verdict_number(None))
            query = f"SELECT document, count(DISTINCT rank) FROM queue WHERE {which} GROUP BY document"
            return dict(transaction.rows(query, which.values))

    def imported_by_document(self) -> dict[int, int]:
        """How many imported changes of each document the tables have, whatever was said of them."""
        with self._database.read_transaction() as transaction:
            query = "SELECT document, count(*) FROM queue WHERE rank < :end GROUP BY document"
            return dict(transaction.rows(query, {"end": IMPORTED_END}))

    def counts_by_rule(self) -> dict[str, int]:
        """How many changes each ignore rule decides on, by its name."""
        with self._database.read_transaction() as transaction:
            return dict(
                transaction.rows("SELECT rule, count(*) FROM queue_scored WHERE rule IS NOT NULL GROUP BY rule")
            )

    def recent(self, wanted: QueueFilter, scope: Scope, limit: int) -> list[RecentEntry]:
        """What the snapshots brought, newest first and within one by rank; verdicts do not matter.

        A text that comes and goes is one entry, of the newest snapshot.
        """
        with self._database.read_transaction() as transaction:
            which = Conditions(wanted, scope, transaction.dialect)
            which.add("folded = :folded", folded=wanted.folded)
            rows = transaction.rows(
                "SELECT rank, COALESCE(max(CASE WHEN lead THEN own END), max(own)), min(change), count(*),"
                f" max(taken_at), flapping FROM queue WHERE {which}"
                " GROUP BY CASE WHEN flapping THEN 0 ELSE taken_at END, rank, flapping"
                " ORDER BY max(taken_at) DESC, rank DESC LIMIT :limit",
                {**which.values, "limit": limit},
            )
            leads: dict[int, str] = {}  # no two changes have the same rank of their own
            for chunk in chunks(rows):
                leads.update(
                    transaction.rows(
                        "SELECT own, change FROM queue WHERE rank IN (:ranks) AND own IN (:owns)",
                        {"ranks": list({row[0] for row in chunk}), "owns": [row[1] for row in chunk]},
                    )
                )
            ends = self._ends(transaction, [row[0] for row in rows if row[5]])
        return [
            RecentEntry(*ends.get(rank, (leads[heaviest], name)), many, time_from_number(taken_at), bool(flapping))
            for rank, heaviest, name, many, taken_at, flapping in rows
        ]

    def _ends(self, transaction: Transaction, ranks: Sequence[int]) -> dict[int, tuple[str, str]]:
        """The newest and the oldest change of entries that flap."""
        found: dict[int, tuple[str, str]] = {}
        for chunk in chunks(ranks):
            query = "SELECT rank, change FROM queue WHERE rank IN (:ranks) ORDER BY taken_at, own, change"
            for rank, change in transaction.rows(query, {"ranks": chunk}):
                found[rank] = change, found.get(rank, (change, change))[1]
        return found

    def counts(self, wanted: QueueFilter, scope: Scope) -> QueueCounts:
        """How many changes and entries the filter finds: those in the queue by verdict, and the folded ones."""
        with self._database.read_transaction() as transaction:
            which = Conditions(wanted, scope, transaction.dialect)
            rows = transaction.rows(
                f"SELECT folded, verdict, count(*), count(DISTINCT rank) FROM queue WHERE {which}"
                " GROUP BY folded, verdict",
                which.values,
            )
            which.add("folded = :folded", folded=False)
            query = f"SELECT count(DISTINCT rank) FROM queue WHERE {which}"
            open_entries = {verdict_name(verdict): entries for folded, verdict, _, entries in rows if not folded}
            return QueueCounts(
                {verdict_name(verdict): many for folded, verdict, many, _ in rows if not folded},
                sum(many for folded, _, many, _ in rows if folded),
                entries=open_entries,
                all_entries=transaction.value(query, which.values)
                if len(open_entries) > 1
                else sum(open_entries.values()),
            )


class Conditions:
    """What a filter asks of the rows of `queue`, or of the ledger's changes: conditions that must all hold, and the
    values that they name.

    Its `verdicts` and `folded` are left out, since not every question heeds them.
    """

    def __init__(
        self,
        wanted: QueueFilter,
        scope: Scope,
        dialect: str,
        *,
        change: str = "change",  # the column of a change's id
        time: Callable[[datetime], object] = time_to_number,  # as the column `taken_at` has it
    ) -> None:
        self._all: list[str] = []
        self._dialect = dialect
        self.values: dict[str, object] = {}
        self._add_filter(wanted, time)
        if wanted.assignee:
            self.add("assignee = :assignee", assignee=searchable_text(wanted.assignee))
        elif wanted.assignee is not None:
            self.add("assignee IS NULL")
        if wanted.term is not None:
            term = searchable_text(wanted.term)
            self.add("change IN (SELECT change FROM queue_terms WHERE term = :term)", term=term)
        if scope.documents is not None:
            self.add_any("document", "documents", scope.documents)
        if scope.changes is not None:
            self.add_any(change, "changes", scope.changes)

    def add(self, condition: str, **values: object) -> None:
        """One more, and its values."""
        self._all.append(condition)
        self.values.update(values)

    def add_any(self, column: str, name: str, values: Sequence[object], *, or_else: str | None = None) -> None:
        """A column has one of these values, of which there may be any number: they travel as one."""
        if self._dialect == "sqlite":
            condition = f"{column} IN (SELECT value FROM json_each(:{name}))"
        else:
            condition = f"{column} IN (:{name})"
        given = _json(values) if self._dialect == "sqlite" else list(values)
        self.add(f"({condition} OR {or_else})" if or_else else condition, **{name: given})

    def __str__(self) -> str:
        return " AND ".join(self._all) or "1 = 1"

    def _add_filter(self, wanted: QueueFilter, time: Callable[[datetime], object]) -> None:
        if wanted.kinds:
            self.add("kind IN (:kinds)", kinds=sorted(map(kind_number, wanted.kinds)))
        if wanted.aspects:  # any of them
            self.add("(aspects & :aspects) <> 0", aspects=aspects_to_bits(wanted.aspects))
        if wanted.significance is not None:
            self.add("substantive = :substantive", substantive=wanted.significance is Significance.SUBSTANTIVE)
        if wanted.announced is not None:
            self.add("announced = :announced", announced=wanted.announced)
        if wanted.since is not None:
            self.add("taken_at >= :since", since=time(wanted.since))
        if wanted.until is not None:
            self.add("taken_at <= :until", until=time(wanted.until))


def _entries(transaction: Transaction, condition: str, **values: object) -> list[EntryRecord]:
    """The entries of which a condition on `queue` names the lead, the heaviest change, or both; in order."""
    rows = transaction.rows(
        "SELECT queue.lead, queue.day, rank, queue.change, total, parts, headings, terms, rule, flapping, queue.folded"
        f" FROM queue_scored JOIN queue ON queue.change = queue_scored.change WHERE {condition}",
        values,
    )
    entries: dict[int, EntryRecord] = {}
    for _, *row in sorted(rows, key=lambda row: -row[0]):  # the lead first
        if (of_lead := entries.get(row[1])) is None:
            entries[row[1]] = _entry(row)
        else:
            heaviest = _entry(row)
            of_lead.heaviest, of_lead.score, of_lead.rule = heaviest.lead, heaviest.score, heaviest.rule
            of_lead.terms = tuple(dict.fromkeys((*heaviest.terms, *of_lead.terms)))
    states = states_of(transaction, [entry.lead for entry in entries.values()])
    for chunk in chunks(list(entries)):
        counted = transaction.rows(
            "SELECT rank, verdict, count(*), min(taken_at), max(taken_at) FROM queue WHERE rank IN (:ranks)"
            " GROUP BY rank, verdict",
            {"ranks": chunk},
        )
        for rank, verdict, many, first_number, last_number in counted:
            entry = entries[rank]
            entry.size += many
            entry.verdicts[verdict_name(verdict)] = many
            first, last = time_from_number(first_number), time_from_number(last_number)
            entry.first_at = first if entry.first_at is None else min(first, entry.first_at)
            entry.last_at = last if entry.last_at is None else max(last, entry.last_at)
    for entry in entries.values():
        entry.state = states.get(entry.lead, entry.state)
        if entry.size > 1:
            numbers = transaction.values(
                "SELECT DISTINCT document FROM queue WHERE rank = :rank ORDER BY document", {"rank": entry.place.rank}
            )
            entry.document_count, entry.documents = len(numbers), tuple(numbers[:DOCUMENTS])
        else:
            entry.document_count = 1
    return sorted(entries.values(), key=lambda entry: entry.place, reverse=True)


def _entry(row: Sequence[Any]) -> EntryRecord:
    day, rank, change, total, parts, headings, terms, rule, flapping, folded = row
    return EntryRecord(
        place=QueuePosition(day, rank),
        lead=change,
        heaviest=change,
        score=Score(
            total, tuple(Part(*part) for part in msgspec.json.decode(parts, type=tuple[tuple[str, float], ...]))
        ),
        headings=_words(headings),
        terms=_words(terms),
        rule=rule,
        flapping=bool(flapping),
        folded=bool(folded),
        state=State(),
    )


def record_of(one: ScoredChange) -> EntryRecord:
    """A change that is an entry of its own, and of which nothing was said."""
    return EntryRecord(
        place=QueuePosition(one.member.day, one.member.own),
        lead=one.fact.change,
        heaviest=one.fact.change,
        score=one.score,
        headings=one.fact.headings,
        terms=one.terms,
        rule=one.rule,
        flapping=False,
        folded=one.member.folded,
        state=State(),
        size=1,
        verdicts={verdict_name(verdict_number(None)): 1},
        document_count=1,
        first_at=one.fact.taken_at,
        last_at=one.fact.taken_at,
    )


def _words(packed: str | None) -> tuple[str, ...]:
    return msgspec.json.decode(packed, type=tuple[str, ...]) if packed else ()


# --- writing ------------------------------------------------------------------------------------


class QueueWriter:
    """Fills the queue. Two at once do no harm: the second finds the mark moved and starts again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self) -> QueueMark:
        """What the queue is of; of one that was never filled, the empty mark."""
        with self._database.read_transaction() as transaction:
            return _mark(transaction)

    def score(self, weighed: Sequence[ScoredChange], generation: int) -> None:
        """Keep the scores of these changes, in place of those before."""
        with self._database.write_transaction() as transaction:
            for chunk in chunks([one.fact.change for one in weighed]):
                transaction.execute("DELETE FROM queue_scored WHERE change IN (:changes)", {"changes": chunk})
                transaction.execute("DELETE FROM queue_terms WHERE change IN (:changes)", {"changes": chunk})
            insert(transaction, "queue_scored", [_scored_row(one, generation) for one in weighed])
            insert(transaction, "queue_terms", [(term, one.fact.change) for one in weighed for term in one.terms])

    def group(self, before: QueueMark, after: QueueMark, changes: Iterable[str] | None) -> bool:
        """Put the scored changes in their entries: all, or those that share a pair with `changes`.

        False, and nothing done, where the mark is not `before` any more.
        """
        with self._database.write_transaction() as transaction:
            if _mark(transaction) != before:
                return False
            if changes is None:
                _group_all(transaction, after.generation)
            else:
                for pairs in chunks(_pairs_of(transaction, list(changes))):
                    _write_entries(transaction, pairs)
            write_mark(transaction, MARK, msgspec.json.encode(after).decode())
            return True


def _mark(transaction: Transaction) -> QueueMark:
    value = read_mark(transaction, MARK)
    return QueueMark() if value is None else msgspec.json.decode(value, type=QueueMark)


def _group_all(transaction: Transaction, generation: int) -> None:
    transaction.execute(
        "DELETE FROM queue_terms WHERE change IN (SELECT change FROM queue_scored WHERE generation <> :generation)",
        {"generation": generation},
    )
    transaction.execute("DELETE FROM queue_scored WHERE generation <> :generation", {"generation": generation})
    transaction.execute("DELETE FROM queue")
    _write_entries(transaction, None)


def _pairs_of(transaction: Transaction, changes: Sequence[str]) -> list[int]:
    pairs: set[int] = set()
    for chunk in chunks(changes):
        pairs.update(transaction.values("SELECT pair FROM queue_scored WHERE change IN (:changes)", {"changes": chunk}))
    return sorted(pairs)


def _write_entries(transaction: Transaction, pairs: Sequence[int] | None) -> None:
    """The rows of `queue` for the scored changes of these pairs, or for all."""
    condition, values = ("", {}) if pairs is None else (" WHERE pair IN (:pairs)", {"pairs": pairs})
    members = [
        Member(change, own, Keys(pair, edit, way), str(document), bool(folded), day, bool(leads))
        for change, own, pair, edit, way, document, folded, day, leads in transaction.rows(
            f"SELECT change, own, pair, edit, way, document, folded, day, leads FROM queue_scored{condition}", values
        )
    ]
    placed = {one.change: one for one in arrange(members)}
    if pairs is not None:
        for chunk in chunks(list(placed)):
            transaction.execute("DELETE FROM queue WHERE change IN (:changes)", {"changes": chunk})
    scored = transaction.rows(
        "SELECT change, own, folded, kind, aspects, substantive, announced, taken_at, document"
        f" FROM queue_scored{condition}",
        values,
    )
    rows = _queue_rows(scored, placed, states_of(transaction, list(placed)))
    insert(transaction, "queue", sorted(rows))  # as they lie in the table


def _queue_rows(
    scored: Iterable[DatabaseRow], placed: Mapping[str, Placed], states: Mapping[str, State]
) -> Iterator[DatabaseRow]:
    nothing = State()
    for change, own, folded, kind, aspects, *others in scored:
        entry, state = placed[change], states.get(change, nothing)
        filtered_by = (folded, verdict_number(state.verdict), kind, aspects, *others)
        yield entry.day, entry.rank, own, *filtered_by, entry.flapping, change, state.assignee, entry.lead


def _scored_row(one: ScoredChange, generation: int) -> DatabaseRow:
    fact, member = one.fact, one.member
    parts = [(part.reason, part.points) for part in one.score.parts]
    return (
        fact.change,
        generation,
        member.own,
        member.keys.pair,
        member.keys.edit,
        member.keys.way,
        member.folded,
        kind_number(fact.kind),
        aspects_to_bits(fact.aspects),
        fact.significance is Significance.SUBSTANTIVE,
        fact.announced,
        fact.document_number,
        time_to_number(fact.taken_at),
        member.day,
        member.leads,
        one.score.total,
        _json(parts),
        _json(fact.headings) if fact.headings else None,
        _json(one.terms) if one.terms else None,
        one.rule,
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
