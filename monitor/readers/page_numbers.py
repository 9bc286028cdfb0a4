"""Numbers of pages, which are layout and no text: `7`, `- 7 -`, `Page 7 of 9`, `7/9`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from monitor.model import Block, Link

PAGE_FIELD: Final = "\ufdd0"
"""Stands in a block's text where a program counts the pages; no text has this character."""

_WORDS: Final = (
    r"pages?|p\.|pp\.|pg\.?|seiten?|s\.|blatt|página|pagina|pàgina|pág\.|pag\.|str\.|strana|stránka|strona|stranica"
    r"|стр\.|страница|стор\.|сторінка|sayfa|side|sida|sivu|lk|oldal|σελίδα|σελ\.|halaman|trang|صفحة|עמוד|หน้า|पृष्ठ|第"
)
_OF: Final = r"of|/|von|de|di|sur|av|af|van|z|ze|из|з|/|\|από|dari|من|מתוך|trên|共|[页頁]\s*[,，/共]?\s*共?"
_FIELD: Final = re.compile(rf" {PAGE_FIELD}(?= |$)|{PAGE_FIELD}")
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
    """The block without the fields that count pages; None where nothing but a page number is in it."""
    if PAGE_FIELD not in block.text:
        return block
    if is_page_number(block.text.replace(PAGE_FIELD, "1")):
        return None
    text = _FIELD.sub("", block.text).strip()

    def place(at: int) -> int:
        return min(len(text), len(_FIELD.sub("", block.text[:at]).lstrip()))

    links = tuple(Link(place(one.start), place(one.end), one.target) for one in block.links)
    return replace(block, text=text, links=links) if any(map(str.isalnum, text)) else None
