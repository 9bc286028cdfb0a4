"""Fresh folders, for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.git_histories import ImportWorkspace
from tests.support.workspace import Workspace


@pytest.fixture
def place(tmp_path: Path) -> ImportWorkspace:
    """A workspace to import into."""
    return ImportWorkspace(tmp_path / "place")


@pytest.fixture
def folder(tmp_path: Path) -> Workspace:
    """A folder to watch."""
    return Workspace(tmp_path)
