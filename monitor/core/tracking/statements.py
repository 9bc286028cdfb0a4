"""Join the comparisons of all documents of a snapshot: statements restored, moved to another document, or added.

A statement that a document gains is, in this order: restored in the same document, moved from another document,
restored from another document if its text is nowhere else, or added. Everything else keeps the identity that the
alignment found. Statements that moved side by side become one group of changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz.distance import LCSseq

from monitor.core.classification.classify import classify
from monitor.core.text.normalize import normalize
from monitor.core.tracking.compare import (
    Compared,
    Comparison,
    DocumentStep,
    Outcome,
    PendingChange,
    StatementPosition,
    added,
    unchanged,
    value_after,
    value_before,
)
from monitor.core.tracking.cross_document import match_across
from monitor.core.tracking.ids import digest
from monitor.core.tracking.restored import LedgerCandidates, Restorations
from monitor.model import ChangeKind, Significance, Statement
from monitor.model.ledger import NewChange, StatementState


def pending_changes_of(documents: Sequence[DocumentStep]) -> list[PendingChange]:
    """Every document's changes as its own comparison saw them, before documents are looked at together."""
    pending_changes: list[PendingChange] = []
    for at, document in enumerate(documents):
        state = document.step.state
        members = state.members if state else ()
        if document.outcome is Outcome.VANISHED:
            pending_changes += [
                PendingChange(at, ChangeKind.REMOVED, (StatementPosition(at, ordinal, number),), (), cause="document")
                for ordinal, number in enumerate(members)
            ]
        elif document.comparison is not None and document.step.returns:
            pending_changes += _returned(at, document.comparison, members)
        elif document.comparison is not None:
            cause = "document" if state is None else None
            pending_changes += [_pending_change(at, change, members, cause) for change in document.comparison.changes]
    return pending_changes


def _pending_change(at: int, change: Compared, members: Sequence[int], cause: str | None) -> PendingChange:
    before = tuple(StatementPosition(at, i, members[i]) for i in change.before)
    return PendingChange(
        at,
        change.kind,
        before,
        change.after,
        change.similarity,
        change.moved,
        change.classification,
        cause if change.kind is ChangeKind.ADDED else None,
    )


def _returned(at: int, comparison: Comparison, members: Sequence[int]) -> Iterable[PendingChange]:
    """A document that was gone: what it holds again is restored, be it altered, and what it lacks stays gone."""
    for i0, j0, length in comparison.kept:
        for step in range(length):
            position = StatementPosition(at, i0 + step, members[i0 + step])
            yield PendingChange(at, ChangeKind.RESTORED, (position,), (j0 + step,), 1.0, cause="document")
    for change in comparison.changes:
        if change.kind in (ChangeKind.REVISED, ChangeKind.MOVED):
            pending = _pending_change(at, change, members, None)
            pending.kind, pending.cause = ChangeKind.RESTORED, "document"
            yield pending
        elif change.kind is not ChangeKind.REMOVED:  # what was split or merged meanwhile has lost its one identity
            for ordinal in change.after:
                yield PendingChange(at, ChangeKind.ADDED, (), (ordinal,), cause="document")


def statement_numbers(pending_changes: Iterable[PendingChange]) -> set[int]:
    """The statements whose state the fold must know."""
    return {position.number for pending in pending_changes for position in pending.before}


def join_documents(
    documents: Sequence[DocumentStep],
    pending_changes: list[PendingChange],
    known: Mapping[int, StatementState],
    candidates: LedgerCandidates,
) -> list[PendingChange]:
    """Look at all documents of the snapshot together: what came back, and what went from one to another.

    `known` are the statements of `statement_numbers`; `candidates` answers `asked_keys` and `asked_sketches`.
    """
    returning = Restorations(documents, candidates, _present_elsewhere(pending_changes, known))
    returning.match_same_document(pending_changes)
    pending_changes = _move_across(documents, pending_changes)
    returning.match_other_documents(pending_changes)
    returning.match_altered(pending_changes)
    return pending_changes


