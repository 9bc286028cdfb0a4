"""Keep the review queue up to date with the ledger and the configuration: score new changes and group them.

Imported changes are scored when a page shows them, see `reviews.imported`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from threading import Lock

from monitor.app.monitor import Monitor, Progress, silent
from monitor.app.review_criteria import criteria
from monitor.config import Settings
from monitor.core.review.events import UNREVIEWED, QueueFilter
from monitor.core.review.scoring import IMPORTED_END, Fact, is_hidden, score_change
from monitor.core.text.terms import Terms
from monitor.ledger.codec import time_from_text
from monitor.ledger.database import chunks
from monitor.model import Change
from monitor.reviews.facts import LedgerMark
from monitor.reviews.imported import ImportedChanges
from monitor.reviews.queue import (
    EntryRecord,
    QueueMark,
    QueuePosition,
    QueueReader,
    QueueWriter,
    RecentEntry,
    Scope,
    record_of,
)

VERSION = 6  # of scoring and grouping themselves: raised where the same change would weigh or group differently


def fingerprint(settings: Settings) -> str:
    """Another one than the queue was made with means that it is rebuilt."""
    facts_text = repr((VERSION, settings.review.watch, settings.review.weights, settings.rules, str(settings.zone)))
    return blake2b(facts_text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


_ONE_AT_A_TIME = Lock()  # threads of a server that find the same news would all score it


def refresh_queue(monitor: Monitor, progress: Progress = silent) -> None:
    """Score what was folded since the last time; everything, where the ledger or the criteria are other ones."""
    writer = QueueWriter(monitor.reviews.database)
    wanted = fingerprint(monitor.settings)
    if _is_current(monitor, writer, wanted) and not _reviewed(monitor):
        return
    with _ONE_AT_A_TIME:
        while not (_is_current(monitor, writer, wanted) or _bring_up(monitor, writer, wanted, progress)):
            pass  # another process was quicker: what it left to do is looked at again
        if reviewed := _reviewed(monitor):
            known, using = writer.mark(), criteria(monitor.settings)
            writer.score([score_change(fact, using) for fact in reviewed], known.generation)
            writer.group(known, known, [fact.change for fact in reviewed])


def _reviewed(monitor: Monitor) -> list[Fact]:
    """The imported changes that somebody reviewed and that the queue's tables do not have yet."""
    outside = monitor.reviews.outside_queue()
    return [fact for fact in monitor.facts.of(outside) if fact.imported] if outside else []


def _is_current(monitor: Monitor, writer: QueueWriter, wanted: str) -> bool:
    known = writer.mark()
    return known == _target(monitor.facts.mark(), wanted, known.generation, known.imported)


def _bring_up(monitor: Monitor, writer: QueueWriter, wanted: str, progress: Progress) -> bool:
    """Score and line up; False where somebody else has done so meanwhile."""
    known, ledger = writer.mark(), monitor.facts.mark()
    start = known.seq if _continues(monitor, known, ledger, wanted) else None
    imported = ImportedChanges(monitor.ledger_database)
    target = _target(ledger, wanted, known.generation + (start is None), imported.count(EVERYTHING, Scope()))
    using = criteria(monitor.settings)
    changes: list[str] = []
    for facts in monitor.facts.not_imported(start or 0, ledger.seq):
        writer.score([score_change(fact, using) for fact in facts], target.generation)
        changes += [fact.change for fact in facts]
        progress("scoring", facts[-1].seq if facts else ledger.seq, ledger.seq)
    for chunk in chunks(imported.candidates(using.rules, (start or 0) + 1, ledger.seq)):
        ruled = [one for fact in monitor.facts.of(chunk) if (one := score_change(fact, using)).rule is not None]
        writer.score(ruled, target.generation)
        changes += [one.fact.change for one in ruled]
    return writer.group(known, target, None if start is None else changes)


def _target(ledger: LedgerMark, wanted: str, generation: int, imported: int) -> QueueMark:
    return QueueMark(**ledger._asdict(), criteria=wanted, generation=generation, imported=imported)


def _continues(monitor: Monitor, known: QueueMark, ledger: LedgerMark, criteria: str) -> bool:
    """Whether the queue holds the beginning of this very ledger, scored alike."""
    alike = (known.rules, known.upgrade, known.criteria) == (ledger.rules, ledger.upgrade, criteria)
    return alike and known.seq > 0 and monitor.facts.snapshot_at(known.seq) == known.snapshot


