"""What is recorded once for many tests: whose documents, and what the log says of each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.driver import Record
from tests.support.workspace import Workspace

DATA = Path(__file__).resolve().parent / "data"

Once = Callable[[str, Callable[[Workspace], None]], Workspace]
"""Builds a workspace of a name once for all test processes."""


@dataclass(frozen=True)
class Story:
    """All steps taken one after another in one workspace, not to be written to: what the log says of each."""

    workspace: Workspace
    said: dict[str, list[Record]]
    dates: dict[str, str]
