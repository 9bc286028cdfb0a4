"""A change in the making: what one document's comparison saw, before the snapshot is looked at as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from monitor.core.tracking.compare import Comparison
from monitor.core.tracking.documents import Step
from monitor.model import ChangeKind, Classification, Statement
from monitor.model.ledger import Known


class Outcome(Enum):
    """What became of reading one document's new bytes."""

    READ = "read"
    SAME = "same"  # the bytes did not change (a rename)
    OPAQUE = "opaque"  # no extractor for this format
    FAILED = "failed"
    GONE = "gone"


class DocumentStep(NamedTuple):
    """One document's step with what its bytes gave. `before` are the statements last read from it."""

    step: Step
    outcome: Outcome
    before: tuple[Statement, ...] = ()
    after: tuple[Statement, ...] = ()
    comparison: Comparison | None = None
    message: str | None = None


class Spot(NamedTuple):
    """A statement on the before side: its number and ordinal, and the document step that it belongs to."""

    document: int
    ordinal: int
    number: int


@dataclass(slots=True)
class Draft:
    """A change in the making. `document` is an index into the snapshot's document steps."""

    document: int
    kind: ChangeKind
    before: tuple[Spot, ...]
    after: tuple[int, ...]
    similarity: float | None = None
    moved: bool = False
    classification: Classification | None = None
    cause: str | None = None
    known: Known | None = None  # the absent statement that came back
    absent_since: datetime | None = None


def added(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Those that are still taken for new statements."""
    return (draft for draft in drafts if draft.kind is ChangeKind.ADDED)


def value_before(documents: Sequence[DocumentStep], spot: Spot) -> Statement:
    """The statement at a spot of the before side."""
    return documents[spot.document].before[spot.ordinal]


def value_after(documents: Sequence[DocumentStep], draft: Draft) -> Statement:
    """The (first) statement of a draft's after side."""
    return documents[draft.document].after[draft.after[0]]
