"""Look at a folder and record what is new, without a ledger: `capture_alone.py FOLDER SNAPSHOTS`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from monitor.app.capture import capture
from monitor.app.monitor import HISTORY, SCAN_CACHE
from monitor.snapshots.files import SettleOptions
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan_cache import ScanCache
from monitor.snapshots.selection import ScanRules


def main(folder: Path, snapshots: Path) -> None:
    with GitSnapshots(snapshots / HISTORY) as store:
        cache = ScanCache.load(snapshots / SCAN_CACHE)
        capture(
            folder, store, cache, recorded_at=datetime.now(UTC), scan_rules=ScanRules(), settle_options=SettleOptions(2)
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
