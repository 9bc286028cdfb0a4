"""What stands in a notice, and how it is sent, once the lock of the run is released; `notices` says when and of what.

Messages go through Apprise. A URL names the service and holds its secrets, so none of it leaves this module. Mail is
HTML, of which Apprise makes the text part; all other channels get text. Text stays text: it is escaped, and mentions
such as `@everyone` are broken up. A channel with `format = "json"` gets the changes themselves, by an HTTP request.
"""

from __future__ import annotations

import logging
import math
import re
import warnings
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from html import escape
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from threading import Thread
from time import monotonic
from urllib.parse import unquote, urlsplit, urlunsplit

from monitor.app.monitor import NOTICES_DUE, Monitor, StoreLock
from monitor.app.notice_template import from_template
from monitor.config import Settings
from monitor.config.settings import Channel
from monitor.core.classification.numbers import NumberChange
from monitor.core.text.normalize import visible
from monitor.errors import MonitorError, RunInProgress, UsageError
from monitor.model import Change, Level, Significance
from monitor.reports.json import dumps
from monitor.reports.phrases import group_text, plural, position_text, time_view
from monitor.reports.reasons import reason_of
from monitor.reports.records import change_record
from monitor.reports.redline import remarks_of
from monitor.reports.views import LABELS, event_view, language_note, nowhere, segments
from monitor.reviews.outbox import Notice, Outbox

log = logging.getLogger(__name__)

KEPT = 60  # characters of unchanged text on each side of an edit
LONGEST = 400  # characters of one change
LONGEST_TITLE = 120  # characters
SECONDS = 10  # to connect, and again for each answer
_HTML = "<!DOCTYPE html>\n"  # how the body of a mail begins; the first line of a text names a document or the monitor
_JSON = '{"monitor":"changes",'  # how the body of records begins
_MENTION = re.compile(r"(?<!\w)@(?=\w)")


def load() -> None:
    """See to it that Apprise is there, with its plug-ins, and silent: it logs what fails, with hosts and users.

    UsageError where it is not. To be called before the first thread that sends.
    """
    with warnings.catch_warnings(action="ignore"):  # of modules that some plug-in is still to do without
        try:
            import apprise
        except ImportError as error:
            raise UsageError("notices need Apprise: pip install 'monitor[notify]'") from error
        logging.getLogger(apprise.__name__).setLevel(logging.CRITICAL + 1)
        apprise.Apprise.instantiate("json://localhost")


def send(url: str, title: str, body: str) -> str | None:
    """Send one message; None where the service took it, else what went wrong, in words without the URL."""
    import apprise

    if body.startswith(_JSON):
        return _post(url, body)
    separator = "&" if "?" in url else "?"
    room = apprise.Apprise()
    try:
        service = apprise.Apprise.instantiate(f"{url}{separator}cto={SECONDS}&rto={SECONDS}")
        if service is None:
            return "Apprise does not understand its URL"
        room.add(service)
        form = apprise.NotifyFormat.HTML if body.startswith(_HTML) else apprise.NotifyFormat.TEXT
        taken = room.notify(title=_plain(title), body=_plain(body), body_format=form)
    except Exception as error:  # noqa: BLE001  (a hundred plug-ins: whatever one raises is a refusal)
        return f"the service failed with {type(error).__name__}"
    return None if taken else "the service refused it"


