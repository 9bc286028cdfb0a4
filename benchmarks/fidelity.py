"""How rightly statements are followed from one version to the next; writes its section of docs/generated/fidelity.md.

Gold: version pairs of essays that people aligned, scored by the corpora's own scorer; changes of a policy archive that
were read by hand. Rivals run in the same run. Intervals are 95 % from resampled authors; a difference to a rival is
paired, author by author. Corpora live outside of the checkout: beside it, or where MONITOR_CORPORA says.

    python benchmarks/fidelity.py
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from align_speed import archive_times
from alignment_rivals import Aligner, chain_of_words, greedy, load, ours
from known_changes import known_changes

from monitor.core.tracking.ids import ALIGN

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("MONITOR_CORPORA", ROOT / "../shared/corpora"))
REPORT = ROOT / "docs" / "generated" / "fidelity.md"
BEGIN, END = "<!-- alignment:begin -->", "<!-- alignment:end -->"
RESAMPLES = 1000
CAPTION = "F1 where not said otherwise; 95 % intervals."
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6)  # of the plain rivals; each is given its best on the very data

Counts = dict[str, Counter[Any]]  # the scorer's counts of each version pair


class Essays:
    """The aligned version pairs, by kind, with their scorer."""

    def __init__(self, corpora: Path) -> None:
        self.scorer = load(corpora / "../tools/score_alignment.py")
        self.gold = self.scorer.read(corpora / "gold/alignment_dev.jsonl")
        self.kinds: dict[str, list[str]] = defaultdict(list)
        for item in self.gold:
            self.kinds[kind_of(item["id"])].append(item["id"])
        self.kinds["all"] = [item["id"] for item in self.gold]

    def run(self, aligner: Aligner) -> tuple[Counts, float]:
        """Counts, and the milliseconds of processor time that a pair of drafts takes."""
        spent = 0.0
        counts: Counts = {}
        for item in self.gold:
            start = time.process_time()
            links = aligner(item["old"], item["new"])
            spent += time.process_time() - start
            counts[item["id"]] = self.scorer.tally(item, [tuple(link) for link in links])
        return counts, 1000 * spent / len(self.gold)

    def figure(self, counts: Counts, ids: Sequence[str], name: str) -> float:
        """F1 of all links, revised, removed or added; recall of the states moved, split, merged."""
        return measure({key: sum(counts[item][key] for item in ids) for key in counted(name)}, name)


def kind_of(item: str) -> str:
    """`near`, `far` (two drafts apart) or `moved`."""
    return "moved" if item.endswith("/moved") else "far" if item.endswith("/13") else "near"


def counted(name: str) -> tuple[tuple[str, str], ...]:
    """The scorer's counts that a figure is made of."""
    if name in ("moved", "split", "merged"):
        return ("state hit", name), ("state", name)
    return (name, "hit"), (name, "expected"), (name, "found")


def measure(count: Mapping[Any, int], name: str) -> float:
    """One figure of summed counts."""
    if name in ("moved", "split", "merged"):
        return count["state hit", name] / max(1, count["state", name])
    return 2 * count[name, "hit"] / max(1, count[name, "expected"] + count[name, "found"])


def author(item: str) -> str:
    return item.split("/")[1]


def interval(pick: Callable[[Sequence[str]], float], ids: Sequence[str]) -> tuple[float, float]:
    """95 % of `pick` over authors drawn with replacement."""
    chance = random.Random(1)
    works: dict[str, list[str]] = defaultdict(list)
    for item in ids:
        works[author(item)].append(item)
    authors = sorted(works)
    values = sorted(
        pick([item for name in chance.choices(authors, k=len(authors)) for item in works[name]])
        for _ in range(RESAMPLES)
    )
    return values[int(RESAMPLES * 0.025)], values[int(RESAMPLES * 0.975)]


ROWS = [
    ("drafts next to each other", "near", ("all", "revised", "removed", "added")),
    ("two drafts apart", "far", ("all", "revised", "removed", "added")),
    ("with blocks moved", "moved", ("all", "revised", "moved")),
    ("all pairs", "all", ("all", "revised", "split", "merged")),
]
WORDS = {"moved": "moved, recall", "split": "split, recall", "merged": "merged, recall", "all": "all links"}


def table(essays: Essays, runs: Mapping[str, Counts]) -> Iterator[str]:
    """A row for each figure: the rivals, ours with its interval, and by how much ours is better than two of them."""
    yield f"| on | figure | {' | '.join(runs)} | than the reference | than the better of chain and greedy |"
    yield f"|---|---|{'---|' * (len(runs) + 2)}"
    for title, kind, names in ROWS:
        for name in names:
            yield f"| {title} ({len(essays.kinds[kind])}) | {_cells(essays, runs, essays.kinds[kind], name)} |"


