"""What a run logs of the ledger and of what it publishes: which test decided what."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor.app.run import RunOptions, run
from monitor.readers import fingerprint
from monitor.snapshots.scan_cache import ScanCache
from tests.support.workspace import Workspace, moment


@pytest.fixture(autouse=True)
def listening(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "monitor")


@pytest.fixture
def recorded(folder: Workspace) -> Workspace:
    """A document of two versions, folded."""
    folder.record({"a.txt": "It covers 30 divers.\n"}, moment(0))
    folder.record({"a.txt": "It covers 45 divers.\n"}, moment(1))
    return folder


def said(caplog: pytest.LogCaptureFixture, workspace: Workspace) -> list[str]:
    """What one more run logs, each line behind the name of its logger."""
    caplog.clear()
    run(workspace.settings, RunOptions(settle=0))
    return [f"{record.name}: {record.getMessage()}" for record in caplog.records]


def alter(workspace: Workspace, *statements: str) -> None:
    """Change the ledger as an older program, a copy or a crash may leave it."""
    with closing(sqlite3.connect(workspace.snapshots / "ledger.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def containing(lines: list[str], words: str) -> bool:
    return any(words in line for line in lines)


def test_a_complete_ledger_is_named(caplog: pytest.LogCaptureFixture, recorded: Workspace) -> None:
    assert "monitor.app.run: the ledger is complete: it holds the newest snapshot of every source, 1 in all" in said(
        caplog, recorded
    )


def test_a_missing_ledger_is_named(caplog: pytest.LogCaptureFixture, recorded: Workspace) -> None:
    (recorded.snapshots / "ledger.db").unlink()
    assert "monitor.app.run: there is no ledger" in said(caplog, recorded)


def test_an_older_ledger_is_behind_by_so_many(caplog: pytest.LogCaptureFixture, folder: Workspace) -> None:
    folder.record({"a.txt": "It covers 30 divers.\n"}, moment(0))
    older = (folder.snapshots / "ledger.db").read_bytes()
    folder.record({"a.txt": "It covers 45 divers.\n"}, moment(1))
    folder.record({"a.txt": "It covers 60 divers.\n"}, moment(2))
    (folder.snapshots / "ledger.db").write_bytes(older)
    lines = said(caplog, folder)
    assert containing(lines, "monitor.ledger.fold_state: the ledger is not complete: its newest snapshot is ")
    assert "monitor.app.fold: the ledger holds 1 of 3 snapshots: it is 2 behind" in lines


def test_a_cut_list_of_snapshots_is_named(caplog: pytest.LogCaptureFixture, recorded: Workspace) -> None:
    alter(recorded, "DELETE FROM folds WHERE seq = (SELECT max(seq) FROM folds)")
    lines = said(caplog, recorded)
    assert containing(lines, "its list of snapshots has 1, and it counted 2")
    assert containing(
        lines,
        "the ledger holds other snapshots than the store, or lists them otherwise: everything is folded, 2 snapshots",
    )


def test_a_missing_table_is_named(caplog: pytest.LogCaptureFixture, recorded: Workspace) -> None:
    alter(recorded, "DROP TABLE upgraded")
    assert "monitor.ledger.fold_state: the ledger is not complete: table upgraded is missing" in said(caplog, recorded)


def test_an_upgrade_names_the_rules_before_and_after(caplog: pytest.LogCaptureFixture, recorded: Workspace) -> None:
    alter(recorded, "UPDATE meta SET value = 'older rules' WHERE name = 'fingerprint'")
    lines = said(caplog, recorded)
    assert containing(lines, f"made with other rules: older rules; now they are: {fingerprint(())}")
    assert "monitor.app.fold: upgrade: the ledger was made with other rules: everything is folded, 2 snapshots" in lines


def test_other_snapshots_in_the_ledger_are_named(caplog: pytest.LogCaptureFixture, recorded: Workspace) -> None:
    alter(recorded, "DELETE FROM folds WHERE seq = 1")
    assert containing(
        said(caplog, recorded), "the ledger holds other snapshots than the store, or lists them otherwise"
    )


def test_the_next_snapshot_is_folded_alone(caplog: pytest.LogCaptureFixture, recorded: Workspace) -> None:
    recorded.write("a.txt", "It covers 60 divers.\n")
    lines = said(caplog, recorded)
    head = ScanCache.load(recorded.snapshots / "scan.cache").head
    assert f"monitor.app.run: snapshot {head} recorded" in lines
    assert f"monitor.app.fold: only snapshot {head} is missing in the ledger: it alone is folded" in lines


def test_the_first_snapshot_is_folded_into_a_new_ledger(caplog: pytest.LogCaptureFixture, folder: Workspace) -> None:
    folder.write("a.txt", "It covers 30 divers.\n")
    assert "monitor.app.fold: the ledger is new: everything is folded, 1 snapshots" in said(caplog, folder)


def test_the_scan_cache_may_not_vouch_for_the_ledger(caplog: pytest.LogCaptureFixture, recorded: Workspace) -> None:
    ScanCache.load(recorded.snapshots / "scan.cache").mark_folded("another head")
    assert containing(said(caplog, recorded), "the scan cache does not say that snapshot ")


def test_reports_and_feeds_are_counted(caplog: pytest.LogCaptureFixture, recorded: Workspace) -> None:
    recorded.configure('[report]\nformats = ["text"]\n[feeds]\nfolder = "feeds"\n')
    recorded.write("a.txt", "It covers 60 divers.\n")
    lines = said(caplog, recorded)
    assert containing(lines, "monitor.app.publish: report ")
    assert "monitor.app.publish: feeds written: 2" in lines


def test_notices_due_are_counted(caplog: pytest.LogCaptureFixture, recorded: Workspace) -> None:
    recorded.configure("[notify.chat]\nurl = 'json://127.0.0.1:9/'\nscore = 0\n")
    recorded.write("a.txt", "It covers 60 divers.\n")
    assert "monitor.app.publish: notices due: 1, for 1 configured channels" in said(caplog, recorded)


def test_an_appended_head_is_named(caplog: pytest.LogCaptureFixture, recorded: Workspace) -> None:
    recorded.configure('[evidence]\nheads = "heads.txt"\n')
    head = ScanCache.load(recorded.snapshots / "scan.cache").head
    assert f"monitor.app.evidence: head {head} appended in {recorded.root / 'heads.txt'}" in said(caplog, recorded)
    assert f"monitor.app.evidence: {recorded.root / 'heads.txt'} ends with head {head} already" in said(
        caplog, recorded
    )


def test_nothing_is_logged_below_the_level_of_verbose(caplog: pytest.LogCaptureFixture, recorded: Workspace) -> None:
    caplog.set_level(logging.WARNING, "monitor")
    recorded.write("a.txt", "It covers 60 divers.\n")
    assert said(caplog, recorded) == []


def test_the_core_and_the_model_do_not_log() -> None:
    package = Path(__file__).parents[2] / "monitor"
    files = [*(package / "core").rglob("*.py"), *(package / "model").rglob("*.py")]
    assert files
    assert [path for path in files if "logging" in path.read_text("utf-8")] == []
