"""Two stores and one database: the second is refused, and says how to give each a schema of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from monitor.app.maintenance import rebuild, verify
from monitor.app.monitor import open_monitor
from monitor.app.review import decide, sync_branch
from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from monitor.core.review.events import Verdict
from monitor.errors import RunHeld, StoreError
from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.support.driver import monitor as command_line
from tests.support.reviewing import comment_on_newest

pytestmark = needs_postgresql


def store(root: Path, url: str, text: str) -> Settings:
    (root / "seeds").mkdir(parents=True)
    (root / "monitor.toml").write_text(f'[store]\nledger = "{url}"\n')
    (root / "seeds" / "a.txt").write_text(text)
    return load(root, None, {}, {})


@pytest.fixture
def url() -> str:
    return fresh_url()


@pytest.fixture
def first(tmp_path: Path, url: str) -> Settings:
    made = store(tmp_path / "first", url, "The port is open.\n")
    run(made, RunOptions(settle=0))
    (tmp_path / "first" / "seeds" / "a.txt").write_text("The port is closed.\n")
    run(made, RunOptions(settle=0))
    return made


def rows(settings: Settings) -> list[object]:
    with open_monitor(settings) as monitor:
        return list(monitor.writer.rows())


def test_a_second_store_is_refused_before_it_begins(first: Settings, tmp_path: Path, url: str) -> None:
    before = rows(first)
    second = store(tmp_path / "second", url, "The market is open.\n")
    for attempt in (run, rebuild):
        with pytest.raises(StoreError, match=r"another store's.*CREATE SCHEMA.*search_path"):
            attempt(second)
    assert rows(first) == before
    assert not (tmp_path / "second" / "snapshots" / "history.git").exists()


def test_a_store_with_a_history_is_refused_too(first: Settings, tmp_path: Path, url: str) -> None:
    before, root = rows(first), tmp_path / "second"
    store(root, "sqlite", "The market is open.\n")
    command_line("-C", root, "run", "--settle", "0")
    (root / "monitor.toml").write_text(f'[store]\nledger = "{url}"\n')
    for words in (["run"], ["log"], ["rebuild"], ["verify"], ["review", "list"]):
        result = command_line("-C", root, *words, status=4)
        assert "another store's" in result.message + result.text, words
    assert rows(first) == before


def test_each_store_has_its_record_in_a_schema_of_its_own(first: Settings, tmp_path: Path) -> None:
    second = store(tmp_path / "second", fresh_url(), "The market is open.\n")
    run(second, RunOptions(settle=0))
    assert verify(first) == verify(second) == []


def test_a_history_that_was_lost_holds_the_run(first: Settings, tmp_path: Path) -> None:
    before = rows(first)
    shutil.rmtree(first.store.snapshots / "history.git")
    for attempt in (run, rebuild):
        with pytest.raises(RunHeld, match="lacks snapshot"):
            attempt(first)
    assert rows(first) == before


def test_the_ledger_before_is_kept_in_a_schema_aside(first: Settings) -> None:
    before = len(rows(first))
    shutil.rmtree(first.store.snapshots / "history.git")
    done, _ = run(first, RunOptions(settle=0, accept_history=True))
    assert "kept in schema " in str(done.message)
    name = str(done.message).rpartition("schema ")[2]
    with open_monitor(first) as monitor, monitor.writer.database.read_transaction() as transaction:
        assert transaction.value(f'SELECT count(*) FROM "{name}".folds') == 2
    assert len(rows(first)) < before
    assert verify(first) == []


def test_verdicts_of_another_machine_reach_the_branch(first: Settings, tmp_path: Path) -> None:
    """The other one has a copy of the history, as of an earlier time, and the same database."""
    shutil.copytree(tmp_path / "first", tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "monitor.toml").write_text((tmp_path / "first" / "monitor.toml").read_text())
    other = load(tmp_path / "elsewhere", None, {}, {})
    change = comment_on_newest(other, "from elsewhere")
    run(first, RunOptions(settle=0))
    assert verify(first) == []
    with open_monitor(first) as monitor:
        decide(monitor, [change], Verdict.ACCEPTED, reviewer="Ben", at=monitor.reviews.events_after(0)[0].at)
    assert sync_branch(first)
    with open_monitor(first) as monitor, monitor.writer.database.write_transaction() as transaction:
        transaction.execute("DELETE FROM review_events")
    run(first, RunOptions(settle=0))
    with open_monitor(first) as monitor:
        assert [event.reviewer for event in monitor.reviews.events_after(0)] == ["Ada", "Ben"]


def test_a_server_that_cannot_be_reached_has_lost_nothing(first: Settings, tmp_path: Path) -> None:
    (tmp_path / "first" / "monitor.toml").write_text(
        '[store]\nledger = "postgresql+psycopg://nobody:secret@127.0.0.1:1/none"\n'
    )
    for words in (["run"], ["log"], ["review", "list"]):
        message = command_line("-C", tmp_path / "first", *words, status=4).message
        assert "nothing was lost" in message
        assert "rebuild" not in message
        assert "secret" not in message
