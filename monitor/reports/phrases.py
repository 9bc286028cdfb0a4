"""How much there is to tell, in a line: of a report, of a document, of what a document brought or took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from monitor.model import Change, ChangeKind
from monitor.reports.times import day, days, noun, plural

if TYPE_CHECKING:
    from monitor.model import DocumentSection, Report

EVENT_FIGURES = {  # one, several
    ChangeKind.ADDED: ("new document", "new documents"),
    ChangeKind.REMOVED: ("document gone", "documents gone"),
    ChangeKind.RESTORED: ("document back", "documents back"),
    ChangeKind.RENAMED: ("document renamed", "documents renamed"),
    ChangeKind.REVISED: ("changed as a whole", "changed as a whole"),
}
WITH_DOCUMENT = {
    ChangeKind.ADDED: "came",
    ChangeKind.REMOVED: "went",
    ChangeKind.RESTORED: "came back",
    ChangeKind.MOVED: "moved",
}


def period(report: Report, zone: tzinfo) -> str:
    """The days a report covers, as the reader's zone counts them."""
    since = report.since.astimezone(zone) if report.since else None
    until = report.until.astimezone(zone) if report.until else None
    if since and until:
        return days(since, until)
    if since:
        return f"since {day(since)}"
    if until:
        return f"until {day(until)}"
    times = [snapshot.taken_at.astimezone(zone) for snapshot in report.snapshots]
    return f"everything recorded, {days(min(times), max(times))}" if times else "everything recorded"


def figures(report: Report) -> tuple[tuple[int, str, str], ...]:
    """The leading numbers; what an analyst looks for every morning stands there even as a nought."""
    if report.baseline and not report.changes:  # a first run: there is nothing yet that could have changed
        statements = sum(count.statements for count in report.baseline)
        counts = ((len(report.baseline), "document"), (statements, "statement"))
        return tuple((count, noun(count, word), "baseline") for count, word in counts)
    moves = Counter(c.kind for section in report.documents for c in section.moves if c.cause is None)
    events = Counter(event.kind for section in report.documents for event in section.events)
    always = (
        (sum(_own(section.substantive) for section in report.documents), "substantive", "substantive"),
        (moves[ChangeKind.MOVED], "moved", "moved"),
        (moves[ChangeKind.RESTORED], "restored", "restored"),
        (sum(len(section.editorial) for section in report.documents), "editorial", "editorial"),
    )
    documents = tuple(
        (events[kind], word if events[kind] == 1 else words, "event") for kind, (word, words) in EVENT_FIGURES.items()
    )
    failures = (len(report.failures), "not read", "failed")
    return tuple(figure for figure in (failures, *always, *documents) if figure[0] or figure in always)


def section_summary(section: DocumentSection) -> str:
    """One document in a line: `4 substantive, 2 moved, document renamed`."""
    kinds = Counter(change.kind for change in section.moves if change.cause is None)
    counts = (
        (_own(section.substantive), "substantive"),
        (kinds[ChangeKind.MOVED], "moved"),
        (kinds[ChangeKind.RESTORED], "restored"),
        (len(section.editorial), "editorial"),
    )
    events = dict.fromkeys(EVENT_FIGURES[event.kind][0] for event in section.events if event.kind in EVENT_FIGURES)
    return ", ".join([*(f"{count:,} {what}" for count, what in counts if count), *events])


def _own(changes: Sequence[Change]) -> int:
    """How many happened to the statements themselves, not to the document that holds them."""
    return sum(change.cause is None for change in changes)


def whole_summary(changes: Sequence[Change]) -> str:
    """How many statements came, went or came back only because their document did."""
    kinds = {change.kind for change in changes}
    did = WITH_DOCUMENT.get(next(iter(kinds)), "changed") if len(kinds) == 1 else "came, went or came back"
    return f"{plural(len(changes), 'statement')} {did} with the document"


def baseline_summary(report: Report) -> str:
    """`12 documents with 345 statements`."""
    statements = sum(count.statements for count in report.baseline)
    return f"{plural(len(report.baseline), 'document')} with {plural(statements, 'statement')}"
