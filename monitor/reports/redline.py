"""Views of a redline: what the page, the saved HTML file and the Word document show of two versions of a document.

Words are cut into segments for each statement, and for each cell of a table row. A mark is a change with its sign, its
label and its reason in words. Rows that are unchanged and far from a change are folded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby, takewhile
from types import MappingProxyType
from typing import Literal, NamedTuple

from monitor.core.classification.numbers import with_units
from monitor.core.diff.redline import Mark, Redline, RedlineRow, VersionText
from monitor.core.review.scoring import Importance, importance_of
from monitor.core.text.layout import CONTINUED, FIRST_CELL, HEAD, set_apart
from monitor.core.text.lookalikes import distinguishable
from monitor.core.text.normalize import is_blank, spelled_out, visible
from monitor.model import BlockKind, Change, ChangeKind, Emphasis, Level, Significance
from monitor.reports.phrases import GAP, days, event_name, gap_text, plural, time_view
from monitor.reports.reasons import reason_of
from monitor.reports.views import Segment, change_label, event_view, link_changes

SIGNS = {
    ChangeKind.ADDED: "+",
    ChangeKind.REMOVED: "−",
    ChangeKind.REVISED: "~",
    ChangeKind.MOVED: "»",
    ChangeKind.RESTORED: "↺",
    ChangeKind.SPLIT: "<",
    ChangeKind.MERGED: ">",
}
EVENTS_OF_CAUSE = {"suspect": "Suspect version", "recovered": "Version recovered"}
CONTEXT = 2  # unchanged statements that stay visible on each side of a change
MANY_CHANGES = 250  # from which it is one
LEAST_FOLDED = 3  # statements
_TOGETHER = 20  # unchanged statements of one row
_NUMBER = re.compile(r"\d{1,9}\.", re.ASCII)
FIRST_WORDS = 60  # characters of a statement in the list of changes
_DISTINGUISHED = 20_000  # characters: of longer pieces nobody looks for letters that look alike

Side = Literal["before", "after"]
SIDES: tuple[Side, Side] = "before", "after"
StatementAddress = Callable[[str, str, Side], str]
"""The address of a statement in another document of the comparison, by the document's path; empty where it has none."""


class MarkView(NamedTuple):
    """A change, ready to print. `reason` is empty where the change has none; `place` counts from 1.
    `remarks` say to which event it belongs, and whether it was announced.

    `name` is the id, or the id of the statement where the change is not recorded. `here` is the id of the element that
    shows it; of a move `origin` and `target` say where it came from and went to, with the addresses of these places.
    """

    id: str
    name: str
    place: int
    kind: str
    sign: str
    label: str
    reason: str
    remarks: tuple[str, ...]
    level: str
    editorial: bool
    aspects: tuple[str, ...]
    first_words: str
    heading: str
    spoken: str
    here: str
    origin: str
    origin_address: str
    target: str
    target_address: str
    links_removed: tuple[str, ...]
    links_added: tuple[str, ...]


class Piece(NamedTuple):
    """One statement in one place. `anchor` is empty where the other side has it; `cells` are those of a table row, and
    between them what parts them in its text.

    `note`: the label and the reason of the change are shown here; of a split or a merger that is at its first part.
    `side` is `left` at the old place of a statement that moved within the document.
    """

    statement: str
    anchor: str
    segments: tuple[Segment, ...]
    cells: tuple[tuple[Segment, ...], ...]
    mark: MarkView | None
    side: Literal["before", "after", "both", "left"]
    note: bool
    part: str

    @property
    def plain(self) -> str:
        """The words of an unchanged statement that is no row of a table, none set apart; empty for others."""
        plain = self.mark is None and len(self.segments) == 1 and self.side == "both" and not self.segments[0].tags
        return self.segments[0].text if plain else ""


