"""A redline: two versions of a document beside each other, in rows, with the changes between them as marks.

The law: the before column, read from top to bottom, has exactly the statements of the version before, and the after
column those of the version after. Rows that hold both sides are the largest set of statements that kept their order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain
from typing import NamedTuple

from monitor.core.text.layout import layout_of, shown_labels
from monitor.model import Change, ChangeKind, CutBlock, Emphasis, Level, Side, Statement

_MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".mdx")


class VersionText:
    """One version of a document: its blocks in order, and the id of each of its statements."""

    def __init__(self, path: str, blocks: Sequence[CutBlock], ids: Sequence[str]) -> None:
        self.path = path
        self.blocks = blocks
        self.ids = ids

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of its blocks, in order."""
        return tuple(chain.from_iterable(block.statements for block in self.blocks))

    @cached_property
    def ordinals(self) -> Mapping[str, int]:
        """For each id the ordinal of its statement."""
        return {name: ordinal for ordinal, name in enumerate(self.ids)}

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """For each block what stands before it: see `shown_labels`."""
        return tuple(shown_labels(self.blocks, counted=self.path.lower().endswith(_MARKDOWN)))

    def emphasis(self, ordinal: int) -> Sequence[Emphasis]:
        """The ranges of a statement's text that are set apart."""
        number = self.block_of[ordinal]
        layout = self.blocks[number].layout
        return layout_of(layout).emphasis.get(ordinal - self._starts[number], ()) if layout else ()

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(accumulate((len(block.statements) for block in self.blocks), initial=0))

    @cached_property
    def block_of(self) -> tuple[int, ...]:
        """For each statement the number of its block."""
        return tuple(number for number, block in enumerate(self.blocks) for _ in block.statements)


class Mark(NamedTuple):
    """A change in the document, and the ordinals of the statements that it touches in the two texts.

    A side is empty where the statement is not in that text: it was added or removed, came back after an absence, or is
    in another document there. `in_place` is False where it moved.
    """

    change: Change
    before: tuple[int, ...]
    after: tuple[int, ...]
    in_place: bool


class RedlineRow(NamedTuple):
    """One statement, by its ordinals in the two texts; None where the row has none on that side.

    `mark` is the place in `Redline.marks` of the change that touches it, None where it is unchanged.
    """

    before: int | None
    after: int | None
    mark: int | None


class Redline(NamedTuple):
    """Two versions of a document in rows. `marks` are in the order of the rows."""

    before: VersionText
    after: VersionText
    rows: tuple[RedlineRow, ...]
    marks: tuple[Mark, ...]


def redline(before: VersionText, after: VersionText, changes: Iterable[Change]) -> Redline:
    """The rows of two versions.

    `changes` are those between the two, also of statements that came from another document or went to one. Statements
    that no change names belong together where they have the same id.
    """
    marks = [_mark(change, before, after) for change in changes if change.level is Level.STATEMENT]
    marks = [mark for mark in marks if mark.before or mark.after]
    touched = _touched(marks, 0), _touched(marks, 1)
    same = ((i, after.ordinals[name]) for i, name in enumerate(before.ids) if name in after.ordinals)
    pairs = [(i, j) for i, j in same if i not in touched[0] and j not in touched[1]]
    pairs += [_first_pair(mark, before, after) for mark in marks if mark.in_place and mark.before and mark.after]
    rows = [
        RedlineRow(i, j, touched[0].get(i) if i is not None else touched[1].get(j) if j is not None else None)
        for i, j in _in_order(increasing(pairs), before, after)
    ]
    order = {number: at for at, number in enumerate(dict.fromkeys(row.mark for row in rows if row.mark is not None))}
    return Redline(
        before,
        after,
        tuple(row if row.mark is None else row._replace(mark=order[row.mark]) for row in rows),
        tuple(marks[number] for number in order),
    )


def _mark(change: Change, before: VersionText, after: VersionText) -> Mark:
    # a restored statement has as `before` what was last there, in an earlier version than this one
    old = () if change.kind is ChangeKind.RESTORED else change.before
    moved = change.moved or change.kind is ChangeKind.MOVED
    return Mark(change, tuple(_places(before, old)), tuple(_places(after, change.after)), not moved)


def _places(text: VersionText, sides: Iterable[Side]) -> Iterator[int]:
    """The ordinals in a text of those of some statements that it has: by their ids, else by path and ordinal."""
    for side in sides:
        if side.statement:
            if side.statement in text.ordinals:
                yield text.ordinals[side.statement]
        elif side.document == text.path and 0 <= side.ordinal < len(text.statements):
            yield side.ordinal


def _touched(marks: Sequence[Mark], side: int) -> dict[int, int]:
    return {ordinal: number for number, mark in enumerate(marks) for ordinal in (mark.before, mark.after)[side]}


def _first_pair(mark: Mark, before: VersionText, after: VersionText) -> tuple[int, int]:
    """Which two statements of a split or a merger are on one row: those with the same id, else the first ones."""
    same = ((i, j) for i in mark.before for j in mark.after if before.ids[i] == after.ids[j])
    return next(same, (mark.before[0], mark.after[0]))


def increasing(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most pairs that keep their order on both sides, by their place before; of equally many the later ones leave.

    Patience sorting: a longest increasing subsequence, in O(n log n).
    """
    ends: list[int] = []  # the least last place after of a run of each length
    links: list[tuple[tuple[int, int], int | None]] = []
    last: list[int] = []  # the link with which such a run ends
    taken = -1
    for i, j in sorted(pairs):
        if i == taken:
            continue
        taken = i
        length = bisect_left(ends, j)
        links.append(((i, j), last[length - 1] if length else None))
        if length == len(ends):
            ends.append(j)
            last.append(len(links) - 1)
        else:
            ends[length], last[length] = j, len(links) - 1
    found: list[tuple[int, int]] = []
    at = last[-1] if last else None
    while at is not None:
        pair, at = links[at]
        found.append(pair)
    return found[::-1]


def _in_order(
    pairs: Sequence[tuple[int, int]], before: VersionText, after: VersionText
) -> Iterator[tuple[int, int] | tuple[int, None] | tuple[None, int]]:
    """Every statement of both sides: the pairs, and in the gaps between them what is alone.

    In a gap what continues a block comes before what begins another one, so that blocks stay whole; else the version
    before comes first.
    """
    ends = len(before.statements), len(after.statements)
    i = j = 0
    for old, new in (*pairs, ends):
        left, came = _thirds(before, i, old), _thirds(after, j, new)
        for gone, arrived in zip(left, came, strict=True):
            yield from ((at, None) for at in gone)
            yield from ((None, at) for at in arrived)
        if (old, new) != ends:
            yield old, new
        i, j = old + 1, new + 1


def _thirds(text: VersionText, start: int, stop: int) -> tuple[range, range, range]:
    """What of a gap belongs to the block of the statement before it, to a block of its own, to that of the next one."""
    blocks = text.block_of
    first = start
    while start > 0 and first < stop and blocks[first] == blocks[start - 1]:
        first += 1
    last = stop
    while stop < len(blocks) and last > first and blocks[last - 1] == blocks[stop]:
        last -= 1
    return range(start, first), range(first, last), range(last, stop)
