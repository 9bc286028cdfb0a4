"""Two files held against each other, without any store: bytes -> statements -> every match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.app.documents import Documents, How
from monitor.core.tracking.compare import Compared, compare
from monitor.errors import ExtractError
from monitor.model import ChangeKind, Statement


def statements_of(path: str, data: bytes, how: How = How()) -> tuple[Statement, ...] | None:  # noqa: B008 - immutable
    """The statements of one file; None where no extractor reads it, ExtractError where it cannot be read."""
    with Documents(how) as documents:
        reading = documents.read(path, data)
    if reading.failure is not None:
        raise ExtractError(reading.failure)
    return reading.statements


def lines_of(data: bytes) -> tuple[Statement, ...]:
    """A statement a line, parted at LF alone. Empty lines count; the last LF ends a line and begins none."""
    text = data.decode("utf-8", "surrogateescape")
    lines = text.removesuffix("\n").split("\n") if text else []
    return tuple(Statement(line) for line in lines)


def matches(before: Sequence[Statement], after: Sequence[Statement]) -> list[Compared]:
    """Every match of two versions, the unchanged ones too, in the order of an `Alignment`."""
    comparison = compare(before, after)
    found = [
        Compared((i + at,), (j + at,), ChangeKind.UNCHANGED, 1.0, moved=False, classification=None)
        for i, j, length in comparison.kept
        for at in range(length)
    ]
    found += comparison.changes
    place = {index: match.after[0] for match in found if match.after for index in match.before}
    anchors = _anchors(place, comparison.before_count)
    # What has no after side follows the match that holds the statement before it.
    return sorted(
        found, key=lambda match: (match.after[0], -1) if match.after else (anchors[match.before[0]], match.before[0])
    )


def _anchors(place: Mapping[int, int], count: int) -> list[int]:
    """For each statement before: where it, or the nearest before it that still stands, is after; -1 at the start."""
    anchors, last = [], -1
    for i in range(count):
        last = place.get(i, last)
        anchors.append(last)
    return anchors
