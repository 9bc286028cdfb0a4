"""Changes that one look takes in: a paragraph that moved, a run of statements that came or went side by side."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model import Change, ChangeKind

RUNS = {ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.RESTORED}


def blocks(changes: Iterable[Change]) -> list[list[Change]]:
    """The changes in their order, those that belong together as one list; nothing is left out."""
    found: list[list[Change]] = []
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        group = groups.get((change.snapshot, change.group or ""))
        if group is not None:
            group.append(change)
        elif found and _continues(found[-1][-1], change):
            found[-1].append(change)
        else:
            found.append([change])
            if change.group is not None:
                groups[change.snapshot, change.group] = found[-1]
    return found


def _continues(last: Change, change: Change) -> bool:
    """Whether nothing but the place differs, and that by one: a split or a revision stands for itself."""
    return _alike(last) == _alike(change) and change.kind in RUNS and _place(change) == _place(last) + 1


def _alike(change: Change) -> tuple[object, ...]:
    what = (change.kind, change.significance, change.aspects, change.cause, change.group)
    return (*what, change.document, change.snapshot, change.absent_since, bool(change.edits))


def _place(change: Change) -> int:
    sides = change.after or change.before
    return sides[0].ordinal if sides else -2
