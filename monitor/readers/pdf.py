"""Read PDF: words with positions become lines, lines become paragraphs.

A PDF only says where glyphs are. Reading order, paragraphs, headings, items and rows are inferred from geometry, size
and weight. Hyphenated words are joined, raised digits kept. Scanned pages have no text and are reported as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final

from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Extraction
from monitor.readers import extra
from monitor.readers.block_writer import left_out, placed
from monitor.readers.pdf_forms import comments, entries_of, form_of, is_dynamic, with_entries
from monitor.readers.pdf_layout import Measures, Page, PdfLine, Segment, page_of
from monitor.readers.pdf_margins import without_line_numbers, without_margins
from monitor.readers.pdf_text import HYPHENS, as_note, note_marks, text_of, vocabulary
from monitor.readers.pdf_words import words_of
from monitor.readers.tables import row_of
from monitor.readers.text import ends_sentence, is_rule, list_marker, without_marker

_LARGER: Final = 1.12  # of the body's size: a heading
_PITCH: Final = 1.25  # of the usual distance of lines: a new paragraph
_NARROW: Final = 12  # times the size: a column so narrow holds labels, each on a line
_EMPTY: Final = 0.3  # of a line's width, empty at its end: somebody ended the line on purpose
_EMPTIER: Final = 0.6  # the same, where the next line begins as a sentence goes on
_INDENT: Final = 0.7  # of the size
_TITLE: Final = 120  # characters of the longest heading that is recognised by its weight
_LEADER: Final = 4  # dots before a page number
_LEVELS: Final = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}\.?")
_COUNTED: Final = 0.8  # of the numbers of paragraphs follow each other
_ALONE: Final = re.compile(r"(?:[-*+•·‣▪●○◦–—o]|\d{1,3}[.)]|\(?[a-z]{1,4}\)|\d{1,2}(?:\.\d{1,2}){1,4}\.?)$")


def paragraphs(pages: Sequence[Page]) -> Iterator[Block]:
    """The blocks of all pages; a paragraph that goes on over a page or a column is one.

    Running heads come once before the text, feet and watermarks once after it, unless the text says the same.
    """
    margins = without_margins(pages)
    everywhere = [*margins.pages, *margins.heads, *margins.feet]
    rows = [row for page in everywhere for row in page.rows]
    if not rows:
        return
    measures = Measures(margins.pages if any(page.rows for page in margins.pages) else everywhere)
    words = vocabulary(rows)
    marks, numbered = note_marks(rows), are_numbered(rows)
    joined: list[_Paragraph] = []
    for page in margins.pages:
        found = list(_page(page, measures, marks, numbered=numbered))
        begins = next((place for place, one in enumerate(found) if not one.rows[0].is_note), None)
        if begins is not None and (open_one := _goes_on(joined, found[begins], measures)) is not None:
            open_one.rows += found.pop(begins).rows
        joined += found
    joined.sort(key=lambda paragraph: paragraph.rows[0].is_note)  # the notes of all pages follow the text
    text = [block for paragraph in joined for block in paragraph.blocks(measures, words)]
    told = {block.text.casefold() for block in text}
    heads, feet = (
        [
            replace(block, kind=BlockKind.PARAGRAPH, level=0)
            for page in edge
            for paragraph in _page(page, measures, frozenset(), numbered=False)
            for block in paragraph.blocks(measures, words)
            if block.text.casefold() not in told
        ]
        for edge in (margins.heads, margins.feet)
    )
    yield from heads
    yield from text
    yield from feet


@dataclass(slots=True)
class _Paragraph:
    rows: list[PdfLine] = field(default_factory=list)
    item: bool = False
    numbered: bool = False  # `1.2` stands in front of it

    def blocks(self, measures: Measures, words: frozenset[str]) -> Iterator[Block]:
        if len(self.rows) == 1 and len(self.rows[0].cells) > 1:
            yield from row_of([[block] for cell in self.rows[0].cells for block in text_of([cell], words)])
            return
        for block in text_of([_whole(row) for row in self.rows], words):
            text = _without_leader(block.text)
            if is_rule(text):
                continue
            paragraph = Block(BlockKind.PARAGRAPH, text, 0, block.links)
            level = _heading(self.rows, text, measures)
            if level and (not self.item or text[0].isdigit()):  # `1. Scope` is how the heading reads
                yield Block(BlockKind.HEADING, text, level, block.links)
            else:
                yield without_marker(paragraph, numbered=self.numbered) if self.item else paragraph


def _without_leader(text: str) -> str:
    """A line of a table of contents without the dots and the page number behind them, which change with the layout."""
    tail = text.rstrip("0123456789").rstrip()
    stripped = tail.rstrip(" .…")
    dots = tail[len(stripped) :].replace("…", "...").count(".")
    return stripped if stripped and dots >= _LEADER and text[-1].isdigit() else text


def _whole(row: PdfLine) -> Segment:
    return Segment(tuple(word for cell in row.cells for word in cell.words), row.cells[0].left, row.cells[-1].right)


# --- where a paragraph ends ------------------------------------------------------------------------


def _page(page: Page, measures: Measures, marks: frozenset[str], *, numbered: bool) -> Iterator[_Paragraph]:
    open_one: _Paragraph | None = None
    note: _Paragraph | None = None
    for one in page.rows:
        row = _labelled(as_note(one, marks, measures), measures)
        has_number = numbered and len(one.cells) > len(row.cells) and _LEVELS.fullmatch(one.cells[0].text) is not None
        if row.is_note or (note is not None and _continues(note, row, measures)):
            if note is not None and not row.is_note:
                note.rows.append(row)
            else:
                note = _Paragraph([row])
                yield note
            continue
        note = None
        if open_one is not None and _continues(open_one, row, measures):
            open_one.rows.append(row)
            continue
        if open_one is not None:
            yield open_one
        entered = row.cells[0].words[0].entered  # `○` is a radio button here, and no bullet
        item = has_number or (not entered and list_marker(row.text) is not None)
        open_one = _Paragraph([row], item, has_number)
    if open_one is not None:
        yield open_one


def are_numbered(rows: Sequence[PdfLine]) -> bool:
    """Whether numbers like `1.2` in front of the paragraphs count, rather than tell values."""
    labels = [row.cells[0].text for row in rows if len(row.cells) == 2 and _LEVELS.fullmatch(row.cells[0].text)]
    numbers = [tuple(map(int, label.rstrip(".").split("."))) for label in labels]
    counted = sum(_follows(one, two) for one, two in pairwise(numbers))
    return len(numbers) > 2 and counted >= _COUNTED * (len(numbers) - 1)


def _follows(one: tuple[int, ...], two: tuple[int, ...]) -> bool:
    """`1.3` or `1.2.1` behind `1.2`, or `2.1` behind any of these."""
    level = next((at for at, (left, right) in enumerate(zip(one, two, strict=False)) if left != right), len(one))
    if level == len(one):
        return two[level:] == (1,) * (len(two) - level) and len(two) > len(one)
    return level < len(two) and two[level] == one[level] + 1 and all(part == 1 for part in two[level + 1 :])


def _labelled(row: PdfLine, measures: Measures) -> PdfLine:
    """A bullet or a number that stands in front of its text belongs to it: these are not two cells."""
    if len(row.cells) != 2 or not any(char.isalpha() for char in row.cells[1].text):
        return row
    label = row.cells[0].text
    stands_out = row.size > _LARGER * measures.body or measures.is_bold(row)
    if _ALONE.fullmatch(label) or (stands_out and label.isdecimal() and len(label) < 3):
        return PdfLine((_whole(row),), row.low, row.high)
    return row


def _continues(paragraph: _Paragraph, row: PdfLine, measures: Measures) -> bool:
    before = paragraph.rows[-1]
    if (
        row.is_note
        or len(before.cells) > 1
        or len(row.cells) > 1
        or not measures.alike(before, row)
        or _has_leader(before)
    ):
        return False
    if before.base <= row.base:  # a new column
        return _runs_over(before, row)
    if before.base - row.base > _PITCH * measures.pitch(row):
        return False
    if _begins_item(before, row):
        return False
    first, size = paragraph.rows[0], row.size
    if paragraph.item and len(paragraph.rows) == 1:
        return row.indent > first.indent + 0.3 * size or not _first_word_fits(before, row)
    indented = row.indent > before.indent + _INDENT * size and not _is_centred(before, row)
    if indented and (ends_sentence(before.text) or len(paragraph.rows) > 1):
        return False
    return not _first_word_fits(before, row)


def _has_leader(row: PdfLine) -> bool:
    return len(_without_leader(row.text)) < len(row.text)


def _begins_item(before: PdfLine, row: PdfLine) -> bool:
    marker = list_marker(row.text)
    if marker is None:
        return False
    # "…in the year / 12. The…" and "…went on / – as he said – …" are wrapped lines
    return row.text[0] not in "-–—0123456789" or _first_word_fits(before, row) or ends_sentence(before.text)


def _first_word_fits(before: PdfLine, row: PdfLine) -> bool:
    """Whether the first word of the row would have stood on the line before, so that the break means something."""
    last = before.cells[-1].words[-1]
    if last.broken or (last.text[-1] in HYPHENS and last.text[-2:-1].isalnum()):
        return False
    word, size = row.cells[0].words[0], row.size
    needed = word.right - word.left + 0.3 * size
    ended, begins_low = ends_sentence(before.text), row.text[0].islower()
    width = before.high - before.low
    if width < _NARROW * size:
        return ended or not begins_low
    room = before.free_width + (before.indent if _is_centred(before, row) else 0)
    # a word that would just have fitted proves little where no sentence ends: lines are also broken by hand
    return room > needed if ended else room > max(needed, (_EMPTIER if begins_low else _EMPTY) * width)


def _is_centred(before: PdfLine, row: PdfLine) -> bool:
    size = row.size
    return all(one.indent > size and abs(one.indent - one.free_width) < 0.5 * size for one in (before, row))


def _runs_over(before: PdfLine, row: PdfLine) -> bool:
    """Whether a sentence goes on at the top of the next column or page."""
    text = row.text
    last = before.cells[-1].words[-1]
    if last.broken or (last.text[-1] in HYPHENS and text[0].islower()):
        return True
    return not ends_sentence(before.text) and text[0].islower() and list_marker(text) is None


def _goes_on(joined: list[_Paragraph], first: _Paragraph, measures: Measures) -> _Paragraph | None:
    """The paragraph of an earlier page that the first one of this page continues; notes at the page's foot between."""
    row = first.rows[0]
    for paragraph in reversed(joined[-8:]):
        before = paragraph.rows[-1]
        if paragraph.rows[0].is_note:
            continue
        if len(before.cells) > 1 or len(row.cells) > 1:
            return None
        if measures.alike(before, row):
            return paragraph if _runs_over(before, row) else None
        if before.size >= measures.body:
            return None
    return None


