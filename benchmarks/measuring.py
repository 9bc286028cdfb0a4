"""Measuring whole processes and calls in turn, A B A B …: so a ratio means something where a machine's speed drifts."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

SAMPLED = 0.02  # seconds between two looks at the memory of a process and its children
YOUNG = 5.0  # seconds in which a forked child becomes another program


class Failed(Exception):
    """What was to be measured did not end well; one line."""


class Usage(NamedTuple):
    """Of a process and all that it waited for, or of a call: seconds by the clock and of the processor; MiB at most."""

    wall: float
    cpu: float
    peak: float = 0.0


class Spread(NamedTuple):
    """The median of several rounds, and how far they lie apart."""

    median: float
    least: float
    most: float


def process(
    command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, memory: bool = False
) -> Usage:
    """Run a command to its end; what it prints is dropped. Failed, with the last line of its errors, unless it is 0.

    The peak is that of the largest process alone; with `memory` it is that of all of them at one time.
    """
    with tempfile.TemporaryFile() as told:
        began = time.perf_counter()
        running = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=told
        )
        with _memory_of_all(running.pid, watch=memory) as peaks:
            _, status, used = os.wait4(running.pid, 0)
        wall = time.perf_counter() - began
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode:
            told.seek(0)
            lines = told.read().decode("utf-8", "replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), "")
            raise Failed(f"{' '.join(command[:4])}: exit status {running.returncode}: {last[:300]}")
    return Usage(wall, used.ru_utime + used.ru_stime, max(used.ru_maxrss / 1024, *peaks))


@contextmanager
def _memory_of_all(pid: int, *, watch: bool) -> Iterator[list[float]]:
    """A list whose one value becomes the most MiB that a process and its descendants had resident meanwhile."""
    peaks, ended = [0.0], threading.Event()

    def look() -> None:
        while not ended.wait(SAMPLED):
            peaks[0] = max(peaks[0], tree_memory(pid))

    watching = threading.Thread(target=look)
    if watch:
        watching.start()
    try:
        yield peaks
    finally:
        ended.set()
        if watch:
            watching.join()


def tree_memory(pid: int) -> float:
    """MiB that a process and its descendants have resident now; what they share counts for each. 0 without /proc.

    A child that was forked just now, and has yet to become another program, has its parent's memory and does not count.
    """
    if not Path("/proc/self/stat").exists():
        return 0.0
    pages, waiting = 0, [(str(pid), "")]
    now = time.clock_gettime(time.CLOCK_BOOTTIME) * os.sysconf("SC_CLK_TCK")
    while waiting:
        with suppress(OSError, IndexError):  # it has ended meanwhile
            name, parent_stack = waiting.pop()
            about = Path("/proc", name)
            facts = (about / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            started, stack = int(facts[19]), facts[25]  # 22 and 28 in proc(5)
            if stack != parent_stack or now - started > YOUNG * os.sysconf("SC_CLK_TCK"):
                pages += int((about / "statm").read_text("ascii").split()[1])
            for task in (about / "task").iterdir():
                waiting += ((child, stack) for child in (task / "children").read_text("ascii").split())
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def call(work: Callable[[], object]) -> Usage:
    """The same of a call in this process; its memory cannot be told from ours."""
    began, worked = time.perf_counter(), time.process_time()
    work()
    return Usage(time.perf_counter() - began, time.process_time() - worked)


Measured = dict[str, list[Usage]]


def in_turn(rounds: int, works: Mapping[str, Callable[[], Usage]], warm_up: bool = True) -> Measured:
    """Each of the works once a round, one after the other; before the first round once without being counted."""
    if warm_up:
        for work in works.values():
            work()
    measured: Measured = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            measured[name].append(work())
    return measured


def spread(values: Sequence[float]) -> Spread:
    """Of at least one value."""
    return Spread(statistics.median(values), min(values), max(values))


def ratio(ours: Sequence[float], others: Sequence[float]) -> Spread:
    """The ratio of the medians; its spread is that of the pairs, one of each round."""
    pairs = [one / other for one, other in zip(ours, others, strict=True)]
    return Spread(statistics.median(ours) / statistics.median(others), min(pairs), max(pairs))


def walls(used: Sequence[Usage]) -> list[float]:
    return [one.wall for one in used]


def cpus(used: Sequence[Usage]) -> list[float]:
    return [one.cpu for one in used]


def per_unit(used: Sequence[Usage], units: int) -> float:
    """Processor time for each of the units: the least of the rounds, since only disturbance adds to it."""
    return min(cpus(used)) / units


class OtherWork:
    """How many processors were busy with the work of others since this was made."""

    def __init__(self) -> None:
        self._began, self._busy, self._own = time.perf_counter(), _busy(), _own()

    def processors(self) -> float | None:
        """None where the system does not say it."""
        busy, passed = _busy(), time.perf_counter() - self._began
        if busy is None or self._busy is None:
            return None
        return max(0.0, (busy - self._busy) - (_own() - self._own)) / passed


def _busy() -> float | None:
    """Seconds that all processors have worked since the system started."""
    try:
        with open("/proc/stat", encoding="ascii") as about:
            ticks = [int(value) for value in about.readline().split()[1:9]]
    except OSError:
        return None
    idle = sum(ticks[3:5])  # waiting for the disk is idle too
    return (sum(ticks) - idle) / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    """Seconds that this process and those that it waited for have worked."""
    return sum(os.times()[:4])
