"""The stores of one configuration, each opened when it is first asked for: `monitor --help` opens none."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from monitor.config import LEDGER, Settings

if TYPE_CHECKING:
    from monitor.ports import LedgerQueries
    from monitor.stores.engine import Engine
    from monitor.stores.git import GitSnapshots
    from monitor.stores.readpages import PageFacts
    from monitor.stores.reviewfacts import ReviewFacts
    from monitor.stores.reviews import SqlReviews
    from monitor.stores.sql import SqlLedger

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


class Monitor:
    """Everything that reads or writes the stores goes through one of these; close it, or use it in a `with`."""

    def __init__(self, settings: Settings, lock_fds: tuple[int, ...] = ()) -> None:
        self.settings = settings
        self._lock_fds = lock_fds  # git's processes hold the lock too, should they outlive us

    @cached_property
    def snapshots(self) -> GitSnapshots:
        from monitor.stores.git import GitSnapshots

        return GitSnapshots(self.settings.store.snapshots / HISTORY, pass_fds=self._lock_fds)

    @cached_property
    def writer(self) -> SqlLedger:
        from monitor.stores.sql import SqlLedger

        return SqlLedger(self._engine)

    @cached_property
    def ledger(self) -> LedgerQueries:
        from monitor.stores.sqlread import SqlQueries

        return SqlQueries(self._engine)

    @cached_property
    def reviews(self) -> SqlReviews:
        from monitor.stores.reviews import SqlReviews

        return SqlReviews(self._reviews_engine)

    @cached_property
    def facts(self) -> ReviewFacts:
        from monitor.stores.reviewfacts import ReviewFacts

        return ReviewFacts(self._engine)

    @cached_property
    def pages(self) -> PageFacts:
        from monitor.stores.readpages import PageFacts

        return PageFacts(self._engine)

    @cached_property
    def _reviews_engine(self) -> Engine:
        from monitor.stores.engine import open_engine

        return open_engine(self.settings.reviews_url, reviews=True)

    @cached_property
    def _engine(self) -> Engine:
        from monitor.stores.engine import open_engine

        return open_engine(self.settings.ledger_url)

    def another(self) -> Self:
        """The same once more, for another thread: git's processes are its own, databases are opened anew by the same
        engines, which remember the SQL that they compiled."""
        other = type(self)(self.settings, self._lock_fds)
        other.__dict__.update(_engine=self._engine, _reviews_engine=self._reviews_engine)
        return other

    def close(self) -> None:
        for engine in ("_engine", "_reviews_engine"):
            if engine in self.__dict__:
                getattr(self, engine).dispose()
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
