"""Check that the review events in the database, their branch and the stored verdicts agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from monitor.app.monitor import HISTORY, Monitor, ledger_is_there, reviews_wait
from monitor.app.review_branch import synced_number
from monitor.app.store_check import known_to_ledger
from monitor.config import REVIEWS_DB
from monitor.core.review.events import Event, state_of
from monitor.errors import MonitorError, StoreError
from monitor.ledger.writer import file_damage
from monitor.reviews.events import Reviews, branch_events
from monitor.snapshots.git_objects import REVIEWS, read_ref
from monitor.snapshots.maintenance import verify_source

_BRANCH, _DATABASE = f"branch {REVIEWS.rpartition('/')[2]}", "reviews"
_OFFERED = "`monitor run` restores it from there"

_REWRITTEN = "`monitor recover` keeps it aside, and writes it again from the database"
_RESTORED = "move the store away, and `monitor restore` it from a backup"
_REFILLED = "`monitor recover` keeps them aside, and fills new ones from the branch"


class Flaw(NamedTuple):
    """Something that is wrong with what people said: where, what, and the changes that it concerns."""

    what: str
    message: str
    changes: tuple[str, ...] = ()
    refill: bool = False  # whether the database must be filled again
    rewrite: bool = False  # whether the branch must be written again


def check_reviews(monitor: Monitor) -> Iterator[Flaw]:
    """Everything that is wrong; each object of the branch is read. Nothing is made or altered."""
    try:
        head = read_ref(monitor.settings.store.snapshots / HISTORY, REVIEWS)
        branch = _of_branch(monitor, head)
    except StoreError as error:
        there = _database_is_there(monitor)
        yield Flaw(_BRANCH, f"{error}; {_REWRITTEN if there else _RESTORED}", rewrite=there)
        return
    if not _database_is_there(monitor):
        yield from _lost(monitor, len(branch))
        if branch:
            message = f"the database is missing: the {_BRANCH} has {len(branch)} events; {_OFFERED}"
            yield Flaw(_DATABASE, message, _changes(branch.values()))
        return
    try:
        yield from _compared(monitor, branch)
    except StoreError as error:
        yield Flaw(_DATABASE, str(error), refill=True)


def _of_branch(monitor: Monitor, head: str | None) -> dict[str, Event]:
    if head is None:
        return {}
    for finding in verify_source(monitor.snapshots.object, "", head):
        raise StoreError(f"object {finding.object}: {finding.message}")
    return {event.id: event for event in branch_events(monitor.snapshots, head)}


def _compared(monitor: Monitor, branch: Mapping[str, Event]) -> Iterator[Flaw]:
    reviews = monitor.reviews
    found = file_damage(reviews.database)
    if found:
        yield from (Flaw(_DATABASE, f"{flaw}; {_REFILLED}", refill=True) for flaw in found)
        return
    database = {event.id: event for event in reviews.events_after(0)}
    for one in branch.keys() | database.keys():
        flaw = _differing(branch.get(one), database.get(one))
        if flaw is not None:
            yield flaw
    synced = synced_number(reviews) if reviews_wait(monitor.settings) else reviews.last_number()
    for event in database.values():
        if event.id not in branch and event.number <= synced:
            yield Flaw(
                _BRANCH,
                f"lacks {describe_event(event)}, which the database has; `monitor run` adds it",
                (event.change,),
            )
    yield from _states(reviews, database.values())
    yield from _lost(monitor, len(branch.keys() | database.keys()))


def _lost(monitor: Monitor, there: int) -> Iterator[Flaw]:
    wanted = known_to_ledger(monitor).events
    if there < wanted:
        lost = f"{wanted - there:,} of {wanted:,} verdicts and comments are neither in the database nor on the branch"
        yield Flaw(_DATABASE, f"{lost}; {_RESTORED}, or go on without them with `monitor run --accept-history`")


def _differing(branch: Event | None, database: Event | None) -> Flaw | None:
    if branch is None:
        return None
    if database is None:
        return Flaw(_DATABASE, f"lacks {describe_event(branch)}, which the {_BRANCH} has; {_OFFERED}", (branch.change,))
    names = [name for name in Event._fields if name != "number"]
    other = [name for name in names if getattr(branch, name) != getattr(database, name)]
    if not other:
        return None
    message = f"{describe_event(database)} has another {' and '.join(other)} than on the {_BRANCH}; {_REFILLED}"
    return Flaw(_DATABASE, message, tuple(dict.fromkeys((branch.change, database.change))), refill=True)


def _states(reviews: Reviews, events: Iterable[Event]) -> Iterator[Flaw]:
    """The state of a change is stored beside its events; it must be what these give."""
    by_change: dict[str, list[Event]] = {}
    for event in events:
        by_change.setdefault(event.change, []).append(event)
    stored = reviews.states_of(list(by_change))
    for change, own in by_change.items():
        if stored.get(change) != state_of(own):
            yield Flaw(
                _DATABASE,
                f"change {change}: stored verdict does not match its history; {_REFILLED}",
                (change,),
                refill=True,
            )


def describe_event(event: Event) -> str:
    return f"event {event.id} ({event.act} by {event.reviewer} on change {event.change})"


def _changes(events: Iterable[Event]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(event.change for event in events))


def _database_is_there(monitor: Monitor) -> bool:
    """Opening it would make it: of a server's, whose tables are made when somebody reviews, it is taken for granted."""
    settings = monitor.settings
    return settings.store.ledger != "sqlite" or (settings.store.snapshots / REVIEWS_DB).exists()


def documents_of(monitor: Monitor, changes: Iterable[str]) -> tuple[str, ...]:
    """The documents that these changes are of, as far as the ledger can tell."""
    if not ledger_is_there(monitor.settings):
        return ()
    try:
        found = monitor.facts.changes(list(changes))
    except MonitorError:
        return ()
    return tuple(sorted({change.document for change in found.values()}))
