"""Recognise a column that was added to a table, removed from it, or exchanged with another.

The linked rows of a table tell which column became which: the two in which most rows hold the same value. Rows in
which only the columns differ belong to one event. A row in which a value changed besides is judged by the columns that
correspond, and stands alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from monitor.core.classification.classify import classify
from monitor.core.text.normalize import normalize
from monitor.core.tracking.compare import Compared, Run
from monitor.model import Aspect, BlockKind, ChangeKind, Classification, Significance, Statement

CAUSE = "column"

_CELL = " | "
_MOST_COLUMNS = 100
_LEAST_ROWS = 2  # that show the same
_SHARE = 0.6  # of the rows that differ, in which a column must hold what it held before
_OTHERWISE = 0.25  # for each row that differs, so many may be unchanged: those of a heading within the table
_Sides = tuple[Sequence[Statement], Sequence[Statement]]
_LinkedRow = tuple[list[str], list[str]]


class _Columns(NamedTuple):
    """Which column before is which after, in the order of the columns after."""

    pairs: tuple[tuple[int, int], ...]
    widths: tuple[int, int]

    @property
    def exchanged(self) -> list[int]:
        """Of the columns after those that stand in another order than before."""
        order = sorted(i for i, _ in self.pairs)
        return [j for (i, j), sorted_i in zip(self.pairs, order, strict=True) if i != sorted_i]

    @property
    def removed(self) -> list[int]:
        return sorted({*range(self.widths[0])} - {i for i, _ in self.pairs})

    @property
    def added(self) -> list[int]:
        return sorted({*range(self.widths[1])} - {j for _, j in self.pairs})


class _Table(NamedTuple):
    """The places of a table's rows after, and which of the changes are its revised rows."""

    rows: range
    changes: list[int]


def with_columns(
    sides: _Sides, kept: Iterable[Run], changes: Sequence[Compared], language: str | None
) -> Sequence[Compared]:
    """The changes of two versions, those of rows judged by what became of the columns of their table."""
    revised = [at for at, change in enumerate(changes) if _is_row(change, sides)]
    if len(revised) < _LEAST_ROWS:
        return changes
    found = list(changes)
    unchanged = {j + step for _, j, length in kept for step in range(length)}
    for event, table in enumerate(_tables(sides[1], changes, revised), 1):
        rows = [
            (_cells(sides[0][changes[at].before[0]]), _cells(sides[1][changes[at].after[0]])) for at in table.changes
        ]
        columns = _columns(rows)
        if columns is None:
            continue
        first = table.rows[0]
        still = [_cells(sides[1][j]) for j in table.rows[1:] if j in unchanged]
        if len([row for row in still if not _fits(row, columns)]) > _OTHERWISE * len(rows):
            continue
        names = _cells(sides[1][first])
        head = rows[0] if changes[table.changes[0]].after[0] == first else (names, names)
        judge = _Judge(columns, head, rows, language)
        for at, row in zip(table.changes, rows, strict=True):
            if (len(row[0]), len(row[1])) == columns.widths:
                old, new = sides[0][changes[at].before[0]], sides[1][changes[at].after[0]]
                found[at] = judge.row(changes[at]._replace(event=event), row, old, new)
    return found


def _is_row(change: Compared, sides: _Sides) -> bool:
    return change.kind is ChangeKind.REVISED and all(
        side[at[0]].kind is BlockKind.ROW for side, at in zip(sides, (change.before, change.after), strict=True)
    )


def _cells(row: Statement) -> list[str]:
    return [cell.strip() for cell in f" {row.text} ".split(_CELL)]


def _tables(after: Sequence[Statement], changes: Sequence[Compared], revised: Sequence[int]) -> Iterator[_Table]:
    """The tables after that have revised rows."""
    table = _Table(range(0), [])
    for at in sorted(revised, key=lambda at: changes[at].after[0]):
        here = changes[at].after[0]
        if here not in table.rows:
            if table.changes:
                yield table
            start, stop = here, here + 1
            while start and after[start - 1].kind is BlockKind.ROW:
                start -= 1
            while stop < len(after) and after[stop].kind is BlockKind.ROW:
                stop += 1
            table = _Table(range(start, stop), [])
        table.changes.append(at)
    yield table


