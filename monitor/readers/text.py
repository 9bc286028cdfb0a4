"""Read plain text, data and source code.

In plain text wrapped lines are joined; list items, rows and headings are blocks of their own. Data and source code are
read line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from monitor.core.text.language import frequent_words, language
from monitor.core.text.layout import CONTINUED
from monitor.model import Block, BlockKind, Extraction, Link
from monitor.readers.block_writer import BlockWriter, joint
from monitor.readers.encoding import decode


class LinesReader:
    """Files that are read by line: tables, configuration, logs, source code."""

    def extract(self, data: bytes) -> Extraction:
        """One block a line that is not blank; origins point into the decoded text."""
        text, notes = decode(data)
        lines = (line for line in lines_of(text) if line.text)
        return Extraction(
            text, tuple(Block(BlockKind.CODE, line.text, 0, (), ((0, line.start),)) for line in lines), notes
        )


_BULLETS = "-*+•·‣▪●○◦–—"
_MARKER = re.compile(
    rf"(?:[{_BULLETS}]"
    r"|\d{1,3}[.)]"
    r"|(?!\(?[cC]\)[ \t]+\d|\(\d+\)[ \t]+\d)\(?(?:[a-zA-Z]|[ivxIVX]{1,5}|\d{1,3})\)"  # not `(c) 2026`, `(030) 12`
    r"(?![ \t]+[(+\d][\d\s()/.,+–-]*$)"  # nor `(H) 555-12`
    r"|\d{1,2}(?:\.\d{1,2}){1,4}\.?(?=\t| {2}))"
    r"[ \t]+(?=\S)"
)
_LETTERED = re.compile(r"\([a-z]\)[ \t]+(?=\S)")
_LONGEST_MARKER = 6  # characters of one that begins with a letter
_LEVELS = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}\.?[ \t]+(?=\S)")
_INSERTED = re.compile(r"\d{1,3}(?:[A-Za-z]|bis|ter|quater)\.?\s+\S")  # 12A. A keeper must
_LABELLED = re.compile(r"(?=[^\W\d_a-z])[^:.,]{1,30}: +\S")  # Present: Adler, Brandt
_PART = re.compile(r"[.,;:!?](?:\s|$)|-$")
_DAY = re.compile(r"\d{1,2}\.[ \t]+(\w+)")
_ORNAMENTS = frozenset("=-~_*^#")
_RULE = re.compile(r"([=\-~_*^#])(?:[ \t]*\1){2,}\s*$")
_UNDERLINE = re.compile(r"={3,}$|-{3,}$")
_GAP = re.compile(r"\t+|(?<=\S) {3,}(?=\S)")
_SECTION = re.compile(r"(?:§\s*)?\d{1,3}(?:\.\d{1,3})+\.?\s+\w|(?:Article|Section|Chapter|Part|Annex)\s+\w{1,8}\b")
_ENDS = ".!?…。！？؟۔।:;"
_CLOSERS = "\"'”’»)]}›』」）"
_NARROWEST, _WIDEST = 30, 160  # characters: text is wrapped to widths in between
_WRAPPED = 0.7  # share of line breaks that the width made necessary, from which on a text counts as wrapped
_FULL = 0.8  # of the width: what the line in the middle of a wrapped text reaches at least
_FEW = 4  # lines: in a text of no more the width tells no heading from a wrapped line
_TOLERANCE = 0.85  # of the width: a line that is shorter by a word or two may have been edited since
_LONGEST_WORD = 12  # characters: what is longer is no word that many a line could have been broken before
_CENTRED = 8  # characters of indent: lines that differ in so much of it are centred, not wrapped
_CELL = 80  # characters: what is longer is prose with a tab in it, not a table's cell
_TITLE, _CAPITALS = 60, 100  # characters: the longest headings that are recognised by their looks


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its break and outer white space: its text, where that starts, and its indent (a tab is 4)."""

    text: str
    start: int
    indent: int


