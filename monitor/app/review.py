"""The review queue and verdicts, as used by `monitor review`, the web page, feeds and notifications.

Every function takes an open `Monitor`. A CHANGE is a change's id or a unique prefix of it. Each write is one short
transaction in a separate database and does not wait for runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from secrets import token_hex
from types import MappingProxyType

from monitor.app.monitor import Monitor, Progress, silent
from monitor.app.queries import find_document, find_source, unknown
from monitor.app.review_branch import mark_branch_pending, open_reviews, sync_branch
from monitor.app.review_criteria import criteria
from monitor.app.review_queue import (
    count_unscored,
    count_unscored_by_document,
    refresh_queue,
    unscored_record,
    unscored_records,
)
from monitor.app.review_queue import refresh_queue as bring_up
from monitor.app.store_check import expect_finished
from monitor.core.review.events import (
    UNREVIEWED,
    Act,
    Entry,
    Event,
    Orphan,
    QueueCounts,
    QueueFilter,
    QueuePage,
    ReviewResult,
    State,
    Verdict,
    current_events,
    event_to_undo,
    state_of,
)
from monitor.core.review.scoring import FIRST_DAY, Importance, importance, importance_of
from monitor.errors import UsageError
from monitor.model import Change
from monitor.reports.redline import SaidComment
from monitor.reviews.queue import EntryRecord, QueuePosition, QueueReader, Scope
from monitor.snapshots.patterns import matcher

ID = 20  # characters of a whole id


def full_ids(monitor: Monitor, changes: Sequence[str]) -> list[str]:
    """Full ids of changes that the ledger has or that somebody decided on; UsageError names one that nothing fits."""
    whole = [change for change in changes if len(change) == ID and change.isascii()]
    known = monitor.facts.present(whole)
    return list(dict.fromkeys(change if change in known else _full_id(monitor, change) for change in changes))


def _full_id(monitor: Monitor, prefix: str) -> str:
    change = monitor.ledger.change(prefix) if prefix else None
    orphaned = open_reviews(monitor).starting_with(prefix) if prefix else []
    found = {*orphaned, *([change.id] if change else [])}
    if len(found) > 1:
        raise UsageError(f"{prefix}: several changes begin with this; give more of the id")
    if not found:
        message = f"no change has an id that begins with {prefix!r}; `monitor review list` shows ids"
        raise unknown(monitor.ledger, [prefix], message)
    return found.pop()


LONGEST_NAME, LONGEST_COMMENT = 200, 20_000  # characters


def decide(
    monitor: Monitor,
    changes: Sequence[str],
    verdict: Verdict,
    *,
    reviewer: str,
    at: datetime,
    comment: str | None = None,
    assignee: str | None = None,
    group: bool = True,
    known_events: Mapping[str, int] | None = None,
) -> ReviewResult:
    """Give a verdict on changes, and with `group` on all that share an entry and so far a verdict with them.

    Where two people decide (`[review] second`), the first of them proposes. UsageError where the reviewer proposed it.
    A member of a group on which somebody decided otherwise keeps that decision. `known_events` says, by full ids, up to
    which event (`State.last`) the reviewer knew a change; Overtaken where somebody else did something since, and then
    nothing is recorded.
    """
    model = _event(Act.VERDICT, reviewer, at, verdict=verdict, comment=comment, assignee=assignee)
    return _write(monitor, changes, model, group=group, known_events=known_events or {})


def comment(
    monitor: Monitor, changes: Sequence[str], text: str, *, reviewer: str, at: datetime, group: bool = False
) -> ReviewResult:
    """Say something on changes without deciding on them."""
    if not text.strip():
        raise UsageError("a comment needs words")
    return _write(monitor, changes, _event(Act.COMMENT, reviewer, at, comment=text), group=group, known_events={})


def assign(
    monitor: Monitor, changes: Sequence[str], assignee: str, *, reviewer: str, at: datetime, group: bool = True
) -> ReviewResult:
    """Ask somebody to decide on changes; `""` takes the assignment away."""
    return _write(
        monitor, changes, _event(Act.ASSIGNMENT, reviewer, at, assignee=assignee), group=group, known_events={}
    )


def undo(
    monitor: Monitor, changes: Sequence[str] = (), *, reviewer: str, at: datetime, anybodys: bool = False
) -> ReviewResult:
    """Undo the reviewer's newest act, or the newest on each of these changes; what was done in one step (a
    group's verdict) is undone as a whole. With `anybodys` also what somebody else did to these changes.

    UsageError where there is nothing of theirs to take back: somebody else's verdict is answered with a verdict.
    """
    model = _event(Act.UNDO, reviewer, at)
    reviews = open_reviews(monitor)
    if changes:
        by_change = reviews.events_of(full_ids(monitor, changes))
        whose = None if anybodys else model.reviewer
        newest = [event for events in by_change.values() if (event := event_to_undo(events, whose)) is not None]
    else:
        newest = _newest(monitor, model.reviewer)
    if not newest:
        raise UsageError(f"{model.reviewer} has nothing to undo")
    batches = dict.fromkeys(event.batch for event in newest)
    done = [event for batch in batches for event in reviews.events_of_batch(batch)]
    taken = _current_ids(monitor, [event.change for event in done])
    new = [model._replace(change=event.change, undoes=event.id) for event in done if event.id in taken]
    return ReviewResult(tuple(_append(monitor, new)))


def _newest(monitor: Monitor, reviewer: str) -> list[Event]:
    reviews = open_reviews(monitor)
    for event in reviews.newest_of(reviewer):
        if event.act is not Act.UNDO and event.id in _current_ids(monitor, [event.change]):
            return [event]
    return []


def _current_ids(monitor: Monitor, changes: Sequence[str]) -> set[str]:
    by_change = open_reviews(monitor).events_of(list(dict.fromkeys(changes)))
    return {event.id for events in by_change.values() for event in current_events(events)}


def _write(
    monitor: Monitor, changes: Sequence[str], model: Event, *, group: bool, known_events: Mapping[str, int]
) -> ReviewResult:
    targets = full_ids(monitor, changes)
    if not targets:
        raise UsageError("name at least one change")
    if group:
        refresh_queue(monitor)
        reader = QueueReader(monitor.reviews.database)
        targets = list(dict.fromkeys(one for change in targets for one in reader.alike(change)))
    new = [model._replace(change=change) for change in targets]
    return ReviewResult(tuple(_append(monitor, new, known_events)))


def _append(monitor: Monitor, new: Sequence[Event], known: Mapping[str, int] = MappingProxyType({})) -> Sequence[Event]:
    """Write events of one step, each with an id of its own. StoreError for comments while versions are removed for
    good, since what they quote of these could stay."""
    if any(event.comment for event in new):
        expect_finished(monitor.settings)
    batch = token_hex(ID // 2)
    mark_branch_pending(monitor)
    named = [event._replace(id=token_hex(ID // 2), batch=batch) for event in new]
    written = open_reviews(monitor).append(named, known, _deciding_in_pairs(monitor, new))
    if new and not written:
        raise UsageError(f"{new[0].reviewer} has proposed this already: another person decides")
    return written


def _deciding_in_pairs(monitor: Monitor, new: Sequence[Event]) -> frozenset[str]:
    """The changes of these verdicts on which two people decide, by the paths of their documents."""
    patterns = monitor.settings.review.second
    if not patterns or not any(event.act is Act.VERDICT for event in new):
        return frozenset()
    covers = matcher(patterns)
    changes = monitor.facts.changes([event.change for event in new])
    return frozenset(
        one for one, change in changes.items() if covers(change.document) or covers(change.document_before or "")
    )


def _event(
    act: Act,
    reviewer: str,
    at: datetime,
    *,
    verdict: Verdict | None = None,
    comment: str | None = None,
    assignee: str | None = None,
) -> Event:
    """What will be written for each change; its own ids come later."""
    name = _bounded("a reviewer's name", " ".join(_storable(reviewer).split()), LONGEST_NAME)
    if not name:
        raise UsageError("there is no reviewer: give --as NAME, or set [review] reviewer")
    text = _bounded("a comment", _storable(comment).strip(), LONGEST_COMMENT) if comment else None
    given = None if assignee is None else " ".join(_storable(assignee).split())
    assigned_to = given and _bounded("the name of who is asked", given, LONGEST_NAME)
    return Event(0, "", "", "", act, name, at, verdict, text or None, assigned_to)


def _bounded(what: str, text: str, most: int) -> str:
    """The text; UsageError where it is too long: a part of it would not be what was said."""
    if len(text) > most:
        raise UsageError(f"{what} may have {most:,} characters, and this has {len(text):,}: nothing was recorded")
    return text


def _storable(text: str) -> str:
    """What every database and UTF-8 can carry."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


