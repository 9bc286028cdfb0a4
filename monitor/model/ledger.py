"""What the fold reads from the ledger and writes to it, one value for each row.

Documents and statements have a *number* here, in the order of the fold; it never leaves the ledger. Users and other
programs see the deterministic ids. Values are named tuples, which are fastest to create.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from monitor.model import Aspect, BlockKind, ChangeKind, Level, Significance, Snapshot


class DocumentState(NamedTuple):
    """A document as the ledger last knew it.

    `blob` is its newest bytes; `read_path` and `read_blob` are the newest version whose statements
    could be read, and `members` the numbers of those statements, in order. An absent document keeps
    what it had when it went.
    """

    number: int
    id: str
    source: str
    path: str
    present: bool
    blob: str | None
    read_path: str | None
    read_blob: str | None
    members: tuple[int, ...]
    first_seq: int
    last_seq: int
    failed: bool = False  # its newest version could not be read
    vanished_at: datetime | None = None


class StatementState(NamedTuple):
    """A statement as the ledger last knew it; `path` and `ordinal` tell where it stood when it went."""

    number: int
    id: str
    document: int
    revision: int
    key: int
    present: bool
    text: str
    links: tuple[str, ...] = ()
    path: str | None = None
    ordinal: int | None = None
    vanished_at: datetime | None = None
    first_seq: int = 0
    signature: tuple[int, int, int] | None = None  # MinHash, see `core/tracking/restored.py`
    returns: int = 0  # how often it came back after an absence
    text_row: int = 0  # of its newest revision, see `NewRevision`


class DocumentVersion(NamedTuple):
    """One document in one snapshot, where anything about it differs from the snapshot before.

    `members` is None where no statements could be read. `notes` are the reader's, see `Extraction`.
    """

    document: int
    path: str
    blob: str | None
    present: bool
    members: tuple[int, ...] | None
    notes: tuple[str, ...] = ()


class NewRevision(NamedTuple):
    """A numbered state of a statement that this snapshot brings.

    The ledger counts the rows of all revisions: the first of a fold has the number that its counters say was free.
    """

    statement: int
    number: int
    key: int
    text: str
    links: tuple[str, ...]
    kind: BlockKind = BlockKind.PARAGRAPH  # when it came: a later change of the mark-up alone is no revision
    level: int = 0


class StatementRef(NamedTuple):
    """A side of a change: which statement, in which revision, where; and the revision's row, with what it says."""

    statement: int
    revision: int
    ordinal: int
    text_row: int
    text: str
    links: tuple[str, ...] = ()


class NewChange(NamedTuple):
    """A change as the ledger keeps it; texts and edits follow from the revisions that it names."""

    id: str
    level: Level
    kind: ChangeKind
    document: int | None
    path: str
    path_before: str | None
    cause: str | None = None
    group: str | None = None
    significance: Significance = Significance.SUBSTANTIVE
    aspects: tuple[Aspect, ...] = ()
    similarity: float | None = None
    moved: bool = False
    baseline: bool = False
    absent_since: datetime | None = None
    returns: int | None = None  # of a restoration: how often the statement has come back by now
    copies: int = 0  # how many statements of other documents hold the text before still
    message: str | None = None
    before: tuple[StatementRef, ...] = ()
    after: tuple[StatementRef, ...] = ()


class Counters(NamedTuple):
    """The next free numbers: part of the ledger's state, so that a rebuild counts alike."""

    seq: int = 1
    document: int = 1
    statement: int = 1
    revision: int = 1


class SnapshotFold(NamedTuple):
    """One snapshot taken into the ledger: everything that is written, and nothing else."""

    seq: int
    snapshot: Snapshot
    tie: int  # how many snapshots of the same source and second precede it
    document_states: tuple[DocumentState, ...]
    versions: tuple[DocumentVersion, ...]
    statements: tuple[StatementState, ...]  # new and updated ones
    revisions: tuple[NewRevision, ...]
    changes: tuple[NewChange, ...]
    counters: Counters  # as they stand after this fold
