"""How a block is laid out: the number of an item, the headings of a table, emphasised words. No statement holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from monitor.model import BlockKind, CutBlock, Emphasis

HEAD: Final = "head"  # the label of a row of a table that holds headings
FIRST_CELL: Final = "first"  # of one whose first cell is a heading
NEXT: Final = "+"  # of an item that is counted on from the one before
CONTINUED: Final = "-"  # of a further paragraph of an item
LONGEST_LABEL: Final = 24  # characters
_MOST_RANGES = 200  # of a block
_ONE_LIST = re.compile(r"\d{1,9}([.)]) \d{1,9}\1", re.ASCII)
_LAST_NUMBER = re.compile(r"(\d{1,9})(\D*)\Z", re.ASCII)
_LAST_LETTER = re.compile(r"(?<![A-Za-z])([A-Ya-y])([^A-Za-z\d]*)\Z", re.ASCII)


class Layout(NamedTuple):
    """A label as it was read, and the emphasised ranges of each statement of the block, by its place in it."""

    label: str = ""
    emphasis: Mapping[int, Sequence[Emphasis]] = {}


def layout_text(label: str, emphasis: Iterable[tuple[int, Emphasis]]) -> str:
    """A layout as it is kept, empty for a plain block: the label, then each range behind a tab (`b0:3-8`)."""
    kept = "".join(max(char, " ") for char in label)[:LONGEST_LABEL]
    ranges = (f"\t{kind}{at}:{start}-{end}" for at, (start, end, kind) in list(emphasis)[:_MOST_RANGES])
    return kept + "".join(ranges)


@lru_cache(8_192)
def layout_of(text: str) -> Layout:
    """What `layout_text` made."""
    label, *ranges = text.split("\t")
    found: dict[int, list[Emphasis]] = {}
    for one in ranges:
        at, _, place = one[1:].partition(":")
        start, _, end = place.partition("-")
        found.setdefault(int(at), []).append((int(start), int(end), one[0]))
    return Layout(label, found)


def merged(emphasis: Iterable[Emphasis]) -> tuple[Emphasis, ...]:
    """The ranges in order, those of one kind that touch or overlap as one, empty ones left out."""
    last: dict[str, int] = {}  # where the last range of each kind is
    found: list[Emphasis] = []
    for start, end, kind in sorted(one for one in emphasis if one[0] < one[1]):
        if kind in last and start <= found[last[kind]][1]:
            begin, stop, _ = found[last[kind]]
            found[last[kind]] = (begin, max(end, stop), kind)
        else:
            last[kind] = len(found)
            found.append((start, end, kind))
    return tuple(sorted(found))


def set_apart(emphasis: Sequence[Emphasis], start: int, end: int) -> list[tuple[int, int, str]]:
    """What lies between two places of a text, cut where words that are set apart begin and end; each part with the
    letters of its kinds."""
    bounds = sorted({start, end, *(at for one in emphasis for at in one[:2] if start < at < end)})
    return [
        (at, to, "".join(sorted({kind for first, last, kind in emphasis if first <= at and to <= last})))
        for at, to in pairwise(bounds)
    ]


def successor(label: str) -> str:
    """The next label: `12.` for `11.`, `(b)` for `(a)`; empty where that is not clear."""
    number, letter = _LAST_NUMBER.search(label), _LAST_LETTER.search(label)
    if number:
        return f"{label[: number.start()]}{int(number[1]) + 1}{number[2]}"
    return f"{label[: letter.start()]}{chr(ord(letter[1]) + 1)}{letter[2]}" if letter else ""


def shown_labels(blocks: Iterable[CutBlock], *, counted: bool = False) -> Iterator[str]:
    """What stands before each block: the number of an item, CONTINUED, HEAD, FIRST_CELL, or nothing.

    `counted`: as in Markdown, where the number of an item counts only where its list begins.
    """
    last: dict[int, str] = {}  # of each depth of lists
    goes_on = False  # whether nothing stood between
    for block in blocks:
        label = layout_of(block.layout).label if block.layout else ""
        if block.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH):
            goes_on = False
        elif block.kind is BlockKind.ITEM and label != CONTINUED:
            for depth in [depth for depth in last if depth > block.level]:
                del last[depth]
            before = last.get(block.level, "")
            if label == NEXT or (counted and goes_on and _ONE_LIST.fullmatch(f"{before} {label}")):
                label = successor(before)
            last[block.level], goes_on = label, True
        yield label
