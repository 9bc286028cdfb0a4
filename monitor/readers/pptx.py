"""Read PPTX slide by slide: titles are headings, paragraphs items by depth, tables rows; notes follow.

Shapes are read in the order of the file, which is that of screen readers; the title comes first. Slide numbers, dates
and footers from the layout are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from monitor.model import Block, Extraction
from monitor.readers.block_writer import placed
from monitor.readers.page import Page, equation
from monitor.readers.xml import Element, Package, attribute, child, children, local

_TITLES: Final = frozenset({"title", "ctrTitle"})
_REPEATED: Final = frozenset({"sldNum", "dt", "ftr", "hdr", "sldImg"})
_LISTED: Final = frozenset({"body", "obj", "", None})  # placeholders whose paragraphs have bullets


class PptxReader:
    """PowerPoint presentations."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of all slides in the order of the show, hidden ones too."""
        return placed(_blocks(Package(data, "pptx")))


def _blocks(package: Package) -> Iterator[Block]:
    main = package.main()
    relations = package.relations(main)
    for identity in package.part(main).iter("{*}sldId"):
        relation = relations.get(next((value for key, value in identity.items() if key.endswith("}id")), ""))
        if relation is not None and package.has(relation.target):
            yield from _slide(package, relation.target)


def _slide(package: Package, part: str) -> list[Block]:
    page = Page()
    _Slide(page, _links(package, part)).read(package.part(part))
    for notes in package.related(part, "notesSlide"):
        _Slide(page, _links(package, notes), listed=False).read(package.part(notes))
    return page.finish()


def _links(package: Package, part: str) -> dict[str, str]:
    found = package.relations(part).items()
    return {identity: one.target for identity, one in found if one.kind == "hyperlink"}


class _Slide:
    def __init__(self, page: Page, targets: dict[str, str], *, listed: bool = True) -> None:
        self._page = page
        self._targets = targets
        self._listed = listed

    def read(self, root: Element) -> None:
        tree = next(root.iter("{*}spTree"), None)
        shapes = [] if tree is None else list(_shapes(tree))
        for shape in sorted(shapes, key=lambda one: _placeholder(one) not in _TITLES):
            kind = _placeholder(shape)
            if kind in _REPEATED:
                continue
            if local(shape) == "graphicFrame":
                self._frame(shape)
            else:
                self._body(child(shape, "txBody"), self._tag(kind))

    def _tag(self, kind: str | None) -> str:
        if kind in _TITLES:
            return "h2"
        return "li" if self._listed and kind in _LISTED and kind is not None else "p"

    def _frame(self, frame: Element) -> None:
        for row in frame.iter("{*}tr"):
            self._page.open("tr", {})
            for cell in children(row, "tc"):
                if attribute(cell, "hMerge") is None and attribute(cell, "vMerge") is None:
                    self._page.open("td", {})
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
            elif name == "fld" and attribute(element, "type") != "slidenum":
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
        if baseline is not None and baseline.isdecimal() and baseline != "0":
            tags.append(("sup", ""))
        for tag, target in tags:
            self._page.open(tag, {"href": target})
        self._page.text((text.text or "").replace("\v", " ") if text is not None else "")
        for tag, _ in reversed(tags):
            self._page.close(tag)


def _shapes(parent: Element) -> Iterator[Element]:
    """All shapes with text, those in groups too."""
    for element in parent:
        name = local(element)
        if name in ("sp", "graphicFrame", "cxnSp"):
            yield element
        elif name in ("grpSp", "AlternateContent", "Choice"):
            yield from _shapes(element)


def _placeholder(shape: Element) -> str | None:
    """What the layout holds the shape for; `""` for content; None where it stands for itself."""
    for found in shape.iterfind("{*}nvSpPr/{*}nvPr/{*}ph"):
        return attribute(found, "type") or ""
    return None