def _cells(essays: Essays, runs: Mapping[str, Counts], ids: Sequence[str], name: str) -> str:
    def figure(run: str, drawn: Sequence[str]) -> float:
        return essays.figure(runs[run], drawn, name)

    def gain(rival: str) -> str:
        low, high = interval(lambda drawn: figure("ours", drawn) - figure(rival, drawn), ids)
        return f"{figure('ours', ids) - figure(rival, ids):+.3f} ({low:+.3f} to {high:+.3f})"

    low, high = interval(lambda drawn: figure("ours", drawn), ids)
    plain = max(("word chain", "greedy"), key=lambda run: figure(run, ids))
    rivals = [f"{figure(run, ids):.3f}" for run in runs if run != "ours"]
    mine = f"**{figure('ours', ids):.3f}** ({low:.3f}-{high:.3f})"
    return " | ".join([WORDS.get(name, name), *rivals, mine, gain("reference"), gain(plain)])


def best_of(essays: Essays, make: Callable[[float], Aligner]) -> Counts:
    """The rival with the threshold that suits it best on this very data."""
    runs = [essays.run(make(least))[0] for least in THRESHOLDS]
    return max(runs, key=lambda counts: essays.figure(counts, essays.kinds["all"], "revised"))


def section() -> str:
    """The whole section, between its markers."""
    essays = Essays(CORPORA)
    mine, mine_ms = essays.run(ours)
    published, published_ms = essays.run(load(CORPORA / "../prototypes/align_reference.py").align)
    chain, hungry = best_of(essays, chain_of_words), best_of(essays, greedy)
    told, standing = (essays.scorer.summary(sum(run.values(), Counter())) for run in (mine, published))
    authors = {author(item) for item in essays.kinds["all"]}
    paragraphs = [
        f"## Which statements are the same (aligner version {ALIGN})",
        f"{len(essays.gold)} version pairs of essays by {len(authors)} authors, aligned by people. {CAPTION}",
        "\n".join(table(essays, {"reference": published, "word chain": chain, "greedy": hungry, "ours": mine})),
        _states(told, standing),
        _by_hand(list(known_changes(CORPORA))),
        _times(mine_ms, published_ms, archive_times(CORPORA)),
    ]
    return "\n".join([BEGIN, "\n\n".join(paragraphs), END])


def _states(told: dict[str, Any], standing: dict[str, Any]) -> str:
    return (
        f"Pairs with no error: {told['perfect']:.3f} (reference {standing['perfect']:.3f}); the state of a sentence is "
        f"right for {told['status']:.4f} of all (reference {standing['status']:.4f}). Revised links: precision "
        f"{told['revised']['p']:.3f}, recall {told['revised']['r']:.3f} (reference {standing['revised']['p']:.3f}, "
        f"{standing['revised']['r']:.3f})."
    )


def _by_hand(changes: Sequence[tuple[str, str]]) -> str:
    right = sum(told == "right" for _, told in changes)
    wrong = "".join(f"; {name}: {told}" for name, told in changes if told != "right")
    return (
        f"Changes of a policy archive that were read by hand, in their history: {right} of {len(changes)} right{wrong}."
    )


def _times(mine: float, published: float, archive: Sequence[tuple[float, float]]) -> str:
    much = [spent for spent, differs in archive if differs >= 0.1]
    return (
        f"Processor time on the machine that wrote this, busy with other work: a pair of drafts {mine:.1f} ms "
        f"(reference {published:.1f} ms); neighbouring versions of a policy archive "
        f"{statistics.median(spent for spent, _ in archive):.2f} ms (median of {len(archive)}); the {len(much)} of "
        f"them where a tenth or more of the statements differ {statistics.median(much):.1f} ms (median)."
    )


def main() -> None:
    if not (CORPORA / "gold").is_dir():
        sys.exit(f"no corpora at {CORPORA}: set MONITOR_CORPORA")
    new = section()
    put(REPORT, new, (BEGIN, END))
    print(new)


def put(report: Path, new: str, markers: tuple[str, str]) -> None:
    """Writes a section between its markers; where they are not there yet, at the end."""
    begin, end = markers
    text = report.read_text(encoding="utf-8") if report.exists() else "# Fidelity: all tables\n"
    if begin in text:
        head, rest = text.split(begin, 1)
        text = head + new + rest.split(end, 1)[1]
    else:
        text = f"{text.rstrip()}\n\n{new}\n"
    report.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
