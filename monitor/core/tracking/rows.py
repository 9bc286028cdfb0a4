"""Assemble the ledger rows of one snapshot from its pending changes: ids, revisions, changes, document states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from monitor.core.text.normalize import normalize
from monitor.core.tracking.compare import DocumentStep, Outcome, PendingChange, StatementPosition, unchanged
from monitor.core.tracking.documents import Step
from monitor.core.tracking.ids import change_id, document_change_id, document_id, statement_id, text_key, time_key
from monitor.core.tracking.restored import Copies, LedgerCandidates, signature
from monitor.core.tracking.statements import group_moves, main_part, significance_of
from monitor.model import ChangeKind, Failure, Level, Snapshot, Statement
from monitor.model.ledger import (
    Counters,
    DocumentState,
    DocumentVersion,
    NewChange,
    NewRevision,
    SnapshotFold,
    StatementRef,
    StatementState,
)


def document_changes(document: DocumentStep, number: int, time_key: str, *, baseline: bool) -> Iterator[NewChange]:
    """The changes of one document as a whole; `time_key` is the snapshot's time as ids hold it."""
    step = document.step
    path_before, blob_before = before_in_ids(step)
    for kind in _kinds(document):
        named = ChangeKind.ADDED if kind is ChangeKind.RESTORED else kind
        yield NewChange(
            id=document_change_id(named, (path_before, step.path), (blob_before, step.blob), time_key),
            level=Level.DOCUMENT,
            kind=kind,
            document=number,
            path=step.path,
            path_before=step.path_before if step.path_before != step.path else None,
            baseline=baseline,
            absent_since=step.state.vanished_at if kind is ChangeKind.RESTORED and step.state else None,
            message=document.message if kind is ChangeKind.FAILED else None,
        )


def before_in_ids(step: Step) -> tuple[str | None, str | None]:
    """Path and bytes before, as the ids of changes hold them.

    Nothing for a document that comes back: whether it is known to have been there depends on how much history is, and
    the ids must not.
    """
    return (None, None) if step.state is None or step.returns else (step.state.path, step.state.blob)


def _kinds(document: DocumentStep) -> Iterator[ChangeKind]:
    step = document.step
    if step.state is None:
        yield ChangeKind.ADDED
    elif step.blob is None:
        yield ChangeKind.REMOVED
    elif step.returns:
        yield ChangeKind.RESTORED
    elif step.state.path != step.path:
        yield ChangeKind.RENAMED
    if document.outcome is Outcome.OPAQUE and step.state and step.state.present and step.state.blob != step.blob:
        yield ChangeKind.REVISED
    if document.outcome is Outcome.FAILED:
        yield ChangeKind.FAILED


def capture_failure(failure: Failure, state: DocumentState | None, time_key: str, *, baseline: bool) -> NewChange:
    """A document whose bytes could not be taken; `state` is what was known of it."""
    return NewChange(
        id=document_change_id(
            "unread", (None, failure.path), (state.blob if state else None, failure.reason), time_key
        ),
        level=Level.DOCUMENT,
        kind=ChangeKind.FAILED,
        document=state.number if state else None,
        path=failure.path,
        path_before=None,
        baseline=baseline,
        message=failure.reason,
    )


def document_state(
    document: DocumentStep, number: int, identity: str, members: Sequence[int], seq: int, snapshot: Snapshot
) -> DocumentState:
    """What is known of a document from now on; one that could not be read keeps the statements last read from it."""
    step, old = document.step, document.step.state
    read = document.outcome in (Outcome.READ, Outcome.OPAQUE)
    gone = document.outcome is Outcome.VANISHED
    same_text = read or document.outcome is Outcome.SAME
    return DocumentState(
        number=number,
        id=identity,
        source=snapshot.source,
        path=step.path,
        present=not gone,
        blob=old.blob if gone and old else step.blob,
        read_path=step.path if same_text else old.read_path if old else None,
        read_blob=step.blob if read else old.read_blob if old else None,
        members=tuple(members) if read else old.members if old else (),
        first_seq=old.first_seq if old else seq,
        last_seq=seq,
        failed=document.outcome is Outcome.FAILED,
        vanished_at=snapshot.taken_at if gone else None,
    )


def document_version(document: DocumentStep, state: DocumentState) -> DocumentVersion:
    """The document in this snapshot."""
    members = None if document.outcome is Outcome.OPAQUE else state.members
    blob = state.blob if state.present else None
    return DocumentVersion(state.number, state.path, blob, state.present, members, document.notes)


NO_CANDIDATES = LedgerCandidates()


@dataclass(frozen=True)
class FoldPosition:
    """Where in the order of the fold we are. `baseline`: the first snapshot of its source."""

    seq: int
    snapshot: Snapshot
    tie: int
    baseline: bool

    @cached_property
    def time_key(self) -> str:
        return time_key(self.snapshot.taken_at, self.tie, self.snapshot.source)


