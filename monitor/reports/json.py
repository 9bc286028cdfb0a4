"""The JSON shapes of reviewing, as `shapes` has those of the ledger: for `monitor review` and the web page alike.

The JSON shapes that other programs build on: one function a noun, used by every command.

Key names and their order are part of the interface; new keys are added at the end. Ordinals count from 0.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from monitor.core.review.events import Done, Entry, Event, Orphan, QueueCounts, State
from monitor.core.review.scoring import Score
from monitor.model import (
    Blame,
    Change,
    Document,
    DocumentSection,
    Edit,
    Failure,
    Found,
    Life,
    Moment,
    Report,
    Revision,
    Run,
    Side,
    Snapshot,
)

Shape = dict[str, Any]

# Valid inside any JSON string, and the same value when read: what UTF-8 cannot carry (lone surrogates of paths
# that are not UTF-8), what a terminal would obey, and what some readers take for the end of a line.
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def dumps(value: object, indent: int | None = None) -> str:
    """JSON as UTF-8 can carry it and a terminal can show it; on one line unless `indent` is given."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    if text.isascii() and "\x7f" not in text:  # as most are
        return text
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def time_json(time: datetime) -> str:
    """`2026-01-02T03:04:05Z`: UTC, with a fraction of a second only where it is not zero."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def change_json(change: Change) -> Shape:
    """A change, as `log --format jsonl` and a report's JSON give it."""
    return {
        "id": change.id,
        "level": str(change.level),
        "snapshot": change.snapshot,
        "taken_at": time_json(change.taken_at),
        "recorded_at": time_json(change.recorded_at),
        "document": change.document,
        "document_id": change.document_id,
        "cause": change.cause,
        "group": change.group,
        "kind": str(change.kind),
        "significance": str(change.significance),
        "aspects": [str(aspect) for aspect in change.aspects],
        "similarity": change.similarity,
        "moved": change.moved,
        "baseline": change.baseline,
        "technical_upgrade": change.technical_upgrade,
        "absent_since": _time_or_none(change.absent_since),
        "before": [side_json(side) for side in change.before],
        "after": [side_json(side) for side in change.after],
        "edits": [edit_json(edit) for edit in change.edits],
        "document_before": change.document_before,
        "message": change.message,
        "returns": change.returns,
        "copies": change.copies,
    }


def side_json(side: Side) -> Shape:
    """A statement on one side of a change."""
    return {
        "statement": side.statement,
        "revision": side.revision,
        "document": side.document,
        "ordinal": side.ordinal,
        "text": side.text,
        "links": list(side.links),
    }


def edit_json(edit: Edit) -> Shape:
    """One step of a word diff."""
    return {"op": edit.op, "before": edit.before, "after": edit.after}


def moment_json(moment: Moment) -> Shape:
    """A snapshot and its time."""
    return {"snapshot": moment.snapshot, "taken_at": time_json(moment.taken_at)}


def blame_json(blame: Blame) -> Shape:
    """A present statement: when it came, when it was last revised (null: never)."""
    return {
        "statement": blame.statement,
        "ordinal": blame.ordinal,
        "text": blame.text,
        "introduced": moment_json(blame.introduced),
        "revised": moment_json(blame.revised) if blame.revised else None,
        "revisions": blame.revisions,
    }


def revision_json(revision: Revision) -> Shape:
    """A numbered state of a statement, with the word diff against the one before."""
    return {
        "revision": revision.number,
        "text": revision.text,
        "links": list(revision.links),
        "since": moment_json(revision.since),
        "edits": [edit_json(edit) for edit in revision.edits],
    }


def life_json(life: Life) -> Shape:
    """A statement's whole life, oldest first."""
    return {
        "statement": life.statement,
        "document": life.document,
        "present": life.present,
        "revisions": [revision_json(revision) for revision in life.revisions],
        "changes": [change_json(change) for change in life.changes],
        "aliases": list(life.aliases),
    }


def found_json(found: Found) -> Shape:
    """A hit of the search."""
    return {
        "statement": found.statement,
        "revision": found.revision,
        "document": found.document,
        "text": found.text,
        "since": moment_json(found.since),
        "present": found.present,
    }


def document_json(document: Document) -> Shape:
    """A document that is followed, by its present or latest path."""
    return {
        "id": document.id,
        "path": document.path,
        "present": document.present,
        "blob": document.blob,
        "statements": document.statements,
        "first_seen": moment_json(document.first_seen),
        "last_changed": moment_json(document.last_changed),
    }


