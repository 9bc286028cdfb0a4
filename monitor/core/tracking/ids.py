"""The versions of our rules. Whoever changes what a rule gives out raises its number.

Together they are the fingerprint of a fold: where one differs, both sides of every comparison are made
anew with the same rules, and the result is a technical upgrade, never a change of the documents. They
stand here, apart from the rules, so that an idle run can ask without loading any of them.

The ids that people and other programs see: hashes of facts, never of numbers that we count.

An id says nothing of the rules that found it (the aligner's version) nor of the way a history came in,
so that a rebuild, an upgrade or an import gives the same ids again and verdicts stay where they belong.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

from monitor.core.text.normalize import key, normalize


def digest(*parts: str) -> str:
    """20 hexadecimal characters (80 bits) of BLAKE2b over the parts; no two lists of parts run together."""
    joined = "".join([f"{len(part)}:{part}" for part in parts])
    return blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


@lru_cache(maxsize=16_384)
def text_key(text: str) -> int:
    """A positive 60-bit number that equal folded texts share: what the ledger looks statements up by."""
    return int(key(text)[:15], 16)


def time_key(taken_at: datetime, tie: int, source: str = "") -> str:
    """A snapshot's time as ids hold it; `tie` tells snapshots of one second apart.

    An import's name is part of it: a document there may have path and time of one of the watched folder.
    """
    own = f"{taken_at.isoformat()}+{tie}" if tie else taken_at.isoformat()
    return f"{own} {source}" if source else own


def document_id(path: str, first_seen: str) -> str:
    return digest("document", path, first_seen)


def statement_id(document: str, first_seen: str, text: str, occurrence: int) -> str:
    """`occurrence` counts equal texts that the same document gained in the same snapshot."""
    return digest("statement", document, first_seen, normalize(text), str(occurrence))


def change_id(
    paths: tuple[str | None, str | None],
    blobs: tuple[str | None, str | None],
    time_key: str,
    before: Iterable[str],
    after: Iterable[str],
    occurrence: int,
) -> str:
    """Of a statement's change: from both versions' paths and bytes and the folded texts of both sides.

    A restoration is given without its before side: whether an absence is known depends on how much
    history is, and the id must not.
    """
    normalized = ["before", *map(normalize, before), "after", *map(normalize, after)]
    return digest("change", *(value or "-" for value in (*paths, *blobs)), time_key, str(occurrence), *normalized)


def document_change_id(
    kind: str, paths: tuple[str | None, str | None], blobs: tuple[str | None, str | None], time_key: str
) -> str:
    """Of a change of a document as a whole."""
    return digest("document-change", kind, *(value or "-" for value in (*paths, *blobs)), time_key)


SCHEMA = 2  # the layout of the ledger's derived tables
TRACE = 1
SEGMENT = 2
ALIGN = 3
CLASSIFY = 3
LINEAGE = 2


def fingerprint() -> str:
    """All of them, in one readable line."""
    return f"schema {SCHEMA} trace {TRACE} segment {SEGMENT} align {ALIGN} classify {CLASSIFY} lineage {LINEAGE}"
