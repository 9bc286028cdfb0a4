"""The long form of tests/reliability: `make torture`. Writes docs/generated/reliability.md.

Arguments say which, and how much: `python benchmarks/torture.py kills=1000 crowd=8x200`; without any, all of `LONG`.
`commands=NAME:NUMBER` kills one command of `tests/reliability/command_kills.py` so often.
Rows of the table that a call does not make stay as they are.
"""

from __future__ import annotations

import collections
import contextlib
import logging
import random
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import torture_hostile  # noqa: E402

from tests.reliability.clocks import TRIALS, kept, terminated  # noqa: E402
from tests.reliability.command_kills import COMMANDS, KillOutcome, KillTrials  # noqa: E402
from tests.reliability.disks import Disk  # noqa: E402
from tests.reliability.fulldisks import Level, filled, limited, read_only, room_of_a_run  # noqa: E402
from tests.reliability.nursery import Nursery  # noqa: E402
from tests.reliability.powercuts import Cut, cut, length_of_a_turn, store_on  # noqa: E402
from tests.reliability.rotting import loosen, rot, rot_of_database, rows_of, what_can_be_read  # noqa: E402
from tests.reliability.torturing import (  # noqa: E402
    SYSCALLS,
    Outcome,
    Store,
    broken_call,
    crowd,
    dying_git,
    fault,
    kill,
    length_of_a_run,
)
from tests.reliability.withdrawals import ANYWHERE, ON_DISKS, UNREAD, withdrawn  # noqa: E402

DOCUMENT = ROOT / "docs" / "generated" / "reliability.md"
BEGIN, END = "<!-- figures begin -->\n", "<!-- figures end -->\n"
HEAD = "| what | n | lost | differing | manual steps | result | on | `python benchmarks/torture.py …` |\n"
TURNS = 16  # over a file of which bits are flipped
KILLS_OF_A_STORE = 50  # of one command; each has a fresh copy of the store
AGAIN = 25  # trials with one store: a history that grows long makes each of them slow


class Row(tuple[str, str, str, str, str, str]):
    """What was done, how often; what was lost, what differed, what had to be done by hand; what else is to be told."""

    __slots__ = ()

    @classmethod
    def of(cls, name: str, found: list[Outcome], more: str = "") -> Row:
        counted = [sum(one.lost for one in found), sum(one.findings for one in found), sum(one.steps for one in found)]
        struck, acknowledged = sum(one.struck for one in found), sum(one.acknowledged for one in found)
        told = f"{struck} struck, {acknowledged} acknowledged{more}"
        return cls((name, str(len(found)), *map(str, counted), told))


@contextlib.contextmanager
def new_store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory(prefix="torture-") as place:
        store = Store(Path(place))
        for _ in range(2):
            store.edit()
            store.run()
        yield store


def kills(number: int) -> Iterator[Row]:
    """A row is told anew after each store, so that one who ends this early has what was done."""
    chance = random.Random(number)
    found: dict[bool, list[Outcome]] = {True: [], False: []}
    names = {True: "kill -9, the monitor and all its git processes", False: "kill -9, the parent alone"}
    with Nursery() as nursery:
        while len(found[False]) < number:
            for family, those in found.items():
                with new_store() as store:
                    length = length_of_a_run(store, nursery)
                    more = min(AGAIN, number - len(those))
                    those += [kill(store, nursery, chance, length, family=family) for _ in range(more)]
                yield Row.of(names[family], those)


def command_kills(amount: str) -> Iterator[Row]:
    """One command, or each, with a row after each store; it is in memory where the system has a place for that."""
    name, _, number = amount.rpartition(":")
    for one in [name] if name else COMMANDS:
        found: list[KillOutcome] = []
        while len(found) < int(number):
            memory = Path("/dev/shm")
            with Nursery() as nursery, tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
                trials = KillTrials(Path(place) / "trials", one, nursery, random.Random(f"{one} {len(found)}"))
                more = min(KILLS_OF_A_STORE, int(number) - len(found))
                found += [trials.trial(family=at % 2 == 0) for at in range(more)]
            yield killed(one, found)


def killed(command: str, found: list[KillOutcome]) -> Row:
    counted = [sum(one.lost for one in found), sum(one.findings for one in found), sum(one.steps for one in found)]
    told = (
        f"{sum(one.struck for one in found)} struck, {sum(one.acknowledged for one in found)} acknowledged;"
        f" {sum(one.reads for one in found):,} readings of the log, {sum(one.wrong for one in found)} wrong"
    )
    return Row((f"kill -9 of `monitor {command}`", str(len(found)), *map(str, counted), told))


