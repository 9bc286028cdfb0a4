"""Read PPTX slide by slide: titles are headings, paragraphs items by depth, tables rows; notes follow.

The title comes first, the other shapes in the order of their places. Slide numbers, dates and footers from the layout
are left out. Charts and diagrams follow as tables and paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from monitor.model import Block, BlockKind, Extraction
from monitor.readers.block_writer import by, left_out, placed
from monitor.readers.drawings import Position, by_place, drawing_blocks
from monitor.readers.mathematics import equation
from monitor.readers.page import Page
from monitor.readers.symbol_fonts import is_symbol_font, signs
from monitor.readers.text import unmarked
from monitor.readers.xml import Element, Package, attribute, child, children, local

_TITLES: Final = frozenset({"title", "ctrTitle"})
_REPEATED: Final = frozenset({"sldNum", "dt", "ftr", "hdr", "sldImg"})
_VOLATILE: Final = ("slidenum", "datetime")  # fields that change with the slides or with the day
_LISTED: Final = frozenset({"body", "obj", "", None})  # placeholders whose paragraphs have bullets


class PptxReader:
    """PowerPoint presentations."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of all slides in the order of the show, hidden ones too."""
        package = Package(data, "pptx")
        return placed(_blocks(package), left_out(package.count("ppt/comments/", "cm"), "comment"))

    def extract_with_comments(self, data: bytes) -> Extraction:
        """The same with the comments of reviewers behind the slides."""
        package = Package(data, "pptx")
        return placed(chain(_blocks(package), _comments(package)))


def _blocks(package: Package) -> Iterator[Block]:
    layouts: _Layouts = {}
    for part in _slides(package):
        yield from _slide(package, part, layouts)


def _slides(package: Package) -> Iterator[str]:
    """The parts of the slides in the order of the show."""
    main = package.main()
    relations = package.relations(main)
    for identity in package.part(main).iter("{*}sldId"):
        relation = relations.get(next((value for key, value in identity.items() if key.endswith("}id")), ""))
        if relation is not None and package.has(relation.target):
            yield relation.target


def _comments(package: Package) -> Iterator[Block]:
    """The comments on all slides and the answers to them, of older programs and of newer ones."""
    main = package.main()
    authors = {
        attribute(one, "id"): attribute(one, "name")
        for kind in ("commentAuthors", "authors")
        for part in package.related(main, kind)
        for one in package.part(part)
    }
    for slide in _slides(package):
        for part in package.related(slide, "comments"):
            for one in package.part(part).iter("{*}cm", "{*}reply"):
                own = (text for holder in one if local(holder) in ("text", "txBody") for text in holder.itertext())
                words = " ".join("".join(own).split())
                if words:
                    yield from by(authors.get(attribute(one, "authorId")), [Block(BlockKind.PARAGRAPH, words)])


_Layouts = dict[str, dict[tuple[str, str], Position]]
"""Where each layout, by its part, has its placeholders, by their kinds and numbers."""


def _slide(package: Package, part: str, layouts: _Layouts) -> list[Block]:
    page = Page()
    _Slide(page, package, part, layouts).read()
    for notes in package.related(part, "notesSlide"):
        _Slide(page, package, notes, {}, listed=False).read()
    return unmarked(page.finish())


