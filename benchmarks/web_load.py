"""How long 20 readers and 5 reviewers wait while a run goes on; writes the table in docs/web.md.

    python benchmarks/web_load.py [--dry]

A store of made documents is served on loopback by `monitor serve`. Each reader asks for its pages one after the other,
each reviewer decides on changes of its own, and meanwhile runs record new versions. Times are from the request to the
last byte, by the clock.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple
from urllib.parse import urlencode

from monitor.app.run import RunOptions, run
from monitor.config import Settings, load

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs/web.md"
BEGIN, END = "<!-- figures: benchmarks/web_load.py -->", "<!-- end of figures -->"
READERS, REVIEWERS = 20, 5
PAGES = ("/queue", "/queue?significance=substantive", "/documents", "/overview", "/runs", "/api/queue?limit=20")
START = datetime(2026, 1, 1, 6, tzinfo=UTC)


class Asked(NamedTuple):
    """One request: what for, the status of the answer, and how long it took in seconds."""

    what: str
    status: int
    seconds: float


class Load(NamedTuple):
    """All requests of a load, and how many runs recorded something meanwhile."""

    asked: tuple[Asked, ...]
    runs: int

    @property
    def failed(self) -> list[Asked]:
        """What was not answered as it should be: pages with 200, forms with 303."""
        return [one for one in self.asked if one.status != (303 if one.what == "verdict" else 200)]


def make_store(root: Path, documents: int, statements: int) -> Settings:
    """A store of two snapshots: each document was revised in every third statement."""
    for version in (0, 1):
        write(root, documents, statements, version)
        run(load(root, None, {}, {}), RunOptions(settle=0, taken_at=START + timedelta(days=version)))
    return load(root, None, {}, {})


def write(root: Path, documents: int, statements: int, version: int) -> None:
    """Version `version` of all documents."""
    (root / "seeds").mkdir(parents=True, exist_ok=True)
    for number in range(documents):
        lines = (
            f"Party {line} of contract {number} pays {100 + line + (version if line % 3 == version % 3 else 0)} euro.\n"
            for line in range(statements)
        )
        (root / "seeds" / f"contract-{number}.md").write_text("\n".join(lines), "utf-8")


def put_load(port: int, requests: int, record: Callable[[int], None]) -> Load:
    """Readers and reviewers who each make `requests` requests, while `record` records one new version after the other.

    `record` is called with 2, 3 and so on, until all have their answers, and once at least.
    """
    changes = [one["change"]["id"] for one in entries(port, READERS * requests)]
    shares = [changes[who::REVIEWERS] for who in range(REVIEWERS)]
    over = Event()

    def read(who: int) -> list[Asked]:
        return [ask(port, "page", "GET", PAGES[(who + number) % len(PAGES)]) for number in range(requests)]

    def decide(who: int) -> list[Asked]:
        verdicts = ("accepted", "flagged", "dismissed")
        forms = [
            urlencode({"only": change, "reviewer": f"reviewer {who}", "back": "/queue"})
            for change in shares[who][:requests]
        ]
        return [
            ask(port, "verdict", "POST", f"/verdicts/{verdicts[number % 3]}", form) for number, form in enumerate(forms)
        ]

    def record_on() -> int:
        version = 1
        while not over.is_set() or version == 1:
            version += 1
            record(version)
        return version - 1

    with ThreadPoolExecutor(READERS + REVIEWERS + 1) as pool:
        recording = pool.submit(record_on)
        asking = [pool.submit(read, who) for who in range(READERS)]
        asking += [pool.submit(decide, who) for who in range(REVIEWERS)]
        try:
            asked = [one for future in asking for one in future.result()]
        finally:
            over.set()
        return Load(tuple(asked), recording.result())


def entries(port: int, most: int) -> list[dict[str, Any]]:
    """The entries of the queue, at most so many."""
    found: list[dict[str, Any]] = []
    after = ""
    while len(found) < most:
        page = json.loads(body_of(port, f"/api/queue?limit=200{after}"))
        found += page["entries"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    return found


def body_of(port: int, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def ask(port: int, what: str, method: str, path: str, form: str | None = None) -> Asked:
    """One request over a connection of its own."""
    began = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        headers = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, form, headers)
        answer = connection.getresponse()
        answer.read()
        return Asked(what, answer.status, time.perf_counter() - began)
    finally:
        connection.close()


@contextmanager
def served(root: Path) -> Iterator[int]:
    """`monitor serve` of a store as a process of its own; gives its port."""
    command = [sys.executable, "-m", "monitor", "-C", str(root), "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline().rpartition(":")[2].strip().rstrip("/"))
    finally:
        process.terminate()
        process.communicate()


def recorder(root: Path, documents: int, statements: int) -> Callable[[int], None]:
    """Records a new version of all documents by `monitor run`, in a process of its own."""

    def record(version: int) -> None:
        write(root, documents, statements, version)
        command = [sys.executable, "-m", "monitor", "-C", str(root), "run", "--settle", "0", "--wait", "600"]
        subprocess.run(command, check=True, capture_output=True)

    return record


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--statements", type=int, default=150)
    parser.add_argument("--requests", type=int, default=12, help="of each reader and reviewer")
    parser.add_argument("--dry", action="store_true", help="print the figures, write nothing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_store(root, given.documents, given.statements)
        with served(root) as port:
            load = put_load(port, given.requests, recorder(root, given.documents, given.statements))
    print(text := table(load, given.documents * given.statements))
    if not given.dry:
        page = DOCUMENT.read_text("utf-8")
        DOCUMENT.write_text(re.sub(f"{BEGIN}.*{END}", f"{BEGIN}\n{text}\n{END}", page, flags=re.DOTALL), "utf-8")
    return 1 if load.failed else 0


def table(load: Load, statements: int) -> str:
    """The figures as a table."""
    lines = [
        f"{READERS} readers and {REVIEWERS} reviewers at once, each with the next request when the last is answered.",
        f"{statements:,} statements in the folder, {load.runs} runs meanwhile, {len(load.failed)} requests failed:",
        "",
        "| request | requests | median | p95 | longest |",
        "|---|---|---|---|---|",
    ]
    for what in ("page", "verdict"):
        times = sorted(1000 * one.seconds for one in load.asked if one.what == what)
        p95 = times[min(len(times) - 1, len(times) * 95 // 100)]
        lines.append(
            f"| {what} | {len(times)} | {statistics.median(times):,.0f} ms | {p95:,.0f} ms | {times[-1]:,.0f} ms |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
