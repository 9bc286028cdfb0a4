"""What a fold says of documents as wholes: one came, went, came back, was renamed, revised or not read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.core.tracking.documents import Step
from monitor.core.tracking.drafts import DocumentStep, Outcome
from monitor.core.tracking.ids import document_change_id
from monitor.model import ChangeKind, Failure, Level, Snapshot
from monitor.model.ledger import Head, NewChange, Version


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
