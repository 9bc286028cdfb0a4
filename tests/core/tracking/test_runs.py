"""Numbers packed as runs."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.tracking import runs

NUMBERS = st.lists(st.integers(0, 40))


@given(NUMBERS)
def test_what_is_packed_comes_back(numbers: list[int]) -> None:
    packed = runs.pack(numbers)
    assert runs.unpack(packed) == numbers
    assert runs.count(packed) == len(numbers)


@given(NUMBERS)
def test_packed_runs_are_json(numbers: list[int]) -> None:
    found = json.loads(runs.pack(numbers))
    assert [first + at for first, length in found for at in range(length)] == numbers


def test_neighbours_are_one_run() -> None:
    assert runs.pack([7, 8, 9, 3]) == "[[7,3],[3,1]]"
    assert runs.pack([]) == runs.NOTHING
