"""One run at a time, across processes; `watch` keeps the clock and ends when it is told to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.app.monitor import StoreLock
from tests.support.driver import TIMEOUT, stop
from tests.support.workspace import Workspace, eventually

TEXT = "The harbour is closed until Friday.\n"


@contextmanager
def run_in_progress(workspace: Workspace, *command: str, settle: str = "3600") -> Iterator[subprocess.Popen[bytes]]:
    """A run that waits for a file to settle, and holds the lock meanwhile."""
    workspace.write("fresh.txt", TEXT)
    with workspace.running(*command, *(["--settle", settle] if command[0] == "run" else [])) as process:
        locks = 2 if command[0] == "watch" else 1  # `watch` keeps out its like all the time, others while it runs
        eventually(lambda: locks_held(workspace, process.pid) == locks)
        assert process.poll() is None
        yield process


def locks_held(workspace: Workspace, pid: int) -> int:
    """How many small files of the store say that this process holds a lock; which ones is its own business."""
    small = (path for path in (workspace.root / "snapshots").glob("*") if path.is_file() and path.stat().st_size < 1000)
    return sum(str(pid).encode() in path.read_bytes() for path in small)


def documents(workspace: Workspace) -> set[str]:
    if not (workspace.root / "snapshots" / "history.git").exists():
        return set()  # nothing is recorded yet, and a query would say so with status 2
    return {record["document"] for record in workspace.log("--baseline", "--level", "document")}


def touch_of_age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_second_run_fails_at_once_and_names_the_lock_holder(workspace: Workspace) -> None:
    with run_in_progress(workspace, "run") as first:
        answer = workspace.monitor("run", "--settle", "0", status=5)
        assert first.poll() is None
        assert str(first.pid) in answer.message
        assert len(answer.message.splitlines()) == 1
        assert answer.out == b""


def test_a_second_run_that_waits_gets_its_turn(workspace: Workspace) -> None:
    with run_in_progress(workspace, "run", settle="3") as first:
        workspace.monitor("run", "--settle", "0", "--wait", str(TIMEOUT))
        assert first.wait(TIMEOUT) == 0
    assert documents(workspace) == {"fresh.txt"}


def test_a_second_run_that_waits_too_briefly_gives_up(workspace: Workspace) -> None:
    with run_in_progress(workspace, "run"):
        workspace.monitor("run", "--settle", "0", "--wait", "0.2", status=5)


def test_lock_of_a_killed_run_blocks_nobody(workspace: Workspace) -> None:
    with run_in_progress(workspace, "run") as first:
        first.kill()
        first.wait()
        workspace.run(0)
    assert documents(workspace) == {"fresh.txt"}


def test_reading_needs_no_lock(begun: Workspace) -> None:
    with run_in_progress(begun, "run"):
        assert begun.log() == []
        begun.monitor("status")


def test_a_fresh_file_is_waited_for_and_one_of_the_future_is_not(workspace: Workspace) -> None:
    path = workspace.seeds / "future.txt"
    path.write_text(TEXT)
    touch_of_age(path, -10_000)
    workspace.monitor("run", "--settle", "1000")
    assert documents(workspace) == {"future.txt"}


def test_a_file_that_keeps_changing_is_carried_forward(workspace: Workspace) -> None:
    workspace.write("good.txt", TEXT)
    workspace.write("busy.txt", "The first words are these.\n")
    workspace.run(0)
    with run_in_progress(workspace, "run", settle="2") as process:
        while process.poll() is None:
            workspace.write("busy.txt", f"At {time.monotonic()} it was so.\n")
            time.sleep(0.02)
        assert process.returncode in (0, 3)
    assert workspace.cat("busy.txt") == b"The first words are these.\n"
    assert "fresh.txt" in documents(workspace)


# --- watch ----------------------------------------------------------------------------------------


def test_watch_runs_at_start_and_exits_with_0_on_sigterm(workspace: Workspace) -> None:
    workspace.configure('[watch]\nsettle = "0 s"\n[schedule]\nevery = "1 h"\n')
    workspace.write("note.txt", TEXT)
    with workspace.running("watch") as watch:
        eventually(lambda: documents(workspace) == {"note.txt"})
        assert watch.poll() is None
        ended = stop(watch)
        assert ended.status == 0
        assert "Traceback" not in ended.message


def test_watch_exits_with_0_on_sigint(workspace: Workspace) -> None:
    workspace.configure('[watch]\nsettle = "0 s"\n[schedule]\nevery = "1 h"\n')
    workspace.write("note.txt", TEXT)
    with workspace.running("watch") as watch:
        eventually(lambda: documents(workspace) == {"note.txt"})
        watch.send_signal(signal.SIGINT)
        watch.communicate(timeout=TIMEOUT)
        assert watch.returncode == 0


def test_sigterm_lets_the_run_in_progress_finish(workspace: Workspace) -> None:
    workspace.configure('[watch]\nsettle = "3 s"\n[schedule]\nevery = "1 h"\n')
    with run_in_progress(workspace, "watch") as watch:
        assert stop(watch).status == 0
    assert documents(workspace) == {"fresh.txt"}


def test_a_run_is_kept_out_while_watch_runs(workspace: Workspace) -> None:
    workspace.configure('[watch]\nsettle = "1 h"\n[schedule]\nevery = "1 h"\n')
    with run_in_progress(workspace, "watch") as watch:
        answer = workspace.monitor("run", "--settle", "0", status=5)
        assert str(watch.pid) in answer.message


def test_watch_runs_again_by_its_interval(workspace: Workspace) -> None:
    workspace.configure('[watch]\nsettle = "0 s"\n[schedule]\nevery = "1 s"\n')
    workspace.write("note.txt", TEXT)
    with workspace.running("watch") as watch:
        eventually(lambda: documents(workspace) == {"note.txt"})
        workspace.write("note.txt", TEXT.replace("Friday", "Sunday"))
        eventually(lambda: [record["kind"] for record in workspace.log()] == ["revised"])
        assert stop(watch).status == 0


def test_a_failing_run_does_not_stop_the_clock(begun: Workspace, tmp_path: Path) -> None:
    begun.configure('[watch]\nsettle = "0 s"\n[schedule]\nevery = "1 s"\n')
    begun.seeds.rename(tmp_path / "away")
    with begun.running("watch") as watch:
        eventually(lambda: "held" in begun.monitor("status").text)
        (tmp_path / "away").rename(begun.seeds)
        begun.write("memo.txt", "Another memo altogether, about other matters.")
        eventually(lambda: begun.log("memo.txt") != [])
        assert watch.poll() is None
        assert stop(watch).status == 0


def test_status_shows_the_next_scheduled_run(begun: Workspace) -> None:
    begun.configure('[schedule]\ncron = "0 6 * * 1"\ntimezone = "Europe/Vienna"\n')
    status = begun.monitor("status", "--format", "json").text
    assert "05:00:00" in status or "04:00:00" in status or "06:00:00" in status


@pytest.mark.parametrize(
    "schedule",
    [
        'cron = "61 * * * *"',
        'cron = "* * * *"',
        'every = "soon"',
        'cron = "@daily"\nevery = "1 h"',
        'timezone = "Mars/Base"',
    ],
)
def test_invalid_schedule_is_an_error_before_anything_runs(workspace: Workspace, schedule: str) -> None:
    workspace.configure(f"[schedule]\n{schedule}\n")
    workspace.write("note.txt", TEXT)
    answer = workspace.monitor("watch", status=2)
    assert len(answer.message.splitlines()) == 1
    assert not (workspace.root / "snapshots" / "history.git").exists()


@pytest.fixture
def heeded() -> Iterator[None]:
    """SIGHUP as a terminal gives it to what it starts, also where the tests run detached from one."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("heeded")
