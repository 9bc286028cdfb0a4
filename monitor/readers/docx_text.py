"""Walk over the text of a Word document: paragraphs, tables, runs and fields, with all tracked changes accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from monitor.model import Block
from monitor.readers.docx_styles import PLAIN, RunFormat, Styles, is_on, run_format
from monitor.readers.inline_marks import check_box
from monitor.readers.mathematics import equation
from monitor.readers.page import HEADED, LABEL, Page
from monitor.readers.page_numbers import PAGE_FIELD, page_tab
from monitor.readers.rtf_text import LAYOUT_FIELDS, PAGE_FIELDS
from monitor.readers.symbol_fonts import signs
from monitor.readers.xml import Element, attribute, child, children, local

_DELETED: Final = frozenset(
    {"del", "moveFrom", "delText", "delInstrText", "pPr", "rPr", "sdtPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr"}
)
_WRAPPERS: Final = frozenset({"hyperlink", "ins", "moveTo", "smartTag", "customXml", "sdtContent", "fldSimple"})
_SILENT: Final = frozenset({*LAYOUT_FIELDS, "NOTEREF"})  # what they show changes with the layout or at each save
_NOTES: Final = {"footnoteReference": "footnotes", "endnoteReference": "endnotes", "commentReference": "comments"}


class Walk:
    """Walks the body, notes and margins; `targets` are the hyperlinks of the part by their ids.

    `inserted` gives the blocks of a part (`altChunk`) or a drawing (`graphicData`) that is not the document's own text.
    `counting`: in a page header fields that count pages are written as PAGE_FIELD.
    """

    def __init__(
        self,
        page: Page,
        styles: Styles,
        targets: Mapping[str, str],
        inserted: Callable[[Element], Sequence[Block]],
        *,
        counting: bool = False,
    ) -> None:
        self._page = page
        self._styles = styles
        self._targets = targets
        self._inserted = inserted
        self._counting = counting
        self.notes: list[tuple[str, str]] = []  # (kind, id) of notes and comments in the order of their marks
        self._fields: list[_Field] = []
        self._silent = False  # whether a field is open whose text is none
        self._boxes: list[Element] = []  # text boxes and drawings anchored in the open paragraph: they follow it
        self._open: tuple[str, ...] = ()  # the paragraph goes on in the next one: the mark between was deleted
        self._written = False  # whether the open paragraph has any text
        self._style: str | None = None  # of the open paragraph
        self._symbols = ""  # the symbol font of the open run
        self._entry: Element | None = None  # the open paragraph, until it was looked at as one of a table of contents
        self._page_tab: Element | None = None  # of such an entry: a page number follows
        self._mute = False  # behind it
        self._scanned: Element | None = None  # the paragraph whose fields were looked at last
        self._broken: set[Element] = set()  # the beginnings of those that are broken
        self._own_mark = False  # whether the open run shows a mark of a note that its author chose
        self._handlers: dict[str, Callable[[Element], None]] = {
            "t": self._text,
            "tab": self._tab,
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
            "graphicData": self._graphic,
            "sdt": self._control,
            "ruby": self._ruby,
            **dict.fromkeys(_NOTES, self._note),
        }
        self._flows: dict[str, Callable[[Element], None]] = {
            "p": self._paragraph,
            "tbl": self._table,
            "AlternateContent": lambda element: self._flow_into(_branch(element)),
            "sdt": self._block_control,
            "altChunk": self._chunk,
        }

    def flow(self, parent: Element) -> None:
        """Paragraphs and tables one after the other, whatever wraps them."""
        self._flow_into(parent)
        self._end_paragraph()

    def _flow_into(self, parent: Element | None) -> None:
        for element in () if parent is None else parent:
            name = local(element)
            if name in self._flows:
                self._flows[name](element)
            elif name not in _DELETED:
                self._flow_into(element)

    # --- blocks ---------------------------------------------------------------------------------

    def _paragraph(self, element: Element) -> None:
        properties = child(element, "pPr")
        if self._open and not self._written:  # all of its text was deleted, and what it is goes with it
            self._end_paragraph()
        if not self._open:
            self._open, label = self._styles.role(properties)
            self._style = self._styles.named(properties)
            for tag in self._open:
                self._page.open(tag, {LABEL: label} if label and tag == self._open[-1] else {})
        self._entry, self._page_tab = element, None
        self._inline(element)
        self._mute = False
        if not _mark_is_deleted(properties):
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        self._end_fields()
        for tag in reversed(self._open):
            self._page.close(tag)
        self._open = ()
        self._written = False
        boxes = self._boxes[:]
        self._boxes.clear()
        for box in boxes:
            if local(box) == "txbxContent":
                self.flow(box)
            else:
                self._page.add(self._inserted(box))

    def _table(self, table: Element) -> None:
        self._end_paragraph()
        self._page.open("table", {})
        for row in _wrapped(table, "tr"):
            properties = child(row, "trPr")
            if properties is not None and child(properties, "del") is not None:
                continue
            self._page.open("tr", {HEADED: None} if _is_head(properties) else {})
            for cell in _wrapped(row, "tc"):
                attributes = _cell(child(cell, "tcPr"))
                if attributes is None:
                    continue
                self._page.open("td", attributes)
                self.flow(cell)
                self._page.close("td")
            self._page.close("tr")
        self._page.close("table")

    def _block_control(self, control: Element) -> None:
        properties = child(control, "sdtPr")
        if properties is not None and _box_state(properties) is not None:
            self._page.text(f"{_box_state(properties)} ")
        elif not _is_placeholder(properties):
            self._flow_into(control)

    def _chunk(self, element: Element) -> None:
        self._end_paragraph()
        self._page.add(self._inserted(element))

    # --- inside a paragraph -----------------------------------------------------------------------

    def _inline(self, parent: Element) -> None:
        for element in parent:
            name = local(element)
            handler = self._handlers.get(name)
            if handler is not None:
                handler(element)
            elif name not in _DELETED:
                self._inline(element)

    def _tab(self, element: Element) -> None:
        self._append_text(" ")
        if self._entry is not None and (
            self._styles.is_index(self._style) or any(field.name == "TOC" for field in self._fields)
        ):
            self._page_tab, self._entry = page_tab(self._entry), None
        self._mute = self._mute or element is self._page_tab

    def _append_text(self, text: str) -> None:
        if not self._silent and not self._mute:
            self._page.text(text)
            self._written = self._written or not text.isspace()

    def _text(self, element: Element) -> None:
        text = "" if self._own_mark else element.text or ""
        self._append_text(signs(text, self._symbols) if self._symbols else text)

    def _break(self, element: Element) -> None:
        if attribute(element, "type") in (None, "textWrapping"):
            self._page.open("br", {})
        else:  # of a page or a column, which is no paragraph's end
            self._append_text(" ")

    def _symbol(self, element: Element) -> None:
        with suppress(ValueError, OverflowError):  # no number, or none of a character
            code = int(attribute(element, "char") or "20", 16)
            self._append_text("" if self._own_mark else signs(chr(code), attribute(element, "font") or ""))

    def _run(self, run: Element) -> None:
        properties = child(run, "rPr")
        shown = self._styles.format(self._style) if self._style is not None else PLAIN
        if properties is not None:
            style = child(properties, "rStyle")
            if style is not None:
                shown = self._styles.format(attribute(style, "val")).over(shown)
            shown = run_format(properties).over(shown)
        if shown == PLAIN:
            self._inline(run)
        elif not shown.hidden:
            self._drawn(run, shown)
        self._own_mark = False

    def _drawn(self, run: Element, shown: RunFormat) -> None:
        usual = self._styles.format(self._style)  # of a heading whose style is bold no word is set apart
        bold, italic = shown.bold and not usual.bold, shown.italic and not usual.italic
        found = ((bold, "b"), (italic, "i"), (shown.struck, "s"), (shown.shift, shown.shift or ""))
        tags = [tag for is_so, tag in found if is_so]
        before, self._symbols = self._symbols, shown.symbols or ""
        for tag in tags:
            self._page.open(tag, {})
        self._inline(run)
        for tag in reversed(tags):
            self._page.close(tag)
        self._symbols = before

    def _hyperlink(self, element: Element) -> None:
        identity = next((str(value) for key, value in element.items() if key.endswith("}id")), "")
        self._page.open("a", {"href": self._targets.get(identity)})
        self._inline(element)
        self._page.close("a")

    def _alternative(self, element: Element) -> None:
        branch = _branch(element)
        if branch is not None:
            self._inline(branch)

    def _graphic(self, element: Element) -> None:
        if any(local(one) in ("chart", "relIds") for one in element):
            self._boxes.append(element)
        else:
            self._inline(element)

    def _ruby(self, element: Element) -> None:
        for name in ("rubyBase", "rt"):
            for part in children(element, name):
                self._page.open(name, {})
                self._inline(part)
                self._page.close(name)

    def _equation(self, element: Element) -> None:
        before = element.getprevious()
        apart = " " if before is not None and local(before) == "oMath" else ""
        self._append_text(apart + equation(element))

    def _note(self, element: Element) -> None:
        if not self._silent:
            self.notes.append((_NOTES[local(element)], attribute(element, "id") or ""))
        if attribute(element, "customMarkFollows") in ("1", "true", "on"):
            self._own_mark = True

    def _control(self, control: Element) -> None:
        properties = child(control, "sdtPr")
        state = _box_state(properties) if properties is not None else None
        if state is not None:
            self._append_text(f"{state} ")
        elif not _is_placeholder(properties):
            self._inline(control)

    # --- fields -----------------------------------------------------------------------------------

    def _simple_field(self, element: Element) -> None:
        field = _Field((attribute(element, "instr") or "").strip(), result=True)
        self._begin_field(field)
        self._inline(element)
        self._end_field(field)

    def _begin_field(self, field: _Field) -> None:
        if field.result:
            self._count(field)
        self._fields.append(field)
        self._silent = any(one.silent for one in self._fields)

    def _end_field(self, field: _Field) -> None:
        if field in self._fields:
            self._fields.remove(field)
        self._silent = any(one.silent for one in self._fields)

    def _end_fields(self) -> None:
        """The paragraph ends: a field that has no end, or no result, reaches no further."""
        for field in [one for one in self._fields if one.silent or one.linked]:
            if field.linked:
                self._page.close("a")
            self._fields.remove(field)
        self._silent = False

    def _field_mark(self, element: Element) -> None:
        mark = attribute(element, "fldCharType")
        if mark == "begin":
            if self._is_broken(element):
                return
            data = child(element, "ffData")
            if data is not None and (state := _form_state(data)) is not None:
                self._append_text(state)
                self._begin_field(_Field(answered=True))
            else:
                self._begin_field(_Field())
        elif mark == "separate" and self._fields and not self._fields[-1].result:
            field = self._fields[-1]
            field.result = True
            field.endless = self._is_broken(element)
            self._count(field)
            self._silent = any(one.silent for one in self._fields)
            if field.target and not self._silent:
                field.linked = True
                self._page.open("a", {"href": field.target})
        elif mark == "end" and self._fields:
            field = self._fields[-1]
            if field.linked:
                self._page.close("a")
            self._end_field(field)

    def _is_broken(self, mark: Element) -> bool:
        """Whether the field goes on from this mark without an end in its paragraph; its result may be of several."""
        paragraph = next(mark.iterancestors("{*}p"), None)
        if paragraph is not self._scanned:
            self._scanned = paragraph
            self._broken = set() if paragraph is None else set(_broken_fields(paragraph))
        return mark in self._broken

    def _count(self, field: _Field) -> None:
        if self._counting and field.name in PAGE_FIELDS:
            self._append_counter()

    def _append_counter(self) -> None:
        if not any(one.silent for one in self._fields[:-1]):
            self._page.text(PAGE_FIELD)

    def _instruction(self, element: Element) -> None:
        if self._fields and not self._fields[-1].result:
            self._fields[-1].instruction += element.text or ""


class _Field:
    """A field's instruction, then its result; `answered`: it is a form's, and what it shows was written already."""

    def __init__(self, instruction: str = "", *, result: bool = False, answered: bool = False) -> None:
        self.instruction = instruction
        self.result = result
        self.answered = answered
        self.linked = False  # whether its link is open
        self.endless = False  # nothing says where its result ends, so that all of it is text

    @property
    def name(self) -> str:
        """What kind of field it is, in capitals."""
        words = self.instruction.split(maxsplit=1)
        return words[0].upper() if words else ""

    @property
    def silent(self) -> bool:
        """Whether what stands here is no text: an instruction, or a result that is layout."""
        return not self.result or self.answered or (self.name in _SILENT and not self.endless)

    @property
    def target(self) -> str:
        """What a HYPERLINK field links to."""
        parts = self.instruction.split('"')
        return parts[1] if len(parts) > 2 and parts[0].strip() == "HYPERLINK" else ""


def _broken_fields(paragraph: Element) -> list[Element]:
    begun: list[Element] = []
    for mark in paragraph.iter("{*}fldChar"):
        if any(local(one) in ("del", "moveFrom") for one in mark.iterancestors()):
            continue
        kind = attribute(mark, "fldCharType")
        if kind == "begin":
            begun.append(mark)
        elif begun:
            begun[-1:] = [mark] if kind == "separate" else []
    return begun


def _branch(element: Element) -> Element | None:
    """The one of an element's alternatives that is read."""
    choice = child(element, "Choice")
    return child(element, "Fallback") if choice is None else choice


