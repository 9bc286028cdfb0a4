"""One chunk of Markdown -> blocks with their offsets in it, by way of markdown-it's tokens."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from monitor.model import Block, BlockKind, Link
from monitor.readers.block_writer import CELL, Pen
from monitor.readers.inline import Inline
from monitor.readers.text import plain_blocks
from monitor.readers.tracing import Trace

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

References = tuple[tuple[str, str], ...]  # (normalised label, target), sorted

_DEEPEST = 60  # levels of nesting: each costs Python several frames
_NOTE = re.compile(r"\[\^[^\]\s]{1,99}\]:[ \t]*")
_TABLE = re.compile(r" {0,3}<table[\s>]", re.IGNORECASE)
_DEEPER = frozenset({"bullet_list_open", "ordered_list_open"})
_SHALLOWER = frozenset({"bullet_list_close", "ordered_list_close"})


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    # targets stay as they are written: nothing is rendered from them, and a change of scheme is news too
    parser.normalizeLink = parser.normalizeLinkText = str  # type: ignore[method-assign,assignment]
    parser.validateLink = bool  # type: ignore[method-assign,assignment]
    # kept apart, entities and escapes tell how they were written: their offsets stay right
    return parser.disable("text_join")


def definitions(text: str) -> References:
    """The link references that a chunk defines."""
    env: dict[str, dict[str, dict[str, str]]] = {}
    _parser().parse(text, env)
    return tuple((label, found["href"]) for label, found in env.get("references", {}).items())


def render(text: str, references: References) -> tuple[Block, ...]:
    """The blocks of one chunk; their origins count from its beginning."""
    note = _NOTE.match(text)
    if note:
        return tuple(shifted(block, note.end()) for block in render(text[note.end() :], references))
    renderer = _Renderer(text)
    if _TABLE.match(text):
        renderer.html(text, 0, len(text))
        return tuple(renderer.blocks)
    env = {"references": {label: {"href": target, "title": ""} for label, target in references}}
    tokens = _parser().parse(text, env)
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        return plain_blocks(text)  # the parser leaves out what is nested deeper
    for token in tokens:
        renderer.take(token)
    return tuple(renderer.blocks)


def shifted(block: Block, by: int) -> Block:
    """The block, standing so many characters further on."""
    origin = tuple((at, there + by) for at, there in block.origin)
    return Block(block.kind, block.text, block.level, block.links, origin)


class _Renderer:
    def __init__(self, text: str) -> None:
        self.blocks: list[Block] = []
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._trace = Trace(text)
        self._pen = Pen()
        self._inline = Inline(self._pen, self._trace)
        self._depth = 0
        self._heading = 0
        self._cells = -1  # written in the open row; -1 outside

    def take(self, token: Token) -> None:
        """The next token, in the parser's order."""
        kind = token.type
        if kind == "inline":
            self._take_inline(token)
        elif kind == "heading_open":
            self._heading = int(token.tag[1])
        elif kind in _DEEPER:
            self._depth += 1
        elif kind in _SHALLOWER:
            self._depth -= 1
        elif kind == "tr_open":
            self._cells = 0
        elif kind == "tr_close":
            self._cells = -1
            self._emit(BlockKind.ROW)
        elif kind in ("fence", "code_block"):
            self._code(token)
        elif kind == "html_block":
            self.html(token.content, *self._range(token))

    def _range(self, token: Token) -> tuple[int, int]:
        first, last = token.map or (0, len(self._starts) - 1)
        return self._starts[first], self._starts[min(last, len(self._starts) - 1)]

    def _take_inline(self, token: Token) -> None:
        self._trace.within(*self._range(token))
        if self._cells >= 0:
            if self._cells:
                self._pen.fill(CELL)
            self._cells += 1
            self._inline.write(token.children or [])
            return
        self._inline.write(token.children or [])
        if self._heading:
            self._emit(BlockKind.HEADING, self._heading)
            self._heading = 0
        else:
            self._emit(BlockKind.ITEM if self._depth else BlockKind.PARAGRAPH, self._depth)

    def _code(self, token: Token) -> None:
        start, stop = self._range(token)
        if token.type == "fence":
            start = self._starts[(token.map or [0])[0] + 1] if token.map else start
        self._trace.within(start, stop)
        tabs = "\t" in self._trace.source[start:stop]
        for place, line in enumerate(token.content.split("\n")):
            if place:
                self._pen.fill("\n")
            text = line.strip() if tabs else line  # a tab that is indentation in part became spaces
            self._pen.write(text, self._trace.find(text))
        self._emit(BlockKind.CODE)

    def html(self, source: str, start: int, stop: int) -> None:
        """A piece of HTML that stands between `start` and `stop`."""
        from monitor.readers.html import html_blocks

        self._trace.within(start, stop)
        for block in html_blocks(source):
            for word in re.split(r"(?<=\s)(?=\S)", block.text):
                self._pen.write(word, self._trace.find(word.rstrip()))
            self._emit(block.kind, block.level, block.links)

    def _emit(self, kind: BlockKind, level: int = 0, links: tuple[Link, ...] = ()) -> None:
        block = self._pen.block(kind, level)
        if block:
            self.blocks.append(Block(block.kind, block.text, block.level, block.links or links, block.origin))
