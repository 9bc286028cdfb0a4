"""Bring the ledger up to date: compare the snapshots in the store with those that were folded, and fold the rest.

A run, an import, a rebuild, an upgrade of the rules and the recovery from a crash are the same operation: keep the
common prefix of both lists, then fold what follows.
"""

from __future__ import annotations

import heapq
import logging
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from monitor.app.monitor import Progress, document_name, relaxed_gc, silent
from monitor.app.read_documents import CachingReader, Prefetcher, ReadOptions
from monitor.core.tracking.compare import DocumentStep, Outcome
from monitor.core.tracking.documents import Step, trace
from monitor.core.tracking.restored import LedgerCandidates, lookup_keys, signatures_of_added, signatures_of_replaced
from monitor.core.tracking.rows import FoldPosition, assemble
from monitor.core.tracking.statements import join_documents, pending_changes_of, statement_numbers
from monitor.ledger.fold_state import FoldCache, FoldState, fold_state, folded_source
from monitor.ledger.writer import LedgerTransaction, LedgerWriter
from monitor.model import Failure, Snapshot, SnapshotDelta, Statement
from monitor.model.ledger import Counters, DocumentState, SnapshotFold
from monitor.ports import SnapshotStore
from monitor.readers import fingerprint
from monitor.snapshots.repository import GitSnapshots

log = logging.getLogger(__name__)

BATCH = 500  # snapshots in one transaction of an import or a rebuild
EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"  # git's id of no bytes: two empty files prove no rename


@dataclass(frozen=True, slots=True)
class CatchUpResult:
    """The snapshots that were folded. `rebuilt`: from the first one on, so that most of it is no news.

    That a rebuild was stopped before its first snapshot was in the ledger makes no difference.
    """

    snapshots: tuple[Snapshot, ...]
    rebuilt: bool = False


def ordered_snapshots(store: SnapshotStore) -> list[Snapshot]:
    """All snapshots in the order of the fold: by time, sources of one time by name, each in its own order."""
    sources = (_in_time(store.snapshots(source)) for source in store.sources())
    return [snapshot for _, snapshot in heapq.merge(*sources, key=lambda pair: pair[0])]


def _in_time(snapshots: Iterable[Snapshot]) -> Iterator[tuple[tuple[datetime, str], Snapshot]]:
    for snapshot in snapshots:
        yield _order(snapshot), snapshot


def catch_up(
    store: SnapshotStore,
    ledger: LedgerWriter,
    progress: Progress = silent,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - an immutable value
    executor: Executor | None = None,
) -> CatchUpResult:
    """Make the ledger a fold of all snapshots. Repeating it does no harm; an interrupted one goes on."""
    current, stored = fingerprint(options.extract.article), ledger.fingerprint()
    wanted, folded = [snapshot.id for snapshot in ordered_snapshots(store)], ledger.folded()
    if stored is not None and stored != current:
        log.info("upgrade: the ledger was made with other rules; everything is folded, %d snapshots", len(wanted))
        before = ledger.change_ids()
        ledger.reset(current)
        caught = fold_after(store, ledger, [], len(wanted), progress, options, executor)
        # What an upgrade of our rules altered of the past is kept apart, so that it is never reported as a change.
        now = ledger.change_ids(folded)
        ledger.record_upgrade(datetime.now(UTC), stored, current, len(before - now), now - before)
        return replace(caught, rebuilt=True)
    # Counted otherwise than listed: the list was cut, and rows of snapshots that are not in it would stand in the way
    if stored is None or wanted[: len(folded)] != folded or ledger.last_number() != len(folded):
        log.info("%s: everything is folded, %d snapshots", _why_again(wanted, folded, stored), len(wanted))
        ledger.reset(current)
        return replace(fold_after(store, ledger, [], len(wanted), progress, options, executor), rebuilt=True)
    behind = len(wanted) - len(folded)
    log.info("the ledger holds %d of %d snapshots: it is %d behind", len(folded), len(wanted), behind)
    return replace(fold_after(store, ledger, folded, len(wanted), progress, options, executor), rebuilt=not folded)


