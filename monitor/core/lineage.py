"""The fold step: one snapshot's comparisons become changes, statements with their ids, and revisions.

A statement that a document gains is, in this order: back after an absence in the same document
(restored), gone from another document in this snapshot (moved), back after an absence in another
document when its text stands nowhere (restored), or new (added). Everything else keeps the identity
that the alignment found. Pure: what the ledger knows comes in as values, what it must keep goes out.

The work is laid out as `drafts` (one a change, still without names), which each of these questions
narrows, and `Fold`, which they are written into at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from monitor.core.classify import classify
from monitor.core.crossing import match_across
from monitor.core.folding import fold
from monitor.core.identity import text_key
from monitor.core.step import Compared, Comparison, unchanged
from monitor.core.trace import Step
from monitor.facts import Known
from monitor.model import ChangeKind, Classification, Significance, Statement

FEWEST_WORDS = 4  # a shorter text (`Learn more`) that turns up in another document proves no restoration


class Outcome(Enum):
    """What became of reading one document's new bytes."""

    READ = "read"
    SAME = "same"  # the bytes did not change (a rename)
    OPAQUE = "opaque"  # no extractor for this format
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class DocumentStep:
    """One document's step with what its bytes gave. `before` are the statements last read from it."""

    step: Step
    outcome: Outcome
    before: tuple[Statement, ...] = ()
    after: tuple[Statement, ...] = ()
    comparison: Comparison | None = None
    message: str | None = None


class Spot(NamedTuple):
    """A statement on the before side: its number and ordinal, and the document step that it belongs to."""

    document: int
    ordinal: int
    number: int


@dataclass(slots=True)
class Draft:
    """A change in the making. `document` is an index into the snapshot's document steps."""

    document: int
    kind: ChangeKind
    before: tuple[Spot, ...]
    after: tuple[int, ...]
    similarity: float | None = None
    moved: bool = False
    classification: Classification | None = None
    cause: str | None = None
    known: Known | None = None  # the absent statement that came back
    absent_since: datetime | None = None
    numbers: list[int] = field(default_factory=list)  # of the statements after, once they are known


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


def wanted_keys(documents: Sequence[DocumentStep], drafts: Iterable[Draft]) -> set[int]:
    """The text keys under which a statement that came back would be known."""
    return {
        text_key(documents[draft.document].after[ordinal].text)
        for draft in drafts
        if draft.kind is ChangeKind.ADDED
        for ordinal in draft.after
    }


def wanted_numbers(drafts: Iterable[Draft]) -> set[int]:
    """The statements whose state the fold must know."""
    return {spot.number for draft in drafts for spot in draft.before}


def join(
    documents: Sequence[DocumentStep], drafts: list[Draft], known: Mapping[int, Known], candidates: Iterable[Known]
) -> list[Draft]:
    """Look at all documents of the snapshot together: what came back, and what went from one to another.

    `known` are the statements of `wanted_numbers`, `candidates` all statements, present or absent,
    that carry one of `wanted_keys`.
    """
    back = _present_elsewhere(drafts, known)
    absent, present = _sorted_candidates(one for one in candidates if one.number not in back)
    _restore_within(documents, drafts, absent)
    drafts = _move_across(documents, drafts)
    going = {spot.number for draft in drafts if draft.kind is ChangeKind.REMOVED for spot in draft.before}
    held = {key for key, numbers in present.items() if numbers - going}
    _restore_across(documents, drafts, absent, held)
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


def _sorted_candidates(candidates: Iterable[Known]) -> tuple[dict[int, list[Known]], dict[int, set[int]]]:
    absent: dict[int, list[Known]] = defaultdict(list)
    present: dict[int, set[int]] = defaultdict(set)
    for known in candidates:
        if known.present:
            present[known.key].add(known.number)
        else:
            absent[known.key].append(known)
    # The last ones to go are the first to come back; those that went together, in their order.
    for waiting in absent.values():
        waiting.sort(key=lambda known: (-(known.gone_at.timestamp() if known.gone_at else 0), known.ordinal or 0))
    return absent, present


def _added(drafts: Iterable[Draft]) -> Iterable[Draft]:
    return (draft for draft in drafts if draft.kind is ChangeKind.ADDED)


def _restore_within(documents: Sequence[DocumentStep], drafts: Sequence[Draft], absent: dict[int, list[Known]]) -> None:
    for draft in _added(drafts):
        head = documents[draft.document].step.head
        waiting = absent.get(text_key(_after(documents, draft).text), ())
        own = next((known for known in waiting if head is not None and known.document == head.number), None)
        if own is not None:
            _restored(draft, own, absent)


def _restored(draft: Draft, known: Known, absent: dict[int, list[Known]]) -> None:
    absent[known.key].remove(known)
    draft.kind = ChangeKind.RESTORED
    draft.known = known
    draft.similarity = 1.0
    draft.absent_since = known.gone_at


def _move_across(documents: Sequence[DocumentStep], drafts: list[Draft]) -> list[Draft]:
    """Statements that one document lost and another gained in this snapshot."""
    lost = [draft for draft in drafts if draft.kind is ChangeKind.REMOVED]
    gained = list(_added(drafts))
    if len({draft.document for draft in (*lost, *gained)}) < 2:
        return drafts
    origin: dict[tuple[int, int], Draft] = {(draft.document, draft.before[0].ordinal): draft for draft in lost}
    target: dict[tuple[int, int], Draft] = {(draft.document, draft.after[0]): draft for draft in gained}
    pairs = match_across(
        [(place, _before(documents, draft)) for place, draft in origin.items()],
        [(place, _after(documents, draft)) for place, draft in target.items()],
    )
    explained: set[int] = set()
    for source, destination, similarity in pairs:
        gone, come = origin[source], target[destination]
        _moved(come, gone, similarity, _before(documents, gone), _after(documents, come))
        explained.add(id(gone))
    return [draft for draft in drafts if id(draft) not in explained]


def _moved(come: Draft, gone: Draft, similarity: float, before: Statement, after: Statement) -> None:
    come.before, come.similarity, come.moved, come.cause = gone.before, similarity, True, None
    if unchanged(before, after):
        come.kind = ChangeKind.MOVED
    else:
        come.kind, come.classification = ChangeKind.REVISED, classify([before], [after])


def _before(documents: Sequence[DocumentStep], draft: Draft) -> Statement:
    spot = draft.before[0]
    return documents[spot.document].before[spot.ordinal]


def _after(documents: Sequence[DocumentStep], draft: Draft) -> Statement:
    return documents[draft.document].after[draft.after[0]]


def _restore_across(
    documents: Sequence[DocumentStep], drafts: Sequence[Draft], absent: dict[int, list[Known]], held: set[int]
) -> None:
    """A text that stands somewhere is copied, not restored, and so is its second appearance."""
    seen = set(held)
    for draft in _added(drafts):
        text = _after(documents, draft).text
        key = text_key(text)
        waiting = absent.get(key)
        if waiting and key not in seen and len(fold(text).split()) >= FEWEST_WORDS:
            _restored(draft, waiting[0], absent)
        seen.add(key)


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
