"""`monitor backup` and `monitor restore`: a copy that is whole at every moment, and a store that is as it was."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import tarfile
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest

from monitor.app import backup as backups
from monitor.app import review as app_review
from monitor.app.backup import BackupResult, backup
from monitor.app.backup_files import KEPT_COLUMNS, MANIFEST, Manifest, open_copy
from monitor.app.monitor import RESTORING, StoreLock, open_monitor
from monitor.app.restore import restore
from monitor.app.run import RunOptions, run
from monitor.core.review.events import Verdict
from monitor.errors import MonitorError, RunHeld, RunInProgress, StoreError, UsageError
from monitor.ledger.schema import KEPT
from monitor.reviews.outbox import Notice, Outbox
from monitor.snapshots import history_copy
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.support.workspace import Workspace, moment

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOCUMENTS = {"offer.txt": "The offer stands. It needs 30 votes.", "port.txt": "The port is closed."}
FORMS = [pytest.param(False, id="folder"), pytest.param(True, id="file")]


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A store with two snapshots, a verdict and a comment."""
    made = Workspace(tmp_path / "place")
    made.configure("[schedule]\ntimezone = 'UTC'\n[evidence]\nheads = 'heads.txt'\n")
    made.record(DOCUMENTS, moment(0))
    made.record({"offer.txt": "The offer stands. It needs 45 votes."}, moment(1))
    decide(made, Verdict.ACCEPTED, "quite so")
    return made


def decide(place: Workspace, verdict: Verdict, comment: str) -> str:
    with open_monitor(place.settings) as monitor:
        change = next(one.id for one in place.changes() if one.kind == "revised")
        app_review.decide(monitor, [change], verdict, reviewer="Ada", at=NOW, comment=comment)
    assert app_review.sync_branch(place.settings)
    return change


def verdicts(place: Workspace) -> list[tuple[object, ...]]:
    return place.select("SELECT * FROM review_events ORDER BY number")


def make(place: Workspace, target: Path, *, single_file: bool = False, replace: bool = False) -> BackupResult:
    return backup(place.settings, target, single_file=single_file, replace=replace)


def bring_back(source: Path, root: Path) -> Workspace:
    """The store that a copy gives in an empty folder."""
    again = Workspace(root)
    restore(source, root / "monitor.toml", lambda: again.settings)
    return again


def same(place: Workspace, again: Workspace) -> bool:
    return (
        again.rows() == place.rows()
        and verdicts(again) == verdicts(place)
        and again.changes(baseline=True) == place.changes(baseline=True)
        and again.settings.journal.read_bytes() == place.settings.journal.read_bytes()
        and (again.root / "monitor.toml").read_bytes() == (place.root / "monitor.toml").read_bytes()
        and (again.root / "heads.txt").read_bytes() == (place.root / "heads.txt").read_bytes()
        and again.findings() == []
    )


# --- what comes back --------------------------------------------------------------------------------


@pytest.mark.parametrize("single_file", FORMS)
def test_restored_store_is_the_one_that_was_copied(place: Workspace, tmp_path: Path, single_file: bool) -> None:
    made = make(place, tmp_path / "copy", single_file=single_file)
    assert (made.snapshots, made.manifest.events) == (2, 1)
    assert same(place, bring_back(tmp_path / "copy", tmp_path / "again"))


def test_next_run_is_not_held_after_a_restore(place: Workspace, tmp_path: Path) -> None:
    make(place, tmp_path / "copy")
    again = bring_back(tmp_path / "copy", tmp_path / "again")
    again.replace({**DOCUMENTS, "offer.txt": "The offer stands. It needs 60 votes."})
    record, changes = run(again.settings, RunOptions(settle=0))
    assert record.outcome == "recorded"
    assert [one.kind for one in changes] == ["revised"]
    assert again.findings() == []


