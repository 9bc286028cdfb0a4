"""The stores of one configuration, each opened on first use, and the lock that lets one process write at a time.

Also here: names of documents (an import's paths are prefixed with its source), progress reports, and `relaxed_gc`.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import grp
import json
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from monitor.config import LEDGER, REVIEWS_DB, Settings
from monitor.errors import ConfigError, RunInProgress, StoreError, UsageError
from monitor.model import FileVersion, Snapshot, Tombstone
from monitor.ports import SnapshotStore
from monitor.snapshots.git_objects import FORGOTTEN, STORE, read_ref, read_sources

if TYPE_CHECKING:  # each store is imported when it is first used
    from monitor.ledger.database import Database
    from monitor.ledger.queries import LedgerQueries
    from monitor.ledger.statistics import LedgerStatistics
    from monitor.ledger.writer import LedgerWriter
    from monitor.reviews.events import Reviews
    from monitor.reviews.facts import ReviewFacts
    from monitor.snapshots.repository import GitSnapshots


def document_name(source: str, path: str) -> str:
    """The name of the document at a path of a source; the watched folder's have no name before them."""
    return f"{source}/{path}" if source else path


def documents_at(store: SnapshotStore, snapshot: Snapshot) -> Mapping[str, FileVersion]:
    """Every document of a snapshot, by its name."""
    manifest = store.manifest(snapshot.id)
    return (
        {document_name(snapshot.source, path): version for path, version in manifest.items()}
        if snapshot.source
        else manifest
    )


Progress = Callable[[str, int, int | None], None]


def silent(_what: str, _done: int, _total: int | None) -> None:
    """For callers that nobody watches."""


def _share_databases(folder: Path) -> None:
    """Let a group that may write to the store's folder write to its databases; SQLite makes them for their owner."""
    with contextlib.suppress(OSError):
        if folder.stat().st_mode & 0o020:
            for path in (folder / LEDGER, folder / REVIEWS_DB):
                mode = path.stat().st_mode
                if not mode & 0o020:
                    path.chmod(mode & 0o7777 | 0o060)


_usual_umask: list[int] = []


def keep_private(folder: Path) -> None:
    """Give new files of this process the rights for group and others that the store's folder has; a new folder is its
    owner's alone, and nothing can be written by everybody."""
    try:
        mode = folder.stat().st_mode
    except OSError:
        mode = 0o700
    if not _usual_umask:
        _usual_umask.append(os.umask(0o077))
    os.umask((0o077 & ~mode) | 0o002)


def share_with_group(folder: Path, name: str) -> None:
    """Make the store's folder, and what is in it, the group's too, where it is not yet; new files follow the folder.

    ConfigError where there is no such group, StoreError where this account may not give the folder to it.
    """
    try:
        number = grp.getgrnam(name).gr_gid
    except KeyError:
        raise ConfigError(f"[store] group {name!r}: this machine has no such group") from None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
        if found.st_gid == number and found.st_mode & 0o2070 == 0o2070:
            return
        for place, _, files in os.walk(
            folder, topdown=False
        ):  # the folder itself comes last, and says that all is done
            for path in (*(Path(place, file) for file in files), Path(place)):
                if not path.is_symlink():
                    shutil.chown(path, group=number)
                    mode = path.stat().st_mode & 0o7700
                    path.chmod(mode | (mode & 0o700) >> 3 | (0o2000 if path.is_dir() else 0))
    except OSError as error:
        raise StoreError(
            f"[store] group {name!r}: {error.filename or folder}: {error.strerror}; the owner of the store must be a"
            " member of the group"
        ) from None
    if _usual_umask:
        keep_private(folder)


def end_privacy() -> None:
    """Give new files the usual rights again."""
    if _usual_umask:
        os.umask(_usual_umask.pop())


@contextmanager
def usual_rights() -> Iterator[None]:
    """For what is written for others: reports, feeds and published heads. In programs of one thread."""
    if not _usual_umask:
        yield
        return
    private = os.umask(_usual_umask[0])
    try:
        yield
    finally:
        os.umask(private)


