"""A year of an unattended monitor in fast motion: edits, failed captures, held days, a restore, an erasure."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import pytest

from monitor.app import notify, status, stoppage
from monitor.app import run as run_module
from monitor.app.forget import forget
from monitor.app.run import RunOptions, run
from monitor.errors import RunHeld
from monitor.model import Run
from tests.support.workspace import Workspace

START = datetime(2025, 1, 1, tzinfo=UTC)  # long over, as no snapshot may be ahead of the clock
DAYS = 365
RUNS = 4  # a day
DOCUMENTS = 20
LARGEST_STORE = 2 * 10**6  # bytes; docs/operations.md has the same figures
LARGEST_JOURNAL = 500_000


class Clock(datetime):
    """The time of the program, which a test sets."""

    moment = START

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        found = cls.moment.astimezone(tz)
        return cls(*found.timetuple()[:6], found.microsecond, tz)


class Year:
    """The folder, and a clock that goes on by a day."""

    def __init__(self, place: Workspace) -> None:
        self.place, self.chance = place, random.Random(2026)
        self.outcomes: Counter[str] = Counter()
        self.with_changes = 0
        self.texts = {
            f"{number:02}.md": [f"Clause {at} of paper {number} applies for {at} days.\n" for at in range(1, 16)]
            for number in range(DOCUMENTS)
        }

    def write(self) -> None:
        for name, lines in self.texts.items():
            self.place.write(name, "\n".join(lines))

    def edit(self, day: int) -> None:
        """One document in three days has another number in one clause."""
        if self.place.seeds.exists() and self.chance.random() < 0.3:
            name = self.chance.choice(sorted(self.texts))
            at = self.chance.randrange(15)
            self.texts[name][at] = f"Clause {at + 1} of paper {name[:2]} applies for {day + 20} days.\n"
            self.place.write(name, "\n".join(self.texts[name]))

    def happen(self, day: int) -> None:
        """What goes wrong, and what an operator does."""
        place, away = self.place, self.place.root / "away"
        if day == 90:  # a file that no reader understands, for a week
            place.write("broken.docx", b"no document")
        if day == 97:
            (place.seeds / "broken.docx").unlink()
        if day == 150:  # the disk is gone for three days
            place.seeds.rename(away)
        if day == 153:
            away.rename(place.seeds)
        if day == 200:  # the folder is restored from a copy
            shutil.copytree(place.seeds, place.root / "copy")
            shutil.rmtree(place.seeds)
            (place.root / "copy").rename(place.seeds)
        if day == 250:  # the ledger is lost
            (place.snapshots / "ledger.db").unlink()

    def run_all_day(self, day: int) -> None:
        for number in range(RUNS):
            self.run(START + timedelta(days=day, hours=24 / RUNS * number))

    def run(self, at: datetime) -> Run | None:
        Clock.moment = at
        try:
            done, _ = run(self.place.settings, RunOptions(settle=0))
        except RunHeld:
            self.outcomes["held"] += 1
            return None
        self.outcomes[done.outcome] += 1
        self.with_changes += done.changes > 0
        return done


@pytest.mark.slow
def test_a_simulated_year_ends_with_a_sound_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    year = Year(Workspace(tmp_path))
    place = year.place
    place.configure('[report]\nformats = ["html"]\n[notify.desk]\nurl = "json://desk.example"\n')
    sent: list[str] = []
    for module in (run_module, stoppage):
        monkeypatch.setattr(module, "datetime", Clock)
    for module in (notify, stoppage):
        monkeypatch.setattr(module, "apprise_sender", lambda: lambda _url, title, _body: sent.append(title))
    year.write()
    for day in range(DAYS):
        year.happen(day)
        year.edit(day)
        year.run_all_day(day)
        if day == 300:
            forget(place.settings, "07.md", "request of the year's end", "operator")
            del year.texts["07.md"]
            (place.seeds / "07.md").unlink()
    assert place.findings() == []
    assert year.outcomes["held"] == 3 * RUNS
    assert year.outcomes["recorded"] + year.outcomes["unchanged"] == (DAYS - 3) * RUNS
    assert sum(path.stat().st_size for path in place.snapshots.rglob("*") if path.is_file()) < LARGEST_STORE
    assert place.settings.journal.stat().st_size < LARGEST_JOURNAL
    good = status.last_good(place.settings.journal)
    assert good is not None
    assert not good.failures
    removed = [one for one in place.changes() if str(one.kind) == "removed" and one.document != "broken.docx"]
    assert removed == []
    assert place.texts("03.md") == [line.strip() for line in year.texts["03.md"]]
    stops = [title for title in sent if title.startswith("monitor: ")]
    assert stops == ["monitor: runs are held", *["monitor: runs are still held"] * 2, "monitor: runs go well again"]
    assert len(sent) - len(stops) == year.with_changes
