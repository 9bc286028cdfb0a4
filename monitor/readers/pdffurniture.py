"""Running heads, footers and page numbers of a PDF: rows at a page's edge that come again on other pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from monitor.readers.pdf_layout import Page, Row

_EDGE: Final = 3  # rows from the top or the bottom
_PAGES: Final = 3  # on so many pages a row at the edge is furniture; on all, where there are fewer
_SHARE: Final = 0.1  # and on this share of them
_NUMBER: Final = re.compile(r"\d{1,6}")
_PAGE_NUMBER: Final = re.compile(
    r"[-–—|\s]*(?:(?:page|p\.|seite|página|pagina|pág\.|str\.|стр\.|sayfa|side)\s*)?(?:\d{1,5}|[ivxlc]{1,7})"
    r"(?:\s*(?:of|/|von|de|di|sur|av|van|z)\s*\d{1,5})?[-–—|\s]*",
    re.IGNORECASE,
)


def without_furniture(pages: Sequence[Page]) -> list[Page]:
    """The pages without what repeats at their edges; each page keeps the order of its rows."""
    edges = [_edges(page) for page in pages]
    seen: Counter[str] = Counter()
    for number, page_edges in enumerate(edges):
        seen.update({key for edge in page_edges for row in edge for key in _keys(row, number)})
    needed = max(min(_PAGES, len(pages)), _SHARE * len(pages), 2)
    return [
        _stripped(page, page_edges, number, seen, needed)
        for number, (page, page_edges) in enumerate(zip(pages, edges, strict=True))
    ]


def _edges(page: Page) -> tuple[list[Row], list[Row]]:
    """The rows at the top, from the edge inwards, and those at the bottom."""
    if not page.rows:
        return [], []
    ordered = sorted(page.rows, key=lambda row: -row.base)
    reach = min(_EDGE, (len(ordered) + 1) // 2)
    return ordered[:reach], ordered[::-1][:reach]


def _keys(row: Row, page: int) -> Iterator[str]:
    """What is the same on other pages: the row itself, or with a number in it that counts with the pages."""
    text = row.text
    yield text
    numbers = list(_NUMBER.finditer(text))
    for found in dict.fromkeys((numbers[0], numbers[-1]) if numbers else ()):
        yield f"{text[: found.start()]}\0{int(found[0]) - page}\0{text[found.end() :]}"


def _stripped(page: Page, edges: tuple[list[Row], list[Row]], number: int, seen: Counter[str], needed: float) -> Page:
    gone: set[int] = set()
    for edge in edges:
        for place, row in enumerate(edge):
            repeats = any(seen[key] >= needed for key in _keys(row, number))
            # a number alone is the page's only where nothing else stands outside of it
            if not repeats and not (place == 0 and len(page.rows) > 1 and _PAGE_NUMBER.fullmatch(row.text)):
                break
            gone.add(id(row))
    return replace(page, rows=tuple(row for row in page.rows if id(row) not in gone)) if gone else page
