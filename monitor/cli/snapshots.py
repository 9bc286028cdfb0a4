"""`monitor snapshots`: the list of snapshots."""

from __future__ import annotations

from collections import Counter

import click

from monitor.cli.options import AT_LEAST_ONE, format_option, pass_session, verb
from monitor.cli.output import Record, write_records
from monitor.cli.page import open_page, short
from monitor.cli.session import Session
from monitor.model import PathChange, SnapshotDelta
from monitor.ports import SnapshotStore
from monitor.reports.json import snapshot_json


@verb("monitor snapshots --limit 10")
@click.option("--limit", metavar="N", type=AT_LEAST_ONE, help="The newest N.")
@format_option("text", "json", "jsonl")
@pass_session
def command(session: Session, *, limit: int | None, form: str) -> None:
    """List the snapshots, newest first.

    Each with its id, when it was taken, and how many files it added (+), changed (~) and removed (-).
    """
    with session.monitor() as monitor:
        newest = _newest_first(monitor.snapshots)[:limit]
        if form == "text":
            page = open_page(monitor.settings.zone)
            for delta in newest:
                snapshot = delta.snapshot
                counts = "".join(f"  {mark}{number}" for mark, number in _counts(delta).items() if number)
                source = f"  from {snapshot.source}" if snapshot.source else ""
                page.line(("id", short(snapshot.id)), f"  {page.time(snapshot.taken_at)}{counts}{source}")
            if not newest:
                page.line("no snapshot yet: `monitor run` takes the first")
        else:
            write_records(map(_shape, newest), form)


def _newest_first(store: SnapshotStore) -> list[SnapshotDelta]:
    deltas = [delta for source in store.sources() for delta in store.deltas(source)]
    # sorting is stable: what was taken at the same moment stays in the order of its source
    return sorted(deltas, key=lambda delta: delta.snapshot.taken_at)[::-1]


def _counts(delta: SnapshotDelta) -> dict[str, int]:
    signs = Counter(map(_sign, delta.changes))
    return {"+": signs["+"], "~": signs["~"], "-": signs["-"], "!": len(delta.failures)}


def _sign(change: PathChange) -> str:
    return "+" if change.before is None else "-" if change.after is None else "~"


def _shape(delta: SnapshotDelta) -> Record:
    names = {"+": "files_added", "~": "files_changed", "-": "files_removed", "!": "files_failed"}
    counts = {names[mark]: number for mark, number in _counts(delta).items()}
    return {**snapshot_json(delta.snapshot), **counts}
