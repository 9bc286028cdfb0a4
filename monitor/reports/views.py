"""Views: the values that the text, Markdown and HTML reports and the web page print.

A view holds strings that are visible and only need escaping, times in the reader's zone, and statements counted from
1. Segments are the text of a change with long unchanged runs shortened. Change runs are changes that are shown
together, such as a moved paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo
from typing import Literal, NamedTuple

from monitor.core.text.lookalikes import distinguishable
from monitor.core.text.normalize import is_blank, spelled_out, visible
from monitor.model import (
    Change,
    ChangeKind,
    DocumentSection,
    Edit,
    Level,
    Report,
    Significance,
    Snapshot,
)
from monitor.reports.phrases import (
    TimeView,
    announcements,
    baseline_summary,
    breakdown,
    day,
    duration,
    event_text,
    figures,
    not_watched,
    period,
    plural,
    position_text,
    section_summary,
    time_view,
    whole_summary,
)

KEPT = 280  # characters of an unchanged run that stay at each of its ends
LONGEST = 20_000  # characters of one inserted or deleted run; `show` prints all of it


class Segment(NamedTuple):
    """A piece of a word diff; `skip` stands for `hidden` characters that are left out here.

    `tags` has a letter for each way in which it is set apart: see `Emphasis`.
    """

    op: Literal["equal", "insert", "delete", "skip"]
    text: str
    hidden: int = 0
    tags: str = ""


def segments(change: Change, kept: int = KEPT) -> tuple[Segment, ...]:
    """A change as segments in reading order; a deletion stands before the insertion that replaces it."""
    edits = change.edits or _without_edits(change)
    last = len(edits) - 1
    return tuple(
        segment
        for index, edit in enumerate(edits)
        for segment in _segments_of(edit, kept, is_first=index == 0, is_last=index == last)
    )


def edit_segments(edits: Sequence[Edit]) -> tuple[Segment, ...]:
    """The same for the edits of a revision, nothing left out."""
    return tuple(segment for edit in edits for segment in _segments_of(edit, LONGEST, is_first=False, is_last=False))


def _without_edits(change: Change) -> tuple[Edit, ...]:
    before = " ".join(side.text for side in change.before)
    after = " ".join(side.text for side in change.after)
    if before == after:
        return (Edit("equal", before, after),)
    return (Edit("replace", before, after),)


def _segments_of(edit: Edit, kept: int, *, is_first: bool, is_last: bool) -> Iterable[Segment]:
    if edit.op == "equal":
        yield from _equal(edit.after, kept, is_first=is_first, is_last=is_last)
        return
    shown = distinguishable(edit.before[:LONGEST], edit.after[:LONGEST])
    if edit.before:
        yield from _changed("delete", edit.before, shown[0])
    if edit.after:
        yield from _changed("insert", edit.after, shown[1])


def _equal(text: str, kept: int, *, is_first: bool, is_last: bool) -> Iterable[Segment]:
    if len(text) <= 2 * kept:
        yield Segment("equal", visible(text))
        return
    # a statement is recognised by how it begins, unless the caller wants a short line around the edit
    head = 0 if is_first and kept < KEPT else kept
    tail = 0 if is_last and not is_first else kept
    if head:
        yield Segment("equal", visible(text[:head].rstrip()))
    yield Segment("skip", " … ", hidden=len(text) - head - tail)
    if tail:
        yield Segment("equal", visible(text[len(text) - tail :].lstrip()))


def _changed(op: Literal["insert", "delete"], text: str, shown: str) -> Iterable[Segment]:
    start = text[:LONGEST]
    yield Segment(op, spelled_out(start) if is_blank(start) else shown)
    if len(text) > LONGEST:
        yield Segment("skip", " … ", hidden=len(text) - LONGEST)


_TELLING = 5  # words of a text, from which its language can be told
RUNS = {ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.RESTORED}


def change_runs(changes: Iterable[Change]) -> list[list[Change]]:
    """The changes in their order, those that belong together as one list; nothing is left out."""
    found: list[list[Change]] = []
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        group = groups.get((change.snapshot, change.group or ""))
        if group is not None:
            group.append(change)
        elif found and _continues(found[-1][-1], change):
            found[-1].append(change)
        else:
            found.append([change])
            if change.group is not None:
                groups[change.snapshot, change.group] = found[-1]
    return found


def _continues(last: Change, change: Change) -> bool:
    """Whether nothing but the place differs, and that by one: a split or a revision stands for itself."""
    return _alike(last) == _alike(change) and change.kind in RUNS and _first_ordinal(change) == _first_ordinal(last) + 1


def _alike(change: Change) -> tuple[object, ...]:
    what = (change.kind, change.significance, change.aspects, change.cause, change.group)
    return (*what, change.document, change.snapshot, change.absent_since, bool(change.edits))


def _first_ordinal(change: Change) -> int:
    sides = change.after or change.before
    return sides[0].ordinal if sides else -2


LABELS = {
    ChangeKind.ADDED: "Added",
    ChangeKind.REMOVED: "Removed",
    ChangeKind.REVISED: "Revised",
    ChangeKind.MOVED: "Moved",
    ChangeKind.RESTORED: "Restored",
    ChangeKind.SPLIT: "Split",
    ChangeKind.MERGED: "Merged",
    ChangeKind.RENAMED: "Renamed",
    ChangeKind.SUSPECT: "Suspect",
    ChangeKind.RECOVERED: "Recovered",
    ChangeKind.FAILED: "Not read",
    ChangeKind.UNWATCHED: "No longer watched",
    ChangeKind.WATCHED: "Watched again",
}
EVENTS = {
    ChangeKind.ADDED: "New document",
    ChangeKind.REMOVED: "Document removed",
    ChangeKind.RESTORED: "The document is back",
    ChangeKind.RENAMED: "Renamed",
    ChangeKind.UNWATCHED: "No longer watched (configuration)",
    ChangeKind.WATCHED: "Watched again (configuration)",
    ChangeKind.REVISED: "Its bytes changed; statements are not read from this format",
    ChangeKind.SUSPECT: "Suspect",
    ChangeKind.RECOVERED: "Recovered",
}


Address = Callable[[Change], str]
"""The address of a change in its document on the web page; empty where there is none."""


Reason = Callable[[Change], str]
"""Why a change is what it is, in words: `reasons.reason_of`, or nothing where it is not shown."""


def nowhere(_change: Change) -> str:
    """No address: there is no web page."""
    return ""


class ChangeView(NamedTuple):
    """One change of a statement, ready to print. `address` is where the web page shows it in its document, `reason`
    why it is what it is."""

    id: str
    anchor: str
    kind: str
    label: str
    significance: str
    aspects: tuple[str, ...]
    place: str
    taken_at: TimeView
    snapshot: str
    segments: tuple[Segment, ...]
    notes: tuple[str, ...]
    links_removed: tuple[str, ...]
    links_added: tuple[str, ...]
    address: str = ""
    reason: str = ""


class EventView(NamedTuple):
    """What happened to a document as a whole; also a failure, with its reason as the sentence."""

    id: str
    anchor: str
    kind: str
    document: str
    sentence: str
    taken_at: TimeView
    address: str = ""


class ChangeRunView(NamedTuple):
    """Changes that one look takes in; mostly it is one."""

    kind: str
    label: str
    aspects: tuple[str, ...]
    place: str
    taken_at: TimeView
    notes: tuple[str, ...]
    changes: tuple[ChangeView, ...]
    event: bool = False  # of several changes, which are one thing


class SectionView(NamedTuple):
    """One document's part of a page. `whole` came or went with the document itself: told by its event."""

    anchor: str
    document: str
    summary: str
    events: tuple[EventView, ...]
    substantive: tuple[ChangeRunView, ...]
    moves: tuple[ChangeRunView, ...]
    editorial: tuple[ChangeRunView, ...]
    editorial_summary: str
    hidden: tuple[ChangeRunView, ...]
    hidden_summary: str
    metadata: tuple[ChangeRunView, ...]
    metadata_summary: str
    whole: tuple[ChangeRunView, ...]
    whole_summary: str


