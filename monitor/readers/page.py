"""Build blocks from elements and text in the order in which they open and close."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar, NamedTuple

from monitor.core.text.layout import CONTINUED, FIRST_CELL, HEAD, NEXT, merged, successor
from monitor.model import Block, BlockKind, Emphasis, Link
from monitor.readers.inline_marks import NoteLink, Range, marked_text, note_link, subscript, target_name
from monitor.readers.tables import Table, TableRow, is_short, row_of

_WHITE = re.compile(r"[ \t\n\r\f]+")  # what a browser collapses: a no-break space stays
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ITEMS = frozenset({"li", "dd", "dt"})
_LISTS = frozenset({"ul", "ol", "menu", "dir", "dl"})
_CELLS = frozenset({"td", "th"})
_CAPTIONS = frozenset({"caption", "figcaption"})
_LINES = frozenset({"pre", "listing", "xmp"})
_BLOCKS = (
    frozenset({"address", "article", "aside", "blockquote", "body", "button", "center", "details", "dialog", "div"})
    | frozenset({"fieldset", "figure", "footer", "form", "header", "hgroup", "hr", "html", "legend", "main", "nav"})
    | frozenset({"optgroup", "p", "search", "section", "summary", "table", "tbody", "tfoot", "thead", "tr"})
    | _HEADINGS.keys() | _ITEMS | _LISTS | _CELLS | _CAPTIONS | _LINES
)  # fmt: skip
LABEL, HEADED = " label", " head"  # of readers alone: no attribute of a page has a space in its name
EMPHASIS = {
    **dict.fromkeys(("b", "strong"), "b"),
    **dict.fromkeys(("i", "em", "dfn", "var"), "i"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "c"),
}
_ALL = 65_534  # rows: the rest of a table's part

TAGS = (
    _BLOCKS
    | frozenset({"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em"})
    | frozenset({"font", "i", "img", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "script"})
    | frozenset({"small", "span", "strike", "strong", "style", "sub", "sup", "time", "tt", "u", "var", "wbr", "input"})
    | frozenset({"picture", "source", "iframe", "video", "audio", "svg", "nobr", "template", "noscript", "object"})
)


@dataclass(frozen=True, slots=True)
class _Context:
    """What the blocks at this place of the tree are."""

    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    depth: int = 0  # of lists

    @lru_cache(maxsize=512)  # noqa: B019 - there are few contexts, and pages ask for the same ones again and again
    def inside(self, tag: str) -> _Context:
        if tag in _HEADINGS:
            return replace(self, kind=BlockKind.HEADING, level=_HEADINGS[tag])
        if tag in _LISTS:
            return replace(self, depth=self.depth + 1)
        if tag in _ITEMS:
            depth = max(1, self.depth)
            return _Context(BlockKind.ITEM, depth, depth)
        if tag in _CAPTIONS:
            return replace(self, kind=BlockKind.CAPTION, level=0)
        if tag in _LINES:
            return replace(self, kind=BlockKind.CODE, level=0)
        if tag in _CELLS:
            return _Context()
        return self


class ListNumbers:
    """Counts the items of a list; `form` is `1`, `a`, `A`, `i` or `I`, the texts stand around the number."""

    def __init__(self, start: int = 1, form: str = "1", before: str = "", behind: str = ".", step: int = 1) -> None:
        self._number, self._form, self._around, self._step = start - step, form, (before, behind), step
        self._last = ""

    @classmethod
    def of(cls, attributes: Mapping[str, str | None]) -> ListNumbers:
        """As an element `ol` says; one that counts down without a start counts from 1, too."""
        step = -1 if "reversed" in attributes and attributes.get("start") else 1
        return cls(_integer(attributes.get("start"), 1), attributes.get("type") or "1", step=step)

    def begin(self) -> ListNumbers:
        """The same for a list that goes on with another one."""
        self._last = ""
        return self

    def next(self, value: str | None = None) -> str:
        """The label of the next item, which may give its own number: NEXT where it follows the one before."""
        self._number = _integer(value, self._number + self._step)
        label = number_text(self._number, self._form).join(self._around)
        counted, self._last = bool(self._last) and successor(self._last) == label, label
        return NEXT if counted else label


def _integer(value: str | None, otherwise: int) -> int:
    text = (value or "").strip()
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 9 else otherwise


_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


def number_text(number: int, form: str) -> str:
    """A number as lists write it: in figures, in letters (`a`, `A`) or in Roman numerals (`i`, `I`)."""
    text = ""
    if form in ("a", "A") and 0 < number < 10_000:
        while number:
            number, rest = divmod(number - 1, 26)
            text = chr(ord("a") + rest) + text
    elif form in ("i", "I") and 0 < number < 4_000:
        for value, sign in _ROMAN:
            text += sign * (number // value)
            number %= value
    return (text.upper() if form in ("A", "I") else text) or str(number)


class _OpenLink(NamedTuple):
    start: int  # in the text of the open block
    target: str
    kinds: str  # what its markup says of it
    shows: bool  # whether a picture without words was in it


class Page:
    """Takes a walk over a tree: `open`, `text` and `close` in document order; `finish` gives the blocks."""

    def __init__(self) -> None:
        self._contexts = [_Context()]
        self._targets: list[_OpenLink] = []
        self._tables: list[Table] = []
        self._rows: list[TableRow] = []  # the open rows, outermost first
        self._cells: list[Mapping[str, str | None]] = []  # the attributes of the open cells
        self._out: list[list[Block]] = [[]]  # where blocks go: the page, then each open cell
        self._terms: list[int] = []  # where the last term of each open list of definitions is among the blocks
        self._raised: list[int] = []  # where the open ones begin
        self._lowered: list[int] = []  # the pieces with which open ones begin
        self._readings: list[bool] = []  # whether the open ones got brackets
        self._struck: list[int] = []
        self._raised_ranges: list[Range] = []  # of the open block
        self._struck_ranges: list[Range] = []
        self._notes: list[NoteLink] = []
        self._open_emphasis: list[tuple[int, str]] = []  # where the open ones begin, and their kinds
        self._emphasis: list[Emphasis] = []  # of the open block
        self._lists: list[ListNumbers | None] = []  # the open lists, None for those without numbers
        self._labels: list[str] = []  # of the open items
        self._in_head = 0  # heads of tables that are open
        self._heads: list[bool] = []  # whether the open rows are said to hold headings
        self._headings: list[list[bool]] = []  # for each of their cells so far whether it is a heading
        self._label = ""  # that was given for the block that comes
        self._start()

    def _start(self) -> None:
        self._pieces: list[str] = []
        self._lowered = [0] * len(self._lowered)
        self._length = 0
        self._space = False  # white space was seen and is written before the next word
        self._struck_space = False  # and it is struck out
        self._links: list[Link] = []

    def open(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        """An element begins.

        Of a table `sheet` is heeded: it has no right end. Of a row and a cell `repeated` is, of a row also HEADED: it
        has headings; of a cell also `rowspan` and `colspan`, and `continued`: it goes on from above. LABEL is what
        stands before an item or a heading.
        """
        if tag in _BLOCKS:
            self._flush()
            self._contexts.append(self._contexts[-1].inside(tag))
            self._enter(tag, attributes)
            if tag == "table":
                self._tables.append(Table(sheet="sheet" in attributes))
            elif tag == "dl":
                self._terms.append(len(self._out[-1]))
            elif tag == "dt" and self._terms:
                self._join_definition()
                self._terms[-1] = len(self._out[-1])
            elif tag == "tr":
                self._rows.append(TableRow(repeated=_span(attributes.get("repeated"), none=1)))
                self._heads.append(HEADED in attributes or self._in_head > 0)
                self._headings.append([])
            elif tag in _CELLS:
                if self._headings:
                    self._headings[-1].append(tag == "th")
                self._out.append([])
                self._cells.append(attributes)
        elif tag in self._OPENING:
            self._OPENING[tag](self, attributes)
        elif tag in EMPHASIS:
            self._begin_emphasis(EMPHASIS[tag])

    def close(self, tag: str) -> None:
        """An element ends; ends come in the reverse order of the beginnings."""
        if tag in _BLOCKS:
            self._flush()
            self._contexts.pop()
            self._leave(tag)
            if tag == "table":
                self._out[-1] += self._tables.pop().rows()
            elif tag == "dl":
                self._join_definition()
                self._terms.pop()
            elif tag == "tr":
                self._end_row()
            elif tag in _CELLS:
                self._end_cell()
        elif tag in self._CLOSING:
            self._CLOSING[tag](self)
        elif tag in EMPHASIS:
            self._end_emphasis()

    def _enter(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        """What is inside of an element is laid out as it says."""
        self._label = attributes.get(LABEL) or ""
        if tag in _LISTS:
            self._lists.append(ListNumbers.of(attributes) if tag == "ol" else None)
        elif tag in _ITEMS:
            numbers = self._lists[-1] if self._lists and tag == "li" else None
            self._labels.append(numbers.next(attributes.get("value")) if numbers else self._label)
        elif tag == "thead":
            self._in_head += 1

    def _leave(self, tag: str) -> None:
        if tag in _LISTS:
            self._lists.pop()
        elif tag in _ITEMS:
            if self._labels.pop() not in ("", CONTINUED) and self._lists and (numbers := self._lists[-1]):
                numbers.begin()  # the item had no words of its own, so that none can follow its number
        elif tag == "thead":
            self._in_head -= 1

    def text(self, text: str) -> None:
        """Characters between tags."""
        if self._contexts[-1].kind is BlockKind.CODE:
            self._write(text)
            return
        collapsed = _WHITE.sub(" ", text)
        if collapsed[:1] == " ":
            self._see_space()
        words = collapsed.strip(" ")
        if words:
            self._write_space()
            self._write(words)
            if collapsed[-1] == " ":
                self._see_space()

    def cell(self, text: str, attributes: Mapping[str, str | None]) -> None:
        """A cell of one paragraph without any markup: the same as its beginning, `text` and its end, in less time."""
        words = _WHITE.sub(" ", text).strip(" ")
        if self._headings:
            self._headings[-1].append(False)
        self._out.append([Block(BlockKind.PARAGRAPH, words)] if words else [])
        self._cells.append(attributes)
        self._end_cell()

    def add(self, blocks: Sequence[Block]) -> None:
        """Blocks that were read in another way stand here."""
        self._flush()
        self._out[-1] += blocks

    def finish(self) -> list[Block]:
        """All blocks of the page."""
        self._flush()
        return self._out[0]

    def _write(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)

    def _see_space(self) -> None:
        if not self._space:
            self._space, self._struck_space = True, bool(self._struck)

    def _write_space(self) -> None:
        if self._space and self._pieces and self._pieces[-1][-1] not in " \n":
            self._write(" ")
        self._space = False

    def _break(self, _attributes: Mapping[str, str | None]) -> None:
        self._space = False
        if self._pieces:
            self._write("\n")

    # --- links and pictures -------------------------------------------------------------------------

    def _image(self, attributes: Mapping[str, str | None]) -> None:
        shown = (attributes.get("alt") or "").strip()
        if shown:
            self.text(shown)
        elif self._targets:
            self._targets[-1] = self._targets[-1]._replace(shows=True)

    def _begin_link(self, attributes: Mapping[str, str | None]) -> None:
        self._write_space()
        kinds = f"{attributes.get('epub:type') or ''} {attributes.get('role') or ''}"
        self._targets.append(_OpenLink(self._length, attributes.get("href") or "", kinds, shows=False))

    def _end_link(self) -> None:
        link = self._targets.pop()
        if not link.target:
            return
        if link.shows and link.start == self._length:  # a picture without words: what it leads to stands for it
            self.text(target_name(link.target))
        if link.start < self._length:
            self._links.append(Link(link.start, self._length, link.target))
            note = note_link(link.start, self._length, link.target, link.kinds)
            if note is not None:
                self._notes.append(note)

    def _begin_emphasis(self, kind: str) -> None:
        self._open_emphasis.append((self._length + (self._space and bool(self._pieces)), kind))

    def _end_emphasis(self) -> None:
        start, kind = self._open_emphasis.pop()
        if start < self._length:
            self._emphasis.append((start, self._length, kind))

    # --- raised and struck text ------------------------------------------------------------------------

    def _begin_raised(self, _attributes: Mapping[str, str | None]) -> None:
        self._write_space()
        self._raised.append(self._length)

    def _end_raised(self) -> None:
        start = self._raised.pop()
        if start < self._length:
            self._raised_ranges.append((start, self._length))

    def _begin_lowered(self, _attributes: Mapping[str, str | None]) -> None:
        self._write_space()
        self._lowered.append(len(self._pieces))

    def _end_lowered(self) -> None:
        start = self._lowered.pop()
        before = self._pieces[start - 1][-1:] if 0 < start <= len(self._pieces) else ""
        if before.isdecimal():
            self._pieces[start:] = map(subscript, self._pieces[start:])

    def _begin_reading(self, _attributes: Mapping[str, str | None]) -> None:
        """The reading of characters stands in brackets: those of the text, or else these."""
        self._readings.append(bool(self._pieces) and self._pieces[-1][-1] not in "(（")
        if self._readings[-1]:
            self._write("(")

    def _end_reading(self) -> None:
        if self._readings.pop():
            self._write(")")

    def _begin_struck(self, _attributes: Mapping[str, str | None]) -> None:
        # a space that is struck already belongs to both, so that it has no effect where a run of text is cut
        if not self._struck_space:
            self._write_space()
        self._struck.append(self._length)

    def _end_struck(self) -> None:
        start = self._struck.pop()
        if start < self._length:
            self._struck_ranges.append((start, self._length))

    def _end_quote(self) -> None:
        self._write("”")

    def _begin_quote(self, _attributes: Mapping[str, str | None]) -> None:
        self._write_space()
        self._write("“")

    # --- blocks ------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        if not self._pieces:
            self._space = False
            return
        context = self._contexts[-1]
        text = "".join(self._pieces).rstrip()
        links = tuple([link for link in self._links if link.start < len(text)]) if self._links else ()
        if self._raised or self._struck or self._raised_ranges or self._struck_ranges or self._notes:
            text, links = self._marked(text, links)
        if text:
            block = Block(context.kind, text, context.level, links)
            has_layout = self._label or self._labels or self._emphasis or self._open_emphasis
            self._out[-1].append(self._laid_out(block) if has_layout else block)
        self._emphasis.clear()
        self._start()
        if self._targets:  # an element that is still open goes on in the next block, from its beginning
            self._targets = [link._replace(start=0) for link in self._targets]

    def _laid_out(self, block: Block) -> Block:
        """The block with its number and its emphasised words; what follows in an open item goes on with it."""
        label, self._label = self._label, ""
        if block.kind is BlockKind.ITEM and self._labels:
            label, self._labels[-1] = self._labels[-1], CONTINUED
        found = [*self._emphasis, *((start, self._length, kind) for start, kind in self._open_emphasis)]
        self._open_emphasis = [(0, kind) for _, kind in self._open_emphasis]
        emphasis = merged((start, min(end, len(block.text)), kind) for start, end, kind in found)
        return replace(block, label=label, emphasis=emphasis)

    def _marked(self, text: str, links: Sequence[Link]) -> tuple[str, tuple[Link, ...]]:
        raised = self._raised_ranges + [(start, self._length) for start in self._raised]
        struck = self._struck_ranges + [(start, self._length) for start in self._struck]
        places = [Link(start, end, f"\0{kind}") for start, end, kind in self._emphasis]  # move as links do
        text, moved = marked_text(text, (*links, *places), self._notes, raised, struck)
        self._emphasis = [(one.start, one.end, one.target[1:]) for one in moved if one.target[:1] == "\0"]
        found = text, tuple([one for one in moved if one.target[:1] != "\0"])
        self._notes, self._raised_ranges, self._struck_ranges = [], [], []
        self._raised, self._struck = [0] * len(self._raised), [0] * len(self._struck)
        return found

    def _join_definition(self) -> None:
        """A term and its short values are a row."""
        blocks = self._out[-1][self._terms[-1] :]
        items = all(block.kind is BlockKind.ITEM and is_short([block]) for block in blocks)
        if len(blocks) > 1 and items and len({block.level for block in blocks}) == 1:
            self._out[-1][self._terms[-1] :] = row_of([[block] for block in blocks])

    def _end_cell(self) -> None:
        blocks, attributes = self._out.pop(), self._cells.pop()
        if not self._rows:
            self._out[-1].extend(blocks)
            return
        table = self._tables[-1] if self._tables else Table()
        if not attributes:
            table.add(self._rows[-1], blocks)
            return
        table.add(
            self._rows[-1],
            blocks,
            down=_span(attributes.get("rowspan"), none=_ALL),
            across=_span(attributes.get("colspan"), none=1),
            times=_span(attributes.get("repeated"), none=1),
            continued="continued" in attributes,
        )

    def _end_row(self) -> None:
        row = self._rows.pop()
        table = self._tables[-1] if self._tables else Table()
        blocks = table.end(row)
        headings, given = self._headings.pop(), self._heads.pop()
        label = HEAD if given or all(headings) else FIRST_CELL if headings[0] and not any(headings[1:]) else ""
        if label and len(blocks) == 1 and blocks[0].kind is BlockKind.ROW:
            blocks = [replace(blocks[0], label=label)]
        self._out[-1] += blocks

    # The elements within a block that mean something, looked up for each one of a page.
    _OPENING: ClassVar[Mapping[str, Callable[[Page, Mapping[str, str | None]], None]]] = {
        "br": _break,
        "img": _image,
        "a": _begin_link,
        "q": _begin_quote,
        "sup": _begin_raised,
        "sub": _begin_lowered,
        "rt": _begin_reading,
        "s": _begin_struck,
        "strike": _begin_struck,
    }
    _CLOSING: ClassVar[Mapping[str, Callable[[Page], None]]] = {
        "a": _end_link,
        "q": _end_quote,
        "sup": _end_raised,
        "sub": _end_lowered,
        "rt": _end_reading,
        "s": _end_struck,
        "strike": _end_struck,
    }


def _span(value: str | None, *, none: int) -> int:
    """How many rows or columns a cell spans; 0 says `none`, and what is no number says one."""
    if not value or not value.strip().isdecimal():
        return 1
    return int(value.strip()[:7]) or none
