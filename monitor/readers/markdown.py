"""Read Markdown: CommonMark with tables, strikethrough, front matter and footnotes.

The source is cut into independent chunks; each distinct chunk is parsed once and cached, with offsets from its start.
Most chunks are one line of prose, an item or a heading. If they contain only words, plain links, emphasis and escapes,
they are read without the parser; a test compares both ways. Long tables are parsed row by row, since versions of a
table differ in few rows and a row depends only on the number of columns.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate, chain
from typing import cast

from monitor.core.text.layout import HEAD
from monitor.model import Block, BlockKind, Extraction
from monitor.readers.block_writer import BlockWriter
from monitor.readers.encoding import decode
from monitor.readers.markdown_chunks import chunks, front_matter, stretches
from monitor.readers.markdown_render import References, definitions, render, shifted
from monitor.readers.text import list_marker, marker_label, plain_blocks

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
    titled = bool(opening["heading"] or underlined)
    if titled and line[-1] == "}":  # a heading's attributes
        return None
    marker = None if titled else list_marker(line[opening.end() :])  # that is none of Markdown's
    writer = BlockWriter()
    if not _written(writer, line, opening.end() + (marker or 0), len(line)):
        return None
    block = writer.block(*((BlockKind.ITEM, 1) if marker else _kind(opening, underlined)))
    typed = line[opening.end() : opening.end() + marker] if marker else ""
    label = " ".join(filter(None, map(marker_label, (opening["item"] or "", typed))))
    return (replace(block, label=label) if label else block,) if block else ()


def write_cell(writer: BlockWriter, line: str, at: int, stop: int) -> bool:
    """Write what a cell between these offsets says, a new line for each break; whether all of it could be read."""
    for number, (start, end) in enumerate(_between_breaks(line, at, stop)):
        if start == end:
            continue
        if number and writer.last != "\n":
            if not writer.length:
                return False
            writer.fill("\n")
        if not _written(writer, line, start, end):
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


def _written(writer: BlockWriter, line: str, at: int, stop: int) -> bool:
    """Whether all of the line between these offsets could be read; then it is written."""
    while at < stop:
        found = _PIECE.match(line, at, stop)
        if found is None or not _write_match(writer, line, found):
            return False
        at = found.end()
    return True


def _write_match(writer: BlockWriter, line: str, found: re.Match[str]) -> bool:
    if found["plain"]:
        writer.write(found["plain"], found.start())
    elif found["target"] is not None:
        start = writer.length
        _written(writer, line, *found.span("linked"))
        if found["target"] and writer.length > start:
            writer.link(start, found["target"])
    elif found["escaped"]:
        writer.write(found["escaped"][1], found.start())
    else:
        size, start = len(found["mark"] or found["sign"]), writer.length
        read = _written(writer, line, found.start() + size, found.end() - size)
        writer.emphasise(start, "bi"[size == 1])
        return read
    return True


_UNDER_HEADS = re.compile(r"\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*")
_LAST_BAR = re.compile(r"(?<!\\)\|[ \t]*\Z")
_MOST_CELLS = 10_000  # the parser leaves off where too many cells of a table are missing
_LONG_ROW = 20_000  # characters: of longer rows none are kept


def table_rows(text: str, references: References) -> tuple[Block, ...] | None:
    """The blocks of a chunk that is one table whose lines all begin with a bar; None of any other.

    Origins count from the chunk's beginning.
    """
    lines = text.split("\n")
    if len(lines) < 2 or not _UNDER_HEADS.fullmatch(lines[1]) or not all(line[:1] == "|" for line in lines):
        return None
    columns = lines[1].count("|") - 1
    if _columns(lines[0]) != columns or columns * len(lines) > _MOST_CELLS:
        return None
    return tuple(_rows(lines, columns, references))


def _rows(lines: list[str], columns: int, references: References) -> Iterator[Block]:
    starts = accumulate((len(line) + 1 for line in lines), initial=0)
    for number, (start, line) in enumerate(zip(starts, lines, strict=False)):
        if number == 1:
            continue
        read = _cached_row if len(line) <= _LONG_ROW else _read_row
        for block in read(line, columns, references):
            yield shifted(block if number else replace(block, label=HEAD), start)


def _columns(line: str) -> int:
    """The cells of a line that begins with a bar; a bar behind a backslash stands in a cell."""
    return line.count("|") - line.count("\\|") - bool(_LAST_BAR.search(line))


def _read_row(line: str, columns: int, references: References) -> tuple[Block, ...]:
    blocks = _simple(line, columns)
    return _parse_row(line, columns, references) if blocks is None else blocks


_cached_row = lru_cache(maxsize=2_048)(_read_row)


def _parse_row(line: str, columns: int, references: References) -> tuple[Block, ...]:
    above = "|" + " |" * columns + "\n|" + "-|" * columns + "\n"
    return tuple(shifted(block, -len(above)) for block in render(above + line, references))


def _simple(line: str, columns: int) -> tuple[Block, ...] | None:
    """The row without the parser, where nothing in it can be read in another way."""
    if "\\|" in line or _columns(line) != columns:
        return None
    writer, at = BlockWriter(), 1
    for cell in line[1:].split("|")[:columns]:
        writer.cell()
        inner = cell.strip(" ")
        start = at + len(cell) - len(cell.lstrip(" "))
        if inner != cell.strip() or not write_cell(writer, line, start, start + len(inner)):
            return None
        at += len(cell) + 1
    block = writer.block(BlockKind.ROW)
    return (block,) if block else ()


_DEFINES = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]{1,999}\]:", re.MULTILINE)
_LABEL = re.compile(r"\[([^\[\]]{1,999})\]")
_MARKS = re.compile(
    r"^ {0,3}(?:#{1,6} \S|```|~~~|> |\[[^\]\n]{1,200}\]: |\|?(?: *:?-{3,}:? *\|)+)"
    r"|\[[^\[\]\n]{1,500}\]\([^()\s]{1,2000}|\*\*[^\s*]|__[^\s_]",
    re.MULTILINE,
)
_SIGNS = b"[]*_~`<!&\\"
_MOST_SIGNS = 50_000  # characters that begin markup: a second or two of parsing
_DENSEST = 8  # characters to each of them: prose has 20 and more
_LARGEST = 1 << 18  # characters of a chunk; what is larger is read as plain text

_Piece = tuple[str, References | None]  # a chunk with the references that it uses; None: it is the front matter


class MarkdownReader:
    """Markdown."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks whose origins point into the decoded source."""
        source, notes = decode(data)
        return Extraction(source, markdown_blocks(source), notes)

    def source_pieces(self, data: bytes) -> Sequence[Hashable]:
        """The source in pieces for `piece_blocks`: most as bytes, some with the references that they use."""
        found = stretches(data)
        if found is not None and not _is_noise(data):
            return found
        source, _ = decode(data)
        if _is_noise(source.encode("utf-8", "surrogatepass")):
            return tuple([Block(one.kind, one.text, one.level) for one in plain_blocks(source)])
        return tuple([piece for _, piece in _source_chunks(_LineFeeds(source).text)])

    def piece_blocks(self, piece: Hashable) -> Sequence[Block]:
        """The blocks of a piece, their origins counted from anywhere."""
        if isinstance(piece, bytes):
            found = [_read(text, ()) for _, text in chunks(piece.decode())]
            return tuple(chain.from_iterable(found))
        return (piece,) if isinstance(piece, Block) else _read(*cast("_Piece", piece))


