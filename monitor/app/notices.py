"""Which changes a channel is notified of, and when: at once, when they hold at the next run, or in a digest.

Messages are written into the outbox, with the run; `notify` says what stands in them, and sends them. Snapshots that
are folded again (imports, rebuilds, upgrades) are left out before, by `publish.news`; no channel is notified of a
snapshot twice. What waits is in the database of reviews; a file beside it says that something does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.app.monitor import NOTICES_DUE, NOTICES_UNCONFIRMED, NOTICES_WAITING, Monitor
from monitor.app.notify import NoticeLine, message, unusual_message
from monitor.app.queries import comparison_addresses
from monitor.app.review_queue import refresh_queue
from monitor.app.rhythm import noisy_text, quiet_text, rhythm
from monitor.config import Settings
from monitor.config.keys import duration
from monitor.config.settings import Channel, Feeds
from monitor.core.classification.classify import number_changes
from monitor.core.classification.numbers import NumberChange
from monitor.core.cron import parse_every
from monitor.core.report import FLAPS
from monitor.core.review.notices import Wanted, confirm
from monitor.core.text.terms import Terms
from monitor.core.time_expressions import parse_when
from monitor.model import Aspect, Change, ChangeKind, Level, Significance, Snapshot
from monitor.reviews.outbox import Notice, Outbox, Pending, PendingChanges
from monitor.reviews.queue import QueueEntry, QueueReader
from monitor.snapshots.files import touch
from monitor.snapshots.patterns import matcher

PERIOD = "period"  # not a change: says when the last digest was sent, where an empty one is sent too
QUIET, NOISY = "quiet", "noisy"  # how a subject begins that is a document
KEPT_DAYS = 30  # that a change which was sent is remembered, and what waits for a channel that is not configured


def write_notices(
    monitor: Monitor,
    snapshots: Sequence[Snapshot],
    changes: Sequence[Change],
    made_at: datetime,
    seen: Callable[[str], bool] = lambda _path: True,
) -> int:
    """Write the notices of a run into the outbox; gives how many. Sends nothing.

    `changes` are in the order of the log, and none where the run found none. `seen` says of a path whether the run
    could look at it.
    """
    refresh_queue(monitor)
    known = {change.id: change for change in changes if not change.technical_upgrade}
    entries = QueueReader(monitor.reviews.database).queue_entries(list(known))
    pending = PendingChanges(monitor.reviews.database)
    names = [channel.name for channel in monitor.settings.notify.channels]
    pending.keep_only(names, made_at - timedelta(days=KEPT_DAYS))
    waiting_channels, written = pending.channels(), 0
    for channel in monitor.settings.notify.channels:
        wanted = wanted_changes(monitor.settings, channel, known, entries, made_at)
        if channel.every is None and not channel.confirm and channel.name not in waiting_channels:
            if lines := notice_lines(known, entries, wanted):
                notice = _notice(monitor, channel, snapshots[-1].id, made_at, lines, made_at)
                written += Outbox(monitor.reviews.database).add([notice])
            continue
        written += _later(monitor, pending, channel, known, wanted, made_at, seen)
    if any(channel.quiet or channel.noisy for channel in monitor.settings.notify.channels):
        written += _of_rhythm(monitor, pending, made_at)
    for name, is_there in ((NOTICES_WAITING, pending.channels()), (NOTICES_UNCONFIRMED, pending.channels("seen"))):
        mark = monitor.settings.store.snapshots / name
        touch(mark) if is_there else mark.unlink(missing_ok=True)
    if written:
        touch(monitor.settings.store.snapshots / NOTICES_DUE)
    return written


# --- what a channel wants -----------------------------------------------------------------------


def wanted_changes(
    settings: Settings, channel: Channel, known: Mapping[str, Change], entries: Sequence[QueueEntry], now: datetime
) -> set[str]:
    """The ids of the changes that a channel is to be notified of.

    Nobody is notified of one that is muted now.
    """
    wants, muted = wanted_of(channel), is_muted(settings, now)
    return {
        one.change
        for one in entries
        if one.total >= channel.score
        and wants.includes(change := known[one.change], figures_of)
        and not muted(change.document)
    }


def wanted_of(channel: Channel | Feeds) -> Wanted:
    """What the configuration says of a channel or of the feeds; ConfigError where a pattern of paths is wrong."""
    return Wanted(
        kinds=frozenset(map(ChangeKind, channel.kinds)),
        aspects=frozenset(map(Aspect, channel.aspects)),
        document=matcher(channel.documents) if channel.documents else None,
        sources=channel.sources,
        terms=Terms(channel.terms) if channel.terms else None,
        significance=Significance(channel.significance if isinstance(channel, Channel) else "substantive"),
        direction=channel.direction,
        numbers=channel.numbers,
        number_change=channel.number_change,
    )


def figures_of(change: Change) -> list[NumberChange]:
    """The numbers of a change that were replaced by others of their unit."""
    before, after = ("\n".join(side.text for side in sides) for sides in (change.before, change.after))
    return number_changes(before, after, change.document_language) if before and after else []


def is_muted(settings: Settings, now: datetime) -> Callable[[str], bool]:
    """Says of a document whether nobody is notified of it now."""
    muted = [
        matcher([pattern])
        for pattern, until in settings.notify.mute
        if (end := parse_when(until, now, settings.zone, end=True)) is not None and now <= end
    ]
    return lambda path: any(covers(path) for covers in muted)


def notice_lines(known: Mapping[str, Change], entries: Sequence[QueueEntry], wanted: Iterable[str]) -> list[NoticeLine]:
    """The lines of the queue that hold what is wanted, highest score first; without what an ignore rule hides.

    A text that comes and goes is among them until that is known.
    """
    chosen, lines = set(wanted), dict[int, list[QueueEntry]]()
    for one in entries:
        if one.change in chosen and not one.folded and one.comings <= FLAPS:
            lines.setdefault(one.rank, []).append(one)
    return [_notice_line(known, line) for _, line in sorted(lines.items(), reverse=True)]


def _notice_line(known: Mapping[str, Change], line: Sequence[QueueEntry]) -> NoticeLine:
    """An entry, represented by its document event where it has one, with the watch terms of all its changes."""
    lead = max(line, key=lambda one: (known[one.change].level is Level.DOCUMENT, one.own))
    terms = dict.fromkeys(term for one in (lead, *line) for term in one.terms)
    return NoticeLine(known[lead.change], len(line), tuple(terms), tuple(figures_of(known[lead.change])))


def _notice(
    monitor: Monitor,
    channel: Channel,
    key: str,
    made_at: datetime,
    lines: Sequence[NoticeLine],
    since: datetime,
) -> Notice:
    settings = monitor.settings
    place = comparison_addresses(monitor.ledger, settings.notify.link)
    title, body = message(settings, channel, lines, place, since)
    return Notice(channel.name, key, made_at, title, body)


# --- what is sent later -------------------------------------------------------------------------


def _later(
    monitor: Monitor,
    pending: PendingChanges,
    channel: Channel,
    known: Mapping[str, Change],
    wanted: set[str],
    now: datetime,
    seen: Callable[[str], bool],
) -> int:
    """Bring up to date what waits for a channel, and write its message if one is due; how many were written."""
    waiting = pending.of(channel.name)
    states = _remembered(waiting, now) | _looked_at(monitor, channel, waiting, known, wanted, seen)
    ready = {one.subject: one.made_at for one in waiting if one.state == "ready"}
    ready |= {one: ready.get(one, now) for one, state in states.items() if state == "ready"}
    begun = [*ready.values()]
    if channel.empty and channel.every is not None:
        period = next((one.made_at for one in waiting if one.subject == PERIOD), None)
        begun += [now if period is None else period]
        if period is None:
            states[PERIOD] = "sent"
    if not begun or (channel.every is not None and now < _due(channel.every, min(begun), monitor.settings)):
        return pending.update(channel.name, states, now) if states else 0
    changes = monitor.facts.changes(list(ready))
    lines = notice_lines(changes, QueueReader(monitor.reviews.database).queue_entries(list(changes)), changes)
    states |= {one: "sent" if one in changes else None for one in ready}  # None: it was erased since
    if not lines and not channel.empty:
        return pending.update(channel.name, states, now)
    if PERIOD in {one.subject for one in waiting}:
        states[PERIOD] = "sent"
    notice = _notice(monitor, channel, f"{now:%Y-%m-%dT%H:%M:%S.%fZ}", now, lines, min(begun))
    return pending.update(channel.name, states, now, notice)


def _of_rhythm(monitor: Monitor, pending: PendingChanges, now: datetime) -> int:
    """A message of the documents that have gone quiet or noisy since the last one; how many were written."""
    found, settings, written = rhythm(monitor, now), monitor.settings, 0
    muted = is_muted(settings, now)
    quiet = {
        f"{QUIET} {one.id} {one.last:%Y-%m-%dT%H:%M:%SZ}": (one.path, quiet_text(one, now, settings.zone))
        for one in found.quiet
    }
    noisy = {f"{NOISY} {one.id}": (one.path, noisy_text(one)) for one in found.noisy}
    for channel in settings.notify.channels:
        unusual = (quiet if channel.quiet else {}) | (noisy if channel.noisy else {})
        known = [one.subject for one in pending.of(channel.name) if one.subject.startswith((QUIET, NOISY))]
        new = {one: what for one, what in unusual.items() if one not in known and not muted(what[0])}
        states: dict[str, str | None] = {**dict.fromkeys(set(known) - unusual.keys()), **dict.fromkeys(new, "sent")}
        if new:
            title, body = unusual_message(list(new.values()), channel.limit)
            notice = Notice(channel.name, f"rhythm {now:%Y-%m-%dT%H:%M:%S.%fZ}", now, title, body)
            written += pending.update(channel.name, states, now, notice)
        elif states:
            pending.update(channel.name, states, now)
    return written


def _due(every: str, since: datetime, settings: Settings) -> datetime:
    return parse_every(every, duration).next_after(since, settings.zone)


def _remembered(waiting: Iterable[Pending], now: datetime) -> dict[str, str | None]:
    """What was sent long ago is forgotten."""
    kept = (PERIOD, QUIET, NOISY)
    old = [one for one in waiting if one.state == "sent" and not one.subject.startswith(kept)]
    return {one.subject: None for one in old if (now - one.made_at).days > KEPT_DAYS}


def _looked_at(
    monitor: Monitor,
    channel: Channel,
    waiting: Sequence[Pending],
    known: Mapping[str, Change],
    wanted: set[str],
    seen: Callable[[str], bool],
) -> dict[str, str | None]:
    """The states of what is new, and of what waited for another look."""
    had = {one.subject: one.state for one in waiting}
    new = {one: change for one, change in known.items() if one not in had}
    must_hold = matcher(channel.confirm) if channel.confirm else None
    states: dict[str, str | None] = {
        one: "seen" if must_hold is not None and must_hold(new[one].document) else "ready"
        for one in wanted & new.keys()
    }
    looked_for = [subject for subject, state in had.items() if state in ("seen", "related")]
    if not looked_for:
        return states
    changes = monitor.facts.changes(looked_for)
    states |= dict.fromkeys(one for one in looked_for if one not in changes)  # erased since
    oldest_first = sorted(changes.values(), key=lambda change: change.taken_at)
    result = confirm(oldest_first, list(reversed(new.values())), seen)
    states |= {one: None if had[one] == "related" else "ready" for one in result.holding}
    states |= dict.fromkeys(result.undone, "sent")
    states |= {one: states.get(one, "related") for one in result.waiting if one not in had}
    return states
