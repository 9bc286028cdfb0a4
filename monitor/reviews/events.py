"""Review events in a database and on a branch of the snapshot repository. Events are only added, never altered.

The database also holds the current state of each change. Each commit of the branch adds one file of JSON lines,
`events/YYYY/MM/DD/number-id.jsonl`; the order of paths is the order of events. A lost database is restored from it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any

from monitor.core.review.events import Act, Event, Overtaken, State, Verdict, newer_events, state_of, with_second
from monitor.core.review.quotations import spellings
from monitor.errors import StoreError
from monitor.ledger.codec import searchable_text, time_from_text, time_to_text
from monitor.ledger.database import Database, DatabaseRow, Transaction, chunks
from monitor.reviews.schema import COLUMNS, drop_copies, insert, prepare, read_mark, verdict_number, write_mark
from monitor.snapshots.git_objects import FILE, REVIEWS, object_id, parse_commit
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.rewrite import HistoryRewriter, write_object
from monitor.snapshots.writer import NewSnapshot, TreeChange

EVENTS_IN_A_FILE = 10_000  # at most

_EVENTS = f"SELECT {', '.join(COLUMNS['review_events'])} FROM review_events"
_STATES = f"SELECT {', '.join(COLUMNS['review_states'])} FROM review_states"


class Reviews:
    """Verdicts and what else reviewers did. Its tables are made, or brought up to date, when it is opened."""

    def __init__(self, database: Database) -> None:
        self.database = database
        if prepare(database):
            self._rebuild_states()

    def erase(self, names: Sequence[str], comments: Mapping[str, str], snapshots: Container[str] = ()) -> None:
        """Delete the notices that name one of these documents or are about one of these snapshots, and the queue, which
        is made again. Let the `comments` of events, by their ids, be others."""
        drop_copies(self.database)
        with self.database.write_transaction() as transaction:
            given = [{"id": event, "comment": comment} for event, comment in comments.items()]
            transaction.executemany("UPDATE review_events SET comment = :comment WHERE id = :id", given)
            rows = transaction.rows("SELECT channel, snapshot, title, body FROM notices")
            wanted = {form for name in names for form in spellings(name)}
            for channel, snapshot, title, body in rows:
                if snapshot in snapshots or any(form in f"{title} {body}" for form in wanted):
                    key = {"channel": channel, "snapshot": snapshot}
                    transaction.execute("DELETE FROM notices WHERE channel = :channel AND snapshot = :snapshot", key)
            for table in ("queue_scored", "queue", "queue_terms"):
                transaction.execute(f"DELETE FROM {table}")
            transaction.execute("DELETE FROM review_marks WHERE name = 'queue'")

    # --- what there is

    def events_of(self, changes: Sequence[str]) -> dict[str, list[Event]]:
        """Every event of these changes, oldest first; a change without any is not among them."""
        with self.database.read_transaction() as transaction:
            return events_of(transaction, changes)

    def events_after(self, number: int) -> list[Event]:
        """What arrived behind this number, in the order of arrival."""
        with self.database.read_transaction() as transaction:
            rows = transaction.rows(f"{_EVENTS} WHERE number > :number ORDER BY number", {"number": number})
            return [_event(row) for row in rows]

    def events_of_batch(self, batch: str) -> list[Event]:
        """What was done in one step."""
        with self.database.read_transaction() as transaction:
            rows = transaction.rows(f"{_EVENTS} WHERE batch = :batch ORDER BY number", {"batch": batch})
            return [_event(row) for row in rows]

    def newest_of(self, reviewer: str) -> Iterator[Event]:
        """A reviewer's events, newest first."""
        with self.database.read_transaction() as transaction:
            rows = transaction.stream(
                f"{_EVENTS} WHERE reviewer = :reviewer ORDER BY number DESC", {"reviewer": reviewer}, size=100
            )
            for some in rows:
                yield from map(_event, some)

    def states_of(self, changes: Sequence[str]) -> dict[str, State]:
        """The states of these changes; one that nobody touched is not among them."""
        with self.database.read_transaction() as transaction:
            return states_of(transaction, changes)

    def outside_queue(self) -> list[str]:
        """The changes that have an event and that the queue does not have, the one with the newest first."""
        with self.database.read_transaction() as transaction:
            return transaction.values(
                "SELECT change FROM review_states"
                " WHERE NOT EXISTS (SELECT 1 FROM queue WHERE queue.change = review_states.change)"
                " ORDER BY last DESC"
            )

    def people(self) -> list[str]:
        """Everybody who reviewed, or was asked to."""
        with self.database.read_transaction() as transaction:
            names = transaction.values("SELECT reviewer FROM review_events UNION SELECT assignee FROM review_events")
            return sorted(filter(None, names))

    def starting_with(self, prefix: str) -> list[str]:
        """Up to two changes with events whose ids begin like this."""
        asked = searchable_text(prefix).lower()
        with self.database.read_transaction() as transaction:
            return transaction.values(
                "SELECT change FROM review_states WHERE substr(change, 1, :length) = :prefix LIMIT 2",
                {"prefix": asked, "length": len(asked)},
            )

    # --- what comes

    def append(
        self,
        new: Sequence[Event],
        known: Mapping[str, int] = MappingProxyType({}),
        second: Collection[str] = (),
    ) -> list[Event]:
        """Take events in, numbered in the order given; they are on the disk when this returns.

        `known` says up to which event their reviewer knew a change; Overtaken where somebody else did something since.
        `second` are the changes on which two people decide; nothing is taken in of what the reviewer has proposed.
        """
        with self.database.write_transaction() as transaction:
            _lock(transaction)
            if known and (newer := newer_events(events_of(transaction, list(known)), known, new[0].reviewer)):
                raise Overtaken(newer)
            if second:
                before = events_of(transaction, list(second))
                taken = (with_second(one, before.get(one.change, ())) if one.change in second else one for one in new)
                new = [one for one in taken if one is not None]
            return _append(transaction, new)

    def adopt(self, others: Iterable[Event]) -> int:
        """Take in what is not known yet of events from elsewhere, in their order; gives how many."""
        with self.database.write_transaction() as transaction:
            known = set(transaction.values("SELECT id FROM review_events"))
            new = {event.id: event for event in others if event.id not in known}
            return len(_append(transaction, list(new.values())))

    # --- how far something was done

    def mark(self, name: str) -> str | None:
        """How far something was done; None where it never was."""
        with self.database.read_transaction() as transaction:
            return read_mark(transaction, name)

    def set_mark(self, name: str, value: str) -> None:
        """Note how far something was done."""
        with self.database.write_transaction() as transaction:
            write_mark(transaction, name, value)

    def last_number(self) -> int:
        """The newest event's number, 0 where there is none."""
        with self.database.read_transaction() as transaction:
            return _last_number(transaction)

    def _rebuild_states(self) -> None:
        """The states of all changes, from all events."""
        with self.database.write_transaction() as transaction:
            _write_states(transaction, transaction.values("SELECT DISTINCT change FROM review_events"))


