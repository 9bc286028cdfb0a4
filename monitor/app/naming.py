"""What a document is called: its path, below its source's name where it is an import's."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.model import FileVersion, Snapshot
from monitor.ports import SnapshotStore


def named(source: str, path: str) -> str:
    """The name of the document at a path of a source; the watched folder's have no name before them."""
    return f"{source}/{path}" if source else path


def documents_at(store: SnapshotStore, snapshot: Snapshot) -> Mapping[str, FileVersion]:
    """Every document of a snapshot, by its name."""
    manifest = store.manifest(snapshot.id)
    return (
        {named(snapshot.source, path): version for path, version in manifest.items()} if snapshot.source else manifest
    )
