"""Pages of the review queue: entries, one change with its history, orphans, and the forms for verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.app import review
from monitor.app.queries import find_source, near_documents, text_of_group
from monitor.core.review.events import (
    UNREVIEWED,
    Act,
    Event,
    Orphan,
    Overtaken,
    QueueCounts,
    QueueFilter,
    ReviewResult,
    Verdict,
)
from monitor.core.text.normalize import visible
from monitor.errors import UsageError
from monitor.model import RECORDED_KINDS, Aspect, Significance
from monitor.reports.phrases import plural
from monitor.reports.reasons import reason_of
from monitor.reports.redline import text_blocks
from monitor.reports.views import LONGEST, change_run_views
from monitor.web.queue_views import act_views, day_views, entry_view, state_view
from monitor.web.request import (
    ANY,
    Form,
    QueueQuery,
    RequestContext,
    cursor,
    local_address,
    queue_filter,
    queue_query,
    render,
    usable,
)

PAGE = 50  # entries
SUGGESTED = 300  # documents
MEMBERS = 100  # of an entry that its page shows
TABS = (
    (UNREVIEWED, "To review"),
    *((str(verdict), verdict.capitalize()) for verdict in (Verdict.FLAGGED, Verdict.ACCEPTED, Verdict.DISMISSED)),
    (ANY, "All"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """The queue of one verdict."""

    label: str
    count: int
    address: str
    current: bool


def queue_page(context: RequestContext) -> Response:
    """A page of the queue."""
    typed = queue_query(context.query)
    documents: list[Sequence[int]] = []

    def check(one: QueueQuery) -> None:
        found = _queue_filter(context, one)
        if found.source:
            find_source(context.monitor.ledger, found.source, context.monitor.settings.watched)
        if found.document:
            documents.append(review.documents_of(context.monitor, found.document))

    query, problems = usable(typed, check)
    filtered = _queue_filter(context, query)._replace(numbers=tuple(documents[0]) if documents else None)
    page = review.queue(context.monitor, filtered, after=cursor(context.query), limit=PAGE)
    counts = context.site.count_cache(context.monitor, filtered)
    newest = context.monitor.facts.newest_run()
    matching = _matching(query, counts)
    return context.page(
        "queue.html",
        headers={"HX-Push-Url": typed.address(after=context.query.one("after"))},
        title="Queue",
        query=query,
        typed=typed,
        problems={name: visible(text) for name, text in problems.items()},
        near=_near(context, typed) if "document" in problems else [],
        document=visible(_document_label(context, typed.document)),
        back=query.address(after=context.query.one("after")),
        days=day_views(page.entries, context.zone, context.now, newest, context.address_of),
        shown=len(page.entries),
        further=query.address(after=page.next) if page.next else "",
        begins=not context.query.one("after"),
        tabs=_tabs(query, counts),
        periods=_periods(query, newest),
        since_visit=query.address(since="VISIT"),
        news=query.address("/queue/news", mark=str(context.monitor.facts.mark().seq)),
        counts=counts,
        matching=matching,
        matching_changes=_matching_changes(query, counts),
        recorded=newest is not None or matching > 0,
        choices=_choices(context),
        reviewer=visible(context.site.reviewer),
    )


def _near(context: RequestContext, typed: QueueQuery) -> list[tuple[str, str]]:
    """The documents whose names are nearest to what was typed, with the address that asks for each."""
    found = near_documents(context.monitor.ledger, typed.document)
    return [(visible(path), typed.address(document=path)) for path in found]


def news_page(context: RequestContext) -> Response:
    """How many changes came since a page was made, as a part of that page; empty where none did."""
    mark = context.query.one("mark")
    seq = int(mark) if mark.isascii() and mark.isdecimal() and len(mark) < 10 else 0
    shown = queue_query(context.query).address()
    return context.page("news.html", count=context.monitor.facts.count_after(seq), address=shown)


def change_page(context: RequestContext) -> Response:
    """One change: all its words, why it weighs what it weighs, the history of verdicts, what shares its entry."""
    identity = context.named("change")
    entry = review.entry(context.monitor, identity)
    alike = review.members(context.monitor, identity, MEMBERS + 1)
    others = [change for change in alike[:MEMBERS] if change.id != entry.change.id]
    text = text_of_group(context.monitor.ledger, alike[:MEMBERS])
    return context.page(
        "change.html",
        title=f"Change in {visible(entry.change.document)}",
        entry=entry_view(entry, context.zone, context.address_of(entry.change), LONGEST),
        copies=plural(entry.change.copies, "statement") if entry.change.copies else "",
        others=() if text else change_run_views(others, context.zone, context.address_of, reason_of),
        text=text_blocks(*text) if text else (),
        more=len(alike) > MEMBERS,
        acts=act_views(review.history(context.monitor, identity), context.zone),
        back=f"/changes/{entry.change.id}",
        people=list(map(visible, review.reviewers(context.monitor))),
        reviewer=visible(context.site.reviewer),
    )


def orphans_page(context: RequestContext) -> Response:
    """What somebody decided on and the ledger no longer has."""

    def orphan_view(orphan: Orphan) -> dict[str, object]:
        return {
            "id": visible(orphan.change),
            "state": state_view(orphan.state, context.zone),
            "acts": act_views(orphan.events, context.zone),
            "removed": visible(context.monitor.removed(orphan.change) or ""),
        }

    return context.page(
        "orphans.html", title="Orphaned verdicts", orphans=list(map(orphan_view, review.orphans(context.monitor)))
    )


# --- deciding -----------------------------------------------------------------------------------


def decide(context: RequestContext) -> Response:
    """A verdict on one entry, on all that are ticked, or on all that match. A comparison names it by its button."""
    pressed = next((one for one in Verdict if context.form.one(one)), None)
    verdict = pressed or _verdict(str(context.request.path_params.get("verdict", "")))
    if matching := context.query.one("matching"):
        return _decide_matching(context, verdict, matching)
    chosen = [context.form.one(pressed)] if pressed else _selected_changes(context.form)
    done = review.decide(
        context.monitor,
        chosen,
        verdict,
        reviewer=context.reviewer(),
        at=context.now,
        comment=_entry_field(context.form, "comment") or None,
        known_events={change: last for change, last in _known_events(context.form).items() if change in chosen},
    )
    return _answer(context, chosen, done)


def _decide_matching(context: RequestContext, verdict: Verdict, matching: str) -> Response:
    """A verdict on all that the filter of the reader's page finds, if these are as many as the page said."""
    parts = urlsplit(local_address(context.form.one("back"), "/queue"))
    filtered = _queue_filter(context, queue_query(Form(parse_qsl(parts.query))))
    expected = int(matching) if matching.isascii() and matching.isdecimal() and len(matching) < 10 else 0
    reviewer = context.reviewer()
    review.decide_matching(context.monitor, filtered, expected, verdict, reviewer=reviewer, at=context.now)
    answer = RedirectResponse(local_address(context.form.one("back"), "/queue"), 303)
    answer.background = BackgroundTask(review.sync_branch, context.monitor.settings)
    return answer