def states_of(transaction: Transaction, changes: Sequence[str]) -> dict[str, State]:
    """The states of these changes; one that nobody touched is not among them."""
    found: dict[str, State] = {}
    for chunk in chunks(changes):
        rows = transaction.rows(f"{_STATES} WHERE change IN (:changes)", {"changes": chunk})
        found.update((row[0], _state(row)) for row in rows)
    return found


def _last_number(transaction: Transaction) -> int:
    return transaction.value("SELECT max(number) FROM review_events") or 0


def _append(transaction: Transaction, new: Sequence[Event]) -> list[Event]:
    _lock(transaction)
    first = _last_number(transaction) + 1
    numbered = [event._replace(number=number) for number, event in enumerate(new, first)]
    insert(transaction, "review_events", [_event_row(event) for event in numbered])
    _write_states(transaction, list(dict.fromkeys(event.change for event in numbered)))
    return numbered


def _lock(transaction: Transaction) -> None:
    """Keep other writers out until the end: SQLite has one; elsewhere numbers must not overtake each other."""
    if transaction.dialect == "postgresql":
        transaction.execute("LOCK TABLE review_events IN SHARE ROW EXCLUSIVE MODE")


def _write_states(transaction: Transaction, changes: Sequence[str]) -> None:
    """The states of these changes as they are now, here and in the queue."""
    for chunk in chunks(changes):
        new = {change: state_of(events) for change, events in events_of(transaction, chunk).items()}
        transaction.execute("DELETE FROM review_states WHERE change IN (:changes)", {"changes": chunk})
        insert(transaction, "review_states", [_state_row(change, state) for change, state in new.items()])
        alike: defaultdict[tuple[int, str | None], list[str]] = defaultdict(list)
        for change, state in new.items():
            alike[verdict_number(state.verdict), state.assignee].append(change)
        for (verdict, assignee), those in alike.items():
            transaction.execute(
                "UPDATE queue SET verdict = :verdict, assignee = :assignee WHERE change IN (:changes)",
                {"verdict": verdict, "assignee": assignee, "changes": those},
            )


def has_events(transaction: Transaction) -> bool:
    """Whether the database was ever made."""
    return transaction.has_table("review_events")


def every_event(transaction: Transaction) -> Iterator[Event]:
    """All events, in the order of their arrival."""
    for rows in transaction.stream(f"{_EVENTS} ORDER BY number"):
        yield from map(_event, rows)


