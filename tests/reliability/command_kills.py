"""Every command that writes, killed at any moment while somebody reads the log: what must hold at once, and afterwards.

Each trial works on a fresh copy of one store. The log is read again and again: it must be as before the command or as
after it. Then the store's next `run` must end well, and what was acknowledged must be there. Every tenth trial goes on:
the command is given again, and must come to what it comes to undisturbed, and `verify` must find nothing.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple

from monitor.app.backup_files import open_copy
from monitor.app.monitor import open_monitor
from monitor.app.review_branch import open_reviews
from monitor.config import load
from monitor.errors import MonitorError
from tests.reliability.nursery import Child, Nursery
from tests.support.driver import Result, invoke

READ_EVERY = 0.02  # seconds between two readings of the log
WHOLE_TRIAL = 10  # every so many-th trial is followed to its end
CONFIGURATION = '[watch]\nsettle = "0 s"\n[report]\nformats = []\n[schedule]\ntimezone = "UTC"\n'
_SNAPSHOT_ID = re.compile(r"snapshot [0-9a-f]{10}")  # of a commit, which holds the time of the recording


class KillOutcome(NamedTuple):
    """What one kill came to: `lost`, `wrong`, `findings` and `steps` must be nothing."""

    struck: bool  # whether the command was still at work
    acknowledged: int  # snapshots and verdicts that it had said were kept
    reads: int  # of the log, until the next run
    lost: int = 0  # of what was acknowledged
    wrong: int = 0  # readings of the log that were neither the old record nor the new one
    findings: int = 0  # of `verify`, and results of the command given again that differ
    steps: int = 0  # commands that did not end well by themselves

    @property
    def unharmed(self) -> bool:
        return (self.lost, self.wrong, self.findings, self.steps) == (0, 0, 0, 0)


class KilledCommand(NamedTuple):
    """A command line, and what its store holds before it; both are below one folder, where the command is started."""

    prepare: Callable[[Path], None]
    words: tuple[str, ...]
    folder: str = "."  # the monitor's, below that folder
    log: tuple[str, ...] = ("log",)  # what is read meanwhile
    stages: int = 0  # states between: an import that is interrupted keeps its first snapshots


def call(folder: Path, *words: str) -> Result:
    return invoke(["-C", str(folder), *words])


def write(folder: Path, version: int, documents: int, statements: int, every: int = 4) -> None:
    """The documents as they are in this version: each revises one statement of so many."""
    folder.mkdir(parents=True, exist_ok=True)
    for document in range(documents):
        lines = (
            f"Berth {number} of pier {document} takes {number + version * (number % every == 0)} boats a day.\n\n"
            for number in range(statements)
        )
        (folder / f"{document}.txt").write_text("".join(lines))


def record(place: Path, versions: range, documents: int, statements: int, every: int = 4) -> None:
    place.mkdir(parents=True, exist_ok=True)
    (place / "monitor.toml").write_text(CONFIGURATION)
    for version in versions:
        write(place / "seeds", version, documents, statements, every)
        call(place, "run", "--taken-at", f"2026-01-{version:02}T00:00:00Z")


def _before_run(place: Path) -> None:
    record(place, range(1, 4), 8, 80, every=20)
    write(place / "seeds", 4, 8, 80, every=2)


def _before_import(place: Path) -> None:
    record(place, range(1, 4), 4, 40)
    _dated_folders(place, 6)


def _before_continued(place: Path) -> None:
    record(place, range(6, 9), 4, 60)
    _dated_folders(place, 4)


def _dated_folders(place: Path, documents: int) -> None:
    """Those that are imported, and their first ones in `old1`, `old2` …"""
    for day in range(1, 6):
        write(place / "old" / f"2020-01-{day:02}", day, documents, 60)
        shutil.copytree(place / "old", place / f"old{day}" / "old")


def _before_backup(place: Path) -> None:
    record(place, range(1, 3), 10, 40)
    call(place, "backup", "copy")
    for version in range(3, 6):
        large = random.Random(version).randbytes(LARGE)
        (place / "seeds" / "large.bin").write_bytes(large)
        call(place, "run", "--taken-at", f"2026-01-{version:02}T00:00:00Z")


def _before_restore(place: Path) -> None:
    record(place / "first", range(1, 6), 6, 60)
    call(place / "first", "backup", "../copy")
    again = place / "again"
    again.mkdir()
    shutil.copytree(place / "first" / "seeds", again / "seeds")


def _before_forget(place: Path) -> None:
    record(place, range(1, 6), 6, 60)


def _before_rebuild(place: Path) -> None:
    record(place, range(1, 7), 7, 60)


def _before_review(place: Path) -> None:
    record(place, range(1, 3), 16, 160, every=2)
    call(place, "review", "list")


def _before_serve(place: Path) -> None:
    record(place, range(1, 4), 5, 40, every=2)
    call(place, "review", "list")


RUN_LATER = ("run", "--wait", "60", "--taken-at", "2026-01-20T00:00:00Z")  # git may outlive its parent for a moment
NEWEST = ("log", "--limit", "100")
LARGE = 8_000_000  # bytes of a file that a backup copies
COMMANDS = {
    "run": KilledCommand(_before_run, RUN_LATER),
    "review": KilledCommand(_before_review, ("review", "accept", "--as", "Ada", "--comment", "seen"), log=NEWEST),
    "rebuild": KilledCommand(_before_rebuild, ("rebuild",)),
    "import": KilledCommand(_before_import, ("import", "old", "--name", "laws"), stages=4),
    "import --continues": KilledCommand(_before_continued, ("import", "old", "--continues"), stages=4),
    "backup": KilledCommand(_before_backup, ("backup", "copy")),
    "restore": KilledCommand(_before_restore, ("restore", "../copy"), "again"),
    "forget": KilledCommand(_before_forget, ("forget", "0.txt", "--reason", "asked", "--yes")),
    "serve": KilledCommand(_before_serve, ("serve", "--port"), log=NEWEST),
}
REVIEWED = 1_280  # changes of one `review accept`


class KillTrials:
    """One command, its store, and how long the command takes."""

    def __init__(
        self, root: Path, name: str, nursery: Nursery, chance: random.Random, whole: int = WHOLE_TRIAL
    ) -> None:
        self._whole = whole
        self.name, self.command, self._nursery, self._chance = name, COMMANDS[name], nursery, chance
        self._template, self._root = root / "template", root / "place"
        self._template.mkdir(parents=True)
        self.command.prepare(self._template)
        self._place = self._root / self.command.folder
        self._words = self.command.words
        self._number = 0
        self._port = 0
        self._reset()
        self._changes: list[str] = []
        if name in ("review", "serve"):
            found = call(self._place, "log", "--kind", "revised", "--limit", str(REVIEWED), "--format", "jsonl").jsonl()
            self._changes = [one["id"] for one in found]
        if name == "review":
            self._words += tuple(self._changes)
        self._records = {"" if name == "restore" else self._log()}  # that the log may show
        for stage in range(1, self.command.stages + 1):
            self._reset()
            call(self._place, *(f"old{stage}/old" if word == "old" else word for word in self._words))
            self._records.add(self._log())
        self.length = 1.5 if name == "serve" else min(self._undisturbed() for _ in range(3))
        self._new = self._log()
        self._records.add(self._new)

    def trial(self, *, family: bool) -> KillOutcome:
        """SIGKILL at any moment of the command, to its git processes too or to the monitor alone."""
        self._number += 1
        self._reset()
        child = self._start()
        posting = Posting(self._port, self._changes) if self.name == "serve" else None
        after = self._chance.uniform(0, 1.05) * self.length
        struck: list[bool] = []
        if posting is not None:
            posting.wait()
        timer = threading.Timer(after, lambda: struck.append(child.kill(family=family)))
        timer.start()
        reads = wrong = 0
        while timer.is_alive():
            wrong += self._is_wrong()
            reads += 1
            time.sleep(READ_EVERY)
        child.listen()
        known = set(child.verdicts) | (posting.stop() if posting is not None else set())
        wrong += self._is_wrong()
        snapshots = child.acknowledged if self.name == "run" else []  # others come to the user with their command
        kept = len(snapshots) + len(known)
        steps, lost = self._recover(), self._lost(snapshots, known)
        wrong += self._is_wrong()
        findings = self._copy_damage()
        if self._number % self._whole == 0:
            more, again = self._to_the_end()
            findings += more
            steps += again
        return KillOutcome(struck == [True], kept, reads + 2, lost, wrong, findings, steps)

    # --- parts of a trial

    def _reset(self) -> None:
        shutil.rmtree(self._root, ignore_errors=True)
        shutil.copytree(self._template, self._root)

    def _start(self) -> Child:
        words = list(self._words)
        if self.name == "serve":
            with closing(socket.create_server(("127.0.0.1", 0))) as free:
                self._port = free.getsockname()[1]
            words.append(str(self._port))
        return self._nursery.start(["-C", str(self._place), *words], tell_verdicts=self.name == "review")

    def _undisturbed(self) -> float:
        self._reset()
        begun = time.monotonic()
        child = self._start()
        child.listen()
        assert child.status == 0, (self.name, child.status, child.said)
        return time.monotonic() - begun

    def _log(self) -> str:
        found = call(self._place, *self.command.log)
        assert found.status == 0, found
        return _SNAPSHOT_ID.sub("snapshot", found.text)

    def _is_wrong(self) -> bool:
        found = call(self._place, *self.command.log)
        shown = _SNAPSHOT_ID.sub("snapshot", found.text)
        if found.status == 0 and shown and shown in self._records:
            return False
        if found.status != 0 and "" in self._records and not shown and found.message.count("\n") == 1:
            return False  # nothing is restored yet, and that is said in one line
        self._tell(f"log: status {found.status}, {len(shown)} characters, {found.message!r}")
        return True

    def _recover(self) -> int:
        """The next run, as the scheduler starts it; for a restore another one, unless the store is there."""
        if self.name == "restore":
            again = call(self._place, *self._words)
            if again.status not in (0, 2):
                return self._not_well(again)
        found = call(self._place, *RUN_LATER)
        return self._not_well(found) if found.status else 0

    def _not_well(self, result: Result) -> int:
        self._tell(f"status {result.status}: {result.message}")
        return 1

    def _lost(self, snapshots: list[str], verdicts: set[str]) -> int:
        settings = load(self._place, None, {}, {})
        try:
            with open_monitor(settings) as monitor:
                there = {one.id for one in monitor.snapshots.snapshots("")}
                kept = {event.id for event in open_reviews(monitor).events_after(0)} if verdicts else set()
        except MonitorError as error:
            self._tell(f"lost: {error}")
            return len(snapshots) + len(verdicts)
        return sum(one not in there for one in snapshots) + len(verdicts - kept)

    def _copy_damage(self) -> int:
        """Whether the copy that a backup left is not a good one."""
        if self.name == "backup":
            try:
                with open_copy(self._place / "copy") as copy:
                    copy.check()
            except MonitorError as error:
                self._tell(f"copy: {error}")
                return 1
        return 0

    def _to_the_end(self) -> tuple[int, int]:
        """The command again, what it comes to, and `verify`: how much differs, and how much did not end well."""
        findings = steps = 0
        if self.name not in ("serve", "restore", "review"):
            again = call(self._place, *self._words)
            known = 2 if self.name == "forget" else 0  # it is forgotten already
            steps += self._not_well(again) if again.status not in (0, known) else 0
        shown = self._log()
        if self.name not in ("serve", "review") and shown != self._new:
            self._tell("the command came to another log")
            findings += 1
        found = call(self._place, "verify")
        if found.status:
            self._tell(f"verify: {found.text}")
            findings += 1
        return findings, steps

    def _tell(self, what: str) -> None:
        print(f"{self.name}, trial {self._number}: {what}"[:600], file=sys.stderr, flush=True)


class Posting:
    """Requests that write, one after the other in a thread; remembers the verdicts that were answered with 200."""

    def __init__(self, port: int, changes: list[str]) -> None:
        self._port, self._changes, self._ended, self._begun = port, changes, threading.Event(), threading.Event()
        self._acknowledged: set[str] = set()
        self._thread = threading.Thread(target=self._post_all, daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until the first verdict was answered."""
        assert self._begun.wait(60)

    def stop(self) -> set[str]:
        self._ended.set()
        self._thread.join()
        return self._acknowledged

    def _post_all(self) -> None:
        for number in range(100_000):
            change = self._changes[number % len(self._changes)]
            body = {"changes": [change], "verdict": "accepted", "reviewer": "Ada", "comment": f"number {number}"}
            connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
            try:
                connection.request("POST", "/api/verdicts", json.dumps(body), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                said = json.loads(answer.read())
            except (OSError, HTTPException, ValueError):
                if self._ended.is_set():
                    return
                time.sleep(0.02)  # it has not begun to listen, or was killed
                continue
            finally:
                connection.close()
            if answer.status == 200:
                self._acknowledged.update(event["id"] for event in said["events"])
                self._begun.set()
