"""Power cuts under other settings of SQLite: what docs/decisions/2026-11-24-durability.md was decided by.

`python benchmarks/durability.py 60` makes so many cuts with each of `SETTINGS`; needs what `tests/reliability/disks.py`
needs. Prints a row of the table each: settings, cuts, acknowledged verdicts, how many of them the database did not have
when the power was back (before their branch gave them back), how often a database could not be read, next runs that did
not end well by themselves, syncs of a run and a verdict.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from monitor.ledger import database  # noqa: E402
from tests.reliability.disks import Disk  # noqa: E402
from tests.reliability.nursery import Nursery  # noqa: E402
from tests.reliability.powercuts import cut, length_of_a_turn, store_on  # noqa: E402

SETTINGS = [
    (f"journal_mode={mode}", f"synchronous={level}")
    for mode, level in (
        ("WAL", "FULL"),
        ("WAL", "NORMAL"),
        ("WAL", "OFF"),
        ("DELETE", "EXTRA"),
        ("DELETE", "FULL"),
        ("DELETE", "OFF"),
    )
]


def row(settings: tuple[str, ...], number: int) -> str:
    database.PRAGMAS = settings
    chance = random.Random(number)
    found, verdicts = [], 0
    for _ in range(0, number, 20):  # a history that grows long makes each trial slow
        with Nursery() as nursery, Disk() as disk, tempfile.TemporaryDirectory() as root:
            store = store_on(disk, Path(root))
            length = length_of_a_turn(store, nursery)
            found += [
                cut(store, disk, nursery, chance, length, pragmas=settings) for _ in range(min(20, number - len(found)))
            ]
            verdicts += len(store.verdicts)
    return (
        f"| {settings[0].partition('=')[2]}, {settings[1].partition('=')[2]} | {len(found)} | {verdicts} "
        f"| {len(frozenset().union(*(one.verdicts for one in found)))} | {sum(one.unreadable for one in found)} "
        f"| {sum(one.outcome.steps for one in found)} | {syncs(settings)} |"
    )


def syncs(settings: tuple[str, ...]) -> int:
    """How many syncs a run and a verdict of the monitor itself (git's aside) cost, as strace counts them."""
    with Nursery() as nursery, tempfile.TemporaryDirectory() as root:
        from tests.reliability.torturing import Store

        store = Store(Path(root))
        store.edit()
        store.run()
        store.edit()
        trace = Path(root) / "trace"
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(trace), "-p", str(nursery.pid)],
        )
        while "TracerPid:\t0\n" in Path(f"/proc/{nursery.pid}/status").read_text():
            pass
        child = nursery.start(store.command, decide=True, pragmas=settings)
        store.heed(child)
        tracer.terminate()
        tracer.wait()
        return sum(line.startswith(f"{child.pid} ") and "sync(" in line for line in trace.read_text().splitlines())


def main() -> None:
    for settings in SETTINGS:
        print(row(settings, int(sys.argv[1])), flush=True)


if __name__ == "__main__":
    main()