class BlockView(NamedTuple):
    """A block or a part of one; `continued` where its beginning is shown before it. `pieces` are its statements.

    `label` is what stands before an item; of a row of headings it is HEAD.
    """

    kind: str
    level: int
    continued: bool
    pieces: tuple[Piece, ...]
    label: str = ""

    @property
    def headings(self) -> str:
        """Of a row the scope of its headings: `col` where all of its cells are, `row` where the first one is."""
        return {HEAD: "col", FIRST_CELL: "row"}.get(self.label, "")

    @property
    def number(self) -> str:
        """The number of an item that is written as lists are by default, `12.`; empty for other labels."""
        return self.label[:-1] if _NUMBER.fullmatch(self.label) else ""

    @property
    def shown_label(self) -> str:
        """Any other label, or that of a heading."""
        return "" if self.headings or (self.number and self.kind == "item") else visible(self.label)

    @property
    def sole(self) -> Piece | None:
        """The statement of a paragraph that has one; None for parts of paragraphs and for other blocks."""
        whole = self.kind == "paragraph" and not self.continued and len(self.pieces) == 1
        return self.pieces[0] if whole and not self.pieces[0].part else None

    @property
    def classes(self) -> str:
        """Its classes side by side; a plain paragraph has none."""
        kind = "" if self.kind == "paragraph" else f"of-{self.kind}"
        return " ".join(filter(None, (kind, f"d{self.level}" if self.level else "", "continued" * self.continued)))

    @property
    def is_ascii(self) -> bool:
        """Whether it runs from left to right without doubt."""
        return all(part.text.isascii() for piece in self.pieces for part in piece.segments)


class ViewRow(NamedTuple):
    """Blocks that are shown together: of both versions side by side, or all of them in `after` inline.

    `marks` are the changes in it, of which side by side there is one at most; `lead` is where that one is described.
    """

    before: tuple[BlockView, ...]
    after: tuple[BlockView, ...]
    marks: tuple[MarkView, ...]
    lead: bool
    changed: bool


class FoldedRows(NamedTuple):
    """Unchanged rows that are folded. `first` is the id of their first statement; `open` where they are shown.

    `rows` are empty where they are shown on demand only.
    """

    label: str
    first: str
    rows: tuple[ViewRow, ...]
    open: bool


ImportanceOf = Callable[[Change, bool], Importance]
"""The importance of a change, and whether its statement is a heading."""


def plain_importance(change: Change, is_heading: bool) -> Importance:  # noqa: FBT001 - see `ImportanceOf`
    """That of a change in files which no configuration speaks of."""
    return importance_of(change, heading=is_heading)


class SaidComment(NamedTuple):
    """What a reviewer said of a change."""

    author: str
    at: datetime
    text: str


class RedlineFacts(NamedTuple):
    """What a file says of a redline beside its words: the names of its sides, when they were taken, and what happened
    to the document as a whole. `language` is that of the version after, `comments` are those of reviewers by change."""

    title: str
    before: datetime | None = None
    after: datetime | None = None
    language: str | None = None
    events: tuple[str, ...] = ()
    importance: ImportanceOf = plain_importance
    comments: Mapping[str, Sequence[SaidComment]] = MappingProxyType({})


class RedlineView(NamedTuple):
    """A whole redline in one of its views."""

    rows: tuple[ViewRow | FoldedRows, ...]
    marks: tuple[MarkView, ...]


LEVELS = tuple(map(str, Importance))


def by_importance(marks: Iterable[MarkView]) -> list[MarkView]:
    """The most important first, those of one level in their order."""
    return sorted(marks, key=lambda mark: (mark.editorial, LEVELS.index(mark.level)))


def moment_text(at: datetime | None, zone: tzinfo) -> str:
    """When a version was taken, in words; empty where that is not known."""
    return time_view(at, zone).text if at else ""


def nowhere(_path: str, _statement: str, _side: Side) -> str:
    """Of a file that stands alone: other documents have no address."""
    return ""


