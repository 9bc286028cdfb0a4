"""A watched folder, its store, and a clock that the test sets."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.runs.capture import Captured, Hold, capture
from monitor.stores.git import GitSnapshots
from monitor.stores.scancache import ScanCache
from monitor.stores.scanrules import Rules, Settling

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


@dataclass
class Place:
    """One watched folder and everything that belongs to it."""

    folder: Path
    state: Path
    store: GitSnapshots
    clock: Clock
    runs: int = 0

    def write(self, path: str | bytes, data: bytes = b"") -> Path:
        full = Path(os.fsdecode(os.path.join(os.fsencode(self.folder), os.fsencode(path))))
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(data)
        return full

    def run(
        self,
        *,
        settle: float = 0,
        taken_at: datetime | None = None,
        recorded_at: datetime | None = None,
        when: Hold | None = None,
        **rules: object,
    ) -> Captured:
        """One run; each is an hour after the one before."""
        self.runs += 1
        return capture(
            self.folder,
            self.store,
            ScanCache.load(self.state / "scan.cache"),
            recorded_at=recorded_at or START + timedelta(hours=self.runs),
            taken_at=taken_at,
            rules=Rules(**{"apart": [self.state], **rules}),  # type: ignore[arg-type]
            settling=Settling(settle, self.clock.now, self.clock.sleep),
            when=when,
        )

    def documents(self, snapshot: str | None = None) -> dict[str, bytes]:
        """What a snapshot gives back (the newest, unless one is named)."""
        wanted = snapshot or self.store.head()
        assert wanted is not None
        manifest = self.store.manifest(wanted)
        return {path: self.store.read(version.blob) for path, version in manifest.items()}
