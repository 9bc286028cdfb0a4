"""The JSON shapes of reviewing, as `shapes` has those of the ledger: for `monitor review` and the web page alike."""

from __future__ import annotations

from monitor.core.review.events import Done, Entry, Event, Orphan, QueueCounts, State
from monitor.core.review.scoring import Score
from monitor.reports.json import Shape, change_json, time_json


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
