"""What every error turns into: one line on standard error, and the exit status of its kind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from monitor.app.monitor import StoreLock
from monitor.cli.main import LazyGroup
from monitor.errors import ConfigError, ExtractError, RunHeld, RunInProgress, StoreError, UsageError
from tests.support.driver import Monitor

Raising = Callable[[BaseException], None]


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> Raising:
    """Makes every verb raise."""

    def arrange(error: BaseException) -> None:
        def callback() -> None:
            raise error

        monkeypatch.setattr(LazyGroup, "get_command", lambda *_: click.Command("status", callback=callback))

    return arrange


ERRORS: dict[str, tuple[BaseException, int, str]] = {
    "a question that makes no sense": (UsageError("no such thing; name another"), 2, "no such thing; name another"),
    "a wrong configuration": (ConfigError("monitor.toml:3: unknown key"), 2, "monitor.toml:3: unknown key"),
    "a document that is not read": (ExtractError("not UTF-8"), 3, "not UTF-8"),
    "a damaged store": (StoreError("object 12 is damaged"), 4, "object 12 is damaged"),
    "a lock that is taken": (RunInProgress("pid 7 holds it"), 5, "pid 7 holds it"),
    "a run that is held": (RunHeld("the folder is empty"), 6, "the folder is empty"),
    "click's own": (click.UsageError("Bad thing."), 2, "bad thing (see `monitor status --help`)"),
    "a full disk": (OSError(28, "No space left on device", "/mnt/x"), 4, "/mnt/x: No space left on device"),
    "Ctrl-C": (KeyboardInterrupt(), 130, "interrupted"),
    "a name with a line break": (UsageError("no document a\nb"), 2, "no document a␊b"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_one_line_and_the_status_of_its_kind(monitor: Monitor, raising: Raising, name: str) -> None:
    error, status, message = ERRORS[name]
    raising(error)
    answer = monitor("status", status=status)
    assert answer.out == b""
    assert answer.message == f"monitor: {message}\n"


def test_a_fault_of_our_own_is_one_line_too(monitor: Monitor, raising: Raising) -> None:
    raising(RuntimeError("oh"))
    message = monitor("status", status=4).message
    assert "RuntimeError('oh')" in message
    assert "--debug" in message
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize("error", [StoreError("broken"), RuntimeError("oh"), OSError(5, "I/O error")], ids=repr)
def test_with_debug_the_traceback_is_shown(monitor: Monitor, raising: Raising, error: Exception) -> None:
    raising(error)
    with pytest.raises(type(error)):
        monitor("--debug", "status")


def test_a_mistake_stays_one_line_with_debug(monitor: Monitor) -> None:
    assert len(monitor("--debug", "log", "--nonsense", status=2).message.splitlines()) == 1


def test_a_mistake_names_the_help_that_explains_it(monitor: Monitor) -> None:
    assert "`monitor blame --help`" in monitor("blame", status=2).message


@pytest.mark.parametrize(("typed", "hint"), [("satus", "did you mean `status`?"), ("xyzzy", "`monitor --help` lists")])
def test_unknown_command_suggests_the_nearest(monitor: Monitor, typed: str, hint: str) -> None:
    assert hint in monitor(typed, status=2).message


def test_dash_c_is_where_everything_is_looked_for(monitor: Monitor, here: Path) -> None:
    (here / "a").mkdir()
    (here / "b").mkdir()
    (here / "a/old.txt").write_text("One. Two.")
    (here / "a/new.txt").write_text("One. Three.")
    answer = monitor("-C", "b", "-C", "../a", "compare", "old.txt", "new.txt", "--exit-code", status=1)
    assert "+Three+" in answer.text


@pytest.mark.parametrize("verb", ["verify", "rebuild"])
def test_verify_and_rebuild_need_a_recorded_snapshot(monitor: Monitor, here: Path, verb: str) -> None:
    assert f"nothing is recorded in {here}" in monitor(verb, status=2).message
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("status", "none yet: `monitor run` takes the first"),
        ("status --format json", '"last_run": null'),
    ],
)
@pytest.mark.parametrize("begun", [False, True], ids=["no store", "an empty store"])
def test_status_before_the_first_run_creates_nothing(
    monitor: Monitor, here: Path, line: str, said: str, begun: bool
) -> None:
    if begun:
        monitor("init")
    before = sorted(here.iterdir())
    assert said in monitor(*line.split()).text
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize(
    "line",
    [
        "log", "snapshots", "search x", "report", "log --format json", "export", "feed", "review list", "blame a.txt",
        "cat a.txt", "diff 1d 2d", "show abcd", "preview -", "verify", "rebuild", "recover",
    ],
)  # fmt: skip
@pytest.mark.parametrize("begun", [False, True], ids=["no store", "an empty store"])
def test_other_commands_without_a_store_say_so(monitor: Monitor, here: Path, line: str, begun: bool) -> None:
    if begun:
        monitor("init")
    before = sorted(here.rglob("*"))
    message = monitor(*line.split(), status=2).message
    assert message.startswith(f"monitor: nothing is recorded in {here}/snapshots: `monitor run` begins it")
    assert sorted(here.rglob("*")) == before


def test_a_query_during_the_first_run_finds_nothing_yet(monitor: Monitor, here: Path) -> None:
    with StoreLock(here / "snapshots" / "lock", "monitor run"):
        assert monitor("log").text == "no change\n"


@pytest.mark.parametrize("line", ["cat a.txt", "diff 1d 2d", "blame a.txt", "show abcd", "log --statement abcd"])
def test_query_for_something_unrecorded_is_an_error(monitor: Monitor, here: Path, line: str) -> None:
    assert len(monitor(*line.split(), status=2).message.splitlines()) == 1
    assert list(here.iterdir()) == []


def program(*args: str, **more: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "monitor", *args], stderr=subprocess.PIPE, **more)  # type: ignore[call-overload,no-any-return]


def test_closed_pipe_ends_silently(here: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with program("--help", stdout=write) as process:
        os.close(write)
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_output_that_cannot_be_written_is_an_error_of_one_line(here: Path) -> None:
    with Path("/dev/full").open("wb") as full, program("--help", stdout=full) as process:
        assert process.stderr is not None
        assert process.stderr.read() == b"monitor: No space left on device\n"
    assert process.returncode == 4


def test_an_interrupt_ends_with_130_and_one_line(here: Path) -> None:
    (here / "seeds").mkdir()
    (here / "seeds/fresh.txt").write_text("Fresh.")
    with program("run", "--settle", "600", stdout=subprocess.DEVNULL) as process:
        while not (here / "snapshots/lock").exists():
            time.sleep(0.05)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.read() == b"monitor: interrupted\n"
    assert process.returncode == 130
