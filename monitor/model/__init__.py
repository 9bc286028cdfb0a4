"""The value types of the monitor.

Paths are relative to the watched folder and separated by `/`; bytes that are not UTF-8 are surrogate escapes
(`os.fsdecode`). Times are aware datetimes in UTC. The two sides of a comparison are always *before* and *after*.
"""

from __future__ import annotations

from monitor.model.changes import (
    RECORDED_KINDS,
    REPORT_FORMATS,
    Action,
    Aspect,
    BaselineCount,
    Blame,
    Change,
    ChangeFilter,
    ChangeKind,
    Classification,
    Counts,
    Document,
    DocumentSection,
    Edit,
    EditOp,
    Level,
    Report,
    Revision,
    SearchHit,
    Side,
    Significance,
    SnapshotTime,
    StatementHistory,
)
from monitor.model.snapshots import Failure, FileVersion, PathAndBlob, PathChange, Run, Snapshot, SnapshotDelta
from monitor.model.text import Alignment, Block, BlockKind, CutBlock, Extraction, Link, Match, Span, Statement, Wording

__all__ = [
    "RECORDED_KINDS",
    "REPORT_FORMATS",
    "Action",
    "Alignment",
    "Aspect",
    "BaselineCount",
    "Blame",
    "Block",
    "BlockKind",
    "Change",
    "ChangeFilter",
    "ChangeKind",
    "Classification",
    "Counts",
    "CutBlock",
    "Document",
    "DocumentSection",
    "Edit",
    "EditOp",
    "Extraction",
    "Failure",
    "FileVersion",
    "Level",
    "Link",
    "Match",
    "PathAndBlob",
    "PathChange",
    "Report",
    "Revision",
    "Run",
    "SearchHit",
    "Side",
    "Significance",
    "Snapshot",
    "SnapshotDelta",
    "SnapshotTime",
    "Span",
    "Statement",
    "StatementHistory",
    "Wording",
]
