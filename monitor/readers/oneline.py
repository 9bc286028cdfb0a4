"""The chunks that a document is mostly made of, read without the parser: one line of prose, an item or a heading.

Only what CommonMark cannot read in another way is taken: words, links with a plain target, emphasis around words and
links, escaped signs. A line with anything else goes to the parser; a test holds both readings against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.model import Block, BlockKind
from monitor.readers.block_writer import Pen

_PLAIN = r"[^\[\]*_~`<&\\!\0-\x1f\x7f-\x9f]"
_ESCAPED = r"""\\[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]"""
# An `&` begins no entity where no `;` follows, a `;` ends none where no `&` stands before.
_TARGET = r"(?:[^\s()<>\\\[\]`&\0-\x1f\x7f]*+(?:&[^\s()<>\\\[\]`;\0-\x1f\x7f]*+)?)"
_TITLE = r"(?: \"[^\"\\&\n\0]*+\")?"
_LINKED = rf"(?:{_PLAIN}++|{_ESCAPED})*+"
_LINK = rf"\[{_LINKED}\]\({_TARGET}{_TITLE}\)"
_INNER = rf"(?:{_PLAIN}++|{_LINK}|{_ESCAPED})*+"
# Emphasis opens and closes whatever stands around where words stand inside, or else white space or a stop outside.
_INSIDE = rf"(?P<mark>\*\*?)(?=[^\W_]){_INNER}(?<=[^\W_])(?P=mark)(?!\*)"
_AT_EDGES = rf"(?<![^ (“\"])(?P<sign>\*\*|[*_])(?![\s*_]){_INNER}(?<=[^\s*\\])(?P=sign)(?=[ \u00a0.,;:)?”\"]|\Z)"
_PIECE = re.compile(
    rf"(?P<plain>{_PLAIN}++|&(?= )|!(?!\[)|\*(?= )|(?<!~)~(?!~))"
    rf"|\[(?P<linked>{_LINKED})\]\((?P<target>{_TARGET}){_TITLE}\)"
    rf"|(?P<escaped>{_ESCAPED})"
    rf"|{_INSIDE}|{_AT_EDGES}"
)
_UNDERLINED = re.compile(r"(?P<line>[^\n|]+)\n(?:(?P<first>=+)|-+) *\Z")
_OPENING = re.compile(
    r"(?:(?P<heading>#{1,6}) +|(?P<item>[-*+]|\d{1,9}[.)]) {1,4})?(?=[^\W_]|[^\0-\x7f\s]|[\[(\"'_\\]|\*\*?[^\s*])"
)
_RULE = re.compile(r"([-*_])(?: *\1){2,} *\Z")
_NESTED = re.compile(r"\d{1,9}[.)](?:\s|$)|\[[^\]]*\]:|_[_ ]|\* ")  # an item within the item, a definition, a rule
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_LONGEST = 20_000  # characters


def one_line(text: str) -> tuple[Block, ...] | None:
    """The block of a chunk that is one such line, its origin counted from the chunk's beginning; None of any other."""
    text = text.rstrip("\n")  # a document's last chunk has its last line end
    underlined = _UNDERLINED.match(text)
    line = (underlined["line"] if underlined else text).rstrip(" \u00a0")
    if _RULE.match(line):
        return ()
    opening = _OPENING.match(line)
    if opening is None or line[-1] == "#" or line[-1].isspace():
        return None
    if not opening["heading"] and _NESTED.match(line, opening.end()):
        return None
    if (underlined and opening.end()) or len(line) > _LONGEST:
        return None
    pen = Pen()
    if not _written(pen, line, opening.end(), len(line)):
        return None
    block = pen.block(*_kind(opening, underlined))
    return (block,) if block else ()


def write_cell(pen: Pen, line: str, at: int, stop: int) -> bool:
    """Write what a cell between these offsets says, a new line for each break; whether all of it could be read."""
    for number, (start, end) in enumerate(_between_breaks(line, at, stop)):
        if start == end:
            continue
        if number and pen.last != "\n":
            if not pen.length:
                return False
            pen.fill("\n")
        if not _written(pen, line, start, end):
            return False
    return True


def _between_breaks(line: str, at: int, stop: int) -> Iterator[tuple[int, int]]:
    for found in _BREAK.finditer(line, at, stop):
        yield at, found.start()
        at = found.end()
    yield at, stop


def _kind(opening: re.Match[str], underlined: re.Match[str] | None) -> tuple[BlockKind, int]:
    if underlined:
        return BlockKind.HEADING, 1 if underlined["first"] else 2
    if opening["heading"]:
        return BlockKind.HEADING, len(opening["heading"])
    return (BlockKind.ITEM, 1) if opening["item"] else (BlockKind.PARAGRAPH, 0)


def _written(pen: Pen, line: str, at: int, stop: int) -> bool:
    """Whether all of the line between these offsets could be read; then it is written."""
    while at < stop:
        found = _PIECE.match(line, at, stop)
        if found is None or not _take(pen, line, found):
            return False
        at = found.end()
    return True


def _take(pen: Pen, line: str, found: re.Match[str]) -> bool:
    if found["plain"]:
        pen.write(found["plain"], found.start())
    elif found["target"] is not None:
        start = pen.length
        _written(pen, line, *found.span("linked"))
        if found["target"] and pen.length > start:
            pen.link(start, found["target"])
    elif found["escaped"]:
        pen.write(found["escaped"][1], found.start())
    else:
        size = len(found["mark"] or found["sign"])
        return _written(pen, line, found.start() + size, found.end() - size)
    return True
