"""Damages to the parts of a store, one or two at a time: what each command does then, and what puts the store right."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from monitor.app.backup import backup
from monitor.app.monitor import open_monitor
from monitor.app.run import RunOptions, run
from monitor.config import load
from monitor.snapshots.git_objects import LIVE, REVIEWS
from tests.support.driver import Result, invoke
from tests.support.reviewing import comment_on_newest

PARTS = {
    "ledger": "ledger.db",
    "history": "history.git",
    "branch of snapshots": f"history.git/{LIVE}",
    "branch of reviews": f"history.git/{REVIEWS}",
    "reviews": "reviews.db",
    "journal": "runs.jsonl",
    "scan cache": "scan.cache",
}
COMMANDS = ("run", "log", "verify", "rebuild", "recover")
MOST_STEPS = 6  # pieces of advice that are followed


DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "generated" / "damages.md"
HEAD = ["damage", *COMMANDS, "advice that was followed", "what is left then"]


class Row(NamedTuple):
    """What was done to the store, the exit status of each command, what `verify` advises, and what that came to."""

    damage: str
    statuses: tuple[int, ...]
    advice: tuple[str, ...]
    left: str  # of what was recorded, once the advice was followed
    silent: tuple[str, ...]  # what was wrong and not said; must be empty

    def line(self) -> str:
        """The row of the table in the document."""
        cells = (self.damage, *map(str, map(int, self.statuses)), ", then ".join(self.advice) or "none", self.left)
        return f"| {' | '.join(cells)} |"


class DamagedStores:
    """A store as it was recorded, an older copy of it, another store, and a backup."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.place, self.older, self.other, self.backup = (root / name for name in ("place", "older", "other", "copy"))
        _record(self.place, "boats", 3)
        shutil.copytree(self.place / "snapshots", self.older)
        for number in (4, 5):
            _edit(self.place, "boats", number)
        comment_on_newest(load(self.place, None, {}, {}), "the second")
        backup(load(self.place, None, {}, {}), self.backup)
        _record(self.other, "carts", 5)
        self.record = what_is_recorded(self.place)

    def rows(self, damages: Iterator[tuple[str, Callable[[Path], None]]]) -> Iterator[Row]:
        for name, damage in damages:
            yield self.row(name, damage)

    def row(self, name: str, damage: Callable[[Path], None]) -> Row:
        """Each command is tried on a damaged store of its own, then the advice is followed on one."""
        silent, statuses = [], []
        for command in COMMANDS:
            place = self._damaged(damage)
            result = monitor(place, command)
            statuses.append(result.status)
            silent += self._silence(place, command, result)
        place = self._damaged(damage)
        advice, left = self._follow(place)
        shutil.rmtree(place)
        return Row(name, tuple(statuses), advice, left, tuple(silent))

    def single(self) -> Iterator[tuple[str, Callable[[Path], None]]]:
        for part in PARTS:
            for how in HOW:
                yield f"{part}: {how}", lambda place, part=part, how=how: HOW[how](self, place, part)  # type: ignore[misc]

    def pairs(self) -> Iterator[tuple[str, Callable[[Path], None]]]:
        for one, two in combinations(PARTS, 2):
            for first, second in (("removed", "removed"), ("removed", "an older copy"), ("an older copy", "removed")):

                def both(place: Path, all_: tuple[tuple[str, str], ...] = ((one, first), (two, second))) -> None:
                    for part, how in all_:
                        HOW[how](self, place, part)

                yield f"{one}: {first}; {two}: {second}", both

    def _damaged(self, damage: Callable[[Path], None]) -> Path:
        place = self.root / "damaged"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.place, place)
        damage(place / "snapshots")
        return place

    def _silence(self, place: Path, command: str, result: Result) -> Iterator[str]:
        """A command that ends well has shown or left the record as it was, or has said what is missing."""
        if result.status != 0:
            if not (result.message or result.text):
                yield f"{command}: no message"
            return
        if command == "log" and result.text != self.record["log"] and not result.message:
            yield "log: another record, and no word"
        if command in ("run", "rebuild", "recover") and monitor(place, "verify").status == 0:
            found = what_is_recorded(place)
            yield from (f"{command}: {name} differs" for name in found if found[name] != self.record[name])
        if command == "verify":
            found = what_is_recorded(place)
            yield from (f"verify: {name} differs" for name in found if found[name] != self.record[name])

    def _follow(self, place: Path) -> tuple[tuple[str, ...], str]:
        """The commands that `verify` advises, one after the other until it ends with 0, and what is left then."""
        done: list[str] = []
        for _ in range(MOST_STEPS):
            found = monitor(place, "verify")
            if found.status == 0:
                return tuple(done), self._compared(place)
            named = re.search(r"`monitor ([a-z]+)", found.text)
            if named is None:
                return tuple(done), f"no advice: {found.text}"
            done.append(named[1])
            if named[1] == "restore":
                shutil.rmtree(place / "snapshots")
                monitor(place, "restore", str(self.backup))
            else:
                monitor(place, named[1])
        return tuple(done), "the advice did not end"

    def _compared(self, place: Path) -> str:
        found = what_is_recorded(place)
        differing = [name for name in found if found[name] != self.record[name]]
        return "all" if not differing else f"all but {' and '.join(differing)}"


