"""What a channel wants to hear of, and which changes still hold at the next run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from monitor.core.classification.numbers import NumberChange
from monitor.core.text.terms import Terms
from monitor.model import Aspect, Change, ChangeKind, Level, Side, Significance


class Wanted(NamedTuple):
    """Which changes a channel or a feed wants: all that is said must hold, and what is None or empty does not restrict.

    `document` says of a path whether it is meant. `direction`: `additions` where no word went, `removals` where none
    came. `numbers`: `rose`, `fell` or `any`, by a share of at least `number_change`; a number that cannot be compared
    with the one before is wanted.
    """

    kinds: frozenset[ChangeKind] = frozenset()
    aspects: frozenset[Aspect] = frozenset()
    document: Callable[[str], bool] | None = None
    sources: tuple[str, ...] = ()
    terms: Terms | None = None
    significance: Significance = Significance.SUBSTANTIVE
    direction: str | None = None
    numbers: str | None = None
    number_change: float = 0.0

    def includes(self, change: Change, figures: Callable[[Change], Sequence[NumberChange]]) -> bool:
        """Whether a change is wanted. `figures` are the numbers of it that were replaced by others of their unit."""
        if self.kinds and change.kind not in self.kinds:
            return False
        if self.aspects and self.aspects.isdisjoint(change.aspects):
            return False
        if self.significance is Significance.SUBSTANTIVE and change.significance is Significance.EDITORIAL:
            return False
        paths = [path for path in (change.document, change.document_before) if path is not None]
        if self.document is not None and not any(map(self.document, paths)):
            return False
        if self.sources and not any(path.partition("/")[0] in self.sources for path in paths):
            return False
        if self.terms is not None and not self.terms.in_texts([side.text for side in (*change.before, *change.after)]):
            return False
        return self._has_direction(change) and self._has_number(change, figures)

    def _has_direction(self, change: Change) -> bool:
        if self.direction is None:
            return True
        gone, came = _gone_and_came(change)
        return not gone if self.direction == "additions" else not came

    def _has_number(self, change: Change, figures: Callable[[Change], Sequence[NumberChange]]) -> bool:
        if self.numbers is None and not self.number_change:
            return True
        if Aspect.NUMBER not in change.aspects:
            return False
        found = figures(change)
        way = {"rose": 1, "fell": -1}.get(self.numbers or "", 0)
        return not found or any(
            (not way or one.share * way > 0) and abs(one.share) >= self.number_change for one in found
        )


def _gone_and_came(change: Change) -> tuple[bool, bool]:
    """Whether words went, and whether words came."""
    if change.level is Level.DOCUMENT or not (change.before and change.after) or change.kind is ChangeKind.RESTORED:
        gone = change.kind in (ChangeKind.REMOVED, ChangeKind.SUSPECT)
        came = change.kind in (ChangeKind.ADDED, ChangeKind.RESTORED, ChangeKind.RECOVERED)
        return (gone, came) if gone or came else (True, True)
    edits = [edit for edit in change.edits if edit.op != "equal"]
    if not edits:
        return True, True  # it moved, or something else than its words changed
    return any(edit.before.strip() for edit in edits), any(edit.after.strip() for edit in edits)


# --- whether a change still holds ---------------------------------------------------------------


class Confirmed(NamedTuple):
    """Of the changes that waited for another look: those that hold, those that were undone (with what undid them), and
    those that wait on, since what they concern has changed again."""

    holding: frozenset[str]
    undone: frozenset[str]
    waiting: frozenset[str]


def confirm(waiting: Sequence[Change], new: Sequence[Change], seen: Callable[[str], bool]) -> Confirmed:
    """What a later look says of changes that were found before. Both lists are oldest first.

    `new` is what this look found. `seen` says of a path whether this look could see it: a change of another one waits.
    """
    holding: set[str] = set()
    undone: set[str] = set()
    still: set[str] = set()
    found = {change.id for change in new}
    for together in _components([*waiting, *new]):
        ids = {change.id for change in together}
        if ids <= found:
            continue
        if not all(seen(change.document) for change in together):
            still |= ids
        elif len(together) > 1 and _is_undone(together):
            undone |= ids
        elif ids & found:
            still |= ids
        else:
            back = _removals_that_came_back(together)
            undone |= back
            holding |= ids - back
    return Confirmed(frozenset(holding), frozenset(undone), frozenset(still))


def _components(changes: Sequence[Change]) -> Iterable[list[Change]]:
    """The changes of the same statements, or of one document as a whole, together; in their order."""
    group_of: dict[str, list[Change]] = {}
    for change in changes:
        joined: list[Change] = []
        for group in {id(group): group for key in _keys(change) if (group := group_of.get(key))}.values():
            joined += group
        joined.append(change)
        for one in joined:
            group_of.update(dict.fromkeys(_keys(one), joined))
    return {id(group): group for group in group_of.values()}.values()


def _keys(change: Change) -> list[str]:
    if change.level is Level.DOCUMENT:
        return [f"document {change.document_id}"]
    return [side.statement for side in (*change.before, *change.after)]


def _is_undone(changes: Sequence[Change]) -> bool:
    """Whether what several changes concern is at the end as it was at the beginning."""
    if changes[0].level is Level.DOCUMENT:
        if any(change.kind in (ChangeKind.REVISED, ChangeKind.FAILED) for change in changes):
            return False
        first, last = changes[0], changes[-1]
        before = first.kind not in (ChangeKind.ADDED, ChangeKind.RESTORED), first.kind is ChangeKind.RECOVERED
        after = last.kind is not ChangeKind.REMOVED, last.kind is ChangeKind.SUSPECT
        return before == after and (first.document_before or first.document) == last.document
    start: dict[str, Side | None] = {}
    end: dict[str, Side | None] = {}
    for change in changes:
        for side in change.before:
            start.setdefault(side.statement, None if change.kind is ChangeKind.RESTORED else side)
            end[side.statement] = None
        for side in change.after:
            start.setdefault(side.statement, None)
            end[side.statement] = side
    places = any(change.moved or change.kind is ChangeKind.MOVED for change in changes)
    return _as_seen(start, places=places) == _as_seen(end, places=places)


def _removals_that_came_back(changes: Sequence[Change]) -> set[str]:
    """The ids of removals of statements that are there at the end: their return says what differs."""
    there: dict[str, bool] = {}
    for change in changes:
        there.update(dict.fromkeys((side.statement for side in change.before), False))
        there.update(dict.fromkeys((side.statement for side in change.after), True))
    gone = (change for change in changes if change.kind is ChangeKind.REMOVED)
    return {change.id for change in gone if any(there[side.statement] for side in change.before)}


def _as_seen(sides: Mapping[str, Side | None], *, places: bool) -> dict[str, tuple[object, ...] | None]:
    return {
        statement: side and (side.document, side.text, side.links, side.ordinal if places else 0)
        for statement, side in sides.items()
    }
