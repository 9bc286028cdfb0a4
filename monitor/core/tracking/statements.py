"""Statements that moved side by side: a moved paragraph is one group of changes, one for each of its statements.

The fold step: one snapshot's comparisons become changes, statements with their ids, and revisions.

A statement that a document gains is, in this order: back after an absence in the same document
(restored), gone from another document in this snapshot (moved), back after an absence in another
document when its text stands nowhere (restored), or new (added). Everything else keeps the identity
that the alignment found. Pure: what the ledger knows comes in as values, what it must keep goes out.

The work is laid out as `drafts` (one a change, still without names), which each of these questions
narrows, and `Fold`, which they are written into at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz.distance import LCSseq

from monitor.core.classification.classify import classify
from monitor.core.text.normalize import fold
from monitor.core.tracking.compare import (
    Compared,
    Comparison,
    DocumentStep,
    Draft,
    Outcome,
    Spot,
    added,
    unchanged,
    value_after,
    value_before,
)
from monitor.core.tracking.cross_document import match_across
from monitor.core.tracking.ids import digest
from monitor.core.tracking.restored import Memory, Returning
from monitor.model import ChangeKind, Significance, Statement
from monitor.model.ledger import Known, NewChange


def drafts_of(documents: Sequence[DocumentStep]) -> list[Draft]:
    """Every document's changes as its own comparison saw them, before documents are looked at together."""
    drafts: list[Draft] = []
    for at, document in enumerate(documents):
        head = document.step.head
        members = head.members if head else ()
        if document.outcome is Outcome.GONE:
            drafts += [
                Draft(at, ChangeKind.REMOVED, (Spot(at, ordinal, number),), (), cause="document")
                for ordinal, number in enumerate(members)
            ]
        elif document.comparison is not None and document.step.returns:
            drafts += _returned(at, document.comparison, members)
        elif document.comparison is not None:
            cause = "document" if head is None else None
            drafts += [_draft(at, change, members, cause) for change in document.comparison.changes]
    return drafts


def _draft(at: int, change: Compared, members: Sequence[int], cause: str | None) -> Draft:
    before = tuple(Spot(at, i, members[i]) for i in change.before)
    return Draft(
        at,
        change.kind,
        before,
        change.after,
        change.similarity,
        change.moved,
        change.classification,
        cause if change.kind is ChangeKind.ADDED else None,
    )


def _returned(at: int, comparison: Comparison, members: Sequence[int]) -> Iterable[Draft]:
    """A document that was gone: what it holds again is restored, be it altered, and what it lacks stays gone."""
    for i0, j0, length in comparison.kept:
        for step in range(length):
            spot = Spot(at, i0 + step, members[i0 + step])
            yield Draft(at, ChangeKind.RESTORED, (spot,), (j0 + step,), 1.0, cause="document")
    for change in comparison.changes:
        if change.kind in (ChangeKind.REVISED, ChangeKind.MOVED):
            draft = _draft(at, change, members, None)
            draft.kind, draft.cause = ChangeKind.RESTORED, "document"
            yield draft
        elif change.kind is not ChangeKind.REMOVED:  # what was split or merged meanwhile has lost its one identity
            for ordinal in change.after:
                yield Draft(at, ChangeKind.ADDED, (), (ordinal,), cause="document")


def wanted_numbers(drafts: Iterable[Draft]) -> set[int]:
    """The statements whose state the fold must know."""
    return {spot.number for draft in drafts for spot in draft.before}


def join(
    documents: Sequence[DocumentStep], drafts: list[Draft], known: Mapping[int, Known], memory: Memory
) -> list[Draft]:
    """Look at all documents of the snapshot together: what came back, and what went from one to another.

    `known` are the statements of `wanted_numbers`; `memory` answers `asked_keys` and `asked_sketches`.
    """
    returning = Returning(documents, memory, _present_elsewhere(drafts, known))
    returning.within(drafts)
    drafts = _move_across(documents, drafts)
    returning.across(drafts)
    returning.altered(drafts)
    return drafts


