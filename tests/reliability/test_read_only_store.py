"""Reading needs no right to write: a store on a medium that can only be read, and one of another account."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.app.run import RunOptions, run
from monitor.config import load
from tests.support.paths import PROJECT
from tests.support.reviewing import comment_on_newest

# root writes everywhere unless it lays down the right to
ORDINARY = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
NOBODY = 65534
QUERIES = (
    "status", "snapshots", "log", "log --format json", "show CHANGE", "show CHANGE --why", "blame a.txt", "cat a.txt",
    "diff SNAPSHOT now", "search port", "report", "export", "feed", "review list", "review list --format json",
    "review history CHANGE", "review orphans", "verify",
)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Path, str, str]]:
    """A store with verdicts, the id of a change and of a snapshot; what is written for others is made beforehand."""
    root = tmp_path / "place"
    (root / "seeds").mkdir(parents=True)
    (root / "monitor.toml").write_text('[report]\nformats = []\n[watch]\nsettle = "0 s"\n')
    settings = load(root, None, {}, {})
    snapshot = None
    for number in range(3):
        (root / "seeds" / "a.txt").write_text(f"The port is open. It takes {number} boats.\n")
        done, _ = run(settings, RunOptions(settle=0))
        snapshot = snapshot or done.snapshot
    change = comment_on_newest(settings, "seen")
    yield root, change, str(snapshot)
    for folder, _, _ in os.walk(root):
        Path(folder).chmod(0o755)


def take_rights(root: Path) -> None:
    for folder, _, files in os.walk(root, topdown=False):
        for name in files:
            Path(folder, name).chmod(0o444)
        Path(folder).chmod(0o555)


def give_away(root: Path) -> None:
    for folder, _, files in os.walk(root):
        for path in (Path(folder), *(Path(folder, name) for name in files)):
            shutil.chown(path, NOBODY, NOBODY)
            path.chmod(0o755 if path.is_dir() else 0o644)


def contents(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def monitor(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [*ORDINARY, sys.executable, "-m", "monitor", "-C", str(root), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)


@pytest.mark.slow
@pytest.mark.parametrize("how", [take_rights, give_away], ids=["nobody may write", "another account's"])
def test_every_query_works_on_a_store_that_cannot_be_written(place: tuple[Path, str, str], how: object) -> None:
    root, change, snapshot = place
    if how is give_away and os.geteuid() != 0:
        pytest.skip("only root gives files to another account")
    lines = [query.replace("CHANGE", change).replace("SNAPSHOT", snapshot).split() for query in QUERIES]
    expected = {" ".join(line): monitor(root, *line).stdout for line in lines}
    how(root)  # type: ignore[operator]
    before = contents(root)
    wrong = {}
    for line in lines:
        found = monitor(root, *line)
        if found.returncode or found.stdout != expected[" ".join(line)]:
            wrong[" ".join(line)] = found.returncode, found.stdout[-300:], found.stderr[-300:]
    assert wrong == {}
    assert contents(root) == before


@pytest.mark.slow
def test_writing_says_that_the_right_is_missing(place: tuple[Path, str, str]) -> None:
    root, change, _ = place
    take_rights(root)
    for words in (["run"], ["rebuild"], ["review", "accept", change, "--as", "Ada"]):
        found = monitor(root, *words)
        assert found.returncode == 4, words
        assert len(found.stderr.splitlines()) == 1, words
        assert "permission" in found.stderr.lower(), found.stderr
        assert "room" not in found.stderr
