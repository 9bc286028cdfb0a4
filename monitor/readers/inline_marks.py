"""What is layout in a text and what is written with signs: marks of notes, raised figures, struck words, boxes.

These rules hold for every format. A mark of a note is left out. Raised figures are written as Unicode has
them. Words that are only drawn with a line through them stay, between `~~` and `~~`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple
from urllib.parse import unquote

from monitor.model import Link

STRUCK: Final = "~~"  # before and behind words that are drawn with a line through them

CHECKED: Final = "☑"
UNCHECKED: Final = "☐"
CHOSEN: Final = "◉"
NOT_CHOSEN: Final = "○"


def check_box(*, checked: bool, radio: bool = False) -> str:
    """The sign of a box that can be ticked, or of one choice of several."""
    if radio:
        return CHOSEN if checked else NOT_CHOSEN
    return CHECKED if checked else UNCHECKED


_DIGITS: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SIGNS: Final = str.maketrans("0123456789+-−()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾")


def superscript(text: str) -> str:
    """Raised digits as Unicode writes them: glued to the word before, a plain 2 would change a figure."""
    return text.translate(_DIGITS if text.strip("0123456789+-−()") else _SIGNS)


_LOWERED: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def subscript(text: str) -> str:
    """Lowered digits as Unicode writes them: glued to a figure, a plain 2 would change it."""
    return text.translate(_LOWERED)


_FIGURES: Final = re.compile(r"[\[(]?\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*[\])]?|[*†‡]{1,3}")
_WORD: Final = re.compile(r"[^\W\d_]{3,}\Z")
_BEHIND: Final = (".", ",", ";", ":", "!", "?", "…", "”", "’", "»", '"', "。", "、", "，")
_POWERED: Final = re.compile(
    r"mol|sec|min|nmi|inch(?:es)?|foot|feet|yards?|miles?|seconds?|hours?|chi|(?:sin|cos|tan|cot)h?|log|exp|arc\w+"
    r"|\w*(?:met(?:er|re|ro)s?|mètres?)",
    re.IGNORECASE,
)
_TAIL: Final = 40  # characters before a mark that matter
_ISOTOPE: Final = re.compile(r"[A-Z][a-z]?(?![a-z])")


def is_note_mark(before: str, raised: str) -> bool:
    """Whether raised characters behind the text `before` are the mark of a note, and no exponent or index.

    They are behind a word or the end of a sentence. Behind a figure, a unit, a letter or a bracket they stay.
    """
    if not _FIGURES.fullmatch(raised.strip()):
        return False
    before = before[-_TAIL:]
    if before.endswith(_BEHIND):
        return True
    word = _WORD.search(before)
    return word is not None and not _POWERED.fullmatch(word.group())


def is_own_mark(raised: str, after: str) -> bool:
    """Whether the raised characters that a block begins with are the mark of a note whose text follows."""
    if not _FIGURES.fullmatch(raised.strip()) or not after.strip():
        return False
    if after[0].isspace():
        return True
    return (after[0].isalpha() or after[0] in "“\"'‘«") and _ISOTOPE.match(after) is None


def target_name(target: str) -> str:
    """The name of the file that a link leads to; empty where it names none."""
    name = target.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    return unquote(name) if "." in name[1:] and not target.startswith(("javascript:", "data:")) else ""


# --- links that are marks of notes ------------------------------------------------------------------

_LABEL: Final = r"(?:(?:[^\W\d_]{1,6}\.?\s)?\d{1,4}|[a-zA-Z]{1,2}|[ivxlcIVXLC]{3,6}|[*†‡§¶#]{1,4})"
_LABELS: Final = re.compile(rf"[\[(]?{_LABEL}(?:(?:[\])]?[,;\s]{{1,2}}[\[(]?|[\])][\[(]){_LABEL})*[\])]?")
_BRACKETED: Final = re.compile(rf"\[{_LABEL}\]")
_BACK: Final = re.compile(r"[\^↑↩↵⏎⤴⇑▲][\ufe0e\ufe0f]?")
_NOTE_TYPES: Final = re.compile(r"\b(?:noteref|doc-noteref|doc-backlink|backlink|referrer)\b")
_LONGEST_LABEL: Final = 12  # characters of a link that says that it leads to a note
_LONGEST_LABELS: Final = 30  # characters of several marks in a row


class NoteLink(NamedTuple):
    """A link of the text that may be the mark of a note: `typed` where the markup says that it is one."""

    start: int
    end: int
    typed: bool


def _are_labels(text: str) -> bool:
    return len(text) <= _LONGEST_LABELS and _LABELS.fullmatch(text) is not None


def is_note_link(label: str, target: str, *, raised: bool) -> bool:
    """Whether a link without a type of its own, such as Markdown's, is the mark of a note."""
    found = note_link(0, len(label), target, "")
    marks = _are_labels(label) if raised else _BRACKETED.fullmatch(label) is not None
    return found is not None and (marks or _BACK.fullmatch(label) is not None)


