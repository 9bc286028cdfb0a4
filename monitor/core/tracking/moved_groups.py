"""Statements that moved side by side: a moved paragraph is one group of changes, one for each of its statements."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.tracking.drafts import Draft
from monitor.core.tracking.ids import digest
from monitor.model.ledger import NewChange


def grouped(drafts: Sequence[Draft], changes: Sequence[NewChange]) -> list[NewChange]:
    """The changes, those that moved together with a common group: their first one's id, hashed.

    `drafts` and `changes` belong together pairwise, ordered by document, then ordinal.
    """
    found = list(changes)
    run: list[int] = []
    for at, draft in enumerate(drafts):
        if run and _beside(drafts[run[-1]], draft):
            run.append(at)
            continue
        _name(run, changes, found)
        run = [at]
    _name(run, changes, found)
    return found


def _name(run: Sequence[int], changes: Sequence[NewChange], found: list[NewChange]) -> None:
    if len(run) > 1:
        group = digest("group", changes[run[0]].id)
        for member in run:
            found[member] = changes[member]._replace(group=group)


def _beside(first: Draft, second: Draft) -> bool:
    if not (_single_move(first) and _single_move(second)):
        return False
    a, b = first.before[0], second.before[0]
    return (
        first.document == second.document
        and a.document == b.document
        and b.ordinal == a.ordinal + 1
        and second.after[0] == first.after[0] + 1
    )


def _single_move(draft: Draft) -> bool:
    return draft.moved and len(draft.before) == len(draft.after) == 1
