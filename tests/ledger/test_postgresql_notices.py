"""Notices that wait, and verdicts of two people, in PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.app import notify
from monitor.app.monitor import open_monitor
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.support.workspace import Workspace

pytestmark = needs_postgresql


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path)
    made.configure(
        f'[store]\nledger = "{fresh_url()}"\n[review]\nsecond = true\n'
        "[notify.desk]\nurl = 'json://desk'\nconfirm = true\nquiet = true\n"
    )
    made.record_day(1, {"a.md": "The rent is 1,000 euro.\n"})
    return made


def test_change_that_holds_is_sent_once(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(notify, "apprise_sender", lambda: lambda _url, title, _body: told.append(title))
    place.record_day(2, {"a.md": "The rent is 1,200 euro.\n"})
    assert told == []
    place.record()
    place.record()
    assert told == ["a.md: 1,000 euro → 1,200 euro"]


def test_first_of_two_people_proposes(place: Workspace) -> None:
    place.record_day(2, {"a.md": "The rent is 1,200 euro.\n"})
    change = place.monitor("review", "list", "--format", "jsonl").jsonl()[0]["change"]["id"]
    assert "another person decides" in place.monitor("review", "accept", change, "--as", "Ada").text
    assert "another person decides" in place.monitor("review", "accept", change, "--as", "Ada", status=2).message
    assert "accepted" in place.monitor("review", "accept", change, "--as", "Bob").text
    assert place.findings() == []


def test_reviews_of_the_version_before_are_migrated(place: Workspace) -> None:
    place.record_day(2, {"a.md": "The rent is 1,200 euro.\n"})
    with open_monitor(place.settings) as monitor, monitor.reviews.database.write_transaction() as transaction:
        transaction.execute("DROP TABLE notice_changes")
        transaction.execute("UPDATE review_marks SET value = '1' WHERE name = 'schema'")
    place.record_day(3, {"a.md": "The rent is 1,300 euro.\n"})
    with open_monitor(place.settings) as monitor, monitor.reviews.database.read_transaction() as transaction:
        assert transaction.has_table("notice_changes")
        assert transaction.has_table("review_events_v1")
    assert place.findings() == []