def assemble(
    now: FoldPosition,
    documents: Sequence[DocumentStep],
    pending_changes: Iterable[PendingChange],
    known: Mapping[int, StatementState],
    counters: Counters,
    failures: Sequence[tuple[Failure, DocumentState | None]] = (),
    candidates: LedgerCandidates = NO_CANDIDATES,
) -> SnapshotFold:
    """The fold of one snapshot.

    `known` holds every statement that a pending change names before; `candidates` are the present statements that held
    a text which a change takes away, or nearly that text. `failures` are documents that could not be captured, with
    what was known of them.
    """
    return _Assembly(now, documents, known, counters, candidates).fold(pending_changes, failures)


class _Assembly:
    """The rows while they grow; lives for one call of `assemble`."""

    def __init__(
        self,
        now: FoldPosition,
        documents: Sequence[DocumentStep],
        known: Mapping[int, StatementState],
        counters: Counters,
        candidates: LedgerCandidates,
    ) -> None:
        self.now = now
        self.documents = documents
        self.known = dict(known)
        self.candidates = candidates
        self.copies = Copies((), {}, ())
        self.next_document = counters.document
        self.next_statement = counters.statement
        self.next_revision = counters.revision
        self.numbers: list[int] = []
        self.ids: list[str] = []
        self.members: list[list[int]] = []
        self.touched: dict[int, StatementState] = {}
        self.revisions: list[NewRevision] = []
        self.changes: list[tuple[tuple[object, ...], NewChange]] = []
        self.occurrences: Counter[tuple[str, str]] = Counter()
        self.same: Counter[tuple[object, ...]] = Counter()

    def fold(
        self, pending_changes: Iterable[PendingChange], failures: Sequence[tuple[Failure, DocumentState | None]]
    ) -> SnapshotFold:
        for document in self.documents:
            self._number(document)
        ordered = sorted(pending_changes, key=lambda pending: (pending.document, _ordinal(pending)))
        places = [self._identify(pending) for pending in ordered]
        for document, number in zip(self.documents, self.numbers, strict=True):
            self._add_document_changes(
                document_changes(document, number, self.now.time_key, baseline=self.now.baseline)
            )
        self._add_document_changes(
            capture_failure(*failure, self.now.time_key, baseline=self.now.baseline) for failure in failures
        )
        self.copies = self._current_copies()
        statement_changes = [self._change(pending, *sides) for pending, sides in zip(ordered, places, strict=True)]
        statement_changes = group_moves(ordered, statement_changes)
        self.changes += [
            ((change.path, 1, _ordinal(pending), at), change)
            for at, (pending, change) in enumerate(zip(ordered, statement_changes, strict=True))
        ]
        document_states = tuple(
            document_state(document, number, identity, members, self.now.seq, self.now.snapshot)
            for document, number, identity, members in zip(
                self.documents, self.numbers, self.ids, self.members, strict=True
            )
        )
        return SnapshotFold(
            seq=self.now.seq,
            snapshot=self.now.snapshot,
            tie=self.now.tie,
            document_states=document_states,
            versions=tuple(map(document_version, self.documents, document_states)),
            statements=tuple(self.touched.values()),
            revisions=tuple(self.revisions),
            changes=tuple(change for _, change in sorted(self.changes, key=lambda pair: pair[0])),
            counters=Counters(
                self.now.seq + 1, self.next_document, self.next_statement, self.next_revision + len(self.revisions)
            ),
        )

    # --- names ----------------------------------------------------------------------------------

    def _number(self, document: DocumentStep) -> None:
        state = document.step.state
        if state is None:
            self.numbers.append(self.next_document)
            self.ids.append(document_id(document.step.path, self.now.time_key))
            self.next_document += 1
        else:
            self.numbers.append(state.number)
            self.ids.append(state.id)
        members = [0] * len(document.after)
        if document.comparison is not None and state is not None and not document.step.returns:
            for i, j, length in document.comparison.kept:
                members[j : j + length] = state.members[i : i + length]
        self.members.append(members)

    def _identify(self, pending: PendingChange) -> tuple[tuple[StatementRef, ...], tuple[StatementRef, ...]]:
        """Numbers for the after side; what is written of each statement; both sides as places."""
        before = tuple(_statement_ref(self.known[position.number], position.ordinal) for position in pending.before)
        kept = self._continued_parts(pending)
        if pending.known is not None:
            self.known[pending.known.number] = pending.known
            before = (_statement_ref(pending.known, pending.known.ordinal or 0),)
        after: list[StatementRef] = []
        for part, ordinal in enumerate(pending.after):
            value = self.documents[pending.document].after[ordinal]
            number = kept.get(part)
            known = (
                self._new_statement(pending, value)
                if number is None
                else self._continue_statement(number, pending, value)
            )
            self.members[pending.document][ordinal] = known.number
            after.append(_statement_ref(known, ordinal))
        for position in pending.before:
            if position.number not in kept.values():
                self._mark_absent(position)
        return before, tuple(after)

    def _continued_parts(self, pending: PendingChange) -> dict[int, int]:
        """Which part of the after side continues which statement."""
        if pending.known is not None:
            return {0: pending.known.number}
        if not pending.before or not pending.after:
            return {}
        if len(pending.before) == len(pending.after):
            return {0: pending.before[0].number}
        best = main_part(self.documents, pending)
        return {best: pending.before[0].number} if len(pending.after) > 1 else {0: pending.before[best].number}

    def _new_statement(self, pending: PendingChange, value: Statement) -> StatementState:
        identity = self.ids[pending.document]
        self.occurrences[identity, normalize(value.text)] += 1
        known = StatementState(
            number=self.next_statement,
            id=statement_id(identity, self.now.time_key, value.text, self.occurrences[identity, normalize(value.text)]),
            document=self.numbers[pending.document],
            revision=1,
            key=text_key(value.text),
            present=True,
            text=value.text,
            links=value.links,
            signature=signature(value.text),
            first_seq=self.now.seq,
            text_row=self._next_row(),
        )
        self.next_statement += 1
        return self._record(known, value)

    def _continue_statement(self, number: int, pending: PendingChange, value: Statement) -> StatementState:
        known = self.known[number]
        revised = not unchanged(Statement(known.text, links=known.links), value)
        return self._record(
            known._replace(
                document=self.numbers[pending.document],
                revision=known.revision + revised,
                key=text_key(value.text) if revised else known.key,
                present=True,
                text=value.text,
                links=value.links,
                signature=signature(value.text) if revised else known.signature,
                returns=known.returns + (pending.kind is ChangeKind.RESTORED),
                path=None,
                ordinal=None,
                vanished_at=None,
                text_row=self._next_row() if revised else known.text_row,
            ),
            value if revised else None,
        )

    def _next_row(self) -> int:
        return self.next_revision + len(self.revisions)

    def _record(self, known: StatementState, revised: Statement | None = None) -> StatementState:
        self.known[known.number] = self.touched[known.number] = known
        if revised is not None:
            new = (known.number, known.revision, known.key, known.text, known.links)
            self.revisions.append(NewRevision(*new, revised.kind, revised.level))
        return known

    def _mark_absent(self, position: StatementPosition) -> None:
        state = self.documents[position.document].step.state
        self._record(
            self.known[position.number]._replace(
                present=False,
                path=state.path if state else None,
                ordinal=position.ordinal,
                vanished_at=self.now.snapshot.taken_at,
            )
        )

    # --- changes --------------------------------------------------------------------------------

    def _current_copies(self) -> Copies:
        """Who holds the texts that were asked for, once this snapshot is folded."""
        wanted = self.candidates.holders
        now = {key: {n: d for n, d in found.items() if n not in self.touched} for key, found in wanted.items()}
        for known in self.touched.values():
            if known.present and known.key in now:
                now[known.key][known.number] = known.document
        alike = (self.touched.get(known.number, known) for known in self.candidates.alike)
        return Copies(self.documents, now, (known for known in alike if known.present))

    def _add_document_changes(self, changes: Iterable[NewChange]) -> None:
        """Of documents as wholes: before their statements, in the order they are given."""
        self.changes += [((change.path, 0, len(self.changes), at), change) for at, change in enumerate(changes)]

    def _change(
        self, pending: PendingChange, before: tuple[StatementRef, ...], after: tuple[StatementRef, ...]
    ) -> NewChange:
        document = self.documents[pending.document]
        source = self.documents[pending.before[0].document] if pending.before else document
        path_before = pending.known.path if pending.known else source.step.path_before
        old_texts = [source.before[position.ordinal].text for position in pending.before]
        if pending.kind is ChangeKind.RESTORED:
            old_texts = []
        new_texts = [document.after[ordinal].text for ordinal in pending.after]
        return NewChange(
            id=self._change_id(source, document, old_texts, new_texts),
            level=Level.STATEMENT,
            kind=pending.kind,
            document=self.numbers[pending.document],
            path=document.step.path,
            path_before=path_before if path_before != document.step.path else None,
            cause=pending.cause,
            significance=significance_of(pending),
            aspects=pending.classification.aspects if pending.classification else (),
            similarity=pending.similarity if before and after else None,
            moved=pending.moved,
            baseline=self.now.baseline,
            absent_since=pending.absent_since,
            returns=self.known[after[0].statement].returns if pending.kind is ChangeKind.RESTORED else None,
            copies=self.copies.outdated_copies(pending),
            before=before,
            after=after,
        )

    def _change_id(
        self, source: DocumentStep, document: DocumentStep, old_texts: Sequence[str], new_texts: Sequence[str]
    ) -> str:
        path_before, blob_before = before_in_ids(source.step)
        paths, blobs = (path_before, document.step.path), (blob_before, document.step.blob)
        same = (paths, blobs, tuple(map(normalize, old_texts)), tuple(map(normalize, new_texts)))
        self.same[same] += 1
        return change_id(paths, blobs, self.now.time_key, old_texts, new_texts, self.same[same])


def _statement_ref(known: StatementState, ordinal: int) -> StatementRef:
    return StatementRef(known.number, known.revision, ordinal, known.text_row, known.text, known.links)


def _ordinal(pending: PendingChange) -> int:
    return pending.after[0] if pending.after else pending.before[0].ordinal
