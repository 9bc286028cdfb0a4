"""The layout of PDF pages: lines, columns, table rows, usual sizes and distances."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from statistics import median
from typing import Final

from monitor.readers.pdf_words import Word, is_rtl

_SAME_SIZE: Final = 0.08
_HEAVIER: Final = 1.35  # times the body's weight, and above this: bold
_BOLD: Final = 450


class Measures:
    """The measures of all pages together; there must be at least one row. `body` is the size of most of the text."""

    def __init__(self, pages: Sequence[Page]) -> None:
        sizes: Counter[float] = Counter()
        weights: Counter[int] = Counter()
        pitches: dict[float, list[float]] = {}
        for page in pages:
            for before, row in zip((None, *page.rows), page.rows, strict=False):
                size = row.size
                sizes[size] += len(row.text)
                weights.update(word.weight for cell in row.cells for word in cell.words)
                if before is not None and before.size == size and 0 < before.base - row.base < 3 * size:
                    pitches.setdefault(size, []).append(before.base - row.base)
        self.body = max(sizes, key=lambda size: (sizes[size], size))
        self._weight = max(weights, key=lambda weight: (weights[weight], weight))
        # the lower quartile: the distance within paragraphs, even where most of them are short
        self._pitches = {size: sorted(found)[len(found) // 4] for size, found in pitches.items()}

    def pitch(self, row: PdfLine) -> float:
        """The usual distance to the next line."""
        return self._pitches.get(row.size, 1.2 * row.size)

    def is_bold(self, row: PdfLine) -> bool:
        """Whether all of the row is heavier than most of the document."""
        lightest = min(word.weight for cell in row.cells for word in cell.words)
        return lightest > max(_HEAVIER * self._weight, _BOLD if self._weight < _BOLD else 0)

    def is_body(self, row: PdfLine) -> bool:
        """Whether the row is set in the size and weight of most of the text."""
        return abs(row.size - self.body) <= _SAME_SIZE * self.body and not self.is_bold(row)

    def alike(self, before: PdfLine, row: PdfLine) -> bool:
        """Whether two rows are set in one size and weight."""
        one, two = before.size, row.size
        return abs(one - two) <= _SAME_SIZE * max(one, two) and self.is_bold(before) == self.is_bold(row)


_SAME_LINE: Final = 0.35  # of the size: how far the baselines of one line differ
_RAISED_LINE: Final = 0.6  # the same for smaller characters, which may be raised
_WIDE_GAP, _GAP = 2.0, 0.9  # of the size: always, and where it stands out, between two cells or columns
_OTHER_SIZE: Final = 0.4  # of the larger size: so small and large characters share no line
_EQUAL, _UNEQUAL = 0.03, 0.3  # of the size: gaps of a justified line differ by less, its words by more
_NARROWEST: Final = 0.2  # of the size: the gap between words of a line that hardly has any
_STANDS_OUT: Final = 2.5  # times the line's other gaps
_COLUMN_LINES: Final = 4  # lines on each side of a gutter, at least
_COLUMN_WIDTH: Final = 18  # characters: narrower columns are a table's
_FULL: Final = 0.6  # of a column's width: what its middling line fills


@dataclass(frozen=True)
class Segment:
    """Words that stand on one line without a gap."""

    words: tuple[Word, ...]
    left: float
    right: float

    @property
    def base(self) -> float:
        return self.words[0].base

    @property
    def size(self) -> float:
        return max(word.size for word in self.words)

    @cached_property
    def text(self) -> str:
        return " ".join([word.text for word in self.words])


@dataclass(frozen=True)
class PdfLine:
    """One line of a column, or the cells of a table's row; `low` and `high` are the column's left and right ends.

    `is_note`: a note begins here, and its mark is taken off.
    """

    cells: tuple[Segment, ...]
    low: float
    high: float
    is_note: bool = False

    @property
    def base(self) -> float:
        return self.cells[0].base

    @cached_property
    def text(self) -> str:
        return " ".join([cell.text for cell in self.cells])

    @cached_property
    def size(self) -> float:
        """The size of most words, in points."""
        return round(median([word.size for cell in self.cells for word in cell.words]), 1)

    @property
    def rtl(self) -> bool:
        """Whether most words run to the left."""
        return 2 * sum(is_rtl(word.text) for cell in self.cells for word in cell.words) > len(self.text.split())

    @property
    def indent(self) -> float:
        """From the column's end where lines begin to this row's beginning."""
        return self.high - self.cells[0].right if self.rtl else self.cells[0].left - self.low

    @property
    def free_width(self) -> float:
        """From this row's end to the column's end where lines end."""
        return self.cells[-1].left - self.low if self.rtl else self.high - self.cells[-1].right


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page in reading order; `oblique` are those that no right angle turns, as watermarks."""

    rows: tuple[PdfLine, ...]
    oblique: tuple[PdfLine, ...] = ()


