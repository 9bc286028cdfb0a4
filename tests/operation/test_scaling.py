"""docs/scaling.md: more processes give the same record."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.workspace import Workspace


def fill(place: Workspace, version: int) -> None:
    for number in range(24):
        lines = [f"Article {line} of act {number} allows {line * number + version} days." for line in range(12)]
        place.write(f"{number % 3}/act {number}.md", "\n\n".join(lines) + "\n")


@pytest.mark.slow
@pytest.mark.parametrize("words", [("run", "--settle", "0"), ("rebuild",)])
def test_two_processes_record_what_one_does(tmp_path: Path, words: tuple[str, ...]) -> None:
    one = Workspace(tmp_path / "one")
    for version in range(3):
        fill(one, version)
        one.next_run()
    fill(one, 3)
    shutil.copytree(one.root, tmp_path / "two")
    two = Workspace(tmp_path / "two")
    if words[0] == "run":  # also the whole history again, as after an upgrade
        for place in (one, two):
            (place.snapshots / "ledger.db").unlink()
    at = ("--taken-at", "2026-02-01") if words[0] == "run" else ()
    one.monitor(*words, *at)
    two.monitor(*words, *at, "--jobs", "2")
    listed = ("log", "--baseline", "--format", "jsonl")
    of_its_own = {"recorded_at": None} | ({"snapshot": None} if words[0] == "run" else {})  # it has the time of its run
    changes = [[{**change, **of_its_own} for change in place.monitor(*listed).jsonl()] for place in (one, two)]
    assert changes[0] == changes[1]
    assert len(changes[0]) > 600
    assert two.monitor("verify").status == 0
