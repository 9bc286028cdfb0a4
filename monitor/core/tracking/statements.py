"""Join the comparisons of all documents of a snapshot: statements restored, moved to another document, or added.

A statement that a document gains is, in this order: restored in the same document, moved from another document,
restored from another document if its text is nowhere else, or added. Everything else keeps the identity that the
alignment found. Statements that moved side by side become one group of changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence

from rapidfuzz.distance import LCSseq

from monitor.core.classification.classify import classify
from monitor.core.tracking.compare import unchanged
from monitor.core.tracking.cross_document import match_across
from monitor.core.tracking.documents import Step
from monitor.core.tracking.ids import digest
from monitor.core.tracking.pending import PendingChange, added
from monitor.core.tracking.restored import LedgerCandidates, Restorations
from monitor.model import EVENTS_WITHIN, ChangeKind, Significance
from monitor.model.ledger import NewChange, StatementState


def join_documents(
    steps: Sequence[Step],
    pending_changes: Sequence[PendingChange],
    candidates: LedgerCandidates,
    back: Iterable[int] = (),
) -> set[int]:
    """Look at all documents of the snapshot (`steps`) together: what came back, and what went from one to another.

    `candidates` answers `lookup_keys` and the signatures; `back` are the statements that came back with their
    documents. Returns the statements that were found in another document: their removals are no changes.
    """
    returning = Restorations(steps, candidates, back)
    returning.match_same_document(pending_changes)
    moved = _move_across(pending_changes)
    left = [pending for pending in pending_changes if not is_explained(pending, moved)] if moved else pending_changes
    returning.match_other_documents(left)
    returning.match_altered(left)
    return moved


def is_explained(pending: PendingChange, moved: Container[int]) -> bool:
    """Whether it is the removal of a statement that was found in another document."""
    return pending.kind is ChangeKind.REMOVED and pending.before[0].number in moved


def settle_returned(
    pending_changes: Iterable[PendingChange], known: Mapping[int, StatementState], back: set[int]
) -> None:
    """Of a document that came back: a statement that lives on in another one is not restored but added.

    The same where two documents come back at once and both held it last, one after the other. The numbers of those that
    did come back are added to `back`.
    """
    for pending in pending_changes:
        if pending.kind is not ChangeKind.RESTORED:
            continue
        state = known[pending.before[0].number]
        if state.present or state.number in back:
            pending.be_added()
        else:
            pending.gone_seq = state.gone_seq
            back.add(state.number)


def _move_across(pending_changes: Sequence[PendingChange]) -> set[int]:
    """Statements that one document lost and another gained in this snapshot."""
    lost = [pending for pending in pending_changes if pending.kind is ChangeKind.REMOVED]
    gained = list(added(pending_changes)) if lost else []
    if not gained or len({pending.document for pending in (*lost, *gained)}) < 2:
        return set()
    origin = {(pending.document, pending.before[0].ordinal): pending for pending in lost}
    target = {(pending.document, pending.after[0]): pending for pending in gained}
    pairs = match_across(
        [(position, pending.texts_before[0]) for position, pending in origin.items()],
        [(position, pending.texts_after[0]) for position, pending in target.items()],
    )
    explained: set[int] = set()
    for source, destination, similarity in pairs:
        vanished, appeared = origin[source], target[destination]
        _moved(appeared, vanished, similarity)
        explained.add(vanished.before[0].number)
    return explained


def _moved(appeared: PendingChange, vanished: PendingChange, similarity: float) -> None:
    appeared.before, appeared.texts_before = vanished.before, vanished.texts_before
    appeared.similarity, appeared.moved, appeared.cause = similarity, True, None
    if unchanged(vanished.texts_before[0], appeared.texts_after[0]):
        appeared.kind = ChangeKind.MOVED
    else:
        appeared.kind = ChangeKind.REVISED
        appeared.classification = classify(appeared.texts_before, appeared.texts_after, appeared.language)


def main_part(pending: PendingChange) -> int:
    """Which part of a split, or which merged statement, keeps the identity: the one with most of its words in order."""
    old = [text.normalized for text in pending.texts_before]
    new = [text.normalized for text in pending.texts_after]
    whole, parts = (old[0], new) if len(new) > 1 else (new[0], old)
    words = whole.split()
    shared = [LCSseq.similarity(words, part.split()) for part in parts]
    return shared.index(max(shared))


def significance_of(pending: PendingChange) -> Significance:
    """Within a document a move counts as it was judged; across documents another document says it now."""
    if pending.kind is ChangeKind.MOVED and pending.before[0].document != pending.document:
        return Significance.SUBSTANTIVE
    if pending.kind is ChangeKind.RESTORED:
        return Significance.SUBSTANTIVE
    return pending.classification.significance if pending.classification else Significance.SUBSTANTIVE


_TOGETHER = EVENTS_WITHIN | {str(ChangeKind.SUSPECT), str(ChangeKind.RECOVERED)}


def grouped(pending_changes: Sequence[PendingChange], changes: Sequence[NewChange]) -> list[NewChange]:
    """The changes, those of one event or that moved together with a common group: their first one's id, hashed.

    `pending_changes` and `changes` belong together pairwise, ordered by document, then ordinal.
    """
    found = list(changes)
    run: list[int] = []
    events: defaultdict[tuple[int, str, int], list[int]] = defaultdict(list)
    for at, pending in enumerate(pending_changes):
        if pending.cause in _TOGETHER:
            events[pending.document, pending.cause, pending.event].append(at)
            continue
        if run and _is_next(pending_changes[run[-1]], pending):
            run.append(at)
            continue
        _set_group(run, changes, found)
        run = [at]
    for members in (run, *events.values()):
        _set_group(members, changes, found)
    return found


def _set_group(members: Sequence[int], changes: Sequence[NewChange], found: list[NewChange]) -> None:
    if len(members) > 1:
        group = digest("group", changes[members[0]].id)
        for member in members:
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
