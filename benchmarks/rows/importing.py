"""A whole history imported and folded, against git reading it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from figures import Figure
from measuring import Usage, process, ratio, spread, walls
from place import ENVIRONMENT, GIT_ENVIRONMENT, ROOT, Bench, git, git_says, monitor

ARCHIVE = "ota-pga-versions"
QUICK = "2022-08-31"  # where the history ends in a quick run


def importing(bench: Bench) -> Iterator[Figure]:
    name, clone = bench.history(ARCHIVE)
    until = ["--until", QUICK] if bench.quick else []
    commits = len(git_says(clone, "rev-list", "--first-parent", "HEAD").split())
    with bench.room() as room:
        measured = bench.compare(
            {
                "log": lambda: git(clone, "log", "-p", "--first-parent"),
                "blame": lambda: _blame(clone),
                "import": lambda: _import(clone, room, until),
            },
            warm_up=False,
        )
        note = "; ".join(filter(None, (bench.noted(measured), _aligning(clone, room / "aligned", until))))
    ours = measured["import"]
    work = f"import + fold of {name} ({commits:,} commits)"
    yield Figure(
        work, "`git log -p --first-parent` to /dev/null", ratio(walls(ours), walls(measured["log"])), 3.5, note=note
    )
    blame = ratio(walls(ours), walls(measured["blame"]))
    yield Figure("that whole-history ledger", "`git blame` of the files at HEAD alone", blame, 1.1)
    yield Figure("peak memory of the import above", "–", spread([one.peak for one in ours]), 300, "MiB")


def _import(clone: Path, room: Path, until: list[str]) -> Usage:
    place = room / "place"
    shutil.rmtree(place, ignore_errors=True)
    (place / "seeds").mkdir(parents=True)
    return monitor(place, "import", str(clone), *until)


def _blame(clone: Path) -> Usage:
    """Every file at HEAD, a process each: there is no blame of several at once."""
    listed = git_says(clone, "ls-tree", "-r", "-z", "--name-only", "HEAD").split(b"\0")
    script = 'while IFS= read -r -d "" path; do git blame HEAD -- "$path" || exit 1; done'
    paths = clone / "blamed"
    paths.write_bytes(b"\0".join(listed))
    return process(["bash", "-c", f"{script} < blamed"], cwd=clone, env=GIT_ENVIRONMENT)


def _aligning(clone: Path, place: Path, until: list[str]) -> str:
    """How much of the import's processor time goes into comparing versions: a run of its own, with a watch on it."""
    (place / "seeds").mkdir(parents=True)
    command = [sys.executable, str(ROOT / "benchmarks/parts/import_watched.py"), str(place), str(clone), *until]
    told = json.loads(subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=True).stderr)
    return f"aligning {told['comparing']:.0f} s of {told['all']:.0f} s of processor time"
