"""What the RTF reader keeps while it reads: characters, groups, styles, fonts, fields, and the flow of the text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from monitor.readers.inline_marks import check_box
from monitor.readers.page import Page


class Letters:
    """What has been read of a character that is not whole yet."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._skip = 0  # characters that stand in for one that was written as a number
        self._half = 0  # of a character beyond the first 65,536

    @property
    def waiting(self) -> bool:
        """Whether there are bytes to decode."""
        return bool(self._bytes)

    def byte(self, value: int) -> None:
        """One byte of a code page; a character may take several."""
        if self._skip:
            self._skip -= 1
        else:
            self._bytes.append(value)

    def decoded(self, codec: str) -> str:
        """The bytes so far as text; Windows-1252 where Python does not know the code page."""
        data = bytes(self._bytes)
        self._bytes.clear()
        try:
            return data.decode(codec, "replace")
        except LookupError:
            return data.decode("cp1252", "replace")

    def numbered(self, code: int, substitutes: int) -> str:
        """A UTF-16 code unit, with so many substitutes behind it; nothing for the first half of a pair."""
        self._skip = substitutes
        if 0xD800 <= code < 0xDC00:
            self._half = code
            return ""
        if 0xDC00 <= code < 0xE000:
            half, self._half = self._half, 0
            return chr(0x10000 + ((half - 0xD800) << 10) + code - 0xDC00) if half else "\ufffd"
        return chr(code)

    def plain(self, text: str) -> str:
        """Text as it stands, without what is a substitute."""
        if self._skip:
            self._skip, text = max(0, self._skip - len(text)), text[self._skip :]
        return text

    def end_group(self) -> None:
        """Substitutes do not go beyond the group that they are in."""
        self._skip = 0


@dataclass(slots=True)
class Group:
    """What holds until a group ends."""

    skipped: bool = False
    silent: bool = False  # hidden, or deleted
    shift: str = ""  # `sup` or `sub`
    struck: bool = False
    wide: int = 1  # how many characters stand for one that is written as a number
    codec: str = "cp1252"
    symbols: str = ""  # the name of the font, where it is one of symbols
    inside: str = ""  # a table of fonts or styles, an instruction of a field: what the text is for
    what: str = ""  # the destination that the group itself is
    equation: Element | None = None  # the part of one that the group belongs to
    equation_depth: int = 0
    begun: bool = False  # a word of the group was read
    starred: bool = False  # its next word says what the group is, and may be unknown


_HEADING: Final = re.compile(r"heading (\d)")
_HYPERLINK: Final = re.compile(r'\s*HYPERLINK\b(?:\s*"([^"]*)"|\s+(?!\\)(\S+))?', re.IGNORECASE)
_PLACE: Final = re.compile(r'\\l\s*"([^"]*)"')
_UNSET: Final = 25  # the result of a form's field that is as it was at first
_BOX, _LIST = 1, 2  # kinds of a form's fields


@dataclass(slots=True)
class Stylesheet:
    """The styles by their numbers, filled while the group of the style sheet is read."""

    styles: dict[int, tuple[int, int]] = field(default_factory=dict)  # level of a heading, depth of an item
    number: int = -1  # of the style that is being described
    name: list[str] = field(default_factory=list)

    def end(self) -> None:
        """The description of a style ends."""
        name = "".join(self.name).strip(" ;").lower()
        found = _HEADING.match(name)
        level = max(1, int(found[1])) if found else 1 if name == "title" else 0
        self.styles[self.number] = (level, 1 if name.startswith("list bullet") else 0)
        self.name.clear()

    def of(self, number: int) -> tuple[int, int]:
        """The level of the heading and the depth of the item that a paragraph of this style is; 0 for neither."""
        return self.styles.get(number, (0, 0))


@dataclass(slots=True)
class Font:
    """A font by its description: its name, and the codec of its bytes."""

    name: str = ""
    codec: str = ""
    is_symbols: bool = False  # of the character set of symbols


PAGE_FIELDS: Final = ("PAGE", "NUMPAGES", "SECTIONPAGES")
LAYOUT_FIELDS: Final = (
    *PAGE_FIELDS, "PAGEREF", "SECTION", "DATE", "TIME", "SAVEDATE", "PRINTDATE", "FILENAME", "FILESIZE", "EDITTIME",
    "REVNUM", "NUMWORDS", "NUMCHARS", "LASTSAVEDBY",
)  # fmt: skip
"""Fields whose results change with the layout alone, or whenever the document is opened or saved."""


@dataclass(slots=True)
class Field:
    """A field that is open: what it says of itself, whether its result is a link, and the state of a form's field."""

    instruction: str = ""
    linked: bool = False
    form: int = -1  # 0 for text, 1 for a box, 2 for a list
    result: int = _UNSET
    default: int = 0
    entries: list[str] = field(default_factory=list)  # of the list

    @property
    def changes_with_layout(self) -> bool:
        """Whether the result changes with the layout alone."""
        words = self.instruction.split(maxsplit=1)
        return bool(words) and words[0].upper() in LAYOUT_FIELDS

    @property
    def is_page_number(self) -> bool:
        """Whether the result is the number of a page, or of all pages."""
        words = self.instruction.split(maxsplit=1)
        return bool(words) and words[0].upper() in PAGE_FIELDS

    @property
    def target(self) -> str:
        """What a HYPERLINK field links to: an address, `#` and a name for a place in the document."""
        found = _HYPERLINK.match(self.instruction)
        if not found:
            return ""
        address, place = found[1] or found[2] or "", _PLACE.search(self.instruction, found.end())
        return address + (f"#{place[1]}" if place else "")

    @property
    def state(self) -> str | None:
        """What a box or a list of a form shows; None where the result is text like other text."""
        chosen = self.default if self.result == _UNSET else self.result
        if self.form == _BOX:
            return check_box(checked=bool(chosen))
        if self.form == _LIST:
            return self.entries[chosen] if 0 <= chosen < len(self.entries) else ""
        return None


