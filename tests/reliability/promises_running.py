"""What the protocol promises of runs beside and after each other (points 8 to 12), as `promises` has the others."""

from __future__ import annotations

import contextlib
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from monitor.app import folder_diff, maintenance
from monitor.app import monitor as app_monitor
from monitor.app.monitor import open_monitor
from monitor.app.review import decide, history, sync_branch
from monitor.app.run import RunOptions, run
from monitor.core.review.events import Verdict
from monitor.errors import RunInProgress, StoreError
from monitor.ledger.database import open_database
from monitor.model import ChangeFilter
from monitor.snapshots import writer
from monitor.snapshots.repository import GitSnapshots
from tests.reliability import clocks
from tests.reliability.promises import newest, recorded
from tests.reliability.rotting import loosen
from tests.reliability.torturing import Store

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


# --- 8: the lock


def nobody_writes_while_another_does(place: Path) -> bool:
    store = recorded(place, 1)
    with app_monitor.StoreLock(store.settings.store.snapshots / "lock"):
        try:
            run(store.settings, RunOptions(settle=0))
        except RunInProgress:
            return True
    return False


def a_child_that_outlives_its_parent_holds_the_lock(place: Path) -> bool:
    store = recorded(place, 1)
    path = store.settings.store.snapshots / "lock"
    mine = app_monitor.StoreLock(path)
    mine.acquire()
    with GitSnapshots(store.settings.store.snapshots / "history.git", mine.pass_fds) as there:
        child = there._start(["update-ref", "--stdin"])
        mine.release()  # as the end of this process would
        try:
            with app_monitor.StoreLock(path):
                return False
        except RunInProgress:
            return True
        finally:
            child.kill()


# --- 9: at the start


def what_a_killed_run_left_is_cleared(place: Path) -> bool:
    store = recorded(place)
    (store.settings.store.snapshots / "history.git" / "refs" / "heads" / "main.lock").touch()
    store.edit()
    store.run()
    return len(store.acknowledged) == 3


def nothing_is_built_upon_a_damaged_head(place: Path) -> bool:
    store = recorded(place, 4)  # the third edit brings a folder
    with newest(store) as there:
        commit = there._commit(str(there.head()))
        below = [line for line in _listed(there, commit.tree) if line.endswith("documents")]
    tree = below[0].split()[2] if below else commit.tree
    loosen(store.settings)
    (store.settings.store.snapshots / "history.git" / "objects" / tree[:2] / tree[2:]).unlink()
    store.settings.watch.folder.joinpath("brief.txt").write_text("Something else.\n")
    with newest(store) as there, contextlib.suppress(StoreError):
        folder_diff.Blobs(there, there.head()).writer()
        return False
    return True


def _listed(store: GitSnapshots, tree: str) -> list[str]:
    return writer.run(store._start, ["ls-tree", tree]).decode().splitlines()


def what_the_ledger_misses_is_folded(place: Path) -> bool:
    """A crash came between the snapshot and the ledger."""
    store = recorded(place)
    store.edit()
    with (
        mock.patch("monitor.app.publish.fold_and_list_changes", side_effect=KeyboardInterrupt),
        contextlib.suppress(KeyboardInterrupt),
    ):
        store.run()
    store.run()
    with open_monitor(store.settings) as monitor:
        return len(monitor.ledger.snapshots()) == 3


def an_emptied_ledger_is_filled_again(place: Path) -> bool:
    store = recorded(place)
    store.run()
    for path in store.settings.store.snapshots.glob("ledger.db*"):
        path.unlink()
    (store.settings.store.snapshots / "ledger.db").touch()
    store.run()
    with open_monitor(store.settings) as monitor:
        return len(monitor.ledger.snapshots()) == 2


# --- 10: what people said


def reviewed(place: Path) -> tuple[Store, str]:
    store = recorded(place)
    with open_monitor(store.settings) as monitor:
        change = next(iter(monitor.ledger.changes(ChangeFilter(limit=1)))).id
        decide(monitor, [change], Verdict.FLAGGED, reviewer="Ada", at=NOW, comment="why?")
    sync_branch(store.settings)
    return store, change


def a_lost_database_loses_no_verdict(place: Path) -> bool:
    store, change = reviewed(place)
    for path in store.settings.store.snapshots.glob("reviews.db*"):
        path.unlink()
    with open_monitor(store.settings) as monitor:
        return [event.comment for event in history(monitor, change)] == ["why?"]


def an_altered_verdict_is_found(place: Path) -> bool:
    import sqlite3

    store, _ = reviewed(place)
    with closing(sqlite3.connect(store.settings.store.snapshots / "reviews.db")) as database, database:
        database.execute("UPDATE review_events SET comment = 'fine'")
    return bool(maintenance.verify(store.settings))


# --- 11: SQLite


def two_writers_wait_for_each_other(place: Path) -> bool:
    """Each reads before it writes, as all of ours do."""
    made = open_database(f"sqlite:///{place / 'a.db'}")
    with made.write_transaction() as transaction:
        transaction.execute("CREATE TABLE t (n INTEGER)")
    met, faults = threading.Barrier(2), []

    def add() -> None:
        try:
            with made.write_transaction() as transaction:
                count = transaction.value("SELECT count(*) FROM t")
                with contextlib.suppress(threading.BrokenBarrierError):
                    met.wait(0.3)
                transaction.execute("INSERT INTO t VALUES (:count)", {"count": count})
        except StoreError as error:
            faults.append(error)

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with made.read_transaction() as transaction:
        numbers = transaction.values("SELECT n FROM t ORDER BY n")
    made.close()
    return not faults and numbers == [0, 1]


# --- 12: the clock


def every_due_time_is_accounted_for(place: Path) -> bool:
    found = clocks.kept(clocks.TRIALS[0], place)
    return (found.twice, found.neither) == (0, 0)


def nightly_once(place: Path) -> bool:
    trial = next(
        one for one in clocks.TRIALS if "Vienna" in one.name and "back" in one.name and one.cron == clocks.NIGHTLY
    )
    return clocks.kept(trial, place).run == 2
