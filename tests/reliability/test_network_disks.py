"""A store on a network disk, and a SQLite that is too old, or lacks a part: each is said in one line."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.ledger import database
from monitor.ledger.database import network_disk, open_database
from tests.support.workspace import Workspace

ROOT = "22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw"


@pytest.fixture
def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Lets the system list these mounts besides the root."""

    def mount(*lines: str) -> None:
        path = tmp_path / "mountinfo"
        path.write_text("\n".join((ROOT, *lines)) + "\n")
        monkeypatch.setattr(database, "MOUNTS", path)
        network_disk.cache_clear()

    yield mount
    network_disk.cache_clear()


def line(place: Path | str, kind: str) -> str:
    return f"40 22 0:41 / {str(place).replace(' ', chr(92) + '040')} rw shared:7 - {kind} host:/share rw"


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "glusterfs", "ceph"])
def test_kinds_of_network_disks_are_known(tmp_path: Path, mounted: Callable[..., None], kind: str) -> None:
    mounted(line(tmp_path, kind))
    assert network_disk(tmp_path / "snapshots") == kind


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fuseblk", "apfs", "nfsd"])
def test_local_disks_are_none(tmp_path: Path, mounted: Callable[..., None], kind: str) -> None:
    mounted(line(tmp_path, kind))
    assert network_disk(tmp_path) is None


def test_the_innermost_mount_counts(tmp_path: Path, mounted: Callable[..., None]) -> None:
    mounted(line(tmp_path, "nfs4"), line(tmp_path / "local", "ext4"))
    assert network_disk(tmp_path / "local" / "snapshots") is None
    assert network_disk(tmp_path / "locally") == "nfs4"


def test_the_later_of_two_mounts_at_one_place_counts(tmp_path: Path, mounted: Callable[..., None]) -> None:
    mounted(line(tmp_path, "nfs4"), line(tmp_path, "ext4"))
    assert network_disk(tmp_path) is None


def test_a_link_is_followed_and_a_blank_is_read(tmp_path: Path, mounted: Callable[..., None]) -> None:
    (tmp_path / "a share").mkdir()
    (tmp_path / "link").symlink_to("a share")
    mounted(line(tmp_path / "a share", "cifs"), "no line of this kind")
    assert network_disk(tmp_path / "link") == "cifs"


def test_a_system_that_lists_no_mounts_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MOUNTS", tmp_path / "nowhere")
    network_disk.cache_clear()
    assert network_disk(tmp_path) is None


@pytest.mark.parametrize(("kind", "mode"), [("nfs4", "delete"), ("ext4", "wal")])
def test_a_network_disk_gets_no_log_in_shared_memory(
    tmp_path: Path, mounted: Callable[..., None], kind: str, mode: str
) -> None:
    mounted(line(tmp_path, kind))
    opened = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    with opened.read_transaction() as transaction:
        assert transaction.value("PRAGMA journal_mode") == mode
        assert transaction.value("PRAGMA synchronous") == 2


def test_a_store_on_a_network_disk_works_and_says_so(tmp_path: Path, mounted: Callable[..., None]) -> None:
    place = Workspace(tmp_path / "place")
    place.record({"offer.txt": "The offer stands."})
    assert "network disk" not in place.monitor("status").text
    mounted(line(tmp_path, "nfs4"))
    warning = "the store is on a network disk (nfs4): let one machine alone use it, or keep the ledger in PostgreSQL"
    assert warning in place.monitor("status").text
    assert place.monitor("status", "--format", "json").json()["warnings"] == [warning]
    place.record({"offer.txt": "The offer falls."})
    assert [one.kind for one in place.changes()] == ["revised"]
    assert place.findings() == []


def test_an_old_sqlite_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Workspace(tmp_path)
    place.record({"offer.txt": "The offer stands."})
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 26, 0))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.26.0")
    line = "monitor: SQLite 3.26.0 is too old, and 3.27.0 is needed: use a Python that has a newer one\n"
    for command in ("log", "run", "status", "verify"):
        assert place.monitor(command, status=2).message == line


def test_a_sqlite_without_a_part_says_which(tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    with pytest.raises(database.StoreError) as caught, opened.write_transaction() as transaction:
        transaction.execute("CREATE VIRTUAL TABLE words USING fts9(text)")
    assert "no such module: fts9; SQLite " in str(caught.value)
    assert str(caught.value).endswith("was built without it: use a Python that has another")


@pytest.mark.parametrize(("version", "said"), [((3, 51, 2), True), ((3, 51, 3), False)])
def test_status_says_what_the_version_does_not_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], said: bool
) -> None:
    place = Workspace(tmp_path)
    place.record({"offer.txt": "The offer stands."})
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    assert ("before 3.51.3, processes that write at once" in place.monitor("status").text) is said
