"""Rebuild the ledger, verify snapshots, ledger and reviews, and recover from a damaged head."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from monitor.app.evidence import flaw_of_heads
from monitor.app.fold import fold_after, fold_again, ordered_snapshots
from monitor.app.histories import ONE_PROCESS, Parallelism, lanes_of
from monitor.app.monitor import LOCK, SCAN_CACHE, Monitor, Progress, StoreLock, ledger_is_there, open_monitor, silent
from monitor.app.publish import EarlierChanges, report_interrupted_run, send_notices
from monitor.app.read_documents import read_options
from monitor.app.review_checks import check_reviews, documents_of
from monitor.app.status import holder
from monitor.config import Settings
from monitor.errors import MonitorError, StoreError
from monitor.ledger.database import open_database
from monitor.ledger.writer import LedgerWriter, ledger_damage
from monitor.model import Counts, Snapshot
from monitor.readers import fingerprint
from monitor.snapshots.maintenance import GoodSnapshot
from monitor.snapshots.scan_cache import ScanCache

SHOWN = 20  # differing rows that are listed one by one
PATIENCE = 10.0  # seconds that `verify` waits for a run that is at work


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that `verify` found wrong: where, what, and the documents that it concerns."""

    what: str
    message: str
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """What the ledger holds that was made again, and what was reported of an earlier, interrupted run."""

    counts: Counts
    earlier_changes: int = 0  # changes
    message: str | None = None  # what went wrong with telling them


def rebuild(
    settings: Settings, progress: Progress = silent, wait: float = 0, fan: Parallelism = ONE_PROCESS
) -> RebuildResult:
    """Fold every snapshot again, into a ledger that then takes the place of the old one. What people said is kept."""
    lock = StoreLock(settings.store.snapshots / LOCK, "monitor rebuild")
    lock.acquire(wait)
    with lock, Monitor(settings, lock.pass_fds) as monitor, lanes_of(fan) as lanes:
        announced = _earlier_changes(monitor, progress)
        fold_again(monitor.snapshots, monitor.writer, progress, read_options(settings), lanes)
        counts = monitor.ledger.counts()
    return RebuildResult(counts, *send_notices(settings, announced))


def _earlier_changes(monitor: Monitor, progress: Progress) -> EarlierChanges:
    """What is news still; a ledger that is damaged, which is what rebuilding is for, cannot say."""
    try:
        return report_interrupted_run(monitor, datetime.now(UTC), progress)
    except StoreError:
        return EarlierChanges()


def verify(settings: Settings, progress: Progress = silent) -> list[Finding]:
    """Read every object of every snapshot, compare the ledger with a fold of them from nothing, and what people said
    with the branch that keeps it; check the signature of the heads."""
    with open_monitor(settings) as monitor:
        findings = [Finding(one.object, one.message, one.documents) for one in monitor.snapshots.verify()]
        if not findings:
            findings += _ledger(monitor, progress)
        return [*findings, *_reviews(monitor), *_signed_heads_findings(settings)]


def _signed_heads_findings(settings: Settings) -> Iterator[Finding]:
    heads, key = settings.evidence
    if heads is not None and key is not None:
        flaw = flaw_of_heads(heads, key)
        if flaw is not None:
            yield Finding("heads", flaw)


def _reviews(monitor: Monitor) -> Iterator[Finding]:
    for flaw in check_reviews(monitor):
        yield Finding(flaw.what, flaw.message, documents_of(monitor, flaw.changes))


def _ledger(monitor: Monitor, progress: Progress) -> Iterator[Finding]:
    wanted = _snapshot_ids(monitor)
    if not ledger_is_there(monitor.settings):  # opening it would make it
        if wanted:
            yield Finding(
                "ledger", f"is missing; {_repair_command(monitor)} makes it from the {_snapshots(len(wanted))}"
            )
        return
    if found := ledger_damage(monitor.writer.database):
        yield from (Finding("ledger", flaw) for flaw in found)
        return  # no row of it can be trusted to be found
    current = fingerprint(monitor.settings.extract.article, comments=monitor.settings.extract.comments)
    if monitor.writer.fingerprint() not in (None, current):
        yield Finding("ledger", "was made with other rules; `monitor run` or `monitor rebuild` makes it again")
        return
    wanted, folded = _stable_lists(monitor)
    if wanted[: len(folded)] != folded or monitor.writer.last_number() != len(folded):
        foreign = set(folded) - set(wanted)
        what = "holds snapshots that the store does not" if foreign else "does not list all its snapshots"
        yield Finding("ledger", f"{what}; `monitor rebuild` makes it again")
        return
    if len(folded) < len(wanted):
        lacks = f"{len(wanted) - len(folded):,} of the {_snapshots(len(wanted))}"
        yield Finding("ledger", f"lacks {lacks}; {_repair_command(monitor)} adds them{_lock_note(monitor)}")
    with TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'fold.db'}")
        fresh = LedgerWriter(database)
        fresh.reset(current)
        fold_after(monitor.snapshots, fresh, [], len(folded), progress, read_options(monitor.settings))
        yield from _differences(monitor.writer, fresh) if folded else ()
        database.close()


