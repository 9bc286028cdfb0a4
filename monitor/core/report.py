"""Build a report from changes: the most important first, everything else counted, nothing dropped.

Failures come first. Then one section for each document: changes of the document as a whole, substantive changes by
importance, moves and restorations, editorial changes, front matter, and last what ignore rules hide. The baseline is
only counted; a technical upgrade is a number among the totals.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from datetime import datetime

from monitor.core.text.announcements import is_announcement
from monitor.core.text.normalize import normalize
from monitor.core.text.patterns import TextPattern
from monitor.model import (
    Aspect,
    BaselineCount,
    Change,
    ChangeKind,
    DocumentSection,
    Level,
    Report,
    Significance,
    Snapshot,
)

# What a reader would want to know first. A removed or added statement has no aspects that could speak for it,
# so its kind does; a revised one is weighed by the strongest of its aspects.
KIND_WEIGHTS = {
    ChangeKind.REMOVED: 4,
    ChangeKind.ADDED: 3,
    ChangeKind.RESTORED: 2,
    ChangeKind.REVISED: 1,
    ChangeKind.SPLIT: 1,
    ChangeKind.MERGED: 1,
    ChangeKind.MOVED: 1,
    ChangeKind.RENAMED: 1,
    ChangeKind.SUSPECT: 4,
    ChangeKind.RECOVERED: 2,
}
ASPECT_WEIGHTS = {
    Aspect.NEGATION: 6,
    Aspect.MODALITY: 5,
    Aspect.NUMBER: 5,
    Aspect.DATE: 4,
    Aspect.ATTRIBUTION: 4,
    Aspect.NAME: 3,
    Aspect.QUOTATION: 3,
    Aspect.WORDING: 2,
    Aspect.LINK: 2,
    Aspect.SPELLING: 0,
    Aspect.TYPOGRAPHY: 0,
}
FLAPS = 3  # times that a text must have come or gone in one document: gone, back and gone again
DOCUMENT_WEIGHT = 3  # a document that came or went counts so many times what one of its statements would


def digest(
    changes: Iterable[Change],
    snapshots: Sequence[Snapshot],
    *,
    made_at: datetime,
    since: datetime | None,
    until: datetime | None,
    baseline: Iterable[BaselineCount] | None = None,
    hidden: Container[str] = (),
    announcements: Sequence[str] = (),
) -> Report:
    """The report of a period: `changes` in the log's order, `snapshots` oldest first, both already chosen.

    `baseline` counts what first snapshots held, where `changes` are without it. `hidden` has the ids of the changes
    that ignore rules hide from the queue. `announcements`: patterns of further lines that give a document's date.
    """
    rows = list(changes)
    news = [change for change in rows if _is_news(change)]
    counts = _baseline(rows) if baseline is None else tuple(baseline)
    return Report(
        made_at=made_at,
        since=since,
        until=until,
        snapshots=tuple(snapshots),
        failures=tuple(change for change in news if change.kind is ChangeKind.FAILED),
        documents=_sections((change for change in news if change.kind is not ChangeKind.FAILED), hidden),
        baseline=counts,
        totals={**_totals(rows, news, hidden), "baseline": sum(count.statements for count in counts)},
        changes=tuple(news),
        announced_alone=_announced_alone(news, tuple(map(TextPattern, announcements))),
    )


def _announced_alone(changes: Iterable[Change], patterns: Sequence[TextPattern]) -> tuple[str, ...]:
    """The documents that got a new line of date or version and no substantive change with it."""
    alone: dict[tuple[str, str], bool] = {}
    for change in changes:
        if change.announced:
            said = change.significance is Significance.EDITORIAL or all(
                is_announcement(side.text, patterns) for side in change.after or change.before
            )
            key = change.document, change.snapshot
            alone[key] = alone.get(key, True) and said
    return tuple(sorted({document for (document, _), said in alone.items() if said}))


def weight_of(change: Change) -> int:
    """How early a report has a change, in points; 0 for a statement that only came or went with its whole document."""
    if change.with_document or change.significance is Significance.EDITORIAL:
        return 0
    weight = KIND_WEIGHTS.get(change.kind, 0) + max((ASPECT_WEIGHTS[aspect] for aspect in change.aspects), default=0)
    return weight * DOCUMENT_WEIGHT if change.level is Level.DOCUMENT else weight


def _is_news(change: Change) -> bool:
    # a document that cannot be read is told in any case: somebody must do something about it
    return change.kind is ChangeKind.FAILED or not (change.baseline or change.technical_upgrade)


# --- sections -----------------------------------------------------------------------------------


def _sections(changes: Iterable[Change], hidden: Container[str]) -> tuple[DocumentSection, ...]:
    by_document: dict[str, list[Change]] = {}
    for change in changes:
        by_document.setdefault(change.document_id or change.document, []).append(change)
    return tuple(sorted((_section(part, hidden) for part in by_document.values()), key=_section_rank))


def _section(changes: Sequence[Change], hidden: Container[str]) -> DocumentSection:
    newest = changes[0]
    statements = [change for change in changes if change.level is Level.STATEMENT]
    shown = _without_flapping([change for change in statements if change.id not in hidden])
    metadata = [change for change in shown if change.metadata and not change.with_document]
    prose = [change for change in shown if not change.metadata or change.with_document]
    moves = [change for change in prose if _says_the_same(change)]
    others = [change for change in prose if not _says_the_same(change)]
    substantive = [change for change in others if change.significance is Significance.SUBSTANTIVE]
    editorial = [change for change in others if change.significance is Significance.EDITORIAL]
    return DocumentSection(
        document=newest.document,
        document_id=newest.document_id,
        events=tuple(change for change in changes if change.level is Level.DOCUMENT),
        substantive=tuple(sorted(_in_order(substantive), key=lambda change: -weight_of(change))),
        moves=_in_order(moves),
        editorial=_in_order(editorial),
        hidden=_in_order(change for change in statements if change.id in hidden),
        metadata=_in_order(metadata),
        counts=(len(changes) - sum(map(_is_editorial, changes)), sum(map(_is_editorial, changes))),
    )


def _without_flapping(changes: Sequence[Change]) -> list[Change]:
    """The changes, newest first; of a text that comes and goes the newest alone, which says how often."""
    found: defaultdict[tuple[str, ...], list[Change]] = defaultdict(list)
    for change in changes:
        found[_pair(change)].append(change)
    flapping = {
        one.id: f"comes and goes: {len(pair)} times"
        for pair in found.values()
        if len(pair) >= FLAPS and len({_ways(one) for one in pair}) > 1
        for one in pair
    }
    newest = {pair[0].id for pair in found.values()}
    return [
        change._replace(message=flapping[change.id]) if change.id in flapping else change
        for change in changes
        if change.id not in flapping or change.id in newest
    ]


def _ways(change: Change) -> tuple[str, str]:
    """The texts of both sides; to come back is the opposite of to go."""
    before, after = ("\n".join(normalize(side.text) for side in sides) for sides in (change.before, change.after))
    return ("" if change.kind is ChangeKind.RESTORED else before), after


def _pair(change: Change) -> tuple[str, ...]:
    ways = _ways(change)
    if change.with_document or ways[0] == ways[1]:
        return (change.id,)
    return (change.document_id or change.document, *sorted(ways))


def _says_the_same(change: Change) -> bool:
    """Whether a statement moved where it says what it said, or came back in the same words."""
    if change.kind is ChangeKind.RESTORED:
        return not change.aspects
    return change.kind is ChangeKind.MOVED and (change.with_document or _is_editorial(change))


def _is_editorial(change: Change) -> bool:
    return change.significance is Significance.EDITORIAL


def _in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """As the document reads; the log's order (newest first) decides between changes of one place."""
    return tuple(sorted(changes, key=_ordinal))


