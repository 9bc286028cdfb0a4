"""How quickly the review queue answers: `python benchmarks/review_queue.py PLACE [ROUNDS]`.

PLACE is a folder with a recorded history (`monitor import` makes one of any git repository). Prints a Markdown table of
medians in milliseconds, by the clock and of processor time (the one to compare on a busy machine), with what scoring
everything takes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from monitor.app import review
from monitor.app.monitor import Monitor
from monitor.config import load
from monitor.core.review.events import QueueFilter, Verdict
from monitor.model import Aspect, ChangeKind, Significance

EVERY: frozenset[str] = frozenset()


def measured(question: Callable[[], object], rounds: int = 1) -> str:
    """The medians of some rounds, by the clock and of processor time, as cells in milliseconds."""
    clocks, processors = [], []
    for _ in range(rounds):
        started, worked = time.perf_counter(), time.process_time()
        question()
        clocks.append(time.perf_counter() - started)
        processors.append(time.process_time() - worked)
    return f"{median(clocks) * 1000:.0f} | {median(processors) * 1000:.0f}"


def questions(monitor: Monitor) -> dict[str, Callable[[], object]]:
    """What a reviewer asks in a morning."""
    document = max(monitor.ledger.documents(), key=lambda one: one.statements).path
    second = review.queue(monitor).next
    half = monitor.ledger.snapshots()[len(monitor.ledger.snapshots()) // 2].taken_at
    filters = {
        "by document": QueueFilter(document=document),
        "by aspect (modality)": QueueFilter(aspects=frozenset({Aspect.MODALITY})),
        "by a rare kind and aspect": QueueFilter(
            aspects=frozenset({Aspect.QUOTATION}), kinds=frozenset({ChangeKind.SPLIT})
        ),
        "editorial": QueueFilter(significance=Significance.EDITORIAL),
        "by period": QueueFilter(since=half),
        "flagged": QueueFilter(verdicts=frozenset({str(Verdict.FLAGGED)})),
        "with any verdict": QueueFilter(verdicts=EVERY),
        "by two words": QueueFilter(words="arbitration waiver"),
        "by a frequent word (data)": QueueFilter(words="data"),
        "by the most frequent word (the)": QueueFilter(words="the"),
        "assigned to Ada": QueueFilter(assignee="Ada"),
        "folded by rules": QueueFilter(folded=True),
    }
    asked: dict[str, Callable[[], object]] = {
        "first page": lambda: review.queue(monitor),
        "second page": lambda: review.queue(monitor, after=second),
    }
    for name, wanted in filters.items():
        asked[name] = lambda wanted=wanted: review.queue(monitor, wanted)  # type: ignore[misc]
    asked["counts"] = lambda: review.counts(monitor)
    return asked


def main(place: Path, rounds: int) -> None:
    """Measure and print."""
    with Monitor(load(place, None, {}, {})) as monitor:
        for path in place.glob("snapshots/reviews.db*"):
            path.unlink()
        scoring = measured(lambda: review.refresh(monitor))
        count = sum(review.counts(monitor, QueueFilter(verdicts=EVERY)).verdicts.values())
        print(f"| {count:,} changes | ms | ms of processor |\n| --- | ---: | ---: |\n| scoring them all | {scoring} |")
        for name, question in questions(monitor).items():
            question()  # once to warm up
            print(f"| {name} | {measured(question, rounds)} |")
        entries, now = iter(review.queue(monitor).entries), datetime.now(UTC)

        def decide() -> None:
            review.decide(monitor, [next(entries).change.id], Verdict.FLAGGED, reviewer="Ada", at=now)

        print(f"| a verdict | {measured(decide, rounds)} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 7)
