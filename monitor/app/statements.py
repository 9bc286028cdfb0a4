"""One document's bytes -> its statements, in this process and without bounds."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.text.segment import segment_passages
from monitor.errors import ExtractError
from monitor.model import Statement
from monitor.readers import passages


@dataclass(frozen=True, slots=True)
class Reading:
    """What one version's bytes say: statements, or None where no extractor knows them, or why it failed."""

    statements: tuple[Statement, ...] | None = None
    failure: str | None = None


def read_here(path: str, data: bytes, *, article: bool = False) -> Reading:
    """Extract and segment; whatever is wrong with the document, or with how it is read, is told in the reading.

    MemoryError alone is raised: what it means depends on who set the bound.
    """
    try:
        found = passages(path, data, article=article)
        return Reading() if found is None else Reading(segment_passages(found))
    except ExtractError as error:
        return Reading(failure=str(error))
    except RecursionError:
        return Reading(failure="refused: it is nested too deep")
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a defect of a reader is a failure of this document, not of the run
        return Reading(failure=f"could not be read: {type(error).__name__}: {' '.join(str(error).split())[:200]}")
