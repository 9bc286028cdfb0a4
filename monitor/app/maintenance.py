"""Rebuild the ledger, verify snapshots, ledger and reviews, and recover from a damaged head."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from monitor.app import status, store_check
from monitor.app.evidence import flaw_of_heads
from monitor.app.fold import catch_up, fold_after, fold_again, ordered_snapshots
from monitor.app.histories import ONE_PROCESS, Parallelism, lanes_of
from monitor.app.monitor import (
    HISTORY,
    LOCK,
    SCAN_CACHE,
    Monitor,
    Progress,
    StoreLock,
    expect_writer,
    is_writable,
    ledger_is_there,
    open_monitor,
    silent,
)
from monitor.app.publish import EarlierChanges, report_interrupted_run, send_notices
from monitor.app.read_documents import read_options
from monitor.app.review_branch import open_reviews, sync_branch_locked
from monitor.app.review_checks import check_reviews, documents_of
from monitor.app.status import holder
from monitor.config import LEDGER, REVIEWS_DB, Settings
from monitor.errors import MonitorError, StoreError
from monitor.ledger.database import open_database
from monitor.ledger.writer import LedgerWriter, is_readable, ledger_damage
from monitor.model import Counts, Run, Snapshot
from monitor.readers import fingerprint
from monitor.reviews.events import Reviews
from monitor.snapshots.git_objects import REVIEWS, seconds
from monitor.snapshots.git_process import store_errors
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
    aside: str | None = None  # where the ledger as it was is kept, if it held anything that the new one cannot


def rebuild(
    settings: Settings,
    progress: Progress = silent,
    wait: float = 0,
    fan: Parallelism = ONE_PROCESS,
    *,
    accept_history: bool = False,
) -> RebuildResult:
    """Fold every snapshot again, into a ledger that then takes the place of the old one. Verdicts are kept.

    RunHeld where the history lacks snapshots that were recorded, unless that is accepted.
    """
    lock = StoreLock.of_store(settings, "monitor rebuild")
    lock.acquire(wait)
    with lock, Monitor(settings, lock.pass_fds) as monitor, lanes_of(fan) as lanes:
        aside = _expect_ledger(monitor, accept=accept_history)
        announced = _earlier_changes(monitor, progress)
        fold_again(monitor.snapshots, monitor.writer, progress, read_options(settings), lanes)
        store_check.note_record(monitor)
        counts = monitor.ledger.counts()
    sent = send_notices(settings, announced)
    return RebuildResult(counts, sent.changes, sent.message, aside)


def _expect_ledger(monitor: Monitor, *, accept: bool) -> str | None:
    """What is checked before every writing; but a SQLite ledger that is damaged or another store's is moved aside."""
    path = monitor.settings.store.snapshots / LEDGER
    if monitor.settings.store.ledger != "sqlite" or not path.exists():
        return store_check.expect_whole(monitor, accept=accept)
    problem = store_check.find_problem(monitor)
    if (problem is not None and problem.part == "ledger") or not is_readable(monitor.ledger_database):
        monitor.close()
        aside = store_check.move_aside(path)
        store_check.expect_whole(monitor, accept=accept)
        return str(aside)
    return store_check.expect_whole(monitor, accept=accept)


def _earlier_changes(monitor: Monitor, progress: Progress) -> EarlierChanges:
    """What is news still; a ledger that is damaged, which is what rebuilding is for, cannot say."""
    try:
        return report_interrupted_run(monitor, datetime.now(UTC), progress)
    except StoreError:
        return EarlierChanges()


def verify(settings: Settings, progress: Progress = silent) -> list[Finding]:
    """Read every object of every snapshot, compare the ledger with one recomputed from them, and what people said
    with the branch that keeps it; check the signature of the heads, the journal and the scan cache."""
    expect_writer(settings, "monitor verify")
    if (message := store_check.unfinished(settings)) is not None:
        return [Finding("history", message)]
    with open_monitor(settings) as monitor:
        findings = list(_history(monitor))
        foreign = [one for one in findings if one.what == "reviews"]
        if findings == foreign:
            findings += _ledger(monitor, progress)
        findings += [*(() if foreign else _reviews(monitor)), *_signed_heads_findings(settings)]
        if holder(settings.store.snapshots / LOCK) is None:  # a run at work has not written them yet
            findings += _journal_and_cache(monitor)
        return findings