def what_is_recorded(place: Path) -> dict[str, object]:
    """What a person would miss: changes as the log shows them, and what people said."""
    settings = load(place, None, {}, {})
    said = []
    if (settings.store.snapshots / "reviews.db").exists() or (
        settings.store.snapshots / "history.git" / REVIEWS
    ).exists():
        with open_monitor(settings) as opened:
            said = sorted(str(event.comment) for event in opened.reviews.events_after(0))
    return {"log": monitor(place, "log").text, "verdicts": said}


def monitor(place: Path, *words: str) -> Result:
    return invoke(["-C", str(place), *words])


def _record(root: Path, what: str, days: int) -> None:
    (root / "seeds").mkdir(parents=True)
    settings = '[watch]\nsettle = "0 s"\n[report]\nformats = []\n[schedule]\ntimezone = "UTC"\n'
    (root / "monitor.toml").write_text(settings)
    for number in range(1, days + 1):
        _edit(root, what, number)
    comment_on_newest(load(root, None, {}, {}), "the first")


def _edit(root: Path, what: str, number: int) -> None:
    (root / "seeds" / "a.txt").write_text(f"The port is open. It takes {number} {what} a day.\n")
    run(load(root, None, {}, {}), RunOptions(settle=0))


# --- the damages


def _remove(_: DamagedStores, store: Path, part: str) -> None:
    path = store / PARTS[part]
    for file in path.parent.glob(f"{path.name}*") if path.parent.exists() else ():
        shutil.rmtree(file) if file.is_dir() else file.unlink()


def _empty(stores: DamagedStores, store: Path, part: str) -> None:
    path = store / PARTS[part]
    folder = path.is_dir()
    _remove(stores, store, part)
    path.mkdir() if folder else path.touch()


def _truncate(_: DamagedStores, store: Path, part: str) -> None:
    path = store / PARTS[part]
    if path.is_dir():
        path = max((path / "objects" / "pack").glob("*.pack"), key=lambda pack: pack.stat().st_mtime_ns)
        path.chmod(0o600)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _put_back(source: Path, store: Path, part: str) -> None:
    path = store / PARTS[part]
    if not path.parent.exists():
        return
    kept = source / PARTS[part]
    if kept.is_dir():
        shutil.copytree(kept, path)
    elif kept.exists():
        shutil.copy(kept, path)


def _older(stores: DamagedStores, store: Path, part: str) -> None:
    _remove(stores, store, part)
    _put_back(stores.older, store, part)


def _other(stores: DamagedStores, store: Path, part: str) -> None:
    _remove(stores, store, part)
    _put_back(stores.other / "snapshots", store, part)


HOW: dict[str, Callable[[DamagedStores, Path, str], None]] = {
    "removed": _remove,
    "emptied": _empty,
    "truncated": _truncate,
    "an older copy": _older,
    "another store's": _other,
}
