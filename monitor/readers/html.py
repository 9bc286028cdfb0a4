"""Read HTML: the whole page as a browser shows it without styles, or the main text alone.

White space collapses, `hidden` elements are left out, a table row is one block, and `br` is a line break that may end
a statement. What is entered or chosen in a form is text; the options of a list stand once, behind the page. The page's
title is a heading unless the page says it anyway. Main text is a guess, which a new layout of the site may change; by
default the whole page is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Extraction
from monitor.readers import extra
from monitor.readers.block_writer import placed
from monitor.readers.encoding import decode
from monitor.readers.inline_marks import check_box
from monitor.readers.mathematics import DEEPEST, Node, mathml
from monitor.readers.page import Page
from monitor.readers.symbol_fonts import is_symbol_font, signs
from monitor.readers.text import unmarked

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode


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
    {"head", "script", "style", "noscript", "object", "datalist", "audio", "video", "canvas", "del", "option"}
)
_STYLED_AWAY = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LINED = re.compile(r"text-decoration(?:-line)?\s{0,9}:[^;}]{0,200}line-through", re.IGNORECASE)
_SYMBOLS = re.compile(r"font-family\s{0,9}:\s{0,9}[\"']?([\w ]{1,40})", re.IGNORECASE)
_SELECTOR_STEP = re.compile(r"\s*([>+~\s])\s*")
_MOST_TRIED = 10_000_000  # elements that are compared with the selectors of a page
_TEMPLATE = re.compile(r"<template\b[^>]*>(.*?)(?:</template\s*>\s*)?\Z", re.IGNORECASE | re.DOTALL)
_TEXTS, _OPTIONS = frozenset({"text", "foreignObject"}), frozenset({"option"})
_DEEPEST_WITHIN = 10  # pages inside each other
_ENTERED = frozenset(
    {"", "text", "search", "url", "tel", "email", "number", "range", "date", "time", "month", "week", "color"}
    | {"datetime-local"}
)


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


def parsed(source: str) -> LexborHTMLParser:
    """The tree of a page; ExtractError where it is nested too deep, or the parser gives it up."""
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    refuse_depth(source)
    try:
        return LexborHTMLParser(source)
    except SelectolaxError as error:
        raise ExtractError(f"damaged: the parser gives it up ({error})") from error


def html_blocks(source: str, *, titled: bool = True) -> list[Block]:
    """The blocks of a page or a piece of one; their origins say nothing. `titled`: its title may be a heading."""
    tree = parsed(source)
    page = Page()
    walker = _Walker(page)
    walker.walk(tree, source)
    walker.write_options()
    blocks = unmarked(page.finish())
    if titled and "<title" in source.lower():
        title = tree.css_first("head > title")
        words = " ".join(title.text().split()) if title is not None else ""
        if words and not any(block.text == words for block in blocks):
            blocks.insert(0, Block(BlockKind.HEADING, words, 1))
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
        placed.append(replace(block, origin=((0, at),)))
        at += len(block.text) + 1
    return tuple(placed)


class _Walker:
    """Walks a page and the pages inside it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._options: dict[str, None] = {}  # of all lists of the page, each once
        self._depth = 0
        self._tried = 0
        self._lined: set[int] = set()  # elements that a style sheet draws with a line through them
        self._special: dict[str, Callable[[LexborNode], None]] = {
            "input": self._input,
            "select": self._select,
            "textarea": self._textarea,
            "math": lambda node: self._page.text(mathml(_mathml_of(node))),
            "svg": self._drawing,
            "template": self._template,
            "iframe": lambda node: self._within(node.attributes.get("srcdoc") or ""),
        }

    def walk(self, tree: LexborHTMLParser, source: str) -> None:
        """Depth first without recursion: pages nest deeper than Python's stack."""
        page, top = self._page, tree.body
        self._take_styles(tree, source)
        opened: list[tuple[str, bool]] = []
        node: LexborNode | None = top.child if top is not None else None
        while node is not None:
            tag = node.tag or ""
            if tag == "-text":
                page.text(node.text_content or "")
            elif (
                tag
                and not tag.startswith("-")
                and tag not in _SKIPPED
                and not _is_hidden(attributes := node.attributes)
            ):
                if tag in self._special:
                    self._special[tag](node)
                elif attributes and is_symbol_font(font := _font(attributes)):
                    page.text(signs(node.text(), font))
                else:
                    lined = bool(attributes or self._lined) and self._is_lined(node, attributes)
                    page.open(tag, attributes)
                    if lined:
                        page.open("s", {})
                    opened.append((tag, lined))
                    child = node.child
                    if child is not None:
                        node = child
                        continue
                    self._close_last(opened)
            while node.next is None and opened:
                self._close_last(opened)
                parent = node.parent
                if parent is None:
                    return
                node = parent
            node = node.next

    def _close_last(self, opened: list[tuple[str, bool]]) -> None:
        tag, lined = opened.pop()
        if lined:
            self._page.close("s")
        self._page.close(tag)

    def write_options(self) -> None:
        """What the lists of the page offer."""
        for option in self._options:
            self._block("li", option)

    def _block(self, tag: str, text: str) -> None:
        self._page.open(tag, {})
        self._page.text(text)
        self._page.close(tag)

    # --- what is drawn with a line through it --------------------------------------------------------

    def _take_styles(self, tree: LexborHTMLParser, source: str) -> None:
        """Note the elements that the page's own style sheets draw with a line through them."""
        if "line-through" not in source:
            return
        from selectolax.lexbor import SelectolaxError

        styles = [style.text() for style in tree.css("style") if "line-through" in style.text()]
        tags, depth = source.count("<"), _depth(source) if styles else 0
        for rule in (rule for style in styles for rule in style.split("}")):
            before, _, properties = rule.rpartition("{")
            for selector in before.rpartition("{")[2].split(",") if _LINED.search(properties) else ():
                within = _SELECTOR_STEP.findall(selector.strip())
                work = tags
                for step in within:  # what the parser may have to try
                    work = min(work * (tags if step in "+~" else depth), _MOST_TRIED + 1)
                self._tried += work
                if self._tried > _MOST_TRIED:
                    return
                with suppress(SelectolaxError):  # it does not know all selectors
                    self._lined.update(node.mem_id for node in tree.css(selector))

    def _is_lined(self, node: LexborNode, attributes: Mapping[str, str | None]) -> bool:
        return node.mem_id in self._lined or _LINED.search(attributes.get("style") or "") is not None

    # --- forms -------------------------------------------------------------------------------------------

    def _input(self, node: LexborNode) -> None:
        kind = (node.attributes.get("type") or "").lower()
        if kind in ("checkbox", "radio"):
            self._page.text(f" {check_box(checked='checked' in node.attributes, radio=kind == 'radio')} ")
        elif kind in _ENTERED:
            self._entered(node.attributes.get("value") or "")

    def _entered(self, value: str) -> None:
        if value.strip():
            self._page.text(f" {value} ")

    def _select(self, node: LexborNode) -> None:
        options = [one for one in _found(node, _OPTIONS) if not _is_hidden(one.attributes)]
        texts = {place: " ".join(one.text().split()) for place, one in enumerate(options)}
        answers = [place for place, one in enumerate(options) if one.attributes.get("value") != "" and texts[place]]
        chosen = [place for place in answers if "selected" in options[place].attributes]
        several = "multiple" in node.attributes
        if not several:
            first = [0] if not any("selected" in one.attributes for one in options) and 0 in answers else []
            chosen = chosen[-1:] or first
        self._entered(", ".join(texts[place] for place in chosen))
        if len(answers) > 1:
            self._options |= dict.fromkeys(texts[place] for place in answers)

    def _textarea(self, node: LexborNode) -> None:
        for place, line in enumerate(node.text().strip().splitlines()):
            if place:
                self._page.open("br", {})
            self._entered(line)

    # --- pages and drawings inside the page -------------------------------------------------------------

    def _drawing(self, node: LexborNode) -> None:
        for one in _found(node, _TEXTS, skipped=("defs", "symbol")):
            if one.tag == "text":
                self._block("p", one.text(separator=" "))
            else:
                self._within(one.html or "")

    def _template(self, node: LexborNode) -> None:
        if "shadowrootmode" in node.attributes:
            inner = _TEMPLATE.match(node.html or "")
            self._within(inner[1] if inner else "")

    def _within(self, source: str) -> None:
        if not source.strip() or self._depth >= _DEEPEST_WITHIN:
            return
        self._depth += 1
        self._page.open("div", {})
        self.walk(parsed(source), source)
        self._page.close("div")
        self._depth -= 1


