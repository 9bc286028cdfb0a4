"""What an export writes: changes with verdicts, revisions, statements as of a time, and what reviewers did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, NamedTuple, TypeVar

from monitor.app.monitor import Monitor
from monitor.app.queries import as_of, source_of, statement_histories
from monitor.app.review_branch import RecordedEvents
from monitor.core.review.events import Act, Event, State, current_events, state_of
from monitor.core.time_expressions import Point
from monitor.errors import UsageError
from monitor.model import Change, ChangeFilter
from monitor.reports.export import (
    CHANGE_COLUMNS,
    Column,
    ColumnType,
    PresentStatement,
    RevisionPeriod,
    Written,
    by_column,
    export_revisions,
    export_rows,
    export_statements,
    revision_periods,
)
from monitor.reports.json import change_json


class ReviewedChange(NamedTuple):
    """A change with what stands on it, and every comment that was not undone, oldest first."""

    change: Change
    state: State = State()
    comments: tuple[str, ...] = ()


class ReviewRecord(NamedTuple):
    """What a reviewer did, with the change that it was done to; None where that is gone."""

    event: Event
    change: Change | None
    undone: bool


_REVIEW_COLUMNS: tuple[Column[ReviewedChange], ...] = (
    Column("before_positions", ColumnType.INTEGERS, lambda row: [side.ordinal + 1 for side in row.change.before]),
    Column("after_positions", ColumnType.INTEGERS, lambda row: [side.ordinal + 1 for side in row.change.after]),
    Column("verdict", ColumnType.TEXT, lambda row: str(row.state.verdict) if row.state.verdict else None),
    Column("verdict_by", ColumnType.TEXT, lambda row: row.state.reviewer),
    Column("verdict_at", ColumnType.TIME, lambda row: row.state.at),
    Column("assignee", ColumnType.TEXT, lambda row: row.state.assignee),
    Column("comments", ColumnType.TEXTS, lambda row: list(row.comments)),
)


def _of_change(column: Column[Change]) -> Column[ReviewedChange]:
    return Column(column.name, column.type, lambda row: column.of(row.change))


REVIEWED_COLUMNS = (*map(_of_change, CHANGE_COLUMNS), *_REVIEW_COLUMNS)
"""Of `export --what changes`; `log --format csv` has those without the review."""

VERDICT_COLUMNS: tuple[Column[ReviewRecord], ...] = (
    Column("event", ColumnType.TEXT, lambda row: row.event.id),
    Column("batch", ColumnType.TEXT, lambda row: row.event.batch),
    Column("change", ColumnType.TEXT, lambda row: row.event.change),
    Column("document", ColumnType.TEXT, lambda row: row.change.document if row.change else None),
    Column("kind", ColumnType.TEXT, lambda row: str(row.change.kind) if row.change else None),
    Column("act", ColumnType.TEXT, lambda row: str(row.event.act)),
    Column("verdict", ColumnType.TEXT, lambda row: str(row.event.verdict) if row.event.verdict else None),
    Column("reviewer", ColumnType.TEXT, lambda row: row.event.reviewer),
    Column("at", ColumnType.TIME, lambda row: row.event.at),
    Column("comment", ColumnType.TEXT, lambda row: row.event.comment),
    Column("assignee", ColumnType.TEXT, lambda row: row.event.assignee),
    Column("undone", ColumnType.BOOLEAN, lambda row: row.undone),
)


def export_reviewed(changes: Iterable[ReviewedChange], form: str, stream: BinaryIO) -> Written:
    """Write changes with what stands on them; JSON lines are those of `log --format jsonl` with these keys behind."""
    added = by_column(_REVIEW_COLUMNS)
    return export_rows(changes, REVIEWED_COLUMNS, lambda row: {**change_json(row.change), **added(row)}, form, stream)


def export_verdicts(records: Iterable[ReviewRecord], form: str, stream: BinaryIO) -> Written:
    """Write what reviewers did in the order given."""
    return export_rows(records, VERDICT_COLUMNS, by_column(VERDICT_COLUMNS), form, stream)


Value = TypeVar("Value")
AT_ONCE = 500  # changes whose verdicts are asked for together
_FITTING = {
    "revisions": ("document", "since", "until", "after_snapshot", "snapshot", "statement", "source"),
    "statements": ("document", "statement", "source"),
}
"""The filters that these exports take; the others take all."""


def export(
    monitor: Monitor, what: str, form: str, stream: BinaryIO, wanted: ChangeFilter, at: Point | None = None
) -> Written:
    """Write `what` in a format. UsageError where a filter does not fit it; `at` is for statements alone."""
    if at is not None and what != "statements":
        raise UsageError("--at goes with --what statements")
    _refuse_others(what, wanted)
    if what == "changes":
        return export_reviewed(reviewed_changes(monitor, wanted), form, stream)
    if what == "revisions":
        return export_revisions(_revisions(monitor, wanted), form, stream)
    if what == "statements":
        return export_statements(statements_at(monitor, wanted, at), form, stream)
    return export_verdicts(review_records(monitor, wanted), form, stream)


def _refuse_others(what: str, wanted: ChangeFilter) -> None:
    """UsageError for a filter that says nothing of what is exported."""
    fitting = _FITTING.get(what)
    others = ChangeFilter(baseline=wanted.baseline)._asdict()
    for name, value in wanted._asdict().items():
        if fitting is not None and name not in fitting and value != others[name]:
            option = {"kinds": "kind", "aspects": "aspect", "after_snapshot": "since"}.get(name, name)
            raise UsageError(f"--{option} does not fit --what {what}")


def reviewed_changes(monitor: Monitor, wanted: ChangeFilter) -> Iterator[ReviewedChange]:
    """The changes of a filter, in the order of the log, with what stands on them."""
    return with_reviews(monitor, monitor.ledger.changes(wanted))


def with_reviews(monitor: Monitor, changes: Iterable[Change]) -> Iterator[ReviewedChange]:
    """These changes with what stands on them."""
    events = RecordedEvents(monitor)
    for chunk in _chunks(changes):
        found = events.of([change.id for change in chunk])
        yield from (_reviewed(change, found.get(change.id, ())) for change in chunk)


def _reviewed(change: Change, events: Sequence[Event]) -> ReviewedChange:
    if not events:
        return ReviewedChange(change)
    comments = tuple(event.comment for event in current_events(events) if event.comment)
    return ReviewedChange(change, state_of(events), comments)


def _revisions(monitor: Monitor, wanted: ChangeFilter) -> Iterator[RevisionPeriod]:
    snapshots: frozenset[str] | None = None
    if wanted.snapshot or wanted.after_snapshot or wanted.since or wanted.until:
        snapshots = frozenset(_snapshots_of(monitor, wanted))
    for period in revision_periods(statement_histories(monitor.ledger)):
        if (
            wanted.document in (None, period.history.document)
            and wanted.statement in (None, period.history.statement)
            and period.history.document.startswith(f"{wanted.source}/" if wanted.source else "")
            and (snapshots is None or period.revision.since.snapshot in snapshots)
        ):
            yield period


def _snapshots_of(monitor: Monitor, wanted: ChangeFilter) -> Iterator[str]:
    """The snapshots of the filter's period."""
    known = list(monitor.ledger.snapshots())
    if wanted.after_snapshot is not None:
        known = known[[one.id for one in known].index(wanted.after_snapshot) + 1 :]
    for one in known:
        in_time = wanted.since is None or wanted.since <= one.taken_at
        if in_time and (wanted.until is None or one.taken_at <= wanted.until) and wanted.snapshot in (None, one.id):
            yield one.id


