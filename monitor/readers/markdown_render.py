"""Render the tokens of markdown-it into blocks with their offsets: emphasis marks removed, link targets kept apart."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from monitor.core.text.layout import CONTINUED, HEAD
from monitor.model import Block, BlockKind, Emphasis, Link
from monitor.readers.block_writer import CELL, LONGEST_TAIL, BlockWriter, Trace, joint
from monitor.readers.html import html_blocks
from monitor.readers.inline_marks import (
    STRUCK,
    check_box,
    is_note_link,
    is_note_mark,
    is_own_mark,
    subscript,
    superscript,
    target_name,
)
from monitor.readers.page import EMPHASIS, TAGS
from monitor.readers.tables import is_short
from monitor.readers.text import list_marker, plain_blocks, without_marker

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SIMPLE_TARGET = re.compile(r"[^\s()<>\\]*(?:[ \n]\"[^\"\\\n]{0,500}\")?\)")
_LABEL = re.compile(r"\[[^\[\]\n]*\]")
_CALLOUT = re.compile(r"\[!\w+\]")  # `> [!NOTE]` on a line of its own
_LONGEST_CALLOUT = 20
_NOTE_MARK = re.compile(r" ?\[\^[\w.:-]{1,99}\](?=[\s.,;:!?)]|$)|\[\^[\w.:-]{1,99}\]")
_BOX = re.compile(r"(\[[ xX]\])\s")
_DEFINITION = re.compile(r":[ \t]+(?=\S)")
_CONTAINER = re.compile(r":{3,}[ \t]*(?:\{[^{}]*\}|[\w-]*)[ \t]*")
_ATTRIBUTES = re.compile(r"\s*\{[#.][^{}]*\}\s*$")


class Inline:
    """Writes inline tokens with a block writer, tracing where in the source each stands."""

    def __init__(self, writer: BlockWriter, trace: Trace) -> None:
        self._writer = writer
        self._trace = trace
        self._begin()

    def _begin(self) -> None:
        self._links: list[tuple[int, str, bool]] = []  # where they begin, their targets, whether they show a picture
        self._raised: int | None = None  # where raised text begins
        self._lowered = 0  # where lowered text begins
        self._noted = False  # whether a link in it leads to a note
        self._deleted = 0  # elements around that say that their text is deleted
        self._struck_end = False  # the end of struck text is written before the next piece
        self._emphasis: list[tuple[int, str]] = []  # where the open ones begin, and their kinds
        self._break = ""  # a line break that was seen and is written before the next piece

    def write(self, tokens: Sequence[Token]) -> None:
        """All the tokens of one inline token."""
        self._begin()
        for token in tokens:
            self._take(token)
        self._end_struck()

    def _take(self, token: Token) -> None:
        kind = token.type
        if kind == "text":
            self._text(token.content)
        elif kind == "code_inline":
            start = self._start()
            self._write(token.content.replace("\n", " "), self._trace.find(token.content))
            self._writer.emphasise(start, "c")
        elif kind == "box":
            self._write(check_box(checked=token.tag != "[ ]"), self._trace.find(token.tag))
            self._text(token.content)
        elif kind == "text_special":
            self._write(token.content, self._trace.find(token.markup))
        elif kind in ("softbreak", "hardbreak"):
            self._break = "\n" if kind == "hardbreak" or self._begins_callout() else self._break or " "
        elif kind == "html_inline":
            self._html(token.content)
        elif kind in ("s_open", "s_close"):
            self._strike(token.markup, closing=kind == "s_close")
        elif kind == "image":
            self._image(token)
        else:
            self._link(token)

    def _link(self, token: Token) -> None:
        if token.type == "link_open":
            self._open_link(str(token.attrGet("href") or ""))
            self._trace.skip("[")
        elif token.type == "link_close":
            self._close_link()
            self._skip_target()
        else:  # the marks of emphasis
            self._trace.skip(token.markup)
            self._emphasise("b" if token.type.startswith("strong") else "i", closing=token.nesting < 0)

    def _start(self) -> int:
        """Where the next piece begins in the text."""
        return self._writer.length + (1 if self._break else 0)

    def _emphasise(self, kind: str, *, closing: bool) -> None:
        if not closing:
            self._emphasis.append((self._start(), kind))
        elif self._emphasis:
            self._writer.emphasise(*self._emphasis.pop())

    def _begins_callout(self) -> bool:
        return self._writer.length < _LONGEST_CALLOUT and _CALLOUT.fullmatch(self._writer.text()) is not None

    def _text(self, content: str) -> None:
        lines = content.split("\n")
        for place, line in enumerate(lines):
            if place:
                self._break = self._break or " "
            if line:
                self._line(line, self._trace.find(line))

    def _line(self, line: str, at: int) -> None:
        last = 0
        for mark in _NOTE_MARK.finditer(line) if "[^" in line else ():
            self._write(line[last : mark.start()], at + last)
            last = mark.end()
        self._write(line[last:], at + last)

    def _write(self, piece: str, at: int) -> None:
        if not piece or self._deleted:
            return
        self._end_struck()
        self._write_break(piece)
        self._writer.write(piece, at)

    def _write_break(self, piece: str) -> None:
        pending, self._break = self._break, ""
        last = self._writer.last
        if pending == "\n" and last not in ("", "\n"):
            self._writer.fill("\n")
        elif pending and last not in ("", "\n", " "):
            self._writer.fill(joint(self._writer.tail(LONGEST_TAIL), piece))

    def _strike(self, mark: str, *, closing: bool) -> None:
        at = self._trace.at
        self._trace.skip(mark)
        if closing:
            self._struck_end = True
        elif self._struck_end and not self._break:  # what is struck goes on
            self._struck_end = False
        elif not self._deleted:
            self._write(STRUCK, at)

    def _end_struck(self) -> None:
        if self._struck_end:
            self._struck_end = False
            self._writer.write(STRUCK, max(0, self._trace.at - len(STRUCK)))

    def _raise(self, *, closing: bool) -> None:
        if not closing:
            self._raised = self._start()
            self._noted = False
        elif self._raised is not None:
            text, start = self._writer.text(), self._raised
            self._raised = None
            raised = text[start:]
            if (
                is_note_mark(text[:start], raised)
                or (self._noted and is_note_link(raised, "#", raised=True))
                or (not start and is_own_mark(raised, self._trace.source[self._trace.at :][:20]))
            ):
                self._writer.rewrite(start, lambda _: "")
            else:
                self._writer.rewrite(start, superscript)

    def _lower(self, *, closing: bool) -> None:
        if not closing:
            self._lowered = self._writer.length
        elif self._writer.text()[: self._lowered][-1:].isdecimal():
            self._writer.rewrite(self._lowered, subscript)

    def _open_link(self, target: str) -> None:
        start = self._start()
        self._links.append((start, target, False))

    def _close_link(self) -> None:
        start, target, shows = self._links.pop() if self._links else (0, "", False)
        if shows and start >= self._writer.length and target:
            self._write(target_name(target), self._trace.at)
        if not target or start >= self._writer.length:
            return
        label = self._writer.text()[start:] if "#" in target else ""
        self._noted = self._noted or (bool(label) and is_note_link(label, target, raised=True))
        if self._raised is None and label and is_note_link(label, target, raised=False):
            self._writer.rewrite(start, lambda _: "")
        else:
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
        length = self._writer.length
        for child in token.children or []:
            self._take(child)
        self._links = links
        if links and self._writer.length == length:
            links[-1] = (*links[-1][:2], True)
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
            self._raise(closing=closing)
        elif name == "sub":
            self._lower(closing=closing)
        elif name == "del":
            self._deleted = max(0, self._deleted + (-1 if closing else 1))
        elif name in ("s", "strike"):
            self._strike("", closing=closing)
        elif name == "a":
            self._anchor(tag, closing=closing)
        elif name in EMPHASIS:
            self._emphasise(EMPHASIS[name], closing=closing)

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
    return Block(block.kind, block.text, block.level, block.links, origin, block.cells, block.label, block.emphasis)


class _Part(NamedTuple):
    """Tokens of a block of its own; `mark` stands before it, `deeper` says how much deeper than the lists it lies."""

    tokens: list[Token]
    mark: str = ""
    deeper: int = 0


def _parts(tokens: Sequence[Token]) -> Iterator[_Part]:
    """A paragraph's parts: a definition below its term, items that a letter names, what stands between `:::`."""
    part = _Part([])
    for place, token in enumerate(tokens):
        begins = token.type == "text" and (not place or tokens[place - 1].type == "softbreak")
        found = _begin_of_part(token.content, tokens[place - 2] if place > 1 else None) if begins else None
        if found is None:
            part.tokens.append(token)
            continue
        mark, deeper = found
        if part.tokens:
            yield _Part(part.tokens[:-1], part.mark, max(part.deeper, int(mark[:2].strip() == ":")))
        rest = token.content[len(mark) :]
        part = _Part([token.copy(content=rest)] if rest else [], mark, deeper)
    if part.tokens:
        yield part


