"""Many readers and reviewers on one page while runs go on: nobody gets an error, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from web_load import READERS, REVIEWERS, make_store, put_load, recorder, served

from monitor.app.maintenance import verify
from monitor.app.monitor import open_monitor
from monitor.app.review_branch import RecordedEvents

REQUESTS = 4  # of each, so that the work has a bound


@pytest.mark.slow
def test_readers_and_reviewers_beside_a_run_get_no_error(tmp_path: Path) -> None:
    settings = make_store(tmp_path, documents=6, statements=20)
    with served(tmp_path) as port:
        load = put_load(port, REQUESTS, recorder(tmp_path, documents=6, statements=20))
    assert load.failed == []
    assert [one.what for one in load.asked].count("page") == READERS * REQUESTS
    decided = [one.what for one in load.asked].count("verdict")
    assert decided == REVIEWERS * REQUESTS
    with open_monitor(settings) as monitor:
        assert len({event.batch for event in RecordedEvents(monitor).all()}) == decided
    assert [finding.message for finding in verify(settings)] == []
