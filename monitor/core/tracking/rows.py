"""Joined drafts become the rows of one fold: numbers, ids, revisions, changes, the documents' new heads.

What a fold says of documents as wholes: one came, went, came back, was renamed, revised or not read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from monitor.core.text.normalize import fold
from monitor.core.tracking.compare import DocumentStep, Draft, Outcome, Spot, unchanged
from monitor.core.tracking.documents import Step
from monitor.core.tracking.ids import change_id, document_change_id, document_id, moment, statement_id, text_key
from monitor.core.tracking.restored import Copies, Memory, sketch
from monitor.core.tracking.statements import grouped, heir, significance_of
from monitor.model import ChangeKind, Failure, Level, Snapshot, Statement
from monitor.model.ledger import Counters, Fold, Head, Known, NewChange, NewRevision, Place, Version


def document_changes(document: DocumentStep, number: int, seen: str, *, baseline: bool) -> Iterator[NewChange]:
    """The changes of one document as a whole; `seen` is the snapshot's time as ids hold it."""
    step = document.step
    path_before, blob_before = before_in_ids(step)
    for kind in _kinds(document):
        named = ChangeKind.ADDED if kind is ChangeKind.RESTORED else kind
        yield NewChange(
            id=document_change_id(named, (path_before, step.path), (blob_before, step.blob), seen),
            level=Level.DOCUMENT,
            kind=kind,
            document=number,
            path=step.path,
            path_before=step.path_before if step.path_before != step.path else None,
            baseline=baseline,
            absent_since=step.head.gone_at if kind is ChangeKind.RESTORED and step.head else None,
            message=document.message if kind is ChangeKind.FAILED else None,
        )


def before_in_ids(step: Step) -> tuple[str | None, str | None]:
    """Path and bytes before, as the ids of changes hold them.

    Nothing for a document that comes back: whether it is known to have been there depends on how much history is, and
    the ids must not.
    """
    return (None, None) if step.head is None or step.returns else (step.head.path, step.head.blob)


def _kinds(document: DocumentStep) -> Iterator[ChangeKind]:
    step = document.step
    if step.head is None:
        yield ChangeKind.ADDED
    elif step.blob is None:
        yield ChangeKind.REMOVED
    elif step.returns:
        yield ChangeKind.RESTORED
    elif step.head.path != step.path:
        yield ChangeKind.RENAMED
    if document.outcome is Outcome.OPAQUE and step.head and step.head.present and step.head.blob != step.blob:
        yield ChangeKind.REVISED
    if document.outcome is Outcome.FAILED:
        yield ChangeKind.FAILED


def capture_failure(failure: Failure, head: Head | None, seen: str, *, baseline: bool) -> NewChange:
    """A document whose bytes could not be taken; `head` is what was known of it."""
    return NewChange(
        id=document_change_id("unread", (None, failure.path), (head.blob if head else None, failure.reason), seen),
        level=Level.DOCUMENT,
        kind=ChangeKind.FAILED,
        document=head.number if head else None,
        path=failure.path,
        path_before=None,
        baseline=baseline,
        message=failure.reason,
    )


def head_of(
    document: DocumentStep, number: int, identity: str, members: Sequence[int], seq: int, snapshot: Snapshot
) -> Head:
    """What is known of a document from now on; one that could not be read keeps the statements last read from it."""
    step, old = document.step, document.step.head
    read = document.outcome in (Outcome.READ, Outcome.OPAQUE)
    gone = document.outcome is Outcome.GONE
    same_text = read or document.outcome is Outcome.SAME
    return Head(
        number=number,
        id=identity,
        source=snapshot.source,
        path=step.path,
        present=not gone,
        blob=old.blob if gone and old else step.blob,
        read_path=step.path if same_text else old.read_path if old else None,
        read_blob=step.blob if read else old.read_blob if old else None,
        members=tuple(members) if read else old.members if old else (),
        first_seq=old.first_seq if old else seq,
        last_seq=seq,
        failed=document.outcome is Outcome.FAILED,
        gone_at=snapshot.taken_at if gone else None,
    )


def version_of(document: DocumentStep, head: Head) -> Version:
    """The document in this snapshot."""
    members = None if document.outcome is Outcome.OPAQUE else head.members
    return Version(head.number, head.path, head.blob if head.present else None, head.present, members)


NOTHING = Memory()


@dataclass(frozen=True)
class Moment:
    """Where in the order of the fold we are. `baseline`: the first snapshot of its source."""

    seq: int
    snapshot: Snapshot
    tie: int
    baseline: bool

    @cached_property
    def seen(self) -> str:
        return moment(self.snapshot.taken_at, self.tie, self.snapshot.source)


