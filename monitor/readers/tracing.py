"""Finds rendered text in its source again: a cursor that only moves forward."""

from __future__ import annotations

_MISSES = 32  # within one range: after so many the source is not searched any more, which keeps the cost linear


class Trace:
    """The place in a source up to which everything was found."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self._stop = len(source)
        self._misses = 0

    def within(self, start: int, stop: int) -> None:
        """Look between these offsets from now on, never before what was found already."""
        self.at = max(self.at, start)
        self._stop = max(self.at, stop)
        self._misses = 0

    def find(self, piece: str) -> int:
        """The offset of the next `piece`, which the cursor then passes; the cursor's own where it is not found."""
        if self._misses < _MISSES:
            found = self.source.find(piece, self.at, self._stop)
            if found >= 0:
                self.at = found + len(piece)
                return found
            self._misses += 1
        return min(self.at, self._stop)

    def skip(self, piece: str) -> bool:
        """Pass `piece` if it stands right here."""
        if not self.source.startswith(piece, self.at):
            return False
        self.at += len(piece)
        return True
