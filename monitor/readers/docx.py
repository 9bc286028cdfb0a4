"""Read DOCX: the text with all tracked changes accepted.

Headings, list items and captions are recognised by styles, which inherit from each other. Automatic numbers, note
marks and page numbers are layout and left out. Page headers come before the text, notes and footers after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from monitor.model import Block, Extraction
from monitor.readers.block_writer import placed
from monitor.readers.page import Page, equation
from monitor.readers.xml import Element, Package, attribute, child, children, local

_HEADING: Final = re.compile(r"heading (\d)")
_BODY: Final = 9  # the outline level that means none
_DEEPEST: Final = 64  # styles in one chain: a longer one is a ring


@dataclass(frozen=True, slots=True)
class Role:
    """`tags` are the elements of a page that the paragraph stands in, outermost first."""

    tags: tuple[str, ...] = ("p",)


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    based_on: str | None
    outline: int | None
    list_level: int | None  # None: not listed


class Styles:
    """The styles of one document; `root` is its styles part, None where it has none."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        self.default: str | None = None
        for style in () if root is None else children(root, "style"):
            name = child(style, "name")
            based_on = child(style, "basedOn")
            properties = child(style, "pPr")
            identity = attribute(style, "styleId") or ""
            self._styles[identity] = _Style(
                (attribute(name, "val") or "").lower() if name is not None else "",
                attribute(based_on, "val") if based_on is not None else None,
                _outline(properties),
                _list_level(properties),
            )

    def role(self, properties: Element | None) -> Role:
        """What a paragraph with these properties (its `pPr`) is."""
        named = child(properties, "pStyle") if properties is not None else None
        chain = self._chain(attribute(named, "val") if named is not None else None)
        heading = self._heading(chain, _outline(properties))
        if heading:
            return Role((f"h{heading}",))
        if any(style.name == "caption" for style in chain):
            return Role(("figcaption",))
        level = _list_level(properties)
        if level is None:
            level = next((style.list_level for style in chain if style.list_level is not None), -1)
        return Role((*["ul"] * (level + 1), "li")) if level >= 0 else Role()

    def _chain(self, identity: str | None) -> list[_Style]:
        found: list[_Style] = []
        while identity in self._styles and len(found) < _DEEPEST:
            found.append(self._styles[identity])
            identity = found[-1].based_on
        return found

    def _heading(self, chain: list[_Style], direct: int | None) -> int:
        if direct is not None:
            return 0 if direct >= _BODY else min(6, direct + 1)
        for style in chain:
            if style.name == "title":
                return 1
            numbered = _HEADING.fullmatch(style.name)
            if numbered:
                return max(1, min(6, int(numbered[1])))
            if style.outline is not None:
                return 0 if style.outline >= _BODY else min(6, style.outline + 1)
        return 0


def _outline(properties: Element | None) -> int | None:
    found = child(properties, "outlineLvl") if properties is not None else None
    return None if found is None else _number(found)


def _list_level(properties: Element | None) -> int | None:
    """The depth from 0 of a listed paragraph; -1 where the list of the style is switched off; None: not said."""
    numbering = child(properties, "numPr") if properties is not None else None
    if numbering is None:
        return None
    identity, level = child(numbering, "numId"), child(numbering, "ilvl")
    if identity is not None and attribute(identity, "val") == "0":
        return -1
    return min(8, _number(level)) if level is not None else 0


def _number(element: Element) -> int:
    value = attribute(element, "val") or ""
    return int(value) if value.isdecimal() and len(value) < 4 else 0


_DELETED: Final = frozenset(
    {"del", "moveFrom", "delText", "delInstrText", "pPr", "rPr", "sdtPr", "tblPr", "trPr", "tcPr"}
)
_LAYOUT_FIELDS: Final = (
    "PAGE",
    "NUMPAGES",
    "SECTIONPAGES",
    "PAGEREF",
    "SECTION",
)  # fields whose results change with layout
_PRIVATE: Final = range(0xE000, 0xF900)  # characters of symbol fonts that mean nothing elsewhere


