"""Sources that are not whole, or none: one clear line each, and the ledger whole."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.app.maintenance import rebuild
from monitor.app.monitor import open_monitor
from monitor.errors import MonitorError, StoreError, UsageError
from monitor.snapshots import history_import
from monitor.snapshots.git_objects import object_id
from tests.support.git_histories import DAY, START, ImportWorkspace, Made, git, make_repository

TEXTS = [b"The council will meet on %s.\n" % day for day in (b"Monday", b"Tuesday", b"Wednesday", b"Thursday")]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Four commits whose objects lie loose, one file each."""
    place = make_repository(
        tmp_path / "source", [Made({"a.txt": text, "b/c.txt": text}, START + at) for at, text in enumerate(TEXTS)]
    )
    return unpack(place)


def unpack(place: Path) -> Path:
    """Each object in a file of its own."""
    packs = place / "objects" / "pack"
    moved = place / "moved"
    shutil.move(packs, moved)
    packs.mkdir()
    for pack in moved.glob("*.pack"):
        git(place, "unpack-objects", "-q", given=pack.read_bytes())
    shutil.rmtree(moved)
    return place


def loose(repository: Path, name: str) -> Path:
    found = git(repository, "rev-parse", name)
    return repository / "objects" / found[:2] / found[2:]


def damage(path: Path) -> None:
    path.chmod(0o644)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 0xFF]) + data[len(data) // 2 + 1 :])


def lose(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("harm", [damage, lose])
@pytest.mark.parametrize("what", ["main~1^{tree}", "main~1:b"])
def test_a_damaged_commit_stops_the_import_at_that_commit(
    what: str, harm: Callable[[Path], None], repository: Path, place: ImportWorkspace
) -> None:
    broken = git(repository, "rev-parse", "main~1")
    harm(loose(repository, what))
    with pytest.raises(StoreError, match=f"commit {broken[:12]} of the source"):
        place.take(repository)
    assert [one.origin for one in place.recorded()] == git(repository, "rev-list", "--reverse", "main~2").split()
    assert place.findings() == []


def test_import_goes_on_after_the_source_is_repaired(repository: Path, place: ImportWorkspace) -> None:
    path = loose(repository, "main~1:b")
    whole = path.read_bytes()
    lose(path)
    with pytest.raises(StoreError):
        place.take(repository)
    path.write_bytes(whole)
    assert place.take(repository).new == 2


@pytest.mark.parametrize("harm", [damage, lose])
def test_history_ends_at_an_unreadable_commit(
    harm: Callable[[Path], None], repository: Path, place: ImportWorkspace
) -> None:
    harm(loose(repository, "main~1"))
    with pytest.raises(StoreError, match=r"cannot be read, and nothing was imported"):
        place.take(repository)
    assert place.recorded() == []


def swap(path: Path) -> None:
    """The content of another object, which is whole."""
    path.chmod(0o644)
    (other,) = (one for one in path.parents[1].rglob("?" * 38) if one.parent.name + one.name == FIRST)
    path.write_bytes(other.read_bytes())


FIRST = object_id("blob", TEXTS[0])


@pytest.mark.parametrize("harm", [damage, lose, swap])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_version_that_cannot_be_had_costs_its_document_alone(
    at: int, harm: Callable[[Path], None], tmp_path: Path, place: ImportWorkspace
) -> None:
    separate = make_repository(
        tmp_path / "separate",
        [Made({"a.txt": text, "b/c.txt": text[::-1]}, START + number) for number, text in enumerate(TEXTS)],
    )
    unpack(separate)
    broken = git(separate, "rev-parse", f"main~{3 - at}:b/c.txt")
    harm(loose(separate, f"main~{3 - at}:b/c.txt"))
    result = place.take(separate)
    assert (result.new, result.failed) == (4, 1)
    why = "is missing from the source" if harm is lose else "is damaged"
    assert list(result.notes) == [f"its content {why} (kept as it was before): b/c.txt"]
    versions = [place.manifest(one.id) for one in result.snapshots]
    assert [one["a.txt"] for one in versions] == TEXTS
    expected = [text[::-1] for text in TEXTS]
    expected[at] = expected[at - 1]
    assert [one["b/c.txt"] for one in versions] == expected
    failed = [change for change in place.changes() if change.kind == "failed"]
    assert [(change.document, change.snapshot) for change in failed] == [("separate/b/c.txt", result.snapshots[at].id)]
    assert broken in str(failed[0].message)
    assert place.findings() == []
    assert place.take(separate).new == 0


@pytest.mark.parametrize("refs", [["main"], ["old", "main"]], ids=["at once", "in two imports"])
def test_missing_content_is_carried_forward_until_a_change(
    refs: list[str], tmp_path: Path, place: ImportWorkspace
) -> None:
    """Also where what follows is the version before it, or its removal, and in another import."""
    lost = b"Nobody will ever read this.\n"
    story = [
        {"a.txt": TEXTS[0], "b.txt": TEXTS[0], "c.txt": TEXTS[0], "d": TEXTS[0]},
        {"a.txt": lost, "b.txt": lost, "c.txt": lost, "new.txt": lost, "d": None, "d/e.txt": lost},
        {"b.txt": None, "new.txt": None, "x.txt": TEXTS[1]},
        {"a.txt": TEXTS[0], "c.txt": TEXTS[2], "d/e.txt": None, "d": TEXTS[0]},
    ]
    expected = [
        {"a.txt": TEXTS[0], "b.txt": TEXTS[0], "c.txt": TEXTS[0], "d": TEXTS[0]},
        {"a.txt": TEXTS[0], "b.txt": TEXTS[0], "c.txt": TEXTS[0]},
        {"a.txt": TEXTS[0], "c.txt": TEXTS[0], "x.txt": TEXTS[1]},
        {"a.txt": TEXTS[0], "c.txt": TEXTS[2], "x.txt": TEXTS[1], "d": TEXTS[0]},
    ]
    source = make_repository(tmp_path / "story", [Made(files, START + at) for at, files in enumerate(story)])
    unpack(source)
    lose(loose(source, "main~2:a.txt"))
    git(source, "branch", "old", "main~2")
    for ref in refs:
        place.take(source, ref=ref)
    with open_monitor(place.settings) as monitor:
        snapshots = list(monitor.snapshots.snapshots_of("story"))
        told = [[failure.path for failure in monitor.snapshots.failures(one.id)] for one in snapshots]
    assert [place.manifest(one.id) for one in snapshots] == expected
    assert told == [[], ["a.txt", "b.txt", "c.txt", "d/e.txt", "new.txt"], ["a.txt", "c.txt", "d/e.txt"], []]
    assert place.findings() == []
    rows = place.rows()
    rebuild(place.settings)
    assert place.rows() == rows


def test_a_blob_that_is_too_large_costs_its_document_alone(
    repository: Path, place: ImportWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_import, "LARGEST", len(TEXTS[0]))
    assert place.take(repository).failed == 2  # the texts of later days are longer


def test_a_clone_without_the_older_history_is_named(tmp_path: Path, repository: Path, place: ImportWorkspace) -> None:
    git(tmp_path, "clone", "-q", "--bare", "--depth=2", f"file://{repository}", "shallow")
    with pytest.raises(UsageError, match=r"is a shallow clone: .*`git fetch --unshallow`"):
        place.take(tmp_path / "shallow")


def test_a_clone_without_contents_is_named(tmp_path: Path, repository: Path, place: ImportWorkspace) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{repository}", "partial")
    first = git(repository, "rev-list", "--max-parents=0", "main")
    with pytest.raises(StoreError, match=f"commit {first[:12]} of the source: .* is missing from the source"):
        place.take(tmp_path / "partial")


def empty(path: Path) -> None:
    path.mkdir()


def a_file(path: Path) -> None:
    path.write_bytes(b"# v2 git bundle")


def nothing(path: Path) -> None:
    pass


def unborn(path: Path) -> None:
    make_repository(path, [])


def sha256(path: Path) -> None:
    path.mkdir()
    git(path, "init", "-q", "--bare", "--object-format=sha256")
    tree = git(path, "mktree")
    git(path, "update-ref", "HEAD", git(path, "commit-tree", "-m", "x", tree))


def pipe_for_a_head(path: Path) -> None:
    (path / "objects").mkdir(parents=True)
    os.mkfifo(path / "HEAD")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (nothing, "does not exist"),
        (empty, "is neither a git repository nor a bundle"),
        (a_file, "is neither a git repository nor a bundle"),
        (pipe_for_a_head, "is neither a git repository nor a bundle"),
        (unborn, "has no commit named HEAD"),
        (sha256, "names its objects by SHA-256"),
    ],
)
def test_invalid_source_is_named(
    make: Callable[[Path], None], told: str, tmp_path: Path, place: ImportWorkspace
) -> None:
    make(tmp_path / "x")
    with pytest.raises(UsageError, match=told):
        place.take(tmp_path / "x")


