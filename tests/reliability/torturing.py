"""What is done to a store, and what must hold afterwards: the tests do a little of it, `make torture` much."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from monitor.app.maintenance import verify
from monitor.app.monitor import open_monitor
from monitor.app.review_branch import open_reviews
from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from monitor.errors import MonitorError, StoreError
from tests.reliability.nursery import Child, Nursery

WAIT = 60.0  # seconds for a child that outlived its parent


class Outcome(NamedTuple):
    """What one blow came to: everything but `struck` and `acknowledged` must be nothing."""

    struck: bool  # whether the run was still going on, or failed
    acknowledged: bool  # whether its snapshot was durable, as far as it knew
    lost: int = 0  # snapshots and verdicts that were acknowledged, by this run or an earlier one, and are not there
    findings: int = 0  # of `verify` after the next run: objects, manifests, ledger against a fold, verdicts
    steps: int = 0  # runs that did not recover by themselves

    @property
    def unharmed(self) -> bool:
        return (self.lost, self.findings, self.steps) == (0, 0, 0)


class Store:
    """A watched folder and its store; remembers what was acknowledged. `snapshots`: where it lies, if not below."""

    def __init__(self, root: Path, snapshots: Path | None = None) -> None:
        self.root = root
        if snapshots is not None:
            root.joinpath("monitor.toml").write_text(f"[store]\nsnapshots = {json.dumps(str(snapshots))}\n")
        self.settings: Settings = load(root, None, {"report.formats": "", "watch.ignore_defaults": "false"}, {})
        self.acknowledged: list[str] = []
        self.verdicts: list[str] = []
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

    @property
    def command(self) -> list[str]:
        """The arguments of a run."""
        return ["-C", str(self.root), "run", "--settle", "0", "--format", "json", "--wait", str(WAIT)]

    def heed(self, child: Child) -> bool:
        """Take what a child said until its end; whether it acknowledged a snapshot."""
        child.listen()
        self.acknowledged += [one for one in child.acknowledged if one not in self.acknowledged]
        self.verdicts += child.verdicts
        return bool(child.acknowledged)

    def after(self, *, struck: bool, acknowledged: bool) -> Outcome:
        """What is left: at once, and after the next run."""
        steps = lost = 0
        try:
            lost = self.lost()
            self.run()
        except MonitorError as error:
            print(f"by hand: {error}", file=sys.stderr)
            steps = 1
        return Outcome(struck, acknowledged, max(lost, self.lost()), len(verify(self.settings)), steps)

    def lost(self) -> int:
        """How much of what was acknowledged is not there; all of it, where the history cannot be read."""
        try:
            with open_monitor(self.settings) as monitor:
                there = {one.id for one in monitor.snapshots.snapshots("")}
                kept = {event.id for event in open_reviews(monitor).events_after(0)} if self.verdicts else set()
        except StoreError:
            return len(self.acknowledged) + len(self.verdicts)
        return sum(one not in there for one in self.acknowledged) + sum(one not in kept for one in self.verdicts)


def length_of_a_run(store: Store, nursery: Nursery) -> float:
    """Seconds when nothing disturbs it: the shortest of three, since the machine may be busy."""
    lengths = []
    for _ in range(3):
        store.edit()
        begun = time.monotonic()
        store.heed(nursery.start(store.command))
        lengths.append(time.monotonic() - begun)
    return min(lengths)


def kill(store: Store, nursery: Nursery, chance: random.Random, length: float, *, family: bool) -> Outcome:
    """SIGKILL at a random moment of a run: to the monitor and all its git processes, or to the monitor alone."""
    store.edit()
    child = nursery.start(store.command)
    time.sleep(chance.uniform(0, 1.05) * length)
    struck = child.kill(family=family)
    return store.after(struck=struck, acknowledged=store.heed(child))


def fault(store: Store, nursery: Nursery, call: str, nth: int, what: str) -> Outcome:
    """The nth call of a function of `os` finds the disk full or broken, or is the monitor's last (`KILL`)."""
    store.edit()
    child = nursery.start(store.command, fault=[call, nth, what])
    acknowledged = store.heed(child)
    return store.after(struck=child.status != 0, acknowledged=acknowledged)


def dying_git(store: Store, nursery: Nursery, nth: int, when: str) -> Outcome:
    """The nth git command ends `before` or `after` its work, or takes the monitor with it (`parent`)."""
    place = store.root / "dying"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    real = shutil.which("git")
    count = place / "count"
    deed = {
        "before": "kill -9 $$",
        "after": f'{real} "$@"; kill -9 $$',
        "parent": f'kill -9 $PPID; exec {real} "$@"',
    }[when]
    wrapper = place / "git"
    wrapper.write_text(
        f'#!/bin/sh\necho >> {count}\nif [ "$(wc -l < {count})" -eq {nth} ]; then {deed}; fi\nexec {real} "$@"\n'
    )
    wrapper.chmod(0o755)
    store.edit()
    child = nursery.start(store.command, path=f"{place}:{os.environ['PATH']}")
    acknowledged = store.heed(child)
    return store.after(struck=child.status != 0, acknowledged=acknowledged)


SYSCALLS = {"write": "write,pwrite64,writev", "sync": "fsync,fdatasync", "rename": "rename,renameat,renameat2,link"}


def broken_call(store: Store, calls: str, nth: int, what: str) -> Outcome:
    """The nth system call of a kind goes wrong, in whichever process of the run makes it: ours (SQLite's too), git's.

    Each process counts for itself, so that several may be hit. Needs strace.
    """
    effect = "signal=SIGKILL" if what == "KILL" else f"error={what}"
    names = SYSCALLS[calls]
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={names}"]
    store.edit()
    process = subprocess.run(
        [*strace, "-e", f"inject={names}:{effect}:when={nth}", sys.executable, "-m", "monitor", *store.command],
        capture_output=True,
        env={**os.environ, "MONITOR_REPORT_FORMATS": ""},
    )
    snapshot = None
    with contextlib.suppress(ValueError, LookupError, TypeError):
        snapshot = json.loads(process.stdout)["run"]["snapshot"]
    if snapshot is not None:
        store.acknowledged.append(snapshot)
    return store.after(struck=process.returncode != 0, acknowledged=snapshot is not None)


def crowd(store: Store, processes: int, runs: int) -> tuple[int, int, int]:
    """Several processes, each with a document of its own: runs that failed, acknowledged and lost, findings."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom monitor.cli.main import run\n"
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
    return failed, store.lost(), len(verify(store.settings))


def _snapshots(said: str) -> Iterator[str]:
    """The snapshot of each run, from one JSON value after the other."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(said.rstrip()):
        value, at = decoder.raw_decode(said, at)
        at += len(said[at:]) - len(said[at:].lstrip())
        if value["run"]["snapshot"] is not None:
            yield value["run"]["snapshot"]
