"""A folder that is watched, and the command line over it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.door import run


class Folder:
    """A watched folder; each `record` is a snapshot a day after the last."""

    def __init__(self, root: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.root = root
        self.seeds = root / "seeds"
        self.seeds.mkdir()
        self._capture = capture
        self._day = 0

    def record(self, *args: str, status: int = 0) -> str:
        self._day += 1
        when = f"2026-01-{self._day:02d}T06:00:00Z"
        return self.ask("run", "--settle", "0", "--taken-at", when, "--accept-deletions", *args, status=status)

    def ask(self, *args: str, status: int = 0) -> str:
        found = run(["-C", str(self.root), *args])
        out, err = self._capture.readouterr()
        assert found == status, (args, out, err)
        return out.decode()

    def log(self, *args: str) -> list[dict[str, Any]]:
        """The changes, newest snapshot first."""
        return [json.loads(line) for line in self.ask("log", "--format", "jsonl", *args).splitlines()]

    def statements(self, document: str) -> dict[str, str]:
        """Text -> id of what stands in a document now."""
        return {one["text"]: one["statement"] for one in json.loads(self.ask("blame", document, "--format", "json"))}
