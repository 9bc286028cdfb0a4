"""Processes of the monitor that are cheap to start and to kill: forked from one that has loaded everything already.

`python -m tests.reliability.nursery` is that one. It takes orders on its standard input, a JSON object a line, and
tells on its standard output what becomes of each: `pid N`, then `ack ID` for each snapshot as soon as it is durable,
`verdict ID` for each verdict, whatever the child wrote to its standard error, and at last `end STATUS`. `Nursery` is
the other side.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from tests.support.paths import PROJECT


class Nursery:
    """One parent of many monitors; one child at a time. Ended with its context, or when its input is closed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.nursery"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Of the parent."""
        return self._process.pid

    def close(self) -> None:
        """End it."""
        self._process.communicate()

    def start(self, arguments: list[str], **more: object) -> Child:
        """A monitor with this command line; `more` is what shall happen to it (see `_prepared`)."""
        return Child(self._tell({"arguments": arguments, **more}), self._lines())

    def _tell(self, order: Mapping[str, object]) -> int:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()
        return int(stdout.readline().removeprefix("pid "))

    def _lines(self) -> Iterator[str]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield line.rstrip("\n")
            if line.startswith("end "):
                return


class Child:
    """A monitor at work; what it says is taken as it comes."""

    def __init__(self, pid: int, lines: Iterator[str]) -> None:
        self.pid = pid
        self.acknowledged: list[str] = []
        self.verdicts: list[str] = []
        self.said: list[str] = []  # on standard error
        self.status: int | None = None  # as `os.waitstatus_to_exitcode` gives it
        self._lines = lines

    def listen(self, until: str = "end") -> bool:
        """Wait for a line that begins so; False where the child ended before it."""
        for line in self._lines:
            word, _, rest = line.partition(" ")
            match word:
                case "ack":
                    self.acknowledged.append(rest)
                case "verdict":
                    self.verdicts.append(rest)
                case "end":
                    self.status = int(rest)
                case _:
                    self.said.append(line)
            if word == until:
                return True
        return False

    def stop(self) -> None:
        """SIGSTOP: what it has not said when this returns it never says, unless it goes on."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGSTOP)
        while self._state() not in "TDZ":  # in D it waits for a disk, and stops before its next step
            time.sleep(0.001)

    def kill(self, *, family: bool) -> bool:
        """SIGKILL, with all its git processes or without them; whether it was still going on."""
        struck = self._state() != "Z"
        for one in [self.pid, *descendants(self.pid)] if family else [self.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        return struck

    def _state(self) -> str:
        """As /proc names it: R runs, S sleeps, D waits for a disk, T is stopped, Z has ended."""
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2][0]
        except (FileNotFoundError, ProcessLookupError):  # it may end between the opening and the reading
            return "Z"


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


# --- the parent of the children


def main() -> None:
    """Take orders until there are none any more."""
    _load()
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _child(json.loads(line))
        _, status = os.waitpid(pid, 0)
        _say(f"end {os.waitstatus_to_exitcode(status)}")


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def _load() -> None:
    """Two runs and a verdict somewhere else: what the monitor loads only when it needs it is here then."""
    os.environ["MONITOR_REPORT_FORMATS"] = ""
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "seeds").mkdir()
        for text in ("One thing is so.\n", "Another thing is so.\n"):
            (Path(place) / "seeds" / "a.txt").write_text(text)
            with _quiet():
                _run(["-C", place, "run", "--settle", "0", "--format", "json"])
        os.chdir("/")
        _decide(place, lambda _: None)


def _child(order: dict[str, Any]) -> None:
    status = 70
    _say(f"pid {os.getpid()}")
    try:
        sys.stderr = open(1, "w", closefd=False)  # noqa: SIM115
        _prepared(order)
        with _quiet():
            status = _run(order["arguments"])
        if order.get("decide"):
            _decide(order["arguments"][1], lambda one: _say(f"verdict {one}"))
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001  # told as a child of its own would
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _run(arguments: list[str]) -> int:
    from monitor.cli.main import run

    return run(arguments)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing):
        yield


def _prepared(order: Mapping[str, Any]) -> None:
    """What an order may hold beside `arguments` and `decide` (a verdict after the run).

    `fault`: [function of `os`, which call, ENOSPC | EIO | KILL]; `path`: where git is looked for; `limit`: the largest
    file in bytes that this process and its children may write; `pragmas`: how SQLite is opened; `without`: guards that
    are taken out (see `guards`); `tell_verdicts`: each verdict is told as soon as the database has it.
    """
    from monitor.ledger import database
    from monitor.snapshots import git_process
    from monitor.snapshots.writer import SnapshotWriter

    real = SnapshotWriter.commit

    def telling(writer: SnapshotWriter, new: Any) -> Any:
        made = real(writer, new)
        if new.ref is None:
            _say(f"ack {made.id}")
        return made

    SnapshotWriter.commit = telling  # type: ignore[method-assign]
    if order.get("tell_verdicts"):
        _tell_verdicts()
    if "path" in order:
        os.environ["PATH"] = order["path"]
        git_process._git.cache_clear()
    if "pragmas" in order:
        database.PRAGMAS = tuple(order["pragmas"])
    if "limit" in order:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["limit"], order["limit"]))
    for name in order.get("without", ()):
        from tests.reliability import guards

        guards.take_out(name)
    if "fault" in order:
        _fault(*order["fault"])


def _tell_verdicts() -> None:
    from monitor.reviews.events import Reviews

    append = Reviews.append

    def telling(reviews: Reviews, *given: Any) -> Any:
        made = append(reviews, *given)
        for event in made:
            _say(f"verdict {event.id}")
        return made

    Reviews.append = telling  # type: ignore[method-assign]


def _fault(call: str, nth: int, what: str) -> None:
    """The nth call of a function of `os` finds the disk full or broken, or is the monitor's last."""
    real, calls = getattr(os, call), 0

    def faulty(*given: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls != nth:
            return real(*given, **named)
        if what == "KILL":
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(getattr(errno, what), os.strerror(getattr(errno, what)))

    setattr(os, call, faulty)


def _decide(place: str, tell: Callable[[str], None]) -> None:
    """A verdict on the newest change, told as soon as it is acknowledged; then its way to the branch `reviews`."""
    from datetime import UTC, datetime

    from monitor.app.monitor import open_monitor
    from monitor.app.review import decide, sync_branch
    from monitor.config import load
    from monitor.core.review.events import Verdict
    from monitor.model import ChangeFilter

    settings = load(Path(place), None, {"report.formats": ""}, {})
    with open_monitor(settings) as monitor:
        change = next(iter(monitor.ledger.changes(ChangeFilter(limit=1))), None)
        if change is None:
            return
        done = decide(monitor, [change.id], Verdict.ACCEPTED, reviewer="ada", at=datetime.now(UTC))
        for event in done.events:
            tell(event.id)
    sync_branch(settings, wait=5)


if __name__ == "__main__":
    main()
