"""Which statements of a folder of documents changed, when, and how.

`monitor.open` gives the record of a folder; `monitor.align` and `monitor.segment` work on texts. Everything that is not
in `__all__` is private.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from os import PathLike
from typing import TYPE_CHECKING

from monitor.errors import MonitorError, StoreError, UsageError
from monitor.model.text import Alignment, BlockKind, Match, Statement

if TYPE_CHECKING:
    from monitor.api.store import Store
    from monitor.api.values import Change, Changes, Comparison, Document, Side
    from monitor.api.values import DocumentVersion as Version

__version__ = "1.0.0"
__all__ = [
    "Alignment",
    "Change",
    "Changes",
    "Comparison",
    "Document",
    "Match",
    "MonitorError",
    "SegmentedStatement",
    "Side",
    "Store",
    "StoreError",
    "UsageError",
    "Version",
    "align",
    "open",
    "segment",
]


@dataclass(frozen=True, slots=True)
class SegmentedStatement:
    """A statement and the half-open range of the given text that it covers."""

    text: str
    start: int
    end: int
    kind: BlockKind
    level: int
    links: tuple[str, ...]


def open(path: str | PathLike[str] = ".", *, config: str | PathLike[str] | None = None) -> Store:  # noqa: A001
    """The record of a folder, to read; `config` is a configuration file.

    UsageError where nothing is recorded there. Nothing is made or changed.
    """
    store: Store = import_module("monitor.api.store").Store(path, config)
    return store


def __getattr__(name: str) -> object:
    """The types of what `open` gives, imported when they are first named: every command imports this package."""
    if name == "Store":
        return import_module("monitor.api.store").Store
    if name in __all__:
        return getattr(import_module("monitor.api.values"), {"Version": "DocumentVersion"}.get(name, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# The aligner and the readers are imported where they are called: every command imports this package first.


def align(before: Sequence[str], after: Sequence[str]) -> Alignment:
    """Which statements of two versions are the same; every index of both is in exactly one match."""
    from monitor.core.alignment.align import align as align_statements

    return align_statements([Statement(text) for text in before], [Statement(text) for text in after])


def segment(text: str) -> tuple[SegmentedStatement, ...]:
    """The statements of `text`, in order, with their places in it.

    A text is read as Markdown where it holds a mark that only Markdown has, else as plain text.
    """
    from monitor.core.text.segment import segment_spans
    from monitor.readers.markdown import markdown_blocks, reads_as_markdown
    from monitor.readers.text import plain_blocks

    blocks = markdown_blocks(text) if reads_as_markdown(text) else plain_blocks(text)
    return tuple(
        SegmentedStatement(statement.text, span.start, span.end, statement.kind, statement.level, statement.links)
        for statement, span in segment_spans(blocks)
    )
