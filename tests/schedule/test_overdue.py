"""`status --check`: a probe learns in one line that runs have not gone well for too long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app import status as app_status
from monitor.app.due import punctuality
from monitor.config import load
from monitor.model import Run
from tests.support.driver import monitor as command_line

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GRACE = timedelta(minutes=10)


def ran(at: datetime, outcome: str = "recorded") -> Run:
    return Run(at, at + timedelta(seconds=3), outcome)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("every", "minutes", "overdue"),
    [("15 min", 0, False), ("15 min", 25, False), ("15 min", 26, True), ("2 h", 129, False), ("2 h", 131, True)],
)
def test_a_run_is_overdue_when_interval_and_grace_are_over(
    tmp_path: Path, every: str, minutes: int, overdue: bool
) -> None:
    settings = load(tmp_path, None, {"schedule.every": every}, {})
    found = punctuality(settings, ran(NOON), NOON + timedelta(minutes=minutes), GRACE)
    assert found.overdue is overdue


@pytest.mark.parametrize(("hours", "overdue"), [(60, False), (68, True)])
def test_a_weekend_without_due_times_is_not_late(tmp_path: Path, hours: int, overdue: bool) -> None:
    friday = datetime(2026, 3, 6, 17, tzinfo=UTC)
    settings = load(tmp_path, None, {"schedule.cron": "0 9-17 * * 1-5", "schedule.timezone": "UTC"}, {})
    assert punctuality(settings, ran(friday), friday + timedelta(hours=hours), GRACE).overdue is overdue


def test_no_successful_run_yet_is_overdue(tmp_path: Path) -> None:
    assert punctuality(load(tmp_path, None, {}, {}), None, NOON, GRACE).overdue


def test_clock_set_back_does_not_hide_that_nothing_runs(tmp_path: Path) -> None:
    found = punctuality(load(tmp_path, None, {}, {}), ran(NOON + timedelta(days=400)), NOON, GRACE)
    assert found.overdue
    assert "future" in found.why


@pytest.mark.parametrize("outcome", ["failed", "held", "missed"])
def test_failed_held_or_missed_run_is_not_successful(tmp_path: Path, outcome: str) -> None:
    file = tmp_path / "runs.jsonl"
    app_status.append(file, ran(NOON, "unchanged"))
    app_status.append(file, ran(NOON + timedelta(hours=1), outcome))
    found = app_status.last_good(file)
    assert found is not None
    assert (found.started_at, found.outcome) == (NOON, "unchanged")


def check(folder: Path, runs: Sequence[Run], *more: str) -> tuple[int, str]:
    for one in runs:
        app_status.append(folder / "snapshots" / "runs.jsonl", one)
    answer = command_line("-C", folder, "status", "--check", *more, status=(0, 2, 7))
    return answer.status, answer.text


def test_a_probe_gets_status_7_and_one_line_that_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    now = datetime.now(UTC)
    status, told = check(tmp_path, [ran(now - timedelta(hours=9)), ran(now - timedelta(minutes=1), "held")])
    assert status == 7
    assert len(told.splitlines()) == 1
    assert "the last run held" in told


def test_a_probe_gets_status_0_after_a_good_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    status, told = check(tmp_path, [ran(datetime.now(UTC) - timedelta(minutes=1))])
    assert (status, len(told.splitlines())) == (0, 1)


def test_the_grace_can_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runs = [ran(datetime.now(UTC) - timedelta(hours=3))]
    assert check(tmp_path, runs, "--grace", "1 d")[0] == 0
    assert check(tmp_path, runs, "--grace", "1 d", "--format", "json")[1].startswith("{")
    assert check(tmp_path, runs, "--grace", "soon")[0] == 2


def test_a_probe_does_not_need_the_stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "snapshots" / "ledger.db").write_bytes(b"no database")
    assert check(tmp_path, [ran(datetime.now(UTC))])[0] == 0
