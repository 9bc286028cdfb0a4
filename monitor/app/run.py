"""One run: take the lock, capture, fold, publish, and write a line to the journal.

If the head is damaged, the error says how to go back to the last good snapshot.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Literal, NamedTuple

from monitor.app import status
from monitor.app.before import run_before
from monitor.app.capture import CaptureResult, DeletionGuard, WatchedFolder, capture_all
from monitor.app.monitor import (
    CONFIGURATION,
    FORGETTING,
    NOTICES_DUE,
    SCAN_CACHE,
    STOPPED,
    Monitor,
    Progress,
    StoreLock,
    expect_writer,
    ledger_is_there,
    never,
    notices_wait,
    silent,
)
from monitor.app.store_check import branch_is_behind, expect_whole, lost_events, newest_ahead, note_record
from monitor.app.watched import folder_of, scan_rules_of
from monitor.config import FILE_NAME, Settings, load
from monitor.errors import RunHeld, StoreError, UsageError
from monitor.ledger.fold_state import is_complete
from monitor.model import Change, Failure, PathAndBlob, Run
from monitor.readers import fingerprint
from monitor.snapshots.files import SettleOptions, read_file, write_new
from monitor.snapshots.git_process import store_errors
from monitor.snapshots.scan_cache import ScanCache

log = logging.getLogger(__name__)


class RunOptions(NamedTuple):
    """The options of one run: `settle` and `wait` in seconds; None means as configured, or now.

    `give_up` is asked while the run waits for the lock: whether it need not wait any longer.
    """

    settle: float | None = None
    taken_at: datetime | None = None
    wait: float = 0
    accept_deletions: bool = False
    accept_history: bool = False
    accept_clock: bool = False
    fan: tuple[int, str | None] = (1, None)  # processes, or the address of a cluster, see `histories.Parallelism`
    give_up: Callable[[], bool] = never


WAIT_FOR_REVIEW = 10.0  # seconds that a run waits where a verdict, and no run, holds the lock


def run(
    settings: Settings, options: RunOptions | None = None, progress: Progress = silent, command: str = "monitor run"
) -> tuple[Run, Sequence[Change]]:
    """Take a snapshot, bring the ledger up to date, publish; the run and its changes in the log's order.

    Raises RunInProgress (another process holds the lock), RunHeld (a person must confirm), StoreError, UsageError. What
    was held or failed is in the journal too.
    """
    options = options or RunOptions()
    started = datetime.now(UTC)
    expect_writer(settings, command)
    _expect_own_configuration(settings)
    failed = run_before(settings)
    lock = StoreLock.of_store(settings, command)
    lock.acquire(options.wait, brief=WAIT_FOR_REVIEW, give_up=options.give_up)
    try:
        _expect_own_configuration(settings)  # the store may have been made just now
        with Monitor(settings, lock.pass_fds) as monitor:
            done, changes = _recorded(monitor, options, started, progress, failed)
            if branch_is_behind(monitor):
                from monitor.app.review_branch import sync_branch_locked

                sync_branch_locked(monitor)
            if options.accept_history:
                note_record(monitor, accept=True)
            elif lost := lost_events(monitor):
                told = f"{lost:,} verdicts and comments that were recorded are lost: `monitor verify` says what to do"
                done = done._replace(message="; ".join(filter(None, (done.message, told))))
        with store_errors("writing the journal of the runs"):
            status.append(settings.journal, done)
    except Exception as error:
        outcome: Literal["held", "failed"] = "held" if isinstance(error, RunHeld) else "failed"
        message = settings.redact(str(error) or repr(error))
        with suppress(OSError):  # what stopped the run may keep its line from being written, too
            status.append(settings.journal, Run(started, datetime.now(UTC), outcome, message=message))
        lock.release()  # a channel that does not answer must not keep others out
        if not isinstance(error, UsageError):
            _report_stop(settings, outcome, message)
        raise
    finally:
        lock.release()
    return _delivered(settings, done, failed), changes


def _expect_own_configuration(settings: Settings) -> None:
    """UsageError where another configuration, which is there still, watches other folders for this store; otherwise
    this one is noted as the store's."""
    noted, own = settings.store.snapshots / CONFIGURATION, os.path.realpath(settings.file or settings.root / FILE_NAME)
    try:
        other = noted.read_text("utf-8", "surrogateescape")
    except OSError:
        other = ""
    if other == own or not settings.store.snapshots.is_dir():
        return
    if other and Path(other).is_file() and _records_here(Path(other), settings):
        raise UsageError(
            f"another configuration, {other}, records other folders in {settings.store.snapshots}: give this one a"
            " store of its own ([store] snapshots), or watch all folders by one, as [watch.NAME]"
        )
    with store_errors("noting which configuration the store has"):
        write_new(noted, own.encode("utf-8", "surrogateescape"))


