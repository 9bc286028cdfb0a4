"""Whether history, ledger and reviews belong to one store, and whether the history has all that the others know.

The id of the store is in all three. The reviews also have the newest snapshots of the last run that found any. So a
history that was replaced by an older copy, or by that of another store, is found before anything is written upon it.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from monitor.app import status
from monitor.app.monitor import (
    FORGETTING,
    HISTORY,
    LOCK,
    NEWEST,
    RESTORING,
    SCAN_CACHE,
    Monitor,
    every_snapshot,
    ledger_is_there,
    reviews_wait,
)
from monitor.config import LEDGER, REVIEWS_DB, Settings
from monitor.errors import RunHeld, StoreError
from monitor.ledger.fold_state import REVIEWED, STORE_ID, fold_state, read_meta
from monitor.ledger.schema import DERIVED, KEPT
from monitor.snapshots.git_objects import REVIEWS, read_ref
from monitor.snapshots.scan_cache import ScanCache

log = logging.getLogger(__name__)

BRANCH_HEAD, BRANCH_NUMBER = "mirrored head", "mirrored"
"""The marks in the reviews: the newest commit of the branch that was compared, and the last event that it has."""

SNAPSHOTS = "snapshots"  # the mark in the reviews: the newest snapshot of each source, as a list in JSON
_ANOTHER_SCHEMA = (
    "give each store a schema of its own with the key `schema` of [store], such as schema = 'policies'; it is made "
    "where it is missing"
)


class PartState(NamedTuple):
    """What a part of the store says: the id of its store, the newest snapshots, and how many events of reviewing."""

    store: str | None = None
    snapshots: frozenset[str] = frozenset()
    events: int = 0


class Problem(NamedTuple):
    """Why nothing may be written: the part, and what to do. `held`: a person may decide to go on.

    `lost` are the snapshots that the history lacks; `recoverable`: their objects are there.
    """

    part: str
    message: str
    held: bool = False
    lost: frozenset[str] = frozenset()
    recoverable: bool = False


def find_problem(monitor: Monitor) -> Problem | None:
    """What is foreign or missing; None where history, ledger and reviews go together."""
    if (message := unfinished(monitor.settings)) is not None:
        return Problem("history", message)
    own, heads = monitor.snapshots.store_id(), frozenset(monitor.snapshots.newest_snapshots().values())
    ledger, reviews = known_to_ledger(monitor), known_to_reviews(monitor)
    names = {"ledger": ledger, "reviews": reviews}
    foreign = [name for name, known in names.items() if own and known.store not in (None, own)]
    known = ledger.snapshots | reviews.snapshots
    if not foreign and ledger.snapshots and known <= heads:
        return None
    remembered = _remembered(monitor)
    there = heads | {one.id for one in every_snapshot(monitor.snapshots)}
    if foreign:
        return _foreign_history(monitor) if remembered - there else _foreign(monitor, foreign[0])
    if known and not heads and not remembered and monitor.settings.store.ledger != "sqlite":
        return _foreign(monitor, "ledger")
    if not ledger.snapshots:
        known |= remembered
    lost = known - there
    return _lost(monitor, lost, names) if lost else None


def expect_whole(monitor: Monitor, *, accept: bool = False) -> str | None:
    """Before anything is written: StoreError where a part is another store's, RunHeld where the history lacks snapshots
    that were recorded. With `accept` it is taken as it is; gives where the ledger as it was is kept then.

    Parts of earlier versions, which have no id, get that of the history.
    """
    expect_finished(monitor.settings)
    for name in monitor.snapshots.write_constant_files():
        log.warning("%s was missing or damaged, and is mended", monitor.snapshots.repository / name)
    problem = find_problem(monitor)
    if problem is not None:
        if not problem.held:
            raise StoreError(problem.message)
        if not accept:
            raise RunHeld(problem.message)
        log.info("accepted: %s", problem.message)
        aside = keep_ledger_aside(monitor)
        if known_to_reviews(monitor).store is not None:  # a history that is begun again has another id
            monitor.reviews.set_mark(STORE_ID, "")
        if known_to_ledger(monitor).store is not None:
            monitor.writer.note(STORE_ID, None)
        return aside
    if monitor.snapshots.store_id() is None and monitor.snapshots.repository.exists():
        known = known_to_ledger(monitor).store, known_to_reviews(monitor).store
        monitor.snapshots.give_store_id(filter(None, known))
        note_record(monitor)
    return None


def expect_finished(settings: Settings) -> None:
    """StoreError where a restore, or the removal of versions, is not finished: nothing else may be begun there."""
    if (message := unfinished(settings)) is not None:
        raise StoreError(message)


def unfinished(settings: Settings) -> str | None:
    """That a restore, or the removal of versions, is under way or was interrupted."""
    return _restoring(settings) or _removing(settings)


def _restoring(settings: Settings) -> str | None:
    store = settings.store.snapshots
    if (store / RESTORING).exists() and not (store / HISTORY).exists():
        return (
            f"{store} is being restored, or that was interrupted: `monitor restore` from the same backup completes it"
        )
    return None


def _removing(settings: Settings) -> str | None:
    store = settings.store.snapshots
    removal = store / FORGETTING
    if not removal.exists():
        return None
    if (holder := _other_holder(store)) is not None:
        return (
            f"versions are being removed for good by `{holder.command}` (pid {holder.pid}): ask again when it has ended"
        )
    # it may have ended between
    return "the removal of versions for good was interrupted: `monitor run` finishes it" if removal.exists() else None


def _other_holder(store: Path) -> status.Holder | None:
    holder = status.holder(store / LOCK)
    return None if holder is None or holder.pid == os.getpid() else holder


def note_record(monitor: Monitor, *, accept: bool = False) -> None:
    """Let ledger and reviews have the id of the store, and each what the other may lose: the newest snapshots, and the
    number of events, which only grows, unless it is accepted that some are lost."""
    store = monitor.snapshots.store_id()
    if store is None:
        return
    ledger = known_to_ledger(monitor)
    if ledger.snapshots and ledger.store != store:
        monitor.writer.note(STORE_ID, store)
    state = monitor.review_state()
    events = 0 if state is None else state.last
    if ledger.snapshots and (events > ledger.events or (accept and events < ledger.events)):
        monitor.writer.note(REVIEWED, str(events))
    heads = json.dumps(sorted(monitor.snapshots.newest_snapshots().values()))
    if state is None:
        return
    for name, value in ((STORE_ID, store), (SNAPSHOTS, heads)):
        if state.marks.get(name) != value:
            monitor.reviews.set_mark(name, value)


def newest_ahead(monitor: Monitor, now: datetime) -> str | None:
    """That the watched folder's newest snapshot is dated later than the clock, which dates all that follow like it."""
    if not ledger_is_there(monitor.settings):
        return None
    try:
        state = fold_state(monitor.ledger_database)
    except StoreError:
        return None
    newest = state and state.newest.get("")
    if newest is None or newest.taken_at <= now + timedelta(seconds=1):
        return None
    date = newest.taken_at.isoformat().replace("+00:00", "Z")
    return (
        f"the newest snapshot is dated {date}, ahead of the clock, and later ones are dated like it: see that the"
        " clock is right, then `monitor run --accept-clock` goes on with true dates"
    )


