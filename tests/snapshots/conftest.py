"""A fresh watched folder with its store, for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.snapshots.repository import GitSnapshots
from tests.snapshots.capture_workspace import CaptureWorkspace, Clock


@pytest.fixture
def place(tmp_path: Path) -> Iterator[CaptureWorkspace]:
    with GitSnapshots(tmp_path / "snapshots" / "history.git") as store:
        yield CaptureWorkspace(tmp_path, store, Clock())