def _records_here(file: Path, settings: Settings) -> bool:
    """Whether the configuration of this file has the same store, and other folders."""
    try:
        other = load(file.parent, file, {}, {})
    except UsageError:
        return False
    if os.path.realpath(other.store.snapshots) != os.path.realpath(settings.store.snapshots):
        return False
    ours, theirs = (
        {(watch.name, os.path.realpath(watch.folder)) for watch in one.watched} for one in (settings, other)
    )
    return ours != theirs


def _needed(name: str) -> ModuleType:
    """What only some runs need: those with changes or waiting notices, that do not go well, or take something out."""
    return import_module(f"monitor.app.{name}")


def _report_stop(settings: Settings, outcome: Literal["held", "failed"], message: str) -> None:
    """Send the notice that runs are held or fail, where one is due."""
    if any(channel.failures for channel in settings.notify.channels):
        for problem in _needed("stoppage").report_stop(settings, outcome, message):
            log.warning("%s", settings.redact(problem))


def _delivered(settings: Settings, done: Run, failed: Mapping[str, str]) -> Run:
    """Send the notices that are due, now that nobody waits for the lock."""
    messages = [*filter(None, (done.message,))]
    if done.held:
        _report_stop(settings, "held", "; ".join(one.reason for one in done.held))
    elif failed:
        _report_stop(settings, "failed", "; ".join(failed.values()))
    else:
        if (settings.store.snapshots / STOPPED).exists():
            messages += _needed("stoppage").report_recovery(settings)
        if settings.notify.ping is not None:
            messages += _needed("stoppage").ping(settings.notify.ping)
    if (settings.store.snapshots / NOTICES_DUE).exists():
        from monitor.app.notify import deliver

        messages += deliver(settings)
    return done._replace(message="; ".join(messages) or None)


def _recorded(
    monitor: Monitor, options: RunOptions, started: datetime, progress: Progress, failed: Mapping[str, str]
) -> tuple[Run, Sequence[Change]]:
    """A run; where it fails on a damaged head, the error says how to go back to the last good snapshot."""
    try:
        if (monitor.settings.store.snapshots / FORGETTING).exists():  # a `forget` was interrupted
            _needed("retention").finish_forgetting(monitor, progress)
        return _locked_run(monitor, options, started, progress, failed)
    except StoreError as error:
        from monitor.app.maintenance import recovery_advice

        if (offered := recovery_advice(monitor)) is not None:
            raise StoreError(offered) from error
        raise


def _forget_older(monitor: Monitor, started: datetime, progress: Progress) -> str | None:
    """Take out what is older than `[store] keep`, and say so."""
    if monitor.settings.store.keep is None or not _ledger_is_complete(monitor):
        return None
    remark: str | None = _needed("retention").forget_older(monitor, started, progress)
    return remark


def _locked_run(
    monitor: Monitor, options: RunOptions, started: datetime, progress: Progress, failed: Mapping[str, str]
) -> tuple[Run, Sequence[Change]]:
    settings = monitor.settings
    aside = expect_whole(monitor, accept=options.accept_history)
    too_old = _forget_older(monitor, started, progress)
    cache = ScanCache.load(settings.store.snapshots / SCAN_CACHE)
    finished = cache.folded is not None  # the last run came to its end, and so reported what it had found
    captured = _capture(monitor, cache, options, started, failed)
    done = Run(
        *(started, started, "unchanged"),
        failures=captured.failures,
        skipped=captured.skipped,
        held=captured.held,
        message="; ".join(captured.notes) or None,
    )
    mark = _mark(captured, settings)
    changes: Sequence[Change] = ()
    # Nothing new, every document could be read, and the ledger says itself that it holds all: git is not started.
    # The mark alone would not do: it knows nothing of a ledger that was emptied, lost or put back from a copy since.
    if captured.snapshot is not None:
        log.info("snapshot %s recorded", captured.snapshot.id)
    else:
        log.info("nothing to record: the folder holds what the last snapshot does")
        if cache.folded != mark:
            log.info("the scan cache does not say that snapshot %s is folded with these rules", captured.head)
    if captured.snapshot is not None or cache.folded != mark or not _ledger_is_complete(monitor):
        publishing = _needed("publish")
        found = publishing.fold_and_list_changes(monitor, captured.snapshot, progress, options.fan, reported=finished)
        folded, changes, unread, silently = found.folded, found.changes, found.unread, found.silently
        done = done._replace(failures=_all_failures(captured.failures, unread), not_read=tuple(found.not_read))
        if folded:
            done = done._replace(
                outcome="recorded",
                snapshot=folded[-1].id,
                taken_at=folded[-1].taken_at,
                changes=sum(not change.baseline for change in changes),
                baseline=tuple((count.document, count.statements) for count in found.baseline),
            )
            publishing.publish(monitor, found, started)
            problem = publishing.write_feeds_and_notices(monitor, folded, changes, started, sight_of(captured))
            done = _with_message(done, problem)
            monitor.snapshots.pack()
        note_record(monitor)
        if not unread:
            cache.mark_folded(mark)  # at the end: a run that fails before is made good by the next
        log.info("snapshots folded and reported: %d; folded alone: %d", len(folded), silently)
        if silently:
            done = _with_message(done, _refolded_message(silently))
    if done.outcome != "recorded":
        done = _with_message(done, _waiting_notices(monitor, started, captured))
    if settings.evidence.heads is not None and captured.head is not None:
        from monitor.app.evidence import append_head

        append_head(settings.evidence.heads, captured.head, started, settings.evidence.key)
    kept = None if aside is None else f"the ledger as it was is kept in {aside}"
    for remark in (newest_ahead(monitor, started), too_old, kept):
        done = _with_message(done, remark)
    return done._replace(finished_at=datetime.now(UTC)), changes


