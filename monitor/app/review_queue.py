"""Keeping the review queue up to the ledger and the configuration: what is new is scored and lines up with its like."""

from __future__ import annotations

from dataclasses import asdict
from threading import Lock
from typing import TYPE_CHECKING

from monitor.app.criteria import criteria, fingerprint
from monitor.app.progress import Progress, silent
from monitor.app.wiring import Monitor
from monitor.core.review.scoring import weigh

if TYPE_CHECKING:
    from monitor.reviews.facts import LedgerMark
    from monitor.reviews.queue import QueueMark, QueueWriter


_ONE_AT_A_TIME = Lock()  # threads of a server that find the same news would all score it


def refresh(monitor: Monitor, progress: Progress = silent) -> None:
    """Score what was folded since the last time; everything, where the ledger or the criteria are other ones."""
    from monitor.reviews.queue import QueueWriter

    writer = QueueWriter(monitor.reviews.database)
    wanted = fingerprint(monitor.settings)
    if _is_current(monitor, writer, wanted):
        return
    with _ONE_AT_A_TIME:
        while not (_is_current(monitor, writer, wanted) or _bring_up(monitor, writer, wanted, progress)):
            pass  # another process was quicker: what it left to do is looked at anew


def _is_current(monitor: Monitor, writer: QueueWriter, wanted: str) -> bool:
    known = writer.mark()
    return known == _target(monitor.facts.mark(), wanted, known.generation)


def _bring_up(monitor: Monitor, writer: QueueWriter, wanted: str, progress: Progress) -> bool:
    """Score and line up; False where somebody else has done so meanwhile."""
    known, ledger = writer.mark(), monitor.facts.mark()
    start = known.seq if _continues(monitor, known, ledger, wanted) else None
    target = _target(ledger, wanted, known.generation + (start is None))
    using = criteria(monitor.settings)
    changes: list[str] = []
    for facts in monitor.facts.after(start or 0, ledger.seq):
        writer.score([weigh(fact, using) for fact in facts], target.generation)
        changes += [fact.change for fact in facts]
        progress("scoring", facts[-1].seq if facts else ledger.seq, ledger.seq)
    return writer.group(known, target, None if start is None else changes)


def _target(ledger: LedgerMark, wanted: str, generation: int) -> QueueMark:
    from monitor.reviews.queue import QueueMark

    return QueueMark(**asdict(ledger), criteria=wanted, generation=generation)


def _continues(monitor: Monitor, known: QueueMark, ledger: LedgerMark, criteria: str) -> bool:
    """Whether the queue holds the beginning of this very ledger, scored alike."""
    alike = (known.rules, known.upgrade, known.criteria) == (ledger.rules, ledger.upgrade, criteria)
    return alike and known.seq > 0 and monitor.facts.snapshot_at(known.seq) == known.snapshot
