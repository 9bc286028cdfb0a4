"""Whatever goes away all at once is not removed from the record before a person says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability import disks
from tests.reliability.withdrawals import ANYWHERE, ON_DISKS, UNREAD, Scenario, withdrawn


@pytest.mark.parametrize(
    "scenario",
    [*ANYWHERE, *(pytest.param(one, marks=pytest.mark.slow) for one in ON_DISKS)],
    ids=lambda one: one.__name__.replace("_", " "),
)
def test_mass_deletion_needs_confirmation(scenario: Scenario, tmp_path: Path) -> None:
    if scenario in ON_DISKS:
        disks.needed()
    held, removed = withdrawn(scenario, tmp_path)
    assert held
    assert removed == 0


@pytest.mark.parametrize("scenario", UNREAD, ids=lambda one: one.__name__.replace("_", " "))
def test_documents_of_an_unreadable_folder_are_carried_forward(scenario: Scenario, tmp_path: Path) -> None:
    assert withdrawn(scenario, tmp_path) == (False, 0)
