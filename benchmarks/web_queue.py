"""How long the pages take at the server over a ledger of 100,000 changes; writes docs/generated/web.md.

    python benchmarks/web_queue.py [--changes N] [--work FOLDER] [--dry]

The ledger is made once by real runs over made documents (seeded, so that it is the same every time) and kept in FOLDER
(bench-work/web, ignored by git). Times are from the request to the last byte, over loopback, the median of several;
beside them the processor's time, the client's included, which says the same on a busy machine.
"""

from __future__ import annotations

import argparse
import random
import re
import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import uvicorn

from monitor.app.monitor import open_monitor
from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from monitor.web.app import create_app
from monitor.web.security import Access

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs/generated/web.md"
BEGIN, END = "<!-- figures: benchmarks/web_queue.py -->", "<!-- end of figures -->"
DOCUMENTS, STATEMENTS, EDITED = 50, 200, 40  # documents; statements in each; edited in each by one run
TIMES = 15
START = datetime(2024, 1, 1, 6, tzinfo=UTC)
CONFIGURATION = '[review]\nwatch = ["ceasefire", "mandate"]\n[schedule]\ntimezone = "UTC"\n'
WHO = (
    "officials",
    "ministers",
    "inspectors",
    "mediators",
    "engineers",
    "observers",
    "delegates",
    "drivers",
    "medics",
    "clerks",
)
VERB = ("may", "will", "must", "could", "should", "cannot")
WHAT = (
    "inspect",
    "open",
    "close",
    "guard",
    "repair",
    "supply",
    "visit",
    "register",
    "fund",
    "survey",
    "patrol",
    "evacuate",
)
WHERE = (
    "crossings",
    "harbours",
    "depots",
    "clinics",
    "bridges",
    "wells",
    "camps",
    "offices",
    "archives",
    "stations",
    "convoys",
    "schools",
)
END_WORDS = (
    "at dawn",
    "by night",
    "under the mandate",
    "during the ceasefire",
    "with escorts",
    "without delay",
    "on request",
    "in turn",
)


class Figure(NamedTuple):
    """Of one page: milliseconds by the clock and of the processor, bytes."""

    page: str
    clock: float
    processor: float
    size: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=105_000, help="at least; edits of one run may fall together")
    parser.add_argument("--work", type=Path, default=ROOT / "bench-work/web")
    parser.add_argument("--dry", action="store_true", help="print the figures, write nothing")
    given = parser.parse_args()
    settings = make(given.work, given.changes)
    with open_monitor(settings) as monitor:
        changes = monitor.ledger.counts().changes
        document = monitor.ledger.documents()[0].id
    with serving(settings) as port:
        table = figures(measured(port, document), changes)
    print(table)
    if not given.dry:
        text = DOCUMENT.read_text(encoding="utf-8")
        told = re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{table}\n{END}", text, flags=re.DOTALL)
        DOCUMENT.write_text(told, encoding="utf-8")
    return 0


# --- a ledger -----------------------------------------------------------------------------------


def make(folder: Path, changes: int) -> Settings:
    """A ledger of so many changes; runs that are there already are not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "monitor.toml").write_text(CONFIGURATION, encoding="utf-8")
    settings = load(folder, None, {}, {})
    with open_monitor(settings) as monitor:
        there = monitor.ledger.counts() if settings.store.snapshots.is_dir() else None
    chance = random.Random(7)
    texts = [[sentence(chance) for _ in range(STATEMENTS)] for _ in range(DOCUMENTS)]
    for number in range(-(-changes // (DOCUMENTS * EDITED)) + 1):
        if number:
            for text in texts:
                for at in chance.sample(range(STATEMENTS), EDITED):
                    text[at] = edited(text[at], chance)
        if there is not None and number < there.snapshots:
            continue
        for at, text in enumerate(texts):
            path = settings.watch.folder / f"region-{at % 7}" / f"brief-{at:02}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(
                "\n\n".join(" ".join(text[at : at + 5]) for at in range(0, STATEMENTS, 5)), encoding="utf-8"
            )
        began = time.perf_counter()
        run(settings, RunOptions(settle=0, taken_at=START + number * timedelta(days=7)))
        print(f"run {number}: {time.perf_counter() - began:.1f} s", file=sys.stderr)
    return settings


def sentence(chance: random.Random) -> str:
    who, verb, what, where = (chance.choice(words) for words in (WHO, VERB, WHAT, WHERE))
    return f"{chance.randint(2, 990)} {who} {verb} {what} the {where} {chance.choice(END_WORDS)}."


def edited(text: str, chance: random.Random) -> str:
    """One of the edits that people make: a number, a modality, another thing, another circumstance, form alone."""
    words = text.removesuffix(".").split()
    sort = chance.randrange(5)
    if sort == 0:
        words[0] = str(chance.randint(2, 990))
    elif sort == 1:
        words[2] = chance.choice([one for one in VERB if one != words[2]])
    elif sort == 2:
        words[5] = chance.choice(WHERE)
    elif sort == 3:
        words[6:] = [chance.choice(END_WORDS)]
    else:
        words[1] = words[1].swapcase()
    return " ".join(words) + "."


# --- requests -----------------------------------------------------------------------------------


@contextmanager
def serving(settings: Settings) -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        port = listening.getsockname()[1]
        app = create_app(settings, Access("127.0.0.1", port), lambda _: None, "bench")
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield port
        finally:
            server.should_exit = True
            thread.join()


def measured(port: int, document: str) -> list[Figure]:
    """Each page, asked for several times."""
    first = ask(port, "/api/queue?limit=1")
    cursor = re.search(rb'"next": ?"(\d+)"', first)
    behind = cursor.group(1).decode() if cursor else ""
    pages = {
        "queue, first page": "/queue",
        "queue, a later page": f"/queue?after={behind}",
        "queue, one document": f"/queue?document={document}",
        "queue, aspect and period": "/queue?aspect=negation&since=2024-06-01&until=2024-08-01",
        "queue, substantive removed": "/queue?kind=removed&significance=substantive",
        "queue, a watch term": "/queue?term=ceasefire",
        "queue, words": "/queue?q=patrol+harbours",
        "queue, flagged": "/queue?verdict=flagged",
        "a document": f"/documents/{document}",
        "two dates of it, side by side": f"/documents/{document}/compare?view=side",
        "overview": "/overview",
        "runs": "/runs",
        "API: the queue's first page": "/api/queue",
    }
    found = []
    for name, path in pages.items():
        size = len(ask(port, path))
        found.append(Figure(name, *timed(port, path), size))
    return found


def ask(port: int, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
        return body
    finally:
        connection.close()


def timed(port: int, path: str) -> tuple[float, float]:
    """The medians of what a clock and the processor say, in milliseconds."""
    clock, processor = [], []
    for _ in range(TIMES):
        began, worked = time.perf_counter(), time.process_time()
        ask(port, path)
        clock.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - worked))
    return statistics.median(clock), statistics.median(processor)


def figures(found: list[Figure], changes: int) -> str:
    lines = [
        f"Over {changes:,} changes, the median of {TIMES} requests, once the first page was shown:",
        "",
        "| page | answered in | processor | size |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {one.page} | {one.clock:.0f} ms | {one.processor:.0f} ms | {one.size / 1000:.0f} kB |" for one in found
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
