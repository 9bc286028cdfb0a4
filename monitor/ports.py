"""What several classes implement, as protocols: readers of a format, and stores of snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from monitor.model import Extraction, FileVersion, Snapshot, SnapshotDelta


class Reader(Protocol):
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
