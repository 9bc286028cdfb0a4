"""Workspaces to run the program in. A history costs many process starts, so the large ones are built once for all."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.recorded import DATA, Once, Story
from tests.acceptance.story_steps import STEPS
from tests.support.driver import Record
from tests.support.workspace import Workspace, day


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Builds a workspace of a name the first time that any of the test processes asks for it; not to be written to."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def built(name: str, build: Callable[[Workspace], None]) -> Workspace:
        root = base / f"once-{name}"
        with (base / f"once-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not root.exists():
                shutil.rmtree(base / f"half-{name}", ignore_errors=True)
                half = Workspace(base / f"half-{name}")
                build(half)
                half.root.rename(root)
        return Workspace(root)

    return built


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty watched folder and an empty home, no configuration."""
    made = Workspace(tmp_path / "work")
    made.home.mkdir()
    return made


def begin(workspace: Workspace) -> None:
    for name in ("brief.txt", "memo.txt", "annex.md"):
        shutil.copy(DATA / name, workspace.seeds / name)
    workspace.run(0)


@pytest.fixture(scope="session")
def first_versions(once: Once) -> Workspace:
    """The first versions, snapshotted; only to be copied."""
    return once("first-versions", begin)


@pytest.fixture
def begun(first_versions: Workspace, tmp_path: Path) -> Workspace:
    """A workspace of its own that has seen the first versions."""
    return first_versions.copy(tmp_path / "begun")


def tell(workspace: Workspace) -> None:
    begin(workspace)
    for number, step in enumerate(STEPS, start=1):
        step.edit(workspace.seeds)
        workspace.run(number)


@pytest.fixture(scope="session")
def story(once: Once) -> Story:
    workspace = once("story", tell)
    dates = {step.name: day(number) for number, step in enumerate(STEPS, start=1)}
    records = workspace.log()
    said = {name: [record for record in records if record["taken_at"] == date] for name, date in dates.items()}
    assert sum(map(len, said.values())) == len(records)
    return Story(workspace, said, dates)


@pytest.fixture(scope="session")
def whole_log(story: Story) -> list[Record]:
    """Everything that the story's log holds, newest first."""
    return story.workspace.log("--baseline")
