"""Keeping the review queue up to the ledger and the configuration: what is new is scored and lines up with its like."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from monitor.core.weighing import weigh
from monitor.runs.criteria import criteria, fingerprint
from monitor.runs.progress import Progress, silent
from monitor.runs.wiring import Monitor

if TYPE_CHECKING:
    from monitor.stores.queuewrite import QueueMark
    from monitor.stores.reviewfacts import LedgerMark


def refresh(monitor: Monitor, progress: Progress = silent) -> None:
    """Score what was folded since the last time; everything, where the ledger or the criteria are other ones."""
    from monitor.stores.queuewrite import QueueMark, QueueWriter

    writer = QueueWriter(monitor.reviews.engine)
    wanted = fingerprint(monitor.settings)
    while True:
        known, ledger = writer.mark(), monitor.facts.mark()
        target = QueueMark(**asdict(ledger), criteria=wanted, generation=known.generation)
        if known == target:
            return
        start = known.seq if _continues(monitor, known, ledger, wanted) else None
        if start is None:
            target = QueueMark(**asdict(ledger), criteria=wanted, generation=known.generation + 1)
        changes: list[str] = []
        using = criteria(monitor.settings)
        for facts in monitor.facts.after(start or 0, ledger.seq):
            weighed = [weigh(fact, using) for fact in facts]
            writer.score(weighed, target.generation)
            changes += [one.fact.change for one in weighed]
            progress("scoring", facts[-1].seq if facts else ledger.seq, ledger.seq)
        if writer.line_up(known, target, None if start is None else changes):
            return


def _continues(monitor: Monitor, known: QueueMark, ledger: LedgerMark, criteria: str) -> bool:
    """Whether the queue holds the beginning of this very ledger, scored alike."""
    alike = (known.rules, known.upgrade, known.criteria) == (ledger.rules, ledger.upgrade, criteria)
    return alike and known.seq > 0 and monitor.facts.snapshot_at(known.seq) == known.snapshot
