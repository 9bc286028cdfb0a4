"""A monitor that has stopped recording says so itself, and never with each run."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app import stoppage
from monitor.app.monitor import STOPPED, StoreLock
from monitor.app.run import RunOptions, run
from monitor.app.stoppage import report_recovery, report_stop
from monitor.errors import MonitorError
from tests.support.workspace import Workspace

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Channel:
    """Takes notices, unless it refuses."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.refuses = False

    def __call__(self, url: str, title: str, body: str) -> str | None:
        if self.refuses:
            return "the service refused it"
        self.taken.append((url, title))
        self.body = body
        return None

    @property
    def titles(self) -> list[str]:
        return [title.removeprefix("monitor: ") for _, title in self.taken]


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "place")
    made.configure("[notify.desk]\nurl = 'json://desk'\n[notify.quiet]\nurl = 'json://quiet'\nfailures = false\n")
    made.record({"a.txt": "One thing."})
    return made


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Channel:
    """The one channel that is there, for whole runs too."""
    made = Channel()
    monkeypatch.setattr(stoppage, "apprise_sender", lambda: made)
    return made


def try_run(place: Workspace) -> None:
    with suppress(MonitorError):
        run(place.settings, RunOptions(settle=0))


def test_held_runs_are_reported_once_and_when_they_go_well(place: Workspace, channel: Channel) -> None:
    place.seeds.rename(place.root / "away")
    for _ in range(5):
        try_run(place)
    assert channel.titles == ["runs are held"]
    assert "is missing" in channel.body
    (place.root / "away").rename(place.seeds)
    for _ in range(3):
        try_run(place)
    assert channel.titles == ["runs are held", "runs go well again"]
    assert not (place.snapshots / STOPPED).exists()


def test_failing_runs_are_reported_although_no_database_works(place: Workspace, channel: Channel) -> None:
    for name in ("ledger.db", "reviews.db"):
        (place.snapshots / name).write_bytes(b"no database at all" * 1000)
    for number in range(3):
        place.write("a.txt", f"Thing {number}.")
        try_run(place)
    assert channel.titles == ["runs fail"]


def test_channel_without_failures_gets_none(place: Workspace, channel: Channel) -> None:
    shutil.rmtree(place.seeds)
    try_run(place)
    assert [url for url, _ in channel.taken] == ["json://desk"]


def test_nothing_is_kept_where_no_channel_wants_it(place: Workspace, channel: Channel) -> None:
    place.configure("[notify.quiet]\nurl = 'json://quiet'\nfailures = false\n")
    shutil.rmtree(place.seeds)
    try_run(place)
    assert channel.taken == []
    assert not (place.snapshots / STOPPED).exists()


def test_wrong_argument_is_no_stop(place: Workspace, channel: Channel) -> None:
    place.write("a.txt", "Another thing.")
    with suppress(MonitorError):
        run(place.settings, RunOptions(settle=0, taken_at=datetime(1999, 1, 1, tzinfo=UTC)))
    assert channel.taken == []


def test_another_run_at_work_is_no_stop(place: Workspace, channel: Channel) -> None:
    with StoreLock(place.snapshots / "lock"):
        try_run(place)
    assert channel.taken == []


def test_reminder_comes_each_day(place: Workspace) -> None:
    channel = Channel()
    for hour in range(75):
        report_stop(place.settings, "held", "why", NOW + hour * HOUR, channel)
    assert channel.titles == ["runs are held", *["runs are still held"] * 3]
    assert "since 2026-03-01 12:00" in channel.body


def test_each_kind_of_stop_is_reported_once(place: Workspace) -> None:
    channel = Channel()
    for hour, kind in enumerate(["held", "failed"] * 5):
        report_stop(place.settings, "held" if kind == "held" else "failed", "why", NOW + hour * HOUR, channel)
    assert channel.titles == ["runs are held", "runs fail"]


def test_second_stop_is_reported_again(place: Workspace) -> None:
    channel = Channel()
    for hour in range(3):
        report_stop(place.settings, "failed", "why", NOW + hour * DAY / 4, channel)
        report_recovery(place.settings, NOW + hour * DAY / 4 + HOUR, channel)
    assert channel.titles == ["runs fail", "runs go well again"] * 3


def test_channel_that_refuses_is_tried_again_with_each_run(place: Workspace) -> None:
    channel = Channel()
    channel.refuses = True
    (problem,) = report_stop(place.settings, "held", "why", NOW, channel)
    assert problem == "notices: desk: the service refused it; it is sent again with the next run"
    channel.refuses = False
    for _ in range(3):
        assert report_stop(place.settings, "held", "why", NOW + HOUR, channel) == []
    assert channel.titles == ["runs are held"]


def test_who_heard_nothing_of_a_stop_hears_nothing_of_its_end(place: Workspace) -> None:
    channel = Channel()
    channel.refuses = True
    report_stop(place.settings, "held", "why", NOW, channel)
    channel.refuses = False
    report_recovery(place.settings, NOW + HOUR, channel)
    assert channel.taken == []
    assert not (place.snapshots / STOPPED).exists()


def test_recovery_that_was_refused_is_sent_by_the_next_run(place: Workspace) -> None:
    channel = Channel()
    report_stop(place.settings, "held", "why", NOW, channel)
    channel.refuses = True
    report_recovery(place.settings, NOW + HOUR, channel)
    channel.refuses = False
    report_recovery(place.settings, NOW + 2 * HOUR, channel)
    report_recovery(place.settings, NOW + 3 * HOUR, channel)
    assert channel.titles == ["runs are held", "runs go well again"]


def test_attempts_have_an_end(place: Workspace) -> None:
    channel = Channel()
    channel.refuses = True
    for _ in range(stoppage.MOST_ATTEMPTS):
        report_stop(place.settings, "held", "why", NOW, channel)
    channel.refuses = False
    report_stop(place.settings, "held", "why", NOW, channel)
    assert channel.taken == []


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"[" * 100_000, b'{"since": 3}', b"\xff"])
def test_damaged_file_of_the_stop_is_as_none(place: Workspace, content: bytes) -> None:
    channel = Channel()
    (place.snapshots / STOPPED).write_bytes(content)
    report_recovery(place.settings, NOW, channel)
    assert not (place.snapshots / STOPPED).exists()
    (place.snapshots / STOPPED).write_bytes(content)
    report_stop(place.settings, "held", "why", NOW, channel)
    assert channel.titles == ["runs are held"]


def test_secrets_of_a_channel_are_not_in_the_store(place: Workspace) -> None:
    place.configure("[notify.desk]\nurl = 'json://user:hunter2@desk'\n")
    report_stop(place.settings, "held", "why", NOW, Channel())
    assert b"hunter2" not in (place.snapshots / STOPPED).read_bytes()
