"""What is derived of a text once, however often it returns: its normalised form, its key, and its signature.

Similar texts are found by MinHash signatures: three numbers over word pairs (A. Broder, On the resemblance and
containment of documents, 1997), by one permutation for all minima (P. Li, A. Owen, C.-H. Zhang, One permutation
hashing, 2012), where an empty bin takes the minimum of the next (A. Shrivastava, P. Li, Densifying one permutation
hashing via rotation, 2014), two minima to a number. Of two texts that share 80 % of their word pairs, 95 % have a
number in common; of two that share 30 %, 25 %. Texts found this way are then compared.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from zlib import crc32

from monitor.core.text.normalize import normalize
from monitor.core.tracking.ids import text_key
from monitor.model.ledger import Text

MIN_SIGNATURE_WORDS = 6  # a shorter text resembles too many
Signature = tuple[int, int, int]

_BINS = [(at << 32) // 6 for at in range(6)]  # where each sixth of crc32's values begins


def text_of(text: str, links: tuple[str, ...]) -> Text:
    """A text with all that is derived of it."""
    normalized = normalize(text)
    return Text(text, links, normalized, text_key(normalized), signature(normalized))


def signature(normalized: str) -> Signature | None:
    """Three positive numbers below 2**63 of a normalised text; None where it is too short to be told from others."""
    hashes = sorted(_grams(normalized))
    if not hashes:
        return None
    hashes.append(hashes[0])  # behind the last bin comes the first
    last = len(hashes) - 1
    minima = [hashes[bisect_left(hashes, begin, 0, last)] for begin in _BINS]
    first, second, third = (
        (minima[2 * at] << 31 ^ minima[2 * at + 1]) * 3 % (1 << 61) * 4 + at for at in range(3)
    )  # the last two bits tell the three apart
    return first, second, third


def _grams(normalized: str) -> list[int]:
    words = normalized.encode("utf-8", "surrogatepass").split()
    if len(words) >= MIN_SIGNATURE_WORDS:
        return [crc32(second, crc32(first)) for first, second in pairwise(words)]
    if (
        len(normalized) >= 4 * MIN_SIGNATURE_WORDS and not normalized.isascii()
    ):  # a script without spaces: character triples
        triples = (normalized[at : at + 3] for at in range(len(normalized) - 2))
        return [crc32(triple.encode("utf-8", "surrogatepass")) for triple in triples]
    return []
