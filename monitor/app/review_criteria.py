"""What the configuration says of reviewing: watch terms, weights of documents and ignore rules, ready to score with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo

from monitor.config import Settings
from monitor.config.settings import IgnoreRule
from monitor.core.review.ignore_rules import Rule
from monitor.core.review.scoring import Criteria
from monitor.core.text.patterns import TextPattern
from monitor.core.text.terms import Terms
from monitor.core.time_expressions import parse_when
from monitor.model import Action, Aspect, ChangeKind, Significance
from monitor.snapshots.patterns import matcher


def criteria(settings: Settings) -> Criteria:
    """Terms, weights and rules; ConfigError where a pattern of paths is wrong."""
    return Criteria(
        Terms(settings.review.watch),
        _weight(settings.review.weights),
        tuple(ignore_rule(rule, settings.zone) for rule in settings.rules),
        settings.zone,
    )


def ignore_rule(settings_rule: IgnoreRule, zone: tzinfo) -> Rule:
    """One rule of the configuration; `zone` is that of its date."""
    until = settings_rule.until
    return Rule(
        name=settings_rule.name,
        action=Action(settings_rule.action),
        document=matcher(settings_rule.document) if settings_rule.document else None,
        heading=None if settings_rule.heading is None else TextPattern(settings_rule.heading),
        pattern=None if settings_rule.pattern is None else TextPattern(settings_rule.pattern),
        aspects=frozenset(map(Aspect, settings_rule.aspects)),
        significance=None if settings_rule.significance is None else Significance(settings_rule.significance),
        kinds=frozenset(map(ChangeKind, settings_rule.kinds)),
        until=None if until is None else parse_when(until, datetime.now(UTC), zone, end=True),
    )


def _weight(weights: Sequence[tuple[str, float]]) -> Callable[[str], float]:
    """Of a path: what the first pattern that covers it says, else 1."""
    matchers = [(matcher([pattern]), value) for pattern, value in weights]
    return lambda path: next((value for covers, value in matchers if covers(path)), 1.0)
