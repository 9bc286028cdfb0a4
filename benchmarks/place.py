"""Where a benchmark works: its scratch, what it keeps, the documents that it slices, plain git, and our own command."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from measuring import Failed, Measured, Usage, in_turn, process
from slices import slices, write

from monitor.config import Settings, load
from monitor.readers import fingerprint

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("MONITOR_CORPORA", ROOT / "../shared/corpora"))
KEPT = ROOT / "bench-work"
LONG = 400.0  # seconds of one comparison, after which three rounds are enough

GIT_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "gc.auto",
    "GIT_CONFIG_VALUE_0": "0",
    "GIT_CONFIG_KEY_1": "safe.bareRepository",
    "GIT_CONFIG_VALUE_1": "all",
    **{
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "A"), ("EMAIL", "a@b"))
    },
}
PYTHON = [sys.executable]
MONITOR = [str(Path(sys.executable).with_name("monitor"))]  # as it is installed beside this Python
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name == "PYTHONPATH" or not name.startswith(("PYTHON", "MONITOR_"))
}
NOTHING = [*PYTHON, "-c", "pass"]


def git(where: Path, *args: str) -> Usage:
    """A git command, measured."""
    return process(["git", "-C", str(where), *args], env=GIT_ENVIRONMENT)


def git_says(where: Path, *args: str) -> bytes:
    """What a git command prints."""
    done = subprocess.run(["git", "-C", str(where), *args], env=GIT_ENVIRONMENT, capture_output=True)
    if done.returncode:
        raise Failed(f"git {args[0]}: {done.stderr.decode('utf-8', 'replace').strip()[:300]}")
    return done.stdout


def commit_all(tree: Path, git_dir: Path) -> Usage:
    """`git add -A && git commit` of a work tree, measured as one."""
    where = [f"--git-dir={git_dir}", f"--work-tree={tree}"]
    added, committed = git(tree, *where, "add", "-A"), git(tree, *where, "commit", "--quiet", "-m", "x")
    return Usage(added.wall + committed.wall, added.cpu + committed.cpu, max(added.peak, committed.peak))


def first_commit(tree: Path, git_dir: Path) -> Usage:
    """The same into a new repository."""
    shutil.rmtree(git_dir, ignore_errors=True)
    git(tree, "init", "--quiet", "--bare", "--template=", str(git_dir))
    return commit_all(tree, git_dir)


def monitor(where: Path, *args: str, memory: bool = False) -> Usage:
    """A command of ours as a whole process, measured."""
    return process([*MONITOR, "-C", str(where), *args], env=ENVIRONMENT, memory=memory)


def ours_alone(script: str, *args: str) -> Usage:
    """A part of ours as a whole process, measured: a script of benchmarks/parts."""
    return process([*PYTHON, str(ROOT / "benchmarks/parts" / script), *args], env=ENVIRONMENT)


def import_into(place: Path, source: Path, *options: str, memory: bool = False) -> Usage:
    """An import into a new place, measured."""
    shutil.rmtree(place, ignore_errors=True)
    (place / "seeds").mkdir(parents=True)
    return monitor(place, "import", str(source), *options, memory=memory)


def settings_of(where: Path) -> Settings:
    """The configuration of a place without a file of its own."""
    return load(where, None, {}, {})


@dataclass
class Bench:
    """One run of the benchmark. `histories` are repositories or bundles; `scratch` is deleted at the end."""

    scratch: Path
    histories: Sequence[Path]
    rounds: int = 5
    quick: bool = False
    say: Callable[[str], None] = print
    _contents: dict[int, list[str]] = field(default_factory=dict)
    _watched: dict[int, Path] = field(default_factory=dict)

    def size(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole

    def compare(
        self, works: Mapping[str, Callable[[], Usage]], warm_up: bool = True, rounds: int | None = None
    ) -> Measured:
        """The works in turn: as many rounds as asked for, but once it has taken long no more than three."""
        began, rounds = time.perf_counter(), rounds or self.rounds
        measured = in_turn(min(3, rounds), works, warm_up)
        while len(next(iter(measured.values()))) < rounds and time.perf_counter() - began < LONG:
            for name, more in in_turn(1, works, warm_up=False).items():
                measured[name] += more
        return measured

    def noted(self, measured: Measured) -> str:
        """What a row says where it had fewer rounds than were asked for."""
        rounds = len(next(iter(measured.values())))
        return f"{rounds} rounds" if rounds < self.rounds else ""

    @cached_property
    def clones(self) -> dict[str, Path]:
        """Every history as a bare repository, by its name."""
        found = {}
        for history in self.histories:
            name = history.resolve().name.removesuffix(".bundle").removesuffix(".git")
            found[name] = self.scratch / "clones" / name
            git_says(self.scratch, "clone", "--quiet", "--bare", str(history.resolve()), str(found[name]))
        return found

    def history(self, wanted: str) -> tuple[str, Path]:
        """The clone with this name; the first one where another repository was named."""
        name = wanted if wanted in self.clones else next(iter(self.clones))
        return name, self.clones[name]

    def kept(self, name: str, make: Callable[[Path], object]) -> Path:
        """A folder of this name that `make` fills once, until the rules or the form of the ledger change."""
        name = f"quick-{name}" if self.quick else name
        folder = KEPT / f"{name}-{state()}"
        if not folder.exists():
            for old in (path for path in KEPT.glob(f"{name}-*") if path.name.rpartition("-")[0] == name):
                shutil.rmtree(old)
            making = KEPT / f"{name}-making"
            making.mkdir(parents=True)
            make(making)
            making.rename(folder)
        return folder

    @cached_property
    def texts(self) -> list[str]:
        """The documents at the heads of all histories."""
        return [text for clone in self.clones.values() for text in _texts(clone)]

    def contents(self, count: int) -> list[str]:
        """The contents of a folder of so many files."""
        if count not in self._contents:
            self._contents[count] = slices(self.texts, count)
        return self._contents[count]

    def watched(self, count: int) -> Path:
        """A place that watches so many files in `seeds`, and has them in its store and its ledger; it is shared."""
        if count not in self._watched:
            place = self.scratch / f"watched-{count}"
            write(place / "seeds", self.contents(count))
            monitor(place, "run")
            self._watched[count] = place
        return self._watched[count]

    def work_tree(self, count: int) -> Path:
        """A work tree of the same files; it is shared."""
        place = self.scratch / f"tree-{count}"
        if not place.exists():
            write(place, self.contents(count))
        return place

    @contextmanager
    def room(self) -> Iterator[Path]:
        """A new folder, gone afterwards."""
        place = Path(tempfile.mkdtemp(dir=self.scratch))
        try:
            yield place
        finally:
            shutil.rmtree(place)


@cache
def state() -> str:
    """Differs where a kept ledger would: of its rules, of the code that writes it, of the made history."""
    known = hashlib.sha256(fingerprint(()).encode())
    for path in sorted([*(ROOT / "monitor/ledger").glob("*.py"), *(ROOT / "benchmarks").glob("made*.py")]):
        known.update(path.read_bytes())
    return known.hexdigest()[:12]


def _texts(clone: Path) -> Iterator[str]:
    listed = git_says(clone, "ls-tree", "-r", "-z", "--format=%(objecttype) %(objectname) %(path)", "HEAD")
    for line in filter(None, listed.split(b"\0")):
        kind, blob, path = line.decode("utf-8", "replace").split(" ", 2)
        if kind == "blob" and path.endswith((".md", ".txt", ".html", ".htm")):
            yield git_says(clone, "cat-file", "blob", blob).decode("utf-8", "replace")


def disk_of(folder: Path) -> int:
    """What the files below a folder take on the disk."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())
