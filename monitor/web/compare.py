"""A document at two dates, held against each other: inline or side by side, unchanged runs folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from monitor.app import queries
from monitor.core.text.normalize import visible
from monitor.ledger.statistics import DocumentVersion
from monitor.model import Change, ChangeKind, Level, Snapshot
from monitor.reports.views import LONGEST, Segment, event_view, segments
from monitor.web.documents import chosen, document_line, document_of, version_view
from monitor.web.request import Desk

CONTEXT = 2  # unchanged statements that stay on each side of a difference


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a comparison; `hidden` counts unchanged statements that it stands for. One side may be empty."""

    kind: str
    label: str
    before: tuple[Segment, ...] = ()
    after: tuple[Segment, ...] = ()
    both: tuple[Segment, ...] = ()
    hidden: int = 0


def compare_page(desk: Desk) -> Response:
    """A document at two dates, inline or side by side."""
    document = document_of(desk)
    versions = desk.monitor.pages.versions(document.id)
    newest = chosen(desk, versions, desk.query.one("after"))
    oldest = chosen(desk, versions, desk.query.one("before"), max(newest - 1, 0))
    before, after = versions[oldest], versions[newest]
    view = "side" if desk.query.one("view") == "side" else "inline"
    whole = desk.query.one("whole") == "1"
    changes = queries.diff(
        desk.monitor.snapshots,
        desk.monitor.ledger,
        queries.Point(before.moment.snapshot, before.moment.taken_at, _snapshot(desk, before)),
        queries.Point(after.moment.snapshot, after.moment.taken_at, _snapshot(desk, after)),
        document,
    )
    told = [change for one in changes for change in one.changes]
    texts = [blame.text for blame in desk.monitor.ledger.blame(document.id, after.moment.snapshot)]
    return desk.page(
        "compare.html",
        title=f"{visible(document.path)}, compared",
        document=document_line(document, desk),
        versions=[version_view(one, desk) for one in versions],
        before=oldest,
        after=newest,
        view=view,
        whole=whole,
        events=[event_view(change, desk.zone) for change in told if change.level is Level.DOCUMENT],
        rows=folded(rows(told, texts), whole=whole),
        same=not told,
    )


def _snapshot(desk: Desk, version: DocumentVersion) -> Snapshot:
    return queries.snapshot_named(version.moment.snapshot, desk.monitor.ledger.snapshots())


def rows(changes: Sequence[Change], texts: Sequence[str]) -> list[Row]:
    """What differs, where it stands in the newer text, with that text around it."""
    removed: dict[int, list[Row]] = {}
    here: dict[int, Row] = {}
    covered: set[int] = set()
    place = 0
    for change in changes:
        if change.level is Level.DOCUMENT:
            continue
        if change.after:
            places = [side.ordinal for side in change.after]
            here[places[0]] = _row(change)
            covered.update(places)
            place = max(places) + 1
        else:
            removed.setdefault(place, []).append(_row(change))
    rows = []
    for at, text in enumerate(texts):
        rows += removed.pop(at, [])
        if at in here:
            rows.append(here[at])
        elif at not in covered:
            same = (Segment("equal", visible(text)),)
            rows.append(Row("unchanged", "", same, same, same))
    return rows + [row for left in removed.values() for row in left]


def _row(change: Change) -> Row:
    told = segments(change, LONGEST)
    moved = change.kind is ChangeKind.MOVED or change.moved
    return Row(
        kind=str(change.kind),
        label=f"{str(change.kind).capitalize()}{' and moved' if moved and change.kind is not ChangeKind.MOVED else ''}",
        before=tuple(one for one in told if one.op != "insert") if change.before else (),
        after=tuple(one for one in told if one.op != "delete") if change.after else (),
        both=told,
    )


def folded(rows: Sequence[Row], *, whole: bool) -> list[Row]:
    """The rows with long unchanged runs as one line each."""
    if whole:
        return list(rows)
    near = {
        place
        for at, row in enumerate(rows)
        if row.kind != "unchanged"
        for place in range(at - CONTEXT, at + CONTEXT + 1)
    }
    found: list[Row] = []
    for at, row in enumerate(rows):
        if at in near:
            found.append(row)
        elif found and found[-1].kind == "hidden":
            found[-1] = Row("hidden", "", hidden=found[-1].hidden + 1)
        else:
            found.append(Row("hidden", "", hidden=1))
    return found
