"""How long it takes to begin: help, a question to a small ledger, a run of ten documents that finds nothing new."""

from __future__ import annotations

from collections.abc import Iterator

from figures import Figure
from measuring import Spread, ratio, spread, walls
from place import ENVIRONMENT, NOTHING, Bench, monitor, process


def starting(bench: Bench) -> Iterator[Figure]:
    place = bench.watched(10)
    measured = bench.compare(
        {
            "python": lambda: process(NOTHING, env=ENVIRONMENT),
            "help": lambda: monitor(place, "--help"),
            "log": lambda: monitor(place, "log"),
            "run": lambda: monitor(place, "run"),
        }
    )
    python = walls(measured["python"])
    yield Figure("run with nothing changed, 10 documents", "`python -c pass`", ratio(walls(measured["run"]), python), 8)
    yield Figure("`--help`", "`python -c pass`", _more(walls(measured["help"]), python), 0.15, "s more")
    yield Figure("a query command (`log`)", "`python -c pass`", _more(walls(measured["log"]), python), 0.45, "s more")


def _more(ours: list[float], others: list[float]) -> Spread:
    return spread([one - other for one, other in zip(ours, others, strict=True)])
