"""A report, or one change, as terminal text: `[-removed-]` and `{+added+}`, wrapped to a given width.

The caller supplies colours as a style. Lines are wrapped at spaces only, by display columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from itertools import chain, groupby

from monitor.core.text.normalize import cells
from monitor.model import ChangeKind, Report
from monitor.reports.views import (
    ChangeRunView,
    ChangeView,
    EventView,
    Reason,
    ReportView,
    SectionView,
    Segment,
    nowhere,
    report_view,
)

Piece = tuple[str, str]  # role ("insert", "muted", …), text
Style = Callable[[str, str], str]  # (role, text) -> text as it is printed

_PART = re.compile(r"( +)|([^ ]+)")


def unstyled(_role: str, text: str) -> str:
    """The style of a terminal without colours, and of a file."""
    return text


def wrap(parts: Iterable[Piece], width: int, style: Style = unstyled, indent: str = "") -> Iterator[str]:
    """Lines of at most `width` columns, `indent` included; a word that is longer is cut."""
    width_left = max(width - cells(indent), 10)
    parts = [part for part in parts if part[1]]
    if parts and not parts[-1][1].endswith(" ") and sum(cells(text) for _, text in parts) <= width_left:
        yield _printed(parts, style, indent)  # as most are
        return
    line: list[Piece] = []
    used = 0
    for gap, word in _words(parts):
        size = sum(cells(text) for _, text in word)
        if line and used + cells(gap[1]) + size > width_left:
            yield _printed(line, style, indent)
            line, used = [], 0
        elif gap[1]:
            line.append(gap)
            used += cells(gap[1])
        for piece in _cut(word, width_left) if size > width_left else word:
            if used and used + cells(piece[1]) > width_left:
                yield _printed(line, style, indent)
                line, used = [], 0
            line.append(piece)
            used += cells(piece[1])
    if line:
        yield _printed(line, style, indent)


def _words(parts: Iterable[Piece]) -> Iterator[tuple[Piece, list[Piece]]]:
    """(spaces before it, the pieces that the word is made of); pieces that touch make one word."""
    gap: Piece = ("", "")
    word: list[Piece] = []
    for role, text in parts:
        for match in _PART.finditer(text):
            spaces, fragment = match.groups()
            if fragment:
                word.append((role, fragment))
            elif word:
                yield gap, word
                gap, word = (role, spaces), []
            else:
                gap = (role, gap[1] + spaces)
    if word:
        yield gap, word


def _cut(word: Iterable[Piece], width_left: int) -> Iterator[Piece]:
    for role, text in word:
        start = width = 0
        for index, char in enumerate(text):
            size = cells(char)
            if width + size > width_left:
                yield role, text[start:index]
                start, width = index, 0
            width += size
        yield role, text[start:]


def _printed(line: Iterable[Piece], style: Style, indent: str) -> str:
    runs = groupby(
        line, key=lambda piece: piece[0]
    )  # a style costs bytes: one for each run of words, not for each word
    return (indent + "".join(style(role, "".join(text for _, text in run)) for role, run in runs)).rstrip()


SYMBOLS: Mapping[str, str] = {
    ChangeKind.ADDED: "+",
    ChangeKind.REMOVED: "-",
    ChangeKind.REVISED: "~",
    ChangeKind.SPLIT: "<",
    ChangeKind.MERGED: ">",
    ChangeKind.MOVED: "»",
    ChangeKind.RENAMED: "»",
    ChangeKind.RESTORED: "↺",
    ChangeKind.FAILED: "!",
    ChangeKind.UNWATCHED: "×",
    ChangeKind.WATCHED: "○",
    ChangeKind.SUSPECT: "?",
    ChangeKind.RECOVERED: "↺",
}
MARKS = {"insert": ("{+", "+}"), "delete": ("[-", "-]")}
SHORT_ID = 12  # characters of an id that a person types


def render(
    report: Report, *, zone: tzinfo = UTC, width: int = 80, style: Style = unstyled, reason: Reason = nowhere
) -> str:
    """The whole report; ends with a line break. `reason` says why a change is what it is."""
    view = report_view(report, zone, reason=reason)
    return "\n".join(_lines(view, width, style)) + "\n"


def change_run_lines(
    change_run: ChangeRunView, width: int = 80, style: Style = unstyled, indent: str = "  "
) -> Iterator[str]:
    """Changes that belong together: a line that says what and where, then the words with their marks."""
    alone = change_run.changes[0].id[:SHORT_ID] if len(change_run.changes) == 1 else ""
    facts = (*change_run.aspects, change_run.place, *change_run.notes, change_run.taken_at.text, alone)
    head: list[Piece] = [("symbol", f"{SYMBOLS[change_run.kind]} "), ("label", change_run.label)]
    yield from wrap([*head, ("muted", "".join(f" · {fact}" for fact in facts if fact))], width, style, indent)
    for change in change_run.changes:
        number = [] if alone else [("muted", f" · {change.id[:SHORT_ID]}")]
        yield from wrap([*styled_segments(change.segments), *number], width, style, f"{indent}  ")
        yield from _links(change, width, style, f"{indent}  ")
        if change.reason:
            yield from wrap([("muted", change.reason)], width, style, f"{indent}  ")


def _links(change: ChangeView, width: int, style: Style, indent: str) -> Iterator[str]:
    links = [("delete", f"[-{link}-] ") for link in change.links_removed]
    links += [("insert", f"{{+{link}+}} ") for link in change.links_added]
    if links:
        yield from wrap([("muted", "link: "), *links], width, style, indent)


def styled_segments(segments: Iterable[Segment]) -> Iterator[Piece]:
    """Segments as pieces to wrap; marked where what came or went stands beside something else."""
    shown = tuple(segments)
    marks = MARKS if len({segment.op for segment in shown} - {"skip"}) > 1 else {}
    for segment in shown:
        before, after = marks.get(segment.op, ("", ""))
        yield segment.op, f"{before}{segment.text}{after}"


def _lines(view: ReportView, width: int, style: Style) -> Iterator[str]:
    yield from wrap([("title", view.title)], width, style)
    for line in filter(None, (view.period if view.heading == view.title else "", view.only)):
        yield from wrap([("muted", line)], width, style)
    figures = " · ".join([*(f"{count:,} {what}" for count, what, _ in view.figures), *filter(None, [view.breakdown])])
    yield from wrap([("figures", figures)], width, style)
    yield from wrap([("muted", f"{view.snapshots_summary}, report made {view.made_at.text}")], width, style)
    for remark in view.remarks:
        yield from wrap([("plain", remark)], width, style)
    if view.announcements:
        yield from ("", *_heading("Announced or not", width, style))
        yield from chain.from_iterable(wrap([("plain", line)], width, style, "  ") for line in view.announcements)
    if view.failures:
        yield from ("", *_heading(f"Not read ({len(view.failures)})", width, style, role="failed"))
        yield from chain.from_iterable(_failure(failure, width, style) for failure in view.failures)
    for section in view.sections:
        yield from _section(section, width, style)
    if view.baseline:
        yield from ("", *_heading(f"First snapshot: {view.baseline_summary}", width, style))
        for count in view.baseline:
            yield from wrap([("plain", f"{count.statements:>7,}  {count.document}")], width, style, "  ")
    if not (view.sections or view.failures or view.baseline):
        yield from ("", "Nothing changed.")


def _heading(text: str, width: int, style: Style, role: str = "heading") -> Iterator[str]:
    yield from wrap([(role, text)], width, style)
    yield style("rule", "─" * min(cells(text), width))


def _failure(failure: EventView, width: int, style: Style) -> Iterator[str]:
    yield from wrap([("failed", "! "), ("label", failure.document)], width, style, "  ")
    yield from wrap([("plain", failure.sentence), ("muted", f" · {failure.taken_at.text}")], width, style, "    ")


def _section(section: SectionView, width: int, style: Style) -> Iterator[str]:
    title = f"{section.document}: {section.summary}" if section.summary else section.document
    yield from ("", *_heading(title, width, style))
    for event in section.events:
        parts = [
            ("symbol", f"{SYMBOLS[event.kind]} "),
            ("label", event.sentence),
            ("muted", f" · {event.taken_at.text}"),
        ]
        yield from wrap(parts, width, style, "  ")
    for number, change_run in enumerate(section.substantive):
        yield from ([""] if number or section.events else [])
        yield from change_run_lines(change_run, width, style)
    if section.moves:
        yield from ("", *wrap([("group", "Moved and restored")], width, style, "  "))
        for change_run in section.moves:
            yield from change_run_lines(change_run, width, style)
    yield from _collapsed(section.editorial_summary, section.editorial, width, style)
    yield from _collapsed(section.metadata_summary, section.metadata, width, style)
    yield from _collapsed(section.hidden_summary, section.hidden, width, style)
    if section.whole:  # its event has told it already; `log DOCUMENT` lists them
        yield from ("", *wrap([("group", section.whole_summary)], width, style, "  "))


def _collapsed(summary: str, change_runs: Sequence[ChangeRunView], width: int, style: Style) -> Iterator[str]:
    """Counted, and listed in the words alone: a terminal has nothing to unfold."""
    if not change_runs:
        return
    yield from ("", *wrap([("group", summary)], width, style, "  "))
    for change_run in change_runs:
        if change_run.event:
            yield from change_run_lines(change_run, width, style)
            continue
        for change in change_run.changes:
            parts = [("symbol", f"{SYMBOLS[change.kind]} "), *styled_segments(change.segments)]
            yield from wrap([*parts, ("muted", f" · {change.id[:SHORT_ID]}")], width, style, "  ")
