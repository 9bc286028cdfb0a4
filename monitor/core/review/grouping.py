"""Group changes that are reviewed together: identical edits, text that comes and goes, a document with its
statements, the rows of a table that got a column.

Each change has two keys. `edit` is equal for identical edits; `pair` is equal for an edit and its opposite, so that
all changes that could ever share an entry share it. A run updates only the entries with the pairs of its own changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from monitor.core.report import FLAPS
from monitor.core.tracking.ids import digest
from monitor.model import ChangeKind, Level

_COMINGS = {
    ChangeKind.ADDED: 1,
    ChangeKind.RESTORED: 1,
    ChangeKind.REMOVED: -1,
    ChangeKind.SUSPECT: -1,
    ChangeKind.RECOVERED: 1,
}


class Keys(NamedTuple):
    """What a change may share with others; `way` is 1 or -1 for an edit and its opposite, 0 where there is none."""

    pair: int
    edit: int
    way: int


class Member(NamedTuple):
    """A change as far as grouping is concerned; `own` is the rank that it would have alone."""

    change: str
    own: int
    keys: Keys
    document: str
    folded: bool = False
    day: int = 0  # since 1970
    leads: bool = False  # whether it represents the changes that it shares an entry with


class Placed(NamedTuple):
    """A change in its entry.

    `rank` and `day` are the entry's: the highest of its members' own. One of an entry has `lead`: the newest that
    represents others, such as a new document its statements, else the one with the highest rank.
    """

    change: str
    rank: int
    flapping: bool
    day: int = 0
    lead: bool = False


class Edited(NamedTuple):
    """What keys are made from; texts are normalised, and carry the link targets where nothing else differs."""

    change: str
    level: Level
    kind: ChangeKind
    snapshot: str
    document: str
    with_document: bool
    group: str | None
    before: Sequence[str] = ()
    after: Sequence[str] = ()
    event: bool = False  # whether its group is one of the document's events, which are an entry each


def keys_of(edited: Edited) -> Keys:
    """The keys of one change."""
    if edited.with_document or (edited.level is Level.DOCUMENT and edited.kind in _COMINGS):
        way = _COMINGS[edited.kind] if edited.level is Level.DOCUMENT else 0
        return Keys(_number("document", edited.document), _number("document", edited.document, edited.snapshot), way)
    if edited.level is Level.DOCUMENT:
        return keys_alone(edited.change)
    if edited.kind is ChangeKind.MOVED or edited.event:
        together = _number("together", edited.snapshot, edited.group or edited.change)
        return Keys(together, together, 0)
    before, after = digest(*edited.before), digest(*edited.after)
    return Keys(
        pair=_number("texts", *sorted((before, after))),
        edit=_number(str(edited.kind), before, after),
        way=(before < after) - (before > after),
    )


def keys_alone(change: str) -> Keys:
    """The keys of a change that shares an entry with no other."""
    alone = _number("change", change)
    return Keys(alone, alone, 0)


def _number(*parts: str) -> int:
    return int(digest(*parts)[:15], 16)


def arrange(members: Iterable[Member]) -> list[Placed]:
    """The lines of these changes; of a pair either all changes are given or none."""
    pairs: defaultdict[int, list[Member]] = defaultdict(list)
    for member in members:
        pairs[member.keys.pair].append(member)
    return [placed for pair in pairs.values() for placed in _arranged(pair)]


def _arranged(pair: Sequence[Member]) -> Iterable[Placed]:
    flapping = _flapping(pair) if len(pair) >= FLAPS else frozenset[str]()
    lines: defaultdict[tuple[bool, int | None], list[Member]] = defaultdict(list)
    for member in pair:
        lines[member.folded, None if member.document in flapping else member.keys.edit].append(member)
    for (_, edit), line in lines.items():
        highest, day = max(member.own for member in line), max(member.day for member in line)
        lead = max(line, key=lambda member: (member.leads, member.day if member.leads else 0, member.own))
        for member in line:
            yield Placed(member.change, highest, edit is None, day, member is lead)


def _flapping(pair: Sequence[Member]) -> frozenset[str]:
    """The documents in which the text went both ways, often enough."""
    ways: defaultdict[str, list[int]] = defaultdict(list)
    for member in pair:
        if member.keys.way:
            ways[member.document].append(member.keys.way)
    return frozenset(document for document, found in ways.items() if len(found) >= FLAPS and len(set(found)) > 1)
