"""Documents of the kinds that make a careless step slow, in small: all of them are read, and compared as a whole.

How their cost grows is measured by `benchmarks/torture.py doubling=100000`.
"""

from __future__ import annotations

import pytest

from monitor.app.sandbox import read_in_this_process
from monitor.core.tracking.compare import compare
from tests.readers.worst_kinds import KINDS

ONE = {"one long word", "one endless statement", "one Chinese line"}


@pytest.mark.parametrize("name", KINDS)
def test_both_sides_are_read_and_matched_completely(name: str) -> None:
    suffix, before, after = KINDS[name](240)
    old, new = (read_in_this_process(f"a.{suffix}", side.encode()).statements for side in (before, after))
    assert old
    assert new
    assert not {one.text for one in (*old, *new)} & {"", " "}
    found = compare(old, new)
    sides = ([i for start, _, length in found.kept for i in range(start, start + length)],
             [j for _, start, length in found.kept for j in range(start, start + length)])  # fmt: skip
    assert sorted([*sides[0], *(i for one in found.changes for i in one.before)]) == list(range(len(old)))
    assert sorted([*sides[1], *(j for one in found.changes for j in one.after)]) == list(range(len(new)))


@pytest.mark.parametrize("name", sorted(ONE))
def test_text_without_a_sentence_end_is_one_statement(name: str) -> None:
    suffix, _, after = KINDS[name](240)
    assert len(read_in_this_process(f"a.{suffix}", after.encode()).statements or ()) == 1