def comment(context: RequestContext) -> Response:
    """Words on one entry."""
    chosen = _selected_changes(context.form)
    text = _entry_field(context.form, "comment")
    done = review.comment(context.monitor, chosen, text, reviewer=context.reviewer(), at=context.now)
    return _answer(context, chosen, done)


def assign(context: RequestContext) -> Response:
    """Somebody asked to decide; nobody, where the field is empty."""
    chosen = _selected_changes(context.form)
    document_id = _entry_field(context.form, "assignee")
    done = review.assign(context.monitor, chosen, document_id, reviewer=context.reviewer(), at=context.now)
    return _answer(context, chosen, done)


def undo(context: RequestContext) -> Response:
    """Undo the reviewer's newest act, or that on one entry."""
    only = context.form.one("only")
    done = review.undo(
        context.monitor, [only] if only else (), reviewer=context.reviewer(), at=context.now, anybodys=context.is_admin
    )
    touched = {event.change for event in done.events}
    return _answer(context, [change for change in _known_events(context.form) if change in touched], done)


def _verdict(word: str) -> Verdict:
    try:
        return Verdict(word)
    except ValueError:
        raise UsageError(f"{word} is no verdict") from None


def _selected_changes(form: Form) -> list[str]:
    """The entry whose own button was pressed, else those that are ticked."""
    only = form.one("only")
    chosen = [only] if only else form.all("change")
    if not chosen:
        raise UsageError("tick at least one change first")
    return chosen


def _entry_field(form: Form, name: str) -> str:
    """The field of an entry, or of all that are ticked."""
    return form.one(f"{name}.{form.one('only') or 'ticked'}")


def _known_events(form: Form) -> dict[str, int]:
    """The entries on the reader's page, and up to which event each was known when it was made."""
    pairs = (value.rpartition(":") for value in form.all("seen"))
    return {change: int(last) for change, _, last in pairs if last.isascii() and last.isdecimal()}


