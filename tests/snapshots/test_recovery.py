"""A damaged head: the run says how to go back, `monitor recover` does it, and nothing is dropped."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.app.maintenance import RecoveryResult, recover, verify
from monitor.app.monitor import open_monitor
from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from monitor.errors import RunHeld, StoreError
from monitor.snapshots.git_objects import object_id
from tests.support.driver import monitor as command_line


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Three snapshots; the objects of the last are files of their own, the others lie in packs."""
    made = load(tmp_path, None, {}, {})
    for number in range(3):
        text = f"The vote is within {30 + number} days.\n"
        (tmp_path / "seeds" / "sub").mkdir(parents=True, exist_ok=True)
        (tmp_path / "seeds" / "brief.txt").write_text(text)
        (tmp_path / "seeds" / "sub" / "deep.txt").write_text(text)
        record(made)
    loosen(made)
    return made


def record(settings: Settings) -> str:
    done, _ = run(settings, RunOptions(settle=0))
    assert done.snapshot is not None
    return done.snapshot


def git(settings: Settings, *arguments: str, given: bytes = b"") -> str:
    command = ["git", "--git-dir", str(settings.store.snapshots / "history.git"), *arguments]
    return subprocess.run(command, input=given, check=True, capture_output=True).stdout.decode().strip()


def loosen(settings: Settings) -> None:
    packs = settings.store.snapshots / "history.git" / "objects" / "pack"
    moved = settings.store.snapshots / "packs"
    shutil.move(packs, moved)
    packs.mkdir()
    for pack in moved.glob("*.pack"):
        git(settings, "unpack-objects", "-q", given=pack.read_bytes())
    shutil.rmtree(moved)


def ids(settings: Settings) -> list[str]:
    return git(settings, "rev-list", "main").split()


def loose(settings: Settings, one: str) -> Path:
    path = settings.store.snapshots / "history.git" / "objects" / one[:2] / one[2:]
    path.chmod(0o644)
    return path


def branch(settings: Settings) -> Path:
    return settings.store.snapshots / "history.git" / "refs" / "heads" / "main"


def remove(settings: Settings, what: str) -> None:
    loose(settings, git(settings, "rev-parse", what)).unlink()


def cut_newest_pack(settings: Settings) -> None:
    """As a disk leaves it that lost its last writes; the index beside it is whole."""
    packs = (settings.store.snapshots / "history.git/objects/pack").glob("*.pack")
    pack = max(packs, key=lambda path: path.stat().st_mtime_ns)
    pack.chmod(0o600)
    pack.write_bytes(pack.read_bytes()[:-30])


def flip(settings: Settings, what: str) -> None:
    path = loose(settings, git(settings, "rev-parse", what))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)


def swap(settings: Settings, what: str) -> None:
    """A whole object, but another one's."""
    loose(settings, git(settings, "rev-parse", what)).write_bytes(
        loose(settings, git(settings, "rev-parse", "main~2")).read_bytes()
    )


DAMAGES: list[tuple[str, Callable[[Settings], None]]] = [
    ("the commit is missing", lambda settings: remove(settings, "main")),
    ("the commit is damaged", lambda settings: flip(settings, "main")),
    ("the commit is another", lambda settings: swap(settings, "main")),
    ("its tree is missing", lambda settings: remove(settings, "main^{tree}")),
    ("its tree is damaged", lambda settings: flip(settings, "main^{tree}")),
    ("the tree of documents is missing", lambda settings: remove(settings, "main:documents")),
    ("the tree of documents is damaged", lambda settings: flip(settings, "main:documents")),
    ("a folder's tree is missing", lambda settings: remove(settings, "main:documents/sub")),
    ("the branch is torn", lambda settings: branch(settings).write_bytes(b"\0" * 41)),
    ("the branch is empty", lambda settings: branch(settings).write_bytes(b"")),
]


def touch(settings: Settings) -> None:
    (settings.watch.folder / "sub" / "deep.txt").write_text("Something new was said.\n")


@pytest.mark.parametrize("damage", [damage for _, damage in DAMAGES], ids=[name for name, _ in DAMAGES])
def test_damaged_head_error_names_the_last_good_snapshot(
    settings: Settings, damage: Callable[[Settings], None]
) -> None:
    head, before, _ = ids(settings)
    damage(settings)
    touch(settings)
    left = branch(settings).read_bytes()
    good = head if "\0" in left.decode() or not left else before
    with pytest.raises(StoreError, match=f"the last good one is {good[:12]} of .*`monitor recover`"):
        record(settings)
    assert branch(settings).read_bytes() == left


@pytest.mark.parametrize("damage", [damage for _, damage in DAMAGES], ids=[name for name, _ in DAMAGES])
def test_runs_go_on_after_recover_with_all_good_snapshots(
    settings: Settings, damage: Callable[[Settings], None]
) -> None:
    before = ids(settings)
    damage(settings)
    done = recover(settings)
    assert done is not None
    assert done.snapshot.id in before
    touch(settings)
    record(settings)
    assert ids(settings)[1:] == before[before.index(done.snapshot.id) :]
    assert verify(settings) == []


def test_the_damaged_head_is_kept_aside(settings: Settings) -> None:
    head = ids(settings)[0]
    flip(settings, "main")
    done = recover(settings)
    assert isinstance(done, RecoveryResult)
    assert done.aside is not None
    assert done.aside.startswith("refs/monitor/aside/")
    assert (settings.store.snapshots / "history.git" / done.aside).read_text() == f"{head}\n"
    assert done.left == (head,)


