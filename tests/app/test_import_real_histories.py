"""Real histories: imported together, and one of them watched from its middle on and given its beginning later.

The whole of them takes many minutes of processor time; here are their first months (`make torture` imports
them whole).
"""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.app.monitor import open_monitor
from monitor.snapshots.patterns import matcher
from tests.app.test_import_continued import facts
from tests.support.git_histories import ImportWorkspace, git
from tests.support.paths import CORPORA

HISTORIES = CORPORA / "histories"
# Of each a beginning, and of the many countries a few: until when, and which files
SLICES = {
    "github-site-policy": ("2019-07-01", ()),
    "ota-pga-versions": ("2022-07-12", ()),
    "ota-vlopses-us-versions": ("2025-09-10", ("A*/*", "T*/*")),
    "travel-advisories-australia": ("2025-05-15", ("australia/A*/*.md",)),
    "travel-advisories-canada": ("2025-05-15", ("canada/A*/*.md",)),
}
POLICIES = "github-site-policy"
COMMITS = 60

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HISTORIES.is_dir(), reason=f"no corpora ({HISTORIES})"),
]


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> ImportWorkspace:
    """The beginnings of all five, one after the other into one store."""
    place = ImportWorkspace(tmp_path_factory.mktemp("together"))
    for name in SLICES:
        take(place, name)
    return place


def take(place: ImportWorkspace, name: str) -> int:
    """Import its slice; gives how many snapshots were new."""
    until, include = SLICES[name]
    found = place.take(
        HISTORIES / f"{name}.bundle", until=datetime.fromisoformat(f"{until}T00:00:00Z"), include=include
    )
    return found.new


def test_the_ledger_of_all_five_is_a_fold_from_nothing(together: ImportWorkspace) -> None:
    assert together.findings() == []


def test_every_source_is_there_and_they_interleave_by_time(together: ImportWorkspace) -> None:
    snapshots = together.recorded()
    assert {one.source for one in snapshots} == SLICES.keys()
    assert [(one.taken_at, one.source) for one in snapshots] == sorted((one.taken_at, one.source) for one in snapshots)


def test_every_snapshot_equals_its_commit(together: ImportWorkspace, tmp_path: Path) -> None:
    clones = {name: clone_of(name, tmp_path) for name in SLICES}
    with open_monitor(together.settings) as monitor:
        for one in together.recorded()[::9]:
            listed = git(clones[one.source], "ls-tree", "-r", "-z", str(one.origin)).split("\0")
            blobs = {line.partition("\t")[2]: line.split()[2] for line in filter(None, listed) if line[:3] == "100"}
            held = {path: version.blob for path, version in monitor.snapshots.manifest(one.id).items()}
            wanted = matcher(SLICES[one.source][1] or ("**/*",))
            assert held == {path: blob for path, blob in blobs.items() if wanted(path)}


def test_importing_them_again_brings_nothing_new(together: ImportWorkspace) -> None:
    assert [take(together, name) for name in SLICES] == [0] * len(SLICES)


def test_the_times_of_a_source_never_run_backwards(together: ImportWorkspace) -> None:
    for name in SLICES:
        times = [one.taken_at for one in together.recorded() if one.source == name]
        assert times == sorted(times)
        assert times[0] > datetime(2015, 1, 1, tzinfo=UTC)


def clone_of(name: str, folder: Path) -> Path:
    git(folder, "clone", "-q", "--bare", str(HISTORIES / f"{name}.bundle"), name)
    return folder / name


# --- live from the middle on ----------------------------------------------------------------------------


def states(clone: Path) -> Iterator[tuple[str, int, dict[str, bytes]]]:
    """(commit, when, all files) of each commit by first parents that changes a file, oldest first; time goes on."""
    before: dict[str, bytes] | None = None
    when = 0
    for line in git(clone, "log", "--first-parent", "--reverse", "--format=%H %ct", "HEAD").splitlines()[:COMMITS]:
        commit, at = line.split()
        packed = subprocess.run(["git", "-C", str(clone), "archive", commit], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            files = {one.name: archive.extractfile(one).read() for one in archive if one.isfile()}  # type: ignore[union-attr]
        if files != before:
            when = max(when, int(at))
            yield commit, when, files
        before = files


def test_importing_older_history_gives_the_same_ledger(
    tmp_path: Path,
) -> None:
    clone = clone_of(POLICIES, tmp_path)
    history = list(states(clone))
    half = len(history) // 2
    first, last = history[half - 1][0], history[-1][0]

    whole = ImportWorkspace(tmp_path / "whole")
    whole.take(clone, ref=last, continues=True)

    split = ImportWorkspace(tmp_path / "split")
    for _, at, files in history[half:]:
        split.live(files, at)
    before = split.changes(baseline=True)
    split.take(clone, ref=first, continues=True)

    assert len(split.recorded()) == len(history) > COMMITS // 2
    assert facts(split) == facts(whole)
    assert split.findings() == []
    assert {change.id for change in before if not change.baseline} <= {change.id for change in split.changes()}
    known = {side.statement for change in before for side in (*change.before, *change.after)}
    with open_monitor(split.settings) as monitor:
        assert [one for one in known if monitor.ledger.statement_history(one) is None] == []
