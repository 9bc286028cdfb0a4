"""Walk over the text of an OpenDocument file: paragraphs, lists, tables, slides, fields and forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from monitor.readers.drawings import by_place
from monitor.readers.inline_marks import check_box
from monitor.readers.mathematics import mathml, mathml_of
from monitor.readers.odt_styles import Controls, Styles
from monitor.readers.page import HEADED, LABEL, ListNumbers, Page
from monitor.readers.page_numbers import PAGE_FIELD, page_tab
from monitor.readers.symbol_fonts import signs
from monitor.readers.xml import Element, attribute, child, children, local

_DELETED: Final = frozenset(
    {"tracked-changes", "annotation-end", "forms", "note-citation", "script", "binary-data", "placeholder"}
    | {"sequence-decls", "variable-decls", "user-field-decls", "index-title-template", "hidden-text"}
    | {"covered-table-cell", "desc", "plugin", "applet", "event-listeners", "shapes", "page-thumbnail"}
    | {"table-of-content-source", "alphabetical-index-source", "illustration-index-source", "calculation-settings"}
    | {"content-validations", "named-expressions", "database-ranges", "settings", "label-ranges"}
)  # fmt: skip
_PAGE_FIELDS: Final = frozenset({"page-number", "page-count"})
_SAVED: Final = frozenset(
    {"file-name", "modification-date", "modification-time", "print-date", "print-time", "editing-duration"}
    | {"editing-cycles", "page-continuation", "word-count", "character-count", "paragraph-count", "table-count"}
    | {"image-count", "object-count", "date", "time"}
)  # fields that change whenever the document is saved or opened, unless they are fixed
_SPANS: Final = {
    "number-rows-spanned": "rowspan", "number-columns-spanned": "colspan", "number-columns-repeated": "repeated",
}  # fmt: skip
_SHAPES: Final = frozenset(
    {"custom-shape", "rect", "ellipse", "circle", "line", "polyline", "polygon", "regular-polygon", "path", "connector"}
    | {"measure", "caption", "text-box"}
)


class Walk:
    """Walks bodies and margins; notes are gathered until `notes_out`.

    `embedded` gives the content of an object by its address. `counting`: in a page header fields that count pages are
    written as PAGE_FIELD. `comments`: those of reviewers are read, behind the notes.
    """

    def __init__(
        self,
        page: Page,
        styles: Styles,
        controls: Controls,
        embedded: Callable[[str], Element | None],
        *,
        counting: bool = False,
        comments: bool = False,
    ) -> None:
        self._controls = controls
        self._embedded = embedded
        self._counting = counting
        self._with_comments = comments
        self.comments: list[Element] = []  # of reviewers
        self._symbols = ""  # the symbol font of the open span
        self._page = page
        self._styles = styles
        self._depth = 0  # of lists
        self._lists: list[str | None] = []  # the styles of the open ones
        self._counters: dict[tuple[str | None, int], ListNumbers] = {}  # of those that may go on, by style and depth
        self._in_index = False
        self._mute = False  # behind the last tab in an index, where a page number stands
        self._page_tab: Element | None = None
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
            "annotation": self._comment,
            "object": self._object,
            "control": self._control,
            "page": self._slide,
        }
        self._inlines: dict[str, Callable[[Element], None]] = {
            "s": lambda _: self._append_text(" "),
            "tab": self._tab,
            "line-break": lambda _: self._page.open("br", {}),
            "soft-page-break": lambda _: None,
            "span": self._span,
            "ruby-text": self._ruby_text,
            "a": self._link,
            "note": self._note,
            "annotation": self._comment,
            "object": self._object,
            "control": self._control,
            "content-control": self._content_control,
            "fieldmark": self._field_mark,
            "drop-down": self._drop_down,
            **dict.fromkeys(_SHAPES, self._boxes.append),
            **dict.fromkeys(_PAGE_FIELDS, self._count),
            **dict.fromkeys(_SAVED, self._saved),
            **dict.fromkeys(("sheet-name", "title", "subject"), self._named),
        }

    def flow(self, parent: Element) -> None:
        """Paragraphs, lists, tables and frames one after the other, whatever wraps them."""
        for element in parent:
            name = local(element)
            if name in _DELETED:
                continue
            self._flows.get(name, self.flow)(element)

    def notes_out(self) -> None:
        """Write what footnotes and endnotes hold, in the order of their marks, then the comments."""
        while self._notes:
            notes, self._notes = self._notes, []
            for note in notes:
                self.flow(note)
        for comment in self.comments if self._with_comments else ():
            author = child(comment, "creator")
            name = "".join(author.itertext()).strip() if author is not None else ""
            for paragraph in comment.iter("{*}p"):
                self._page.open("p", {})
                self._page.text(f"{name}: " if name else "")
                self._inline(paragraph)
                self._page.close("p")
                name = ""

    # --- blocks ---------------------------------------------------------------------------------

    def _paragraph(self, element: Element) -> None:
        style = attribute(element, "style-name")
        if self._styles.is_hidden(style):
            return
        tags = self._tags(element, style)
        for tag in tags:
            self._page.open(tag, {})
        self._page_tab = page_tab(element) if self._in_index else None
        self._styled(element, style)
        self._mute = False
        for tag in reversed(tags):
            self._page.close(tag)
        boxes = self._boxes[:]
        self._boxes.clear()
        for box in boxes:
            if local(box) == "object":
                self._chart(box)
            else:
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
        style = attribute(element, "style-name") or (self._lists[-1] if self._lists else None)
        self._lists.append(style)
        name = style, len(self._lists)
        goes_on = attribute(element, "continue-numbering") == "true" or attribute(element, "continue-list")
        numbers = self._counters.get(name) if goes_on else None
        numbers = numbers.begin() if numbers else self._styles.list_numbers(*name)
        self._page.open("ul", {})
        for item in element:
            counted = numbers is not None and local(item) == "list-item"
            label = numbers.next(attribute(item, "start-value")) if numbers and counted else ""
            self._page.open("li", {LABEL: label})
            self.flow(item)
            self._page.close("li")
        self._page.close("ul")
        self._lists.pop()
        if numbers is not None:
            self._counters[name] = numbers

    def _table(self, table: Element) -> None:
        sheet = local(table.getparent()) == "spreadsheet"
        if sheet:
            self._heading(attribute(table, "name") or "")
        self._page.open("table", {"sheet": None} if sheet else {})
        self._rows(table, sheet=sheet)
        self._page.close("table")

    def _rows(self, parent: Element, *, sheet: bool) -> None:
        for element in parent:
            name = local(element)
            if name == "table-row":
                self._row(element, sheet=sheet)
            elif name in ("table-header-rows", "table-rows", "table-row-group"):
                self._rows(element, sheet=sheet)

    def _row(self, row: Element, *, sheet: bool) -> None:
        is_head = local(row.getparent()) == "table-header-rows"
        attributes = {"repeated": attribute(row, "number-rows-repeated"), **({HEADED: None} if is_head else {})}
        self._page.open("tr", attributes)
        empty = 0  # cells of a sheet that are empty, written only where another follows
        for cell in row:
            if local(cell) != "table-cell":
                continue
            found = {_SPANS.get(name.rpartition("}")[2]): value for name, value in cell.items() if value != "1"}
            repeated = found.get("repeated")
            if sheet and not len(cell):
                empty += int(repeated) if repeated is not None and repeated.isdecimal() and len(repeated) < 8 else 1
                continue
            if empty:
                self._cell(None, {"repeated": str(empty)})
                empty = 0
            found.pop(None, None)
            self._cell(cell, {str(name): value for name, value in found.items()})
        self._page.close("tr")

    def _cell(self, cell: Element | None, attributes: dict[str, str | None]) -> None:
        struck = (
            cell is not None
            and not self._styles.is_plain(style := attribute(cell, "style-name"))
            and (self._styles.is_struck(style))
        )
        if cell is None or (not struck and len(cell) == 1 and self._is_bare(cell[0])):
            self._page.cell(cell[0].text or "" if cell is not None else "", attributes)
            return
        self._page.open("td", attributes)
        if struck:
            self._page.open("s", {})
        self.flow(cell)
        if struck:
            self._page.close("s")
        self._page.close("td")

    def _is_bare(self, paragraph: Element) -> bool:
        """Whether a paragraph is nothing but its text."""
        bare = not len(paragraph) and local(paragraph) == "p" and not self._symbols
        return bare and self._styles.is_bare(attribute(paragraph, "style-name"))

    def _index(self, element: Element) -> None:
        self._in_index = True
        self.flow(element)
        self._in_index = False

    def _section(self, element: Element) -> None:
        if attribute(element, "display") != "none":
            self.flow(element)

    def _frame(self, frame: Element) -> None:
        """A frame that is not anchored in a paragraph: on a slide."""
        if attribute(frame, "placeholder") == "true":
            return
        if attribute(frame, "class") == "title":
            box = child(frame, "text-box")
            for paragraph in () if box is None else box:
                self._page.open("h2", {})
                self._inline(paragraph)
                self._page.close("h2")
        else:
            self.flow(frame)

    def _slide(self, slide: Element) -> None:
        """What stands on a slide in the order of its places, the title first; speaker's notes follow."""
        shapes = [one for one in slide if local(one) != "notes"]
        title = [one for one in shapes if attribute(one, "class") == "title"]
        others = [one for one in shapes if attribute(one, "class") != "title" and one.find(".//{*}p") is not None]
        notes = [one for one in slide if local(one) == "notes"]
        for shape in (*title, *by_place(others, _place), *notes):
            name = local(shape)
            if name not in _DELETED:
                self._flows.get(name, self.flow)(shape)

    def _heading(self, text: str) -> None:
        self._page.open("h2", {})
        self._page.text(text)
        self._page.close("h2")

    # --- inside a paragraph -----------------------------------------------------------------------

    def _inline(self, parent: Element) -> None:
        self._append_text(parent.text or "")
        for element in parent:
            name = local(element)
            if name not in _DELETED and not (name == "title" and "svg" in element.tag):
                self._inlines.get(name, self._inline)(element)
            self._append_text(element.tail or "")

    def _append_text(self, text: str) -> None:
        if not self._mute:
            self._page.text(signs(text, self._symbols) if self._symbols else text)

    def _tab(self, element: Element) -> None:
        self._append_text(" ")
        self._mute = self._mute or element is self._page_tab

    def _span(self, element: Element) -> None:
        style = attribute(element, "style-name")
        if self._styles.is_hidden(style):
            return
        emphasis = self._styles.emphasis(style)
        for tag in emphasis:
            self._page.open(tag, {})
        self._styled(element, style)
        for tag in reversed(emphasis):
            self._page.close(tag)

    def _ruby_text(self, element: Element) -> None:
        self._page.open("rt", {})
        self._inline(element)
        self._page.close("rt")

    def _styled(self, element: Element, style: str | None) -> None:
        """The text of an element, shown as its style says."""
        if self._styles.is_plain(style):
            self._inline(element)
            return
        tags = [
            *(("s",) if self._styles.is_struck(style) else ()),
            *((shift,) if (shift := self._styles.shift(style)) else ()),
        ]
        before, self._symbols = self._symbols, self._styles.symbols(style) or self._symbols
        for tag in tags:
            self._page.open(tag, {})
        self._inline(element)
        for tag in reversed(tags):
            self._page.close(tag)
        self._symbols = before

    def _link(self, element: Element) -> None:
        self._page.open("a", {"href": attribute(element, "href")})
        self._inline(element)
        self._page.close("a")

    def _note(self, element: Element) -> None:
        body = child(element, "note-body")
        if body is not None:
            self._notes.append(body)

    def _comment(self, element: Element) -> None:
        self.comments.append(element)

    # --- fields and forms -------------------------------------------------------------------------------

    def _count(self, _element: Element) -> None:
        if self._counting:
            self._page.text(PAGE_FIELD)

    def _saved(self, element: Element) -> None:
        if attribute(element, "fixed") == "true":
            self._inline(element)

    def _named(self, element: Element) -> None:
        """The name of the sheet or the document, which stands for itself until a program fills it in."""
        if "".join(element.itertext()) != "???":
            self._inline(element)

    def _control(self, element: Element) -> None:
        self._append_text(f" {self._controls.shown(attribute(element, 'control'))} ")

    def _content_control(self, element: Element) -> None:
        if attribute(element, "checkbox") == "true":
            self._append_text(f"{check_box(checked=attribute(element, 'checked') == 'true')} ")
        elif attribute(element, "showing-place-holder") != "true":
            self._inline(element)

    def _field_mark(self, element: Element) -> None:
        """A field of a form as LibreOffice keeps those of Word."""
        values = {attribute(one, "name"): attribute(one, "value") or "" for one in children(element, "param")}
        kind = (attribute(element, "type") or "").rpartition(".")[2]
        if kind == "FORMCHECKBOX":
            checked = values.get("Checkbox_Checked") in ("true", "1")
            self._append_text(check_box(checked=checked))
        elif kind == "FORMDROPDOWN":
            entries = [attribute(one, "value") or "" for one in children(element, "param")
                       if attribute(one, "name") == "Dropdown_ListEntry"]  # fmt: skip
            chosen = values.get("Dropdown_Selected", "")
            place = int(chosen) if chosen.isdecimal() and len(chosen) < 6 else 0
            self._append_text(entries[place] if place < len(entries) else "")
        else:
            self._inline(element)

    def _drop_down(self, element: Element) -> None:
        chosen = [one for one in children(element, "label") if attribute(one, "current-selected") == "true"]
        shown = "".join(element.itertext()).strip()
        self._append_text(shown or "".join(attribute(one, "value") or "" for one in chosen))

    # --- objects ------------------------------------------------------------------------------------------

    def _object(self, element: Element) -> None:
        content = self._content_of(element)
        if content is None:
            return
        formula = content if local(content) == "math" else next(content.iter("{*}math"), None)
        if formula is not None:
            self._append_text(mathml(mathml_of(formula)))
        elif next(content.iter("{*}chart"), None) is not None:
            self._boxes.append(element)

    def _content_of(self, element: Element) -> Element | None:
        return element[0] if len(element) else self._embedded(attribute(element, "href") or "")

    def _chart(self, element: Element) -> None:
        """A chart as its title and the table of its values."""
        content = self._content_of(element)
        for title in () if content is None else content.iter("{*}title"):
            self._page.open("figcaption", {})
            for paragraph in children(title, "p"):
                self._inline(paragraph)
            self._page.close("figcaption")
        for table in () if content is None else content.iter("{*}table"):
            self._table(table)


def _place(shape: Element) -> tuple[float, float, float] | None:
    """The left, top and height of a shape in centimetres; None where it does not say them."""
    found = [_length(attribute(shape, name)) for name in ("x", "y", "height")]
    left, top, height = found
    return None if left is None or top is None else (left, top, height or 0)


_UNITS: Final = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72}


def _length(value: str | None) -> float | None:
    try:
        return float(value[:-2]) * _UNITS.get(value[-2:], 1.0) if value is not None else None
    except ValueError:
        return None