@pytest.mark.parametrize("ref", ["other", "../../../etc/passwd", "0" * 40, "HEAD^{tree}"])
def test_a_ref_that_names_no_commit_is_named(ref: str, repository: Path, place: ImportWorkspace) -> None:
    with pytest.raises(MonitorError, match=re.escape(ref[:12])):
        place.take(repository, ref=ref)


# --- bundles


def bundle_of(repository: Path, path: Path, *which: str) -> Path:
    git(repository, "bundle", "create", "-q", str(path), *which)
    return path


def test_a_bundle_is_imported_like_its_repository(tmp_path: Path, repository: Path, place: ImportWorkspace) -> None:
    result = place.take(bundle_of(repository, tmp_path / "policies.bundle", "main"))
    assert (result.name, result.new) == ("policies", 4)
    assert place.findings() == []


def test_a_bundle_that_goes_on_where_the_last_ended(tmp_path: Path, repository: Path, place: ImportWorkspace) -> None:
    git(repository, "branch", "old", "main~2")
    place.take(bundle_of(repository, tmp_path / "old.bundle", "old"), name="x")
    new = bundle_of(repository, tmp_path / "new.bundle", "main~2..main")
    assert place.take(new, name="x").new == 2


def test_a_bundle_whose_beginning_was_not_imported_is_named(
    tmp_path: Path, repository: Path, place: ImportWorkspace
) -> None:
    new = bundle_of(repository, tmp_path / "new.bundle", "main~2..main")
    with pytest.raises(UsageError, match=r"starts after commit .* import one that holds it"):
        place.take(new)


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.99])
def test_a_bundle_that_is_cut_off_is_named(
    cut: float, tmp_path: Path, repository: Path, place: ImportWorkspace
) -> None:
    bundle = bundle_of(repository, tmp_path / "x.bundle", "main")
    data = bundle.read_bytes()
    bundle.write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(StoreError, match="is damaged, and nothing of it was imported"):
        place.take(bundle)
    assert place.recorded() == []


