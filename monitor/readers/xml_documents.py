"""Read XML documents by element, and RSS and Atom by item.

The text of each element is a block; how its lines are broken is layout. An item of a feed is a statement with its
title, date and short text, and is known by its link. Items are read in the order of their ids, for their order in the
file says nothing. When the feed was written is no part of what it says. Longer contents are web pages, and follow their
item.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from monitor.errors import ExtractError
from monitor.model import FIELD_SEPARATOR, Block, BlockKind, Extraction, Link
from monitor.readers import extra
from monitor.readers.block_writer import CELL, placed
from monitor.readers.html import HtmlReader
from monitor.readers.tables import sheet_blocks
from monitor.readers.text import LinesReader
from monitor.readers.xml import Element, attribute, children, local, parse

_BREAKS: Final = frozenset({"br", "hr", "lb", "pb", "cb"})  # where a line, page or column ends, and nothing else
_SHORT: Final = 4  # words: a text with fewer that ends no sentence is a value, which says little without its name
_SENTENCE_ENDS: Final = (".", "!", "?", ";", ":", "…", "。")
_IDENTIFIERS: Final = frozenset({"id", "eid", "wid", "uid", "guid", "uuid"})
_LINK_ATTRIBUTES: Final = frozenset({"href", "src"})
_OF_THE_FILE: Final = frozenset({"schemaLocation", "noNamespaceSchemaLocation", "space"})  # say nothing of the content
_SPREADSHEET: Final = "{urn:schemas-microsoft-com:office:spreadsheet}"
_MOST_COLUMNS: Final = 16_384


class XmlReader:
    """XML of any kind: the text of the elements, a block for each; how its lines are broken is layout."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks in the order of the document. What is no well-formed XML, or declares entities, is read by line."""
        with extra("xml"):
            import lxml.etree  # noqa: F401 - what is missing is no fault of the document
        try:
            root = parse(data, "the document", "xml")
        except ExtractError as error:
            found = LinesReader().extract(data)
            return replace(found, notes=(*found.notes, f"read as lines of text ({error})"))
        if root.tag == f"{_SPREADSHEET}Workbook":
            return placed(_sheets(root))
        if is_feed(root):
            return placed(feed_blocks(root))
        return placed(_blocks(root))


def _blocks(element: Element) -> Iterator[Block]:
    """The attributes of an element, then its text.

    An element whose text stands between its children is a block with them, but for children that only hold others.
    """
    yield from _attributes(element, linked=False)
    children_of = list(element)
    if not children_of:
        yield from _leaf(element)
    elif not _has_own_text(element):
        for one in children_of:
            yield from _blocks(one)
    else:
        yield from _mixed(element)


def _has_own_text(element: Element) -> bool:
    return bool((element.text or "").strip()) or any((one.tail or "").strip() for one in element)


def _leaf(element: Element) -> Iterator[Block]:
    text = " ".join((element.text or "").split())
    if text and _is_prose(element):
        yield Block(BlockKind.PARAGRAPH, text)
    elif text:
        yield Block(BlockKind.FIELD, f"{local(element)}{FIELD_SEPARATOR}{text}")
    elif not element.attrib and local(element) not in _BREAKS:
        yield Block(BlockKind.CODE, local(element))  # it says something by being there: <required/>


def _is_prose(element: Element) -> bool:
    """Whether the text of an element says something without its name: it ends a sentence, or has four words."""
    text = " ".join("".join(element.itertext()).split()) if _has_own_text(element) else ""
    return text.count(" ") >= _SHORT - 1 or text.endswith(_SENTENCE_ENDS)


def _mixed(element: Element) -> Iterator[Block]:
    pieces, inner = [element.text or ""], list[Element]()
    for one in element:
        if len(one) and not _has_own_text(one):
            yield from _paragraph(pieces, inner)
            yield from _blocks(one)
            pieces, inner = [], []
        elif isinstance(one.tag, str):
            pieces.append("".join(one.itertext()))
            inner += one.iter()
        pieces.append(one.tail or "")
    yield from _paragraph(pieces, inner)


