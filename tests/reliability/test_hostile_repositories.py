"""Repositories that were altered to harm who imports them: each import ends, in one line, and holds no lock."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from monitor.app.monitor import StoreLock
from monitor.errors import MonitorError
from monitor.snapshots import git_process
from monitor.snapshots import repository as git_store
from monitor.snapshots.git_process import Pipe
from tests.reliability.hostile_repositories import MUTATIONS, hostile
from tests.support.git_histories import ImportWorkspace

SECONDS = 60  # of processor time, of this process and of git's; others may keep the cores busy
HANGS = 1800  # by the clock: nothing goes on any more
SEEDS = range(200)


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """An import that takes longer fails its test."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = [(which, signal.signal(which, late)) for which in (signal.SIGALRM, signal.SIGPROF)]
    yield
    stop_clocks()
    for which, handler in before:
        signal.signal(which, handler)


def start_clocks() -> None:
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.alarm(HANGS)


def stop_clocks() -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.alarm(0)


def processor_time() -> float:
    """Seconds that this process and its children that have ended took."""
    return sum(os.times()[:4])


def git_processes() -> list[bytes]:
    """The command lines of the git processes that this process has started."""
    found = []
    for place in Path("/proc").iterdir():
        with suppress(OSError):
            parent = (place / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1]
            if parent == str(os.getpid()) and b"git" in (command := (place / "cmdline").read_bytes()):
                found.append(command)
    return found


def endures(place: ImportWorkspace, source: Path, seed: int) -> None:
    done = hostile(source, seed)
    shown = f"seed {seed}: {', '.join(done)}"
    start_clocks()
    before = processor_time()
    message = ""
    try:
        place.take(source)
    except MonitorError as error:
        message = str(error)
    except TimeoutError:
        pytest.fail(f"{shown}: not at an end after {processor_time() - before:.0f} s of processor time")
    stop_clocks()
    assert processor_time() - before < SECONDS, shown
    assert "\n" not in message, shown
    with StoreLock(place.settings.store.snapshots / "lock"):
        pass
    assert git_processes() == [], shown
    assert not list(place.root.rglob("sprung")), shown
    assert not (source / "sprung").exists(), shown
    assert place.findings() == [], shown


@pytest.mark.parametrize("seed", range(len(MUTATIONS)), ids=[one.__name__ for one in MUTATIONS])
def test_import_of_each_kind_of_mutation_ends(place: ImportWorkspace, tmp_path: Path, seed: int) -> None:
    endures(place, tmp_path / "source", seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS[len(MUTATIONS) :])
def test_import_of_a_mutated_repository_ends(place: ImportWorkspace, tmp_path: Path, seed: int) -> None:
    endures(place, tmp_path / "source", seed)


@pytest.fixture
def place(tmp_path: Path) -> ImportWorkspace:
    return ImportWorkspace(tmp_path / "place")


def test_only_git_commands_that_write_hold_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: dict[str, tuple[int, ...]] = {}
    launch = git_process.launch

    def seen(repository: Path, pass_fds: tuple[int, ...], command: list[str], *rest: object, **more: object) -> Pipe:
        held[command[0]] = tuple(pass_fds)
        return launch(repository, pass_fds, command, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(git_store, "launch", seen)
    source = tmp_path / "source"
    hostile(source, 13)  # its configuration alone: it can be imported
    place = ImportWorkspace(tmp_path / "place")
    place.record({"a.txt": "One thing."})
    place.take(source)
    place.record({"a.txt": "Another thing."})
    place.findings()
    writing = {name for name, handles in held.items() if handles}
    assert writing == {"init", "fast-import", "hash-object", "index-pack", "update-ref"}
    assert {"cat-file", "log", "ls-tree", "diff-tree", "pack-objects"} <= held.keys() - writing | {"pack-objects"}
