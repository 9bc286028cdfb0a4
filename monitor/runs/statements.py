"""One document's bytes -> its statements, in this process and without bounds."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.segment import segment_blocks
from monitor.errors import ExtractError
from monitor.extractors import extract
from monitor.model import Statement


@dataclass(frozen=True, slots=True)
class Reading:
    """What one version's bytes say: statements, or None where no extractor knows them, or why it failed."""

    statements: tuple[Statement, ...] | None = None
    failure: str | None = None


def read_here(path: str, data: bytes, *, article: bool = False) -> Reading:
    """Extract and segment; what is wrong with the document is told in the reading."""
    try:
        extraction = extract(path, data, article=article)
    except ExtractError as error:
        return Reading(failure=str(error))
    return Reading() if extraction is None else Reading(segment_blocks(extraction.blocks))
