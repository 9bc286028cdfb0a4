"""PDF -> blocks: words with their places become lines, lines paragraphs; what repeats on page after page is left out.

A PDF says where glyphs stand, and little more. Reading order, paragraphs, headings, items and rows are told by
geometry, as a reader's eye tells them; pictures of text (scans) hold no text and are reported as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

from monitor.errors import ExtractError
from monitor.model import Extraction
from monitor.readers.extras import extra
from monitor.readers.pdf_layout import Page, page_of
from monitor.readers.pdf_words import words_of
from monitor.readers.pdffurniture import without_furniture
from monitor.readers.pdfparagraphs import paragraphs
from monitor.readers.placing import placed

MOST_PAGES = 20_000
_BEGINS_WITHIN = 1_024  # bytes before the header that readers allow


class PdfExtractor:
    """PDF with text in it."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of all pages in reading order; ExtractError for encrypted files and for scans without text."""
        if b"%PDF-" not in data[:_BEGINS_WITHIN]:
            raise ExtractError("not a document of its format: it does not begin as a PDF does")
        with extra("pdf"):
            import pypdfium2
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise ExtractError(_told(str(error))) from None
        with closing(document):
            blocks = list(paragraphs(without_furniture(list(_pages(document)))))
            if not blocks:
                raise ExtractError(_nothing(document))
        return placed(blocks)


def _pages(document: Any) -> Iterator[Page]:
    if len(document) > MOST_PAGES:
        raise ExtractError(f"refused: {len(document):,} pages are more than {MOST_PAGES:,}")
    for number in range(len(document)):
        yield page_of(words_of(document, number))


def _told(error: str) -> str:
    if "password" in error.lower():
        return "encrypted: it needs a password"
    return f"damaged: {error.strip().rstrip('.')}"


def _nothing(document: Any) -> str:
    from pypdfium2 import PdfiumError
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    with suppress(PdfiumError):  # a page that cannot be loaded has no pictures either
        for number in range(min(len(document), 3)):
            if any(True for _ in document[number].get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=2)):
                return "no text in it: its pages are pictures, which only text recognition could read"
    return "no text in it"
