"""What processes, Dask and PostgreSQL cost when a history is imported: the table of docs/scaling.md.

    .ci/postgresql with .venv/bin/python benchmarks/scale_out.py

Processor time is what counts: `main` is that of the process that folds, the part that no further machine takes over.
`all` has the workers too, and not the server of the database. Without a server its rows are left out.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from madehistory import document, sentence

DOCUMENTS, SENTENCES, REVISIONS, REVISED = 120, 60, 80, 12
SERVER = os.environ.get("MONITOR_TEST_POSTGRESQL", "")
_TICKS = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """Seconds of processor time: of the main process, and of all processes of ours."""

    main: float
    all: float


def make_repository(folder: Path) -> None:
    """So many documents, then a commit for each revision, in which some get another sentence."""
    chance = random.Random(7)
    texts = [list(document(chance, SENTENCES, (8, 14, 22))) for _ in range(DOCUMENTS)]
    stream: list[str] = []
    for number in range(REVISIONS + 1):
        changed = range(DOCUMENTS) if number == 0 else chance.sample(range(DOCUMENTS), REVISED)
        stream.append(
            f"commit refs/heads/main\ncommitter A <a@example.org> {1_700_000_000 + 86_400 * number} +0000\ndata 1\n.\n"
        )
        for at in changed:
            if number:
                texts[at][chance.randrange(SENTENCES)] = sentence(chance, 14)
            text = "\n\n".join(texts[at]) + "\n"
            stream.append(f"M 100644 inline {at % 10}/{at}.md\ndata {len(text.encode())}\n{text}\n")
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", folder], check=True)
    subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], input="".join(stream).encode(), check=True)


def processor_seconds(pid: int) -> tuple[float, float]:
    """Of a process, and of the children that it has waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own, children = sum(map(int, fields[11:13])), sum(map(int, fields[13:15]))
    return own / _TICKS, children / _TICKS


def cost_of(words: Sequence[str], place: Path, workers: Sequence[int] = ()) -> Cost:
    """What a command line costs; it must end well."""
    before = sum(sum(processor_seconds(pid)) for pid in workers)
    process = subprocess.Popen([sys.executable, "-m", "monitor", "-C", str(place), *words], stdout=subprocess.DEVNULL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    own, children = processor_seconds(process.pid)
    assert process.wait() == 0, words
    return Cost(own, own + children + sum(sum(processor_seconds(pid)) for pid in workers) - before)


@contextmanager
def cluster() -> Iterator[tuple[str, list[int]]]:
    """A scheduler and two workers on this machine: its address, and the processes of the workers."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as made:
        yield made.scheduler_address, [worker.process.pid for worker in made.workers.values()]


def main() -> None:
    with tempfile.TemporaryDirectory() as name, cluster() as (address, workers):
        place = Path(name)
        make_repository(place / "repository")

        def measured(title: str, *options: str, postgresql: bool = False, pids: Sequence[int] = ()) -> None:
            folder = place / title.replace(" ", "-")
            (folder / "seeds").mkdir(parents=True)
            store = f'ledger = "{SERVER}"\nschema = "scale_out_{len(title)}_{os.getpid()}"\n' if postgresql else ""
            (folder / "monitor.toml").write_text(f"[store]\n{store}")
            words = ["import", str(place / "repository"), "--name", "made", *options]
            found = cost_of(words, folder, pids)
            print(f"| {title} | {found.main:.1f} | {found.all:.1f} |", flush=True)

        ways: list[Callable[[], None]] = [
            lambda: measured("one process"),
            lambda: measured("two processes", "--jobs", "2"),
            lambda: measured("Dask", "--cluster", address, pids=workers),
        ]
        if SERVER:
            ways += [
                lambda: measured("PostgreSQL", postgresql=True),
                lambda: measured("PostgreSQL and two processes", "--jobs", "2", postgresql=True),
                lambda: measured("Dask and PostgreSQL", "--cluster", address, postgresql=True, pids=workers),
            ]
        print("| way | main | all |\n|---|---:|---:|")
        for way in ways:
            way()


if __name__ == "__main__":
    main()
