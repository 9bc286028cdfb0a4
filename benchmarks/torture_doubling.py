"""`make torture`, the part `doubling=STATEMENTS`: twice the input, at most 2.5 times the processor's time.

Each kind of `tests/readers/worst_kinds.py` is read (extraction, segmentation) and compared (alignment, classification)
in half of the size and in the whole, in turn, in a process of its own; the least time of up to three counts.
`doubling=20000:PART` does those whose name holds PART, and writes nothing.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import reliability_tables

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from monitor.app.sandbox import read_in_this_process
from monitor.core.tracking.compare import compare
from tests.readers.worst_kinds import KINDS, Pair

MOST = 2.5  # times the time for twice the input
TIMES = 3
LONG = 2  # seconds: what takes longer is measured once, unless it then seems too slow
LONGEST = 300  # seconds for one measurement
Times: TypeAlias = "tuple[float, float, int]"  # to read, to compare, and how many statements it was
TOO_SHORT = 0.05  # seconds: below, a ratio says more of the clock than of the code


def doubling(amount: str) -> None:
    """Write the table of all kinds."""
    size, _, part = amount.partition(":")
    head = ["kind", "statements", "kB", "read, s", "twice the input", "compared, s", "twice the input", ""]
    rows: dict[str, Sequence[object]] = dict(reliability_tables.rows("doubling"))
    for name, kind in KINDS.items():
        if part not in name:
            continue
        rows[name] = _row(name, kind, int(size))
        print("doubling", *rows[name], flush=True)
        if not part:  # as far as it has come: a run that is ended has told what it did
            told = [rows[one] for one in KINDS if one in rows]
            reliability_tables.write("doubling", head, told, f"doubling={amount}")


def _row(name: str, kind: Callable[[int], Pair], size: int) -> Sequence[object]:
    small, large = kind(size // 2), kind(size)
    _measured(large[0], "Text.", "Text again.")  # what must be loaded is loaded before the forks
    timed = [(_timed(small), _timed(large))]
    while len(timed) < TIMES and (_too_slow(timed) or sum(timed[0][1][:2]) < LONG):
        timed.append((_timed(small), _timed(large)))
    told: list[object] = [name, timed[0][1][2], len(large[1].encode()) // 1_000]
    for ratio, whole in _ratios(timed):
        told += [f"{whole:.2f}", f"{ratio:.1f}" if whole >= TOO_SHORT else "–"]
    return [*told, "too slow" if _too_slow(timed) else ""]


def _ratios(timed: Sequence[tuple[Times, Times]]) -> list[tuple[float, float]]:
    """Of reading and of comparing: the time for the whole by that for the half, and the former in seconds."""
    least = [[min(pair[side][step] for pair in timed) for side in (0, 1)] for step in (0, 1)]
    return [(whole / max(half, 1e-6), whole) for half, whole in least]


def _too_slow(timed: Sequence[tuple[Times, Times]]) -> bool:
    return any(ratio > MOST and whole >= TOO_SHORT for ratio, whole in _ratios(timed))


def _timed(pair: Pair) -> Times:
    """Seconds to read one side, to compare both, and how many statements the second has; nothing is known before."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
        os.write(writing, json.dumps(_measured(*pair)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return tuple(json.loads(told)) if told else (float(LONGEST), float(LONGEST), 0)


def _measured(suffix: str, before: str, after: str) -> tuple[float, float, int]:
    begun = time.process_time()
    old = read_in_this_process(f"a.{suffix}", before.encode()).statements or ()
    read = time.process_time() - begun
    new = (
        read_in_this_process(f"a.{suffix}", after.encode()).statements or ()
    )  # helped by what is kept of the first: not timed
    begun = time.process_time()
    compare(old, new)
    return read, time.process_time() - begun, len(new)
