"""The fingerprint of all rules that shape the ledger; loads none of them, since every idle run asks."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.tracking import ids
from monitor.readers import fingerprint as extractors_fingerprint
from monitor.readers import versions as installed

# What the core cuts and compares with: another version of these may draw other lines.
LIBRARIES = ("sentencex", "rapidfuzz")


def fingerprint(article: Sequence[str]) -> str:
    """Another one than the ledger was folded with means that it is folded anew.

    `article` is the setting of that name: which web pages are read for their main text.
    """
    own = f"{ids.fingerprint()}, {installed(LIBRARIES)}; {extractors_fingerprint(article=bool(article))}"
    return f"{own}; article {' '.join(article)}" if article else own