def assemble(
    now: Moment,
    documents: Sequence[DocumentStep],
    drafts: Iterable[Draft],
    known: Mapping[int, Known],
    counters: Counters,
    failures: Sequence[tuple[Failure, Head | None]] = (),
    memory: Memory = NOTHING,
) -> Fold:
    """The fold of one snapshot.

    `known` holds every statement that a draft's before side names; `memory` tells which present statements held a text
    that a change takes away, or nearly. `failures` are documents that could
    not be captured, with what was known of them.
    """
    return _Assembly(now, documents, known, counters, memory).fold(drafts, failures)


class _Assembly:
    """The rows while they grow; lives for one call of `assemble`."""

    def __init__(
        self,
        now: Moment,
        documents: Sequence[DocumentStep],
        known: Mapping[int, Known],
        counters: Counters,
        memory: Memory,
    ) -> None:
        self.now = now
        self.documents = documents
        self.known = dict(known)
        self.memory = memory
        self.copies = Copies((), {}, ())
        self.next_document = counters.document
        self.next_statement = counters.statement
        self.next_revision = counters.revision
        self.numbers: list[int] = []
        self.ids: list[str] = []
        self.members: list[list[int]] = []
        self.touched: dict[int, Known] = {}
        self.revisions: list[NewRevision] = []
        self.changes: list[tuple[tuple[object, ...], NewChange]] = []
        self.born: Counter[tuple[str, str]] = Counter()
        self.same: Counter[tuple[object, ...]] = Counter()

    def fold(self, drafts: Iterable[Draft], failures: Sequence[tuple[Failure, Head | None]]) -> Fold:
        for document in self.documents:
            self._number(document)
        ordered = sorted(drafts, key=lambda draft: (draft.document, _ordinal(draft)))
        places = [self._identify(draft) for draft in ordered]
        for document, number in zip(self.documents, self.numbers, strict=True):
            self._tell(document_changes(document, number, self.now.seen, baseline=self.now.baseline))
        self._tell(capture_failure(*failure, self.now.seen, baseline=self.now.baseline) for failure in failures)
        self.copies = self._copies_now()
        statement_changes = [self._change(draft, *sides) for draft, sides in zip(ordered, places, strict=True)]
        statement_changes = grouped(ordered, statement_changes)
        self.changes += [
            ((change.path, 1, _ordinal(draft), at), change)
            for at, (draft, change) in enumerate(zip(ordered, statement_changes, strict=True))
        ]
        heads = tuple(
            head_of(document, number, identity, members, self.now.seq, self.now.snapshot)
            for document, number, identity, members in zip(
                self.documents, self.numbers, self.ids, self.members, strict=True
            )
        )
        return Fold(
            seq=self.now.seq,
            snapshot=self.now.snapshot,
            tie=self.now.tie,
            heads=heads,
            versions=tuple(map(version_of, self.documents, heads)),
            statements=tuple(self.touched.values()),
            revisions=tuple(self.revisions),
            changes=tuple(change for _, change in sorted(self.changes, key=lambda pair: pair[0])),
            counters=Counters(
                self.now.seq + 1, self.next_document, self.next_statement, self.next_revision + len(self.revisions)
            ),
        )

    # --- names ----------------------------------------------------------------------------------

    def _number(self, document: DocumentStep) -> None:
        head = document.step.head
        if head is None:
            self.numbers.append(self.next_document)
            self.ids.append(document_id(document.step.path, self.now.seen))
            self.next_document += 1
        else:
            self.numbers.append(head.number)
            self.ids.append(head.id)
        members = [0] * len(document.after)
        if document.comparison is not None and head is not None and not document.step.returns:
            for i, j, length in document.comparison.kept:
                members[j : j + length] = head.members[i : i + length]
        self.members.append(members)

    def _identify(self, draft: Draft) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
        """Numbers for the after side; what is written of each statement; both sides as places."""
        before = tuple(_place(self.known[spot.number], spot.ordinal) for spot in draft.before)
        kept = self._kept(draft)
        if draft.known is not None:
            self.known[draft.known.number] = draft.known
            before = (_place(draft.known, draft.known.ordinal or 0),)
        after: list[Place] = []
        for part, ordinal in enumerate(draft.after):
            value = self.documents[draft.document].after[ordinal]
            number = kept.get(part)
            known = self._born(draft, value) if number is None else self._continued(number, draft, value)
            self.members[draft.document][ordinal] = known.number
            after.append(_place(known, ordinal))
        for spot in draft.before:
            if spot.number not in kept.values():
                self._gone(spot)
        return before, tuple(after)

    def _kept(self, draft: Draft) -> dict[int, int]:
        """Which part of the after side continues which statement."""
        if draft.known is not None:
            return {0: draft.known.number}
        if not draft.before or not draft.after:
            return {}
        if len(draft.before) == len(draft.after):
            return {0: draft.before[0].number}
        best = heir(self.documents, draft)
        return {best: draft.before[0].number} if len(draft.after) > 1 else {0: draft.before[best].number}

    def _born(self, draft: Draft, value: Statement) -> Known:
        identity = self.ids[draft.document]
        self.born[identity, fold(value.text)] += 1
        known = Known(
            number=self.next_statement,
            id=statement_id(identity, self.now.seen, value.text, self.born[identity, fold(value.text)]),
            document=self.numbers[draft.document],
            revision=1,
            key=text_key(value.text),
            present=True,
            text=value.text,
            links=value.links,
            sketch=sketch(value.text),
            first_seq=self.now.seq,
            text_row=self._next_row(),
        )
        self.next_statement += 1
        return self._keep(known, value)

    def _continued(self, number: int, draft: Draft, value: Statement) -> Known:
        known = self.known[number]
        revised = not unchanged(Statement(known.text, links=known.links), value)
        return self._keep(
            known._replace(
                document=self.numbers[draft.document],
                revision=known.revision + revised,
                key=text_key(value.text) if revised else known.key,
                present=True,
                text=value.text,
                links=value.links,
                sketch=sketch(value.text) if revised else known.sketch,
                returns=known.returns + (draft.kind is ChangeKind.RESTORED),
                path=None,
                ordinal=None,
                gone_at=None,
                text_row=self._next_row() if revised else known.text_row,
            ),
            value if revised else None,
        )

    def _next_row(self) -> int:
        return self.next_revision + len(self.revisions)

    def _keep(self, known: Known, revised: Statement | None = None) -> Known:
        self.known[known.number] = self.touched[known.number] = known
        if revised is not None:
            new = (known.number, known.revision, known.key, known.text, known.links)
            self.revisions.append(NewRevision(*new, revised.kind, revised.level))
        return known

    def _gone(self, spot: Spot) -> None:
        head = self.documents[spot.document].step.head
        self._keep(
            self.known[spot.number]._replace(
                present=False,
                path=head.path if head else None,
                ordinal=spot.ordinal,
                gone_at=self.now.snapshot.taken_at,
            )
        )

    # --- changes --------------------------------------------------------------------------------

    def _copies_now(self) -> Copies:
        """Who holds the texts that were asked for, once this snapshot is folded."""
        asked = self.memory.holders
        now = {key: {n: d for n, d in told.items() if n not in self.touched} for key, told in asked.items()}
        for known in self.touched.values():
            if known.present and known.key in now:
                now[known.key][known.number] = known.document
        alike = (self.touched.get(known.number, known) for known in self.memory.alike)
        return Copies(self.documents, now, (known for known in alike if known.present))

    def _tell(self, changes: Iterable[NewChange]) -> None:
        """Of documents as wholes: before their statements, in the order they are given."""
        self.changes += [((change.path, 0, len(self.changes), at), change) for at, change in enumerate(changes)]

    def _change(self, draft: Draft, before: tuple[Place, ...], after: tuple[Place, ...]) -> NewChange:
        document = self.documents[draft.document]
        source = self.documents[draft.before[0].document] if draft.before else document
        path_before = draft.known.path if draft.known else source.step.path_before
        old_texts = [source.before[spot.ordinal].text for spot in draft.before]
        if draft.kind is ChangeKind.RESTORED:
            old_texts = []
        new_texts = [document.after[ordinal].text for ordinal in draft.after]
        return NewChange(
            id=self._change_id(source, document, old_texts, new_texts),
            level=Level.STATEMENT,
            kind=draft.kind,
            document=self.numbers[draft.document],
            path=document.step.path,
            path_before=path_before if path_before != document.step.path else None,
            cause=draft.cause,
            significance=significance_of(draft),
            aspects=draft.classification.aspects if draft.classification else (),
            similarity=draft.similarity if before and after else None,
            moved=draft.moved,
            baseline=self.now.baseline,
            absent_since=draft.absent_since,
            returns=self.known[after[0].statement].returns if draft.kind is ChangeKind.RESTORED else None,
            copies=self.copies.behind(draft),
            before=before,
            after=after,
        )

    def _change_id(
        self, source: DocumentStep, document: DocumentStep, old_texts: Sequence[str], new_texts: Sequence[str]
    ) -> str:
        path_before, blob_before = before_in_ids(source.step)
        paths, blobs = (path_before, document.step.path), (blob_before, document.step.blob)
        same = (paths, blobs, tuple(map(fold, old_texts)), tuple(map(fold, new_texts)))
        self.same[same] += 1
        return change_id(paths, blobs, self.now.seen, old_texts, new_texts, self.same[same])


def _place(known: Known, ordinal: int) -> Place:
    return Place(known.number, known.revision, ordinal, known.text_row, known.text, known.links)


def _ordinal(draft: Draft) -> int:
    return draft.after[0] if draft.after else draft.before[0].ordinal
