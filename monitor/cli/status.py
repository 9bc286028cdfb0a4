"""`monitor status` and `monitor snapshots`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from importlib import import_module

import click

from monitor.app import status
from monitor.app.due import Health, health, next_run
from monitor.app.monitor import open_monitor
from monitor.app.rhythm import Rhythm, noisy_text, quiet_text, rhythm
from monitor.app.status import Holder, State, state, unsent_notices
from monitor.cli.console import MOST, Page, Record, open_page, short, write_json, write_records
from monitor.cli.context import AT_LEAST_ONE, Session, command, format_option, now, parse_time, pass_session
from monitor.config import Settings
from monitor.config.keys import duration
from monitor.errors import ExitStatus, StoreError, UsageError
from monitor.model import NotRead, PathChange, SnapshotDelta
from monitor.ports import SnapshotStore
from monitor.reports.json import run_json, snapshot_json, time_json, tombstone_json
from monitor.reports.phrases import gap_text, plural


@command("monitor status --check --grace '30 min'")
@click.option(
    "--check", is_flag=True, help="Only print a line that says whether runs succeed; exit with 7 if they do not."
)
@click.option(
    "--grace",
    metavar="DURATION",
    default="10 min",
    show_default=True,
    help="How late a good run may be by the schedule, its duration included.",
)
@click.option("--max-age", metavar="DURATION", help="With --check: exit with 7 if no snapshot was taken for this long.")
@click.option(
    "--max-queue", metavar="N", type=click.IntRange(min=0), help="With --check: exit with 7 if more entries wait."
)
@format_option("text", "json", "prometheus")
@pass_session
def status_command(
    session: Session, *, check: bool, grace: str, max_age: str | None, max_queue: int | None, form: str
) -> int:
    """Show the last run, the next one, and the state of the store.

    The next run is the one that `monitor watch` makes; the same line says whether it is running.

    With --check, for a probe: a good run is one that scanned the folder and recorded what it found, even if single
    documents could not be read. Only the journal and the schedule are read.
    """
    settings = session.settings()
    if not check:
        if max_age is not None or max_queue is not None:
            raise UsageError("--max-age and --max-queue are limits of --check; give that too")
        return _measure(settings) if form == "prometheus" else _show(settings, form)
    if form == "prometheus":
        raise UsageError("--check prints text or json; monitor_overdue of `status --format prometheus` says the same")
    found = health(settings, now(), _duration("--grace", grace))
    age = None if max_age is None else _duration("--max-age", max_age)
    return _check(settings, found, list(_exceeded(settings, age, max_queue)), form)


def _measure(settings: Settings) -> int:
    with open_monitor(settings) as monitor:
        text, problem = import_module("monitor.app.metrics").metrics(monitor, now())
    sys.stdout.write(text)
    if problem is not None:
        raise StoreError(problem)
    return 0


def _exceeded(settings: Settings, age: timedelta | None, queue: int | None) -> Iterator[str]:
    """Which limits of the caller's own do not hold, each in words."""
    if age is not None:
        taken = next(status.runs(settings.journal, None, "recorded", 1), None)
        if taken is None or now() - (taken.taken_at or taken.started_at) > age:
            yield "no snapshot was taken for longer than --max-age"
    if queue is not None:
        with open_monitor(settings) as monitor:
            waiting = import_module("monitor.app.review").counts(monitor).entries.get("unreviewed", 0)
        if waiting > queue:
            yield f"{waiting:,} entries of the queue wait for review"


