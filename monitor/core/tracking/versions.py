"""Versions of documents as sequences of blocks, and what differs between two of them.

In the table every distinct piece of a source, block and statement is held once, by number. Of two versions the numbers
are compared first; `align` sees only the statements that differ, with some of those around them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from monitor.core.diff.sequences import ChangedRun, changed_runs, common_prefix, common_suffix
from monitor.core.text.announcements import is_announcement
from monitor.core.text.language import SAMPLE, detect
from monitor.core.text.patterns import TextPattern
from monitor.core.text.segment import cut_block
from monitor.core.tracking.columns import with_columns
from monitor.core.tracking.compare import Comparison, Run, compare, extend_runs, weigh_moves
from monitor.core.tracking.elements import with_elements
from monitor.core.tracking.renumbering import renumbered
from monitor.model import Block, BlockKind, CutBlock, Statement

CONTEXT = 3  # statements on each side of what differs, at least
_MOST_REMEMBERED = 100_000  # statements of comparisons that are remembered: versions go back and forth
_OVERHEAD = 400  # bytes, about, that a block or a statement takes besides its text


class VersionBlocks(NamedTuple):
    """What one version says: the numbers of its blocks, and of its statements, in a `VersionTable`.

    `language` is the ISO 639-1 code that its blocks were cut by; None where that is not known. `notes`: the reader's.
    """

    blocks: tuple[int, ...]
    statements: tuple[int, ...]
    language: str | None = None
    notes: tuple[str, ...] = ()


EMPTY = VersionBlocks((), ())


class VersionComparison(NamedTuple):
    """What differs between two versions, without any table.

    `kept_blocks` are the blocks that both have, as runs; `new_blocks` the others of the version after, in order.
    `after` has the statements after that changes name, by their ordinals. `language` is that of the version after.
    `announced`: whether a line that gives the document's own date or version is new; None where it has no such line.
    """

    comparison: Comparison
    block_count: int
    kept_blocks: tuple[Run, ...]
    new_blocks: tuple[CutBlock, ...]
    after: Mapping[int, Statement]
    language: str | None
    announced: bool | None = None


def compare_blocks(before: Sequence[CutBlock], after: Sequence[CutBlock], language: str | None = None) -> Comparison:
    """Every difference of two versions that are given by their blocks, in the order of the alignment.

    `language` is that of the version after; where it is not given, it is detected.
    """
    table = VersionTable()
    known = language or detect(statement.text for block in after for statement in block.statements)
    return table.compare(table.version(before), table.version(after, known)).comparison


class _Piece:
    """A piece of a source: the texts of its blocks, how many characters they have, and the numbers of the blocks that
    they are cut into by a language."""

    __slots__ = ("language", "number", "numbers", "size", "texts")

    def __init__(self, number: int, blocks: Sequence[Block]) -> None:
        self.number = number
        self.texts = tuple([block.text for block in blocks])
        self.size = sum(map(len, self.texts))
        self.language: str | None = ""  # none that is ever given
        self.numbers: tuple[int, ...] = ()


class VersionTable:
    """The distinct pieces, blocks and statements of the versions that it was given.

    `announcements`: patterns of further lines that give a document's own date or version.
    """

    def __init__(self, announcements: Sequence[str] = ()) -> None:
        self._patterns = tuple(map(TextPattern, announcements))
        self.clear()

    def clear(self) -> None:
        """Forget everything; numbers that were given out mean nothing any more."""
        self.weight = 0  # bytes, about
        self._pieces: dict[str, dict[Hashable, _Piece]] = {}
        self._count = 0
        self._languages: dict[tuple[int, ...], str | None] = {}
        self._statements: list[Statement] = []
        self._statement_numbers: dict[Statement, int] = {}
        self._announcements: set[int] = set()
        self._blocks: list[CutBlock] = []
        self._block_numbers: dict[CutBlock, int] = {}
        self._cut_numbers: dict[Hashable, int] = {}
        self._members: list[tuple[int, ...]] = []
        self._compared: dict[tuple[tuple[int, ...], tuple[int, ...], str | None], Comparison] = {}
        self._remembered = 0

    def cut(
        self,
        reader: str,
        pieces: Iterable[Hashable],
        read: Callable[[Hashable], Sequence[Block]],
        notes: tuple[str, ...] = (),
    ) -> VersionBlocks:
        """A version from the pieces of its source; `read` gives a piece's blocks, for new ones of this reader alone."""
        known = self._pieces.setdefault(reader, {})
        new: dict[int, Sequence[Block]] = {}
        found = []
        pieces = list(pieces)
        for piece in pieces:
            one = known.get(piece)
            if one is None:
                blocks = read(piece)
                one = known[piece] = self._new_piece(blocks)
                new[one.number] = blocks
            found.append(one)
        language = self._language(found)
        for at, one in enumerate(found):
            if one.language != language:
                blocks = new.get(one.number) or read(pieces[at])
                one.numbers = tuple([number for block in blocks if (number := self._cut_number(block, language)) >= 0])
                one.language = language
        return self._version(list(chain.from_iterable([one.numbers for one in found])), language, notes)

    def version(
        self, blocks: Iterable[CutBlock], language: str | None = None, notes: tuple[str, ...] = ()
    ) -> VersionBlocks:
        """A version from its blocks, which were cut by this language."""
        return self._version([self._block_number(block) for block in blocks if block.statements], language, notes)

    def cut_blocks(self, version: VersionBlocks) -> list[CutBlock]:
        """The blocks of a version."""
        return [self._blocks[number] for number in version.blocks]

    def texts(self, version: VersionBlocks) -> list[str]:
        """The texts of its statements."""
        return [self._statements[number].text for number in version.statements]

    def compare(self, before: VersionBlocks, after: VersionBlocks) -> VersionComparison:
        """What differs between two versions."""
        blocks = _changed(before.blocks, after.blocks)
        runs = _changed(before.statements, after.statements) if blocks else []
        kept, parts = _parts(runs, len(before.statements), _context(runs, before.statements, after.statements))
        changes, mapped = [], {}
        if parts[0] or parts[1]:
            found = self._compare(
                tuple([before.statements[i] for i in parts[0]]),
                tuple([after.statements[j] for j in parts[1]]),
                after.language,
            )
            for i, j, length in found.kept:
                for step in range(length):
                    kept.append((parts[0][i + step], parts[1][j + step], 1))
            for change in found.changes:
                own = tuple([parts[1][j] for j in change.after])
                changes.append(change._replace(before=tuple([parts[0][i] for i in change.before]), after=own))
                for j in own:
                    mapped[j] = self._statements[after.statements[j]]
        joined: list[Run] = []
        for run in sorted(kept):
            extend_runs(joined, *run)
        sides = self._values(before), self._values(after)
        weighed = with_columns(sides, joined, weigh_moves(*sides, joined, changes), after.language)
        weighed = with_elements(sides, weighed)
        joined, judged = renumbered(
            sides,
            lambda: (self._places_in_lists(before), self._places_in_lists(after)),
            joined,
            weighed,
            after.language,
        )
        mapped.update((j, sides[1][j]) for change in judged for j in change.after)
        new_blocks = chain.from_iterable(after.blocks[run.after_start : run.after_end] for run in blocks)
        return VersionComparison(
            Comparison(len(before.statements), len(after.statements), tuple(joined), tuple(judged)),
            len(after.blocks),
            tuple(_kept_blocks(blocks, len(before.blocks), len(after.blocks))),
            tuple([self._blocks[number] for number in new_blocks]),
            mapped,
            after.language,
            self._announced(before, after),
        )

    def _places_in_lists(self, version: VersionBlocks) -> dict[int, int]:
        """Of the statements that begin an item the item's place in its list, from 1."""
        found: dict[int, int] = {}
        count: list[int] = []  # of the items so far, for each depth
        at = 0
        for number in version.blocks:
            block = self._blocks[number]
            if block.kind is BlockKind.ITEM:
                depth = max(block.level, 1)
                count = [*count[:depth], *[0] * (depth - len(count))]
                count[-1] += 1
                if depth == 1:
                    found[at] = count[-1]
            else:
                count = []
            at += len(block.statements)
        return found

    def _announced(self, before: VersionBlocks, after: VersionBlocks) -> bool | None:
        old, new = (self._announcements.intersection(version.statements) for version in (before, after))
        texts = {self._statements[number].text for number in old}
        if any(self._statements[number].text not in texts for number in new):
            return True
        return False if old or new else None

    def _values(self, version: VersionBlocks) -> list[Statement]:
        return list(map(self._statements.__getitem__, version.statements))

    def _compare(self, before: tuple[int, ...], after: tuple[int, ...], language: str | None) -> Comparison:
        name = before, after, language
        found = self._compared.get(name)
        if found is None:
            statements = self._statements
            found = compare([statements[n] for n in before], [statements[n] for n in after], language)
            self._remembered += len(before) + len(after)
            if self._remembered > _MOST_REMEMBERED:
                self._compared.clear()
                self._remembered = len(before) + len(after)
            self._compared[name] = found
        return found

    def _version(self, numbers: Sequence[int], language: str | None, notes: tuple[str, ...]) -> VersionBlocks:
        members = self._members
        statements = chain.from_iterable([members[number] for number in numbers])
        return VersionBlocks(tuple(numbers), tuple(statements), language, notes)

    def _new_piece(self, blocks: Sequence[Block]) -> _Piece:
        piece = _Piece(self._count, blocks)
        self._count += 1
        self.weight += 2 * piece.size + _OVERHEAD
        return piece

    def _language(self, pieces: Sequence[_Piece]) -> str | None:
        head: list[_Piece] = []
        size = 0
        for piece in pieces:
            head.append(piece)
            size += piece.size
            if size >= SAMPLE:
                break
        name = tuple([piece.number for piece in head])
        if name not in self._languages:
            self._languages[name] = detect(text for piece in head for text in piece.texts)
            self.weight += 16 * len(head) + _OVERHEAD
        return self._languages[name]

    def _cut_number(self, block: Block, language: str | None) -> int:
        """The number of a block as a language cuts it, wherever it stands; -1 where it has no statement."""
        name = block.text, block.kind, block.level, block.links, block.cells, block.label, block.emphasis, language
        number = self._cut_numbers.get(name)
        if number is None:
            one = cut_block(block, language)
            number = self._cut_numbers[name] = self._block_number(one) if one.statements else -1
            self.weight += _OVERHEAD
        return number

    def _block_number(self, block: CutBlock) -> int:
        number = self._block_numbers.get(block)
        if number is None:
            number = self._block_numbers[block] = len(self._blocks)
            members = tuple([self._statement_number(statement) for statement in block.statements])
            self._blocks.append(block._replace(statements=tuple([self._statements[one] for one in members])))
            self._members.append(members)
            self.weight += _OVERHEAD
        return number

    def _statement_number(self, statement: Statement) -> int:
        number = self._statement_numbers.get(statement)
        if number is None:
            number = self._statement_numbers[statement] = len(self._statements)
            self._statements.append(statement)
            if is_announcement(statement.text, self._patterns):
                self._announcements.add(number)
            self.weight += len(statement.text) + _OVERHEAD
        return number


