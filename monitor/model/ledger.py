"""What the fold reads from the ledger and writes to it, one value for each row.

Documents and statements have a *number* here, in the order of the fold; it never leaves the ledger. Users and other
programs see the deterministic ids. Values are named tuples, which are fastest to create.
"""

from __future__ import annotations

from typing import NamedTuple

from monitor.model import Aspect, BlockKind, ChangeKind, Level, Significance


class Text:
    """A distinct text with its links, and what is derived of it; `id` is its number in the ledger, 0 where it has none.

    Equal texts that are known at one time are the very same value.
    """

    __slots__ = ("id", "key", "links", "normalized", "signature", "text", "words")

    def __init__(
        self,
        text: str,
        links: tuple[str, ...],
        normalized: str,
        key: int,
        signature: tuple[int, int, int] | None,
        id: int = 0,  # noqa: A002 - what it is called in the ledger
    ) -> None:
        self.id = id
        self.text = text
        self.links = links
        self.normalized = normalized
        self.key = key  # 60 bits that texts share whose normalised forms are equal
        self.signature = signature  # MinHash, see `core/tracking/texts.py`
        self.words = normalized.count(" ") + 1 if normalized else 0


class DocumentState(NamedTuple):
    """A document as the ledger last knew it.

    `blob` is its newest bytes; `read_path` and `read_blob` are the newest version whose statements could be read.
    `members` are the numbers of those statements and `blocks` those of its blocks, in order, as runs that
    `core/tracking/runs.py` packs. An absent document keeps what it had when it went, in the fold `last_seq`.
    """

    number: int
    id: str
    source: str
    path: str
    present: bool
    blob: str | None
    read_path: str | None
    read_blob: str | None
    members: str
    blocks: str
    first_seq: int
    last_seq: int
    failed: bool = False  # its newest version could not be read
    notes: tuple[str, ...] = ()  # the reader's, of its newest version
    suspect: str | None = None  # since a suspect version: the statements of the version before it, packed


class StatementState(NamedTuple):
    """A statement as the ledger last knew it; `path`, `ordinal` and `gone_seq` tell where it stood when it went."""

    number: int
    id: str
    document: int
    revision: int
    text: Text
    present: bool
    first_seq: int
    path: str | None = None
    ordinal: int | None = None
    gone_seq: int | None = None
    returns: int = 0  # how often it came back after an absence
    metadata: bool = False  # a line of front matter


class DocumentVersion(NamedTuple):
    """One document in one snapshot, where anything about it differs from the snapshot before.

    `members` and `blocks` are None where no statements could be read. `notes` are the reader's, see `Extraction`.
    """

    document: int
    path: str
    blob: str | None
    present: bool
    members: str | None
    blocks: str | None
    language: str | None = None
    notes: tuple[str, ...] = ()


class NewRevision(NamedTuple):
    """A numbered state of a statement that this snapshot brings."""

    statement: int
    number: int
    text: int
    kind: BlockKind = BlockKind.PARAGRAPH  # when it came: a later change of the mark-up alone is no revision
    level: int = 0


class StatementRef(NamedTuple):
    """A side of a change: which statement, in which revision, where, and what it says."""

    statement: int
    revision: int
    ordinal: int
    text: int


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
    gone_seq: int | None = None  # of a restoration: the fold in which it went
    returns: int | None = None  # of a restoration: how often the statement has come back by now
    copies: int = 0  # how many statements of other documents hold the text before still
    message: str | None = None
    announced: bool | None = None
    metadata: bool = False
    language: str | None = None  # of the texts on both sides
    aspects_known: bool | None = None  # None of a document as a whole
    before: tuple[StatementRef, ...] = ()
    after: tuple[StatementRef, ...] = ()


class Counters(NamedTuple):
    """The next free numbers: part of the ledger's state, so that a rebuild counts alike."""

    seq: int = 1
    document: int = 1
    statement: int = 1
    text: int = 1
    block: int = 1
    path: int = 1


class FoldRows(NamedTuple):
    """What some documents of one snapshot bring to the ledger, without their changes."""

    document_states: tuple[DocumentState, ...]
    versions: tuple[DocumentVersion, ...]
    statements: tuple[StatementState, ...]  # new and updated ones
    revisions: tuple[NewRevision, ...]
