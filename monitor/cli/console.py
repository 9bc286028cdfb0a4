"""Standard output: text for people, wrapped and coloured on a terminal, and JSON for programs.

All text passes through `visible` here, so that no command can forget it. Into a pipe it is written without colour and
without wrapping.
"""

from __future__ import annotations

import io
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from monitor.app.monitor import usual_rights
from monitor.core.text.normalize import cells, visible
from monitor.errors import UsageError
from monitor.model import BaselineCount, Change, ChangeKind, Failure, Level, Run, Significance
from monitor.reports.json import change_records, dumps, run_json
from monitor.reports.phrases import plural
from monitor.reports.text import SYMBOLS, Piece, wrap
from monitor.reports.views import KEPT, Segment, change_run_views, change_view, event_view
from monitor.snapshots.files import no_links

Record = Mapping[str, Any]


def write_json(value: object) -> None:
    """One JSON value, indented, on standard output."""
    sys.stdout.write(dumps(value, indent=2) + "\n")


def write_records(records: Iterable[object], form: str) -> None:
    """`records` as `json` (one list, written as they come) or `jsonl` (one a line)."""
    if form == "jsonl":
        for record in records:
            sys.stdout.write(dumps(record) + "\n")
        return
    separator = "[\n"
    for record in records:
        sys.stdout.write(separator + dumps(record))
        separator = ",\n"
    sys.stdout.write("[]\n" if separator == "[\n" else "\n]\n")


def write_bytes(data: bytes) -> None:
    """Exact bytes, whatever they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which is there as a whole or not at all. UsageError where it cannot be made."""
    new = path.with_name(f".{path.name}.new")
    try:
        try:
            new.unlink(missing_ok=True)
            with usual_rights():
                opened = open(new, "xb", opener=no_links)  # noqa: SIM115 - closed below
        except OSError as error:
            raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
        with opened as stream:
            yield stream
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """A file of `text`, as UTF-8."""
    with written(path) as stream:
        stream.write(text.encode("utf-8", "backslashreplace"))


@contextmanager
def output_to(path: Path | None) -> Iterator[None]:
    """What is written to standard output goes into this file meanwhile, if there is one."""
    if path is None:
        yield
        return
    with written(path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
        with redirect_stdout(text):
            yield
        text.detach()
    report_written(path)


def report_written(path: Path) -> None:
    """Say so to a person at the terminal; standard output stays for what was asked for."""
    if sys.stderr.isatty():
        sys.stderr.write(f"wrote {visible(str(path))}\n")


Part = str | Piece
"""A text, or its role and a text: `("muted", "since yesterday")`."""

ANSI = {
    "label": "1",
    "title": "1",
    "heading": "1",
    "group": "4",
    "muted": "2",
    "id": "36",
    "delete": "31;9",  # struck through and underlined as well: red and green look alike to many
    "insert": "32;4",
    "added": "32",
    "removed": "31",
    "revised": "33",
    "moved": "34",
    "restored": "35",
    "failed": "1;31",
}
LONG = 2_000  # characters of a statement that a list shows


@dataclass(frozen=True)
class Page:
    """Where a command writes its lines. `width` in columns, None: as wide as the text is."""

    zone: tzinfo
    width: int | None = None
    colour: bool = False

    def line(self, *parts: Part, indent: int = 0, lead: Sequence[Part] = ()) -> None:
        """One line, `lead` first; what does not fit goes on below the first part, indented alike."""
        first, rest = _styled_parts(lead), _styled_parts(parts)
        margin = indent + sum(cells(text) for _, text in first)
        lines = list(wrap(rest, self.width or sys.maxsize, self.style, " " * margin)) or [""]
        if first:
            start = " " * indent + "".join(self.style(role, text) for role, text in first)
            lines[0] = (start + lines[0][margin:]).rstrip()
        sys.stdout.write("\n".join(lines) + "\n")

    def style(self, role: str, text: str) -> str:
        """`text` as this page shows what has the role."""
        return _ansi(role, text) if self.colour else text

    def time(self, at: datetime) -> str:
        """A time as a person reads it, and may type it back as a WHEN."""
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")


def open_page(zone: tzinfo) -> Page:
    """The page for this process: by what standard output is, `NO_COLOR` before `FORCE_COLOR`."""
    terminal = sys.stdout.isatty()
    wanted = (terminal and os.environ.get("TERM") != "dumb") or bool(os.environ.get("FORCE_COLOR"))
    width = max(20, _columns()) if terminal else None
    return Page(zone, width, colour=wanted and not os.environ.get("NO_COLOR"))


def _columns() -> int:
    """Of the terminal, which `COLUMNS` may overrule."""
    wanted = os.environ.get("COLUMNS", "")
    try:
        found = int(wanted) if wanted.isdecimal() else os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):  # ValueError: more digits than a number may have
        found = 0
    return found or 80


def short(name: str) -> str:
    """The first characters of an id: enough for a person to type."""
    return name[:10]


