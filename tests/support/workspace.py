"""A folder with a watched folder and a store: what nearly every test works in."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from monitor.app.maintenance import verify
from monitor.app.monitor import open_monitor
from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from monitor.model import Change, ChangeFilter, Run, Snapshot
from tests.support.driver import ENTRY_POINT, SAME, TIMEOUT, Environment, Process, Record, Result, Word, monitor, start

Content = str | bytes
Documents = Mapping[str, Content]
Answer = TypeVar("Answer")

FIRST = datetime(2026, 1, 1, 6, tzinfo=UTC)


def moment(number: int) -> datetime:
    """When snapshot `number` of a workspace is taken, unless it is said: a day after the one before."""
    return FIRST + timedelta(days=number)


def day(number: int) -> str:
    """The same in words, as the command line takes and gives it."""
    return moment(number).strftime("%Y-%m-%dT%H:%M:%SZ")


class Workspace:
    """A folder `root` with the watched folder `seeds/` and the store `snapshots/`; the command line is run in it.

    `settings`, `record` and what follows them use the package, all else the command line, whose environment is `HOME`
    (a folder of its own), UTC and what `environment` adds.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.seeds = root / "seeds"
        self.snapshots = root / "snapshots"
        self.home = root / "home"
        self.environment: dict[str, str | bytes] = {}
        self.prefix: tuple[str, ...] = ()  # a program that starts ours with fewer rights
        self._taken = 0  # runs of `next_run`
        self.seeds.mkdir(parents=True, exist_ok=True)

    # --- files

    def write(self, name: str | bytes, content: Content = b"") -> Path:
        """A file of the watched folder; gives its path."""
        path = self.seeds / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def update(self, documents: Mapping[str, Content | None]) -> None:
        """Write some documents; None removes one."""
        for name, content in documents.items():
            if content is None:
                (self.seeds / name).unlink()
            else:
                self.write(name, content)

    def replace(self, documents: Documents) -> None:
        """Let the watched folder hold exactly these documents."""
        shutil.rmtree(self.seeds, ignore_errors=True)
        self.seeds.mkdir()
        self.update(documents)

    def configure(self, toml: str) -> None:
        (self.root / "monitor.toml").write_text(toml, encoding="utf-8")

    def copy(self, root: Path) -> Workspace:
        """The same elsewhere, for runs of its own.

        Left out are the scan cache, by which a run tells that the folder is another on the disk, and the files that
        come and go beside a ledger while it is read.
        """
        ignored = shutil.ignore_patterns("scan.cache", "*-wal", "*-shm")
        shutil.copytree(self.root, root, ignore=ignored, dirs_exist_ok=True)
        return type(self)(root)

    # --- the command line

    def environ(self, extra: Environment | None = None) -> dict[Any, Any]:
        """The whole environment of a command."""
        self.home.mkdir(exist_ok=True)
        return {**SAME, "HOME": str(self.home), "TZ": "UTC", **self.environment, **(extra or {})}

    def monitor(
        self,
        *args: Word,
        status: int | Sequence[int] = 0,
        env: Environment | None = None,
        cwd: Path | None = None,
        stdin: bytes = b"",
    ) -> Result:
        """One command; fails the test where the exit status is another, or a traceback is shown."""
        where, variables = cwd or self.root, self.environ(env)
        return monitor(*args, status=status, cwd=where, env=variables, stdin=stdin, prefix=self.prefix)

    def command(self, *args: Word) -> list[Any]:
        """One command as an argument list, for what starts it itself."""
        return [*self.prefix, *ENTRY_POINT, *args]

    def start(self, *args: Word, env: Environment | None = None, cwd: Path | None = None, **streams: Any) -> Process:
        """One command as a process; `streams` are stdin, stdout and stderr as `subprocess.Popen` takes them."""
        return start(args, cwd=cwd or self.root, env=self.environ(env), prefix=self.prefix, **streams)

    @contextmanager
    def running(self, *args: Word) -> Iterator[Process]:
        """A process in the background, which does not outlive the block."""
        process = self.start(*args)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def run(self, number: int | None = None, *args: str, status: int | Sequence[int] = 0) -> Result:
        dated = [] if number is None else ["--taken-at", day(number)]
        return self.monitor("run", "--settle", "0", *dated, *args, status=status)

    def next_run(self, *args: str, status: int | Sequence[int] = 0) -> Result:
        """A run a day after the one before, which takes any deletion."""
        self._taken += 1
        return self.run(self._taken - 1, "--accept-deletions", *args, status=status)

    def log(self, *args: str) -> list[Record]:
        """The changes, newest snapshot first."""
        return self.monitor("log", *args, "--format", "jsonl").jsonl()

    def cat(self, name: str | bytes, at: str = "9999-01-01") -> bytes:
        return self.monitor("cat", "--at", at, "--", name).out

    def blame(self, document: str, *args: str) -> list[Record]:
        found: list[Record] = self.monitor("blame", document, *args, "--format", "json").json()
        return found

    def texts(self, document: str, *args: str) -> list[str]:
        return [line["text"] for line in self.blame(document, *args)]

    def statements(self, document: str) -> dict[str, str]:
        """Text -> id of the statements that a document has now."""
        return {line["text"]: line["statement"] for line in self.blame(document)}

    # --- the package

    @property
    def settings(self) -> Settings:
        return load(self.root, None, {}, {})

    def record(self, documents: Mapping[str, Content | None] | None = None, at: datetime | None = None) -> Run:
        """Write documents (None removes one) and record the folder as of a moment."""
        return self.record_changes(documents, at)[0]

    def record_day(self, number: int, documents: Mapping[str, Content | None]) -> Run:
        """The same as of a day of January 2026, 6 o'clock UTC."""
        return self.record(documents, moment(number - 1))

    def record_changes(
        self, documents: Mapping[str, Content | None] | None = None, at: datetime | None = None
    ) -> tuple[Run, Sequence[Change]]:
        """The same; also the changes that the run found."""
        self.update(documents or {})
        return run(self.settings, RunOptions(settle=0, taken_at=at, accept_deletions=True))

    def changes(self, **wanted: Any) -> list[Change]:
        with open_monitor(self.settings) as opened:
            return list(opened.ledger.changes(ChangeFilter(**wanted)))

    def recorded(self) -> list[Snapshot]:
        """The snapshots, in the order of the fold."""
        with open_monitor(self.settings) as opened:
            return list(opened.ledger.snapshots())

    def manifest(self, snapshot: str) -> dict[str, bytes]:
        """The documents of a snapshot."""
        with open_monitor(self.settings) as opened:
            found = opened.snapshots.manifest(snapshot).items()
            return {path: opened.snapshots.read(version.blob) for path, version in found}

    def rows(self) -> list[tuple[str, tuple[object, ...]]]:
        """The whole ledger."""
        with open_monitor(self.settings) as opened:
            return list(opened.writer.rows())

    def findings(self) -> list[str]:
        """What `verify` finds."""
        return [f"{one.what}: {one.message}" for one in verify(self.settings)]

    def select(self, query: str, database: str = "reviews.db") -> list[tuple[object, ...]]:
        """The answer of one of the store's databases."""
        with closing(sqlite3.connect(self.snapshots / database)) as connection:
            return connection.execute(query).fetchall()


def eventually(question: Callable[[], Answer], seconds: float = TIMEOUT) -> Answer:
    """The first true answer; fails where there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"still not so after {seconds} s")