def _present_elsewhere(drafts: Iterable[Draft], known: Mapping[int, Known]) -> set[int]:
    """Of a document that came back: a statement that lives on in another one is not restored but added.

    The same where two documents come back at once and both held it last, one after the other. Returns the numbers of
    those that did come back.
    """
    back: set[int] = set()
    for draft in drafts:
        if draft.kind is not ChangeKind.RESTORED:
            continue
        state = known[draft.before[0].number]
        if state.present or state.number in back:
            draft.kind, draft.before, draft.similarity, draft.classification = ChangeKind.ADDED, (), None, None
        else:
            draft.absent_since = state.gone_at
            back.add(state.number)
    return back


def _move_across(documents: Sequence[DocumentStep], drafts: list[Draft]) -> list[Draft]:
    """Statements that one document lost and another gained in this snapshot."""
    lost = [draft for draft in drafts if draft.kind is ChangeKind.REMOVED]
    gained = list(added(drafts))
    if len({draft.document for draft in (*lost, *gained)}) < 2:
        return drafts
    origin: dict[tuple[int, int], Draft] = {(draft.document, draft.before[0].ordinal): draft for draft in lost}
    target: dict[tuple[int, int], Draft] = {(draft.document, draft.after[0]): draft for draft in gained}
    pairs = match_across(
        [(place, value_before(documents, draft.before[0])) for place, draft in origin.items()],
        [(place, value_after(documents, draft)) for place, draft in target.items()],
    )
    explained: set[int] = set()
    for source, destination, similarity in pairs:
        gone, come = origin[source], target[destination]
        _moved(come, gone, similarity, value_before(documents, gone.before[0]), value_after(documents, come))
        explained.add(id(gone))
    return [draft for draft in drafts if id(draft) not in explained]


def _moved(come: Draft, gone: Draft, similarity: float, before: Statement, after: Statement) -> None:
    come.before, come.similarity, come.moved, come.cause = gone.before, similarity, True, None
    if unchanged(before, after):
        come.kind = ChangeKind.MOVED
    else:
        come.kind, come.classification = ChangeKind.REVISED, classify([before], [after])


def heir(documents: Sequence[DocumentStep], draft: Draft) -> int:
    """Which part of a split, or which merged statement, keeps the identity: the one with most of its words in order."""
    document = documents[draft.document]
    old = [documents[spot.document].before[spot.ordinal].text for spot in draft.before]
    new = [document.after[ordinal].text for ordinal in draft.after]
    whole, parts = (old[0], new) if len(new) > 1 else (new[0], old)
    words = fold(whole).split()
    shared = [LCSseq.similarity(words, fold(part).split()) for part in parts]
    return shared.index(max(shared))


def significance_of(draft: Draft) -> Significance:
    """Within a document a pure move changes the form; across documents another document says it now."""
    if draft.kind is ChangeKind.MOVED and draft.before[0].document != draft.document:
        return Significance.SUBSTANTIVE
    if draft.kind is ChangeKind.RESTORED:
        return Significance.SUBSTANTIVE
    return draft.classification.significance if draft.classification else Significance.SUBSTANTIVE


def grouped(drafts: Sequence[Draft], changes: Sequence[NewChange]) -> list[NewChange]:
    """The changes, those that moved together with a common group: their first one's id, hashed.

    `drafts` and `changes` belong together pairwise, ordered by document, then ordinal.
    """
    found = list(changes)
    run: list[int] = []
    for at, draft in enumerate(drafts):
        if run and _beside(drafts[run[-1]], draft):
            run.append(at)
            continue
        _name(run, changes, found)
        run = [at]
    _name(run, changes, found)
    return found


def _name(run: Sequence[int], changes: Sequence[NewChange], found: list[NewChange]) -> None:
    if len(run) > 1:
        group = digest("group", changes[run[0]].id)
        for member in run:
            found[member] = changes[member]._replace(group=group)


def _beside(first: Draft, second: Draft) -> bool:
    if not (_single_move(first) and _single_move(second)):
        return False
    a, b = first.before[0], second.before[0]
    return (
        first.document == second.document
        and a.document == b.document
        and b.ordinal == a.ordinal + 1
        and second.after[0] == first.after[0] + 1
    )


def _single_move(draft: Draft) -> bool:
    return draft.moved and len(draft.before) == len(draft.after) == 1
