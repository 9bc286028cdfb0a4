"""A snapshot store in memory: the laws of the fold are tested over it, and over git's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha1

from monitor.errors import StoreError
from monitor.model import Failure, FileVersion, PathChange, Snapshot, SnapshotDelta


def blob_id(data: bytes) -> str:
    """git's id of these bytes."""
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


class MemorySnapshots:
    """Implements `ports.SnapshotStore`."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}
        self._deltas: dict[str, list[SnapshotDelta]] = {"": []}
        self._manifests: dict[str, dict[str, FileVersion]] = {}

    def add(
        self,
        documents: Mapping[str, bytes],
        taken_at: datetime,
        source: str = "",
        failures: Sequence[Failure] = (),
        recorded_at: datetime | None = None,
    ) -> Snapshot:
        """One more snapshot of a source: all its documents as they are now."""
        deltas = self._deltas.setdefault(source, [])
        last = self._manifests[deltas[-1].snapshot.id] if deltas else {}
        now = {path: FileVersion(blob_id(data)) for path, data in documents.items()}
        self._blobs |= {blob_id(data): data for data in documents.values()}
        changes = tuple(
            PathChange(path, last[path].blob if path in last else None, now[path].blob if path in now else None)
            for path in sorted(last.keys() | now.keys())
            if last.get(path) != now.get(path)
        )
        name = sha1(f"{source} {len(deltas)} {taken_at} {changes}".encode(), usedforsecurity=False).hexdigest()
        snapshot = Snapshot(name, source, taken_at, recorded_at or taken_at)
        self._manifests[snapshot.id] = now
        deltas.append(SnapshotDelta(snapshot, changes, tuple(failures)))
        return snapshot

    def sources(self) -> Sequence[str]:
        return sorted(self._deltas)

    def snapshots(self, source: str) -> Sequence[Snapshot]:
        return [delta.snapshot for delta in self._deltas[source]]

    def deltas(self, source: str, after: str | None = None) -> Iterator[SnapshotDelta]:
        seen = after is None
        for delta in self._deltas[source]:
            if seen:
                yield delta
            seen = seen or delta.snapshot.id == after

    def manifest(self, snapshot: str) -> Mapping[str, FileVersion]:
        return self._manifests[snapshot]

    def read(self, blob: str) -> bytes:
        try:
            return self._blobs[blob]
        except KeyError:
            raise StoreError(f"object {blob} is missing") from None

    def read_many(self, blobs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        for blob in blobs:
            yield blob, self.read(blob)