def _changed(before: tuple[int, ...], after: tuple[int, ...]) -> list[ChangedRun]:
    """Where two sequences differ, whatever their numbers are: another table would give others."""
    start = common_prefix(before, after)
    end = common_suffix(before, after, min(len(before), len(after)) - start)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if not old and not new:
        return []
    names: dict[int, int] = {}
    runs = changed_runs(*([names.setdefault(number, len(names)) for number in side] for side in (old, new)))
    return [ChangedRun(*(start + at for at in run)) for run in runs]


def _kept_blocks(runs: Sequence[ChangedRun], before: int, after: int) -> Iterable[Run]:
    i = j = 0
    for run in (*runs, ChangedRun(before, before, after, after)):
        if run.before_start > i:
            yield i, j, run.before_start - i
        i, j = run.before_end, run.after_end


def _context(runs: Sequence[ChangedRun], before: Sequence[int], after: Sequence[int]) -> int:
    """How many statements around what differs are looked at.

    Where statements moved, so many that what they passed outweighs them: the fewest are to count as moved.
    """
    gone = Counter(number for run in runs for number in before[run.before_start : run.before_end])
    new = Counter(number for run in runs for number in after[run.after_start : run.after_end])
    return max(CONTEXT, (gone & new).total() // 2 + 1)


def _parts(runs: Sequence[ChangedRun], count: int, context: int) -> tuple[list[Run], tuple[list[int], list[int]]]:
    """What stays, as runs, and the ordinals of the statements on both sides that must be looked at.

    `count` is how many statements the version before has, `context` how many of them are looked at on each side.
    """
    joined: list[ChangedRun] = []
    for run in runs:
        if joined and run.before_start - joined[-1].before_end <= 2 * context:
            last = joined.pop()
            run = ChangedRun(last.before_start, run.before_end, last.after_start, run.after_end)
        joined.append(run)
    kept: list[Run] = []
    parts: tuple[list[int], list[int]] = [], []
    i = j = 0
    for run in joined:
        lead = min(context, run.before_start - i)
        if run.before_start - lead > i:
            kept.append((i, j, run.before_start - lead - i))
        tail = min(context, count - run.before_end)
        parts[0].extend(range(run.before_start - lead, run.before_end + tail))
        parts[1].extend(range(run.after_start - lead, run.after_end + tail))
        i, j = run.before_end + tail, run.after_end + tail
    if count > i:
        kept.append((i, j, count - i))
    return kept, parts
