"""Pages of documents: the list, and the text as of a date with each statement's age."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from monitor.app import review
from monitor.app.compare import Content
from monitor.app.queries import SHORT, unknown
from monitor.core.text.normalize import visible
from monitor.core.time_expressions import point
from monitor.errors import UsageError
from monitor.ledger.statistics import DatedVersion
from monitor.model import Blame, BlockKind, Change, ChangeFilter, Document, Level
from monitor.reports.json import dumps
from monitor.reports.phrases import TimeView, day, duration, time_view
from monitor.reports.redline import SIGNS
from monitor.reports.views import change_label
from monitor.web.request import RequestContext

LONGEST_TITLE = 120  # characters
LISTED = 100  # documents on a page
LONGEST_FOLDER = 40  # characters
AGES = (  # classes of the shading, by how long ago a statement was last revised
    (timedelta(days=7), 0, "a week"),
    (timedelta(days=92), 1, "three months"),
)
OLDEST = 2
NAMES = (*(name for _, _, name in AGES), "longer")
OUTLINED = 3  # headings, from which a document has an outline
SHORTEST_ID = 4  # characters that name a snapshot


@dataclass(frozen=True, slots=True)
class StatementView:
    """One statement of a version: its words, how old they are, and the class of its age.

    `change` says what happened to it in this very version, `address` where that is shown; both may be empty.
    """

    id: str
    text: str
    age: int
    since: TimeView
    how: str
    kind: str
    change: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class VersionView:
    """A moment at which a document changed."""

    snapshot: str
    at: TimeView
    day: str
    present: bool


ORDERS = {"path": "Document", "review": "To review", "changed": "Last changed"}


def documents_page(context: RequestContext) -> Response:
    """Every document by path or by its last change, or those with entries to review, the one with most first."""
    words = context.query.words("q")
    order = context.query.one("sort") if context.query.one("sort") in ORDERS else "path"
    first = context.query.one("first")
    begin = int(first) if first.isascii() and first.isdecimal() and len(first) < 8 else 0
    pages = context.monitor.pages
    if order == "review":
        open_entries = review.open_entries_by_document(context.monitor)
        named = set(pages.containing(words)) if words else open_entries.keys()
        ranked = sorted(named & open_entries.keys(), key=lambda one: (-open_entries[one], one))
        found = pages.numbered(ranked[begin : begin + LISTED + 1])
    else:
        newest_first = order == "changed"
        found = pages.documents(words, None, LISTED + 1, newest_first=newest_first, skipped=begin)
        open_entries = review.open_entries_by_document(context.monitor, [number for number, _ in found])

    def address(**other: object) -> str:
        query = {"q": words, "sort": order, **other}
        return "/documents?" + urlencode({name: value for name, value in query.items() if value and value != "path"})

    return context.page(
        "documents.html",
        title="Documents",
        q=words,
        documents=[
            {**document_line(one, context), "to_review": open_entries[number]} for number, one in found[:LISTED]
        ],
        order=order,
        columns=[(name, label, address(sort=name), name == order) for name, label in ORDERS.items()],
        further=address(first=begin + LISTED) if len(found) > LISTED else "",
        first_page=address() if begin else "",
        by_path=address(sort="path"),
        removed=[visible(one.text) for one in context.monitor.tombstones() if words in one.document],
    )


def document_page(context: RequestContext) -> Response:
    """The text of a document as of a date, each statement shaded by its age."""
    document = document_of(context)
    versions = context.monitor.pages.versions(document.id)
    at = version_index(context, versions, context.query.one("at"), _last_present(versions))
    shown = versions[at]
    # A place on the slider is no address to mail: history that is imported later would move it.
    stable = f"/documents/{document.id}?at={shown.snapshot_time.snapshot[:SHORT]}"
    if _is_version_number(context.query.one("at")) and not context.is_fragment:
        return RedirectResponse(stable, 303)
    blames = context.monitor.ledger.blame(document.id, shown.snapshot_time.snapshot)
    as_of = _as_of(context, versions, at)
    changes = _changes_of(context, document, versions, at)
    marked = {side.statement: one for one in changes for side in one.after}
    statements = [_statement(blame, as_of, context, marked.get(blame.statement)) for blame in blames]
    headings = [one for one in statements if one.kind == BlockKind.HEADING]
    shades = sorted({one.age for one in statements})
    views = version_views(versions, context)
    return context.page(
        "document.html",
        headers={"HX-Push-Url": stable},
        moments=dumps([one.at.text for one in views]),
        title=headings[0].text[:LONGEST_TITLE] if headings else visible(shown.path.rpartition("/")[2]),
        shown_path=visible(shown.path),
        document=document_line(document, context),
        versions=views,
        at=at,
        shown=views[at],
        gone="" if document.present else views[-1].day,
        path_then=visible(shown.path) if shown.path != document.path else "",
        statements=statements,
        outline=headings if len(headings) >= OUTLINED else (),
        ages=[(shade, NAMES[shade]) for shade in shades] if len(shades) > 1 else (),
        changed=_count_by_kind(changes),
        comparison=context.address_of(changes[0]).partition("&open=")[0] if changes else "",
        failed=not blames and shown.present,
        notes=[visible(note) for note in shown.notes],
        removed=[visible(one.text) for one in context.monitor.tombstones(document.id)],
    )


def _changes_of(
    context: RequestContext, document: Document, versions: Sequence[DatedVersion], at: int
) -> Sequence[Change]:
    """What happened to the statements of a document in one version; nothing for the first one."""
    if at == 0:
        return ()
    wanted = ChangeFilter(
        snapshot=versions[at].snapshot_time.snapshot, document=versions[at].path, level=Level.STATEMENT
    )
    return [one for one in context.monitor.ledger.changes(wanted) if one.document_id == document.id]


def _count_by_kind(changes: Sequence[Change]) -> str:
    """How many changes of each kind there are: `2 revised, 1 removed`."""
    kinds = Counter(str(change.kind) for change in changes)
    return ", ".join(f"{many:,} {kind}" for kind, many in kinds.items())


# --- one document -------------------------------------------------------------------------------


def document_of(context: RequestContext) -> Document:
    identity = context.named("document")
    document = context.monitor.pages.document(identity)
    if document is None:
        raise unknown(context.monitor.ledger, [identity], f"there is no document with the id {visible(identity)}")
    return document


def version_index(
    context: RequestContext, versions: Sequence[DatedVersion], text: str, otherwise: int | None = None
) -> int:
    """Which version a WHEN means: the last one that is not later; a number alone counts the versions from 0."""
    last = len(versions) - 1
    if not text:
        return last if otherwise is None else otherwise
    if _is_version_number(text):
        return min(int(text), last)
    named = [at for at, one in enumerate(versions) if one.snapshot_time.snapshot.startswith(text)]
    if len(text) >= SHORT and len(named) == 1:
        return named[0]
    when = point(text, context.calendar(), end=True)
    if when.snapshot is not None:
        exact = [at for at, one in enumerate(versions) if one.snapshot_time.snapshot == when.snapshot.id]
        if exact:
            return exact[0]
    found = [at for at, one in enumerate(versions) if one.snapshot_time.taken_at <= when.at]
    if not found:
        first = day(versions[0].snapshot_time.taken_at.astimezone(context.zone))
        raise UsageError(f"the document did not exist on {visible(text)}; it was first seen on {first}")
    return found[-1]


def _last_present(versions: Sequence[DatedVersion]) -> int:
    """Where a document that went is shown by its last words."""
    return next((at for at in reversed(range(len(versions))) if versions[at].present), len(versions) - 1)


def _is_version_number(text: str) -> bool:
    """A place on the slider: no date and no snapshot is as short a number."""
    return text.isascii() and text.isdecimal() and len(text) < SHORTEST_ID


def _as_of(context: RequestContext, versions: Sequence[DatedVersion], at: int) -> datetime:
    """Ages count from now where the newest version is shown, else from when the shown one was new."""
    return context.now if at == len(versions) - 1 else versions[at].snapshot_time.taken_at


def title_of(content: Content | None, path: str) -> str:
    """A document's first heading, or the name of its file."""
    for block in (content.blocks if content else None) or ():
        if block.kind is BlockKind.HEADING:
            return visible(" ".join(statement.text for statement in block.statements)[:LONGEST_TITLE])
    return visible(path.rpartition("/")[2])