def _show(settings: Settings, form: str) -> int:
    with open_monitor(settings) as monitor:
        found, notices = state(monitor), unsent_notices(monitor)
        unusual = rhythm(monitor, now()) if found.newest else Rhythm()
        warnings = [*filter(None, [status.disk_warning(settings)])]
        if settings.store.keep is not None and found.newest:
            retention = import_module("monitor.app.retention")  # loaded where it is needed: a status must start fast
            warnings += filter(None, [retention.upcoming_removal(monitor, now())])
        if not monitor.ledger_is_current() or (found.newest and found.newest.taken_at > now()):
            check = import_module("monitor.app.store_check")
            problem, ahead = check.find_problem(monitor), check.newest_ahead(monitor, now())
            warnings += filter(None, (problem and problem.message, ahead))
    upcoming = next_run(settings, now(), found.last.started_at if found.last else None)
    if form == "json":
        text = [{"channel": one.channel, "state": one.state, "problem": one.problem} for one in notices]
        shape = {**_status_shape(settings, found, upcoming), **_unusual_shape(unusual)}
        write_json({**shape, "notices": text, "warnings": warnings})
        return 0
    page = open_page(settings.zone)
    _write(page, settings, found, upcoming)
    _write_unusual(page, settings, unusual)
    for warning in warnings:
        page.line(warning, lead=[("failed", "! ")])
    for one in notices:
        problem = f": {one.problem}" if one.problem else ""
        _field(page, "notice", f"{one.title}, for {one.channel}, is {one.state}{problem}", role="failed")
    return 0


def _duration(option: str, text: str) -> timedelta:
    try:
        found = timedelta(seconds=duration(text))
        _ = now() + found
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
    except OverflowError:
        raise click.BadParameter(f"{text!r} is longer than the calendar", param_hint=option) from None
    return found


def _check(settings: Settings, found: Health, exceeded: Sequence[str], form: str) -> int:
    (overdue, due, why), good, last = found
    if form == "json":
        write_json(
            {
                "overdue": overdue,
                "why": why,
                "last_good_run": run_json(good) if good else None,
                "last_run": run_json(last) if last else None,
                "due": time_json(due) if due else None,
                "exceeded": list(exceeded),
            }
        )
    else:
        page = open_page(settings.zone)
        told = "; ".join((_checked(page, found), *exceeded))
        page.line(told, lead=[("failed", "! ")] if overdue or exceeded else [])
    return ExitStatus.OVERDUE if overdue or exceeded else ExitStatus.DONE


def _checked(page: Page, checked: Health) -> str:
    found, good, last = checked
    parts = [found.why]
    if good is not None:
        parts.append(f"the last good run began {page.time(good.started_at)}")
    if found.due is not None:
        parts.append(f"the one after it {'was' if found.overdue else 'is'} due {page.time(found.due)}")
    if found.overdue and last is not None and last != good:
        parts.append(f"the last run {last.outcome}{f': {last.message}' if last.message else ''}")
    if found.overdue:
        parts.append("`monitor run` makes one now, and `monitor watch` one whenever it is due")
    return "; ".join(parts)


def _status_shape(settings: Settings, found: State, upcoming: datetime | None) -> Record:
    return {
        "folder": str(settings.watched[0].folder),
        "folders": {watch.label: str(watch.folder) for watch in settings.watched},
        "store": str(settings.store.snapshots),
        "configuration": str(settings.file) if settings.file else None,
        "last_run": run_json(found.last) if found.last else None,
        "next_run": time_json(upcoming) if upcoming else None,
        "last_snapshot": snapshot_json(found.newest) if found.newest else None,
        "counts": found.counts._asdict(),
        "left_out": dict(found.left_out.counts),
        "unmatched_patterns": list(found.left_out.unmatched),
        "unwatched": list(found.unwatched),
        "removed_by_request": [tombstone_json(one) for one in found.removed],
        "taken_out": found.taken_out,
        "not_read": [one._asdict() for one in found.not_read],
        "behind": found.behind,
        "not_watched": [{"since": time_json(start), "until": time_json(end)} for start, end in found.gaps],
        "running": _holder(found.running),
        "watching": _holder(found.watching),
    }


