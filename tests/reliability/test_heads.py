"""Each run appends the head of the history to the file that the configuration names."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from monitor.errors import StoreError


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "seeds").mkdir()
    return load(tmp_path, None, {"evidence.heads": "published/heads.txt", "report.formats": ""}, {})


def record(settings: Settings, text: str) -> str | None:
    (settings.watch.folder / "a.txt").write_text(text)
    return run(settings, RunOptions(settle=0))[0].snapshot


def heads(settings: Settings) -> list[str]:
    assert settings.evidence.heads is not None
    return [line.split(" ")[1] for line in settings.evidence.heads.read_text().splitlines()]


def test_each_snapshot_adds_one_line(settings: Settings) -> None:
    taken = [record(settings, "One."), record(settings, "Two.")]
    assert record(settings, "Two.") is None
    assert heads(settings) == taken


def test_head_not_published_is_published_by_the_next_run(settings: Settings) -> None:
    record(settings, "One.")
    file = settings.evidence.heads
    assert file is not None
    kept = file.read_bytes()
    file.unlink()
    file.mkdir()
    with pytest.raises(StoreError, match=r"heads\.txt"):
        record(settings, "Two, which is recorded nevertheless.")
    file.rmdir()
    file.write_bytes(kept)
    record(settings, "Two, which is recorded nevertheless.")
    assert len(heads(settings)) == 2


def test_a_line_that_was_torn_off_does_not_spoil_the_next(settings: Settings) -> None:
    first = record(settings, "One.")
    file = settings.evidence.heads
    assert file is not None
    file.write_bytes(file.read_bytes()[:-5])
    second = record(settings, "Two.")
    assert heads(settings) == [str(first)[:-4], second]


def test_no_head_is_published_without_a_configured_file(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    record(load(tmp_path, None, {"report.formats": ""}, {}), "One.")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seeds", "snapshots"]
