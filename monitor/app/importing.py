"""`monitor import`: a history that exists becomes snapshots on a ref of its own, and the ledger catches up.

Nothing of it is announced. An import is made of batches, each there as a whole or not at all, so that an interrupted
one goes on where it stopped; importing again takes what is new behind the last commit that was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.app.documents import how_of
from monitor.app.executors import HERE, Fan, executor_of
from monitor.app.fold import catch_up
from monitor.app.import_git import take_commits
from monitor.app.import_history import dated_folders, take_folders
from monitor.app.import_target import ImportOptions, Target, target_of
from monitor.app.monitor import StoreLock
from monitor.app.progress import Progress, silent
from monitor.app.unfolded import announce_unfolded, delivered
from monitor.app.wiring import LOCK, Monitor
from monitor.config import Settings
from monitor.errors import MonitorError, UsageError
from monitor.model import Snapshot
from monitor.snapshots.foreign_repository import find_repository
from monitor.snapshots.history_import import open_bundle

__all__ = ["ImportOptions", "ImportResult", "import_history"]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import came to: its source's new and all snapshots, and a line for each sort of thing left out."""

    name: str
    new: int
    snapshots: tuple[Snapshot, ...]
    oddities: tuple[str, ...] = ()
    failed: int = 0  # documents of which a version could not be had
    told: int = 0  # changes of a run that was cut short, which were announced first
    message: str | None = None  # what went wrong with announcing them


def import_history(
    settings: Settings,
    source: Path,
    options: ImportOptions | None = None,
    progress: Progress = silent,
    wait: float = 0,
    fan: Fan = HERE,
) -> ImportResult:
    """Take over a repository, a bundle or a series of dated folders, and fold it into the ledger.

    UsageError where the source is none of them or does not go with what is there; StoreError where it is damaged: what
    stands before the damage is imported then. RunInProgress where another process holds the lock.
    """
    options = options or ImportOptions()
    started = datetime.now(UTC)
    if not source.exists():
        raise UsageError(f"{source} is not there: name a git repository, a bundle, or a folder of dated folders")
    lock = StoreLock(settings.store.snapshots / LOCK, "monitor import")
    lock.acquire(wait)
    with lock, Monitor(settings, lock.pass_fds) as monitor:
        target = target_of(monitor, source, options, started)
        announced = announce_unfolded(monitor, started, progress)
        before = len(list(monitor.snapshots.of_ref(target.name)))
        problem = _take(monitor, source, target, options, progress)
        snapshots = tuple(monitor.snapshots.of_ref(target.name))
        if len(snapshots) > before:
            monitor.snapshots.pack()
        with executor_of(fan) as executor:
            catch_up(monitor.snapshots, monitor.writer, progress, how_of(settings), executor)
    announced = delivered(settings, announced)
    if problem is not None:
        raise problem
    oddities = tuple(target.oddities.told())
    return ImportResult(target.name, len(snapshots) - before, snapshots, oddities, len(target.failed), *announced)


def _take(
    monitor: Monitor, source: Path, target: Target, options: ImportOptions, progress: Progress
) -> MonitorError | None:
    """Bring the snapshots in; what stopped it on the way, if anything did."""
    found = open_bundle(source) or find_repository(source)
    if found is not None:
        return take_commits(monitor.snapshots, found, target, options, progress)
    folders = dated_folders(source, monitor.settings.zone)
    if folders:
        return take_folders(monitor.snapshots, folders, target, options, progress)
    raise UsageError(
        f"{source} is neither a git repository nor a bundle, and holds no folder that is named by a date (2026-01-31, "
        "2026-01-31T08-00)"
    )
