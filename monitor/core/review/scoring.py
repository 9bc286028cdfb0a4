"""Score a change for the review queue: ignore rules, watch terms, and a sum of parts that can be shown one by one.

The weights of kinds and aspects are those of the reports; watch terms and weights of documents are added. The queue is
ordered by day, the newest first, then by tier (substantive, editorial, lowered), then by score; see `rank`. Imported
changes come last. Watch terms match as `core.text.terms` has it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from enum import IntEnum, StrEnum
from typing import NamedTuple

from monitor.core.report import ASPECT_WEIGHTS, DOCUMENT_WEIGHT, KIND_WEIGHTS
from monitor.core.review.grouping import Edited, Member, keys_alone, keys_of
from monitor.core.review.ignore_rules import Rule, RuleSubject, deciding_rule
from monitor.core.text.normalize import normalize
from monitor.core.text.terms import Terms
from monitor.model import EVENTS_WITHIN, Action, Aspect, Change, ChangeKind, Level, Significance


class Fact(NamedTuple):
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
    announced: bool | None = None
    metadata: bool = False  # of front matter
    headings: tuple[str, ...] = ()

    @property
    def with_document(self) -> bool:
        """Whether it happened to the document as a whole."""
        return self.cause is not None and self.cause not in EVENTS_WITHIN


class Criteria(NamedTuple):
    """What the configuration says: terms to look for, what a document weighs (1 is plain), and ignore rules."""

    terms: Terms
    weight: Callable[[str], float]
    rules: Sequence[Rule] = ()
    zone: tzinfo = UTC  # of the days by which the queue is ordered


class ScoredChange(NamedTuple):
    """A change's place in the queue."""

    fact: Fact
    member: Member
    score: Score
    terms: tuple[str, ...]
    rule: str | None


def score_change(fact: Fact, criteria: Criteria) -> ScoredChange:
    """Rules decide the tier, the score the place in it."""
    before, after = tuple(map(normalize, fact.before)), tuple(map(normalize, fact.after))
    rule, terms, points, own = _judged(fact, (*before, *after), criteria)
    member = Member(
        change=fact.change,
        own=own,
        keys=keys_alone(fact.change) if fact.imported else keys_of(_edited(fact, before, after)),
        document=fact.document_id,
        folded=rule is not None and rule.action is Action.HIDE,
        day=0 if fact.imported else fact.taken_at.astimezone(criteria.zone).toordinal() - FIRST_DAY,
        leads=fact.level is Level.DOCUMENT,
    )
    return ScoredChange(fact, member, points, terms, rule.name if rule else None)


def _judged(fact: Fact, texts: Sequence[str], criteria: Criteria) -> tuple[Rule | None, tuple[str, ...], Score, int]:
    """The rule that decides, the watch terms, the score and the rank; `texts` are normalized."""
    rule = deciding_rule(criteria.rules, rule_subject(fact, texts)) if criteria.rules else None
    terms = criteria.terms.in_texts((*fact.before, *fact.after))
    points = score(_subject(fact, terms, criteria.weight(fact.document)))
    return rule, terms, points, _own_rank(fact, rule, points.total, is_watched=bool(terms))


PLAIN = Criteria(Terms(()), lambda _document: 1.0)
"""Of files that no configuration speaks of."""


def importance_of(
    change: Change, criteria: Criteria = PLAIN, *, heading: bool = False, imported: bool = False
) -> Importance:
    """The word for a change that the queue does not have. `heading`: its statement is one."""
    fact = Fact(
        change=change.id,
        seq=0,
        position=0,
        snapshot=change.snapshot,
        taken_at=change.taken_at,
        level=change.level,
        kind=change.kind,
        document=change.document,
        document_id=change.document_id or "",
        cause=change.cause,
        significance=change.significance,
        aspects=change.aspects,
        similarity=change.similarity,
        technical=change.technical_upgrade,
        imported=imported,
        before=tuple(side.text for side in change.before),
        after=tuple(side.text for side in change.after),
        heading=heading,
        announced=change.announced,
        metadata=change.metadata,
    )
    texts = tuple(map(normalize, (*fact.before, *fact.after))) if criteria.rules else ()
    _, _, points, own = _judged(fact, texts, criteria)
    return importance(own, points.total, change.significance)


FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC).toordinal()


def is_hidden(fact: Fact, rules: Sequence[Rule]) -> bool:
    """Whether an ignore rule hides a change."""
    rule = deciding_rule(rules, rule_subject(fact, tuple(map(normalize, (*fact.before, *fact.after)))))
    return rule is not None and rule.action is Action.HIDE


def _own_rank(fact: Fact, rule: Rule | None, total: float, *, is_watched: bool) -> int:
    if fact.imported:
        return imported_rank(fact.seq, fact.position)
    if rule is not None or fact.technical or (fact.metadata and not is_watched):
        tier = Tier.LOWERED
    else:
        tier = Tier.SUBSTANTIVE if fact.significance is Significance.SUBSTANTIVE else Tier.EDITORIAL
    return rank(tier, total, fact.seq, fact.position)


def rule_subject(fact: Fact, texts: Sequence[str]) -> RuleSubject:
    """What a rule is told of a change, whose texts are normalised already."""
    headings = tuple(map(normalize, fact.headings))
    return RuleSubject(
        fact.document, fact.kind, fact.significance, fact.aspects, texts, headings, taken_at=fact.taken_at
    )


