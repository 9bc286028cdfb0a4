"""Keep the review queue up to date with the ledger and the configuration: score new changes and group them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from hashlib import blake2b
from threading import Lock

from monitor.app.monitor import Monitor, Progress, silent
from monitor.config import Settings
from monitor.config.settings import IgnoreRule
from monitor.core.review.ignore_rules import Rule, TextPattern
from monitor.core.review.scoring import Criteria, score_change
from monitor.core.text.terms import Terms
from monitor.model import Action, Aspect, Change, ChangeKind, Significance
from monitor.reviews.facts import LedgerMark
from monitor.reviews.queue import QueueMark, QueueReader, QueueWriter
from monitor.snapshots.files import matcher

VERSION = 3  # of scoring and grouping themselves: raised where the same change would weigh or group differently


def criteria(settings: Settings) -> Criteria:
    """Terms, weights and rules; ConfigError where a pattern of paths is wrong."""
    return Criteria(
        Terms(settings.review.watch), _weight(settings.review.weights), tuple(map(ignore_rule, settings.rules))
    )


def fingerprint(settings: Settings) -> str:
    """Another one than the queue was made with means that it is rebuilt."""
    facts_text = repr((VERSION, settings.review.watch, settings.review.weights, settings.rules))
    return blake2b(facts_text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def ignore_rule(settings_rule: IgnoreRule) -> Rule:
    """One rule of the configuration."""
    return Rule(
        name=settings_rule.name,
        action=Action(settings_rule.action),
        document=matcher(settings_rule.document) if settings_rule.document else None,
        heading=None if settings_rule.heading is None else TextPattern(settings_rule.heading),
        pattern=None if settings_rule.pattern is None else TextPattern(settings_rule.pattern),
        aspects=frozenset(map(Aspect, settings_rule.aspects)),
        significance=None if settings_rule.significance is None else Significance(settings_rule.significance),
        kinds=frozenset(map(ChangeKind, settings_rule.kinds)),
    )


def _weight(weights: Sequence[tuple[str, float]]) -> Callable[[str], float]:
    """Of a path: what the first pattern that covers it says, else 1."""
    matchers = [(matcher([pattern]), value) for pattern, value in weights]
    return lambda path: next((value for covers, value in matchers if covers(path)), 1.0)


_ONE_AT_A_TIME = Lock()  # threads of a server that find the same news would all score it


def refresh_queue(monitor: Monitor, progress: Progress = silent) -> None:
    """Score what was folded since the last time; everything, where the ledger or the criteria are other ones."""
    writer = QueueWriter(monitor.reviews.database)
    wanted = fingerprint(monitor.settings)
    if _is_current(monitor, writer, wanted):
        return
    with _ONE_AT_A_TIME:
        while not (_is_current(monitor, writer, wanted) or _bring_up(monitor, writer, wanted, progress)):
            pass  # another process was quicker: what it left to do is looked at again


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
        writer.score([score_change(fact, using) for fact in facts], target.generation)
        changes += [fact.change for fact in facts]
        progress("scoring", facts[-1].seq if facts else ledger.seq, ledger.seq)
    return writer.group(known, target, None if start is None else changes)


def _target(ledger: LedgerMark, wanted: str, generation: int) -> QueueMark:
    return QueueMark(**asdict(ledger), criteria=wanted, generation=generation)


def _continues(monitor: Monitor, known: QueueMark, ledger: LedgerMark, criteria: str) -> bool:
    """Whether the queue holds the beginning of this very ledger, scored alike."""
    alike = (known.rules, known.upgrade, known.criteria) == (ledger.rules, ledger.upgrade, criteria)
    return alike and known.seq > 0 and monitor.facts.snapshot_at(known.seq) == known.snapshot


def hidden_changes(monitor: Monitor, changes: Sequence[Change]) -> frozenset[str]:
    """The ids of those of the changes that ignore rules hide from the queue."""
    if not monitor.settings.rules or not changes:
        return frozenset()
    refresh_queue(monitor)
    entries = QueueReader(monitor.reviews.database).queue_entries([change.id for change in changes])
    return frozenset(one.change for one in entries if one.folded)