class BaselineView(NamedTuple):
    """How much of a document the first snapshot held."""

    document: str
    statements: int


class SnapshotView(NamedTuple):
    """A snapshot that the report is made of; `source` is empty for the watched folder."""

    id: str
    source: str
    taken_at: TimeView
    author: str


class ReportView(NamedTuple):
    """A whole report, ready to print. `figures` are the numbers that lead it: (count, what, kind of thing)."""

    title: str  # for people who gave none: what it is, and of which period
    heading: str
    period: str  # below the heading
    only: str  # what a filter lets through
    made_at: TimeView
    snapshots: tuple[SnapshotView, ...]
    snapshots_summary: str
    figures: tuple[tuple[int, str, str], ...]
    breakdown: str  # the same changes by kind: `of which 2 moved, 1 new document`
    failures: tuple[EventView, ...]
    sections: tuple[SectionView, ...]
    baseline: tuple[BaselineView, ...]
    baseline_summary: str
    baseline_documents: str
    remarks: tuple[str, ...] = ()  # when nothing was watched
    announcements: tuple[str, ...] = ()  # what was not announced, and what was announced alone


def report_view(report: Report, zone: tzinfo, address: Address = nowhere, reason: Reason = nowhere) -> ReportView:
    """The report in a reader's time zone."""
    kinds = breakdown(report)
    return ReportView(
        title=visible(report.title) if report.title else f"Changes, {period(report, zone)}",
        heading=visible(report.title) if report.title else "Changes",
        period=period(report, zone),
        only=f"Only: {', '.join(map(visible, report.only))}" if report.only else "",
        made_at=time_view(report.made_at, zone),
        snapshots=tuple(_snapshot_view(snapshot, zone) for snapshot in report.snapshots),
        snapshots_summary=plural(len(report.snapshots), "snapshot"),
        figures=figures(report),
        breakdown=f"of which {', '.join(f'{count:,} {what}' for count, what in kinds)}" if kinds else "",
        failures=tuple(event_view(change, zone, address(change)) for change in report.failures),
        sections=tuple(section_view(section, zone, address, reason) for section in report.documents),
        baseline=tuple(BaselineView(visible(count.document), count.statements) for count in report.baseline),
        baseline_summary=baseline_summary(report),
        baseline_documents=plural(len(report.baseline), "document"),
        remarks=not_watched(report.snapshots, zone),
        announcements=announcements(report),
    )