def shortened(text: str) -> str:
    """`text`, or its beginning where a person would not read all of it."""
    return text if len(text) <= LONG else f"{text[:LONG]} … ({len(text) - LONG:,} more characters)"


def _styled_parts(parts: Sequence[Part]) -> list[Piece]:
    pairs = (("plain", part) if isinstance(part, str) else part for part in parts)
    return [(role, visible(text)) for role, text in pairs]


def _ansi(role: str, text: str) -> str:
    code = ANSI.get(role)
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text


# --- changes in words -----------------------------------------------------------------------------

MOST = 100  # changes, or documents, that a run tells one by one; the log has them all


def write_run(page: Page, run: Run, changes: Sequence[Change]) -> None:
    """A run for people."""
    news, baseline = news_of(changes), baseline_of(run)
    _write_failures(page, run)
    _write_not_read(page, run)
    page.line(*_headline(page, run, news, baseline))
    for count in baseline[:MOST]:
        page.line(count.document, lead=[f"{count.statements:>9,}  "])
    if len(baseline) > MOST:
        page.line(f"and {plural(len(baseline) - MOST, 'more document')}", indent=2)
    if len(news) <= MOST:
        write_documents(page, news, collapse=True)
    else:
        write_counts(page, news, MOST)
        page.line(f"`monitor log --snapshot {short(run.snapshot or '')}` lists them all")


def write_earlier_changes(page: Page, changes: int) -> None:
    """Say how many changes of an earlier, interrupted run were reported too; nothing if there were none."""
    if changes:
        page.line(f"  also reported {plural(changes, 'change')} from an earlier, interrupted run")


def write_run_as(form: str, run: Run, changes: Sequence[Change]) -> None:
    """A run for programs: `json` the run with what it found, `jsonl` the changes alone."""
    news = list(change_records(news_of(changes)))
    if form == "jsonl":
        write_records(news, form)
        return
    counts: list[Record] = [{"document": count.document, "statements": count.statements} for count in baseline_of(run)]
    write_json({"run": run_json(run), "changes": news, "baseline": counts})


def news_of(changes: Iterable[Change]) -> list[Change]:
    """What is new; what the first snapshot held is counted, and what new rules found is no change of a document."""
    return [change for change in changes if not (change.baseline or change.technical_upgrade)]


def baseline_of(run: Run) -> list[BaselineCount]:
    """How many statements each document of the first snapshot held."""
    return [BaselineCount(document, statements) for document, statements in run.baseline]


def _headline(page: Page, run: Run, news: Sequence[Change], baseline: Sequence[BaselineCount]) -> list[Part]:
    if run.snapshot is None:
        return ["; ".join(filter(None, ("nothing changed", run.message)))]
    when = page.time(run.taken_at) if run.taken_at else ""
    head: list[Part] = ["snapshot ", ("id", short(run.snapshot)), f"  {when}  "]
    if baseline:
        statements = plural(sum(count.statements for count in baseline), "statement")
        return [*head, ("label", f"first snapshot: {plural(len(baseline), 'document')}, {statements}")]
    return [*head, ("label", _count_changes(news))]


def _count_changes(news: Sequence[Change]) -> str:
    if not news:
        return "no statement changed"
    documents = len({change.document for change in news})
    editorial = sum(change.significance is Significance.EDITORIAL for change in news)
    apart = f", {editorial} of them editorial" if editorial else ""
    return f"{plural(len(news), 'change')} in {plural(documents, 'document')}{apart}"


def _write_failures(page: Page, run: Run) -> None:
    for failure in run.failures:
        page.line(_because(failure), lead=[("failed", "! ")])
    for skipped in run.skipped:
        page.line(("muted", _because(skipped)), lead=["skipped "])


def _write_not_read(page: Page, run: Run) -> None:
    """A line for each document that this run found not to be read, or not wholly: silence would look like reading."""
    for one in run.not_read[:MOST]:
        page.line(_because(one))
    if len(run.not_read) > MOST:
        more = plural(len(run.not_read) - MOST, "more document")
        page.line(f"and {more} not read; `monitor status --format json` lists them all")


def _because(failure: Failure) -> str:
    return f"{failure.path}: {failure.reason}"


ROLES: Mapping[str, str] = {
    ChangeKind.SPLIT: "revised",
    ChangeKind.MERGED: "revised",
    ChangeKind.RENAMED: "moved",
}
WHOLE = 1 << 30  # characters: nothing is cut


def write_log(page: Page, changes: Iterable[Change], *, collapse: bool) -> None:
    """Changes in the order given, a line for each snapshot and each document.

    `collapse`: the statements of a document that came or went as a whole are counted, not listed.
    """
    snapshots = groupby(changes, key=lambda change: (change.snapshot, change.taken_at))
    for number, ((snapshot, taken_at), found) in enumerate(snapshots):
        if number:
            page.line()
        page.line(("label", page.time(taken_at)), "  snapshot ", ("id", short(snapshot)))
        write_documents(page, found, collapse=collapse)


def write_documents(page: Page, changes: Iterable[Change], *, collapse: bool) -> None:
    """The changes of one snapshot, or of none, a heading for each document with how many of each kind it has."""
    for document, group in groupby(changes, key=lambda change: change.document):
        write_document(page, document, list(group), collapse=collapse)


