"""markdown-it's inline tokens -> a block's text: emphasis marks gone, link targets aside, images as their text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.readers.block_writer import Pen
from monitor.readers.page import TAGS, superscript
from monitor.readers.softbreak import LONGEST_TAIL, joint
from monitor.readers.tracing import Trace

if TYPE_CHECKING:
    from markdown_it.token import Token

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SIMPLE_TARGET = re.compile(r"[^\s()<>\\]*(?:[ \n]\"[^\"\\\n]{0,500}\")?\)")
_LABEL = re.compile(r"\[[^\[\]\n]*\]")
_CALLOUT = re.compile(r"\[!\w+\]")  # `> [!NOTE]` on a line of its own
_LONGEST_CALLOUT = 20


class Inline:
    """Writes inline tokens with a pen, tracing where in the source each stands."""

    def __init__(self, pen: Pen, trace: Trace) -> None:
        self._pen = pen
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
        return self._pen.length < _LONGEST_CALLOUT and _CALLOUT.fullmatch(self._pen.text()) is not None

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
        last = self._pen.last
        if pending == "\n" and last not in ("", "\n"):
            self._pen.fill("\n")
        elif pending and last not in ("", "\n", " "):
            self._pen.fill(joint(self._pen.tail(LONGEST_TAIL), piece))
        self._pen.write(piece, at)

    def _open_link(self, target: str) -> None:
        start = self._pen.length + (1 if self._break else 0)
        self._links.append((start, target))

    def _close_link(self) -> None:
        start, target = self._links.pop() if self._links else (0, "")
        if target and start < self._pen.length:
            self._pen.link(start, target)

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
