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
    from monitor.core.align import align as align_statements

    return align_statements([Statement(text) for text in before], [Statement(text) for text in after])


def segment(text: str) -> tuple[SegmentedStatement, ...]:
    """The statements of `text`, plain or Markdown, in order."""
    from monitor.core.segment import segment_spans
    from monitor.extractors.text import plain_blocks

    return tuple(
        SegmentedStatement(statement.text, span.start, span.end, statement.kind, statement.level, statement.links)
        for statement, span in segment_spans(plain_blocks(text))
    )
