"""What there is to measure of a store and its runs, for `/metrics` and `status --format prometheus`.

The text format is that of Prometheus, 0.0.4; all metrics are gauges. Nothing in them is of a document's content.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from monitor import __version__
from monitor.app import review, status
from monitor.app.due import health
from monitor.app.monitor import HISTORY, LOCK, WATCH_LOCK, Monitor, store_is_there
from monitor.config import LEDGER, REVIEWS_DB, Settings
from monitor.core.review.events import UNREVIEWED
from monitor.core.text.normalize import visible
from monitor.errors import MonitorError
from monitor.model import Run

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PARTS = {HISTORY: "history", LEDGER: "ledger", REVIEWS_DB: "reviews", "runs": "journal"}
_OUTCOMES = ("recorded", "unchanged", "failed", "held", "missed")


class Metric(NamedTuple):
    """A name without its `monitor_`, what it means, and its values by labels."""

    name: str
    help: str
    samples: Sequence[tuple[Mapping[str, str], float]]


def metrics(monitor: Monitor, now: datetime) -> tuple[str, str | None]:
    """The text of all metrics, and what is wrong where a store cannot be read: its metrics are missing then."""
    found, problem = list(_of_runs(monitor.settings, now)), None
    try:
        if store_is_there(monitor.settings):
            found += _of_stores(monitor)
    except MonitorError as error:
        problem = str(error)
    found.append(Metric("store_readable", "1 where the stores answer.", [({}, int(problem is None))]))
    return "".join(map(_exposition, found)), problem


def _of_runs(settings: Settings, now: datetime) -> Iterator[Metric]:
    found, good, last = health(settings, now)
    taken = (last.finished_at - last.started_at).total_seconds() if last else 0
    stopped = {folder.path for folder in last.held} if last else set()
    held = [
        ({"folder": watch.label}, int(watch.label in stopped or (last is not None and last.outcome == "held")))
        for watch in settings.watched
    ]
    store = settings.store.snapshots
    yield Metric("info", "The version of the monitor.", [({"version": __version__}, 1)])
    yield _one("overdue", "1 where `status --check` would end with 7.", found.overdue)
    yield _one("watching", "1 while `monitor watch` is running.", status.holder(store / WATCH_LOCK) is not None)
    yield _one("running", "1 during a run.", status.holder(store / LOCK) is not None)
    yield _one("last_run_timestamp_seconds", "When the last run began; 0 for never.", _timestamp(last))
    yield _one("last_good_run_timestamp_seconds", "When the last good run began; 0 for never.", _timestamp(good))
    yield _one("last_run_duration_seconds", "How long the last run took.", taken)
    yield _one("last_run_failures", "Documents that the last run could not read.", len(last.failures) if last else 0)
    yield Metric("folder_held", "1 where the last run held the folder.", held)
    runs = [({"outcome": outcome}, count) for outcome, count in status.outcomes(settings.journal, _OUTCOMES).items()]
    yield Metric("journal_runs", "Runs in the journal, which is rolled, by outcome.", runs)
    sizes = [({"part": part}, size) for part, size in _sizes(store).items()]
    yield Metric("store_bytes", "Bytes of files in the store, by part.", sizes)


def _of_stores(monitor: Monitor) -> Iterator[Metric]:
    newest, behind = status.newest_taken(monitor)
    if newest is not None:
        counts = monitor.ledger.counts()
        yield _one("last_snapshot_timestamp_seconds", "The date of the newest snapshot.", newest.taken_at.timestamp())
        yield _one("snapshots", "Snapshots of all sources.", counts.snapshots + behind)
        yield _one("snapshots_behind", "Snapshots that the ledger has not folded in.", behind)
        yield _one("documents", "Documents present.", counts.documents)
        yield _one("documents_failed", "Documents whose newest version could not be read.", counts.failures)
        yield _one("documents_not_read", "Documents that are kept and not read.", counts.not_read)
        yield _one("documents_partly_read", "Documents of which a part was not read.", counts.partly_read)
        yield _one("statements", "Statements present.", counts.statements)
        yield _one("changes", "Changes recorded.", counts.changes)
        entries = review.counts(monitor).entries.get(UNREVIEWED, 0)
        yield _one("queue_entries", "Entries of the queue that wait for review.", entries)
    waiting: dict[tuple[str, str], int] = {}
    for notice in status.unsent_notices(monitor):
        waiting[notice.channel, notice.state] = waiting.get((notice.channel, notice.state), 0) + 1
    notices = [({"channel": channel, "state": state}, count) for (channel, state), count in waiting.items()]
    yield _one("notices_waiting", "Notices that were not sent, or of which nobody knows.", sum(waiting.values()))
    yield Metric("notices", "The same, by channel and state.", notices)


def _one(name: str, what: str, value: float) -> Metric:
    return Metric(name, what, [({}, value)])


def _timestamp(run: Run | None) -> float:
    return run.started_at.timestamp() if run else 0


def _sizes(store: Path) -> Mapping[str, int]:
    """Bytes by part of the store's folder; a file that goes away meanwhile does not count."""
    found = dict.fromkeys((*_PARTS.values(), "other"), 0)
    for folder, _, names in os.walk(store):
        for name in names:
            path = Path(folder, name)
            top = path.relative_to(store).parts[0]
            part = next((part for start, part in _PARTS.items() if top.startswith(start)), "other")
            try:
                found[part] += path.lstat().st_size
            except OSError:
                continue
    return found


def _exposition(metric: Metric) -> str:
    """https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format"""
    lines = [f"# HELP monitor_{metric.name} {metric.help}", f"# TYPE monitor_{metric.name} gauge"]
    for labels, value in metric.samples:
        shown = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
        lines.append(f"monitor_{metric.name}{f'{{{shown}}}' if shown else ''} {float(value):.15g}")
    return "".join(f"{line}\n" for line in lines)


def _escaped(text: str) -> str:
    """A label's value, which also steers no terminal."""
    return visible(text).replace("\\", r"\\").replace('"', r"\"")
