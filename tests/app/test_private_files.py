"""Files of a store are its owner's alone, and a link in the place of one is never followed."""

from __future__ import annotations

import grp
import os
import shlex
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.driver import ENTRY_POINT
from tests.support.workspace import Workspace

CONFIGURATION = "[report]\nformats = ['text']\n[feeds]\nfolder = 'feeds'\n[evidence]\nheads = 'heads.txt'\n"
MINE = "mine\n"


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "place")
    made.configure(CONFIGURATION)
    return made


def tell(place: Workspace) -> None:
    """Two runs and a verdict, by the command line."""
    place.write("a.txt", "It needs 30 votes.")
    place.run(0)
    place.write("a.txt", "It needs 45 votes.")
    place.run(1)
    (change,) = place.log()
    place.monitor("review", "accept", change["id"], "--as", "Ada")


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}


def test_new_store_is_its_owners_alone(place: Workspace) -> None:
    tell(place)
    assert stat.S_IMODE(place.snapshots.stat().st_mode) == 0o700
    assert {
        name: oct(mode) for name, mode in modes(place.snapshots).items() if mode & 0o077 and "/pack-" not in name
    } == {}


def test_what_is_written_for_others_has_the_usual_rights(place: Workspace) -> None:
    tell(place)
    for folder in ("reports", "feeds"):
        assert set(modes(place.root / folder).values()) == {0o644}
        assert stat.S_IMODE((place.root / folder).stat().st_mode) == 0o755
    assert stat.S_IMODE((place.root / "heads.txt").stat().st_mode) == 0o644


def test_store_of_a_group_stays_one(place: Workspace) -> None:
    place.snapshots.mkdir()
    place.snapshots.chmod(0o2770)
    tell(place)
    files = {name: mode for name, mode in modes(place.snapshots).items() if (place.snapshots / name).is_file()}
    written = {name: mode for name, mode in files.items() if "/objects/" not in f"/{name}"}
    assert {name: oct(mode) for name, mode in written.items() if mode & 0o060 != 0o060 or mode & 0o007} == {}


def test_rights_of_the_process_are_as_before_afterwards(place: Workspace) -> None:
    tell(place)
    assert os.umask(0o022) == 0o022


@pytest.mark.parametrize(
    "name", ["lock", "runs.jsonl", "scan.cache", "scan.cache.new", "reviews.waiting", "notices.lock"]
)
def test_link_in_the_store_is_not_followed(place: Workspace, tmp_path: Path, name: str) -> None:
    target = tmp_path / "target"
    target.write_text(MINE)
    place.write("a.txt", "It needs 30 votes.")
    place.run(0)
    (place.snapshots / name).unlink(missing_ok=True)
    (place.snapshots / name).symlink_to(target)
    place.write("a.txt", "It needs 45 votes.")
    place.run(1, status=(0, 4))
    (change, *_) = place.log("--baseline")
    place.monitor("review", "accept", change["id"], "--as", "Ada", status=(0, 4))
    assert target.read_text() == MINE


def test_lock_that_is_a_link_is_named(place: Workspace, tmp_path: Path) -> None:
    place.snapshots.mkdir()
    (place.snapshots / "lock").symlink_to(tmp_path / "target")
    assert "it is a symbolic link; remove it" in place.run(status=4).message
    assert not (tmp_path / "target").exists()


def test_link_in_the_place_of_heads_or_reports_is_not_followed(place: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text(MINE)
    (place.root / "heads.txt").symlink_to(target)
    (place.root / "feeds").mkdir()
    (place.root / "feeds/.all.atom.new").symlink_to(target)
    place.write("a.txt", "It needs 30 votes.")
    place.run(0, status=4)
    place.write("a.txt", "It needs 45 votes.")
    place.run(1, status=4)
    assert target.read_text() == MINE
    assert "<feed" in (place.root / "feeds/all.atom").read_text()


# --- standard streams -------------------------------------------------------------------------------


def in_shell(place: Workspace, redirection: str, *args: str) -> tuple[int, str]:
    """Exit status and standard error of a command that a shell starts with these streams."""
    words = shlex.join([*map(str, ENTRY_POINT), *args])
    result = subprocess.run(
        ["/bin/sh", "-c", f"exec {words} {redirection}"],
        cwd=place.root,
        env=place.environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stderr


@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&-", ">&- 2>&- <&-", "2>/dev/full"])
def test_run_with_closed_streams_is_recorded(place: Workspace, streams: str) -> None:
    place.write("a.txt", "It needs 30 votes.")
    assert in_shell(place, streams, "run", "--settle", "0") == (0, "")
    place.write("a.txt", "It needs 45 votes.")
    assert in_shell(place, streams, "run", "--settle", "0") == (0, "")
    assert len(place.log()) == 1
    assert place.findings() == []


def test_full_output_disk_is_one_line(place: Workspace) -> None:
    place.write("a.txt", "It needs 30 votes.")
    status, message = in_shell(place, ">/dev/full", "run", "--settle", "0")
    assert (status, message) == (4, "monitor: No space left on device\n")
    assert len(place.log("--baseline", "--level", "document")) == 1


@pytest.mark.parametrize("command", ["log --baseline", "status", "snapshots", "verify"])
def test_reading_commands_end_well_with_closed_streams(place: Workspace, command: str) -> None:
    place.write("a.txt", "It needs 30 votes.")
    place.run(0)
    assert in_shell(place, ">&-", *command.split()) == (0, "")


@pytest.fixture
def group() -> grp.struct_group:
    """One that this account may give files to, and that is not its own where there is another."""
    mine = os.getgid()
    may = [one for one in grp.getgrall() if one.gr_gid != mine and (os.geteuid() == 0 or one.gr_gid in os.getgroups())]
    return may[-1] if may else grp.getgrgid(mine)


@pytest.mark.parametrize("older", [False, True], ids=["a new store", "a store that was its owner's"])
def test_store_is_given_to_its_group(place: Workspace, group: grp.struct_group, older: bool) -> None:
    if older:
        tell(place)
    place.configure(f"{CONFIGURATION}[store]\ngroup = '{group.gr_name}'\n")
    place.write("b.txt", "Nobody has answered.")
    place.run(2)
    paths = [place.snapshots, *place.snapshots.rglob("*")]
    assert {path for path in paths if path.stat().st_gid != group.gr_gid} == set()
    wanted = {path: 0o070 if path.is_dir() else 0o040 for path in paths}
    assert {path for path in paths if path.stat().st_mode & wanted[path] != wanted[path]} == set()
    assert {path for path in paths if path.stat().st_mode & 0o007 and "/objects/" not in str(path)} == set()
    assert (place.snapshots / "ledger.db").stat().st_mode & 0o020
    assert place.snapshots.stat().st_mode & 0o2000


def test_a_group_that_is_not_there_is_an_error(place: Workspace) -> None:
    place.configure(f"{CONFIGURATION}[store]\ngroup = 'no-such-group'\n")
    place.write("a.txt", "It needs 30 votes.")
    done = place.monitor("run", status=2)
    assert b"no such group" in done.err
