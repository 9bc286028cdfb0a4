"""What the configuration says of reviewing, as the core understands it, and a fingerprint of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b

from monitor.config import Settings
from monitor.config.settings import IgnoreRule
from monitor.core.review.ignore_rules import Action, Rule, TextPattern
from monitor.core.review.scoring import Criteria, Terms
from monitor.model import Aspect, ChangeKind, Significance
from monitor.snapshots.files import matcher

VERSION = 2  # of scoring and grouping themselves: raised where the same change would weigh or group differently


def criteria(settings: Settings) -> Criteria:
    """Terms, weights and rules; ConfigError where a pattern of paths is wrong."""
    return Criteria(Terms(settings.review.watch), _weight(settings.review.weights), tuple(map(rule, settings.rules)))


def fingerprint(settings: Settings) -> str:
    """Another one than the queue was made with means that it is made anew."""
    told = repr((VERSION, settings.review.watch, settings.review.weights, settings.rules))
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def rule(said: IgnoreRule) -> Rule:
    """One rule of the configuration."""
    return Rule(
        name=said.name,
        action=Action(said.action),
        document=matcher(said.document) if said.document else None,
        heading=None if said.heading is None else TextPattern(said.heading),
        pattern=None if said.pattern is None else TextPattern(said.pattern),
        aspects=frozenset(map(Aspect, said.aspects)),
        significance=None if said.significance is None else Significance(said.significance),
        kinds=frozenset(map(ChangeKind, said.kinds)),
    )


def _weight(weights: Sequence[tuple[str, float]]) -> Callable[[str], float]:
    """Of a path: what the first pattern that covers it says, else 1."""
    matchers = [(matcher([pattern]), value) for pattern, value in weights]
    return lambda path: next((value for covers, value in matchers if covers(path)), 1.0)
