"""How long an alignment takes: neighbouring versions of a real archive, and hostile versions at doubling sizes.

python benchmarks/align_speed.py [--hostile]
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import accumulate, chain
from pathlib import Path

from known_changes import statements

from monitor.core.alignment.align import align
from monitor.model import BlockKind, Statement

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("MONITOR_CORPORA", ROOT / "../shared/corpora"))
ARCHIVE = "github-site-policy"
EVERY = 4  # of the archive's changes, one in so many is timed


def neighbours(clone: str) -> Iterator[tuple[str, str]]:
    """Blob ids of neighbouring versions of Markdown documents, oldest first."""
    log = ["git", "-C", clone, "log", "--first-parent", "--reverse", "--raw", "--no-abbrev", "--format=", "-M", "HEAD"]
    for line in subprocess.run(log, check=True, capture_output=True).stdout.decode("utf-8", "replace").splitlines():
        facts, _, paths = line.partition("\t")
        fields = facts.split()
        if len(fields) == 5 and fields[4][0] in "MR" and paths.endswith(".md"):
            yield fields[2], fields[3]


def archive_times(corpora: Path) -> list[tuple[float, float]]:
    """(milliseconds of processor time, share of statements that differ) of neighbouring versions."""
    times = []
    with tempfile.TemporaryDirectory() as folder:
        clone = f"{folder}/{ARCHIVE}"
        bundle = corpora / f"histories/{ARCHIVE}.bundle"
        subprocess.run(["git", "clone", "--quiet", "--bare", str(bundle), clone], check=True)
        for before, after in list(neighbours(clone))[::EVERY]:
            versions = [statements(_blob(clone, blob)) for blob in (before, after)]
            start = time.process_time()
            alignment = align(*versions)
            spent = 1000 * (time.process_time() - start)
            differ = sum(match.similarity != 1.0 for match in alignment.matches)
            times.append((spent, differ / max(1, len(alignment.matches))))
    return times


def _blob(clone: str, blob: str) -> str:
    shown = subprocess.run(["git", "-C", clone, "cat-file", "blob", blob], check=True, capture_output=True)
    return shown.stdout.decode("utf-8", "replace")


def sentences(chance: random.Random, count: int) -> list[str]:
    """Made-up sentences over words that are about as unevenly frequent as real ones."""
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(5000)]
    weights = list(accumulate(1 / (k + 1) for k in range(len(words))))
    return [" ".join(chance.choices(words, cum_weights=weights, k=chance.randint(8, 25))) for _ in range(count)]


Versions = tuple[list[str], list[str]]
HOSTILE: dict[str, tuple[int, Callable[[random.Random, int], Versions]]] = {
    "identical lines, shifted": (50_000, lambda _, n: (["x", *["same"] * n], [*["same"] * n, "y"])),
    "two lines that take turns": (
        50_000,
        lambda _, n: (["a b", "c d"] * (n // 2), ["c d", *["a b", "c d"] * (n // 2)]),
    ),
    "nothing in common": (10_000, lambda chance, n: (sentences(chance, n), sentences(chance, n))),
    "everything elsewhere": (5_000, lambda chance, n: _shuffled(chance, sentences(chance, n))),
    "sections that changed places": (4_000, lambda chance, n: _sections(chance, n // 4)),
    "every one revised": (2_000, lambda chance, n: _revised(sentences(chance, n))),
    "one statement, characters": (500_000, lambda chance, n: _revised([" ".join(sentences(chance, n // 90))[:n]])),
    "one word, characters": (500_000, lambda _, n: (["a" * n], ["a" * n + "b"])),
}


def _shuffled(chance: random.Random, texts: list[str]) -> Versions:
    return texts, chance.sample(texts, len(texts))


def _sections(chance: random.Random, count: int) -> Versions:
    """Sections of a heading, two lines that many have, and a line of its own, which was revised."""
    before = [
        [f"# Section {k}", "Learn more", f"See annex {k % 50}.", f"The fee of licence {k} is {k % 90} euros."]
        for k in range(count)
    ]
    after = [[*section[:3], section[3].replace("fee", "charge")] for section in before]
    return list(chain.from_iterable(before)), list(chain.from_iterable(chance.sample(after, count)))


def _stated(text: str) -> Statement:
    return Statement(text, BlockKind.HEADING, 1) if text.startswith("# ") else Statement(text)


def _revised(texts: list[str]) -> Versions:
    return texts, [f"{text} indeed" for text in texts]


def hostile() -> Iterator[str]:
    """Seconds at a size and at twice the size, the ratio, and the links at the larger size."""
    yield "| versions | size | s | twice | s | ratio | links |"
    yield "|---|---|---|---|---|---|---|"
    for name, (size, make) in HOSTILE.items():
        spent, links = [], 0
        for count in (size, 2 * size):
            before, after = ([_stated(text) for text in side] for side in make(random.Random(1), count))
            start = time.process_time()
            matches = align(before, after).matches
            spent.append(time.process_time() - start)
            links = sum(bool(match.before and match.after) for match in matches)
        one, two = spent
        yield f"| {name} | {size} | {one:.2f} | {2 * size} | {two:.2f} | {two / one:.2f} | {links} |"


def main() -> None:
    if "--hostile" in sys.argv[1:]:
        for line in hostile():
            print(line, flush=True)
        return
    times = [spent for spent, _ in archive_times(CORPORA)]
    print(f"{len(times)} neighbouring versions: median {statistics.median(times):.2f} ms, longest {max(times):.0f} ms")


if __name__ == "__main__":
    main()