def _history(monitor: Monitor) -> Iterator[Finding]:
    for name in monitor.snapshots.damaged_files():
        flaw = f"{HISTORY}/{name} is missing, damaged or out of place"
        yield Finding("history", f"{flaw}; {_repair_command(monitor)} mends it")
    try:
        found = [Finding(one.object, one.message, one.documents) for one in monitor.snapshots.verify()]
        problem = None if found else store_check.find_problem(monitor)
    except StoreError as error:
        found, problem = [Finding("history", str(error))], None
    yield from found
    if problem is not None:
        yield Finding(problem.part, problem.message)
    if found:
        yield Finding("history", recovery_advice(monitor) or _RESTORE)


_RESTORE = "a snapshot is damaged: move the store away, and `monitor restore` it from a backup"


def journal_flaw(monitor: Monitor) -> tuple[str, bool] | None:
    """What is wrong with the journal where a folder was recorded, and whether it names what the history lacks."""
    journal, head = monitor.settings.journal, monitor.snapshots.head()
    if head is None:
        return None
    last = status.last(journal)
    if last is None:
        return "is missing, or no line of it can be read; `monitor run` begins a new one", False
    named = status.newest_named(journal)
    if named is not None and named not in set(_snapshot_ids(monitor)):
        lacks = f"names snapshot {named[:12]}, which the history lacks"
        return f"{lacks}; `monitor recover` keeps it aside", True
    # A run that was cut short, or is at work, has not written the line of the newest snapshot yet.
    own = list(monitor.snapshots.snapshots(""))[-2:]
    if len(own) == 2 and seconds(last.finished_at) < seconds(own[0].recorded_at):
        lacks = f"ends before snapshot {own[0].id[:12]} was recorded"
        return f"{lacks}: lines are lost; `monitor run` goes on with it", False
    return None


def _journal_and_cache(monitor: Monitor) -> Iterator[Finding]:
    ahead = store_check.newest_ahead(monitor, datetime.now(UTC))
    if ahead is not None:
        yield Finding("clock", ahead)
    try:
        flaw, head = journal_flaw(monitor), monitor.snapshots.head()
    except StoreError:  # which was told above
        return
    if flaw is not None:
        yield Finding("journal", flaw[0])
    path = monitor.settings.store.snapshots / SCAN_CACHE
    cached = ScanCache.load(path)
    if head is not None and path.exists() and not (cached.is_sound and cached.head in (None, head)):
        why = "is of another snapshot" if cached.is_sound else "is damaged"
        yield Finding("scan cache", f"{why}; `monitor run` reads every document again and makes it")


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
    live = LedgerWriter(monitor.ledger_database)
    current = fingerprint(**monitor.settings.extract._asdict())
    with suppress(StoreError):  # where it cannot be read, the damage is what there is to say
        if live.fingerprint() not in (None, current):
            yield Finding("ledger", "was made with other rules; `monitor run` or `monitor rebuild` makes it again")
            return
    writable = is_writable(monitor.settings.store.snapshots / LEDGER)
    if found := ledger_damage(monitor.writer.database if writable else monitor.ledger_database):
        yield from (Finding("ledger", flaw) for flaw in found)
        return  # no row of it can be trusted to be found
    wanted, folded = _stable_lists(monitor, live)
    if wanted[: len(folded)] != folded or live.last_number() != len(folded):
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
        yield from _differences(live, fresh) if folded else ()
        database.close()


def _stable_lists(monitor: Monitor, live: LedgerWriter) -> tuple[list[str], list[str]]:
    """The snapshots in the order of the fold, and those that are folded.

    A run is at work for a moment between taking a snapshot and folding it: that is waited for.
    """
    until = monotonic() + PATIENCE
    while True:
        folded = live.folded()
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
    return "`monitor run`" if all(watch.folder.is_dir() for watch in monitor.settings.watched) else "`monitor rebuild`"


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
    """What was done. Where the branch of the snapshots was damaged: why, the snapshot that it went back to, where its
    head is kept, and snapshots known of that are not in it now. `mended` are lines about other parts."""

    damage: str | None = None
    snapshot: Snapshot | None = None
    aside: str | None = None
    left: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()


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
    """Go back to the last good snapshot, and keep the damaged head aside; None where nothing is wrong.

    Reviews that are damaged or another store's are filled again, and another store's journal is put aside.

    RunHeld where the history lacks snapshots that are nowhere in it.
    """
    lock = StoreLock.of_store(settings, "monitor recover")
    lock.acquire(wait)
    with lock, Monitor(settings, lock.pass_fds) as monitor:
        store_check.expect_finished(settings)
        mended = [f"wrote {HISTORY}/{name} again" for name in monitor.snapshots.write_constant_files()]
        problem = _problem(monitor)
        if problem is not None and not problem.held and problem.part != "reviews":
            raise StoreError(problem.message)
        mended += _mend_reviews(monitor, foreign=problem is not None and problem.part == "reviews")
        done = _recover_history(monitor)
        mended += done.mended if done else ()
        if done is None:
            store_check.expect_whole(monitor)
        mended += _mend_journal(monitor)
        sync_branch_locked(monitor)
        if done is not None:
            mended += _settle(monitor, done)
            return replace(done, mended=tuple(mended))
        return RecoveryResult(mended=tuple(mended)) if mended else None