def power_cuts(number: int) -> Iterator[Row]:
    chance = random.Random(number)
    found: list[Cut] = []
    verdicts = 0
    with Nursery() as nursery:
        while len(found) < number:
            with Disk() as disk, tempfile.TemporaryDirectory() as root:
                store = store_on(disk, Path(root))
                length = length_of_a_turn(store, nursery)
                more = min(AGAIN, number - len(found))
                found += [cut(store, disk, nursery, chance, length) for _ in range(more)]
                verdicts += len(store.verdicts)
            told = f", with {verdicts} verdicts; {sum(one.unreadable for one in found)} databases unreadable"
            yield Row.of("power cuts of an ext4 disk", [one.outcome for one in found], told)


def faults(most: int) -> Iterator[Row]:
    """Up to the `most`-th call, or three behind the last that a run makes."""
    with Nursery() as nursery:
        for call in ("fsync", "replace"):
            for what in ("ENOSPC", "EIO", "KILL"):
                found = until_unstruck(most, lambda *of, call=call, what=what: fault(of[0], nursery, call, of[1], what))
                yield Row.of(f"`os.{call}`, {what}, of a run and of a first run", found)
        for when in ("before", "after", "parent"):
            found = until_unstruck(most, lambda *of, when=when: dying_git(of[0], nursery, of[1], when))
            name = {"before": "dies before", "after": "dies after", "parent": "takes the monitor with it before"}[when]
            yield Row.of(f"the nth git command {name} its work", found)


def system_calls(most: int) -> Iterator[Row]:
    """The 1st to the `most`-th system call of a kind in each process: the monitor's own, SQLite's and git's."""
    for calls in SYSCALLS:
        for what in ("ENOSPC", "EIO", "KILL"):
            found: list[Outcome] = []
            for first in range(1, most + 1, AGAIN):
                with new_store() as store:
                    nths = range(first, min(first + AGAIN, most + 1))
                    found += [broken_call(store, calls, nth, what) for nth in nths]
            yield Row.of(f"the nth {calls} inside the monitor, SQLite and git: {what}", found)


def until_unstruck(most: int, strike: Callable[[Store, int], Outcome]) -> list[Outcome]:
    found: list[Outcome] = []
    with new_store() as store, tempfile.TemporaryDirectory(prefix="torture-") as fresh:
        for first in (False, True):
            calm = 0
            for nth in range(1, most + 1):
                found.append(strike(Store(Path(fresh) / str(nth)) if first else store, nth))
                calm = 0 if found[-1].struck else calm + 1
                if calm == 3:
                    break
    return found


