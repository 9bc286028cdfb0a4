"""Sources that are not whole, or none: one clear line each, and the ledger whole."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.errors import MonitorError, StoreError, UsageError
from tests.support.git_histories import DAY, START, Made, Place, git, make_repository

TEXTS = [b"The council will meet on %s.\n" % day for day in (b"Monday", b"Tuesday", b"Wednesday", b"Thursday")]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Four commits whose objects lie loose, one file each."""
    place = make_repository(
        tmp_path / "source", [Made({"a.txt": text, "b/c.txt": text}, START + at) for at, text in enumerate(TEXTS)]
    )
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
@pytest.mark.parametrize("what", ["main~1:a.txt", "main~1:b/c.txt", "main~1^{tree}", "main~1:b"])
def test_a_damaged_commit_stops_the_import_at_that_commit(
    what: str, harm: Callable[[Path], None], repository: Path, place: Place
) -> None:
    broken = git(repository, "rev-parse", "main~1")
    harm(loose(repository, what))
    with pytest.raises(StoreError, match=f"commit {broken[:12]} of the source"):
        place.take(repository)
    assert [one.origin for one in place.snapshots()] == git(repository, "rev-list", "--reverse", "main~2").split()
    assert place.findings() == []


def test_what_was_mended_is_imported_from_there_on(repository: Path, place: Place) -> None:
    path = loose(repository, "main~1:a.txt")
    whole = path.read_bytes()
    lose(path)
    with pytest.raises(StoreError):
        place.take(repository)
    path.write_bytes(whole)
    assert place.take(repository).new == 2


@pytest.mark.parametrize("harm", [damage, lose])
def test_behind_a_commit_that_cannot_be_read_there_is_no_history(
    harm: Callable[[Path], None], repository: Path, place: Place
) -> None:
    harm(loose(repository, "main~1"))
    with pytest.raises(StoreError, match=r"cannot be read, and nothing was imported"):
        place.take(repository)
    assert place.snapshots() == []


def test_content_under_the_id_of_another_is_damage(repository: Path, place: Place) -> None:
    first, second = loose(repository, "main~3:a.txt"), loose(repository, "main~1:a.txt")
    second.chmod(0o644)
    second.write_bytes(first.read_bytes())
    with pytest.raises(StoreError, match=r"a\.txt\) is damaged; the import stopped before it"):
        place.take(repository)
    assert len(place.snapshots()) == 2


def test_a_clone_without_the_older_history_is_named(tmp_path: Path, repository: Path, place: Place) -> None:
    git(tmp_path, "clone", "-q", "--bare", "--depth=2", f"file://{repository}", "shallow")
    with pytest.raises(UsageError, match=r"is a shallow clone: .*`git fetch --unshallow`"):
        place.take(tmp_path / "shallow")


def test_a_clone_without_contents_is_named(tmp_path: Path, repository: Path, place: Place) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{repository}", "partial")
    first = git(repository, "rev-list", "--max-parents=0", "main")
    with pytest.raises(StoreError, match=f"commit {first[:12]} of the source: .* is missing from it"):
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
        (nothing, "is not there"),
        (empty, "is neither a git repository nor a bundle"),
        (a_file, "is neither a git repository nor a bundle"),
        (pipe_for_a_head, "is neither a git repository nor a bundle"),
        (unborn, "has no commit named HEAD"),
        (sha256, "names its objects by SHA-256"),
    ],
)
def test_what_is_no_source_is_named(make: Callable[[Path], None], told: str, tmp_path: Path, place: Place) -> None:
    make(tmp_path / "x")
    with pytest.raises(UsageError, match=told):
        place.take(tmp_path / "x")


@pytest.mark.parametrize("ref", ["other", "../../../etc/passwd", "0" * 40, "HEAD^{tree}"])
def test_a_ref_that_names_no_commit_is_named(ref: str, repository: Path, place: Place) -> None:
    with pytest.raises(MonitorError, match=re.escape(ref[:12])):
        place.take(repository, ref=ref)


# --- bundles


def bundle_of(repository: Path, path: Path, *which: str) -> Path:
    git(repository, "bundle", "create", "-q", str(path), *which)
    return path


def test_a_bundle_is_imported_like_its_repository(tmp_path: Path, repository: Path, place: Place) -> None:
    result = place.take(bundle_of(repository, tmp_path / "policies.bundle", "main"))
    assert (result.name, result.new) == ("policies", 4)
    assert place.findings() == []


def test_a_bundle_that_goes_on_where_the_last_ended(tmp_path: Path, repository: Path, place: Place) -> None:
    git(repository, "branch", "old", "main~2")
    place.take(bundle_of(repository, tmp_path / "old.bundle", "old"), name="x")
    new = bundle_of(repository, tmp_path / "new.bundle", "main~2..main")
    assert place.take(new, name="x").new == 2


def test_a_bundle_whose_beginning_was_not_imported_is_named(tmp_path: Path, repository: Path, place: Place) -> None:
    new = bundle_of(repository, tmp_path / "new.bundle", "main~2..main")
    with pytest.raises(UsageError, match=r"begins behind commit .* import one that holds it"):
        place.take(new)


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.99])
def test_a_bundle_that_is_cut_off_is_named(cut: float, tmp_path: Path, repository: Path, place: Place) -> None:
    bundle = bundle_of(repository, tmp_path / "x.bundle", "main")
    data = bundle.read_bytes()
    bundle.write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(StoreError, match="is damaged, and nothing of it was imported"):
        place.take(bundle)
    assert place.snapshots() == []


def test_a_live_run_goes_on_after_a_failed_import(repository: Path, place: Place) -> None:
    place.live({"a.txt": TEXTS[0]}, START)
    lose(loose(repository, "main:a.txt"))
    with pytest.raises(StoreError):
        place.take(repository)
    place.live({"a.txt": TEXTS[1]}, START + DAY)
    assert [change.document for change in place.told] == ["a.txt"]
    assert place.findings() == []
