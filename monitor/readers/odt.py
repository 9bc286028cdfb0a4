"""Read OpenDocument texts, sheets and slides, with all tracked changes accepted.

Styles inherit from each other. Automatic numbers, note marks and page numbers are layout and left out. Page headers
come before the text, notes and footers after it. Flat XML (`.fodt`) is read alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from monitor.errors import ExtractError
from monitor.model import Block, Extraction
from monitor.readers.block_writer import placed
from monitor.readers.page import Page
from monitor.readers.xml import Archive, Element, attribute, child, local, parse

_CAPTIONS: Final = frozenset({"Caption", "Illustration", "Figure", "Drawing"})
_DEEPEST: Final = 64  # styles in one chain: a longer one is a ring


@dataclass(frozen=True, slots=True)
class _Style:
    parent: str | None
    raised: bool
    hidden: bool


class Styles:
    """All styles of one document; `roots` are the roots that hold them, the later ones going before."""

    def __init__(self, roots: Iterable[Element]) -> None:
        self._styles: dict[str, _Style] = {}
        for root in roots:
            for style in root.iter("{*}style"):
                name = attribute(style, "name")
                if name:
                    self._styles[name] = _style(style)

    def is_title(self, name: str | None) -> bool:
        """Whether a paragraph of this style is the document's title."""
        return "Title" in self._chain(name)

    def is_caption(self, name: str | None) -> bool:
        """Whether a paragraph of this style belongs to a picture or a table."""
        return any(one in _CAPTIONS for one in self._chain(name))

    def is_raised(self, name: str | None) -> bool:
        """Whether text of this style is superscript."""
        return any(self._styles[one].raised for one in self._chain(name) if one in self._styles)

    def is_hidden(self, name: str | None) -> bool:
        """Whether text of this style is not shown."""
        return any(self._styles[one].hidden for one in self._chain(name) if one in self._styles)

    def _chain(self, name: str | None) -> Iterator[str]:
        for _ in range(_DEEPEST):
            if name is None:
                return
            yield name
            style = self._styles.get(name)
            name = style.parent if style else None


def _style(element: Element) -> _Style:
    properties = child(element, "text-properties")
    if properties is None:
        return _Style(attribute(element, "parent-style-name"), raised=False, hidden=False)
    return _Style(
        attribute(element, "parent-style-name"),
        raised=(attribute(properties, "text-position") or "").startswith("super"),
        hidden=attribute(properties, "display") == "none",
    )


_DELETED: Final = frozenset(
    {"tracked-changes", "annotation", "annotation-end", "forms", "note-citation", "page-number", "page-count", "script"}
    | {"sequence-decls", "variable-decls", "user-field-decls", "index-title-template", "hidden-text", "ruby-text"}
    | {"covered-table-cell", "title", "desc", "object", "plugin", "applet", "event-listeners", "shapes", "notes"}
    | {"table-of-content-source", "alphabetical-index-source", "illustration-index-source", "calculation-settings"}
    | {"content-validations", "named-expressions", "database-ranges", "settings", "label-ranges"}
)  # fmt: skip


