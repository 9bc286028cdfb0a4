"""`forget` in processes that are killed at spread moments: one command completes it, and nothing is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.operation.forgetting import FORGET, recorded, traces
from tests.support.workspace import Workspace

MOMENTS = 24
# Counts what a process asks of the system, and ends it, or it and all in its group, at one of these moments.
KILLED = """
import os, signal, sys
at, alone, count = int(sys.argv.pop(1)), sys.argv.pop(1) == "alone", 0
WATCHED = "open os.rename os.remove os.mkdir os.rmdir subprocess.Popen sqlite3.connect os.listdir".split()
def counted(event, arguments):
    global count
    if event in WATCHED:
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL) if alone else os.killpg(os.getpgid(0), signal.SIGKILL)
import monitor.cli.main, monitor.app.forget, monitor.ledger.database, monitor.readers.text
sys.addaudithook(counted)
try:
    monitor.cli.main.main()
finally:
    print(f"moments: {count}", file=sys.stderr)
"""


def forget(place: Workspace, at: int, who: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLED, str(at), who, *FORGET]
    return subprocess.run(
        command,
        cwd=place.root,
        env=place.environ(),
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )


@pytest.mark.slow
def test_a_killed_forget_is_completed_by_one_command(tmp_path: Path) -> None:
    source = recorded(tmp_path / "source")
    whole = forget(source.copy(tmp_path / "whole"), 0, "alone")
    assert whole.returncode == 0, whole.stderr
    moments = int(whole.stderr.rpartition("moments: ")[2])
    assert moments > 5 * MOMENTS
    killed = 0
    for number in range(MOMENTS):
        place = source.copy(tmp_path / f"place {number}")
        done = forget(place, moments * number // MOMENTS + 1, "alone" if number % 2 else "group")
        killed += done.returncode == -9
        begun = (place.snapshots / "forgetting.json").exists()
        if begun:
            (place.seeds / "person.txt").unlink()
            place.run(status=[0])
        else:  # nothing was decided: it is done again
            place.monitor(*FORGET, status=[0, 2])
            (place.seeds / "person.txt").unlink()
        assert traces(place) == [], f"moment {number}"
        assert place.findings() == [], f"moment {number}"
        assert not (place.snapshots / "forgetting.json").exists()
        assert os.listdir(place.root / "feeds")
    assert killed >= MOMENTS - 1