def _post(url: str, body: str) -> str | None:
    """Send JSON as it is; `json://` is HTTP and `jsons://` HTTPS, as with Apprise."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("json", "jsons") or not parts.hostname:
            return 'format = "json" needs a json:// or jsons:// URL'
        headers = {"Content-Type": "application/json"}
        if parts.username is not None:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers["Authorization"] = f"Basic {b64encode(secret.encode()).decode()}"
        secure = parts.scheme == "jsons"
        with closing(
            (HTTPSConnection if secure else HTTPConnection)(parts.hostname, parts.port, timeout=SECONDS)
        ) as to:
            to.request("POST", urlunsplit(("", "", parts.path or "/", parts.query, "")), body.encode(), headers)
            status = to.getresponse().status
    except (OSError, HTTPException, ValueError) as error:
        return f"the service failed with {type(error).__name__}"
    return None if 200 <= status < 300 else f"the service answered {status}"


def _plain(text: str) -> str:
    return _MENTION.sub("@ ", text)


LOCK = "notices.lock"
PATIENCE = 30.0  # seconds that a run waits for its channels, all together

Send = Callable[[str, str, str], str | None]


def message(
    settings: Settings,
    channel: Channel,
    lines: Sequence[NoticeLine],
    place: Callable[[Change], str],
    since: datetime,
) -> tuple[str, str]:
    """Title and body of a message to a channel; `since` is the beginning of a digest's period."""
    if channel.format == "json":
        title = notice_title(lines) if lines else "No changes"
        return title, _records(title, lines, place)
    if not lines:
        nothing = f"No changes since {time_view(since, settings.zone).text}"
        return nothing, f"{nothing}.\n"
    link, html, title = settings.notify.link, _is_mail(channel), notice_title(lines)
    body = notice_body(lines, channel.limit, link, settings.zone, place, as_html=html)
    if channel.template is None:
        return title, body
    changes = [_template_words(line, settings.zone, place) for line in _by_document(lines[: channel.limit])]
    more = max(0, len(lines) - channel.limit)
    try:
        own, text = from_template(
            channel.template, {"title": title, "changes": changes, "more": more, "link": link or ""}
        )
    except UsageError as error:
        problem = f"This is not made with the template: {visible(str(error))}"
        return title, body + (f"<p>{escape(problem)}</p>\n" if html else f"{problem}\n")
    title = title if own is None else _cut(" ".join(visible(own).split()).replace("=?", "= ?"), LONGEST_TITLE)
    return title, _HTML + text if channel.template.suffix == ".html" else text


def _template_words(line: NoticeLine, zone: tzinfo, place: Callable[[Change], str]) -> dict[str, object]:
    """What a template may name of a change; nothing in it acts."""
    change = line.change
    what, *words = _lines(line, zone)
    document = visible(change.document)
    return {
        "document": document,
        "kind": str(change.kind),
        "significance": str(change.significance),
        "aspects": [str(aspect) for aspect in change.aspects],
        "facts": what.removeprefix(f"{document}: "),
        "text": words[0] if words else "",
        "before": visible(" ".join(side.text for side in change.before)),
        "after": visible(" ".join(side.text for side in change.after)),
        "reason": " ".join(words[1:]),
        "terms": [visible(term) for term in line.terms],
        "address": place(change),
        "taken_at": time_view(change.taken_at, zone).text,
        "count": line.size,
    }


def _records(title: str, lines: Sequence[NoticeLine], place: Callable[[Change], str]) -> str:
    """All lines as JSON: each with its change as `log` gives it, how many it is, its watch terms, and where it is."""
    entries = [
        {"change": change_record(one.change), "size": one.size, "terms": one.terms, "link": place(one.change) or None}
        for one in lines
    ]
    return f"{_JSON}{dumps({'title': title, 'entries': entries}).removeprefix('{')}"


def unusual_message(documents: Sequence[tuple[str, str]], limit: int) -> tuple[str, str]:
    """Title and body about documents that change less or more often than they should: paths, and what is unusual."""
    paths = [visible(path) for path, _ in documents]
    title = f"unusual: {', '.join(paths)}" if len(paths) > 1 else f"{paths[0]}: {documents[0][1].partition(',')[0]}"
    lines = [f"{path}: {what}" for path, (_, what) in zip(paths, documents, strict=True)]
    more = [f"and {len(lines) - limit:,} more"] if len(lines) > limit else []
    return _cut(title.replace("=?", "= ?"), LONGEST_TITLE), "\n".join([*lines[:limit], *more]) + "\n"


def _is_mail(channel: Channel) -> bool:
    try:
        return url_of_channel(channel).lower().startswith(("mailto:", "mailtos:"))
    except (OSError, MonitorError):  # said where the message is sent
        return False


