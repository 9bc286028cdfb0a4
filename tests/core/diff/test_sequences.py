"""The sequence diff: always correct, the smallest where the input is small, near linear on any input."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations, pairwise, takewhile
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from monitor.core.diff import sequences
from monitor.core.diff.sequences import (
    changed_runs,
    common_prefix,
    common_suffix,
    equal_runs,
    longest_increasing_subsequence,
)

LINES = st.lists(st.sampled_from("abcde"), max_size=30)
MANY = 20_000


def kept(before: Sequence[str], after: Sequence[str]) -> int:
    """The number of elements that stay; fails unless the runs are equal, increasing and do not touch."""
    runs = equal_runs(before, after)
    for run in runs:
        assert run.length > 0
        assert before[run.before : run.before + run.length] == after[run.after : run.after + run.length]
    for one, other in pairwise(runs):
        ends = one.before + one.length, one.after + one.length
        assert ends[0] <= other.before
        assert ends[1] <= other.after
        assert ends != (other.before, other.after)
    return sum(run.length for run in runs)


def longest_common(before: Sequence[str], after: Sequence[str]) -> int:
    """The length of the longest common subsequence, from the table of the textbook."""
    row = [0] * (len(after) + 1)
    for element in before:
        above = row
        row = [0]
        for j, other in enumerate(after):
            row.append(above[j] + 1 if element == other else max(above[j + 1], row[j]))
    return row[-1]


@pytest.fixture(params=[0, 30])
def few_cells(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that small examples reach the anchors, and gaps within gaps."""
    monkeypatch.setattr(sequences, "_EXACT_CELLS", request.param)


# --- small inputs -------------------------------------------------------------------------------


@given(LINES, LINES)
def test_small_inputs_keep_the_longest_common_subsequence(before: list[str], after: list[str]) -> None:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    assert kept(before, after) == longest_common(before, after)
    assert kept(before, after) >= sum(block.size for block in matcher.get_matching_blocks())


@given(LINES, LINES)
def test_swapping_the_sides_swaps_the_runs(before: list[str], after: list[str]) -> None:
    assert equal_runs(after, before) == [(j, i, length) for i, j, length in equal_runs(before, after)]


@given(LINES, LINES)
def test_changed_runs_rebuild_both_sides(before: list[str], after: list[str]) -> None:
    forward, backward = list(before), list(after)
    for run in reversed(changed_runs(before, after)):
        assert run.before_start < run.before_end or run.after_start < run.after_end
        forward[run.before_start : run.before_end] = after[run.after_start : run.after_end]
        backward[run.after_start : run.after_end] = before[run.before_start : run.before_end]
    assert (forward, backward) == (after, before)


@given(LINES)
def test_equal_sequences_are_one_run(lines: list[str]) -> None:
    assert equal_runs(lines, tuple(lines)) == ([(0, 0, len(lines))] if lines else [])
    assert changed_runs(lines, tuple(lines)) == []


# --- anchors ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("few_cells")
@given(LINES, LINES)
def test_runs_between_anchors_are_correct(before: list[str], after: list[str]) -> None:
    assert (kept(before, after) > 0) == bool(set(before) & set(after))


