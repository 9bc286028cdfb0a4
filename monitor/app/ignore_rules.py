"""Count the changes that each ignore rule matches, and preview a rule over the whole history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.app.monitor import Monitor, Progress, silent
from monitor.app.review import refresh
from monitor.app.review_criteria import ignore_rule as understood
from monitor.config.settings import IgnoreRule
from monitor.core.review.events import UNREVIEWED, Verdict
from monitor.core.review.ignore_rules import Rule
from monitor.core.review.scoring import rule_subject
from monitor.core.text.normalize import normalize
from monitor.model import Change
from monitor.reviews.queue import QueueReader

SHOWN = 10  # changes that a preview shows in full


@dataclass(frozen=True, slots=True)
class Preview:
    """What one rule alone holds for: how many changes, in how many documents, of which kinds, with which verdicts.

    `flagged` are the changes in it that a reviewer flagged: a rule that has some hides what somebody wanted to see.
    `newest` are examples.
    """

    rule: IgnoreRule
    changes: int
    documents: int
    kinds: dict[str, int]
    verdicts: dict[str, int]
    flagged: tuple[Change, ...] = ()
    newest: tuple[Change, ...] = ()


@dataclass(slots=True)
class _Matches:
    rule_settings: IgnoreRule
    rule: Rule
    changes: list[str] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)


def preview(monitor: Monitor, rules: Sequence[IgnoreRule], progress: Progress = silent) -> list[Preview]:
    """What each of these rules would have taken out of the queue, had it stood there from the beginning."""
    refresh(monitor, progress)
    gathered = [_Matches(rule_settings, understood(rule_settings, monitor.settings.zone)) for rule_settings in rules]
    last = monitor.facts.mark().seq
    for facts in monitor.facts.after(0, last):
        for fact in facts:
            subject = rule_subject(fact, tuple(map(normalize, (*fact.before, *fact.after))))
            for one in gathered:
                if one.rule.matches(subject):
                    one.changes.append(fact.change)
                    one.documents.add(fact.document_id or fact.document)
                    one.kinds[str(fact.kind)] += 1
        if facts:
            progress("searching the history", facts[-1].seq, last)
    return [_preview(monitor, one) for one in gathered]


def effects(monitor: Monitor) -> dict[str, int]:
    """How many changes each rule of the configuration decides on now, by its name."""
    refresh(monitor)
    return QueueReader(monitor.reviews.database).counts_by_rule()


def _preview(monitor: Monitor, one: _Matches) -> Preview:
    states = monitor.reviews.states_of(one.changes)
    verdict_of = {change: states[change].verdict if change in states else None for change in one.changes}
    verdicts = Counter(str(verdict or UNREVIEWED) for verdict in verdict_of.values())
    flagged = [change for change, verdict in verdict_of.items() if verdict is Verdict.FLAGGED]
    return Preview(
        rule=one.rule_settings,
        changes=len(one.changes),
        documents=len(one.documents),
        kinds=dict(one.kinds),
        verdicts=dict(verdicts),
        flagged=_in_full(monitor, flagged),
        newest=_in_full(monitor, one.changes[-SHOWN:]),
    )


def _in_full(monitor: Monitor, ids: Sequence[str]) -> tuple[Change, ...]:
    """Newest first, as they were gathered oldest first."""
    changes = monitor.facts.changes(ids)
    return tuple(changes[one] for one in reversed(ids) if one in changes)
