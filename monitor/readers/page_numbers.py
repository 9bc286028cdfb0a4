"""Numbers of pages, which are layout and no text: `7`, `- 7 -`, `Page 7 of 9`, `7/9`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from monitor.model import Block, Link
from monitor.readers.tables import row_of_texts
from monitor.readers.xml import Element, local

PAGE_FIELD: Final = "\ufdd0"
"""Stands in a block's text where a program counts the pages; no text has this character."""

_WORDS: Final = (
    r"pages?|p\.|pp\.|pg\.?|seiten?|s\.|blatt|página|pagina|pàgina|pág\.|pag\.|str\.|strana|stránka|strona|stranica"
    r"|стр\.|страница|стор\.|сторінка|sayfa|side|sida|sivu|lk|oldal|σελίδα|σελ\.|halaman|trang|صفحة|עמוד|หน้า|पृष्ठ|第"
)
_OF: Final = r"of|/|von|de|di|sur|av|af|van|z|ze|из|з|/|\|από|dari|من|מתוך|trên|共|[页頁]\s*[,，/共]?\s*共?"
_COUNTED: Final = re.compile(
    rf"(?:(?<!\w)(?:{_WORDS})\s*)?{PAGE_FIELD}(?:\s*(?:{_OF})\s*{PAGE_FIELD})?", re.IGNORECASE
)  # with the words that go with it
_PARTING: Final = " -–—|·•"  # between it and other text
_NUMBER: Final = r"(?:\d{1,5}|[ivxlc]{1,7})"
_FIRST: Final = re.compile(r"\d{1,5}|\b[ivxlc]{1,7}\b", re.IGNORECASE)
_ROMAN: Final = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ROMAN_FORM: Final = re.compile(r"c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_ALONE: Final = re.compile(
    rf"[-–—|\s.·~]*(?:(?:{_WORDS})\s*)?{_NUMBER}(?:\s*(?:{_OF})\s*\d{{1,5}})?\s*[页頁]?[-–—|\s.·~]*", re.IGNORECASE
)


def is_page_number(text: str) -> bool:
    """Whether the text is nothing but the number of a page, with the words that go with it."""
    return _ALONE.fullmatch(text) is not None


def page_tab(paragraph: Element) -> Element | None:
    """The last tab of an entry in a table of contents, where nothing but the number of a page stands behind it."""
    tab: Element | None = None
    behind: list[str] = []
    for element in paragraph.iter():
        name = local(element)
        if name == "tab" and local(element.getparent()) != "tabs":
            tab, behind = element, [element.tail or ""]
        elif name in ("t", "p", "span", "a"):
            behind += (element.text or "", element.tail or "")
    return tab if tab is not None and is_page_number("".join(behind).strip()) else None


def page_number(text: str) -> int | None:
    """The number in such a text, also a Roman one; None where it is none."""
    found = _FIRST.search(text)
    if found is None:
        return None
    return int(found[0]) if found[0].isdecimal() else _roman(found[0].lower())


def _roman(text: str) -> int | None:
    values = [_ROMAN[char] for char in text]
    total = sum(-one if one < two else one for one, two in zip(values, [*values[1:], 0], strict=True))
    return total if _ROMAN_FORM.fullmatch(text) else None


def without_page_number(block: Block) -> Block | None:
    """The block without the numbers of pages and the words around them; None where nothing else is in it."""
    if PAGE_FIELD not in block.text:
        return block
    parts = [_uncounted(block.text[start:end]) for start, end in block.cells or ((0, len(block.text)),)]
    kept = row_of_texts(parts) if block.cells else [replace(block, text=parts[0])]
    if not any(map(str.isalnum, "".join(parts))):
        return None
    linked = ((one, kept[0].text.find(block.text[one.start : one.end])) for one in block.links)
    links = tuple(Link(at, at + one.end - one.start, one.target) for one, at in linked if at >= 0)
    return replace(kept[0], links=links)


def margin_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks of page headers or footers, each text once, without numbers of pages and what is no text."""
    told: set[str] = set()
    for block in filter(None, map(without_page_number, blocks)):
        if block.text not in told and any(map(str.isalnum, block.text)):
            told.add(block.text)
            yield block


def _uncounted(text: str) -> str:
    """The text without the numbers of pages, and without what parts them from other text."""
    if PAGE_FIELD not in text:
        return text
    if is_page_number(text.replace(PAGE_FIELD, "1")):
        return ""
    first, *others = (piece.strip() for piece in _COUNTED.split(text))
    for piece in others:
        right = piece.lstrip(_PARTING + ",;")
        first = f"{first.rstrip(_PARTING)} {right}".strip() if right else first.rstrip(_PARTING)
    return first
