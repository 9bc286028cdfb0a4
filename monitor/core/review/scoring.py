"""A change as the ledger has it -> where it belongs in the review queue, and why: rules, terms, score, keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.review.grouping import Edited, Member, keys_of
from monitor.core.review.ignore_rules import Action, Rule, Seen, ruled
from monitor.core.review.score import Score, Subject, Tier, rank, score
from monitor.core.review.terms import Terms
from monitor.core.text.normalize import fold
from monitor.model import Aspect, ChangeKind, Level, Significance


@dataclass(frozen=True, slots=True)
class Fact:
    """One change, as far as reviewing is concerned.

    `before` and `after` are the texts of its statements, `links_before` and `links_after` all their link targets.
    `headings` are those that it stands below, outermost first, and `heading` says whether it is one.
    """

    change: str
    seq: int
    position: int
    snapshot: str
    taken_at: datetime
    level: Level
    kind: ChangeKind
    document: str
    document_id: str
    document_number: int = 0  # the ledger's own
    cause: str | None = None
    group: str | None = None
    significance: Significance = Significance.SUBSTANTIVE
    aspects: tuple[Aspect, ...] = ()
    similarity: float | None = None
    technical: bool = False
    imported: bool = False
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    links_before: tuple[str, ...] = ()
    links_after: tuple[str, ...] = ()
    heading: bool = False
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Criteria:
    """What the configuration says: terms to look for, what a document weighs (1 is plain), and ignore rules."""

    terms: Terms
    weight: Callable[[str], float]
    rules: Sequence[Rule] = ()


@dataclass(frozen=True, slots=True)
class Weighed:
    """A change's place in the queue."""

    fact: Fact
    member: Member
    score: Score
    terms: tuple[str, ...]
    rule: str | None


def weigh(fact: Fact, criteria: Criteria) -> Weighed:
    """Rules decide the tier, the score the place in it."""
    before, after = tuple(map(fold, fact.before)), tuple(map(fold, fact.after))
    rule = ruled(criteria.rules, _seen(fact, (*before, *after))) if criteria.rules else None
    terms = criteria.terms.in_texts((*before, *after))
    points = score(_subject(fact, terms, criteria.weight(fact.document)))
    tier = _tier(fact, rule)
    member = Member(
        change=fact.change,
        own=rank(tier, points.total, fact.seq, fact.position),
        keys=keys_of(_edited(fact, before, after)),
        document=fact.document_id,
        folded=rule is not None and rule.action is Action.FOLD,
    )
    return Weighed(fact, member, points, terms, rule.name if rule else None)


def _tier(fact: Fact, rule: Rule | None) -> Tier:
    if rule is not None or fact.technical or fact.imported:
        return Tier.LOWERED
    return Tier.SUBSTANTIVE if fact.significance is Significance.SUBSTANTIVE else Tier.EDITORIAL


def _seen(fact: Fact, texts: Sequence[str]) -> Seen:
    headings = tuple(map(fold, fact.headings))
    return Seen(fact.document, fact.kind, fact.significance, fact.aspects, texts, headings)


def _subject(fact: Fact, terms: Sequence[str], weight: float) -> Subject:
    return Subject(
        kind=fact.kind,
        level=fact.level,
        significance=fact.significance,
        aspects=fact.aspects,
        similarity=fact.similarity,
        heading=fact.heading,
        with_document=fact.cause is not None,
        terms=terms,
        weight=weight,
    )


def _edited(fact: Fact, before: tuple[str, ...], after: tuple[str, ...]) -> Edited:
    if fact.kind is ChangeKind.RESTORED:
        before = ()  # what was last there: to come back is the opposite of to go
    if before == after and fact.kind is not ChangeKind.MOVED:  # only targets or typography differ
        before, after = (*before, *fact.before, *fact.links_before), (*after, *fact.after, *fact.links_after)
    return Edited(
        change=fact.change,
        level=fact.level,
        kind=fact.kind,
        snapshot=fact.snapshot,
        document=fact.document_id,
        with_document=fact.cause is not None,
        group=fact.group,
        before=before,
        after=after,
    )
