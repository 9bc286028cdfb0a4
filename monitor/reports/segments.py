"""A change's wording as pieces to print: what stayed, went and came, with long unchanged runs cut short.

The texts of segments are made visible already: a renderer only has to escape them for its own format.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from monitor.core.text.normalize import is_blank, spelled_out, visible
from monitor.model import Change, Edit

KEPT = 280  # characters of an unchanged run that stay at each of its ends
LONGEST = 20_000  # characters of one inserted or deleted run; `show` prints all of it


class Segment(NamedTuple):
    """A piece of a word diff; `skip` stands for `hidden` characters that are left out here."""

    op: Literal["equal", "insert", "delete", "skip"]
    text: str
    hidden: int = 0


def segments(change: Change, kept: int = KEPT) -> tuple[Segment, ...]:
    """A change as segments in reading order; a deletion stands before the insertion that replaces it."""
    edits = change.edits or _without_edits(change)
    last = len(edits) - 1
    return tuple(
        segment
        for index, edit in enumerate(edits)
        for segment in _segments_of(edit, kept, is_first=index == 0, is_last=index == last)
    )


def edit_segments(edits: Sequence[Edit]) -> tuple[Segment, ...]:
    """The same for the edits of a revision, nothing left out."""
    return tuple(segment for edit in edits for segment in _segments_of(edit, LONGEST, is_first=False, is_last=False))


def _without_edits(change: Change) -> tuple[Edit, ...]:
    before = " ".join(side.text for side in change.before)
    after = " ".join(side.text for side in change.after)
    if before == after:
        return (Edit("equal", before, after),)
    return (Edit("replace", before, after),)


def _segments_of(edit: Edit, kept: int, *, is_first: bool, is_last: bool) -> Iterable[Segment]:
    if edit.op == "equal":
        yield from _equal(edit.after, kept, is_first=is_first, is_last=is_last)
        return
    if edit.before:
        yield from _changed("delete", edit.before)
    if edit.after:
        yield from _changed("insert", edit.after)


def _equal(text: str, kept: int, *, is_first: bool, is_last: bool) -> Iterable[Segment]:
    if len(text) <= 2 * kept:
        yield Segment("equal", visible(text))
        return
    # a statement is recognised by how it begins, unless the caller wants a short line around the edit
    head = 0 if is_first and kept < KEPT else kept
    tail = 0 if is_last and not is_first else kept
    if head:
        yield Segment("equal", visible(text[:head].rstrip()))
    yield Segment("skip", " … ", hidden=len(text) - head - tail)
    if tail:
        yield Segment("equal", visible(text[len(text) - tail :].lstrip()))


def _changed(op: Literal["insert", "delete"], text: str) -> Iterable[Segment]:
    shown = text[:LONGEST]
    yield Segment(op, spelled_out(shown) if is_blank(shown) else visible(shown))
    if len(text) > LONGEST:
        yield Segment("skip", " … ", hidden=len(text) - LONGEST)