def _paragraph(pieces: list[str], inner: list[Element]) -> Iterator[Block]:
    """A block of these pieces of text; the elements inside give their links, and their other attributes after it."""
    text = " ".join("".join(pieces).split())
    if text:
        targets = [value for one in inner for name, value in one.items() if _attribute_name(name) in _LINK_ATTRIBUTES]
        yield Block(BlockKind.PARAGRAPH, text, 0, tuple(Link(0, len(text), target) for target in targets))
    for one in inner:
        yield from _attributes(one, linked=bool(text))


def _attributes(element: Element, *, linked: bool) -> Iterator[Block]:
    skipped = _OF_THE_FILE | _LINK_ATTRIBUTES if linked else _OF_THE_FILE
    if (linked or _is_prose(element)) and all(
        _attribute_name(name).lower() in _IDENTIFIERS | skipped for name, _ in element.items()
    ):
        return  # it names a text that names itself, and is given anew where programs number texts
    told = [
        f'{_attribute_name(name)}="{" ".join(value.split())}"'
        for name, value in sorted(element.items())  # whose order has no meaning
        if _attribute_name(name) not in skipped
    ]
    if told:
        yield Block(BlockKind.CODE, " ".join((local(element), *told)))


def _attribute_name(attribute_name: str) -> str:
    return attribute_name.rpartition("}")[2]


def _sheets(workbook: Element) -> Iterator[Block]:
    """The rows of a workbook as Excel 2003 and web applications write it in XML, often under the name `.xls`."""
    for sheet in children(workbook, "Worksheet"):
        yield Block(BlockKind.HEADING, attribute(sheet, "Name") or "", 2)
        rows: dict[int, list[str]] = {}
        merged: list[tuple[int, int, int]] = []
        number = 0
        for row in sheet.iter(f"{_SPREADSHEET}Row"):
            number = max(number + 1, _count(row, "Index"))
            texts: list[str] = []
            for cell in children(row, "Cell"):
                column = min(max(len(texts) + 1, _count(cell, "Index")), _MOST_COLUMNS) - 1
                texts += [""] * (column - len(texts))
                texts[column:] = [" ".join("".join(cell.itertext()).split())]
                texts += [""] * min(_count(cell, "MergeAcross"), _MOST_COLUMNS - len(texts))
                if down := _count(cell, "MergeDown"):
                    merged.append((column, number, number + down))
            while texts and not texts[-1]:
                texts.pop()
            if texts:
                rows[number] = texts
        yield from sheet_blocks(rows, merged)


def _count(element: Element, name: str) -> int:
    value = attribute(element, name) or ""
    return int(value) if value.isdecimal() and len(value) < 8 else 0


# --- feeds ----------------------------------------------------------------------------------------

_ROOTS: Final = {"rss": "item", "RDF": "item", "feed": "entry"}
_WRITTEN: Final = frozenset({"lastBuildDate", "pubDate", "updated", "date", "generator", "docs", "ttl", "items", "id"})
_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_IDS: Final = ("guid", "id", "link")
_CELLS: Final = (
    ("title",),
    ("pubDate", "published", "issued", "date", "updated"),
    ("author", "creator"),
    ("category",),
)
_CONTENTS: Final = ("encoded", "content", "description", "summary")
_UPDATED: Final = frozenset({"updated", "modified"})  # says that the item was written again, as its text does
_ADDRESSES: Final = ("href", "url", "src", "resource")
_SHORT_TEXT: Final = 300  # characters of a text that stands beside its title
_MARKUP: Final = re.compile(r"<[a-zA-Z!/]|&[a-zA-Z#]")
_SENTENCES: Final = re.compile(r"[.!?…।]\S*\s+\S|[。！？]\S")


def is_feed(root: Element) -> bool:
    """Whether a document is RSS or Atom."""
    return root.tag == f"{_ATOM}feed" or (local(root) in _ROOTS and any(local(one) == "channel" for one in root))


