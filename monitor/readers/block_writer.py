"""The block writer: collects the text of a block with the source offset of each piece.

Also here: whether a line break within a paragraph means a space, extractions of formats without source text, and
finding rendered text in its source again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from monitor.core.text.layout import merged
from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Emphasis, Extraction, Link

_HYPHENATED = re.compile(r"\w-{1,2}$")
_WORD = re.compile(r"\w+")
# `pre- and post-war`: the hyphen stands for the word's other half, and a space follows it
_CONNECTING = frozenset({"and", "or", "to", "but", "nor", "und", "oder", "bis", "et", "ou", "y", "e", "o", "en", "of"})
LONGEST_TAIL = 3  # characters of the line before that matter


def joint(before: str, after: str) -> str:
    """What joins the end of a line and the beginning of the next one: `before` and `after` are not empty.

    Nothing where the script writes no spaces, and behind a hyphen, which may end a line without a space.
    """
    if _is_spaceless(before[-1]) and _is_spaceless(after[0]):
        return ""
    if before[-1] == "-" and _HYPHENATED.search(before[-LONGEST_TAIL:]):
        word = _WORD.match(after[:20])
        return "" if word and word.group().lower() not in _CONNECTING else " "
    return " "


def _is_spaceless(char: str) -> bool:
    # Chinese and Japanese with their punctuation, Thai and Lao; Korean writes spaces
    return "\u3000" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef" or "\u0e00" <= char <= "\u0eff"


_HALVES = re.compile("[\ud800-\udfff]")  # of pairs: no character, and nothing that could be written down
MOST_TEXT = 30_000_000  # characters: some 10,000 pages
MOST_BLOCKS = 500_000


def placed(blocks: Iterable[Block], notes: tuple[str, ...] = ()) -> Extraction:
    """The blocks with their origins in the joined text; ExtractError where there is more than a document holds."""
    found: list[Block] = []
    at = 0
    for block in blocks:
        found.append(replace(block, text=_HALVES.sub("\ufffd", block.text), origin=((0, at),)))
        at += len(block.text) + 1
        if at > MOST_TEXT or len(found) > MOST_BLOCKS:
            raise ExtractError(f"refused: more than {MOST_TEXT:,} characters or {MOST_BLOCKS:,} blocks of text")
    return Extraction("\n".join(block.text for block in found), tuple(found), notes)


def left_out(count: int, one: str, why: str = "") -> tuple[str, ...]:
    """The note of an extraction that leaves out so many of a kind of part; none of zero."""
    many = f"1 {one} is" if count == 1 else f"{count:,} {one}s are"
    return (f"{many} not read" + (f" ({why})" if why else ""),) if count else ()


def by(author: str | None, blocks: Iterable[Block]) -> Iterator[Block]:
    """A comment's blocks, the name of who wrote it before the first."""
    for number, block in enumerate(blocks):
        lead = f"{author}: " if author and not number else ""
        links = tuple(Link(one.start + len(lead), one.end + len(lead), one.target) for one in block.links)
        yield Block(block.kind, lead + block.text, block.level, links)


_MISSES = 32  # within one range: after so many the source is not searched any more, which keeps the cost linear


class Trace:
    """The place in a source up to which everything was found."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self._stop = len(source)
        self._misses = 0

    def within(self, start: int, stop: int) -> None:
        """Look between these offsets from now on, never before what was found already."""
        self.at = max(self.at, start)
        self._stop = max(self.at, stop)
        self._misses = 0

    def find(self, piece: str) -> int:
        """The offset of the next `piece`, which the cursor then passes; the cursor's own where it is not found."""
        if self._misses < _MISSES:
            found = self.source.find(piece, self.at, self._stop)
            if found >= 0:
                self.at = found + len(piece)
                return found
            self._misses += 1
        return min(self.at, self._stop)

    def skip(self, piece: str) -> bool:
        """Pass `piece` if it stands right here."""
        if not self.source.startswith(piece, self.at):
            return False
        self.at += len(piece)
        return True


CELL = " | "  # between the cells of a row, in every format


