"""A statement's sketch: three numbers by which near-equal texts are found in a large set without comparing them all.

MinHash over word pairs (A. Broder, On the resemblance and containment of documents, 1997) by one permutation for all
minima (P. Li, A. Owen, C.-H. Zhang, One permutation hashing, 2012), where an empty bin takes the minimum of the next
one (A. Shrivastava, P. Li, Densifying one permutation hashing via rotation, 2014); two minima to a number. Of two texts
that share 80 % of their word pairs, 95 % have a number in common; of two that share 30 %, 25 %. Whoever looks a sketch
up compares the texts found.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from monitor.core.text.normalize import fold

FEWEST_WORDS = 6  # a shorter text resembles too many
Sketch = tuple[int, int, int]

_BINS = [(at << 32) // 6 for at in range(6)]  # where each sixth of crc32's values begins


@lru_cache(maxsize=16_384)
def sketch(text: str) -> Sketch | None:
    """Three positive numbers below 2**63; None where the text is too short to be told from others."""
    hashes = sorted(_grams(fold(text)))
    if not hashes:
        return None
    hashes.append(hashes[0])  # behind the last bin comes the first
    minima = [hashes[bisect_left(hashes, begin, 0, len(hashes) - 1)] for begin in _BINS]
    first, second, third = (
        (minima[2 * at] << 31 ^ minima[2 * at + 1]) * 3 % (1 << 61) * 4 + at for at in range(3)
    )  # the last two bits tell the three apart
    return first, second, third


def _grams(folded: str) -> list[int]:
    words = folded.encode("utf-8", "surrogatepass").split()
    if len(words) >= FEWEST_WORDS:
        return [crc32(second, crc32(first)) for first, second in pairwise(words)]
    if len(folded) >= 4 * FEWEST_WORDS and not folded.isascii():  # a script without spaces: character triples
        triples = (folded[at : at + 3] for at in range(len(folded) - 2))
        return [crc32(triple.encode("utf-8", "surrogatepass")) for triple in triples]
    return []
