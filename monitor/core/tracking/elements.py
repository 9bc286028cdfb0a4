"""Recognise an element of a data file that came or went, and a key that has another name, as one event.

A field is a value behind its path, as `fees[late].amount: 12`. An element, or an object, is known by the beginning of
the paths of its fields. It came where no field before has that beginning, and it went where none after has.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from monitor.core.tracking.compare import Compared
from monitor.model import BlockKind, ChangeKind, Statement, path_of

CAUSE = "element"

_FEWEST = 2  # changes of an event
_STEP = re.compile(r'\[[^\]]*+\]?|\.?"(?:[^"\\]|\\.)*+"?|\.?[^.\["]+|.')
_Sides = tuple[Sequence[Statement], Sequence[Statement]]


def with_elements(sides: _Sides, changes: Sequence[Compared]) -> Sequence[Compared]:
    """The changes of two versions, those of the fields of one element with their event."""
    if not any(_is_field(change, sides) for change in changes):
        return changes
    of_event: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for kind, side in ((ChangeKind.ADDED, 1), (ChangeKind.REMOVED, 0)):
        for name, at in _came(sides[side], sides[1 - side], changes, kind, side):
            of_event[str(kind), name].append(at)
    for at, change in enumerate(changes):
        if change.kind is ChangeKind.REVISED and _is_field(change, sides):
            paths = _renamed(sides[0][change.before[0]], sides[1][change.after[0]])
            if paths:
                of_event["renamed", *paths].append(at)
    found = list(changes)
    for event, members in enumerate((one for one in of_event.values() if len(one) >= _FEWEST), 1):
        for at in members:
            found[at] = found[at]._replace(cause=CAUSE, event=event)
    return found


def _is_field(change: Compared, sides: _Sides) -> bool:
    return not change.cause and any(
        side[at[0]].kind is BlockKind.FIELD for side, at in zip(sides, (change.before, change.after), strict=True) if at
    )


def _came(
    own: Sequence[Statement], other: Sequence[Statement], changes: Sequence[Compared], kind: ChangeKind, side: int
) -> Iterator[tuple[str, int]]:
    """The changes of what only one side has, with the name of the element that came or went, in the order of the side.

    The elements of a list that has no identifier are told apart by their fields: one that comes again begins another.
    """
    known = {beginning for one in other if one.kind is BlockKind.FIELD for beginning in _beginnings(one)}
    of_side = {(change.before, change.after)[side][0]: at for at, change in enumerate(changes) if change.kind is kind}
    count: Counter[str] = Counter()
    open_name, fields, last = "", set[str](), -1
    for ordinal in sorted(of_side):
        statement = own[ordinal]
        beginnings = list(_beginnings(statement)) if statement.kind in _WITH_PATHS else []
        path = beginnings[-1] if beginnings else ""
        name = next((one for one in (beginnings if statement.links else beginnings[:-1]) if one not in known), "")
        if not name and "[]" in path and statement.kind is BlockKind.FIELD:
            name = path[: path.rindex("[]") + 2]
            if name == open_name and last == ordinal - 1 and path not in fields:
                fields.add(path)
            else:
                count[name] += 1
                fields = {path}
        elif not name and statement.kind is not BlockKind.FIELD and last == ordinal - 1:
            name = open_name  # a further sentence of a value
        open_name, last = name, ordinal
        if name and not changes[of_side[ordinal]].cause:
            yield f"{name} {count[name]}", of_side[ordinal]


_WITH_PATHS = frozenset({BlockKind.FIELD, BlockKind.PARAGRAPH})


def _beginnings(field: Statement) -> Iterator[str]:
    """The beginnings of its path, the whole path last: `fees`, `fees[late]`, `fees[late].amount`.

    An item of a feed is known by its link.
    """
    if field.links:
        yield f"[{field.links[0]}]"
    yield from beginnings("" if field.links else path_of(field.text)[0])


def beginnings(path: str) -> Iterator[str]:
    """The beginnings of a path, in linear time whatever stands in it."""
    at = 0
    while at < len(path):
        found = _STEP.match(path, at)
        at = found.end() if found else len(path)
        yield path[:at]


def _renamed(before: Statement, after: Statement) -> tuple[str, ...]:
    """What stands in both paths in place of each other, where the values are equal and the last key is."""
    (old, value), (new, other) = path_of(before.text), path_of(after.text)
    steps = list(_beginnings(before)), list(_beginnings(after))
    if before.links or value != other or old == new or len(steps[0]) != len(steps[1]):
        return ()
    at = next(at for at, (one, two) in enumerate(zip(*steps, strict=True)) if one != two)
    same_end = old[len(steps[0][at]) :] == new[len(steps[1][at]) :]
    return (steps[0][at], steps[1][at]) if same_end else ()