__all__ = [
    "QueueFilter", "assign", "comment", "comments", "counts", "decide", "decide_matching", "documents_of", "entry",
    "full_ids", "history", "importances", "members", "orphans", "queue", "refresh", "reviewers", "state", "states",
    "sync_branch", "undo",
]  # fmt: skip

PAGE = 50  # entries


def refresh(monitor: Monitor, progress: Progress = silent) -> None:
    """Bring the queue up to the ledger and the configuration. The functions that read it do so themselves; where
    nothing is new it costs a few small questions, where all of it must be scored again some 100 µs a change."""
    open_reviews(monitor)
    bring_up(monitor, progress)


# --- the queue ----------------------------------------------------------------------------------


def queue(
    monitor: Monitor, wanted: QueueFilter | None = None, *, after: str | None = None, limit: int = PAGE
) -> QueuePage:
    """The entries asked for (unreviewed, where nothing is said), by day, the newest first, in it by importance,
    from behind cursor `after`.

    UsageError where `after` is no cursor or the document is not known.
    """
    wanted = wanted or QueueFilter()
    behind = None if after is None else _place_of_cursor(after)
    reader = _reader(monitor)
    scope = _scope(monitor, wanted)
    lines = reader.page(wanted, scope, behind, limit + 1)
    if len(lines) <= limit or not lines[limit].place.day:
        lines += unscored_records(monitor, wanted, scope, behind, limit + 1)
        lines = sorted(lines, key=lambda line: line.place, reverse=True)[: limit + 1]
    entries = _entries(monitor, lines[:limit])
    return QueuePage(tuple(entries), _cursor(lines[limit - 1].place) if len(lines) > limit else None)


