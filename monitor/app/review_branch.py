"""Are the verdicts and comments of the database those of their branch, and is what stands on a change what they say?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, NamedTuple

from monitor.app.wiring import HISTORY, Monitor, ledger_is_there, reviews_wait
from monitor.config import REVIEWS_DB
from monitor.core.review.events import Event, state_of
from monitor.errors import MonitorError, StoreError
from monitor.snapshots.git_objects import REVIEWS, read_ref

if TYPE_CHECKING:
    from monitor.reviews.events import Reviews

_BRANCH, _DATABASE = f"branch {REVIEWS.rpartition('/')[2]}", "reviews"
_OFFERED = "`monitor review` takes it from there"


class Flaw(NamedTuple):
    """Something that is wrong with what people said: where, what, and the changes that it concerns."""

    what: str
    message: str
    changes: tuple[str, ...] = ()


def flaws_of_reviews(monitor: Monitor) -> Iterator[Flaw]:
    """Everything that is wrong; each object of the branch is read. Nothing is made or altered."""
    try:
        head = read_ref(monitor.settings.store.snapshots / HISTORY, REVIEWS)
        branch = _of_branch(monitor, head)
    except StoreError as error:
        yield Flaw(_BRANCH, str(error))
        return
    if not _database_is_there(monitor):
        if branch:
            message = f"their database is gone: {len(branch)} events stand on the {_BRANCH}; {_OFFERED}"
            yield Flaw(_DATABASE, message, _changes(branch.values()))
        return
    try:
        yield from _compared(monitor, branch)
    except StoreError as error:
        yield Flaw(_DATABASE, str(error))


def _of_branch(monitor: Monitor, head: str | None) -> dict[str, Event]:
    from monitor.reviews.events import branch_events
    from monitor.snapshots.maintenance import verify_source

    if head is None:
        return {}
    for finding in verify_source(monitor.snapshots.object, "", head):
        raise StoreError(f"object {finding.object}: {finding.message}")
    return {event.id: event for event in branch_events(monitor.snapshots, head)}


def _compared(monitor: Monitor, branch: Mapping[str, Event]) -> Iterator[Flaw]:
    from monitor.app.mirroring import waiting_after
    from monitor.ledger.writer import file_damage

    reviews = monitor.reviews
    found = file_damage(reviews.database)
    if found:
        yield from (Flaw(_DATABASE, flaw) for flaw in found)
        return
    database = {event.id: event for event in reviews.events_after(0)}
    for one in branch.keys() | database.keys():
        flaw = _differing(branch.get(one), database.get(one))
        if flaw is not None:
            yield flaw
    mirrored = waiting_after(reviews) if reviews_wait(monitor.settings) else reviews.last_number()
    for event in database.values():
        if event.id not in branch and event.number <= mirrored:
            yield Flaw(_BRANCH, f"lacks {_told(event)}, which the database has", (event.change,))
    yield from _states(reviews, database.values())


def _differing(branch: Event | None, database: Event | None) -> Flaw | None:
    if branch is None:
        return None
    if database is None:
        return Flaw(_DATABASE, f"lacks {_told(branch)}, which the {_BRANCH} has; {_OFFERED}", (branch.change,))
    names = [field.name for field in fields(Event) if field.name != "number"]
    other = [name for name in names if getattr(branch, name) != getattr(database, name)]
    if not other:
        return None
    message = f"{_told(database)} has another {' and '.join(other)} than on the {_BRANCH}"
    return Flaw(_DATABASE, message, tuple(dict.fromkeys((branch.change, database.change))))


def _states(reviews: Reviews, events: Iterable[Event]) -> Iterator[Flaw]:
    """What stands on a change is kept beside its events; it must be what they come to."""
    by_change: dict[str, list[Event]] = {}
    for event in events:
        by_change.setdefault(event.change, []).append(event)
    standing = reviews.states_of(list(by_change))
    for change, told in by_change.items():
        if standing.get(change) != state_of(told):
            yield Flaw(_DATABASE, f"what stands on change {change} is not what its events come to", (change,))


def _told(event: Event) -> str:
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