def feed_blocks(root: Element) -> Iterator[Block]:
    """What the feed says of itself, then each item."""
    items = list(_items(root))
    inside = set(items)
    channel = next((one for one in root if local(one) == "channel"), root)
    for one in channel:
        name, text = local(one), _text_of(one)
        if one in inside or name in _WRITTEN:
            continue
        if name == "title":
            yield Block(BlockKind.HEADING, text, 1)
        elif name in ("description", "subtitle"):
            yield Block(BlockKind.PARAGRAPH, text)
        else:
            leaves = [(f"{name}.{local(part)}", part) for part in one] or [(name, one)]
            yield from (_value(path, _text_of(leaf)) for path, leaf in leaves if _text_of(leaf))
    for item in sorted(items, key=_id):
        yield from _item(item)


def _items(root: Element) -> Iterator[Element]:
    wanted = _ROOTS[local(root)]
    for one in root:
        if local(one) == wanted:
            yield one
        elif local(one) == "channel":
            yield from (part for part in one if local(part) == wanted)


def _item(item: Element) -> Iterator[Block]:
    own = [(local(one), one) for one in item]
    names = {name for name, _ in own}
    cells, told = [], set(_IDS)
    for wanted in _CELLS:
        name = next((name for name in wanted if name in names), wanted[0])
        told.add(name)
        cells.append(", ".join(filter(None, (_text_of(one) for other, one in own if other == name))))
    if "pubDate" in told or "published" in told:
        told |= _UPDATED
    text = next((name for name in _CONTENTS if name in names), "")
    blocks = [block for name, one in own if name == text for block in _contents(one)]
    told.update(("encoded", "content") if text in _CONTENTS[:2] else ())
    told.add(text)
    if len(blocks) == 1 and len(blocks[0].text) <= _SHORT_TEXT and not _SENTENCES.search(blocks[0].text):
        cells.append(blocks.pop().text)
    line = CELL.join(filter(None, cells))
    target = _address(item)
    if line or target:
        yield Block(BlockKind.FIELD, line or target, 0, (Link(0, len(line or target), target),) if target else ())
    path = f"[{_id(item)[:_SHORT_TEXT]}]"
    for name, one in own:
        if name not in told and (_text_of(one) or _attribute(one)):
            yield _value(f"{path}.{name}", _text_of(one) or _attribute(one))
    yield from blocks


def _value(path: str, text: str) -> Block:
    return Block(BlockKind.FIELD, f"{path}{FIELD_SEPARATOR}{text}")


def _id(item: Element) -> str:
    found = {local(one): _text_of(one) or _attribute(one) for one in reversed(item)}
    about = next((value for key, value in item.items() if key.endswith("about")), "")
    return next((found[name] for name in _IDS if found.get(name)), about)


def _address(item: Element) -> str:
    """Where an item leads: its link, in Atom the one that is no other version of it; else its id."""
    links = [one for one in item if local(one) == "link" and one.get("rel", "alternate") == "alternate"]
    return next(filter(None, (_text_of(one) or _attribute(one) for one in links)), "") or _id(item)


def _attribute(element: Element) -> str:
    values: dict[str, str] = dict(element.items())
    return next((values[name].strip() for name in _ADDRESSES if name in values), values.get("term", ""))


def _text_of(element: Element) -> str:
    """The text of an element on one line, without markup; of a category without text its term."""
    text = "".join(element.itertext())
    if _MARKUP.search(text):
        text = " ".join(block.text for block in HtmlReader().extract(text.encode()).blocks)
    return " ".join(html.unescape(text).split()) or str(element.get("term", ""))


def _contents(element: Element) -> list[Block]:
    """The text of an item, which is a piece of a web page, as its source or as elements."""
    source = element.text or ""
    if len(element):
        from lxml import etree

        source = "".join(etree.tostring(one, encoding="unicode", method="html") for one in element)
    elif not _MARKUP.search(source):
        return [Block(BlockKind.PARAGRAPH, " ".join(part.split())) for part in source.split("\n\n") if part.strip()]
    page = f'<meta charset="utf-8">{source}'.encode()
    return [
        replace(block, level=min(block.level + 2, 6) if block.level else 0)
        for block in HtmlReader().extract(page).blocks
    ]
