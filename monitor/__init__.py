"""Which statements of a folder of documents changed, when, and how: `monitor.align` and `monitor.segment` over texts.

Everything else in the package is private.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model.text import Alignment, BlockKind, Match, Statement

__version__ = "0.1.0"
__all__ = ["Alignment", "Match", "SegmentedStatement", "align", "segment"]


@dataclass(frozen=True, slots=True)
class SegmentedStatement:
    """A statement and the half-open range of the given text that it covers."""

    text: str
    start: int
    end: int
    kind: BlockKind
    level: int
    links: tuple[str, ...]


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