def _terms_with_values(parts: Sequence[_Part]) -> Iterator[Sequence[_Part]]:
    """The parts, a term together with its values where all of them are short: they are a row."""
    at = 0
    while at < len(parts):
        end = at + 1
        while end < len(parts) and parts[end].mark[:1] == ":" and parts[end].mark[:3] != ":::":
            end += 1
        texts = ["".join(token.content for token in part.tokens) for part in parts[at:end]]
        if parts[at].mark or not all(is_short([Block(BlockKind.PARAGRAPH, text)]) for text in texts):
            end = at + 1
        yield parts[at:end]
        at = end


def _begin_of_part(line: str, before: Token | None) -> tuple[str, int] | None:
    """The mark of a part that begins with this line, and how much deeper it lies; None where none begins."""
    container = _CONTAINER.match(line) if line.startswith(":::") else None
    if container is not None:
        return container.group(), 0
    definition = _DEFINITION.match(line)
    if definition is not None:
        return definition.group(), 1
    if before is None or not line or line[0] not in "(abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ":
        return None
    marker = list_marker(f"{line}_")  # emphasis may follow
    ends = line[0] == "(" or (
        before.type == "text" and before.content.rstrip().endswith((".", ":", ";", ",", " and", " or"))
    )
    return ("", 1) if marker is not None and ends else None


