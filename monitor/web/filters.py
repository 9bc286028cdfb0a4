"""What a reader asks of the queue, as the words of an address: the same in pages, links and the JSON API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from monitor.app.queries import Calendar
from monitor.core.review.events import UNREVIEWED, VERDICTS, QueueFilter
from monitor.core.time_expressions import parse_when
from monitor.errors import UsageError
from monitor.model import Aspect, ChangeKind, Document, Significance
from monitor.web.request import Form

ANY = "any"
KINDS = tuple(kind for kind in ChangeKind if kind is not ChangeKind.UNCHANGED)
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """The words as they were given; what is empty does not restrict. Without a verdict: what nobody decided on yet."""

    q: str = ""
    document: str = ""
    kind: tuple[str, ...] = ()
    aspect: tuple[str, ...] = ()
    significance: str = ""
    since: str = ""
    until: str = ""
    verdict: str = UNREVIEWED
    assignee: str = ""
    term: str = ""
    folded: str = ""

    def address(self, base: str = "/queue", /, **other: str | tuple[str, ...]) -> str:
        """The address of these words, some of them replaced; what is as it would be anyway is left out."""
        said: list[tuple[str, str]] = []
        for name in self.__slots__:
            value = other.get(name, getattr(self, name))
            values = (value,) if isinstance(value, str) else value
            said += [(name, one) for one in values if one and (name, one) != ("verdict", UNREVIEWED)]
        if after := other.get("after"):
            said.append(("after", str(after)))
        return f"{base}?{urlencode(said, errors='surrogateescape')}" if said else base

    @property
    def restricts(self) -> bool:
        """Whether anything but the verdict is asked for."""
        return any(getattr(self, name) for name in self.__slots__ if name not in ("verdict", "folded"))


def asked(query: Form) -> Asked:
    """The words of a query string."""
    return Asked(
        q=query.words("q"),
        document=query.one("document"),
        kind=tuple(query.all("kind")),
        aspect=tuple(query.all("aspect")),
        significance=query.one("significance"),
        since=query.one("since"),
        until=query.one("until"),
        verdict=query.one("verdict") or UNREVIEWED,
        assignee=query.words("assignee"),
        term=query.words("term"),
        folded="1" if query.one("folded") not in ("", "0") else "",
    )


def wanted(said: Asked, calendar: Calendar, by_id: Callable[[str], Document | None]) -> QueueFilter:
    """The filter that the words mean; UsageError names a word that means nothing. A document may be named by its id."""
    named = by_id(said.document) if said.document else None
    if said.verdict not in (ANY, *VERDICTS):
        raise UsageError(f"verdict {said.verdict!r}: choose one of {', '.join((ANY, *map(str, VERDICTS)))}")
    return QueueFilter(
        document=named.path if named else said.document or None,
        kinds=frozenset(_words(ChangeKind, said.kind)),
        aspects=frozenset(_words(Aspect, said.aspect)),
        significance=next(iter(_words(Significance, filter(None, [said.significance]))), None),
        since=moment(said.since, calendar, end=False),
        until=moment(said.until, calendar, end=True),
        verdicts=frozenset() if said.verdict == ANY else frozenset({said.verdict}),
        words=said.q or None,
        assignee=said.assignee or None,
        term=said.term or None,
        folded=bool(said.folded),
    )


def cursor(query: Form) -> str | None:
    """Behind which entry a page begins, as it was given."""
    return query.one("after") or None


def moment(text: str, calendar: Calendar, *, end: bool) -> datetime | None:
    """A date, a time or an age; None where nothing is said."""
    if not text:
        return None
    found = parse_when(text, calendar.now, calendar.zone, end=end)
    if found is None:
        raise UsageError(f"{text} is no date or age; write 2026-01-31, 2026-01-31T12:00 or 7d")
    return found


def _words(known: type[_Word], given: Iterable[str]) -> Iterable[_Word]:
    for word in given:
        try:
            yield known(word)
        except ValueError:
            raise UsageError(f"{word!r} is none of {', '.join(known)}") from None