class Walk:
    """Walks body, notes and margins; `targets` are the hyperlinks of the part by their ids."""

    def __init__(self, page: Page, styles: Styles, targets: Mapping[str, str]) -> None:
        self._page = page
        self._styles = styles
        self._targets = targets
        self._fields: list[_Field] = []
        self._boxes: list[Element] = []  # text boxes anchored in the open paragraph: they follow it
        self._open: tuple[str, ...] = ()  # the paragraph goes on in the next one: the mark between was deleted
        self._handlers: dict[str, Callable[[Element], None]] = {
            "t": self._text,
            "tab": lambda _: self._append_text(" "),
            "ptab": lambda _: self._append_text(" "),
            "br": self._break,
            "cr": self._break,
            "noBreakHyphen": lambda _: self._append_text("\u2011"),
            "sym": self._symbol,
            "r": self._run,
            "hyperlink": self._hyperlink,
            "fldSimple": self._simple_field,
            "fldChar": self._field_mark,
            "instrText": self._instruction,
            "oMath": self._equation,
            "AlternateContent": self._alternative,
            "txbxContent": self._boxes.append,
            "ruby": self._ruby,
        }

    def flow(self, parent: Element) -> None:
        """Paragraphs and tables one after the other, whatever wraps them."""
        for element in parent:
            name = local(element)
            if name == "p":
                self._paragraph(element)
            elif name == "tbl":
                self._table(element)
            elif name not in _DELETED:
                self.flow(element)
        self._end_paragraph()

    # --- blocks ---------------------------------------------------------------------------------

    def _paragraph(self, element: Element) -> None:
        properties = child(element, "pPr")
        if not self._open:
            self._open = self._styles.role(properties).tags
            for tag in self._open:
                self._page.open(tag, {})
        self._inline(element)
        if not _mark_is_deleted(properties):
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        for tag in reversed(self._open):
            self._page.close(tag)
        self._open = ()
        boxes = self._boxes[:]
        self._boxes.clear()
        for box in boxes:
            self.flow(box)

    def _table(self, table: Element) -> None:
        self._end_paragraph()
        self._page.open("table", {})
        for row in _wrapped(table, "tr"):
            properties = child(row, "trPr")
            if properties is not None and child(properties, "del") is not None:
                continue
            self._page.open("tr", {})
            for cell in _wrapped(row, "tc"):
                self._page.open("td", {})
                self.flow(cell)
                self._page.close("td")
            self._page.close("tr")
        self._page.close("table")

    # --- inside a paragraph -----------------------------------------------------------------------

    def _inline(self, parent: Element) -> None:
        for element in parent:
            name = local(element)
            handler = self._handlers.get(name)
            if handler is not None:
                handler(element)
            elif name not in _DELETED:
                self._inline(element)

    def _append_text(self, text: str) -> None:
        if not any(field.silent for field in self._fields):
            self._page.text(text)

    def _text(self, element: Element) -> None:
        self._append_text(element.text or "")

    def _break(self, element: Element) -> None:
        if attribute(element, "type") in (None, "textWrapping"):
            self._page.open("br", {})

    def _symbol(self, element: Element) -> None:
        with suppress(ValueError, OverflowError):  # no number, or none of a character
            code = int(attribute(element, "char") or "20", 16)
            self._append_text(" " if code in _PRIVATE else chr(code))

    def _run(self, run: Element) -> None:
        properties = child(run, "rPr")
        if properties is not None and _is_on(child(properties, "vanish")):
            return
        raised = child(properties, "vertAlign") if properties is not None else None
        if raised is not None and attribute(raised, "val") == "superscript":
            self._page.open("sup", {})
            self._inline(run)
            self._page.close("sup")
        else:
            self._inline(run)

    def _hyperlink(self, element: Element) -> None:
        identity = next((str(value) for key, value in element.items() if key.endswith("}id")), "")
        self._page.open("a", {"href": self._targets.get(identity)})
        self._inline(element)
        self._page.close("a")

    def _alternative(self, element: Element) -> None:
        choice = child(element, "Choice")
        if choice is None:
            choice = child(element, "Fallback")
        if choice is not None:
            self._inline(choice)

    def _ruby(self, element: Element) -> None:
        for base in children(element, "rubyBase"):  # the reading above it is a help, not the text
            self._inline(base)

    def _equation(self, element: Element) -> None:
        before = element.getprevious()
        apart = " " if before is not None and local(before) == "oMath" else ""
        self._append_text(apart + equation(element))

    # --- fields -----------------------------------------------------------------------------------

    def _simple_field(self, element: Element) -> None:
        field = _Field((attribute(element, "instr") or "").strip(), result=True)
        self._fields.append(field)
        self._inline(element)
        self._fields.remove(field)

    def _field_mark(self, element: Element) -> None:
        mark = attribute(element, "fldCharType")
        if mark == "begin":
            self._fields.append(_Field())
        elif mark == "separate" and self._fields:
            field = self._fields[-1]
            field.result = True
            if field.target:
                self._page.open("a", {"href": field.target})
        elif mark == "end" and self._fields:
            field = self._fields.pop()
            if field.result and field.target:
                self._page.close("a")

    def _instruction(self, element: Element) -> None:
        if self._fields and not self._fields[-1].result:
            self._fields[-1].instruction += element.text or ""


