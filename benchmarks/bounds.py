"""What the benchmark measures and the bound of each figure, in the order of the page.

Ratios are of processor time, unless `work` says otherwise: user and system, of the whole process with its children.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

NOTHING = "`python -c pass`"
COMMIT = "`git add -A && git commit`"
LOG = "`git log -p --first-parent` to /dev/null"
WALK = "a bare Python `os.scandir` + `stat` walk"
NONE = "–"


class Bound(NamedTuple):
    """One line of the table. `limit` is in `unit`, a ratio where that is empty; `least`: it is the smallest allowed."""

    work: str
    against: str
    limit: float
    unit: str = ""
    least: bool = False

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.least else value <= self.limit


def _million(work: str, limit: float) -> Bound:
    return Bound(f"1,000,000 statements: {work}; in the process", NONE, limit, "ms")


# Of each row that `--only` can name: its figures by their names.
BOUNDS: Mapping[str, Mapping[str, Bound]] = {
    "starting": {
        "run": Bound("run with nothing new, 10 documents", NOTHING, 10),
        "help": Bound("`--help`", NOTHING, 0.15, "s more"),
    },
    "commands": {
        "log": Bound("`log --limit 50` on the imported archive", NOTHING, 8),
        "blame": Bound("`blame` of a document of the archive", NOTHING, 8),
        "search": Bound("`search` for two words in the archive", NOTHING, 8),
        "status": Bound("`status` of the archive", NOTHING, 10),
        "review list": Bound("`review list` of the archive, not for the first time", NOTHING, 10),
    },
    "idle": {
        "most": Bound("run with nothing new, 100,000 files", WALK, 1.4),
        "fewer": Bound("run with nothing new, 10,000 files", WALK, 2.5),
    },
    "first-snapshot": {
        "time": Bound("first snapshot of 10,000 files: time, without the ledger", COMMIT, 1.2),
        "bytes": Bound("first snapshot of 10,000 files: bytes of the store on the disk", COMMIT, 0.55),
    },
    "disk": {
        "loose": Bound("disk after 100 snapshots of 20 of 10,000 files, before packing", "loose objects", 0.65),
        "packed": Bound("disk after 100 snapshots of 20 of 10,000 files, packed", "the same packed (`git gc`)", 1.2),
    },
    "changed": {
        "store 1": Bound("store step, durable, 1 changed of 100,000; in the process, by the clock", COMMIT, 0.1),
        "run 1": Bound("run with 1 changed of 100,000", COMMIT, 1.3),
        "store 100": Bound("store step, durable, 100 changed of 100,000; in the process, by the clock", COMMIT, 0.25),
        "run 100": Bound("run with 100 changed of 100,000", COMMIT, 2),
    },
    "import": {
        "one": Bound("import of the archive, one process", LOG, 20),
        "two": Bound("import of the archive with `--jobs 2`, by the clock", LOG, 11),
        "gain": Bound(
            "import of the archive with `--jobs 2`, by the clock: how many times faster", "one process", 1.8, least=True
        ),
        "blame": Bound("import of the archive, one process", "`git blame` of the files at HEAD alone", 1.1),
        "peak": Bound("peak memory of the import of the archive, of all its processes", NONE, 300, "MiB"),
        "ledger": Bound("ledger of the archive", NONE, 70, "MB"),
    },
    "queue": {"first": Bound("first page of the queue after the import of the archive, a new process", NONE, 0.3, "s")},
    "one-document": {"import": Bound("import of one document of 492 revisions", "`git log -p` of it", 8)},
    "first-run": {
        "6,000": Bound("peak memory of the first run over 6,000 documents of 4 KB", NONE, 250, "MiB"),
        "20,000": Bound("peak memory of the first run over 20,000 documents of 4 KB", NONE, 250, "MiB"),
    },
    "million": {
        "life": _million("the life of one", 1),
        "week": _million("the changes of a week, 10,000, as objects", 60),
        "lines": _million("the changes of a week, 10,000, as JSON lines (`log --format jsonl`)", 150),
        "search": _million("search for two words, the first 100", 5),
        "frequent": _million("search for frequent words, the slowest", 10),
    },
    "growth": {
        "revisions": Bound("fold per revision at 10,000 revisions", "the same at fewer, from 10 on", 1.3),
        "documents": Bound("fold per revision at 10,000 documents", "the same at fewer, from 10 on", 1.3),
    },
    "aligning": {},
}