def events_of(transaction: Transaction, changes: Sequence[str]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for chunk in chunks(changes):
        rows = transaction.rows(f"{_EVENTS} WHERE change IN (:changes) ORDER BY number", {"changes": chunk})
        for row in rows:
            event = _event(row)
            found.setdefault(event.change, []).append(event)
    return found


# --- rows ---------------------------------------------------------------------------------------


def _event_row(event: Event) -> DatabaseRow:
    return (
        event.number,
        event.id,
        event.batch,
        event.change,
        str(event.act),
        event.reviewer,
        time_to_text(event.at),
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
def _event(row: DatabaseRow) -> Event:
    number, identity, batch, change, act, reviewer, at, verdict, comment, assignee, undoes = row
    return Event(
        number=number,
        id=identity,
        batch=batch,
        change=change,
        act=Act(act),
        reviewer=reviewer,
        at=time_from_text(at),
        verdict=None if verdict is None else Verdict(verdict),
        comment=comment,
        assignee=assignee,
        undoes=undoes,
    )


def _state_row(change: str, state: State) -> DatabaseRow:
    at = None if state.at is None else time_to_text(state.at)
    verdict = None if state.verdict is None else str(state.verdict)
    proposed = None if state.proposed is None else str(state.proposed)
    row = (change, verdict, state.reviewer, at, state.assignee, state.comments, state.last)
    return *row, proposed, state.proposed_by


@_understood("the verdict on a change")
def _state(row: DatabaseRow) -> State:
    _, verdict, reviewer, at, assignee, comments, last, proposed, proposed_by = row
    return State(
        verdict=None if verdict is None else Verdict(verdict),
        reviewer=reviewer,
        at=None if at is None else time_from_text(at),
        assignee=assignee,
        comments=comments,
        last=last,
        proposed=None if proposed is None else Verdict(proposed),
        proposed_by=proposed_by,
    )


# --- the branch ---------------------------------------------------------------------------------


def branch_head(store: GitSnapshots) -> str | None:
    """The newest commit of the branch; None where nothing was ever written."""
    return store.tip(REVIEWS)


def append_to_branch(store: GitSnapshots, events: Sequence[Event], at: datetime, *, late: bool = False) -> str:
    """Add events to the branch and give its new head; `late` ones among those of their own day. The caller holds the
    store's lock."""
    with store.writer() as writer:
        changes = {}
        for first in range(0, len(events), EVENTS_IN_A_FILE):
            chunk = events[first : first + EVENTS_IN_A_FILE]
            data = "".join(_event_line(event) for event in chunk).encode()
            blob = object_id("blob", data)
            writer.add(blob, data)
            day = chunk[0].at if late else at
            changes[f"events/{day:%Y/%m/%d}/{chunk[0].number:012}-{chunk[0].id}.jsonl".encode()] = TreeChange(
                FILE, blob
            )
        new = NewSnapshot("", branch_head(store), at, at, f"{len(events)} events of reviewing", changes, REVIEWS)
        return writer.commit(new).id


def branch_without_comments(store: GitSnapshots, comments: Mapping[str, str]) -> str | None:
    """Write the branch beside itself with other comments of some events, by their ids; its head, None where none of
    them is on it."""
    head = branch_head(store)
    if head is None or not comments:
        return None
    replaced: dict[str, str] = {}
    for _, blob in store.files(head):
        lines = [json.loads(line) for line in store.read(blob).splitlines()]
        if any(line["id"] in comments for line in lines):
            changed = [line | ({"comment": comments[line["id"]]} if line["id"] in comments else {}) for line in lines]
            data = "".join(f"{json.dumps(line)}\n" for line in changed).encode()
            replaced[blob] = write_object(store.repository, "blob", data)
    chain = [head]
    while parents := parse_commit(chain[-1], "", store.object(chain[-1]).data).parents:
        chain.append(parents[0])
    rewriter = HistoryRewriter(store.object, store.repository, replaced=replaced)
    rewriter.rewrite(reversed(chain))
    return rewriter.commits.get(head)


def branch_events(store: GitSnapshots, commit: str) -> Iterator[Event]:
    """Every event that a commit of the branch holds, in their order, numbered from 1."""
    number = 0
    for _, data in store.read_many([blob for _, blob in store.files(commit)]):
        for line in data.splitlines():
            number += 1
            yield _event_from_line(number, line)


def _event_line(event: Event) -> str:
    values = {
        "id": event.id,
        "batch": event.batch,
        "change": event.change,
        "act": str(event.act),
        "reviewer": event.reviewer,
        "at": time_to_text(event.at),
        "verdict": event.verdict and str(event.verdict),
        "comment": event.comment,
        "assignee": event.assignee,
        "undoes": event.undoes,
    }
    return json.dumps({key: value for key, value in values.items() if value is not None}) + "\n"


def _event_from_line(number: int, line: bytes) -> Event:
    try:
        values: dict[str, Any] = json.loads(line)
        verdict = values.get("verdict")
        return Event(
            number=number,
            id=values["id"],
            batch=values["batch"],
            change=values["change"],
            act=Act(values["act"]),
            reviewer=values["reviewer"],
            at=time_from_text(values["at"]),
            verdict=None if verdict is None else Verdict(verdict),
            comment=values.get("comment"),
            assignee=values.get("assignee"),
            undoes=values.get("undoes"),
        )
    except (ValueError, LookupError, TypeError) as error:
        raise StoreError(f"the branch {REVIEWS} holds a line that is no event: {error}") from error
