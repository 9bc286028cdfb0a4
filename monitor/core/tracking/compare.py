"""Compare two neighbouring versions of one document: align and classify.

A pure function of two lists of statements, so that it can run in any process and its result can be cached. A pending
change is what the comparison of one document found, before all documents of the snapshot are considered together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import compress, count
from operator import is_not
from typing import NamedTuple

from monitor.core.alignment.align import differing
from monitor.core.alignment.matches import SAME_TEXT
from monitor.core.classification.classify import classify
from monitor.core.tracking.documents import Step
from monitor.model import ChangeKind, Classification, Match, Significance, Statement
from monitor.model.ledger import StatementState


class Outcome(Enum):
    """What became of reading one document's new bytes."""

    READ = "read"
    SAME = "same"  # the bytes did not change (a rename)
    OPAQUE = "opaque"  # no reader for this format
    FAILED = "failed"
    VANISHED = "gone"


class DocumentStep(NamedTuple):
    """One document's step with what its bytes gave. `before` are the statements last read from it.

    `notes` are the reader's, see `Extraction`.
    """

    step: Step
    outcome: Outcome
    before: tuple[Statement, ...] = ()
    after: tuple[Statement, ...] = ()
    comparison: Comparison | None = None
    message: str | None = None
    notes: tuple[str, ...] = ()


class StatementPosition(NamedTuple):
    """A statement on the before side: its number and ordinal, and the document step that it belongs to."""

    document: int
    ordinal: int
    number: int


@dataclass(slots=True)
class PendingChange:
    """A change in the making. `document` is an index into the snapshot's document steps."""

    document: int
    kind: ChangeKind
    before: tuple[StatementPosition, ...]
    after: tuple[int, ...]
    similarity: float | None = None
    moved: bool = False
    classification: Classification | None = None
    cause: str | None = None
    known: StatementState | None = None  # the absent statement that came back
    absent_since: datetime | None = None


def added(pending_changes: Iterable[PendingChange]) -> Iterator[PendingChange]:
    """Those that are still taken for new statements."""
    return (pending for pending in pending_changes if pending.kind is ChangeKind.ADDED)


def value_before(documents: Sequence[DocumentStep], position: StatementPosition) -> Statement:
    """The statement at a spot of the before side."""
    return documents[position.document].before[position.ordinal]


def value_after(documents: Sequence[DocumentStep], pending: PendingChange) -> Statement:
    """The (first) statement of a pending change's after side."""
    return documents[pending.document].after[pending.after[0]]


MOVE = Classification(Significance.EDITORIAL, (), ("the same text in another place",))


class Compared(NamedTuple):
    """One match that is not *unchanged in its place*, with what kind of change it is."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    kind: ChangeKind
    similarity: float | None
    moved: bool
    classification: Classification | None  # None where one side is empty
    reasons: tuple[str, ...] = ()


class Comparison(NamedTuple):
    """What differs between two versions, and in `kept` what does not: runs (before, after, length)."""

    before_count: int
    after_count: int
    kept: tuple[tuple[int, int, int], ...]
    changes: tuple[Compared, ...]


def unchanged(before: Statement, after: Statement) -> bool:
    """Text and links are the facts of a statement; what kind of block holds it is not."""
    return before.text == after.text and before.links == after.links


def compare(before: Sequence[Statement], after: Sequence[Statement]) -> Comparison:
    """Every difference of two versions, in the order of the alignment."""
    start, between, end = differing(before, after)
    kept: list[tuple[int, int, int]] = []
    changes: list[Compared] = []
    _ends(before[:start], after[:start], (0, 0), kept, changes)
    for match in between:
        if len(match.before) == len(match.after) == 1:
            i, j = match.before[0], match.after[0]
            if not match.moved and (before[i] is after[j] or unchanged(before[i], after[j])):
                _extend(kept, i, j)
                continue
        changes.append(_compared(match, before, after))
    i, j = len(before) - end, len(after) - end
    _ends(before[i:], after[j:], (i, j), kept, changes)
    return Comparison(len(before), len(after), tuple(kept), tuple(changes))


def _ends(
    before: Sequence[Statement],
    after: Sequence[Statement],
    start: tuple[int, int],
    kept: list[tuple[int, int, int]],
    changes: list[Compared],
) -> None:
    """Equal texts in equal places, the first at `start`: what may differ are their links."""
    i, j = start
    begun = 0
    for at in compress(count(), map(is_not, before, after)):  # most are the very same value, and distinguished at once
        old, new = before[at], after[at]
        if not unchanged(old, new):
            _extend(kept, i + begun, j + begun, at - begun)
            changes.append(_change(Match((i + at,), (j + at,), 1.0, reasons=SAME_TEXT), [old], [new]))
            begun = at + 1
    _extend(kept, i + begun, j + begun, len(before) - begun)


def _extend(kept: list[tuple[int, int, int]], i: int, j: int, more: int = 1) -> None:
    if not more:
        return
    if kept:
        i0, j0, length = kept[-1]
        if i0 + length == i and j0 + length == j:
            kept[-1] = (i0, j0, length + more)
            return
    kept.append((i, j, more))


def _compared(match: Match, before: Sequence[Statement], after: Sequence[Statement]) -> Compared:
    return _change(match, [before[i] for i in match.before], [after[j] for j in match.after])


def _change(match: Match, old: Sequence[Statement], new: Sequence[Statement]) -> Compared:
    kind = kind_of(match, old, new)
    classification = None
    if kind is ChangeKind.MOVED:
        classification = MOVE
    elif old and new:
        classification = classify(old, new)
    similarity = None if match.similarity is None else round(match.similarity, 4)
    return Compared(match.before, match.after, kind, similarity, match.moved, classification, match.reasons)


def kind_of(match: Match, old: Sequence[Statement], new: Sequence[Statement]) -> ChangeKind:
    """The kind of a match, from its shape and whether the texts differ."""
    if not old:
        return ChangeKind.ADDED
    if not new:
        return ChangeKind.REMOVED
    if len(new) > 1:
        return ChangeKind.SPLIT
    if len(old) > 1:
        return ChangeKind.MERGED
    if not unchanged(old[0], new[0]):
        return ChangeKind.REVISED
    return ChangeKind.MOVED if match.moved else ChangeKind.UNCHANGED