def lines_of(text: str) -> list[Line]:
    """Every line, blank ones with empty text."""
    lines, at = [], 0
    for raw in text.splitlines(keepends=True):
        stripped = raw.strip()
        lead = len(raw) - len(raw.lstrip()) if stripped else 0
        indent = lead + 3 * raw[:lead].count("\t")
        lines.append(Line(stripped, at + lead, indent))
        at += len(raw)
    return lines


def is_rule(line: str) -> bool:
    """Whether the line is nothing but a row of `=`, `-` and the like: an underline or an ornament."""
    return line[:1] in _ORNAMENTS and _RULE.match(line) is not None


def list_marker(line: str, *, numbered: bool = False) -> int | None:
    """The length of an item's marker with the white space behind it; None where the line begins no item.

    Bullets, `1.`, `(a)` and, where it stands apart from its text, `1.2` are layout in every format. The day of a date
    is none, nor is an ordinal number that German writes with a full stop: `3. Oktober`. `numbered`: the document's
    paragraphs have such numbers as `1.2`, so that it is one even behind a single space.
    """
    if line[:1].isalpha() and ")" not in line[:_LONGEST_MARKER]:
        return None
    found = _MARKER.match(line) or (_LEVELS.match(line) if numbered else None)
    day = _DAY.match(line) if found else None
    if not found or (day and day[1] in language("de").months):
        return None
    inner = _LETTERED.match(line, found.end()) if found.group()[0] in _BULLETS else None
    return inner.end() if inner else found.end()  # - (a) heating


def without_marker(block: Block, *, numbered: bool = False) -> Block:
    """A paragraph or an item without the marker that was typed in front of it: an item. Other blocks as they are.

    `numbered` as of `list_marker`.
    """
    length = list_marker(block.text, numbered=numbered) if block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM) else None
    if length is None:
        return block
    links = tuple(
        Link(max(0, one.start - length), one.end - length, one.target) for one in block.links if one.end > length
    )
    emphasis = tuple((max(0, at - length), end - length, kind) for at, end, kind in block.emphasis if end > length)
    typed = marker_label(block.text[:length])
    label = block.label if not typed else typed if block.label in ("", CONTINUED) else f"{block.label} {typed}"
    level, text = max(1, block.level), block.text[length:]
    return replace(block, kind=BlockKind.ITEM, text=text, level=level, links=links, label=label, emphasis=emphasis)


def marker_label(marker: str) -> str:
    """What an item's marker shows but for a bullet: its number or letter."""
    return marker.strip().lstrip(_BULLETS).strip()


def unmarked(blocks: Iterable[Block]) -> list[Block]:
    """The blocks without markers that were typed, and without ornaments: rows of signs such as `* * *`."""
    texts = (BlockKind.PARAGRAPH, BlockKind.ITEM)
    return [without_marker(block) for block in blocks if block.kind not in texts or not is_rule(block.text)]


def cells(line: str) -> list[tuple[str, int]] | None:
    """The cells of a table's row with their offsets in the line; None where the line is none. [] for a separator."""
    if line.count("|") >= 2:
        parts = _parts(line, [(at, at + 1) for at, char in enumerate(line) if char == "|"])
        parts = parts[not parts[0][0] : len(parts) - (not parts[-1][0])]  # bars at the edges part no cells
        return [] if all(not part.strip("-:= ") for part, _ in parts) else parts
    gaps = [found.span() for found in _GAP.finditer(line)] if "\t" in line or "   " in line else []
    if not gaps or (len(gaps) == 1 and "\t" not in line):
        return None
    parts = [part for part in _parts(line, gaps) if part[0]]
    return parts if all(len(part) <= _CELL for part, _ in parts) else None


def _parts(line: str, gaps: list[tuple[int, int]]) -> list[tuple[str, int]]:
    parts, at = [], 0
    for start, stop in [*gaps, (len(line), len(line))]:
        part = line[at:start]
        parts.append((part.strip(), at + len(part) - len(part.lstrip())))
        at = stop
    return parts


def ends_sentence(line: str) -> bool:
    """Whether the last character, closing quotes and brackets apart, ends a sentence or announces what follows."""
    return line.rstrip(_CLOSERS).endswith(tuple(_ENDS))


