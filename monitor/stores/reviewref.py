"""Events of reviewing on a branch of the snapshot repository, so that a lost database loses nothing.

Each commit adds one file of JSON lines, `events/YYYY/MM/DD/number-id.jsonl`; none is ever altered. The order of the
paths is the order of the events.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from monitor.core.review import Act, Event, Verdict
from monitor.errors import StoreError
from monitor.stores.fastimport import TreeChange
from monitor.stores.git import GitSnapshots
from monitor.stores.gitobjects import FILE, object_id
from monitor.stores.refs import REVIEWS
from monitor.stores.snapshotwriter import NewSnapshot
from monitor.stores.values import moment_from_text, moment_to_text

MANY = 10_000  # events in one file


def head(store: GitSnapshots) -> str | None:
    """The newest commit of the branch; None where nothing was ever written."""
    return store.tip(REVIEWS)


def append(store: GitSnapshots, events: Sequence[Event], at: datetime) -> str:
    """Add events to the branch and give its new head. The caller holds the store's lock."""
    with store.writer() as writer:
        changes = {}
        for first in range(0, len(events), MANY):
            chunk = events[first : first + MANY]
            data = "".join(_line(event) for event in chunk).encode()
            blob = object_id("blob", data)
            writer.add(blob, data)
            changes[f"events/{at:%Y/%m/%d}/{chunk[0].number:012}-{chunk[0].id}.jsonl".encode()] = TreeChange(FILE, blob)
        new = NewSnapshot("", head(store), at, at, f"{len(events)} events of reviewing", changes, REVIEWS)
        return writer.commit(new).id


def events(store: GitSnapshots, commit: str) -> Iterator[Event]:
    """Every event that a commit of the branch holds, in their order, numbered from 1."""
    number = 0
    for _, data in store.read_many([blob for _, blob in store.files(commit)]):
        for line in data.splitlines():
            number += 1
            yield _event(number, line)


def _line(event: Event) -> str:
    told = {
        "id": event.id,
        "batch": event.batch,
        "change": event.change,
        "act": str(event.act),
        "reviewer": event.reviewer,
        "at": moment_to_text(event.at),
        "verdict": event.verdict and str(event.verdict),
        "comment": event.comment,
        "assignee": event.assignee,
        "undoes": event.undoes,
    }
    return json.dumps({key: value for key, value in told.items() if value is not None}) + "\n"


def _event(number: int, line: bytes) -> Event:
    try:
        told: dict[str, Any] = json.loads(line)
        verdict = told.get("verdict")
        return Event(
            number=number,
            id=told["id"],
            batch=told["batch"],
            change=told["change"],
            act=Act(told["act"]),
            reviewer=told["reviewer"],
            at=moment_from_text(told["at"]),
            verdict=None if verdict is None else Verdict(verdict),
            comment=told.get("comment"),
            assignee=told.get("assignee"),
            undoes=told.get("undoes"),
        )
    except (ValueError, LookupError, TypeError) as error:
        raise StoreError(f"the branch {REVIEWS} holds a line that is no event: {error}") from error
