"""`--log-format json`: every line on standard error is one JSON object, whatever documents are called."""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.driver import Monitor, start, stop
from tests.support.workspace import Workspace

HOSTILE = [
    "a\nb.docx",
    'a"b".docx',
    "a\x1b[2Jb.docx",
    "a\u2028b.docx",
    '{"level": "x"}.docx',
    "a\\b.docx",
]


def logged(text: str) -> list[dict[str, Any]]:
    """The objects of all lines, each with what every one has."""
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    for line in lines:
        assert {"time", "level", "logger", "message"} <= line.keys()
        assert line["level"] in {"debug", "info", "warning", "error", "critical"}
        assert datetime.fromisoformat(line["time"]).tzinfo is not None
    assert text.isascii()
    return lines


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A folder of documents that nobody can read, with names that would end or forge a line."""
    made = Workspace(tmp_path)
    for name in HOSTILE:
        made.write(name, b"PK no archive")
    return made


def test_verbose_lines_are_objects(place: Workspace) -> None:
    lines = logged(place.monitor("--log-format", "json", "-v", "run", "--settle", "0", status=3).message)
    assert {"monitor.snapshots.scan", "monitor.app.capture"} <= {line["logger"] for line in lines}
    assert any("a\nb.docx" in line["message"] for line in lines)


def test_standard_output_stays_as_it_is(place: Workspace) -> None:
    result = place.monitor("--log-format", "json", "run", "--settle", "0", "--format", "json", status=3)
    assert result.message == ""
    assert result.json()["run"]["outcome"] == "recorded"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("wat",), 2),
        (("log", "--since", "nothing\nknown"), 2),
        (("log", "--limit", "x"), 2),
        (("cat", "gone.txt"), 2),
        (("-C", "nowhere", "log"), 2),
        (("--config", "none\n.toml", "log"), 2),
        (("blame",), 2),
    ],
)
def test_an_error_is_an_object_too(place: Workspace, words: tuple[str, ...], status: int) -> None:
    place.monitor("run", "--settle", "0", status=3)
    (line,) = logged(place.monitor("--log-format", "json", *words, status=status).message)
    assert (line["level"], line["logger"]) == ("error", "monitor")
    plain = place.monitor(*words, status=status).message
    assert plain == f"monitor: {line['message']}\n"


def test_the_variable_asks_for_it_too(place: Workspace) -> None:
    place.environment["MONITOR_LOG_FORMAT"] = "json"
    assert logged(place.monitor("wat", status=2).message)


def test_text_is_what_nobody_need_ask_for(place: Workspace) -> None:
    assert place.monitor("--log-format", "text", "wat", status=2).message.startswith("monitor: there is no")


def test_it_ends_with_its_process(monitor: Monitor, place: Workspace) -> None:
    before = list(logging.getLogger().handlers)
    place.monitor("--log-format", "json", "wat", status=2)
    assert place.monitor("wat", status=2).message.startswith("monitor: ")
    assert logging.getLogger().handlers == before


@pytest.mark.parametrize("where", ["before", "behind"])
def test_watch_and_its_errors_are_objects(place: Workspace, where: str) -> None:
    place.write(b"\xff.docx", b"PK no archive")
    option = ("--log-format", "json")
    words = (*option, "watch") if where == "before" else ("watch", *option)
    watching = start(words, cwd=place.root, env={**os.environ, "HOME": str(place.home)})
    assert watching.stderr is not None
    text = ""
    while "run recorded" not in text:
        line = watching.stderr.readline().decode("ascii")
        assert line
        text += line
    second = place.monitor(*words, status=5).message
    text += stop(watching).message
    assert [line["level"] for line in logged(second)] == ["error"]
    lines = logged(text)
    assert lines[0]["message"].startswith("watching ")
    assert lines[-1]["message"] == "stopped on SIGTERM"
    assert {line["logger"] for line in lines} == {"monitor.watch"}


def test_serve_says_where_without_the_secret_it_was_given(place: Workspace) -> None:
    place.monitor("run", "--settle", "0", status=3)
    words = ["serve", "--port", "0", "--log-format", "json", "--token", "a-secret-of-sixteen"]
    served = start(words, cwd=place.root, env={**os.environ, "HOME": str(place.home)})
    assert served.stderr is not None
    text = served.stderr.readline().decode("ascii")
    result = stop(served)
    (line, *_) = logged(text + result.message)
    assert line["message"].startswith("serving http://127.0.0.1:")
    assert "a-secret" not in text
    assert result.out == b""


def test_a_traceback_is_made_of_objects(place: Workspace) -> None:
    watching = start(["--log-format", "json", "--debug", "log", "--since", "x"], cwd=place.root)
    out, err = watching.communicate(timeout=600)
    assert out == b""
    assert any("Traceback" in line["message"] for line in logged(err.decode("ascii")))
