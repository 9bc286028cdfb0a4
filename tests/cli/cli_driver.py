"""One command line run in this process: what it wrote, and its exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from monitor.cli.door import run


@dataclass(frozen=True)
class Answer:
    status: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    @property
    def message(self) -> str:
        return self.err.decode("utf-8")

    def json(self) -> Any:
        return json.loads(self.text)

    def jsonl(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.split("\n") if line]


Monitor = Callable[..., Answer]


def caller(capture: pytest.CaptureFixture[bytes]) -> Monitor:
    def monitor(*args: str, status: int = 0) -> Answer:
        found = run(args)
        out, err = capture.readouterr()
        assert found == status, (args, out, err)
        return Answer(found, out, err)

    return monitor