def _cursor(place: QueuePosition) -> str:
    return f"{place.day}.{place.rank}"


def _place_of_cursor(cursor: str) -> QueuePosition:
    """The place that a cursor names: numbers that the databases' integers of 64 bits can hold."""
    day, _, rank = cursor.partition(".")
    if (
        cursor.isascii()
        and day.isdecimal()
        and rank.isdecimal()
        and len(day) < 8
        and len(rank) < 20
        and int(rank) < 1 << 63
    ):
        return QueuePosition(int(day), int(rank))
    raise UsageError(f"{cursor[:40]}: not a position in the queue; give the `next` of a page")


def counts(monitor: Monitor, wanted: QueueFilter | None = None) -> QueueCounts:
    """How many changes and entries the filter finds by verdict; its own `verdicts` and `folded` do not restrict."""
    wanted = wanted or QueueFilter()
    scope = _scope(monitor, wanted)
    found = _reader(monitor).counts(wanted, scope)
    unscored = count_unscored(monitor, wanted, scope)  # each is an entry of its own
    return found._replace(
        verdicts=_with(found.verdicts, unscored),
        entries=_with(found.entries, unscored),
        all_entries=found.all_entries + unscored,
        orphaned=len(_orphaned(monitor)),
    )


def _with(counts: Mapping[str, int], unscored: int) -> dict[str, int]:
    return {**counts, UNREVIEWED: counts.get(UNREVIEWED, 0) + unscored} if unscored else dict(counts)


MOST_AT_ONCE = 5_000  # entries


def decide_matching(
    monitor: Monitor, wanted: QueueFilter, expected: int, verdict: Verdict, *, reviewer: str, at: datetime
) -> ReviewResult:
    """Give a verdict on every entry that a filter finds, as one step that one undo takes back.

    UsageError, and nothing recorded, where the filter does not find as many entries as the reviewer was shown.
    """
    found: list[str] = []
    after: str | None = None
    while len(found) <= MOST_AT_ONCE:
        page = queue(monitor, wanted, after=after, limit=500)
        found += [one.change.id for one in page.entries]
        after = page.next
        if after is None:
            break
    if len(found) > MOST_AT_ONCE:
        raise UsageError(f"more than {MOST_AT_ONCE:,} entries match; narrow the filter")
    if len(found) != expected:
        raise UsageError(f"{len(found):,} entries match now, not {expected:,}; nothing was recorded: look again")
    return decide(monitor, found, verdict, reviewer=reviewer, at=at)


def entry(monitor: Monitor, change: str) -> Entry:
    """The entry that holds this change, led by it; UsageError where the queue does not have it."""
    reader = _reader(monitor)
    (found,) = full_ids(monitor, [change])
    line = reader.entry(found) or unscored_record(monitor, found)
    if line is None:
        message = f"{change} is not in the queue: it belongs to the first snapshot, or no longer exists"
        raise unknown(monitor.ledger, [found], message)
    return _entries(monitor, [line])[0]


def importances(
    monitor: Monitor, changes: Sequence[Change], *, imported: bool = False
) -> Callable[[Change, bool], Importance]:
    """The importance of each of some changes of one snapshot, as the queue has it; it is computed for others."""
    recorded = {change.id: change.significance for change in changes if change.id}
    known = {
        one.change: importance(one.own, one.total, recorded[one.change])
        for one in _reader(monitor).queue_entries(list(recorded))
    }
    using = criteria(monitor.settings)

    def importance_in(change: Change, is_heading: bool) -> Importance:  # noqa: FBT001 - called by place
        return known.get(change.id) or importance_of(change, using, heading=is_heading, imported=imported)

    return importance_in