class BlockWriter:
    """Collects pieces of text with their offsets in the document; `block` gives what was written, and starts again."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._origin: list[tuple[int, int]] = []
        self._links: list[Link] = []
        self._cells: list[int] = []  # where the cells of a row begin
        self._emphasis: list[Emphasis] = []
        self.length = 0  # characters written so far
        self.last = ""  # the last character written
        self._written = self._end = 0  # where the last written piece ends, here and in the document

    def write(self, piece: str, at: int) -> None:
        """Append `piece`, whose first character stands at offset `at` of the document."""
        if not piece:
            return
        if not self._origin:  # separators before it (of empty cells) stand at its first character
            self._origin += [(offset, at) for offset in range(self.length)]
        if not self._origin or at - self._origin[-1][1] != self.length - self._origin[-1][0]:
            self._origin.append((self.length, at))
        self.fill(piece)
        self._written, self._end = self.length, at + len(piece)

    def fill(self, piece: str) -> None:
        """Append a separator that occurs nowhere in the document; offsets in it run on from the piece before."""
        if not piece:
            return
        self._pieces.append(piece)
        self.length += len(piece)
        self.last = piece[-1]

    def cell(self) -> None:
        """The next cell of a row begins, which may be empty."""
        if self._cells:
            if self.last.isspace():
                self._end_cell()
            self._pieces.append(CELL)
            self.length += len(CELL)
            self.last = " "
        self._cells.append(self.length)

    def _end_cell(self) -> None:
        """Take white space off the end of the open cell, no-break spaces as well: a cell of them is empty."""
        start = self._cells[-1]
        if self.length == start:
            return
        while self.length > start and self.last.isspace():
            piece = self._pieces.pop()
            self.length -= len(piece)
            kept = piece.rstrip()
            if kept:
                self._pieces.append(kept)
                self.length += len(kept)
            self.last = next((one[-1] for one in reversed(self._pieces)), "")
        self._origin = [pair for pair in self._origin if pair[0] < self.length]
        self._written = min(self._written, self.length)

    def rewrite(self, start: int, change: Callable[[str], str]) -> None:
        """Put `change(text)` for the text from offset `start` on, where a piece began: as long as it, or empty."""
        first, length = len(self._pieces), self.length
        while first and length > start:
            first -= 1
            length -= len(self._pieces[first])
        new = change("".join(self._pieces[first:]))
        self._pieces[first:] = [new] if new else []
        if not new:
            self.length = length
            self.last = next((piece[-1] for piece in reversed(self._pieces)), "")
            self._origin = [pair for pair in self._origin if pair[0] < length]
            self._links = [link for link in self._links if link.end <= length]
            self._written = min(self._written, length)

    def link(self, start: int, target: str) -> None:
        """Note that everything from offset `start` of the block to here links to `target`."""
        self._links.append(Link(start, self.length, target))

    def emphasise(self, start: int, kind: str) -> None:
        """Note that everything from offset `start` of the block to here is set apart."""
        self._emphasis.append((start, self.length, kind))

    def text(self) -> str:
        """What was written so far."""
        return "".join(self._pieces)

    def tail(self, length: int) -> str:
        """The last characters of it, `length` at most."""
        return "".join(self._pieces[-length:])[-length:]

    def block(self, kind: BlockKind, level: int = 0) -> Block | None:
        """The block that was written, None where that is white space alone; the block writer is empty afterwards."""
        if self._cells and self.last.isspace():
            self._end_cell()
        # Separators at the end (of empty cells) have nothing to run on into: they stand at the last character.
        if self._written < self.length and self._origin:
            self._origin += [(offset, self._end - 1) for offset in range(self._written, self.length)]
        text, links, origin = "".join(self._pieces), tuple(self._links), tuple(self._origin)
        ends = [*(begin - len(CELL) for begin in self._cells[1:]), self.length]
        cells = tuple(zip(self._cells, ends, strict=True)) if self._cells else ()
        emphasis = merged(self._emphasis) if self._emphasis else ()
        self.__init__()  # type: ignore[misc]
        block = Block(kind, text, level, links, origin, cells, "", emphasis)
        return block if origin and not text.isspace() else None
