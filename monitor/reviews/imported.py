"""Imported changes, as the queue asks the ledger for them: after all others, the newest snapshot first.

An archive may bring more changes than anybody reviews, so they are not put into the tables of the queue. Two sorts
are: those that an ignore rule decides on, and those that somebody reviewed. Both keep their ranks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.core.review.events import QueueFilter
from monitor.core.review.ignore_rules import Rule
from monitor.core.review.scoring import IMPORTED_END, imported_rank, place_of_imported
from monitor.core.text.normalize import normalize
from monitor.core.text.patterns import TextPattern
from monitor.ledger.codec import BLOCK_KINDS, aspects_to_bits, kind_to_number, path_from_text, time_to_text
from monitor.ledger.database import Database, Transaction
from monitor.ledger.schema import has_ledger
from monitor.model import NOT_OF_DOCUMENTS, Aspect, BlockKind, ChangeKind
from monitor.reviews.queue import Conditions, Scope

_HEADING = BLOCK_KINDS.index(BlockKind.HEADING)


class ImportedChanges:
    """The imported changes of a ledger, without what the first snapshots held."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, wanted: QueueFilter, scope: Scope, after: int, limit: int) -> list[tuple[int, str]]:
        """The ranks and ids of those that the filter finds, the highest rank first, behind a rank.

        What people said and what rules decide is not heeded: the ledger does not know it.
        """
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            which = _conditions(wanted, scope, transaction.dialect)
            if after < IMPORTED_END:
                seq, position = place_of_imported(after)
                which.add("folds.seq <= :seq", seq=seq)
                which.add("(folds.seq < :seq OR changes.position > :position)", position=position)
            few = scope.documents is not None or scope.changes is not None
            # The folds backwards, of each its changes forwards, is the order of a key; a few need only be sorted.
            source, order = ("folds, changes", "changes.seq") if few else ("folds CROSS JOIN changes", "folds.seq")
            rows = transaction.rows(
                f"SELECT changes.seq, changes.position, changes.id FROM {source} WHERE {which}"
                f" ORDER BY {order} DESC, changes.position LIMIT :limit",
                {**which.values, "limit": limit},
            )
        return [(imported_rank(seq, position), change) for seq, position, change in rows]

    def count(self, wanted: QueueFilter, scope: Scope) -> int:
        """How many the filter finds."""
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return 0
            which = _conditions(wanted, scope, transaction.dialect)
            return int(transaction.value(f"SELECT count(*) FROM folds, changes WHERE {which}", which.values))

    def count_by_document(self, documents: Sequence[int] | None = None) -> dict[int, int]:
        """How many there are of each document, or of some, by its number."""
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return {}
            which = _conditions(QueueFilter(verdicts=frozenset()), Scope(documents), transaction.dialect)
            query = f"SELECT document, count(*) FROM folds, changes WHERE {which} GROUP BY document"
            return dict(transaction.rows(query, which.values))

    def newest(self, wanted: QueueFilter, scope: Scope, limit: int) -> list[tuple[str, str]]:
        """The times and ids of those that the filter finds, by the time of their snapshot, the newest first."""
        with self._database.read_transaction() as transaction:
            if not has_ledger(transaction):
                return []
            which = _conditions(wanted, scope, transaction.dialect)
            return transaction.rows(
                f"SELECT folds.taken_at, changes.id FROM folds CROSS JOIN changes WHERE {which}"
                " ORDER BY folds.taken_at DESC, folds.seq DESC, changes.position LIMIT :limit",
                {**which.values, "limit": limit},
            )

    def candidates(self, rules: Sequence[Rule], first: int, last: int) -> list[str]:
        """The changes of the folds `first` to `last` on which a rule may decide: none is missing, some are too many."""
        if not rules or first > last:
            return []
        with self._database.read_transaction() as transaction:
            imported = "SELECT 1 FROM folds WHERE origin IS NOT NULL AND seq BETWEEN :first AND :last LIMIT 1"
            if transaction.row(imported, {"first": first, "last": last}) is None:
                return []
            texts = _texts(transaction, rules)
            found: dict[str, None] = {}
            for rule in rules:
                which = _conditions(
                    QueueFilter(kinds=rule.kinds, significance=rule.significance), Scope(), transaction.dialect
                )
                which.add("folds.seq BETWEEN :first AND :last", first=first, last=last)
                _add_rule(transaction, which, rule, texts)
                query = f"SELECT changes.id FROM folds, changes WHERE {which} ORDER BY changes.seq, changes.position"
                found.update(dict.fromkeys(transaction.values(query, which.values)))
            return list(found)


def _conditions(wanted: QueueFilter, scope: Scope, dialect: str) -> Conditions:
    which = Conditions(wanted._replace(assignee=None, term=None), scope, dialect, change="id", time=time_to_text)
    which.add("changes.seq = folds.seq AND folds.origin IS NOT NULL")
    which.add(f"changes.kind NOT IN ({', '.join(str(kind_to_number(kind)) for kind in sorted(NOT_OF_DOCUMENTS))})")
    which.add("(NOT changes.baseline OR changes.kind = :failed)", failed=kind_to_number(ChangeKind.FAILED))
    return which


def _texts(transaction: Transaction, rules: Sequence[Rule]) -> dict[TextPattern, list[int]]:
    """The numbers of the texts that each pattern of the rules fits."""
    patterns = [pattern for rule in rules for pattern in (rule.pattern, rule.heading) if pattern is not None]
    found: dict[TextPattern, list[int]] = {pattern: [] for pattern in patterns}
    for rows in transaction.stream("SELECT id, text FROM texts") if patterns else ():
        for number, text in rows:
            plain = normalize(text)
            for pattern in patterns:
                if pattern(plain):
                    found[pattern].append(number)
    return found


def _add_rule(
    transaction: Transaction, which: Conditions, rule: Rule, texts: Mapping[TextPattern, Sequence[int]]
) -> None:
    """The conditions of a rule, as far as the tables can tell: a split or a merger may have any texts."""
    if rule.aspects:
        others = aspects_to_bits(set(Aspect) - rule.aspects)
        which.add("aspects <> 0 AND (aspects & :others) = 0", others=others)
    if rule.document is not None:
        paths = transaction.rows("SELECT id, path FROM paths")
        which.add_any("path", "paths", [number for number, path in paths if rule.document(path_from_text(path))])
    if rule.pattern is not None:
        for side in ("before_text", "after_text"):
            which.add_any(side, "texts", texts[rule.pattern], or_else=f"statement IS NULL OR {side} IS NULL")
    if rule.heading is not None:
        given = Conditions(QueueFilter(), Scope(), transaction.dialect)
        given.add("revisions.statement = statements.number AND revisions.kind = :heading", heading=_HEADING)
        given.add_any("revisions.text", "texts", texts[rule.heading])
        query = f"SELECT DISTINCT statements.document FROM revisions, statements WHERE {given}"
        which.add_any("document", "documents", transaction.values(query, given.values))