def reads_as_markdown(text: str) -> bool:
    """Whether `text` holds a mark that only Markdown has: a heading, fence, link, strong emphasis, table or quote.

    Paragraphs, lists and underlined headings are the same in plain text and give the same statements.
    """
    return _MARKS.search(text) is not None


def markdown_blocks(source: str) -> tuple[Block, ...]:
    """The blocks of a Markdown source."""
    if _is_noise(source.encode("utf-8", "surrogatepass")):
        return plain_blocks(source)
    lines = _LineFeeds(source)
    return tuple(lines.with_origin(at, block) for at, piece in _source_chunks(lines.text) for block in _read(*piece))


def _is_noise(source: bytes) -> bool:
    """Whether the source is so full of marks that it can be no document, and would take minutes to parse."""
    if len(source) <= _MOST_SIGNS:
        return False
    signs = len(source) - len(source.translate(None, _SIGNS))  # at once, which count() does sign by sign
    return signs > max(_MOST_SIGNS, len(source) // _DENSEST)


def _source_chunks(source: str) -> Iterator[tuple[int, _Piece]]:
    """The offsets and texts of the chunks, each with the references that it uses; None with the front matter."""
    front = front_matter(source)
    if front:
        yield 0, (source[:front], None)
    cut = list(chunks(source, front))
    references = _references([text for _, text in cut]) if "]:" in source else {}
    for at, text in cut:
        yield at, (text, _used(text, references))


def _front_block(text: str) -> Block:
    begin = text.index("\n") + 1
    end = text.rstrip().rindex("\n")
    return Block(BlockKind.METADATA, text[begin:end], origin=((0, begin),))


def _read(text: str, references: References | None) -> tuple[Block, ...]:
    """The blocks of one chunk, their origins counted from its beginning."""
    if references is None:
        return (_front_block(text),)
    if len(text) > _LARGEST:
        return plain_blocks(text)
    blocks = one_line(text)
    if blocks is None:
        blocks = table_rows(text, references)
    return render(text, references) if blocks is None else blocks


_defined = lru_cache(maxsize=1_024)(definitions)


def _references(texts: list[str]) -> dict[str, str]:
    """Labels -> targets of the whole document; the first definition of a label wins."""
    found: dict[str, str] = {}
    for text in texts:
        if "]:" in text and len(text) <= _LARGEST and _DEFINES.search(text):
            for label, target in _defined(text):
                found.setdefault(label, target)
    return found


def _used(text: str, references: dict[str, str]) -> References:
    """The references that a chunk may use: a part of what its parse depends on, and no more."""
    if not references or "[" not in text:
        return ()
    from markdown_it.common.utils import normalizeReference

    labels = {normalizeReference(label) for label in _LABEL.findall(text)}
    return tuple(sorted((label, references[label]) for label in labels & references.keys()))


class _LineFeeds:
    """The source with every line end a line feed, and the way back to the source's own offsets."""

    def __init__(self, source: str) -> None:
        self.text = source
        self._dropped: list[int] = []  # offsets in `text` before which a carriage return was left out
        if "\r" in source:
            parts = source.split("\r\n")
            self.text = "\n".join(parts).replace("\r", "\n")
            at = -1
            for part in parts[:-1]:
                at += len(part) + 1
                self._dropped.append(at)

    def with_origin(self, start: int, block: Block) -> Block:
        """The block with its origin in the source; it was parsed from the text at `start`."""
        if not self._dropped:
            origin = tuple([(at, start + there) for at, there in block.origin])
        else:
            origin = tuple(self._line_by_line(start, block))
        return Block(block.kind, block.text, block.level, block.links, origin, block.cells, block.label, block.emphasis)

    def _line_by_line(self, start: int, block: Block) -> Iterator[tuple[int, int]]:
        """The block's origin in the source, with a pair of its own behind each carriage return that was left out."""
        ends = [*(at for at, _ in block.origin[1:]), len(block.text)]
        for (at, there), end in zip(block.origin, ends, strict=True):
            base = start + there
            first, last = bisect_left(self._dropped, base), bisect_left(self._dropped, base + end - at - 1)
            yield at, base + first
            for number in range(first, last):
                behind = self._dropped[number] + 1
                yield at + behind - base, behind + number + 1
