"""What an import makes of a git history: one fact each."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import UsageError
from tests.support.git_histories import DAY, START, Entry, ImportWorkspace, Made, git, make_repository, seconds

ONE = b"The council will meet on Monday.\n"
TWO = b"The council will meet on Tuesday.\n"
THREE = b"The harbour stays open.\n"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 123456\n" % (b"ab" * 32)


def two_commits(path: Path) -> Path:
    return make_repository(path, [Made({"a.txt": ONE}, START), Made({"a.txt": TWO}, START + DAY)])


def test_commit_becomes_a_snapshot_with_date_author_and_id(tmp_path: Path, place: ImportWorkspace) -> None:
    repository = two_commits(tmp_path / "policies.git")
    result = place.take(repository)
    assert result.name == "policies"
    assert [one.origin for one in result.snapshots] == git(repository, "rev-list", "--reverse", "main").split()
    assert seconds(result.snapshots) == [START, START + DAY]
    assert {one.author for one in result.snapshots} == {"Ada <ada@example.org>"}


def test_documents_are_named_below_the_import(tmp_path: Path, place: ImportWorkspace) -> None:
    place.take(two_commits(tmp_path / "policies"))
    (change,) = place.changes()
    assert (change.document, change.kind) == ("policies/a.txt", "revised")


def test_a_snapshot_holds_the_exact_bytes(tmp_path: Path, place: ImportWorkspace) -> None:
    odd = bytes(range(256))
    result = place.take(make_repository(tmp_path / "x", [Made({"a.bin": odd, "b/c.txt": ONE}, START)]))
    assert place.manifest(result.snapshots[0].id) == {"a.bin": odd, "b/c.txt": ONE}


def test_imported_history_verifies(tmp_path: Path, place: ImportWorkspace) -> None:
    place.take(two_commits(tmp_path / "x"))
    assert place.findings() == []


def test_commit_without_a_document_change_adds_no_snapshot(tmp_path: Path, place: ImportWorkspace) -> None:
    commits = [
        Made({"a.txt": ONE}, START),
        Made({}, START + 1),
        Made({"a.txt": Entry(ONE, "100755")}, START + 2),
        Made({"a.txt": TWO}, START + 3),
    ]
    result = place.take(make_repository(tmp_path / "x", commits))
    assert seconds(result.snapshots) == [START, START + 3]


def test_of_a_merge_the_first_parent_counts(tmp_path: Path, place: ImportWorkspace) -> None:
    commits = [
        Made({"a.txt": ONE}, START),
        Made({"b.txt": ONE}, START + 1),
        Made({"b.txt": TWO}, START + 2),
        Made({"b.txt": TWO}, START + 3, parent=0, merges=[2]),
    ]
    result = place.take(make_repository(tmp_path / "x", commits))
    assert seconds(result.snapshots) == [START, START + 3]
    assert place.manifest(result.snapshots[1].id) == {"a.txt": ONE, "b.txt": TWO}


def test_time_never_runs_backwards(tmp_path: Path, place: ImportWorkspace) -> None:
    dates = [START, START + 5 * DAY, START + DAY, START + 6 * DAY]
    commits = [Made({"a.txt": b"%d\n" % at}, at) for at in dates]
    result = place.take(make_repository(tmp_path / "x", commits))
    assert seconds(result.snapshots) == [START, START + 5 * DAY, START + 5 * DAY, START + 6 * DAY]


def test_sources_interleave_by_time_and_ties_by_name(tmp_path: Path, place: ImportWorkspace) -> None:
    for name, dates in {"b": [START, START + DAY], "a": [START + 1, START + DAY]}.items():
        place.take(make_repository(tmp_path / name, [Made({"x.txt": b"%d\n" % at}, at) for at in dates]))
    assert [(one.source, int(one.taken_at.timestamp()) - START) for one in place.recorded()] == [
        ("b", 0), ("a", 1), ("a", DAY), ("b", DAY)
    ]  # fmt: skip


def test_an_import_touches_no_document_of_another_source(tmp_path: Path, place: ImportWorkspace) -> None:
    place.live({"a.txt": ONE}, START + DAY)
    place.take(make_repository(tmp_path / "old", [Made({"a.txt": TWO}, START), Made({"a.txt": None}, START + 2 * DAY)]))
    assert [(change.kind, change.document) for change in place.changes(level="document")] == [("removed", "old/a.txt")]


def test_import_announces_nothing(tmp_path: Path, place: ImportWorkspace) -> None:
    place.live({"a.txt": ONE}, START + 9 * DAY)
    place.take(two_commits(tmp_path / "old"))
    assert place.live({"a.txt": ONE}, START + 10 * DAY) is None
    place.live({"a.txt": TWO}, START + 11 * DAY)
    assert [change.document for change in place.told] == ["a.txt"]


# --- what is chosen


def test_a_path_names_the_folder_that_is_imported(tmp_path: Path, place: ImportWorkspace) -> None:
    commits = [Made({"docs/a.txt": ONE, "docs2/a.txt": ONE}, START), Made({"else.txt": ONE}, START + 1)]
    result = place.take(make_repository(tmp_path / "x", commits), path="docs/")
    assert [place.manifest(one.id) for one in result.snapshots] == [{"a.txt": ONE}]


def test_a_path_may_name_one_file(tmp_path: Path, place: ImportWorkspace) -> None:
    result = place.take(
        make_repository(tmp_path / "x", [Made({"d/a.txt": ONE, "d/b.txt": ONE}, START)]), path="d/a.txt"
    )
    assert place.manifest(result.snapshots[0].id) == {"a.txt": ONE}


def test_patterns_name_the_files_that_are_imported(tmp_path: Path, place: ImportWorkspace) -> None:
    commits = [Made({"a.txt": ONE, "b.md": ONE, "c/d.md": ONE}, START)]
    result = place.take(make_repository(tmp_path / "x", commits), include=("**/*.md",))
    assert place.manifest(result.snapshots[0].id).keys() == {"b.md", "c/d.md"}


def test_unselected_files_are_not_stored(tmp_path: Path, place: ImportWorkspace) -> None:
    repository = make_repository(tmp_path / "x", [Made({"a.txt": ONE, "huge.iso": b"0" * 5000}, START)])
    place.take(repository, include=("*.txt",))
    huge = git(repository, "rev-parse", "main:huge.iso")
    present = git(place.settings.store.snapshots / "history.git", "cat-file", "--batch-check", given=huge.encode())
    assert present == f"{huge} missing"


def test_since_begins_with_the_state_of_then(tmp_path: Path, place: ImportWorkspace) -> None:
    commits = [Made({"a.txt": ONE}, START), Made({"b.txt": ONE}, START + DAY), Made({"b.txt": TWO}, START + 2 * DAY)]
    repository = make_repository(tmp_path / "x", commits)
    result = place.take(repository, since=datetime.fromtimestamp(START + DAY + 1, UTC))
    assert [place.manifest(one.id) for one in result.snapshots] == [{"a.txt": ONE, "b.txt": TWO}]


def test_until_ends_the_import(tmp_path: Path, place: ImportWorkspace) -> None:
    repository = two_commits(tmp_path / "x")
    assert place.take(repository, until=datetime.fromtimestamp(START, UTC)).new == 1


def test_a_ref_names_what_is_imported_up_to(tmp_path: Path, place: ImportWorkspace) -> None:
    repository = two_commits(tmp_path / "x")
    git(repository, "tag", "-a", "-m", "first", "v1", "main~1")
    assert place.take(repository, ref="v1").new == 1


# --- again


def test_importing_again_takes_only_what_is_new(tmp_path: Path, place: ImportWorkspace) -> None:
    repository = two_commits(tmp_path / "x")
    first = place.take(repository)
    assert place.take(repository).new == 0
    git(repository, "fast-import", "--quiet", given=b"commit refs/heads/main\ncommitter A <a> %d +0000\ndata 1\nx\n"
        b"from refs/heads/main^0\nM 644 inline b.txt\ndata 2\nb\n" % (START + 3 * DAY))  # fmt: skip
    again = place.take(repository)
    assert again.new == 1
    assert again.snapshots[:2] == first.snapshots
    assert place.findings() == []


def test_a_history_that_was_rewritten_is_refused(tmp_path: Path, place: ImportWorkspace) -> None:
    place.take(two_commits(tmp_path / "x"))
    make_repository(tmp_path / "x", [Made({"a.txt": THREE}, START)])
    with pytest.raises(UsageError, match=r"was rewritten: commit .* import it under another --name"):
        place.take(tmp_path / "x")


def test_the_choice_of_the_first_import_holds_for_the_next(tmp_path: Path, place: ImportWorkspace) -> None:
    commits = [Made({"d/a.txt": ONE, "b.txt": ONE}, START)]
    make_repository(tmp_path / "x", commits)
    place.take(tmp_path / "x", path="d")
    make_repository(tmp_path / "x", [*commits, Made({"d/a.txt": TWO, "b.txt": TWO}, START + 1)])
    again = place.take(tmp_path / "x")
    assert place.manifest(again.snapshots[-1].id) == {"a.txt": TWO}


def test_another_choice_than_the_first_is_refused(tmp_path: Path, place: ImportWorkspace) -> None:
    place.take(two_commits(tmp_path / "x"))
    with pytest.raises(UsageError, match="was imported with everything"):
        place.take(tmp_path / "x", include=("*.md",))


def test_an_import_in_many_batches_is_the_same(
    tmp_path: Path, place: ImportWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = [Made({f"{at % 3}.txt": b"%d\n" % at}, START + at) for at in range(7)]
    repository = make_repository(tmp_path / "x", commits)
    whole = place.take(repository)
    monkeypatch.setattr("monitor.app.import_git.BATCH", 2)
    parts = ImportWorkspace(tmp_path / "other").take(repository)
    assert [(one.origin, one.taken_at) for one in parts.snapshots] == [
        (one.origin, one.taken_at) for one in whole.snapshots
    ]


def test_an_interrupted_import_goes_on_where_it_stopped(
    tmp_path: Path, place: ImportWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = [Made({"a.txt": b"%d\n" % at}, START + at) for at in range(7)]
    repository = make_repository(tmp_path / "x", commits)
    monkeypatch.setattr("monitor.app.import_git.BATCH", 2)
    from monitor.snapshots.history_import import Importer

    write = Importer.write
    written: list[int] = []

    def interrupted(self: Importer, source: str, parent: str | None, new: list[object], *rest: object) -> str:
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(len(new))
        return write(self, source, parent, new, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Importer, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        place.take(repository)
    monkeypatch.setattr(Importer, "write", write)
    result = place.take(repository)
    assert (result.new, len(result.snapshots)) == (3, 7)
    assert place.findings() == []


def test_import_interrupted_during_the_fold_is_resumed(
    tmp_path: Path, place: ImportWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.app import fold

    repository = make_repository(tmp_path / "x", [Made({"a.txt": b"%d\n" % at}, START + at) for at in range(7)])
    fold_snapshot = fold.fold_snapshot
    folded: list[object] = []

    def interrupted(*given: object) -> object:
        if len(folded) == 5:
            raise KeyboardInterrupt
        folded.append(given)
        return fold_snapshot(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(fold, "BATCH", 2)
    monkeypatch.setattr(fold, "fold_snapshot", interrupted)
    with pytest.raises(KeyboardInterrupt):
        place.take(repository)
    assert len(place.recorded()) == 4
    monkeypatch.setattr(fold, "fold_snapshot", fold_snapshot)
    assert place.take(repository).new == 0
    assert len(place.recorded()) == 7
    assert place.findings() == []


# --- names


def test_a_name_that_the_watched_folder_uses_is_refused(tmp_path: Path, place: ImportWorkspace) -> None:
    place.live({"x/a.txt": ONE}, START)
    with pytest.raises(UsageError, match="give the import another --name"):
        place.take(two_commits(tmp_path / "x"))


def test_documents_of_two_sources_with_one_path_are_two(tmp_path: Path, place: ImportWorkspace) -> None:
    place.take(make_repository(tmp_path / "x", [Made({"a.txt": ONE}, START)]))
    place.live({"x/a.txt": ONE}, START)
    assert place.findings() == []


@pytest.mark.parametrize("name", ["..", "a/b", "-x", "x.lock", ".hidden", "a..b", "x."])
def test_a_name_that_git_would_not_take_is_refused(name: str, tmp_path: Path, place: ImportWorkspace) -> None:
    repository = two_commits(tmp_path / "x")
    with pytest.raises(UsageError, match="--name"):
        place.take(repository, name=name)


# --- odd things in a source


def test_links_and_submodules_are_left_out_and_named(tmp_path: Path, place: ImportWorkspace) -> None:
    files: dict[str | bytes, bytes | Entry | None] = {
        "a.txt": ONE,
        "link": Entry(b"a.txt", "120000"),
        "sub": Entry(b"1" * 40, "160000"),
    }
    result = place.take(make_repository(tmp_path / "x", [Made(files, START)]))
    assert place.manifest(result.snapshots[0].id).keys() == {"a.txt"}
    assert list(result.notes) == ["submodule (left out): sub", "symbolic link (left out): link"]


def test_document_that_becomes_a_link_is_removed(tmp_path: Path, place: ImportWorkspace) -> None:
    commits = [Made({"a.txt": ONE, "b.txt": TWO}, START), Made({"a.txt": Entry(b"b.txt", "120000")}, START + 1)]
    result = place.take(make_repository(tmp_path / "x", commits))
    assert place.manifest(result.snapshots[1].id).keys() == {"b.txt"}


def test_pointers_of_git_lfs_are_imported_as_they_are_and_named(tmp_path: Path, place: ImportWorkspace) -> None:
    result = place.take(make_repository(tmp_path / "x", [Made({"big.bin": POINTER}, START)]))
    assert place.manifest(result.snapshots[0].id) == {"big.bin": POINTER}
    assert result.notes[0].startswith("pointer of Git LFS")


@pytest.mark.parametrize("path", [b"\xff\xfe.txt", b"a\nb.txt", b'quote".txt', b"%41.txt", "größe.txt".encode()])
def test_any_name_of_a_file_is_kept(path: bytes, tmp_path: Path, place: ImportWorkspace) -> None:
    result = place.take(make_repository(tmp_path / "x", [Made({path: ONE}, START)]))
    assert place.manifest(result.snapshots[0].id) == {os.fsdecode(path): ONE}
    assert place.findings() == []


def test_an_author_that_is_not_utf_8_is_kept(tmp_path: Path, place: ImportWorkspace) -> None:
    author = os.fsdecode(b"J\xfcrgen <j@example.org>")
    place.take(make_repository(tmp_path / "x", [Made({"a.txt": ONE}, START, author=author)]))
    assert [one.author for one in place.recorded()] == [author]


def test_a_file_that_takes_the_place_of_a_folder(tmp_path: Path, place: ImportWorkspace) -> None:
    commits = [
        Made({"a/b.txt": ONE}, START),
        Made({"a/b.txt": None, "a": TWO}, START + 1),
        Made({"a": None, "a/b.txt": THREE}, START + 2),
    ]
    result = place.take(make_repository(tmp_path / "x", commits))
    assert [place.manifest(one.id) for one in result.snapshots] == [{"a/b.txt": ONE}, {"a": TWO}, {"a/b.txt": THREE}]


def test_repository_without_a_bare_setting_is_imported(tmp_path: Path, place: ImportWorkspace) -> None:
    repository = two_commits(tmp_path / "x")
    git(repository, "config", "--unset", "core.bare")
    assert place.take(repository).new == 2


def test_a_linked_work_tree_is_imported_from(tmp_path: Path, place: ImportWorkspace) -> None:
    repository = two_commits(tmp_path / "x.git")
    git(repository, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"), "main~1")
    assert place.take(tmp_path / "tree").new == 1


def test_configuration_of_the_source_is_not_run(tmp_path: Path, place: ImportWorkspace) -> None:
    repository = two_commits(tmp_path / "x")
    trap = tmp_path / "ran"
    for key in ("core.fsmonitor", "core.sshCommand", "uploadpack.packObjectsHook", "core.alternateRefsCommand"):
        git(repository, "config", key, f"touch {trap}")
    (repository / "config").write_text((repository / "config").read_text() + "[include]\n path = /nonexistent\n[bad")
    assert place.take(repository).new == 2
    assert not trap.exists()


def test_colon_in_the_source_path_is_part_of_the_path(tmp_path: Path, place: ImportWorkspace) -> None:
    assert place.take(two_commits(tmp_path / 'a:b"c'), name="x").new == 2
