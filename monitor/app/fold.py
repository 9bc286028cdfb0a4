"""Bring the ledger up to date: compare the snapshots in the store with those that were folded, and fold the rest.

A run, an import, a rebuild, an upgrade of the rules and the recovery from a crash are the same operation: keep the
common prefix of both lists, then fold what follows. Where nothing can be kept, another ledger is made beside the old
one, which readers see until the new one takes its place.
"""

from __future__ import annotations

import heapq
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice

from monitor.app.fold_snapshot import fold_snapshot
from monitor.app.histories import Lanes, Prefetcher
from monitor.app.monitor import Progress, relaxed_gc, silent
from monitor.app.read_documents import ReadOptions, VersionReader
from monitor.ledger.aliases import SAME, Renamed
from monitor.ledger.fold_cache import FoldCache
from monitor.ledger.fold_state import FoldState, fold_state, folded_source
from monitor.ledger.replacement import replacement
from monitor.ledger.writer import LedgerWriter
from monitor.model import Snapshot, SnapshotDelta
from monitor.ports import SnapshotStore
from monitor.snapshots.repository import GitSnapshots

log = logging.getLogger(__name__)

BATCH = 500  # snapshots in one transaction of an import or a rebuild


@dataclass(frozen=True, slots=True)
class CatchUpResult:
    """The snapshots that were folded. `rebuilt`: from the first one on, so that most of it is no news."""

    snapshots: tuple[Snapshot, ...]
    rebuilt: bool = False


def ordered_snapshots(store: SnapshotStore) -> list[Snapshot]:
    """All snapshots in the order of the fold: by time, sources of one time by name, each in its own order."""
    sources = (_in_time(store.snapshots(source)) for source in store.sources())
    return [snapshot for _, snapshot in heapq.merge(*sources, key=lambda pair: pair[0])]


_Order = tuple[datetime, str]  # when it was taken, and its source


def _in_time(snapshots: Iterable[Snapshot]) -> Iterator[tuple[_Order, Snapshot]]:
    """Each with its place: one that is dated before its predecessor, where a clock was put right, stands behind it."""
    latest: _Order | None = None
    for snapshot in snapshots:
        latest = _order(snapshot) if latest is None else max(latest, _order(snapshot))
        yield latest, snapshot


def catch_up(
    store: SnapshotStore,
    ledger: LedgerWriter,
    progress: Progress = silent,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - an immutable value
    lanes: Lanes = (),
) -> CatchUpResult:
    """Make the ledger a fold of all snapshots. Repeating it does no harm; an interrupted one goes on."""
    current, stored = options.fingerprint(), ledger.fingerprint()
    wanted, folded = [snapshot.id for snapshot in ordered_snapshots(store)], ledger.folded()
    if stored is None:
        log.info("the ledger is new: everything is folded, %d snapshots", len(wanted))
        ledger.reset(current)
        return CatchUpResult(fold_after(store, ledger, [], len(wanted), progress, options, lanes), rebuilt=True)
    # Counted otherwise than listed: the list was cut, and rows of snapshots that are not in it would stand in the way
    if stored != current or wanted[: len(folded)] != folded or ledger.last_number() != len(folded):
        return fold_again(store, ledger, progress, options, lanes)
    behind = len(wanted) - len(folded)
    log.info("the ledger holds %d of %d snapshots: it is %d behind", len(folded), len(wanted), behind)
    return CatchUpResult(fold_after(store, ledger, folded, len(wanted), progress, options, lanes), rebuilt=not folded)


def fold_again(
    store: SnapshotStore,
    ledger: LedgerWriter,
    progress: Progress = silent,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - an immutable value
    lanes: Lanes = (),
    why: str = "",
    renamed: Renamed = SAME,
) -> CatchUpResult:
    """Fold every snapshot into a ledger beside this one, which takes its place at the end; `why` is for the log.
    `renamed`: what snapshots of this one are called now, where the history was written again."""
    current, stored = options.fingerprint(), ledger.fingerprint()
    total = sum(len(store.snapshots(source)) for source in store.sources())
    log.info("%s: everything is folded, %d snapshots", why or _why_again(current, stored), total)
    with replacement(ledger.database, current, renamed) as beside:
        done = fold_after(store, LedgerWriter(beside.database), [], total, progress, options, lanes)
        if stored is not None and stored != current:
            beside.record_upgrade(datetime.now(UTC), stored, current)
    return CatchUpResult(done, rebuilt=True)


def _why_again(current: str, stored: str | None) -> str:
    """For the log: why nothing of the ledger is kept."""
    if stored not in (None, current):
        return "upgrade: the ledger was made with other rules"
    return "the ledger holds other snapshots than the store, or lists them otherwise"


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
    if state is None or state.fingerprint != options.fingerprint():
        why = "the ledger is not complete" if state is None else "the ledger was made with other rules"
        log.info("full comparison with the store: %s", why)
        return None
    delta = _single_missing(store, ledger, state)
    if delta is None:
        log.info("full comparison with the store: the ledger does not lack the next snapshot alone")
        return None
    log.info("only snapshot %s is missing in the ledger: it alone is folded", delta.snapshot.id)
    with VersionReader(store.read, options) as versions, ledger.transaction(FoldCache()) as transaction:
        fold_snapshot(transaction, delta, versions)
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


def _order(snapshot: Snapshot) -> _Order:
    return snapshot.taken_at, snapshot.source


def fold_after(
    store: SnapshotStore,
    ledger: LedgerWriter,
    folded: Sequence[str],
    total: int,
    progress: Progress = silent,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - an immutable value
    lanes: Lanes = (),
) -> tuple[Snapshot, ...]:
    """Fold what follows the snapshots `folded`, until `total` are; documents are read and compared in the lanes."""
    deltas = islice(_deltas(store, set(folded)), total - len(folded))
    done: list[Snapshot] = []
    cache = FoldCache(complete=not folded)  # an empty ledger holds nothing that it must be asked for
    prefetcher = Prefetcher(lanes, store, options) if lanes else None
    with VersionReader(store.read, options) as versions, relaxed_gc():
        ahead = prefetcher.prefetch(deltas) if prefetcher else deltas
        for _, chunk in groupby(enumerate(ahead), key=lambda pair: pair[0] // BATCH):
            with ledger.transaction(cache) as transaction:
                for _, delta in chunk:
                    fold_snapshot(transaction, delta, versions, prefetcher)
                    done.append(delta.snapshot)
                    progress("folding", len(folded) + len(done), total)
    ledger.complete()
    if len(done) > 1:
        ledger.analyse()
    return tuple(done)


def _deltas(store: SnapshotStore, folded: set[str]) -> Iterator[SnapshotDelta]:
    """What is not folded yet, of all sources, in the order of the fold."""
    streams = []
    for source in store.sources():
        places = {snapshot.id: place for place, snapshot in _in_time(store.snapshots(source))}
        last = next((one for one in reversed(places) if one in folded), None)
        streams.append(_placed(store.deltas(source, last), places))
    return (delta for _, delta in heapq.merge(*streams, key=lambda pair: pair[0]))


def _placed(deltas: Iterable[SnapshotDelta], places: Mapping[str, _Order]) -> Iterator[tuple[_Order, SnapshotDelta]]:
    """Each with its place in the order of the fold."""
    return ((places[delta.snapshot.id], delta) for delta in deltas)
