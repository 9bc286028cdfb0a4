"""The overview (changes over time, by document and aspect, as SVG and tables), the list of runs, and the Atom feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from starlette.responses import Response

from monitor.app import status
from monitor.app.due import health
from monitor.app.metrics import METRICS_TYPE, metrics
from monitor.app.publish import feed
from monitor.app.rhythm import noisy_text, quiet_text, rhythm
from monitor.app.status import Holder, state
from monitor.core.text.normalize import visible
from monitor.errors import UsageError
from monitor.ledger.statistics import Tally
from monitor.model import Failure, Run
from monitor.reports.json import dumps
from monitor.reports.phrases import MONTHS, duration, gap_text, gaps, plural, time_view
from monitor.web.request import ANY, QueueQuery, RequestContext, parse_time


def feed_page(context: RequestContext) -> Response:
    """The substantive changes of all, of a document (by id or path), or about a watch term; linked to these pages."""
    settings = context.monitor.settings
    if settings.notify.link is None:
        here = str(context.request.base_url)
        context.monitor.settings = settings._replace(notify=settings.notify._replace(link=here))
    document_id = context.query.one("document")
    document = context.monitor.pages.document(document_id) if document_id else None
    path = document.path if document else document_id
    made = feed(context.monitor, document=path or None, term=context.query.one("term") or None)
    return Response(made, media_type="application/atom+xml")


def health_page(context: RequestContext) -> Response:
    """Whether runs go well: 200 or 503. For a probe, which has no token; nothing in it is of a document."""
    found = health(context.monitor.settings, context.now)
    return Response(dumps(found.public_json()), 503 if found.found.overdue else 200, media_type="application/json")


def metrics_page(context: RequestContext) -> Response:
    """What `status --format prometheus` prints."""
    return Response(metrics(context.monitor, context.now)[0], headers={"content-type": METRICS_TYPE})


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


def runs_page(context: RequestContext) -> Response:
    """The history of runs, newest first."""
    found = state(context.monitor)
    upcoming = context.site.next_run(found.last.started_at if found.last else None)
    return context.page(
        "runs.html",
        title="Runs",
        found=found,
        counts=found.counts,
        last=_run(found.last, context) if found.last else None,
        gaps=[gap_text(*gap, context.zone) for gap in reversed(found.gaps)],
        unusual=_unusual(context),
        upcoming=time_view(upcoming, context.zone) if upcoming else None,
        running=_holder(found.running, context),
        watching=_holder(found.watching, context),
        runs=[_run(run, context) for run in reversed(status.read(context.monitor.settings.journal, LISTED))],
        listed=LISTED,
    )


def _unusual(context: RequestContext) -> list[tuple[str, str, str, str]]:
    """Documents that have gone quiet or change at nearly every run: which, its path, its id, and what is unusual."""
    found = rhythm(context.monitor, context.now)
    quiet = [("Quiet", one.path, one.id, quiet_text(one, context.now, context.zone)) for one in found.quiet]
    noisy = [("Noisy", one.path, one.id, noisy_text(one)) for one in found.noisy]
    return [(which, visible(path), identity, what) for which, path, identity, what in [*quiet, *noisy][:NAMED]]


def _run(run: Run, context: RequestContext) -> dict[str, object]:
    return {
        "outcome": run.outcome,
        "label": OUTCOMES[run.outcome],
        "at": time_view(run.started_at, context.zone),
        "took": _run_time(run),
        "changes": plural(run.changes, "change") if run.outcome == "recorded" else "",
        "snapshot": visible(run.snapshot or ""),
        "taken_at": time_view(run.taken_at, context.zone) if run.taken_at is not None and _is_dated(run) else None,
        "failures": _failures(run.failures),
        "skipped": _failures(run.skipped),
        "not_read": _failures(run.not_read),
        "message": visible(run.message or ""),
    }


def _is_dated(run: Run) -> bool:
    """Whether its snapshot was dated by hand, or came from elsewhere."""
    return run.taken_at is not None and abs((run.started_at - run.taken_at).total_seconds()) > MINUTE


def _run_time(run: Run) -> str:
    seconds = (run.finished_at - run.started_at).total_seconds()
    return f"{seconds:.1f} s" if seconds < MINUTE else duration(run.finished_at - run.started_at)


def _failures(failures: tuple[Failure, ...]) -> dict[str, object]:
    shown = [(visible(one.path), visible(one.reason)) for one in failures[:NAMED]]
    return {"count": len(failures), "shown": shown, "more": len(failures) - len(shown)}


def _holder(holder: Holder | None, context: RequestContext) -> str:
    if holder is None:
        return ""
    return f"{visible(holder.command)}, process {holder.pid}, since {time_view(holder.since, context.zone).text}"


TOP = 20  # documents that are shown
CELL, GAP = 13, 3  # of the heat map, in its own units
MARGIN = 30  # for the days' names
SHADES = 4
BARS = 60  # at most, in the drawing over time
STEPS = (1, 7, 14, 28, 91, 182, 365)  # days that one bar may stand for
BAR_WIDTH, BAR_HEIGHT = 1000, 140


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the heat map; shade 0 is a day without a change."""

    x: int
    y: int
    shade: int
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of days: two heights, one upon the other."""

    x: float
    width: float
    substantive: float
    editorial: float
    total: int
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Share:
    """A row of a table with a bar in it; both parts in hundredths of the longest row."""

    name: str
    address: str
    tally: Tally
    substantive: float
    editorial: float


def overview_page(context: RequestContext) -> Response:
    """Changes over time, by document, by aspect, and a year as a heat map."""
    since_text, until_text = context.query.one("since"), context.query.one("until")
    calendar = context.calendar()
    since, until = parse_time(since_text, calendar, end=False), parse_time(until_text, calendar, end=True)
    facts = context.monitor.pages
    by_day = by_days(facts.by_snapshot(since, until), context)
    all_days = by_day if since is None and until is None else by_days(facts.by_snapshot(None, None), context)
    documents = facts.by_document(since, until)
    years = sorted({one.year for one in all_days}, reverse=True)
    year = _year(context.query.one("year"), years, context.now.astimezone(context.zone).year)
    query = QueueQuery(since=since_text, until=until_text, verdict=ANY)
    total = Tally(sum(one.substantive for one in by_day.values()), sum(one.editorial for one in by_day.values()))
    return context.page(
        "overview.html",
        title="Overview",
        gaps=[
            gap_text(start, end, context.zone)
            for start, end in gaps(context.monitor.ledger.snapshots())
            if (since is None or end >= since) and (until is None or start <= until)
        ][-NAMED:],
        since=since_text,
        until=until_text,
        total=total,
        days=plural(len(by_day), "day"),
        documents_count=len(documents),
        bars=bars(by_day),
        bar_size=(BAR_WIDTH, BAR_HEIGHT),
        year=year,
        years=years,
        cells=heat_map(all_days, year),
        months=_months(year),
        map_size=(MARGIN + 54 * (CELL + GAP), 20 + 7 * (CELL + GAP)),
        by_month=_by_month(all_days, year),
        documents=_documents(documents, query),
        aspects=_shares(
            (str(one), tally, query.address(aspect=(str(one),))) for one, tally in facts.by_aspect(since, until)
        ),
        margin=MARGIN,
        pitch=CELL + GAP,
        cell=CELL,
    )


def by_days(moments: Iterable[tuple[datetime, Tally]], context: RequestContext) -> dict[date, Tally]:
    """The tallies of snapshots by day of the reader's zone, in order."""
    substantive: Counter[date] = Counter()
    editorial: Counter[date] = Counter()
    for at, tally in moments:
        on = at.astimezone(context.zone).date()
        substantive[on] += tally.substantive
        editorial[on] += tally.editorial
    return {one: Tally(substantive[one], editorial[one]) for one in sorted(substantive)}


