"""One writer at a time, across processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.app import status
from monitor.app.monitor import REVIEW, StoreLock
from monitor.app.status import holder
from monitor.errors import RunInProgress
from monitor.snapshots.repository import GitSnapshots

HOLD = """
import sys, pathlib
from monitor.app.monitor import REVIEW, StoreLock
with StoreLock(pathlib.Path(sys.argv[1]), "monitor run"):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold_elsewhere(path: Path) -> subprocess.Popen[bytes]:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    return holder


def test_other_process_is_refused_naming_the_lock_holder(tmp_path: Path) -> None:
    with hold_elsewhere(tmp_path / "lock") as holder:
        with pytest.raises(RunInProgress, match=f"pid {holder.pid}, `monitor run`, since 20.*--wait SECONDS") as raised:
            StoreLock(tmp_path / "lock").acquire()
        holder.communicate()
    assert raised.value.exit_status == 5
    with StoreLock(tmp_path / "lock"):
        pass


def test_waiting_ends_when_the_holder_does(tmp_path: Path) -> None:
    with hold_elsewhere(tmp_path / "lock") as holder:
        lock = StoreLock(tmp_path / "lock")
        lock.acquire(wait=60, sleep=lambda _: holder.communicate() and None)
        lock.release()


def test_waiting_has_an_end(tmp_path: Path) -> None:
    with StoreLock(tmp_path / "lock"), pytest.raises(RunInProgress):
        StoreLock(tmp_path / "lock").acquire(wait=0.01)


def test_verdict_that_holds_the_lock_is_waited_for_briefly(tmp_path: Path) -> None:
    slept: list[float] = []
    held = StoreLock(tmp_path / "lock", REVIEW)
    held.acquire()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            held.release()

    StoreLock(tmp_path / "lock").acquire(brief=60, sleep=sleep)
    assert len(slept) == 3


@pytest.mark.parametrize("command", ["monitor run", "monitor rebuild", "monitor import"])
def test_longer_work_is_not_waited_for(tmp_path: Path, command: str) -> None:
    with StoreLock(tmp_path / "lock", command), pytest.raises(RunInProgress):
        StoreLock(tmp_path / "lock").acquire(brief=600)


def test_wait_for_the_lock_can_be_given_up(tmp_path: Path) -> None:
    asked: list[bool] = []
    with StoreLock(tmp_path / "lock"), pytest.raises(RunInProgress):
        StoreLock(tmp_path / "lock").acquire(600, give_up=lambda: len(asked) > 2 or asked.append(True))  # type: ignore[func-returns-value]
    assert len(asked) == 3


@pytest.mark.parametrize("content", [b"", b"[" * 4000, b"17", b"\xff"])
def test_holder_that_cannot_be_named_is_waited_for_no_longer(tmp_path: Path, content: bytes) -> None:
    with StoreLock(tmp_path / "lock"):
        (tmp_path / "lock").write_bytes(content)
        with pytest.raises(RunInProgress):
            StoreLock(tmp_path / "lock").acquire(brief=600)


def test_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    with hold_elsewhere(tmp_path / "lock") as holder:
        holder.kill()
    with StoreLock(tmp_path / "lock"):
        pass


def test_a_git_process_that_outlives_its_parent_still_holds_it(tmp_path: Path) -> None:
    lock = StoreLock(tmp_path / "lock")
    lock.acquire()
    with GitSnapshots(tmp_path / "history.git", lock.pass_fds) as store, store.writer() as writer:
        writer.add("0" * 40, b"")  # starts the git process
        lock.release()
        with pytest.raises(RunInProgress):
            StoreLock(tmp_path / "lock").acquire()
    with StoreLock(tmp_path / "lock"):
        pass


LEAVE = """
import sys, pathlib, subprocess
from monitor.app.monitor import REVIEW, StoreLock
lock = StoreLock(pathlib.Path(sys.argv[1]), "monitor run")
lock.acquire()
child = subprocess.Popen(["sleep", "60"], pass_fds=lock.pass_fds, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
print(child.pid)
"""


@pytest.fixture
def left_behind(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """A run that ended, and its child that holds the lock."""
    run = subprocess.Popen([sys.executable, "-c", LEAVE, tmp_path / "lock"], stdout=subprocess.PIPE)
    told, _ = run.communicate()
    yield run.pid, int(told)
    os.kill(int(told), signal.SIGKILL)


def test_a_process_that_a_run_left_behind_is_named(tmp_path: Path, left_behind: tuple[int, int]) -> None:
    run, child = left_behind
    told = rf"lock: pid {child}, `sleep 60`, left behind by a run that has ended \(pid {run}, `monitor run`, since 20"
    with pytest.raises(RunInProgress, match=told):
        StoreLock(tmp_path / "lock").acquire()
    found = holder(tmp_path / "lock")
    assert found is not None
    assert (found.pid, found.command) == (child, "sleep 60")


def test_a_process_that_waits_for_the_lock_does_not_hold_it(tmp_path: Path) -> None:
    with StoreLock(tmp_path / "lock"), (tmp_path / "lock").open() as waiting:
        told = subprocess.run(
            [
                sys.executable,
                "-c",
                "import monitor.app.monitor as l, pathlib, sys; print(*l.holders(pathlib.Path(sys.argv[1])))",
                tmp_path / "lock",
            ],
            pass_fds=[waiting.fileno()],
            capture_output=True,
            text=True,
            check=True,
        )
    assert told.stdout.split() == [str(os.getpid())]


def test_lock_holder_is_read_from_the_file_without_proc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left_behind: tuple[int, int]
) -> None:
    monkeypatch.setattr("monitor.app.monitor._PROCESSES", tmp_path / "nowhere")
    with pytest.raises(RunInProgress, match=f"lock: pid {left_behind[0]}, `monitor run`, since 20"):
        StoreLock(tmp_path / "lock").acquire()


def test_a_lock_that_was_let_go_is_free_in_the_same_process(tmp_path: Path) -> None:
    with StoreLock(tmp_path / "lock") as lock:
        assert lock.pass_fds
    assert lock.pass_fds == ()
    with StoreLock(tmp_path / "lock"):
        assert f'"pid": {os.getpid()}' in (tmp_path / "lock").read_text()


def test_a_holder_in_another_container_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel lists no lock of a process in another namespace, and the number of that process means nothing here."""
    path = tmp_path / "watch.lock"
    (tmp_path / "locks").write_text("")
    monkeypatch.setattr(status, "KERNEL_LOCKS", tmp_path / "locks")
    with hold_elsewhere(path) as process:
        path.write_text(json.dumps({**json.loads(path.read_text()), "namespace": "pid:[1]"}))
        found = holder(path)
        process.communicate()
    assert found is not None
    assert found.command == "monitor run"
    assert holder(path) is None
