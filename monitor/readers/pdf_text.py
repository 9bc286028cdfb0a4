"""The text of PDF lines: what stands between them and between words, raised figures, and marks of notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from monitor.core.text.words import known_words
from monitor.model import Block, BlockKind, Link
from monitor.readers.block_writer import joint
from monitor.readers.inline_marks import marked_text
from monitor.readers.pdf_layout import Measures, PdfLine, Segment
from monitor.readers.pdf_words import Word

_NO_SPACE: Final = 0.05  # of the size: no space is that narrow, though pdfium may see one before raised characters


def text_of(lines: Sequence[Segment], words: frozenset[str]) -> Iterator[Block]:
    """The lines of a paragraph as one block, none where there is no text; `words` is the document's vocabulary."""
    pieces: list[str] = []
    links: list[Link] = []
    raised: list[tuple[int, int]] = []
    length = 0
    before: Word | None = None
    token = ""  # what was written since the last space
    for line in lines:
        size, base = median(word.size for word in line.words), median(word.base for word in line.words)
        for place, word in enumerate(line.words):
            between: str | None = ""
            if before is not None and place:
                between = _between_words(before, word)
            elif before is not None:
                between = between_lines(token, word.text, words, broken=before.broken)
            if between is None:
                whole = pieces[-1]
                pieces[-1] = whole.rstrip(HYPHENS)
                token = token.rstrip(HYPHENS)
                length -= len(whole) - len(pieces[-1])
                between = ""
            text, ranges = raised_figures(word, size, base)
            if ranges and ranges[0][0] == 0 and place:
                between = ""
            length += len(between)
            raised += ((start + length, end + length) for start, end in ranges)
            pieces += (between, text)
            if word.target:
                _link(links, length, length + len(text), word.target)
            length += len(text)
            before = word
            token = text if " " in between else token + between + text
    text, found = marked_text("".join(pieces), links, (), raised, ()) if raised else ("".join(pieces), tuple(links))
    if text.strip():
        yield Block(BlockKind.PARAGRAPH, text, 0, found)


def _link(links: list[Link], start: int, end: int, target: str) -> None:
    """One link for all the words that lead to one place."""
    if links and links[-1].target == target and start - links[-1].end <= 1:
        links[-1] = Link(links[-1].start, end, target)
    else:
        links.append(Link(start, end, target))


def _between_words(before: Word, word: Word) -> str:
    apart = max(word.left - before.right, before.left - word.right)
    return " " if apart > _NO_SPACE * word.size or word.spaced else ""


# --- between lines ----------------------------------------------------------------------------------

