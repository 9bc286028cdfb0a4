"""Kills, faults and crowds: nothing that was acknowledged is lost, and the next run recovers by itself.

The short form of what `make torture` does (benchmarks/torture.py). Clocks, suspended machines and SIGTERM have their
tests in tests/schedule.
"""

from __future__ import annotations

import random

import pytest
from torturing import Outcome, Store, crowd, dying_git, fault, kill, length_of_a_run


def unharmed(found: Outcome) -> bool:
    return (found.lost, found.findings, found.steps) == (0, 0, 0)


@pytest.mark.parametrize("family", [True, False], ids=["with all its git processes", "alone"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_monitor_that_is_killed_at_random_moments(store: Store, family: bool, seed: int) -> None:
    chance = random.Random(seed)
    length = length_of_a_run(store)
    found = [kill(store, chance, length, family=family) for _ in range(5)]
    assert all(map(unharmed, found)), found
    assert any(one.struck for one in found)


CALLS = [("fsync", 1), ("fsync", 2), ("replace", 1), ("replace", 2)]


@pytest.mark.parametrize("what", ["ENOSPC", "EIO", "KILL"])
@pytest.mark.parametrize(("call", "nth"), CALLS)
def test_a_sync_or_a_rename_that_goes_wrong(store: Store, call: str, nth: int, what: str) -> None:
    assert unharmed(fault(store, call, nth, what))


@pytest.mark.parametrize("nth", [1, 4, 7])
def test_the_first_run_of_all(store: Store, nth: int) -> None:
    fresh = Store(store.root / "fresh")
    found = fault(fresh, "fsync", nth, "KILL")
    assert found.struck
    assert unharmed(found)


@pytest.mark.parametrize("when", ["before", "after", "parent"])
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_git_command_that_dies(store: Store, nth: int, when: str) -> None:
    found = dying_git(store, nth, when)
    assert unharmed(found)
    assert found.struck or when == "after"


def test_several_monitors_on_one_store(store: Store) -> None:
    assert crowd(store, processes=3, runs=3) == (0, 0, 0)
    assert len(store.acknowledged) == len(set(store.acknowledged)) >= 4
