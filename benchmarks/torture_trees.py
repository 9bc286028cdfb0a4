"""`make torture`, the part `trees=NUMBER`: hostile trees under a poisoned environment, twenty to a store."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import reliability_tables

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "reliability"))

from hostile_place import Told, play

EACH = 20  # trees that one store sees


def trees(amount: str) -> None:
    """Write the table of so many trees; one that is not given back exactly is named on standard output."""
    found: list[Told] = []
    for seed in range(1, max(1, int(amount) // EACH) + 1):
        root = Path(tempfile.mkdtemp(prefix="torture-"))
        found.append(play(root, seed, EACH))
        print("trees", seed, *found[-1], flush=True)
        if any(found[-1][2:]):
            print(f"kept: {root}", flush=True)
        else:
            shutil.rmtree(root)
    head = [
        "trees",
        "documents read back",
        "not as seen",
        "things run or written outside",
        "findings of verify and git",
    ]
    reliability_tables.write("trees", head, [[sum(column) for column in zip(*found, strict=True)]], f"trees={amount}")