def never() -> bool:
    """For a wait that nothing ends early."""
    return False


REVIEW = "monitor review"  # as the lock names who brings verdicts to their branch, also for the web page
_PAUSE = 0.05  # seconds between two attempts
_PROCESSES = Path("/proc")
_LONGEST_COMMAND = 200  # characters that a message shows


def holders(path: Path) -> dict[int, str]:
    """The processes that really hold the lock at `path`, with their command lines; none where the system tells nothing.

    The kernel's own list names the process that took the lock, which may have ended while a child of it still holds it.
    """
    try:
        inode = path.stat().st_ino
        pids = [int(entry.name) for entry in _PROCESSES.iterdir() if entry.name.isdecimal()]
    except OSError:
        return {}
    return {pid: _command_line(pid) or path.name for pid in pids if _holds(pid, inode)}


def process_namespace() -> str:
    """Which processes this one can see: those of a container see each other alone. Empty where the system has none."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _holds(pid: int, inode: int) -> bool:
    """Whether a process has a handle with the lock on it; one that may not be looked at is taken to have none."""
    with contextlib.suppress(OSError):
        for handle in (_PROCESSES / str(pid) / "fdinfo").iterdir():
            with contextlib.suppress(OSError):  # closed meanwhile
                lines = handle.read_text("ascii", "replace").splitlines()
                # `lock:  1: FLOCK  ADVISORY  WRITE 4711 08:01:131072 0 EOF`
                if any(line.startswith("lock:") and "FLOCK" in line and f":{inode} " in line for line in lines):
                    return True
    return False


def _command_line(pid: int) -> str:
    try:
        text = (_PROCESSES / str(pid) / "cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
    return " ".join(text.replace("\0", " ").split())[:_LONGEST_COMMAND]


class StoreLock:
    """The lock file at `path`. It is free when its holder, and every git process that inherited it, has ended.

    The file stays: taking it away would let two processes lock two files of one name. What it holds (process, command,
    since) is for people; the lock itself is the kernel's, so a killed run leaves none behind.
    """

    def __init__(self, path: Path, command: str = "monitor") -> None:
        self._path, self._command = path, command
        self._handle: int | None = None

    def __enter__(self) -> Self:
        if self._handle is None:
            self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    @classmethod
    def of_store(cls, settings: Settings, command: str) -> Self:
        """The lock that lets one process write to the store; UsageError on a host that reads alone."""
        expect_writer(settings, command)
        if settings.store.group is not None:
            share_with_group(settings.store.snapshots, settings.store.group)
        return cls(settings.store.snapshots / LOCK, command)

    @property
    def pass_fds(self) -> tuple[int, ...]:
        """The handles that a child must inherit to hold the lock as long as it lives."""
        return () if self._handle is None else (self._handle,)

    def acquire(
        self,
        wait: float = 0,
        sleep: Callable[[float], None] = time.sleep,
        *,
        brief: float = 0,
        give_up: Callable[[], bool] = never,
    ) -> None:
        """Take the lock, waiting up to so many seconds; RunInProgress names the holder where it stays taken.

        For a holder that only brings verdicts to their branch it waits `brief` seconds at least. It ends the wait where
        `give_up` says so.
        """
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        except OSError as error:
            why = "it is a symbolic link; remove it" if self._path.is_symlink() else error.strerror
            raise StoreError(f"the lock {self._path} cannot be opened: {why}") from None
        try:
            self._wait_for(handle, wait, brief, sleep, give_up)
            holder = {
                "pid": os.getpid(),
                "command": self._command,
                "since": datetime.now(UTC).isoformat(" ", "seconds"),
                "namespace": process_namespace(),
            }
            with contextlib.suppress(OSError):  # a full disk: the lock holds, only its holder's name is not told
                os.ftruncate(handle, 0)
                os.pwrite(handle, json.dumps(holder).encode("ascii") + b"\n", 0)
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle

    def release(self) -> None:
        """Let go of it; children that inherited it keep it until they end."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _wait_for(
        self, handle: int, wait: float, brief: float, sleep: Callable[[float], None], give_up: Callable[[], bool]
    ) -> None:
        start = time.monotonic()
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                seconds = max(wait, brief if self._named(handle).get("command") == REVIEW else 0)
                left = start + seconds - time.monotonic()
                if left <= 0 or give_up():
                    raise RunInProgress(self._holder(handle)) from None
                sleep(min(_PAUSE, left))

    @staticmethod
    def _named(handle: int) -> dict[str, object]:
        """What the holder said of itself; nothing where that cannot be read."""
        try:
            content = json.loads(os.pread(handle, 4096, 0))
        except (ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}

    def _holder(self, handle: int) -> str:
        found = holders(self._path)
        try:
            content = self._named(handle)
            who = f"pid {content['pid']}, `{content['command']}`, since {content['since']}"
            if found and content["pid"] not in found:
                pid, command = min(found.items())
                who = f"pid {pid}, `{command}`, left behind by a run that has ended ({who})"
        except (ValueError, LookupError, TypeError):
            who = " and ".join(f"pid {pid}, `{command}`" for pid, command in sorted(found.items()))
            who = who or "its process is not known yet"
        return f"another run holds the lock: {who}; wait for it with --wait SECONDS"