def page_of(words: Sequence[Word]) -> Page:
    """The rows of a page; text that is turned against most of the page follows the rest."""
    straight = [word for word in words if not word.angle]
    quarters = [word.quarter for word in straight]
    rows: list[PdfLine] = []
    for quarter in sorted(set(quarters), key=lambda one: (-quarters.count(one), one)):
        segments = _segments([word for word in straight if word.quarter == quarter])
        rows += _ordered(segments)
    oblique: dict[int, list[Word]] = {}
    for word in words:
        if word.angle:
            oblique.setdefault(word.angle, []).append(word)
    return Page(tuple(rows), tuple(_pdf_line([_segment(found)], 0.0, 0.0) for found in oblique.values()))


# --- words -> segments --------------------------------------------------------------------------


def _segments(words: Sequence[Word]) -> list[Segment]:
    return [segment for line in _lines(words) for segment in _cut(line)]


def _lines(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Runs of words, in the order of the file, that stand on one line."""
    line: list[Word] = []
    for word in words:
        if line and not _on_line(line, word):
            yield line
            line = []
        line.append(word)
    if line:
        yield line


def _on_line(line: list[Word], word: Word) -> bool:
    before = line[-1]
    if before.broken:
        return False
    size = max(before.size, word.size)
    if min(before.size, word.size) < _OTHER_SIZE * size:
        return False
    near = _SAME_LINE if min(before.size, word.size) > 0.85 * size else _RAISED_LINE
    if min(abs(word.base - before.base), abs(word.base - line[0].base)) > near * size:
        return False
    # back to the left by more than a kern: another line's beginning, unless the script runs that way
    return word.right > before.left - 0.2 * size or is_rtl(word.text) or is_rtl(before.text)


def _cut(line: list[Word]) -> Iterator[Segment]:
    """The words between the line's wide gaps, in the order of the file, which is that of reading."""
    places = sorted(line, key=lambda word: word.left)
    ends = list(accumulate((word.right for word in places), max))
    gaps = [max(0.0, word.left - end) for word, end in zip(places[1:], ends, strict=False)]
    if _is_stretched(places, gaps):
        return iter([_segment(line)])
    cuts = []
    for gap, word in zip(gaps, places[1:], strict=True):
        if gap > _WIDE_GAP * word.size or (gap > _GAP * word.size and gap > _STANDS_OUT * _usual(gaps, word.size)):
            cuts.append(word.left)
    parts: dict[int, list[Word]] = {}
    for word in line:
        parts.setdefault(bisect_right(cuts, word.left), []).append(word)
    return map(_segment, parts.values())


def _is_stretched(words: Sequence[Word], gaps: Sequence[float]) -> bool:
    """Whether a line was justified: its gaps are equal though its words are not, as in no row of a table."""
    if len(gaps) < 2:
        return False
    size, widths = words[0].size, [word.right - word.left for word in words[:-1]]
    return max(gaps) - min(gaps) < _EQUAL * size and max(widths) - min(widths) > _UNEQUAL * size


def _usual(gaps: list[float], size: float) -> float:
    """The gap between words in this line, though most may be between cells; where it has few, what fonts have."""
    return max(sorted(gaps)[len(gaps) // 4], _NARROWEST * size) if len(gaps) > 2 else 0.25 * size


def _segment(words: list[Word]) -> Segment:
    return Segment(tuple(words), min(word.left for word in words), max(word.right for word in words))


# --- segments -> rows in reading order -------------------------------------------------------------


def _ordered(segments: list[Segment]) -> Iterator[PdfLine]:
    gutter = _gutter(segments)
    if gutter is None:
        yield from _rows(segments)
        return
    band: list[Segment] = []
    for segment in sorted(segments, key=lambda one: -one.base):
        if segment.left < gutter < segment.right:  # what reaches over the gutter parts the columns above and below
            yield from _columns(band, gutter)
            yield from _rows([segment])
            band = []
        else:
            band.append(segment)
    yield from _columns(band, gutter)


def _columns(band: list[Segment], gutter: float) -> Iterator[PdfLine]:
    sides = [one for one in band if one.right <= gutter], [one for one in band if one.right > gutter]
    rtl = 2 * sum(is_rtl(one.text) for one in band) > len(band)
    for side in reversed(sides) if rtl else sides:
        yield from _ordered(side)


def _gutter(segments: list[Segment]) -> float | None:
    """Where two columns of prose part; None where there are none."""
    if len(segments) < 2 * _COLUMN_LINES:
        return None
    lefts, rights = sorted(one.left for one in segments), sorted(one.right for one in segments)
    best: tuple[int, float] | None = None
    for left in dict.fromkeys(round(one, 1) for one in lefts):
        place = left - 1.0
        on_left, on_right = bisect_right(rights, place), len(lefts) - bisect_left(lefts, place)
        crossing = len(segments) - on_left - on_right
        rank = min(on_left, on_right) - 2 * crossing, place
        if min(on_left, on_right) >= _COLUMN_LINES and rank[0] > 0 and (best is None or rank[0] > best[0]):
            best = rank
    if best is None or not _is_prose(segments, best[1]):
        return None
    return best[1]


def _is_prose(segments: list[Segment], gutter: float) -> bool:
    """Whether both sides are columns whose lines fill them, side by side."""
    left = [one for one in segments if one.right <= gutter]
    right = [one for one in segments if one.left >= gutter]
    for side in (left, right):
        low, high = min(one.left for one in side), max(one.right for one in side)
        if median(one.right - one.left for one in side) < _FULL * (high - low):
            return False
        if median(len(one.text) for one in side) < _COLUMN_WIDTH:
            return False
    top, bottom = (min(max(one.base for one in side) for side in (left, right)),
                   max(min(one.base for one in side) for side in (left, right)))  # fmt: skip
    return top - bottom > 2 * left[0].size


def _rows(segments: list[Segment]) -> Iterator[PdfLine]:
    """The segments of one column, from top to bottom; those on one line are cells."""
    if not segments:
        return
    low, high = min(one.left for one in segments), max(one.right for one in segments)
    row: list[Segment] = []
    for segment in sorted(segments, key=lambda one: -one.base):
        sizes = (row[0].size, segment.size) if row else (1.0, 1.0)
        if row and (row[0].base - segment.base > _SAME_LINE * max(sizes) or min(sizes) < _OTHER_SIZE * max(sizes)):
            yield _pdf_line(row, low, high)
            row = []
        row.append(segment)
    yield _pdf_line(row, low, high)


def _pdf_line(cells: list[Segment], low: float, high: float) -> PdfLine:
    rtl = 2 * sum(is_rtl(one.text) for one in cells) > len(cells)
    return PdfLine(tuple(sorted(cells, key=lambda one: -one.right if rtl else one.left)), low, high)
