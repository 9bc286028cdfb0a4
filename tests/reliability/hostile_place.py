"""One store that is given hostile trees under a poisoned environment: ROOT SEED TREES, or `play` from a test.

Everything that git or a shell would take from the user's surroundings is set, and would run a program that leaves a
mark, or write to places that are watched. The process has no power over files that are closed to it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from monitor.app.maintenance import verify
from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from monitor.snapshots.repository import GitSnapshots
from tests.reliability.hostile_trees import File, Tree, documents, state
from tests.support.paths import PROJECT

BOUND = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")  # root, too, is refused what has no mode


class Told(NamedTuple):
    """What came of one place: all but the first two must be nothing."""

    trees: int
    documents: int  # read back, over all snapshots
    mismatches: int  # of them
    strays: int  # things run, written or altered outside the store
    findings: int  # of `verify`, and of git's own check of the repository


def play(root: Path, seed: int, trees: int) -> Told:
    """`trees` snapshots in a process of its own, in a poisoned environment."""
    for name in ("home", "outside", "elsewhere", "place"):
        (root / name).mkdir()
    (root / "outside" / "document.txt").write_bytes(b"Nobody may read this through a link.\n")
    environment = poisoned(root)
    command = [*BOUND] if os.geteuid() == 0 and shutil.which(BOUND[0]) else []
    command += [sys.executable, "-m", "tests.reliability.hostile_place", str(root), str(seed), str(trees)]
    done = subprocess.run(command, env=environment, cwd=root / "elsewhere", capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"seed {seed}: {done.stderr[-2_000:]}")
    return Told(*json.loads(done.stdout))


def poisoned(root: Path) -> dict[str, str]:
    """An environment in which every variable and file that git heeds leads astray; `root` is where its traps lie."""
    home, elsewhere = root / "home", root / "elsewhere"
    spring = trap(root)
    for name in ("hooks", "git", "bin"):
        (home / name).mkdir()
    for name in ("reference-transaction", "pre-commit", "post-checkout", "pre-auto-gc", "post-index-change"):
        (home / "hooks" / name).symlink_to(spring)
    for name in ("git-fast-import", "git-remote-ext", "git"):
        (home / "bin" / name).symlink_to(spring)
    (home / "attributes").write_text("* text eol=crlf ident filter=spoil working-tree-encoding=UTF-16\n")
    (home / ".gitconfig").write_text(
        f"[core]\nautocrlf=true\neol=crlf\nsafecrlf=true\nhooksPath={home}/hooks\nattributesFile={home}/attributes\n"
        f"fsmonitor={spring}\nsshCommand={spring}\npager={spring}\neditor={spring}\nprecomposeUnicode=true\n"
        "ignoreCase=true\nquotePath=true\nprotectNTFS=true\nprotectHFS=true\nbigFileThreshold=1\ncompression=0\n"
        f'[filter "spoil"]\nclean={spring}\nsmudge={spring}\nprocess={spring}\nrequired=true\n'
        f'[diff "spoil"]\ntextconv={spring}\n[diff]\nexternal={spring}\nrenames=copies\n[commit]\ngpgsign=true\n'
        f"[gpg]\nprogram={spring}\n[log]\nshowSignature=true\ndate=relative\ndecorate=full\n[i18n]\n"
        f"commitEncoding=latin1\nlogOutputEncoding=utf-16\n[init]\ntemplateDir={home}\ndefaultBranch=other\n"
        "defaultObjectFormat=sha256\n[fastimport]\nunpackLimit=100000\n[gc]\nauto=1\n[maintenance]\nauto=true\n"
        "[extensions]\nobjectFormat=sha256\n[safe]\nbareRepository=explicit\n[transfer]\nfsckObjects=true\n"
        f"[credential]\nhelper=!{spring}\n[alias]\nlog=!{spring}\ncat-file=!{spring}\n[include]\npath={home}/absent\n"
    )
    (home / "git" / "config").write_bytes((home / ".gitconfig").read_bytes())
    programs = ("GIT_SSH_COMMAND", "GIT_SSH", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "GIT_PAGER", "GIT_ASKPASS", "PAGER")
    programs += (
        "EDITOR",
        "VISUAL",
        "SSH_ASKPASS",
        "GIT_PROXY_COMMAND",
        "GIT_EXTERNAL_DIFF",
        "GIT_PYTHON_GIT_EXECUTABLE",
    )
    folders = ("GIT_DIR", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_TRACE")
    folders += ("GIT_INDEX_FILE", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_TRACE2_EVENT", "GIT_TRACE_PACK_ACCESS")
    return {
        **{name: str(spring) for name in programs},
        **{name: str(elsewhere / name.lower()) for name in folders},
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "GIT_CONFIG": str(home / ".gitconfig"),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_CONFIG_SYSTEM": str(home / ".gitconfig"),
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "core.autocrlf",
        "GIT_CONFIG_VALUE_0": "true",
        "GIT_CONFIG_KEY_1": "core.fsmonitor",
        "GIT_CONFIG_VALUE_1": str(spring),
        "GIT_CONFIG_PARAMETERS": f"'core.hooksPath={home}/hooks'",
        "GIT_EXEC_PATH": str(home / "bin"),
        "GIT_TEMPLATE_DIR": str(home),
        "GIT_WORK_TREE": str(root / "place" / "seeds"),
        "GIT_NAMESPACE": "other",
        "GIT_DEFAULT_HASH": "sha256",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_QUARANTINE_PATH": str(elsewhere),
        "GIT_AUTHOR_DATE": "1999-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "1999-01-01T00:00:00Z",
        "GIT_AUTHOR_NAME": "Somebody\nelse",
        "GIT_PYTHON_TRACE": "full",
        "LC_ALL": "C",
        "LANGUAGE": "xx",
        "TZ": "Pacific/Kiritimati",
    }


def trap(root: Path) -> Path:
    """A program that leaves a mark when it is run, and fails."""
    spring = root / "spring"
    spring.write_text(f"#!/bin/sh\necho run >> {root}/sprung\nexit 1\n")
    spring.chmod(0o755)
    return spring


def taken(root: Path, seed: int, trees: int) -> Told:
    """The snapshots, one tree each, and what each gives back afterwards."""
    settings = load(
        root / "place",
        None,
        {"report.formats": "", "watch.max_size": "10 MB", "watch.ignore_defaults": "false"},
        {},
    )
    chance = random.Random(seed)
    tree = Tree(os.fsencode(settings.watch.folder), bytes(root / "outside"), bytes(root / "spring"), chance)
    beside = [bytes(root / name) for name in ("home", "outside", "elsewhere", "place/seeds")]
    expected: list[tuple[str, dict[bytes, File]]] = []
    strays, seen = 0, {}
    for _ in range(trees):
        tree.change()
        seen = documents(tree.root, seen)
        before = [state(folder) for folder in beside]
        done, _ = run(settings, RunOptions(settle=0, accept_deletions=True))
        strays += before != [state(folder) for folder in beside]
        if done.snapshot is not None:
            expected.append((done.snapshot, seen))
        elif seen != (expected[-1][1] if expected else {}):
            raise AssertionError("a tree with news was no snapshot")
    mismatches = sum(differing(settings, expected))
    strays += (root / "sprung").exists()
    amount = sum(len(files) for _, files in expected)
    return Told(trees, amount, mismatches, strays, len(verify(settings)) + refused_by_git(settings))


def differing(settings: Settings, expected: list[tuple[str, dict[bytes, File]]]) -> list[int]:
    """How many documents of each snapshot are not what was seen: other bytes, another mode, missing, invented."""
    with GitSnapshots(settings.store.snapshots / "history.git") as store:
        found = []
        for snapshot, files in expected:
            manifest = store.manifest(snapshot)
            back = {os.fsencode(path): File(store.read(one.blob), one.executable) for path, one in manifest.items()}
            found.append(sum(files.get(path) != back.get(path) for path in files.keys() | back.keys()))
        return found


def refused_by_git(settings: Settings) -> bool:
    """Whether git itself finds fault with the repository."""
    clean = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "--git-dir", str(settings.store.snapshots / "history.git"), "fsck", "--strict", "--full"]
    done = subprocess.run(command, env=clean, capture_output=True, text=True)
    return done.returncode != 0 or done.stdout != ""


if __name__ == "__main__":
    print(json.dumps(taken(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
