"""Read RTF (Rich Text Format 1.9.1) in one pass, with all tracked changes accepted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from monitor.errors import ExtractError
from monitor.model import Block, Extraction
from monitor.readers.block_writer import placed
from monitor.readers.rtf_text import (
    CHARACTERS,
    CODECS,
    KNOWN_STARRED,
    SKIPPED,
    Field,
    Flow,
    Letters,
    ParagraphKind,
    Stylesheet,
)

_TOKEN: Final = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\"
)
_DEEPEST: Final = 2_000  # groups inside each other


@dataclass(slots=True)
class _Group:
    """What holds until a group ends."""

    skipped: bool = False
    silent: bool = False  # hidden, or deleted
    raised: bool = False
    wide: int = 1  # how many characters stand for one that is written as a number
    codec: str = "cp1252"
    what: str = ""  # the destination that the group is
    starred: bool = False


class RtfParser:
    """Reads one document."""

    def __init__(self) -> None:
        self._flows = [Flow()]
        self._before: list[Block] = []
        self._notes: list[Block] = []
        self._after: list[Block] = []
        self._groups: list[_Group] = [_Group()]
        self._fonts: dict[int, str] = {}
        self._font = 0  # the one whose description is being read
        self._sheet = Stylesheet()
        self._fields: list[Field] = []
        self._letters = Letters()
        self._words: dict[str, Callable[[int | None], None]] = {
            "par": lambda _: self._flow.end(), "page": lambda _: self._flow.end(), "sect": lambda _: self._flow.end(),
            "cell": lambda _: self._flow.end_cell(), "nestcell": lambda _: self._flow.end_cell(),
            "row": lambda _: self._flow.end_row(), "nestrow": lambda _: self._flow.end_row(),
            "line": lambda _: self._line(), "pard": lambda _: self._plain_paragraph(), "plain": lambda _: self._plain(),
            "intbl": lambda _: self._in_table(), "s": self._use_style, "outlinelevel": self._outline, "ls": self._list,
            "ilvl": self._depth, "u": self._unicode, "uc": self._wide, "f": self._use_font, "fcharset": self._charset,
            "ansicpg": self._codepage, "v": self._silence, "deleted": self._silence, "super": self._raise,
            "nosupersub": lambda _: self._raise(0), "pntext": lambda _: self._bullet(), "bin": lambda _: None,
        }  # fmt: skip

    @property
    def _flow(self) -> Flow:
        return self._flows[-1]

    @property
    def _group(self) -> _Group:
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
        self._flow.end_row()
        self._flow.end()
        return [*self._before, *self._flows[0].page.finish(), *self._notes, *self._after]

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
        self._groups.append(replace(self._group, what="", starred=False))
        self._letters.end_group()

    def _close(self) -> None:
        if len(self._groups) == 1:
            return
        group = self._groups.pop()
        self._letters.end_group()
        if group.what == "field" and self._fields:
            if self._fields.pop().linked:
                self._flow.page.close("a")
        elif group.what == "stylesheet-entry":
            self._sheet.end()
        elif group.what in _FLOWS and len(self._flows) > 1:
            flow = self._flows.pop()
            flow.end()
            flow.end_row()
            self._put(group.what, flow.page.finish())

    def _put(self, what: str, blocks: list[Block]) -> None:
        if what == "footnote":
            self._notes += blocks
            return
        kept = self._before if what.startswith("header") else self._after
        told = {block.text for block in kept}
        kept += [block for block in blocks if block.text not in told and any(map(str.isalpha, block.text))]

    def _destination(self, name: str) -> bool:
        """Whether the word says what its group is, other than text."""
        group = self._group
        if name in SKIPPED or (group.starred and name not in KNOWN_STARRED):
            group.skipped = True
        elif name in ("fonttbl", "stylesheet", "fldinst", "listtext", "pn"):
            group.what = name
            if name == "listtext":
                self._bullet()
        elif name in _FLOWS:
            group.what = name
            self._flows.append(Flow())
        elif name == "field":
            group.what = name
            self._fields.append(Field())
        elif name == "fldrslt":
            self._begin_result()
        else:
            return False
        return True

    def _inside(self, what: str) -> bool:
        return any(group.what == what for group in self._groups[-4:])

    # --- words ------------------------------------------------------------------------------------

    def _word(self, name: str, number: int | None) -> None:
        if self._group.skipped:
            return
        if self._destination(name):
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
        self._group.silent = self._group.raised = False

    def _plain_paragraph(self) -> None:
        self._flow.paragraph = ParagraphKind()

    def _in_table(self) -> None:
        self._flow.paragraph.in_table = True

    def _use_style(self, number: int | None) -> None:
        if self._inside("stylesheet"):
            self._sheet.number = number or 0
            self._group.what = "stylesheet-entry"
            return
        level, depth = self._sheet.of(number or 0)
        self._flow.paragraph.level = self._flow.paragraph.level or level
        self._flow.paragraph.item = self._flow.paragraph.item or depth

    def _outline(self, level: int | None) -> None:
        if not self._inside("stylesheet") and level is not None and 0 <= level < 9:
            self._flow.paragraph.level = level + 1

    def _list(self, number: int | None) -> None:
        if not self._inside("stylesheet"):
            self._flow.paragraph.item = max(1, self._flow.paragraph.item) if number else 0

    def _depth(self, number: int | None) -> None:
        if not self._inside("stylesheet") and 0 <= (number or 0) < 9:
            self._flow.paragraph.item = (number or 0) + 1

    def _bullet(self) -> None:
        """A bullet or a number that the program wrote: layout, and a sign of an item."""
        self._group.skipped = True
        self._flow.paragraph.item = max(1, self._flow.paragraph.item)

    def _silence(self, number: int | None) -> None:
        self._group.silent = number != 0

    def _raise(self, number: int | None) -> None:
        self._group.raised = number != 0

    def _begin_result(self) -> None:
        if not self._fields:
            return
        field = self._fields[-1]
        if field.changes_with_layout:
            self._group.skipped = True
        elif not field.linked and field.target:
            self._flow.begin().open("a", {"href": field.target})
            field.linked = True

    # --- characters -------------------------------------------------------------------------------

    def _codepage(self, number: int | None) -> None:
        self._groups[-1].codec = self._groups[0].codec = f"cp{number}" if number not in (None, 0) else "cp1252"

    def _use_font(self, number: int | None) -> None:
        if self._inside("fonttbl"):
            self._font = number or 0
        else:
            self._group.codec = self._fonts.get(number or 0, self._group.codec)

    def _charset(self, number: int | None) -> None:
        if number in CODECS and number:
            self._fonts[self._font] = CODECS[number]

    def _wide(self, number: int | None) -> None:
        self._group.wide = max(0, min(10, number if number is not None else 1))

    def _unicode(self, number: int | None) -> None:
        self._append_text(self._letters.numbered((number or 0) % 0x10000, self._group.wide))

    def _flush(self) -> None:
        if self._letters.waiting:
            self._append_text(self._letters.decoded(self._group.codec))

    def _append_text(self, text: str) -> None:
        group = self._group
        if not text or group.skipped or group.silent or self._inside("fonttbl"):
            return
        if self._inside("stylesheet"):
            if group.what == "stylesheet-entry":
                self._sheet.name.append(text)
        elif self._inside("fldinst"):
            if self._fields:
                self._fields[-1].instruction += text
        else:
            page = self._flow.begin()
            if group.raised:
                page.open("sup", {})
            page.text(text)
            if group.raised:
                page.close("sup")


_FLOWS: Final = frozenset(
    {"footnote", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"}
)

_BEGINS = b"{\\rtf"


class RtfReader:
    """Rich Text Format."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the page headers, the text, the footnotes and the page footers."""
        if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_BEGINS):
            raise ExtractError("not a document of its format: it does not begin as RTF does")
        return placed(RtfParser().read(data.decode("latin-1")))
