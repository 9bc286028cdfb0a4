"""Dated folders as a history."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest

from monitor.app.monitor import open_monitor
from monitor.errors import UsageError
from tests.support.git_histories import ImportWorkspace

ONE, TWO, THREE = (b"The council will meet on %s.\n" % day for day in (b"Monday", b"Tuesday", b"Friday"))


def series(root: Path, folders: Mapping[str, Mapping[str, bytes]]) -> Path:
    for name, files in folders.items():
        (root / name).mkdir(parents=True)
        for path, data in files.items():
            (root / name / path).parent.mkdir(parents=True, exist_ok=True)
            (root / name / path).write_bytes(data)
    return root


def test_each_dated_folder_becomes_a_snapshot(tmp_path: Path, place: ImportWorkspace) -> None:
    source = series(
        tmp_path / "law",
        {
            "2026-01-05": {"a.txt": ONE},
            "2026-02-01T08-30": {"a.txt": TWO, "d/b.txt": ONE},
            "2026-02-01": {"a.txt": TWO},
        },
    )
    result = place.take(source)
    assert [(one.origin, one.taken_at) for one in result.snapshots] == [
        ("2026-01-05", datetime(2026, 1, 5, tzinfo=UTC)),
        ("2026-02-01", datetime(2026, 2, 1, tzinfo=UTC)),
        ("2026-02-01T08-30", datetime(2026, 2, 1, 8, 30, tzinfo=UTC)),
    ]
    assert place.manifest(result.snapshots[-1].id) == {"a.txt": TWO, "d/b.txt": ONE}
    assert place.findings() == []


class Stopped(datetime):
    """A clock that stands."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2026, 3, 1, 12, tzinfo=tz)