# --- what a message says ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One line of the queue, as far as this run brought it: the change that represents it, how many there are, and the
    numbers that were replaced."""

    change: Change
    size: int = 1
    terms: tuple[str, ...] = ()
    figures: tuple[NumberChange, ...] = ()


def notice_title(lines: Sequence[NoticeLine]) -> str:
    """Which documents changed, in a line; of one document also how, or how much."""
    documents = list(dict.fromkeys(visible(one.change.document) for one in lines))
    if len(documents) > 1:
        title = f"{plural(len(documents), 'document')} changed: {', '.join(documents)}"
    else:
        title = f"{documents[0]}: {_how(lines)}"
    # A file's name may be an encoded word of mail (RFC 2047), which the reader of a subject decodes.
    return _cut(" ".join(title.split()).replace("=?", "= ?"), LONGEST_TITLE)


def _how(lines: Sequence[NoticeLine]) -> str:
    first = lines[0].change
    if first.level is Level.DOCUMENT:
        return event_view(first, UTC).sentence
    changes = sum(one.size for one in lines)
    reason = reason_of(first) if len(lines) == 1 else ""
    return reason or plural(changes, "change")


def notice_body(
    entries: Sequence[NoticeLine],
    limit: int,
    link: str | None,
    zone: tzinfo = UTC,
    address: Callable[[Change], str] = nowhere,
    *,
    as_html: bool = False,
) -> str:
    """The first `limit` of them by document, each with where it is shown in its document, and where all are.

    HTML, for mail, has a heading for each document, and marks on the words that came and went. The signs `[-` and `{+`
    stand within the marks, because the text part of the mail is made of this one.
    """
    parts = [_HTML] if as_html else []
    heading = ""
    for one in _by_document(entries[:limit]):
        document, place = visible(one.change.document), address(one.change)
        what, *words = _lines(one, zone)
        if not as_html:
            parts += [what, *(f"  {line}" for line in words), *([f"  {place}"] if place else ()), ""]
            continue
        parts += [f"<h2>{escape(document)}</h2>"] if document != heading else []
        heading = document
        parts.append(f"<p>{escape(what.removeprefix(f'{document}: '))}</p>")
        if words:
            parts.append(f"<blockquote>{_shown_html(one.change)}</blockquote>")
        parts += [f"<p>{escape(reason)}</p>" for reason in words[1:]]
        parts += [f"<p>{_anchor(place)}</p>"] if place else []
    more = f"and {len(entries) - limit:,} more" if len(entries) > limit else ""
    ends = filter(None, (more, link and f"To review them: {_anchor(link) if as_html else link}"))
    parts += (f"<p>{line}</p>" for line in ends) if as_html else ends
    return "\n".join(parts).rstrip() + "\n"


def _anchor(address: str) -> str:
    return f'<a href="{escape(address)}">{escape(address)}</a>'


def _by_document(lines: Sequence[NoticeLine]) -> list[NoticeLine]:
    """The lines of each document together, the document of the first line first."""
    documents = list(dict.fromkeys(line.change.document for line in lines))
    return sorted(lines, key=lambda line: documents.index(line.change.document))


def _lines(line: NoticeLine, zone: tzinfo) -> Iterable[str]:
    change = line.change
    if change.level is Level.DOCUMENT:
        watched = "".join(f", watched: {visible(term)}" for term in line.terms)
        grouped = f", {group_text(change, line.size)}" if line.size > 1 else ""
        yield f"{visible(change.document)}: {event_view(change, zone).sentence}{grouped}{watched}"
        return
    facts = [LABELS[change.kind].lower()]
    if change.significance is Significance.EDITORIAL:
        facts.append("editorial")
    facts += [str(aspect) for aspect in change.aspects]
    facts.append(position_text(change.before, change.after, change.document))
    if line.size > 1:
        facts.append(group_text(change, line.size))
    facts += [amount_text(one, alone=len(line.figures) == 1) for one in line.figures]
    facts += [f"watched: {visible(term)}" for term in line.terms]
    facts += [*remarks_of(change), language_note(change)]
    yield f"{visible(change.document)}: {', '.join(filter(None, facts))}"
    yield _shown(change)
    yield from filter(None, [reason_of(change)])


def amount_text(figure: NumberChange, *, alone: bool) -> str:
    """Which way a number went, and by how much: `up 50 %`; where it is not `alone`, with the number."""
    way, share = ("up" if figure.share > 0 else "down"), abs(figure.share) * 100
    much = "from 0" if share == math.inf else f"{share:,.0f} %" if share >= 1 else f"{share:.1g} %"
    much = "less than 0.01 %" if share < 0.01 else much
    return f"{way} {much}" if alone else f"{visible(figure.was)} → {visible(figure.now)} {way} {much}"


def _shown(change: Change) -> str:
    """The words of a change with what went and came, short."""
    whole = not (change.before and change.after)
    text = "".join(
        segment.text if whole or segment.op in ("equal", "skip") else _marked(segment.op, segment.text)
        for segment in segments(change, KEPT)
    )
    return _cut(text, LONGEST)


def _shown_html(change: Change) -> str:
    """The same as HTML; it is cut before it is marked, so that no mark stays open."""
    whole, left, parts = not (change.before and change.after), LONGEST, []
    for segment in segments(change, KEPT):
        if left <= 0:
            parts.append(" …")
            break
        text, left = _cut(segment.text, left), left - len(segment.text)
        tag = None if whole else {"delete": "del", "insert": "ins"}.get(segment.op)
        parts.append(f"<{tag}>{escape(_marked(segment.op, text))}</{tag}>" if tag else escape(text))
    return "".join(parts)


def _cut(text: str, longest: int) -> str:
    """The text, a long one up to the last whole word."""
    if len(text) <= longest:
        return text
    return f"{text[:longest].rpartition(' ')[0] or text[:longest]} …"


def _marked(op: str, text: str) -> str:
    return f"[-{text}-]" if op == "delete" else f"{{+{text}+}}"


# --- sending ------------------------------------------------------------------------------------


def deliver(settings: Settings, send: Send | None = None, patience: float = PATIENCE) -> list[str]:
    """Send what is due, each channel in a thread of its own; what went wrong, a line each.

    Where nothing is due it costs a look for one file; where another process is sending it does nothing.
    """
    if not _mark(settings).exists():
        return []
    lock = StoreLock(settings.store.snapshots / LOCK, "sending notices")
    try:
        lock.acquire()
    except RunInProgress:
        log.info("notices are left to the process that is sending them")
        return []
    try:
        with lock, Monitor(settings) as monitor:
            return _deliver(monitor, send or apprise_sender(), patience)
    except MonitorError as error:  # the run that it comes after has been done all the same
        return [f"notices: {settings.redact(str(error))}; they are sent with the next run"]


def _deliver(monitor: Monitor, send: Send, patience: float) -> list[str]:
    outbox = Outbox(monitor.reviews.database)
    outbox.strand("the sending process ended before the answer came")
    channels = {channel.name: channel for channel in monitor.settings.notify.channels}
    due: dict[str, list[Notice]] = {}
    for one in outbox.in_state("due"):
        if one.channel in channels:
            due.setdefault(one.channel, []).append(one)
        else:
            outbox.drop(one, "its channel is no longer configured")
    problems: list[str] = []
    threads = [
        Thread(target=_send_all, args=(outbox, channels[name], notices, send, problems), daemon=True)
        for name, notices in due.items()
    ]
    for thread in threads:
        thread.start()
    until = monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, until - monotonic()))
    outbox.strand(f"no answer within {patience:g} seconds")
    if not outbox.in_state("due"):
        _mark(monitor.settings).unlink(missing_ok=True)
    late = [name for name, thread in zip(due, threads, strict=True) if thread.is_alive()]
    return [*problems, *(f"notices: {name} gave no answer within {patience:g} seconds" for name in late)]


def _send_all(outbox: Outbox, channel: Channel, notices: Sequence[Notice], send: Send, problems: list[str]) -> None:
    """One channel's notices, oldest first; the first that is refused ends it until the next run."""
    try:
        url = url_of_channel(channel)
        for one in notices:
            if not outbox.claim(one, datetime.now(UTC)):
                continue
            problem = send(url, one.title, one.body)
            log.info("notice of snapshot %s to %s: %s", one.snapshot, channel.name, problem or "sent")
            if problem is not None:
                outbox.refused(one, problem)
                problems.append(f"notices: {channel.name}: {problem}; it is sent again with the next run")
                return
            outbox.sent(one)
    except MonitorError as error:
        problems.append(f"notices: {channel.name}: {error}")
    except OSError as error:
        problems.append(f"notices: {channel.name}: its url_file cannot be read: {error.strerror}")


def url_of_channel(channel: Channel) -> str:
    """The URL, from its file where one is named. OSError where that cannot be read."""
    if channel.url is not None or channel.url_file is None:
        return channel.url or ""
    return channel.url_file.read_text("utf-8").strip()


def apprise_sender() -> Send:
    """`send`, once Apprise is loaded; UsageError where it is missing."""
    load()
    return send


def _mark(settings: Settings) -> Path:
    return settings.store.snapshots / NOTICES_DUE
