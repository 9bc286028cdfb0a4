"""What stands on a change follows from its events, and no event is ever lost to a later one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.review.events import Act, Event, State, Verdict, current_events, event_to_undo, state_of

START = datetime(2026, 1, 1, tzinfo=UTC)


def event(number: int, act: Act = Act.VERDICT, reviewer: str = "Ada", **values: object) -> Event:
    at = START + timedelta(minutes=number)
    return Event(number, f"e{number}", f"b{number}", "change", act, reviewer, at, **values)  # type: ignore[arg-type]


def accepted(number: int, reviewer: str = "Ada") -> Event:
    return event(number, reviewer=reviewer, verdict=Verdict.ACCEPTED)


def flagged(number: int, reviewer: str = "Grace") -> Event:
    return event(number, reviewer=reviewer, verdict=Verdict.FLAGGED)


def undo(number: int, of: int, reviewer: str = "Ada") -> Event:
    return event(number, Act.UNDO, reviewer, undoes=f"e{of}")


def test_without_an_event_a_change_is_unreviewed() -> None:
    assert state_of([]) == State()


def test_newest_verdict_is_current_with_its_reviewer() -> None:
    state = state_of([accepted(1), flagged(2)])
    assert (state.verdict, state.reviewer, state.at) == (Verdict.FLAGGED, "Grace", START + timedelta(minutes=2))


def test_an_undo_brings_back_the_verdict_before() -> None:
    state = state_of([accepted(1), flagged(2), undo(3, of=2, reviewer="Grace")])
    assert (state.verdict, state.reviewer) == (Verdict.ACCEPTED, "Ada")


def test_an_undone_only_verdict_leaves_the_change_unreviewed() -> None:
    assert state_of([accepted(1), undo(2, of=1)]).verdict is None


def test_comment_is_not_a_verdict() -> None:
    state = state_of([event(1, Act.COMMENT, comment="ask the desk")])
    assert (state.verdict, state.comments) == (None, 1)


def test_a_verdict_s_comment_counts_as_one() -> None:
    assert state_of([event(1, verdict=Verdict.DISMISSED, comment="noise")]).comments == 1


def test_an_undone_comment_is_not_counted() -> None:
    assert state_of([event(1, Act.COMMENT, comment="typo"), undo(2, of=1)]).comments == 0


@pytest.mark.parametrize(
    ("names", "stands"),
    [(["Grace"], "Grace"), (["Grace", "Alan"], "Alan"), (["Grace", ""], None)],
    ids=["one", "the newer one", "taken away"],
)
def test_newest_assignment_is_current(names: list[str], stands: str | None) -> None:
    told = [event(number, Act.ASSIGNMENT, assignee=name) for number, name in enumerate(names, 1)]
    assert state_of(told).assignee == stands


def test_a_reviewer_takes_back_their_own_newest_event() -> None:
    assert event_to_undo([accepted(1), flagged(2)], "Ada") == accepted(1)


def test_undone_event_is_not_undone_again() -> None:
    assert event_to_undo([accepted(1), undo(2, of=1)], "Ada") is None


def test_undo_of_another_reviewer_is_refused() -> None:
    assert event_to_undo([flagged(1)], "Ada") is None


histories = st.lists(st.sampled_from(["accept", "flag", "comment", "undo"]), max_size=12).map(
    lambda deeds: [
        {
            "accept": accepted(number),
            "flag": flagged(number),
            "comment": event(number, Act.COMMENT, comment="x"),
            "undo": undo(number, of=max(number - 1, 1)),
        }[deed]
        for number, deed in enumerate(deeds, 1)
    ]
)


@given(histories)
def test_current_events_are_a_subsequence_of_the_history(events: list[Event]) -> None:
    numbers = [one.number for one in current_events(events)]
    assert numbers == sorted(numbers)
    assert set(numbers) <= {one.number for one in events if one.act is not Act.UNDO}


@given(histories)
def test_change_has_a_verdict_exactly_if_one_is_current(events: list[Event]) -> None:
    assert (state_of(events).verdict is not None) == any(one.act is Act.VERDICT for one in current_events(events))
