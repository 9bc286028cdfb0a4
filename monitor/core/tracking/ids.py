"""Deterministic ids, and the versions of the rules.

Ids are hashes of facts. They depend neither on the rules that found a change nor on the order of imports, so that a
rebuild, an upgrade or an import gives the same ids and verdicts stay valid.

A change of what a rule gives out must raise its version. Together the versions are the fingerprint of the ledger: if
it differs, everything is folded again, and differences are recorded as a technical upgrade. They are kept apart from
the rules, so that an idle run need not import these.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b


def digest(*parts: str) -> str:
    """20 hexadecimal characters (80 bits) of BLAKE2b over the parts; no two lists of parts run together."""
    return _hashed(_joined(*parts))


def _joined(*parts: str) -> str:
    return "".join([f"{len(part)}:{part}" for part in parts])


def _hashed(joined: str) -> str:
    return blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def text_key(normalized: str) -> int:
    """A positive 60-bit number that equal normalised texts share: what the ledger looks statements up by."""
    found = blake2b(normalized.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found, "big") >> 4


def time_key(taken_at: datetime, tie: int, source: str = "") -> str:
    """A snapshot's time as ids hold it; `tie` tells snapshots of one second apart.

    An import's name is part of it: a document there may have path and time of one of the watched folder.
    """
    own = f"{taken_at.isoformat()}+{tie}" if tie else taken_at.isoformat()
    return f"{own} {source}" if source else own


def document_id(path: str, first_seen: str) -> str:
    return digest("document", path, first_seen)


def statement_id(document: str, first_seen: str, normalized: str, occurrence: int) -> str:
    """`occurrence` counts equal normalised texts that the same document gained in the same snapshot."""
    return digest("statement", document, first_seen, normalized, str(occurrence))


class ChangeIds:
    """Ids for the changes between two versions: hashes of both paths and bytes, the time, and both sides' texts.

    Texts are normalised. A restoration is given without its before side: whether an absence is known depends on how
    much history is, and the id must not.
    """

    def __init__(
        self, paths: tuple[str | None, str | None], blobs: tuple[str | None, str | None], time_key: str
    ) -> None:
        self._head = _joined("change", *(value or "-" for value in (*paths, *blobs)), time_key)
        self._seen: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}

    def next(self, before: tuple[str, ...], after: tuple[str, ...]) -> str:
        """The id of the next change with these texts; equal ones are told apart by their order."""
        occurrence = self._seen[before, after] = self._seen.get((before, after), 0) + 1
        return _hashed(self._head + _joined(str(occurrence), "before", *before, "after", *after))


def document_change_id(
    kind: str, paths: tuple[str | None, str | None], blobs: tuple[str | None, str | None], time_key: str
) -> str:
    """Of a change of a document as a whole."""
    return digest("document-change", kind, *(value or "-" for value in (*paths, *blobs)), time_key)


SCHEMA = 8  # the layout of the ledger's derived tables
TRACE = 1
SEGMENT = 6
ALIGN = 7
CLASSIFY = 9
LINEAGE = 3


def fingerprint() -> str:
    """All of them, in one readable line."""
    return f"schema {SCHEMA} trace {TRACE} segment {SEGMENT} align {ALIGN} classify {CLASSIFY} lineage {LINEAGE}"