def _why_again(wanted: Sequence[str], folded: Sequence[str], stored: str | None) -> str:
    """For the log: why nothing of the ledger is kept."""
    if stored is None:
        return "the ledger is new"
    if wanted[: len(folded)] != folded:
        return "the ledger holds other snapshots than the store, or in another order"
    return "the ledger's list of snapshots was cut"


def fold_next(
    store: GitSnapshots,
    ledger: LedgerWriter,
    progress: Progress = silent,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - an immutable value
) -> CatchUpResult | None:
    """Fold the newest snapshot of the watched folder, where it is the only one that the ledger does not hold.

    That is the case of nearly every run, and neither the snapshots nor the folds need be listed for it. None, and
    nothing done, where anything else is found: that is for `catch_up`.
    """
    state = fold_state(ledger.database)
    if state is None or state.fingerprint != fingerprint(options.extract.article):
        why = "the ledger is not complete" if state is None else "the ledger was made with other rules"
        log.info("full comparison with the store: %s", why)
        return None
    delta = _single_missing(store, ledger, state)
    if delta is None:
        log.info("full comparison with the store: the ledger does not lack the next snapshot alone")
        return None
    log.info("only snapshot %s is missing in the ledger: it alone is folded", delta.snapshot.id)
    with CachingReader(store.read, options) as reader, ledger.transaction(FoldCache()) as transaction:
        fold_snapshot(transaction, delta, reader)
    progress("folding", state.folds + 1, state.folds + 1)
    return CatchUpResult((delta.snapshot,))


def _single_missing(store: GitSnapshots, ledger: LedgerWriter, state: FoldState) -> SnapshotDelta | None:
    """The newest snapshot, where it is made upon the newest that was folded, and behind all that were, in their order.

    Nothing of any other source may wait: the head of each must have been folded, and with it all that is before it.
    """
    heads = dict(store.newest_snapshots())
    head, last = heads.pop("", None), state.newest.get("")
    if head is None or last is None or not store.follows(head, last.id):
        return None
    if {folded_source(ledger.database, one) for one in heads.values()} | {""} != state.newest.keys():
        return None
    found = list(islice(store.deltas("", last.id), 2))
    if len(found) != 1 or (found[0].snapshot.taken_at, "") < max(_order(one) for one in state.newest.values()):
        return None
    return found[0]


def _order(snapshot: Snapshot) -> tuple[datetime, str]:
    return snapshot.taken_at, snapshot.source


def fold_after(
    store: SnapshotStore,
    ledger: LedgerWriter,
    folded: Sequence[str],
    total: int,
    progress: Progress = silent,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - an immutable value
    executor: Executor | None = None,
) -> CatchUpResult:
    """Fold what follows the snapshots `folded`, until `total` are. Documents are read and compared by `executor`."""
    deltas = islice(_deltas(store, set(folded)), total - len(folded))
    done: list[Snapshot] = []
    cache = FoldCache(complete=not folded)  # an empty ledger holds nothing that it must be asked for
    prefetcher = None if executor is None else _prefetcher(executor, store, options)
    with CachingReader(store.read, options, prefetcher=prefetcher) as reader, relaxed_gc():
        while chunk := list(islice(deltas, BATCH)):
            with ledger.transaction(cache) as transaction:
                for delta in prefetcher.prefetch(chunk) if prefetcher else chunk:
                    fold_snapshot(transaction, delta, reader)
                    done.append(delta.snapshot)
                    progress("folding", len(folded) + len(done), total)
    if len(done) > 1:
        ledger.analyse()
    ledger.settle_aliases()
    return CatchUpResult(tuple(done))


def _prefetcher(executor: Executor, store: SnapshotStore, options: ReadOptions) -> Prefetcher:
    return Prefetcher(executor, store, options)


