"""Fold one snapshot: read and compare its documents, look at them together, and write their rows.

A snapshot of many documents goes through in portions, so that memory does not grow with their number. What must be
known across documents is then held for the statements that may have come from elsewhere only.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from monitor.app.histories import Prefetcher
from monitor.app.monitor import document_name
from monitor.app.read_documents import VersionReader, VersionResult
from monitor.core.tracking import runs
from monitor.core.tracking.captures import judge_captures
from monitor.core.tracking.documents import Step, trace
from monitor.core.tracking.pending import (
    DocumentStep,
    Outcome,
    PendingChange,
    numbers_before,
    pending_changes_of,
)
from monitor.core.tracking.restored import LedgerCandidates, lookup_keys, signatures_of_added, signatures_of_replaced
from monitor.core.tracking.rows import FoldPosition, Identified, Interned, SnapshotAssembly, capture_failure
from monitor.core.tracking.statements import is_explained, join_documents, settle_returned
from monitor.ledger.writer import LedgerTransaction
from monitor.model import ChangeKind, Failure, PathAndBlob, PathChange, SnapshotDelta
from monitor.model.ledger import DocumentState, NewChange, StatementState

EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"  # git's id of no bytes: two empty files prove no rename
PORTION = 250  # documents that are in memory at once

Value = TypeVar("Value")


class Spool(Generic[Value]):
    """Values in order, to be read again: a single one stays in memory, several are kept in a temporary file."""

    def __init__(self) -> None:
        self._first: list[Value] = []
        self._file: Any = None
        self._count = 0

    def append(self, value: Value) -> None:
        """One more."""
        self._count += 1
        if self._count == 1:
            self._first.append(value)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed with the spool
            pickle.dump(self._first.pop(), self._file, pickle.HIGHEST_PROTOCOL)
        pickle.dump(value, self._file, pickle.HIGHEST_PROTOCOL)

    def __iter__(self) -> Iterator[Value]:
        yield from self._first
        if self._file is not None:
            self._file.seek(0)
            for _ in range(self._count):
                # nobody else can write to the file
                yield pickle.load(self._file)  # noqa: S301
            self._file.seek(0, 2)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()


class _Portion(NamedTuple):
    """Some documents of the snapshot, from the index `first` on, with the changes that their comparisons found."""

    first: int
    documents: Sequence[DocumentStep]
    changes: Sequence[PendingChange]


class _Candidates:
    """What the ledger knows of the texts of all portions."""

    def __init__(self) -> None:
        self._absent: dict[int, StatementState] = {}
        self._similar: dict[int, StatementState] = {}
        self._alike: dict[int, StatementState] = {}
        self._holders: dict[int, dict[int, int]] = {}
        self._keys: set[int] = set()
        self._signatures: set[int] = set()

    def ask(self, transaction: LedgerTransaction, changes: Sequence[PendingChange]) -> None:
        """Ask for those of one portion."""
        keys = lookup_keys(changes)
        for found, known in (
            (self._absent, transaction.absent(keys)),
            (self._similar, transaction.similar(signatures_of_added(changes), present=False)),
            (self._alike, transaction.similar(signatures_of_replaced(changes), present=True)),
        ):
            found.update((one.number, one) for one in known)
        self._holders.update(transaction.holders(keys))

    def all(self) -> LedgerCandidates:
        """All that was found."""
        absent, similar, alike = (
            [found[number] for number in sorted(found)] for found in (self._absent, self._similar, self._alike)
        )
        self._keys = {known.text.key for known in absent}
        self._signatures = {one for known in similar for one in known.text.signature or ()}
        return LedgerCandidates(absent, similar, self._holders, alike)

    def may_return(self, pending: PendingChange) -> bool:
        """Whether an added statement may be one of those that are absent; once `all` was asked."""
        text = pending.texts_after[0]
        return text.key in self._keys or not self._signatures.isdisjoint(text.signature or ())


def fold_snapshot(
    transaction: LedgerTransaction,
    delta: SnapshotDelta,
    versions: VersionReader,
    prefetcher: Prefetcher | None = None,
) -> None:
    """Take one snapshot into the ledger; what `prefetcher` compared ahead need not be compared."""
    _SnapshotFold(transaction, delta, versions, prefetcher).add()
    versions.lighten()


class _SnapshotFold:
    """The fold of one snapshot, while it is made."""

    def __init__(
        self,
        transaction: LedgerTransaction,
        delta: SnapshotDelta,
        versions: VersionReader,
        prefetcher: Prefetcher | None,
    ) -> None:
        self._transaction = transaction
        self._delta = delta
        self._versions = versions
        self._prefetcher = prefetcher
        last = transaction.last_fold(delta.snapshot.source)
        seen = delta.snapshot.seen_before
        self._seen_before = None if last is None else max(last.taken_at, seen or last.taken_at)
        tie = last.tie + 1 if last is not None and last.taken_at == delta.snapshot.taken_at else 0
        self._now = FoldPosition(transaction.counters().seq, delta.snapshot, tie, baseline=last is None)
        self._interned = Interned(transaction.text, transaction.block_numbers)
        self._steps = self._traced()
        self._failures = self._failed_captures()
        self._position = 0

    def add(self) -> None:
        """Take the snapshot into the ledger."""
        portions = list(_portions(self._steps))
        # In an empty ledger nothing can have come from elsewhere, and each portion is a fold of its own.
        for some in [[one] for one in portions] if self._transaction.is_empty else [portions]:
            self._add_portions(some, several=len(portions) > 1)
        self._append_changes([change for _, change in self._failures])
        self._transaction.append_fold(self._now.snapshot, self._now.tie, self._seen_before)

    def _add_portions(self, portions: Sequence[range], *, several: bool) -> None:
        """Fold these portions together."""
        compared, identified = Spool[_Portion](), Spool[Identified]()
        try:
            candidates, back = self._compare(portions, compared)
            found = candidates.all()
            held = _held(compared, candidates if len(portions) > 1 else None)
            moved = join_documents(self._steps, list(held.values()), found, back)
            assembly = SnapshotAssembly(self._now, self._transaction.counters(), found, self._interned)
            for portion in compared:
                documents, changes = judge_captures(
                    portion.documents, portion.first, _joined(portion, held, moved), self._transaction.statements
                )
                numbers = {place.number for pending in changes for place in pending.before}
                known = self._transaction.statements(numbers)
                some, rows = assembly.identify(documents, portion.first, changes, known)
                self._transaction.append(self._now.seq, rows, assembly.next_document, assembly.next_statement)
                identified.append(some)
                if several:
                    self._transaction.flush()
            copies = assembly.copies(self._steps)
            for some in identified:
                last = self._steps[some.first + len(some.documents) - 1].path if some.documents else ""
                failures = list(self._failures_up_to(last))
                self._append_changes(assembly.changes(self._steps, some, copies, failures))
                if several:
                    self._transaction.flush()
        finally:
            compared.close()
            identified.close()

    def _compare(self, portions: Sequence[range], compared: Spool[_Portion]) -> tuple[_Candidates, set[int]]:
        """Read and compare the documents; what the ledger knows of their texts, and which statements came back with
        their documents."""
        transaction, candidates, back = self._transaction, _Candidates(), set[int]()
        for portion in portions:
            documents = [self._document(self._steps[at]) for at in portion]
            transaction.intern([block for one in documents if one.comparison for block in one.comparison.new_blocks])
            known = transaction.statements(numbers_before(documents))
            changes = pending_changes_of(documents, known, transaction.text, portion.start)
            settle_returned(changes, known, back)
            candidates.ask(transaction, changes)
            compared.append(_Portion(portion.start, documents, changes))
            if len(portion) == PORTION:
                self._versions.lighten()
        return candidates, back

    def _append_changes(self, changes: Sequence[NewChange]) -> None:
        self._transaction.append_changes(self._now.seq, self._position, changes)
        self._position += len(changes)

    def _failures_up_to(self, path: str) -> Iterator[NewChange]:
        """Those that come before the end of a portion, in the order of their paths; they are then done."""
        while self._failures and self._failures[0][0] <= path:
            yield self._failures.pop(0)[1]

    # --- documents ------------------------------------------------------------------------------

    def _failed_captures(self) -> list[tuple[str, NewChange]]:
        """The documents whose bytes could not be taken, with their paths, by path."""
        source = self._delta.snapshot.source
        stored = [Failure(document_name(source, failure.path), failure.reason) for failure in self._delta.failures]
        states = self._transaction.document_states_at(source, [failure.path for failure in stored])
        changes = [capture_failure(failure, states.get(failure.path), self._now) for failure in stored]
        return sorted([(change.path, change) for change in changes], key=lambda pair: pair[0])

    def _traced(self) -> Sequence[Step]:
        source = self._delta.snapshot.source
        released = [PathChange(path, None, None) for path in sorted(self._delta.released)]
        changes = [
            change._replace(path=document_name(source, change.path)) for change in (*self._delta.changes, *released)
        ]
        at_path = self._transaction.document_states_at(source, [change.path for change in changes])
        new = [change for change in changes if change.after and (change.path not in at_path)]
        by_blob = self._transaction.absent_by_blob(source, [change.after or "" for change in new])
        left_out = {document_name(source, path) for path in self._delta.unwatched}
        return trace(changes, at_path, by_blob, self._versions.texts, lambda blob: blob == EMPTY_BLOB, left_out)

    def _document(self, step: Step) -> DocumentStep:
        """Read what the step needs, and compare."""
        state = step.state
        if step.blob is None:
            return DocumentStep(step, Outcome.VANISHED)
        mode = self._versions.read_mode
        if state and state.present and state.blob == step.blob and mode(state.path) == mode(step.path):
            return DocumentStep(step, Outcome.SAME)
        before: PathAndBlob | None = None
        if state and state.read_path and state.read_blob and state.members != runs.NOTHING:
            before = state.read_path, state.read_blob
        result = self._result(state, before, (step.path, step.blob))
        if result.failure is not None:
            return DocumentStep(step, Outcome.FAILED, message=result.failure)
        outcome = Outcome.READ if result.readable else Outcome.OPAQUE
        return DocumentStep(step, outcome, result.comparison, notes=result.notes)

    def _result(self, state: DocumentState | None, before: PathAndBlob | None, after: PathAndBlob) -> VersionResult:
        found = self._prefetcher.result(before, after) if self._prefetcher else None
        if found is not None:
            return found
        if state is not None and before is not None and not self._versions.holds(before):
            self._versions.put(before, self._transaction.blocks_of(state))
        return self._versions.compare_history(before, [after])[0]


def _portions(steps: Sequence[Step]) -> Iterator[range]:
    """Ranges of the steps; those of one path stay together."""
    start = 0
    while start < len(steps) or not start:
        end = min(start + PORTION, len(steps))
        while 0 < end < len(steps) and steps[end].path == steps[end - 1].path:
            end += 1
        yield range(start, end)
        if not steps:
            return
        start = end


_ChangePosition = tuple[int, int]
"""Where a pending change stands: the first document of its portion, and its place in it."""


def _held(compared: Iterable[_Portion], candidates: _Candidates | None) -> dict[_ChangePosition, PendingChange]:
    """The changes that are looked at together: all, or in several portions those that may have come from elsewhere."""
    lost = candidates is None or any(
        pending.kind is ChangeKind.REMOVED for portion in compared for pending in portion.changes
    )
    return {
        (portion.first, at): pending
        for portion in compared
        for at, pending in enumerate(portion.changes)
        if candidates is None
        or pending.kind is ChangeKind.REMOVED
        or (pending.kind is ChangeKind.ADDED and (lost or candidates.may_return(pending)))
    }


def _joined(portion: _Portion, held: dict[_ChangePosition, PendingChange], moved: set[int]) -> list[PendingChange]:
    """The changes of a portion as they are once all were looked at together."""
    now = [held.get((portion.first, at), pending) for at, pending in enumerate(portion.changes)]
    return [pending for pending in now if not is_explained(pending, moved)] if moved else now
