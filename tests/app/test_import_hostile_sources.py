"""Repositories made to hang git or to take all memory: one clear line each, at once, and the lock free again."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest

from monitor.app.monitor import StoreLock, holders
from monitor.errors import MonitorError, StoreError
from monitor.snapshots import history_import
from monitor.snapshots import repository as git_store
from monitor.snapshots.foreign_repository import SourceRepository
from monitor.snapshots.git_process import LimitExceeded, NoProgress
from tests.support.git_histories import START, ImportWorkspace, Made, git, make_repository
from tests.support.paths import PROJECT

TEXT = b"The council will meet on Monday.\n"
T = TypeVar("T")
PACK = "pack-" + "a" * 40


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits, packed."""
    commits = [Made({"a.txt": TEXT * at}, START + at) for at in (1, 2)]
    return make_repository(tmp_path / "source", commits)


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """A test that hangs ends."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(90)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def bound_socket(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(f"/proc/self/fd/{folder}/{path.name[:60]}")
    os.close(folder)
    if len(path.name) > 60:
        (path.parent / path.name[:60]).rename(path)


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_outside(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def device(path: Path) -> None:
    try:
        os.mknod(path, 0o600 | 0o020000, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("devices are made by root")


PLACES = [
    "info/alternates",
    "info/commit-graph",
    "info/commit-graphs/commit-graph-chain",
    "info/packs",
    "pack/multi-pack-index",
    f"pack/{PACK}.idx",
    f"pack/{PACK}.pack",
    f"pack/{PACK}.rev",
    "ab/" + "c" * 38,
    "ab",
    "pack",
    "info",
]


@pytest.mark.parametrize("make", [fifo, bound_socket, link_to_a_device, link_outside, device])
@pytest.mark.parametrize("where", PLACES)
def test_special_file_among_objects_is_named_before_git_starts(
    make: Callable[[Path], None], where: str, repository: Path, place: ImportWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = repository / "objects" / where
    if path.is_dir():
        path.rename(path.with_name("away"))
    path.parent.mkdir(parents=True, exist_ok=True)
    make(path)
    monkeypatch.setattr(git_store.GitSnapshots, "importer", None)  # nothing may come so far
    with pytest.raises(StoreError, match=r"not a file of git: nothing was imported") as raised:
        place.take(repository)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)
    assert place.recorded() == []


@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize("depth", [1, 3])
def test_what_a_repository_borrows_from_is_looked_at_too(
    depth: int, relative: bool, tmp_path: Path, repository: Path, place: ImportWorkspace
) -> None:
    lender = repository
    for at in range(depth):
        other = make_repository(tmp_path / f"lender{at}", [])
        named = os.path.relpath(other / "objects", lender / "objects") if relative else str(other / "objects")
        (lender / "objects" / "info" / "alternates").write_text(f"# a comment\n/nowhere\n{named}\n")
        lender = other
    assert place.take(repository).new == 2
    os.mkfifo(lender / "objects" / "pack" / f"{PACK}.idx")
    with pytest.raises(StoreError, match=f"lender{depth - 1}.* is a named pipe"):
        place.take(repository)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x" * (1 << 20) + "y", "is longer than"),
        ('"/a\\tb"\n', "in quotes"),
        ("".join(f"../lender{at}\n" for at in range(200)), "uses objects of more than 100"),
    ],
)
def test_a_list_of_lenders_that_cannot_be_followed_is_refused(
    text: str, told: str, repository: Path, place: ImportWorkspace
) -> None:
    for at in range(200):
        (repository / f"lender{at}").mkdir()
    (repository / "objects" / "info" / "alternates").write_text(text)
    with pytest.raises(StoreError, match=told):
        place.take(repository)


def test_lenders_in_a_circle_end(repository: Path, place: ImportWorkspace) -> None:
    alternates = repository / "objects" / "info" / "alternates"
    alternates.write_text(f"{repository}/objects\n../objects\n../objects/pack/..\n")
    assert place.take(repository).new == 2


@pytest.mark.parametrize("name", ["HEAD", "packed-refs", "shallow", "refs/heads/main"])
def test_what_is_no_file_among_the_refs_does_not_hang(name: str, repository: Path, place: ImportWorkspace) -> None:
    path = repository / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    with suppress(MonitorError):
        place.take(repository)


@pytest.mark.parametrize("text", ["x" * 100_000, "a\0b", "../" * 5_000])
@pytest.mark.parametrize("name", ["commondir", ".git", "HEAD", "shallow"])
def test_file_that_names_no_place_is_no_error_of_its_own(
    name: str, text: str, repository: Path, place: ImportWorkspace
) -> None:
    (repository / name).write_text(f"gitdir: {text}" if name == ".git" else text)
    with suppress(MonitorError):
        place.take(repository)


def test_document_in_too_many_folders_is_left_out(tmp_path: Path, place: ImportWorkspace) -> None:
    deep = "/".join(["d"] * 201)
    source = make_repository(tmp_path / "deep", [Made({f"{deep}/a.txt": TEXT, f"{deep[2:]}/b.txt": TEXT}, START)])
    done = place.take(source)
    assert any("in more than 200 folders" in line for line in done.notes)
    assert len(place.manifest(place.recorded()[0].id)) == 1
    assert place.findings() == []


def test_history_that_gives_nothing_is_read_one_by_one(
    repository: Path, place: ImportWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: object) -> Iterator[object]:
        raise NoProgress("git log was stopped")
        yield

    monkeypatch.setattr(history_import.Importer, "history", nothing)
    assert place.take(repository).new == 2


# --- trees that spell more paths than there are


def bomb(path: Path, levels: int, wide: int, before: int = 0) -> Path:
    """So many levels of trees, each naming the one below several times, on top of `before` sound commits."""
    make_repository(path, [Made({"a.txt": TEXT * (at + 1)}, START + at) for at in range(before)])
    blob = git(path, "hash-object", "-w", "--stdin", given=TEXT)
    tree = git(path, "mktree", given="".join(f"100644 blob {blob}\t{at}.txt\n" for at in range(wide)).encode())
    for _ in range(levels - 1):
        tree = git(path, "mktree", given="".join(f"040000 tree {tree}\t{at}\n" for at in range(wide)).encode())
    parent = ["-p", git(path, "rev-parse", "main")] if before else []
    git(path, "update-ref", "refs/heads/main", git(path, "commit-tree", "-m", "x", *parent, tree))
    return path


def most_memory_of_children() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


@pytest.mark.slow
@pytest.mark.parametrize("as_bundle", [False, True])
def test_tree_bomb_ends_in_bounded_memory(as_bundle: bool, tmp_path: Path, place: ImportWorkspace) -> None:
    source = bomb(tmp_path / "bomb", 10, 10, before=2)
    broken = git(source, "rev-parse", "main")
    if as_bundle:
        git(source, "bundle", "create", "-q", str(tmp_path / "b.bundle"), "main")
        source = tmp_path / "b.bundle"
    with pytest.raises(StoreError, match=f"commit {broken[:12]} of the source is too large: .*more than") as raised:
        place.take(source)
    assert "\n" not in str(raised.value)
    assert most_memory_of_children() < 1_400_000_000
    assert len(place.recorded()) == 2
    assert place.findings() == []


def test_a_commit_with_too_many_files_is_named(
    tmp_path: Path, place: ImportWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_import, "MOST_PATHS", 5_000)
    with pytest.raises(StoreError, match=r"is too large: .*its tree holds more than 5,000 files"):
        place.take(bomb(tmp_path / "bomb", 4, 10, before=2))
    assert len(place.recorded()) == 2


def test_the_memory_of_git_on_a_source_is_bounded(
    tmp_path: Path, place: ImportWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_store, "_FOR_LISTS", 24 << 20)
    with pytest.raises(StoreError, match=r"is too large: .* needs more memory than its limit"):
        place.take(bomb(tmp_path / "bomb", 5, 10))


# --- what hangs all the same


def hanging(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe takes the place of an index once all has been looked at."""
    monkeypatch.setattr(SourceRepository, "check", lambda _: os.mkfifo(repository / "objects" / "pack" / f"{PACK}.idx"))
    (repository / "objects" / "pack" / f"{PACK}.pack").touch()


