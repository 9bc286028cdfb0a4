"""Page furniture: statements that stand in most documents of a set, such as navigation, notices and running heads.

They are told by repetition alone, and so only over a set: what is furniture of one site is text of another. A rule may
fold them out of reports; the snapshot and the ledger keep them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from monitor.core.folding import key

SHARE = 0.6  # of the documents that hold a statement
LEAST = 4  # documents: what two or three letters share may be what they are about


def furniture(documents: Iterable[Iterable[str]], share: float = SHARE, least: int = LEAST) -> frozenset[str]:
    """The keys (`folding.key`) of the texts that stand in at least `share` (0..1) and `least` of the documents.

    A document is the texts of its statements. One that holds a text twice counts once; an empty one does not count.
    Which documents make a set is the caller's to say: a folder, a site, one kind of form.
    """
    seen: Counter[str] = Counter()
    total = 0
    for texts in documents:
        keys = {key(text) for text in texts}
        total += bool(keys)
        seen.update(keys)
    needed = max(least, share * total)
    return frozenset(one for one, count in seen.items() if count >= needed)


def is_furniture(text: str, keys: frozenset[str]) -> bool:
    """Whether a statement with this text is one of them; typography and case do not matter."""
    return key(text) in keys
