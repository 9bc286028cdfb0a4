"""Times, intervals, counts and positions in words, independent of the locale. Statements are counted from 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from monitor.core.text.normalize import visible
from monitor.model import Change, ChangeKind, DocumentSection, Level, Report, Side, Significance, Snapshot

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class TimeView(NamedTuple):
    """A moment in the reader's time zone (`text`), with UTC beside it (`utc`) and for machines (`iso`)."""

    text: str
    utc: str
    iso: str


def time_view(time: datetime, zone: tzinfo) -> TimeView:
    """`2 Jan 2026, 04:04 CET`."""
    local = time.astimezone(zone)
    utc = time.astimezone(UTC)
    return TimeView(
        text=f"{day(local)}, {local:%H:%M} {local.tzname()}",
        utc=f"{utc:%Y-%m-%d %H:%M:%S} UTC",
        iso=f"{utc:%Y-%m-%dT%H:%M:%SZ}",
    )


def day(time: date) -> str:
    """`2 Jan 2026`, of the time as it stands."""
    return f"{time.day} {MONTHS[time.month - 1]} {time.year}"


def days(first: datetime, last: datetime) -> str:
    """`2 – 8 Mar 2026`: two days of one time zone, what they share said once."""
    if first.date() == last.date():
        return day(last)
    if first.year != last.year:
        return f"{day(first)} – {day(last)}"
    month = "" if first.month == last.month else f" {MONTHS[first.month - 1]}"
    return f"{first.day}{month} – {day(last)}"


