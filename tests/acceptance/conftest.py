"""Workspaces to run the program in. A history costs process starts, so the large ones are built once a worker."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.register_assert_rewrite("acceptance_driver", "acceptance_story")

from acceptance_driver import DATA, Record, Workspace, day  # noqa: E402  (after the line that makes them explain themselves)
from acceptance_story import STEPS  # noqa: E402


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty watched folder, no configuration."""
    return Workspace(tmp_path / "work")


def seeded(root: Path) -> Workspace:
    made = Workspace(root)
    for name in ("brief.txt", "memo.txt", "annex.md"):
        shutil.copy(DATA / name, made.seeds / name)
    made.run(0)
    return made


@pytest.fixture(scope="session")
def first_versions(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The first versions, snapshotted; only to be copied."""
    return seeded(tmp_path_factory.mktemp("first") / "work")


@pytest.fixture
def begun(first_versions: Workspace, tmp_path: Path) -> Workspace:
    """A workspace of its own that has seen the first versions."""
    root = tmp_path / "begun"
    shutil.copytree(first_versions.root, root)
    return Workspace(root)


@dataclass(frozen=True)
class Story:
    """All steps taken one after another in one workspace, not to be written to: what the log said after each."""

    workspace: Workspace
    said: dict[str, list[Record]]
    dates: dict[str, str]


def tell(workspace: Workspace) -> Story:
    said, dates = {}, {}
    for number, step in enumerate(STEPS, start=1):
        step.edit(workspace.seeds)
        workspace.run(number)
        said[step.name] = workspace.log("--since", day(number))
        dates[step.name] = day(number)
    return Story(workspace, said, dates)


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return tell(seeded(tmp_path_factory.mktemp("story") / "work"))


@pytest.fixture(scope="session")
def whole_log(story: Story) -> list[Record]:
    """Everything that the story's log holds, newest first."""
    return story.workspace.log("--baseline")
