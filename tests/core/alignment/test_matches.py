"""From links to matches."""

from __future__ import annotations

import pytest

from monitor.core.alignment.matches import groups, moved


def test_links_that_share_a_statement_are_one_match() -> None:
    assert groups([(0, 0), (1, 1), (1, 2), (2, 3), (3, 3)]) == [((0,), (0,)), ((1,), (1, 2)), ((2, 3), (3,))]


def test_several_to_several_is_refused() -> None:
    with pytest.raises(ValueError, match="several to several"):
        groups([(0, 0), (0, 1), (1, 1)])


@pytest.mark.parametrize(
    ("order", "wanted"),
    [([0, 1, 2], set()), ([1, 2, 0], {2}), ([1, 0], {0}), ([2, 3, 0, 1], {0, 1}), ([3, 0, 1, 2], {0})],
)
def test_fewest_statements_move_and_the_later_ones_in_a_tie(order: list[int], wanted: set[int]) -> None:
    assert moved([((i,), (j,)) for j, i in enumerate(order)]) == wanted


def test_merged_statement_counts_as_its_parts() -> None:
    assert moved([((2, 3, 4), (0,)), ((0,), (1,)), ((1,), (2,))]) == {1, 2}
