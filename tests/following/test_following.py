"""A run that goes on from the last one leaves the ledger that a fold of all snapshots gives, and steps back where it
does not simply go on."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.app.import_history import ImportOptions, import_history
from monitor.app.run import RunOptions, run
from monitor.errors import StoreError
from monitor.ledger.database import open_database
from monitor.ledger.fold_cache import FoldCache
from monitor.ledger.writer import LedgerWriter
from tests.following.followplace import DAYS, START, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def begun(place: Place) -> Place:
    """Two days are recorded, and of the ledger as it is then there is a copy."""
    for documents in DAYS[:2]:
        place.see(documents)
    place.keep_ledger()
    return place


def dated(folder: Path, **days: str) -> Path:
    """A series of dated folders, each with one document."""
    for day, text in days.items():
        path = folder / f"2026-{day[1:3]}-{day[3:]}" / "old.txt"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return folder


def test_incremental_ledger_equals_a_full_fold(place: Place) -> None:
    for documents in DAYS:
        place.see(documents)
    assert place.rows() == place.folded_from_nothing()


def test_the_newest_snapshot_is_folded(begun: Place) -> None:
    begun.see(DAYS[3])
    after = begun.rows()
    begun.without_its_newest_fold()
    caught = begun.fold_next()
    assert caught is not None
    assert [snapshot.taken_at for snapshot in caught.snapshots] == [START + timedelta(days=3)]
    assert begun.rows() == after


def test_a_run_that_was_cut_short_is_finished_by_the_next(begun: Place) -> None:
    found = begun.see(DAYS[3])
    begun.without_its_newest_fold()
    (begun.settings.store.snapshots / "scan.cache").unlink()
    journal = begun.settings.journal
    journal.write_text("".join(journal.read_text().splitlines(keepends=True)[:-1]))  # nor was it reported
    done, changes = run(begun.settings, RunOptions(settle=0))
    assert list(changes) == list(found)
    assert [failure.path for failure in done.failures] == ["bad.docx"]


def test_a_ledger_that_holds_all_is_left_alone(begun: Place) -> None:
    assert begun.fold_next() is None


def test_it_steps_back_where_there_is_no_ledger(begun: Place) -> None:
    (begun.settings.store.snapshots / "ledger.db").unlink()
    assert begun.fold_next() is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE meta SET value = 'other rules' WHERE name = 'fingerprint'",
        "DROP TABLE upgraded",
        "DELETE FROM meta WHERE name = 'indexed'",
        "UPDATE folds SET snapshot = substr(snapshot, 2) || substr(snapshot, 1, 1) WHERE seq = 2",
        "UPDATE folds SET source = 'gone' WHERE seq = 1",
    ],
    ids=[
        "other rules",
        "an older layout",
        "a first fold that has not ended",
        "another history",
        "a source that is gone",
    ],
)
def test_foreign_ledger_is_left_to_a_full_comparison(begun: Place, change: str) -> None:
    begun.see(DAYS[2])
    begun.without_its_newest_fold()
    ledger = sqlite3.connect(begun.settings.store.snapshots / "ledger.db", isolation_level=None)
    ledger.execute(change)
    ledger.close()
    before = begun.rows()
    assert begun.fold_next() is None
    assert begun.rows() == before


def test_it_steps_back_where_two_snapshots_wait(begun: Place) -> None:
    for documents in DAYS[2:4]:
        begun.see(documents)
    begun.without_its_newest_fold()
    assert begun.fold_next() is None


def test_it_steps_back_where_an_import_waits(begun: Place, tmp_path: Path) -> None:
    import_history(begun.settings, dated(tmp_path / "old", d0101="One.", d0102="Two."), ImportOptions(name="old"))
    begun.see(DAYS[2])
    begun.without_its_newest_fold()
    assert begun.fold_next() is None


def test_imports_that_are_folded_do_not_keep_it_from_going_on(place: Place, tmp_path: Path) -> None:
    place.see(DAYS[0])
    import_history(place.settings, dated(tmp_path / "old", d0101="One.", d0102="Two."), ImportOptions(name="old"))
    place.keep_ledger()
    place.see(DAYS[1])
    place.without_its_newest_fold()
    assert place.fold_next() is not None
    assert place.rows() == place.folded_from_nothing()


def test_snapshot_older_than_an_import_is_put_in_order(place: Place, tmp_path: Path) -> None:
    place.see(DAYS[0])
    import_history(place.settings, dated(tmp_path / "old", d0401="One.", d0402="Two."), ImportOptions(name="old"))
    place.keep_ledger()
    place.see(DAYS[1], day=2)
    place.without_its_newest_fold()
    assert place.fold_next() is None
    place.see(DAYS[2], day=3)
    assert place.rows() == place.folded_from_nothing()


def test_earlier_history_that_was_imported_is_gone_on_from(place: Place, tmp_path: Path) -> None:
    place.see(DAYS[0])
    old = dated(tmp_path / "old", d0101="One.", d0102="Two.")
    import_history(place.settings, old, ImportOptions(name="old", continues=True))
    place.keep_ledger()
    place.see(DAYS[1])
    place.without_its_newest_fold()
    assert place.fold_next() is not None
    assert place.rows() == place.folded_from_nothing()


def test_a_fold_that_fails_leaves_nothing_behind(begun: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    begun.see(DAYS[2])
    begun.without_its_newest_fold()
    before = begun.rows()
    monkeypatch.setattr("monitor.ledger.writer._write_meta", None)
    with pytest.raises(TypeError):
        begun.fold_next()
    assert begun.rows() == before


def test_a_damaged_file_is_told_with_its_remedy(begun: Place) -> None:
    ledger = begun.settings.store.snapshots / "ledger.db"
    ledger.write_bytes(b"no database, but long enough for the header of one " * 100)
    with pytest.raises(StoreError, match=r"the ledger sqlite:.*ledger\.db failed: .*; `monitor rebuild` makes"):
        begun.fold_next()


def test_a_writer_waits_for_another_one(begun: Place) -> None:
    ledger = sqlite3.connect(begun.settings.store.snapshots / "ledger.db", isolation_level=None, timeout=0)
    writer = LedgerWriter(open_database(begun.settings.ledger_url))
    with (
        writer.transaction(FoldCache()),
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        ledger.execute("BEGIN IMMEDIATE")
    ledger.execute("BEGIN IMMEDIATE")
    ledger.close()
    writer.database.close()