def test_one_series_under_two_names_in_one_second(
    tmp_path: Path, place: ImportWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.app.import_history.datetime", Stopped)
    source = series(tmp_path / "law", {"2026-01-05": {"a.txt": ONE}})
    one, two = (place.take(source, name=name) for name in ("one", "two"))
    assert one.snapshots[0].id != two.snapshots[0].id
    assert place.findings() == []


def test_a_date_is_of_the_configured_time_zone(tmp_path: Path) -> None:
    root = tmp_path / "place"
    root.mkdir()
    (root / "monitor.toml").write_text('[schedule]\ntimezone = "Europe/Vienna"\n')
    result = ImportWorkspace(root).take(series(tmp_path / "law", {"2026-01-05": {"a.txt": ONE}}))
    assert result.snapshots[0].taken_at == datetime(2026, 1, 4, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["2026-01-05T08:30", "2026-01-05_08-30-00", "2026-01-05 0830", "2026-01-05T08-30Z", "2026-01-05T083000"]
)
def test_a_time_of_day_is_written_in_several_ways(name: str, tmp_path: Path, place: ImportWorkspace) -> None:
    result = place.take(series(tmp_path / "law", {name: {"a.txt": ONE}}))
    assert result.snapshots[0].taken_at == datetime(2026, 1, 5, 8, 30, tzinfo=UTC)


def test_unchanged_dated_folder_adds_no_snapshot(tmp_path: Path, place: ImportWorkspace) -> None:
    source = series(tmp_path / "law", {name: {"a.txt": ONE} for name in ("2026-01-05", "2026-01-06")})
    assert place.take(source).new == 1


def test_again_takes_the_folders_that_came_since(tmp_path: Path, place: ImportWorkspace) -> None:
    source = series(tmp_path / "law", {"2026-01-05": {"a.txt": ONE}, "2026-01-06": {"a.txt": ONE}})
    place.take(source)
    series(source, {"2026-01-07": {"a.txt": TWO}})
    assert place.take(source).new == 1
    assert place.take(source).new == 0


def test_a_folder_that_came_too_late_is_named(tmp_path: Path, place: ImportWorkspace) -> None:
    source = series(tmp_path / "law", {"2026-01-05": {"a.txt": ONE}, "2026-01-07": {"a.txt": TWO}})
    place.take(source)
    series(source, {"2026-01-06": {"a.txt": THREE}})
    with pytest.raises(UsageError, match="2026-01-06 is dated before the last one that was imported"):
        place.take(source)


def test_links_are_left_out_and_named(tmp_path: Path, place: ImportWorkspace) -> None:
    source = series(tmp_path / "law", {"2026-01-05": {"a.txt": ONE}})
    (source / "2026-01-05" / "link").symlink_to("/etc/passwd")
    result = place.take(source)
    assert place.manifest(result.snapshots[0].id).keys() == {"a.txt"}
    assert list(result.notes) == ["a symbolic link that leaves the folder (left out): link"]


def test_links_that_cannot_be_followed_are_left_out(
    tmp_path: Path, place: ImportWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = series(tmp_path / "law", {"2026-01-05": {"a.txt": ONE}})
    for name in ("2026-01-06", "2026-01-05/link"):
        (source / name).symlink_to("refused")
    real = os.stat

    def refused(path: str | Path, *rest: object, **named: object) -> os.stat_result:
        if Path(path).name in ("2026-01-06", "link") and named.get("follow_symlinks", True):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("os.stat", refused)
    result = place.take(source)
    assert [one.origin for one in result.snapshots] == ["2026-01-05"]
    assert list(result.notes) == ["a symbolic link that cannot be followed (left out): link"]


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names that cannot be opened, as for an account that may not."""
    names: set[str] = set()
    real = os.open

    def opened(path: str | Path, *rest: object, **named: object) -> int:
        if str(path) in names:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("os.open", opened)
    return names


def test_what_cannot_be_read_stands_as_in_the_folder_before(
    tmp_path: Path, place: ImportWorkspace, refused: set[str]
) -> None:
    first = {"a.txt": ONE, "b.txt": ONE, "annex/c.txt": ONE}
    second = {"a.txt": TWO, "b.txt": TWO, "annex/c.txt": TWO, "new.txt": TWO}
    source = series(tmp_path / "law", {"2026-01-05": first, "2026-01-06": second})
    place.take(source, until=datetime(2026, 1, 5, tzinfo=UTC))
    refused.update(("b.txt", "annex", "new.txt"))
    result = place.take(source)
    assert (result.new, result.failed) == (1, 3)
    assert place.manifest(result.snapshots[-1].id) == {"a.txt": TWO, "b.txt": ONE, "annex/c.txt": ONE}
    assert list(result.notes) == [
        "cannot be read: permission denied (kept as it was before): 2, such as b.txt",
        "the folder cannot be read: permission denied (kept as it was before): annex",
    ]
    told = [change.document for change in place.changes() if change.kind == "failed"]
    assert sorted(told) == ["law/annex", "law/b.txt", "law/new.txt"]
    refused.clear()
    series(source, {"2026-01-07": second})
    result = place.take(source)
    assert (result.new, result.failed) == (1, 0)
    assert place.manifest(result.snapshots[-1].id) == second
    with open_monitor(place.settings) as monitor:
        assert list(monitor.snapshots.failures(result.snapshots[-1].id)) == []
    assert place.findings() == []


def test_a_dated_folder_that_cannot_be_read_stops_the_import(
    tmp_path: Path, place: ImportWorkspace, refused: set[str]
) -> None:
    source = series(tmp_path / "law", {"2026-01-05": {"a.txt": ONE}, "2026-01-06": {"a.txt": TWO}})
    refused.add(str(source / "2026-01-06"))
    with pytest.raises(UsageError, match="the folder 2026-01-06 cannot be read: the import stopped before it"):
        place.take(source)
    assert [one.origin for one in place.recorded()] == ["2026-01-05"]


def test_dated_folders_may_be_the_earlier_history(tmp_path: Path, place: ImportWorkspace) -> None:
    place.live({"a.txt": TWO}, int(datetime(2026, 2, 1, tzinfo=UTC).timestamp()))
    place.take(series(tmp_path / "law", {"2026-01-05": {"a.txt": ONE}}), continues=True)
    assert [(change.document, change.kind) for change in place.changes()] == [("a.txt", "revised")]


def test_path_and_include_choose(tmp_path: Path, place: ImportWorkspace) -> None:
    source = series(tmp_path / "law", {"2026-01-05": {"d/a.txt": ONE, "d/b.md": ONE, "c.txt": ONE}})
    result = place.take(source, path="d", include=("*.txt",))
    assert place.manifest(result.snapshots[0].id).keys() == {"a.txt"}