@dataclass(slots=True)
class ParagraphKind:
    """What a paragraph is by its control words."""

    level: int = 0  # of a heading
    item: int = 0  # depth of an item
    in_table: bool = False


class Recorder:
    """Takes what a page takes, and gives it to a page later."""

    def __init__(self) -> None:
        self._calls: list[tuple[str, str, Mapping[str, str | None]]] = []

    def open(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        """An element begins."""
        self._calls.append(("open", tag, attributes))

    def close(self, tag: str) -> None:
        """An element ends."""
        self._calls.append(("close", tag, {}))

    def text(self, text: str) -> None:
        """Characters between tags."""
        self._calls.append(("text", text, {}))

    def replay(self, page: Page | Recorder) -> None:
        """Give all of it to `page`."""
        for name, what, attributes in self._calls:
            if name == "open":
                page.open(what, attributes)
            elif name == "close":
                page.close(what)
            else:
                page.text(what)


@dataclass(slots=True)
class Flow:
    """One run of text: the body, a note, a page header, a text box."""

    page: Page | Recorder = field(default_factory=Page)
    paragraph: ParagraphKind = field(default_factory=ParagraphKind)
    tags: list[str] | None = None  # of the open paragraph
    table: bool = False  # whether one is open, and so on
    row: bool = False
    cell: bool = False
    column: int = 0  # of the open cell, or of the next one
    continued: list[bool] = field(default_factory=list)  # whether the cells of a row go on with those above
    boxes: list[Recorder] = field(default_factory=list)  # anchored in the open paragraph: they follow it

    def begin(self) -> Page | Recorder:
        """Open what the next text stands in."""
        if self.tags is None:
            kind = self.paragraph
            if kind.in_table or self.row:
                self._open_cell()
            else:
                self._end_table()
            heading = [f"h{min(6, kind.level)}"] if kind.level else ["p"]
            self.tags = ["ul"] * kind.item + ["li"] if kind.item and not kind.level else heading
            for tag in self.tags:
                self.page.open(tag, {})
        return self.page

    def write(self, text: str, *, shift: str, struck: bool) -> None:
        """Text of the paragraph: raised or lowered, or drawn through."""
        page = self.begin()
        tags = [*(["s"] if struck else ()), *([shift] if shift else ())]
        for tag in tags:
            page.open(tag, {})
        page.text(text)
        for tag in reversed(tags):
            page.close(tag)

    def end(self) -> None:
        """The paragraph ends."""
        for tag in reversed(self.tags or ()):
            self.page.close(tag)
        self.tags = None
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            box.replay(self.page)

    def _open_cell(self) -> None:
        if not self.table:
            self.page.open("table", {})
        if not self.row:
            self.page.open("tr", {})
            self.column = 0
        if not self.cell:
            goes_on = self.column < len(self.continued) and self.continued[self.column]
            self.page.open("td", {"continued": None} if goes_on else {})
        self.table = self.row = self.cell = True

    def end_cell(self) -> None:
        """The cell ends, also an empty one."""
        self.end()
        self._open_cell()
        self.page.close("td")
        self.cell = False
        self.column += 1

    def end_row(self) -> None:
        """The table's row ends."""
        if self.row:
            self.end()
            if self.cell:
                self.page.close("td")
            self.page.close("tr")
        self.row = self.cell = False

    def _end_table(self) -> None:
        self.end_row()
        if self.table:
            self.page.close("table")
        self.table = False

    def finish(self) -> None:
        """The run of text ends, whatever is open."""
        self.end()
        self._end_table()


CODECS: Final = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
"""Python's codecs by the number of a font's character set."""

CHARACTERS: Final = {
    "tab": " ", "column": " ", "page": " ", "softline": " ", "softpage": " ", "softcol": " ",
    "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ", "qmspace": " ", "bullet": "•",
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "zwj": "\u200d", "zwnj": "\u200c",
    "~": "\u00a0", "_": "\u2011", "{": "{", "}": "}", "\\": "\\",
}  # fmt: skip
"""Control words and symbols that are a character; the optional hyphen `\\-` is none."""

SKIPPED: Final = frozenset(
    {"colortbl", "filetbl", "info", "pict", "objdata", "listtable", "listoverridetable", "revtbl", "rsidtbl"}
    | {"generator", "xmlnstbl", "themedata", "colorschememapping", "latentstyles", "datastore", "atnid"}
    | {"atrfstart", "atrfend", "bkmkstart", "bkmkend", "userprops", "template", "mmathPr", "sp", "nonesttables"}
    | {"background", "ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "xe", "tc", "listpicture"}
    | {"private", "pnseclvl", "nesttableprops", "wgrffmtfilter", "docvar", "fldtype", "datafield", "pgptbl"}
    | {"passwordhash", "listname", "listlevel", "header0", "footer0", "title", "author", "operator", "creatim"}
    | {"revtim", "printim"}
)  # fmt: skip
"""Groups that hold no text of the document."""

KNOWN_STARRED: Final = frozenset(
    {"annotation", "atnauthor", "shpinst", "fldinst", "shptxt", "pn", "footnote", "cs", "ud", "formfield", "ffl", "do"}
    | {"dptxbxtext", "moMath"}
)  # fmt: skip
"""Groups to read though they are marked `\\*`: others that we do not know are to be skipped."""