def lost_events(monitor: Monitor) -> int:
    """How many events of reviewing the ledger knows of that the database lacks; the branch was compared before."""
    state = monitor.review_state()
    return max(0, known_to_ledger(monitor).events - (0 if state is None else state.last))


def reading_notice(monitor: Monitor) -> str | None:
    """What who reads must know where the ledger is not what the history is; StoreError where there is none to read."""
    if monitor.ledger_is_current():
        return None
    if (message := _restoring(monitor.settings)) is not None:
        raise StoreError(message)
    if (message := _removing(monitor.settings)) is not None:
        return message
    problem, is_empty = find_problem(monitor), not known_to_ledger(monitor).snapshots
    if problem is not None:
        notice = f"{problem.message.partition(': nothing was changed')[0]}; `monitor verify` says what to do"
        if is_empty:
            raise StoreError(notice)
        return notice
    if is_empty:
        return _notice_of_empty(monitor) if monitor.snapshots.newest_snapshots() else None
    folded = set(monitor.writer.folded())
    behind = sum(one.id not in folded for one in every_snapshot(monitor.snapshots))
    what = f"{behind:,} {'snapshot' if behind == 1 else 'snapshots'} behind"
    return f"the ledger is {what}: `monitor run` adds them" if behind else "the ledger is not whole: `monitor rebuild`"


def _notice_of_empty(monitor: Monitor) -> str | None:
    """The same where the ledger is empty, and the history is not."""
    holder, listed = status.holder(monitor.settings.store.snapshots / LOCK), every_snapshot(monitor.snapshots)
    if known_to_ledger(monitor).snapshots:  # a run folded them between the two questions
        return None
    if holder is None:
        raise StoreError(
            "the ledger is missing or empty: `monitor run` or `monitor rebuild` makes it from the snapshots"
        )
    if len(listed) == 1:
        return f"the first snapshot is being recorded by `{holder.command}` (pid {holder.pid})"
    raise StoreError(f"the ledger is being made by `{holder.command}` (pid {holder.pid}): ask again when it has ended")


def alarms(monitor: Monitor) -> list[str]:
    """What every page says while it is so, a line each: the ledger is not what the history is, the last run was held
    or failed."""
    found, last = [], status.last(monitor.settings.journal)
    try:
        notice = reading_notice(monitor)
    except StoreError as error:
        notice = str(error)
    if notice is not None:
        found.append(notice)
    if last is not None and last.outcome in ("held", "failed"):
        outcome = "the last run was held" if last.outcome == "held" else "the last run failed"
        found.append(": ".join(filter(None, (outcome, last.message))))
    elif last is not None:
        found += (f"the last run was held: {folder.path}: {folder.reason}" for folder in last.held)
    return found


