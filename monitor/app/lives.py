"""Every statement's revisions, from one pass over the changes: what `export` writes of them.

Asking the ledger for one life after another would cost a question a statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model import Change, ChangeFilter, Life, Moment, Revision, Side
from monitor.ports import LedgerQueries


@dataclass(slots=True)
class _Gathered:
    """What the changes said of one statement so far, newest first."""

    document: str
    present: bool
    came: tuple[datetime, int]  # when, and at which ordinal
    revisions: dict[int, Revision] = field(default_factory=dict)


def lives(ledger: LedgerQueries) -> Iterator[Life]:
    """Every statement ever seen, by its document's present or latest path, then in the order of its coming.

    Without the changes that made them: `Life.changes` is empty.
    """
    paths = {document.id: document.path for document in ledger.documents()}
    gathered: dict[str, _Gathered] = {}
    for change in ledger.changes(ChangeFilter(baseline=True)):
        path = paths.get(change.document_id or "", change.document)
        for side in change.after:
            one = gathered.setdefault(
                side.statement, _Gathered(path, present=True, came=(change.taken_at, side.ordinal))
            )
            # An older change has the last word: a revision is as old as the first change that brought it.
            one.revisions[side.revision] = _revision(change, side)
            one.came = (change.taken_at, side.ordinal)
        for side in change.before:  # only what the change did not leave there: it went
            gathered.setdefault(side.statement, _Gathered(path, present=False, came=(change.taken_at, side.ordinal)))
    for statement, one in sorted(gathered.items(), key=lambda item: (item[1].document, item[1].came)):
        revisions = tuple(one.revisions[number] for number in sorted(one.revisions))
        yield Life(statement, one.document, one.present, revisions, changes=())


def _revision(change: Change, side: Side) -> Revision:
    return Revision(side.revision, side.text, side.links, Moment(change.snapshot, change.taken_at))
