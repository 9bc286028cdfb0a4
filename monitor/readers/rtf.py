"""Read RTF (Rich Text Format 1.9.1) in one pass, with all tracked changes accepted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from monitor.errors import ExtractError
from monitor.model import Block, Extraction
from monitor.readers.block_writer import by, left_out, placed
from monitor.readers.mathematics import DEEPEST, equation
from monitor.readers.page import Page
from monitor.readers.page_numbers import PAGE_FIELD, without_page_number
from monitor.readers.rtf_text import (
    CHARACTERS,
    CODECS,
    KNOWN_STARRED,
    SKIPPED,
    Field,
    Flow,
    Font,
    Group,
    Letters,
    ParagraphKind,
    Recorder,
    Stylesheet,
)
from monitor.readers.symbol_fonts import is_symbol_font, signs
from monitor.readers.text import unmarked

_TOKEN: Final = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\"
)
_DEEPEST: Final = 2_000  # groups inside each other
_DEEPEST_BOX: Final = 20  # notes and text boxes inside each other


class RtfParser:
    """Reads one document."""

    def __init__(self, *, comments: bool = False) -> None:
        self._asked = comments
        self._author = ""  # of the comment that follows
        self.comments = 0  # that were left out
        self._remarks: list[Block] = []
        self._flows = [Flow()]
        self._margins: dict[str, list[Block]] = {}  # headers and footers by their control words
        self._notes: list[Block] = []
        self._groups: list[Group] = [Group()]
        self._fonts: dict[int, Font] = {}
        self._font = 0  # the one whose description is being read
        self._sheet = Stylesheet()
        self._fields: list[Field] = []
        self._shapes: list[bool] = []  # the open ones: whether the text in it was read
        self._letters = Letters()
        self._goes_on = False  # the cell that is being described, with the one above
        self._words: dict[str, Callable[[int | None], None]] = {
            "par": lambda _: self._flow.end(), "sect": lambda _: self._flow.end(),
            "cell": lambda _: self._flow.end_cell(), "nestcell": lambda _: self._flow.end_cell(),
            "row": lambda _: self._flow.end_row(), "nestrow": lambda _: self._flow.end_row(),
            "line": lambda _: self._line(), "pard": lambda _: self._plain_paragraph(), "plain": lambda _: self._plain(),
            "intbl": lambda _: self._in_table(),
            "trowd": lambda _: self._begin_cells(), "clvmrg": lambda _: self._go_on(),
            "cellx": lambda _: self._end_of_cell(),
            "s": self._use_style, "outlinelevel": self._outline, "ls": self._list,
            "ilvl": self._depth, "u": self._unicode, "uc": self._wide, "f": self._use_font, "fcharset": self._charset,
            "ansicpg": self._codepage, "v": self._silence, "deleted": self._silence,
            "super": lambda number: self._shift("sup", number), "sub": lambda number: self._shift("sub", number),
            "nosupersub": lambda _: self._shift("sup", 0), "up": lambda number: self._shift("sup", number),
            "dn": lambda number: self._shift("sub", number),
            "strike": self._strike, "striked": self._strike, "pntext": lambda _: self._bullet(),
            "bin": lambda _: None, "fftype": self._form, "ffres": self._form_result, "ffdefres": self._form_default,
        }  # fmt: skip

    @property
    def _flow(self) -> Flow:
        return self._flows[-1]

    @property
    def _group(self) -> Group:
        return self._groups[-1]

    def read(self, source: str) -> list[Block]:
        """The blocks of a document whose bytes are the characters of `source`."""
        at = 0
        while at < len(source):
            found = _TOKEN.match(source, at)
            if found is None:
                break
            at = found.end()
            if found[1] == "bin" and found[2]:
                at += max(0, int(found[2]))
                continue
            self._token(found)
        self._flush()
        while len(self._groups) > 1:  # cut off: what is open ends here
            self._close()
        self._flow.finish()
        heads, feet = (
            [block for word in _MARGINS for block in self._margins.get(kind + word, ())]
            for kind in ("header", "footer")
        )
        blocks = [*_once(heads), *_finished(self._flow), *self._notes, *self._remarks, *_once(feet)]
        return unmarked(blocks)

    def _token(self, found: re.Match[str]) -> None:
        if found[3]:
            self._letters.byte(int(found[3], 16))
            return
        self._flush()
        if found[1]:
            self._word(found[1], int(found[2]) if found[2] else None)
        elif found[4]:
            self._symbol(found[4])
        elif found[5]:
            self._open() if found[5] == "{" else self._close()
        elif found[6]:
            self._append_text(self._letters.plain(found[6]))

    # --- groups -----------------------------------------------------------------------------------

    def _open(self) -> None:
        if len(self._groups) > _DEEPEST:
            raise ExtractError(f"refused: its groups are nested more than {_DEEPEST:,} deep")
        # of text that is written twice, the first form is for programs that do not know Unicode
        first_form = self._group.what == "upr"
        what = "first-form" if first_form else ""
        skipped = self._group.skipped or first_form
        self._groups.append(replace(self._group, what=what, skipped=skipped, starred=False, begun=False))
        self._letters.end_group()

    def _close(self) -> None:
        if len(self._groups) == 1:
            return
        group = self._groups.pop()
        self._letters.end_group()
        if group.what == "field" and self._fields:
            self._end_field(self._fields.pop())
        elif group.what == "stylesheet-entry":
            self._sheet.end()
        elif group.what == "moMath" and group.equation is not None:
            self._append_text(equation(group.equation))
        elif group.what == "shp" and self._shapes:
            self._shapes.pop()
        elif group.what in _FLOWS and len(self._flows) > 1:
            flow = self._flows.pop()
            flow.finish()
            self._put(group.what, flow)

    def _put(self, what: str, flow: Flow) -> None:
        if isinstance(flow.page, Recorder):
            self._flow.boxes.append(flow.page)
            if self._flow.tags is None:
                self._flow.begin()
        elif what == "footnote":
            self._notes += _finished(flow)
        elif what == "annotation":
            self._remarks += by(self._author.strip(), _finished(flow))
        else:
            found = [without_page_number(block) for block in _finished(flow)]
            self._margins.setdefault(what, []).extend(block for block in found if block is not None)

    def _destination(self, name: str, *, starred: bool) -> bool:
        """Whether the word says what its group is, other than text. `starred`: `\\*` stands before the word."""
        group = self._group
        if name == "annotation" and not self._asked:
            self.comments += not group.silent
            group.skipped = True
        elif name in SKIPPED or (starred and name not in KNOWN_STARRED):
            group.skipped = True
        elif name in ("fonttbl", "stylesheet", "atnauthor", "fldinst", "ffl", "ffname"):
            self._begin_note(name)
        elif name in ("listtext", "pn"):
            self._bullet()
        elif name in _FLOWS:
            self._begin_flow(name)
        elif name in ("field", "upr", "shp", "moMath"):
            self._name_group(name)
        elif name == "fldrslt":
            self._begin_result()
        elif name == "shprslt":  # the same box for older programs
            group.skipped = bool(self._shapes) and self._shapes[-1]
        else:
            return False
        return True

    def _name_group(self, name: str) -> None:
        self._group.what = name
        if name == "field":
            self._fields.append(Field())
        elif name == "shp":
            self._shapes.append(False)
        elif name == "moMath":
            self._group.equation = Element("oMath")

    def _begin_part(self, name: str) -> None:
        """A part of an equation; it has the name that it has in Office Open XML."""
        group = self._group
        if group.equation is not None and group.equation_depth < DEEPEST:
            group.equation = SubElement(group.equation, name)
            group.equation_depth += 1

    def _begin_note(self, name: str) -> None:
        self._group.inside = name
        if name == "atnauthor":
            self._author = ""
        if name == "ffl" and self._fields:
            self._fields[-1].entries.append("")

    def _begin_flow(self, name: str) -> None:
        group = self._group
        if group.silent:  # a note of deleted text
            group.skipped = True
            return
        if len(self._flows) > _DEEPEST_BOX:
            raise ExtractError(f"refused: its notes and boxes are nested more than {_DEEPEST_BOX} deep")
        group.what, group.inside, group.shift, group.struck = name, "", "", False
        self._flows.append(Flow(Recorder() if name in _BOXES else Page()))
        if name in _BOXES and self._shapes:
            self._shapes[-1] = True

    # --- words ------------------------------------------------------------------------------------

    def _word(self, name: str, number: int | None) -> None:
        group = self._group
        if group.skipped:
            if name == "ud" and group.what == "first-form":  # the form with Unicode
                group.skipped, group.what = False, ""
            return
        begun, group.begun = group.begun, True
        starred, group.starred = group.starred, False
        if group.equation is not None:
            if not begun and name.startswith("m"):
                self._begin_part(name[1:])
            return
        if self._destination(name, starred=starred):
            return
        if name in CHARACTERS:
            self._append_text(CHARACTERS[name])
        elif name in self._words:
            self._words[name](number)

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self._group.starred = True
        elif symbol in "\r\n":
            self._flow.end()
        elif symbol in CHARACTERS:
            self._append_text(CHARACTERS[symbol])

    def _line(self) -> None:
        if not self._group.silent:
            self._flow.begin().open("br", {})

    def _plain(self) -> None:
        self._group.silent = self._group.struck = False
        self._group.shift = ""

    def _plain_paragraph(self) -> None:
        self._flow.paragraph = ParagraphKind()

    def _in_table(self) -> None:
        self._flow.paragraph.in_table = True

    def _begin_cells(self) -> None:
        self._flow.continued = []
        self._goes_on = False

    def _go_on(self) -> None:
        self._goes_on = True

    def _end_of_cell(self) -> None:
        self._flow.continued.append(self._goes_on)
        self._goes_on = False

    def _use_style(self, number: int | None) -> None:
        if self._group.inside == "stylesheet":
            self._sheet.number = number or 0
            self._group.what = "stylesheet-entry"
            return
        level, depth = self._sheet.of(number or 0)
        self._flow.paragraph.level = self._flow.paragraph.level or level
        self._flow.paragraph.item = self._flow.paragraph.item or depth

    def _outline(self, level: int | None) -> None:
        if self._group.inside != "stylesheet" and level is not None and 0 <= level < 9:
            self._flow.paragraph.level = level + 1

    def _list(self, number: int | None) -> None:
        if self._group.inside != "stylesheet":
            self._flow.paragraph.item = max(1, self._flow.paragraph.item) if number else 0

    def _depth(self, number: int | None) -> None:
        if self._group.inside != "stylesheet" and 0 <= (number or 0) < 9:
            self._flow.paragraph.item = (number or 0) + 1

    def _bullet(self) -> None:
        """A bullet or a number that the program wrote: layout, and a sign of an item."""
        self._group.skipped = True
        self._flow.paragraph.item = max(1, self._flow.paragraph.item)

    def _silence(self, number: int | None) -> None:
        self._group.silent = number != 0

    def _shift(self, where: str, number: int | None) -> None:
        self._group.shift = where if number is None or number > 0 else ""

    def _strike(self, number: int | None) -> None:
        self._group.struck = number != 0

    # --- fields -----------------------------------------------------------------------------------

    def _form(self, number: int | None) -> None:
        if self._fields:
            self._fields[-1].form = number or 0

    def _form_result(self, number: int | None) -> None:
        if self._fields:
            self._fields[-1].result = number or 0

    def _form_default(self, number: int | None) -> None:
        if self._fields:
            self._fields[-1].default = number or 0

    def _begin_result(self) -> None:
        if not self._fields:
            return
        field = self._fields[-1]
        if field.changes_with_layout or field.state is not None:
            self._group.skipped = True
        elif not field.linked and field.target:
            self._flow.begin().open("a", {"href": field.target})
            field.linked = True

    def _end_field(self, field: Field) -> None:
        if field.linked:
            self._flow.page.close("a")
        elif field.is_page_number and len(self._flows) > 1:
            self._append_text(PAGE_FIELD)
        elif field.state is not None:
            self._append_text(field.state)

    # --- characters -------------------------------------------------------------------------------

    def _codepage(self, number: int | None) -> None:
        self._groups[-1].codec = self._groups[0].codec = f"cp{number}" if number not in (None, 0) else "cp1252"

    def _use_font(self, number: int | None) -> None:
        if self._group.inside == "fonttbl":
            self._font = number or 0
            self._fonts[self._font] = Font()
            return
        font = self._fonts.get(number or 0)
        self._group.symbols = ""
        if font is not None:
            is_symbols = font.is_symbols and is_symbol_font(font.name)
            self._group.symbols = font.name if is_symbols else ""
            self._group.codec = "latin-1" if is_symbols else font.codec or self._groups[0].codec

    def _charset(self, number: int | None) -> None:
        font = self._fonts.get(self._font)
        if font is not None and number:
            font.codec, font.is_symbols = CODECS.get(number, ""), number == _SYMBOLS

    def _wide(self, number: int | None) -> None:
        self._group.wide = max(0, min(10, number if number is not None else 1))

    def _unicode(self, number: int | None) -> None:
        self._append_text(self._letters.numbered((number or 0) % 0x10000, self._group.wide))

    def _flush(self) -> None:
        if self._letters.waiting:
            self._append_text(self._letters.decoded(self._group.codec))

    def _append_text(self, text: str) -> None:
        group = self._group
        if not text or group.skipped or group.silent:
            return
        if group.equation is not None:
            part = SubElement(group.equation, "t")
            part.text = text
            group.equation.set("val", (group.equation.get("val", "") + text)[:2])  # of a sign that is a property
        elif group.inside:
            self._note(text)
        elif self._flow.tags is not None or text.strip(" "):
            text = signs(text, group.symbols) if group.symbols else text
            self._flow.write(text, shift=group.shift, struck=group.struck)

    def _note(self, text: str) -> None:
        """Text that is none of the document: the name of a font or a style, what a field says of itself."""
        inside = self._group.inside
        if inside == "fonttbl":
            font = self._fonts.get(self._font)
            if font is not None:
                font.name = (font.name + text.rstrip(";"))[:_LONGEST_NAME]
        elif inside == "atnauthor":
            self._author = (self._author + text)[:_LONGEST_NAME]
        elif inside == "stylesheet":
            if self._group.what == "stylesheet-entry":
                self._sheet.name.append(text)
        elif self._fields:
            field = self._fields[-1]
            if inside == "fldinst":
                field.instruction += text
            elif inside == "ffl" and field.entries:
                field.entries[-1] += text


def _once(blocks: Iterable[Block]) -> Iterable[Block]:
    return {block.text: block for block in blocks}.values()


def _finished(flow: Flow) -> list[Block]:
    return flow.page.finish() if isinstance(flow.page, Page) else []


_MARGINS: Final = ("", "l", "r", "f")  # of all pages, left ones, right ones, the first
_LONGEST_NAME: Final = 100  # characters of a font's name
_SYMBOLS: Final = 2  # the character set of symbol fonts
_BOXES: Final = frozenset({"shptxt", "dptxbxtext"})
_FLOWS: Final = _BOXES | frozenset(
    {"annotation", "footnote", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"}
)

_BEGINS = b"{\\rtf"


class RtfReader:
    """Rich Text Format."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the page headers, the text, the footnotes and the page footers."""
        return self._extract(data, comments=False)

    def extract_with_comments(self, data: bytes) -> Extraction:
        """The same with the comments of reviewers behind the notes."""
        return self._extract(data, comments=True)

    def _extract(self, data: bytes, *, comments: bool) -> Extraction:
        if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_BEGINS):
            raise ExtractError("not a document of its format: it does not begin as RTF does")
        parser = RtfParser(comments=comments)
        return placed(parser.read(data.decode("latin-1")), left_out(parser.comments, "comment"))
