"""Timing whole processes and calls in turn, A B A B …: so a ratio means something where a machine's speed drifts."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


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


def process(command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Usage:
    """Run a command to its end; what it prints is dropped. Failed, with the last line of its errors, unless it is 0."""
    with tempfile.TemporaryFile() as told:
        began = time.perf_counter()
        running = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=told
        )
        _, status, used = os.wait4(running.pid, 0)
        wall = time.perf_counter() - began
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode:
            told.seek(0)
            lines = told.read().decode("utf-8", "replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), "")
            raise Failed(f"{' '.join(command[:4])}: exit status {running.returncode}: {last[:300]}")
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


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


def per_unit(used: Sequence[Usage], units: int) -> float:
    """Processor time for each of the units: the least of the rounds, since only disturbance adds to it."""
    return min(one.cpu for one in used) / units