def _subject(fact: Fact, terms: Sequence[str], weight: float) -> Subject:
    return Subject(
        kind=fact.kind,
        level=fact.level,
        significance=fact.significance,
        aspects=fact.aspects,
        similarity=fact.similarity,
        heading=fact.heading,
        silent=fact.announced is False and fact.significance is Significance.SUBSTANTIVE,
        with_document=fact.with_document,
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
        with_document=fact.with_document,
        group=fact.group,
        event=fact.cause in EVENTS_WITHIN,
        before=before,
        after=after,
    )


FURTHER_ASPECTS = 0.25  # of its weight that an aspect adds beside the strongest
WHOLE_STATEMENT = 4  # points for a revision that leaves nothing as it was, less in proportion
HEADING = 3
SILENT = 1  # the document has a date or version line, and that did not change
WATCH_TERM = 8
MOST_TERMS = 3  # watch terms that count: a statement that names all of them is no more urgent


class Tier(IntEnum):
    """The first thing that the queue is ordered by."""

    IMPORTED = 0
    LOWERED = 1  # by an ignore rule, since a technical upgrade made the change, or front matter
    EDITORIAL = 2
    SUBSTANTIVE = 3


class Importance(StrEnum):
    """A score as a word; in a day of the queue a higher one is never behind a lower one."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


HIGH_SCORE = 6  # points: a revised number or modal verb, a document that came or went, a watch term


class Part(NamedTuple):
    """A part of a score, and why: `aspect number`, `watch term ceasefire`."""

    reason: str
    points: float


class Score(NamedTuple):
    """A score and what it is made of; the parts add up to it."""

    total: float
    parts: tuple[Part, ...] = ()


class Subject(NamedTuple):
    """What a score is made from. `similarity` is None where a side is empty; `weight` is the document's."""

    kind: ChangeKind
    level: Level
    significance: Significance
    aspects: Sequence[Aspect] = ()
    similarity: float | None = None
    heading: bool = False
    with_document: bool = False
    terms: Sequence[str] = ()
    weight: float = 1.0
    silent: bool = False  # the date or version line did not change with it


def score(subject: Subject) -> Score:
    """The score of one change, in points (a removed statement of plain text has 4)."""
    parts = [part for part in _parts(subject) if part.points]
    total = sum(part.points for part in parts)
    if subject.weight != 1:
        parts.append(Part("weight of the document", _rounded(total * (subject.weight - 1))))
    return Score(_rounded(sum(part.points for part in parts)), tuple(parts))


def _parts(subject: Subject) -> list[Part]:
    parts = []
    kind = KIND_WEIGHTS.get(subject.kind, 0)
    if subject.level is Level.DOCUMENT:
        parts.append(Part(f"document {subject.kind}", kind * DOCUMENT_WEIGHT))
    elif subject.terms or not subject.with_document:  # else the document tells of it
        parts.append(Part(str(subject.kind), kind))
    aspects = sorted(subject.aspects, key=lambda aspect: -ASPECT_WEIGHTS[aspect])
    for place, aspect in enumerate(aspects):
        parts.append(Part(f"aspect {aspect}", ASPECT_WEIGHTS[aspect] * (FURTHER_ASPECTS if place else 1)))
    if subject.similarity is not None:
        share = 1 - subject.similarity
        parts.append(Part(f"{share:.0%} of the statement", _rounded(share * WHOLE_STATEMENT)))
    if subject.heading:
        parts.append(Part("heading", HEADING))
    if subject.silent and not subject.with_document:
        parts.append(Part("not announced", SILENT))
    parts += [Part(f"watch term {term}", WATCH_TERM) for term in subject.terms[:MOST_TERMS]]
    return parts


def _rounded(points: float) -> float:
    return round(points, 2)


# --- the place in the queue ---------------------------------------------------------------------

_SCORE, _SEQ, _POSITION = 18, 22, 20  # bits; with the tier 62, so that every database has a number for it
_IMPORTED_POSITION = _SCORE + _POSITION
IMPORTED_END = 1 << (_SCORE + _SEQ + _POSITION)
"""The ranks of imported changes are below it, all others are not."""
LOG_ORDER = (1 << (_SEQ + _POSITION)) - 1
"""The bits of a rank that order changes as the log does: the newest snapshot first, in it by document and place."""


def rank(tier: Tier, total: float, seq: int, position: int) -> int:
    """One number to order a day of the queue by, highest first: tier, score in tenths, newest snapshot, order in
    the document.

    No two changes of one ledger have the same.
    """
    tenths = min(max(round(total * 10), 0), (1 << _SCORE) - 1)
    place = (1 << _POSITION) - 1 - min(position, (1 << _POSITION) - 1)
    return ((tier << _SCORE | tenths) << _SEQ | seq) << _POSITION | place


def imported_rank(seq: int, position: int) -> int:
    """The rank of an imported change: the newest snapshot first, in it the order of the log; scores do not count."""
    return (seq + 1 << _IMPORTED_POSITION) - 1 - position


def place_of_imported(rank: int) -> tuple[int, int]:
    """The fold and the position that `imported_rank` was given."""
    seq, place = divmod(rank, 1 << _IMPORTED_POSITION)
    return seq, (1 << _IMPORTED_POSITION) - 1 - place


def importance(rank: int, total: float, significance: Significance) -> Importance:
    """The word for an entry with this rank and score; the significance counts where the rank says nothing of it."""
    tier = tier_of(rank)
    if tier is Tier.IMPORTED:
        tier = Tier.SUBSTANTIVE if significance is Significance.SUBSTANTIVE else Tier.EDITORIAL
    if tier is not Tier.SUBSTANTIVE:
        return Importance.LOW
    return Importance.HIGH if round(total, 1) >= HIGH_SCORE else Importance.MEDIUM


def tier_of(rank: int) -> Tier:
    """The tier that a rank was made with."""
    return Tier(rank >> (_SCORE + _SEQ + _POSITION))
