"""Snapshots, their files and failures, and runs.

Every run imports this module: named tuples are defined in a tenth of the time of dataclasses.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

PathAndBlob = tuple[str, str]  # the path and blob id of a document


class Snapshot(NamedTuple):
    """A whole source at one moment: the watched folder (source ``""``) or an imported history."""

    id: str
    source: str
    taken_at: datetime
    recorded_at: datetime
    author: str | None = None
    origin: str | None = None  # the commit it was imported from
    seen_before: datetime | None = None  # the last look at the state before, where it was later than its snapshot


class FileVersion(NamedTuple):
    """One file of a snapshot: the git id of its exact bytes."""

    blob: str
    executable: bool = False


class PathChange(NamedTuple):
    """One path whose bytes differ between two neighbouring snapshots of a source; None is absent."""

    path: str
    before: str | None
    after: str | None


class Failure(NamedTuple):
    """A document that could not be captured or extracted, and why, in one line."""

    path: str
    reason: str


class NotRead(NamedTuple):
    """A present document that is kept but gave no statement, or `partly` some but not all of its text, and why."""

    path: str
    reason: str
    partly: bool = False


class Tombstone(NamedTuple):
    """What stays of a document that was removed by request: when (ISO 8601, UTC), by whom, why, hashes of the bytes.

    `all`: whether these `versions` were all that it had. `ids` are those of its changes and statements that went.
    """

    document: str
    document_id: str
    at: str
    by: str
    reason: str
    blobs: tuple[str, ...] = ()
    versions: int = 0
    all: bool = True
    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """In one line."""
        count = "all" if self.all else f"{self.versions:,}"
        versions = "version" if count == "1" else "versions"
        return (
            f"{self.document}: {count} {versions} removed by request on {self.at[:10]} by {self.by}: {self.reason}"
            " (`monitor forget`)"
        )


class SnapshotDelta(NamedTuple):
    """What one snapshot changed against its predecessor in the same source.

    `failures` are the capture failures that are new with this snapshot (a standing one is not
    repeated); their paths carry the predecessor's bytes. `unwatched` are documents that are absent from this snapshot
    on because the configuration leaves them out; `released` those that it takes in again, and that are gone meanwhile.
    """

    snapshot: Snapshot
    changes: tuple[PathChange, ...]
    failures: tuple[Failure, ...] = ()
    unwatched: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()


class Run(NamedTuple):
    """One run, as `runs.jsonl` keeps it and the schedule and `status` show it.

    `failures` and `skipped` are all current ones; `not_read` are those documents that were found not to be read, or
    not wholly, by this run for the first time.
    """

    started_at: datetime
    finished_at: datetime
    outcome: Literal["recorded", "unchanged", "failed", "held", "missed"]
    snapshot: str | None = None
    taken_at: datetime | None = None
    changes: int = 0
    failures: tuple[Failure, ...] = ()
    skipped: tuple[Failure, ...] = ()
    message: str | None = None
    not_read: tuple[Failure, ...] = ()
    held: tuple[Failure, ...] = ()  # of several folders, those that are held while the others were recorded
    baseline: tuple[tuple[str, int], ...] = ()  # of a first snapshot: its documents, and how many statements each holds


IGNORED = (
    *(".*", "~$*", "*~", "#*#", "*.tmp", "*.part", "*.crdownload", "*.swp"),
    *("Thumbs.db", "desktop.ini", "@eaDir/", "lost+found/", "System Volume Information/", "$RECYCLE.BIN/"),
    *(".git/", ".svn/", ".hg/", "CVS/", ".stfolder/", ".stversions/", "__MACOSX/"),
)
"""The built-in list: what editors, Office, browsers, sync programs, systems and version control leave in a folder."""

CONFLICTS = ("* (*conflicted copy*", "*.sync-conflict-*")
"""The copies that a sync program makes of a file that was edited in two places."""
