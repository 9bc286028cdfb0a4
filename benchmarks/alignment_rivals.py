"""What the aligner is measured against: the published prototype, a chain over shared words, greedy matching."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from monitor.core.alignment.align import align
from monitor.core.alignment.similarity import words_of
from monitor.core.diff.sequences import LinkedRange, heaviest_chain
from monitor.core.text.normalize import normalize
from monitor.model import Statement

Links = list[tuple[int, int]]
Aligner = Callable[[Sequence[str], Sequence[str]], Links]


def load(path: Path) -> ModuleType:
    """A module from a file that is not part of the project."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ours(before: Sequence[str], after: Sequence[str]) -> Links:
    """The links of `monitor.core.alignment.align`."""
    alignment = align([Statement(text) for text in before], [Statement(text) for text in after])
    return [(i, j) for match in alignment.matches for i in match.before for j in match.after]


def overlaps(before: Sequence[str], after: Sequence[str]) -> dict[tuple[int, int], float]:
    """Twice the shared words over the words of both, for each pair."""
    bags = [[Counter(words_of(normalize(text))) for text in side] for side in (before, after)]
    totals = [[bag.total() for bag in side] for side in bags]
    return {
        (i, j): 2 * (one & other).total() / (totals[0][i] + totals[1][j])
        for i, one in enumerate(bags[0])
        for j, other in enumerate(bags[1])
    }


def chain_of_words(least: float) -> Aligner:
    """The order-keeping run whose word overlap above `least` is heaviest."""

    def rival(before: Sequence[str], after: Sequence[str]) -> Links:
        pairs = overlaps(before, after).items()
        run = heaviest_chain(LinkedRange(i, i + 1, j, j + 1, value - least) for (i, j), value in pairs if value > least)
        return [(block.i0, block.j0) for block in run]

    return rival


def greedy(least: float) -> Aligner:
    """The most alike pair first, whatever the order, down to `least`."""

    def rival(before: Sequence[str], after: Sequence[str]) -> Links:
        pairs = sorted((-value, abs(i - j), i, j) for (i, j), value in overlaps(before, after).items() if value > least)
        used_before, used_after, found = set[int](), set[int](), Links()
        for _, _, i, j in pairs:
            if i not in used_before and j not in used_after:
                used_before.add(i)
                used_after.add(j)
                found.append((i, j))
        return found

    return rival
