"""Redlines to send: one document as HTML or Word, several documents as one HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from importlib import import_module
from types import MappingProxyType

from monitor.app.compare import DocumentDiff
from monitor.core.review.scoring import PLAIN, Criteria, importance_of
from monitor.core.text.normalize import visible
from monitor.reports.redline import RedlineFacts, SaidComment, events_of


def render_document(
    document: DocumentDiff,
    form: str,
    zone: tzinfo,
    criteria: Criteria = PLAIN,
    comments: Mapping[str, Sequence[SaidComment]] = MappingProxyType({}),
) -> str | bytes:
    """One document as `html` or `docx`; `criteria` decide on the importance of its changes, `comments` are of them."""
    module = import_module(f"monitor.reports.{'html' if form == 'html' else 'redline_docx'}")
    facts = redline_facts(document, zone, criteria)._replace(comments=comments)
    made: str | bytes = module.render_redline(document.redline(), facts, zone=zone)
    return made


def render_page(documents: Iterable[DocumentDiff], title: str, zone: tzinfo, criteria: Criteria = PLAIN) -> str:
    """Several documents as one HTML page, a section each."""
    parts = [(document.redline(), redline_facts(document, zone, criteria)) for document in documents]
    made: str = import_module("monitor.reports.html").render_redlines(parts, visible(title), zone=zone)
    return made


def redline_facts(document: DocumentDiff, zone: tzinfo, criteria: Criteria = PLAIN) -> RedlineFacts:
    """What a file says of a document's redline beside its words."""
    paths = dict.fromkeys(side.path for side in (document.before, document.after) if side)
    return RedlineFacts(
        visible(" → ".join(paths)),
        *document.times,
        document.after.language if document.after else None,
        events_of(document.changes, zone),
        lambda change, is_heading: importance_of(change, criteria, heading=is_heading),
    )
