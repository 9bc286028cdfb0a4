"""What was forgotten does not come back, and what was not forgotten stays: other documents, imports, refs of git."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.operation.forgetting import CONFIGURATION, FORGET, SECRET, TEXTS, contents, newest_change, recorded, traces
from tests.operation.test_retention import KEEP, five_snapshots
from tests.support.workspace import Workspace


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return recorded(tmp_path / "work")


def git(place: Workspace, *arguments: str, folder: Path | None = None) -> str:
    where = ["git", "-c", "user.name=A", "-c", "user.email=a@b.example", "-C", str(folder or history(place))]
    return subprocess.run([*where, *arguments], check=True, capture_output=True, text=True, env=place.environ()).stdout


def history(place: Workspace) -> Path:
    return place.snapshots / "history.git"


# --- the ledger and the history must be whole


def test_a_history_that_lacks_snapshots_is_not_rewritten(place: Workspace) -> None:
    whole = git(place, "rev-parse", "refs/heads/main")
    git(place, "update-ref", "refs/heads/main", "refs/heads/main~1")
    assert "`monitor recover` goes back to it" in place.monitor(*FORGET, status=6).message
    place.monitor("recover")
    assert git(place, "rev-parse", "refs/heads/main") == whole
    place.monitor(*FORGET)
    assert traces(place) == []


def test_a_ledger_that_is_behind_is_completed_first(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    place.write("person.txt", f"{SECRET} lives in house 3.\n")
    with monkeypatch.context() as patch:
        patch.setattr("monitor.app.publish.fold_and_list_changes", end)
        place.run(3, status=130)
    said = place.monitor(*FORGET, status=4).message
    assert "the ledger is 1 snapshot behind: `monitor run` adds them; nothing was taken out" in said
    place.run(4)
    assert "4 versions forgotten" in place.monitor(*FORGET).text
    assert traces(place) == []


# --- other documents with the same bytes


def test_a_copy_is_watched_as_before(place: Workspace) -> None:
    place.write("copy.txt", TEXTS[2])
    place.run(3)
    place.monitor(*FORGET)
    said = place.run(4).text
    assert "skipped person.txt: removed by request" in said
    assert "copy.txt" not in said
    place.write("copy.txt", "Nothing of it.\n")
    place.run(5)
    place.write("copy.txt", TEXTS[2])
    place.run(6)
    assert place.cat("copy.txt") == TEXTS[2].encode()
    assert "all versions removed by request" in place.monitor("log", "person.txt", status=2).message


def test_an_empty_version_does_not_hide_empty_files(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    place.update({"person.txt": "", "empty.txt": ""})
    place.run(0)
    place.write("person.txt", TEXTS[0])
    place.run(1)
    place.monitor(*FORGET)
    place.write("another.txt", "")
    assert "another.txt" not in place.run(2).text.partition("snapshot")[0]
    assert "another.txt" in place.monitor("files").text
    assert place.cat("another.txt") == b""


def test_a_document_stays_as_it_was_while_its_file_is_skipped(place: Workspace) -> None:
    place.monitor(*FORGET, "--since", "2026-01-03")
    assert "skipped person.txt: removed by request (`monitor forget`): delete the file, or" in place.run(4).text
    assert place.log("--since", "2026-01-04") == []
    assert place.cat("person.txt") == TEXTS[1].encode()
    (place.seeds / "person.txt").unlink()
    place.run(5, "--accept-deletions")
    assert {one["kind"] for one in place.log("--since", "2026-01-06")} == {"removed"}
    assert b"house 2" not in b"".join(data for _, data in contents(place))


# --- refs


def test_refs_of_others_follow_or_go(place: Workspace) -> None:
    git(place, "tag", "mine", "refs/heads/main~1")
    git(place, "branch", "main-of-before", "refs/heads/main")
    git(place, "tag", "-a", "-m", "with a message", "described", "refs/heads/main")
    git(place, "update-ref", "refs/original/refs/heads/main", "refs/heads/main")
    git(place, "update-ref", "refs/monitor/pending", "refs/heads/main")
    git(place, "pack-refs", "--all")
    place.monitor(*FORGET)
    assert traces(place) == []
    now = [one.id for one in place.recorded()]
    assert git(place, "rev-parse", "mine", "main-of-before").split() == [now[1], now[2]]
    assert "refs/tags/described" not in git(place, "for-each-ref")
    assert "refs/monitor/pending" not in git(place, "for-each-ref")


def test_refs_of_what_is_too_old_go(tmp_path: Path) -> None:
    place = five_snapshots(tmp_path, KEEP.replace("keep =", "# keep ="))
    for number in range(5):
        git(place, "tag", f"before-{number}", f"refs/heads/main~{number}")
    place.configure(KEEP)
    place.monitor("run", "--settle", "0")
    assert git(place, "tag", "--list").split() == ["before-0", "before-1", "before-2"]
    assert traces(place) == []


# --- imports


@pytest.fixture
def source(tmp_path: Path, place: Workspace) -> Path:
    """A repository with the person's document alone in its first commit, and a bundle of it beside."""
    folder = tmp_path / "source"
    folder.mkdir()
    git(place, "init", "--quiet", folder=folder)
    for number, text in enumerate(TEXTS):
        (folder / "person.txt").write_text(text)
        (folder / "fee.txt").write_text(f"The fee is {number}.\n")
        git(place, "add", "person.txt" if number == 0 else ".", folder=folder)
        date = f"--date=2020-01-0{number + 1}T00:00:00Z"
        place.environment["GIT_COMMITTER_DATE"] = f"2020-01-0{number + 1}T00:00:00Z"
        git(place, "commit", "--quiet", "-m", "a version", date, folder=folder)
    git(place, "bundle", "create", str(tmp_path / "source.bundle"), "--all", folder=folder)
    return folder


