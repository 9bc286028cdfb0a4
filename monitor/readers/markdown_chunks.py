"""Cut Markdown source into chunks that can be parsed independently.

Versions of a document differ in a paragraph or two; with parsed chunks cached, a version costs only what changed. A
cut is made only where CommonMark's blocks end in any context: after a blank line before a line without indentation,
before a further item of the list that the chunk began with, before a footnote, around an HTML table. Never inside a
fence, a comment or a raw element.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

from monitor.readers.encoding import has_controls

_CUT = re.compile(r"\n(?:[ \t]*\n)+(?=\S)(?!:[ \t]+\S)")  # a definition belongs to its term
_OPENS = re.compile(
    r"^(?P<indent> {0,3})(?:"
    r"(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})"
    r"|<(?:(?P<raw>script|pre|style|textarea)(?=[\s>])|(?P<table>table)(?=[\s>])|(?P<other>!--|\?|!\[CDATA\[)))",
    re.MULTILINE | re.IGNORECASE,
)
_SIGNS_OF_OPENING = ("\n<", "\n <", "\n  <", "\n   <", "```", "~~~")
_BYTES_OF_ELEMENTS = tuple(sign.encode() for sign in _SIGNS_OF_OPENING if "<" in sign)
_GOES_ON = frozenset({b"", b" ", b"\t", b"\n", b"\v", b"\f"})  # begins what belongs to the part before
_DEFINITIONS = frozenset({b": ", b":\t"})
_OTHER_ENDS = {"!--": "-->", "?": "?>", "![CDATA[": "]]>"}
# an item's beginning; `* * *` is a rule
_BEGINS_ITEM = r"(?!([-*])(?:[ \t]*\1){2,}[ \t]*$)(?:[-*+]|\d{1,9}[.)]) {1,4}\S"
_ITEM = re.compile(rf"^{_BEGINS_ITEM}", re.MULTILINE)
_NOTE = r"\[\^[^\]\s]{1,99}\]:"
_NEXT_NOTE = re.compile(rf"\n(?={_NOTE})")
_NEXT_BULLET = re.compile(rf"\n(?=[-*+] {{1,4}}\S|{_NOTE})")
_NEXT_ITEM = re.compile(rf"\n(?=(?:[-*+]|\d{{1,9}}[.)]) {{1,4}}\S|{_NOTE})")
_OTHER_LINE = re.compile(rf"\n(?!{_BEGINS_ITEM})(?=\S)", re.MULTILINE)
_MARKUP = re.compile(r"^ {0,3}<", re.MULTILINE)  # begins an element that reaches to the next blank line, items or not
_OUTDENTED = re.compile(r"\n(?=\S)")
_MARKS_OF_ITEMS = frozenset("-*+0123456789")
_REACH = 4_000  # characters before a fence in which the element or the item that it may belong to is looked for
_FRONT = re.compile(
    r"---[ \t]*\n(?=[^\n]*[:#])(?:[^\n]*\n){0,400}?(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
    r"|\+\+\+[ \t]*\n(?=[^\n]*[=#\[])(?:[^\n]*\n){0,400}?\+\+\+[ \t]*(?:\n|\Z)"
)


def front_matter(source: str) -> int:
    """The length of the YAML or TOML block that the source begins with, 0 where there is none."""
    found = _FRONT.match(source)
    return found.end() if found else 0


def chunks(source: str, start: int = 0) -> Iterator[tuple[int, str]]:
    """(offset, text) of the chunks from `start` on, in order, without the blank lines between them."""
    scanner = _Scanner(source)
    begin = start
    while begin < len(source):
        opening = scanner.opening(begin)
        for cut in _CUT.finditer(source, begin):
            if cut.start() > opening:
                break
            yield from _split_chunk(begin, source[begin : cut.start()])
            begin = cut.end()
        if opening == len(source):
            yield from _split_chunk(begin, source[begin:])
            return
        end, following = scanner.chunk(begin)
        if not scanner.opened:
            yield from _split_chunk(begin, source[begin:end])
        else:
            yield begin, source[begin:end]
        begin = following


def stretches(source: bytes) -> list[bytes] | None:
    """The source in UTF-8 without byte order mark, cut at blank lines where `chunks` would cut it, too; a part may hold
    several chunks. None where one may reach beyond a blank line, or the source is no UTF-8."""
    if source.startswith((b"---", b"+++", b"\xef\xbb\xbf")) or b"]:" in source:
        return None
    if b"\r" in source:
        source = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    # one character is found several times as fast as two
    if b"<" in source and (source[:4].lstrip(b" ")[:1] == b"<" or any(sign in source for sign in _BYTES_OF_ELEMENTS)):
        return None
    if (b"`" in source and b"```" in source) or (b"~" in source and b"~~~" in source):
        return None
    if has_controls(source) or not _is_utf8(source):
        return None
    joined: list[bytes] = []
    for part in source.split(b"\n\n"):
        if joined and (part[:1] in _GOES_ON or part[:2] in _DEFINITIONS):
            joined[-1] += b"\n\n" + part
        else:
            joined.append(part)
    return joined


def _is_utf8(source: bytes) -> bool:
    if source.isascii():
        return True
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _may_open(source: str) -> bool:
    """Whether anything may open: told ten times faster than what it is."""
    return source[:4].lstrip(" ")[:1] == "<" or any(sign in source for sign in _SIGNS_OF_OPENING)


def _split_chunk(begin: int, text: str) -> Iterable[tuple[int, str]]:
    """A chunk in which nothing opens that must stay whole: it, or the items and footnotes in it."""
    if text[:1] in _MARKS_OF_ITEMS or "\n[^" in text:
        return [(begin + at, part) for at, part in _parts(text)]
    return ((begin, text),) if text and not text.isspace() else ()


@lru_cache(maxsize=4_096)
def _parts(text: str) -> tuple[tuple[int, str], ...]:
    """A chunk's items and footnotes, which are chunks of their own, with their offsets in it."""
    parts, at = [], 0
    for found in _separator(text).finditer(text):
        parts.append((at, text[at : found.start()]))
        at = found.end()
    return (*parts, (at, text[at:]))