def _waiting_notices(monitor: Monitor, started: datetime, captured: CaptureResult) -> str | None:
    """Look after notices though nothing changed; what went wrong, in a line."""
    if not monitor.settings.notify.channels or not notices_wait(monitor.settings):
        return None
    problem: str | None = _needed("publish").write_feeds_and_notices(monitor, (), (), started, sight_of(captured))
    return problem


def sight_of(captured: CaptureResult) -> Callable[[str], bool]:
    """Says of a document whether a run looked at it: neither it nor a folder of it failed, or was held."""
    passed_over = {one.path.rstrip("/") for one in (*captured.failures, *captured.held)}
    if any(path.startswith("/") for path in passed_over):  # the one folder that is watched
        return never_seen
    return lambda document: passed_over.isdisjoint((document, *map(str, PurePosixPath(document).parents)))


def never_seen(_document: str) -> bool:
    """Of a run that could not look at all."""
    return False


def _capture(
    monitor: Monitor, cache: ScanCache, options: RunOptions, started: datetime, failed: Mapping[str, str]
) -> CaptureResult:
    settings, hold = monitor.settings, monitor.settings.hold
    folders = [
        WatchedFolder(
            watch.folder,
            watch.name,
            scan_rules_of(settings, watch),
            SettleOptions(watch.settle if options.settle is None else options.settle),
        )
        for watch in settings.watched
    ]
    looked = status.last_good(settings.journal)
    return capture_all(
        folders,
        monitor.snapshots,
        cache,
        recorded_at=started,
        taken_at=options.taken_at,
        when=DeletionGuard(
            hold.deletions, options.accept_deletions, hold.identity == "strict", accept_clock=options.accept_clock
        ),
        continued=lambda vanished, appeared: count_continued(monitor, vanished, appeared),
        last_look=None if looked is None else looked.started_at,
        failed=failed,
    )


def count_continued(monitor: Monitor, vanished: Sequence[PathAndBlob], appeared: Sequence[PathAndBlob]) -> int:
    """How many of the vanished documents continue, by their text, among those that appeared."""
    from monitor.app.read_documents import VersionReader, read_options
    from monitor.core.tracking.documents import similar

    options = read_options(monitor.settings)

    def read(name: str) -> bytes:  # not in the store yet
        watch, path = folder_of(monitor.settings, name)
        return read_file(watch.folder, path) if watch else b""

    with VersionReader(monitor.snapshots.read, options) as reader:
        before = [reader.texts(*place) for place in vanished]
    with VersionReader(read, options) as arrived:
        return len(similar(before, [arrived.texts(path, path) for path, _ in appeared]))


def _with_message(done: Run, message: str | None) -> Run:
    return done._replace(message="; ".join(filter(None, (message, done.message))) or None)


def _all_failures(captured: Sequence[Failure], unread: Sequence[Failure]) -> tuple[Failure, ...]:
    """All failures, a document's once: one that could not be captured keeps the bytes that could not be read."""
    known = {failure.path for failure in captured}
    return (*captured, *(failure for failure in unread if failure.path not in known))


def _refolded_message(snapshots: int) -> str:
    """Snapshots that are no news were folded: the ledger was made again, or made complete."""
    return f"the ledger was brought up to date: {snapshots:,} {'snapshot' if snapshots == 1 else 'snapshots'} folded"


def _ledger_is_complete(monitor: Monitor) -> bool:
    """Whether the ledger holds every snapshot, by its own word. StoreError where it cannot be asked."""
    if not ledger_is_there(monitor.settings):
        log.info("there is no ledger")
        return False
    heads = dict(monitor.snapshots.newest_snapshots())
    complete = is_complete(
        monitor.ledger_database,
        heads,
        fingerprint(**monitor.settings.extract._asdict()),
    )
    if complete:
        log.info("the ledger is complete: it holds the newest snapshot of every source, %d in all", len(heads))
    return complete


def _mark(captured: CaptureResult, settings: Settings) -> str:
    """What the ledger holds once it is up to date: this head, folded by these rules."""
    return f"{captured.head} {fingerprint(**settings.extract._asdict())}"
