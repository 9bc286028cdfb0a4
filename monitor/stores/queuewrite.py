"""The queue's tables as they are filled: scores a chunk of snapshots at a time, then the lines in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, delete, select

from monitor.core.grouping import Keys, Member, Placed, arranged
from monitor.core.review import State
from monitor.core.weighing import Weighed
from monitor.model import Significance
from monitor.stores.asking import chunks
from monitor.stores.engine import put, reading, writing
from monitor.stores.queuerows import kind_number, moment_number, verdict_number
from monitor.stores.reviews import states_of
from monitor.stores.reviewschema import read_mark, write_mark
from monitor.stores.reviewtables import queue, scored, terms
from monitor.stores.values import aspects_to_bits

MARK = "queue"


class QueueMark(msgspec.Struct, frozen=True):
    """What the queue is of: the ledger's last fold and rules, the criteria, and which filling of the tables it is."""

    seq: int = 0
    snapshot: str = ""
    rules: str = ""
    upgrade: int = 0
    criteria: str = ""
    generation: int = 0


class QueueWriter:
    """Fills the queue. Two at once do no harm: the second finds the mark moved and starts again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def mark(self) -> QueueMark:
        with reading(self._engine) as connection:
            return _mark(connection)

    def score(self, weighed: Sequence[Weighed], generation: int) -> None:
        """Keep what these changes weigh, in place of what they weighed."""
        with writing(self._engine) as connection:
            for chunk in chunks([one.fact.change for one in weighed]):
                connection.execute(delete(scored).where(scored.c.change.in_(chunk)))
                connection.execute(delete(terms).where(terms.c.change.in_(chunk)))
            put(connection, scored, [_scored_row(one, generation) for one in weighed])
            put(connection, terms, [(term, one.fact.change) for one in weighed for term in one.terms])

    def line_up(self, before: QueueMark, after: QueueMark, changes: Iterable[str] | None) -> bool:
        """Put the scored changes in their lines: all, or those that share a pair with `changes`.

        False, and nothing done, where the mark is not `before` any more.
        """
        with writing(self._engine) as connection:
            if _mark(connection) != before:
                return False
            if changes is None:
                self._line_up_all(connection, after.generation)
            else:
                for pairs in chunks(_pairs_of(connection, list(changes))):
                    _write_lines(connection, scored.c.pair.in_(pairs))
            write_mark(connection, MARK, msgspec.json.encode(after).decode())
            return True

    def _line_up_all(self, connection: Connection, generation: int) -> None:
        stale = scored.c.generation != generation
        connection.execute(delete(terms).where(terms.c.change.in_(select(scored.c.change).where(stale))))
        connection.execute(delete(scored).where(stale))
        connection.execute(delete(queue))
        _write_lines(connection, None)


def _mark(connection: Connection) -> QueueMark:
    value = read_mark(connection, MARK)
    return QueueMark() if value is None else msgspec.json.decode(value, type=QueueMark)


def _pairs_of(connection: Connection, changes: Sequence[str]) -> list[int]:
    pairs: set[int] = set()
    for chunk in chunks(changes):
        pairs.update(connection.scalars(select(scored.c.pair).where(scored.c.change.in_(chunk))))
    return sorted(pairs)


def _write_lines(connection: Connection, which: Any) -> None:
    query = select(*scored.c["change", "own", "pair", "edit", "way", "document", "folded"])
    narrow = select(*scored.c["change", "own", "folded", "kind", "aspects", "substantive", "taken_at", "document"])
    if which is not None:
        query, narrow = query.where(which), narrow.where(which)
    members = [
        Member(change, own, Keys(pair, edit, way), str(document), folded)
        for change, own, pair, edit, way, document, folded in connection.execute(query)
    ]
    placed = {one.change: one for one in arranged(members)}
    if which is not None:
        for chunk in chunks(list(placed)):
            connection.execute(delete(queue).where(queue.c.change.in_(chunk)))
    rows = _queue_rows(connection.execute(narrow), placed, states_of(connection, list(placed)))
    put(connection, queue, sorted(rows))  # as they lie in the table


def _queue_rows(
    narrow: Iterable[Any], placed: Mapping[str, Placed], standing: Mapping[str, State]
) -> Iterator[tuple[Any, ...]]:
    nothing = State()
    for change, own, folded, kind, aspects, substantive, taken_at, document in narrow:
        line, state = placed[change], standing.get(change, nothing)
        sort = (folded, verdict_number(state.verdict), kind, aspects, substantive, taken_at, document)
        yield line.rank, own, *sort, line.flapping, change, state.assignee


def _scored_row(one: Weighed, generation: int) -> tuple[Any, ...]:
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
        fact.document_number,
        moment_number(fact.taken_at),
        one.score.total,
        _json(parts),
        _json(fact.headings) if fact.headings else None,
        _json(one.terms) if one.terms else None,
        one.rule,
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
