"""Convert the values of the ledger into rows and back.

Columns hold plain text and numbers that both databases treat alike. Times are ISO 8601 text in UTC with a fixed width,
which sorts correctly. A row is a tuple in the order of its columns, which are listed here.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from monitor.core.text.terms import index_form
from monitor.errors import StoreError
from monitor.ledger.database import DatabaseRow
from monitor.model import Aspect, BlockKind, ChangeKind, Level, Significance, Snapshot, SnapshotTime
from monitor.model.ledger import (
    Counters,
    DocumentState,
    DocumentVersion,
    NewChange,
    NewRevision,
    StatementState,
    Text,
)

LEVELS = list(Level)
KINDS = list(ChangeKind)
BLOCK_KINDS = list(BlockKind)
CAUSES = ("document", "suspect", "recovered", "unwatched", "watched", "column", "renumbering", "element")
"""What `cause` may be, by the number of its column; new ones are put at the end."""
SIMILARITY = 10_000
"""What a similarity of 1 is in its column."""
_LEVEL_NUMBERS = {level: number for number, level in enumerate(LEVELS)}
_KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}
_BLOCK_NUMBERS = {kind: number for number, kind in enumerate(BLOCK_KINDS)}

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ASPECTS = list(Aspect)
_BITS = {aspect: 1 << at for at, aspect in enumerate(_ASPECTS)}


@lru_cache(4096)
def time_to_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@lru_cache(4096)
def time_from_text(text: str) -> datetime:
    return datetime.fromisoformat(text)


def searchable_text(text: str) -> str:
    """A text that somebody asks for, as a database can compare it: no stored one holds what is replaced here."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def path_to_text(path: str) -> str:
    """A path whose undecodable bytes (surrogate escapes) neither database would take as text.

    Such a byte is written as U+0010 and two hexadecimal digits; U+0010 itself likewise. Plain paths stay as they are.
    """
    if path.isascii() and "\x10" not in path:
        return path
    return "".join(
        f"\x10{ord(char) & 0xFF:02x}" if char == "\x10" or "\udc80" <= char <= "\udcff" else char for char in path
    )


def path_from_text(text: str) -> str:
    """What `path_to_text` was given."""
    if "\x10" not in text:
        return text
    first, *rest = text.split("\x10")
    return first + "".join(_byte(int(part[:2], 16)) + part[2:] for part in rest)


def _byte(value: int) -> str:
    return chr(value) if value < 0x80 else chr(0xDC00 + value)


def links_to_text(links: Sequence[str]) -> str | None:
    return _to_json(links) if links else None


def links_from_text(packed: str | None) -> tuple[str, ...]:
    return tuple(json.loads(packed)) if packed else ()


def compressed(runs: str | None) -> bytes | None:
    """Runs of numbers as a version has them."""
    return None if runs is None else zlib.compress(runs.encode(), 1)


def decompressed(runs: bytes) -> str:
    """What `compressed` was given."""
    return zlib.decompress(runs).decode()


def notes_to_text(notes: Sequence[str]) -> str | None:
    """A reader's notes, one a line; None where there are none, as of nearly every version."""
    return "\n".join(" ".join(note.split()) for note in notes) or None


def notes_from_text(text: str | None) -> tuple[str, ...]:
    """What `notes_to_text` was given."""
    return tuple(text.split("\n")) if text else ()


def cells_to_text(cells: Sequence[tuple[int, int]]) -> str | None:
    return _to_json(cells) if cells else None


def cells_from_text(packed: str | None) -> tuple[tuple[int, int], ...]:
    return tuple((start, stop) for start, stop in json.loads(packed)) if packed else ()


def counters_to_text(counters: Counters) -> str:
    return _to_json(counters._asdict())


def counters_from_text(packed: str | None) -> Counters:
    """Of a ledger that was never written, the first numbers. StoreError where they cannot be read."""
    try:
        return Counters(**json.loads(packed)) if packed else Counters()
    except (ValueError, TypeError):
        raise StoreError("the ledger's counters cannot be read; `monitor rebuild` repairs it") from None


