"""`make torture`, the parts `documents=NUMBER` and `bombs`: damaged documents and bombs, by themselves and in runs."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import reliability_tables

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.readers.bombs import BOMBS  # noqa: E402
from tests.readers.damage import Told, bombs, damage, runs  # noqa: E402
from tests.readers.mutations import Source, mutants, written  # noqa: E402

CORPORA = Path(os.environ.get("MONITOR_CORPORA", ROOT / "../shared/corpora"))
IN_RUNS = 50  # one in so many is also among the documents of a run, this many to a run


def sources() -> list[Source]:
    """What is damaged: a document of every format, and the real ones where the corpora are at hand."""
    real = sorted(path for path in (CORPORA / "fixtures").rglob("*") if path.is_file() and path.suffix != ".json")
    return written() + [(path.suffix[1:], path.read_bytes()) for path in real]


def documents(amount: str) -> None:
    """Write the tables of so many damaged documents."""
    number = int(amount)
    found = damage(sources(), 1, number)
    for one in found.told:
        print("documents", one, flush=True)
    head = ["damaged documents", "read", "refused with a reason", "reader crashed", "stopped by a bound"]
    head += ["slowest, s on the clock", "most memory, MB"]
    reliability_tables.write(
        "documents", head, [[*found[:5], f"{found.slowest:.1f}", found.memory]], f"documents={amount}"
    )
    told: list[Told] = []
    for seed in range(2, 2 + max(1, number // IN_RUNS // IN_RUNS)):
        told.append(_run(list(mutants(sources(), seed, IN_RUNS))))
        print("documents", *told[-1], flush=True)
    head = ["runs", "damaged documents", "undamaged ones beside them", "reported as failures"]
    head += ["undamaged ones not recorded", "findings of verify"]
    reliability_tables.write(
        "damaged runs", head, [[sum(column) for column in zip(*told, strict=True)]], f"documents={amount}"
    )


def all_bombs(_amount: str) -> None:
    """Write the table of the bombs, the last row a run over all of them and a whole document of every format."""
    rows: list[Sequence[object]] = []
    for name, suffix, size, spent, came in bombs():
        rows.append([name, suffix, f"{size / 1e6:.1f} MB", f"{spent:.1f}", came.partition(" (")[0]])
        print("bomb", *rows[-1], flush=True)
    told = _run([make() for make in BOMBS.values()])
    came = (
        f"{told.failed} failures; {told.missing} of {told.whole} undamaged documents missing; {told.findings} findings"
    )
    rows.append(["a run over all", "", "", "", came])
    reliability_tables.write("bombs", ["bomb", "as", "size", "processor, s", "result"], rows, "bombs")


def _run(damaged: Sequence[Source]) -> Told:
    root = Path(tempfile.mkdtemp(prefix="torture-"))
    try:
        return runs(root, damaged)
    finally:
        shutil.rmtree(root)
