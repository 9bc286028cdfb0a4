"""Deterministic ids, and the versions of the rules.

Ids are hashes of facts. They depend neither on the rules that found a change nor on the order of imports, so that a
rebuild, an upgrade or an import gives the same ids and verdicts stay valid.

A change of what a rule gives out must raise its version. Together the versions are the fingerprint of the ledger: if
it differs, everything is folded again, and differences are recorded as a technical upgrade. They are kept apart from
the rules, so that an idle run need not import these.
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
    """A positive 60-bit number that equal normalised texts share: what the ledger looks statements up by."""
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
    """Of a statement's change: from both versions' paths and bytes and the normalised texts of both sides.

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
ALIGN = 4
CLASSIFY = 3
LINEAGE = 2


def fingerprint() -> str:
    """All of them, in one readable line."""
    return f"schema {SCHEMA} trace {TRACE} segment {SEGMENT} align {ALIGN} classify {CLASSIFY} lineage {LINEAGE}"
