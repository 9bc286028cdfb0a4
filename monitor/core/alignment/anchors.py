"""Anchors: links between identical statements or rows of the same key, and the heaviest chain that keeps the order.

Texts that occur once on each side are the safest anchors (patience diff, B. Cohen). Rows of a table are known by their
key. Repeated texts between two anchors are linked by their context.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from monitor.core.alignment.similarity import BY_CHANCE, Similarity, words_of
from monitor.core.diff.sequences import LinkedRange, heaviest_chain
from monitor.model import path_of

Pair = tuple[int, int]
Gap = tuple[int, int, int, int]  # i0, i1, j0, j1: half-open ranges before and after

_RIVALS = 12  # a line repeated more often than this is compared only with those of about its rank
_ABOUT = 2  # ranks to either side
_SECTION = 0.5  # what standing under the same heading adds
_SHORT = 3  # words of a text that is a value rather than a sentence
_VALUE_LETTERS = 60  # a longer text is none, however few its words
_VALUE = 0.25  # of the weight of others: a figure is the same by chance
_HEADING = 2.0
_DISTINCT = 0.8  # of a column's cells that a key column has once, at least


def weight(similarity: Similarity, i: int) -> float:
    """What a text before weighs against others: longer ones are surer, but not in proportion; values say little."""
    key = similarity.keys[0][i]
    size = math.sqrt(len(key))
    if similarity.positions[0][i].heading:
        return _HEADING * size
    value = len(key) < _VALUE_LETTERS and len(words_of(key)) <= _SHORT and any(map(str.isdecimal, key))
    return _VALUE * size if value else size


def gaps_between(links: Sequence[Pair], whole: Gap) -> Iterator[Gap]:
    """The ranges between ordered links, empty ones included."""
    i, j = whole[0], whole[2]
    for a, b in links:
        yield i, a, j, b
        i, j = a + 1, b + 1
    yield i, whole[1], j, whole[3]


def unique_pairs(similarity: Similarity) -> list[Pair]:
    """Places of the texts that occur exactly once on each side, in the order of the side before."""
    (before, after), repeated = similarity.keys, similarity.repeated
    at = {key: j for j, key in enumerate(after)}
    return [(i, at[key]) for i, key in enumerate(before) if key in at and key not in repeated]


def pairs_unique_in_section(similarity: Similarity, once: Sequence[Pair]) -> list[Pair]:
    """Places of the texts that occur more than once on a side, but once on each under a heading of the same text."""
    known = {i for i, _ in once}, {j for _, j in once}
    before = similarity.keys[0]
    both = set(before).intersection(similarity.keys[1]).difference([before[i] for i in known[0]])
    if not both:
        return []
    named = [
        [(at, (places[at].section, key)) for at, key in enumerate(keys) if key in both and places[at].section]
        for keys, places in zip(similarity.keys, similarity.positions, strict=True)
    ]
    count = [Counter(name for _, name in side) for side in named]
    where = {name: j for j, name in named[1] if count[1][name] == 1 and j not in known[1]}
    return [(i, where[name]) for i, name in named[0] if count[0][name] == 1 and i not in known[0] and name in where]


def pairs_of_rows(similarity: Similarity, once: Sequence[Pair]) -> list[Pair]:
    """Places of rows and fields whose texts differ, but which have the same key, and no others of their side have."""
    known = {i for i, _ in once}, {j for _, j in once}
    found: list[Pair] = []
    for keys_of in (row_keys, _field_keys, _renamed_keys, _keys_elsewhere):
        keys = [
            [(name, at) for at, name in keys_of(similarity, side).items() if at not in known[side]] for side in (0, 1)
        ]
        count = [Counter(name for name, _ in side) for side in keys]
        where = {name: j for name, j in keys[1] if count[1][name] == 1}
        pairs = [(i, where[name]) for name, i in keys[0] if count[0][name] == 1 and name in where]
        found += pairs
        known[0].update(i for i, _ in pairs)
        known[1].update(j for _, j in pairs)
    return found


def row_keys(similarity: Similarity, side: int) -> dict[int, str]:
    """The key of each row that has one, by the place of the row on a side.

    The key of a row is its cell in the key column: the first column whose cells are nearly all different and no mere
    figures; if there is none, the first column, if its cells are.
    """
    found = {}
    for rows in _tables(similarity, side):
        table = [cells_of(similarity.keys[side][at]) for at in rows]
        column = _key_column(table)
        if column is None:
            continue
        names = [cells[column] if column < len(cells) else "" for cells in table]
        count = Counter(names)
        found.update({at: name for at, name in zip(rows, names, strict=True) if name and count[name] == 1})
    return found


def _field_keys(similarity: Similarity, side: int) -> dict[int, str]:
    return {at: path for at, path, _ in _fields(similarity, side)}


def _renamed_keys(similarity: Similarity, side: int) -> dict[int, str]:
    """The values of fields with the object that they stand in: a key may get another name."""
    return _values_with(similarity, side, 0)


def _keys_elsewhere(similarity: Similarity, side: int) -> dict[int, str]:
    """The values of fields with their own names: a key may move to another object."""
    return _values_with(similarity, side, 2)


def _values_with(similarity: Similarity, side: int, part: int) -> dict[int, str]:
    fields = _fields(similarity, side)
    return {at: f"{path.rpartition('.')[part]} {value}" for at, path, value in fields if value not in BY_CHANCE}


def _fields(similarity: Similarity, side: int) -> Iterator[tuple[int, str, str]]:
    for at, position in enumerate(similarity.positions[side]):
        if position.key:
            yield at, position.key, path_of(similarity.keys[side][at])[1]


def same_path(similarity: Similarity, i: int, j: int) -> bool:
    """Whether two fields have the same path."""
    one, other = similarity.positions[0][i], similarity.positions[1][j]
    return one.key == other.key != ""


def same_key(similarity: Similarity, i: int, j: int) -> bool:
    """Whether two rows of a table have the same first cell."""
    if not (similarity.positions[0][i].row and similarity.positions[1][j].row):
        return False
    one, other = cells_of(similarity.keys[0][i]), cells_of(similarity.keys[1][j])
    return len(one) > 1 and one[0] == other[0] != ""


def cells_of(key: str) -> list[str]:
    """The cells of a row's normalised text."""
    return [cell.strip() for cell in key.split("|")]


