"""What stands at the edges of PDF pages: page numbers, which are layout, and running heads and feet, which come once.

Only a bare number that follows the pages is a page number. A row is a running head where it stands apart from the text
and comes again word for word, at the same height of other pages. Numbers of lines are layout too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median
from typing import Final

from monitor.readers.page_numbers import is_page_number, page_number
from monitor.readers.pdf_layout import Measures, Page, PdfLine, Segment
from monitor.readers.pdf_words import Word

_EDGE: Final = 3  # rows from the top or the bottom
_FEW: Final = 4  # pages: in so short a document two are enough to tell by
_PAGES: Final = 3  # pages that a running head is on, and that a number follows, in a longer one
_HEIGHT: Final = 3.0  # points by which the places of a running head differ
_APART: Final = 1.4  # of the usual distance of lines
_COLUMN: Final = 3.0  # times the size: numbers that are nearer below each other are a column's
_ALIGNED: Final = 1.5  # points
_BARS: Final = "|•·–—-"
_LONGEST_NUMBER: Final = 4  # words of the number of a page: `page 3 of 9`
_LARGE: Final = 2.0  # of the body's size: what is so large and comes again is behind the text


@dataclass
class Margins:
    """The pages without their margins, and the rows of these: each once, in the order of the pages."""

    pages: list[Page]
    heads: list[Page] = field(default_factory=list)
    feet: list[Page] = field(default_factory=list)


def without_margins(pages: Sequence[Page]) -> Margins:
    """Take page numbers and what repeats off the pages' edges; each page keeps the order of its rows."""
    if not any(page.rows for page in pages):
        return Margins(list(pages), [], [Page(page.oblique) for page in _once([page.oblique for page in pages])])
    return _Finder(pages).found()


@dataclass(slots=True)
class _EdgeLine:
    """A row at an edge: its numbers of the page, and the rest of it, if there is any."""

    row: PdfLine
    rest: PdfLine | None
    numbers: tuple[int, ...] = ()
    is_named: bool = False  # words say that the number is a page's

    @property
    def text(self) -> str:
        return self.rest.text if self.rest else ""