def full_disks(number: int) -> Iterator[Row]:
    with Nursery() as nursery:
        with Disk(8) as disk, tempfile.TemporaryDirectory() as root:
            store = store_on(disk, Path(root))
            room = 2 * room_of_a_run(store, disk, nursery)
            found = [filled(store, disk, nursery, room * at // number) for at in range(number)]
            yield levels("levels of a disk that fills", found)
            yield levels("a disk that cannot be written", [read_only(store, disk, nursery)])
        with new_store() as store:
            found = [limited(store, nursery, 200_000 * at // number) for at in range(number)]
            yield levels("levels of the largest file that may be written", found)


def levels(name: str, found: list[Level]) -> Row:
    unclear, damaged = sum(not one.clear for one in found), sum(bool(one.damage) for one in found)
    return Row.of(name, [one.outcome for one in found], f"; {unclear} errors unclear, {damaged} heads damaged")


def rots(every: int) -> Iterator[Row]:
    with new_store() as store:
        sound = what_can_be_read(store.settings)
        for suffix in ("pack", "idx"):
            packs = store.settings.store.snapshots.glob(f"history.git/objects/pack/*.{suffix}")
            yield from rotten(
                store, max(packs, key=lambda path: path.stat().st_size), f"a .{suffix} file", every, sound
            )
        for kind, files in sorted(loosen(store.settings).items()):
            yield from rotten(store, files[-1], f"a loose {kind}", every, sound)


def database_rots(every: int) -> Iterator[Row]:
    with new_store() as store, Nursery() as nursery:
        store.edit()
        store.heed(nursery.start(store.command, decide=True))
        sound = what_can_be_read(store.settings)
        for file, name in (("ledger.db", "the ledger"), ("reviews.db", "the reviews")):
            database = store.settings.store.snapshots / file
            rows = rows_of(database)
            flip = partial(rot_of_database, store.settings, database, sound=sound, rows=rows)
            yield from flipped(flip, database, every, name)


def rotten(store: Store, file: Path, name: str, every: int, sound: object) -> Iterator[Row]:
    return flipped(lambda bit: rot(store.settings, file, bit, sound), file, every, name)


def flipped(flip: Callable[[int], str], file: Path, every: int, name: str) -> Iterator[Row]:
    """One bit in so many, in turns over the whole file: a run that is ended has been everywhere."""
    bits = range(every // 2, file.stat().st_size * 8, every)
    counts: collections.Counter[str] = collections.Counter()
    for turn in range(TURNS):
        counts.update(map(flip, bits[turn::TURNS]))
        told = f"{counts['reported']} reported, {counts['harmless']} change nothing, {counts['silent']} silent"
        yield Row((f"a flipped bit in {name}", str(counts.total()), "", str(counts["silent"]), "", told))


def clocks(number: int) -> Iterator[Row]:
    """Every trial, and so many SIGTERMs."""
    for trial in TRIALS:
        with tempfile.TemporaryDirectory() as place:
            found = kept(trial, Path(place))
        told = f"{found.run} run, {found.missed} reported as missed; {found.twice} twice, {found.neither} neither"
        yield Row((trial.name, f"{found.due} due", str(found.neither), str(found.twice), "0", told))
    with new_store() as store, Nursery() as nursery:
        chance, length = random.Random(number), length_of_a_run(store, nursery)
        ends = [terminated(store, nursery, chance, length) for _ in range(number)]
    finished = sum(status == 0 and told for _, status, told in ends)
    yield Row.of("SIGTERM in the middle of a run of `watch`", [one for one, _, _ in ends], f"; {finished} finished")


def withdrawals(_: int) -> Iterator[Row]:
    found = []
    for scenario in (*ANYWHERE, *ON_DISKS, *UNREAD):
        with tempfile.TemporaryDirectory() as root:
            found.append(withdrawn(scenario, Path(root)))
    held, removed = sum(held for held, _ in found), sum(removed for _, removed in found)
    told = f"{held} held, {len(found) - held} carried forward; {removed} removals that nobody confirmed"
    yield Row(("unmounts and mass deletions", str(len(found)), str(removed), "0", "0", told))


def crowds(size: str) -> Iterator[Row]:
    processes, runs = map(int, size.split("x"))
    with new_store() as store:
        failed, lost, findings = crowd(store, processes, runs)
        twice = len(store.acknowledged) - len(set(store.acknowledged))
        told = f"{len(store.acknowledged)} acknowledged, {twice} of them twice; {failed} processes failed"
        yield Row(("several processes on one store, --wait", f"{size} runs", str(lost), str(findings), "0", told))


PARTS: dict[str, Callable[[str], Iterator[Row]]] = {
    "kills": lambda amount: kills(int(amount)),
    "commands": command_kills,
    "cuts": lambda amount: power_cuts(int(amount)),
    "crowd": crowds,
    "faults": lambda amount: faults(int(amount)),
    "calls": lambda amount: system_calls(int(amount)),
    "clocks": lambda amount: clocks(int(amount)),
    "withdrawals": lambda amount: withdrawals(int(amount)),
    "disks": lambda amount: full_disks(int(amount)),
    "rot": lambda amount: rots(int(amount)),
    "databases": lambda amount: database_rots(int(amount)),
}


LONG = [
    "kills=1000",
    "commands=run:1000",
    "commands=review:1000",
    *(f"commands={name}:300" for name in COMMANDS if name not in ("run", "review")),
    "cuts=100",
    "crowd=8x200",
    "faults=40",
    "calls=40",
    "disks=50",
    "withdrawals=1",
    "clocks=20",
    "rot=64",
    "databases=64",
]


def write(row: Row, command: str) -> None:
    """Put a row into the table, in the place of the one that it replaces."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    table, _, after = rest.partition(END)
    rows = {line.split(" | ")[0]: line for line in table.splitlines()[2:]}
    rows[f"| {row[0]}"] = f"| {' | '.join(row)} | {datetime.now(UTC):%Y-%m-%d} | `{command}` |"
    head = HEAD + "|---|---|---|---|---|---|---|---|\n"
    DOCUMENT.write_text(before + BEGIN + head + "".join(f"{line}\n" for line in rows.values()) + END + after)


def main() -> None:
    logging.disable()  # what `watch` says of times that were missed is counted here
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # disks are unmounted on the way out
    for wanted in sys.argv[1:] or LONG + torture_hostile.LONG:
        part, _, amount = wanted.partition("=")
        if part in torture_hostile.PARTS:
            torture_hostile.PARTS[part](amount)
            continue
        begun = time.monotonic()
        for row in PARTS[part](amount):
            write(row, shlex.quote(wanted))
            print(*row, f"{time.monotonic() - begun:.0f} s", sep="; ", flush=True)


if __name__ == "__main__":
    main()
