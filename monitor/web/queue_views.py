"""Entries and review events as values for the templates, and the cache of counts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby
from threading import Lock

from monitor.app import review
from monitor.app.monitor import Monitor
from monitor.core.review.events import (
    Act,
    Entry,
    Event,
    QueueCounts,
    QueueFilter,
    State,
    Verdict,
    current_events,
    what_was_done,
)
from monitor.core.text.normalize import visible
from monitor.model import Change, ChangeKind, Level
from monitor.reports.phrases import TimeView, day, days, group_text, time_view
from monitor.reports.reasons import reason_of
from monitor.reports.views import ChangeView, EventView, change_view, event_view

MOST = 200  # filters


class CountCache:
    """Counts by filter, good as long as neither a change nor an event of reviewing came."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._mark: object = None
        self._counts: OrderedDict[QueueFilter, QueueCounts] = OrderedDict()

    def __call__(self, monitor: Monitor, wanted: QueueFilter) -> QueueCounts:
        """What `reviewing.counts` says; the queue must have been read just before, so that it is up to date."""
        mark = (monitor.facts.mark(), monitor.reviews.last_number())
        unrestricted = wanted._replace(verdicts=frozenset(), folded=False)  # these do not restrict it
        with self._lock:
            if self._mark != mark:
                self._mark = mark
                self._counts.clear()
            found = self._counts.get(unrestricted)
        if found is None:
            found = review.counts(monitor, unrestricted)
            with self._lock:
                if self._mark == mark:
                    self._counts[unrestricted] = found
                    if len(self._counts) > MOST:
                        self._counts.popitem(last=False)
        return found


KEPT = 160  # characters of an unchanged run that stay at each end in the queue
DONE = {Verdict.ACCEPTED: "Accepted", Verdict.FLAGGED: "Flagged", Verdict.DISMISSED: "Dismissed"}


@dataclass(frozen=True, slots=True)
class StateView:
    """The current state of a change; `verdict` is empty where nobody decided."""

    verdict: str
    label: str
    reviewer: str
    at: TimeView | None
    assignee: str
    comments: int
    last: int
    proposed: str  # a verdict that needs a second person, as a word; and who proposed it
    proposed_by: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the queue. Of `change` and `event` one is there, by the level of what happened."""

    id: str
    kind: str
    significance: str
    document: str
    document_id: str
    statement: str
    heading: tuple[str, ...]
    change: ChangeView | None
    event: EventView | None
    taken_at: TimeView
    score: str
    parts: tuple[tuple[str, str], ...]
    state: StateView
    size: int
    together: str  # how many share it, in words
    documents: tuple[str, ...]
    more_documents: int
    span: str
    flapping: bool
    terms: tuple[str, ...]
    rule: str
    folded: bool
    address: str
    importance: str
    quoted: str  # the sentence with the watch term, where another change represents it
    newest: bool  # whether the latest run brought something to it
    reason: str  # `60 days → 90 days; may → will (stronger)`


@dataclass(frozen=True, slots=True)
class DayView:
    """The entries of one day; `name` is its heading."""

    name: str
    entries: tuple[EntryView, ...]


@dataclass(frozen=True, slots=True)
class ActView:
    """One event of a change's history; `undone` where it does not stand any more."""

    number: int
    reviewer: str
    what: str
    verdict: str
    comment: str
    at: TimeView
    undone: bool


def day_views(
    entries: Sequence[Entry],
    zone: tzinfo,
    now: datetime,
    newest: datetime | None,
    address_of: Callable[[Change], str],
) -> list[DayView]:
    """A page of the queue by day; `newest` is when the latest run was."""
    today = now.astimezone(zone).date()
    return [
        DayView(
            _day_name(on, today),
            tuple(entry_view(entry, zone, address_of(entry.change), newest=newest) for entry in some),
        )
        for on, some in groupby(entries, key=lambda entry: entry.day)
    ]


def _day_name(on: date | None, today: date) -> str:
    if on is None:
        return "Imported history"
    ago = (today - on).days
    return f"{('Today', 'Yesterday')[ago]}, {day(on)}" if 0 <= ago <= 1 else day(on)


def entry_view(entry: Entry, zone: tzinfo, address: str, kept: int = KEPT, newest: datetime | None = None) -> EntryView:
    """One entry, its unchanged runs cut to `kept` characters."""
    change = entry.change
    of_statement = change.level is Level.STATEMENT
    sides = change.after or change.before
    return EntryView(
        id=visible(change.id),
        kind=str(change.kind),
        significance=str(change.significance),
        document=visible(change.document),
        document_id=change.document_id or "",
        statement=sides[0].statement if sides else "",
        heading=tuple(map(visible, entry.heading)),
        change=change_view(change, zone, kept, address) if of_statement else None,
        event=None if of_statement else event_view(change, zone, address),
        address=address,
        taken_at=time_view(change.taken_at, zone),
        score=f"{entry.score.total:g}",
        parts=tuple((visible(part.reason), f"{part.points:+g}") for part in entry.score.parts),
        state=state_view(entry.state, zone),
        size=entry.size,
        together=_together(entry),
        documents=tuple(map(visible, entry.documents)),
        more_documents=max(entry.document_count - len(entry.documents), 0),
        span=_span(entry, zone),
        flapping=entry.flapping,
        terms=tuple(map(visible, entry.terms)),
        rule=visible(entry.rule or ""),
        folded=entry.folded,
        importance=str(entry.importance),
        quoted=visible(" ".join(side.text for side in entry.quoted.after or entry.quoted.before))
        if entry.quoted
        else "",
        reason=reason_of(change) if of_statement else "",
        newest=newest is not None and (entry.last_at or change.taken_at) >= newest,
    )


def state_view(state: State, zone: tzinfo) -> StateView:
    """The current state of a change."""
    return StateView(
        verdict=str(state.verdict or ""),
        label=DONE[state.verdict] if state.verdict else "",
        reviewer=visible(state.reviewer or ""),
        at=time_view(state.at, zone) if state.at else None,
        assignee=visible(state.assignee or ""),
        comments=state.comments,
        last=state.last,
        proposed=DONE[state.proposed] if state.proposed else "",
        proposed_by=visible(state.proposed_by or ""),
    )


def act_views(events: Sequence[Event], zone: tzinfo) -> tuple[ActView, ...]:
    """A change's history, newest first."""
    stands = {event.id for event in current_events(events)}
    return tuple(
        ActView(
            number=event.number,
            reviewer=visible(event.reviewer),
            what=what_was_done(event),
            verdict=str(event.verdict or ""),
            comment="\n".join(map(visible, (event.comment or "").splitlines())),
            at=time_view(event.at, zone),
            undone=event.act is not Act.UNDO and event.id not in stands,
        )
        for event in reversed(events)
    )


def _together(entry: Entry) -> str:
    if entry.size <= 1:
        return ""
    if entry.flapping:
        return f"added and removed {entry.size:,} times"
    text = group_text(entry.change, entry.size)
    if entry.change.with_document or entry.change.level is Level.DOCUMENT:
        return f"with {text}"
    identical = entry.document_count > 1 and not entry.change.event and entry.change.kind is not ChangeKind.MOVED
    return f"{text} in {entry.document_count:,} documents" if identical else text


def _span(entry: Entry, zone: tzinfo) -> str:
    if entry.first_at is None or entry.last_at is None or entry.first_at == entry.last_at:
        return ""
    return days(entry.first_at.astimezone(zone), entry.last_at.astimezone(zone))
