"""Bring a store back from a copy that `backup` made.

Everything is put together and checked in a folder `restore.new` in the store's folder, and then moved into its place;
the history comes last. A restore that was interrupted before that can be made again, one that was interrupted after it
lacks the ledger only, which the next run makes. Nothing that is there is ever overwritten.
"""

from __future__ import annotations

import io
import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from monitor.app.backup import add_events
from monitor.app.backup_files import (
    CONFIGURATION,
    HEADS,
    JOURNAL,
    KEPT_COLUMNS,
    LEDGER_ROWS,
    OLDER_JOURNAL,
    Copy,
    open_copy,
)
from monitor.app.evidence import signature_of
from monitor.app.histories import ONE_PROCESS, Parallelism
from monitor.app.maintenance import rebuild
from monitor.app.monitor import CONFIGURATION as WATCHED_BY
from monitor.app.monitor import (
    HISTORY,
    LOCK,
    RESTORING,
    REVIEWS_WAITING,
    SCAN_CACHE,
    STOPPED,
    WATCH_LOCK,
    Monitor,
    Progress,
    StoreLock,
    expect_writer,
    open_monitor,
    silent,
)
from monitor.app.notify import LOCK as NOTICES_LOCK
from monitor.app.review_branch import sync_branch
from monitor.config import LEDGER, REVIEWS_DB, Settings
from monitor.errors import StoreError, UsageError
from monitor.ledger.database import Database, open_database
from monitor.ledger.schema import create_kept
from monitor.model import Counts
from monitor.reviews.events import Reviews
from monitor.reviews.outbox import Outbox
from monitor.snapshots.files import touch
from monitor.snapshots.git_process import store_errors
from monitor.snapshots.history_copy import FileFacts, check_objects, write_file, write_refs
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan_cache import ScanCache
from monitor.snapshots.writer import sync_folder

_LOCKS = {LOCK, WATCH_LOCK, NOTICES_LOCK}
_FILES = {
    REVIEWS_WAITING, SCAN_CACHE, JOURNAL, OLDER_JOURNAL, STOPPED, WATCHED_BY,
    *(f"{name}{suffix}" for name in (REVIEWS_DB, LEDGER) for suffix in ("", "-wal", "-shm")),
}  # fmt: skip
_UNSURE = "due when the backup was made; it may have been sent since"


class RestoreResult(NamedTuple):
    """What the store holds now, and which files were there already and were kept."""

    settings: Settings
    counts: Counts
    events: int
    kept: tuple[Path, ...]


def restore(
    source: Path,
    file: Path,
    load: Callable[[], Settings],
    progress: Progress = silent,
    fan: Parallelism = ONE_PROCESS,
) -> RestoreResult:
    """Bring back the store from the copy at `source`, and make its ledger.

    `file` is where the configuration goes unless there is one; `load` gives the settings after that, which say where
    the store lies. UsageError where `source` is no copy or there is a store already, StoreError where the copy is
    damaged: then nothing was restored.
    """
    with open_copy(source) as copy, store_errors("the restore"), _configuration(copy, file) as kept:
        settings = load()
        expect_writer(settings, "monitor restore")
        place = settings.store.snapshots
        _expect_no_store(settings)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with StoreLock(place / LOCK, "monitor restore"):
            _expect_no_store(settings)
            _remove_interrupted(place)
            staging = place / RESTORING
            staging.mkdir(mode=0o700)
            try:
                _stage(copy, staging)
            except BaseException:
                shutil.rmtree(staging, ignore_errors=True)
                raise
            kept += _put_in_place(settings, staging)
    counts = rebuild(settings, progress, fan=fan).counts
    sync_branch(settings)
    return RestoreResult(settings, counts, copy.manifest.events, tuple(kept))


@contextmanager
def _configuration(copy: Copy, file: Path) -> Iterator[list[Path]]:
    """The copy's configuration as `file`, for good where the block ends well; gives the files that were kept."""
    data = copy.part(CONFIGURATION)
    if data is None:
        yield []
        return
    if file.exists():
        yield [file]
        return
    write_file(file, io.BytesIO(data))
    try:
        yield []
    except BaseException:
        file.unlink()
        raise


