"""A run that finds nothing new: of ten documents against the start of Python, of many against a bare walk."""

from __future__ import annotations

from collections.abc import Iterator

from curves import Chart
from figures import Figure
from measuring import Measured, cpus, process, ratio, spread
from place import ENVIRONMENT, NOTHING, PYTHON, Bench, monitor

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


def starting(bench: Bench) -> Iterator[Figure]:
    place = bench.watched(10)
    measured = bench.compare(
        {
            "python": lambda: process(NOTHING, env=ENVIRONMENT),
            "help": lambda: monitor(place, "--help"),
            "run": lambda: monitor(place, "run"),
        },
        rounds=3 * bench.rounds,
    )
    python, helped = cpus(measured["python"]), cpus(measured["help"])
    yield Figure("run", ratio(cpus(measured["run"]), python))
    yield Figure("help", spread([one - other for one, other in zip(helped, python, strict=True)]))


def idle(bench: Bench) -> Iterator[Figure | tuple[str, Chart]]:
    most = bench.size(100_000, 1_000)
    sizes = [10**power for power in range(1, 6) if 10**power <= most]
    measured = {size: _idle(bench, size) for size in sizes}
    for name, size in (("most", most), ("fewer", most // 10)):
        yield Figure(name, ratio(cpus(measured[size]["run"]), cpus(measured[size]["walk"])))
    lines = {
        name: [(size, min(cpus(found[work]))) for size, found in measured.items()]
        for name, work in (("a run", "run"), ("a bare walk", "walk"))
    }
    yield "idle-run.svg", Chart("A run that finds nothing new", "files", "seconds of processor time", lines)


def _idle(bench: Bench, size: int) -> Measured:
    place = bench.watched(size)
    return bench.compare(
        {
            "run": lambda: monitor(place, "run"),
            "walk": lambda: process([*PYTHON, "-c", WALK, str(place / "seeds")], env=ENVIRONMENT),
        }
    )
