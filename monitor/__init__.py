"""The monitor: which statements of a folder of documents changed, when, and how.

The small public door; the rooms behind it are private.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["Alignment", "Match", "SegmentedStatement", "align", "segment"]

if TYPE_CHECKING:
    from monitor.door import SegmentedStatement, align, segment
    from monitor.model import Alignment, Match


def __getattr__(name: str) -> object:
    # Loaded when first used: `monitor --help` must not pay for the aligner.
    if name in ("SegmentedStatement", "align", "segment"):
        from monitor import door

        return getattr(door, name)
    if name in ("Alignment", "Match"):
        from monitor import model

        return getattr(model, name)
    raise AttributeError(f"module 'monitor' has no attribute {name!r}")
