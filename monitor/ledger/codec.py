"""Convert the values of the ledger into rows and back.

Columns hold plain text and numbers that both databases treat alike. Times are ISO 8601 text in UTC with a fixed width,
which sorts correctly. A row is a tuple in the order of its columns, which are listed here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from monitor.errors import StoreError
from monitor.ledger.database import DatabaseRow
from monitor.model import Aspect, BlockKind, Level, Significance, Snapshot, SnapshotTime
from monitor.model.ledger import Counters, DocumentState, DocumentVersion, NewChange, SnapshotFold, StatementState

LEVELS = list(Level)
BLOCK_KINDS = list(BlockKind)

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ASPECTS = list(Aspect)


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


def counters_to_text(counters: Counters) -> str:
    return _to_json(counters._asdict())


def counters_from_text(packed: str | None) -> Counters:
    """Of a ledger that was never written, the first numbers. StoreError where they cannot be read."""
    try:
        return Counters(**json.loads(packed)) if packed else Counters()
    except (ValueError, TypeError):
        raise StoreError("the ledger's counters cannot be read; `monitor rebuild` repairs it") from None


def aspect_bit(aspect: Aspect) -> int:
    """Bit n stands for the n-th aspect of the enum."""
    return 1 << _ASPECTS.index(aspect)


def aspects_to_bits(aspects: Iterable[Aspect]) -> int:
    return sum(map(aspect_bit, aspects))


@lru_cache(4096)
def aspects_from_bits(bits: int) -> tuple[Aspect, ...]:
    return tuple(aspect for at, aspect in enumerate(_ASPECTS) if bits >> at & 1) if bits else ()


def pack_members(numbers: Iterable[int]) -> bytes:
    """The statements of a version as runs of consecutive numbers: `7-9,3` for 7, 8, 9, 3.

    Neighbours were mostly born together, so a version of a thousand statements takes tens of bytes.
    """
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in _runs(numbers)).encode()


def unpack_members(packed: bytes) -> tuple[int, ...]:
    """What `pack_members` was given, in its order."""
    numbers: list[int] = []
    for run in packed.decode().split(",") if packed else ():
        first, _, last = run.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return tuple(numbers)


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = -1
    for number in numbers:
        if number == last + 1 and first >= 0:
            last = number
            continue
        if first >= 0:
            yield first, last
        first = last = number
    if first >= 0:
        yield first, last


# --- rows of the tables -------------------------------------------------------------------------

SNAPSHOT_COLUMNS = ("snapshot", "source", "taken_at", "recorded_at", "author", "origin")
FOLD_COLUMNS = ("seq", *SNAPSHOT_COLUMNS, "tie")
DOCUMENT_COLUMNS = (
    *("number", "id", "source", "path", "present", "failed", "blob", "read_path", "read_blob", "members"),
    *("first_seq", "last_seq", "gone_at"),
)
VERSION_COLUMNS = ("document", "seq", "path", "blob", "present", "members", "notes")
STATEMENT_COLUMNS = (
    *("number", "id", "document", "revision", "key", "present", "first_seq", "path", "ordinal", "gone_at"),
    *("returns", "text_row", "sketch1", "sketch2", "sketch3"),
)
REVISION_COLUMNS = ("id", "statement", "number", "seq", "text", "links", "kind", "depth")
CHANGE_COLUMNS = (
    *("seq", "position", "id", "level", "kind", "document", "path", "path_before", "cause", "group", "substantive"),
    *("aspects", "similarity", "moved", "baseline", "absent_since", "message", "returns", "copies"),
    *("statement", "statement_id", "before_number", "before_ordinal", "before_row", "before_text", "before_links"),
    *("after_number", "after_ordinal", "after_row"),
)
SIDE_COLUMNS = ("seq", "position", "after", "part", "statement", "revision", "ordinal", "text_row")
_NO_SIDES: DatabaseRow = (None,) * 10


def fold_row(fold: SnapshotFold) -> DatabaseRow:
    snapshot = fold.snapshot
    return (
        fold.seq,
        snapshot.id,
        path_to_text(snapshot.source),
        time_to_text(snapshot.taken_at),
        time_to_text(snapshot.recorded_at),
        None if snapshot.author is None else path_to_text(snapshot.author),
        snapshot.origin,
        fold.tie,
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
        pack_members(document.members),
        document.first_seq,
        document.last_seq,
        None if document.vanished_at is None else time_to_text(document.vanished_at),
    )


def version_row(seq: int, version: DocumentVersion) -> DatabaseRow:
    members = None if version.members is None else pack_members(version.members)
    notes = notes_to_text(version.notes)
    return version.document, seq, path_to_text(version.path), version.blob, version.present, members, notes


def notes_to_text(notes: Sequence[str]) -> str | None:
    """A reader's notes, one a line; None where there are none, as of nearly every version."""
    return "\n".join(" ".join(note.split()) for note in notes) or None


