"""Rows of PDF pages -> blocks: lines are joined to paragraphs, hyphens mended, headings told by size or weight."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from monitor.extractors.layout import ends_sentence, list_marker
from monitor.extractors.page import row_of, superscript
from monitor.extractors.pdflines import Page, Row, Segment
from monitor.extractors.pdfwords import Word
from monitor.extractors.softbreak import joint
from monitor.model import Block, BlockKind, Link

_LARGER: Final = 1.12  # of the body's size: a heading
_SAME_SIZE: Final = 0.08
_HEAVIER: Final = 1.35  # times the body's weight, and above this: bold
_BOLD: Final = 450
_PITCH: Final = 1.25  # of the usual distance of lines: a new paragraph
_NARROW: Final = 12  # times the size: a column so narrow holds labels, each on a line
_EMPTY: Final = 0.3  # of a line's width, empty at its end: somebody ended the line on purpose
_EMPTIER: Final = 0.6  # the same, where the next line begins as a sentence goes on
_INDENT: Final = 0.7  # of the size
_NO_SPACE: Final = 0.05  # of the size: no space is that narrow, though pdfium may see one before raised characters
_RAISED: Final = 0.85  # of the line's size
_TITLE: Final = 120  # characters of the longest heading that is told by its weight
_LEADER: Final = 4  # dots before a page number
_ALONE: Final = re.compile(r"(?:[-*+•·‣▪●○◦–—o]|\d{1,3}[.)]|\(?[a-z]{1,4}\)|\d{1,2}(?:\.\d{1,2}){1,4}\.?)$")
_HYPHENS: Final = "-\u2010"


def paragraphs(pages: Sequence[Page]) -> Iterator[Block]:
    """The blocks of all pages; a paragraph that goes on over a page or a column is one."""
    rows = [row for page in pages for row in page.rows]
    if not rows:
        return
    measures = _Measures(pages)
    words = _vocabulary(rows)
    joined: list[_Paragraph] = []
    for page in pages:
        found = list(_page(page, measures))
        if found and joined and (open_one := _goes_on(joined, found[0], measures)) is not None:
            open_one.rows += found.pop(0).rows
        joined += found
    for paragraph in joined:
        yield from paragraph.blocks(measures, words)


class _Measures:
    """What is usual in this document: the body's size, and the distance of lines of each size."""

    def __init__(self, pages: Sequence[Page]) -> None:
        sizes: Counter[float] = Counter()
        weights: Counter[int] = Counter()
        pitches: dict[float, list[float]] = {}
        for page in pages:
            for before, row in zip((None, *page.rows), page.rows, strict=False):
                size = _size(row)
                sizes[size] += len(row.text)
                weights.update(word.weight for cell in row.cells for word in cell.words)
                if before is not None and _size(before) == size and 0 < before.base - row.base < 3 * size:
                    pitches.setdefault(size, []).append(before.base - row.base)
        self.body = max(sizes, key=lambda size: (sizes[size], size))
        self._weight = max(weights, key=lambda weight: (weights[weight], weight))
        # the lower quartile: the distance within paragraphs, even where most of them are short
        self._pitches = {size: sorted(found)[len(found) // 4] for size, found in pitches.items()}

    def pitch(self, row: Row) -> float:
        """The usual distance to the next line."""
        return self._pitches.get(_size(row), 1.2 * _size(row))

    def is_bold(self, row: Row) -> bool:
        """Whether all of the row is heavier than most of the document."""
        lightest = min(word.weight for cell in row.cells for word in cell.words)
        return lightest > max(_HEAVIER * self._weight, _BOLD if self._weight < _BOLD else 0)

    def alike(self, before: Row, row: Row) -> bool:
        """Whether two rows are set in one size and weight."""
        one, two = _size(before), _size(row)
        return abs(one - two) <= _SAME_SIZE * max(one, two) and self.is_bold(before) == self.is_bold(row)


def _size(row: Row) -> float:
    return round(median(word.size for cell in row.cells for word in cell.words), 1)


@dataclass(slots=True)
class _Paragraph:
    rows: list[Row] = field(default_factory=list)
    item: bool = False

    def blocks(self, measures: _Measures, words: frozenset[str]) -> Iterator[Block]:
        if len(self.rows) == 1 and len(self.rows[0].cells) > 1:
            yield from row_of([[block] for cell in self.rows[0].cells for block in _text([cell], words)])
            return
        for block in _text([_whole(row) for row in self.rows], words):
            text = _without_leader(block.text)
            marker = list_marker(text) if self.item else None
            level = _heading(self.rows, text, measures)
            if level and not (self.item and marker and not marker[1]):
                yield Block(BlockKind.HEADING, text, level, block.links)
            elif marker:
                cut = 0 if marker[1] else marker[0]
                links = tuple(Link(max(0, one.start - cut), one.end - cut, one.target) for one in block.links)
                yield Block(BlockKind.ITEM, text[cut:], 1, links)
            else:
                yield Block(BlockKind.PARAGRAPH, text, 0, block.links)


def _without_leader(text: str) -> str:
    """A line of a table of contents without the dots and the page number behind them, which change with the layout."""
    tail = text.rstrip("0123456789").rstrip()
    stripped = tail.rstrip(" .…")
    dots = tail[len(stripped) :].replace("…", "...").count(".")
    return stripped if stripped and dots >= _LEADER and text[-1].isdigit() else text


def _whole(row: Row) -> Segment:
    return Segment(tuple(word for cell in row.cells for word in cell.words), row.cells[0].left, row.cells[-1].right)


# --- where a paragraph ends ------------------------------------------------------------------------


def _page(page: Page, measures: _Measures) -> Iterator[_Paragraph]:
    open_one: _Paragraph | None = None
    for row in map(_labelled, page.rows):
        if open_one is not None and _continues(open_one, row, measures):
            open_one.rows.append(row)
            continue
        if open_one is not None:
            yield open_one
        open_one = _Paragraph([row], item=list_marker(row.text) is not None)
    if open_one is not None:
        yield open_one


def _labelled(row: Row) -> Row:
    """A bullet or a number that stands in front of its text belongs to it: these are not two cells."""
    if len(row.cells) != 2 or not _ALONE.fullmatch(row.cells[0].text):
        return row
    if not any(char.isalpha() for char in row.cells[1].text):
        return row
    return Row((_whole(row),), row.low, row.high)


def _continues(paragraph: _Paragraph, row: Row, measures: _Measures) -> bool:
    before = paragraph.rows[-1]
    if len(before.cells) > 1 or len(row.cells) > 1 or not measures.alike(before, row) or _has_leader(before):
        return False
    if before.base <= row.base:  # a new column
        return _runs_over(before, row)
    if before.base - row.base > _PITCH * measures.pitch(row):
        return False
    if _begins_item(before, row):
        return False
    first, size = paragraph.rows[0], _size(row)
    if paragraph.item and len(paragraph.rows) == 1:
        return row.indent > first.indent + 0.3 * size or not _had_room(before, row)
    indented = row.indent > before.indent + _INDENT * size and not _is_centred(before, row)
    if indented and (ends_sentence(before.text) or len(paragraph.rows) > 1):
        return False
    return not _had_room(before, row)


def _has_leader(row: Row) -> bool:
    return len(_without_leader(row.text)) < len(row.text)


def _begins_item(before: Row, row: Row) -> bool:
    marker = list_marker(row.text)
    if marker is None:
        return False
    # "…in the year / 12. The…" is a wrapped line
    return not row.text[0].isdigit() or _had_room(before, row) or ends_sentence(before.text)


def _had_room(before: Row, row: Row) -> bool:
    """Whether the first word of the row would have stood on the line before, so that the break means something."""
    if before.cells[-1].words[-1].broken:
        return False
    word, size = row.cells[0].words[0], _size(row)
    needed = word.right - word.left + 0.3 * size
    ended, begins_low = ends_sentence(before.text), row.text[0].islower()
    width = before.high - before.low
    if width < _NARROW * size:
        return ended or not begins_low
    room = before.room + (before.indent if _is_centred(before, row) else 0)
    # a word that would just have fitted proves little where no sentence ends: lines are also broken by hand
    return room > needed if ended else room > max(needed, (_EMPTIER if begins_low else _EMPTY) * width)


def _is_centred(before: Row, row: Row) -> bool:
    size = _size(row)
    return all(one.indent > size and abs(one.indent - one.room) < 0.5 * size for one in (before, row))


def _runs_over(before: Row, row: Row) -> bool:
    """Whether a sentence goes on at the top of the next column or page."""
    text = row.text
    last = before.cells[-1].words[-1]
    if last.broken or (last.text[-1] in _HYPHENS and text[0].islower()):
        return True
    return not ends_sentence(before.text) and text[0].islower() and list_marker(text) is None


def _goes_on(joined: list[_Paragraph], first: _Paragraph, measures: _Measures) -> _Paragraph | None:
    """The paragraph of an earlier page that the first one of this page continues; notes at the page's foot between."""
    row = first.rows[0]
    for paragraph in reversed(joined[-8:]):
        before = paragraph.rows[-1]
        if len(before.cells) > 1 or len(row.cells) > 1:
            return None
        if measures.alike(before, row):
            return paragraph if _runs_over(before, row) else None
        if _size(before) >= measures.body:
            return None
    return None


# --- text ------------------------------------------------------------------------------------------


def _vocabulary(rows: Sequence[Row]) -> frozenset[str]:
    """The words of the document that are not broken by a line's end, in lower case."""
    found: set[str] = set()
    for row in rows:
        for cell in row.cells:
            words = cell.words[:-1] if cell.words[-1].broken or cell.words[-1].text[-1:] in _HYPHENS else cell.words
            found.update(word.text.strip(".,;:!?()[]“”\"'’").lower() for word in words)
    return frozenset(found)


def _text(lines: Sequence[Segment], words: frozenset[str]) -> Iterator[Block]:
    pieces: list[str] = []
    links: list[Link] = []
    length = 0
    before: Word | None = None
    for line in lines:
        size = median(word.size for word in line.words)
        for place, word in enumerate(line.words):
            between = _between(before, word, words, same_line=place > 0) if before is not None else ""
            if between is None:
                pieces[-1] = pieces[-1][: -1 if pieces[-1][-1:] in tuple(_HYPHENS) else None]
                length = sum(map(len, pieces))
                between = ""
            text = superscript(word.text) if _is_raised(word, line, size) else word.text
            if text != word.text and place:
                between = ""
            length += len(between)
            pieces += (between, text)
            if word.target:
                _link(links, length, length + len(text), word.target)
            length += len(text)
            before = word
    text = "".join(pieces)
    if text.strip():
        yield Block(BlockKind.PARAGRAPH, text, 0, tuple(links))


def _link(links: list[Link], start: int, end: int, target: str) -> None:
    """One link for all the words that lead to one place."""
    if links and links[-1].target == target and start - links[-1].end <= 1:
        links[-1] = Link(links[-1].start, end, target)
    else:
        links.append(Link(start, end, target))


def _is_raised(word: Word, line: Segment, size: float) -> bool:
    return word.size < _RAISED * size and word.base > line.base + 0.15 * size


def _between(before: Word, word: Word, words: frozenset[str], *, same_line: bool) -> str | None:
    """What stands between two words; None: nothing, and the hyphen before goes too."""
    if same_line:
        apart = max(word.left - before.right, before.left - word.right)
        return " " if apart > _NO_SPACE * word.size else ""
    head = before.text
    hyphen = head[-1:] in tuple(_HYPHENS)
    if before.broken or (hyphen and word.text[:1].isalpha() and len(head) > 1):
        stem = head.rstrip(_HYPHENS)
        mark = "" if hyphen else "-"
        space = joint(stem + "-", word.text)  # `pre- and post-war`
        return mark + space if space or _is_compound(stem, word.text, words) else None
    return joint(head, word.text)


def _is_compound(stem: str, rest: str, words: frozenset[str]) -> bool:
    """Whether the hyphen belongs to the word: the rest of the document tells, else what the parts look like."""
    head, tail = stem.lower().lstrip("(“\"'‘"), rest.lower().rstrip(".,;:!?)”\"'’")
    if head + tail in words:
        return False
    if f"{head}-{tail}" in words:
        return True
    return not stem[-1:].isalpha() or rest[:1].isupper() or "-" in head


def _heading(rows: Sequence[Row], text: str, measures: _Measures) -> int:
    size = _size(rows[0])
    if not any(char.isalpha() for char in text) or len(rows) > 4:
        return 0
    if size > _LARGER * measures.body and not ends_sentence(text.rstrip(":?!")):
        return 1 if size > 1.6 * measures.body else 2 if size > 1.3 * measures.body else 3
    bold = all(measures.is_bold(row) for row in rows) and len(text) <= _TITLE
    return 3 if bold and not ends_sentence(text) else 0
