"""Drives the program as a user does: `monitor` in processes of its own (see starting.py), its output parsed."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from tests.starting import ENTRY_POINT, Process, start

DATA = Path(__file__).resolve().parent / "data"
TIMEOUT = 600  # seconds; a bound against hanging, not a claim about speed

Record = dict[str, Any]
Answer = TypeVar("Answer")


def day(number: int) -> str:
    """The moment that a story's snapshot `number` is dated."""
    return (datetime(2026, 1, 1, 6, tzinfo=UTC) + timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Result:
    status: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    @property
    def message(self) -> str:
        return self.err.decode("utf-8")

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def json(self) -> Any:
        return json.loads(self.text)

    def jsonl(self) -> list[Record]:
        # Not splitlines(): a text may hold U+2028, which ends no line of JSON lines.
        return [json.loads(line) for line in self.text.split("\n") if line]

    def csv(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.text, newline="")))


class Workspace:
    """A directory with a watched folder `seeds/` and a store `snapshots/`, and the program run in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.seeds = root / "seeds"
        self.home = root / "home"
        self.seeds.mkdir(parents=True, exist_ok=True)
        self.home.mkdir(exist_ok=True)
        self.environment: dict[str, str | bytes] = {}
        self.prefix: tuple[str, ...] = ()  # a program that starts ours with fewer rights

    def environ(self, extra: Mapping[str, str | bytes] | None = None) -> dict[str, Any]:
        plain = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8", "TZ": "UTC"}
        kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
        return {**plain, **kept, **self.environment, **(extra or {})}

    def command(self, *args: str | bytes | os.PathLike[str]) -> list[Any]:
        """A real start, as an argument list."""
        return [*self.prefix, *ENTRY_POINT, *args]

    def monitor(
        self,
        *args: str | bytes | os.PathLike[str],
        status: int | Sequence[int] = 0,
        env: Mapping[str, str | bytes] | None = None,
        cwd: Path | None = None,
    ) -> Result:
        """One call; fails the test where the exit status is another, or a traceback is shown."""
        with self.start(*args, env=env, cwd=cwd) as process:
            try:
                out, err = process.communicate(timeout=TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        result = Result(process.wait(), out, err)
        expected = (status,) if isinstance(status, int) else tuple(status)
        shown = f"{args}\nstdout: {out[-3000:]!r}\nstderr: {err.decode(errors='replace')[-3000:]}"
        assert b"Traceback" not in err, shown
        assert result.status in expected, f"exit {result.status}, expected {expected}: {shown}"
        return result

    def start(
        self,
        *args: str | bytes | os.PathLike[str],
        env: Mapping[str, str | bytes] | None = None,
        cwd: Path | None = None,
    ) -> Process:
        return start(args, cwd=cwd or self.root, env=self.environ(env), prefix=self.prefix)

    @contextmanager
    def running(self, *args: str) -> Iterator[Process]:
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

    def log(self, *args: str) -> list[Record]:
        return self.monitor("log", *args, "--format", "jsonl").jsonl()

    def cat(self, name: str | bytes, at: str = "9999-01-01") -> bytes:
        return self.monitor("cat", "--at", at, "--", name).out

    def blame(self, document: str, *args: str) -> list[Record]:
        blamed: list[Record] = self.monitor("blame", document, *args, "--format", "json").json()
        return blamed

    def texts(self, document: str, *args: str) -> list[str]:
        return [line["text"] for line in self.blame(document, *args)]

    def write(self, name: str | bytes, content: str | bytes) -> bytes:
        """A file of the watched folder; gives its bytes."""
        path = os.path.join(os.fsencode(self.seeds), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        with open(path, "wb") as file:
            file.write(data)
        return data

    def copy(self, root: Path) -> Workspace:
        """The same elsewhere, for runs of its own.

        Left out are the scan cache, by which a run tells that the folder is another on the disk, and the files that
        come and go beside a ledger while it is asked.
        """
        shutil.copytree(self.root, root, ignore=shutil.ignore_patterns("scan.cache", "*-wal", "*-shm"))
        return Workspace(root)

    def configure(self, toml: str) -> None:
        (self.root / "monitor.toml").write_text(toml, encoding="utf-8")


def stop(process: Process) -> Result:
    """SIGTERM, then what the process said until it ended."""
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=TIMEOUT)
    return Result(process.wait(), out, err)


def eventually(question: Callable[[], Answer], seconds: float = TIMEOUT) -> Answer:
    """The first true answer; fails where there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"still not so after {seconds} s")


Once = Callable[[str, Callable[[Workspace], None]], Workspace]
"""Builds a workspace of a name once for all test processes."""


@dataclass(frozen=True)
class Story:
    """All steps taken one after another in one workspace, not to be written to: what the log says of each."""

    workspace: Workspace
    said: dict[str, list[Record]]
    dates: dict[str, str]
