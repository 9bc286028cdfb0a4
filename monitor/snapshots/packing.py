"""Keeping the number of packs small, so that reading stays fast: each snapshot writes one of its own.

Small packs are rolled up into one as soon as there are many, in such a way that each pack left is at least twice as
large as all smaller ones together: an object is written again only as often as the store doubles.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from monitor.errors import StoreError
from monitor.snapshots.git_objects import is_id
from monitor.snapshots.git_process import Start, run, store_errors
from monitor.snapshots.housekeeping import sync_folder

# Looking an object up costs a search in each pack; a few dozen go unnoticed beside the start of a process.
MANY = 40


def pack(start: Start, repository: Path, *, everything: bool = False) -> bool:
    """Roll up packs where there are many, or all of them; whether anything was done. The caller holds the lock.

    Every object is kept, reachable or not. The old packs go only when the new one is on the disk under its name.
    """
    folder = repository / "objects" / "pack"
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.pack")}
    chosen = list(sizes) if everything else smallest(sizes)
    if len(chosen) < 2:
        return False
    names = "".join(f"{name}\n" for name in chosen).encode()
    made = run(start, ["pack-objects", "-q", "--stdin-packs", "--delta-base-offset", str(folder / "pack")], names)
    name = made.decode("ascii", "replace").strip()
    if not is_id(name):
        raise StoreError("git pack-objects failed: it did not name the pack that it made")
    with store_errors("packing the snapshot repository"):
        sync_folder(folder)
        for old in chosen:
            if old != f"pack-{name}.pack":
                _remove(folder / old)
        sync_folder(folder)
    return True


def smallest(sizes: Mapping[str, int], many: int = MANY) -> list[str]:
    """Which packs to roll up: none up to `many`; then the smallest ones, until each left is twice all smaller ones."""
    if len(sizes) <= many:
        return []
    ascending = sorted(sizes, key=lambda name: (sizes[name], name))
    total = at = 0
    for place, name in enumerate(ascending):
        if sizes[name] < 2 * total:
            at = place
        total += sizes[name]
    return ascending[: at + 1]


def _remove(pack: Path) -> None:
    # Without its index git does not look at a pack: no reader finds half of one
    for suffix in (".idx", ".rev", ".pack"):
        with contextlib.suppress(FileNotFoundError):
            pack.with_suffix(suffix).unlink()
