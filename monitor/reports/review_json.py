"""The JSON shapes of the review queue and of what people decided, as `json` has the others."""

from __future__ import annotations

from monitor.core.review.events import Act, Entry, Event, Orphan, QueueCounts, ReviewResult, State, Verdict
from monitor.core.review.scoring import Part, Score
from monitor.reports.json import CONVERTERS, Shape, shape_of

CONVERTERS.update(dict.fromkeys((Act, Verdict), str))
shape_of(Part, "reason points")
score_json = shape_of(Score, "total parts")
# A null verdict is unreviewed
state_json = shape_of(State, "verdict reviewer at assignee comments last proposed proposed_by")
event_json = shape_of(Event, "number id batch change act reviewer at verdict comment assignee undoes")
# A change that was decided on and is gone
orphan_json = shape_of(Orphan, "change state events")
counts_json = shape_of(QueueCounts, "verdicts folded orphaned entries all_entries")
_entry_json = shape_of(
    Entry,
    "change score state size documents document_count first_at last_at flapping verdicts heading terms rule folded"
    " cursor",
)


def done_json(done: ReviewResult) -> Shape:
    """What was written in one step."""
    return {"events": [event_json(event) for event in done.events]}


def entry_json(entry: Entry) -> Shape:
    """One line of the queue, with the change that leads it."""
    shape = _entry_json(entry)
    for time in ("first_at", "last_at"):
        shape[time] = shape[time] or shape["change"].taken_at
    return shape
