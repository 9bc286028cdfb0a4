"""A date ahead of the clock is refused or told, and a person can go on with true dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app import status
from monitor.app.maintenance import rebuild, verify
from monitor.app.monitor import open_monitor
from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from tests.support.driver import monitor as command_line

AHEAD = datetime.now(UTC).replace(microsecond=0) + timedelta(days=9_000)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "monitor.toml").write_text('[report]\nformats = []\n[watch]\nsettle = "0 s"\n')
    return load(tmp_path, None, {}, {})


def record(settings: Settings, text: str, **options: object) -> str | None:
    (settings.watch.folder / "a.txt").write_text(f"{text}\n")
    done, _ = run(settings, RunOptions(settle=0, **options))  # type: ignore[arg-type]
    return done.message


@pytest.fixture
def ahead(settings: Settings) -> Settings:
    record(settings, "The port is open.")
    record(settings, "The port is closed.", taken_at=AHEAD)
    return settings


def dates(settings: Settings) -> list[datetime]:
    with open_monitor(settings) as monitor:
        return [one.taken_at for one in monitor.snapshots.snapshots("")]


def rows(settings: Settings) -> list[object]:
    with open_monitor(settings) as monitor:
        return list(monitor.writer.rows())


def test_a_date_ahead_of_the_clock_is_refused(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "seeds" / "a.txt").write_text("The port is open.\n")
    result = command_line("-C", tmp_path, "run", "--taken-at", AHEAD.isoformat(), status=2)
    assert "ahead of the clock" in result.message
    assert not (tmp_path / "snapshots" / "history.git").exists()


def test_run_status_and_verify_warn_of_a_newest_date_ahead(ahead: Settings, tmp_path: Path) -> None:
    assert "`monitor run --accept-clock`" in str(record(ahead, "The port is shut."))
    idle, _ = run(ahead, RunOptions(settle=0))
    assert "ahead of the clock" in str(idle.message)
    assert "ahead of the clock" in command_line("-C", tmp_path, "status").text
    assert command_line("-C", tmp_path, "status", "--format", "json").json()["warnings"]
    assert [one.what for one in verify(ahead)] == ["clock"]


@pytest.mark.parametrize("text", ["The port is closed.", "The port is shut."], ids=["nothing new", "an edit"])
def test_a_person_can_go_on_with_true_dates(ahead: Settings, text: str) -> None:
    begun = datetime.now(UTC).replace(microsecond=0)
    assert record(ahead, text, accept_clock=True) is None
    assert begun <= dates(ahead)[-1] <= datetime.now(UTC) + timedelta(seconds=1)
    assert verify(ahead) == []
    assert record(ahead, "The port is open again.") is None
    assert begun <= dates(ahead)[-1] <= datetime.now(UTC) + timedelta(seconds=1)
    assert verify(ahead) == []


def test_true_dates_need_no_second_agreement(ahead: Settings) -> None:
    record(ahead, "The port is shut.", accept_clock=True)
    before = dates(ahead)
    record(ahead, "The port is shut.", accept_clock=True)
    assert dates(ahead) == before


def test_a_rebuilt_ledger_equals_the_one_with_true_dates(ahead: Settings) -> None:
    record(ahead, "The port is shut.", accept_clock=True)
    record(ahead, "The port is open again.")
    before = rows(ahead)
    rebuild(ahead)
    assert rows(ahead) == before


def test_the_log_of_the_last_days_has_what_has_a_true_date(ahead: Settings, tmp_path: Path) -> None:
    record(ahead, "The port is shut.", accept_clock=True)
    assert "shut" in command_line("-C", tmp_path, "log", "--since", "1d").text


def test_of_equal_dates_the_last_snapshot_is_the_newest(settings: Settings, tmp_path: Path) -> None:
    moment = datetime(2026, 5, 4, 12, tzinfo=UTC)
    for number in range(5):
        record(settings, f"It takes {number} boats.", taken_at=moment)
    with open_monitor(settings) as monitor:
        ids = [one.id for one in monitor.snapshots.snapshots("")]
        newest = status.state(monitor).newest
        monitor.writer.reset("other rules")
    assert newest is not None
    assert newest.id == ids[-1]
    with open_monitor(settings) as monitor:  # also where the ledger is behind
        behind = status.state(monitor).newest
    assert behind is not None
    assert behind.id == ids[-1]
    run(settings, RunOptions(settle=0))
    listed = command_line("-C", tmp_path, "snapshots", "--format", "json").json()
    assert [one["id"] for one in listed] == ids[::-1]
    logged = command_line("-C", tmp_path, "log", "--format", "json").json()
    assert [one["snapshot"] for one in logged] == ids[:0:-1]
