"""Take out of the store, by a run, what is older than `[store] keep`; the steps and their guarantees are those of
`forget`.

Of each source the newest snapshot from before that time stays, for it says what was there when the time began. It is
the first snapshot then. History is written again only when something has been too old for a twentieth of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from monitor.app.forget import finish_forgetting, redacted_comments, write_removal
from monitor.app.monitor import Monitor, Progress
from monitor.app.review_branch import sync_branch_locked
from monitor.ledger.codec import time_to_text
from monitor.ledger.database import chunks
from monitor.reports.phrases import plural
from monitor.snapshots.git_objects import ref_of
from monitor.snapshots.rewrite import HistoryRewriter

LONGEST_DELAY = timedelta(days=30)  # after which something that is too old is taken out
TOO_OLD = "[removed: older than is kept]"


def forget_older(monitor: Monitor, now: datetime, progress: Progress) -> str | None:
    """Take out what is too old, where it is time; what was done, in a line. The caller holds the lock, and the ledger
    is complete."""
    if (limit := _limit(monitor, now)) is None:
        return None
    sync_branch_locked(monitor)
    count = _write_plan(monitor, limit, now)
    if not count:
        return None
    finish_forgetting(monitor, progress)
    return f"{plural(count, 'snapshot')} from before {limit:%Y-%m-%d} were taken out ([store] keep)"


def upcoming_removal(monitor: Monitor, now: datetime) -> str | None:
    """What the next run will take out, in a line; None where that is nothing."""
    if (limit := _limit(monitor, now)) is None:
        return None
    count = plural(sum(_counts_before(monitor, limit)), "snapshot")
    return f"the next run takes out {count} from before {limit:%Y-%m-%d}, for good ([store] keep)"


def _limit(monitor: Monitor, now: datetime) -> datetime | None:
    """From before when snapshots go; None where nothing has been too old for long enough."""
    age = timedelta(seconds=monitor.settings.store.keep or 0)
    return now - age if age and _counts_before(monitor, now - age - min(age / 20, LONGEST_DELAY)) else None


def _counts_before(monitor: Monitor, limit: datetime) -> list[int]:
    """How many snapshots of each source would go by this limit: all from before it but the newest."""
    query = "SELECT count(*) - 1 FROM folds WHERE taken_at < :limit GROUP BY source HAVING count(*) > 1"
    with monitor.ledger_database.read_transaction() as transaction:
        return list(transaction.values(query, {"limit": time_to_text(limit)}))


def _write_plan(monitor: Monitor, limit: datetime, now: datetime) -> int:
    """How many snapshots are to go."""
    store = monitor.snapshots
    refs: dict[str, str] = {}
    commits: dict[str, str] = {}
    roots: dict[str, str] = {}
    gone, dropped = [], list[str]()
    earlier = store.earlier_history()
    for source in store.sources():
        known = store.snapshots(source)
        first = max((at for at, one in enumerate(known) if one.taken_at < limit), default=0)  # the newest before it
        if not first:
            continue
        dropped += [one.id for one in known[:first]]
        branch = source
        if not source and earlier is not None:
            if known[first].origin is None:
                gone.append(ref_of(earlier))
            else:
                branch = earlier
        chain = [one.id for one in store.snapshots_of(branch)]
        rewriter = HistoryRewriter(store.object, store.repository, rooted=True)
        rewriter.rewrite(chain[chain.index(known[first].id) :])
        commits |= rewriter.commits
        refs[ref_of(branch)] = rewriter.commits.get(chain[-1], chain[-1])
        roots[known[first].id] = rewriter.commits.get(known[first].id, known[first].id)
    if not dropped:
        return 0
    without = [*dropped, *roots]
    removals = [one for one in store.removals() if "before" not in one]
    total = sum(one["snapshots"] for one in store.removals() if "before" in one) + len(dropped)
    at = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    record = {"at": at, "before": f"{limit.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "snapshots": total}
    write_removal(
        monitor,
        refs=refs,
        gone=gone,
        commits=commits,
        roots=roots,
        reports=without,
        comments=redacted_comments(monitor, _changes_of(monitor, without), instead=TOO_OLD),
        removals=[*removals, record],
        said=f"# history rewritten {at}: what was older than [store] keep was taken out; ids above are no more",
    )
    return len(dropped)


def _changes_of(monitor: Monitor, snapshots: Sequence[str]) -> set[str]:
    query = "SELECT change_id FROM changes_view WHERE snapshot IN (:snapshots)"
    with monitor.ledger_database.read_transaction() as transaction:
        return {one for chunk in chunks(snapshots) for one in transaction.values(query, {"snapshots": chunk})}