def _deltas(store: SnapshotStore, folded: set[str]) -> Iterator[SnapshotDelta]:
    """What is not folded yet, of all sources, in the order of the fold."""
    streams = []
    for source in store.sources():
        last = next((snapshot.id for snapshot in reversed(store.snapshots(source)) if snapshot.id in folded), None)
        streams.append(
            ((delta.snapshot.taken_at, delta.snapshot.source), delta) for delta in store.deltas(source, last)
        )
    return (delta for _, delta in heapq.merge(*streams, key=lambda pair: pair[0]))


def fold_snapshot(transaction: LedgerTransaction, delta: SnapshotDelta, reader: CachingReader) -> SnapshotFold:
    """Take one snapshot into the ledger and say what was written."""
    counters = transaction.counters()
    documents = _documents(transaction, delta, reader)
    pending_changes = pending_changes_of(documents)
    known = transaction.statements(statement_numbers(pending_changes))
    keys = lookup_keys(documents, pending_changes)
    candidates = LedgerCandidates(
        transaction.absent(keys),
        transaction.similar(signatures_of_added(documents, pending_changes), present=False),
        transaction.holders(keys),
        transaction.similar(signatures_of_replaced(documents, pending_changes), present=True),
    )
    pending_changes = join_documents(documents, pending_changes, known, candidates)
    now = _position(transaction, delta.snapshot, counters)
    fold = assemble(now, documents, pending_changes, known, counters, _failures(transaction, delta), candidates)
    transaction.append(fold)
    return fold


def _position(transaction: LedgerTransaction, snapshot: Snapshot, counters: Counters) -> FoldPosition:
    last = transaction.last_fold(snapshot.source)
    tie = last.tie + 1 if last is not None and last.taken_at == snapshot.taken_at else 0
    return FoldPosition(counters.seq, snapshot, tie, baseline=last is None)


def _failures(transaction: LedgerTransaction, delta: SnapshotDelta) -> list[tuple[Failure, DocumentState | None]]:
    source = delta.snapshot.source
    stored = [Failure(document_name(source, failure.path), failure.reason) for failure in delta.failures]
    heads = transaction.document_states_at(source, [failure.path for failure in stored])
    return [(failure, heads.get(failure.path)) for failure in stored]


def _documents(transaction: LedgerTransaction, delta: SnapshotDelta, reader: CachingReader) -> list[DocumentStep]:
    source = delta.snapshot.source
    changes = [change._replace(path=document_name(source, change.path)) for change in delta.changes]
    at_path = transaction.document_states_at(source, [change.path for change in changes])
    new = [change for change in changes if change.after and (change.path not in at_path)]
    by_blob = transaction.absent_by_blob(source, [change.after or "" for change in new])
    steps = trace(changes, at_path, by_blob, reader.texts, lambda blob: blob == EMPTY)
    return [_document(step, reader) for step in steps]


def _document(step: Step, reader: CachingReader) -> DocumentStep:
    """Read what the step needs, and compare."""
    head = step.state
    version = (head.read_path, head.read_blob) if head and head.read_path and head.read_blob and head.members else None
    old: tuple[Statement, ...] = ()
    if version is not None:
        old = reader.read(*version).statements or ()
    if step.blob is None:
        return DocumentStep(step, Outcome.VANISHED, old)
    if head and head.present and head.blob == step.blob and reader.read_mode(head.path) == reader.read_mode(step.path):
        notes = () if head.failed else reader.read(step.path, step.blob).notes
        return DocumentStep(step, Outcome.SAME, old, notes=notes)
    result = reader.read(step.path, step.blob)
    if result.failure is not None:
        return DocumentStep(step, Outcome.FAILED, old, message=result.failure)
    new = result.statements
    comparison = reader.compare(version, (step.path, step.blob), old, new or ())
    outcome = Outcome.OPAQUE if new is None else Outcome.READ
    return DocumentStep(step, outcome, old, new or (), comparison, notes=result.notes)
