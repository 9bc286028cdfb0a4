"""Markdown -> blocks: CommonMark with tables, strikethrough, front matter and footnotes.

The source is cut into independent chunks; each distinct chunk is parsed once and its blocks are kept, with offsets
that count from the chunk's beginning.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from monitor.core.text.segment import Passage
from monitor.model import Block, BlockKind, Extraction
from monitor.readers.encoding import decode
from monitor.readers.markdown_chunks import chunks, front_matter, stretches
from monitor.readers.markdown_render import References, definitions, render
from monitor.readers.oneline import one_line
from monitor.readers.tablerows import table_rows
from monitor.readers.text import plain_blocks

_DEFINES = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]{1,999}\]:", re.MULTILINE)
_LABEL = re.compile(r"\[([^\[\]]{1,999})\]")
_MARKS = re.compile(
    r"^ {0,3}(?:#{1,6} \S|```|~~~|> |\[[^\]\n]{1,200}\]: |\|?(?: *:?-{3,}:? *\|)+)"
    r"|\[[^\[\]\n]{1,500}\]\([^()\s]{1,2000}|\*\*[^\s*]|__[^\s_]",
    re.MULTILINE,
)
_SIGNS = b"[]*_~`<!&\\"
_MOST_SIGNS = 50_000  # characters that begin markup: a second or two of parsing
_DENSEST = 8  # characters to each of them: prose has 20 and more
_LARGEST = 1 << 18  # characters of a chunk; what is larger is read as plain text
_LONG = 20_000  # characters: of longer chunks, which are tables as a rule, few parses are kept


class MarkdownExtractor:
    """Markdown."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks whose origins point into the decoded source."""
        source, notes = decode(data)
        return Extraction(source, markdown_blocks(source), notes)

    def passages(self, data: bytes) -> tuple[Passage, ...]:
        """The same blocks without their places; a chunk that another version has too is the very same passage."""
        source, _ = decode(data)
        if _is_noise(source):
            return (Passage(plain_blocks(source)),)
        text = _LineFeeds(source).text
        alone = stretches(text) if "]:" not in text else None
        if alone is None:
            return tuple([passage for _, passage in _parsed(text)])
        return tuple(chain.from_iterable([_alone(part) if len(part) <= _LONG else _cut(part) for part in alone]))


def reads_as_markdown(text: str) -> bool:
    """Whether `text` holds a mark that only Markdown has: a heading, fence, link, strong emphasis, table or quote.

    Paragraphs, lists and underlined headings are the same in plain text and give the same statements.
    """
    return _MARKS.search(text) is not None


def markdown_blocks(source: str) -> tuple[Block, ...]:
    """The blocks of a Markdown source."""
    if _is_noise(source):
        return plain_blocks(source)
    lines = _LineFeeds(source)
    return tuple(lines.place(at, block) for at, passage in _parsed(lines.text) for block in passage.blocks)


def _is_noise(source: str) -> bool:
    """Whether the source is so full of marks that it can be no document, and would take minutes to parse."""
    if len(source) <= _MOST_SIGNS:
        return False
    written = source.encode("utf-8", "surrogatepass")
    signs = len(written) - len(written.translate(None, _SIGNS))  # at once, which count() does sign by sign
    return signs > max(_MOST_SIGNS, len(source) // _DENSEST)


def _parsed(source: str) -> Iterator[tuple[int, Passage]]:
    front = front_matter(source)
    if front:
        yield 0, Passage((_front_block(source[:front]),))
    cut = list(chunks(source, front))
    references = _references([text for _, text in cut]) if "]:" in source else {}
    for at, text in cut:
        yield at, _passage(text, _used(text, references))


def _cut(text: str) -> tuple[Passage, ...]:
    """The passages of a stretch that says the same wherever it stands."""
    return tuple([_passage(part, ()) for _, part in chunks(text)])


_alone = lru_cache(maxsize=12_288)(_cut)


def _front_block(text: str) -> Block:
    begin = text.index("\n") + 1
    end = text.rstrip().rindex("\n")
    return Block(BlockKind.CODE, text[begin:end], origin=((0, begin),))


def _passage(text: str, references: References) -> Passage:
    if len(text) > _LARGEST:
        return Passage(plain_blocks(text))
    return _kept(text, references) if len(text) <= _LONG else _kept_long(text, references)


def _read(text: str, references: References) -> Passage:
    blocks = one_line(text)
    if blocks is None:
        blocks = table_rows(text, references)
    return Passage(render(text, references) if blocks is None else blocks)


_kept = lru_cache(maxsize=4_096)(_read)
_kept_long = lru_cache(maxsize=32)(_read)
_defined = lru_cache(maxsize=1_024)(definitions)


def _references(texts: list[str]) -> dict[str, str]:
    """Labels -> targets of the whole document; the first definition of a label wins."""
    found: dict[str, str] = {}
    for text in texts:
        if "]:" in text and len(text) <= _LARGEST and _DEFINES.search(text):
            for label, target in _defined(text):
                found.setdefault(label, target)
    return found


def _used(text: str, references: dict[str, str]) -> References:
    """The references that a chunk may use: a part of what its parse depends on, and no more."""
    if not references or "[" not in text:
        return ()
    from markdown_it.common.utils import normalizeReference

    labels = {normalizeReference(label) for label in _LABEL.findall(text)}
    return tuple(sorted((label, references[label]) for label in labels & references.keys()))


class _LineFeeds:
    """The source with every line end a line feed, and the way back to the source's own offsets."""

    def __init__(self, source: str) -> None:
        self.text = source
        self._dropped: list[int] = []  # offsets in `text` before which a carriage return was left out
        if "\r" in source:
            parts = source.split("\r\n")
            self.text = "\n".join(parts).replace("\r", "\n")
            at = -1
            for part in parts[:-1]:
                at += len(part) + 1
                self._dropped.append(at)

    def place(self, start: int, block: Block) -> Block:
        """The block with its origin in the source; it was parsed from the text at `start`."""
        if not self._dropped:
            origin = tuple([(at, start + there) for at, there in block.origin])
        else:
            origin = tuple(self._line_by_line(start, block))
        return Block(block.kind, block.text, block.level, block.links, origin)

    def _line_by_line(self, start: int, block: Block) -> Iterator[tuple[int, int]]:
        """The block's origin in the source, with a pair of its own behind each carriage return that was left out."""
        ends = [*(at for at, _ in block.origin[1:]), len(block.text)]
        for (at, there), end in zip(block.origin, ends, strict=True):
            base = start + there
            first, last = bisect_left(self._dropped, base), bisect_left(self._dropped, base + end - at - 1)
            yield at, base + first
            for number in range(first, last):
                behind = self._dropped[number] + 1
                yield at + behind - base, behind + number + 1
