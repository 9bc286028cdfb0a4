"""The runs: how it stands, when the next one is due, what each one did and could not read."""

from __future__ import annotations

from starlette.responses import Response

from monitor.app import status
from monitor.app.status import Holder, state
from monitor.core.text.normalize import visible
from monitor.model import Failure, Run
from monitor.reports.phrases import duration, plural, time_view
from monitor.web.request import Desk

LISTED = 100  # runs
NAMED = 20  # failures of one run
MINUTE = 60  # seconds
OUTCOMES = {
    "recorded": "Recorded",
    "unchanged": "Nothing changed",
    "failed": "Failed",
    "held": "Held",
    "missed": "Missed",
}


def runs_page(desk: Desk) -> Response:
    """The history of runs, newest first."""
    found = state(desk.monitor)
    upcoming = desk.site.next_run(found.last.started_at if found.last else None)
    return desk.page(
        "runs.html",
        title="Runs",
        found=found,
        counts=found.counts,
        last=_run(found.last, desk) if found.last else None,
        upcoming=time_view(upcoming, desk.zone) if upcoming else None,
        running=_holder(found.running, desk),
        watching=_holder(found.watching, desk),
        runs=[_run(run, desk) for run in reversed(status.read(desk.monitor.settings.journal, LISTED))],
        listed=LISTED,
    )


def _run(run: Run, desk: Desk) -> dict[str, object]:
    return {
        "outcome": run.outcome,
        "label": OUTCOMES[run.outcome],
        "at": time_view(run.started_at, desk.zone),
        "took": _took(run),
        "changes": plural(run.changes, "change") if run.outcome == "recorded" else "",
        "snapshot": visible(run.snapshot or ""),
        "taken_at": time_view(run.taken_at, desk.zone) if run.taken_at is not None and _is_dated(run) else None,
        "failures": _failures(run.failures),
        "skipped": _failures(run.skipped),
        "message": visible(run.message or ""),
    }


def _is_dated(run: Run) -> bool:
    """Whether its snapshot was dated by hand, or came from elsewhere."""
    return run.taken_at is not None and abs((run.started_at - run.taken_at).total_seconds()) > MINUTE


def _took(run: Run) -> str:
    seconds = (run.finished_at - run.started_at).total_seconds()
    return f"{seconds:.1f} s" if seconds < MINUTE else duration(run.finished_at - run.started_at)


def _failures(failures: tuple[Failure, ...]) -> dict[str, object]:
    shown = [(visible(one.path), visible(one.reason)) for one in failures[:NAMED]]
    return {"count": len(failures), "shown": shown, "more": len(failures) - len(shown)}


def _holder(holder: Holder | None, desk: Desk) -> str:
    if holder is None:
        return ""
    return f"{visible(holder.command)}, process {holder.pid}, since {time_view(holder.since, desk.zone).text}"