class Walk:
    """Walks bodies and margins; notes are gathered until `notes_out`."""

    def __init__(self, page: Page, styles: Styles) -> None:
        self._page = page
        self._styles = styles
        self._depth = 0  # of lists
        self._in_index = False
        self._mute = False  # behind a tab in an index stands a page number
        self._notes: list[Element] = []
        self._boxes: list[Element] = []  # text boxes anchored in the open paragraph: they follow it
        self._flows: dict[str, Callable[[Element], None]] = {
            "p": self._paragraph,
            "h": self._paragraph,
            "list": self._list,
            "table": self._table,
            "index-body": self._index,
            "section": self._section,
            "frame": self._frame,
        }
        self._inlines: dict[str, Callable[[Element], None]] = {
            "s": lambda _: self._append_text(" "),
            "tab": self._tab,
            "line-break": lambda _: self._page.open("br", {}),
            "soft-page-break": lambda _: None,
            "span": self._span,
            "a": self._link,
            "note": self._note,
            "text-box": self._boxes.append,
        }

    def flow(self, parent: Element) -> None:
        """Paragraphs, lists, tables and frames one after the other, whatever wraps them."""
        for element in parent:
            name = local(element)
            if name in _DELETED:
                continue
            self._flows.get(name, self.flow)(element)

    def notes_out(self) -> None:
        """Write what footnotes and endnotes hold, in the order of their marks."""
        while self._notes:
            notes, self._notes = self._notes, []
            for note in notes:
                self.flow(note)

    # --- blocks ---------------------------------------------------------------------------------

    def _paragraph(self, element: Element) -> None:
        style = attribute(element, "style-name")
        if self._styles.is_hidden(style):
            return
        tags = self._tags(element, style)
        for tag in tags:
            self._page.open(tag, {})
        self._mute = False
        self._inline(element)
        for tag in reversed(tags):
            self._page.close(tag)
        boxes = self._boxes[:]
        self._boxes.clear()
        for box in boxes:
            self.flow(box)

    def _tags(self, element: Element, style: str | None) -> list[str]:
        if local(element) == "h":
            level = attribute(element, "outline-level") or "1"
            return [f"h{max(1, min(6, int(level)))}" if level.isdecimal() and len(level) < 4 else "h1"]
        if self._styles.is_title(style):
            return ["h1"]
        if self._styles.is_caption(style):
            return ["figcaption"]
        return ["p"]

    def _list(self, element: Element) -> None:
        self._page.open("ul", {})
        for item in element:
            self._page.open("li", {})
            self.flow(item)
            self._page.close("li")
        self._page.close("ul")

    def _table(self, table: Element) -> None:
        if local(table.getparent()) == "spreadsheet":
            self._heading(attribute(table, "name") or "")
        self._page.open("table", {})
        self._rows(table)
        self._page.close("table")

    def _rows(self, parent: Element) -> None:
        for element in parent:
            name = local(element)
            if name == "table-row":
                self._row(element)
            elif name in ("table-header-rows", "table-rows", "table-row-group"):
                self._rows(element)

    def _row(self, row: Element) -> None:
        self._page.open("tr", {})
        for cell in row:
            if local(cell) == "table-cell" and len(cell):
                self._page.open("td", {})
                self.flow(cell)
                self._page.close("td")
        self._page.close("tr")

    def _index(self, element: Element) -> None:
        self._in_index = True
        self.flow(element)
        self._in_index = False

    def _section(self, element: Element) -> None:
        if attribute(element, "display") != "none":
            self.flow(element)

    def _frame(self, frame: Element) -> None:
        """A frame that is not anchored in a paragraph: on a slide."""
        if attribute(frame, "class") == "title":
            box = child(frame, "text-box")
            for paragraph in () if box is None else box:
                self._page.open("h2", {})
                self._inline(paragraph)
                self._page.close("h2")
        else:
            self.flow(frame)

    def _heading(self, text: str) -> None:
        self._page.open("h2", {})
        self._page.text(text)
        self._page.close("h2")

    # --- inside a paragraph -----------------------------------------------------------------------

    def _inline(self, parent: Element) -> None:
        self._append_text(parent.text or "")
        for element in parent:
            name = local(element)
            if name not in _DELETED:
                self._inlines.get(name, self._inline)(element)
            self._append_text(element.tail or "")

    def _append_text(self, text: str) -> None:
        if not self._mute:
            self._page.text(text)

    def _tab(self, _element: Element) -> None:
        self._append_text(" ")
        self._mute = self._mute or self._in_index

    def _span(self, element: Element) -> None:
        style = attribute(element, "style-name")
        if self._styles.is_hidden(style):
            return
        if self._styles.is_raised(style):
            self._page.open("sup", {})
            self._inline(element)
            self._page.close("sup")
        else:
            self._inline(element)

    def _link(self, element: Element) -> None:
        self._page.open("a", {"href": attribute(element, "href")})
        self._inline(element)
        self._page.close("a")

    def _note(self, element: Element) -> None:
        body = child(element, "note-body")
        if body is not None:
            self._notes.append(body)


_MANIFEST = "META-INF/manifest.xml"
_ENCRYPTED = b"encryption-data"


class OdtReader:
    """OpenDocument texts, sheets and presentations."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the headers, the body, the notes and the footers."""
        return placed(_blocks(*_parts(data)))


def _parts(data: bytes) -> tuple[Element, Element | None]:
    """The roots of the content and of the styles, where these stand apart."""
    if data[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return parse(data, "the document", "odt"), None
    archive = Archive(data)
    if _MANIFEST in archive and _ENCRYPTED in archive.read(_MANIFEST):
        raise ExtractError("encrypted: save it without a password")
    content = parse(archive.read("content.xml"), "content.xml", "odt")
    styles = parse(archive.read("styles.xml"), "styles.xml", "odt") if "styles.xml" in archive else None
    return content, styles


def _blocks(content: Element, apart: Element | None) -> Iterator[Block]:
    roots = [content] if apart is None else [apart, content]
    styles = Styles(roots)
    yield from _margins(roots[0], styles, "header")
    page = Page()
    walk = Walk(page, styles)
    for body in content.iterfind(".//{*}body"):
        for kind in body:
            walk.flow(kind)
    walk.notes_out()
    yield from page.finish()
    yield from _margins(roots[0], styles, "footer")


def _margins(root: Element, styles: Styles, kind: str) -> Iterator[Block]:
    """Page headers or footers of all page styles, each text once."""
    told: set[str] = set()
    for element in root.iter(f"{{*}}{kind}", f"{{*}}{kind}-first", f"{{*}}{kind}-left"):
        if local(element.getparent()) != "master-page":
            continue
        page = Page()
        Walk(page, styles).flow(element)
        for block in page.finish():
            if block.text not in told and any(char.isalpha() for char in block.text):
                told.add(block.text)
                yield block
