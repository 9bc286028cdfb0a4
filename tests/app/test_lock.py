"""One writer at a time, across processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.errors import RunInProgress
from monitor.runs.lock import StoreLock
from monitor.stores.git import GitSnapshots

HOLD = """
import sys, pathlib
from monitor.runs.lock import StoreLock
with StoreLock(pathlib.Path(sys.argv[1]), "monitor run"):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold_elsewhere(path: Path) -> subprocess.Popen[bytes]:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    return holder


def test_another_process_is_kept_out_and_told_who_holds_it(tmp_path: Path) -> None:
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


def test_a_lock_that_was_let_go_is_free_in_the_same_process(tmp_path: Path) -> None:
    with StoreLock(tmp_path / "lock") as lock:
        assert lock.pass_fds
    assert lock.pass_fds == ()
    with StoreLock(tmp_path / "lock"):
        assert f'"pid": {os.getpid()}' in (tmp_path / "lock").read_text()
