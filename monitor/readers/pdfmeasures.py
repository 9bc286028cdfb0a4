"""What is usual in one PDF: the size and weight of most of its text, and how far lines of one size stand apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Final

from monitor.readers.pdf_layout import Page, Row

_SAME_SIZE: Final = 0.08
_HEAVIER: Final = 1.35  # times the body's weight, and above this: bold
_BOLD: Final = 450


class Measures:
    """The measures of all pages together; there must be at least one row. `body` is the size of most of the text."""

    def __init__(self, pages: Sequence[Page]) -> None:
        sizes: Counter[float] = Counter()
        weights: Counter[int] = Counter()
        pitches: dict[float, list[float]] = {}
        for page in pages:
            for before, row in zip((None, *page.rows), page.rows, strict=False):
                size = size_of(row)
                sizes[size] += len(row.text)
                weights.update(word.weight for cell in row.cells for word in cell.words)
                if before is not None and size_of(before) == size and 0 < before.base - row.base < 3 * size:
                    pitches.setdefault(size, []).append(before.base - row.base)
        self.body = max(sizes, key=lambda size: (sizes[size], size))
        self._weight = max(weights, key=lambda weight: (weights[weight], weight))
        # the lower quartile: the distance within paragraphs, even where most of them are short
        self._pitches = {size: sorted(found)[len(found) // 4] for size, found in pitches.items()}

    def pitch(self, row: Row) -> float:
        """The usual distance to the next line."""
        return self._pitches.get(size_of(row), 1.2 * size_of(row))

    def is_bold(self, row: Row) -> bool:
        """Whether all of the row is heavier than most of the document."""
        lightest = min(word.weight for cell in row.cells for word in cell.words)
        return lightest > max(_HEAVIER * self._weight, _BOLD if self._weight < _BOLD else 0)

    def alike(self, before: Row, row: Row) -> bool:
        """Whether two rows are set in one size and weight."""
        one, two = size_of(before), size_of(row)
        return abs(one - two) <= _SAME_SIZE * max(one, two) and self.is_bold(before) == self.is_bold(row)


def size_of(row: Row) -> float:
    """The size of most words of a row, in points."""
    return round(median(word.size for cell in row.cells for word in cell.words), 1)
