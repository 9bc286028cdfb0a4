"""Whatever goes away all at once is not removed from the record before a person says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability import disks
from tests.reliability.withdrawals import ANYWHERE, ON_DISKS, Scenario, withdrawn


@pytest.mark.parametrize(
    "scenario",
    [*ANYWHERE, *(pytest.param(one, marks=pytest.mark.slow) for one in ON_DISKS)],
    ids=lambda one: one.__name__.replace("_", " "),
)
def test_nothing_is_removed_that_nobody_confirmed(scenario: Scenario, tmp_path: Path) -> None:
    if scenario in ON_DISKS:
        disks.needed()
    held, removed = withdrawn(scenario, tmp_path)
    assert held
    assert removed == 0
