"""An Atom feed (RFC 4287) of changes with word diffs.

Document text is escaped twice, as text of an HTML fragment and as text of an XML element, so that no feed reader
treats it as markup. Characters that XML cannot hold are shown as marks. For programs, each entry has its change as
JSON as well, as `monitor schema change` says, in an element of its own that feed readers pass over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from monitor.core.text.normalize import visible
from monitor.model import Change, Level
from monitor.reports.json import dumps, time_json
from monitor.reports.phrases import group_text
from monitor.reports.reasons import reason_of
from monitor.reports.records import change_record
from monitor.reports.views import Segment, change_view, event_view

ATOM = "http://www.w3.org/2005/Atom"
CHANGE = "urn:monitor:change"
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, section 2.2
_TAGS = {"insert": "ins", "delete": "del"}
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One entry: the change that is shown, how many are grouped as one, and the name that its id is made of."""

    change: Change
    name: str
    size: int = 1
    address: str = ""  # of the change in its document, on the web page
    flapping: bool = False  # it is one text, which came and went so often


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's own words. `name` tells it from the other feeds of this `authority` (a host name, as RFC 4151 has it).

    `updated` is when its newest entry was so, and stands where there is none yet.
    """

    name: str
    title: str
    authority: str
    updated: datetime
    link: str | None = None


def render(feed: Feed, items: Sequence[FeedItem], zone: tzinfo) -> bytes:
    """The feed as UTF-8, newest entry first as given."""
    register_namespace("", ATOM)
    register_namespace("monitor", CHANGE)
    root = Element(f"{{{ATOM}}}feed")
    _add(root, "id", f"tag:{feed.authority},2026:feed:{feed.name}")
    _add(root, "title", feed.title)
    _add(root, "updated", time_json(items[0].change.taken_at if items else feed.updated))
    _add(SubElement(root, f"{{{ATOM}}}author"), "name", "monitor")
    if feed.link:
        SubElement(root, f"{{{ATOM}}}link", {"href": _storable(feed.link), "rel": "alternate"})
    for item in items:
        _entry(root, feed, item, zone)
    page: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return page + b"\n"


def _entry(root: Element, feed: Feed, item: FeedItem, zone: tzinfo) -> None:
    change = item.change
    entry = SubElement(root, f"{{{ATOM}}}entry")
    _add(entry, "id", f"tag:{feed.authority},2026:change:{item.name}")
    _add(entry, "title", _title(item, zone))
    _add(entry, "updated", time_json(change.taken_at))
    _add(entry, "published", time_json(change.recorded_at))
    if feed.link:
        where = item.address or f"{feed.link.rstrip('/')}/changes/{change.id}"
        SubElement(entry, f"{{{ATOM}}}link", {"href": _storable(where), "rel": "alternate"})
    for term in (str(change.kind), str(change.significance), *map(str, change.aspects)):
        SubElement(entry, f"{{{ATOM}}}category", {"term": term})
    _add(entry, "content", _html(item, zone)).set("type", "html")
    record = _UNSTORABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", dumps(change_record(change)))
    SubElement(entry, f"{{{CHANGE}}}change", {"type": "application/json"}).text = record


def _title(item: FeedItem, zone: tzinfo) -> str:
    change = item.change
    if change.level is Level.DOCUMENT:
        what = event_view(change, zone).sentence
    else:
        view = change_view(change, zone)
        what = ": ".join(filter(None, (view.label, ", ".join(view.aspects))))
    grouped = f", {group_text(change, item.size)}" if item.size > 1 else ""
    if item.flapping:
        grouped = f" (comes and goes: {item.size:,} times)"
    title = f"{visible(change.document)} · {what}{grouped}"
    return title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE]} …"


def _html(item: FeedItem, zone: tzinfo) -> str:
    change = item.change
    if change.level is Level.DOCUMENT:
        return f"<p>{escape(event_view(change, zone).sentence)}</p>"
    view = change_view(change, zone)
    facts = filter(None, (view.label, ", ".join(view.aspects), view.place, *view.notes))
    words = "".join(_words(view.segments, marked=bool(change.before and change.after)))
    links = [f"<li><del>{escape(link)}</del></li>" for link in view.links_removed]
    links += [f"<li><ins>{escape(link)}</ins></li>" for link in view.links_added]
    reason = reason_of(change)
    text = f"<p>{escape(' · '.join(facts))}</p><blockquote><p>{words}</p></blockquote>"
    text += f"<p>{escape(reason)}</p>" if reason else ""
    return f"{text}<ul>{''.join(links)}</ul>" if links else text


def _words(segments: Iterable[Segment], *, marked: bool) -> Iterable[str]:
    for segment in segments:
        tag = _TAGS.get(segment.op) if marked else None
        text = escape(segment.text)
        yield f"<{tag}>{text}</{tag}>" if tag else text


def _add(parent: Element, name: str, text: str) -> Element:
    child = SubElement(parent, f"{{{ATOM}}}{name}")
    child.text = _storable(text)
    return child


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)