def _write(page: Page, settings: Settings, found: State, upcoming: datetime | None) -> None:
    counts = found.counts
    for watch in settings.watched:
        _field(page, "folder", f"{watch.name}: {watch.folder}" if watch.name else str(watch.folder))
    _field(page, "store", str(settings.store.snapshots))
    _write_sqlite(page, settings)
    _field(page, "configuration", str(settings.file) if settings.file else "none: `monitor init` writes one")
    _field(page, "last run", _last(page, found))
    _field(page, "next run", _next(page, found, upcoming))
    if found.running:
        _field(page, "running", _who(page, found.running))
    if found.newest is None:
        _field(page, "snapshots", "none yet: `monitor run` takes the first")
        return
    newest = f"{short(found.newest.id)} of {page.time(found.newest.taken_at)}"
    _field(page, "snapshots", f"{counts.snapshots + found.behind:,}, the last {newest}")
    _write_left_out(page, found)
    _field(page, "ledger", _ledger(found))
    for start, end in found.gaps:
        _field(page, "not watched", gap_text(start, end, settings.zone))
    contents = ((counts.documents, "document"), (counts.statements, "statement"), (counts.changes, "change"))
    _field(page, "contents", ", ".join(plural(count, noun) for count, noun in contents))
    if found.taken_out is not None:
        count, before = plural(found.taken_out["snapshots"], "older snapshot"), found.taken_out["before"][:10]
        _field(page, "kept", f"what held since {before}; {count} were taken out ([store] keep)")
    for one in found.removed[-MOST:]:
        _field(page, "removed", one.text)
    if counts.failures:
        _field(page, "failed", plural(counts.failures, "document"), role="failed")
    for failure in found.last.failures if found.last else ():
        page.line(f"{failure.path}: {failure.reason}", lead=[("failed", "! ")])
    for name, partly in (("not read", False), ("partly read", True)):
        _write_not_read(page, name, [one for one in found.not_read if one.partly is partly])


def _write_sqlite(page: Page, settings: Settings) -> None:
    if fact := status.sqlite_warning(settings):
        _field(page, "sqlite", fact)


def _unusual_shape(unusual: Rhythm) -> Record:
    quiet = [
        {"document": one.path, "last_changed": time_json(one.last), "usual_seconds": one.usual.total_seconds()}
        for one in unusual.quiet
    ]
    noisy = [{"document": one.path, "changed": one.changed, "runs": one.looks} for one in unusual.noisy]
    return {"quiet": quiet, "noisy": noisy}


def _write_unusual(page: Page, settings: Settings, unusual: Rhythm) -> None:
    """Documents that have gone quiet, and those that change at nearly every run."""
    lines = [("quiet", one.path, quiet_text(one, now(), settings.zone)) for one in unusual.quiet]
    lines += [("noisy", one.path, noisy_text(one)) for one in unusual.noisy]
    for name, path, what in lines[:MOST]:
        _field(page, name, f"{path}: {what}")
    if len(lines) > MOST:
        page.line(f"and {len(lines) - MOST:,} more; `monitor status --format json` lists them all", indent=2)


def _write_not_read(page: Page, name: str, documents: Sequence[NotRead]) -> None:
    if documents:
        _field(page, name, plural(len(documents), "document"))
    for one in documents[:MOST]:
        page.line(f"{one.path}: {one.reason}", indent=2)
    if len(documents) > MOST:
        page.line(f"and {len(documents) - MOST:,} more; `monitor status --format json` lists them all", indent=2)


def _write_left_out(page: Page, found: State) -> None:
    """How much of the folders is not watched, patterns that do nothing, and documents that are not watched any more."""
    counts = [f"{count:,} ({why})" for why, count in sorted(found.left_out.counts.items())]
    if counts:
        _field(page, "left out", f"{', '.join(counts)}; `monitor files --excluded` lists them")
    for pattern in found.left_out.unmatched:
        _field(page, "pattern", f"{pattern} matches nothing", role="failed")
    if found.unwatched:
        _field(page, "not watched", f"{plural(len(found.unwatched), 'document')} any more, as the patterns leave out")
        for name in found.unwatched[:MOST]:
            page.line(name, indent=2)