def notes_from_text(text: str | None) -> tuple[str, ...]:
    """What `notes_to_text` was given."""
    return tuple(text.split("\n")) if text else ()


def statement_row(known: StatementState) -> DatabaseRow:
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
        None if known.vanished_at is None else time_to_text(known.vanished_at),
        known.returns,
        known.text_row,
        *(known.signature or (None, None, None)),
    )


def revision_rows(fold: SnapshotFold) -> Iterator[DatabaseRow]:
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


def change_row(seq: int, at: int, change: NewChange, known: Mapping[int, StatementState]) -> DatabaseRow:
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
        None if change.absent_since is None else time_to_text(change.absent_since),
        change.message,
        change.returns,
        change.copies,
        *_own_sides(change, known),
    )


def _own_sides(change: NewChange, known: Mapping[int, StatementState]) -> DatabaseRow:
    """The sides of a change of one statement, which stand in its own row."""
    places = (*change.before, *change.after)
    if not places or _is_of_several(change):
        return _NO_SIDES
    statement = places[0].statement
    before: DatabaseRow = (None,) * 5
    if change.before:
        _, *where, text, links = change.before[0]
        before = (*where, text, links_to_text(links))
    after = change.after[0][1:4] if change.after else (None,) * 3
    return (statement, known[statement].id, *before, *after)


def _is_of_several(change: NewChange) -> bool:
    return len(change.before) > 1 or len(change.after) > 1


def side_rows(seq: int, at: int, change: NewChange) -> Iterator[DatabaseRow]:
    """The sides of a change of several statements."""
    if not _is_of_several(change):
        return
    for after, places in ((False, change.before), (True, change.after)):
        for part, place in enumerate(places):
            yield (seq, -at, after, part, *place[:4])


# --- and back -----------------------------------------------------------------------------------


def snapshot_of(row: DatabaseRow) -> Snapshot:
    """Of the SNAPSHOT_COLUMNS."""
    snapshot, source, taken_at, recorded_at, author, origin = row
    return Snapshot(
        snapshot,
        path_from_text(source),
        time_from_text(taken_at),
        time_from_text(recorded_at),
        None if author is None else path_from_text(author),
        origin,
    )


def snapshot_time_of(snapshot: str, taken_at: str) -> SnapshotTime:
    return SnapshotTime(snapshot, time_from_text(taken_at))


def document_state_of(row: DatabaseRow) -> DocumentState:
    """Of the DOCUMENT_COLUMNS: what the fold knows of a document."""
    (
        number,
        id_,
        source,
        path,
        present,
        failed,
        blob,
        read_path,
        read_blob,
        members,
        first_seq,
        last_seq,
        vanished_at,
    ) = row
    return DocumentState(
        number,
        id_,
        path_from_text(source),
        path_from_text(path),
        bool(present),
        blob,
        None if read_path is None else path_from_text(read_path),
        read_blob,
        unpack_members(members),
        first_seq,
        last_seq,
        bool(failed),
        None if vanished_at is None else time_from_text(vanished_at),
    )


def statement_state_of(row: DatabaseRow) -> StatementState:
    """Of the STATEMENT_COLUMNS with the text and the links of the newest revision behind them."""
    number, id_, document, revision, key, present, first_seq, path, ordinal, vanished_at, returns, text_row, *rest = row
    *signature, text, links = rest
    return StatementState(
        number,
        id_,
        document,
        revision,
        key,
        bool(present),
        text,
        links_from_text(links),
        None if path is None else path_from_text(path),
        ordinal,
        None if vanished_at is None else time_from_text(vanished_at),
        first_seq,
        None if signature[0] is None else (signature[0], signature[1], signature[2]),
        returns,
        text_row,
    )
