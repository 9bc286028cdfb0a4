"""Documents on which two people must agree: the first proposes, another one decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from monitor.app import review
from monitor.app.monitor import Monitor
from monitor.app.review import QueueFilter, decide, undo
from monitor.core.review.events import Act, State, Verdict
from monitor.errors import UsageError
from tests.reviews.queue_entries import NOW, entry_of, listed
from tests.support.workspace import Workspace

ACCEPTED, FLAGGED, DISMISSED = Verdict.ACCEPTED, Verdict.FLAGGED, Verdict.DISMISSED
Open = Callable[[Workspace], Monitor]


@pytest.fixture
def desk(story: Workspace) -> Workspace:
    story.configure("[review]\nsecond = ['truce.md', 'pier.md', 'port.md']\n")
    return story


def say(monitor: Monitor, who: str, verdict: Verdict, text: str = "color", minutes: int = 0) -> Act:
    change = entry_of(monitor, text).change.id
    done = decide(monitor, [change], verdict, reviewer=who, at=NOW + timedelta(minutes=minutes))
    return done.events[0].act


def state(monitor: Monitor, text: str = "color") -> State:
    return entry_of(monitor, text).state


@pytest.mark.parametrize("verdict", [ACCEPTED, DISMISSED])
def test_first_of_two_proposes_and_the_second_decides(desk: Workspace, opened: Open, verdict: Verdict) -> None:
    monitor = opened(desk)
    assert say(monitor, "Ada", verdict) is Act.PROPOSAL
    found = state(monitor)
    assert (found.verdict, found.proposed, found.proposed_by) == (None, verdict, "Ada")
    assert any("color" in text for text in listed(monitor))
    assert say(monitor, "Bob", verdict) is Act.VERDICT
    found = state(monitor)
    assert (found.verdict, found.reviewer, found.proposed) == (verdict, "Bob", None)


def test_one_person_does_not_count_twice(desk: Workspace, opened: Open) -> None:
    monitor = opened(desk)
    say(monitor, "Ada", ACCEPTED)
    with pytest.raises(UsageError, match="Ada has proposed this already"):
        say(monitor, "Ada", ACCEPTED)
    assert state(monitor).verdict is None


def test_people_who_disagree_decide_nothing(desk: Workspace, opened: Open) -> None:
    monitor = opened(desk)
    say(monitor, "Ada", ACCEPTED)
    assert say(monitor, "Bob", DISMISSED) is Act.PROPOSAL
    assert (state(monitor).verdict, state(monitor).proposed_by) == (None, "Bob")
    assert say(monitor, "Ada", DISMISSED) is Act.VERDICT


def test_one_person_can_flag(desk: Workspace, opened: Open) -> None:
    monitor = opened(desk)
    assert say(monitor, "Ada", FLAGGED) is Act.VERDICT


def test_verdict_stays_until_two_people_agree_on_another(desk: Workspace, opened: Open) -> None:
    monitor = opened(desk)
    say(monitor, "Ada", ACCEPTED)
    say(monitor, "Bob", ACCEPTED)
    say(monitor, "Bob", DISMISSED)
    assert (state(monitor).verdict, state(monitor).proposed) == (ACCEPTED, DISMISSED)
    say(monitor, "Cy", DISMISSED)
    assert state(monitor).verdict is DISMISSED


@pytest.mark.parametrize("who", ["Ada", "Bob"])
def test_each_of_the_two_can_be_taken_back(desk: Workspace, opened: Open, who: str) -> None:
    monitor = opened(desk)
    say(monitor, "Ada", ACCEPTED)
    say(monitor, "Bob", ACCEPTED)
    undo(monitor, [entry_of(monitor, "color").change.id], reviewer=who, at=NOW)
    found = state(monitor)
    assert (found.verdict, found.proposed_by) == ((None, "Ada") if who == "Bob" else (ACCEPTED, None))


def test_group_is_proposed_and_decided_as_a_whole(desk: Workspace, opened: Open) -> None:
    monitor = opened(desk)
    change = entry_of(monitor, "45 divers").change.id
    first = decide(monitor, [change], ACCEPTED, reviewer="Ada", at=NOW)
    second = decide(monitor, [change], ACCEPTED, reviewer="Bob", at=NOW)
    assert [len(first.events), len(second.events)] == [2, 2]
    assert {one.act for one in second.events} == {Act.VERDICT}


def test_other_documents_need_one_person(story: Workspace, opened: Open) -> None:
    story.configure("[review]\nsecond = ['contracts/**']\n")
    assert say(opened(story), "Ada", ACCEPTED) is Act.VERDICT


def test_all_documents_can_need_two(story: Workspace, opened: Open) -> None:
    story.configure("[review]\nsecond = true\n")
    assert say(opened(story), "Ada", ACCEPTED) is Act.PROPOSAL


def test_proposals_come_back_from_their_branch(desk: Workspace, opened: Open) -> None:
    monitor = opened(desk)
    say(monitor, "Ada", ACCEPTED)
    review.sync_branch(desk.settings)
    assert desk.findings() == []
    for path in desk.snapshots.glob("reviews.db*"):
        path.unlink()
    desk.record()
    again = opened(desk)
    assert state(again).proposed_by == "Ada"
    assert say(again, "Bob", ACCEPTED) is Act.VERDICT


def test_command_line_says_that_another_person_decides(desk: Workspace) -> None:
    change = desk.monitor("review", "list", "--format", "jsonl").jsonl()[0]["change"]["id"]
    assert "another person decides" in desk.monitor("review", "accept", change, "--as", "Ada").text
    assert "Ada proposes accepted" in desk.monitor("review", "list").text
    refused = desk.monitor("review", "accept", change, "--as", "Ada", status=2)
    assert "another person decides" in refused.err.decode()
    assert "accepted" in desk.monitor("review", "accept", change, "--as", "Bob").text
    assert change not in [one["change"]["id"] for one in desk.monitor("review", "list", "--format", "jsonl").jsonl()]


def test_all_that_match_are_proposed(desk: Workspace, opened: Open) -> None:
    monitor = opened(desk)
    many = len(review.queue(monitor).entries)
    review.decide_matching(monitor, QueueFilter(), many, ACCEPTED, reviewer="Ada", at=NOW)
    assert len(review.queue(monitor).entries) == many
    review.decide_matching(monitor, QueueFilter(), many, ACCEPTED, reviewer="Bob", at=NOW)
    assert review.queue(monitor).entries == ()
