"""Verdicts over real runs: they are kept through everything, and nobody's is lost."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from monitor.app import review as app_review
from monitor.app.maintenance import rebuild
from monitor.app.monitor import Monitor
from monitor.core.review.events import Act, Overtaken, QueueFilter, Verdict
from monitor.core.tracking import ids
from monitor.errors import StoreError, UsageError
from monitor.model import ChangeFilter
from tests.reviews.queue_entries import NOW, entry_of, listed
from tests.support.workspace import Workspace

Opened = Callable[[Workspace], Monitor]

DIVERS = "It will cover 45 divers."
BANNER = "We use cookies."
ADA, GRACE = {"reviewer": "Ada", "at": NOW}, {"reviewer": "Grace", "at": NOW + timedelta(minutes=1)}


def lead(monitor: Monitor, text: str = DIVERS) -> str:
    return entry_of(monitor, text).change.id


def test_a_verdict_takes_the_entry_out_of_the_queue(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    app_review.decide(monitor, [lead(monitor)], Verdict.ACCEPTED, **ADA)
    assert DIVERS not in listed(monitor)
    assert DIVERS in listed(monitor, verdicts=frozenset({"accepted"}))


def test_verdict_on_a_group_is_one_event_per_change(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    done = app_review.decide(monitor, [lead(monitor)], Verdict.ACCEPTED, **ADA)
    members = {change.id for change in app_review.members(monitor, lead(monitor))}
    assert {event.change for event in done.events} == members
    assert len({event.batch for event in done.events}) == 1


def test_verdict_can_cover_one_change_of_a_group(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    done = app_review.decide(monitor, [lead(monitor)], Verdict.ACCEPTED, group=False, **ADA)
    assert [event.change for event in done.events] == [lead(monitor)]


def test_group_verdict_keeps_a_member_decided_differently(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    first, second = (change.id for change in app_review.members(monitor, lead(monitor)))
    app_review.decide(monitor, [second], Verdict.FLAGGED, group=False, **GRACE)
    app_review.decide(monitor, [first], Verdict.ACCEPTED, **ADA)
    assert app_review.state(monitor, second).verdict is Verdict.FLAGGED


def test_a_group_moves_on_together_when_the_verdict_changes(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    app_review.decide(monitor, [lead(monitor)], Verdict.ACCEPTED, **ADA)
    app_review.decide(monitor, [lead(monitor)], Verdict.FLAGGED, **GRACE)
    assert entry_of(monitor, DIVERS).verdicts == {"flagged": 2}


def test_the_history_holds_every_verdict_oldest_first(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    app_review.decide(monitor, [lead(monitor)], Verdict.ACCEPTED, comment="as agreed", **ADA)
    app_review.decide(monitor, [lead(monitor)], Verdict.FLAGGED, **GRACE)
    told = [(event.reviewer, event.verdict, event.comment) for event in app_review.history(monitor, lead(monitor))]
    assert told == [("Ada", Verdict.ACCEPTED, "as agreed"), ("Grace", Verdict.FLAGGED, None)]


def test_second_of_two_verdicts_at_once_is_refused(story: Workspace, opened: Opened) -> None:
    monitor, other = opened(story), opened(story)
    seen = {lead(monitor): entry_of(monitor, DIVERS).state.last}
    app_review.decide(monitor, [lead(monitor)], Verdict.ACCEPTED, **ADA)
    with pytest.raises(Overtaken, match="meanwhile Ada accepted 1 change") as refused:
        app_review.decide(other, [lead(other)], Verdict.FLAGGED, known_events=seen, **GRACE)
    assert [(event.reviewer, event.verdict) for event in refused.value.events] == [("Ada", Verdict.ACCEPTED)]
    assert len(app_review.history(monitor, lead(monitor))) == 1


def test_verdict_on_all_that_match_is_undone_in_one_step(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    app_review.decide_matching(monitor, QueueFilter(), 5, Verdict.ACCEPTED, **ADA)
    assert app_review.counts(monitor).verdicts == {"accepted": 11}
    app_review.undo(monitor, **ADA)
    assert app_review.counts(monitor).verdicts == {"unreviewed": 11}


def test_verdict_on_all_that_match_wants_the_number_shown(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    with pytest.raises(UsageError, match="5 entries match now, not 4; nothing was recorded"):
        app_review.decide_matching(monitor, QueueFilter(), 4, Verdict.ACCEPTED, **ADA)
    assert app_review.counts(monitor).verdicts == {"unreviewed": 11}


def test_many_reviewers_in_threads_lose_no_event(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    change = lead(monitor)

    def review(name: str) -> None:
        with Monitor(story.settings) as own:
            for _ in range(5):
                app_review.comment(own, [change], f"{name} was here", reviewer=name, at=NOW)

    threads = [threading.Thread(target=review, args=(f"r{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = app_review.history(monitor, change)
    assert sorted(event.number for event in events) == list(range(1, 21))


def test_a_comment_and_an_assignment_decide_nothing(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    app_review.comment(monitor, [lead(monitor)], "ask the desk", **ADA)
    app_review.assign(monitor, [lead(monitor)], "Grace", **ADA)
    state = app_review.state(monitor, lead(monitor))
    assert (state.verdict, state.comments, state.assignee) == (None, 1, "Grace")
    assert listed(monitor, assignee="Grace") == [DIVERS]


def test_everybody_who_reviewed_or_was_asked_is_named(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    app_review.assign(monitor, [lead(monitor)], "Grace", **ADA)
    assert app_review.reviewers(monitor) == ["Ada", "Grace"]


# --- taking back --------------------------------------------------------------------------------


def test_an_undo_takes_back_a_whole_group_s_verdict(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    app_review.decide(monitor, [lead(monitor)], Verdict.ACCEPTED, **ADA)
    done = app_review.undo(monitor, **ADA)
    assert {event.act for event in done.events} == {Act.UNDO}
    assert entry_of(monitor, DIVERS).verdicts == {"unreviewed": 2}


def test_undo_after_undo_goes_further_back(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    for text in (DIVERS, BANNER):
        app_review.decide(monitor, [lead(monitor, text)], Verdict.ACCEPTED, **ADA)
    app_review.undo(monitor, **ADA)
    assert (DIVERS in listed(monitor), BANNER in listed(monitor)) == (False, True)
    app_review.undo(monitor, **ADA)
    assert DIVERS in listed(monitor)


def test_an_undo_of_one_change_leaves_newer_acts_on_others(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    for text in (DIVERS, BANNER):
        app_review.decide(monitor, [lead(monitor, text)], Verdict.ACCEPTED, **ADA)
    app_review.undo(monitor, [lead(monitor, DIVERS)], **ADA)
    assert (DIVERS in listed(monitor), BANNER in listed(monitor)) == (True, False)


def test_event_of_another_reviewer_cannot_be_undone(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    app_review.decide(monitor, [lead(monitor)], Verdict.FLAGGED, **GRACE)
    with pytest.raises(UsageError, match="Ada has nothing to undo"):
        app_review.undo(monitor, [lead(monitor)], **ADA)


def test_undo_is_in_the_history_beside_what_it_reverted(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    app_review.decide(monitor, [lead(monitor)], Verdict.ACCEPTED, **ADA)
    app_review.undo(monitor, **ADA)
    verdict, undo = app_review.history(monitor, lead(monitor))
    assert undo.undoes == verdict.id


# --- what they survive --------------------------------------------------------------------------


def test_a_rebuild_keeps_verdicts(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    app_review.decide(monitor, [lead(monitor)], Verdict.FLAGGED, **ADA)
    rebuild(story.settings)
    fresh = opened(story)
    assert entry_of(fresh, DIVERS).verdicts == {"flagged": 2}
    assert app_review.orphans(fresh) == []


def test_an_upgrade_of_the_rules_keeps_verdicts(
    story: Workspace, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monitor = opened(story)
    app_review.decide(monitor, [lead(monitor)], Verdict.FLAGGED, **ADA)
    monkeypatch.setattr(ids, "ALIGN", ids.ALIGN + 1)
    story.record_day(5, {"quay.md": "New.\n"})
    assert entry_of(opened(story), DIVERS).verdicts == {"flagged": 2}


def test_verdict_without_its_change_is_listed_as_orphaned(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    app_review.decide(monitor, [lead(monitor)], Verdict.FLAGGED, comment="why?", group=False, **ADA)
    gone = lead(monitor)
    with sqlite3.connect(story.root / "snapshots/ledger.db") as connection:  # as other rules would have it
        connection.execute("UPDATE changes SET id = 'ffffffffffffffffffff' WHERE id = ?", (gone,))
        connection.execute("UPDATE meta SET value = 'other rules' WHERE name = 'fingerprint'")
    fresh = opened(story)
    (orphan,) = app_review.orphans(fresh)
    assert (orphan.change, orphan.state.verdict, orphan.events[0].comment) == (gone, Verdict.FLAGGED, "why?")
    assert app_review.counts(fresh).orphaned == 1
    assert app_review.history(fresh, gone[:8])[0].reviewer == "Ada"


def test_the_ledger_s_rows_know_nothing_of_reviews(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    before = list(monitor.writer.rows())
    app_review.decide(monitor, [lead(monitor)], Verdict.FLAGGED, **ADA)
    assert list(monitor.writer.rows()) == before


def test_a_verdict_does_not_wait_while_a_run_writes_the_ledger(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    change = lead(monitor)
    with monitor.writer.database.write_transaction():  # SQLite's one writer, at work
        app_review.decide(monitor, [change], Verdict.ACCEPTED, **ADA)
    assert app_review.state(monitor, change).verdict is Verdict.ACCEPTED


# --- names --------------------------------------------------------------------------------------


def test_a_unique_prefix_names_a_change(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    app_review.decide(monitor, [lead(monitor)[:8]], Verdict.ACCEPTED, **ADA)
    assert app_review.state(monitor, lead(monitor)).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("name", ["zz", "", "f" * 20, "%", "' OR 1=1"])
def test_unknown_change_id_is_an_error_and_writes_nothing(story: Workspace, opened: Opened, name: str) -> None:
    monitor = opened(story)
    with pytest.raises(UsageError, match="no change has an id"):
        app_review.decide(monitor, [lead(monitor), name], Verdict.ACCEPTED, **ADA)
    assert app_review.history(monitor, lead(monitor)) == []


@pytest.mark.parametrize("name", ["", "  ", "\0"])
def test_a_reviewer_needs_a_name(story: Workspace, opened: Opened, name: str) -> None:
    monitor = opened(story)
    with pytest.raises(UsageError, match="there is no reviewer"):
        app_review.decide(monitor, [lead(monitor)], Verdict.ACCEPTED, reviewer=name, at=NOW)


@pytest.mark.parametrize(
    ("said", "kept"),
    [(" as\nagreed ", "as\nagreed"), ("a\0b", "ab"), ("\udcff", "?"), ("=HYPERLINK()", "=HYPERLINK()"), ("  ", None)],
)
def test_comment_is_stored_as_written_where_possible(
    story: Workspace, opened: Opened, said: str, kept: str | None
) -> None:
    monitor = opened(story)
    app_review.decide(monitor, [lead(monitor)], Verdict.ACCEPTED, comment=said, **ADA)
    assert app_review.history(monitor, lead(monitor))[0].comment == kept


def test_damaged_database_is_a_one_line_error(story: Workspace, opened: Opened) -> None:
    (story.root / "snapshots/reviews.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="reviews"):
        listed(opened(story))


def test_everything_in_the_queue_is_in_the_log(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    logged = {change.id for change in monitor.ledger.changes(ChangeFilter())}
    queued = {
        change.id
        for entry in app_review.queue(monitor).entries
        for change in app_review.members(monitor, entry.change.id)
    }
    assert queued == logged


TOO_LONG = {
    "reviewer": ({"reviewer": "x" * 201}, "a reviewer's name may have 200 characters"),
    "comment": ({"comment": "x" * 20_001}, "a comment may have 20,000 characters"),
    "assignee": ({"assignee": "x" * 201}, "the name of who is asked may have 200 characters"),
}


@pytest.mark.parametrize("field", TOO_LONG)
def test_text_that_is_too_long_is_refused_not_cut(story: Workspace, opened: Opened, field: str) -> None:
    given, told = TOO_LONG[field]
    monitor = opened(story)
    change = story.changes()[0].id
    with pytest.raises(UsageError, match=told):
        app_review.decide(monitor, [change], Verdict.FLAGGED, at=NOW, **{"reviewer": "Ada", **given})
    assert app_review.history(monitor, change) == []
