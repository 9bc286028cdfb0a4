"""A command that is forked does what one does that is started: what starting.py promises to every other test."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.acceptance_driver import Workspace, eventually
from tests.starting import ALIKE, Process, Server, forkable, start

WAYS = pytest.mark.parametrize("real", [False, True], ids=["forked", "started"])


def begin(workspace: Workspace, *args: str, real: bool, **more: object) -> Process:
    return start(args, cwd=workspace.root, env=workspace.environ(), real=real, **more)  # type: ignore[arg-type]


def said(workspace: Workspace, *args: str, real: bool) -> tuple[int, bytes, bytes]:
    with begin(workspace, *args, real=real) as process:
        out, err = process.communicate()
    return process.wait(), out, err


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
def test_both_ways_say_the_same_and_end_alike(first_versions: Workspace, args: tuple[str, ...]) -> None:
    assert said(first_versions, *args, real=False) == said(first_versions, *args, real=True)


@WAYS
def test_the_environment_is_the_given_one_alone(first_versions: Workspace, tmp_path: Path, real: bool) -> None:
    there = Workspace(tmp_path / "there")
    there.environment = {"MONITOR_WATCH_FOLDER": "gone"}
    assert b"gone" in said(there, "run", real=real)[2]
    there.environment = {}
    assert said(there, "run", real=real)[0] == 0


@WAYS
def test_the_time_zone_is_the_given_one(begun: Workspace, real: bool) -> None:
    begun.environment = {"TZ": "Asia/Tokyo"}
    assert b"15:00" in said(begun, "snapshots", real=real)[1]


@WAYS
def test_a_signal_reaches_the_process_that_has_the_number(workspace: Workspace, real: bool) -> None:
    workspace.write("fresh.txt", "Fresh words.\n")
    for number, status in ((signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)):
        with begin(workspace, "run", "--settle", "600", real=real) as process:
            eventually(lambda found=process: holds_the_lock(workspace, found.pid))  # type: ignore[misc]
            assert process.poll() is None
            process.send_signal(number)
            process.communicate()
        assert process.returncode == status


def holds_the_lock(workspace: Workspace, pid: int) -> bool:
    lock = workspace.root / "snapshots" / "lock"
    return lock.exists() and str(pid).encode() in lock.read_bytes()


@WAYS
def test_a_reader_that_had_enough_ends_it(first_versions: Workspace, real: bool) -> None:
    with begin(first_versions, "log", "--baseline", real=real) as process:
        assert process.stdout
        process.stdout.close()
        assert process.communicate()[1] == b""
    assert process.returncode == 141


@WAYS
def test_a_terminal_is_one_to_the_process(begun: Workspace, real: bool) -> None:
    begun.environment = {"TERM": "xterm-256color"}
    begun.write("memo.txt", "Another memo altogether.")
    begun.run(1)
    master, slave = pty.openpty()
    with begin(begun, "log", real=real, stdin=slave, stdout=slave, stderr=subprocess.PIPE) as process:
        os.close(slave)
        assert b"\x1b[" in os.read(master, 65_536)
        process.kill()
    os.close(master)


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
def test_only_what_loads_the_same_modules_the_same_way_is_forked(
    more: dict[str | bytes, str | bytes], wanted: bool
) -> None:
    assert forkable({**ALIKE, **more}) is wanted


def test_a_server_ends_when_it_is_closed() -> None:
    server = Server()
    server.close()
    assert server.status == 0
