"""A few of the hostile trees that `make torture` makes a thousand of, under a poisoned environment."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.reliability.hostile_place import play, poisoned


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_every_snapshot_gives_back_what_was_seen_and_nothing_else_happened(tmp_path: Path, seed: int) -> None:
    told = play(tmp_path, seed, trees=4)
    assert told.documents > 20
    assert (told.mismatches, told.strays, told.findings) == (0, 0, 0)


@pytest.mark.parametrize(
    "command",
    [["git", "status"], ["git", "hash-object", "-w", "--path=x", "--stdin"], ["git", "commit", "-mx"]],
    ids=" ".join,
)
def test_a_git_that_heeds_such_an_environment_runs_the_trap(tmp_path: Path, command: list[str]) -> None:
    """Without this the test above could not fail."""
    (tmp_path / "home").mkdir()
    repository = tmp_path / "repository"
    repository.mkdir()
    spoiled = poisoned(tmp_path)
    for name in (
        "GIT_DIR",
        "GIT_COMMON_DIR",
        "GIT_OBJECT_DIRECTORY",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_EXEC_PATH",
    ):
        del spoiled[name]
    clean = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null"}
    subprocess.run(["git", "init", "-q", "--template="], cwd=repository, env=clean, check=True)
    subprocess.run(command, cwd=repository, env=spoiled, input=b"x", capture_output=True)
    assert (tmp_path / "sprung").exists()