def branch_is_behind(monitor: Monitor) -> bool:
    """Whether the branch or the database of reviews may lack events, by the word of both; costs two small questions."""
    if reviews_wait(monitor.settings):
        return True
    head, state = read_ref(monitor.snapshots.repository, REVIEWS), monitor.review_state()
    if state is None:
        return head is not None
    return head != state.marks.get(BRANCH_HEAD) or state.last != int(state.marks.get(BRANCH_NUMBER) or 0)


def keep_ledger_aside(monitor: Monitor) -> str | None:
    """Copy the ledger as it is; gives the file or the schema. None where there is none to copy."""
    if not known_to_ledger(monitor).snapshots:
        return None
    database, stamp = monitor.writer.database, f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    if database.path is not None:
        path = aside_of(database.path, stamp)
        database.copy_to(path)
        return str(path)
    with database.write_transaction() as transaction:
        own = transaction.value("SELECT current_schema()")
        name = f"{own}_aside_{stamp.lower()}"
        transaction.execute(f'CREATE SCHEMA "{name}"')
        for table in (*DERIVED, *KEPT):
            transaction.execute(f'CREATE TABLE "{name}".{table} AS TABLE {table}')
    return f"schema {name}"


def move_aside(path: Path) -> Path:
    """Give a SQLite database that is damaged or another store's another name; nobody may write to it."""
    aside = aside_of(path, f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
    for file in path.parent.glob(f"{path.name}*"):
        file.replace(f"{aside}{file.name.removeprefix(path.name)}")
    return aside


def aside_of(path: Path, stamp: str) -> Path:
    """`ledger.db` as `ledger.aside-STAMP.db`."""
    return path.with_name(f"{path.stem}.aside-{stamp}{path.suffix}")


# --- what the parts say -------------------------------------------------------------------------


def known_to_ledger(monitor: Monitor) -> PartState:
    """What the ledger says; nothing where it is missing or cannot be read."""
    if not ledger_is_there(monitor.settings):
        return PartState()
    try:
        with monitor.ledger_database.read_transaction() as transaction:
            if not (transaction.has_table("meta") and transaction.has_table("folds")):
                return PartState()
            newest = transaction.values(NEWEST)
            events = read_meta(transaction, REVIEWED)
            return PartState(read_meta(transaction, STORE_ID), frozenset(newest), int(events or 0))
    except StoreError:
        return PartState()


def known_to_reviews(monitor: Monitor) -> PartState:
    """What the reviews say; nothing where they are missing or cannot be read."""
    try:
        state = monitor.review_state()
        marks = {} if state is None else state.marks
        snapshots = json.loads(marks.get(SNAPSHOTS, "[]"))
    except (StoreError, ValueError, RecursionError):
        return PartState()
    known = filter(None, map(str, snapshots)) if isinstance(snapshots, list) else ()
    return PartState(marks.get(STORE_ID) or None, frozenset(known))


def _remembered(monitor: Monitor) -> frozenset[str]:
    """The last snapshot that a run on this machine has recorded, as the scan cache or the journal says."""
    head = ScanCache.load(monitor.settings.store.snapshots / SCAN_CACHE).head
    return frozenset(filter(None, [head or next(status.recorded(monitor.settings.journal), None)]))


# --- messages -----------------------------------------------------------------------------------


def _foreign(monitor: Monitor, part: str) -> Problem:
    settings = monitor.settings
    if settings.store.ledger != "sqlite":
        why = "the database of [store] ledger is another store's: nothing was changed"
        return Problem(part, f"{why}; {_ANOTHER_SCHEMA}")
    if part == "ledger":
        path = settings.store.snapshots / LEDGER
        return Problem(part, f"{path} is another store's; `monitor rebuild` keeps it aside and makes the ledger again")
    path = settings.store.snapshots / REVIEWS_DB
    return Problem(
        part, f"{path} is another store's; `monitor recover` keeps it aside and fills a new one from the branch"
    )


def _foreign_history(monitor: Monitor) -> Problem:
    path = monitor.settings.store.snapshots / HISTORY
    return Problem(
        "history",
        f"the history {path} is another store's than the ledger and the reviews: nothing was changed; move the store"
        " away, and `monitor restore` it from a backup, or put its own history back",
    )


def _lost(monitor: Monitor, lost: frozenset[str], names: dict[str, PartState]) -> Problem:
    holders = {"ledger": "the ledger knows", "reviews": "the reviews know"}
    who = next((holders[name] for name, known in names.items() if known.snapshots & lost), "the last run has recorded")
    good = monitor.snapshots.recovery().last_good(lost) if monitor.snapshots.repository.exists() else None
    recoverable = good is not None and not lost.isdisjoint(good.chain)
    advice = (
        "`monitor recover` goes back to it"
        if recoverable
        else "move the store away, and `monitor restore` it from a newer backup, or go on without it with"
        " `monitor run --accept-history`, which keeps the old ledger aside"
    )
    message = f"the history lacks snapshot {min(lost)[:12]}, which {who}: nothing was changed; {advice}"
    return Problem("history", message, held=True, lost=lost, recoverable=recoverable)
