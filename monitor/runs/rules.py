"""The fingerprint of all rules that shape the ledger; loads none of them, since every idle run asks."""

from __future__ import annotations

from monitor.core import versions
from monitor.extractors import fingerprint as extractors_fingerprint
from monitor.extractors.extras import versions as installed

# What the core cuts and compares with: another version of these may draw other lines.
LIBRARIES = ("sentencex", "rapidfuzz")


def fingerprint(article: bool) -> str:  # noqa: FBT001 - the setting of that name
    """Another one than the ledger was folded with means that it is folded anew.

    `article` is the setting by which web pages are read for their main text.
    """
    return f"{versions.fingerprint()}, {installed(LIBRARIES)}; {extractors_fingerprint(article=article)}"
