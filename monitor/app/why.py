"""Why a change was recorded as it was: the two versions compared once more, and the reasons that this gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.app.comparing import statements_of
from monitor.app.documents import How
from monitor.app.naming import documents_at
from monitor.core.classification.classify import classify
from monitor.core.tracking.compare import Compared, compare
from monitor.model import Change, Level, Side, Snapshot, Statement
from monitor.ports import SnapshotStore


@dataclass(frozen=True, slots=True)
class Reasons:
    """`link`: why these statements are the same; `kind`: why the change has its significance and aspects."""

    link: tuple[str, ...]
    kind: tuple[str, ...]


def why(store: SnapshotStore, change: Change, how: How = How()) -> Reasons:  # noqa: B008 - an immutable value
    """The reasons behind a change; none for a document as a whole, or where a side is empty: nothing was linked."""
    if change.level is Level.DOCUMENT or not (change.before and change.after):
        return Reasons((), ())
    found = _match(store, change, how)
    if found is None:  # it came back, or from another document: found by its text, not by its neighbours
        link = ("the text, once the documents of the snapshot were looked at together",)
        judged = classify(_statements(change.before), _statements(change.after))
        return Reasons(link, judged.reasons)
    return Reasons(found.evidence, found.classification.reasons if found.classification else ())


def _match(store: SnapshotStore, change: Change, how: How) -> Compared | None:
    """The match of the alignment that made the change."""
    before, after = _neighbours(store, change.snapshot)
    if before is None or after is None:
        return None
    old = _version(store, before, change.before[0].document, how)
    new = _version(store, after, change.after[0].document, how)
    sides = (tuple(side.ordinal for side in change.before), tuple(side.ordinal for side in change.after))
    return next((one for one in compare(old, new).changes if (one.before, one.after) == sides), None)


def _neighbours(store: SnapshotStore, snapshot: str) -> tuple[Snapshot | None, Snapshot | None]:
    """The snapshot before this one in its source, and this one."""
    for source in store.sources():
        before = None
        for one in store.snapshots(source):
            if one.id == snapshot:
                return before, one
            before = one
    return None, None


def _version(store: SnapshotStore, snapshot: Snapshot, path: str, how: How) -> Sequence[Statement]:
    version = documents_at(store, snapshot).get(path)
    return (statements_of(path, store.read(version.blob), how) if version else None) or ()


def _statements(sides: Sequence[Side]) -> list[Statement]:
    return [Statement(side.text, links=side.links) for side in sides]
