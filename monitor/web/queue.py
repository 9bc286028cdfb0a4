"""The queue's pages: a page of entries, one change with its history, what is orphaned; and the forms that decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from monitor.app import review
from monitor.core.review.events import UNREVIEWED, Act, Done, Event, Orphan, QueueCounts, QueueFilter, Verdict
from monitor.core.text.normalize import visible
from monitor.errors import UsageError
from monitor.model import RECORDED_KINDS, Aspect, Significance
from monitor.reports.phrases import plural
from monitor.reports.views import LONGEST, block_views
from monitor.web.queue_views import act_views, entry_view, state_view, told
from monitor.web.request import ANY, Asked, Desk, Form, asked, cursor, own_address, render, wanted

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


def queue_page(desk: Desk) -> Response:
    """A page of the queue."""
    said = asked(desk.query)
    filtered = _wanted(desk, said)
    page = review.queue(desk.monitor, filtered, after=cursor(desk.query), limit=PAGE)
    counts = desk.site.counted(desk.monitor, filtered)
    return desk.page(
        "queue.html",
        headers={"HX-Push-Url": said.address(after=desk.query.one("after"))},
        title="Queue",
        said=said,
        document=_document_shown(desk, said.document),
        back=said.address(after=desk.query.one("after")),
        entries=[entry_view(entry, desk.zone) for entry in page.entries],
        further=said.address(after=page.next) if page.next else "",
        begins=not desk.query.one("after"),
        tabs=_tabs(said, counts),
        counts=counts,
        choices=_choices(desk),
        reviewer=visible(desk.site.reviewer),
    )


def change_page(desk: Desk) -> Response:
    """One change: all its words, why it weighs what it weighs, the history of verdicts, what shares its entry."""
    identity = desk.named("change")
    entry = review.entry(desk.monitor, identity)
    alike = review.members(desk.monitor, identity, MEMBERS + 1)
    others = [change for change in alike[:MEMBERS] if change.id != entry.change.id]
    return desk.page(
        "change.html",
        title=f"Change in {visible(entry.change.document)}",
        entry=entry_view(entry, desk.zone, LONGEST),
        copies=plural(entry.change.copies, "statement") if entry.change.copies else "",
        others=block_views(others, desk.zone),
        more=len(alike) > MEMBERS,
        acts=act_views(review.history(desk.monitor, identity), desk.zone),
        back=f"/changes/{entry.change.id}",
        people=list(map(visible, review.reviewers(desk.monitor))),
        reviewer=visible(desk.site.reviewer),
    )


def orphans_page(desk: Desk) -> Response:
    """What somebody decided on and the ledger no longer has."""

    def shown(orphan: Orphan) -> dict[str, object]:
        return {
            "id": visible(orphan.change),
            "state": state_view(orphan.state, desk.zone),
            "acts": act_views(orphan.events, desk.zone),
        }

    return desk.page("orphans.html", title="Orphaned verdicts", orphans=list(map(shown, review.orphans(desk.monitor))))


# --- deciding -----------------------------------------------------------------------------------


def decide(desk: Desk) -> Response:
    """A verdict on one entry, or on all that are ticked."""
    verdict = _verdict(desk.named("verdict"))
    chosen = _chosen(desk.form)
    done = review.decide(
        desk.monitor,
        chosen,
        verdict,
        reviewer=desk.form.one("reviewer"),
        at=desk.now,
        comment=_beside(desk.form, "comment") or None,
        seen={change: last for change, last in _shown(desk.form).items() if change in chosen},
    )
    return _answer(desk, chosen, done)


def comment(desk: Desk) -> Response:
    """Words on one entry."""
    chosen = _chosen(desk.form)
    text = _beside(desk.form, "comment")
    done = review.comment(desk.monitor, chosen, text, reviewer=desk.form.one("reviewer"), at=desk.now)
    return _answer(desk, chosen, done)


def assign(desk: Desk) -> Response:
    """Somebody asked to decide; nobody, where the field is empty."""
    chosen = _chosen(desk.form)
    asked_for = _beside(desk.form, "assignee")
    done = review.assign(desk.monitor, chosen, asked_for, reviewer=desk.form.one("reviewer"), at=desk.now)
    return _answer(desk, chosen, done)


def undo(desk: Desk) -> Response:
    """The reviewer's newest act taken back, or that on one entry."""
    only = desk.form.one("only")
    done = review.undo(desk.monitor, [only] if only else (), reviewer=desk.form.one("reviewer"), at=desk.now)
    touched = {event.change for event in done.events}
    return _answer(desk, [change for change in _shown(desk.form) if change in touched], done)


