"""`--continues`: a history that is imported before the watched folder's own is as if it had always been watched."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st

from monitor.app.maintenance import rebuild
from monitor.app.monitor import open_monitor
from monitor.errors import UsageError
from monitor.ledger.codec import FOLD_COLUMNS
from tests.support.git_histories import DAY, START, ImportWorkspace, Made, make_repository, seconds
from tests.support.made_histories import Folder, histories

ONE = b"The council will meet on Monday.\n\nThe harbour stays open.\n"
TWO = b"The council will meet on Tuesday.\n\nThe harbour stays open.\n"
THREE = b"The council will meet on Tuesday.\n\nThe harbour is closed.\n"
PROVENANCE = {"snapshot", "recorded_at", "author", "origin"}


def as_commits(folders: Sequence[Folder], first: int = 0) -> list[Made]:
    """A day apart; each says what differs from the one before."""
    made = []
    before: Folder = {}
    for at, folder in enumerate(folders, first):
        gone = dict.fromkeys(before.keys() - folder.keys())
        made.append(Made({**gone, **folder}, START + at * DAY))  # type: ignore[arg-type]
        before = folder
    return made


def facts(place: ImportWorkspace) -> list[tuple[str, tuple[object, ...]]]:
    """Every row of the ledger, without what tells how its snapshots came in."""
    apart = [at for at, column in enumerate(FOLD_COLUMNS) if column in PROVENANCE]
    return [
        (table, tuple(value for at, value in enumerate(row) if table != "folds" or at not in apart))
        for table, row in place.rows()
    ]


def watched(root: Path, folders: Sequence[Folder], first: int = 0) -> ImportWorkspace:
    place = ImportWorkspace(root)
    for at, folder in enumerate(folders, first):
        place.live(folder, START + at * DAY)
    return place


# Each example takes some dozen runs: a smaller one is not searched for
SPLIT_LAWS = settings(max_examples=8, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
LEAVES_AND_RETURNS: list[Folder] = [
    {"a.txt": ONE, "b.txt": TWO},
    {"b.txt": TWO},
    {"a.txt": ONE, "b.txt": THREE},
    {"a.txt": TWO},
    {"a.txt": TWO, "b.txt": THREE},
]


@pytest.mark.slow
@SPLIT_LAWS
@given(histories(), st.data())
@example(LEAVES_AND_RETURNS, None)
def test_importing_older_history_gives_the_same_ledger(folders: list[Folder], data: st.DataObject | None) -> None:
    # the first run takes a snapshot even of what the last commit held
    folders = [folder for at, folder in enumerate(folders) if not at or folder != folders[at - 1]]
    assume(len(folders) > 1)
    half = data.draw(st.integers(1, len(folders) - 1)) if data else 2
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        whole = watched(root / "whole", folders)
        split = watched(root / "split", folders[half:], half)
        split.take(make_repository(root / "old.git", as_commits(folders[:half])), continues=True)
        assert facts(split) == facts(whole)


@pytest.mark.parametrize("half", [1, 2, 3])
def test_changes_keep_their_ids_when_older_history_comes_in(half: int, tmp_path: Path) -> None:
    place = watched(tmp_path / "place", LEAVES_AND_RETURNS[half:], half)
    before = {change.id for change in place.changes()}
    place.take(make_repository(tmp_path / "old.git", as_commits(LEAVES_AND_RETURNS[:half])), continues=True)
    assert before <= {change.id for change in place.changes()}


@pytest.fixture
def continued(tmp_path: Path, place: ImportWorkspace) -> ImportWorkspace:
    """Two commits, then two runs that went before the import."""
    place.live({"a.txt": TWO}, START + 5 * DAY)
    place.live({"a.txt": THREE}, START + 6 * DAY)
    place.take(make_repository(tmp_path / "old", as_commits([{"a.txt": ONE}, {"a.txt": TWO}])), continues=True)
    return place


def test_the_earlier_history_is_folded_first(continued: ImportWorkspace) -> None:
    assert seconds(continued.recorded()) == [START, START + DAY, START + 5 * DAY, START + 6 * DAY]


def test_earlier_history_uses_names_of_the_watched_folder(continued: ImportWorkspace) -> None:
    assert {change.document for change in continued.changes()} == {"a.txt"}


def test_the_first_run_is_compared_with_the_last_commit(continued: ImportWorkspace) -> None:
    first_run = continued.recorded()[2]
    assert continued.changes(snapshot=first_run.id, baseline=True) == []


def test_store_with_earlier_history_verifies(continued: ImportWorkspace) -> None:
    assert continued.findings() == []


def test_run_after_an_import_reports_only_its_own_changes(continued: ImportWorkspace) -> None:
    continued.live({"a.txt": ONE}, START + 7 * DAY)
    assert len(continued.told) == 2
    assert continued.findings() == []


def test_an_id_that_was_replaced_stays_another_name(tmp_path: Path, place: ImportWorkspace) -> None:
    place.live({"a.txt": TWO}, START + 5 * DAY)
    old = [change.after[0].statement for change in place.changes(baseline=True, level="statement")]
    place.take(make_repository(tmp_path / "old", as_commits([{"a.txt": ONE}])), continues=True)
    with open_monitor(place.settings) as monitor:
        lives = [monitor.ledger.statement_history(one) for one in old]
    assert [(life.revisions[-1].text, life.aliases) for life in lives if life] == [
        ("The council will meet on Tuesday.", (old[0],)),
        ("The harbour stays open.", (old[1],)),
    ]


def test_log_accepts_a_replaced_statement_id(tmp_path: Path, place: ImportWorkspace) -> None:
    place.live({"a.txt": TWO}, START + 5 * DAY)
    old = place.changes(baseline=True, level="statement")[0].after[0].statement
    place.take(make_repository(tmp_path / "old", as_commits([{"a.txt": ONE}])), continues=True)
    assert [change.kind for change in place.changes(statement=old)] == ["revised"]
    assert [change.kind for change in place.changes(statement=old[:8])] == ["revised"]


def test_a_rebuild_keeps_the_other_names(tmp_path: Path, place: ImportWorkspace) -> None:
    place.live({"a.txt": TWO}, START + 5 * DAY)
    old = place.changes(baseline=True, level="statement")[0].after[0].statement
    place.take(make_repository(tmp_path / "old", as_commits([{"a.txt": ONE}])), continues=True)
    rebuild(place.settings)
    assert len(place.changes(statement=old)) == 1


def test_earlier_history_is_imported_up_to_the_first_run(tmp_path: Path, place: ImportWorkspace) -> None:
    place.live({"a.txt": THREE}, START + DAY)
    repository = make_repository(tmp_path / "old", as_commits([{"a.txt": ONE}, {"a.txt": TWO}]))
    with pytest.raises(UsageError, match=r"is not before the first snapshot of the watched folder.*--until"):
        place.take(repository, continues=True)
    assert seconds(place.recorded()) == [START, START + DAY]
    assert place.take(repository, until=datetime.fromtimestamp(START, UTC)).new == 0


def test_second_earlier_history_is_refused(tmp_path: Path, continued: ImportWorkspace) -> None:
    with pytest.raises(UsageError, match="there can be only one"):
        continued.take(make_repository(tmp_path / "x", as_commits([{"a.txt": ONE}])), continues=True)


def test_an_import_of_its_own_cannot_become_the_earlier_history(tmp_path: Path, place: ImportWorkspace) -> None:
    repository = make_repository(tmp_path / "x", as_commits([{"a.txt": ONE}]))
    place.take(repository)
    with pytest.raises(UsageError, match="as a source of its own"):
        place.take(repository, continues=True)


def test_the_first_run_may_come_after_the_import(tmp_path: Path, place: ImportWorkspace) -> None:
    place.take(make_repository(tmp_path / "old", as_commits([{"a.txt": ONE}])), continues=True)
    place.live({"a.txt": TWO}, START + DAY)
    assert [change.kind for change in place.told] == ["revised"]
    assert place.findings() == []


def test_first_run_cannot_be_dated_before_imported_history(tmp_path: Path, place: ImportWorkspace) -> None:
    place.take(make_repository(tmp_path / "old", as_commits([{"a.txt": ONE}])), continues=True)
    with pytest.raises(UsageError, match="snapshots must be in order of time"):
        place.live({"a.txt": TWO}, START - DAY)


def test_scan_rules_apply_to_imported_earlier_history(tmp_path: Path) -> None:
    root = tmp_path / "place"
    root.mkdir()
    (root / "monitor.toml").write_text('[watch]\ninclude = ["**/*.txt"]\nexclude = ["drafts/"]\n')
    place = ImportWorkspace(root)
    files = {"a.txt": ONE, "b.md": ONE, "drafts/c.txt": ONE}
    result = place.take(make_repository(tmp_path / "old", as_commits([files])), continues=True)
    assert place.manifest(result.snapshots[0].id).keys() == {"a.txt"}