@pytest.mark.usefixtures("few_cells")
@given(st.lists(st.integers(), unique=True), st.data())
def test_no_equal_line_is_missed_among_unique_lines(numbers: list[int], data: st.DataObject) -> None:
    before = [str(number) for number in numbers]
    chosen = data.draw(st.permutations(before))[: len(before) // 2 + 1]
    assert kept(before, chosen) == longest_common(before, chosen)
    assert kept(before, [line for line in before if line in set(chosen)]) == len(chosen)


def dropped(lines: Sequence[str], share: float) -> list[str]:
    draw = random.Random(1)
    return [line for line in lines if draw.random() >= share]


def drawn(kinds: int, length: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    return [f"kind {draw.randrange(kinds)}" for _ in range(length)]


def test_edited_unique_lines_cost_only_themselves() -> None:
    before = [f"line {n}" for n in range(MANY)]
    after = [f"other {n}" if n % 10 == 3 else line for n, line in enumerate(before)]
    assert kept(before, after) == MANY * 9 // 10


def test_every_second_of_equal_lines_is_kept() -> None:
    assert kept(["x"] * 100_000, ["x", "y"] * 50_000) == 50_000
    assert kept(["x"] * 100_000, [line for n in range(50_000) for line in ("x", f"new {n}")]) == 50_000


def test_dropped_lines_of_few_kinds_cost_only_themselves() -> None:
    before = drawn(500, 9_000, seed=2)
    after = dropped(before, 0.05)
    assert kept(before, after) == len(after)


@pytest.mark.parametrize(
    ("before", "after", "least"),
    [
        pytest.param(["x"] * MANY, ["x"] * (MANY - 1), MANY - 1, id="one of many identical lines went"),
        pytest.param(["x"] * MANY, ["x"] * 5_000 + ["y"] + ["x"] * 15_000, MANY, id="one came among identical lines"),
        pytest.param(["x", "y"] * MANY, ["y", "x"] * MANY, 2 * MANY - 1, id="two lines take turns, shifted by one"),
        pytest.param(["only", *drawn(50, MANY, 3)], [*drawn(50, MANY, 3), "only"], MANY, id="the unique line moved"),
        pytest.param(drawn(2, MANY, 3), dropped(drawn(2, MANY, 3), 0.05), 18_900, id="two kinds, some dropped"),
        pytest.param(drawn(2, MANY, 3), drawn(2, MANY, 4), MANY // 2, id="two kinds, nothing to do with each other"),
    ],
)
def test_repeated_lines_are_paired(before: list[str], after: list[str], least: int) -> None:
    assert kept(before, after) >= least


# --- work ---------------------------------------------------------------------------------------


class Counted(str):
    """A line that counts how often it is hashed or compared."""

    __slots__ = ()
    uses: ClassVar[Counter[str]] = Counter()

    def __hash__(self) -> int:
        self.uses["hash"] += 1
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        self.uses["compare"] += 1
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        self.uses["compare"] += 1
        return super().__ne__(other)


class CountedIndel:
    @staticmethod
    def opcodes(one: Sequence[str], other: Sequence[str]) -> Any:
        Counted.uses["cells"] += len(one) * len(other)
        return Indel.opcodes(one, other)


def hostile_inputs(size: int) -> Iterator[Any]:
    unique = [f"line {n}" for n in range(size)]
    shuffled = random.Random(1).sample(unique, size)
    few_in_common = [f"before {n}" if n % 100 else f"both {n}" for n in range(size)]
    others = [f"after {n}" if n % 100 else f"both {n * 7 % size}" for n in range(size)]
    words = ["a", "ab"]  # the Fibonacci word: it has few runs of each length, and all occur again and again
    while len(words[-1]) < size:
        words.append(words[-1] + words[-2])
    nested = [f"u{n}" if n % 3 else "x" for n in range(size)]
    yield pytest.param(drawn(2, size, 1), drawn(2, size, 2), id="two kinds")
    yield pytest.param(["x"] * size + ["y"] * size, ["y"] * size + ["x"] * size, id="two kinds, swapped")
    yield pytest.param(few_in_common, others, id="few in common")
    yield pytest.param(unique, [f"other {n}" for n in range(size)], id="nothing in common")
    yield pytest.param(unique, unique[::-1], id="reversed")
    yield pytest.param(unique, shuffled, id="shuffled")
    yield pytest.param(nested, nested[::-1], id="reversed, some repeated")
    yield pytest.param([f"{n % 500}" for n in range(size)], [f"{-n % 500}" for n in range(size)], id="cycles")
    yield pytest.param(list(words[-1][:size]), list(words[-1][:size][::-1]), id="Fibonacci word")


@pytest.mark.parametrize(("before", "after"), [*hostile_inputs(6_000)])
def test_work_stays_linear_on_hostile_inputs(
    before: list[str], after: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequences, "_indel", lambda: CountedIndel)
    Counted.uses.clear()
    equal_runs(list(map(Counted, before)), list(map(Counted, after)))
    lines = len(before) + len(after)
    assert Counted.uses["cells"] <= 2_000 * lines  # the side of the largest exact table
    assert Counted.uses["hash"] + Counted.uses["compare"] <= 30 * lines


# --- parts --------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 9), max_size=9))
def test_increasing_subsequence_is_a_longest_one(values: list[int]) -> None:
    found = longest_increasing_subsequence(values)
    assert all(i < j and values[i] < values[j] for i, j in pairwise(found))
    longer = combinations(values, len(found) + 1)
    assert not any(all(one < other for one, other in pairwise(chosen)) for chosen in longer)


@given(st.text("ab", max_size=12), st.text("ab", max_size=12), st.integers(0, 12))
def test_common_ends_are_those_of_a_walk(one: str, other: str, most: int) -> None:
    most = min(most, len(one), len(other))
    assert common_prefix(one, other) == common_prefix([*one], [*other]) == walked(one, other)
    expected = min(most, walked(one[::-1], other[::-1]))
    assert common_suffix(one, other, most) == common_suffix([*one], [*other], most) == expected


def walked(one: str, other: str) -> int:
    return len([*takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))])
