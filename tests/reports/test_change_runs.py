"""Which changes one look takes in: paragraphs that moved, runs that came or went; and none is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Aspect, Change, ChangeKind
from monitor.reports.views import change_runs
from tests.support.report_builders import MONDAY, TUESDAY, change, moved, revised

CHANGES = st.lists(
    st.builds(
        lambda kind, ordinal, group: change(kind, "x", "x", ordinal=ordinal, group=group),
        st.sampled_from([ChangeKind.ADDED, ChangeKind.REVISED, ChangeKind.MOVED]),
        st.integers(0, 4),
        st.sampled_from([None, "g1", "g2"]),
    )
)


def _removed(ordinal: int, **more: Any) -> Change:
    return change(ChangeKind.REMOVED, "x", ordinal=ordinal, **more)


def _sizes(*changes: Change) -> list[int]:
    return [len(block) for block in change_runs(changes)]


@given(CHANGES)
def test_every_change_is_in_exactly_one_run(changes: list[Change]) -> None:
    told = [change for block in change_runs(changes) for change in block]
    assert sorted(map(id, told)) == sorted(map(id, changes))


@pytest.mark.parametrize("kind", [ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.RESTORED])
def test_neighbours_that_came_or_went_are_one_block(kind: ChangeKind) -> None:
    assert _sizes(*(change(kind, "x", "x", ordinal=n) for n in (3, 4, 5))) == [3]


def test_a_gap_ends_a_block() -> None:
    assert _sizes(_removed(3), _removed(5)) == [1, 1]


@pytest.mark.parametrize(
    "more",
    [
        {"snapshot": "other"},
        {"document": "other.txt"},
        {"aspects": (Aspect.NUMBER,)},
        {"cause": "document"},
        {"kind": ChangeKind.ADDED},
    ],
)
def test_another_sort_of_change_ends_a_block(more: dict[str, Any]) -> None:
    kind = more.pop("kind", ChangeKind.REMOVED)
    assert _sizes(_removed(3), change(kind, "x", "x", ordinal=4, **more)) == [1, 1]


def test_statements_with_different_absences_are_separate() -> None:
    away = [
        change(ChangeKind.RESTORED, "x", "x", ordinal=n, absent_since=when) for n, when in enumerate([MONDAY, TUESDAY])
    ]
    assert _sizes(*away) == [1, 1]


def test_revised_neighbours_are_separate() -> None:
    assert _sizes(revised("a", ("b", "c"), ordinal=1), revised("a", ("b", "c"), ordinal=2)) == [1, 1]


def test_group_is_one_run_despite_a_change_in_between() -> None:
    first, last = moved("a", 1, 8, "a.txt", group="g"), moved("b", 3, 9, "a.txt", group="g")
    assert _sizes(first, revised("a", ("b", "c"), ordinal=2), last) == [2, 1]


def test_groups_of_two_snapshots_are_separate() -> None:
    assert _sizes(moved("a", 1, 8, "a.txt", group="g"), moved("b", 2, 9, "a.txt", group="g", snapshot="other")) == [
        1,
        1,
    ]
