"""Every row of the benchmark in one run: `make bench`. Writes docs/generated/benchmarks.md and its pictures.

    python benchmarks/bench.py [--rows starting,looking] [--rounds 5] [--quick] [--repository PATH]

With --rows or --quick the table is printed and nothing is written: the page is of one whole run. Where that is ended
early (Ctrl-C, SIGTERM), the page says what was not measured.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from curves import Chart, svg
from figures import Figure, page, row, table
from place import CORPORA, ROOT, Bench
from rows import ROWS

PAGE, IMAGES = ROOT / "docs/generated/benchmarks.md", ROOT / "docs/images"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", help=f"only these, with commas: {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that it runs, not how fast")
    parser.add_argument("--repository", type=Path, action="append", help="instead of the corpora; may be repeated")
    given = parser.parse_args()
    wanted = given.rows.split(",") if given.rows else list(ROWS)
    if unknown := set(wanted) - ROWS.keys():
        parser.error(f"--rows: there is no {', '.join(sorted(unknown))}")
    histories = given.repository or sorted((CORPORA / "histories").glob("*.bundle"))
    if not histories:
        parser.error(f"there are no histories at {CORPORA}: name a repository with --repository")
    began = time.monotonic()
    scratch = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        figures, charts = measure(Bench(scratch, histories, given.rounds, given.quick), wanted)
    finally:
        shutil.rmtree(scratch)
    facts = machine(histories, given.rounds, time.monotonic() - began)
    if given.rows or given.quick:
        print("", table(figures), sep="\n")
    else:
        PAGE.write_text(page(facts, figures, charts), encoding="utf-8")
        for name, chart in charts.items():
            (IMAGES / name).write_text(svg(chart), encoding="utf-8")
    return 0


def measure(bench: Bench, wanted: Sequence[str]) -> tuple[list[Figure], dict[str, Chart]]:
    """The rows in turn, a line printed for each as it comes; one that fails says so in the table and stops no other."""
    figures: list[Figure] = []
    charts: dict[str, Chart] = {}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    left = list(wanted)
    while left:
        name, began = left[0], time.monotonic()
        try:
            for found in ROWS[name](bench):
                if isinstance(found, Figure):
                    figures.append(found)
                    print(f"{time.monotonic() - began:4.0f} s  {row(found)}", flush=True)
                else:
                    charts[found[0]] = found[1]
        except KeyboardInterrupt:
            ended = "the run was ended before"
            figures += [Figure(f"`{name}`: what else it measures", "–", None, 0, note=ended) for name in left]
            break
        except Exception as error:  # noqa: BLE001 - whatever it was, the other rows are still to be measured
            traceback.print_exc()
            why = " ".join(str(error).split()) or type(error).__name__
            figures.append(Figure(f"`{name}`: what else it measures", "–", None, 0, note=why))
        del left[0]
    return figures, charts


def machine(histories: Sequence[Path], rounds: int, seconds: float) -> dict[str, str]:
    """What was measured on what, for the head of the page."""
    return {
        "on": f"{datetime.now(UTC):%Y-%m-%d}, in {seconds / 60:.0f} minutes; {rounds} rounds unless a row says so",
        "machine": f"{os.cpu_count()} cores, {_processor()}, {_memory()}, {_system()}",
        "versions": f"Python {platform.python_version()}, {_says('git', '--version')}, SQLite {sqlite3.sqlite_version}",
        "this program at": f"`{_says('git', '-C', str(ROOT), 'describe', '--always', '--dirty', '--abbrev=12')}`",
        "histories": ", ".join(one.name for one in histories),
    }


def _says(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _system() -> str:
    return f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}"


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


if __name__ == "__main__":
    sys.exit(main())