def snapshot_json(snapshot: Snapshot) -> Shape:
    """A snapshot; `source` is empty for the watched folder, else the name of the import."""
    return {
        "id": snapshot.id,
        "source": snapshot.source,
        "taken_at": time_json(snapshot.taken_at),
        "recorded_at": time_json(snapshot.recorded_at),
        "author": snapshot.author,
        "origin": snapshot.origin,
    }


def failure_json(failure: Failure) -> Shape:
    """A document that a run could not read, and why."""
    return {"path": failure.path, "reason": failure.reason}


def run_json(run: Run) -> Shape:
    """One run of the monitor."""
    return {
        "started_at": time_json(run.started_at),
        "finished_at": time_json(run.finished_at),
        "outcome": run.outcome,
        "snapshot": run.snapshot,
        "taken_at": _time_or_none(run.taken_at),
        "changes": run.changes,
        "failures": [failure_json(failure) for failure in run.failures],
        "skipped": [failure_json(failure) for failure in run.skipped],
        "message": run.message,
    }


def section_json(section: DocumentSection) -> Shape:
    """A document's part of a report, by the ids of its changes: they stand in full in `changes`."""
    return {
        "document": section.document,
        "document_id": section.document_id,
        "events": [change.id for change in section.events],
        "substantive": [change.id for change in section.substantive],
        "moves": [change.id for change in section.moves],
        "editorial": [change.id for change in section.editorial],
    }


def report_json(report: Report) -> Shape:
    """A report; `changes` are all that is news, in the log's order."""
    return {
        "made_at": time_json(report.made_at),
        "since": _time_or_none(report.since),
        "until": _time_or_none(report.until),
        "snapshots": [snapshot_json(snapshot) for snapshot in report.snapshots],
        "totals": dict(report.totals),
        "failures": [change_json(change) for change in report.failures],
        "documents": [section_json(section) for section in report.documents],
        "changes": [change_json(change) for change in report.changes],
        "baseline": [{"document": count.document, "statements": count.statements} for count in report.baseline],
    }


def _time_or_none(time: datetime | None) -> str | None:
    return None if time is None else time_json(time)


def entry_json(entry: Entry) -> Shape:
    """One line of the queue, with the change that leads it."""
    return {
        "change": change_json(entry.change),
        "score": score_json(entry.score),
        "state": state_json(entry.state),
        "size": entry.size,
        "documents": list(entry.documents),
        "document_count": entry.document_count,
        "first_at": time_json(entry.first_at or entry.change.taken_at),
        "last_at": time_json(entry.last_at or entry.change.taken_at),
        "flapping": entry.flapping,
        "verdicts": dict(entry.verdicts),
        "heading": list(entry.heading),
        "terms": list(entry.terms),
        "rule": entry.rule,
        "folded": entry.folded,
        "cursor": entry.cursor,
    }


def score_json(score: Score) -> Shape:
    """A score and what it is made of."""
    parts = [{"reason": part.reason, "points": part.points} for part in score.parts]
    return {"total": score.total, "parts": parts}


def state_json(state: State) -> Shape:
    """What stands on a change; a null verdict is unreviewed."""
    return {
        "verdict": None if state.verdict is None else str(state.verdict),
        "reviewer": state.reviewer,
        "at": None if state.at is None else time_json(state.at),
        "assignee": state.assignee,
        "comments": state.comments,
        "last": state.last,
    }


def event_json(event: Event) -> Shape:
    """One thing that a reviewer did."""
    return {
        "number": event.number,
        "id": event.id,
        "batch": event.batch,
        "change": event.change,
        "act": str(event.act),
        "reviewer": event.reviewer,
        "at": time_json(event.at),
        "verdict": None if event.verdict is None else str(event.verdict),
        "comment": event.comment,
        "assignee": event.assignee,
        "undoes": event.undoes,
    }


def done_json(done: Done) -> Shape:
    """What was written at one stroke."""
    return {
        "events": [event_json(event) for event in done.events],
        "overtaken": [event_json(event) for event in done.overtaken],
    }


def orphan_json(orphan: Orphan) -> Shape:
    """A change that was decided on and is gone."""
    return {
        "change": orphan.change,
        "state": state_json(orphan.state),
        "events": [event_json(event) for event in orphan.events],
    }


def counts_json(counts: QueueCounts) -> Shape:
    """How many changes there are."""
    return {"verdicts": dict(counts.verdicts), "folded": counts.folded, "orphaned": counts.orphaned}
