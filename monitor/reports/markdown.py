"""A report as GitHub-flavoured Markdown: word diffs in `<ins>` and `<del>`, everything else escaped.

Document text must not become markup. Every character that could start a heading, list, link, image, HTML, formula or
mention is escaped, and automatic links (addresses, `@name`, `#1`) are interrupted by an empty comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, tzinfo

from monitor.model import Report
from monitor.reports.reasons import reason_of
from monitor.reports.text import SHORT_ID
from monitor.reports.views import (
    Address,
    ChangeRunView,
    ChangeView,
    EventView,
    ReportView,
    SectionView,
    Segment,
    nowhere,
    report_view,
)

_SPECIAL = re.compile(
    r"(?P<html>[&<>])|(?P<mark>[\\`*_\[\]{}|~$^]|:(?=//)|(?<=[Ww][Ww][Ww])\.)|(?P<mention>[@#])(?=\w)"
)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What means something where a line begins: a heading, an item, a rule, indented code.
_AT_START = re.compile(r"(?P<space>\s)|(?P<number>\d{1,9})(?=[.)])|(?=[#+\-=])")


def render(report: Report, *, zone: tzinfo = UTC, address: Address = nowhere) -> str:
    """The whole report; ends with a line break."""
    return "\n".join(_lines(report_view(report, zone, address, reason_of))) + "\n"


def escape(text: str) -> str:
    """Visible text as Markdown that shows exactly it, inside a line."""
    return _SPECIAL.sub(_escape_special, text)


def escape_line(text: str) -> str:
    """The same for text that a line begins with."""
    return _AT_START.sub(_escape_start, escape(text), count=1) if _AT_START.match(text) else escape(text)


def words(segments: Sequence[Segment]) -> str:
    """A word diff in one line."""
    return "".join(_segment(segment, is_first=index == 0) for index, segment in enumerate(segments))


def _segment(segment: Segment, *, is_first: bool) -> str:
    if segment.op == "insert":
        return f"<ins>{escape(segment.text)}</ins>"
    if segment.op == "delete":
        return f"<del>{escape(segment.text)}</del>"
    return escape_line(segment.text) if is_first else escape(segment.text)


def _escape_special(match: re.Match[str]) -> str:
    char = match.group()
    if match["html"]:
        return _ENTITIES[char]
    return f"{char}<!-- -->" if match["mention"] else f"\\{char}"


def _escape_start(match: re.Match[str]) -> str:
    return f"&#{ord(match.group())};" if match["space"] else f"{match.group()}\\"


# --- layout -------------------------------------------------------------------------------------


def _lines(view: ReportView) -> Iterator[str]:
    yield f"# {escape_line(view.title)}"
    yield from ("", escape_line(view.period)) if view.heading == view.title else ()
    yield from ("", escape_line(view.only)) if view.only else ()
    figures = " · ".join([*(f"{count:,} {what}" for count, what, _ in view.figures), *filter(None, [view.breakdown])])
    yield from ("", f"**{figures}**", "", f"{view.snapshots_summary}, report made {view.made_at.text}")
    yield from ("", *(f"- {escape_line(remark)}" for remark in view.remarks)) if view.remarks else ()
    if view.announcements:
        yield from ("", "## Announced or not", "", *(f"- {escape_line(line)}" for line in view.announcements))
    if view.failures:
        yield from ("", f"## Not read ({len(view.failures)})", "")
        yield from (_event(f"**{escape(failure.document)}**: ", failure) for failure in view.failures)
    for section in view.sections:
        yield from _section(section)
    if view.baseline:
        yield from (
            "",
            f"## First snapshot: {view.baseline_summary}",
            "",
            "| statements | document |",
            "| ---: | :--- |",
        )
        yield from (f"| {count.statements:,} | {escape(count.document)} |" for count in view.baseline)
    if not (view.sections or view.failures or view.baseline):
        yield from ("", "Nothing changed.")


def _section(section: SectionView) -> Iterator[str]:
    yield from ("", f"## {escape_line(section.document)}")
    if section.summary:
        yield from ("", section.summary)
    if section.events:
        yield from ("", *(_event("", event) for event in section.events))
    if section.substantive:
        yield from ("", "### Substantive", *_change_runs(section.substantive))
    if section.moves:
        yield from ("", "### Moved and restored", *_change_runs(section.moves))
    yield from _collapsed(section.editorial_summary, section.editorial)
    yield from _collapsed(section.metadata_summary, section.metadata)
    yield from _collapsed(section.hidden_summary, section.hidden)
    yield from _collapsed(section.whole_summary, section.whole)


def _event(prefix: str, event: EventView) -> str:
    link = f" · [comparison](<{event.address}>)" if event.address else ""
    return f"- {prefix}{escape_line(event.sentence)} · {event.taken_at.text}{link}"


def _change_runs(change_runs: Iterable[ChangeRunView]) -> Iterator[str]:
    for change_run in change_runs:
        alone = change_run.changes[0].id[:SHORT_ID] if len(change_run.changes) == 1 else ""
        place = _linked(change_run.place, change_run.changes[0].address)
        facts = _meta(change_run.aspects), place, _meta((*change_run.notes, change_run.taken_at.text, alone))
        yield from ("", f"- **{change_run.label}**{''.join(facts)}")
        for change in change_run.changes:
            yield from ("", f"  > {words(change.segments)}{'' if alone else _meta([change.id[:SHORT_ID]])}")
            yield from _links(change)
            yield from ("  >", f"  > reason: {escape(change.reason)}") if change.reason else ()


def _links(change: ChangeView) -> Iterator[str]:
    links = [f"<del>{escape(link)}</del>" for link in change.links_removed]
    links += [f"<ins>{escape(link)}</ins>" for link in change.links_added]
    if links:
        yield from ("  >", f"  > link: {' '.join(links)}")


def _linked(text: str, address: str) -> str:
    """A fact that leads to the change in its document, where the web page has an address."""
    return f" · [{escape(text)}](<{address}>)" if address and text else _meta([text])


def _meta(facts: Iterable[str]) -> str:
    return "".join(f" · {escape(fact)}" for fact in facts if fact)


def _collapsed(summary: str, change_runs: Sequence[ChangeRunView]) -> Iterator[str]:
    if change_runs:
        yield from ("", f"<details><summary>{summary}</summary>", *_change_runs(change_runs), "", "</details>")
