"""Which files of the package a command enters: the command runs in a process of its own, under `sys.setprofile`.

A Python file counts where one of its functions runs, in any thread. The bodies of modules and classes do not count, nor
what runs while a module is imported. What a command starts as further processes is not seen.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MONITOR_"))}
ENVIRONMENT |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}

# The arguments are the package's folder, the file for the result, and the command line. The result is one list of paths
# a thread: the file of each call, in order. CO_OPTIMIZED is set for functions, not for bodies of modules and classes.
TRACED = """
import inspect, json, sys, threading
from monitor.cli.main import run

folder, result, *arguments = sys.argv[1:]
calls, importing = {}, {}

def profile(frame, event, arg):
    code, thread = frame.f_code, threading.get_ident()
    path = code.co_filename
    if event not in ("call", "return") or not path.startswith(folder) or not path.endswith(".py"):
        return
    if code.co_name == "<module>":
        importing[thread] = importing.get(thread, 0) + (1 if event == "call" else -1)
    elif event == "call" and code.co_flags & inspect.CO_OPTIMIZED and not importing.get(thread):
        calls.setdefault(thread, []).append(path[len(folder):])

threading.setprofile(profile)
sys.setprofile(profile)
try:
    status = run(arguments)
finally:
    sys.setprofile(None)
    threading.setprofile(None)
with open(result, "w", encoding="utf-8") as file:
    json.dump(list(calls.values()), file)
sys.exit(status)
"""


class CommandFailed(Exception):
    """A command did not end with status 0; one line."""


@dataclass(frozen=True)
class Entered:
    """What one command called in the package: the calls in each file by its path, first entered first."""

    files: Mapping[str, int]
    changes_of_file: int

    @property
    def calls(self) -> int:
        return sum(self.files.values())


def run_command(place: Path, *arguments: str) -> str:
    """Run a command line of the monitor in a folder, untraced; what it printed. Raises CommandFailed."""
    return _run([sys.executable, "-P", "-m", "monitor", *arguments], place)


def trace(place: Path, *arguments: str) -> Entered:
    """Run a command line of the monitor in a folder and note what it calls. Raises CommandFailed."""
    result = place / "calls.json"
    _run([sys.executable, "-P", "-c", TRACED, f"{ROOT}/monitor/", str(result), *arguments], place)
    threads: list[list[str]] = json.loads(result.read_text("utf-8"))
    result.unlink()
    files = Counter(path for calls in threads for path in calls)
    return Entered(files, sum(one != other for calls in threads for one, other in pairwise(calls)))


def _run(command: Sequence[str], place: Path) -> str:
    done = subprocess.run(command, cwd=place, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [""]
        raise CommandFailed(f"{' '.join(command[-3:])}: exit status {done.returncode}: {lines[-1][:300]}")
    return done.stdout


def trace_commands(scratch: Path) -> dict[str, Entered]:
    """Trace the usual commands over a store that is made in a folder; by the name of each, in this order."""
    place = scratch / "demo"
    run_command(scratch, "demo", str(place))
    run_command(place, "run")  # what the first look at a folder notes about its files is no part of a later run
    document = place / "seeds" / "mandate.md"  # of the demo's formats Markdown takes most files to read
    text = document.read_text("utf-8")
    traces = {
        "log": trace(place, "log"),
        "show ID": trace(place, "show", _change(place, "revised")),
        "search WORDS": trace(place, "search", "troops"),
        "blame DOCUMENT": trace(place, "blame", document.name),
        "run, nothing new": trace(place, "run"),
    }
    _write(document, text := text.rstrip("\n") + "\n\nThe offer stands for ninety days.\n", age=7200)
    traces["run, one sentence new"] = trace(place, "run")
    _write(document, text.replace("stands for ninety days", "may stand for 60 days"), age=3600)
    traces["run, one sentence revised"] = trace(place, "run")
    traces |= {
        "report": trace(place, "report"),
        "report --format html": trace(place, "report", "--format", "html"),
        "review list": trace(place, "review", "list"),
        "review accept ID": trace(place, "review", "accept", _change(place, "revised")),
    }
    return traces


def _change(place: Path, kind: str) -> str:
    """The id of the newest change of a kind."""
    newest = run_command(place, "log", "--kind", kind, "--limit", "1", "--format", "jsonl")
    identifier: str = json.loads(newest)["id"]
    return identifier


def _write(document: Path, text: str, age: int) -> None:
    """Write a document that was last modified `age` seconds ago: a run waits for files that have just changed."""
    document.write_text(text, encoding="utf-8")
    modified = document.stat().st_mtime - age
    os.utime(document, (modified, modified))
