"""A ledger of any size, written through the project's own writer and not folded: to be asked, not to be right."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from monitor.core.tracking.ids import text_key
from monitor.core.tracking.restored import signature
from monitor.ledger.fold_state import FoldCache
from monitor.ledger.writer import LedgerWriter
from monitor.model import Aspect, ChangeKind, Level, Snapshot
from monitor.model.ledger import (
    Counters,
    DocumentState,
    DocumentVersion,
    NewChange,
    NewRevision,
    SnapshotFold,
    StatementRef,
    StatementState,
)
from monitor.readers import fingerprint

IN_DOCUMENT = 500  # statements
WEEKS = 20  # snapshots behind the first, a week apart
START = datetime(2025, 1, 6, 6, tzinfo=UTC)


class Made:
    """What is written: documents of so many statements, then weeks in which some of them are revised, evenly spread."""

    def __init__(self, texts: Sequence[str], statements: int, changed: int) -> None:
        self.texts, self.statements, self.changed = texts, statements, changed
        self.documents = statements // IN_DOCUMENT

    def text(self, number: int, revision: int) -> str:
        words = self.texts[number % len(self.texts)].split()
        words[len(words) // 2] = f"{words[len(words) // 2]}-{number // len(self.texts)}-{revision}"
        return " ".join(words)

    def members(self, document: int) -> range:
        return range((document - 1) * IN_DOCUMENT + 1, document * IN_DOCUMENT + 1)

    def revised(self, week: int) -> Iterator[int]:
        """The statements that a week revises, in order."""
        step = self.statements // self.changed
        return (number for number in range(1 + week % step, self.statements + 1, step))


def write_ledger(ledger: LedgerWriter, made: Made) -> None:
    """All of it: the documents as a first look found them, then the weeks."""
    ledger.reset(fingerprint(()))
    cache, revision = FoldCache(), 1
    documents = iter(range(1, made.documents + 1))
    seq = 0
    while chunk := list(islice(documents, 200)):
        seq += 1
        revision += len(chunk) * IN_DOCUMENT
        with ledger.transaction(cache) as transaction:
            transaction.append(_came(made, seq, chunk, revision))
    for week in range(1, WEEKS + 1):
        seq += 1
        revision += made.changed
        with ledger.transaction(cache) as transaction:
            transaction.append(_week(made, seq, week, revision))
    ledger.analyse()


def _came(made: Made, seq: int, documents: Sequence[int], revision: int) -> SnapshotFold:
    """Some documents that the first look found; each part of it is a snapshot of its own here."""
    numbers = [number for document in documents for number in made.members(document)]
    changes = [
        _change(f"came {number}", number, ChangeKind.ADDED, baseline=True, after=_at(made, number, 1, number))
        for number in numbers
    ]
    return _fold(made, seq, START - timedelta(days=1), numbers, 1, changes, revision)


def _week(made: Made, seq: int, week: int, revision: int) -> SnapshotFold:
    """Each week revises other statements than the weeks before it."""
    numbers = list(made.revised(week))[: made.changed]
    changes = [
        _change(
            f"week {week} {number}",
            number,
            ChangeKind.REVISED,
            aspects=(Aspect.WORDING,),
            similarity=0.9,
            before=_at(made, number, 1, number),
            after=_at(made, number, 2, revision - made.changed + at),
        )
        for at, number in enumerate(numbers)
    ]
    return _fold(made, seq, START + timedelta(weeks=week), numbers, 2, changes, revision)


def _fold(
    made: Made, seq: int, at: datetime, numbers: Sequence[int], number: int, changes: Sequence[NewChange], revision: int
) -> SnapshotFold:
    """The `number`-th revision of each of the statements."""
    snapshot = Snapshot(hashlib.sha1(b"snapshot %d" % seq, usedforsecurity=False).hexdigest(), "", at, at)
    heads = [_head(made, document, seq) for document in sorted({_document(one) for one in numbers})]
    return SnapshotFold(
        seq=seq,
        snapshot=snapshot,
        tie=0 if number > 1 else seq - 1,
        document_states=tuple(heads),
        versions=tuple(DocumentVersion(one.number, one.path, one.blob, True, one.members) for one in heads),
        statements=tuple(
            _known(made, one, number, seq, row) for row, one in enumerate(numbers, revision - len(numbers))
        ),
        revisions=tuple(_revision(made, one, number) for one in numbers),
        changes=tuple(changes),
        counters=Counters(seq + 1, made.documents + 1, made.statements + 1, revision),
    )


def _change(of: str, number: int, kind: ChangeKind, **more: Any) -> NewChange:
    document = _document(number)
    return NewChange(id_of(of), Level.STATEMENT, kind, document, _path(document), None, **more)


def _at(made: Made, number: int, revision: int, row: int) -> tuple[StatementRef, ...]:
    return (StatementRef(number, revision, (number - 1) % IN_DOCUMENT, row, made.text(number, revision)),)


def id_of(of: str) -> str:
    return hashlib.sha1(of.encode(), usedforsecurity=False).hexdigest()[:20]


def _document(number: int) -> int:
    return (number - 1) // IN_DOCUMENT + 1


def _path(document: int) -> str:
    return f"{document % 100:02}/{document}.md"


def _head(made: Made, number: int, seq: int) -> DocumentState:
    path, blob = _path(number), hashlib.sha1(b"%d %d" % (number, seq), usedforsecurity=False).hexdigest()
    members = tuple(made.members(number))
    return DocumentState(number, id_of(f"document {number}"), "", path, True, blob, path, blob, members, seq, seq)


def _known(made: Made, number: int, revision: int, seq: int, row: int) -> StatementState:
    text = made.text(number, revision)
    return StatementState(
        number, id_of(f"statement {number}"), _document(number), revision, text_key(text), True, text,
        first_seq=seq, signature=signature(text), text_row=row,
    )  # fmt: skip


def _revision(made: Made, number: int, revision: int) -> NewRevision:
    text = made.text(number, revision)
    return NewRevision(number, revision, text_key(text), text, ())
