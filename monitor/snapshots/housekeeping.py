"""Making the snapshot repository whole or not at all, and clearing what a crash left in it.

Both only by the holder of the store's lock: no git process of ours is at work then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from monitor.errors import StoreError

_NEW = ".new"


def create(repository: Path, init: Callable[[Path], object]) -> None:
    """Make it beside its place, sync it, and put it there by one rename: nobody ever sees half of it."""
    import shutil

    place = repository.with_name(repository.name + _NEW)
    shutil.rmtree(place, ignore_errors=True)
    repository.parent.mkdir(parents=True, exist_ok=True)
    init(place)
    (place / "objects" / "pack").mkdir(exist_ok=True)
    for folder, _, files in os.walk(place):
        for name in (*files, "."):
            _sync(Path(folder, name))
    place.rename(repository)
    _sync(repository.parent)


def tidy(repository: Path) -> None:
    """Remove lock and temporary files that killed git processes left; StoreError where this is no repository."""
    if not (repository / "HEAD").is_file() or not (repository / "objects").is_dir():
        raise StoreError(f"{repository} is not a whole git repository: move it aside, or restore it from a backup")
    for path in _leftovers(repository):
        path.unlink(missing_ok=True)


def _leftovers(repository: Path) -> Iterator[Path]:
    yield from repository.glob("*.lock")
    yield from repository.glob("fast_import_crash_*")
    yield from (repository / "refs").rglob("*.lock")
    yield from (repository / "objects" / "pack").glob("tmp_*")
    yield from (repository / "objects" / "pack").glob(".tmp-*")
    # fast-import's, while it writes: one that stays keeps the same pack from being written again
    yield from (repository / "objects" / "pack").glob("*.keep")
    yield from (repository / "objects" / "info").glob("*.lock")
    yield repository / "refs" / "monitor" / "pending"


def sync_folder(folder: Path) -> None:
    """See to it that the names in a folder are on the disk."""
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