class _Field:
    """A field's instruction, then its result."""

    def __init__(self, instruction: str = "", *, result: bool = False) -> None:
        self.instruction = instruction
        self.result = result

    @property
    def silent(self) -> bool:
        """Whether what stands here is no text: an instruction, or a number that changes with the layout."""
        words = self.instruction.split(maxsplit=1)
        return not self.result or (bool(words) and words[0].upper() in _LAYOUT_FIELDS)

    @property
    def target(self) -> str:
        """What a HYPERLINK field links to."""
        parts = self.instruction.split('"')
        return parts[1] if len(parts) > 2 and parts[0].strip() == "HYPERLINK" else ""


def _wrapped(parent: Element, name: str) -> list[Element]:
    """Children of this name, also such as content controls and markup wrap."""
    found: list[Element] = []
    for element in parent:
        tag = local(element)
        if tag == name:
            found.append(element)
        elif tag not in _DELETED and tag not in ("p", "tbl"):
            found += _wrapped(element, name)
    return found


def _mark_is_deleted(properties: Element | None) -> bool:
    """Whether the end of the paragraph is a tracked deletion, so that the next one goes on with it."""
    mark = child(properties, "rPr") if properties is not None else None
    return mark is not None and any(child(mark, name) is not None for name in ("del", "moveFrom"))


def _is_on(switch: Element | None) -> bool:
    return switch is not None and attribute(switch, "val") not in ("0", "false", "off")


_NO_NOTES = frozenset({"separator", "continuationSeparator", "continuationNotice"})


class DocxReader:
    """Word documents."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the header, the body, footnotes and endnotes, and the footer."""
        package = Package(data, "docx")
        return placed(_Document(package).blocks())


class _Document:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = package.main()
        root = package.part(self._main)
        self._body = next((one for one in root if local(one) == "body"), root)
        styles = package.related(self._main, "styles")
        self._styles = Styles(package.part(styles[0]) if styles else None)

    def blocks(self) -> Iterator[Block]:
        yield from self._margins("header")
        yield from self._read(self._main, [self._body])
        for kind in ("footnotes", "endnotes"):
            for part in self._package.related(self._main, kind):
                notes = children(self._package.part(part), kind[:-1])
                yield from self._read(part, [one for one in notes if attribute(one, "type") not in _NO_NOTES])
        yield from self._margins("footer")

    def _read(self, part: str, roots: list[Element]) -> list[Block]:
        targets = {
            identity: relation.target
            for identity, relation in self._package.relations(part).items()
            if relation.kind == "hyperlink"
        }
        page = Page()
        walk = Walk(page, self._styles, targets)
        for root in roots:
            walk.flow(root)
        return page.finish()

    def _margins(self, kind: str) -> Iterator[Block]:
        """Page headers or footers in the order in which the sections name them, each text once."""
        relations = self._package.relations(self._main)
        told: set[str] = set()
        for reference in self._body.iter(f"{{*}}{kind}Reference"):
            relation = relations.get(_relation_id(reference))
            if relation is None or not self._package.has(relation.target):
                continue
            for block in self._read(relation.target, [self._package.part(relation.target)]):
                if block.text not in told and any(char.isalpha() for char in block.text):
                    told.add(block.text)
                    yield block


def _relation_id(reference: Element) -> str:
    return next((str(value) for key, value in reference.items() if key.endswith("}id")), "")