def _ordinal(change: Change) -> int:
    side = (change.after or change.before)[:1]
    return side[0].ordinal if side else -1


def _section_rank(section: DocumentSection) -> tuple[int, int, str]:
    """Documents with the most, and the most important, substantive changes first."""
    told = (*section.events, *section.substantive)
    return -sum(map(weight_of, told)), -len(section.moves), section.document


# --- counts -------------------------------------------------------------------------------------


def _baseline(rows: Iterable[Change]) -> tuple[BaselineCount, ...]:
    counts: Counter[str] = Counter()
    for change in rows:
        if change.baseline and change.kind is not ChangeKind.FAILED:
            counts[change.document] += change.level is Level.STATEMENT
    return tuple(BaselineCount(document, counts[document]) for document in sorted(counts))


def _totals(rows: Sequence[Change], news: Sequence[Change], hidden: Container[str]) -> dict[str, int]:
    """Every count by its word, noughts included; kinds and aspects count statements, `document_…` documents.

    `changes` is what the log lists of the same period and filters, and `substantive` and `editorial` add up to it:
    events of documents, moves, hidden changes and technical upgrades are among them. What a first snapshot could not
    read is a failure and no change.
    """
    told = [change for change in news if change.kind is not ChangeKind.FAILED]
    statements = [change for change in told if change.level is Level.STATEMENT]
    statement_kinds = Counter(change.kind for change in statements)
    document_kinds = Counter(change.kind for change in told if change.level is Level.DOCUMENT)
    significance = Counter(change.significance for change in rows if not change.baseline)
    aspects = Counter(aspect for change in statements for aspect in change.aspects)
    return {
        "changes": significance.total(),
        "documents": len({change.document_id or change.document for change in told}),
        "statements": len(statements),
        "failures": len(news) - len(told),
        "baseline": 0,
        "technical_upgrades": sum(change.technical_upgrade for change in rows),
        **{str(word): significance[word] for word in Significance},
        "hidden": sum(change.id in hidden for change in statements),
        **{str(kind): statement_kinds[kind] for kind in _STATEMENT_KINDS},
        **{f"document_{kind}": document_kinds[kind] for kind in _DOCUMENT_KINDS},
        **{str(aspect): aspects[aspect] for aspect in Aspect},
    }


_STATEMENT_KINDS = (
    ChangeKind.ADDED,
    ChangeKind.REMOVED,
    ChangeKind.REVISED,
    ChangeKind.MOVED,
    ChangeKind.RESTORED,
    ChangeKind.SPLIT,
    ChangeKind.MERGED,
)
_DOCUMENT_KINDS = (
    ChangeKind.ADDED,
    ChangeKind.REMOVED,
    ChangeKind.RESTORED,
    ChangeKind.RENAMED,
    ChangeKind.REVISED,
    ChangeKind.UNWATCHED,
    ChangeKind.WATCHED,
    ChangeKind.SUSPECT,
    ChangeKind.RECOVERED,
)