def redline_view(
    line: Redline,
    view: Literal["side", "inline"],
    *,
    address: StatementAddress = nowhere,
    language: str | None = None,
    zone: tzinfo = UTC,
    whole: bool = False,
    opened: str = "",
    lazy: bool = False,
    importance: ImportanceOf = plain_importance,
) -> RedlineView:
    """The redline in one of its views. `whole`: nothing is folded; `opened` is a statement whose fold is open.

    `lazy`: what is folded and not open is not drawn.
    """
    drawn = _Drawn(line, address, language, zone, importance, view)
    rows = drawn.rows(drawn.runs()) if whole else drawn.folded(opened, lazy=lazy)
    return RedlineView(tuple(rows), tuple(drawn.marks))


def text_blocks(text: VersionText, ordinals: Sequence[int]) -> tuple[BlockView, ...]:
    """Some statements of one version as they are in their document; ordinals ascend."""
    found = []
    for number, group in groupby(ordinals, key=lambda ordinal: text.block_of[ordinal]):
        own = list(group)
        pieces = tuple(_whole_piece(text, ordinal) for ordinal in own)
        continued = own[0] > 0 and text.block_of[own[0] - 1] == number
        found.append(_block_view(text, number, pieces, continued=continued))
    return tuple(found)


def _block_view(text: VersionText, number: int, pieces: tuple[Piece, ...], *, continued: bool) -> BlockView:
    """A block of a version, or a part of one; a further paragraph of an item goes on with it."""
    block, label = text.blocks[number], text.labels[number]
    goes_on = continued or label == CONTINUED
    return BlockView(str(block.kind), block.level, goes_on, pieces, "" if goes_on else label)


def _whole_piece(text: VersionText, ordinal: int) -> Piece:
    words, cells = text.statements[ordinal].text, cells_of(text, ordinal)
    parts = _emphasised([_Part("equal", words, "", len(words))], text.emphasis(ordinal))
    shown = tuple(_shown(part) for part in _cells(parts, cells, len(words))) if cells else ()
    segments = () if cells else _shown(parts)
    return Piece(visible(text.ids[ordinal]), "", segments, shown, None, "both", note=False, part="")


def cells_of(text: VersionText, ordinal: int) -> Sequence[tuple[int, int]]:
    """The ranges of the cells in the text of a statement that is a row of a table; none for others."""
    block = text.blocks[text.block_of[ordinal]]
    return block.cells if block.kind is BlockKind.ROW and len(block.statements) == 1 else ()


def folds_of(rows: Iterable[ViewRow | FoldedRows]) -> Iterator[FoldedRows | list[ViewRow]]:
    """Folds, and between them lists of the rows that are shown."""
    shown: list[ViewRow] = []
    for row in rows:
        if isinstance(row, ViewRow):
            shown.append(row)
            continue
        if shown:
            yield shown
        shown = []
        yield row
    if shown:
        yield shown


def blocks_by_kind(blocks: Iterable[BlockView]) -> Iterator[tuple[str, list[BlockView]]]:
    """The blocks of one side by their kind; a row of a table without cells counts as a paragraph."""

    kind_of = _Kinds()
    for kind, group in groupby(blocks, key=kind_of):
        yield kind, list(group)


def chunks_of(rows: Iterable[ViewRow]) -> Iterator[tuple[str, list[ViewRow]]]:
    """Inline rows by the kind of their blocks: those of one list or one table together."""
    kind_of = _Kinds()
    for kind, group in groupby(rows, key=lambda row: kind_of(row.after[0])):
        yield kind, list(group)


