"""Build blocks from elements and text in the order in which they open and close."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar, NamedTuple

from monitor.model import Block, BlockKind, Link
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

        Of a table `sheet` is heeded: it has no right end. Of a row and a cell `repeated` is, of a cell also `rowspan`
        and `colspan`, and `continued`: it goes on from above.
        """
        if tag in _BLOCKS:
            self._flush()
            self._contexts.append(self._contexts[-1].inside(tag))
            if tag == "table":
                self._tables.append(Table(sheet="sheet" in attributes))
            elif tag == "dl":
                self._terms.append(len(self._out[-1]))
            elif tag == "dt" and self._terms:
                self._join_definition()
                self._terms[-1] = len(self._out[-1])
            elif tag == "tr":
                self._rows.append(TableRow(repeated=_span(attributes.get("repeated"), none=1)))
            elif tag in _CELLS:
                self._out.append([])
                self._cells.append(attributes)
        elif tag in self._OPENING:
            self._OPENING[tag](self, attributes)

    def close(self, tag: str) -> None:
        """An element ends; ends come in the reverse order of the beginnings."""
        if tag in _BLOCKS:
            self._flush()
            self._contexts.pop()
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
            self._out[-1].append(Block(context.kind, text, context.level, links))
        self._start()
        if self._targets:  # an element that is still open goes on in the next block, from its beginning
            self._targets = [link._replace(start=0) for link in self._targets]

    def _marked(self, text: str, links: Sequence[Link]) -> tuple[str, tuple[Link, ...]]:
        raised = self._raised_ranges + [(start, self._length) for start in self._raised]
        struck = self._struck_ranges + [(start, self._length) for start in self._struck]
        found = marked_text(text, links, self._notes, raised, struck)
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
        self._out[-1] += table.end(row)

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
