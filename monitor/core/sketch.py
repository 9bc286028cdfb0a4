"""A statement's sketch: three numbers by which near-equal texts are found in a large set without comparing them all.

MinHash over word pairs (A. Broder, On the resemblance and containment of documents, 1997), two minima to a number: of
two texts that share 80 % of their word pairs, 95 % have a number in common; of two that share 30 %, 25 %. Whoever
looks a sketch up compares the texts found.
"""

from __future__ import annotations

from itertools import pairwise
from zlib import crc32

from monitor.core.folding import fold

FEWEST_WORDS = 6  # a shorter text resembles too many
Sketch = tuple[int, int, int]

_MASK = (1 << 32) - 1
# Odd multipliers of 32 bits and offsets: each pair is one permutation of what crc32 gives.
_MIXES = (
    (0x9E3779B1, 0x7F4A7C15),
    (0x85EBCA6B, 0x165667B1),
    (0xC2B2AE35, 0x27D4EB2F),
    (0xB5297A4D, 0x68E31DA4),
    (0x1B56C4E9, 0x2C1B3C6D),
    (0x297A2D39, 0x3C6EF372),
)


def sketch(text: str) -> Sketch | None:
    """Three positive numbers below 2**63; None where the text is too short to be told from others."""
    grams = {crc32(gram.encode()) for gram in _grams(fold(text))}
    if not grams:
        return None
    minima = [min((gram * factor + offset) & _MASK for gram in grams) for factor, offset in _MIXES]
    first, second, third = (
        (minima[2 * at] << 31 ^ minima[2 * at + 1]) * 3 % (1 << 61) * 4 + at for at in range(3)
    )  # the last two bits tell the three apart
    return first, second, third


def _grams(folded: str) -> list[str]:
    words = folded.split()
    if len(words) >= FEWEST_WORDS:
        return [f"{a} {b}" for a, b in pairwise(words)]
    if len(folded) >= 4 * FEWEST_WORDS and not folded.isascii():  # a script without spaces: character triples
        return [folded[at : at + 3] for at in range(len(folded) - 2)]
    return []
