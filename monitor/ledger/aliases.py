"""Former ids of statements and documents, kept as aliases when history that comes or goes gives them new ids.

A statement's id contains when it was first seen. If a complete fold gives it another id, both are known to be the same
statement by the position (snapshot, document, ordinal) where the old id first occurred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from monitor.core.tracking import runs
from monitor.ledger.codec import decompressed
from monitor.ledger.database import DatabaseRow, Parameters, Transaction, chunks


class _Birth(NamedTuple):
    """Where a statement first stood, whose id there is no more."""

    id: str
    snapshot: str
    path: str
    ordinal: int


_BIRTHS = """
    SELECT statements.id, folds.snapshot, paths.path, changes.after_ordinal
    FROM statements
    JOIN changes ON changes.statement = statements.number AND changes.seq = statements.first_seq
        AND changes.after_revision = 1
    JOIN folds ON folds.seq = changes.seq
    JOIN paths ON paths.id = changes.path
    WHERE statements.id IN (:ids)
"""
# those that came among others, in a split
_BIRTHS_AMONG_OTHERS = """
    SELECT statements.id, folds.snapshot, paths.path, sides.ordinal
    FROM statements
    JOIN sides ON sides.statement = statements.number AND sides.seq = statements.first_seq
        AND sides.revision = 1 AND sides."after"
    JOIN changes ON changes.seq = sides.seq AND changes.position = sides.position
    JOIN folds ON folds.seq = sides.seq
    JOIN paths ON paths.id = changes.path
    WHERE statements.id IN (:ids)
"""


class Renamed(NamedTuple):
    """Snapshots that have other ids in the new ledger than in the old one, by their old ids; `roots` are those before
    which the old ledger had more, by their old ids."""

    snapshots: Mapping[str, str]
    roots: Mapping[str, str]


SAME = Renamed(MappingProxyType({}), MappingProxyType({}))


def settle_aliases(old: Transaction, new: Transaction, renamed: Renamed = SAME) -> None:
    """What the statements of one ledger are called in another one that was folded by the same rules: ids that there are
    no more become aliases of the statements that stand where they first did, or stood in a root."""
    for chunk in chunks(list(ids_lacking("statements", old, new))):
        births = [_Birth(*row) for query in (_BIRTHS, _BIRTHS_AMONG_OTHERS) for row in old.rows(query, {"ids": chunk})]
        births = [one._replace(snapshot=renamed.snapshots.get(one.snapshot, one.snapshot)) for one in births]
        births.sort(key=lambda birth: (birth.snapshot, birth.path, birth.ordinal))
        for _, together in groupby(births, key=lambda birth: (birth.snapshot, birth.path)):
            _add(new, list(_new_names(new, list(together))))
    for before, after in renamed.roots.items():
        _add(new, list(_names_in_root(old, before, new, after)))


def _add(new: Transaction, names: Sequence[tuple[str, str]]) -> None:
    given = [{"old": before, "new": after} for before, after in names]
    new.executemany('UPDATE aliases SET "new" = :new WHERE "new" = :old', given)
    for chunk in chunks([before for before, _ in names]):
        new.execute('DELETE FROM aliases WHERE "old" IN (:ids)', {"ids": chunk})
    new.copy_in("aliases", ("old", "new"), names)


_VERSIONS_AT = """
    SELECT paths.path, documents.id, versions.members
    FROM versions
    JOIN paths ON paths.id = versions.path
    JOIN documents ON documents.number = versions.document
    JOIN (
        SELECT versions.document AS document, max(versions.seq) AS seq
        FROM versions
        JOIN documents ON documents.number = versions.document
        WHERE versions.seq <= :seq AND documents.source = :source
        GROUP BY versions.document
    ) AS latest ON latest.document = versions.document AND latest.seq = versions.seq
    WHERE versions.present
"""


def _names_in_root(old: Transaction, before: str, new: Transaction, after: str) -> Iterator[tuple[str, str]]:
    """Old and new ids of the documents and statements of a snapshot."""
    sides = []
    for transaction, snapshot in ((old, before), (new, after)):
        fold = transaction.row("SELECT seq, source FROM folds WHERE snapshot = :snapshot", {"snapshot": snapshot})
        given = {"seq": fold[0], "source": fold[1]} if fold else {"seq": -1, "source": ""}
        sides.append({row[0]: row[1:] for row in transaction.rows(_VERSIONS_AT, given)})
    for path, (document, packed) in sides[1].items():
        if path in sides[0]:
            was, packed_before = sides[0][path]
            numbers = [runs.unpack(decompressed(one)) if one else [] for one in (packed_before, packed)]
            ids = [_ids_of(*one) for one in zip((old, new), numbers, strict=True)]
            pairs = [(was, document), *((ids[0].get(a), ids[1].get(b)) for a, b in zip(*numbers, strict=False))]
            yield from {(a, b) for a, b in pairs if a and b and a != b}


def _ids_of(transaction: Transaction, numbers: Sequence[int]) -> dict[int, str]:
    ids: dict[int, str] = {}
    for chunk in chunks(sorted(set(numbers))):
        ids.update(transaction.rows("SELECT number, id FROM statements WHERE number IN (:numbers)", {"numbers": chunk}))
    return ids


def ids_lacking(table: str, old: Transaction, new: Transaction) -> Iterator[str]:
    """The ids of a table that the other ledger does not have, in their order; neither list is held in memory."""
    query = f"SELECT id FROM {table} ORDER BY id"
    there = (row[0] for part in new.stream(query) for row in part)
    last = next(there, None)
    for part in old.stream(query):
        for (id_,) in part:
            while last is not None and last < id_:
                last = next(there, None)
            if last != id_:
                yield id_


def statements_with_alias(transaction: Transaction, id_range: Parameters) -> list[str]:
    """The ids of up to three statements that are also known by an id from `low` on and before `high`."""
    if not transaction.has_table("aliases"):
        return []
    return transaction.values(
        """
        SELECT DISTINCT statements.id
        FROM aliases
        JOIN statements ON statements.id = aliases."new"
        WHERE aliases."old" >= :low AND aliases."old" < :high
        LIMIT 3
        """,
        id_range,
    )


def _new_names(transaction: Transaction, births: Sequence[_Birth]) -> Iterator[tuple[str, str]]:
    """Old and new ids of statements that stood in one version of a document."""
    fold: DatabaseRow | None = transaction.row(
        "SELECT seq, source FROM folds WHERE snapshot = :snapshot", {"snapshot": births[0].snapshot}
    )
    if fold is None:
        return
    packed = transaction.value(
        """
        SELECT versions.members
        FROM versions
        JOIN paths ON paths.id = versions.path
        JOIN documents ON documents.number = versions.document
        WHERE paths.path = :path AND versions.seq <= :seq AND versions.present AND documents.source = :source
        ORDER BY versions.seq DESC
        LIMIT 1
        """,
        {"path": births[0].path, "seq": fold[0], "source": fold[1]},
    )
    members = runs.unpack(decompressed(packed)) if packed else []
    numbers = {birth.id: members[birth.ordinal] for birth in births if birth.ordinal < len(members)}
    ids = _ids_of(transaction, list(numbers.values()))
    yield from ((old, ids[number]) for old, number in numbers.items() if number in ids)
