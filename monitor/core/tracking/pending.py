"""What the comparisons of one snapshot found, before its documents are looked at together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from monitor.core.tracking import runs
from monitor.core.tracking.compare import Compared
from monitor.core.tracking.documents import Step
from monitor.core.tracking.versions import VersionComparison
from monitor.model import ChangeKind, Classification, Statement
from monitor.model.ledger import StatementState, Text


class Capture(NamedTuple):
    """What a version is taken for: `kind` is suspect or recovered, `members` what is remembered, packed as runs."""

    kind: ChangeKind
    message: str
    members: str | None = None


class Outcome(Enum):
    """What became of reading one document's new bytes."""

    READ = "read"
    SAME = "same"  # the bytes did not change (a rename)
    OPAQUE = "opaque"  # no reader for this format
    FAILED = "failed"
    VANISHED = "gone"


class DocumentStep(NamedTuple):
    """One document's step with what its bytes gave; `comparison` is None where there was nothing to compare."""

    step: Step
    outcome: Outcome
    comparison: VersionComparison | None = None
    message: str | None = None
    notes: tuple[str, ...] = ()  # the reader's
    capture: Capture | None = None  # where the version is suspect, or the document came back after one


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
    texts_before: tuple[Text, ...] = ()
    texts_after: tuple[Text, ...] = ()
    similarity: float | None = None
    moved: bool = False
    classification: Classification | None = None
    cause: str | None = None
    event: int = 0  # tells events of one cause in one document apart
    known: StatementState | None = None  # the absent statement that came back
    gone_seq: int | None = None  # the fold in which it went
    language: str | None = None  # of the document after, where it is known
    announced: bool | None = None  # whether the document's date or version line changed with it

    @property
    def ordinal(self) -> int:
        """Where it stands in its document: after, else before."""
        return self.after[0] if self.after else self.before[0].ordinal

    def be_added(self) -> None:
        """Take it for a new statement, whatever it was linked with."""
        self.kind, self.before, self.texts_before = ChangeKind.ADDED, (), ()
        self.similarity = self.classification = None


def added(pending_changes: Iterable[PendingChange]) -> Iterator[PendingChange]:
    """Those that are still taken for new statements."""
    return (pending for pending in pending_changes if pending.kind is ChangeKind.ADDED)


def numbers_before(documents: Iterable[DocumentStep]) -> list[int]:
    """The statements whose state the fold must know: those that the comparisons name, or that went with a document."""
    wanted: list[int] = []
    for document in documents:
        state = document.step.state
        if state is None:
            continue
        if document.outcome is Outcome.VANISHED:
            wanted += runs.unpack(state.members)
        elif document.comparison is not None:
            comparison = document.comparison.comparison
            members = runs.unpack(state.members) if comparison.changes or document.step.returns else []
            wanted += [members[i] for change in comparison.changes for i in change.before]
            if document.step.returns:
                wanted += [members[i0 + step] for i0, _, length in comparison.kept for step in range(length)]
    return wanted


def pending_changes_of(
    documents: Sequence[DocumentStep],
    known: Mapping[int, StatementState],
    text_of: Callable[[Statement], Text],
    first: int = 0,
) -> list[PendingChange]:
    """Every document's changes as its own comparison saw them, in the order of their places in it.

    `known` has the statements of `numbers_before`; `text_of` gives the text of a statement after. The documents are
    numbered from `first` on.
    """
    pending_changes: list[PendingChange] = []
    for at, document in enumerate(documents, first):
        own = sorted(_of_document(at, document, known, text_of), key=_ordinal)
        found, state = document.comparison, document.step.state
        language = found.language if found else None
        announced = found.announced if found and state and state.present else None
        for pending in own:
            pending.language = language
            pending.announced = announced
        pending_changes += own
    return pending_changes


def _ordinal(pending: PendingChange) -> int:
    return pending.ordinal


def _of_document(
    at: int, document: DocumentStep, known: Mapping[int, StatementState], text_of: Callable[[Statement], Text]
) -> Iterator[PendingChange]:
    state = document.step.state
    if document.outcome is Outcome.VANISHED and state is not None:
        for ordinal, number in enumerate(runs.unpack(state.members)):
            position = StatementPosition(at, ordinal, number)
            yield PendingChange(at, ChangeKind.REMOVED, (position,), (), (known[number].text,), cause="document")
    if document.comparison is None:
        return
    members = runs.unpack(state.members) if state is not None else []
    if document.step.returns:
        yield from _of_returned(at, document.comparison, members, known, text_of)
        return
    cause = "document" if state is None else None
    for change in document.comparison.comparison.changes:
        texts = tuple([text_of(document.comparison.after[j]) for j in change.after])
        yield _pending_change(at, change, members, known, texts, cause)


def _of_returned(
    at: int,
    found: VersionComparison,
    members: Sequence[int],
    known: Mapping[int, StatementState],
    text_of: Callable[[Statement], Text],
) -> Iterator[PendingChange]:
    """A document that was gone: what it holds again is restored, be it altered, and what it lacks stays gone."""
    for i0, j0, length in found.comparison.kept:
        for i, j in zip(range(i0, i0 + length), range(j0, j0 + length), strict=True):
            position, text = StatementPosition(at, i, members[i]), known[members[i]].text
            yield PendingChange(at, ChangeKind.RESTORED, (position,), (j,), (text,), (text,), 1.0, cause="document")
    for change in found.comparison.changes:
        texts = tuple([text_of(found.after[j]) for j in change.after])
        if change.kind in (ChangeKind.REVISED, ChangeKind.MOVED):
            pending = _pending_change(at, change, members, known, texts, None)
            pending.kind, pending.cause = ChangeKind.RESTORED, "document"
            yield pending
        elif change.kind is not ChangeKind.REMOVED:  # what was split or merged meanwhile has lost its one identity
            for j, text in zip(change.after, texts, strict=True):
                yield PendingChange(at, ChangeKind.ADDED, (), (j,), texts_after=(text,), cause="document")


def _pending_change(
    at: int,
    change: Compared,
    members: Sequence[int],
    known: Mapping[int, StatementState],
    texts: tuple[Text, ...],
    cause: str | None,
) -> PendingChange:
    before = tuple([StatementPosition(at, i, members[i]) for i in change.before])
    return PendingChange(
        at,
        change.kind,
        before,
        change.after,
        tuple([known[position.number].text for position in before]),
        texts,
        change.similarity,
        change.moved,
        change.classification,
        (cause if change.kind is ChangeKind.ADDED else None) or change.cause,
        change.event,
    )