def test_restore_reports_no_change_a_second_time(place: Workspace, tmp_path: Path) -> None:
    make(place, tmp_path / "copy")
    again = bring_back(tmp_path / "copy", tmp_path / "again")
    again.replace({**DOCUMENTS, "offer.txt": "The offer stands. It needs 45 votes."})
    record, changes = run(again.settings, RunOptions(settle=0))
    assert (record.outcome, list(changes)) == ("unchanged", [])


def test_imported_history_comes_back(place: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "old" / "2020-01-01"
    folder.mkdir(parents=True)
    (folder / "law.txt").write_text("A law is a law.")
    place.monitor("import", tmp_path / "old", "--name", "laws")
    make(place, tmp_path / "copy")
    again = bring_back(tmp_path / "copy", tmp_path / "again")
    assert same(place, again)
    assert [one.source for one in again.recorded()] == ["laws", "", ""]


def test_former_ids_and_upgrades_of_the_ledger_come_back(place: Workspace, tmp_path: Path) -> None:
    with closing(sqlite3.connect(place.snapshots / "ledger.db")) as ledger:
        ledger.execute("INSERT INTO aliases VALUES ('older', 'newer')")
        ledger.execute("INSERT INTO upgraded VALUES ('change', 1)")
        ledger.execute("INSERT INTO upgrades VALUES (1, '2026', 'a', 'b', 2, 3)")
        ledger.commit()
    make(place, tmp_path / "copy")
    again = bring_back(tmp_path / "copy", tmp_path / "again")
    for table in KEPT_COLUMNS:
        kept = place.select(f"SELECT * FROM {table}", "ledger.db")
        assert kept
        assert again.select(f"SELECT * FROM {table}", "ledger.db") == kept


def test_every_table_that_no_fold_makes_is_copied() -> None:
    assert KEPT_COLUMNS.keys() == KEPT.keys()


def test_verdicts_not_yet_on_their_branch_come_back(place: Workspace, tmp_path: Path) -> None:
    with StoreLock(place.snapshots / "lock"), open_monitor(place.settings) as monitor:
        change = place.changes()[0].id
        app_review.decide(monitor, [change], Verdict.FLAGGED, reviewer="Bo", at=NOW, comment="wait")
    make(place, tmp_path / "copy")
    again = bring_back(tmp_path / "copy", tmp_path / "again")
    assert verdicts(again) == verdicts(place)
    assert again.findings() == []
    for path in again.snapshots.glob("reviews.db*"):
        path.unlink()
    with open_monitor(again.settings) as monitor:
        assert [one.comment for one in app_review.history(monitor, change)][-1] == "wait"


def test_due_notices_are_not_sent_a_second_time(place: Workspace, tmp_path: Path) -> None:
    notice = Notice("desk", "snapshot", NOW, "1 change", "It changed.")
    with open_monitor(place.settings) as monitor:
        Outbox(monitor.reviews.database).add([notice])
    make(place, tmp_path / "copy")
    with open_monitor(bring_back(tmp_path / "copy", tmp_path / "again").settings) as monitor:
        found = Outbox(monitor.reviews.database).in_state("due", "uncertain")
    assert [(one.title, one.state) for one in found] == [("1 change", "uncertain")]


def test_store_that_can_only_be_read_is_copied(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _mode: not str(path).startswith(str(place.snapshots)))
    make(place, tmp_path / "copy")
    monkeypatch.undo()
    assert verdicts(bring_back(tmp_path / "copy", tmp_path / "again")) == verdicts(place)


def test_copy_is_private(place: Workspace, tmp_path: Path) -> None:
    make(place, tmp_path / "copy")
    make(place, tmp_path / "copy.tar", single_file=True)
    for path in (tmp_path / "copy", tmp_path / "copy.tar", bring_back(tmp_path / "copy", tmp_path / "b").snapshots):
        assert path.stat().st_mode & 0o077 == 0


@needs_postgresql
def test_reviews_of_a_server_are_copied_and_restored(place: Workspace, tmp_path: Path) -> None:
    with (place.root / "monitor.toml").open("a") as file:
        file.write(f"[store]\nledger = '{fresh_url()}'\n")
    place.record()
    decide(place, Verdict.FLAGGED, "on a server")
    make(place, tmp_path / "copy")
    with pytest.raises(UsageError, match=r"the database of .* holds a store already"):
        bring_back(tmp_path / "copy", tmp_path / "again")
    (tmp_path / "again/monitor.toml").write_text(f"[store]\nledger = '{fresh_url()}'\n")
    again = bring_back(tmp_path / "copy", tmp_path / "again")
    with open_monitor(place.settings) as there, open_monitor(again.settings) as here:
        assert here.reviews.events_after(0) == there.reviews.events_after(0) != []
    assert again.rows() == place.rows()
    assert again.findings() == []


# --- a copy that is there already -------------------------------------------------------------------


def test_second_backup_writes_only_new_objects(place: Workspace, tmp_path: Path) -> None:
    first = make(place, tmp_path / "copy")
    packs = {path: path.stat().st_ino for path in (tmp_path / "copy/history.git/objects").rglob("*.pack")}
    place.record({"port.txt": "The port is open."}, moment(2))
    second = make(place, tmp_path / "copy")
    assert len(second.manifest.files) > len(first.manifest.files)
    assert second.written < first.written
    assert {path: path.stat().st_ino for path in packs} == packs
    assert same(place, bring_back(tmp_path / "copy", tmp_path / "again"))


def test_packs_that_the_store_no_longer_has_leave_the_copy(place: Workspace, tmp_path: Path) -> None:
    make(place, tmp_path / "copy")
    with open_monitor(place.settings) as monitor:
        assert monitor.snapshots.pack(everything=True)
    make(place, tmp_path / "copy")
    assert len(list((tmp_path / "copy/history.git/objects/pack").glob("*.pack"))) == 1
    assert len(list((tmp_path / "copy").glob("state-*"))) == 1
    assert same(place, bring_back(tmp_path / "copy", tmp_path / "again"))


def test_damaged_copy_is_mended_by_the_next_backup(place: Workspace, tmp_path: Path) -> None:
    make(place, tmp_path / "copy")
    pack = next((tmp_path / "copy/history.git/objects/pack").glob("*.pack"))
    pack.write_bytes(pack.read_bytes()[:-30] + bytes(30))
    with pytest.raises(StoreError, match=r"damaged"):
        bring_back(tmp_path / "copy", tmp_path / "early")
    make(place, tmp_path / "copy")
    assert same(place, bring_back(tmp_path / "copy", tmp_path / "again"))


class Interrupted(OSError):
    """As a full disk, or a process that is stopped."""


@pytest.mark.parametrize("single_file", FORMS)
def test_interrupted_backup_leaves_the_last_good_copy(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, single_file: bool
) -> None:
    target, steps = tmp_path / "copy", 0
    make(place, target, single_file=single_file)
    before = place.copy(tmp_path / "before")
    place.record({"port.txt": "The port is open."}, moment(2))
    decide(place, Verdict.FLAGGED, "again")
    whole = history_copy.write_file

    for step in range(100):
        left = [step]

        def failing(path: Path, data: IO[bytes], left: list[int] = left) -> history_copy.FileFacts:
            left[0] -= 1
            if left[0] < 0:
                path.with_name(f"{path.name}.new").write_bytes(data.read(10))
                raise Interrupted
            return whole(path, data)

        for module in (backups, history_copy):
            monkeypatch.setattr(module, "write_file", failing)
        try:
            make(place, target, single_file=single_file)
            break
        except StoreError:
            steps += 1
            monkeypatch.undo()
            assert same(before, bring_back(target, tmp_path / f"again{step}"))
    assert steps > 8
    monkeypatch.undo()
    assert same(place, bring_back(target, tmp_path / "again"))


def test_failure_after_the_new_copy_is_complete_keeps_it(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(place, tmp_path / "copy")
    place.record({"port.txt": "The port is open."}, moment(2))
    remove, failures = backups._remove_old, [Interrupted()]

    def failing(target: Path, manifest: Manifest) -> None:
        if failures:
            raise failures.pop()
        remove(target, manifest)

    monkeypatch.setattr(backups, "_remove_old", failing)
    with pytest.raises(StoreError):
        make(place, tmp_path / "copy")
    assert same(place, bring_back(tmp_path / "copy", tmp_path / "again"))


@pytest.mark.parametrize("single_file", FORMS)
def test_damaged_history_does_not_replace_a_good_copy(place: Workspace, tmp_path: Path, single_file: bool) -> None:
    make(place, tmp_path / "copy", single_file=single_file)
    before = place.copy(tmp_path / "before")
    place.record({"port.txt": "The port is open."}, moment(2))
    pack = max((place.snapshots / "history.git/objects/pack").glob("*.pack"), key=lambda path: path.stat().st_mtime_ns)
    pack.chmod(0o600)
    pack.write_bytes(pack.read_bytes()[:-40] + bytes(40))
    with pytest.raises(StoreError, match=r"last good copy was left as it is|damaged"):
        make(place, tmp_path / "copy", single_file=single_file)
    assert same(before, bring_back(tmp_path / "copy", tmp_path / "again"))


def test_object_only_the_old_copy_has_does_not_hide_damage(place: Workspace, tmp_path: Path) -> None:
    make(place, tmp_path / "copy")
    lost = min((place.snapshots / "history.git/objects/pack").glob("*.pack"), key=lambda path: path.stat().st_mtime_ns)
    for suffix in (".pack", ".idx"):
        lost.with_suffix(suffix).unlink()
    with pytest.raises(StoreError, match=r"left as it is: object .* missing"):
        make(place, tmp_path / "copy", replace=True)
    assert (tmp_path / "copy/history.git/objects/pack" / lost.name).exists()


def test_store_that_began_again_does_not_replace_a_copy(place: Workspace, tmp_path: Path) -> None:
    make(place, tmp_path / "copy")
    other = Workspace(tmp_path / "other")
    other.record(DOCUMENTS, moment(0))
    with pytest.raises(RunHeld, match=r"holds snapshot .* lacks: it was left as it is.*--replace"):
        make(other, tmp_path / "copy")
    assert same(place, bring_back(tmp_path / "copy", tmp_path / "again"))
    make(other, tmp_path / "copy", replace=True)
    assert len(bring_back(tmp_path / "copy", tmp_path / "third").recorded()) == 1


def test_lost_verdicts_do_not_replace_a_copy(place: Workspace, tmp_path: Path) -> None:
    make(place, tmp_path / "copy")
    with closing(sqlite3.connect(place.snapshots / "reviews.db")) as reviews:
        reviews.execute("DELETE FROM review_events")
        reviews.commit()
    with pytest.raises(RunHeld, match=r"holds 1 of 1 verdicts and comments, which .* lacks"):
        make(place, tmp_path / "copy")


def test_damaged_reviews_are_not_copied(place: Workspace, tmp_path: Path) -> None:
    path = place.snapshots / "reviews.db"
    path.write_bytes(path.read_bytes()[:8192])
    with pytest.raises(StoreError):
        make(place, tmp_path / "copy")
    assert not (tmp_path / "copy" / MANIFEST).exists()


def test_damaged_ledger_does_not_prevent_a_backup(place: Workspace, tmp_path: Path) -> None:
    first = make(place, tmp_path / "copy")
    (place.snapshots / "ledger.db").write_bytes(b"no database at all" * 1000)
    made = make(place, tmp_path / "copy")
    assert first.message is None
    assert made.message is not None
    assert made.message.startswith("former ids of statements are as in the copy before: ")
    assert bring_back(tmp_path / "copy", tmp_path / "again").findings() == []


# --- while others are at work -----------------------------------------------------------------------


def test_pack_rolled_up_meanwhile_is_no_fault(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = history_copy.object_files
    times: list[int] = []

    def then_packed(repository: Path) -> list[str]:
        names = listed(repository)
        if repository.is_relative_to(place.root) and not times:
            times.append(len(names))
            with open_monitor(place.settings) as monitor:
                monitor.snapshots.pack(everything=True)
        return names

    monkeypatch.setattr(history_copy, "object_files", then_packed)
    make(place, tmp_path / "copy")
    monkeypatch.undo()
    assert times
    assert same(place, bring_back(tmp_path / "copy", tmp_path / "again"))


def test_run_that_comes_between_leaves_a_consistent_copy(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, before = history_copy.read_refs, place.copy(tmp_path / "before")

    def then_a_run(repository: Path) -> dict[str, str]:
        refs = read(repository)
        if repository.is_relative_to(place.root):
            place.record({"port.txt": "The port is open."}, moment(2))
        return refs

    monkeypatch.setattr(backups, "read_refs", then_a_run)
    make(place, tmp_path / "copy")
    monkeypatch.undo()
    again = bring_back(tmp_path / "copy", tmp_path / "again")
    assert again.rows() == before.rows()
    assert again.findings() == []


def test_backup_needs_no_lock_of_the_store(place: Workspace, tmp_path: Path) -> None:
    with StoreLock(place.snapshots / "lock", "monitor run"):
        make(place, tmp_path / "copy")


@pytest.mark.parametrize("single_file", FORMS)
def test_two_backups_to_one_place_take_turns(place: Workspace, tmp_path: Path, single_file: bool) -> None:
    (tmp_path / "copy").mkdir()
    lock = tmp_path / ("copy.tar.lock" if single_file else "copy/lock")
    with StoreLock(lock, "monitor backup"), pytest.raises(RunInProgress, match=r"`monitor backup`"):
        make(place, tmp_path / ("copy.tar" if single_file else "copy"), single_file=single_file)


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "single_file", "told"),
    [
        ("place/seeds/copy", False, "lies in the watched folder"),
        ("place/seeds/copy.tar", True, "lies in the watched folder"),
        ("place/snapshots/copy", False, "lies in the store"),
        ("home", False, "is not empty, and is not a backup"),
        ("home", True, "is a folder"),
        ("home/a.txt", False, "is a file"),
        ("link/copy", False, "lies in the watched folder"),
        ("store", False, "is not a backup"),
    ],
)
def test_place_that_is_none_for_a_copy_is_refused(
    place: Workspace, tmp_path: Path, where: str, single_file: bool, told: str
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/a.txt").write_text("mine")
    (tmp_path / "link").symlink_to(place.seeds)
    other = Workspace(tmp_path / "other")
    other.record(DOCUMENTS)
    (tmp_path / "store").mkdir()
    (other.snapshots / "history.git").rename(tmp_path / "store/history.git")  # as if it were a copy that was begun
    with pytest.raises(UsageError, match=told):
        make(place, tmp_path / where, single_file=single_file)
    assert (tmp_path / "home/a.txt").read_text() == "mine"


def test_nothing_recorded_is_no_backup(tmp_path: Path) -> None:
    place = Workspace(tmp_path / "place")
    assert "nothing is recorded" in place.monitor("backup", tmp_path / "copy", status=2).message
    place.snapshots.mkdir()
    assert "nothing is recorded" in place.monitor("backup", tmp_path / "copy", status=2).message
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("name", ["history.git", "ledger.db", "reviews.db", "runs.jsonl", "anything"])
def test_restore_never_overwrites_a_store(place: Workspace, tmp_path: Path, name: str) -> None:
    make(place, tmp_path / "copy")
    again = Workspace(tmp_path / "again")
    again.snapshots.mkdir()
    (again.snapshots / name).write_bytes(b"mine")
    answer = again.monitor("restore", tmp_path / "copy", status=2)
    assert f"holds a store already ({name})" in answer.message
    assert (again.snapshots / name).read_bytes() == b"mine"
    assert sorted(path.name for path in again.root.iterdir()) == ["home", "seeds", "snapshots"]


def test_restore_into_the_folders_of_init(place: Workspace, tmp_path: Path) -> None:
    make(place, tmp_path / "copy")
    again = Workspace(tmp_path / "again")
    again.monitor("init")
    own = (again.root / "monitor.toml").read_bytes()
    answer = again.monitor("restore", tmp_path / "copy")
    assert "kept" in answer.text
    assert (again.root / "monitor.toml").read_bytes() == own
    assert again.rows() == place.rows()


def test_heads_that_are_there_are_kept(place: Workspace, tmp_path: Path) -> None:
    make(place, tmp_path / "copy")
    again = Workspace(tmp_path / "again")
    (again.root / "heads.txt").write_text("newer\n")
    done = restore(tmp_path / "copy", again.root / "monitor.toml", lambda: again.settings)
    assert done.kept == (again.root / "heads.txt",)
    assert (again.root / "heads.txt").read_text() == "newer\n"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


@pytest.mark.parametrize("name", ["*.pack", "*.idx", "reviews.db", "runs.jsonl", "heads.txt", "monitor.toml"])
@pytest.mark.parametrize("damage", [cut, flip, link, Path.unlink])
def test_damaged_copy_restores_nothing(
    place: Workspace, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    make(place, tmp_path / "copy")
    damage(next((tmp_path / "copy").rglob(name)))
    again = Workspace(tmp_path / "again")
    with pytest.raises(StoreError):
        restore(tmp_path / "copy", again.root / "monitor.toml", lambda: again.settings)
    assert not (again.root / "monitor.toml").exists()
    assert not again.snapshots.exists() or [path.name for path in again.snapshots.iterdir()] == ["lock"]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_file_that_was_cut_off_restores_nothing(place: Workspace, tmp_path: Path, share: float) -> None:
    made = tmp_path / "copy.tar"
    make(place, made, single_file=True)
    with tarfile.open(made) as archive:
        end = archive.getmembers()[-1].offset_data
    made.write_bytes(made.read_bytes()[: int(share * end)])
    again = Workspace(tmp_path / "again")
    with pytest.raises(MonitorError):
        restore(made, again.root / "monitor.toml", lambda: again.settings)
    assert not (again.root / "monitor.toml").exists()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 1}', b"[" * 100_000, b"\xff\xfe", b"null"])
def test_what_is_no_backup_is_refused(place: Workspace, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / MANIFEST).write_bytes(content)
    (tmp_path / "file").write_bytes(content)
    for source in ("copy", "file", "place", "nowhere"):
        assert "backup" in place.monitor("restore", tmp_path / source, status=2).message


def test_copy_of_a_newer_program_is_refused(place: Workspace, tmp_path: Path) -> None:
    make(place, tmp_path / "copy")
    alter(tmp_path / "copy", lambda found: found.update(format=99, program="9.9"))
    with pytest.raises(UsageError, match=r"newer monitor \(9.9\)"):
        bring_back(tmp_path / "copy", tmp_path / "again")


def alter(copy: Path, how: Callable[[dict[str, object]], object]) -> None:
    found = json.loads((copy / MANIFEST).read_bytes())
    how(found)
    (copy / MANIFEST).write_text(json.dumps(found))


HOSTILE = {
    "a file outside": lambda found: found["files"].update({"../outside": [0, ""]}),
    "a file at the root": lambda found: found["files"].update({"/etc/outside": [0, ""]}),
    "a hook": lambda found: found["files"].update({"history.git/hooks/post-update": [0, ""]}),
    "the configuration of git": lambda found: found["files"].update({"history.git/config": [0, ""]}),
    "a list of other folders": lambda found: found["files"].update({"history.git/objects/info/alternates": [0, ""]}),
    "a state outside": lambda found: found.update(state="../x"),
    "a ref outside": lambda found: found["refs"].update({"refs/../../x": "0" * 40}),
    "a ref of two lines": lambda found: found["refs"].update({"refs/heads/a\nb": "0" * 40}),
    "a ref to no commit": lambda found: found["refs"].update({"refs/heads/a": "ref: x"}),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_manifest_is_refused(place: Workspace, tmp_path: Path, kind: str) -> None:
    make(place, tmp_path / "copy")
    alter(tmp_path / "copy", HOSTILE[kind])
    with pytest.raises(UsageError, match=r"is not a backup"):
        bring_back(tmp_path / "copy", tmp_path / "again")


def test_links_in_an_archive_are_not_followed(place: Workspace, tmp_path: Path) -> None:
    make(place, tmp_path / "copy.tar", single_file=True)
    with tarfile.open(tmp_path / "copy.tar") as archive, tarfile.open(tmp_path / "bad.tar", "w") as bad:
        for member in archive:
            if member.name.endswith("runs.jsonl"):
                member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0
                bad.addfile(member)
            else:
                bad.addfile(member, archive.extractfile(member))
    with pytest.raises(StoreError, match=r"runs.jsonl is missing"):
        bring_back(tmp_path / "bad.tar", tmp_path / "again")


def test_interrupted_restore_can_be_made_again(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(place, tmp_path / "copy")
    again = Workspace(tmp_path / "again")
    replace, steps = Path.replace, 0
    for step in range(100):
        left = [step]

        def killed(self: Path, target: Path, left: list[int] = left) -> Path:
            if self.parent.name == RESTORING and again.snapshots in self.parents:
                left[0] -= 1
                if left[0] < 0:
                    raise KeyboardInterrupt
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", killed)
        with suppress(KeyboardInterrupt):
            restore(tmp_path / "copy", again.root / "monitor.toml", lambda: again.settings)
            break
        steps += 1
        monkeypatch.undo()
    monkeypatch.undo()
    assert steps > 3
    assert same(place, again)
    assert not (again.snapshots / RESTORING).exists()


# --- processes --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_copies_made_while_a_watch_is_at_work(tmp_path: Path) -> None:
    place = Workspace(tmp_path / "place")
    place.configure("[schedule]\nevery = '1 s'\n[watch]\nsettle = 0\n")
    place.write("a.txt", "The first.")
    place.run()
    with place.running("watch"):
        for number in range(1000):  # until the watch has made some runs
            place.write("a.txt", f"The first. Edit {number} was made.")
            place.write(f"{number}.txt", f"Document {number}.")
            place.monitor("backup", tmp_path / "copy")
            again = bring_back(tmp_path / "copy", tmp_path / f"again{number}")
            assert again.findings() == []
            if len(again.recorded()) > 4:
                break
    assert len(again.recorded()) > 4


def killed_at(place: Workspace, share: float, *args: str | Path) -> int:
    """Kill a command at a share of two seconds; its exit status."""
    process = place.start(*args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return process.wait(2 * share)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


@pytest.fixture
def larger(tmp_path: Path) -> Workspace:
    place = Workspace(tmp_path / "larger")
    for number in range(10):
        place.record({f"{one}.txt": f"Document {one}, version {number}." for one in range(number, 20)})
    return place


@pytest.mark.slow
def test_kills_of_backups_leave_a_good_copy(larger: Workspace, tmp_path: Path) -> None:
    make(larger, tmp_path / "copy")
    for trial in range(12):
        larger.record({"0.txt": f"Trial {trial}."})
        killed_at(larger, (trial + 1) / 12, "backup", tmp_path / "copy")
        with open_copy(tmp_path / "copy") as copy:
            copy.check()
    assert bring_back(tmp_path / "copy", tmp_path / "again").findings() == []


@pytest.mark.slow
def test_kills_of_restores_are_made_good_by_another(larger: Workspace, tmp_path: Path) -> None:
    make(larger, tmp_path / "copy")
    for trial in range(12):
        again = Workspace(tmp_path / f"again{trial}")
        if killed_at(again, (trial + 1) / 12, "restore", tmp_path / "copy") != 0:
            with suppress(UsageError):  # its history was in place
                bring_back(tmp_path / "copy", again.root)
            again.monitor("rebuild", "--wait", "60")  # its git process may outlive it for a moment
        assert again.rows() == larger.rows()
        assert again.findings() == []