def section_view(
    section: DocumentSection, zone: tzinfo, address: Address = nowhere, reason: Reason = nowhere
) -> SectionView:
    """One document's part."""
    own = [change for change in section.substantive if not change.with_document]
    moves = [change for change in section.moves if not change.with_document]
    whole = [change for change in (*section.substantive, *section.moves) if change.with_document]
    return SectionView(
        anchor=_anchor("d", section.document_id or section.document.encode("utf-8", "surrogateescape").hex()),
        document=visible(section.document),
        summary=section_summary(section),
        events=tuple(event_view(change, zone, address(change)) for change in section.events),
        substantive=change_run_views(own, zone, address, reason),
        moves=change_run_views(moves, zone, address, reason),
        editorial=change_run_views(section.editorial, zone, address, reason),
        editorial_summary=plural(len(section.editorial), "editorial change"),
        hidden=change_run_views(section.hidden, zone, address, reason),
        hidden_summary=f"{plural(len(section.hidden), 'change')} hidden by ignore rules",
        metadata=change_run_views(section.metadata, zone, address, reason),
        metadata_summary=f"{plural(len(section.metadata), 'metadata field')} changed",
        whole=change_run_views(whole, zone, address, reason),
        whole_summary=whole_summary(whole),
    )


def change_run_views(
    changes: Iterable[Change], zone: tzinfo, address: Address = nowhere, reason: Reason = nowhere
) -> tuple[ChangeRunView, ...]:
    """Changes in their order, those that belong together as one block."""
    return tuple(_change_run_view(change_run, zone, address, reason) for change_run in change_runs(changes))


def change_view(change: Change, zone: tzinfo, kept: int = KEPT, address: str = "") -> ChangeView:
    """One statement's change; of unchanged runs of words `kept` characters stay at each end."""
    gone, new = link_changes(change)
    return ChangeView(
        id=visible(change.id),
        anchor=_anchor("c", change.id),
        kind=str(change.kind),
        label=change_label(change),
        significance=str(change.significance),
        aspects=tuple(str(aspect) for aspect in change.aspects),
        place=position_text(change.before, change.after, change.document),
        taken_at=time_view(change.taken_at, zone),
        snapshot=visible(change.snapshot),
        segments=segments(change, kept),
        notes=_notes(change, zone),
        links_removed=gone,
        links_added=new,
        address=address,
    )


def event_view(change: Change, zone: tzinfo, address: str = "") -> EventView:
    """A document's own event, or why it could not be read."""
    return EventView(
        id=visible(change.id),
        anchor=_anchor("c", change.id),
        kind=str(change.kind),
        document=visible(change.document),
        sentence=_event_sentence(change, zone),
        taken_at=time_view(change.taken_at, zone),
        address=address,
    )


# --- what ---------------------------------------------------------------------------------------


