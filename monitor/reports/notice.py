"""One notice about one run: what matters most in a few lines of plain text, for a chat, a mail, a telephone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from monitor.core.text.normalize import visible
from monitor.model import Change, Level, Significance
from monitor.reports.phrases import place, plural
from monitor.reports.views import LABELS, event_view, segments

KEPT = 60  # characters of unchanged text on each side of an edit
LONGEST = 400  # characters of one change


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the queue, as far as this run brought it: its weightiest change, and how many there are alike."""

    change: Change
    size: int = 1
    terms: tuple[str, ...] = ()


def title(told: Sequence[Told]) -> str:
    """How much there is, in a line."""
    changes = sum(one.size for one in told)
    documents = len({one.change.document_id or one.change.document for one in told})
    return f"{plural(changes, 'change')} in {plural(documents, 'document')}"


def body(told: Sequence[Told], limit: int, link: str | None, zone: tzinfo = UTC) -> str:
    """The first `limit` of them, weightiest first, and where to see all."""
    lines = [line for one in told[:limit] for line in (*_lines(one, zone), "")]
    more = len(told) - limit
    if more > 0:
        lines.append(f"and {more:,} more")
    if link:
        lines.append(f"To review them: {link}")
    return "\n".join(lines).rstrip() + "\n"


def _lines(told: Told, zone: tzinfo) -> Iterable[str]:
    change = told.change
    if change.level is Level.DOCUMENT:
        yield f"{visible(change.document)}: {event_view(change, zone).sentence}"
        return
    facts = [LABELS[change.kind].lower()]
    if change.significance is Significance.EDITORIAL:
        facts.append("editorial")
    facts += [str(aspect) for aspect in change.aspects]
    facts.append(place(change.before, change.after, change.document))
    if told.size > 1:
        facts.append(f"{told.size:,} alike")
    facts += [f"watched: {visible(term)}" for term in told.terms]
    yield f"{visible(change.document)}: {', '.join(filter(None, facts))}"
    yield f"  {shown(change)}"


def shown(change: Change) -> str:
    """The words of a change with what went and came, short."""
    whole = not (change.before and change.after)
    text = "".join(
        segment.text if whole or segment.op in ("equal", "skip") else _marked(segment.op, segment.text)
        for segment in segments(change, KEPT)
    )
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _marked(op: str, text: str) -> str:
    return f"[-{text}-]" if op == "delete" else f"{{+{text}+}}"