def heading_level(line: str, *, alone: bool) -> int:
    """The level of a heading that is recognised by its looks, else 0. `alone`: blank lines stand around it."""
    if ends_sentence(line) or line.endswith(",") or len(line) > _CAPITALS:
        return 0
    letters = [char for char in line if char.isalpha()]
    if len(letters) > 3 and line.isupper():
        return 1
    if not alone or len(line) > _TITLE or not letters:
        return 0
    if _SECTION.match(line):
        return 2
    long_words = [word for word in line.split() if len(word) > 3 and word[0].isalpha()]
    return 2 if long_words and all(word[0].isupper() for word in long_words) else 0


def wrap_width(lines: Sequence[Line]) -> int:
    """The width that the text is wrapped to, in characters; 0 where each line is a paragraph of its own.

    In wrapped text a break is *necessary*: the next line's first word would not have fitted. Judged over all the
    pairs of neighbouring lines, so that one line edited without wrapping again changes nothing.
    """
    pairs = [(one, two) for one, two in pairwise(lines) if _is_prose(one) and _is_prose(two)]
    if not pairs:
        return 0
    lengths = sorted(_length(one) for one, _ in pairs)
    width = lengths[(len(lengths) - 1) * 17 // 20]  # the longest lines may have grown since
    if len(pairs) < 3:
        width = max(width, *(_length(two) for _, two in pairs))
    necessary = sum(1 for one, two in pairs if not _first_word_fits(one, two, _TOLERANCE * width) or _runs_on(one, two))
    full = lengths[len(lengths) // 2] >= _FULL * width
    return width if full and _NARROWEST <= width <= _WIDEST and necessary >= _WRAPPED * len(pairs) else 0


def _is_prose(line: Line) -> bool:
    text = line.text
    return bool(text) and not (is_rule(text) or list_marker(text) or cells(text))


def _length(line: Line) -> int:
    return line.indent + len(line.text)


def _first_word_fits(before: Line, after: Line, width: float) -> bool:
    return _length(before) + 1 + len(_first_word(after.text)) <= width


def _runs_on(before: Line, after: Line) -> bool:
    return after.text[0].islower() and not ends_sentence(before.text)


def _first_word(line: str) -> str:
    return line[:_LONGEST_WORD].split(maxsplit=1)[0]


def continues(before: Line, after: Line, width: int, *, begun: bool = False) -> bool:
    """Whether `after` goes on with the paragraph that `before` belongs to; `width` as of `wrap_width`.

    `begun`: `before` goes on with a line in front of it.
    """
    if before.text.endswith(":") and not after.text[0].islower():
        return False
    if before.text == after.text or (before.indent >= _CENTRED and before.indent != after.indent):
        return False
    if not width:
        # a sentence, rather than a word of a list
        begun = (begun or before.text[0].isupper()) and before.text.count(" ") > 1
        return _runs_on(before, after) and (begun or _length(before) >= _NARROWEST)
    if _runs_on(before, after):
        return True
    # A heading above its text ends without a mark; a line that was wrapped there would have been full.
    heads = not begun and after.text[0].isupper() and not ends_sentence(before.text)
    return not _first_word_fits(before, after, width if heads else 0.7 * width)


def _may_be_heading(line: str, following: str) -> bool:
    """Whether a line may be a heading above its text: no mark in it, no word at its end that another must follow."""
    if not (line[0].isupper() and following[0].isupper()) or _PART.search(line):
        return False
    return line.rpartition(" ")[2].casefold() not in frequent_words()


class TextReader:
    """Plain text: paragraphs, list items, headings, rows."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks whose origins point into the decoded text."""
        text, notes = decode(data)
        return Extraction(text, plain_blocks(text), notes)


def plain_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a plain text."""
    lines = lines_of(text)
    reader = _TextParser(wrap_width(lines), few=sum(1 for line in lines if line.text) <= _FEW)
    for line, following in pairwise([*lines, Line("", 0, 0)]):
        reader.take(line, underlined=line.text[:1].isdigit() and _UNDERLINE.match(following.text) is not None)
    return reader.finish()


class _TextParser:
    """Takes a text line by line; what is open is a paragraph or an item that the next line may continue."""

    def __init__(self, width: int, *, few: bool) -> None:
        self._width, self._few = width, few
        self._blocks: list[Block] = []
        self._writer = BlockWriter()
        self._open: list[Line] = []
        self._level = 0  # of the open item; 0 for a paragraph
        self._label = ""  # what stands before the open item
        self._around: list[tuple[int, int]] = []  # (indent, indent of its text) of the items around, outermost first

    def take(self, line: Line, *, underlined: bool = False) -> None:
        """The next line; `underlined`: it begins with a number, and a row of `=` or `-` below makes it a heading."""
        if not line.text:
            self._close(alone=True)
        elif is_rule(line.text):
            self._underline(line)
        elif underlined and not self._open:
            self._prose(line)
        elif (marker := list_marker(line.text)) is not None and self._may_begin_item(line):
            self._item(line, marker)
        elif (row := cells(line.text)) is not None:
            self._row(line, row)
        else:
            self._prose(line)

    def finish(self) -> tuple[Block, ...]:
        self._close(alone=True)
        return tuple(self._blocks)

    def _underline(self, line: Line) -> None:
        if len(self._open) == 1 and not self._level and line.text[0] in "=-~^":
            self._close(level={"=": 1, "-": 2}.get(line.text[0], 3))
        else:
            self._close()

    def _may_begin_item(self, line: Line) -> bool:
        # within a paragraph "…in section / 12. The…" and "…went on / – as he said – …" are wrapped lines
        if not self._open or self._level or line.text[0] not in "-–—0123456789":
            return True
        return ends_sentence(self._open[-1].text) or not continues(
            self._open[-1], line, self._width, begun=len(self._open) > 1
        )

    def _item(self, line: Line, length: int) -> None:
        self._close()
        while self._around and self._around[-1][0] >= line.indent:
            self._around.pop()
        self._around.append((line.indent, line.indent + length))
        self._level = len(self._around)
        self._label = marker_label(line.text[:length])
        self._write(line, length)

    def _row(self, line: Line, row: list[tuple[str, int]]) -> None:
        self._close()
        for cell, offset in row:
            self._writer.cell()
            self._writer.write(cell, line.start + offset)
        self._emit(BlockKind.ROW)

    def _prose(self, line: Line) -> None:
        if self._open and not self._goes_on(line):
            self._close()
        if not self._open:
            while self._around and self._around[-1][1] > line.indent:
                self._around.pop()
            self._level = len(self._around)
            self._label = CONTINUED if self._level else ""
        self._write(line, 0)

    def _goes_on(self, line: Line) -> bool:
        first, last = self._open[0], self._open[-1]
        if (
            (_LABELLED.match(line.text) and _LABELLED.match(first.text))
            or (_INSERTED.match(line.text) and ends_sentence(last.text))
            or (self._few and first is last and _may_be_heading(first.text, line.text))
        ):
            return False
        inside_item = self._level > 0 and line.indent > self._around[-1][0]
        return inside_item or continues(self._open[-1], line, self._width, begun=len(self._open) > 1)

    def _write(self, line: Line, skip: int) -> None:
        if self._open:
            self._writer.fill(joint(self._open[-1].text, line.text))
        self._writer.write(line.text[skip:], line.start + skip)
        self._open.append(line)

    def _close(self, *, level: int = 0, alone: bool = False) -> None:
        if len(self._open) == 1 and not self._level:
            level = level or heading_level(self._open[0].text, alone=alone)
        kind = BlockKind.ITEM if self._level else BlockKind.HEADING if level else BlockKind.PARAGRAPH
        self._emit(kind, self._level or level)
        self._open.clear()
        self._level, self._label = 0, ""

    def _emit(self, kind: BlockKind, level: int = 0) -> None:
        block = self._writer.block(kind, level)
        if block:
            self._blocks.append(replace(block, label=self._label) if self._label else block)
