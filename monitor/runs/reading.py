"""From a blob to statements, once: read, extract, segment, and keep the newest results at hand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from monitor.core.segment import segment_blocks
from monitor.core.step import Comparison, compare
from monitor.errors import ExtractError
from monitor.extractors import extract
from monitor.model import Statement

KEPT_STATEMENTS = 200_000  # about 100 MB at the most, and every document of a middling set


@dataclass(frozen=True, slots=True)
class Reading:
    """What one version's bytes say: statements, or None where no extractor knows them, or why it failed."""

    statements: tuple[Statement, ...] | None = None
    failure: str | None = None


class Reader:
    """Reads versions by their blob ids and compares them; equal questions are answered from memory.

    The same bytes under another suffix may be read by another extractor, so both are the key.
    """

    def __init__(self, read_blob: Callable[[str], bytes], kept: int = KEPT_STATEMENTS) -> None:
        self._read_blob = read_blob
        self._kept = kept
        self._size = 0
        self._readings: OrderedDict[tuple[str, str], Reading] = OrderedDict()
        self._comparisons: OrderedDict[tuple[tuple[str, str], tuple[str, str]], Comparison] = OrderedDict()

    def read(self, path: str, blob: str) -> Reading:
        """The statements of one version. A damaged store raises StoreError; a bad document does not raise."""
        name = _name(path, blob)
        found = self._readings.get(name)
        if found is not None:
            self._readings.move_to_end(name)
            return found
        reading = _read(path, self._read_blob(blob))
        self._readings[name] = reading
        self._size += _weight(reading)
        while self._size > self._kept and len(self._readings) > 1:
            _, dropped = self._readings.popitem(last=False)
            self._size -= _weight(dropped)
        return reading

    def texts(self, path: str, blob: str) -> Sequence[str]:
        """The statements' texts, for telling whether two documents are one; none where they cannot be read."""
        return [statement.text for statement in self.read(path, blob).statements or ()]

    def compare(
        self, before: tuple[str, str] | None, after: tuple[str, str], old: Sequence[Statement], new: Sequence[Statement]
    ) -> Comparison:
        """The comparison of two versions, each named (path, blob); one that returns is looked up."""
        if before is None:
            return compare(old, new)
        name = _name(*before), _name(*after)
        found = self._comparisons.get(name)
        if found is None:
            found = self._comparisons[name] = compare(old, new)
            if len(self._comparisons) > 1000:
                self._comparisons.popitem(last=False)
        return found


def _name(path: str, blob: str) -> tuple[str, str]:
    return blob, PurePosixPath(path).suffix.lower()


def _weight(reading: Reading) -> int:
    return len(reading.statements or ()) + 1


def _read(path: str, data: bytes) -> Reading:
    try:
        extraction = extract(path, data)
    except ExtractError as error:
        return Reading(failure=str(error))
    return Reading() if extraction is None else Reading(segment_blocks(extraction.blocks))
