"""What a person sees: wrapped and coloured on a terminal, a line a line elsewhere, and never steered by a document."""

from __future__ import annotations

import os
import re
from datetime import UTC
from pathlib import Path

import pytest

from monitor.cli.console import Page, open_page
from monitor.core.text.normalize import cells
from tests.support.driver import on_a_terminal

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
LONG = "It was said that the harbour might be opened again before the end of the month, weather permitting. " * 3


def lines(capsys: pytest.CaptureFixture[str], page: Page, *parts: str | tuple[str, str], **more: int) -> list[str]:
    page.line(*parts, **more)  # type: ignore[arg-type]
    return capsys.readouterr().out.split("\n")[:-1]


def test_elsewhere_a_line_stays_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, Page(UTC), LONG, indent=4) == [f"    {LONG}".rstrip()]


@pytest.mark.parametrize("width", [20, 40, 80])
def test_on_a_terminal_a_line_is_wrapped_and_indented(capsys: pytest.CaptureFixture[str], width: int) -> None:
    found = lines(capsys, Page(UTC, width), LONG, indent=4)
    assert len(found) > 1
    assert all(line.startswith("    ") and cells(line) <= width for line in found)
    assert " ".join(line.strip() for line in found) == LONG.strip()


def test_prefix_of_a_line_is_before_its_first_part(capsys: pytest.CaptureFixture[str]) -> None:
    Page(UTC, 30).line("one two three four five six seven", lead=["id-1  ", ("muted", "day  ")])
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("id-1  day  one")
    assert second.startswith(" " * len("id-1  day  ") + "f")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mred\x1b[0m", "a␛[31mred␛[0m"),
        ("a\nb", "a␊b"),
        ("\u202etxt.exe", "⟨U+202E⟩txt.exe"),
        ("name-\udcff", "name-\\xff"),
        ("[/red] [bold]", "[/red] [bold]"),
    ],
)
def test_no_text_steers_the_terminal(capsys: pytest.CaptureFixture[str], text: str, shown: str) -> None:
    assert lines(capsys, Page(UTC, 80, colour=True), ("plain", text)) == [shown]
    assert lines(capsys, Page(UTC), text) == [shown]


def test_without_colour_no_escape_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, Page(UTC, 80), ("delete", "old"), ("insert", "new")) == ["oldnew"]


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
def test_a_pipe_gets_colour_only_where_it_is_forced(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], coloured: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    page = open_page(UTC)
    assert (page.colour, page.width) == (coloured, None)


def at_a_terminal(folder: Path, *args: str, **environment: str) -> str:
    """What a terminal of 60 columns is sent."""
    env = {**os.environ, "TERM": "xterm-256color", **environment}
    env.pop("COLUMNS", None)  # a parallel test run sets it, and it goes before the terminal
    status, sent = on_a_terminal(args, cwd=folder, env=env, columns=60)
    assert status == 0, sent
    return sent.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colour_and_lines_that_fit(told: Path) -> None:
    sent = at_a_terminal(told, "log", "brief.txt")
    assert "\x1b[31;9mmay\x1b[0m\x1b[32;4mwill\x1b[0m" in sent
    assert max(cells(line) for line in ESCAPES.sub("", sent).splitlines()) <= 60


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colour_gets_marks(told: Path, environment: dict[str, str]) -> None:
    sent = at_a_terminal(told, "log", "brief.txt", **environment)
    assert "\x1b" not in sent
    assert "[-may-]{+will+}" in sent


def test_a_short_run_draws_no_bar_at_a_terminal(told: Path) -> None:
    assert "\x1b[?25l" not in at_a_terminal(told, "status")
