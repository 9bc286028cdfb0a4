"""A store to be hurt."""

from __future__ import annotations

from pathlib import Path

import pytest
from torturing import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path)
    for _ in range(2):
        made.edit()
        made.run()
    return made