@pytest.fixture
def empty(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "empty")
    made.configure(CONFIGURATION)
    made.write("a.txt", "Nobody is named here.\n")
    return made


def test_an_import_leaves_out_what_was_forgotten(empty: Workspace, source: Path) -> None:
    empty.monitor("import", str(source), "--name", "old")
    empty.monitor("forget", "old/person.txt", *FORGET[2:])
    assert traces(empty) == []
    assert "nothing new" in empty.monitor("import", str(source), "--name", "old").text
    said = empty.monitor("import", str(source), "--name", "again", status=3).text
    assert "its content was removed by request" in said
    assert empty.texts("again/fee.txt") == ["The fee is 2."]
    assert traces(empty) == []
    assert empty.findings() == []


def test_an_earlier_history_of_the_folder_is_forgotten_too(empty: Workspace, source: Path) -> None:
    empty.write("person.txt", f"{TEXTS[2]}She sings.\n")
    empty.run(0)
    empty.monitor("import", str(source), "--name", "old", "--continues")
    assert "4 versions forgotten" in empty.monitor(*FORGET).text
    assert traces(empty) == []
    assert empty.findings() == []


def test_a_bundle_of_what_was_forgotten_is_refused(empty: Workspace, source: Path) -> None:
    bundle = str(source.with_name("source.bundle"))
    empty.monitor("import", bundle, "--name", "old")
    empty.monitor("forget", "old/person.txt", *FORGET[2:])
    assert traces(empty) == []
    for name in ("old", "again"):
        said = empty.monitor("import", bundle, "--name", name, status=2).message
        assert "holds versions that were removed by request" in said
        assert traces(empty) == []
    clone = source.with_name("clone")
    git(empty, "clone", "--quiet", "--bare", bundle, str(clone), folder=source.parent)
    empty.monitor("import", str(clone), "--name", "again", status=3)
    assert traces(empty) == []
    assert empty.findings() == []


def test_dated_folders_leave_out_what_was_forgotten(empty: Workspace, tmp_path: Path) -> None:
    for number, text in enumerate(TEXTS):
        folder = tmp_path / "dated" / f"2020-01-0{number + 1}"
        folder.mkdir(parents=True)
        (folder / "person.txt").write_text(text)
        (folder / "fee.txt").write_text(f"The fee is {number}.\n")
    empty.monitor("import", "../dated", "--name", "old")
    empty.monitor("forget", "old/person.txt", *FORGET[2:])
    assert "nothing new" in empty.monitor("import", "../dated", "--name", "old").text
    (tmp_path / "dated" / "2020-01-01" / "more.txt").write_text("More of it.\n")
    empty.monitor("import", "../dated", "--name", "again")
    assert traces(empty) == []
    assert empty.texts("again/fee.txt") == ["The fee is 2."]
    assert empty.findings() == []


# --- messages and comments


FORMS = ("text", "json")


@pytest.mark.parametrize("name", ["person.txt", 'tab\there, "quoted" \\ & <b>.txt', "Größe.txt"])
def test_waiting_digests_that_name_it_go(tmp_path: Path, name: str) -> None:
    place = Workspace(tmp_path)
    channels = [f'[notify.c{at}]\nurl = "json://127.0.0.1:9"\nformat = "{form}"\n' for at, form in enumerate(FORMS)]
    place.configure("".join(f'{one}every = "1 h"\n' for one in channels))
    for number, text in enumerate(TEXTS):
        place.write(name, text)
        place.run(number)
    with closing(sqlite3.connect(place.snapshots / "reviews.db")) as connection, connection:
        connection.execute("UPDATE notice_changes SET made_at = '2026-01-01T00:00:00.000000Z'")
    place.run(4)
    assert len(place.select("SELECT body FROM notices WHERE body LIKE '%Quillfeather%'")) == len(FORMS)
    place.monitor("forget", name, *FORGET[2:])
    assert traces(place) == []


def test_a_comment_keeps_what_a_version_that_stays_holds(place: Workspace) -> None:
    quotation = f"First '{SECRET} lives in house 1', now '{SECRET} lives in house 2'."
    place.monitor("review", "comment", newest_change(place, "other.txt"), quotation, "--as", "Bo")
    place.monitor(*FORGET, "--since", "2026-01-02", "--until", "2026-01-02")
    [(comment,)] = place.select("SELECT comment FROM review_events WHERE reviewer = 'Bo'")
    assert "house 1" not in str(comment)
    assert "house 2" in str(comment)
