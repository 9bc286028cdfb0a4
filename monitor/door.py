"""The public door: `monitor.align` and `monitor.segment`, over plain strings.

It stands beside the rooms and not in the core, because reading Markdown is an extractor's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model import Alignment, BlockKind, Statement


@dataclass(frozen=True, slots=True)
class SegmentedStatement:
    """A statement and the half-open range of the given text that it covers."""

    text: str
    start: int
    end: int
    kind: BlockKind
    level: int
    links: tuple[str, ...]


def align(before: Sequence[str], after: Sequence[str]) -> Alignment:
    """Which statements of two versions are the same; every index of both stands in exactly one match."""
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
