"""Two versions in rows: both columns are the two texts in their order, whatever happened between them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.diff.redline import Redline, VersionText, increasing, redline
from monitor.model import BlockKind, Change, ChangeKind, CutBlock, Level, Side, Statement

AT = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ["Alpha", "Bravo", "Charlie", "Delta", "Echo"]


def version(names: list[str], path: str = "a.md") -> VersionText:
    return VersionText(path, [CutBlock(BlockKind.PARAGRAPH, 0, (Statement(one),)) for one in names], names)


def change(
    kind: ChangeKind, before: list[tuple[str, int]], after: list[tuple[str, int]], moved: bool = False
) -> Change:
    sides = [tuple(Side("", 1, path, ordinal, "text") for path, ordinal in side) for side in (before, after)]
    return Change(
        "c", Level.STATEMENT, kind, "x", AT, AT, "a.md", "d", moved=moved, before=sides[0], after=sides[1]
    )  # fmt: skip


def columns(found: Redline) -> list[tuple[str, str]]:
    old, new = found.before.statements, found.after.statements
    return [
        (old[row.before].text if row.before is not None else "", new[row.after].text if row.after is not None else "")
        for row in found.rows
    ]


@given(st.permutations(NAMES), st.lists(st.sampled_from([*NAMES, "Foxtrot"]), unique=True), st.data())
def test_both_columns_are_the_two_texts(before: list[str], after: list[str], data: st.DataObject) -> None:
    old, new = version(before), version(after)
    places = st.integers(0, 4)
    sides = st.lists(st.tuples(st.sampled_from(["a.md", "b.md"]), places), max_size=2)
    changes = [
        change(
            data.draw(st.sampled_from(list(ChangeKind))), data.draw(sides), data.draw(sides), data.draw(st.booleans())
        )
        for _ in range(data.draw(st.integers(0, 3)))
    ]
    rows = redline(old, new, changes).rows
    assert [row.before for row in rows if row.before is not None] == list(range(len(before)))
    assert [row.after for row in rows if row.after is not None] == list(range(len(after)))


def test_a_removed_statement_is_between_its_neighbours() -> None:
    gone = change(ChangeKind.REMOVED, [("a.md", 3)], [])
    found = redline(version(NAMES), version([*NAMES[:3], NAMES[4]]), [gone])
    assert columns(found)[2:] == [("Charlie", "Charlie"), ("Delta", ""), ("Echo", "Echo")]
    assert [row.mark for row in found.rows] == [None, None, None, 0, None]


def test_a_moved_statement_is_at_both_its_places() -> None:
    moved = change(ChangeKind.MOVED, [("a.md", 0)], [("a.md", 1)], moved=True)
    gone = change(ChangeKind.REMOVED, [("a.md", 2)], [])
    found = redline(version(NAMES), version(["Bravo", "Alpha", "Delta", "Echo"]), [moved, gone])
    assert columns(found) == [
        *[("Alpha", ""), ("Bravo", "Bravo"), ("Charlie", "")],
        *[("", "Alpha"), ("Delta", "Delta"), ("Echo", "Echo")],
    ]
    assert [mark.change.kind for mark in found.marks] == [ChangeKind.MOVED, ChangeKind.REMOVED]


@pytest.mark.parametrize(("before", "after"), [([("b.md", 4)], [("a.md", 1)]), ([], [("a.md", 1)])])
def test_what_came_from_elsewhere_is_alone(before: list[tuple[str, int]], after: list[tuple[str, int]]) -> None:
    kind = ChangeKind.MOVED if before else ChangeKind.ADDED
    found = redline(
        version(["Alpha", "Charlie"]), version(["Alpha", "Bravo", "Charlie"]), [change(kind, before, after)]
    )
    assert columns(found) == [("Alpha", "Alpha"), ("", "Bravo"), ("Charlie", "Charlie")]
    assert [(mark.before, mark.after) for mark in found.marks] == [((), (1,))]


def test_a_restored_statement_has_no_place_before() -> None:
    back = change(ChangeKind.RESTORED, [("a.md", 0)], [("a.md", 0)])
    found = redline(version(["Alpha", "Charlie"]), version(["Bravo", "Alpha", "Charlie"]), [back])
    assert columns(found) == [("", "Bravo"), ("Alpha", "Alpha"), ("Charlie", "Charlie")]


def test_the_parts_of_a_split_follow_each_other() -> None:
    parted = change(ChangeKind.SPLIT, [("a.md", 1)], [("a.md", 1), ("a.md", 2)])
    found = redline(version(["Alpha", "Bravo", "Echo"]), version(["Alpha", "Bravo", "Delta", "Echo"]), [parted])
    assert columns(found) == [("Alpha", "Alpha"), ("Bravo", "Bravo"), ("", "Delta"), ("Echo", "Echo")]
    assert [row.mark for row in found.rows] == [None, 0, 0, None]


def test_changes_of_other_documents_are_left_out() -> None:
    found = redline(version(NAMES), version(NAMES), [change(ChangeKind.MOVED, [("b.md", 0)], [("c.md", 0)])])
    assert found.marks == ()


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8))))
def test_the_kept_pairs_rise_on_both_sides(pairs: list[tuple[int, int]]) -> None:
    found = increasing(pairs)
    assert set(found) <= set(pairs)
    assert all(one[0] < other[0] and one[1] < other[1] for one, other in itertools.pairwise(found))


@given(st.permutations(range(7)))
def test_no_larger_set_keeps_its_order(order: list[int]) -> None:
    longest = [1] * len(order)
    for at, value in enumerate(order):
        longest[at] = 1 + max((longest[i] for i in range(at) if order[i] < value), default=0)
    assert len(increasing(enumerate(order))) == max(longest)


def test_a_statement_is_found_by_its_id_whatever_its_ordinal() -> None:
    gone = change(ChangeKind.REMOVED, [("a.md", 0)], [])
    named = gone._replace(before=(Side("Delta", 1, "earlier.md", 0, "Delta"),))
    assert [mark.before for mark in redline(version(NAMES), version(NAMES[:3]), [named]).marks] == [(3,)]
