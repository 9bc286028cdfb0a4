"""A watched folder with a store and a ledger, a day after the other."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.app.fold import CatchUpResult, catch_up, fold_next
from monitor.app.monitor import Monitor
from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from monitor.ledger.database import open_database
from monitor.ledger.writer import LedgerWriter
from monitor.model import Change

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
NOTES = "# Notes\n\nThe port is shut."
DAYS: Sequence[Mapping[str, str]] = (
    {
        "a.txt": "The harbour is open. It may take 30 boats. Nobody has asked yet.",
        "b.md": "# Notes\n\nThe port is shut.",
    },
    {
        "a.txt": "The harbour is open. It will take 45 boats. Nobody has asked yet.",
        "b.md": "# Notes\n\nThe port is shut.",
    },
    {"a.txt": "It will take 45 boats. The harbour is open.", "c.md": "# Notes\n\nThe port is shut."},
    {"a.txt": "It will take 45 boats. Nobody has asked yet. The port is shut.", "bad.docx": "no archive"},
    {"a.txt": "It will take 45 boats.", "b.md": NOTES, "bad.docx": "no archive", "größe.txt": "Größe zählt."},
)


class Place:
    """`seeds` and `snapshots` in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.days = folder, 0
        self.settings: Settings = load(folder, None, {}, {})

    def see(self, documents: Mapping[str, str], *, day: int | None = None) -> Sequence[Change]:
        """Run with exactly these documents in the folder, a day later or on this day; what it found."""
        self.days += 1
        self.hold(documents)
        when = START + timedelta(days=self.days if day is None else day)
        return run(self.settings, RunOptions(settle=0, taken_at=when, accept_deletions=True))[1]

    def hold(self, documents: Mapping[str, str]) -> None:
        shutil.rmtree(self.folder / "seeds", ignore_errors=True)
        (self.folder / "seeds").mkdir()
        for name, text in documents.items():
            (self.folder / "seeds" / name).write_text(text, encoding="utf-8")

    def fold_next(self) -> CatchUpResult | None:
        """What `fold_next` makes of the place as it is."""
        with Monitor(self.settings) as monitor:
            return fold_next(monitor.snapshots, monitor.writer)

    def rows(self) -> list[object]:
        """The whole ledger."""
        return list(LedgerWriter(open_database(self.settings.ledger_url)).rows())

    def folded_from_nothing(self) -> list[object]:
        """What the ledger would be."""
        with Monitor(self.settings) as monitor:
            ledger = LedgerWriter(open_database("sqlite://"))
            catch_up(monitor.snapshots, ledger)
            return list(ledger.rows())

    def without_its_newest_fold(self) -> None:
        """The place as a crash leaves it between the snapshot and the ledger."""
        ledger = self.settings.store.snapshots / "ledger.db"
        shutil.copy(self.folder / "before.db", ledger)

    def keep_ledger(self) -> None:
        shutil.copy(self.settings.store.snapshots / "ledger.db", self.folder / "before.db")
