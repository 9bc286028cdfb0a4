"""A folder to watch, for each test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.watched_folder import Folder


@pytest.fixture
def folder(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Folder:
    for name in [name for name in os.environ if name.startswith("MONITOR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TZ", "UTC")
    return Folder(tmp_path, capfdbinary)
