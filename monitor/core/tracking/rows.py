"""Assemble the ledger rows of one snapshot from its pending changes: ids, revisions, changes, document states.

First the statements of all documents are identified, then their changes are written: how many copies of a text are left
is known only when all of them are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from monitor.core.text.language import spoken
from monitor.core.tracking import runs
from monitor.core.tracking.documents import Step
from monitor.core.tracking.ids import ChangeIds, document_change_id, document_id, statement_id, time_key
from monitor.core.tracking.pending import DocumentStep, Outcome, PendingChange
from monitor.core.tracking.restored import Copies, LedgerCandidates
from monitor.core.tracking.statements import grouped, main_part, significance_of
from monitor.model import BlockKind, ChangeKind, CutBlock, Failure, Level, Snapshot, Statement
from monitor.model.ledger import (
    Counters,
    DocumentState,
    DocumentVersion,
    FoldRows,
    NewChange,
    NewRevision,
    StatementRef,
    StatementState,
    Text,
)


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


class Interned(NamedTuple):
    """Asks the ledger for the numbers of texts and of blocks; new ones are given the next."""

    text: Callable[[Statement], Text]
    blocks: Callable[[Sequence[CutBlock]], Sequence[int]]


class Sides(NamedTuple):
    """Both sides of one pending change, once its statements have numbers."""

    before: tuple[StatementRef, ...]
    after: tuple[StatementRef, ...]
    returns: int | None
    metadata: bool = False


class Identified(NamedTuple):
    """Some documents of a snapshot, from the index `first` on, with their changes, whose statements have numbers."""

    first: int
    documents: Sequence[DocumentStep]
    numbers: Sequence[int]  # of the documents
    pending_changes: Sequence[PendingChange]
    sides: Sequence[Sides]


class SnapshotAssembly:
    """The rows of one snapshot; its documents go through `identify`, then through `changes`, in their order."""

    def __init__(self, now: FoldPosition, counters: Counters, candidates: LedgerCandidates, interned: Interned) -> None:
        self.now = now
        self._interned = interned
        self._holders = {key: dict(found) for key, found in candidates.holders.items()}
        self._alike = {known.number: known for known in candidates.alike}
        self.next_document = counters.document
        self.next_statement = counters.statement
        self._document_changes = 0
        # of the documents that are being identified
        self._first = 0
        self._documents: Sequence[DocumentStep] = ()
        self._numbers: list[int] = []
        self._ids: list[str] = []
        self._members: list[list[int]] = []
        self._known: dict[int, StatementState] = {}
        self._touched: dict[int, StatementState] = {}
        self._revisions: list[NewRevision] = []
        self._occurrences: Counter[tuple[str, str]] = Counter()

    def identify(
        self,
        documents: Sequence[DocumentStep],
        first: int,
        pending_changes: Sequence[PendingChange],
        known: Mapping[int, StatementState],
    ) -> tuple[Identified, FoldRows]:
        """Give numbers to these documents and their statements; what is written of them but for their changes.

        `first` is the index of the first document among all of the snapshot; `known` has every statement that a pending
        change names before.
        """
        self._first, self._documents, self._known = first, documents, dict(known)
        self._numbers, self._ids, self._members = [], [], []
        self._touched, self._revisions = {}, []
        self._occurrences.clear()
        for document in documents:
            self._number(document)
        sides = [self._identify(pending) for pending in pending_changes]
        states = [
            document_state(document, (number, identity), members, self._block_numbers(document), self.now)
            for document, number, identity, members in zip(
                documents, self._numbers, self._ids, self._members, strict=True
            )
        ]
        rows = FoldRows(
            tuple(states),
            tuple(map(document_version, documents, states)),
            tuple(self._touched.values()),
            tuple(self._revisions),
        )
        return Identified(first, documents, self._numbers, pending_changes, sides), rows

    def copies(self, steps: Sequence[Step]) -> Copies:
        """Who holds the texts that were asked for, once all documents of the snapshot are identified."""
        return Copies(steps, self._holders, (known for known in self._alike.values() if known.present))

    def changes(
        self,
        steps: Sequence[Step],
        identified: Identified,
        copies: Copies,
        failures: Iterable[NewChange] = (),
    ) -> list[NewChange]:
        """The changes of identified documents, with those of failures, by path; `steps` are all of the snapshot."""
        found: list[tuple[tuple[object, ...], NewChange]] = []
        of_documents = [
            change
            for document, number in zip(identified.documents, identified.numbers, strict=True)
            for change in document_changes(document, number, self.now)
        ]
        for at, change in enumerate([*of_documents, *failures]):
            found.append(((change.path, 0, at, 0), change))
        ids: dict[tuple[int, int], ChangeIds] = {}
        own: list[NewChange] = []
        for pending, sides in zip(identified.pending_changes, identified.sides, strict=True):
            source = pending.before[0].document if pending.before else pending.document
            names = ids.get((source, pending.document))
            if names is None:
                names = ids[source, pending.document] = self._change_ids(steps[source], steps[pending.document])
            number = identified.numbers[pending.document - identified.first]
            own.append(_change(pending, sides, steps, number, names, self.now.baseline, copies))
        own = grouped(identified.pending_changes, own)
        for at, (pending, change) in enumerate(zip(identified.pending_changes, own, strict=True)):
            found.append(((change.path, 1, pending.ordinal, at), change))
        found.sort(key=_first_of)
        return [change for _, change in found]

    def _change_ids(self, source: Step, step: Step) -> ChangeIds:
        path_before, blob_before = before_in_ids(source)
        return ChangeIds((path_before, step.path), (blob_before, step.blob), self.now.time_key)

    # --- identities -----------------------------------------------------------------------------

    def _number(self, document: DocumentStep) -> None:
        state = document.step.state
        if state is None:
            self._numbers.append(self.next_document)
            self._ids.append(document_id(document.step.path, self.now.time_key))
            self.next_document += 1
        else:
            self._numbers.append(state.number)
            self._ids.append(state.id)
        members: list[int] = []
        if document.comparison is not None:
            comparison = document.comparison.comparison
            members = [0] * comparison.after_count
            if state is not None and not document.step.returns:
                old = runs.unpack(state.members)
                for i, j, length in comparison.kept:
                    members[j : j + length] = old[i : i + length]
        self._members.append(members)

    def _block_numbers(self, document: DocumentStep) -> list[int]:
        """The numbers of the blocks of the version after."""
        found = document.comparison
        if found is None:
            return []
        state = document.step.state
        old = runs.unpack(state.blocks) if state is not None and found.kept_blocks else []
        new = self._interned.blocks(found.new_blocks)
        blocks: list[int] = []
        used = 0
        for i, j, length in (*found.kept_blocks, (0, found.block_count, 0)):
            more = j - len(blocks)
            blocks += new[used : used + more]
            used += more
            blocks += old[i : i + length]
        return blocks

    def _identify(self, pending: PendingChange) -> Sides:
        """Numbers for the after side; what is written of each statement; both sides as places."""
        known = self._known
        before = tuple([_statement_ref(known[place.number], place.ordinal) for place in pending.before])
        metadata = [known[place.number].metadata for place in pending.before]
        kept = self._continued_parts(pending)
        if pending.known is not None:
            known[pending.known.number] = pending.known
            before = (_statement_ref(pending.known, pending.known.ordinal or 0),)
        after: list[StatementRef] = []
        returns = None
        at = pending.document - self._first
        for part, (ordinal, text) in enumerate(zip(pending.after, pending.texts_after, strict=True)):
            number = kept.get(part)
            if number is None:
                state = self._new_statement(at, ordinal, text)
            else:
                state = self._continue_statement(number, pending, ordinal, text)
                returns = state.returns
            self._members[at][ordinal] = state.number
            after.append(_statement_ref(state, ordinal))
            metadata.append(state.metadata)
        for place in pending.before:
            if place.number not in kept.values():
                self._mark_absent(pending, place.number, place.ordinal)
        return Sides(before, tuple(after), returns if pending.kind is ChangeKind.RESTORED else None, all(metadata))

    def _continued_parts(self, pending: PendingChange) -> dict[int, int]:
        """Which part of the after side continues which statement."""
        if pending.known is not None:
            return {0: pending.known.number}
        if not pending.before or not pending.after:
            return {}
        if len(pending.before) == len(pending.after):
            return {0: pending.before[0].number}
        best = main_part(pending)
        return {best: pending.before[0].number} if len(pending.after) > 1 else {0: pending.before[best].number}

    def _new_statement(self, at: int, ordinal: int, text: Text) -> StatementState:
        identity = self._ids[at]
        self._occurrences[identity, text.normalized] += 1
        state = StatementState(
            self.next_statement,
            statement_id(identity, self.now.time_key, text.normalized, self._occurrences[identity, text.normalized]),
            self._numbers[at],
            1,
            text,
            True,  # noqa: FBT003 - `present`
            self.now.seq,
            metadata=self._is_metadata(at, ordinal, before=False),
        )
        self.next_statement += 1
        self._revise(at, ordinal, state)
        return self._record(None, state)

    def _continue_statement(self, number: int, pending: PendingChange, ordinal: int, text: Text) -> StatementState:
        old = self._known[number]
        at = pending.document - self._first
        state = StatementState(
            number,
            old.id,
            self._numbers[at],
            old.revision + (old.text is not text),
            text,
            True,  # noqa: FBT003
            old.first_seq,
            returns=old.returns + (pending.kind is ChangeKind.RESTORED),
            metadata=self._is_metadata(at, ordinal, before=old.metadata),
        )
        if old.text is not text:
            self._revise(at, ordinal, state)
        return self._record(old, state)

    def _is_metadata(self, at: int, ordinal: int, *, before: bool) -> bool:
        """Whether a statement after is a line of front matter; `before` where the comparison does not say it."""
        comparison = self._documents[at].comparison
        value = None if comparison is None else comparison.after.get(ordinal)
        return before if value is None else value.kind is BlockKind.METADATA

    def _revise(self, at: int, ordinal: int, state: StatementState) -> None:
        comparison = self._documents[at].comparison
        value = None if comparison is None else comparison.after.get(ordinal)
        place = () if value is None else (value.kind, value.level)
        self._revisions.append(NewRevision(state.number, state.revision, state.text.id, *place))

    def _record(self, old: StatementState | None, state: StatementState) -> StatementState:
        number = state.number
        self._known[number] = self._touched[number] = state
        if self._holders:
            if old is not None and old.text.key in self._holders:
                self._holders[old.text.key].pop(number, None)
            if state.present and state.text.key in self._holders:
                self._holders[state.text.key][number] = state.document
        if number in self._alike:
            self._alike[number] = state
        return state

    def _mark_absent(self, pending: PendingChange, number: int, ordinal: int) -> None:
        old = self._known[number]
        path = self._path_before(pending)
        self._record(old, old._replace(present=False, path=path, ordinal=ordinal, gone_seq=self.now.seq))

    def _path_before(self, pending: PendingChange) -> str | None:
        """Where the statements before stood: in this document, since those of others are never marked absent."""
        state = self._documents[pending.before[0].document - self._first].step.state
        return state.path if state else None


def _first_of(pair: tuple[tuple[object, ...], NewChange]) -> tuple[object, ...]:
    return pair[0]


def _statement_ref(known: StatementState, ordinal: int) -> StatementRef:
    return StatementRef(known.number, known.revision, ordinal, known.text.id)


def _change(
    pending: PendingChange,
    sides: Sides,
    steps: Sequence[Step],
    number: int,
    ids: ChangeIds,
    baseline: bool,  # noqa: FBT001
    copies: Copies,
) -> NewChange:
    path = steps[pending.document].path
    if pending.known is not None:
        path_before = pending.known.path
    else:
        path_before = steps[pending.before[0].document if pending.before else pending.document].path_before
    restored = pending.kind is ChangeKind.RESTORED
    old_texts = () if restored else tuple([text.normalized for text in pending.texts_before])
    texts = [*(pending.texts_before if pending.known is None else [pending.known.text]), *pending.texts_after]
    language, aspects_known = spoken([text.text for text in texts], pending.language)
    return NewChange(
        id=ids.next(old_texts, tuple([text.normalized for text in pending.texts_after])),
        level=Level.STATEMENT,
        kind=pending.kind,
        document=number,
        path=path,
        path_before=path_before if path_before != path else None,
        cause=pending.cause,
        significance=significance_of(pending),
        aspects=pending.classification.aspects if pending.classification else (),
        similarity=pending.similarity if sides.before and sides.after else None,
        moved=pending.moved,
        baseline=baseline,
        gone_seq=pending.gone_seq,
        returns=sides.returns,
        copies=copies.outdated_copies(pending),
        announced=None if baseline else pending.announced,
        metadata=sides.metadata,
        language=language,
        aspects_known=aspects_known,
        before=sides.before,
        after=sides.after,
    )


# --- documents ----------------------------------------------------------------------------------


def document_changes(document: DocumentStep, number: int, now: FoldPosition) -> Iterator[NewChange]:
    """The changes of one document as a whole."""
    step = document.step
    path_before, blob_before = before_in_ids(step)
    for kind in _kinds(document):
        message = document.message if kind is ChangeKind.FAILED else None
        named = ChangeKind.ADDED if kind is ChangeKind.RESTORED else kind
        yield NewChange(
            id=document_change_id(named, (path_before, step.path), (blob_before, step.blob), now.time_key),
            level=Level.DOCUMENT,
            kind=kind,
            document=number,
            path=step.path,
            path_before=step.path_before if step.path_before != step.path else None,
            baseline=now.baseline,
            gone_seq=step.state.last_seq if kind is ChangeKind.RESTORED and step.state else None,
            message=document.capture.message if document.capture and kind is document.capture.kind else message,
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
    elif step.watching is not None:
        yield ChangeKind.WATCHED if step.watching else ChangeKind.UNWATCHED
    elif step.state.path != step.path:
        yield ChangeKind.RENAMED
    if document.capture is not None:
        yield document.capture.kind
    elif document.outcome is Outcome.OPAQUE and step.state and step.state.present and step.state.blob != step.blob:
        yield ChangeKind.REVISED
    if document.outcome is Outcome.FAILED:
        yield ChangeKind.FAILED


def capture_failure(failure: Failure, state: DocumentState | None, now: FoldPosition) -> NewChange:
    """A document whose bytes could not be taken; `state` is what was known of it."""
    return NewChange(
        id=document_change_id(
            "unread", (None, failure.path), (state.blob if state else None, failure.reason), now.time_key
        ),
        level=Level.DOCUMENT,
        kind=ChangeKind.FAILED,
        document=state.number if state else None,
        path=failure.path,
        path_before=None,
        baseline=now.baseline,
        message=failure.reason,
    )


def document_state(
    document: DocumentStep,
    names: tuple[int, str],
    members: Sequence[int],
    blocks: Sequence[int],
    now: FoldPosition,
) -> DocumentState:
    """What is known of a document from now on; one that could not be read keeps the statements last read from it.

    `names` are its number and its id.
    """
    step, old = document.step, document.step.state
    read = document.outcome in (Outcome.READ, Outcome.OPAQUE)
    gone = document.outcome is Outcome.VANISHED
    same_text = read or document.outcome is Outcome.SAME
    return DocumentState(
        number=names[0],
        id=names[1],
        source=now.snapshot.source,
        path=step.path,
        present=not gone,
        blob=old.blob if gone and old else step.blob,
        read_path=step.path if same_text else old.read_path if old else None,
        read_blob=step.blob if read else old.read_blob if old else None,
        members=runs.pack(members) if read else old.members if old else runs.NOTHING,
        blocks=runs.pack(blocks) if read else old.blocks if old else runs.NOTHING,
        first_seq=old.first_seq if old else now.seq,
        last_seq=now.seq,
        failed=document.outcome is Outcome.FAILED,
        notes=old.notes if document.outcome is Outcome.SAME and old else document.notes,
        suspect=document.capture.members if document.capture else old.suspect if old else None,
    )


def document_version(document: DocumentStep, state: DocumentState) -> DocumentVersion:
    """The document in this snapshot."""
    opaque = document.outcome is Outcome.OPAQUE
    return DocumentVersion(
        state.number,
        state.path,
        state.blob if state.present else None,
        state.present,
        None if opaque else state.members,
        None if opaque else state.blocks,
        document.comparison.language if document.comparison else None,
        state.notes,
    )