def _wrapped(parent: Element, name: str) -> list[Element]:
    """Children of this name, also such as content controls and markup wrap."""
    found: list[Element] = []
    for element in parent:
        tag = local(element)
        if tag == name:
            found.append(element)
        elif tag == "AlternateContent":
            branch = _branch(element)
            found += _wrapped(branch, name) if branch is not None else []
        elif tag not in _DELETED and tag not in ("p", "tbl"):
            found += _wrapped(element, name)
    return found


def _cell(properties: Element | None) -> dict[str, str | None] | None:
    """The attributes of a cell, None where it was deleted."""
    found: dict[str, str | None] = {}
    for one in () if properties is None else properties:
        name = local(one)
        if name == "cellDel":
            return None
        if name == "gridSpan":
            found["colspan"] = attribute(one, "val")
        elif (name == "vMerge" and attribute(one, "val") != "restart") or (
            name == "cellMerge" and attribute(one, "vMerge") == "cont"
        ):
            found["continued"] = None
    return found


def _is_head(properties: Element | None) -> bool:
    """Whether a row is repeated as the head of its table on each page."""
    return properties is not None and is_on(child(properties, "tblHeader"))


def _mark_is_deleted(properties: Element | None) -> bool:
    """Whether the end of the paragraph is a tracked deletion, so that the next one goes on with it."""
    mark = child(properties, "rPr") if properties is not None else None
    return mark is not None and any(child(mark, name) is not None for name in ("del", "moveFrom"))


# --- forms ----------------------------------------------------------------------------------------


def _is_placeholder(properties: Element | None) -> bool:
    """Whether nobody has entered anything into a content control yet."""
    return properties is not None and is_on(child(properties, "showingPlcHdr"))


def _box_state(properties: Element) -> str | None:
    """The sign of a content control that is a box; None where it is none."""
    box = child(properties, "checkbox")
    if box is None:
        return None
    checked = child(box, "checked")
    return check_box(checked=is_on(checked))


def _form_state(data: Element) -> str | None:
    """What a form's box or list shows; None where the field's result is text like other text."""
    box, choices = child(data, "checkBox"), child(data, "ddList")
    if box is not None:
        checked = child(box, "checked")
        return check_box(checked=is_on(child(box, "default") if checked is None else checked))
    if choices is None:
        return None
    chosen = next((one for name in ("result", "default") if (one := child(choices, name)) is not None), None)
    number = attribute(chosen, "val") if chosen is not None else "0"
    entries = [attribute(one, "val") or "" for one in children(choices, "listEntry")]
    place = int(number) if number is not None and number.isdecimal() and len(number) < 6 else 0
    return entries[place] if place < len(entries) else ""
