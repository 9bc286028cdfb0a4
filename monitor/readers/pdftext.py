"""The lines of a paragraph in a PDF -> its text: line breaks become spaces, hyphens are mended, raised digits kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from monitor.model import Block, BlockKind, Link
from monitor.readers.page import superscript
from monitor.readers.pdf_layout import Row, Segment
from monitor.readers.pdf_words import Word
from monitor.readers.softbreak import joint

HYPHENS: Final = "-\u2010"
_NO_SPACE: Final = 0.05  # of the size: no space is that narrow, though pdfium may see one before raised characters
_RAISED: Final = 0.85  # of the line's size


def vocabulary(rows: Sequence[Row]) -> frozenset[str]:
    """The words of the document that are not broken by a line's end, in lower case."""
    found: set[str] = set()
    for row in rows:
        for cell in row.cells:
            words = cell.words[:-1] if cell.words[-1].broken or cell.words[-1].text[-1:] in HYPHENS else cell.words
            found.update(word.text.strip(".,;:!?()[]“”\"'’").lower() for word in words)
    return frozenset(found)


def text_of(lines: Sequence[Segment], words: frozenset[str]) -> Iterator[Block]:
    """The lines of a paragraph as one block, none where there is no text; `words` is the document's vocabulary."""
    pieces: list[str] = []
    links: list[Link] = []
    length = 0
    before: Word | None = None
    for line in lines:
        size = median(word.size for word in line.words)
        for place, word in enumerate(line.words):
            between = _between(before, word, words, same_line=place > 0) if before is not None else ""
            if between is None:
                whole = pieces[-1]
                pieces[-1] = whole.rstrip(HYPHENS)
                length -= len(whole) - len(pieces[-1])
                between = ""
            text = superscript(word.text) if _is_raised(word, line, size) else word.text
            if text != word.text and place:
                between = ""
            length += len(between)
            pieces += (between, text)
            if word.target:
                _link(links, length, length + len(text), word.target)
            length += len(text)
            before = word
    text = "".join(pieces)
    if text.strip():
        yield Block(BlockKind.PARAGRAPH, text, 0, tuple(links))


def _link(links: list[Link], start: int, end: int, target: str) -> None:
    """One link for all the words that lead to one place."""
    if links and links[-1].target == target and start - links[-1].end <= 1:
        links[-1] = Link(links[-1].start, end, target)
    else:
        links.append(Link(start, end, target))


def _is_raised(word: Word, line: Segment, size: float) -> bool:
    return word.size < _RAISED * size and word.base > line.base + 0.15 * size


def _between(before: Word, word: Word, words: frozenset[str], *, same_line: bool) -> str | None:
    """What stands between two words; None: nothing, and the hyphen before goes too."""
    if same_line:
        apart = max(word.left - before.right, before.left - word.right)
        return " " if apart > _NO_SPACE * word.size else ""
    head = before.text
    hyphen = head[-1:] in tuple(HYPHENS)
    if before.broken or (hyphen and word.text[:1].isalpha() and len(head) > 1):
        stem = head.rstrip(HYPHENS)
        mark = "" if hyphen else "-"
        space = joint(stem + "-", word.text)  # `pre- and post-war`
        return mark + space if space or _is_compound(stem, word.text, words) else None
    return joint(head, word.text)


def _is_compound(stem: str, rest: str, words: frozenset[str]) -> bool:
    """Whether the hyphen belongs to the word: the rest of the document tells, else what the parts look like."""
    head, tail = stem.lower().lstrip("(“\"'‘"), rest.lower().rstrip(".,;:!?)”\"'’")
    if head + tail in words:
        return False
    if f"{head}-{tail}" in words:
        return True
    return not stem[-1:].isalpha() or rest[:1].isupper() or "-" in head
