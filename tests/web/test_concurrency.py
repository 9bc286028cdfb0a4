"""Many requests at once, an empty store, a run beside the page: what one request must not do to another."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.app import review
from monitor.app.monitor import open_monitor
from monitor.app.run import RunOptions, run
from monitor.config import load
from monitor.core.review.events import Verdict
from tests.web.server import Served, serving
from tests.web.story import DAYS

PAGES = ("/queue", "/queue?verdict=any", "/documents", "/overview", "/runs", "/orphans", "/api/queue", "/api/overview")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Served]:
    """A store in which no run ever took place."""
    (tmp_path / "snapshots").mkdir()
    with serving(tmp_path) as served:
        yield served


@pytest.mark.parametrize("path", [*PAGES, "/api/documents", "/api/runs", "/api/search?q=x", "/api/orphans"])
def test_every_page_works_before_the_first_run(empty: Served, path: str) -> None:
    assert empty.get(path).status == 200


def test_an_empty_queue_says_that_nothing_waits(empty: Served) -> None:
    assert "No snapshots yet" in empty.get("/queue").text


def test_concurrent_verdicts_are_all_kept(story: Served) -> None:
    changes = [entry["change"]["id"] for entry in story.get("/api/queue?document=plan.md").json()["entries"]]

    def decide(number: int) -> int:
        given = {"changes": [changes[number]], "verdict": "flagged", "reviewer": f"reviewer {number}"}
        return story.send("/api/verdicts", given).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(decide, range(24))) == {200}
    entries = story.get("/api/queue?verdict=flagged&limit=100").json()["entries"]
    stand = {entry["change"]["id"]: entry["state"]["reviewer"] for entry in entries}
    assert stand == {changes[number]: f"reviewer {number}" for number in range(24)}


def test_two_verdicts_on_one_change_are_both_in_the_history(story: Served) -> None:
    change = story.get("/api/queue").json()["entries"][0]["change"]["id"]

    def decide(verdict: str) -> int:
        given = {"changes": [change], "verdict": verdict, "reviewer": verdict}
        return story.send("/api/verdicts", given).status

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(decide, ["accepted", "flagged", "dismissed"])) == {200}
    found = story.get(f"/api/changes/{change}").json()
    assert {event["verdict"] for event in found["history"]} == {"accepted", "flagged", "dismissed"}
    assert found["entry"]["state"]["verdict"] == found["history"][-1]["verdict"]


def test_threads_that_read_git_at_once_do_not_mix_their_answers(story: Served) -> None:
    documents = {one["path"]: one["id"] for one in story.get("/api/documents").json()["documents"]}

    def compared(path: str) -> set[str]:
        query = "?before=2026-01-01&after=2026-01-04"
        told = story.get(f"/api/documents/{documents[path]}/compare{query}").json()["changes"]
        return {change["document"] for change in told}

    paths = [path for path in documents for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(compared, paths)) == [{path} for path in paths]


def test_running_server_shows_what_a_later_run_finds(story: Served) -> None:
    assert story.get("/api/queue?q=bridge").json()["entries"] == []
    (story.folder / "seeds/brief.txt").write_text("The offer stands. The bridge is closed.\n", encoding="utf-8")
    run(load(story.folder, None, {}, {}), RunOptions(settle=0, taken_at=datetime(2026, 1, 9, tzinfo=UTC)))
    assert len(story.get("/api/queue?q=bridge").json()["entries"]) == 1
    assert story.get("/api/queue").json()["counts"] != {}


def test_counts_follow_what_happens_elsewhere(story: Served) -> None:
    before = story.get("/api/queue").json()
    change = before["entries"][0]["change"]["id"]
    with open_monitor(load(story.folder, None, {}, {})) as monitor:
        done = review.decide(monitor, [change], Verdict.ACCEPTED, reviewer="Grace", at=datetime(2026, 1, 9, tzinfo=UTC))
    after = story.get("/api/queue").json()["counts"]["verdicts"]
    assert after["accepted"] == len(done.events)
    assert after["unreviewed"] == before["counts"]["verdicts"]["unreviewed"] - len(done.events)


def test_rebuilt_ledger_is_noticed(story: Served) -> None:
    assert story.get("/api/documents").json()["documents"]
    for file in (story.folder / "snapshots").glob("ledger.db*"):
        shutil.move(file, story.folder / file.name)
    assert story.get("/api/documents").json()["documents"] == []
    (story.folder / "seeds/brief.txt").write_text(DAYS[0]["brief.txt"], encoding="utf-8")
    run(load(story.folder, None, {}, {}), RunOptions(settle=0, taken_at=datetime(2026, 1, 9, tzinfo=UTC)))
    assert story.get("/api/documents").json()["documents"]


def test_a_verdict_is_mirrored_to_the_history(story: Served) -> None:
    change = story.get("/api/queue").json()["entries"][0]["change"]["id"]
    story.send("/api/verdicts", {"changes": [change], "verdict": "flagged", "reviewer": "Ada"})
    story.get("/queue")  # behind the first one, whose branch was written when it was answered
    review.sync_branch(load(story.folder, None, {}, {}), wait=600)
    (story.folder / "snapshots/reviews.db").unlink()
    for file in (story.folder / "snapshots").glob("reviews.db-*"):
        file.unlink()
    assert story.get(f"/api/changes/{change}").json()["entry"]["state"]["verdict"] == "flagged"