HISTORY = "history.git"
LOCK = "lock"
WATCH_LOCK = "watch.lock"  # held as long as a `watch` lives; LOCK is held during each run
SCAN_CACHE = "scan.cache"
# Each says by being there that something waits, so that an idle run need not open a database to know.
REVIEWS_WAITING = "reviews.waiting"
REVIEWS_TAKEN = "reviews.taken"  # the same, by somebody who has begun to do what waits
NOTICES_DUE = "notices.due"
NOTICES_WAITING = "notices.waiting"  # for a digest, or for another look
NOTICES_UNCONFIRMED = "notices.unconfirmed"  # changes wait for another look
CONFIGURATION = "watched.by"  # the path of the file by which the last run was made
FORGETTING = "forgetting.json"  # a `forget` is under way; see `forget`
RESTORING = "restore.new"  # a folder: a `restore` is under way, or was interrupted; see `restore`
STOPPED = "stopped.json"  # no run has gone well since a while; see `stoppage`


def reviews_wait(settings: Settings) -> bool:
    """Whether events of reviewing may stand in their database and not yet on their branch."""
    return any((settings.store.snapshots / name).exists() for name in (REVIEWS_WAITING, REVIEWS_TAKEN))


def notices_wait(settings: Settings) -> bool:
    """Whether a run that found nothing must look after notices: of a digest, or of a change that must still hold."""
    waiting = (settings.store.snapshots / NOTICES_WAITING).exists()
    return waiting or any(one.empty or one.quiet or one.noisy for one in settings.notify.channels)


def expect_writer(settings: Settings, command: str) -> None:
    """UsageError on a host that reads and reviews in the database of another one."""
    if settings.store.role == "reader":
        raise UsageError(f"{command}: {READER}")


READER = 'this host has no history ([store] role = "reader"): the bytes are on the host that runs the monitor'


def store_is_there(settings: Settings) -> bool:
    """Whether anything was recorded here, or is about to be: a folder that was only made is no store."""
    store = settings.store.snapshots
    if settings.store.role == "reader":
        return True
    return any((store / name).exists() for name in (HISTORY, LEDGER, REVIEWS_DB)) or bool(
        holders(store / LOCK) or holders(store / WATCH_LOCK)
    )


def nothing_recorded(settings: Settings) -> UsageError:
    """The error of a command where there is no store to work on."""
    store = settings.store.snapshots
    return UsageError(f"nothing is recorded in {store}: `monitor run` begins it, or -C names another folder")


def ledger_is_there(settings: Settings) -> bool:
    """Whether there is a ledger to open: opening one in SQLite makes it. A server's is taken for granted."""
    return settings.store.ledger != "sqlite" or _is_filled(settings.store.snapshots / LEDGER)