class _Kinds:
    """Tells the kind of each block in turn: `number` for an item with a number, or what goes on with one."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, block: BlockView) -> str:
        kind = "paragraph" if block.kind == "row" and not block.pieces[0].cells else block.kind
        if kind == "item" and (block.label or (block.continued and self._last == "number")):
            kind = "number"
        self._last = kind
        return kind


def remarks_of(change: Change) -> tuple[str, ...]:
    """The event that a change belongs to, and that it was not announced, in words."""
    event = event_name(change) if change.event else EVENTS_OF_CAUSE.get(change.cause or "", "")
    silent = change.announced is False and change.significance is Significance.SUBSTANTIVE
    return tuple(filter(None, (event, "not announced" * silent)))


def events_of(changes: Iterable[Change], zone: tzinfo) -> tuple[str, ...]:
    """What happened to a document as a whole, and when nobody looked before its changes, a sentence each."""
    found: list[str] = []
    unwatched: dict[str, None] = {}
    for change in changes:
        if change.level is Level.DOCUMENT:
            found.append(event_view(change, zone).sentence)
        if change.seen_before is not None and change.taken_at - change.seen_before > GAP:
            unwatched[f"Not watched: {gap_text(change.seen_before, change.taken_at, zone)}"] = None
    return (*found, *unwatched)


class _Drawn:
    """Draws one redline; what both views share."""

    def __init__(
        self,
        line: Redline,
        address: StatementAddress,
        language: str | None,
        zone: tzinfo,
        importance: ImportanceOf,
        view: Literal["side", "inline"],
    ) -> None:
        self._line, self._address, self._language, self._zone = line, address, language, zone
        self._importance = importance
        self._is_side = view == "side"
        self._seen: dict[Side, set[int]] = {"before": set(), "after": set()}  # blocks whose beginning was shown
        self._ids = {"before": set(line.before.ids), "after": set(line.after.ids)}
        self._below = _headings(line)
        self.marks = [self._mark(number, mark) for number, mark in enumerate(line.marks)]
        self._noted: set[int] = set()
        self._cut: dict[tuple[int, str], list[list[_Part]]] = {}

    # --- marks ----------------------------------------------------------------------------------

    def _mark(self, number: int, mark: Mark) -> MarkView:
        change, line = mark.change, self._line
        ends = self._ends(mark)
        statement = line.after.ids[mark.after[0]] if mark.after else line.before.ids[mark.before[0]]
        text = line.after.statements[mark.after[0]] if mark.after else line.before.statements[mark.before[0]]
        gone, new = link_changes(change)
        label = self._label(change)
        reason, remarks = reason_of(change, self._language), remarks_of(change)
        why = "; ".join(filter(None, (reason, *remarks)))
        row = self._below.get(number, "")
        position = (mark.after or mark.before)[0] + 1
        moved = "".join(f" {word} {end}" for word, (end, _) in zip(("from", "to"), ends, strict=True) if end)
        spoken = ", ".join((f"{label}{moved}", *map(str, change.aspects)))
        return MarkView(
            id="" if change.baseline else visible(change.id),  # the queue has nothing of the first snapshot
            name=visible(change.id) or statement,
            place=number + 1,
            kind=str(change.kind),
            sign=SIGNS.get(change.kind, "~"),
            label=label,
            reason=reason,
            remarks=remarks,
            level=str(self._importance(change, text.kind is BlockKind.HEADING)),
            editorial=change.significance is Significance.EDITORIAL,
            aspects=tuple(map(str, change.aspects)),
            first_words=_first_words(text.text),
            heading=row,
            spoken=f"{spoken}{': ' if why else ''}{why}. Statement {position:,}",
            here=f"s-{statement}",
            origin=ends[0][0],
            origin_address=ends[0][1],
            target=ends[1][0],
            target_address=ends[1][1],
            links_removed=gone,
            links_added=new,
        )

    def _ends(self, mark: Mark) -> tuple[tuple[str, str], tuple[str, str]]:
        """Where a statement that moved came from and went to, each in words with its address."""
        change = mark.change
        if mark.in_place or not (change.before and change.after):
            return ("", ""), ("", "")
        old, new = change.before[0], change.after[0]
        origin = f"{old.ordinal + 1:,}", f"#m-{old.statement}"
        target = f"{new.ordinal + 1:,}", f"#s-{new.statement}"
        if not mark.before:
            return (visible(old.document), self._address(old.document, old.statement, "before")), ("", "")
        if not mark.after:
            return ("", ""), (visible(new.document), self._address(new.document, new.statement, "after"))
        return origin, target

    def _label(self, change: Change) -> str:
        label = change_label(change)
        if change.kind is ChangeKind.RESTORED and change.absent_since is not None:
            since, until = (at.astimezone(self._zone) for at in (change.absent_since, change.taken_at))
            return f"{label}, absent {days(since, max(until - timedelta(days=1), since))}"
        return label

    # --- pieces ---------------------------------------------------------------------------------

    def _piece(self, ordinal: int, side: Side, number: int | None, *, inline: bool) -> Piece:
        text = self._line.after if side == "after" else self._line.before
        statement, name = text.statements[ordinal], text.ids[ordinal]
        cells = cells_of(text, ordinal)
        parts = self._parts(ordinal, side, number, inline=inline)
        if parts is None:
            parts = [_Part(self._whole(name, side, number), statement.text, "", len(statement.text))]
        parts = _emphasised(parts, text.emphasis(ordinal))
        return Piece(
            visible(name),
            f"s-{visible(name)}" if side == "after" or name not in self._ids["after"] else "",
            _shown(parts) if not cells else (),
            tuple(_shown(part) for part in _cells(parts, cells, len(statement.text))) if cells else (),
            self.marks[number] if number is not None else None,
            side,
            inline and self._leads(number),
            self._part_of(number, ordinal, side),
        )

    def _leads(self, number: int | None) -> bool:
        """Whether a change is shown for the first time."""
        if number is None or number in self._noted:
            return False
        self._noted.add(number)
        return True

    def _whole(self, name: str, side: Side, number: int | None) -> Literal["equal", "insert", "delete"]:
        """How a statement is shown whose words are not compared: as it is, or as one that came or went as a whole."""
        mark = self._line.marks[number] if number is not None else None
        stays = mark.before and mark.after if mark else name in self._ids["before" if side == "after" else "after"]
        return "equal" if stays else "insert" if side == "after" else "delete"

    def _part_of(self, number: int | None, ordinal: int, side: Side) -> str:
        """`1 of 2` for a part of a split or of a merger."""
        if number is None:
            return ""
        mark = self._line.marks[number]
        own = mark.after if side == "after" else mark.before
        return f"{own.index(ordinal) + 1} of {len(own)}" if len(own) > 1 and ordinal in own else ""

    def _parts(self, ordinal: int, side: Side, number: int | None, *, inline: bool) -> list[_Part] | None:
        """The words of a statement that was revised; None where it is shown as it is, or came or went as a whole."""
        if number is None:
            return None
        mark = self._line.marks[number]
        change = mark.change
        if not (mark.before and mark.after) or change.kind is ChangeKind.MOVED:
            return None
        sides = change.after if side == "after" else change.before
        own = mark.after if side == "after" else mark.before
        if len(sides) != len(own):
            return None  # a part of it is in another document
        at = own.index(ordinal)
        key = number, f"{side}{inline}"
        if key not in self._cut:
            self._cut[key] = _by_statement(change, side, self._language, inline=inline)
        return self._cut[key][at]

    # --- the two views --------------------------------------------------------------------------

    def runs(self) -> list[_Run]:
        """What is shown as one row: side by side unchanged statements of one block pair, and each change; inline the
        blocks of the version after, with what was removed at its old place."""
        if not self._is_side:
            return [self._run(rows, block) for block, rows in _inline_blocks(self._line)]
        groups = groupby(enumerate(self._line.rows), key=lambda one: self._row_key(*one))
        return [self._run([row for _, row in group], None) for _, group in groups]

    def _run(self, rows: Sequence[RedlineRow], block: tuple[VersionText, int] | None) -> _Run:
        changed = any(map(_is_changed, rows))
        beside = (_unchanged(rows), _unchanged(rows[::-1])) if block and changed else (0, 0)
        return _Run(rows, block, changed, self._heading_of(rows[0]), beside)

    def _heading_of(self, row: RedlineRow) -> str:
        text, ordinal = (self._line.after, row.after) if row.after is not None else (self._line.before, row.before or 0)
        statement = text.statements[ordinal]
        return visible(statement.text) if statement.kind is BlockKind.HEADING else ""

    def rows(self, runs: Iterable[_Run]) -> Iterator[ViewRow]:
        """Runs as they are shown, unchanged ones that follow each other together."""
        if not self._is_side:
            yield from (row for run in runs if (row := self._inline(run)) is not None)
            return
        together: list[RedlineRow] = []
        for run in runs:
            if together and (run.changed or len(together) >= _TOGETHER):
                yield self._side(together, changed=False)
                together = []
            if run.changed:
                yield self._side(run.rows, changed=True)
            else:
                together += run.rows
        if together:
            yield self._side(together, changed=False)

    def folded(self, opened: str, *, lazy: bool) -> Iterator[ViewRow | FoldedRows]:
        """The rows with unchanged runs folded beyond CONTEXT statements; the heading above a change stays visible."""
        runs = self.runs()
        near = _near(runs, CONTEXT if len(self.marks) <= MANY_CHANGES else 1)
        shown: list[_Run] = []
        for is_near, group in groupby(range(len(runs)), key=near.__contains__):
            part = [runs[at] for at in group]
            many = sum(len(run.rows) for run in part)
            if is_near or many < LEAST_FOLDED:
                shown += part
                continue
            yield from self.rows(shown)
            shown = []
            ids = [self._line.after.ids[row.after] for run in part for row in run.rows if row.after is not None]
            is_open = bool(opened) and opened in ids
            heading = next((run.heading for run in part if run.heading), "")
            label = f"{plural(many, 'unchanged statement')}{f' under {heading}' if heading else ''}"
            if lazy and not is_open:
                self._pass(part)
            drawn = () if lazy and not is_open else tuple(self.rows(part))
            yield FoldedRows(label, visible(ids[0]), drawn, is_open)
        yield from self.rows(shown)

    def _pass(self, runs: Iterable[_Run]) -> None:
        """Leave rows out as if they had been shown."""
        for run in runs:
            for row in run.rows:
                self._seen["before"].add(self._line.before.block_of[row.before or 0])
                self._seen["after"].add(self._line.after.block_of[row.after or 0])

    def _side(self, rows: Sequence[RedlineRow], *, changed: bool) -> ViewRow:
        number = rows[0].mark
        lead = self._leads(number) if rows[0].after is not None or self._is_gone(number) else False
        before, after = (self._block_views(rows, side) for side in SIDES)
        return ViewRow(before, after, (self.marks[number],) if number is not None else (), lead, changed)

    def _is_gone(self, number: int | None) -> bool:
        return number is None or not self._line.marks[number].after

    def _row_key(self, at: int, row: RedlineRow) -> object:
        """Equal for rows that are shown as one."""
        if row.mark is not None or row.before is None or row.after is None:
            return at
        return self._line.before.block_of[row.before], self._line.after.block_of[row.after]

    def _block_views(self, rows: Sequence[RedlineRow], side: Side) -> tuple[BlockView, ...]:
        text, seen = (self._line.before if side == "before" else self._line.after), self._seen[side]
        places = [(row.before if side == "before" else row.after, row.mark) for row in rows]
        own = [(one, mark) for one, mark in places if one is not None]
        found = []
        for number, group in groupby(own, key=lambda one: text.block_of[one[0]]):
            pieces = tuple(self._piece(one, side, mark, inline=False) for one, mark in group)
            found.append(_block_view(text, number, pieces, continued=number in seen))
            seen.add(number)
        return tuple(found)

    def _inline(self, run: _Run) -> ViewRow | None:
        pieces = tuple(self._inline_piece(row) for row in run.rows if not self._is_merged(row))
        if not pieces or run.block is None:
            return None
        text, number = run.block
        marks = tuple(dict.fromkeys(piece.mark for piece in pieces if piece.mark is not None))
        block = _block_view(text, number, pieces, continued=False)
        return ViewRow((), (block,), marks, lead=False, changed=run.changed)

    def _is_merged(self, row: RedlineRow) -> bool:
        """Whether the words of a statement are shown with those of the one that it is a part of now."""
        mark = self._line.marks[row.mark] if row.mark is not None else None
        return row.after is None and mark is not None and mark.in_place and bool(mark.after)

    def _inline_piece(self, row: RedlineRow) -> Piece:
        if row.after is not None:
            piece = self._piece(row.after, "after", row.mark, inline=True)
            return piece if row.before is None else piece._replace(side="both")
        piece = self._piece(row.before or 0, "before", row.mark, inline=True)
        if row.mark is not None and not self._is_gone(row.mark):  # it moved: its words are at its new place
            self._noted.discard(row.mark)
            return piece._replace(note=False, side="left")
        return piece


class _Run(NamedTuple):
    """Rows that are shown together, before they are drawn. Inline `block` is their block: its version and its number.

    `beside` counts the unchanged statements at both ends of one with a change; `heading` has the words of a heading.
    """

    rows: Sequence[RedlineRow]
    block: tuple[VersionText, int] | None
    changed: bool
    heading: str
    beside: tuple[int, int]


def _is_changed(row: RedlineRow) -> bool:
    return row.mark is not None or row.before is None or row.after is None


def _unchanged(rows: Iterable[RedlineRow]) -> int:
    """How many unchanged statements these begin with."""
    return sum(1 for _ in takewhile(lambda row: not _is_changed(row), rows))


def _inline_blocks(line: Redline) -> Iterator[tuple[tuple[VersionText, int], list[RedlineRow]]]:
    """The rows by blocks: those of one block of either version stay together as far as the one after allows."""
    rows: list[RedlineRow] = []
    old: int | None = None
    new: int | None = None
    for row in line.rows:
        before = line.before.block_of[row.before] if row.before is not None else None
        after = line.after.block_of[row.after] if row.after is not None else None
        goes_on = after == new if after is not None and new is not None else before is not None and before == old
        if rows and not goes_on:
            yield _block_of(line, old, new), rows
            rows, old, new = [], None, None
        rows.append(row)
        old = before if before is not None else old
        new = after if after is not None else new
    if rows:
        yield _block_of(line, old, new), rows


def _block_of(line: Redline, old: int | None, new: int | None) -> tuple[VersionText, int]:
    return (line.after, new) if new is not None else (line.before, old or 0)


# --- words --------------------------------------------------------------------------------------


class _Part(NamedTuple):
    """A piece of text; `other` is what it replaces or is replaced by, `width` its length on the side that is cut.

    `tags` has a letter for each way in which it is set apart.
    """

    op: Literal["equal", "insert", "delete"]
    text: str
    other: str
    width: int
    tags: str = ""


def _emphasised(parts: list[_Part], emphasis: Sequence[Emphasis]) -> list[_Part]:
    """The parts cut where words that are set apart begin and end; what is shown of the other side is left as it is."""
    if not emphasis:
        return parts
    ranges = set_apart(emphasis, 0, sum(part.width for part in parts)) or [(0, 0, "")]
    cut = _cut_at(parts, [(start, end) for start, end, _ in ranges])
    return [
        part._replace(tags=tags) if part.width else part
        for (_, _, tags), own in zip(ranges, cut, strict=True)
        for part in own
    ]


def _by_statement(change: Change, side: Side, language: str | None, *, inline: bool) -> list[list[_Part]]:
    """The words of each statement on one side of a change; inline with what was deleted beside it."""
    parts: list[_Part] = []
    for edit in with_units(change.edits, language):
        own, other = (edit.after, edit.before) if side == "after" else (edit.before, edit.after)
        if edit.op == "equal":
            parts.append(_Part("equal", own, "", len(own)))
            continue
        if inline and side == "after" and other:
            parts.append(_Part("delete", other, own, 0))
        if own:
            parts.append(_Part("insert" if side == "after" else "delete", own, other, len(own)))
    sides = change.after if side == "after" else change.before
    ranges, start = [], 0
    for one in sides:
        ranges.append((start, start + len(one.text)))
        start += len(one.text) + 1  # a space joins several
    return _cut_at(parts, ranges)


def _cut_at(parts: Iterable[_Part], ranges: Sequence[tuple[int, int]]) -> list[list[_Part]]:
    """The parts that lie in each of some ranges, ascending; what has no width belongs to the range that it touches."""
    found: list[list[_Part]] = [[] for _ in ranges]
    at, offset = 0, 0
    for part in parts:
        if not part.width:
            while at + 1 < len(ranges) and offset > ranges[at][1]:
                at += 1
            found[at].append(part)
            continue
        end = offset + part.width
        index = at
        while index < len(ranges) and ranges[index][0] < end:
            start, stop = max(ranges[index][0], offset), min(ranges[index][1], end)
            if start < stop:
                text = part.text[start - offset : stop - offset]
                found[index].append(part._replace(text=text, width=len(text)))
            if ranges[index][1] > end:
                break
            index += 1
        at = min(index, len(ranges) - 1)
        offset = end
    return found


def _cells(parts: Sequence[_Part], cells: Sequence[tuple[int, int]], length: int) -> list[list[_Part]]:
    """The words of each cell of a table row, and between them the signs that part the cells in its text."""
    ranges: list[tuple[int, int]] = []
    end = 0
    for start, stop in cells:
        ranges += [(end, max(start, end)), (max(start, end), max(stop, end))]
        end = max(stop, end)
    ranges.append((end, max(length, end)))
    return _cut_at(parts, ranges)


def _shown(parts: Iterable[_Part]) -> tuple[Segment, ...]:
    return tuple(Segment(part.op, _text(part), tags=part.tags) for part in parts if part.text)


def _text(part: _Part) -> str:
    if part.op == "equal":
        return visible(part.text)
    if is_blank(part.text) and part.other is not part.text and part.text != " ":
        return spelled_out(part.text)
    if part.other and len(part.text) <= _DISTINGUISHED:
        return distinguishable(part.text, part.other[:_DISTINGUISHED])[0]
    return visible(part.text)


def _first_words(text: str) -> str:
    shown = visible(text[: FIRST_WORDS + 1])
    return shown if len(text) <= FIRST_WORDS else f"{shown[:FIRST_WORDS].rstrip()} …"


def _headings(line: Redline) -> dict[int, str]:
    """For each mark the words of the heading that it is under."""
    found: dict[int, str] = {}
    current = ""
    for row in line.rows:
        text, ordinal = (line.after, row.after) if row.after is not None else (line.before, row.before)
        statement = text.statements[ordinal or 0]
        if statement.kind is BlockKind.HEADING:
            current = _first_words(statement.text)
        if row.mark is not None:
            found.setdefault(row.mark, current)
    return found


# --- folds --------------------------------------------------------------------------------------


def _near(runs: Sequence[_Run], context: int) -> set[int]:
    """Which runs stay visible."""
    found: set[int] = set()
    heading = None
    for at, run in enumerate(runs):
        heading = at if run.heading else heading
        if not run.changed:
            continue
        found.update((at, at if heading is None else heading))
        for step, own in ((-1, run.beside[0]), (1, run.beside[1])):
            left, place = context - own, at + step
            # of a long block beside it nothing is needed where the change has context in its own
            while 0 <= place < len(runs) and left > 0 and not (own and len(runs[place].rows) > context):
                found.add(place)
                left -= len(runs[place].rows)
                place += step
    return found
