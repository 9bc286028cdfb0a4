"""The facts of a fold as rows of `tables`, each in the order of its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from monitor.facts import Fold, Head, Known, NewChange, Version
from monitor.model import BlockKind, Level, Significance
from monitor.stores.values import aspects_to_bits, links_to_text, moment_to_text, pack_members, path_to_text

Row = tuple[Any, ...]
LEVELS = list(Level)
BLOCK_KINDS = list(BlockKind)
_NO_SIDES: Row = (None,) * 10


def fold_row(fold: Fold) -> Row:
    snapshot = fold.snapshot
    return (
        fold.seq,
        snapshot.id,
        path_to_text(snapshot.source),
        moment_to_text(snapshot.taken_at),
        moment_to_text(snapshot.recorded_at),
        None if snapshot.author is None else path_to_text(snapshot.author),
        snapshot.origin,
        fold.tie,
    )


def head_row(head: Head) -> Row:
    return (
        head.number,
        head.id,
        path_to_text(head.source),
        path_to_text(head.path),
        head.present,
        head.failed,
        head.blob,
        None if head.read_path is None else path_to_text(head.read_path),
        head.read_blob,
        pack_members(head.members),
        head.first_seq,
        head.last_seq,
        None if head.gone_at is None else moment_to_text(head.gone_at),
    )


def version_row(seq: int, version: Version) -> Row:
    members = None if version.members is None else pack_members(version.members)
    return version.document, seq, path_to_text(version.path), version.blob, version.present, members


def statement_row(known: Known) -> Row:
    return (
        known.number,
        known.id,
        known.document,
        known.revision,
        known.key,
        known.present,
        known.first_seq,
        None if known.path is None else path_to_text(known.path),
        known.ordinal,
        None if known.gone_at is None else moment_to_text(known.gone_at),
        known.returns,
        known.text_row,
        *(known.sketch or (None, None, None)),
    )


def revision_rows(fold: Fold) -> Iterator[Row]:
    first = fold.counters.revision - len(fold.revisions)
    for at, revision in enumerate(fold.revisions, first):
        yield (
            at,
            revision.statement,
            revision.number,
            fold.seq,
            revision.text,
            links_to_text(revision.links),
            BLOCK_KINDS.index(revision.kind),
            revision.level,
        )


def change_row(seq: int, at: int, change: NewChange, known: Mapping[int, Known]) -> Row:
    """The `at`-th change of a fold; `known` are the statements that it touched."""
    return (
        seq,
        -at,
        change.id,
        LEVELS.index(change.level),
        change.kind.value,
        change.document,
        path_to_text(change.path),
        None if change.path_before is None else path_to_text(change.path_before),
        change.cause,
        change.group,
        change.significance is Significance.SUBSTANTIVE,
        aspects_to_bits(change.aspects),
        change.similarity,
        change.moved,
        change.baseline,
        None if change.absent_since is None else moment_to_text(change.absent_since),
        change.message,
        change.returns,
        change.copies,
        *_own_sides(change, known),
    )


def _own_sides(change: NewChange, known: Mapping[int, Known]) -> Row:
    """The sides of a change of one statement, which stand in its own row."""
    places = (*change.before, *change.after)
    if not places or _is_of_several(change):
        return _NO_SIDES
    statement = places[0].statement
    before: Row = (None,) * 5
    if change.before:
        _, *where, text, links = change.before[0]
        before = (*where, text, links_to_text(links))
    after = change.after[0][1:4] if change.after else (None,) * 3
    return (statement, known[statement].id, *before, *after)


def _is_of_several(change: NewChange) -> bool:
    return len(change.before) > 1 or len(change.after) > 1


def side_rows(seq: int, at: int, change: NewChange) -> Iterator[Row]:
    """The sides of a change of several statements."""
    if not _is_of_several(change):
        return
    for after, places in ((False, change.before), (True, change.after)):
        for part, place in enumerate(places):
            yield (seq, -at, after, part, *place[:4])
