"""The stores of one configuration, each opened when it is first asked for: `monitor --help` opens none."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from monitor.config import LEDGER, Settings

if TYPE_CHECKING:
    from monitor.ledger.database import Database
    from monitor.ledger.statistics import LedgerStatistics
    from monitor.ledger.writer import LedgerWriter
    from monitor.ports import LedgerQueries
    from monitor.reviews.events import Reviews
    from monitor.reviews.facts import ReviewFacts
    from monitor.snapshots.repository import GitSnapshots

HISTORY = "history.git"
LOCK = "lock"
SCAN_CACHE = "scan.cache"
# Each says by being there that something waits, so that an idle run need not open a database to know.
REVIEWS_WAITING = "reviews.waiting"
REVIEWS_TAKEN = "reviews.taken"  # the same, by somebody who has begun to do what waits
NOTICES_DUE = "notices.due"


def reviews_wait(settings: Settings) -> bool:
    """Whether events of reviewing may stand in their database and not yet on their branch."""
    return any((settings.store.snapshots / name).exists() for name in (REVIEWS_WAITING, REVIEWS_TAKEN))


def ledger_is_there(settings: Settings) -> bool:
    """Whether there is a ledger to open: opening one in SQLite makes it. A server's is taken for granted."""
    if settings.store.ledger != "sqlite":
        return True
    try:
        return (settings.store.snapshots / LEDGER).stat().st_size > 0
    except FileNotFoundError:
        return False


_DATABASES = ("_database", "ledger_database", "_reviews_database")


class Monitor:
    """Everything that reads or writes the stores goes through one of these; close it, or use it in a `with`."""

    def __init__(self, settings: Settings, lock_fds: tuple[int, ...] = ()) -> None:
        self.settings = settings
        self._lock_fds = lock_fds  # git's processes hold the lock too, should they outlive us

    @cached_property
    def snapshots(self) -> GitSnapshots:
        from monitor.snapshots.repository import GitSnapshots

        return GitSnapshots(self.settings.store.snapshots / HISTORY, pass_fds=self._lock_fds)

    @cached_property
    def writer(self) -> LedgerWriter:
        from monitor.ledger.writer import LedgerWriter

        return LedgerWriter(self._database)

    @cached_property
    def ledger(self) -> LedgerQueries:
        from monitor.ledger.queries import LedgerQueries

        return LedgerQueries(self.ledger_database)

    @cached_property
    def reviews(self) -> Reviews:
        from monitor.reviews.events import Reviews

        return Reviews(self._reviews_database)

    @cached_property
    def facts(self) -> ReviewFacts:
        from monitor.reviews.facts import ReviewFacts

        return ReviewFacts(self.ledger_database)

    @cached_property
    def pages(self) -> LedgerStatistics:
        from monitor.ledger.statistics import LedgerStatistics

        return LedgerStatistics(self.ledger_database)

    @cached_property
    def _reviews_database(self) -> Database:
        from monitor.ledger.database import open_database

        return open_database(self.settings.reviews_url, reviews=True)

    @cached_property
    def _database(self) -> Database:
        from monitor.ledger.database import open_database

        return open_database(self.settings.ledger_url)

    @cached_property
    def ledger_database(self) -> Database:
        """The same to those who ask: who may read the file alone is answered, and no ledger is made by a question."""
        from monitor.ledger.database import open_database

        return open_database(self.settings.ledger_url, read_only=True)

    def another(self) -> Self:
        """The same once more, for another thread: git's processes are its own, the databases are shared."""
        other = type(self)(self.settings, self._lock_fds)
        other.__dict__.update((name, getattr(self, name)) for name in _DATABASES)
        return other

    def close(self) -> None:
        for database in _DATABASES:
            if database in self.__dict__:
                getattr(self, database).close()
        if "snapshots" in self.__dict__:
            self.snapshots.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def open_monitor(settings: Settings) -> Monitor:
    """The stores of these settings; nothing is opened or made yet."""
    return Monitor(settings)