# --- over time ----------------------------------------------------------------------------------


def bars(by_day: Mapping[date, Tally]) -> list[Bar]:
    """The days as at most so many bars of equal length in days."""
    if not by_day:
        return []
    first, last = min(by_day), max(by_day)
    span = (last - first).days + 1
    step = next((days for days in STEPS if span <= days * BARS), span // BARS + 1)
    counted: dict[int, Tally] = {}
    for on, tally in by_day.items():
        at = (on - first).days // step
        so_far = counted.get(at, Tally())
        counted[at] = Tally(so_far.substantive + tally.substantive, so_far.editorial + tally.editorial)
    count = (span - 1) // step + 1
    highest = max(tally.total for tally in counted.values())
    width = BAR_WIDTH / max(count, 12)
    return [
        _bar(at, tally, first + timedelta(at * step), step, width, highest) for at, tally in sorted(counted.items())
    ]


def _bar(at: int, tally: Tally, begins: date, step: int, width: float, highest: int) -> Bar:
    ends = begins + timedelta(step - 1)
    when = _day(begins) if step == 1 else f"{_day(begins)} – {_day(ends)}"
    return Bar(
        x=round(at * width, 2),
        width=round(width * 0.8, 2),
        substantive=round(tally.substantive / highest * BAR_HEIGHT, 2),
        editorial=round(tally.editorial / highest * BAR_HEIGHT, 2),
        total=tally.total,
        title=f"{when}: {tally.substantive:,} substantive, {tally.editorial:,} editorial",
        address=QueueQuery(since=begins.isoformat(), until=ends.isoformat(), verdict=ANY).address(),
    )


def heat_map(by_day: Mapping[date, Tally], year: int) -> list[Cell]:
    """The days of a year as weeks from Monday to Sunday."""
    first = date(year, 1, 1)
    # The busiest tenth of the days would make all others pale: shades go by rank, not by share of the highest.
    totals = sorted(tally.total for on, tally in by_day.items() if on.year == year)
    limits = [totals[len(totals) * at // SHADES] for at in range(1, SHADES)] if totals else []
    cells = []
    for on in (first + timedelta(number) for number in range((date(year, 12, 31) - first).days + 1)):
        total = by_day.get(on, Tally()).total
        week = ((on - first).days + first.weekday()) // 7
        cells.append(
            Cell(
                x=MARGIN + week * (CELL + GAP),
                y=18 + on.weekday() * (CELL + GAP),
                shade=1 + sum(total > limit for limit in limits) if total else 0,
                title=f"{_day(on)}: {plural(total, 'change')}",
                address=QueueQuery(since=on.isoformat(), until=on.isoformat(), verdict=ANY).address() if total else "",
            )
        )
    return cells


def _months(year: int) -> list[tuple[int, str]]:
    """The position of each month's name over the heat map."""
    first = date(year, 1, 1)
    starts = (date(year, month, 1) for month in range(1, 13))
    return [
        (MARGIN + ((one - first).days + first.weekday()) // 7 * (CELL + GAP), MONTHS[one.month - 1]) for one in starts
    ]


def _by_month(by_day: Mapping[date, Tally], year: int) -> list[tuple[str, Tally, str]]:
    """The heat map in words."""
    found = []
    for month in range(1, 13):
        those = [tally for on, tally in by_day.items() if (on.year, on.month) == (year, month)]
        if those:
            tally = Tally(sum(one.substantive for one in those), sum(one.editorial for one in those))
            ends = date(year + month // 12, month % 12 + 1, 1) - timedelta(1)
            query = QueueQuery(since=date(year, month, 1).isoformat(), until=ends.isoformat(), verdict=ANY)
            found.append((f"{MONTHS[month - 1]} {year}", tally, query.address()))
    return found


def _year(text: str, years: Sequence[int], present: int) -> int:
    if not text:
        return years[0] if years else present
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:5]) <= date.max.year):
        raise UsageError(f"{text} is no year")
    return int(text)


def _day(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


# --- tables -------------------------------------------------------------------------------------


def _documents(documents: Iterable[tuple[str, str, Tally]], query: QueueQuery) -> list[Share]:
    most = sorted(documents, key=lambda one: (-one[2].total, one[1]))[:TOP]
    return _shares((visible(path), tally, query.address(document=one)) for one, path, tally in most)


def _shares(rows: Iterable[tuple[str, Tally, str]]) -> list[Share]:
    listed = sorted(rows, key=lambda row: (-row[1].total, row[0]))
    longest = max((tally.total for _, tally, _ in listed), default=1)
    return [
        Share(
            name,
            address,
            tally,
            round(100 * tally.substantive / longest, 2),
            round(100 * tally.editorial / longest, 2),
        )
        for name, tally, address in listed
    ]
