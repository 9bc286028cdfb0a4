"""Ignore rules hide changes or lower their score in the queue. They never delete a change.

A rule matches a change if all its conditions do. When in doubt the change is shown: a pattern must match every text of
the change, before and after, and a rule for aspects matches only if the change has no other aspect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from monitor.core.text.patterns import TextPattern
from monitor.model import Action, Aspect, ChangeKind, Significance


class RuleSubject(NamedTuple):
    """What a rule is told of a change; texts and headings are normalised."""

    document: str
    kind: ChangeKind
    significance: Significance
    aspects: Sequence[Aspect]
    texts: Sequence[str]
    headings: Sequence[str] = ()
    taken_at: datetime | None = None


class Rule(NamedTuple):
    """One rule; what is None or empty does not restrict. `document` says whether a path is meant.

    `until`: the last moment of a change that is meant.
    """

    name: str
    action: Action = Action.HIDE
    document: Callable[[str], bool] | None = None
    heading: TextPattern | None = None
    pattern: TextPattern | None = None
    aspects: frozenset[Aspect] = frozenset()
    significance: Significance | None = None
    kinds: frozenset[ChangeKind] = frozenset()
    until: datetime | None = None

    def matches(self, subject: RuleSubject) -> bool:
        """Whether this rule is about the change."""
        return self._matches_kind(subject) and self._matches_document(subject) and self._matches_texts(subject.texts)

    def _matches_kind(self, subject: RuleSubject) -> bool:
        if self.kinds and subject.kind not in self.kinds:
            return False
        if self.significance is not None and subject.significance is not self.significance:
            return False
        if self.until is not None and subject.taken_at is not None and subject.taken_at > self.until:
            return False
        return not self.aspects or (bool(subject.aspects) and self.aspects.issuperset(subject.aspects))

    def _matches_document(self, subject: RuleSubject) -> bool:
        if self.document is not None and not self.document(subject.document):
            return False
        return self.heading is None or any(map(self.heading, subject.headings))

    def _matches_texts(self, texts: Sequence[str]) -> bool:
        return self.pattern is None or (bool(texts) and all(map(self.pattern, texts)))


def deciding_rule(rules: Iterable[Rule], subject: RuleSubject) -> Rule | None:
    """The rule that decides on a change: the first that folds it, else the first that lowers it."""
    matching = [rule for rule in rules if rule.matches(subject)]
    return next((rule for rule in matching if rule.action is Action.HIDE), matching[0] if matching else None)
