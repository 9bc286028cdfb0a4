"""Changes in words: what `log`, `run`, `show` and `diff` print for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from monitor.cli.page import Page, Part, many, short
from monitor.model import Change, ChangeKind, Level, Significance
from monitor.reports.views import KEPT, Segment, change_view, event_view

MARKS = {
    ChangeKind.ADDED: "+",
    ChangeKind.REMOVED: "-",
    ChangeKind.REVISED: "~",
    ChangeKind.SPLIT: "<",
    ChangeKind.MERGED: ">",
    ChangeKind.MOVED: "»",
    ChangeKind.RENAMED: "»",
    ChangeKind.RESTORED: "↺",
    ChangeKind.FAILED: "!",
}
ROLES = {
    ChangeKind.SPLIT: "revised",
    ChangeKind.MERGED: "revised",
    ChangeKind.RENAMED: "moved",
}
WHOLE = 1 << 30  # characters: nothing is cut


def write_log(page: Page, changes: Iterable[Change], *, fold: bool) -> None:
    """Changes in the order given, a line for each snapshot and each document.

    `fold`: the statements of a document that came or went as a whole are counted, not listed.
    """
    snapshots = groupby(changes, key=lambda change: (change.snapshot, change.taken_at))
    for number, ((snapshot, taken_at), found) in enumerate(snapshots):
        if number:
            page.line()
        page.line(("label", page.time(taken_at)), "  snapshot ", ("id", short(snapshot)))
        write_documents(page, found, fold=fold)


def write_documents(page: Page, changes: Iterable[Change], *, fold: bool) -> None:
    """The changes of one snapshot, or of none, a heading for each document with how many of each kind it has."""
    for document, group in groupby(changes, key=lambda change: change.document):
        found = list(group)
        page.line()
        page.line(("label", document), *_counted(found))
        folded = [change for change in found if fold and _came_whole(change)]
        for change in found:
            if not (fold and _came_whole(change)):
                write_change(page, change, folded=len(folded))


def write_counts(page: Page, changes: Iterable[Change], most: int) -> None:
    """A line for each document with how many of each kind it has; of no more than `most` documents."""
    documents = [list(group) for _, group in groupby(changes, key=lambda change: change.document)]
    for found in documents[:most]:
        page.line(found[0].document, *_counted(found), indent=2)
    if len(documents) > most:
        page.line(f"and {many(len(documents) - most, 'document')} more", indent=2)


def write_change(page: Page, change: Change, *, folded: int = 0, kept: int = KEPT) -> None:
    """One change: a line that says what happened, then its words with what came and went."""
    lead: list[Part] = [(_role(change.kind), f"{MARKS[change.kind]} ")]
    if change.id:
        lead += [("id", short(change.id)), " "]
    if change.level is Level.DOCUMENT:
        counted = f", with {many(folded, 'statement')}" if folded else ""
        page.line(f"{_sentence(page, change)}{counted}", lead=lead)
        return
    view = change_view(change, page.zone, kept)
    editorial = "editorial" if change.significance is Significance.EDITORIAL and change.aspects else ""
    facts = (editorial, ", ".join(view.aspects), view.place, *view.notes)
    page.line(view.label.lower(), ("muted", "".join(f" · {fact}" for fact in facts if fact)), lead=lead)
    page.line(*_words(page, change, view.segments), indent=4)
    for link in view.links_gone:
        page.line("link ", *_marked(page, "delete", link), indent=4)
    for link in view.links_new:
        page.line("link ", *_marked(page, "insert", link), indent=4)


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


def _counted(changes: Iterable[Change]) -> Iterator[Part]:
    """`+2 ~1 »3`: how many statements changed in each way."""
    kinds = Counter(change.kind for change in changes if change.level is Level.STATEMENT)
    for kind, mark in MARKS.items():
        if kinds[kind]:
            yield "  "
            yield (_role(kind), f"{mark}{kinds[kind]:,}")


def _role(kind: ChangeKind) -> str:
    return ROLES.get(kind, str(kind))


def _came_whole(change: Change) -> bool:
    return change.level is Level.STATEMENT and change.cause == "document"