def _columns(pairs: Sequence[_LinkedRow]) -> _Columns | None:
    """Which column became which; None where no column came, went or changed its place."""
    widths, count = Counter((len(old), len(new)) for old, new in pairs).most_common(1)[0]
    if count < _LEAST_ROWS or not 1 < max(widths) <= _MOST_COLUMNS:
        return None
    rows = [(old, new) for old, new in pairs if (len(old), len(new)) == widths]
    same: Counter[tuple[int, int]] = Counter()
    for old, new in rows:
        same.update(set(_same_cells(old, new)))
    least = max(_LEAST_ROWS, _SHARE * len(rows))
    found: dict[int, int] = {}
    # Most rows first; of as many, what stands in the same place.
    for i, j in sorted(same, key=lambda pair: (-same[pair], abs(pair[0] - pair[1]), pair)):
        named = widths[0] != widths[1] and rows[0][0][i] == rows[0][1][j] != "" and len(rows) > _LEAST_ROWS
        if i not in found.values() and j not in found and (same[i, j] >= least or named):
            found[j] = i
    if widths[0] == widths[1]:  # columns in which every value changed keep their place where it is free
        found |= {at: at for at in {*range(widths[0])}.difference(found, found.values())}
    elif len(found) < min(widths):
        return None
    columns = _Columns(tuple((found[j], j) for j in sorted(found)), widths)
    return columns if columns.exchanged or columns.added or columns.removed else None


def _same_cells(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Equal cells in the same place from the left or from the right, and those that a row has once, wherever."""
    for offset in {0, len(new) - len(old)}:
        yield from (
            (i, i + offset) for i, cell in enumerate(old) if 0 <= i + offset < len(new) and cell == new[i + offset]
        )
    counts = Counter(old), Counter(new)
    where = {cell: j for j, cell in enumerate(new)}
    yield from ((i, where[cell]) for i, cell in enumerate(old) if cell and counts[0][cell] == counts[1][cell] == 1)


def _fits(row: Sequence[str], columns: _Columns) -> bool:
    """Whether an unchanged row says nothing against it: it holds the same in the columns that were exchanged."""
    if columns.added or columns.removed or len(row) != columns.widths[1]:
        return False
    return all(row[i] == row[j] for i, j in columns.pairs)


class _Judge:
    """Judges the rows of one table; `head` is its first row."""

    def __init__(self, columns: _Columns, head: _LinkedRow, rows: Sequence[_LinkedRow], language: str | None) -> None:
        self._columns, self._language = columns, language
        moved = columns.exchanged
        # Values that change places with their names say the same; without names, or under others, they do not.
        named = self._is_same(head) and not any(str.isdecimal(char) for j in moved for char in head[1][j])
        gone = any(any(old[i : i + 1]) for old, _ in rows for i in columns.removed)
        new = any(any(new[j : j + 1]) for _, new in rows for j in columns.added)
        self._substantive = gone or new or bool(moved and not named)
        names = ("added", columns.added, 1), ("removed", columns.removed, 0), ("exchanged", moved, 1)
        self._reasons = tuple(
            f"column {what}: {', '.join(head[side][at] if at < len(head[side]) else '?' for at in places)}"
            for what, places, side in names
            if places
        )

    def row(self, change: Compared, row: _LinkedRow, old: Statement, new: Statement) -> Compared:
        """A revised row of the table."""
        pairs = self._columns.pairs
        if not self._is_same(row):
            texts = (_CELL.join(row[0][i] for i, _ in pairs), _CELL.join(row[1][j] for _, j in pairs))
            sides = [Statement(texts[0], links=old.links)], [Statement(texts[1], links=new.links)]
            return change._replace(classification=classify(*sides, self._language), event=0)
        aspects: tuple[Aspect, ...] = (Aspect.TYPOGRAPHY,)
        if self._substantive and change.classification:
            aspects = change.classification.aspects
        significance = Significance.SUBSTANTIVE if self._substantive else Significance.EDITORIAL
        return change._replace(classification=Classification(significance, aspects, self._reasons), cause=CAUSE)

    def _is_same(self, row: _LinkedRow) -> bool:
        if (len(row[0]), len(row[1])) != self._columns.widths:
            return False
        return all(normalize(row[0][i]) == normalize(row[1][j]) for i, j in self._columns.pairs)