class _Finder:
    """Knows what stands at the edges of all pages."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = pages
        self._measures = Measures(pages)
        self._needed = 2 if len(pages) <= _FEW else _PAGES
        self._edges = [tuple([_parted(row) for row in edge] for edge in _edges(page)) for page in pages]
        self._offsets: Counter[int] = Counter()  # from the places of the pages to the numbers on them
        self._bases: dict[str, list[float]] = {}
        for number, edges in enumerate(self._edges):
            for one in {id(one.row): one for edge in edges for one in edge}.values():
                self._offsets.update(value - number for value in one.numbers)
                self._bases.setdefault(one.text, []).append(one.row.base)
        for page in pages:
            for row in page.rows:
                if row.size > _LARGE * self._measures.body:
                    self._bases.setdefault(_BEHIND + row.text, []).append(row.base)
        for bases in self._bases.values():
            bases.sort()

    def found(self) -> Margins:
        """The pages without their margins, and these."""
        kept: list[Page] = []
        heads: list[list[PdfLine]] = []
        feet: list[list[PdfLine]] = []
        for number, (page, edges) in enumerate(zip(self._pages, self._edges, strict=True)):
            top, bottom = (self._running(page, number, edge) for edge in edges)
            gone = {id(one.row) for one in (*top, *bottom)}
            behind = [row for row in page.rows if id(row) not in gone and self._is_behind(row)]
            gone |= {id(row) for row in behind}
            heads.append([one.rest for one in top if one.rest is not None])
            feet.append([*(one.rest for one in reversed(bottom) if one.rest is not None), *behind, *page.oblique])
            kept.append(replace(page, rows=tuple(row for row in page.rows if id(row) not in gone)) if gone else page)
        return Margins(kept, list(_once(heads)), list(_once(feet)))

    def _running(self, page: Page, number: int, edge: list[_EdgeLine]) -> list[_EdgeLine]:
        """The rows from the edge inwards that are none of the text."""
        found: list[_EdgeLine] = []
        for place, one in enumerate(edge):
            if one.numbers and not self._follows(page, number, one):
                one = _EdgeLine(one.row, one.row)
            if one.rest is not None and not (self._repeats(one) and self._is_apart(edge, place)):
                break
            found.append(one)
        return found

    def _follows(self, page: Page, number: int, one: _EdgeLine) -> bool:
        """Whether the number counts with the pages."""
        if one.is_named:
            return True
        if _in_column(page, one.row):
            return False
        if len(self._pages) <= _FEW and len(self._offsets) > 1:
            return number + 1 in one.numbers and self._offsets[1] >= self._needed
        counted = any(self._offsets[value - number] >= self._needed for value in one.numbers)
        return counted or (number + 1 in one.numbers and not one.row.text.isalpha())

    def _repeats(self, one: _EdgeLine) -> bool:
        return _near(self._bases.get(one.text, ()), one.row.base) >= self._needed

    def _is_behind(self, row: PdfLine) -> bool:
        """Whether the row is a watermark: large, at one place of most pages."""
        if row.size <= _LARGE * self._measures.body:
            return False
        repeats = _near(self._bases[_BEHIND + row.text], row.base)
        return repeats >= 2 and 2 * repeats >= len(self._pages)

    def _is_apart(self, edge: list[_EdgeLine], place: int) -> bool:
        """Whether the row differs from the text beside it: in size, weight or distance, also over rows that repeat."""
        for inner in range(place, len(edge) - 1):
            row, after = edge[inner].row, edge[inner + 1].row
            if abs(row.base - after.base) > _APART * self._measures.pitch(after):
                return True
            if not self._repeats(edge[inner + 1]):
                return not self._measures.alike(edge[place].row, after)
        return not self._measures.is_body(edge[place].row)


_BEHIND: Final = "\0"  # before the text of a row that may be behind the others


def _near(bases: Sequence[float], base: float) -> int:
    return bisect_right(bases, base + _HEIGHT) - bisect_left(bases, base - _HEIGHT)


def _once(edges: Sequence[Sequence[PdfLine]]) -> Iterator[Page]:
    """The rows that no edge before has, by pages."""
    told: set[str] = set()
    for rows in edges:
        new = [row for row in rows if row.text not in told]
        told.update(row.text for row in new)
        if new:
            yield Page(tuple(new))


def _edges(page: Page) -> tuple[list[PdfLine], list[PdfLine]]:
    """The rows at the top, from the edge inwards, and those at the bottom."""
    ordered = sorted(page.rows, key=lambda row: -row.base)
    reach = min(_EDGE + 1, len(ordered))
    return ordered[:reach], ordered[::-1][:reach]


def _parted(row: PdfLine) -> _EdgeLine:
    """The row with the numbers that stand apart from the rest: alone, in a cell, behind a bar."""
    if is_page_number(row.text):
        value = page_number(row.text)
        return _EdgeLine(row, None, () if value is None else (value,), not _is_bare(row.text))
    if len(row.cells) > 1:
        numbers = [cell for cell in row.cells if is_page_number(cell.text)]
        rest = tuple(cell for cell in row.cells if cell not in numbers)
    else:
        numbers, rest = _cut_at_bars(row.cells[0])
    if not numbers or not rest:
        return _EdgeLine(row, row)
    values = tuple(value for cell in numbers if (value := page_number(cell.text)) is not None)
    return _EdgeLine(row, replace(row, cells=rest), values, not all(_is_bare(cell.text) for cell in numbers))


def _is_bare(text: str) -> bool:
    return sum(map(str.isalpha, text)) == 0 or text.strip(" -–—|.").isalpha()


def _cut_at_bars(segment: Segment) -> tuple[list[Segment], tuple[Segment, ...]]:
    """A first or last part that is a page number, apart from the rest by a bar or by its words (`page 3 of 9`)."""
    words = segment.words
    bars = [at for at, word in enumerate(words) if word.text in _BARS and 0 < at < len(words) - 1]
    for at in {bars[0], bars[-1]} if bars else ():
        for number, rest in ((words[:at], words[at + 1 :]), (words[at + 1 :], words[:at])):
            if is_page_number(" ".join(word.text for word in number)):
                return [_segment(number)], (_segment(rest),)
    for length in range(min(_LONGEST_NUMBER, len(words) - 1), 1, -1):
        for number, rest in ((words[-length:], words[:-length]), (words[:length], words[length:])):
            text = " ".join(word.text for word in number)
            if is_page_number(text) and not _is_bare(text) and (rest[-1].text not in _BARS or len(rest) > 1):
                return [_segment(number)], (_segment(rest[:-1] if rest[-1].text in _BARS else rest),)
    return [], ()


def _segment(words: Sequence[Word]) -> Segment:
    return Segment(tuple(words), min(word.left for word in words), max(word.right for word in words))


def _in_column(page: Page, row: PdfLine) -> bool:
    """Whether the row is a number right above or below another one, as the last of a table's column is."""
    if len(row.cells) > 1:
        return False
    cell, size = row.cells[0], row.size
    return any(
        other is not row
        and abs(other.base - row.base) < _COLUMN * size
        and any(
            one.text.strip("-–+ ").replace(",", "").replace(".", "").isdecimal()
            and (abs(one.right - cell.right) < _ALIGNED or abs(one.left - cell.left) < _ALIGNED)
            for one in other.cells
        )
        for other in page.rows
    )


