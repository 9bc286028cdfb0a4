"""The progress bar: on a terminal, for work that lasts."""

from __future__ import annotations

import io
import sys

import pytest

from monitor.cli import context as bars


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, patience: float) -> str:
    """What some work sends to standard error."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(bars, "PATIENCE", patience)
    monkeypatch.setenv("TERM", "xterm-256color")
    with bars.progress() as tell:
        for done in range(3):
            tell("folding [x] snapshots", done, 3)
    return stream.getvalue()


def test_work_that_lasts_draws_a_bar_and_takes_it_away(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = drawn(monkeypatch, Terminal(), 0)
    assert "folding [x] snapshots" in sent
    assert sent.endswith("\x1b[2K")


def test_short_work_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(monkeypatch, Terminal(), 3600) == ""


def test_without_a_terminal_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(monkeypatch, io.StringIO(), 0) == ""