def _without_attributes(tokens: Sequence[Token]) -> Sequence[Token]:
    """A heading's tokens without the name and the classes behind it, as in `{#scope .wide}`."""
    if not tokens or tokens[-1].type != "text" or not tokens[-1].content.rstrip().endswith("}"):
        return tokens
    content = _ATTRIBUTES.sub("", tokens[-1].content)
    return [*tokens[:-1], tokens[-1].copy(content=content)]


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
        self._in_row = False
        self._begins_item = self._in_head = False
        self._label = ""  # of the item that begins
        self._last_definition = 0  # how many blocks there were when it was written

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
        elif kind == "list_item_open":
            self._begins_item = True
            self._label = f"{token.info}{token.markup}" if token.info else ""
        elif kind in ("thead_open", "tr_open", "tr_close"):
            self._take_row(kind)
        elif kind in ("fence", "code_block"):
            self._code(token)
        elif kind == "html_block":
            self.html(token.content, *self._range(token))

    def _take_row(self, kind: str) -> None:
        """The beginning or the end of a row, or the beginning of a head, which has one row."""
        self._in_row = kind == "tr_open"
        if kind == "tr_close":
            self._emit(BlockKind.ROW, label=HEAD if self._in_head else "")
        self._in_head = kind == "thead_open" or (self._in_head and self._in_row)

    def _range(self, token: Token) -> tuple[int, int]:
        first, last = token.map or (0, len(self._starts) - 1)
        return self._starts[first], self._starts[min(last, len(self._starts) - 1)]

    def _take_inline(self, token: Token) -> None:
        self._trace.within(*self._range(token))
        tokens: Sequence[Token] = token.children or []
        if self._in_row:
            self._writer.cell()
            self._inline.write(tokens)
            return
        if self._heading:
            self._inline.write(_without_attributes(tokens))
            self._emit(BlockKind.HEADING, self._heading)
            self._heading = 0
            return
        if self._depth and self._begins_item:
            self._begins_item = False
            tokens = self._box(tokens)
        for parts in _terms_with_values(list(_parts(tokens))):
            depth = self._depth + parts[0].deeper
            for part in parts:
                self._trace.find(part.mark)
                if len(parts) > 1:
                    self._writer.cell()
                self._inline.write(part.tokens)
            kind = BlockKind.ROW if len(parts) > 1 else BlockKind.ITEM if depth else BlockKind.PARAGRAPH
            label = self._label if self._depth and kind is BlockKind.ITEM else ""
            self._emit(kind, 0 if len(parts) > 1 else depth, label=label)
            self._label = CONTINUED if self._depth else ""
            if not self._depth and parts[0].mark[:1] == ":" and parts[0].mark[:3] != ":::":
                self._join_definition()
            elif len(parts) > 1:
                self._last_definition = len(self.blocks)

    def _join_definition(self) -> None:
        """Make one row of a term and the short value that was written last, below it after a blank line."""
        if len(self.blocks) < 2:
            return
        term, value = self.blocks[-2:]
        open_row = term.kind is BlockKind.ROW and self._last_definition == len(self.blocks) - 1
        if not (open_row or term.kind is BlockKind.PARAGRAPH) or not (is_short([term]) and is_short([value])):
            return
        at = len(term.text) + len(CELL)
        links = (*term.links, *(Link(one.start + at, one.end + at, one.target) for one in value.links))
        origin = (*term.origin, *((offset + at, there) for offset, there in value.origin))
        emphasis = (*term.emphasis, *((start + at, end + at, kind) for start, end, kind in value.emphasis))
        cells = (*(term.cells or ((0, len(term.text)),)), (at, at + len(value.text)))
        self.blocks[-2:] = [
            Block(BlockKind.ROW, f"{term.text}{CELL}{value.text}", 0, links, origin, cells, "", emphasis)
        ]
        self._last_definition = len(self.blocks)

    def _box(self, tokens: Sequence[Token]) -> Sequence[Token]:
        """The tokens of an item, its box for a task that is done or not as a sign."""
        box = _BOX.match(tokens[0].content) if tokens and tokens[0].type == "text" else None
        if box is None:
            return tokens
        return [tokens[0].copy(type="box", tag=box[1], content=tokens[0].content[box.end(1) :]), *tokens[1:]]

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
            self._emit(block.kind, block.level, block.links, block.cells, block.label, block.emphasis)

    def _emit(
        self,
        kind: BlockKind,
        level: int = 0,
        links: tuple[Link, ...] = (),
        cells: tuple[tuple[int, int], ...] = (),
        label: str = "",
        emphasis: tuple[Emphasis, ...] = (),
    ) -> None:
        block = self._writer.block(kind, level)
        if block:
            links, cells, emphasis = block.links or links, cells or block.cells, emphasis or block.emphasis
            block = replace(block, links=links, cells=cells, label=label, emphasis=emphasis)
            self.blocks.append(_without_marker(block))


def _without_marker(block: Block) -> Block:
    """The block without a marker that is none of Markdown's, its origin behind it."""
    found = without_marker(block)
    cut = len(block.text) - len(found.text)
    if not cut:
        return found
    first = bisect_right(block.origin, (cut, 1 << 62)) - 1
    at, there = block.origin[first]
    return replace(found, origin=((0, there + cut - at), *((at - cut, to) for at, to in block.origin[first + 1 :])))
