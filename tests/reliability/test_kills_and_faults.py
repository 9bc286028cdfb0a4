"""Kills, faults and crowds: nothing that was acknowledged is lost, and the next run recovers by itself.

The short form of what `make torture` does (benchmarks/torture.py).
"""

from __future__ import annotations

import random
import shutil

import pytest

from tests.reliability.nursery import Nursery
from tests.reliability.torturing import SYSCALLS, Store, broken_call, crowd, dying_git, fault, kill, length_of_a_run

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("family", [True, False], ids=["with all its git processes", "alone"])
def test_run_killed_at_random_moments_loses_nothing(store: Store, nursery: Nursery, family: bool) -> None:
    chance = random.Random(family)
    length = length_of_a_run(store, nursery)
    found = [kill(store, nursery, chance, most, family=family) for most in (0, *[length] * 7)]
    assert all(one.unharmed for one in found), found
    assert any(one.struck for one in found)


CALLS = [("fsync", 1), ("fsync", 2), ("replace", 1), ("replace", 2)]


@pytest.mark.parametrize("what", ["ENOSPC", "EIO", "KILL"])
@pytest.mark.parametrize(("call", "nth"), CALLS)
def test_failing_sync_or_rename_loses_nothing(store: Store, nursery: Nursery, call: str, nth: int, what: str) -> None:
    assert fault(store, nursery, call, nth, what).unharmed


@pytest.mark.parametrize("nth", [1, 4, 7])
def test_killed_first_run_is_recovered(store: Store, nursery: Nursery, nth: int) -> None:
    fresh = Store(store.root / "fresh")
    found = fault(fresh, nursery, "fsync", nth, "KILL")
    assert found.struck
    assert found.unharmed


@pytest.mark.parametrize("when", ["before", "after", "parent"])
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_killed_git_command_loses_nothing(store: Store, nursery: Nursery, nth: int, when: str) -> None:
    found = dying_git(store, nursery, nth, when)
    assert found.unharmed
    assert found.struck or when == "after"


@pytest.mark.skipif(not shutil.which("strace"), reason="no strace (apt-get install strace)")
@pytest.mark.parametrize("what", ["ENOSPC", "EIO", "KILL"])
@pytest.mark.parametrize("calls", SYSCALLS)
@pytest.mark.parametrize("nth", [1, 3, 9, 20])
def test_failing_system_call_loses_nothing(store: Store, calls: str, nth: int, what: str) -> None:
    assert broken_call(store, calls, nth, what).unharmed


def test_concurrent_runs_on_one_store_lose_nothing(store: Store) -> None:
    assert crowd(store, processes=3, runs=3) == (0, 0, 0)
    assert len(store.acknowledged) == len(set(store.acknowledged)) >= 4
