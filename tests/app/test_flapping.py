"""A text that comes and goes is one line and one notice, wherever it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.app.monitor import Monitor
from monitor.app.notices import notice_lines
from monitor.app.review_queue import refresh_queue
from monitor.model import ChangeFilter
from monitor.reviews.queue import QueueReader
from tests.support.workspace import Workspace, day

REST = "The harbour stays open to boats.\n\nThe ferry runs every hour.\n"
GONE = {"a text that goes and returns": "", "two wordings in turn": "\nDogs must be kept on a short lead.\n"}
TEXT = "\nDogs must be kept on a lead.\n"
VERSIONS = 7


@pytest.fixture(params=GONE.values(), ids=GONE)
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Workspace:
    """A document whose last statement has two states in turn."""
    place = Workspace(tmp_path)
    for number in range(VERSIONS):
        place.write("a.txt", REST + (request.param if number % 2 else TEXT))
        place.run(number)
    return place


def test_the_queue_has_one_line_for_it(story: Workspace) -> None:
    (entry,) = story.monitor("review", "list", "--format", "json").json()["entries"]
    assert entry["size"] == VERSIONS - 1


def test_the_feed_has_one_entry_with_the_count(story: Workspace) -> None:
    feed = story.monitor("feed").text
    assert feed.count("<entry>") == 1
    assert "comes and goes: 6 times" in feed


def test_the_feed_entry_keeps_its_id(story: Workspace) -> None:
    def entry_id() -> str:
        return story.monitor("feed").text.split("<entry>")[1].split("</id>")[0]

    before = entry_id()
    story.write("a.txt", story.monitor("cat", "a.txt", "--at", day(1)).text)
    story.run(VERSIONS)
    assert entry_id() == before


def test_a_report_has_one_line_with_the_count(story: Workspace) -> None:
    report = story.monitor("report", "--format", "text").text
    assert report.count("Dogs must be kept") == 1
    assert " ".join(report.split()).count("comes and goes: 6 times") == 1


def test_notices_end_when_it_is_known_to_flap(story: Workspace) -> None:
    with Monitor(story.settings) as monitor:
        refresh_queue(monitor)
        changes = list(monitor.ledger.changes(ChangeFilter()))
        entries = QueueReader(monitor.reviews.database).queue_entries([change.id for change in changes])
    known = {change.id: change for change in changes}
    assert notice_lines(known, entries, known) == []
    early = [entry._replace(comings=3) for entry in entries]
    assert len(notice_lines(known, early, known)) == 1
