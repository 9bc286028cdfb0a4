"""The memory of a first run: it may not grow with the number of documents."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

from bounds import BOUNDS
from figures import Figure
from madehistory import document
from measuring import spread
from place import Bench, monitor
from slices import write

SENTENCES, LENGTH = 60, 10  # words: 4 KB


def first_run(bench: Bench) -> Iterator[Figure]:
    """One round each: memory is nearly the same each time."""
    for name in BOUNDS["first-run"]:
        with bench.room() as place:
            _fill(place / "seeds", bench.size(int(name.replace(",", "")), 100))
            used = monitor(place, "run", memory=True)
        yield Figure(name, spread([used.peak]), f"1 round, {used.cpu:.0f} s of processor time")


def _fill(folder: Path, count: int) -> None:
    """So many documents, of which no two have a statement in common."""
    chance = random.Random(count)
    write(folder, ["\n\n".join(document(chance, SENTENCES, [LENGTH])) + "\n" for _ in range(count)])
    os.sync()
