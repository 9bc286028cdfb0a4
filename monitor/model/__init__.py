"""Every noun of the monitor, as frozen values.

Paths are relative to the watched folder, separated by `/`; bytes that are not UTF-8 stand in them as surrogate escapes
(`os.fsdecode`). Times are aware datetimes in UTC. The two sides of a comparison are always *before* and *after*.

A file is loaded when the first of its nouns is asked for: making a frozen class takes time, and a run that finds
nothing new, which is most runs, needs few of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.model.answered import Blame, Document, Found, Life, Moment, Revision
    from monitor.model.asked import BaselineCount, ChangeFilter, Counts, DocumentSection, Report
    from monitor.model.happened import (
        Aspect,
        Change,
        ChangeKind,
        Classification,
        Edit,
        EditOp,
        Level,
        Side,
        Significance,
    )
    from monitor.model.said import Alignment, Block, BlockKind, Extraction, Link, Match, Span, Statement
    from monitor.model.seen import Failure, FileVersion, PathChange, Run, Snapshot, SnapshotDelta

__all__ = [
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
    "Document",
    "DocumentSection",
    "Edit",
    "EditOp",
    "Extraction",
    "Failure",
    "FileVersion",
    "Found",
    "Level",
    "Life",
    "Link",
    "Match",
    "Moment",
    "PathChange",
    "Report",
    "Revision",
    "Run",
    "Side",
    "Significance",
    "Snapshot",
    "SnapshotDelta",
    "Span",
    "Statement",
]

_FILES = {
    "asked": ("BaselineCount", "ChangeFilter", "Counts", "DocumentSection", "Report"),
    "answered": ("Blame", "Document", "Found", "Life", "Moment", "Revision"),
    "happened": (
        "Aspect",
        "Change",
        "ChangeKind",
        "Classification",
        "Edit",
        "EditOp",
        "Level",
        "Side",
        "Significance",
    ),
    "said": ("Alignment", "Block", "BlockKind", "Extraction", "Link", "Match", "Span", "Statement"),
    "seen": ("Failure", "FileVersion", "PathChange", "Run", "Snapshot", "SnapshotDelta"),
}
_HOMES = {name: file for file, names in _FILES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'monitor.model' has no attribute {name!r}")
    value: object = getattr(import_module(f"monitor.model.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
