"""A few of the hostile trees that `make torture` makes a thousand of, under a poisoned environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.config import load
from monitor.snapshots.repository import GitSnapshots
from tests.reliability.hostile_place import play, poisoned


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_hostile_trees_are_stored_exactly_without_side_effects(tmp_path: Path, seed: int) -> None:
    told = play(tmp_path, seed, trees=4)
    assert told.documents > 20
    assert (told.mismatches, told.strays, told.findings) == (0, 0, 0)


@pytest.mark.parametrize(
    "command",
    [["git", "status"], ["git", "hash-object", "-w", "--path=x", "--stdin"], ["git", "commit", "-mx"]],
    ids=" ".join,
)
def test_plain_git_in_this_environment_runs_the_trap(tmp_path: Path, command: list[str]) -> None:
    """Without this the test above could not fail."""
    (tmp_path / "home").mkdir()
    repository = tmp_path / "repository"
    repository.mkdir()
    spoiled = poisoned(tmp_path)
    for name in (
        "GIT_DIR",
        "GIT_COMMON_DIR",
        "GIT_OBJECT_DIRECTORY",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_EXEC_PATH",
    ):
        del spoiled[name]
    clean = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null"}
    subprocess.run(["git", "init", "-q", "--template="], cwd=repository, env=clean, check=True)
    subprocess.run(command, cwd=repository, env=spoiled, input=b"x", capture_output=True)
    assert (tmp_path / "sprung").exists()


# Root is refused what the system refuses other accounts: another account's process, a folder without permission
ORDINARY = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search,-sys_ptrace")


def ordinary(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an account without privileges would."""
    bound = ORDINARY if os.geteuid() == 0 and shutil.which(ORDINARY[0]) else ()
    return subprocess.run([*bound, *command], capture_output=True, text=True, timeout=120)


def recorded(root: Path) -> tuple[int, dict[str, str], dict[str, str]]:
    """The status of one run, its failures, and what it skipped."""
    done = ordinary(sys.executable, "-m", "monitor", "-C", str(root), "run", "--settle", "0", "--format", "json")
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)["run"]
    failures, skipped = ({one["path"]: one["reason"] for one in told[key]} for key in ("failures", "skipped"))
    return done.returncode, failures, skipped


@pytest.mark.parametrize("target", ["/proc/1/cwd", "/proc/1/exe", "/proc/1/fd/0", "{}/shut/a", "link", "y" * 300])
def test_a_link_that_cannot_be_followed_costs_itself_alone(tmp_path: Path, target: str) -> None:
    folder, shut = tmp_path / "seeds", tmp_path / "shut"
    folder.mkdir()
    (folder / "a.txt").write_text("The council meets on Monday.\n")
    (folder / "link").symlink_to(target.format(tmp_path))
    shut.mkdir()
    shut.chmod(0)
    if not ordinary("stat", "-L", str(folder / "link")).returncode:
        pytest.skip("the system lets us follow that link")
    told = recorded(tmp_path)
    shut.chmod(0o755)
    assert told == (0, {}, {"link": "a symbolic link that cannot be followed"})


def test_a_folder_without_permission_is_one_failure(tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    for name in ("a.txt", "annex/b.txt", "annex/deep/c.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("The council meets on Monday.\n")
    assert recorded(tmp_path) == (0, {}, {})
    (folder / "annex").chmod(0)
    if not ordinary("ls", str(folder / "annex")).returncode:
        pytest.skip("the system lets us read that folder")
    (folder / "a.txt").write_text("The council meets on Friday.\n")
    told = recorded(tmp_path)
    (folder / "annex").chmod(0o755)
    assert told == (3, {"annex": "the folder cannot be read: permission denied"}, {})
    settings = load(tmp_path, None, {}, {})
    with GitSnapshots(settings.store.snapshots / "history.git") as store:
        manifest = store.manifest(str(store.head()))
        assert set(manifest) == {"a.txt", "annex/b.txt", "annex/deep/c.txt"}
        assert store.read(manifest["a.txt"].blob) == b"The council meets on Friday.\n"
    assert recorded(tmp_path) == (0, {}, {})
