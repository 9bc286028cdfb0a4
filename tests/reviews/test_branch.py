"""Reviews are on a branch of the snapshot repository too: a lost database loses nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from monitor.app import review as app_review
from monitor.app.monitor import LOCK, Monitor, StoreLock
from monitor.core.review.events import Verdict
from monitor.errors import StoreError
from tests.reviews.queue_entries import NOW, entries, entry_of
from tests.support.workspace import Workspace

Opened = Callable[[Workspace], Monitor]

DIVERS = "It will cover 45 divers."


def git(place: Workspace, *args: str) -> str:
    command = ["git", "-C", str(place.root / "snapshots/history.git"), *args]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def lose(place: Workspace) -> None:
    """The database is gone."""
    for path in place.root.glob("snapshots/reviews.db*"):
        path.unlink()


def review(monitor: Monitor, verdict: Verdict = Verdict.FLAGGED, comment: str = "why?") -> str:
    change = entry_of(monitor, DIVERS).change.id
    app_review.decide(monitor, [change], verdict, reviewer="Ada", at=NOW, comment=comment)
    return change


def test_a_lost_database_is_filled_again_from_the_branch(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    change = review(monitor)
    app_review.undo(monitor, reviewer="Ada", at=NOW)
    review(monitor, Verdict.ACCEPTED, "ah")
    before = app_review.history(monitor, change)
    assert app_review.sync_branch(story.settings)
    monitor.close()
    lose(story)
    assert app_review.history(opened(story), change) == before
    assert entry_of(opened(story), DIVERS).verdicts == {"accepted": 2}


def test_an_older_database_that_was_put_back_gets_what_it_lacks(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    change = review(monitor, comment="first")
    app_review.sync_branch(story.settings)
    monitor.close()
    older = (story.root / "snapshots/reviews.db").read_bytes()
    with Monitor(story.settings) as again:
        review(again, comment="second")
        app_review.sync_branch(story.settings)
    lose(story)
    (story.root / "snapshots/reviews.db").write_bytes(older)
    assert [event.comment for event in app_review.history(opened(story), change)] == ["first", "second"]


def test_lost_database_loses_only_verdicts_not_yet_mirrored(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    change = review(monitor, comment="mirrored")
    app_review.sync_branch(story.settings)
    review(monitor, comment="not yet")
    monitor.close()
    lose(story)
    assert [event.comment for event in app_review.history(opened(story), change)] == ["mirrored"]


def test_verdict_during_a_run_reaches_the_branch_later(story: Workspace, opened: Opened) -> None:
    monitor = opened(story)
    with StoreLock(story.root / "snapshots" / LOCK, "monitor run"):
        change = review(monitor)
        assert not app_review.sync_branch(story.settings)
        assert app_review.state(monitor, change).verdict is Verdict.FLAGGED


def test_run_without_changes_updates_the_branch(story: Workspace, opened: Opened) -> None:
    review(opened(story))
    story.record()
    assert git(story, "log", "--format=%s", "reviews").splitlines() == ["2 events of reviewing"]


def test_branch_gets_no_commit_without_new_events(story: Workspace, opened: Opened) -> None:
    review(opened(story))
    for _ in range(3):
        app_review.sync_branch(story.settings)
    assert len(git(story, "rev-list", "reviews").split()) == 1


def test_a_commit_adds_a_file_and_alters_none(story: Workspace, opened: Opened) -> None:
    for comment in ("one", "two", "three"):
        review(opened(story), comment=comment)
        app_review.sync_branch(story.settings)
    changed = git(story, "log", "--format=", "--name-status", "reviews").split("\n")
    assert {line[:1] for line in changed if line} == {"A"}


def test_review_branch_is_not_a_source_of_snapshots(story: Workspace, opened: Opened) -> None:
    review(opened(story))
    app_review.sync_branch(story.settings)
    assert opened(story).snapshots.sources() == ("",)


def test_packing_the_repository_keeps_it(story: Workspace, opened: Opened) -> None:
    change = review(opened(story))
    app_review.sync_branch(story.settings)
    with opened(story).snapshots as snapshots:
        snapshots.pack()
    for number in range(5, 9):  # and a few runs, which pack when they see fit
        story.record_day(number, {"pier.md": f"# Pier\n\nDay {number}.\n"})
    lose(story)
    assert app_review.history(opened(story), change)
    assert not git(story, "fsck", "--strict", "--no-dangling")


def test_events_are_restored_exactly(story: Workspace, opened: Opened) -> None:
    said = "“=1+1”\n\x1b[31m\u202e </script> \\ \" ' 😀"
    monitor = opened(story)
    change = review(monitor, comment=said)
    app_review.sync_branch(story.settings)
    monitor.close()
    lose(story)
    assert app_review.history(opened(story), change)[0].comment == said


def test_branch_with_foreign_content_is_reported(story: Workspace, opened: Opened) -> None:
    review(opened(story))
    app_review.sync_branch(story.settings)
    blob = subprocess.run(
        ["git", "-C", str(story.root / "snapshots/history.git"), "hash-object", "-w", "--stdin"],
        input="{}\n",
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    tree = subprocess.run(
        ["git", "-C", str(story.root / "snapshots/history.git"), "mktree"],
        input=f"100644 blob {blob}\tx.jsonl\n",
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    who = ["-c", "user.name=x", "-c", "user.email=x@localhost"]
    git(story, "update-ref", "refs/heads/reviews", git(story, *who, "commit-tree", tree, "-m", "x").strip())
    with pytest.raises(StoreError, match="holds a line that is no event"):
        entries(opened(story))
