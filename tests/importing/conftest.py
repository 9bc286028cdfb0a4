"""A fresh place to import into, for each test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from importplace import Place

sys.path.append(str(Path(__file__).parents[1] / "laws"))  # made histories


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "place")
