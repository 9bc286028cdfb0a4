"""Former ids of statements, kept as aliases when an import of older history gives them new ids.

A statement's id contains when it was first seen. If a complete fold gives it another id, both are known to be the same
statement by the position (snapshot, document, ordinal) where the old id first occurred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from monitor.ledger.codec import unpack_members
from monitor.ledger.database import Parameters, Transaction, chunks
from monitor.ledger.schema import create_kept


class _Birth(NamedTuple):
    """Where a statement first stood, whose id there is no more."""

    id: str
    snapshot: str
    path: str
    ordinal: int
    seq: int
    source: str


def remember_births(transaction: Transaction) -> None:
    """Before the ledger is emptied: where each statement first stood. What waits from an earlier time stays."""
    create_kept(transaction)
    if births_wait(transaction):
        return
    # statements that a change of their own brought
    transaction.execute("""
        INSERT INTO born (id, snapshot, path, ordinal)
        SELECT statements.id, folds.snapshot, changes.path, changes.after_ordinal
        FROM statements
        JOIN changes ON changes.statement = statements.number AND changes.seq = statements.first_seq
            AND changes.after_number = 1
        JOIN folds ON folds.seq = changes.seq
    """)
    # those that came among others, in a split
    transaction.execute("""
        INSERT INTO born (id, snapshot, path, ordinal)
        SELECT statements.id, folds.snapshot, changes.path, sides.ordinal
        FROM statements
        JOIN sides ON sides.statement = statements.number AND sides.seq = statements.first_seq
            AND sides.revision = 1 AND sides."after"
        JOIN changes ON changes.seq = sides.seq AND changes.position = sides.position
        JOIN folds ON folds.seq = sides.seq
    """)


def forget_births(transaction: Transaction) -> None:
    """Other rules cut otherwise: ordinals of before say nothing any more."""
    transaction.execute("DELETE FROM born")


def births_wait(transaction: Transaction) -> bool:
    """Whether a rebuild has begun whose aliases are not settled."""
    return transaction.row("SELECT 1 FROM born LIMIT 1") is not None


def settle_aliases(transaction: Transaction) -> None:
    """After all is folded again: what the statements are called now that stand where the remembered ones first did."""
    pairs = [(old, new) for births in list(_replaced(transaction)) for old, new in _new_names(transaction, births)]
    for chunk in chunks(pairs):
        names = [{"old": old, "new": new} for old, new in chunk]
        transaction.executemany('UPDATE aliases SET "new" = :new WHERE "new" = :old', names)
        transaction.execute('DELETE FROM aliases WHERE "old" IN (:ids)', {"ids": [old for old, _ in chunk]})
        transaction.copy_in("aliases", ("old", "new"), chunk)
    transaction.execute("DELETE FROM born")


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


def _replaced(transaction: Transaction) -> Iterator[list[_Birth]]:
    """The remembered statements that there are no more, those of one document and snapshot together."""
    rows = transaction.stream("""
        SELECT born.id, born.snapshot, born.path, born.ordinal, folds.seq, folds.source
        FROM born
        JOIN folds ON folds.snapshot = born.snapshot
        LEFT JOIN statements ON statements.id = born.id
        WHERE statements.id IS NULL
        ORDER BY folds.seq, born.path, born.ordinal
    """)
    births = (_Birth(*row) for chunk in rows for row in chunk)
    for _, together in groupby(births, key=lambda birth: (birth.seq, birth.path)):
        yield list(together)


def _new_names(transaction: Transaction, births: Sequence[_Birth]) -> Iterator[tuple[str, str]]:
    """Old and new ids of statements that stood in one version of a document."""
    packed = transaction.value(
        """
        SELECT versions.members
        FROM versions
        JOIN documents ON documents.number = versions.document
        WHERE versions.path = :path AND versions.seq <= :seq AND versions.present AND documents.source = :source
        ORDER BY versions.seq DESC
        LIMIT 1
        """,
        births[0]._asdict(),
    )
    members = unpack_members(packed or b"")
    numbers = {birth.id: members[birth.ordinal] for birth in births if birth.ordinal < len(members)}
    ids: dict[int, str] = {}
    for chunk in chunks(sorted(set(numbers.values()))):
        ids.update(transaction.rows("SELECT number, id FROM statements WHERE number IN (:numbers)", {"numbers": chunk}))
    return ((old, ids[number]) for old, number in numbers.items() if number in ids)
