"""A run that was cut short behind its snapshot, then an import or a rebuild: what the run found is told, no more."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from tests.support.git_histories import DAY, START, ImportWorkspace, Made, make_repository

ONE = b"The council will meet on Monday.\n"
TWO = b"The council will meet on Tuesday.\n"
CONFIGURATION = '[report]\nformats = ["json"]\nfolder = "reports"\n'


@pytest.fixture
def cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImportWorkspace:
    """The second run kept its snapshot, and died before the ledger."""
    root = tmp_path / "place"
    root.mkdir()
    (root / "monitor.toml").write_text(CONFIGURATION)
    place = ImportWorkspace(root)
    place.live({"a.txt": ONE}, START + 9 * DAY)

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("monitor.app.fold.fold_snapshot", dies)
    with pytest.raises(KeyboardInterrupt):
        place.live({"a.txt": TWO}, START + 10 * DAY)
    monkeypatch.undo()
    return place


def source(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "old", [Made({"a.txt": ONE}, START), Made({"a.txt": TWO}, START + DAY)])


def reported(place: ImportWorkspace) -> list[str]:
    """The documents of the changes in every report that was written."""
    reports = [json.loads(path.read_text()) for path in sorted((place.root / "reports").glob("*.json"))]
    return [change["document"] for report in reports for change in report["changes"] if not change["baseline"]]


@pytest.mark.parametrize("continues", [False, True])
def test_interrupted_run_is_reported_before_an_import(continues: bool, cut: ImportWorkspace, tmp_path: Path) -> None:
    assert cut.take(source(tmp_path), continues=continues).earlier_changes == 1
    assert reported(cut) == ["a.txt"]
    assert cut.findings() == []


def test_interrupted_run_is_reported_once(cut: ImportWorkspace, tmp_path: Path) -> None:
    cut.take(source(tmp_path))
    assert cut.live({"a.txt": TWO}, START + 11 * DAY) is None
    assert cut.take(source(tmp_path)).earlier_changes == 0
    assert reported(cut) == ["a.txt"]


def test_import_reports_the_interrupted_run(cut: ImportWorkspace, tmp_path: Path) -> None:
    assert "  also reported 1 change from an earlier, interrupted run\n" in cut.monitor("import", source(tmp_path)).text


def test_import_over_a_lost_ledger_reports_nothing(cut: ImportWorkspace, tmp_path: Path) -> None:
    for path in cut.root.glob("snapshots/ledger.db*"):
        path.unlink()
    assert cut.take(source(tmp_path)).earlier_changes == 0
    assert reported(cut) == []


def test_interrupted_run_is_reported_before_a_rebuild(cut: ImportWorkspace) -> None:
    assert "  also reported 1 change from an earlier, interrupted run\n" in cut.monitor("rebuild").text
    assert "told" not in cut.monitor("rebuild").text
    assert reported(cut) == ["a.txt"]
    assert cut.findings() == []


def test_unusable_ledger_is_rebuilt_without_a_report(cut: ImportWorkspace) -> None:
    with closing(connect(cut.root / "snapshots/ledger.db")) as ledger:
        ledger.execute("DROP TABLE versions")
    cut.monitor("rebuild")
    assert reported(cut) == []
    assert cut.findings() == []