def _is_filled(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def is_writable(path: Path) -> bool:
    """Whether a SQLite database can be written to, or made: its folder has files beside it then."""
    folder = next(place for place in path.parents if place.exists())
    return os.access(folder, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


_WRITTEN = ("_database", "_reviews_database")
NEWEST = "SELECT snapshot FROM folds WHERE seq IN (SELECT max(seq) FROM folds GROUP BY source)"
_DATABASES = (*_WRITTEN, "ledger_database", "_reviews_reader")


class ReviewState(NamedTuple):
    """How far something was done, by its name, and the number of the newest event, 0 where there is none."""

    marks: Mapping[str, str]
    last: int


class Monitor:
    """Everything that reads or writes the stores goes through one of these; close it, or use it in a `with`."""

    def __init__(self, settings: Settings, lock_fds: tuple[int, ...] = ()) -> None:
        self.settings = settings
        self._lock_fds = lock_fds  # git's processes hold the lock too, should they outlive us

    @cached_property
    def snapshots(self) -> GitSnapshots:
        """UsageError on a host that reads alone."""
        from monitor.snapshots.repository import GitSnapshots

        if self.settings.store.role == "reader":
            raise UsageError(READER)
        return GitSnapshots(self.settings.store.snapshots / HISTORY, pass_fds=self._lock_fds)

    @cached_property
    def writer(self) -> LedgerWriter:
        from monitor.ledger.writer import LedgerWriter

        return LedgerWriter(self._database)

    @cached_property
    def ledger(self) -> LedgerQueries:
        from monitor.ledger.queries import LedgerQueries

        return LedgerQueries(self._own_ledger, self.removed)

    def tombstones(self, name: str | None = None) -> list[Tombstone]:
        """What was removed by request; of one document, by a name or its id, where `name` says so."""
        if read_ref(self.settings.store.snapshots / HISTORY, FORGOTTEN) is None:
            return []
        found = self.snapshots.tombstones()
        return found if name is None else [one for one in found if name in (one.document_id, one.document, *one.names)]

    def removed(self, name: str) -> str | None:
        """That what had this name or id was removed by request; None where nothing like that was."""
        by_name = self.tombstones(name)
        by_id = (one for one in self.tombstones() if len(name) > 3 and any(id_.startswith(name) for id_ in one.ids))
        found = next(iter(by_name[::-1]), None) or next(by_id, None)
        return found and found.text

    @cached_property
    def reviews(self) -> Reviews:
        """StoreError where they are another store's."""
        from monitor.reviews.events import Reviews

        self._expect_own_reviews()
        return Reviews(self._reviews_database)

    @cached_property
    def facts(self) -> ReviewFacts:
        from monitor.reviews.facts import ReviewFacts

        return ReviewFacts(self._own_ledger)

    @cached_property
    def pages(self) -> LedgerStatistics:
        from monitor.ledger.statistics import LedgerStatistics

        return LedgerStatistics(self._own_ledger)

    @cached_property
    def _own_ledger(self) -> Database:
        """StoreError where it is another store's."""
        with self.ledger_database.read_transaction() as transaction:
            there = transaction.has_table("meta")
            store = transaction.value("SELECT value FROM meta WHERE name = 'store'") if there else None
        self._expect_own(LEDGER, store)
        return self.ledger_database

    def _expect_own(self, name: str, store: str | None) -> None:
        own = read_ref(self.settings.store.snapshots / HISTORY, STORE)
        if store and own and store != own:
            place = self.settings.store.snapshots / name
            what = place if self.settings.store.ledger == "sqlite" else "the database of [store] ledger"
            raise StoreError(f"{what} is another store's than the history: `monitor verify` says what to do")

    @cached_property
    def _reviews_database(self) -> Database:
        path = self.settings.store.snapshots / REVIEWS_DB
        return _open_database(self.settings.reviews_url, reviews=True, read_only=not is_writable(path))

    def review_state(self) -> ReviewState | None:
        """What the database of reviews says of itself; None where there is none, StoreError where it cannot be read."""
        if self.settings.store.ledger == "sqlite" and not _is_filled(self.settings.store.snapshots / REVIEWS_DB):
            return None
        with self._reviews_reader.read_transaction() as transaction:
            if not transaction.has_table("review_marks"):
                return None
            marks: dict[str, str] = dict(transaction.rows("SELECT name, value FROM review_marks"))
            return ReviewState(marks, transaction.value("SELECT max(number) FROM review_events") or 0)

    @cached_property
    def _reviews_reader(self) -> Database:
        return _open_database(self.settings.reviews_url, reviews=True, read_only=True)

    @property
    def reviews_to_read(self) -> Database:
        """The reviews to those who ask: nothing is made or written. StoreError where they are another store's."""
        self._expect_own_reviews()
        return self._reviews_reader

    def _expect_own_reviews(self) -> None:
        state = self.review_state()
        self._expect_own(REVIEWS_DB, state and state.marks.get("store"))

    @cached_property
    def _database(self) -> Database:
        return _open_database(self.settings.ledger_url)

    @cached_property
    def ledger_database(self) -> Database:
        """The same to those who ask: who may read the file alone is answered, and no ledger is made by a question."""
        return _open_database(self.settings.ledger_url, read_only=True)

    def known_snapshots(self) -> Sequence[Snapshot]:
        """All snapshots: those of the history, and on a host that reads alone those of the ledger."""
        return self.ledger.snapshots() if self.settings.store.role == "reader" else every_snapshot(self.snapshots)

    def known_sources(self) -> Collection[str]:
        """The names of all sources that have a snapshot; that of the watched folder is empty."""
        if self.settings.store.role == "reader":
            return dict.fromkeys(one.source for one in self.ledger.snapshots())
        return self.snapshots.newest_snapshots().keys()

    def ledger_is_current(self) -> bool:
        """Whether the ledger's newest snapshots are the history's; costs a query and a look at the refs.

        A host that reads alone cannot tell: the one that makes the runs does.
        """
        if self.settings.store.role == "reader":
            return True
        store = self.settings.store.snapshots
        heads = set(read_sources(store / HISTORY).values())
        if (store / FORGETTING).exists() or not ledger_is_there(self.settings):
            return False
        with self.ledger_database.read_transaction() as transaction:
            if not transaction.has_table("folds"):
                return False
            if transaction.value("SELECT count(*) < max(seq) FROM folds"):
                return False
            newest = set(transaction.values(NEWEST))
            given = {"heads": sorted(heads - newest)}
            return newest <= heads and len(given["heads"]) == transaction.value(
                "SELECT count(*) FROM folds WHERE snapshot IN (:heads)", given
            )

    def another(self) -> Self:
        """The same once more, for another thread: git's processes are its own, the databases are shared."""
        other = type(self)(self.settings, self._lock_fds)
        other.__dict__.update((name, getattr(self, name)) for name in _DATABASES)
        return other

    def purge(self) -> None:
        """Let the databases hold no page, index or statistics of what was deleted, and no ledger kept aside."""
        self._database.purge()
        if self.settings.store.ledger == "sqlite":
            self._reviews_database.purge()

    def close(self) -> None:
        for database in _DATABASES:
            if database in self.__dict__:
                getattr(self, database).close()
        if "snapshots" in self.__dict__:
            self.snapshots.close()
        if not self.__dict__.keys().isdisjoint(_WRITTEN):
            _share_databases(self.settings.store.snapshots)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_monitor(settings: Settings) -> Monitor:
    """The stores of these settings; nothing is opened or made yet."""
    return Monitor(settings)


def every_snapshot(store: SnapshotStore) -> list[Snapshot]:
    """The snapshots of all sources, by source, oldest first."""
    return [snapshot for source in store.sources() for snapshot in store.snapshots(source)]


_YOUNG = 20_000  # new objects before a search, where Python waits for 700
_ROUNDS = 20  # searches of one generation before one of the next


@contextmanager
def relaxed_gc() -> Iterator[None]:
    """Search a thirtieth as often: a fold or a list makes few cycles, and each search walks all that is kept."""
    before = gc.get_threshold()
    gc.set_threshold(_YOUNG, _ROUNDS, _ROUNDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _open_database(url: str, *, reviews: bool = False, read_only: bool = False) -> Database:
    from monitor.ledger.database import open_database

    return open_database(url, reviews=reviews, read_only=read_only)