def _heading(rows: Sequence[PdfLine], text: str, measures: Measures) -> int:
    size = rows[0].size
    if not any(char.isalpha() for char in text) or len(rows) > 4:
        return 0
    if size > _LARGER * measures.body and not ends_sentence(text.rstrip(":?!")):
        return 1 if size > 1.6 * measures.body else 2 if size > 1.3 * measures.body else 3
    bold = all(measures.is_bold(row) for row in rows) and len(text) <= _TITLE
    return 3 if bold and not ends_sentence(text) else 0


MOST_PAGES = 20_000
_SCANNED = ": its pages are pictures, which only text recognition could read"
_BEGINS_WITHIN = 1_024  # bytes before the header that readers allow


class PdfReader:
    """PDF with text in it."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of all pages in reading order; ExtractError for encrypted files and for scans without text."""
        return self._extract(data, with_comments=False)

    def extract_with_comments(self, data: bytes) -> Extraction:
        """The same with the comments of reviewers behind the text."""
        return self._extract(data, with_comments=True)

    def _extract(self, data: bytes, *, with_comments: bool) -> Extraction:
        if b"%PDF-" not in data[:_BEGINS_WITHIN]:
            raise ExtractError("not a document of its format: it does not begin as a PDF does")
        with extra("pdf"):
            import pypdfium2
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise ExtractError(_describe_error(str(error))) from None
        with closing(document):
            contents = _Contents(document)
            blocks = list(paragraphs(contents.pages))
            remarks, pictures = contents.remarks, contents.pictures
            dynamic = left_out(is_dynamic(document), "form", "only Adobe's programs show it")
        if not blocks and not (with_comments and remarks):
            raise ExtractError(f"no text in it{_SCANNED if pictures else ''}")
        notes = (*_not_read(pictures), *dynamic)
        if with_comments:
            return placed([*blocks, *remarks], notes)
        return placed(blocks, (*notes, *left_out(len(remarks), "comment")))


