"""Read HTML: the whole page as a browser shows it without styles, or the main text alone.

White space collapses, `hidden` elements are left out, a table row is one block, and `br` is a line break that may end
a statement. The page's title is a heading only if the body has no `h1`. Main text is a guess, which a new layout of
the site may change; by default the whole page is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Extraction
from monitor.readers import extra
from monitor.readers.block_writer import placed
from monitor.readers.encoding import decode
from monitor.readers.page import Page

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


class ArticleReader:
    """Web pages, read for their article."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the article, its title first; ExtractError where the page has none."""
        source, notes = decode(data, declared_encoding(data))
        refuse_depth(source)
        with extra("article"):
            import trafilatura
        body = trafilatura.extract(
            source,
            output_format="html",
            include_comments=False,
            include_tables=True,
            include_links=True,
            favor_recall=True,
        )
        if not body:
            raise ExtractError("no main text was found in the page; take it out of [extract] article to read all of it")
        blocks = html_blocks(body, titled=False)
        told = trafilatura.extract_metadata(source)
        title = " ".join(told.title.split()) if told is not None and told.title else ""
        if title and not any(block.text == title for block in blocks[:3]):
            blocks.insert(0, Block(BlockKind.HEADING, title, 1))
        return placed(blocks, notes)


_CHARSET = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z][\w.:-]*)")
_EMPTY = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)([^<>]*)/>")
_VOID = frozenset(
    {"br", "hr", "img", "col", "wbr", "link", "meta", "area", "base", "input", "source", "track", "param"}
)
_DECLARED_WITHIN = 4_096  # bytes
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_DEEPEST = 20_000  # open elements: the parser's time grows with the square of the depth
_LONG_TAG = 50_000  # characters; shorter ones are not looked at
_MOST_ATTRIBUTES = 10_000  # of one element: the parser compares each with all before it
_BEGIN_OF_TAG = re.compile(r"<[a-zA-Z]")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_CLOSES_ITSELF = frozenset(
    {"area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p"}
    | {"param", "source", "tbody", "td", "th", "thead", "tr", "track", "wbr"}
)
_SKIPPED = frozenset(
    {"head", "script", "style", "template", "noscript", "iframe", "object", "svg", "select", "datalist", "textarea"}
    | {"audio", "video", "canvas"}
)
_STYLED_AWAY = re.compile(r"display\s*:\s*none", re.IGNORECASE)


class HtmlReader:
    """Web pages, however malformed."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the page; the text is the blocks' texts joined by newlines."""
        source, notes = decode(data, declared_encoding(data))
        blocks = html_blocks(closed(source) if source.lstrip().startswith("<?xml") else source)
        return Extraction("\n".join(block.text for block in blocks), _in_sequence(blocks), notes)


def declared_encoding(data: bytes) -> str | None:
    """The encoding that a page says it has."""
    declared = _CHARSET.search(data, 0, _DECLARED_WITHIN)
    return declared.group(1).decode("ascii") if declared else None


def closed(source: str) -> str:
    """XHTML as HTML: `<title/>` ends at once, where an HTML parser would swallow the page after it."""
    return _EMPTY.sub(lambda tag: tag[0] if tag[1].lower() in _VOID else f"<{tag[1]}{tag[2]}></{tag[1]}>", source)


def refuse_depth(source: str) -> None:
    """ExtractError where elements are nested so deep, or have so many attributes, that the parser's time would grow
    with the square of it."""
    for piece in filter(lambda piece: len(piece) > _LONG_TAG, source.split(">")):
        tag = _BEGIN_OF_TAG.search(piece)
        attributes = len(_QUOTED.sub("", piece[tag.start() :]).split()) if tag else 0
        if attributes > _MOST_ATTRIBUTES:
            raise ExtractError(f"refused: an element has more than {_MOST_ATTRIBUTES:,} attributes")
    if source.count("<") > _DEEPEST and _depth(source) > _DEEPEST:
        raise ExtractError(f"the page's elements are nested more than {_DEEPEST:,} deep")


def html_blocks(source: str, *, titled: bool = True) -> list[Block]:
    """The blocks of a page or a piece of one; their origins say nothing. `titled`: its title may be a heading."""
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    refuse_depth(source)
    try:
        tree = LexborHTMLParser(source)
    except SelectolaxError as error:
        raise ExtractError(f"damaged: the parser gives it up ({error})") from error
    body = tree.body
    page = Page()
    if body is not None:
        _walk(body, page)
    blocks = page.finish()
    if titled and not any(block.kind is BlockKind.HEADING and block.level == 1 for block in blocks):
        title = tree.css_first("head > title")
        words = title.text().split() if title is not None else []
        if words:
            blocks.insert(0, Block(BlockKind.HEADING, " ".join(words), 1))
    return blocks


def _depth(source: str) -> int:
    depth = deepest = 0
    for closing, tag in _TAG.findall(source):
        if tag.lower() not in _CLOSES_ITSELF:
            depth = max(0, depth - 1) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _in_sequence(blocks: list[Block]) -> tuple[Block, ...]:
    placed, at = [], 0
    for block in blocks:
        placed.append(Block(block.kind, block.text, block.level, block.links, ((0, at),)))
        at += len(block.text) + 1
    return tuple(placed)


def _walk(top: LexborNode, page: Page) -> None:
    """Depth first without recursion: pages nest deeper than Python's stack."""
    opened: list[str] = []
    node: LexborNode | None = top.child
    while node is not None:
        tag = node.tag or ""
        if tag == "-text":
            page.text(node.text_content or "")
        elif tag and not tag.startswith("-") and tag not in _SKIPPED and not _is_hidden(node):
            page.open(tag, node.attributes)
            child = node.child
            if child is not None:
                opened.append(tag)
                node = child
                continue
            page.close(tag)
        while node.next is None and opened:
            page.close(opened.pop())
            parent = node.parent
            if parent is None:
                return
            node = parent
        node = node.next


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    return "hidden" in attributes or _STYLED_AWAY.search(attributes.get("style") or "") is not None
