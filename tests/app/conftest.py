"""A fresh place to import into, for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.readers.conftest import folder  # noqa: F401 - a fixture
from tests.support.git_histories import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "place")