@pytest.mark.parametrize("ended", ["the lock is free", "SIGTERM", "SIGHUP"])
def test_due_run_of_watch_waits_for_the_lock(workspace: Workspace, ended: str) -> None:
    workspace.configure('[watch]\nsettle = "0 s"\n[schedule]\nevery = "1 h"\n')
    workspace.write("note.txt", TEXT)
    workspace.snapshots.mkdir()
    lock = StoreLock(workspace.snapshots / "lock", "monitor rebuild")
    lock.acquire()
    with workspace.running("watch") as watch:
        eventually(lambda: locks_held(workspace, watch.pid) == 1)
        time.sleep(1)
        assert not (workspace.snapshots / "runs.jsonl").exists()  # it has missed nothing, and waits
        if ended == "the lock is free":
            lock.release()
            eventually(lambda: documents(workspace) == {"note.txt"})
            eventually((workspace.snapshots / "runs.jsonl").exists)
            assert [run["outcome"] for run in journal(workspace)] == ["recorded"]
            assert stop(watch).status == 0
            return
        watch.send_signal(signal.Signals[ended])
        watch.communicate(timeout=30)
        assert watch.returncode == 0
        lock.release()


def journal(workspace: Workspace) -> list[dict[str, str]]:
    return [json.loads(line) for line in (workspace.snapshots / "runs.jsonl").read_text().splitlines()]