HYPHENS: Final = "-\u2010"
_AROUND: Final = ".,;:!?()[]“”\"'’‘"
_ADDRESS: Final = re.compile(r"(?:https?://|ftp://|www\.|mailto:)\S|\S+@\S+\.\w|\S+\.\w{2,10}/\S", re.IGNORECASE)
_GOES_ON: Final = "/_=&?#%~@"  # at the end of an address that is not complete
_GROUPED: Final = re.compile(r"(?:^|[^\d.,])(?:\d{1,3}(?:,\d{3})+,|\d{1,3}(?:\.\d{3})+\.)$")
_GROUP: Final = re.compile(r"\d{3}(?!\d)")
# English words that hyphens stand behind; what follows is a word itself
_PREFIXES: Final = frozenset(["non", "self", "counter", "cross", "co", "sub", "well", "third"])
_TENS: Final = frozenset(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
_ONE_WORD: Final = frozenset({
    "substance", "substances", "subscribe", "subscribes", "subscribed", "submarine", "subtitle", "subtotal", "subway",
    "counteract", "counterpart", "counterparts", "crossroads", "crossword", "selfless", "nonsense", "wellness",
})  # fmt: skip
_SHORTEST: Final = 3  # letters of a word that hyphens part


def vocabulary(rows: Sequence[PdfLine]) -> frozenset[str]:
    """The words of the document that are not broken by a line's end, in lower case."""
    found: set[str] = set()
    for row in rows:
        for cell in row.cells:
            words = cell.words[:-1] if cell.words[-1].broken or cell.words[-1].text[-1:] in HYPHENS else cell.words
            found.update(word.text.strip(_AROUND).lower() for word in words)
    return frozenset(found)


def between_lines(token: str, rest: str, words: frozenset[str], *, broken: bool) -> str | None:
    """What stands between two lines; None: nothing, and the hyphen at the end goes too.

    `token` is what the first line ends with, up to the last space, `rest` the first word of the second, `words` the
    document's vocabulary. `broken`: pdfium took a hyphen off the end.
    """
    hyphen = token[-1:] in tuple(HYPHENS)
    if not broken and not (hyphen and rest[:1].isalnum() and len(token) > 1):
        return "" if _is_one_figure(token, rest) or _is_one_address(token, rest) else joint(token, rest)
    stem = token.rstrip(HYPHENS)
    mark = "" if hyphen else "-"
    if rest[:1].isdigit() and not stem[-1:].isdigit() and not _ADDRESS.match(stem):
        return mark + joint(stem + "-", rest) if broken or stem[-1:].isalnum() else joint(token, rest)
    space = joint(stem + "-", rest)  # `pre- and post-war`
    return mark + space if space or _is_compound(stem, rest, words) else None


def _is_one_figure(token: str, rest: str) -> bool:
    """`1,250,` and `000`."""
    return _GROUPED.search(token) is not None and _GROUP.match(rest) is not None


def _is_one_address(token: str, rest: str) -> bool:
    return token[-1] in _GOES_ON and _ADDRESS.match(token.lstrip(_AROUND)) is not None and rest[:1].isalnum()


def _is_compound(stem: str, rest: str, words: frozenset[str]) -> bool:
    """Whether the hyphen belongs to the word: the rest of the document tells, else what the parts look like."""
    if _ADDRESS.match(stem.lstrip(_AROUND)):
        return True
    head, tail = stem.lower().lstrip("(“\"'‘"), rest.lower().rstrip(".,;:!?)”\"'’")
    if head + tail in words:
        return False
    if f"{head}-{tail}" in words:
        return True
    if not stem[-1:].isalpha() or rest[:1].isupper() or "-" in head:
        return True
    return "the" in words and _is_english_compound(head, tail)


def _is_english_compound(head: str, tail: str) -> bool:
    """`non-transferable`, `long-term`: parts that are words, of one that is none without its hyphen."""
    known = known_words()
    last = tail.partition("-")[0]
    if len(last) < _SHORTEST or last not in known:
        return False
    if head in _PREFIXES or head in _TENS:
        return head + last not in _ONE_WORD
    return len(head) >= _SHORTEST and head in known and head + last not in known


# --- raised figures, and notes -------------------------------------------------------------------

_RAISED: Final = 0.85  # of the line's size
_HIGHER: Final = 0.15  # of the line's size, above its base
_SMALLER: Final = 0.95  # of the body's size: what notes are set in
_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RUN: Final = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_GLUED: Final = re.compile(r"(\d{1,3}|[*†‡§¶]{1,3})(?=[^\W\d_]{2}|[“\"'‘«(])")
_MARK: Final = re.compile(r"[\[(]?(\d{1,3}|[*†‡§¶]{1,3})[\])]?")


def raised_figures(word: Word, size: float, base: float) -> tuple[str, list[tuple[int, int]]]:
    """The word with plain figures, and the ranges of those that are raised above a line of this size and base."""
    if _is_raised(word, size, base):
        return word.text.translate(_SUPERSCRIPTS), [(0, len(word.text))]
    if word.text.isascii():
        return word.text, []
    return word.text.translate(_SUPERSCRIPTS), [run.span() for run in _RUN.finditer(word.text)]


def _is_raised(word: Word, size: float, base: float) -> bool:
    return word.size < _RAISED * size and word.base > base + _HIGHER * size


def note_marks(rows: Sequence[PdfLine]) -> frozenset[str]:
    """What is raised in the text and may be the mark of a note."""
    found: set[str] = set()
    for row in rows:
        size, base = row.size, row.base
        words = [word for cell in row.cells for word in cell.words]
        for place, word in enumerate(words):
            if word.size < _RAISED * size and place and _is_raised(word, size, base):
                found.update(mark[1] for mark in [_MARK.fullmatch(word.text)] if mark)
            elif not word.text.isascii():
                found.update(run[0].translate(_SUPERSCRIPTS) for run in _RUN.finditer(word.text))
    return frozenset(found)


def as_note(row: PdfLine, marks: frozenset[str], measures: Measures) -> PdfLine:
    """The row without its mark where a note begins with it: one of `marks`, in smaller type than the body."""
    words = row.cells[0].words
    if not marks or row.size > _SMALLER * measures.body:
        return row
    run = _RUN.match(words[0].text)
    if run and run.end() < len(words[0].text):
        return replace(row, is_note=True)  # `¹This`: the mark is taken off with all that is raised
    glued = _GLUED.match(words[0].text)
    if glued and glued[1] in marks:  # `1This`, in letters of one size
        rest = replace(words[0], text=words[0].text[glued.end() :])
        return replace(row, cells=(replace(row.cells[0], words=(rest, *words[1:])), *row.cells[1:]), is_note=True)
    mark = _MARK.fullmatch(words[0].text.translate(_SUPERSCRIPTS).rstrip("."))
    if mark is None or mark[1] not in marks or (len(words) == 1 and len(row.cells) == 1):
        return row
    first = replace(row.cells[0], words=words[1:], left=words[1].left) if len(words) > 1 else None
    return replace(row, cells=(*([first] if first else []), *row.cells[1:]), is_note=True)
