"""The doors between the rooms, as protocols: what `runs` needs of stores, extractors, reports, notifiers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from monitor.model import (
    Blame,
    Change,
    ChangeFilter,
    Counts,
    Document,
    Extraction,
    Failure,
    FileVersion,
    Found,
    Life,
    Report,
    Snapshot,
    SnapshotDelta,
)


class Extractor(Protocol):
    """One format: bytes -> blocks. A change of what it gives out must raise `version`."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def suffixes(self) -> frozenset[str]:
        """Lower case, with the dot."""

    def extract(self, data: bytes) -> Extraction:
        """The blocks of one document; raises ExtractError where the bytes are not of the format."""


class SnapshotStore(Protocol):
    """The bytes seen, when, from where. Every object that is read is checked against its id."""

    def sources(self) -> Sequence[str]:
        """`""` (the watched folder) and the names of imports, sorted."""

    def snapshots(self, source: str) -> Sequence[Snapshot]:
        """All snapshots of a source, oldest first."""

    def deltas(self, source: str, after: str | None = None) -> Iterator[SnapshotDelta]:
        """What each snapshot changed, oldest first, beginning behind snapshot `after`; streamed."""

    def manifest(self, snapshot: str) -> Mapping[str, FileVersion]:
        """Every path of a snapshot."""

    def read(self, blob: str) -> bytes:
        """The exact bytes; StoreError where the object is missing or damaged."""

    def read_many(self, blobs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The same for many, in their order, streamed."""


class LedgerQueries(Protocol):
    """What can be asked of the ledger. Paths name documents by their present or latest path."""

    def snapshots(self) -> Sequence[Snapshot]:
        """Every folded snapshot, in the order of the fold (oldest first)."""

    def changes(self, wanted: ChangeFilter) -> Iterator[Change]:
        """Newest snapshot first; within one by document, then ordinal. Edits are filled in."""

    def change(self, prefix: str) -> Change | None:
        """The change with this id or unique prefix; UsageError where the prefix is ambiguous."""

    def life(self, prefix: str) -> Life | None:
        """The statement with this id, alias or unique prefix."""

    def documents(self) -> Sequence[Document]:
        """Every document ever seen, by path."""

    def document(self, path: str) -> Document | None:
        """The document that has this path now, or had it last; a past path is found too."""

    def blame(self, document_id: str, at: str | None = None) -> Sequence[Blame]:
        """The statements of a document as of snapshot `at` (None: now), in document order."""

    def blob_at(self, document_id: str, at: str) -> tuple[str, str] | None:
        """(path, blob id) of a document as of snapshot `at`; None where it was not there."""

    def search(self, words: str, limit: int) -> Sequence[Found]:
        """Statements, present or past, that hold all the words."""

    def failures(self) -> Sequence[Failure]:
        """The present documents whose newest version could not be read, and why, by path."""

    def counts(self) -> Counts:
        """How much there is."""


class Renderer(Protocol):
    """A report as text of one format."""

    def __call__(self, report: Report) -> str: ...


class Notifier(Protocol):
    """One channel that a report can be sent to."""

    def send(self, report: Report, at: datetime) -> None: ...