def hidden_changes(monitor: Monitor, changes: Sequence[Change]) -> frozenset[str]:
    """The ids of those of the changes that ignore rules hide from the queue."""
    if not monitor.settings.rules or not changes:
        return frozenset()
    using = criteria(monitor.settings)
    facts = monitor.facts.of([change.id for change in changes])
    return frozenset(fact.change for fact in facts if is_hidden(fact, using.rules))


# --- imported changes ---------------------------------------------------------------------------

EVERYTHING = QueueFilter(verdicts=frozenset())
MOST_ASKED = 8192  # imported changes that are looked for in the queue's tables at once


def unscored_records(
    monitor: Monitor, wanted: QueueFilter, scope: Scope, after: QueuePosition | None, limit: int
) -> list[EntryRecord]:
    """The imported changes that the filter finds and that the tables of the queue do not have, scored, in its order."""
    found = _unscored(monitor, wanted, scope, IMPORTED_END if after is None or after.day else after.rank, limit)
    return sorted(_records(monitor, found), key=lambda record: record.place, reverse=True)


def unscored_record(monitor: Monitor, change: str) -> EntryRecord | None:
    """An imported change that the tables do not have, scored; None where there is none with this id."""
    return next(iter(_records(monitor, [change])), None)


def _records(monitor: Monitor, changes: Sequence[str]) -> list[EntryRecord]:
    using = criteria(monitor.settings)
    return [record_of(score_change(fact, using)) for fact in monitor.facts.of(changes) if fact.imported]


def _unscored(monitor: Monitor, wanted: QueueFilter, scope: Scope, after: int, limit: int) -> list[str]:
    if wanted.folded or wanted.assignee or (wanted.verdicts and UNREVIEWED not in wanted.verdicts):
        return []
    scope, size = _scope_of_term(monitor, wanted, scope), limit
    imported, queue = ImportedChanges(monitor.ledger_database), QueueReader(monitor.reviews.database)
    found: list[str] = []
    while len(found) < limit:
        places = imported.page(wanted, scope, after, size)
        scored = queue.having([change for _, change in places])
        found += [change for _, change in places if change not in scored]
        if len(places) < size:
            break
        after, size = places[-1][0], min(size * 4, MOST_ASKED)
    return found[:limit]


def count_unscored(monitor: Monitor, wanted: QueueFilter, scope: Scope) -> int:
    """How many imported changes the filter finds that the tables of the queue do not have: all are unreviewed."""
    if wanted.assignee:
        return 0
    in_tables = QueueReader(monitor.reviews.database).count_imported(wanted, scope)
    if wanted._replace(verdicts=EVERYTHING.verdicts, folded=False, assignee=None) == EVERYTHING:
        return QueueWriter(monitor.reviews.database).mark().imported - in_tables  # counting takes longest of all
    scope = _scope_of_term(monitor, wanted, scope)
    return max(0, ImportedChanges(monitor.ledger_database).count(wanted, scope) - in_tables)


def count_unscored_by_document(monitor: Monitor, documents: Sequence[int] | None = None) -> Mapping[int, int]:
    """The same for each document, or for some of them, by its number."""
    found = Counter(ImportedChanges(monitor.ledger_database).count_by_document(documents))
    found.subtract(QueueReader(monitor.reviews.database).imported_by_document())
    return +found


def recent_entries(monitor: Monitor, wanted: QueueFilter, scope: Scope, limit: int) -> list[RecentEntry]:
    """What the snapshots brought, newest first, imported ones by their own time; verdicts do not matter."""
    queue = QueueReader(monitor.reviews.database)
    found = queue.recent(wanted, scope, limit)
    imported = ImportedChanges(monitor.ledger_database).newest(wanted, _scope_of_term(monitor, wanted, scope), limit)
    scored = queue.having([change for _, change in imported])
    found += [RecentEntry(change, change, 1, time_from_text(at)) for at, change in imported if change not in scored]
    return sorted(found, key=lambda entry: entry.taken_at, reverse=True)[:limit]


def _scope_of_term(monitor: Monitor, wanted: QueueFilter, scope: Scope) -> Scope:
    """The scope with a watch term: what the full-text search finds, as far as the term is in it."""
    if wanted.term is None:
        return scope
    if wanted.term not in monitor.settings.review.watch:
        return scope._replace(changes=())
    term = Terms([wanted.term])
    found = monitor.facts.with_words(wanted.term, lambda text: bool(term.in_texts([text])))
    return scope._replace(changes=found if scope.changes is None else list(set(found).intersection(scope.changes)))
