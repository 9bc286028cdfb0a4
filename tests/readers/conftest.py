"""A folder to watch, for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)
