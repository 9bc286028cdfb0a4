"""What the sequence diff keeps and how long it takes, against difflib where that ends: one Markdown table.

python benchmarks/sequence_diff.py

Processor time, the median of five rounds in which the two take turns.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher

import measuring

from monitor.core.diff.sequences import equal_runs

ROUNDS = 5
Lines = list[str]
Input = tuple[str, Lines, Lines, bool]  # name, both sides, whether difflib is measured too


def inputs() -> Iterator[Input]:
    draw = random.Random(1)
    unique = [f"line number {n} of the document" for n in range(20_000)]
    edited = [f"edited {line}" if draw.random() < 0.1 else line for line in unique]
    yield "20,000 unique lines, 10 % edited", unique, edited, True
    equal = ["x"] * 100_000
    yield "100,000 equal lines, every second replaced", equal, ["x", "y"] * 50_000, False
    kinds = [f"kind {draw.randrange(500)}" for _ in range(9_000)]
    yield "9,000 lines of 500 kinds, 5 % dropped", kinds, [line for line in kinds if draw.random() > 0.05], True
    shares = [1 / kind for kind in range(1, 501)]
    kinds = draw.choices([f"kind {n}" for n in range(500)], shares, k=9_000)
    # difflib looks at all pairs of equal lines for each run that it finds: minutes where some kinds are frequent
    yield "the same, some kinds more frequent than others", kinds, [s for s in kinds if draw.random() > 0.05], False


def hostile() -> Iterator[Input]:
    """Made to be slow; difflib would take minutes for some and is left out."""
    draw = random.Random(2)
    two = [[draw.choice("xy") for _ in range(100_000)] for _ in range(2)]
    yield "100,000 lines of 2 kinds, drawn at random", two[0], two[1], False
    yield "100,000 lines of 2 kinds, 5 % dropped", two[0], [line for line in two[0] if draw.random() > 0.05], False
    yield "100,000 lines of 2 kinds in turn, shifted by one", ["x", "y"] * 50_000, ["y", "x"] * 50_000, False
    few = [[f"{side} {n}" if n % 100 else f"both {n * 7 % 50_000}" for n in range(50_000)] for side in "ab"]
    yield "50,000 lines, 1 % in common", few[0], few[1], False
    yield "50,000 lines, none in common", [f"a{n}" for n in range(50_000)], [f"b{n}" for n in range(50_000)], False
    unique = [f"line {n}" for n in range(100_000)]
    yield "100,000 unique lines, reversed", unique, unique[::-1], False
    yield "100,000 unique lines, shuffled", unique, draw.sample(unique, len(unique)), False
    cycle = [f"line {n % 500}" for n in range(100_000)]
    yield "500 lines again and again, 5 % dropped", cycle, [line for line in cycle if draw.random() > 0.05], False


def by_difflib(before: Lines, after: Lines) -> int:
    return sum(block.size for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks())


def by_ours(before: Lines, after: Lines) -> int:
    return sum(run.length for run in equal_runs(before, after))


def row(name: str, before: Lines, after: Lines, *, also_difflib: bool) -> str:
    works: dict[str, Callable[[], int]] = {"ours": lambda: by_ours(before, after)}
    if also_difflib:
        works["difflib"] = lambda: by_difflib(before, after)
    kept = {which: work() for which, work in works.items()}
    calls = {which: (lambda work=work: measuring.call(work)) for which, work in works.items()}
    used = measuring.in_turn(ROUNDS, calls, warm_up=False)
    spent = {which: 1000 * statistics.median(usage.cpu for usage in rounds) for which, rounds in used.items()}
    cells = [f"{kept['ours']:,}", f"{spent['ours']:.1f}"]
    if also_difflib:
        cells += [f"{kept['difflib']:,}", f"{spent['difflib']:.1f}", f"{spent['ours'] / spent['difflib']:.3f}"]
    else:
        cells += ["", "", ""]
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    print("| input | lines kept | ms | lines kept by difflib | ms | ratio of times |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, before, after, also_difflib in (*inputs(), *hostile()):
        print(row(name, before, after, also_difflib=also_difflib), flush=True)


if __name__ == "__main__":
    main()