def change_label(change: Change) -> str:
    """What happened to a statement, in a word or two: `Revised and moved`."""
    if change.kind is ChangeKind.SPLIT:
        return f"Split in {len(change.after)}"
    if change.kind is ChangeKind.MERGED:
        return f"Merged from {len(change.before)}"
    label = LABELS[change.kind]
    return f"{label} and moved" if change.moved and change.kind is not ChangeKind.MOVED else label


def _notes(change: Change, zone: tzinfo) -> tuple[str, ...]:
    notes = []
    if change.absent_since is not None:
        away = duration(change.taken_at - change.absent_since)
        notes.append(f"absent for {away}, since {day(change.absent_since.astimezone(zone))}")
    if change.announced is False and change.significance is Significance.SUBSTANTIVE:
        notes.append("not announced: the date or version line is as before")
    if change.level is Level.STATEMENT and change.message:
        notes.append(visible(change.message))
    if change.copies:
        notes.append(f"{plural(change.copies, 'statement')} of other documents kept the old text")
    if _stayed_behind(change):
        notes.append("the text is the same, what it refers to has another number now")
    if change.technical_upgrade:
        notes.append("a technical upgrade, no change of the document")
    notes.append(language_note(change))
    return tuple(filter(None, notes))


def _stayed_behind(change: Change) -> bool:
    """Whether a reference did not follow a renumbering: nothing else makes a revision of equal sides."""
    if change.kind is not ChangeKind.REVISED or len(change.before) != 1:
        return False
    return [(side.text, side.links) for side in change.before] == [(side.text, side.links) for side in change.after]


def language_note(change: Change) -> str:
    """What to know of a change whose words no list can judge; nothing of others.

    Of a few words alone, in a document whose language is unknown, it cannot be said which language they are in.
    """
    if change.aspects_known is not False or change.kind is ChangeKind.MOVED or not (change.before and change.after):
        return ""
    if change.language:
        return f"language without word lists ({change.language}): only typography is judged"
    telling = sum(len(side.text.split()) for side in change.after) >= _TELLING
    return "unknown language, without word lists: only typography is judged" if telling else ""


def link_changes(change: Change) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Link targets that went and that came; none for a statement that came or went as a whole."""
    if not change.before or not change.after:
        return (), ()
    old = Counter(link for side in change.before for link in side.links)
    new = Counter(link for side in change.after for link in side.links)
    return tuple(map(visible, (old - new).elements())), tuple(map(visible, (new - old).elements()))


def _snapshot_view(snapshot: Snapshot, zone: tzinfo) -> SnapshotView:
    return SnapshotView(
        id=visible(snapshot.id),
        source=visible(snapshot.source),
        taken_at=time_view(snapshot.taken_at, zone),
        author=visible(snapshot.author or ""),
    )


def _event_sentence(change: Change, zone: tzinfo) -> str:
    if change.kind is ChangeKind.FAILED:
        return visible(change.message or "it could not be read")
    sentence = EVENTS.get(change.kind, LABELS[change.kind])
    if change.kind in (ChangeKind.SUSPECT, ChangeKind.RECOVERED):
        sentence += f": {visible(change.message or '')}"
    if change.document_before is not None and change.document_before != change.document:
        sentence += f" from {visible(change.document_before)}"
    return ", ".join((sentence, *_notes(change, zone)))


def _change_run_view(change_run: Sequence[Change], zone: tzinfo, address: Address, reason: Reason) -> ChangeRunView:
    first = change_run[0]
    if first.event:
        change_run = sorted(change_run, key=_first_ordinal)
    changes = tuple(
        change_view(change, zone, KEPT, address(change))._replace(reason=reason(change)) for change in change_run
    )
    before = [side for change in change_run for side in change.before]
    after = [side for change in change_run for side in change.after]
    return ChangeRunView(
        kind=str(first.kind),
        label=_run_label(change_run),
        aspects=tuple(dict.fromkeys(aspect for change in changes for aspect in change.aspects)),
        place=position_text(before, after, first.document),
        taken_at=changes[0].taken_at,
        notes=changes[0].notes,
        changes=changes,
        event=first.event is not None and len(change_run) > 1,
    )


def _run_label(change_run: Sequence[Change]) -> str:
    first, count = change_run[0], len(change_run)
    if count == 1:
        return change_label(first)
    return event_text(change_run) if first.event else f"{LABELS[first.kind]} {count:,} statements"


def _anchor(prefix: str, name: str) -> str:
    """An id that is safe in HTML and in a fragment, whatever the name holds."""
    return f"{prefix}-{re.sub('[^A-Za-z0-9_-]', '-', name)}"
