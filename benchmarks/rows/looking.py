"""A run that finds nothing changed, against a bare walk over the same folder."""

from __future__ import annotations

from collections.abc import Iterator

from curves import Chart
from figures import Figure
from measuring import Measured, ratio, walls
from place import ENVIRONMENT, PYTHON, Bench, monitor, process

WALK = """
import os, sys
def walk(folder):
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                walk(entry.path)
            else:
                entry.stat(follow_symlinks=False)
walk(sys.argv[1])
"""


def looking(bench: Bench) -> Iterator[Figure | tuple[str, Chart]]:
    most = bench.size(100_000, 1_000)
    sizes = [10**power for power in range(1, 6) if 10**power <= most]
    measured = {size: _idle(bench, size) for size in sizes}
    for size, limit in ((most, 1.4), (most // 10, 2.5)):
        ours, walk = walls(measured[size]["run"]), walls(measured[size]["walk"])
        work = f"run with nothing changed, {size:,} files"
        yield Figure(work, "a bare Python `os.scandir` + `stat` walk", ratio(ours, walk), limit)
    lines = {
        name: [(size, min(walls(found[work]))) for size, found in measured.items()]
        for name, work in (("a run", "run"), ("a bare walk", "walk"))
    }
    yield "idle-run.svg", Chart("A run that finds nothing changed", "files", "seconds", lines)


def _idle(bench: Bench, size: int) -> Measured:
    place = bench.watched(size)
    return bench.compare(
        {
            "run": lambda: monitor(place, "run"),
            "walk": lambda: process([*PYTHON, "-c", WALK, str(place / "seeds")], env=ENVIRONMENT),
        }
    )