def _problem(monitor: Monitor) -> store_check.Problem | None:
    with suppress(StoreError):  # of a ref that cannot be read, which is what recovering is for
        return store_check.find_problem(monitor)
    return None


def _recover_history(monitor: Monitor) -> RecoveryResult | None:
    recovery = monitor.snapshots.recovery()
    damage = recovery.damage(_cached_head(monitor), deep=True)
    if damage is None:
        problem = _problem(monitor)
        if problem is None or not problem.recoverable:
            return None
        damage = f"the branch of the snapshots lacks {min(problem.lost)[:12]}, which was recorded"
    good = _last_good(monitor)
    if good is None:
        raise StoreError(f"no good snapshot is left to go back to: {damage}; restore a backup")
    left = tuple(one for one in _known(monitor) if one not in set(good.chain))
    monitor.snapshots.writer().abort()  # clears what a killed run left, its locks on the branch too
    aside = recovery.go_back(good.snapshot.id, datetime.now(UTC))
    return RecoveryResult(damage, good.snapshot, aside, left, tuple(recovery.renew_packs()))


def _settle(monitor: Monitor, done: RecoveryResult) -> Iterator[str]:
    """Let the ledger, the reviews and the journal follow the history."""
    try:
        if done.left and (aside := store_check.keep_ledger_aside(monitor)) is not None:
            yield f"the ledger as it was is kept in {aside}"
        catch_up(monitor.snapshots, monitor.writer, options=read_options(monitor.settings))
        store_check.note_record(monitor)
    except StoreError as error:
        yield str(error)
    now, one = datetime.now(UTC), done.snapshot and done.snapshot.id
    with store_errors("writing the journal of the runs"):
        status.append(monitor.settings.journal, Run(now, now, "unchanged", one, message="recovered"))


def _mend_reviews(monitor: Monitor, *, foreign: bool) -> Iterator[str]:
    path = monitor.settings.store.snapshots / REVIEWS_DB
    if monitor.settings.store.ledger != "sqlite" or not path.exists():
        return
    flaws = [] if foreign else list(check_reviews(monitor))
    if any(flaw.rewrite for flaw in flaws):
        kept = monitor.snapshots.recovery().put_aside(REVIEWS, datetime.now(UTC))
        yield f"the damaged branch of the reviews is kept as {kept}, and was written again"
        flaws = list(check_reviews(monitor))
    if not foreign and not any(flaw.refill for flaw in flaws):
        return
    monitor.close()
    aside = store_check.move_aside(path)
    with Monitor(monitor.settings) as again:
        reviews = open_reviews(again)
        if not foreign:
            old = open_database(f"sqlite:///{aside}", reviews=True)
            with suppress(StoreError):
                reviews.adopt(Reviews(old).events_after(0))
            old.close()
        store_check.note_record(again)
        yield f"the reviews were kept aside as {aside}, and new ones have {reviews.last_number():,} events"


def _mend_journal(monitor: Monitor) -> Iterator[str]:
    journal = monitor.settings.journal
    flaw = journal_flaw(monitor)
    if flaw is not None and flaw[1]:
        aside = store_check.aside_of(journal, f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
        journal.replace(aside)
        yield f"the journal was kept aside as {aside}"


def _last_good(monitor: Monitor) -> GoodSnapshot | None:
    return monitor.snapshots.recovery().last_good(_known(monitor))


def _cached_head(monitor: Monitor) -> str | None:
    return ScanCache.load(monitor.settings.store.snapshots / SCAN_CACHE).head


def _known(monitor: Monitor) -> list[str]:
    """The watched folder's snapshots that the ledger, the reviews or the last run know; none where nobody can say."""
    found = [
        one
        for one in [_cached_head(monitor), *sorted(store_check.known_to_reviews(monitor).snapshots)]
        if one is not None
    ]
    try:
        folded = monitor.ledger.snapshots()
    except MonitorError:
        return found
    others = {one.id for one in folded if one.source or one.origin is not None}
    found = [one for one in found if one not in others]
    return list(dict.fromkeys([one.id for one in folded if one.id not in others] + found))
