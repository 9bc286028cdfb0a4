"""What is known of the watched folder when the scan cache does not belong to the last snapshot.

The snapshot's own manifest says which bytes stand where; rows of the cache are taken over where they speak of the same
bytes, so that the files need not be read again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from monitor.model import FileVersion
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan_cache import DOCUMENT, EXECUTABLE, ROW, FolderRecord, ScanCache

_UNKNOWN = bytes(ROW)


def records_of(store: GitSnapshots, head: str | None, cache: ScanCache) -> dict[str, FolderRecord]:
    """A record for each folder of the snapshot `head`; none where there is no snapshot."""
    if head is None:
        return {}
    folders: dict[str, dict[str, FileVersion]] = {}
    for path, version in store.manifest(head).items():
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, {})[name] = version
    standing = store.standing(head)
    return {
        folder: _record(folders.get(folder, {}), cache.folders.get(folder, FolderRecord()), standing.get(folder, b""))
        for folder in folders.keys() | standing.keys()
    }


def _record(files: Mapping[str, FileVersion], cached: FolderRecord, standing: bytes) -> FolderRecord:
    places = {name: at for at, name in enumerate(cached.files())}
    rows = []
    for name, version in files.items():
        at = places.get(name)
        same = at is not None and cached.id(at).hex() == version.blob and len(cached.row(at)) == ROW
        rows.append(cached.row(at) if at is not None and same else _UNKNOWN)
    return FolderRecord(
        names=os.fsencode("\0".join(files)),
        rows=b"".join(rows),
        ids=bytes.fromhex("".join(version.blob for version in files.values())),
        kinds=bytes(EXECUTABLE if version.executable else DOCUMENT for version in files.values()),
        standing=standing,
    )