def test_a_git_that_does_nothing_is_ended(
    repository: Path, place: ImportWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging(repository, monkeypatch)
    monkeypatch.setattr(git_store, "PATIENCE", 0.5)
    with pytest.raises(LimitExceeded, match=r"^git rev-parse was stopped: no progress for 0.5 seconds$"):
        place.take(repository)
    with StoreLock(place.settings.store.snapshots / "lock"):
        pass


def test_input_that_git_does_not_take_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_store, "PATIENCE", 0.5)
    with git_store.GitSnapshots(tmp_path / "history.git") as store:
        pipe = store.importer()._foreign(["cat-file", "--batch-check"])
        os.kill(pipe._child.pid, signal.SIGSTOP)  # type: ignore[attr-defined]
        with pytest.raises(LimitExceeded, match="no progress for"):
            pipe.write([b"x" * 1_000_000])
        pipe.kill()


HANGING = """
import os, sys
from tests.support.git_histories import ImportWorkspace
from pathlib import Path
from typing import TypeVar
from monitor.snapshots.foreign_repository import SourceRepository
source = Path(sys.argv[1])
SourceRepository.check = lambda _: os.mkfifo(source / "objects" / "pack" / sys.argv[3])
ImportWorkspace(Path(sys.argv[2])).take(source)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_git_on_a_source_ends_with_its_parent_without_lock(
    number: signal.Signals, tmp_path: Path, repository: Path, place: ImportWorkspace
) -> None:
    (repository / "objects" / "pack" / f"{PACK}.pack").touch()
    path = os.pathsep.join([str(PROJECT), *sys.path])
    command = [sys.executable, "-c", HANGING, repository, place.root, f"{PACK}.idx"]
    parent = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stderr=subprocess.DEVNULL)
    child = waited_for(lambda: next((pid for pid in children(parent.pid) if b"rev-parse" in words(pid)), None))
    lock = place.settings.store.snapshots / "lock"
    assert set(holders(lock)) == {parent.pid}
    parent.send_signal(number)
    parent.wait()
    waited_for(lambda: not words(child) or None)
    with StoreLock(lock):
        pass


def test_git_does_not_start_when_its_parent_has_ended(tmp_path: Path) -> None:
    from monitor.snapshots import git_limits

    command = [
        sys.executable,
        "-I",
        "-S",
        str(git_limits.__file__),
        "1",
        str(1 << 30),
        "/usr/bin/touch",
        tmp_path / "run",
    ]
    assert subprocess.run(command, check=False).returncode == 1
    assert not (tmp_path / "run").exists()
    command[4] = str(os.getpid())
    assert subprocess.run(command, check=False).returncode == 0
    assert (tmp_path / "run").exists()


def children(parent: int) -> list[int]:
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdecimal():
            with suppress(OSError):
                if int((place / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                    found.append(int(place.name))
    return found


def words(pid: int) -> bytes:
    """The command line; nothing of a process that has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def waited_for(asked: Callable[[], T | None]) -> T:
    until = time.monotonic() + 30
    while (found := asked()) is None:
        assert time.monotonic() < until
        time.sleep(0.02)
    return found
