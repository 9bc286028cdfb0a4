"""Copy the whole store, also during a run.

A copy holds what nothing can make again: the snapshots, verdicts and notices, the journal, the configuration, the
published heads, and the few rows of the ledger that no fold knows. The ledger itself is left out.

A copy is a folder with `backup.json`, which names every file with its size and SHA-256. Objects never change under
their names and are only added; everything else is written again, into a folder `state-…`. The copy becomes the new one
when `backup.json` is replaced, after every object was read. What only the old copy needs goes after that. So an
interruption leaves the old copy as it was. With `single_file` the same files are in one tar archive.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from monitor.app import status
from monitor.app.backup_files import (
    CONFIGURATION,
    HEADS,
    JOURNAL,
    KEPT_COLUMNS,
    LEDGER_ROWS,
    LOCK,
    MANIFEST,
    OLDER_JOURNAL,
    PARTS,
    STATE,
    Manifest,
    manifest_in,
    open_copy,
)
from monitor.app.evidence import signature_of
from monitor.app.monitor import (
    FORGETTING,
    HISTORY,
    Monitor,
    Progress,
    StoreLock,
    every_snapshot,
    expect_writer,
    ledger_is_there,
    nothing_recorded,
    silent,
)
from monitor.app.store_check import SNAPSHOTS, expect_finished
from monitor.config import REVIEWS_DB, Settings
from monitor.errors import RunHeld, StoreError, UsageError
from monitor.ledger.database import open_database
from monitor.reviews.events import Reviews
from monitor.reviews.outbox import Outbox, PendingChanges
from monitor.reviews.schema import write_mark
from monitor.snapshots.git_objects import FORGOTTEN, IMPORTS, LIVE, STORE
from monitor.snapshots.git_process import store_errors
from monitor.snapshots.history_copy import (
    check_objects,
    copy_objects,
    facts_of,
    read_refs,
    view,
    write_file,
    write_refs,
)
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.writer import sync_folder

_ATTEMPTS = 20


class BackupResult(NamedTuple):
    """What a copy holds now, how many files were written, and what could not be taken along."""

    manifest: Manifest
    snapshots: int
    written: int
    message: str | None = None


def backup(
    settings: Settings,
    target: Path,
    *,
    single_file: bool = False,
    replace: bool = False,
    wait: float = 0,
    progress: Progress = silent,
) -> BackupResult:
    """Make or renew a copy at `target`.

    UsageError where there is no store or no place for a copy, RunHeld where an existing copy holds what the store lacks
    and `replace` does not say that this is meant, RunInProgress where another backup is at work there, StoreError where
    anything fails or is damaged. The last good copy stays in all these cases.
    """
    expect_writer(settings, "monitor backup")
    expect_finished(settings)
    _expect_store(settings)
    target = target.absolute()
    _expect_place(settings, target, single_file=single_file)
    with store_errors(f"the backup to {target}"):
        if single_file:
            return _backup_to_file(settings, target, replace=replace, wait=wait, progress=progress)
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = StoreLock(target / LOCK, "monitor backup")
        lock.acquire(wait)
        with lock:
            return _backup_to_folder(settings, target, manifest_in(target), replace=replace, progress=progress)


def _expect_store(settings: Settings) -> None:
    store = settings.store.snapshots
    if (store / HISTORY).exists():
        return
    if (store / REVIEWS_DB).exists():
        raise StoreError(f"{store / HISTORY} is missing, and there are verdicts: `monitor restore` it from a backup")
    raise nothing_recorded(settings)


def _expect_place(settings: Settings, target: Path, *, single_file: bool) -> None:
    real = Path(os.path.realpath(target))
    watched = [(watch.folder, "the watched folder") for watch in settings.watched]
    for folder, what in ((settings.store.snapshots, "the store"), *watched):
        if real.is_relative_to(os.path.realpath(folder)):
            raise UsageError(f"{target} lies in {what}: name a place outside of {folder}")
    if single_file and target.is_dir():
        raise UsageError(f"{target} is a folder: with --file, name a file")
    if not single_file and target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file: name a folder, or use --file")
    if not single_file and target.is_dir():
        others = {path.name for path in target.iterdir() if not STATE.fullmatch(path.name)}
        begun = others <= {LOCK, HISTORY, f"{MANIFEST}.new"} and not read_refs(target / HISTORY).keys() - {STORE}
        if not begun and not (target / MANIFEST).exists():
            raise UsageError(f"{target} is not empty, and is not a backup: name another folder")


def _backup_to_folder(
    settings: Settings, target: Path, last: Manifest | None, *, replace: bool, progress: Progress
) -> BackupResult:
    """Add to the folder what it lacks; where that fails, what was added is taken out again."""
    try:
        return _renew(settings, target, last, replace=replace, progress=progress)
    except BaseException:
        current = manifest_in(target)  # it may have become the new copy before the failure
        if current is not None:
            _remove_old(target, current)
        else:  # nothing is left of a first copy: it may hold what is being taken out of the store
            for path in (*target.glob("state-*"), target / HISTORY):
                shutil.rmtree(path, ignore_errors=True)
        raise


def _renew(
    settings: Settings, target: Path, last: Manifest | None, *, replace: bool, progress: Progress
) -> BackupResult:
    state = target / f"state-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{os.getpid()}"
    state.mkdir(mode=0o700)
    history, store = target / HISTORY, settings.store.snapshots
    written: list[str] = []

    def copied(name: str) -> None:
        written.append(name)
        progress("objects copied", len(written), None)

    # The heads name snapshots that refs have, and verdicts are on their branch after they are in the database
    _copy_configuration_and_heads(settings, state)
    refs = read_refs(store / HISTORY)
    with Monitor(settings) as monitor:
        events = _copy_reviews(monitor, state)
        _date_reviews(state / REVIEWS_DB, refs)
        message = _copy_ledger_rows(monitor, state, last and target / last.path(LEDGER_ROWS))
    _copy_journal(settings, state)
    if not history.exists():
        GitSnapshots(history).writer().abort()
    objects = copy_objects(store / HISTORY, history, copied)
    with TemporaryDirectory() as place, view(history, objects, refs, Path(place, HISTORY)) as snapshots:
        found = next(check_objects(snapshots, refs), None)
        if found is not None:
            _expect_nothing_removed(store, refs)
            why = f"object {found.object}: {found.message}"
            raise StoreError(f"the history is damaged, and the last good copy was left as it is: {why}")
        if last is not None and not replace:
            _expect_successor(snapshots, store, target, last, refs, events)
        known = {one.id for one in every_snapshot(snapshots)}
    _end_journal(state / JOURNAL, known)
    files = {f"{HISTORY}/{name}": facts for name, facts in objects.items()}
    for part in PARTS:
        facts = facts_of(state / part)
        if facts is not None:
            files[f"{state.name}/{part}"] = facts
    sync_folder(state)
    _expect_nothing_removed(store, refs)
    manifest = Manifest(datetime.now(UTC), str(store), state.name, refs, events, files)
    write_file(target / MANIFEST, io.BytesIO(manifest.to_bytes()))
    _remove_old(target, manifest)
    return BackupResult(manifest, len(known), len(files) - len(objects) + len(written), message)


def _expect_nothing_removed(store: Path, refs: Mapping[str, str]) -> None:
    if (store / FORGETTING).exists() or read_refs(store / HISTORY).get(FORGOTTEN) != refs.get(FORGOTTEN):
        raise StoreError("something was removed from the store for good while it was copied: back it up again")


def _copy_configuration_and_heads(settings: Settings, state: Path) -> None:
    heads = settings.evidence.heads
    wanted = {CONFIGURATION: settings.file}
    if heads is not None:
        wanted |= {HEADS: heads, f"{HEADS}.sig": signature_of(heads)}
    for name, path in wanted.items():
        _copy_if_there(path, state / name)


def _copy_if_there(path: Path | None, place: Path) -> None:
    if path is not None and path.exists():
        with path.open("rb") as file:
            write_file(place, file)


def _copy_reviews(monitor: Monitor, state: Path) -> int:
    """The verdicts and notices as a SQLite database, whatever they are kept in; gives the number of events."""
    settings, place = monitor.settings, state / REVIEWS_DB
    database = open_database(settings.reviews_url, reviews=True, read_only=True)
    try:
        path = database.path
        if path is not None and not path.exists():
            return 0
        if path is not None and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
            writable = open_database(settings.reviews_url, reviews=True)
            writable.copy_to(place)
            writable.close()
        else:  # a server, or a medium that can only be read
            _add_reviews(Reviews(database), place)
        place.chmod(0o600)
    finally:
        database.close()
    copy = open_database(f"sqlite:///{place}", reviews=True, read_only=True)
    try:
        with copy.read_transaction() as transaction:
            if transaction.value("PRAGMA integrity_check") != "ok":
                raise StoreError(f"the reviews {database.path} are damaged: `monitor verify` says what is wrong")
            count: int = transaction.value("SELECT count(*) FROM review_events")
            return count
    finally:
        copy.close()


def _date_reviews(place: Path, refs: Mapping[str, str]) -> None:
    """A run may have come between: of the snapshots, the copy of the reviews knows those that the copy has."""
    if place.exists():
        heads = [commit for name, commit in refs.items() if name == LIVE or name.startswith(IMPORTS)]
        copy = open_database(f"sqlite:///{place}", reviews=True)
        with copy.write_transaction() as transaction:
            write_mark(transaction, SNAPSHOTS, json.dumps(sorted(heads)))
        copy.close()


def _add_reviews(source: Reviews, place: Path) -> None:
    made = open_database(f"sqlite:///{place}", reviews=True)
    add_events(source, Reviews(made))
    made.close()


def add_events(source: Reviews, target: Reviews) -> None:
    """Events in their order, notices in whatever state, and what waits for a notice."""
    target.adopt(source.events_after(0))
    Outbox(target.database).add(Outbox(source.database).in_state(*_NOTICE_STATES))
    PendingChanges(target.database).add_rows(PendingChanges(source.database).rows())


_NOTICE_STATES = ("due", "sending", "uncertain", "sent", "dropped")
"""Every state of a notice, see `outbox`."""


def _expect_successor(
    snapshots: GitSnapshots, store: Path, target: Path, last: Manifest, refs: Mapping[str, str], events: int
) -> None:
    """RunHeld where the copy holds what the store lacks: a store that began again must not replace a good copy."""
    head = last.refs.get(LIVE)
    imports = [name.removeprefix(IMPORTS) for name in last.refs if name.startswith(IMPORTS) and name not in refs]
    if head is not None and head not in {one.id for one in snapshots.snapshots_of("")}:
        lacks = f"snapshot {head[:12]}"
    elif imports:
        lacks = f"the import {imports[0]}"
    elif events < last.events:
        lacks = f"{last.events - events} of {last.events} verdicts and comments"
    else:
        return
    raise RunHeld(
        f"the copy in {target} holds {lacks}, which {store} lacks: it was left as it is; restore it, name another "
        "target, or go on with --replace"
    )


def _copy_ledger_rows(monitor: Monitor, state: Path, last: Path | None) -> str | None:
    """The rows that no fold makes again; where the ledger cannot be read, those of the copy before."""
    if not ledger_is_there(monitor.settings):
        _copy_if_there(last, state / LEDGER_ROWS)
        return None
    lines = []
    try:
        with monitor.ledger_database.read_transaction() as transaction:
            for table, columns in KEPT_COLUMNS.items():
                if transaction.has_table(table):
                    names = ", ".join(f'"{column}"' for column in columns)
                    rows = transaction.rows(f"SELECT {names} FROM {table} ORDER BY {names}")
                    lines += [json.dumps([table, *row]) + "\n" for row in rows]
    except StoreError as error:
        _copy_if_there(last, state / LEDGER_ROWS)
        return f"former ids of statements are as in the copy before: {monitor.settings.redact(str(error))}"
    write_file(state / LEDGER_ROWS, io.BytesIO("".join(lines).encode("ascii")))
    return None


def _copy_journal(settings: Settings, state: Path) -> None:
    """Both files of the journal: again, where the older one was replaced meanwhile."""
    older = settings.journal.with_name(OLDER_JOURNAL)
    for _ in range(_ATTEMPTS):
        before = _inode(older)
        _copy_if_there(older, state / OLDER_JOURNAL)
        _copy_if_there(settings.journal, state / JOURNAL)
        if _inode(older) == before:
            return


def _end_journal(path: Path, known: Collection[str]) -> None:
    """Take off the end of the copied journal what tells of snapshots that came while the copy was made."""
    if not path.exists():
        return
    lines = path.read_bytes().splitlines(keepends=True)
    end = len(lines)
    for at in range(end - 1, -1, -1):
        named = status.named_snapshot(lines[at])
        if named in known:
            break
        if named is not None:
            end = at
    if end < len(lines):
        write_file(path, io.BytesIO(b"".join(lines[:end])))


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _remove_old(target: Path, manifest: Manifest) -> None:
    """Let the repository have the new refs, and remove what only the copy before needs."""
    write_refs(target / HISTORY, manifest.refs)
    for path in target.glob("state-*"):
        if path.name != manifest.state:
            shutil.rmtree(path, ignore_errors=True)
    for path in (target / HISTORY / "objects").rglob("*"):
        if path.is_file() and path.relative_to(target).as_posix() not in manifest.files:
            path.unlink()


# --- one file -----------------------------------------------------------------------------------


def _backup_to_file(
    settings: Settings, target: Path, *, replace: bool, wait: float, progress: Progress
) -> BackupResult:
    """A copy is made beside the file, checked, moved into an archive file by file, and put in the file's place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staging, archive = target.with_name(f"{target.name}.parts"), target.with_name(f"{target.name}.new")
    lock = StoreLock(target.with_name(f"{target.name}.lock"), "monitor backup")
    lock.acquire(wait)
    try:
        last = None
        if target.exists():
            with open_copy(target) as copy:
                last = copy.manifest
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        result = _backup_to_folder(settings, staging, last, replace=replace, progress=progress)
        manifest = result.manifest
        handle = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as made:
                for name in (MANIFEST, *manifest.files):
                    made.add(staging / name, name, recursive=False, filter=_anonymous)
                    (staging / name).unlink()  # the space of one copy is enough
            file.flush()
            os.fsync(file.fileno())
        with open_copy(archive) as copy:
            copy.check()
        archive.replace(target)
        sync_folder(target.parent)
        return result
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        archive.unlink(missing_ok=True)
        lock.release()


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