def aspects_to_bits(aspects: Iterable[Aspect]) -> int:
    return sum([_BITS[aspect] for aspect in aspects])


def block_kind_to_number(kind: BlockKind) -> int:
    return _BLOCK_NUMBERS[kind]


def kind_to_number(kind: ChangeKind) -> int:
    return _KIND_NUMBERS[kind]


@lru_cache(4096)
def aspects_from_bits(bits: int) -> tuple[Aspect, ...]:
    return tuple(aspect for at, aspect in enumerate(_ASPECTS) if bits >> at & 1) if bits else ()


# --- rows of the tables -------------------------------------------------------------------------

SNAPSHOT_COLUMNS = ("snapshot", "source", "taken_at", "recorded_at", "author", "origin", "seen_before")
FOLD_COLUMNS = ("seq", *SNAPSHOT_COLUMNS, "tie")
DOCUMENT_COLUMNS = (
    *("number", "id", "source", "path", "present", "failed", "blob", "read_path", "read_blob", "members", "blocks"),
    *("first_seq", "last_seq", "notes", "suspect"),
)
VERSION_COLUMNS = ("document", "seq", "path", "blob", "present", "members", "blocks", "language", "notes")
TEXT_COLUMNS = ("id", "text", "links", "key", "search")
SIGNATURE_COLUMNS = ("value", "text")
BLOCK_COLUMNS = ("id", "kind", "depth", "texts", "cells", "layout")
PATH_COLUMNS = ("id", "path")
STATEMENT_COLUMNS = (
    *("number", "id", "document", "revision", "text", "present", "first_seq", "path", "ordinal", "gone_seq"),
    *("returns", "metadata"),
)
REVISION_COLUMNS = ("statement", "number", "seq", "text", "kind", "depth")
CHANGE_COLUMNS = (
    *("seq", "position", "id", "level", "kind", "document", "path", "path_before", "cause", "group", "substantive"),
    *("aspects", "similarity", "moved", "baseline", "gone_seq", "message", "returns", "copies", "announced"),
    *("metadata", "language", "aspects_known", "statement", "before_revision", "before_ordinal", "before_text"),
    *("after_revision", "after_ordinal", "after_text"),
)
SIDE_COLUMNS = ("seq", "position", "after", "part", "statement", "revision", "ordinal", "text")
_NO_SIDE: DatabaseRow = (None, None, None)
PathNumber = Callable[[str], int]


def fold_row(seq: int, snapshot: Snapshot, tie: int, seen_before: datetime | None) -> DatabaseRow:
    return (
        seq,
        snapshot.id,
        path_to_text(snapshot.source),
        time_to_text(snapshot.taken_at),
        time_to_text(snapshot.recorded_at),
        None if snapshot.author is None else path_to_text(snapshot.author),
        snapshot.origin,
        None if seen_before is None else time_to_text(seen_before),
        tie,
    )


def document_row(document: DocumentState) -> DatabaseRow:
    return (
        document.number,
        document.id,
        path_to_text(document.source),
        path_to_text(document.path),
        document.present,
        document.failed,
        document.blob,
        None if document.read_path is None else path_to_text(document.read_path),
        document.read_blob,
        document.members,
        document.blocks,
        document.first_seq,
        document.last_seq,
        notes_to_text(document.notes),
        document.suspect,
    )


def version_row(seq: int, version: DocumentVersion, path: PathNumber) -> DatabaseRow:
    number, where, blob, present, members, blocks, language, notes = version
    packed = compressed(members), compressed(blocks)
    return number, seq, path(where), blob, present, *packed, language, notes_to_text(notes)


def text_row(text: Text) -> DatabaseRow:
    return text.id, text.text, links_to_text(text.links), text.key, index_form(text.text)


def signature_rows(text: Text) -> Iterator[DatabaseRow]:
    return ((value, text.id) for value in text.signature or ())


