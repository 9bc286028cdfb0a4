"""Segment blocks into statements, each block on its own: an edit cannot affect the statements of other blocks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain

from monitor.core.text.language import detect
from monitor.core.text.layout import layout_text
from monitor.core.text.sentences import sentence_ranges
from monitor.model import Block, BlockKind, CutBlock, Emphasis, Span, Statement

_WHOLE = frozenset({BlockKind.HEADING, BlockKind.ROW, BlockKind.FIELD})
_STRUCK = "~~"  # on both sides of text that is drawn with a line through it
# The path of a host may be left out (RFC 3986, 6.2.3).
_HOST = re.compile(r"https?://[^/?#\s]+/", re.IGNORECASE)
_LINES = frozenset({BlockKind.CODE, BlockKind.METADATA})
_LINE_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
UNKNOWN = "en"  # whose abbreviations are taken for those of a language that is unclear


def segment_blocks(blocks: Sequence[Block], language: str | None = None) -> tuple[Statement, ...]:
    """The statements of `blocks`, in order. `language` is an ISO 639-1 code; None detects it from all the blocks."""
    known = language or detect(block.text for block in blocks) or UNKNOWN
    return tuple(chain.from_iterable(cut_block(block, known).statements for block in blocks))


def cut_block(block: Block, language: str | None) -> CutBlock:
    """A block with its statements, of which it may have none; without its place in the document."""
    ranges = list(_ranges(block, language or UNKNOWN))
    statements = tuple(_statements(block, ranges))
    layout = _layout(block, ranges, statements) if block.label or block.emphasis else ""
    return CutBlock(block.kind, block.level, statements, block.cells, layout)


def _layout(block: Block, ranges: Iterable[tuple[int, int]], statements: Iterable[Statement]) -> str:
    """The layout of a block whose statements have these ranges; in one with a line break no words are set apart."""
    found: list[tuple[int, Emphasis]] = []
    for at, ((start, stop), statement) in enumerate(zip(ranges, statements, strict=True)):
        begin = statement.text.find(block.text[start:stop])  # a mark of struck text may stand before it
        own = ((max(one, start), min(end, stop), kind) for one, end, kind in block.emphasis)
        if begin >= 0:
            found += [(at, (one - start + begin, end - start + begin, kind)) for one, end, kind in own if one < end]
    return layout_text(block.label, found)


def segment_spans(blocks: Sequence[Block], language: str | None = None) -> tuple[tuple[Statement, Span], ...]:
    """The same, each with its range in the document's text; ranges ascend and do not overlap."""
    known = language or detect(block.text for block in blocks) or UNKNOWN
    placed: list[tuple[Statement, Span]] = []
    last = 0
    for block in blocks:
        ranges = list(_ranges(block, known))
        for statement, (begin, stop) in zip(_statements(block, ranges), ranges, strict=True):
            start = max(last, _in_document(block.origin, begin))
            last = max(start, _in_document(block.origin, stop - 1) + 1)
            placed.append((statement, Span(start, last)))
    return tuple(placed)


def _in_document(origin: tuple[tuple[int, int], ...], offset: int) -> int:
    at, there = origin[max(0, bisect_right(origin, (offset, 1 << 62)) - 1)]
    return there + offset - at


def _statements(block: Block, ranges: Iterable[tuple[int, int]]) -> Iterator[Statement]:
    waiting = deque(sorted(block.links, key=lambda link: link.start)) if block.links else ()
    struck = 0  # marks of text that is drawn through, so far: an odd one is open
    parted = _STRUCK in block.text and block.kind not in _LINES and block.text.count(_STRUCK) % 2 == 0
    for start, stop in ranges:
        targets = []
        while waiting and waiting[0].start < stop:
            target = waiting.popleft().target
            targets.append(target[:-1] if _HOST.fullmatch(target) else target)
        piece = _one_line(block.text[start:stop])
        if parted:  # each sentence has both of its marks
            before, struck = struck, struck + piece.count(_STRUCK)
            if struck:
                piece = f"{_STRUCK * (before % 2)}{piece}{_STRUCK * (struck % 2)}"
        yield Statement(piece, block.kind, block.level, tuple(targets))


def _one_line(text: str) -> str:
    return " ".join(filter(None, map(str.strip, text.splitlines()))) if _LINE_BREAK.search(text) else text


def _ranges(block: Block, language: str) -> Iterator[tuple[int, int]]:
    kind, text = block.kind, block.text
    if kind is BlockKind.ROW and not text.isspace():
        yield 0, len(text)  # an empty first or last cell keeps its separator
    elif kind in _WHOLE:
        yield from _trimmed(text, 0, len(text))
    elif kind in _LINES:
        at = 0
        for line in text.split("\n"):
            yield from _trimmed(text, at, at + len(line))
            at += len(line) + 1
    elif text.count(_STRUCK) % 2 == 0 and _STRUCK in text:
        yield from _ranges_between_marks(text, language)
    else:
        yield from sentence_ranges(text, language)


def _ranges_between_marks(text: str, language: str) -> Iterator[tuple[int, int]]:
    """The sentences of the text without its marks: an opening one belongs to what follows, a closing one does not."""
    pieces = text.split(_STRUCK)
    marks = list(accumulate(map(len, pieces[:-1])))  # places in the text without them, opening and closing in turn
    closing = marks[1::2]

    def place(at: int) -> int:
        here = bisect_right(closing, at) - bisect_left(closing, at)
        return at + len(_STRUCK) * (bisect_left(marks, at) + here)

    for start, stop in sentence_ranges("".join(pieces), language):
        yield place(start), place(stop)


def _trimmed(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    piece = text[start:stop]
    stripped = piece.strip()
    if stripped:
        begin = start + len(piece) - len(piece.lstrip())
        yield begin, begin + len(stripped)
