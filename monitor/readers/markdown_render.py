"""Render the tokens of markdown-it into blocks with their offsets: emphasis marks removed, link targets kept apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from monitor.model import Block, BlockKind, Link
from monitor.readers.block_writer import CELL, LONGEST_TAIL, BlockWriter, Trace, joint
from monitor.readers.html import html_blocks
from monitor.readers.page import TAGS, superscript
from monitor.readers.text import plain_blocks

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SIMPLE_TARGET = re.compile(r"[^\s()<>\\]*(?:[ \n]\"[^\"\\\n]{0,500}\")?\)")
_LABEL = re.compile(r"\[[^\[\]\n]*\]")
_CALLOUT = re.compile(r"\[!\w+\]")  # `> [!NOTE]` on a line of its own
_LONGEST_CALLOUT = 20


class Inline:
    """Writes inline tokens with a block writer, tracing where in the source each stands."""

    def __init__(self, writer: BlockWriter, trace: Trace) -> None:
        self._writer = writer
        self._trace = trace
        self._links: list[tuple[int, str]] = []
        self._raised = False
        self._break = ""  # a line break that was seen and is written before the next piece

    def write(self, tokens: Sequence[Token]) -> None:
        """All the tokens of one inline token."""
        self._links.clear()
        self._raised = False
        self._break = ""
        for token in tokens:
            self._take(token)

    def _take(self, token: Token) -> None:
        kind = token.type
        if kind in ("text", "code_inline"):
            self._text(token.content)
        elif kind == "text_special":
            self._special(token)
        elif kind == "softbreak":
            self._break = self._break or ("\n" if self._begins_callout() else " ")
        elif kind == "hardbreak":
            self._break = "\n"
        elif kind == "html_inline":
            self._html(token.content)
        elif kind == "image":
            self._image(token)
        elif kind == "link_open":
            self._open_link(str(token.attrGet("href") or ""))
            self._trace.skip("[")
        elif kind == "link_close":
            self._close_link()
            self._skip_target()
        else:
            self._trace.skip(token.markup)

    def _begins_callout(self) -> bool:
        return self._writer.length < _LONGEST_CALLOUT and _CALLOUT.fullmatch(self._writer.text()) is not None

    def _text(self, content: str) -> None:
        lines = content.split("\n")
        for place, line in enumerate(lines):
            if place:
                self._break = self._break or " "
            if line:
                self._write(superscript(line) if self._raised else line, self._trace.find(line))

    def _special(self, token: Token) -> None:
        self._write(token.content, self._trace.find(token.markup))

    def _write(self, piece: str, at: int) -> None:
        pending, self._break = self._break, ""
        last = self._writer.last
        if pending == "\n" and last not in ("", "\n"):
            self._writer.fill("\n")
        elif pending and last not in ("", "\n", " "):
            self._writer.fill(joint(self._writer.tail(LONGEST_TAIL), piece))
        self._writer.write(piece, at)

    def _open_link(self, target: str) -> None:
        start = self._writer.length + (1 if self._break else 0)
        self._links.append((start, target))

    def _close_link(self) -> None:
        start, target = self._links.pop() if self._links else (0, "")
        if target and start < self._writer.length:
            self._writer.link(start, target)

    def _skip_target(self) -> None:
        """Pass `](target "title")` or `][label]`, so that no word of it is taken for text."""
        trace = self._trace
        if not trace.skip("]"):
            trace.skip(">")  # an autolink's
        elif trace.skip("("):
            trace.at = _after_target(trace.source, trace.at)
        elif label := _LABEL.match(trace.source, trace.at):
            trace.at = label.end()

    def _image(self, token: Token) -> None:
        self._trace.skip("![")
        links, self._links = self._links, []
        for child in token.children or []:
            self._take(child)
        self._links = links
        self._skip_target()

    def _html(self, tag: str) -> None:
        found = _TAG.match(tag)
        if found is None:  # a comment or the like
            self._trace.find(tag)
            return
        closing, name = found.group(1) == "/", found.group(2).lower()
        if name not in TAGS:
            self._text(tag)  # `<branch>` in prose is no element
            return
        self._trace.find(tag)
        if name == "br":
            self._break = "\n"
        elif name == "sup":
            self._raised = not closing
        elif name == "a":
            self._anchor(tag, closing=closing)

    def _anchor(self, tag: str, *, closing: bool) -> None:
        if closing:
            self._close_link()
        else:
            href = _HREF.search(tag)
            self._open_link(next((part for part in href.groups() if part), "") if href else "")


def _after_target(source: str, at: int) -> int:
    """The offset behind the bracket that closes a link's target and title; `at` where it cannot be told."""
    simple = _SIMPLE_TARGET.match(source, at)
    if simple:
        return simple.end()
    from markdown_it.helpers import parseLinkDestination, parseLinkTitle

    size = len(source)
    begin = _skip_space(source, at)
    destination = parseLinkDestination(source, begin, size)
    end = _skip_space(source, destination.pos if destination.ok else begin)
    title = parseLinkTitle(source, end, size)
    end = _skip_space(source, title.pos if title.ok else end)
    return end + 1 if source.startswith(")", end) else at


def _skip_space(source: str, at: int) -> int:
    while at < len(source) and source[at] in " \t\n":
        at += 1
    return at


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
        self._writer = BlockWriter()
        self._inline = Inline(self._writer, self._trace)
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
                self._writer.fill(CELL)
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
                self._writer.fill("\n")
            text = line.strip() if tabs else line  # a tab that is indentation in part became spaces
            self._writer.write(text, self._trace.find(text))
        self._emit(BlockKind.CODE)

    def html(self, source: str, start: int, stop: int) -> None:
        """A piece of HTML that stands between `start` and `stop`."""
        self._trace.within(start, stop)
        for block in html_blocks(source):
            for word in re.split(r"(?<=\s)(?=\S)", block.text):
                self._writer.write(word, self._trace.find(word.rstrip()))
            self._emit(block.kind, block.level, block.links)

    def _emit(self, kind: BlockKind, level: int = 0, links: tuple[Link, ...] = ()) -> None:
        block = self._writer.block(kind, level)
        if block:
            self.blocks.append(Block(block.kind, block.text, block.level, block.links or links, block.origin))
