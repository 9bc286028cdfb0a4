"""From a blob to statements, once: read, extract, segment, and keep the newest results at hand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from monitor.app.documents import Documents, How
from monitor.app.statements import Reading
from monitor.core.tracking.compare import Comparison, compare
from monitor.model import Statement
from monitor.readers import suffix_of

if TYPE_CHECKING:
    from monitor.app.read_documents import Foresight

KEPT_COMPARISONS = 200  # a document that goes back and forth is compared once
KEPT_STATEMENTS = 80_000  # about 40 MB at the most, and every document of a middling set


Form = tuple[str, bool]
"""What decides how bytes are read: their path's suffix, and whether a web page is read for its main text alone."""

Version = tuple[str, str]
"""The path and blob id of a document in one snapshot."""


class Reader:
    """Reads versions by their blob ids and compares them; equal questions are answered from memory.

    The same bytes under another suffix may be read by another extractor, so both are the key. It may hold a process:
    close it, or use it in a `with`.
    """

    def __init__(
        self,
        read_blob: Callable[[str], bytes],
        how: How = How(),  # noqa: B008 - an immutable value
        kept: int = KEPT_STATEMENTS,
        foresight: Foresight | None = None,
    ) -> None:
        self._foresight = foresight
        self._read_blob = read_blob
        self._how = how
        self._documents = Documents(how)
        self._kept = kept
        self._size = 0
        self._readings: OrderedDict[tuple[str, Form], Reading] = OrderedDict()
        self._comparisons: OrderedDict[tuple[tuple[str, Form], tuple[str, Form]], Comparison] = OrderedDict()

    def form(self, path: str) -> Form:
        """Versions with equal bytes say the same where their paths' forms are equal."""
        return suffix_of(path), self._how.is_article(path)

    def read(self, path: str, blob: str) -> Reading:
        """The statements of one version. A damaged store raises StoreError; a bad document does not raise."""
        name = blob, self.form(path)
        found = self._readings.get(name)
        if found is not None:
            self._readings.move_to_end(name)
            return found
        reading = self._foresight.reading((path, blob)) if self._foresight else None
        if reading is None:
            reading = self._documents.read(path, self._read_blob(blob))
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
        name = (before[1], self.form(before[0])), (after[1], self.form(after[0]))
        found = self._comparisons.get(name)
        if found is None:
            found = self._foresight.comparison(before, after) if self._foresight else None
            found = self._comparisons[name] = found or compare(old, new)
            if len(self._comparisons) > KEPT_COMPARISONS:
                self._comparisons.popitem(last=False)
        return found

    def close(self) -> None:
        """End the process, if one was needed."""
        self._documents.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _weight(reading: Reading) -> int:
    return len(reading.statements or ()) + 1