def _verdict(word: str) -> Verdict:
    try:
        return Verdict(word)
    except ValueError:
        raise UsageError(f"{word} is no verdict") from None


def _chosen(form: Form) -> list[str]:
    """The entry whose own button was pressed, else those that are ticked."""
    only = form.one("only")
    chosen = [only] if only else form.all("change")
    if not chosen:
        raise UsageError("tick at least one change first")
    return chosen


def _beside(form: Form, name: str) -> str:
    """The field of an entry, or of all that are ticked."""
    return form.one(f"{name}.{form.one('only') or 'ticked'}")


def _shown(form: Form) -> dict[str, int]:
    """The entries on the reader's page, and up to which event each was known when it was made."""
    pairs = (value.rpartition(":") for value in form.all("seen"))
    return {change: int(last) for change, _, last in pairs if last.isascii() and last.isdecimal()}


def _answer(desk: Desk, touched: Iterable[str], done: Done) -> Response:
    """Back to where the form was; to our script only what the page must show anew."""
    back = own_address(desk.form.one("back"), "/queue")
    if desk.is_fragment:
        answer = desk.page(
            "done.html",
            entries=[entry_view(review.entry(desk.monitor, one), desk.zone) for one in touched],
            said=sentence(done),
            tabs=_tabs_of(desk, back),
        )
    else:
        answer = RedirectResponse(back, 303)
    settings = desk.monitor.settings
    answer.background = BackgroundTask(review.mirror, settings)
    return answer


def sentence(done: Done) -> str:
    """What was done, in a sentence for the status line."""
    said = f"{_what_was_done(done.events)}."
    if done.overtaken:
        said += f" Meanwhile {told(done.overtaken)}; both stand in the history."
    return said


def _what_was_done(events: Iterable[Event]) -> str:
    listed = list(events)
    many = plural(len(listed), "change")
    match listed[0].act:
        case Act.VERDICT:
            return f"{str(listed[0].verdict).capitalize()} {many}"
        case Act.COMMENT:
            return f"Commented on {many}"
        case Act.ASSIGNMENT:
            return f"Assigned {many} to {visible(listed[0].assignee or 'nobody')}"
        case Act.UNDO:
            return f"Took back what was said on {many}"


# --- what stands around -------------------------------------------------------------------------


def _tabs(said: Asked, counts: QueueCounts) -> list[Tab]:
    def counted(verdict: str) -> int:
        return sum(counts.verdicts.values()) if verdict == ANY else counts.verdicts.get(verdict, 0)

    return [
        Tab(
            label,
            counted(verdict),
            said.address(verdict=verdict, folded=""),
            said.verdict == verdict and not said.folded,
        )
        for verdict, label in TABS
    ]


def _tabs_of(desk: Desk, back: str) -> list[Tab]:
    """Those of the page that the form was on; none where that was no page of the queue."""
    parts = urlsplit(back)
    if parts.path != "/queue":
        return []
    said = asked(Form(parse_qsl(parts.query)))
    return _tabs(said, desk.site.counted(desk.monitor, _wanted(desk, said)))


def _wanted(desk: Desk, said: Asked) -> QueueFilter:
    return wanted(said, desk.calendar(), desk.monitor.pages.document)


def _document_shown(desk: Desk, asked_for: str) -> str:
    """A document by its path, where that can be typed; links name it by its id."""
    document = desk.monitor.pages.document(asked_for) if asked_for else None
    return document.path if document and document.path == visible(document.path) else asked_for


def _choices(desk: Desk) -> dict[str, list[str]]:
    """What the filters offer."""
    return {
        "documents": [path for path in desk.monitor.pages.paths(SUGGESTED) if path == visible(path)],
        "kinds": list(map(str, RECORDED_KINDS)),
        "aspects": list(map(str, Aspect)),
        "significances": list(map(str, Significance)),
        "people": list(map(visible, review.reviewers(desk.monitor))),
        "terms": list(map(visible, desk.monitor.settings.review.watch)),
    }


def refusal(message: str) -> str:
    """What our script shows where a form was refused."""
    return render("refused.html", said=visible(message))