def _stable_lists(monitor: Monitor) -> tuple[list[str], list[str]]:
    """The snapshots in the order of the fold, and those that are folded.

    A run is at work for a moment between taking a snapshot and folding it: that is waited for.
    """
    until = monotonic() + PATIENCE
    while True:
        folded = monitor.writer.folded()
        wanted = _snapshot_ids(monitor)
        if wanted == folded or monotonic() > until or holder(monitor.settings.store.snapshots / LOCK) is None:
            return wanted, folded
        sleep(0.1)


def _snapshot_ids(monitor: Monitor) -> list[str]:
    return [snapshot.id for snapshot in ordered_snapshots(monitor.snapshots)]


def _snapshots(count: int) -> str:
    return f"{count:,} {'snapshot' if count == 1 else 'snapshots'}"


def _repair_command(monitor: Monitor) -> str:
    """The command that folds what is missing; a run would be held where the watched folder is not there."""
    return "`monitor run`" if monitor.settings.watch.folder.is_dir() else "`monitor rebuild`"


def _lock_note(monitor: Monitor) -> str:
    other = holder(monitor.settings.store.snapshots / LOCK)
    return "" if other is None else f" (`{other.command}`, pid {other.pid}, is running)"


def _differences(live: LedgerWriter, fresh: LedgerWriter) -> Iterator[Finding]:
    shown = 0
    for mine, other in zip_longest(live.rows(), fresh.rows()):
        if mine == other:
            continue
        table, row = mine or other or ("ledger", ())
        yield Finding(
            f"ledger table {table}", f"{_row_name(row)} differs from one made from the snapshots: `monitor rebuild`"
        )
        shown += 1
        if shown == SHOWN:
            yield Finding("ledger", "and more; `monitor rebuild` makes it again")
            return


def _row_name(row: tuple[Any, ...]) -> str:
    return "row " + ", ".join(str(value) for value in row[:2])


@dataclass(frozen=True, slots=True)
class RecoveryResult:
    """What was done: why, to which snapshot, where the head is kept, and snapshots known of that are not in it now."""

    damage: str
    snapshot: Snapshot
    aside: str | None
    left: tuple[str, ...]


def recovery_advice(monitor: Monitor) -> str | None:
    """What is wrong with the head and how to go on, in a line; None where nothing is wrong with it."""
    damage = monitor.snapshots.recovery().damage(_cached_head(monitor), deep=True)
    if damage is None:
        return None
    good = _last_good(monitor)
    if good is None:
        return f"the last snapshot is damaged, and no good one is left: {damage}; restore a backup"
    named = f"{good.snapshot.id[:12]} of {good.snapshot.taken_at.isoformat().replace('+00:00', 'Z')}"
    return (
        f"the last snapshot is damaged: {damage}; the last good one is {named}: "
        "`monitor recover` goes back to it and keeps the damaged head under another name"
    )


def recover(settings: Settings, wait: float = 0) -> RecoveryResult | None:
    """Go back to the last good snapshot, and keep the damaged head aside; None where the head is sound."""
    lock = StoreLock(settings.store.snapshots / LOCK, "monitor recover")
    lock.acquire(wait)
    with lock, Monitor(settings, lock.pass_fds) as monitor:
        recovery = monitor.snapshots.recovery()
        damage = recovery.damage(_cached_head(monitor), deep=True)
        if damage is None:
            return None
        good = _last_good(monitor)
        if good is None:
            raise StoreError(f"no good snapshot is left to go back to: {damage}; restore a backup")
        left = tuple(one for one in _known(monitor) if one not in set(good.chain))
        monitor.snapshots.writer().abort()  # clears what a killed run left, its locks on the branch too
        aside = recovery.go_back(good.snapshot.id, datetime.now(UTC))
        return RecoveryResult(damage, good.snapshot, aside, left)


def _last_good(monitor: Monitor) -> GoodSnapshot | None:
    return monitor.snapshots.recovery().last_good(_known(monitor))


def _cached_head(monitor: Monitor) -> str | None:
    return ScanCache.load(monitor.settings.store.snapshots / SCAN_CACHE).head


def _known(monitor: Monitor) -> list[str]:
    """The watched folder's snapshots that the ledger holds; none where it cannot be asked."""
    try:
        return [one.id for one in monitor.ledger.snapshots() if not one.source and one.origin is None]
    except MonitorError:
        return []