class _Slide:
    """A slide or its notes; `listed`: its content is a list."""

    def __init__(self, page: Page, package: Package, part: str, layouts: _Layouts, *, listed: bool = True) -> None:
        self._page = page
        self._package = package
        self._part = part
        relations = package.relations(part).items()
        self._targets = {identity: one.target for identity, one in relations if one.kind == "hyperlink"}
        self._listed = listed
        self._layout = next(iter(package.related(part, "slideLayout")), "")
        self._layouts = layouts

    def read(self) -> None:
        tree = next(self._package.part(self._part).iter("{*}spTree"), None)
        shapes = [] if tree is None else self._shapes(tree)
        for shape in sorted(shapes, key=lambda one: _placeholder(one) not in _TITLES):
            kind = _placeholder(shape)
            if kind in _REPEATED:
                continue
            if local(shape) == "graphicFrame":
                self._frame(shape)
            else:
                self._body(child(shape, "txBody"), self._tag(kind))

    def _shapes(self, parent: Element) -> list[Element]:
        """All shapes with text in the order of their places; those of a group stay together."""
        found: list[tuple[Position | None, list[Element]]] = []
        for element in parent:
            name = local(element)
            if name == "graphicFrame" or (name in ("sp", "cxnSp") and _has_text(element)):
                found.append((self._place(element), [element]))
            elif name in ("grpSp", "AlternateContent", "Choice"):
                inner = self._shapes(element)
                if inner:
                    found.append((_own_place(element) if name == "grpSp" else self._place(inner[0]), inner))
            if name == "Choice":
                break
        return [shape for _, shapes in by_place(found, lambda one: one[0]) for shape in shapes]

    def _place(self, shape: Element) -> Position | None:
        """Where a shape stands: a placeholder that does not say it stands where the layout has it."""
        own = _own_place(shape)
        for held in shape.iterfind("{*}nvSpPr/{*}nvPr/{*}ph") if own is None else ():
            held_at = self._layouts.get(self._layout)
            if held_at is None:
                held_at = self._layouts[self._layout] = self._placeholders()
            for key in (("idx", attribute(held, "idx") or "0"), ("type", attribute(held, "type") or "body")):
                if key in held_at:
                    return held_at[key]
        return own

    def _placeholders(self) -> dict[tuple[str, str], Position]:
        """Where the slide's layout, and the master behind it, have their placeholders."""
        found: dict[tuple[str, str], Position] = {}
        part = self._part
        for kind in ("slideLayout", "slideMaster"):
            part = next(iter(self._package.related(part, kind)), "")
            for shape in self._package.part(part).iter("{*}sp") if part else ():
                place = _own_place(shape)
                if place is None:
                    continue
                for held in shape.iterfind("{*}nvSpPr/{*}nvPr/{*}ph"):
                    if kind == "slideLayout":  # a master counts its placeholders in another way
                        found.setdefault(("idx", attribute(held, "idx") or "0"), place)
                    found.setdefault(("type", attribute(held, "type") or "body"), place)
        return found

    def _tag(self, kind: str | None) -> str:
        if kind in _TITLES:
            return "h2"
        return "li" if self._listed and kind in _LISTED and kind is not None else "p"

    def _frame(self, frame: Element) -> None:
        for table in frame.iter("{*}tbl"):
            self._page.open("table", {})
            for row in children(table, "tr"):
                self._row(row)
            self._page.close("table")
        for graphic in frame.iter("{*}graphicData"):
            self._page.add(drawing_blocks(self._package, self._part, graphic))

    def _row(self, row: Element) -> None:
        self._page.open("tr", {})
        for cell in children(row, "tc"):
            if any(attribute(cell, merged) in ("1", "true") for merged in ("hMerge", "vMerge")):
                continue
            self._page.open("td", {"rowspan": attribute(cell, "rowSpan"), "colspan": attribute(cell, "gridSpan")})
            self._body(child(cell, "txBody"), "p")
            self._page.close("td")
        self._page.close("tr")

    def _body(self, body: Element | None, tag: str) -> None:
        for paragraph in () if body is None else children(body, "p"):
            properties = child(paragraph, "pPr")
            level = attribute(properties, "lvl") if properties is not None else None
            depth = int(level) if level is not None and level.isdecimal() and len(level) == 1 else 0
            tags = ["ul"] * (depth + 1) + ["li"] if tag == "li" else [tag]
            for one in tags:
                self._page.open(one, {})
            self._paragraph(paragraph)
            for one in reversed(tags):
                self._page.close(one)

    def _paragraph(self, paragraph: Element) -> None:
        for element in paragraph:
            name = local(element)
            if name == "r":
                self._run(element)
            elif name == "br":
                self._page.open("br", {})
            elif name == "fld" and not (attribute(element, "type") or "").startswith(_VOLATILE):
                self._run(element)
            elif name == "m":
                self._page.text(equation(element))
            elif name == "AlternateContent":
                self._paragraph(next(iter(element), element))

    def _run(self, run: Element) -> None:
        properties, text = child(run, "rPr"), child(run, "t")
        link = child(properties, "hlinkClick") if properties is not None else None
        identity = (
            next((str(value) for key, value in link.items() if key.endswith("}id")), "") if link is not None else ""
        )
        baseline = attribute(properties, "baseline") if properties is not None else None
        tags = [("a", self._targets[identity])] if identity in self._targets else []
        if baseline is not None and baseline.strip("-").isdecimal() and int(baseline.strip("-")):
            tags.append(("sub" if baseline[0] == "-" else "sup", ""))
        if properties is not None and attribute(properties, "strike") not in (None, "noStrike"):
            tags.insert(0, ("s", ""))
        for tag, target in tags:
            self._page.open(tag, {"href": target})
        shown = (text.text or "").replace("\v", " ") if text is not None else ""
        font = child(properties, "latin") if properties is not None else None
        face = (attribute(font, "typeface") or "") if font is not None else ""
        self._page.text(signs(shown, face) if is_symbol_font(face) else shown)
        for tag, _ in reversed(tags):
            self._page.close(tag)


def _has_text(shape: Element) -> bool:
    body = child(shape, "txBody")
    return body is not None and any((one.text or "").strip() for one in body.iter("{*}t"))


def _own_place(shape: Element) -> Position | None:
    """The left, top and height that a shape says itself."""
    holder = next((one for one in shape if local(one) in ("spPr", "grpSpPr", "xfrm")), None)
    frame = child(holder, "xfrm") if holder is not None and local(holder) != "xfrm" else holder
    offset = child(frame, "off") if frame is not None else None
    extent = child(frame, "ext") if frame is not None else None
    if offset is None or extent is None:
        return None
    found = [attribute(*one) or "" for one in ((offset, "x"), (offset, "y"), (extent, "cy"))]
    numbers = [float(one) for one in found if one.removeprefix("-").isdecimal() and len(one) < 20]
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == len(found) else None


def _placeholder(shape: Element) -> str | None:
    """What the layout holds the shape for; `""` for content; None where it stands for itself."""
    for found in shape.iterfind("{*}nvSpPr/{*}nvPr/{*}ph"):
        return attribute(found, "type") or ""
    return None
