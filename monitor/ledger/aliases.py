"""Former ids of statements, kept as aliases when an import of older history gives them new ids.

A statement's id contains when it was first seen. If a complete fold gives it another id, both are known to be the same
statement by the position (snapshot, document, ordinal) where the old id first occurred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
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


def settle_aliases(old: Transaction, new: Transaction) -> None:
    """What the statements of one ledger are called in another one that was folded by the same rules: ids that there are
    no more become aliases of the statements that stand where they first did."""
    for chunk in chunks(list(ids_lacking("statements", old, new))):
        births = [_Birth(*row) for query in (_BIRTHS, _BIRTHS_AMONG_OTHERS) for row in old.rows(query, {"ids": chunk})]
        births.sort(key=lambda birth: (birth.snapshot, birth.path, birth.ordinal))
        for _, together in groupby(births, key=lambda birth: (birth.snapshot, birth.path)):
            names = list(_new_names(new, list(together)))
            given = [{"old": before, "new": after} for before, after in names]
            new.executemany('UPDATE aliases SET "new" = :new WHERE "new" = :old', given)
            new.execute('DELETE FROM aliases WHERE "old" IN (:ids)', {"ids": [before for before, _ in names]})
            new.copy_in("aliases", ("old", "new"), names)


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
    ids: dict[int, str] = {}
    for chunk in chunks(sorted(set(numbers.values()))):
        ids.update(transaction.rows("SELECT number, id FROM statements WHERE number IN (:numbers)", {"numbers": chunk}))
    yield from ((old, ids[number]) for old, number in numbers.items() if number in ids)
