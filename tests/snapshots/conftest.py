"""A fresh watched folder with its store, for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.snapshots.capture_place import Clock, Place

from monitor.stores.git import GitSnapshots


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    folder, state = tmp_path / "seeds", tmp_path / "snapshots"
    folder.mkdir()
    with GitSnapshots(state / "history.git") as store:
        yield Place(folder, state, store, Clock())
