"""The one case that nearly every run is: the ledger holds all snapshots but the one that this run has just taken.

What `catch_up` does for any two lists is done here for these without asking for either, nor for the database library:
a run with news in a large folder is to cost little more than looking at it. Wherever anything else is found, nothing
is done, and it is left to `catch_up`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from monitor.config import LEDGER
from monitor.model import Change, Failure, Snapshot, SnapshotDelta
from monitor.runs.catch_up import fold_snapshot
from monitor.runs.documents import how_of
from monitor.runs.progress import Progress
from monitor.runs.reading import Reader
from monitor.runs.rules import fingerprint
from monitor.runs.wiring import Monitor
from monitor.stores.git import GitSnapshots
from monitor.stores.live import Ends, LiveLedger


class News(NamedTuple):
    """What a run tells: the snapshots newly folded, oldest first, their changes, and what cannot be read.

    `silently` is how many other snapshots were folded, which are no news.
    """

    folded: Sequence[Snapshot]
    changes: Sequence[Change]
    unread: Sequence[Failure]
    silently: int = 0


def follow(monitor: Monitor, progress: Progress) -> News | None:
    """Take the newest snapshot of the watched folder into the ledger; None where more than that is to be done."""
    settings = monitor.settings
    path = settings.store.snapshots / LEDGER
    if settings.store.ledger != "sqlite" or not path.exists():
        return None
    with LiveLedger(path) as ledger:
        ends = ledger.ends()
        if ends is None or ends.fingerprint != fingerprint(settings.extract.article):
            return None
        delta = _one_behind(monitor.snapshots, ledger, ends)
        if delta is None:
            return None
        with Reader(monitor.snapshots.read, how_of(settings)) as reader, ledger.batch() as batch:
            fold = fold_snapshot(batch, delta, reader)
        progress("folding", ends.folds + 1, ends.folds + 1)
        return News([delta.snapshot], ledger.changes(fold.seq), ledger.failures())


def _one_behind(store: GitSnapshots, ledger: LiveLedger, ends: Ends) -> SnapshotDelta | None:
    """The newest snapshot, where it is made upon the newest that was folded, and behind all that were, in their order.

    Nothing of any other source may wait: the head of each must have been folded, and with it all that is before it.
    """
    heads = dict(store.heads())
    head, last = heads.pop("", None), ends.newest.get("")
    if head is None or last is None or not store.follows(head, last.id):
        return None
    if {ledger.source_of(one) for one in heads.values()} | {""} != ends.newest.keys():
        return None
    found = list(islice(store.deltas("", last.id), 2))
    if len(found) != 1 or (found[0].snapshot.taken_at, "") < max(_place(one) for one in ends.newest.values()):
        return None
    return found[0]


def _place(snapshot: Snapshot) -> tuple[object, str]:
    return snapshot.taken_at, snapshot.source
