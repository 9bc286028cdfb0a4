"""The queue as it is read: a page of lines, one line, what is in it, how many there are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, Select, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from monitor.core.queue import QueueFilter
from monitor.core.review import State
from monitor.core.score import Part, Score
from monitor.model import Significance
from monitor.stores.asking import chunks
from monitor.stores.engine import reading
from monitor.stores.queuerows import kind_number, moment_number, moment_of_number, verdict_name, verdict_number
from monitor.stores.reviews import states_of
from monitor.stores.reviewtables import queue, scored, terms
from monitor.stores.values import asked_text, aspect_bit

DOCUMENTS = 20  # that a line names


@dataclass(frozen=True, slots=True)
class Scope:
    """A filter's parts that only the ledger could resolve: a document's number, the changes that hold the words."""

    document: int | None = None
    changes: Sequence[str] | None = None


@dataclass(slots=True)
class Line:
    """One line as the tables hold it. `documents` are numbers, a few of `document_count`."""

    rank: int
    lead: str
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


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one change stands: its line's rank, its own, and what it weighs."""

    change: str
    rank: int
    own: int
    folded: bool
    total: float
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recent:
    """What one snapshot brought to one line: the heaviest change, and a name that no other scoring would alter."""

    change: str
    name: str
    size: int


class QueueReader:
    """Every question to the queue."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, wanted: QueueFilter, scope: Scope, after: int | None, limit: int) -> list[Line]:
        """The lines with a change that the filter finds, heaviest first, behind a rank."""
        with reading(self._engine) as connection:
            query = _restricted(select(queue.c.rank), wanted, scope, connection.dialect.name)
            query = query.where(queue.c.folded == wanted.folded)
            if wanted.verdicts:
                query = query.where(queue.c.verdict.in_(sorted(map(verdict_number, wanted.verdicts))))
            if after is not None:
                query = query.where(queue.c.rank < after)
            ranks = list(connection.scalars(query.distinct().order_by(queue.c.rank.desc()).limit(limit)))
            found = connection.execute(_leads().where(queue.c.rank.in_(ranks), queue.c.own == queue.c.rank))
            return _lines(connection, found.all())

    def line(self, change: str) -> Line | None:
        """The line that holds a change, led by it."""
        with reading(self._engine) as connection:
            found = connection.execute(_leads().where(queue.c.change == change)).all()
            return next(iter(_lines(connection, found)), None)

    def members(self, change: str, limit: int | None = None) -> list[str]:
        """The changes of the line that holds this one, heaviest first; none where the queue has no such change."""
        with reading(self._engine) as connection:
            rank = select(queue.c.rank).where(queue.c.change == change).scalar_subquery()
            query = select(queue.c.change).where(queue.c.rank == rank).order_by(queue.c.own.desc())
            return list(connection.scalars(query if limit is None else query.limit(limit)))

    def alike(self, change: str) -> list[str]:
        """The members of its line that have the same verdict, or none; the change itself first."""
        with reading(self._engine) as connection:
            own = connection.execute(select(queue.c.rank, queue.c.verdict).where(queue.c.change == change)).first()
            if own is None:
                return [change]
            same = queue.c.verdict.in_({own.verdict, verdict_number(None)})
            query = select(queue.c.change).where(queue.c.rank == own.rank, queue.c.change != change, same)
            return [change, *connection.scalars(query.order_by(queue.c.own.desc()))]

    def standing(self, changes: Sequence[str]) -> list[Standing]:
        """Where these changes stand; one that the queue does not have is left out."""
        shown = select(scored.c.change, queue.c.rank, queue.c.own, queue.c.folded, scored.c.total, scored.c.terms)
        query = shown.join(queue, queue.c.change == scored.c.change)
        found: list[Standing] = []
        with reading(self._engine) as connection:
            for chunk in chunks(changes):
                rows = connection.execute(query.where(scored.c.change.in_(chunk)))
                found += [Standing(*row[:5], _words(row.terms)) for row in rows]
        return found

    def ruled(self) -> dict[str, int]:
        """How many changes each ignore rule decides on, by its name."""
        counted = select(scored.c.rule, func.count().label("many")).where(scored.c.rule.is_not(None))
        with reading(self._engine) as connection:
            return {row.rule: row.many for row in connection.execute(counted.group_by(scored.c.rule))}

    def recent(self, wanted: QueueFilter, scope: Scope, limit: int) -> list[Recent]:
        """What the snapshots brought, newest first and within one the heaviest first; verdicts do not matter."""
        heaviest = func.max(queue.c.own).label("heaviest")
        name, many = func.min(queue.c.change).label("name"), func.count().label("many")
        query = select(queue.c.rank, heaviest, name, many).where(queue.c.folded == wanted.folded)
        with reading(self._engine) as connection:
            query = _restricted(query, wanted, scope, connection.dialect.name)
            query = query.group_by(queue.c.taken_at, queue.c.rank)
            rows = connection.execute(query.order_by(queue.c.taken_at.desc(), queue.c.rank.desc()).limit(limit)).all()
            leads: dict[int, str] = {}  # no two changes have the same rank of their own
            for chunk in chunks(rows):
                ranks, owns = {row.rank for row in chunk}, [row.heaviest for row in chunk]
                places = select(queue.c.own, queue.c.change).where(queue.c.rank.in_(ranks), queue.c.own.in_(owns))
                leads.update((row.own, row.change) for row in connection.execute(places))
        return [Recent(leads[row.heaviest], row.name, row.many) for row in rows]

    def counts(self, wanted: QueueFilter, scope: Scope) -> tuple[dict[str, int], int]:
        """How many changes the filter finds: those in the queue by verdict, and the folded ones."""
        with reading(self._engine) as connection:
            counted = select(queue.c.folded, queue.c.verdict, func.count().label("many"))
            query = _restricted(counted, wanted, scope, connection.dialect.name).group_by(
                queue.c.folded, queue.c.verdict
            )
            rows = connection.execute(query).all()
        verdicts = {verdict_name(row.verdict): row.many for row in rows if not row.folded}
        return verdicts, sum(row.many for row in rows if row.folded)


# --- filters ------------------------------------------------------------------------------------


def _restricted(query: Select[Any], wanted: QueueFilter, scope: Scope, dialect: str) -> Select[Any]:
    query = query.where(*_conditions(wanted))
    if scope.document is not None:
        query = query.where(queue.c.document == scope.document)
    if wanted.term is not None:
        query = query.where(queue.c.change.in_(select(terms.c.change).where(terms.c.term == asked_text(wanted.term))))
    return query if scope.changes is None else query.where(queue.c.change.in_(_listed(scope.changes, dialect)))


def _conditions(wanted: QueueFilter) -> Iterator[Any]:
    if wanted.kinds:
        yield queue.c.kind.in_(sorted(map(kind_number, wanted.kinds)))
    if wanted.aspects:
        yield or_(*(queue.c.aspects.op("&")(aspect_bit(one)) != 0 for one in sorted(wanted.aspects)))
    if wanted.significance is not None:
        yield queue.c.substantive == (wanted.significance is Significance.SUBSTANTIVE)
    if wanted.since is not None:
        yield queue.c.taken_at >= moment_number(wanted.since)
    if wanted.until is not None:
        yield queue.c.taken_at <= moment_number(wanted.until)
    if wanted.assignee is not None:
        yield queue.c.assignee == asked_text(wanted.assignee) if wanted.assignee else queue.c.assignee.is_(None)


def _listed(values: Sequence[str], dialect: str) -> Any:
    """Values of which there may be any number: they travel as one parameter."""
    if dialect == "sqlite":
        return select(func.json_each(json.dumps(list(values))).table_valued("value").c.value)
    return select(func.jsonb_array_elements_text(cast(list(values), JSONB)))


# --- lines --------------------------------------------------------------------------------------


def _leads() -> Select[Any]:
    shown = select(scored, queue.c.rank, queue.c.flapping)
    return shown.join(queue, queue.c.change == scored.c.change)


def _lines(connection: Connection, leads: Sequence[Row[Any]]) -> list[Line]:
    lines = {row.rank: _line(row) for row in leads}
    standing = states_of(connection, [line.lead for line in lines.values()])
    counted = (
        select(
            queue.c.rank,
            queue.c.verdict,
            func.count().label("many"),
            func.min(queue.c.taken_at).label("first"),
            func.max(queue.c.taken_at).label("last"),
        )
        .where(queue.c.rank.in_(list(lines)))
        .group_by(queue.c.rank, queue.c.verdict)
    )
    for row in connection.execute(counted):
        line = lines[row.rank]
        line.size += row.many
        line.verdicts[verdict_name(row.verdict)] = row.many
        first, last = moment_of_number(row.first), moment_of_number(row.last)
        line.first_at = first if line.first_at is None else min(first, line.first_at)
        line.last_at = last if line.last_at is None else max(last, line.last_at)
    for line in lines.values():
        line.state = standing.get(line.lead, line.state)
        if line.size > 1:
            named = select(queue.c.document).where(queue.c.rank == line.rank).distinct().order_by(queue.c.document)
            numbers = list(connection.scalars(named))
            line.document_count, line.documents = len(numbers), tuple(numbers[:DOCUMENTS])
        else:
            line.document_count = 1
    return sorted(lines.values(), key=lambda line: -line.rank)


def _line(row: Row[Any]) -> Line:
    return Line(
        rank=row.rank,
        lead=row.change,
        score=_score(row),
        headings=_words(row.headings),
        terms=_words(row.terms),
        rule=row.rule,
        flapping=row.flapping,
        folded=row.folded,
        state=State(),
    )


def _words(packed: str | None) -> tuple[str, ...]:
    return msgspec.json.decode(packed, type=tuple[str, ...]) if packed else ()


def _score(row: Row[Any]) -> Score:
    parts = msgspec.json.decode(row.parts, type=tuple[tuple[str, float], ...])
    return Score(row.total, tuple(Part(*part) for part in parts))
