"""The Atom feeds, for a reader on this machine."""

from __future__ import annotations

from starlette.responses import Response

from monitor.app.publish import feed
from monitor.web.request import Desk


def feed_page(desk: Desk) -> Response:
    """The substantive changes of all, of a document (by id or path), or about a watch term; linked to these pages."""
    settings = desk.monitor.settings
    if settings.notify.link is None:
        here = str(desk.request.base_url)
        desk.monitor.settings = settings._replace(notify=settings.notify._replace(link=here))
    asked_for = desk.query.one("document")
    document = desk.monitor.pages.document(asked_for) if asked_for else None
    path = document.path if document else asked_for
    made = feed(desk.monitor, document=path or None, term=desk.query.one("term") or None)
    return Response(made, media_type="application/atom+xml")
