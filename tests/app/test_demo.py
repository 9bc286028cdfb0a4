"""The demo's made history: what it is laid down as, and what the monitor makes of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.app.run import RunOptions, run
from monitor.cli import demo
from monitor.config import load
from monitor.errors import UsageError
from monitor.model import Aspect, Change, Significance
from tests.support.paths import PROJECT


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_there_are_ten_versions_over_some_weeks_in_order() -> None:
    dates = [at for at, _ in demo.demo_snapshots()]
    assert len(dates) == 10
    assert all(earlier < later for earlier, later in pairwise(dates))
    assert all(at.tzinfo is UTC for at in dates)
    assert timedelta(weeks=3) < dates[-1] - dates[0] < timedelta(weeks=8)


def test_every_version_differs_from_the_one_before() -> None:
    assert all(before != after for (_, before), (_, after) in pairwise(demo.demo_snapshots()))


def test_the_seeds_are_the_last_version() -> None:
    *_, (_, last) = demo.demo_snapshots()
    assert content(PROJECT / "seeds") == last


def test_the_folder_holds_each_version_when_its_run_comes(tmp_path: Path) -> None:
    seen: list[tuple[datetime, dict[str, bytes]]] = []
    demo.play(tmp_path / "new" / "seeds", lambda at: seen.append((at, content(tmp_path / "new" / "seeds"))))
    assert seen == list(demo.demo_snapshots())


def test_a_file_carries_the_date_of_the_version_that_changed_it(tmp_path: Path) -> None:
    demo.play(tmp_path, lambda _: None)
    assert (tmp_path / "mandate.md").stat().st_mtime == datetime(2026, 2, 2, 8, tzinfo=UTC).timestamp()
    assert (tmp_path / "positions.md").stat().st_mtime == datetime(2026, 1, 29, 8, tzinfo=UTC).timestamp()


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not empty; name a new or an empty folder"):
        demo.play(tmp_path, lambda _: None)
    assert content(tmp_path) == {"mine.txt": b"mine"}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Change, ...]]:
    """What each run of the demo recorded, by day."""
    root = tmp_path_factory.mktemp("demo")
    settings, found = load(root, None, {}, {}), {}

    def one(at: datetime) -> None:
        _, found[f"{at:%m-%d}"] = run(settings, RunOptions(settle=0, taken_at=at))

    demo.play(settings.watch.folder, one)
    return {day: tuple(changes) for day, changes in found.items()}


KINDS = {
    "01-08": {"statement revised offer.txt": 1},
    "01-12": {"statement revised offer.txt": 1, "statement removed aid-and-access.html": 1},
    "01-15": {"statement revised mandate.md": 1},
    "01-19": {"statement revised positions.md": 1, "statement added aid-and-access.html": 1},
    "01-22": {"statement revised mandate.md": 1, "statement moved offer.txt": 2},
    "01-26": {"statement restored aid-and-access.html": 1, "statement split offer.txt": 1},
    "01-29": {"statement moved positions.md": 1},
    "02-02": {"document renamed offer-of-troops.txt": 1, "statement revised mandate.md": 1},
    "02-05": {"document removed draft-timetable.txt": 1, "statement removed draft-timetable.txt": 5},
}


@pytest.mark.parametrize("day", KINDS)
def test_each_edit_is_recorded_as_exactly_one_kind(recorded: dict[str, tuple[Change, ...]], day: str) -> None:
    assert Counter(f"{change.level} {change.kind} {change.document}" for change in recorded[day]) == KINDS[day]


ASPECTS = {
    "01-08": Aspect.NUMBER,
    "01-12": Aspect.MODALITY,
    "01-15": Aspect.NEGATION,
    "01-19": Aspect.ATTRIBUTION,
    "01-22": Aspect.TYPOGRAPHY,
    "02-02": Aspect.LINK,
}


@pytest.mark.parametrize("day", ASPECTS)
def test_a_revision_shows_the_aspect_that_it_was_made_for(recorded: dict[str, tuple[Change, ...]], day: str) -> None:
    (revised,) = [change for change in recorded[day] if change.kind == "revised"]
    assert ASPECTS[day] in revised.aspects


def test_only_the_straightened_quotes_are_editorial(recorded: dict[str, tuple[Change, ...]]) -> None:
    editorial = [
        (day, change.kind)
        for day, changes in recorded.items()
        for change in changes
        if change.significance is Significance.EDITORIAL and not change.baseline
    ]
    assert ("01-22", "revised") in editorial
    assert [day for day, kind in editorial if kind == "revised"] == ["01-22"]


def test_one_statement_is_in_two_briefs() -> None:
    *_, (_, last) = demo.demo_snapshots()
    copy = b"Soldiers can buy time, but they cannot take the place of a political settlement."
    assert sorted(name for name, data in last.items() if copy in data) == ["aid-and-access.html", "offer-of-troops.txt"]


@pytest.mark.parametrize(
    ("started", "on_path", "shown"),
    [
        ("bin/monitor", False, "bin/monitor"),
        ("bin/monitor", True, "monitor"),
        ("my bin/monitor", False, "'my bin/monitor'"),
        ("package/__main__.py", False, "monitor"),
    ],
)
def test_the_demo_names_the_program_as_it_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: str, on_path: bool, shown: str
) -> None:
    program = tmp_path / started
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(program.parent if on_path else tmp_path))
    monkeypatch.setattr("sys.argv", [started, "demo"])
    assert demo._program() == shown
