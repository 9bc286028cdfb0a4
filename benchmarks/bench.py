"""The benchmark: `make bench` measures every row, in turn, and writes docs/generated/benchmarks.md and its pictures.

    python benchmarks/bench.py [--only import,queue] [--rounds 5] [--quick] [--repository PATH]

Each row is kept in docs/generated/benchmarks.json as soon as it is measured, with its date and what else the machine
did; --only measures some again and leaves the others. With --quick the table is printed and nothing is kept.
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
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bounds import BOUNDS
from curves import svg
from figures import Figure, Line, Result, Results, lines, load, page, row, save, table, with_losses
from measuring import OtherWork
from place import CORPORA, ROOT, Bench
from rows import ROWS

import monitor

DOCS = ROOT / "docs"
SIGNALLED = 130


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help=f"only these rows, with commas: {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that it runs, not how fast")
    parser.add_argument("--repository", type=Path, action="append", help="instead of the corpora; may be repeated")
    given = parser.parse_args()
    wanted = given.only.split(",") if given.only else list(ROWS)
    if unknown := set(wanted) - ROWS.keys():
        parser.error(f"--only: there is no {', '.join(sorted(unknown))}")
    histories = given.repository or sorted((CORPORA / "histories").glob("*.bundle"))
    if not histories:
        parser.error(f"there are no histories at {CORPORA}: name a repository with --repository")
    if not Path(monitor.__file__).is_relative_to(ROOT):
        parser.error(f"{monitor.__file__} would be measured, not this checkout: set PYTHONPATH={ROOT}")
    scratch = Path(tempfile.mkdtemp(prefix="bench-"))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    found: Results = {}
    try:
        for name, result in measure(Bench(scratch, histories, given.rounds, given.quick), wanted):
            found[name] = result
            if not given.quick:
                keep({name: result})
    except KeyboardInterrupt:
        print("ended before the rest was measured", file=sys.stderr)
        return SIGNALLED
    finally:
        shutil.rmtree(scratch)
    print("", *(["Of small sizes:"] if given.quick else []), table(list(lines(found, wanted))), sep="\n")
    return 0


def measure(bench: Bench, wanted: Sequence[str]) -> Iterator[tuple[str, Result]]:
    """The rows in turn, a line printed for each figure as it comes; a row that fails says so and stops no other."""
    for name in wanted:
        began, others = time.monotonic(), OtherWork()
        result = Result(f"{datetime.now(UTC):%Y-%m-%d %H:%M}", 0, None, bench.rounds, *surroundings(bench.histories))
        try:
            for found in ROWS[name](bench):
                if isinstance(found, Figure):
                    result.figures.append(found)
                    line = Line(name, BOUNDS[name][found.name], found.measured, found.note)
                    print(f"{time.monotonic() - began:4.0f} s  {row(line)}", flush=True)
                else:
                    result.charts[found[0]] = found[1]
        except Exception as error:  # noqa: BLE001 - whatever it was, the other rows are still to be measured
            traceback.print_exc()
            why = str(error).replace(f"{bench.scratch}/", "")
            result.failed = " ".join(why.split()) or type(error).__name__
        result.seconds, result.others = round(time.monotonic() - began, 1), others.processors()
        yield name, result


def keep(measured: Results) -> None:
    """Put these beside the results of the other rows, and write the pages and the pictures of all."""
    kept = DOCS / "generated/benchmarks.json"
    results = load(kept) | measured
    save(kept, results)
    (DOCS / "generated/benchmarks.md").write_text(page(results), encoding="utf-8")
    about = DOCS / "benchmarks.md"
    about.write_text(with_losses(about.read_text("utf-8"), results), encoding="utf-8")
    for result in measured.values():
        for name, chart in result.charts.items():
            (DOCS / "images" / name).write_text(svg(chart), encoding="utf-8")


def surroundings(histories: Sequence[Path]) -> tuple[str, str, str, str]:
    """The program, the machine, the versions and the histories, a line each."""
    return (
        _program(),
        f"{os.cpu_count()} cores, {_processor()}, {_memory()}, {_system()}",
        f"Python {platform.python_version()}, {_says('git', '--version')}, SQLite {sqlite3.sqlite_version}",
        ", ".join(one.name for one in histories),
    )


def _program() -> str:
    git = ("git", "-C", str(ROOT))
    changed = _says(*git, "status", "--porcelain", "--", "monitor", "benchmarks")
    return _says(*git, "describe", "--always", "--abbrev=12") + ("-dirty" if changed else "")


def _says(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    facts = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    names = (line.partition(":")[2].strip() for line in facts if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _system() -> str:
    return f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}"


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


if __name__ == "__main__":
    sys.exit(main())