def test_a_live_run_goes_on_after_a_failed_import(repository: Path, place: ImportWorkspace) -> None:
    place.live({"a.txt": TEXTS[0]}, START)
    lose(loose(repository, "main~1:b"))
    with pytest.raises(StoreError):
        place.take(repository)
    place.live({"a.txt": TEXTS[1]}, START + DAY)
    assert [change.document for change in place.told] == ["a.txt"]
    assert place.findings() == []


def rewritten(repository: Path, author: str, committer: str, subject: str = "a change") -> None:
    """Put a commit on `main` with these lines, which git itself would not write."""
    tree, parent = git(repository, "rev-parse", "main~1^{tree}"), git(repository, "rev-parse", "main")
    text = f"tree {tree}\nparent {parent}\nauthor {author}\ncommitter {committer}\n\n{subject}\n"
    made = git(repository, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", given=text.encode())
    git(repository, "update-ref", "refs/heads/main", made)


@pytest.mark.parametrize("at", [str(1 << 34), "253402300799", "253402300800", str(1 << 63), "9" * 30, "-5", "x", ""])
def test_date_that_cannot_date_a_snapshot_is_replaced(at: str, repository: Path, place: ImportWorkspace) -> None:
    rewritten(repository, f"Ada <ada@example.org> {at} +0000", f"Ada <ada@example.org> {at} +0000")
    result = place.take(repository)
    assert result.new == len(TEXTS) + 1
    assert result.snapshots[-1].taken_at == result.snapshots[-2].taken_at
    assert place.findings() == []


def test_a_very_long_subject_is_cut(repository: Path, place: ImportWorkspace) -> None:
    person = f"Ada <ada@example.org> {START + 9 * DAY} +0000"
    rewritten(repository, person, person, "word " * 400_000)
    assert place.take(repository).new == len(TEXTS) + 1
    store = place.settings.store.snapshots / "history.git"
    assert len(git(store, "log", "-1", "--format=%s", "--all", "--author-date-order")) < 20_000
