"""Each guard of the protocol: with it the promise is kept, and without it something fails."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from random import Random

import pytest

from monitor.ledger.database import open_database
from tests.reliability import disks
from tests.reliability.disks import Disk
from tests.reliability.guards import GUARDS, Guard
from tests.reliability.nursery import Nursery
from tests.reliability.powercuts import Cut, cut, length_of_a_turn, store_on
from tests.reliability.torturing import Store

pytestmark = pytest.mark.slow


def kept(guard: Guard, place: Path) -> bool:
    try:
        return guard.scenario(place)
    except Exception:  # noqa: BLE001  # in whatever way, it is not
        return False


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.point}: {guard.name}")
def test_promise_holds_only_with_its_guard(guard: Guard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("with", "without"):
        (tmp_path / place).mkdir()
    assert guard.scenario(tmp_path / "with")
    guard.take_out(monkeypatch.setattr)
    assert not kept(guard, tmp_path / "without")


def test_every_point_of_the_protocol_has_a_guard() -> None:
    assert {guard.point for guard in GUARDS} == set(range(1, 13))


def cuts(number: int, nursery: Nursery, root: Path, *without: str) -> list[Cut]:
    with Disk() as disk:
        store = store_on(disk, root)
        length = length_of_a_turn(store, nursery)
        return [cut(store, disk, nursery, Random(at), length, without=without) for at in range(number)]


def test_without_syncs_of_git_a_power_cut_loses_snapshots(nursery: Nursery, tmp_path: Path) -> None:
    disks.needed()
    found = cuts(20, nursery, tmp_path, "core.fsync=all", "folders are synced")
    assert not all(one.outcome.unharmed for one in found)


def test_a_database_is_on_the_disk_with_each_commit(tmp_path: Path) -> None:
    # A power cut without it shows no lost verdict any more: the next run takes them from their branch.
    made = open_database(f"sqlite:///{tmp_path / 'made.db'}")
    with made.read_transaction() as transaction:
        assert transaction.value("PRAGMA synchronous") == 2  # FULL
    made.close()


@pytest.mark.parametrize("without", [(), ("SIGTERM lets the run finish",)], ids=["with", "without"])
def test_without_its_handler_sigterm_ends_a_run(store: Store, nursery: Nursery, without: tuple[str, ...]) -> None:
    store.edit()
    child = nursery.start(["-C", str(store.root), "watch"], without=without)
    child.listen("ack")
    os.kill(child.pid, signal.SIGTERM)
    store.heed(child)
    assert child.status == (-signal.SIGTERM if without else 0)
