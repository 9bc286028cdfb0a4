"""A preview as Markdown, fit for a comment on a pull request, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from itertools import groupby
from typing import Protocol

from monitor.core.review.scoring import Score
from monitor.core.text.normalize import visible
from monitor.model import Change, Failure, Level, Significance, Snapshot
from monitor.reports.json import Shape, change_json, failure_json, snapshot_json
from monitor.reports.markdown import escape, escape_line, words
from monitor.reports.phrases import plural
from monitor.reports.review_json import score_json
from monitor.reports.views import change_view, event_view

MOST_LEFT_OUT = 10  # files that are named
LONGEST_COMMENT = 60_000  # characters: GitHub takes 65,536, and a program may add some


class Previewed(Protocol):
    """A change that would be found, and what the queue would make of it."""

    @property
    def change(self) -> Change: ...
    @property
    def score(self) -> Score: ...
    @property
    def terms(self) -> tuple[str, ...]: ...
    @property
    def rule(self) -> str | None: ...
    @property
    def hidden(self) -> bool: ...


_UNRECORDED = ("id", "snapshot", "taken_at", "recorded_at")


def previewed_json(one: Previewed) -> Shape:
    """A change as `log` gives it, null where only a record could say it; then its score and what made it."""
    shape = change_json(one.change)
    for side in (*shape["before"], *shape["after"]):
        if not side["statement"]:
            side.update(statement=None, revision=None)
    return {
        **shape,
        **dict.fromkeys(_UNRECORDED),
        "score": score_json(one.score),
        "terms": list(one.terms),
        "rule": one.rule,
        "hidden": one.hidden,
    }


def preview_json(snapshot: Snapshot, changes: Sequence[Previewed], left_out: Sequence[Failure]) -> Shape:
    """What a patch would change in a snapshot, and the files of which nothing can be said."""
    return {
        "snapshot": snapshot_json(snapshot),
        "changes": [previewed_json(one) for one in changes],
        "left_out": [failure_json(one) for one in left_out],
    }


def summary(changes: Sequence[Previewed]) -> str:
    """`3 changes in 2 documents: 2 substantive, 1 editorial`."""
    if not changes:
        return "no statement would change"
    documents = len({one.change.document for one in changes})
    statements = Counter(one.change.significance for one in changes if one.change.level is Level.STATEMENT)
    kinds = ", ".join(f"{statements[word]:,} {word}" for word in reversed(Significance) if statements[word])
    told = f"{plural(len(changes), 'change')} in {plural(documents, 'document')}"
    return f"{told}: {kinds}" if kinds else told


def not_shown(left_out: Sequence[Failure]) -> Iterator[str]:
    """A line for each file of which nothing can be said, of no more than a few."""
    for one in left_out[:MOST_LEFT_OUT]:
        yield f"Not shown: {visible(one.path)} is {visible(one.reason)}"
    if len(left_out) > MOST_LEFT_OUT:
        yield f"Not shown: {plural(len(left_out) - MOST_LEFT_OUT, 'more file')} of the patch"


def render_markdown(snapshot: Snapshot, changes: Sequence[Previewed], left_out: Sequence[Failure]) -> str:
    """A comment on a pull request: the documents in their order, of each the highest score first."""
    head = summary(changes)
    lines = [f"### {head[:1].upper()}{head[1:]}", "", f"Compared with snapshot `{visible(snapshot.id[:12])}`."]
    for told in not_shown(left_out):
        lines += ["", f"{escape_line(told)}."]
    size, shown = sum(len(line) + 1 for line in lines), 0
    for document, group in groupby(changes, key=lambda one: one.change.document):
        part = ["", f"#### {escape_line(visible(document))}"]
        for one in sorted(group, key=lambda one: -one.score.total):
            part += _change(one)
            size += sum(len(line) + 1 for line in part)
            if size > LONGEST_COMMENT:
                lines += ["", f"… and {plural(len(changes) - shown, 'more change')}."]
                return "\n".join(lines) + "\n"
            lines += part
            shown, part = shown + 1, []
    return "\n".join(lines) + "\n"


def remarks(one: Previewed) -> Iterator[str]:
    """What the queue would make of a change, in words."""
    yield f"score {one.score.total:g}"
    yield from (f"watch term {visible(term)}" for term in one.terms)
    if one.rule is not None:
        yield f"{'hidden' if one.hidden else 'lowered'} by rule {visible(one.rule)}"


def _change(one: Previewed) -> Iterator[str]:
    change = one.change
    if change.level is Level.DOCUMENT:
        yield from ("", f"- **{escape_line(event_view(change, UTC).sentence)}**{_meta(remarks(one))}")
        return
    view = change_view(change, UTC)
    editorial = ["editorial"] if change.significance is Significance.EDITORIAL else []
    yield from ("", f"- **{view.label}**{_meta([*editorial, *view.aspects, view.place, *view.notes, *remarks(one)])}")
    yield from ("", f"  > {words(view.segments)}")
    links = [f"<del>{escape(link)}</del>" for link in view.links_removed]
    links += [f"<ins>{escape(link)}</ins>" for link in view.links_added]
    if links:
        yield from ("  >", f"  > link: {' '.join(links)}")


def _meta(told: Iterable[str]) -> str:
    return "".join(f" · {escape(fact)}" for fact in told if fact)