def _found(top: LexborNode, tags: frozenset[str], skipped: Sequence[str] = ()) -> Iterator[LexborNode]:
    """The elements of these names below `top`, in order, none inside another or inside one that is skipped."""
    waiting = [top.child]
    while waiting:
        node = waiting.pop()
        if node is None:
            continue
        waiting.append(node.next)
        if node.tag in tags:
            yield node
        elif node.tag not in skipped:
            waiting.append(node.child)


def _mathml_of(node: LexborNode, depth: int = 0) -> Node:
    children: list[Node] = []
    text = "" if depth < DEEPEST else node.text()
    child = node.child if depth < DEEPEST else None
    while child is not None:
        if child.tag == "-text":
            text += child.text_content or ""
        elif child.tag and not child.tag.startswith("-"):
            children.append(_mathml_of(child, depth + 1))
        child = child.next
    return Node(node.tag or "", text, children, node.attributes)


def _font(attributes: Mapping[str, str | None]) -> str:
    """The first of the fonts that an element names, empty where it names none."""
    styled = _SYMBOLS.search(attributes["style"] or "") if "style" in attributes else None
    return styled[1] if styled else (attributes.get("face") or "").partition(",")[0]


def _is_hidden(attributes: Mapping[str, str | None]) -> bool:
    if not attributes:
        return False
    return "hidden" in attributes or (
        "style" in attributes and _STYLED_AWAY.search(attributes["style"] or "") is not None
    )