def _last(page: Page, found: State) -> str:
    if found.last is None:
        return "none yet"
    text = {"recorded": plural(found.last.changes, "change"), "unchanged": "nothing changed"}
    outcome = text.get(found.last.outcome, found.last.outcome)
    message = f": {found.last.message}" if found.last.message else ""
    return f"{page.time(found.last.started_at)}, {outcome}{message}"


def _next(page: Page, found: State, upcoming: datetime | None) -> str:
    if not found.watching:
        return "none (`monitor watch` is not running)"
    when = page.time(upcoming) if upcoming else "never: the schedule has no later time"
    return f"{when}, by {_who(page, found.watching)}"


def _ledger(found: State) -> str:
    return f"{plural(found.behind, 'snapshot')} behind: `monitor run` adds them" if found.behind else "up to date"


def _who(page: Page, holder: Holder) -> str:
    return f"`{holder.command}`, pid {holder.pid}, since {page.time(holder.since)}"


def _holder(holder: Holder | None) -> Record | None:
    return {**asdict(holder), "since": time_json(holder.since)} if holder else None


def _field(page: Page, name: str, value: str, role: str = "plain") -> None:
    page.line((role, value), lead=[("muted", f"{name:<14}")])


@command("monitor snapshots --limit 10")
@click.option("--limit", metavar="N", type=AT_LEAST_ONE, help="Show the newest N.")
@format_option("text", "json", "jsonl")
@pass_session
def snapshots_command(session: Session, *, limit: int | None, form: str) -> None:
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
            write_records(map(_snapshot_shape, newest), form)


def _newest_first(store: SnapshotStore) -> list[SnapshotDelta]:
    deltas = [delta for source in store.sources() for delta in store.deltas(source)]
    # sorting is stable: what was taken at the same moment stays in the order of its source
    return sorted(deltas, key=lambda delta: delta.snapshot.taken_at)[::-1]


def _counts(delta: SnapshotDelta) -> dict[str, int]:
    signs = Counter(map(_sign, delta.changes))
    return {"+": signs["+"], "~": signs["~"], "-": signs["-"], "!": len(delta.failures)}


def _sign(change: PathChange) -> str:
    return "+" if change.before is None else "-" if change.after is None else "~"


def _snapshot_shape(delta: SnapshotDelta) -> Record:
    names = {"+": "files_added", "~": "files_changed", "-": "files_removed", "!": "files_failed"}
    counts = {names[mark]: number for mark, number in _counts(delta).items()}
    return {**snapshot_json(delta.snapshot), **counts}


@command("monitor runs --since 7d --outcome held")
@click.option("--since", metavar="WHEN", help="Only runs from then on: a date or time, or an age such as 7d.")
@click.option("--outcome", type=click.Choice(["recorded", "unchanged", "failed", "held", "missed"]), help="Only these.")
@click.option("--limit", metavar="N", type=AT_LEAST_ONE, help="Show the newest N.")
@format_option("text", "json", "jsonl")
@pass_session
def runs_command(session: Session, *, since: str | None, outcome: str | None, limit: int | None, form: str) -> None:
    """List the runs of the journal, newest first: when each began, how it ended, and what it said.

    The journal keeps about the last 20 MB.
    """
    settings = session.settings()
    found = status.runs(settings.journal, parse_time("--since", since, settings), outcome, limit)
    if form != "text":
        write_records(map(run_json, found), form)
        return
    page = open_page(settings.zone)
    for run in found:
        parts = [run.outcome, plural(run.changes, "change") if run.outcome == "recorded" else ""]
        parts += [f"{len(run.failures):,} not read" if run.failures else ""]
        parts += [f"{one.path} held" for one in run.held]
        parts += [run.message or ""]
        page.line(f"{page.time(run.started_at)}  {'; '.join(filter(None, parts))}")