def document_line(document: Document, context: RequestContext) -> dict[str, object]:
    return {
        "id": document.id,
        "path": visible(document.path),
        "folder": _shortened(visible(document.path.rpartition("/")[0])),
        "name": visible(document.path.rpartition("/")[2]),
        "present": document.present,
        "statements": document.statements,
        "first_seen": time_view(document.first_seen.taken_at, context.zone),
        "last_changed": time_view(document.last_changed.taken_at, context.zone),
    }


def _shortened(folder: str) -> str:
    """A folder with its slash, a long one without its middle."""
    if len(folder) > LONGEST_FOLDER:
        folder = f"{folder[: LONGEST_FOLDER // 2]}…{folder[-LONGEST_FOLDER // 2 :]}"
    return folder and f"{folder}/"


def version_views(versions: Sequence[DatedVersion], context: RequestContext) -> list[VersionView]:
    """The versions of a document with their dates: those of one minute with seconds, those of one second with ids."""
    times = [one.snapshot_time.taken_at.astimezone(context.zone) for one in versions]
    exact = [f"{day(at)}, {at:%H:%M:%S} {at.tzname()}" for at in times]
    named = [f"{text}, {one.snapshot_time.snapshot[:SHORT]}" for text, one in zip(exact, versions, strict=True)]
    labels = _apart(_apart([time_view(at, context.zone).text for at in times], exact), named)
    return [
        VersionView(one.snapshot_time.snapshot, time_view(at, context.zone)._replace(text=label), day(at), one.present)
        for one, at, label in zip(versions, times, labels, strict=True)
    ]


def _apart(labels: Sequence[str], longer: Sequence[str]) -> list[str]:
    """The labels, of which those that occur more than once are the longer ones."""
    often = Counter(labels)
    return [label if often[label] == 1 else long for label, long in zip(labels, longer, strict=True)]


def _statement(blame: Blame, as_of: datetime, context: RequestContext, change: Change | None) -> StatementView:
    last = blame.revised or blame.introduced
    age = as_of - last.taken_at
    what = "revised" if blame.revised else "came"
    return StatementView(
        id=blame.statement,
        text=visible(blame.text),
        age=next((number for most, number, _ in AGES if age <= most), OLDEST),
        since=time_view(last.taken_at, context.zone),
        how=f"{what} {duration(max(age, timedelta(0)))} before, revision {blame.revisions}",
        kind=blame.kind,
        change=f"{SIGNS.get(change.kind, '~')} {change_label(change)}" if change else "",
        address=context.address_of(change) if change else "",
    )