def _not_read(pictures: Sequence[int]) -> tuple[str, ...]:
    what = "a picture" if len(pictures) == 1 else "pictures"
    return left_out(len(pictures), "page", f"{what} without text, first page {pictures[0] + 1}" if pictures else "")


class _Contents:
    """What the pages of an open document hold; `pictures` are the numbers of pages that are pictures without text."""

    def __init__(self, document: Any) -> None:
        if len(document) > MOST_PAGES:
            raise ExtractError(f"refused: {len(document):,} pages are more than {MOST_PAGES:,}")
        self.remarks: list[Block] = []
        self.pictures: list[int] = []
        with form_of(document) as form:
            self.pages = [self._page(document, number, form) for number in range(len(document))]

    def _page(self, document: Any, number: int, form: Any) -> Page:
        from pypdfium2 import PdfiumError
        from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

        try:
            page = document[number]
        except PdfiumError:
            return Page(())
        with closing(page):
            words = without_line_numbers(words_of(document, page))
            if form:
                words = with_entries(words, list(entries_of(page, form)))
            self.remarks += comments(page)
            if not words and any(True for _ in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=2)):
                self.pictures.append(number)
        return page_of(words)


def _describe_error(error: str) -> str:
    if "password" in error.lower():
        return "encrypted: it needs a password"
    return f"damaged: {error.strip().rstrip('.')}"
