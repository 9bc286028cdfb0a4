"""Equal lines found in near-linear time: always a correct diff, a small one where the input is small."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import linediff
from monitor.core.linediff import matching_blocks

LINES = st.lists(st.sampled_from("abcde"), max_size=30)
MANY = 20_000


def _check(before: list[str], after: list[str]) -> int:
    """Every block is equal, and they ascend without touching; gives the number of equal lines."""
    end_before = end_after = 0
    for n, (i, j, size) in enumerate(matching_blocks(before, after)):
        assert before[i : i + size] == after[j : j + size]
        assert i >= end_before
        assert j >= end_after
        assert n == 0 or (i, j) != (end_before, end_after)
        end_before, end_after = i + size, j + size
    return sum(size for _, _, size in matching_blocks(before, after))


@given(LINES, LINES)
def test_blocks_are_equal_and_ascend(before: list[str], after: list[str]) -> None:
    _check(before, after)


@given(LINES, LINES)
def test_blocks_are_right_when_the_budget_for_difflib_is_used_up(before: list[str], after: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linediff, "DIFFLIB_STEPS", 0)
        _check(before, after)


@given(LINES)
def test_equal_sequences_are_one_block(lines: list[str]) -> None:
    assert matching_blocks(lines, list(lines)) == ([(0, 0, len(lines))] if lines else [])


@given(st.lists(st.integers(), unique=True), st.data())
def test_among_unique_lines_no_equal_line_is_missed(numbers: list[int], data: st.DataObject) -> None:
    before = [str(number) for number in numbers]
    kept = [line for line in before if data.draw(st.booleans())]
    assert _check(before, kept) == len(kept)


@pytest.mark.parametrize(
    ("before", "after", "equal"),
    [
        pytest.param(["x"] * MANY, ["x"] * (MANY - 1), MANY - 1, id="one of many identical lines went"),
        pytest.param(["x"] * MANY, ["x"] * 5_000 + ["y"] + ["x"] * 15_000, MANY, id="one came among identical lines"),
        pytest.param(["x"] * MANY, ["x", "y"] * (MANY // 2), MANY // 2, id="every second of them was replaced"),
        pytest.param(["x", "y"] * MANY, ["y", "x"] * MANY, MANY, id="two lines take turns: half of what is possible"),
    ],
)
def test_repeated_lines_are_paired_as_far_as_they_go(before: list[str], after: list[str], equal: int) -> None:
    assert _check(before, after) == equal
