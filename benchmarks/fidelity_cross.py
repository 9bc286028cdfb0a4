"""The constants of the aligner chosen on some authors' essays and judged on the others'; chance links in real archives.

What docs/fidelity.md says of all essays is of data in sight: their constants were chosen by looking at them. Here the
handful that matter is chosen anew for each fold, out of settings drawn from wide ranges, by the authors outside of the
fold alone, and judged on the authors inside. The held-out counts of all folds are pooled.

    python benchmarks/fidelity_cross.py
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alignment_rivals import ours
from archives import HISTORIES, STEPS, SURE, Far, History, Version, far_apart, judged, unrelated
from fidelity import CORPORA, REPORT, ROWS, WORDS, Counts, Essays, author, interval, put

from monitor.core.alignment import gaps, moves
from monitor.core.alignment.align import align
from monitor.core.text.normalize import normalize

BEGIN, END = "<!-- held-out:begin -->", "<!-- held-out:end -->"
FOLDS = 6
DRAWN = 40  # settings
PAIRS = 40  # of each kind out of each history
# Wide ranges: from what would link nearly anything to what would link only near-equal statements.
RANGES: dict[tuple[Any, str], tuple[float, ...]] = {
    (gaps, "_LEAST"): (0.3, 0.33, 0.36, 0.39, 0.42),
    (gaps, "_PLACE"): (0.1, 0.15, 0.2, 0.25, 0.3),
    (gaps, "_NEAR"): (0.0, 0.02, 0.04, 0.06),
    (gaps, "_SHORT"): (0.0, 0.1, 0.2, 0.3),
    (gaps, "_TOGETHER"): (0.65, 0.7, 0.75, 0.8),
    (moves, "_ALIKE"): (0.5, 0.55, 0.6, 0.65, 0.7),
    (moves, "_BESIDE"): (0.25, 0.35, 0.5),
}
ESSAYS_CAPTION = f"{len(RANGES)} constants, {DRAWN} settings, {FOLDS} folds."
ARCHIVES_CAPTION = f"Up to {STEPS} versions apart; each step of a proved link at least {SURE} alike."
JUDGED = ("near", "far", "moved")  # a setting is worth the mean F1 of revised links over these
Setting = dict[tuple[Any, str], float]


def drawn() -> list[Setting]:
    """Settings drawn at random from the ranges; the one that stands is not among them but by chance."""
    chance = random.Random(1)
    return [{key: chance.choice(values) for key, values in RANGES.items()} for _ in range(DRAWN)]


@contextmanager
def standing_aside(setting: Setting) -> Iterator[None]:
    """The aligner with other constants for a while."""
    before = {key: getattr(*key) for key in setting}
    try:
        for (module, name), value in setting.items():
            setattr(module, name, value)
        yield
    finally:
        for (module, name), value in before.items():
            setattr(module, name, value)


def folds(essays: Essays) -> list[list[str]]:
    """The ids of the version pairs, an author's all in one fold."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    at = {name: k % FOLDS for k, name in enumerate(sorted({author(item) for item in essays.kinds["all"]}))}
    for item in essays.kinds["all"]:
        found[at[author(item)]].append(item)
    return [found[k] for k in range(FOLDS)]


def worth(essays: Essays, counts: Counts, ids: set[str]) -> float:
    return sum(
        essays.figure(counts, [item for item in essays.kinds[kind] if item in ids], "revised") for kind in JUDGED
    )


def held_out(essays: Essays) -> tuple[Counts, list[Setting]]:
    """The counts of each pair by the setting that the other folds chose, and what each fold's others chose."""
    settings = drawn()
    runs = []
    for setting in settings:
        with standing_aside(setting):
            runs.append(essays.run(ours)[0])
    counts: Counts = {}
    chosen = []
    for fold_ids in folds(essays):
        others = set(essays.kinds["all"]) - set(fold_ids)
        best = max(range(len(settings)), key=lambda k: (worth(essays, runs[k], others), -k))
        chosen.append(settings[best])
        counts |= {item: runs[best][item] for item in fold_ids}
    return counts, chosen


def essays_table(essays: Essays, aside: Counts) -> Iterator[str]:
    """In sight and held out, side by side."""
    mine = essays.run(ours)[0]
    yield "| on | figure | in sight | held out (95 %) |"
    yield "|---|---|---|---|"
    for title, kind, names in ROWS:
        ids = essays.kinds[kind]
        for name in names:
            low, high = interval(lambda drawn_ids, name=name: essays.figure(aside, drawn_ids, name), ids)
            yield (
                f"| {title} ({len(ids)}) | {WORDS.get(name, name)} | {essays.figure(mine, ids, name):.3f} "
                f"| **{essays.figure(aside, ids, name):.3f}** ({low:.3f}-{high:.3f}) |"
            )


def told(chosen: Sequence[Setting]) -> str:
    """What the folds chose, a constant at a time."""
    parts = []
    for key in RANGES:
        values = Counter(setting[key] for setting in chosen)
        parts.append(f"{key[1]} {', '.join(f'{value} ({n})' for value, n in sorted(values.items()))}")
    return "; ".join(parts)


def links_of(before: Version, after: Version) -> set[tuple[int, int]]:
    return {(i, j) for match in align(before, after).matches for i in match.before for j in match.after}


def chance_of(pairs: Sequence[tuple[Version, Version]]) -> tuple[float, float]:
    """The share of statements that are linked between unrelated documents: all, and to a text that differs."""
    linked = differing = statements = 0
    for before, after in pairs:
        found = links_of(before, after)
        linked += len(found)
        differing += sum(normalize(before[i].text) != normalize(after[j].text) for i, j in found)
        statements += len(before) + len(after)
    return 2 * linked / max(1, statements), 2 * differing / max(1, statements)


def recall_of(pairs: Sequence[Far]) -> tuple[int, int]:
    """(found, expected) of the revised links that a chain of neighbouring versions proves."""
    counts = [judged(pair, links_of(pair.before, pair.after)) for pair in pairs]
    return sum(right for right, _, _ in counts), sum(expected for _, expected, _ in counts)


def archives_table() -> Iterator[str]:
    """Chance links of unrelated documents, and links kept between versions far apart."""
    yield "| history | unrelated pairs | linked by chance | of these, another text | far pairs | recall of revised |"
    yield "|---|---|---|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        for name in HISTORIES:
            history = History(CORPORA / f"histories/{name}.bundle", Path(folder) / name)
            strangers = list(unrelated(history, PAIRS, random.Random(2)))
            linked, differing = chance_of(strangers)
            far = list(far_apart(history, PAIRS, random.Random(2)))
            right, expected = recall_of(far)
            yield (
                f"| {name} | {len(strangers)} | {100 * linked:.2f} % | {100 * differing:.2f} % "
                f"| {len(far)} | {right / max(1, expected):.3f} ({right}/{expected}) |"
            )


def section(essays: Essays) -> str:
    """The whole section, between its markers."""
    counts, chosen = held_out(essays)
    paragraphs = [
        "## The same, held out",
        ESSAYS_CAPTION,
        "\n".join(essays_table(essays, counts)),
        f"Chosen (folds): {told(chosen)}.",
        ARCHIVES_CAPTION,
        "\n".join(archives_table()),
    ]
    return "\n".join([BEGIN, "\n\n".join(paragraphs), END])


def main() -> None:
    if not (CORPORA / "gold").is_dir():
        sys.exit(f"no corpora at {CORPORA}: set MONITOR_CORPORA")
    new = section(Essays(CORPORA))
    put(REPORT, new, (BEGIN, END))
    print(new)


if __name__ == "__main__":
    main()
