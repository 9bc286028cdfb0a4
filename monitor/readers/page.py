"""Build blocks from elements and text in the order in which they open and close, and equations as one line of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from monitor.model import Block, BlockKind, Link
from monitor.readers.block_writer import CELL
from monitor.readers.xml import Element, child, local


def equation(element: Element) -> str:
    """The text of an `oMath` element: `a/b`, `x^2`, `x_1`, `√(x)`; the rest is written as it stands."""
    return "".join(_parts(element))


def _parts(element: Element) -> list[str]:
    return [_one(one) for one in element]


def _one(element: Element) -> str:
    name = local(element)
    if name == "t":
        return element.text or ""
    if name.endswith("Pr"):
        return ""
    written = _FORMS.get(name)
    return written(element) if written else equation(element)


def _of(element: Element, name: str) -> str:
    found = child(element, name)
    return equation(found) if found is not None else ""


def _grouped(text: str) -> str:
    whole = len(text) < 2 or text.isalnum() or (text[0] == "(" and text.find(")") == len(text) - 1)
    return text if whole else f"({text})"


def _fraction(element: Element) -> str:
    return f"{_grouped(_of(element, 'num'))}/{_grouped(_of(element, 'den'))}"


def _scripts(element: Element) -> str:
    below, above = _of(element, "sub"), _of(element, "sup")
    written = _grouped(_of(element, "e"))
    if below:
        written += f"_{_grouped(below)}"
    return written + (f"^{_grouped(above)}" if above else "")


def _root(element: Element) -> str:
    return f"√({_of(element, 'e')})"


def _delimited(element: Element) -> str:
    return f"({', '.join(equation(one) for one in element if local(one) == 'e')})"


_FORMS: Final[dict[str, Callable[[Element], str]]] = {
    "f": _fraction,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "rad": _root,
    "d": _delimited,
}

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
_SUPERSCRIPTS = str.maketrans("0123456789+-()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾")
_ROW = 1_000  # characters: a cell that holds more is layout, and its blocks stand alone

TAGS = (
    _BLOCKS
    | frozenset({"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em"})
    | frozenset({"font", "i", "img", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "script"})
    | frozenset({"small", "span", "strike", "strong", "style", "sub", "sup", "time", "tt", "u", "var", "wbr", "input"})
    | frozenset({"picture", "source", "iframe", "video", "audio", "svg", "nobr", "template", "noscript", "object"})
)


def superscript(text: str) -> str:
    """Raised digits as Unicode writes them: glued to the word before, a plain 2 would change a figure."""
    return text.translate(_SUPERSCRIPTS) if text.strip("0123456789+-()") == "" else text


@dataclass(frozen=True, slots=True)
class _Context:
    """What the blocks at this place of the tree are."""

    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    depth: int = 0  # of lists

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


class Page:
    """Takes a walk over a tree: `open`, `text` and `close` in document order; `finish` gives the blocks."""

    def __init__(self) -> None:
        self._contexts = [_Context()]
        self._targets: list[tuple[int, str]] = []  # open links: where they began, their target
        self._raised: list[int] = []  # open superscripts: the piece that they began with
        self._cells: list[list[list[Block]]] = []  # the open rows, outermost first: cells of blocks
        self._out: list[list[Block]] = [[]]  # where blocks go: the page, then each open cell
        self._opening: dict[str, Callable[[Mapping[str, str | None]], None]] = {
            "br": self._break,
            "img": self._image,
            "a": self._begin_link,
            "sup": self._begin_raised,
            "q": self._begin_quote,
        }
        self._closing = {"a": self._end_link, "sup": self._end_raised, "q": self._end_quote}
        self._start()

    def _start(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._space = False  # white space was seen and is written before the next word
        self._links: list[Link] = []

    def open(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        """An element begins."""
        if tag in _BLOCKS:
            self._flush()
            self._contexts.append(self._contexts[-1].inside(tag))
            if tag == "tr":
                self._cells.append([])
            elif tag in _CELLS:
                self._out.append([])
        elif tag in self._opening:
            self._opening[tag](attributes)

    def close(self, tag: str) -> None:
        """An element ends; ends come in the reverse order of the beginnings."""
        if tag in _BLOCKS:
            self._flush()
            self._contexts.pop()
            if tag == "tr":
                self._end_row()
            elif tag in _CELLS:
                self._end_cell()
        elif tag in self._closing:
            self._closing[tag]()

    def text(self, text: str) -> None:
        """Characters between tags."""
        if self._contexts[-1].kind is BlockKind.CODE:
            self._write(text)
            return
        collapsed = _WHITE.sub(" ", text)
        if collapsed[:1] == " ":
            self._space = True
        words = collapsed.strip(" ")
        if words:
            self._write_space()
            self._write(words)
            self._space = collapsed[-1] == " "

    def finish(self) -> list[Block]:
        """All blocks of the page."""
        self._flush()
        return self._out[0]

    def _write(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)

    def _write_space(self) -> None:
        if self._space and self._pieces and self._pieces[-1][-1] not in " \n":
            self._write(" ")
        self._space = False

    def _break(self, _attributes: Mapping[str, str | None]) -> None:
        self._space = False
        if self._pieces:
            self._write("\n")

    def _image(self, attributes: Mapping[str, str | None]) -> None:
        self.text(attributes.get("alt") or "")

    def _begin_link(self, attributes: Mapping[str, str | None]) -> None:
        self._write_space()
        self._targets.append((self._length, attributes.get("href") or ""))

    def _end_link(self) -> None:
        start, target = self._targets.pop()
        if target and start < self._length:
            self._links.append(Link(start, self._length, target))

    def _begin_raised(self, _attributes: Mapping[str, str | None]) -> None:
        self._write_space()
        self._raised.append(len(self._pieces))

    def _end_raised(self) -> None:
        first = self._raised.pop()
        if first < len(self._pieces):
            self._pieces[first:] = [superscript("".join(self._pieces[first:]))]

    def _end_quote(self) -> None:
        self._write("”")

    def _begin_quote(self, _attributes: Mapping[str, str | None]) -> None:
        self._write_space()
        self._write("“")

    def _flush(self) -> None:
        if not self._pieces:
            self._space = False
            return
        context = self._contexts[-1]
        text = "".join(self._pieces).rstrip()
        if text:
            links = tuple(link for link in self._links if link.start < len(text))
            self._out[-1].append(Block(context.kind, text, context.level, links))
        self._start()
        # an element that is still open goes on in the next block, from its beginning
        self._targets = [(0, target) for _, target in self._targets]
        self._raised = [0] * len(self._raised)

    def _end_cell(self) -> None:
        blocks = self._out.pop()
        if self._cells:
            self._cells[-1].append(blocks)
        else:
            self._out[-1].extend(blocks)

    def _end_row(self) -> None:
        cells = self._cells.pop()
        plain = all(block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM) for cell in cells for block in cell)
        short = all(sum(len(block.text) for block in cell) <= _ROW for cell in cells)
        if plain and short and len(cells) > 1:
            self._out[-1].extend(row_of(cells))
        else:
            for cell in cells:
                self._out[-1].extend(cell)


def row_of(cells: list[list[Block]]) -> list[Block]:
    """One block for the cells of a row, none where all are empty; a cell's own blocks are joined by spaces."""
    pieces: list[str] = []
    links: list[Link] = []
    length = 0
    for cell in cells:
        for place, block in enumerate(cell):
            between = (CELL if place == 0 else " ") if pieces else ""
            length += len(between)
            links += (Link(link.start + length, link.end + length, link.target) for link in block.links)
            pieces += (between, block.text.replace("\n", " "))
            length += len(block.text)
    return [Block(BlockKind.ROW, "".join(pieces), 0, tuple(links))] if pieces else []