def _present_elsewhere(pending_changes: Iterable[PendingChange], known: Mapping[int, StatementState]) -> set[int]:
    """Of a document that came back: a statement that lives on in another one is not restored but added.

    The same where two documents come back at once and both held it last, one after the other. Returns the numbers of
    those that did come back.
    """
    back: set[int] = set()
    for pending in pending_changes:
        if pending.kind is not ChangeKind.RESTORED:
            continue
        state = known[pending.before[0].number]
        if state.present or state.number in back:
            pending.kind, pending.before, pending.similarity, pending.classification = ChangeKind.ADDED, (), None, None
        else:
            pending.absent_since = state.vanished_at
            back.add(state.number)
    return back


def _move_across(documents: Sequence[DocumentStep], pending_changes: list[PendingChange]) -> list[PendingChange]:
    """Statements that one document lost and another gained in this snapshot."""
    lost = [pending for pending in pending_changes if pending.kind is ChangeKind.REMOVED]
    gained = list(added(pending_changes))
    if len({pending.document for pending in (*lost, *gained)}) < 2:
        return pending_changes
    origin: dict[tuple[int, int], PendingChange] = {
        (pending.document, pending.before[0].ordinal): pending for pending in lost
    }
    target: dict[tuple[int, int], PendingChange] = {(pending.document, pending.after[0]): pending for pending in gained}
    pairs = match_across(
        [(position, value_before(documents, pending.before[0])) for position, pending in origin.items()],
        [(position, value_after(documents, pending)) for position, pending in target.items()],
    )
    explained: set[int] = set()
    for source, destination, similarity in pairs:
        vanished, appeared = origin[source], target[destination]
        _moved(
            appeared,
            vanished,
            similarity,
            value_before(documents, vanished.before[0]),
            value_after(documents, appeared),
        )
        explained.add(id(vanished))
    return [pending for pending in pending_changes if id(pending) not in explained]


def _moved(
    appeared: PendingChange, vanished: PendingChange, similarity: float, before: Statement, after: Statement
) -> None:
    appeared.before, appeared.similarity, appeared.moved, appeared.cause = vanished.before, similarity, True, None
    if unchanged(before, after):
        appeared.kind = ChangeKind.MOVED
    else:
        appeared.kind, appeared.classification = ChangeKind.REVISED, classify([before], [after])


def main_part(documents: Sequence[DocumentStep], pending: PendingChange) -> int:
    """Which part of a split, or which merged statement, keeps the identity: the one with most of its words in order."""
    document = documents[pending.document]
    old = [documents[position.document].before[position.ordinal].text for position in pending.before]
    new = [document.after[ordinal].text for ordinal in pending.after]
    whole, parts = (old[0], new) if len(new) > 1 else (new[0], old)
    words = normalize(whole).split()
    shared = [LCSseq.similarity(words, normalize(part).split()) for part in parts]
    return shared.index(max(shared))


def significance_of(pending: PendingChange) -> Significance:
    """Within a document a move counts as it was judged; across documents another document says it now."""
    if pending.kind is ChangeKind.MOVED and pending.before[0].document != pending.document:
        return Significance.SUBSTANTIVE
    if pending.kind is ChangeKind.RESTORED:
        return Significance.SUBSTANTIVE
    return pending.classification.significance if pending.classification else Significance.SUBSTANTIVE


def group_moves(pending_changes: Sequence[PendingChange], changes: Sequence[NewChange]) -> list[NewChange]:
    """The changes, those that moved together with a common group: their first one's id, hashed.

    `pending_changes` and `changes` belong together pairwise, ordered by document, then ordinal.
    """
    found = list(changes)
    run: list[int] = []
    for at, pending in enumerate(pending_changes):
        if run and _is_next(pending_changes[run[-1]], pending):
            run.append(at)
            continue
        _set_group(run, changes, found)
        run = [at]
    _set_group(run, changes, found)
    return found


def _set_group(run: Sequence[int], changes: Sequence[NewChange], found: list[NewChange]) -> None:
    if len(run) > 1:
        group = digest("group", changes[run[0]].id)
        for member in run:
            found[member] = changes[member]._replace(group=group)


def _is_next(first: PendingChange, second: PendingChange) -> bool:
    if not (_single_move(first) and _single_move(second)):
        return False
    a, b = first.before[0], second.before[0]
    return (
        first.document == second.document
        and a.document == b.document
        and b.ordinal == a.ordinal + 1
        and second.after[0] == first.after[0] + 1
    )


def _single_move(pending: PendingChange) -> bool:
    return pending.moved and len(pending.before) == len(pending.after) == 1