def statements_at(monitor: Monitor, wanted: ChangeFilter, at: Point | None = None) -> Iterator[PresentStatement]:
    """The statements of the documents, by path and position: those of now, or as of a time."""
    ledger = monitor.ledger
    known = ledger.snapshots()
    sources = {one.source for one in known}
    found = []
    for document in ledger.documents():
        if wanted.document not in (None, document.path) or not (document.present or at):
            continue
        if wanted.source and not document.path.startswith(f"{wanted.source}/"):
            continue
        snapshot = as_of(at, source_of(document.path, sources), known) if at else None
        there = ledger.blob_at(document.id, snapshot.id) if snapshot else None
        if at is None or there is not None:
            found.append((there[0] if there else document.path, document, snapshot))
    for path, document, snapshot in sorted(found, key=lambda one: one[0]):
        for blame in ledger.blame(document.id, snapshot.id if snapshot else None):
            if wanted.statement in (None, blame.statement):
                yield PresentStatement(document, path, blame)


def review_records(monitor: Monitor, wanted: ChangeFilter) -> Iterator[ReviewRecord]:
    """What reviewers did, oldest first: `since` and `until` say when they did it, the rest says to which changes."""
    since, until = wanted.since, wanted.until
    if wanted.after_snapshot is not None:
        since = next(one.taken_at for one in monitor.ledger.snapshots() if one.id == wanted.after_snapshot)
    wanted = wanted._replace(since=None, until=None, after_snapshot=None)
    chosen: frozenset[str] | None = None
    if wanted._replace(baseline=True) != ChangeFilter(baseline=True):
        chosen = frozenset(change.id for change in monitor.ledger.changes(wanted._replace(baseline=True)))
    events = RecordedEvents(monitor)
    undone = {event.undoes for event in events.all() if event.act is Act.UNDO}

    def fits(event: Event) -> bool:
        in_time = (since is None or since <= event.at) and (until is None or event.at <= until)
        return in_time and (chosen is None or event.change in chosen)

    for chunk in _chunks(filter(fits, events.all())):
        changes = monitor.facts.changes(list({event.change for event in chunk}))
        yield from (ReviewRecord(event, changes.get(event.change), event.id in undone) for event in chunk)


def _chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, AT_ONCE)):
        yield chunk