def _separator(text: str) -> re.Pattern[str]:
    if not _ITEM.match(text) or _MARKUP.search(text):
        return _NEXT_NOTE
    # a line that is neither an item nor indented may be a paragraph's, which no number but 1 interrupts
    return _NEXT_BULLET if _OTHER_LINE.search(text) else _NEXT_ITEM


class _Scanner:
    def __init__(self, source: str) -> None:
        self._source = source
        self._next: re.Match[str] | None = None
        if _may_open(source):
            self._next = _OPENS.search(source)
        self.opened = False  # whether the last chunk holds something that must stay whole

    @cached_property
    def _lower(self) -> str:
        return self._source.lower()

    @cached_property
    def _last_table_end(self) -> int:
        return self._lower.rfind("</table>")

    def chunk(self, begin: int) -> tuple[int, int]:
        """The end of the chunk that begins here, and where the next one begins."""
        self.opened = False
        at = begin
        end, following = self._cut(at)
        while found := self._opening(at, end):
            if found["table"]:
                if found.start() > self._last_table_end:
                    at = found.end()
                    continue
                if found.start() > begin:
                    return found.start() - 1, found.start()
            self.opened = True
            at = self._closed(found, begin)
            if at >= end:
                end, following = self._cut(at)
        return end, following

    def opening(self, at: int) -> int:
        """Where the first construct opens from here on; the end of the source where none does. Offsets ascend."""
        if self._next is not None and self._next.start() < at:
            self._next = _OPENS.search(self._source, at)
        return len(self._source) if self._next is None else self._next.start()

    def _opening(self, at: int, end: int) -> re.Match[str] | None:
        self.opening(at)
        return self._next if self._next is not None and self._next.end() <= end else None

    def _cut(self, at: int) -> tuple[int, int]:
        found = _CUT.search(self._source, at)
        return found.span() if found else (len(self._source), len(self._source))

    def _closed(self, found: re.Match[str], begin: int) -> int:
        """Where the construct that opens here ends: the end of the source where it is never closed."""
        if found["fence"]:
            near = max(begin, found.start() - _REACH)
            paragraph = max(near, self._source.rfind("\n\n", near, found.start()))
            if _MARKUP.search(self._source, paragraph, found.start()):
                return len(self._source)  # whether an element goes on here is a question for the parser
            return self._fence_end(found, begin)
        end = _OTHER_ENDS[found["other"]] if found["other"] else f"</{(found['raw'] or found['table']).lower()}>"
        at = self._lower.find(end, found.end())
        return at + len(end) if at >= 0 else len(self._source)

    def _fence_end(self, found: re.Match[str], begin: int) -> int:
        fence = found["fence"]
        closing = re.compile(rf"^ {{0,3}}{re.escape(fence)}{fence[0]}*[ \t]*$", re.MULTILINE)
        end = closing.search(self._source, found.end())
        stop = end.end() if end else len(self._source)
        near = max(begin, found.start() - _REACH)
        items = list(_ITEM.finditer(self._source, near, found.start())) if found["indent"] else []
        if not items and (near == begin or not found["indent"]):
            return stop
        if items and len(found["indent"]) < len(items[-1].group()) - 1:
            return stop
        if not items or _OTHER_LINE.search(self._source, items[-1].end(), found.start()):
            return len(self._source)  # whether the list goes on is a question for the parser
        # the fence is a list item's: it ends where the item does
        outdented = _OUTDENTED.search(self._source, found.end(), stop)
        return outdented.start() if outdented else stop