def duration(span: timedelta) -> str:
    """The largest unit that says enough: `3 hours`, `12 days`; under a minute `less than a minute`."""
    seconds = int(span.total_seconds())
    for unit, length, least in (("day", 86_400, 2), ("hour", 3_600, 2), ("minute", 60, 1)):
        if seconds >= length * least:
            return plural(seconds // length, unit)
    return "less than a minute"


def plural(count: int, word: str) -> str:
    """`1 day`, `2 days`, `1,204 days`; only for words that take an s."""
    return f"{count:,} {noun(count, word)}"


def noun(count: int, word: str) -> str:
    """The word alone as the count wants it."""
    return word if count == 1 else f"{word}s"


def position_text(before: Sequence[Side], after: Sequence[Side], document: str) -> str:
    """Where a change stands, statements counted from 1: `statement 5`, `statement 5 → 7`, `a.txt 5 → b.txt 7`."""
    old, new = _numbers(before), _numbers(after)
    if not old or not new:
        return f"statement{_s(before or after)} {old or new}" if old or new else ""
    if _documents(before) != _documents(after):
        return f"{_where(before)} → {_where(after)}"
    elsewhere = f"{_documents(after)}, " if _documents(after) != visible(document) else ""
    word = f"{elsewhere}statement{_s(before if len(before) > len(after) else after)}"
    return f"{word} {old}" if old == new else f"{word} {old} → {new}"


def _where(sides: Sequence[Side]) -> str:
    return f"{_documents(sides)}, statement{_s(sides)} {_numbers(sides)}"


def _s(sides: Sequence[Side]) -> str:
    return "" if len(sides) == 1 else "s"


def _documents(sides: Sequence[Side]) -> str:
    return " + ".join(dict.fromkeys(visible(side.document) for side in sides))


def _numbers(sides: Iterable[Side]) -> str:
    """Ordinals from 1, neighbours as a range: `3–5, 9`."""
    runs: list[list[int]] = []
    for number in sorted({side.ordinal + 1 for side in sides}):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


EVENT_FIGURES = {  # one, several
    ChangeKind.ADDED: ("new document", "new documents"),
    ChangeKind.REMOVED: ("document removed", "documents removed"),
    ChangeKind.RESTORED: ("document back", "documents back"),
    ChangeKind.RENAMED: ("document renamed", "documents renamed"),
    ChangeKind.REVISED: ("changed as a whole", "changed as a whole"),
    ChangeKind.UNWATCHED: ("no longer watched", "no longer watched"),
    ChangeKind.WATCHED: ("watched again", "watched again"),
    ChangeKind.SUSPECT: ("suspect version", "suspect versions"),
    ChangeKind.RECOVERED: ("recovered", "recovered"),
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
    """The leading numbers: all changes by their significance, noughts included; see `breakdown` for their kinds."""
    if report.baseline and not report.changes:  # a first run: there is nothing yet that could have changed
        statements = sum(count.statements for count in report.baseline)
        counts = ((len(report.baseline), "document"), (statements, "statement"))
        return tuple((count, noun(count, word), "baseline") for count, word in counts)
    failures = ((len(report.failures), "not read", "failed"),) if report.failures else ()
    return (
        *failures,
        *((report.totals[word], str(word), str(word)) for word in (Significance.SUBSTANTIVE, Significance.EDITORIAL)),
    )


def breakdown(report: Report) -> tuple[tuple[int, str], ...]:
    """The same changes by kind, without noughts; those that are neither revised, added nor removed."""
    totals = report.totals
    events = Counter(event.kind for section in report.documents for event in section.events)
    counts = (
        *((totals[kind], str(kind)) for kind in (ChangeKind.MOVED, ChangeKind.RESTORED)),
        (totals["hidden"], "hidden by rules"),
        (totals["technical_upgrades"], "found by new rules alone"),
        *((events[kind], words[events[kind] != 1]) for kind, words in EVENT_FIGURES.items()),
    )
    return tuple(count for count in counts if count[0])


def section_summary(section: DocumentSection) -> str:
    """One document in a line: `4 substantive, 1 editorial, of which 2 moved; document renamed`."""
    kinds = Counter(change.kind for change in section.moves if not change.with_document)
    by_kind = (
        (kinds[ChangeKind.MOVED], "moved"),
        (kinds[ChangeKind.RESTORED], "restored"),
        (len(section.metadata), "metadata"),
        (len(section.hidden), "hidden by rules"),
    )
    events = dict.fromkeys(EVENT_FIGURES[event.kind][0] for event in section.events if event.kind in EVENT_FIGURES)
    of_which = ", ".join(f"{count:,} {what}" for count, what in by_kind if count)
    counts = ((section.counts[0], "substantive"), (section.counts[1], "editorial"))
    totals = ", ".join(f"{count:,} {what}" for count, what in counts if count)
    return "; ".join([f"{totals}, of which {of_which}" if of_which else totals, *events])


def event_text(changes: Sequence[Change]) -> str:
    """What happened to a table, to the numbers of a document or to an element: `Column added, in 11 rows`."""
    what = {"column": "row", "element": "value"}.get(changes[0].event or "", "statement")
    return f"{event_name(changes[0])}, {'of' if what == 'value' else 'in'} {plural(len(changes), what)}"


def group_text(change: Change, size: int) -> str:
    """What an entry of several changes consists of, said beside the change that represents it."""
    if change.event:
        return f"{event_name(change)}: {size:,} changes"
    if change.with_document or change.level is Level.DOCUMENT:
        return plural(size - 1, "statement")
    if change.kind is ChangeKind.MOVED:
        return f"{size:,} statements moved together"
    return f"{size:,} identical edits"


def event_name(change: Change) -> str:
    """The event that a change belongs to: `Column removed`, `Renumbered`, `Element added`."""
    if change.event == "element":
        return "Key renamed" if change.kind is ChangeKind.REVISED else f"Element {change.kind}"
    if change.event != "column":
        return "Renumbered"
    old, new = (side[0].text.count("|") for side in (change.before, change.after))
    return f"Column {'added' if new > old else 'removed' if new < old else 'exchanged'}"


def whole_summary(changes: Sequence[Change]) -> str:
    """How many statements came, went or came back only because their document did."""
    kinds = {change.kind for change in changes}
    if {change.cause for change in changes} <= {"suspect", "recovered"}:
        return f"{plural(len(changes), 'change')} of suspect and recovered versions"
    did = WITH_DOCUMENT.get(next(iter(kinds)), "changed") if len(kinds) == 1 else "came, went or came back"
    return f"{plural(len(changes), 'statement')} {did} with the document"


def baseline_summary(report: Report) -> str:
    """`12 documents with 345 statements`."""
    statements = sum(count.statements for count in report.baseline)
    return f"{plural(len(report.baseline), 'document')} with {plural(statements, 'statement')}"


TERMS = {
    "substantive": "The change alters what the text says",
    "editorial": "Only the form changed: typography, spelling, case, white space, punctuation",
    "typography": "Quotation marks, dashes, spaces or emphasis",
    "spelling": "A spelling variant, a slip or a letter's case",
    "wording": "Other words than the aspects beside it name",
    "number": "A number, an amount or a unit",
    "date": "A date, a time or a period",
    "name": "The name of a person, place or organisation",
    "attribution": "Who says or does it",
    "modality": "How binding or certain it is: may, will, must, should, and hedges",
    "negation": "Whether it is affirmed or denied",
    "quotation": "The words inside quotation marks, or what is quoted",
    "link": "The target of a link",
}
"""What a reader may not know: the terms of a change, each in a line."""
NAMED_GAPS = 3  # times without a look that a report names, of more the longest
GAP = timedelta(hours=36)
"""Without a look for longer than this, nothing was watched; daily looks leave none."""


def gaps(snapshots: Iterable[Snapshot]) -> list[tuple[datetime, datetime]]:
    """The times in which nobody looked and something changed: the last look before, and the snapshot after."""
    looks = ((one.seen_before, one.taken_at) for one in snapshots if one.origin is None)
    return [(before, at) for before, at in looks if before is not None and at - before > GAP]


def gap_text(start: datetime, end: datetime, zone: tzinfo) -> str:
    """`2 Jan 2026, 06:00 UTC to 5 Jan 2026, 06:00 UTC (3 days)`."""
    return f"{time_view(start, zone).text} to {time_view(end, zone).text} ({duration(end - start)})"


def announcements(report: Report) -> tuple[str, ...]:
    """The documents that changed without a new line of their own date or version, and those that got nothing else."""
    substantive = [change for section in report.documents for change in section.substantive if not change.with_document]
    silent = Counter(change.document for change in substantive if change.announced is False)
    found = [
        f"Not announced: {plural(count, 'substantive change')} in {visible(document)},"
        " whose date or version line is the same"
        for document, count in sorted(silent.items())
    ]
    return (
        *found,
        *(
            f"Announced alone: {visible(one)} has a new date or version line and no substantive change"
            for one in report.announced_alone
        ),
    )


def not_watched(snapshots: Iterable[Snapshot], zone: tzinfo) -> tuple[str, ...]:
    """The times in which nothing was watched, in words."""
    found = gaps(snapshots)
    if len(found) <= NAMED_GAPS:
        return tuple(f"Not watched: {gap_text(*gap, zone)}" for gap in found)
    longest = max(found, key=lambda gap: gap[1] - gap[0])
    return (f"Not watched {len(found):,} times, longest {gap_text(*longest, zone)}",)
