"""A watched folder, its store, and a clock that the test sets."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.app.capture import CaptureResult, DeletionGuard, capture
from monitor.snapshots.files import SettleOptions
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan_cache import ScanCache
from monitor.snapshots.selection import ScanRules
from tests.support.workspace import Workspace

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class Clock:
    """Nanoseconds that a test moves on; `sleep` moves them too, and tells what it was asked."""

    ahead: int = 60_000_000_000  # of the real clock: what the test has just written is long settled
    slept: list[float] = field(default_factory=list)

    def now(self) -> int:
        return time.time_ns() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.ahead += int(seconds * 1e9) + 1_000_000


class CaptureWorkspace(Workspace):
    """A workspace whose snapshots are taken without a ledger, by a clock that the test sets."""

    def __init__(
        self, root: Path, store: GitSnapshots, clock: Clock, *, captures: int = 0, snapshots: Path | None = None
    ) -> None:
        super().__init__(root)
        self.snapshots = snapshots or self.snapshots
        self.store = store
        self.clock = clock
        self.captures = captures

    def capture(
        self,
        *,
        settle: float = 0,
        taken_at: datetime | None = None,
        recorded_at: datetime | None = None,
        when: DeletionGuard | None = None,
        **rules: Any,
    ) -> CaptureResult:
        """One capture; each is an hour after the one before."""
        self.captures += 1
        return capture(
            self.seeds,
            self.store,
            ScanCache.load(self.snapshots / "scan.cache"),
            recorded_at=recorded_at or START + timedelta(hours=self.captures),
            taken_at=taken_at,
            scan_rules=ScanRules(**{"apart": [self.snapshots], **rules}),
            settle_options=SettleOptions(settle, self.clock.now, self.clock.sleep),
            when=when,
        )

    def documents(self, snapshot: str | None = None) -> dict[str, bytes]:
        """What a snapshot gives back (the newest, unless one is named)."""
        wanted = snapshot or self.store.head()
        assert wanted is not None
        manifest = self.store.manifest(wanted)
        return {path: self.store.read(version.blob) for path, version in manifest.items()}
