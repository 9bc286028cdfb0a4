"""How early a change is shown to a reviewer: a sum of parts that can each be shown.

The weights of kinds and aspects are those of the reports; what a reviewer's configuration says (watch terms, a
document's weight) comes on top. The order of the queue is substantive before editorial before lowered, and within
these by score; see `rank`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from monitor.core.report import ASPECT_WEIGHTS, DOCUMENT_WEIGHT, KIND_WEIGHTS
from monitor.model import Aspect, ChangeKind, Level, Significance

FURTHER_ASPECTS = 0.25  # of its weight that an aspect adds beside the strongest
WHOLE_STATEMENT = 4  # points for a revision that leaves nothing as it was, less in proportion
HEADING = 3
WATCH_TERM = 8
MOST_TERMS = 3  # watch terms that count: a statement that names all of them is no more urgent


class Tier(IntEnum):
    """The first thing that the queue is ordered by."""

    LOWERED = 0  # by an ignore rule, or no news: a technical upgrade made the change, or an import brought it
    EDITORIAL = 1
    SUBSTANTIVE = 2


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a score, and why: `aspect number`, `watch term ceasefire`."""

    reason: str
    points: float


@dataclass(frozen=True, slots=True)
class Score:
    """A score and what it is made of; the parts add up to it."""

    total: float
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
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
    parts += [Part(f"watch term {term}", WATCH_TERM) for term in subject.terms[:MOST_TERMS]]
    return parts


def _rounded(points: float) -> float:
    return round(points, 2)


# --- the place in the queue ---------------------------------------------------------------------

_SCORE, _SEQ, _POSITION = 18, 22, 20  # bits; with the tier 62, so that every database has a number for it


def rank(tier: Tier, total: float, seq: int, position: int) -> int:
    """One number to order the queue by, highest first: tier, score in tenths, newest snapshot, order in the document.

    No two changes of one ledger have the same.
    """
    tenths = min(max(round(total * 10), 0), (1 << _SCORE) - 1)
    place = (1 << _POSITION) - 1 - min(position, (1 << _POSITION) - 1)
    return ((tier << _SCORE | tenths) << _SEQ | seq) << _POSITION | place


def tier_of(rank: int) -> Tier:
    """The tier that a rank was made with."""
    return Tier(rank >> (_SCORE + _SEQ + _POSITION))
