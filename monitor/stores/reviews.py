"""Events of reviewing in a database: appended, never altered, with what stands on each change beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, select, text, update

from monitor.core.review import Act, Event, State, Verdict, state_of
from monitor.errors import StoreError
from monitor.stores.asking import chunks
from monitor.stores.engine import put, reading, writing
from monitor.stores.queuerows import verdict_number
from monitor.stores.reviewschema import prepare, read_mark, write_mark
from monitor.stores.reviewtables import events, queue, states
from monitor.stores.values import asked_text, moment_from_text, moment_to_text


class SqlReviews:
    """Verdicts and what else reviewers did. Its tables are made, or brought up to date, when it is opened."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        if prepare(engine):
            self._restate()

    # --- what there is

    def events_of(self, changes: Sequence[str]) -> dict[str, list[Event]]:
        """Every event of these changes, oldest first; a change without any is not among them."""
        with reading(self.engine) as connection:
            return _events_of(connection, changes)

    def events_after(self, number: int) -> list[Event]:
        """What arrived behind this number, in the order of arrival."""
        with reading(self.engine) as connection:
            query = select(events).where(events.c.number > number).order_by(events.c.number)
            return [_event(row) for row in connection.execute(query)]

    def events_of_batch(self, batch: str) -> list[Event]:
        """What was done at one stroke."""
        with reading(self.engine) as connection:
            query = select(events).where(events.c.batch == batch).order_by(events.c.number)
            return [_event(row) for row in connection.execute(query)]

    def newest_of(self, reviewer: str) -> Iterator[Event]:
        """A reviewer's events, newest first."""
        with reading(self.engine) as connection:
            query = select(events).where(events.c.reviewer == reviewer).order_by(events.c.number.desc())
            for row in connection.execute(query.execution_options(yield_per=100)):
                yield _event(row)

    def states_of(self, changes: Sequence[str]) -> dict[str, State]:
        """What stands on these changes; one that nobody touched is not among them."""
        with reading(self.engine) as connection:
            return states_of(connection, changes)

    def outside_queue(self) -> list[str]:
        """The changes that have an event and that the queue does not have, the one with the newest first."""
        with reading(self.engine) as connection:
            queued = select(queue.c.change).where(queue.c.change == states.c.change).exists()
            return list(connection.scalars(select(states.c.change).where(~queued).order_by(states.c.last.desc())))

    def people(self) -> list[str]:
        """Everybody who reviewed, or was asked to."""
        with reading(self.engine) as connection:
            names = select(events.c.reviewer).union(select(events.c.assignee))
            return sorted(filter(None, connection.scalars(names)))

    def starting_with(self, prefix: str) -> list[str]:
        """Up to two changes with events whose ids begin like this."""
        with reading(self.engine) as connection:
            begins = states.c.change.startswith(asked_text(prefix), autoescape=True)
            return list(connection.scalars(select(states.c.change).where(begins).limit(2)))

    # --- what comes

    def append(self, new: Sequence[Event]) -> list[Event]:
        """Take events in, numbered in the order given; they are on the disk when this returns."""
        with writing(self.engine) as connection:
            return _append(connection, new)

    def adopt(self, others: Iterable[Event]) -> int:
        """Take in what is not known yet of events from elsewhere, in their order; gives how many."""
        with writing(self.engine) as connection:
            known = set(connection.scalars(select(events.c.id)))
            new = {event.id: event for event in others if event.id not in known}
            return len(_append(connection, list(new.values())))

    # --- how far something was done

    def mark(self, name: str) -> str | None:
        with reading(self.engine) as connection:
            return read_mark(connection, name)

    def last_number(self) -> int:
        """The newest event's number, 0 where there is none."""
        with reading(self.engine) as connection:
            return connection.scalar(select(func.max(events.c.number))) or 0

    def set_mark(self, name: str, value: str) -> None:
        with writing(self.engine) as connection:
            write_mark(connection, name, value)

    def _restate(self) -> None:
        """What stands, from all events."""
        with writing(self.engine) as connection:
            _write_states(connection, connection.scalars(select(events.c.change).distinct()).all())


def states_of(connection: Connection, changes: Sequence[str]) -> dict[str, State]:
    found = {}
    for chunk in chunks(changes):
        for row in connection.execute(select(states).where(states.c.change.in_(chunk))):
            found[row.change] = _state(row)
    return found


def _append(connection: Connection, new: Sequence[Event]) -> list[Event]:
    if connection.dialect.name == "postgresql":  # SQLite has one writer; here numbers must not overtake each other
        connection.execute(text(f"LOCK TABLE {events.name} IN SHARE ROW EXCLUSIVE MODE"))
    first = (connection.scalar(select(func.max(events.c.number))) or 0) + 1
    numbered = [replace(event, number=number) for number, event in enumerate(new, first)]
    put(connection, events, [_row(event) for event in numbered])
    _write_states(connection, list(dict.fromkeys(event.change for event in numbered)))
    return numbered


def _write_states(connection: Connection, changes: Sequence[str]) -> None:
    """What stands on these changes now, here and in the queue."""
    for chunk in chunks(changes):
        new = {change: state_of(told) for change, told in _events_of(connection, chunk).items()}
        connection.execute(delete(states).where(states.c.change.in_(chunk)))
        put(connection, states, [_state_row(change, state) for change, state in new.items()])
        alike: defaultdict[tuple[int, str | None], list[str]] = defaultdict(list)
        for change, state in new.items():
            alike[verdict_number(state.verdict), state.assignee].append(change)
        for (verdict, assignee), those in alike.items():
            rows = update(queue).where(queue.c.change.in_(those))
            connection.execute(rows.values(verdict=verdict, assignee=assignee))


def _events_of(connection: Connection, changes: Sequence[str]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for chunk in chunks(changes):
        query = select(events).where(events.c.change.in_(chunk)).order_by(events.c.number)
        for row in connection.execute(query):
            found.setdefault(row.change, []).append(_event(row))
    return found


def _row(event: Event) -> tuple[Any, ...]:
    return (
        event.number,
        event.id,
        event.batch,
        event.change,
        str(event.act),
        event.reviewer,
        moment_to_text(event.at),
        None if event.verdict is None else str(event.verdict),
        event.comment,
        event.assignee,
        event.undoes,
    )


@contextmanager
def _understood(what: str) -> Iterator[None]:
    """A row may hold what was never written there: a bit of the file may have rotted."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise StoreError(f"the database of reviews is damaged: {what} cannot be read ({error})") from error


@_understood("an event")
def _event(row: Row[Any]) -> Event:
    return Event(
        number=row.number,
        id=row.id,
        batch=row.batch,
        change=row.change,
        act=Act(row.act),
        reviewer=row.reviewer,
        at=moment_from_text(row.at),
        verdict=None if row.verdict is None else Verdict(row.verdict),
        comment=row.comment,
        assignee=row.assignee,
        undoes=row.undoes,
    )


def _state_row(change: str, state: State) -> tuple[Any, ...]:
    at = None if state.at is None else moment_to_text(state.at)
    verdict = None if state.verdict is None else str(state.verdict)
    return change, verdict, state.reviewer, at, state.assignee, state.comments, state.last


@_understood("what stands on a change")
def _state(row: Row[Any]) -> State:
    return State(
        verdict=None if row.verdict is None else Verdict(row.verdict),
        reviewer=row.reviewer,
        at=None if row.at is None else moment_from_text(row.at),
        assignee=row.assignee,
        comments=row.comments,
        last=row.last,
    )