def _expect_no_store(settings: Settings) -> None:
    """UsageError where anything of a store is there; what an interrupted restore left is none."""
    place = settings.store.snapshots
    names = {path.name for path in place.iterdir()} if place.exists() else set[str]()
    free = _LOCKS | (_FILES | {RESTORING} if RESTORING in names and HISTORY not in names else set())
    for name in sorted(names - free):
        raise UsageError(
            f"{place} holds a store already ({name}): nothing is overwritten; move it away, or restore in another "
            "folder with -C"
        )
    if settings.store.ledger != "sqlite":
        with open_monitor(settings) as monitor:
            if monitor.writer.folded() or monitor.reviews.last_number():
                raise UsageError(
                    "the database of [store] ledger holds a store already: nothing is overwritten; name an empty one"
                )


def _remove_interrupted(place: Path) -> None:
    shutil.rmtree(place / RESTORING, ignore_errors=True)
    for name in _FILES:
        (place / name).unlink(missing_ok=True)


def _stage(copy: Copy, staging: Path) -> None:
    """Write every file below `staging`, and check all that the refs name."""
    history = GitSnapshots(staging / HISTORY)
    history.writer().abort()
    manifest = copy.manifest

    def take(name: str, file: IO[bytes]) -> FileFacts:
        path = staging / name.removeprefix(f"{manifest.state}/")
        path.parent.mkdir(exist_ok=True)
        return write_file(path, file)

    copy.read(take)
    write_refs(staging / HISTORY, manifest.refs)
    found = next(check_objects(history, manifest.refs), None)
    history.close()
    if found is not None:
        raise StoreError(f"the backup is damaged: object {found.object}: {found.message}")


def _put_in_place(settings: Settings, staging: Path) -> list[Path]:
    """Move everything into its place, the history last; gives the files that were there and were kept."""
    place = settings.store.snapshots
    kept = list(_restore_heads(settings, staging))
    with Monitor(settings) as monitor:
        if (staging / REVIEWS_DB).exists():
            _restore_reviews(monitor, staging / REVIEWS_DB)
            touch(place / REVIEWS_WAITING)
        if (staging / LEDGER_ROWS).exists():
            _restore_ledger_rows(open_database(settings.ledger_url), (staging / LEDGER_ROWS).read_bytes())
    for name in (JOURNAL, OLDER_JOURNAL):
        if (staging / name).exists():
            (staging / name).replace(place / name)
    ScanCache(place / SCAN_CACHE).save()  # empty: the next run reads every document
    sync_folder(place)
    (staging / HISTORY).rename(place / HISTORY)
    sync_folder(place)
    shutil.rmtree(staging)
    return kept


def _restore_reviews(monitor: Monitor, file: Path) -> None:
    """The verdicts, and the notices; of those that were due nobody knows whether they were sent since."""
    database = open_database(f"sqlite:///{file}", reviews=True)
    reviews = Reviews(database)
    Outbox(database).strand(_UNSURE, ("due", "sending"))
    if monitor.settings.store.ledger == "sqlite":
        database.close()
        file.replace(monitor.settings.store.snapshots / REVIEWS_DB)
    else:
        add_events(reviews, monitor.reviews)
        database.close()


def _restore_ledger_rows(database: Database, data: bytes) -> None:
    rows = defaultdict[str, list[tuple[object, ...]]](list)
    for line in data.splitlines():
        table, *row = json.loads(line)
        rows[table].append(tuple(row))
    if rows:
        with database.write_transaction() as transaction:
            create_kept(transaction)
            for table, columns in KEPT_COLUMNS.items():
                transaction.copy_in(table, columns, rows[table])
    database.close()


def _restore_heads(settings: Settings, staging: Path) -> Iterator[Path]:
    """The published heads: a file of them that is there may name newer ones, and is kept."""
    heads = settings.evidence.heads
    if heads is None or not (staging / HEADS).exists():
        return
    if heads.exists():
        yield heads
        return
    heads.parent.mkdir(parents=True, exist_ok=True)
    for path, name in ((signature_of(heads), f"{HEADS}.sig"), (heads, HEADS)):
        if (staging / name).exists():
            with (staging / name).open("rb") as file:
                write_file(path, file)