def statement_row(known: StatementState, path: PathNumber) -> DatabaseRow:
    number, id_, document, revision, text, present, first_seq, where, ordinal, gone_seq, returns, metadata = known
    where_number = None if where is None else path(where)
    place = where_number, ordinal, gone_seq
    return number, id_, document, revision, text.id, present, first_seq, *place, returns, metadata


def revision_row(seq: int, revision: NewRevision) -> DatabaseRow:
    statement, number, text, kind, level = revision
    return statement, number, seq, text, _BLOCK_NUMBERS[kind], level


def change_row(seq: int, position: int, change: NewChange, path: PathNumber) -> DatabaseRow:
    """The change at this position of a fold."""
    (
        id_, level, kind, document, own_path, path_before, cause, group, significance, aspects, similarity, moved,
        baseline, gone_seq, returns, copies, message, announced, metadata, language, aspects_known, before, after,
    ) = change  # fmt: skip
    statement: int | None = None
    before_side, after_side = _NO_SIDE, _NO_SIDE
    if len(before) <= 1 and len(after) <= 1:
        if before:
            statement, before_side = before[0].statement, before[0][1:]
        if after:
            statement, after_side = after[0].statement, after[0][1:]
    return (
        seq,
        position,
        id_,
        _LEVEL_NUMBERS[level],
        _KIND_NUMBERS[kind],
        document,
        path(own_path),
        None if path_before is None else path(path_before),
        None if cause is None else CAUSES.index(cause),
        group,
        significance is Significance.SUBSTANTIVE,
        aspects_to_bits(aspects) if aspects else 0,
        None if similarity is None else round(similarity * SIMILARITY),
        moved,
        baseline,
        gone_seq,
        message,
        returns,
        copies,
        announced,
        metadata,
        language,
        aspects_known,
        statement,
        *before_side,
        *after_side,
    )


def side_rows(seq: int, position: int, change: NewChange) -> Iterator[DatabaseRow]:
    """The sides of a change of several statements."""
    if len(change.before) <= 1 and len(change.after) <= 1:
        return
    for after, places in ((False, change.before), (True, change.after)):
        for part, place in enumerate(places):
            yield (seq, position, after, part, *place)


# --- and back -----------------------------------------------------------------------------------


def snapshot_of(row: DatabaseRow) -> Snapshot:
    """Of the SNAPSHOT_COLUMNS."""
    snapshot, source, taken_at, recorded_at, author, origin, seen_before = row
    return Snapshot(
        snapshot,
        path_from_text(source),
        time_from_text(taken_at),
        time_from_text(recorded_at),
        None if author is None else path_from_text(author),
        origin,
        None if seen_before is None else time_from_text(seen_before),
    )


def snapshot_time_of(snapshot: str, taken_at: str) -> SnapshotTime:
    return SnapshotTime(snapshot, time_from_text(taken_at))


def document_state_of(row: DatabaseRow) -> DocumentState:
    """Of the DOCUMENT_COLUMNS: what the fold knows of a document."""
    *head, members, blocks, first, last, notes, suspect = row
    number, id_, source, path, present, failed, blob, read_path, read_blob = head
    return DocumentState(
        number,
        id_,
        path_from_text(source),
        path_from_text(path),
        bool(present),
        blob,
        None if read_path is None else path_from_text(read_path),
        read_blob,
        members,
        blocks,
        first,
        last,
        bool(failed),
        notes_from_text(notes),
        suspect,
    )


def statement_state_of(row: DatabaseRow, text: Text, path: str | None) -> StatementState:
    """Of the STATEMENT_COLUMNS, with what it says and the path where it stood when it went."""
    number, id_, document, revision, _, present, first_seq, _, ordinal, gone_seq, returns, metadata = row
    return StatementState(
        number,
        id_,
        document,
        revision,
        text,
        bool(present),
        first_seq,
        path,
        ordinal,
        gone_seq,
        returns,
        bool(metadata),
    )