def note_link(start: int, end: int, target: str, kinds: str) -> NoteLink | None:
    """The link as one that may be a note's mark; None where it leads out of the document. `kinds` is its type."""
    typed = _NOTE_TYPES.search(kinds) is not None
    return NoteLink(start, end, typed) if typed or ("#" in target and "://" not in target) else None


# --- the text of a block, when it is complete -----------------------------------------------------------

Range = tuple[int, int]


def marked_text(
    text: str,
    links: Sequence[Link],
    notes: Sequence[NoteLink],
    raised: Sequence[Range],
    struck: Sequence[Range],
) -> tuple[str, tuple[Link, ...]]:
    """The text without marks of notes, its raised figures as such, what is struck between `~~`; and its links."""
    raised, struck = _joined(raised, text), _joined(struck, text)
    gone = _joined([*_raised_marks(text, raised, notes), *_link_marks(text, notes)], text)
    pieces: list[str] = []
    last = 0
    for start, end in raised:
        pieces += (text[last:start], superscript(text[start:end]))
        last = end
    text = "".join(pieces) + text[last:]
    if gone:
        text, at = _edited(text, [(*_with_space(text, start, end), "") for start, end in gone])
        links = [Link(at(one.start), at(one.end), one.target) for one in links if not _within(one, gone)]
        struck = [(at(start), at(end)) for start, end in struck]
    signs = [(at, at, STRUCK) for start, end in struck for at in _trimmed(text, start, end)]
    if signs:
        text, at = _edited(text, signs)
        links = [Link(at(one.start), at(one.end), one.target) for one in links]
    return text, tuple(links)


def _joined(ranges: Iterable[Range], text: str) -> list[Range]:
    """The ranges in order, those that touch as one, none that is empty or reaches over the end."""
    found: list[Range] = []
    for start, end in sorted(ranges):
        end = min(end, len(text))
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def _raised_marks(text: str, raised: Sequence[Range], notes: Sequence[NoteLink]) -> Iterable[Range]:
    linking = sorted(notes, key=lambda one: one.end)
    ends = [one.end for one in linking]
    for start, end in raised:
        label = text[start:end].strip()
        place = bisect_right(ends, start)  # of the first link that ends behind the start
        linked = place < len(ends) and linking[place].start < end
        if (
            (linked and _are_labels(label))
            or (start == 0 and is_own_mark(label, text[end:]))
            or is_note_mark(text[max(0, start - _TAIL) : start], label)
        ):
            yield start, end


def _link_marks(text: str, notes: Sequence[NoteLink]) -> Iterable[Range]:
    for start, end, typed in notes:
        label = text[start:end].strip()
        own = start == 0 and is_own_mark(label, text[end:])
        if own or (typed and len(label) <= _LONGEST_LABEL) or _BRACKETED.fullmatch(label) or _BACK.fullmatch(label):
            yield start, end
        elif text[start - 1 : start] == "[" and text[end : end + 1] == "]" and _are_labels(label):
            yield start - 1, end + 1


def _within(link: Link, ranges: Sequence[Range]) -> bool:
    at = bisect_right(ranges, (link.start, 1 << 62)) - 1
    return at >= 0 and link.end <= ranges[at][1] and link.start < link.end


def _with_space(text: str, start: int, end: int) -> Range:
    """The range with the space that would be left over without it."""
    if start < _TAIL and not text[:start].strip():
        return start, end + len(text[end:]) - len(text[end:].lstrip(" "))
    if text[start - 1] == " " and (end == len(text) or text[end] in " .,;:!?)\n"):
        return start - 1, end
    return start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | tuple[()]:
    piece = text[start:end]
    if not piece.strip():
        return ()
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _edited(text: str, edits: Sequence[tuple[int, int, str]]) -> tuple[str, Callable[[int], int]]:
    """The text with each range replaced, and where each of its offsets is then."""
    pieces: list[str] = []
    ends: list[int] = []  # of the edits, in the text before
    shifts: list[int] = [0]
    starts: list[int] = []
    last = 0
    for start, end, new in edits:
        start = max(start, last)
        pieces += (text[last:start], new)
        starts.append(start)
        ends.append(max(start, end))
        shifts.append(shifts[-1] + len(new) - (ends[-1] - start))
        last = ends[-1]

    def moved(offset: int) -> int:
        at = bisect_right(ends, offset)
        inside = at < len(starts) and starts[at] < offset
        return (starts[at] if inside else offset) + shifts[at]

    return "".join(pieces) + text[last:], moved