def _tables(similarity: Similarity, side: int) -> Iterator[range]:
    """The runs of rows of a side."""
    start = None
    positions = similarity.positions[side]
    for at in range(len(positions) + 1):
        row = at < len(positions) and positions[at].row
        if row and start is None:
            start = at
        elif not row and start is not None:
            yield range(start, at)
            start = None


def _key_column(table: Sequence[Sequence[str]]) -> int | None:
    """The place of the key column among the cells of a table's rows."""
    distinct = []
    for column in range(min(map(len, table))):
        cells = [row[column] for row in table]
        if len({*cells}) >= _DISTINCT * len(cells):
            if sum(any(map(str.isalpha, cell)) for cell in cells) >= _DISTINCT * len(cells):
                return column
            distinct.append(column)
    return 0 if 0 in distinct else None


def anchor_run(similarity: Similarity, pairs: list[Pair]) -> list[Pair]:
    """The heaviest run of anchors that keeps the order, of sorted pairs."""
    if all(one < other for (_, one), (_, other) in pairwise(pairs)):
        return pairs
    run = heaviest_chain([LinkedRange(i, i + 1, j, j + 1, weight(similarity, i)) for i, j in pairs])
    return [(linked.i0, linked.j0) for linked in run]


def with_repeated_texts(similarity: Similarity, sure: Sequence[Pair]) -> list[Pair]:
    """The `sure` links of identical texts, in order, and those of repeated texts between them."""
    before, after = similarity.keys
    found = list(sure)
    for gap in gaps_between(sure, (0, len(before), 0, len(after))):
        runs, (i0, i1, j0, j1) = equal_ends(before, after, gap)
        found += runs
        if i0 < i1 and j0 < j1:
            found += _repeated(similarity, (i0, i1, j0, j1))
    return sorted(found)


def equal_ends(before: Sequence[str], after: Sequence[str], gap: Gap) -> tuple[list[Pair], Gap]:
    """Equal texts at the two ends of a gap, and the gap that is left between them."""
    i0, i1, j0, j1 = gap
    found = []
    while i0 < i1 and j0 < j1 and before[i0] == after[j0]:
        found.append((i0, j0))
        i0, j0 = i0 + 1, j0 + 1
    while i0 < i1 and j0 < j1 and before[i1 - 1] == after[j1 - 1]:
        i1, j1 = i1 - 1, j1 - 1
        found.append((i1, j1))
    return found, (i0, i1, j0, j1)


def _repeated(similarity: Similarity, gap: Gap) -> list[Pair]:
    before, after = similarity.keys
    positions_before, positions_after = similarity.positions
    i0, i1, j0, j1 = gap
    places: defaultdict[str, list[int]] = defaultdict(list)
    for j in range(j0, j1):
        places[after[j]].append(j)
    rank: Counter[str] = Counter()
    ranges = []
    for i in range(i0, i1):
        here = places.get(before[i], [])
        if len(here) > _RIVALS:
            at = rank[before[i]]
            here = here[max(0, at - _ABOUT) : at + _ABOUT + 1]
        rank[before[i]] += 1
        own = positions_before[i].section
        for j in here:
            same = _SECTION if own and own == positions_after[j].section else 0.0
            ranges.append(LinkedRange(i, i + 1, j, j + 1, 1.0 + weight(similarity, i) + same))
    return [(linked.i0, linked.j0) for linked in heaviest_chain(ranges)]
