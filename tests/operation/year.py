"""An unattended monitor over a long time, in fast motion.

There are edits, bad captures, held days, a restore, an upgrade and an erasure.

`python -m tests.operation.year` plays a whole year with a run every 15 minutes, and writes the table of
docs/operations.md.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import NamedTuple, Self
from unittest import mock

from monitor.app import notify, status, stoppage
from monitor.app import run as run_module
from monitor.app.forget import forget
from monitor.app.run import RunOptions, run
from monitor.core.tracking import ids
from monitor.errors import RunHeld
from tests.support.paths import PROJECT
from tests.support.workspace import Workspace

START = datetime(2025, 1, 1, tzinfo=UTC)  # long over, as no snapshot may be ahead of the clock
DAYS = 365
RUNS = 96  # a day
DOCUMENTS = 20
CLAUSES = 15
LARGEST_STORE = 2 * 10**6  # bytes
LARGEST_JOURNAL = 10**7  # of each of the two files
HELD_DAYS = 3
CONFIGURATION = '[report]\nformats = ["html"]\n[feeds]\nfolder = "feeds"\n[notify.desk]\nurl = "json://desk.example"\n'
ERROR_PAGE = "403 Forbidden\n"
EVENTS = {  # by the share of the time after which it happens
    "unreadable": 0.15,
    "readable": 0.17,
    "bad capture": 0.25,
    "disk gone": 0.4,
    "restore": 0.55,
    "ledger lost": 0.65,
    "upgrade": 0.75,
    "erasure": 0.85,
}


class Clock(datetime):
    """The time of the program, which a test sets."""

    moment = START

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        found = cls.moment.astimezone(tz)
        return cls(*found.timetuple()[:6], found.microsecond, tz)


class Facts(NamedTuple):
    """What was found: runs by outcome, how often a clause was edited, how many runs had news, titles of notices, bytes
    at the end."""

    runs: Counter[str]
    edits: int
    expected: int
    sent: list[str]
    upgrades: int
    findings: list[str]
    removed: list[str]
    texts_are_right: bool
    last_failures: int
    store: int
    journal: int
    processor: float  # seconds

    @property
    def stops(self) -> list[str]:
        """The notices about the monitor itself."""
        return [title for title in self.sent if title.startswith("monitor: ")]


class Year:
    """The folder, and a clock that goes on from run to run."""

    def __init__(self, place: Workspace, days: int, runs: int) -> None:
        self.place, self.days, self.runs, self.chance = place, days, runs, random.Random(2026)
        self.outcomes: Counter[str] = Counter()
        self.edits = 0
        self.news = False  # something was done since the last run of which people are to hear
        self.texts = {
            f"{number:02}.md": [f"Clause {at} of paper {number} applies for {at} days.\n" for at in range(1, 16)]
            for number in range(DOCUMENTS)
        }
        for name in self.texts:
            self.save(name)
        self.expected = -1  # the first snapshot is no news

    def save(self, name: str, text: str | None = None) -> None:
        """Write a document, as of the simulated time."""
        path = self.place.write(name, "\n".join(self.texts[name]) if text is None else text)
        os.utime(path, (Clock.moment.timestamp(),) * 2)
        self.news = True

    def edit(self, day: int) -> None:
        """One document in three days has another number in one clause."""
        if self.place.seeds.exists() and self.chance.random() < 0.3:
            name = self.chance.choice(sorted(self.texts))
            at = self.chance.randrange(CLAUSES)
            self.texts[name][at] = f"Clause {at + 1} of paper {name[:2]} applies for {day + 20} days.\n"
            self.save(name)
            self.edits += 1

    def happen(self, day: int, patches: list[mock._patch[int]]) -> None:
        """What goes wrong, and what an operator does."""
        place, away = self.place, self.place.root / "away"
        on = {name: round(share * self.days) for name, share in EVENTS.items()}
        if day == on["unreadable"]:
            self.save("broken.docx", "no document")
        if day == on["readable"]:
            (place.seeds / "broken.docx").unlink()
            self.news = True
        if day == on["disk gone"]:
            place.seeds.rename(away)
        if day == on["disk gone"] + HELD_DAYS:
            away.rename(place.seeds)
        if day == on["restore"]:
            shutil.copytree(place.seeds, place.root / "copy")
            shutil.rmtree(place.seeds)
            (place.root / "copy").rename(place.seeds)
        if day == on["upgrade"]:
            patches[0].start()
        if day == on["ledger lost"]:
            (place.snapshots / "ledger.db").unlink()
        if day == on["erasure"]:
            forget(place.settings, "07.md", "request of a person", "operator")
            del self.texts["07.md"]
            (place.seeds / "07.md").unlink()

    def play(self) -> None:
        upgraded = [mock.patch.object(ids, "CLASSIFY", ids.CLASSIFY + 1)]
        step = timedelta(days=1) / self.runs
        try:
            for day in range(self.days):
                self.happen(day, upgraded)
                self.edit(day)
                bad = day == round(EVENTS["bad capture"] * self.days)
                for number in range(self.runs):
                    if bad and number in (1, 2):  # one run finds an error page in the place of a document
                        self.save("03.md", ERROR_PAGE if number == 1 else None)
                    self.run(START + timedelta(days=day) + step * number)
        finally:
            mock.patch.stopall()

    def run(self, at: datetime) -> None:
        Clock.moment = at
        try:
            done, _ = run(self.place.settings, RunOptions(settle=0))
        except RunHeld:
            self.outcomes["held"] += 1
            return
        self.outcomes[done.outcome] += 1
        self.expected += self.news
        self.news = False


@contextmanager
def clock_and_desk(sent: list[str]) -> Iterator[None]:
    """The program has the simulated time, and its notices arrive in `sent`."""
    with mock.patch.object(run_module, "datetime", Clock), mock.patch.object(stoppage, "datetime", Clock):
        send = mock.Mock(return_value=lambda _url, title, _body: sent.append(title))
        with mock.patch.object(notify, "apprise_sender", send), mock.patch.object(stoppage, "apprise_sender", send):
            yield


def play(root: Path, days: int = DAYS, runs: int = RUNS) -> Facts:
    """Play so many days, and look at what is left."""
    place = Workspace(root)
    place.configure(CONFIGURATION)
    Clock.moment, sent, began = START, list[str](), time.process_time()
    year = Year(place, days, runs)
    with clock_and_desk(sent):
        year.play()
    processor = time.process_time() - began
    Clock.moment = START
    good = status.last_good(place.settings.journal)
    removed = [
        one for one in place.changes() if str(one.kind) == "removed" and one.cause not in ("suspect", "recovered")
    ]
    gone = [one.document for one in removed if one.document != "broken.docx"]
    upgrades = place.select("SELECT count(*) FROM upgrades", "ledger.db")
    with mock.patch.object(ids, "CLASSIFY", ids.CLASSIFY + 1):
        findings = place.findings()
    return Facts(
        year.outcomes,
        year.edits,
        year.expected,
        sent,
        int(str(upgrades[0][0])),
        findings,
        gone,
        all(place.texts(name) == [line.strip() for line in lines] for name, lines in year.texts.items()),
        len(good.failures) if good else -1,
        sum(path.stat().st_size for path in place.snapshots.rglob("*") if path.is_file() and "runs" not in path.name),
        sum(path.stat().st_size for path in place.snapshots.glob("runs*.jsonl")),
        processor,
    )


def table(facts: Facts) -> str:
    """What docs/operations.md shows."""
    runs = sum(facts.runs.values())
    news, held = len(facts.sent) - len(facts.stops), facts.runs["held"]
    rows = [
        ("what happens", "what is expected and found"),
        ("---", "---"),
        (f"{facts.edits} edits of one clause", "one notice for each run that found any"),
        ("a document was saved as `403 Forbidden`, for one run", "two notices: suspect, and recovered"),
        ("a Word file that nobody can read, for a week", "runs go on; a notice when it comes and when it goes"),
        (
            f"the disk is gone for {HELD_DAYS} days",
            f"{held} held runs; notices at the first, on each further day, and when runs go well: {len(facts.stops)}",
        ),
        ("the folder is restored from a copy", "no run is held, nothing is removed"),
        ("an upgrade has other rules", f"the ledger is made again, {facts.upgrades} upgrade noted, no notice"),
        ("the ledger is lost", "it is made again; nothing is reported twice"),
        ("a document is erased", "no trace, and `verify` is clean"),
        (
            f"at the end: {runs:,} runs",
            f"`verify` finds {len(facts.findings)} faults; {news} of {facts.expected} expected notices",
        ),
        ("store", f"{facts.store / 1e6:.1f} MB (bound {LARGEST_STORE / 1e6:.0f})"),
        ("journal", f"{facts.journal / 1e6:.1f} MB (bound {2 * LARGEST_JOURNAL / 1e6:.0f})"),
        ("processor time of a run, all in", f"{1000 * facts.processor / runs:.1f} ms"),
    ]
    return "".join(f"| {left} | {right} |\n" for left, right in rows).replace("| --- | --- |", "|---|---|")


def main() -> None:
    page = PROJECT / "docs/operations.md"
    with tempfile.TemporaryDirectory() as folder:
        made = table(play(Path(folder)))
    text = page.read_text(encoding="utf-8")
    head, _, rest = text.partition("<!-- year -->\n")
    behind = rest.partition("<!-- /year -->\n")[2]
    page.write_text(f"{head}<!-- year -->\n{made}<!-- /year -->\n{behind}", encoding="utf-8")


if __name__ == "__main__":
    main()