def members(monitor: Monitor, change: str, limit: int | None = None) -> Sequence[Change]:
    """The changes of the entry that holds this one, in the order of the queue."""
    reader = _reader(monitor)
    (found,) = full_ids(monitor, [change])
    ids = reader.members(found, limit) or [found]
    changes = monitor.facts.changes(ids)
    return [changes[one] for one in ids if one in changes]


def open_entries_by_document(monitor: Monitor, documents: Sequence[int] | None = None) -> Counter[int]:
    """How many entries without a verdict documents have, by their numbers; an entry of several counts in each."""
    found = Counter(_reader(monitor).open_by_document(documents))
    found.update(count_unscored_by_document(monitor, documents))
    return found


def _reader(monitor: Monitor) -> QueueReader:
    refresh(monitor)
    return QueueReader(monitor.reviews.database)


def _scope(monitor: Monitor, wanted: QueueFilter) -> Scope:
    documents: Sequence[int] | None = wanted.numbers
    if documents is None and wanted.document is not None:
        documents = documents_of(monitor, wanted.document)
    if wanted.source is not None:
        below = monitor.pages.below(find_source(monitor.ledger, wanted.source, monitor.settings.watched))
        documents = below if documents is None else sorted(set(below).intersection(documents))
    words = wanted.words.strip() if wanted.words else ""
    return Scope(documents, monitor.facts.with_words(words) if words else None)


def documents_of(monitor: Monitor, name: str) -> Sequence[int]:
    """The numbers of the documents that `name` means: the one that has or had this path, else those whose path contains
    it, in any case. UsageError with the nearest names where there is none."""
    if monitor.ledger.document(name) is None and (found := monitor.pages.containing(name)):
        return found
    document = find_document(monitor.ledger, name, monitor.settings.watched)
    return [monitor.facts.number_of(document.id)]


def _entries(monitor: Monitor, lines: Sequence[EntryRecord]) -> list[Entry]:
    changes = monitor.facts.changes([*{one for line in lines for one in (line.lead, line.heaviest)}])
    paths = monitor.facts.paths(list({one for line in lines for one in line.documents}))
    return [_entry(line, changes, paths) for line in lines if line.lead in changes]


def _entry(line: EntryRecord, changes: Mapping[str, Change], paths: Mapping[int, str]) -> Entry:
    change = changes[line.lead]
    return Entry(
        change=change,
        score=line.score,
        state=line.state,
        cursor=_cursor(line.place),
        size=line.size,
        documents=tuple(paths[one] for one in line.documents if one in paths) or (change.document,),
        document_count=line.document_count,
        first_at=line.first_at,
        last_at=line.last_at,
        flapping=line.flapping,
        verdicts=line.verdicts,
        heading=line.headings,
        terms=line.terms,
        rule=line.rule,
        folded=line.folded,
        day=date.fromordinal(FIRST_DAY + line.place.day) if line.place.day else None,
        quoted=changes.get(line.heaviest) if line.heaviest != line.lead and line.terms else None,
        importance=importance(line.place.rank, line.score.total, change.significance),
    )


# --- what was decided ---------------------------------------------------------------------------


def state(monitor: Monitor, change: str) -> State:
    """The current state of a change."""
    (found,) = full_ids(monitor, [change])
    return open_reviews(monitor).states_of([found]).get(found, State())


def states(monitor: Monitor, changes: Sequence[str]) -> Mapping[str, State]:
    """The same for many full ids at once; a change without any event is not among them."""
    return open_reviews(monitor).states_of(changes)


def comments(monitor: Monitor, changes: Sequence[str]) -> Mapping[str, Sequence[SaidComment]]:
    """What reviewers said of changes, by full ids, without what they undid."""
    events = open_reviews(monitor).events_of(changes)
    return {
        change: [SaidComment(one.reviewer, one.at, one.comment) for one in current_events(own) if one.comment]
        for change, own in events.items()
    }


def history(monitor: Monitor, change: str) -> Sequence[Event]:
    """Every event of a change, oldest first, undone ones and undos too; of an orphaned change as well."""
    (found,) = full_ids(monitor, [change])
    return open_reviews(monitor).events_of([found]).get(found, [])


def orphans(monitor: Monitor) -> Sequence[Orphan]:
    """The changes that somebody decided on and that the ledger no longer has, the one with the newest event first."""
    orphaned = _orphaned(monitor)
    events = open_reviews(monitor).events_of(orphaned)
    return [Orphan(change, state_of(events[change]), tuple(events[change])) for change in orphaned]


def reviewers(monitor: Monitor) -> Sequence[str]:
    """Everybody who reviewed or was assigned something, by name."""
    return open_reviews(monitor).people()


def _orphaned(monitor: Monitor) -> list[str]:
    refresh(monitor)
    reviewed = monitor.reviews.outside_queue()
    present = monitor.facts.present(reviewed)
    return [change for change in reviewed if change not in present]