# --- numbers of lines ------------------------------------------------------------------------------

_LINES: Final = 5  # numbers that make a column of them
_FEWEST: Final = 3  # the same, where they count by more than one
_COLUMNS: Final = 50  # of numbers that are looked at on a page
_EVERY: Final = (1, 5, 10)  # by so many they count
_PROSE: Final = 30  # characters of the middling line beside them
_NUMBERED: Final = 0.9  # of the lines beside them


def without_line_numbers(words: Sequence[Word]) -> list[Word]:
    """The words without a column of numbers that counts the lines beside it, as in pleadings, bills and patents."""
    numbers = [word for word in words if word.text.isdecimal() and len(word.text) <= 4 and not word.angle]
    if len(numbers) < _FEWEST:
        return list(words)
    gone: set[int] = set()
    tried = 0
    for side in ("right", "left"):
        numbers.sort(key=lambda word: (word.quarter, getattr(word, side), -word.base))
        column: list[Word] = []
        for word in [*numbers, None]:
            near = word and column and getattr(word, side) - getattr(column[-1], side) < _ALIGNED
            if column and not (near and word and word.quarter == column[-1].quarter):
                if len(column) >= _FEWEST and tried < _COLUMNS and not gone.issuperset(map(id, column)):
                    tried += 1
                    gone.update(map(id, column) if _counts_lines(column, words) else ())
                column = []
            if word:
                column.append(word)
    return [word for word in words if id(word) not in gone]


def _counts_lines(column: Sequence[Word], words: Sequence[Word]) -> bool:
    """Whether the numbers count by one, five or ten, and beside them is a full line for each."""
    column = sorted(column, key=lambda word: -word.base)
    values = [int(word.text) for word in column]
    steps = {two - one for one, two in pairwise(values)}
    step = steps.pop() if len(steps) == 1 else 0
    if step not in _EVERY or values[0] % step or (step == 1 and len(column) < _LINES):
        return False
    own = set(map(id, column))
    half = median(word.size for word in column) / 2
    lines: dict[int, list[Word]] = {}
    top, bottom = column[0].base + half, column[-1].base - half
    for word in words:
        if id(word) not in own and word.quarter == column[0].quarter and bottom <= word.base <= top:
            lines.setdefault(round(word.base / half / 2), []).append(word)
    if not lines or median(sum(len(word.text) + 1 for word in line) for line in lines.values()) < _PROSE:
        return False
    if step > 1:
        return len(lines) >= _NUMBERED * step * (len(column) - 1)
    bases = sorted(word.base for word in column)
    numbered = sum(_within(bases, median(word.base for word in line), half) for line in lines.values())
    return numbered >= _NUMBERED * len(lines) and _run_on(lines)


def _within(bases: Sequence[float], base: float, reach: float) -> bool:
    at = bisect_left(bases, base - reach)
    return at < len(bases) and bases[at] <= base + reach


def _run_on(lines: dict[int, list[Word]]) -> bool:
    """Whether a third of the lines go on with a sentence, where the rows of a table begin anew."""
    first = [min(line, key=lambda word: word.left).text[:1] for line in lines.values()]
    return 3 * sum(map(str.islower, first)) >= len(first)
