"""`make torture`, the part `trees=NUMBER`: hostile trees under a poisoned environment, twenty to a store."""

from __future__ import annotations

import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import reliability_tables

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.reliability.hostile_place import Told, play

EACH = 20  # trees that one store sees
AT_ONCE = 3  # stores: each waits for the disk most of its time


def trees(amount: str) -> None:
    """Write the table of so many trees; one that is not given back exactly is named on standard output."""
    found: list[Told] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for told in pool.map(_store, range(1, max(1, int(amount) // EACH) + 1)):
            found.append(told)
            _write(found, amount)


def _store(seed: int) -> Told:
    root = Path(tempfile.mkdtemp(prefix="torture-"))
    told = play(root, seed, EACH)
    print("trees", seed, *told, flush=True)
    if any(told[2:]):
        print(f"kept: {root}", flush=True)
    else:
        shutil.rmtree(root)
    return told


def _write(found: list[Told], amount: str) -> None:
    """As far as it has come: a run that is ended has told what it did."""
    head = [
        "trees",
        "documents read back",
        "different from what was seen",
        "things run or written outside",
        "findings of verify and git",
    ]
    reliability_tables.write("trees", head, [[sum(column) for column in zip(*found, strict=True)]], f"trees={amount}")
