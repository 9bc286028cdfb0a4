"""A command line that is run in the tests' own process does what a process does: what support/driver.py promises."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.driver import SAME, Result, invoke, on_a_terminal, runs_inside, spawn
from tests.support.workspace import Workspace, eventually

Run = Callable[..., Result]
WAYS = pytest.mark.parametrize("run", [invoke, spawn], ids=["inside", "process"])


def result(run: Run, workspace: Workspace, *args: str) -> Result:
    return run(args, cwd=workspace.root, env=workspace.environ())


@pytest.mark.parametrize(
    "args",
    [
        ("--help",),
        ("log", "--baseline", "--format", "jsonl"),
        ("blame", "memo.txt"),
        ("statsu",),
        ("blame", "a name that is not UTF-8: \udcff"),
    ],
    ids=lambda args: args[0],
)
def test_both_ways_give_the_same_result(first_versions: Workspace, args: tuple[str, ...]) -> None:
    assert result(invoke, first_versions, *args) == result(spawn, first_versions, *args)


@WAYS
def test_only_the_given_environment_is_used(first_versions: Workspace, tmp_path: Path, run: Run) -> None:
    there = Workspace(tmp_path / "there")
    there.environment = {"MONITOR_WATCH_FOLDER": "gone"}
    assert b"gone" in result(run, there, "run").err
    there.environment = {}
    assert result(run, there, "run").status == 0


@WAYS
def test_time_zone_is_the_given_one(begun: Workspace, run: Run) -> None:
    begun.environment = {"TZ": "Asia/Tokyo"}
    assert b"15:00" in result(run, begun, "snapshots").out


def test_command_inside_leaves_the_process_as_it_was(begun: Workspace) -> None:
    begun.environment = {"TZ": "Asia/Tokyo", "MONITOR_REPORT_FORMATS": "html"}
    before = (os.getcwd(), dict(os.environ), time.localtime(0).tm_hour, sys.stdin, sys.stdout, sys.stderr)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    begun.write("memo.txt", "Another memo altogether.")
    assert result(invoke, begun, "run", "--settle", "0").status == 0
    assert before == (os.getcwd(), dict(os.environ), time.localtime(0).tm_hour, sys.stdin, sys.stdout, sys.stderr)
    assert handlers == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


def test_signal_ends_the_process_that_has_the_lock(workspace: Workspace) -> None:
    workspace.write("fresh.txt", "Fresh words.\n")
    for number, status in ((signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)):
        with workspace.start("run", "--settle", "600") as process:
            eventually(lambda found=process: holds_the_lock(workspace, found.pid))  # type: ignore[misc]
            assert process.poll() is None
            process.send_signal(number)
            process.communicate()
        assert process.returncode == status


def holds_the_lock(workspace: Workspace, pid: int) -> bool:
    lock = workspace.root / "snapshots" / "lock"
    return lock.exists() and str(pid).encode() in lock.read_bytes()


def test_closed_pipe_ends_the_process(first_versions: Workspace) -> None:
    with first_versions.start("log", "--baseline") as process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_terminal_gets_escape_sequences(begun: Workspace) -> None:
    begun.write("memo.txt", "Another memo altogether.")
    begun.run(1)
    status, sent = on_a_terminal(["log"], cwd=begun.root, env={**begun.environ(), "TERM": "xterm-256color"})
    assert status == 0
    assert b"\x1b[" in sent


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"HOME": "/nowhere", "TZ": "Asia/Tokyo", "NO_COLOR": "1", "MONITOR_WATCH_FOLDER": "papers"}, True),
        ({"LC_ALL": "C"}, False),
        ({b"PYTHONUTF8": b"0"}, False),
        ({"PATH": "/nowhere"}, False),
        ({"GIT_DIR": "/nowhere"}, False),
        ({"RAPIDFUZZ_IMPLEMENTATION": "python"}, False),
    ],
)
def test_command_with_another_startup_environment_is_a_process(
    more: dict[str | bytes, str | bytes], wanted: bool
) -> None:
    assert runs_inside({**SAME, **more}) is wanted
