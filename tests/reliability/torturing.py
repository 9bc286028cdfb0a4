"""What is done to a store, and what must hold afterwards: the tests do a little of it, `make torture` much."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from monitor.config import Settings, load
from monitor.errors import MonitorError
from monitor.model import ChangeFilter
from monitor.runs.run import RunOptions, run
from monitor.runs.upkeep import verify
from monitor.runs.wiring import open_monitor
from monitor.stores.git import GitSnapshots

WAIT = 60.0  # seconds for a child that outlived its parent
FAULTS = Path(__file__).with_name("torture_faults.py")


class Outcome(NamedTuple):
    """What one blow came to: everything but `struck` and `acknowledged` must be nothing."""

    struck: bool  # whether the run was still going on
    acknowledged: bool  # whether it had said that its snapshot is recorded
    lost: int  # snapshots that were acknowledged, by this run or an earlier one, and are not there
    findings: int  # of `verify` after the next run: objects, manifests, ledger against a fold
    steps: int  # runs that did not recover by themselves


class Store:
    """A watched folder and its store; remembers what was acknowledged."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings: Settings = load(root, None, {"report.formats": ""}, {})
        self.acknowledged: list[str] = []
        self._edits = 0

    def edit(self, document: str = "brief.txt") -> None:
        """Something new to record: one statement of a few, and now and then a new document."""
        self._edits += 1
        path = self.root / "seeds" / document
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"The offer stands. It may cover {self._edits} divers. Nobody has answered yet.\n")
        if self._edits % 3 == 0:
            more = self.root / "seeds" / f"notes-{self._edits % 7}" / "note.md"
            more.parent.mkdir(exist_ok=True)
            more.write_text(f"# Note {self._edits}\n\nThe port is closed.\n")

    def run(self) -> None:
        """A run in this process that nothing happens to."""
        done, _ = run(self.settings, RunOptions(settle=0, wait=WAIT))
        if done.snapshot is not None:
            self.acknowledged.append(done.snapshot)

    def start(self, *before: str, environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """A run in a process of its own; `before` stands between the interpreter and the arguments."""
        program = before or ("-m", "monitor")
        command = [sys.executable, *program, "-C", str(self.root), "run", "--settle", "0", "--format", "json"]
        return subprocess.Popen(
            [*command, "--wait", str(WAIT)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "MONITOR_REPORT_FORMATS": "", **(environment or {})},
            start_new_session=True,
        )

    def told(self, process: subprocess.Popen[bytes]) -> bool:
        """Take what a process said before its end; whether it acknowledged a snapshot."""
        said, _ = process.communicate()
        snapshot = None
        with contextlib.suppress(ValueError, LookupError, TypeError):
            snapshot = json.loads(said)["run"]["snapshot"]
        if snapshot is not None and snapshot not in self.acknowledged:
            self.acknowledged.append(snapshot)
        return snapshot is not None

    def after(self, *, struck: bool, acknowledged: bool) -> Outcome:
        """What is left: at once, and after the next run."""
        lost = self._lost()
        steps = 0
        try:
            self.run()
        except MonitorError:
            steps = 1
        return Outcome(struck, acknowledged, max(lost, self._lost()), len(verify(self.settings)), steps)

    def _lost(self) -> int:
        with GitSnapshots(self.settings.store.snapshots / "history.git") as store:
            there = [one.id for one in store.snapshots("")]
        return len(self.acknowledged) - sum(one in set(there) for one in self.acknowledged)


def length_of_a_run(store: Store) -> float:
    """Seconds, with the start of the interpreter, when nothing disturbs it."""
    store.edit()
    begun = time.monotonic()
    store.told(store.start())
    return time.monotonic() - begun


def kill(store: Store, chance: random.Random, length: float, *, family: bool) -> Outcome:
    """SIGKILL at a random moment of a run: to the monitor and all its git processes, or to the monitor alone."""
    store.edit()
    process = store.start()
    time.sleep(chance.uniform(0.2, 1.05) * length)
    struck = process.poll() is None
    for one in [process.pid, *descendants(process.pid)] if family else [process.pid]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    return store.after(struck=struck, acknowledged=store.told(process))


def descendants(parent: int) -> list[int]:
    """The processes below one; git's have groups of their own, so that the group's number does not reach them."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            number, _, rest = stat.read_text("utf-8", "replace").partition(" (")
            parents.setdefault(int(rest.rpartition(") ")[2].split()[1]), []).append(int(number))
    found: list[int] = []
    ready = [parent]
    while ready:
        below = parents.get(ready.pop(), [])
        found += below
        ready += below
    return found


def fault(store: Store, call: str, nth: int, what: str) -> Outcome:
    """The nth call of a function of `os` finds the disk full or broken, or is the monitor's last (`KILL`)."""
    store.edit()
    process = store.start(str(FAULTS), call, str(nth), what)
    acknowledged = store.told(process)
    return store.after(struck=process.returncode != 0, acknowledged=acknowledged)


def dying_git(store: Store, nth: int, when: str) -> Outcome:
    """The nth git command ends `before` or `after` its work, or takes the monitor with it (`parent`)."""
    place = store.root / "dying"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    real = shutil.which("git")
    count = place / "count"
    deed = {
        "before": "kill -9 $$",
        "after": f'{real} "$@"; kill -9 $$',
        "parent": f'kill -9 $PPID; exec {real} "$@"',
    }[when]
    wrapper = place / "git"
    wrapper.write_text(
        # `version` is asked once by the library when it is loaded, and is none of ours
        f'#!/bin/sh\ncase "$1" in version|--version) exec {real} "$@";; esac\n'
        f'echo >> {count}\nif [ "$(wc -l < {count})" -eq {nth} ]; then {deed}; fi\nexec {real} "$@"\n'
    )
    wrapper.chmod(0o755)
    store.edit()
    process = store.start(environment={"PATH": f"{place}:{os.environ['PATH']}"})
    acknowledged = store.told(process)
    return store.after(struck=process.returncode != 0, acknowledged=acknowledged)


def crowd(store: Store, processes: int, runs: int) -> tuple[int, int, int]:
    """Several processes, each with a document of its own: runs that failed, acknowledged and lost, findings."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom monitor.cli.door import run\n"
        "document, runs, *args = sys.argv[1:]\n"
        "for number in range(int(runs)):\n"
        "    Path(document).write_text(f'Run {number} of this one. It stays here.\\n')\n"
        "    status = run(args)\n"
        "    if status: sys.exit(status)\n"
    )
    (store.root / "seeds").mkdir(exist_ok=True)
    crowd = [
        subprocess.Popen(
            [
                *[sys.executable, "-c", script, str(store.root / "seeds" / f"{number}.txt"), str(runs)],
                *["-C", str(store.root), "run", "--settle", "0", "--wait", "600", "--format", "json"],
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "MONITOR_REPORT_FORMATS": ""},
        )
        for number in range(processes)
    ]
    failed = 0
    for process in crowd:
        said, _ = process.communicate()
        failed += process.returncode != 0
        store.acknowledged += [one for one in _snapshots(said.decode()) if one not in store.acknowledged]
    store.run()
    return failed, store._lost(), len(verify(store.settings))


def _snapshots(said: str) -> Iterator[str]:
    """The snapshot of each run, from one JSON value after the other."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(said.rstrip()):
        value, at = decoder.raw_decode(said, at)
        at += len(said[at:]) - len(said[at:].lstrip())
        if value["run"]["snapshot"] is not None:
            yield value["run"]["snapshot"]


# --- bit rot


def what_can_be_read(settings: Settings) -> object:
    """Everything that the commands would show: every version's bytes, and what the ledger answers."""
    with open_monitor(settings) as monitor:
        store, ledger = monitor.snapshots, monitor.ledger
        snapshots = list(store.snapshots(""))
        manifests = [store.manifest(one.id) for one in snapshots]
        blobs = sorted({version.blob for each in manifests for version in each.values()})
        documents = ledger.documents()
        return (
            *(snapshots, manifests, list(store.deltas("")), list(store.read_many(blobs))),
            *(ledger.snapshots(), list(ledger.changes(ChangeFilter(baseline=True))), documents, ledger.counts()),
            [ledger.blame(one.id) for one in documents],
            [list(ledger.changes(ChangeFilter(document=one.path, baseline=True))) for one in documents],
            [ledger.life(line.statement) for one in documents for line in ledger.blame(one.id)],
            [ledger.search(word, 50) for word in ("offer", "divers", "port", "answered")],
        )


def rot(settings: Settings, file: Path, bit: int, sound: object) -> str:
    """Flip a bit for a while: `reported` by `verify`, `harmless` where all reads as before, else `silent`."""
    data = file.read_bytes()
    rotten = bytearray(data)
    rotten[bit // 8] ^= 1 << (bit % 8)
    mode = file.stat().st_mode
    file.chmod(0o644)
    try:
        file.write_bytes(rotten)
        try:
            if verify(settings):
                return "reported"
        except MonitorError:
            return "reported"
        try:
            return "harmless" if what_can_be_read(settings) == sound else "silent"
        except Exception:  # noqa: BLE001  # however it fails, `verify` had said that all is well
            return "silent"
    finally:
        file.write_bytes(data)
        file.chmod(mode)


def loosen(settings: Settings) -> dict[str, list[Path]]:
    """Every object in a file of its own, by kind."""
    history = settings.store.snapshots / "history.git"
    packs, moved = history / "objects" / "pack", settings.store.snapshots / "packs"
    shutil.move(packs, moved)
    packs.mkdir()
    git = ["git", "--git-dir", str(history)]
    for pack in moved.glob("*.pack"):
        subprocess.run([*git, "unpack-objects", "-q"], input=pack.read_bytes(), check=True)
    shutil.rmtree(moved)
    asked = [*git, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"]
    kinds: dict[str, list[Path]] = {}
    for line in subprocess.run(asked, check=True, capture_output=True, text=True).stdout.splitlines():
        one, kind = line.split()
        kinds.setdefault(kind, []).append(history / "objects" / one[:2] / one[2:])
    return kinds
