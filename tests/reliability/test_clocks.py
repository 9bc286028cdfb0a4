"""Whatever the clock does: each time that was due has one run, or stands in the journal as missed, once."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.reliability.clocks import TRIALS, Trial, kept, terminated
from tests.reliability.nursery import Nursery
from tests.reliability.torturing import Store, length_of_a_run


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_every_due_time_has_one_run_or_is_reported_as_missed(trial: Trial, tmp_path: Path) -> None:
    found = kept(trial, tmp_path)
    assert found.run + found.missed == found.due > 0
    assert (found.twice, found.neither) == (0, 0)


@pytest.mark.slow
def test_run_finishes_before_it_stops_on_a_signal(store: Store, nursery: Nursery) -> None:
    chance, length = Random(1), length_of_a_run(store, nursery)
    for _ in range(4):
        outcome, status, told = terminated(store, nursery, chance, length)
        assert outcome.unharmed
        assert outcome.acknowledged
        assert (status, told) == (0, True)