def test_content_of_a_torn_branch_is_kept_aside(settings: Settings) -> None:
    branch(settings).write_bytes(b"torn")
    done = recover(settings)
    assert done is not None
    assert done.aside is not None
    assert (settings.store.snapshots / "history.git" / done.aside).read_bytes() == b"torn"
    assert done.left == ()


def test_lost_branch_is_not_started_again(settings: Settings) -> None:
    head = ids(settings)[0]
    branch(settings).unlink()
    touch(settings)
    with pytest.raises(RunHeld, match=f"lacks snapshot {head[:12]}.*`monitor recover`"):
        record(settings)
    done = recover(settings)
    assert done is not None
    assert (done.snapshot.id, done.aside) == (head, None)


def test_snapshot_without_a_reference_is_not_preferred(settings: Settings) -> None:
    _, before, first = ids(settings)
    stray = git(settings, "cat-file", "commit", "main").replace(before, first) + "\n"
    for _ in range(3):
        one = git(settings, "hash-object", "-t", "commit", "-w", "--stdin", given=stray.encode())
        stray = stray.replace(f"parent {stray.split('parent ')[1][:40]}", f"parent {one}")
    flip(settings, "main")
    done = recover(settings)
    assert done is not None
    assert done.snapshot.id == before


def test_review_branch_is_not_a_recovery_target(settings: Settings) -> None:
    _, before, _ = ids(settings)
    blob = git(settings, "hash-object", "-w", "--stdin", given=b"{}\n")
    tree = git(settings, "mktree", given=f"100644 blob {blob}\tevents\n".encode())
    text = git(settings, "cat-file", "commit", "main")
    text = text.replace(text.split()[1], tree) + "\n"
    git(settings, "hash-object", "-t", "commit", "-w", "--stdin", given=text.encode())
    (settings.store.snapshots / "ledger.db").unlink()
    flip(settings, "main")
    done = recover(settings)
    assert done is not None
    assert done.snapshot.id == before


def test_recover_changes_nothing_without_a_good_snapshot(settings: Settings) -> None:
    remove(settings, "main~2")
    remove(settings, "main")
    left = branch(settings).read_bytes()
    touch(settings)
    with pytest.raises(StoreError, match=r"no good one is left.*backup"):
        record(settings)
    with pytest.raises(StoreError, match="backup"):
        recover(settings)
    assert branch(settings).read_bytes() == left


def test_a_branch_that_moves_meanwhile_is_left_alone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    head, before, first = ids(settings)
    with open_monitor(settings) as monitor:
        monkeypatch.setattr("monitor.snapshots.maintenance.read_ref", lambda *_: first)
        with pytest.raises(StoreError, match="update-ref"):
            monitor.snapshots.recovery().go_back(before, monitor.snapshots.snapshot(head).taken_at)
    assert ids(settings)[0] == head


def test_damaged_document_does_not_need_recovery(settings: Settings) -> None:
    loose(settings, object_id("blob", (settings.watch.folder / "brief.txt").read_bytes())).unlink()
    assert recover(settings) is None


def test_heads_that_are_kept_aside_do_not_hinder_packing(settings: Settings) -> None:
    remove(settings, "main")
    recover(settings)
    for number in range(3):
        (settings.watch.folder / "brief.txt").write_text(f"Number {number}.\n")
        record(settings)
    with open_monitor(settings) as monitor:
        assert monitor.snapshots.pack(everything=True)
    assert verify(settings) == []


def test_the_command_line_offers_and_recovers(settings: Settings) -> None:
    flip(settings, "main")
    touch(settings)
    (line,) = command_line("-C", settings.root, "run", "--settle", "0", status=4).message.splitlines()
    assert "`monitor recover`" in line
    assert "refs/monitor/aside/" in command_line("-C", settings.root, "recover").text
    command_line("-C", settings.root, "run", "--settle", "0")
    assert "nothing to recover" in command_line("-C", settings.root, "recover").text


def test_what_a_damaged_pack_has_lost_is_recorded_again(settings: Settings) -> None:
    (settings.root / "seeds" / "brief.txt").write_text("The vote is off.\n")
    record(settings)
    cut_newest_pack(settings)
    assert any("`monitor recover`" in one.message for one in verify(settings))
    done = recover(settings)
    assert done is not None
    assert "0 of its 4 objects are in a new pack" in " ".join(done.mended)
    record(settings)
    assert verify(settings) == []
    assert git(settings, "show", "main:documents/brief.txt") == "The vote is off."


def test_readable_objects_of_a_damaged_pack_are_kept(settings: Settings) -> None:
    with open_monitor(settings) as opened:
        for number in range(2):
            (settings.root / "seeds" / "brief.txt").write_text(f"The vote is off, {number}.\n")
            record(settings)
        assert opened.snapshots.pack(everything=True)
    pack = next((settings.store.snapshots / "history.git/objects/pack").glob("*.pack"))
    tree = git(settings, "rev-parse", "main^{tree}")
    lines = git(settings, "verify-pack", "-v", str(pack)).splitlines()
    start = next(int(line.split()[4]) for line in lines if line.startswith(tree))
    data = bytearray(pack.read_bytes())
    data[start + 6] ^= 0x10
    pack.chmod(0o600)
    pack.write_bytes(data)
    done = recover(settings)
    assert done is not None
    assert len(done.left) == 1
    record(settings)
    assert verify(settings) == []