def write_document(page: Page, heading: str, changes: Sequence[Change], *, collapse: bool) -> None:
    """The changes of one document below a heading with how many of each kind there are."""
    page.line()
    page.line(("label", heading), *_count_by_kind(changes))
    collapsed = [change for change in changes if collapse and _came_whole(change)]
    events: dict[str, list[Change]] = {}
    for change in changes:
        if collapse and change.event and change.group:
            events.setdefault(change.group, []).append(change)
    for change in changes:
        if change.group in events:
            if events[change.group][0] is change:
                _write_event(page, events[change.group])
        elif not (collapse and _came_whole(change)):
            write_change(page, change, collapsed=len(collapsed))


def write_counts(page: Page, changes: Iterable[Change], most: int) -> None:
    """A line for each document with how many of each kind it has; of no more than `most` documents."""
    documents = [list(group) for _, group in groupby(changes, key=lambda change: change.document)]
    for found in documents[:most]:
        page.line(found[0].document, *_count_by_kind(found), indent=2)
    if len(documents) > most:
        page.line(f"and {plural(len(documents) - most, 'more document')}", indent=2)


def write_change(
    page: Page, change: Change, *, collapsed: int = 0, kept: int = KEPT, further: Sequence[str] = ()
) -> None:
    """One change: a line that says what happened, with `further` facts, then its words with what came and went."""
    lead: list[Part] = [(_role(change.kind), f"{SYMBOLS[change.kind]} ")]
    if change.id:
        lead += [("id", short(change.id)), " "]
    if change.level is Level.DOCUMENT:
        counted = f", with {plural(collapsed, 'statement')}" if collapsed else ""
        page.line(f"{_sentence(page, change)}{counted}", lead=lead)
        return
    view = change_view(change, page.zone, kept)
    editorial = "editorial" if change.significance is Significance.EDITORIAL and change.aspects else ""
    facts = (editorial, ", ".join(view.aspects), view.place, *view.notes, *further)
    page.line(view.label.lower(), ("muted", "".join(f" · {fact}" for fact in facts if fact)), lead=lead)
    page.line(*_words(page, change, view.segments), indent=4)
    for link in view.links_removed:
        page.line("link ", *_marked(page, "delete", link), indent=4)
    for link in view.links_added:
        page.line("link ", *_marked(page, "insert", link), indent=4)


_FEW = 3  # changes of an event that are shown


def _write_event(page: Page, changes: Sequence[Change]) -> None:
    """The changes of one event within a document: what happened, and the words of the first few."""
    (run,) = change_run_views(changes, page.zone)
    lead: list[Part] = [(_role(changes[0].kind), f"{SYMBOLS[changes[0].kind]} "), ("id", short(changes[0].id)), " "]
    editorial = "editorial" if changes[0].significance is Significance.EDITORIAL else ""
    facts = (editorial, ", ".join(run.aspects), run.place)
    page.line(run.label.lower(), ("muted", "".join(f" · {fact}" for fact in facts if fact)), lead=lead)
    for change, view in zip(changes[:_FEW], run.changes, strict=False):
        page.line(*_words(page, change, view.segments), indent=4)
    if len(changes) > _FEW:
        page.line(("muted", f"and {len(changes) - _FEW:,} more; `monitor log DOCUMENT` lists each"), indent=4)


def _sentence(page: Page, change: Change) -> str:
    sentence = event_view(change, page.zone).sentence
    return sentence if change.kind is ChangeKind.FAILED else sentence[:1].lower() + sentence[1:]


def _words(page: Page, change: Change, segments: Iterable[Segment]) -> Iterator[Part]:
    if not (change.before and change.after):  # the line above says that all of it came or went
        yield from (segment.text for segment in segments)
        return
    yield from word_diff(page, segments)


def word_diff(page: Page, segments: Iterable[Segment]) -> Iterator[Part]:
    """What came and what went: in colour struck through and underlined, without it `[-old-]{+new+}`."""
    for segment in segments:
        yield from _marked(page, segment.op, segment.text)


def _marked(page: Page, op: str, text: str) -> Iterator[Part]:
    if op == "delete":
        yield (op, text if page.colour else f"[-{text}-]")
    elif op == "insert":
        yield (op, text if page.colour else f"{{+{text}+}}")
    else:
        yield ("muted" if op == "skip" else "plain", text)


def _count_by_kind(changes: Iterable[Change]) -> Iterator[Part]:
    """`+2 ~1 »3`: how many statements changed in each way."""
    kinds: Counter[str] = Counter(change.kind for change in changes if change.level is Level.STATEMENT)
    for kind, mark in SYMBOLS.items():
        if kinds[kind]:
            yield "  "
            yield (_role(kind), f"{mark}{kinds[kind]:,}")


def _role(kind: str) -> str:
    return ROLES.get(kind, str(kind))


def _came_whole(change: Change) -> bool:
    return change.level is Level.STATEMENT and change.with_document