def _answer(context: RequestContext, touched: Iterable[str], done: ReviewResult) -> Response:
    """Back to where the form was; to our script only what the page must show again."""
    back = local_address(context.form.one("back"), "/queue")
    if context.is_fragment:
        answer = context.page(
            "done.html",
            entries=[
                entry_view(one, context.zone, context.address_of(one.change))
                for one in (review.entry(context.monitor, change) for change in touched)
            ],
            query=sentence(done),
            tabs=_tabs_of(context, back),
            refused=False,
        )
    else:
        answer = RedirectResponse(back, 303)
    settings = context.monitor.settings
    answer.background = BackgroundTask(review.sync_branch, settings)
    return answer


def sentence(done: ReviewResult) -> str:
    """What was done, in a sentence for the status line."""
    acts = dict.fromkeys(event.act for event in done.events)
    return "".join(f"{_what_was_done([one for one in done.events if one.act is act])}. " for act in acts).rstrip()


def _what_was_done(events: Iterable[Event]) -> str:
    listed = list(events)
    many = plural(len(listed), "change")
    match listed[0].act:
        case Act.VERDICT:
            return f"{str(listed[0].verdict).capitalize()} {many}"
        case Act.PROPOSAL:
            return f"Proposed {many} as {listed[0].verdict}; another person decides"
        case Act.COMMENT:
            return f"Commented on {many}"
        case Act.ASSIGNMENT:
            return f"Assigned {many} to {visible(listed[0].assignee or 'nobody')}"
        case Act.UNDO:
            return f"Undid what was recorded on {many}"


# --- the statements around -------------------------------------------------------------------------


def _tabs(query: QueueQuery, counts: QueueCounts) -> list[Tab]:
    return [
        Tab(
            label,
            counts.all_entries if verdict == ANY else counts.entries.get(verdict, 0),
            query.address(verdict=verdict, folded=""),
            query.verdict == verdict and not query.folded,
        )
        for verdict, label in TABS
    ]


def _matching(query: QueueQuery, counts: QueueCounts) -> int:
    """How many entries the filter finds."""
    return 0 if query.folded else counts.all_entries if query.verdict == ANY else counts.entries.get(query.verdict, 0)


def _matching_changes(query: QueueQuery, counts: QueueCounts) -> int:
    return sum(counts.verdicts.values()) if query.verdict == ANY else counts.verdicts.get(query.verdict, 0)


def _periods(query: QueueQuery, newest: datetime | None) -> list[Tab]:
    """Narrower views of the queue by time."""
    found = [("All days", "")]
    if newest is not None:
        found.append(("Latest run", f"{newest.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"))
    found += [("Today", "today"), ("7 days", "7d"), ("30 days", "30d")]
    return [Tab(label, 0, query.address(since=since, until=""), query.since == since) for label, since in found]


def _tabs_of(context: RequestContext, back: str) -> list[Tab]:
    """Those of the page that the form was on; none where that was no page of the queue."""
    parts = urlsplit(back)
    if parts.path != "/queue":
        return []
    query = queue_query(Form(parse_qsl(parts.query)))
    return _tabs(query, context.site.count_cache(context.monitor, _queue_filter(context, query)))


def _queue_filter(context: RequestContext, query: QueueQuery) -> QueueFilter:
    return queue_filter(query, context.calendar(), context.monitor.pages.document)


def _document_label(context: RequestContext, document_id: str) -> str:
    """A document by its path, where that can be typed; links name it by its id."""
    document = context.monitor.pages.document(document_id) if document_id else None
    return document.path if document and document.path == visible(document.path) else document_id


def _imports(context: RequestContext) -> list[str]:
    return [name for name in context.monitor.known_sources() if name and name == visible(name)]


def _choices(context: RequestContext) -> dict[str, list[str]]:
    """What the filters offer."""
    return {
        "documents": [path for path in context.monitor.pages.paths(SUGGESTED) if path == visible(path)],
        "kinds": list(map(str, RECORDED_KINDS)),
        "aspects": list(map(str, Aspect)),
        "significances": list(map(str, Significance)),
        "people": list(map(visible, review.reviewers(context.monitor))),
        "terms": list(map(visible, context.monitor.settings.review.watch)),
        "sources": sorted({*(one.name for one in context.monitor.settings.sources), *_imports(context)}),
    }


def refused_verdict(request: Request, error: Overtaken) -> Response:
    """The entries as they are now, with what somebody else did; for our script."""
    with request.app.state.site.stores.another() as monitor:
        context = RequestContext(request, monitor, Form(()))
        touched = list(dict.fromkeys(event.change for event in error.events))
        found = [review.entry(monitor, one) for one in touched]
        entries = [entry_view(one, context.zone, context.address_of(one.change)) for one in found]
        return context.page("done.html", status=409, entries=entries, query=visible(str(error)), tabs=[], refused=True)


def refusal(message: str) -> str:
    """What our script shows where a form was refused."""
    return render("refused.html", query=visible(message))
