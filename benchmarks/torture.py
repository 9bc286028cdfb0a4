"""The long form of tests/reliability: `make torture`. Writes the figures of docs/reliability.md.

Arguments say which, and how much: `python benchmarks/torture.py kills=1000 crowd=8x200`; without any, all of `LONG`.
Rows of the table that a call does not make stay as they are.
"""

from __future__ import annotations

import collections
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "reliability"))

import torture_hostile  # noqa: E402
from torturing import (  # noqa: E402
    Outcome,
    Store,
    crowd,
    dying_git,
    fault,
    kill,
    length_of_a_run,
    loosen,
    rot,
    what_can_be_read,
)

DOCUMENT = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- figures begin -->\n", "<!-- figures end -->\n"
Row = tuple[str, str, str]  # what was done, how often, what came of it


def new_store() -> Store:
    store = Store(Path(tempfile.mkdtemp(prefix="torture-")))
    for _ in range(2):
        store.edit()
        store.run()
    return store


def told(found: list[Outcome]) -> str:
    return (
        f"{sum(one.struck for one in found)} struck, {sum(one.acknowledged for one in found)} had acknowledged; "
        f"{sum(one.lost for one in found)} lost, {sum(one.findings for one in found)} differences, "
        f"{sum(one.steps for one in found)} manual steps"
    )


def kills(number: int) -> Iterator[Row]:
    for family, name in (
        (True, "kill -9, the monitor and all its git processes"),
        (False, "kill -9, the parent alone"),
    ):
        store, chance = new_store(), random.Random(number)
        length = length_of_a_run(store)
        yield name, f"{number}", told([kill(store, chance, length, family=family) for _ in range(number)])


def faults(most: int) -> Iterator[Row]:
    """Up to the `most`-th call, or the first that a run does not make."""
    for call in ("fsync", "replace"):
        for what in ("ENOSPC", "EIO", "KILL"):
            found = until_unstruck(most, lambda store, nth, call=call, what=what: fault(store, call, nth, what))
            yield f"`os.{call}`, {what}, of a run and of a first run", f"{len(found)}", told(found)
    for when in ("before", "after", "parent"):
        found = until_unstruck(most, lambda store, nth, when=when: dying_git(store, nth, when))
        name = {"before": "dies before", "after": "dies after", "parent": "takes the monitor with it before"}[when]
        yield f"the nth git command {name} its work", f"{len(found)}", told(found)


def until_unstruck(most: int, strike: Callable[[Store, int], Outcome]) -> list[Outcome]:
    found: list[Outcome] = []
    for make in (new_store, lambda: Store(Path(tempfile.mkdtemp(prefix="torture-")))):
        store, calm = make(), 0
        for nth in range(1, most + 1):
            found.append(strike(store, nth))
            store = make() if make is not new_store else store  # the first run of all, each time
            calm = 0 if found[-1].struck else calm + 1
            if calm == 3:
                break
    return found


def rots(every: int) -> Iterator[Row]:
    store = new_store()
    sound = what_can_be_read(store.settings)
    for suffix in ("pack", "idx"):
        packs = store.settings.store.snapshots.glob(f"history.git/objects/pack/*.{suffix}")
        yield rotten(store, max(packs, key=lambda path: path.stat().st_size), f"a .{suffix} file", every, sound)
    for kind, files in sorted(loosen(store.settings).items()):
        yield rotten(store, files[-1], f"a loose {kind}", every, sound)


def ledger_rots(every: int) -> Iterator[Row]:
    store = new_store()
    sound = what_can_be_read(store.settings)
    yield rotten(store, store.settings.store.snapshots / "ledger.db", "the ledger", every, sound)


def rotten(store: Store, file: Path, name: str, every: int, sound: object) -> Row:
    bits = range(every // 2, file.stat().st_size * 8, every)
    counts = collections.Counter(rot(store.settings, file, bit, sound) for bit in bits)
    said = f"{counts['reported']} reported, {counts['harmless']} change nothing, {counts['silent']} silent"
    return f"a flipped bit in {name}", f"{len(bits)}", said


def crowds(size: str) -> Iterator[Row]:
    processes, runs = map(int, size.split("x"))
    store = new_store()
    failed, lost, findings = crowd(store, processes, runs)
    twice = len(store.acknowledged) - len(set(store.acknowledged))
    said = f"{failed} failed, {lost} lost, {twice} duplicated, {findings} differences"
    yield "several processes on one store, --wait", f"{size} runs", said


PARTS: dict[str, Callable[[str], Iterator[Row]]] = {
    "kills": lambda amount: kills(int(amount)),
    "crowd": crowds,
    "faults": lambda amount: faults(int(amount)),
    "rot": lambda amount: rots(int(amount)),
    "ledger": lambda amount: ledger_rots(int(amount)),
}


LONG = ["kills=1000", "crowd=8x200", "faults=40", "rot=64", "ledger=64"]


def write(row: Row, command: str) -> None:
    """Put a row into the table, in the place of the one that it replaces."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    table, _, after = rest.partition(END)
    rows = {line.split(" | ")[0]: line for line in table.splitlines()[2:]}
    rows[f"| {row[0]}"] = f"| {' | '.join(row)} | {datetime.now(UTC):%Y-%m-%d} | `{command}` |"
    head = "| what | n | came to | on | `python benchmarks/torture.py …` |\n|---|---|---|---|---|\n"
    DOCUMENT.write_text(before + BEGIN + head + "".join(f"{line}\n" for line in rows.values()) + END + after)


def main() -> None:
    for wanted in sys.argv[1:] or LONG + torture_hostile.LONG:
        part, _, amount = wanted.partition("=")
        if part in torture_hostile.PARTS:
            torture_hostile.PARTS[part](amount)
            continue
        begun = time.monotonic()
        for row in PARTS[part](amount):
            write(row, wanted)
            print(*row, f"{time.monotonic() - begun:.0f} s", sep="; ", flush=True)


if __name__ == "__main__":
    main()
