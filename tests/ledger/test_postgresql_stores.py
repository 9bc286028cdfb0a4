"""Two stores and one database: the second is refused, and says how to give each a schema of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from monitor.app import status
from monitor.app.maintenance import rebuild, verify
from monitor.app.monitor import open_monitor
from monitor.app.review import decide, sync_branch
from monitor.app.run import RunOptions, run
from monitor.config import Settings, load
from monitor.core.review.events import Verdict
from monitor.errors import RunHeld, StoreError
from tests.ledger.postgresql_server import SERVER, fresh_url, needs_postgresql
from tests.support.driver import monitor as command_line
from tests.support.driver import start, stop
from tests.support.paths import PROJECT
from tests.support.reviewing import comment_on_newest
from tests.support.workspace import eventually

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
        with pytest.raises(StoreError, match=r"another store's.*the key `schema` of \[store\]"):
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


# --- several monitors on one database, by `[store] schema`


def in_schema(root: Path, name: str, text: str) -> Settings:
    made = store(root, SERVER, text)
    (root / "monitor.toml").write_text(f'[store]\nledger = "{SERVER}"\nschema = "{name}"\n[schedule]\nevery = "1 s"\n')
    return made._replace(store=made.store._replace(schema=name))


@pytest.fixture
def names() -> Iterator[list[str]]:
    """Three names of schemas that are not there yet; they are gone afterwards."""
    found = [f"watcher_{uuid4().hex[:12]}_{number}" for number in range(3)]
    yield found
    with psycopg.connect(SERVER.replace("+psycopg", ""), autocommit=True) as connection:
        for name in found:
            connection.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')


def test_a_schema_is_made_where_it_is_missing(tmp_path: Path, names: list[str]) -> None:
    first, second = (in_schema(tmp_path / name, name, f"The text of {name}.\n") for name in names[:2])
    for settings in (first, second):
        run(settings, RunOptions(settle=0))
    assert verify(first) == verify(second) == []
    for settings, name in ((first, names[0]), (second, names[1])):
        assert f"The text of {name}" in command_line("-C", settings.root, "search", "text").text
    with psycopg.connect(SERVER.replace("+psycopg", "")) as connection:
        query = "SELECT schemaname FROM pg_tables WHERE tablename = 'folds' AND schemaname = ANY(%s)"
        assert sorted(row[0] for row in connection.execute(query, (names,))) == sorted(names[:2])


def test_a_question_makes_no_schema(tmp_path: Path, names: list[str]) -> None:
    in_schema(tmp_path, names[0], "The port is open.\n")
    command_line("-C", tmp_path, "log", status=2)
    with psycopg.connect(SERVER.replace("+psycopg", "")) as connection:
        assert not connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (names[0],)).fetchone()


@pytest.mark.slow
def test_several_watchers_share_one_database(tmp_path: Path, names: list[str]) -> None:
    stores = [in_schema(tmp_path / name, name, f"The text of {name} has 30 words.\n") for name in names]
    watching = [start(["watch"], cwd=one.root, stderr=DEVNULL) for one in stores]
    try:
        for number in (40, 50):
            for one in stores:
                eventually(lambda journal=one.journal: status.last_good(journal) is not None, 300)
                seen = len(command_line("-C", one.root, "snapshots", "--format", "jsonl").jsonl())
                path = one.root / "seeds/a.txt"
                path.write_text(f"The text of {one.root.name} has {number} words.\n")
                listed = ("-C", one.root, "snapshots", "--format", "jsonl")
                eventually(lambda listed=listed, seen=seen: len(command_line(*listed).jsonl()) > seen, 300)
    finally:
        assert [stop(process).status for process in watching] == [0, 0, 0]
    for one in stores:
        assert verify(one) == []
        texts = command_line("-C", one.root, "log", "--format", "jsonl").jsonl()
        assert [change["after"][0]["text"] for change in texts] == [
            f"The text of {one.root.name} has {number} words." for number in (50, 40)
        ]


def test_an_analyst_may_read_with_a_role_that_writes_nothing(tmp_path: Path, names: list[str]) -> None:
    """The statements are those of docs/scaling.md."""
    settings = in_schema(tmp_path / "desk", names[0], "The port is open.\n")
    run(settings, RunOptions(settle=0))
    role = f"analyst_{uuid4().hex[:12]}"
    page = (PROJECT / "docs/scaling.md").read_text("utf-8")
    sql = page.partition("```sql\n")[2].partition("```")[0].replace("analyst", role).replace("policies", names[0])
    with psycopg.connect(SERVER.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in filter(str.strip, sql.split(";")):
            connection.execute(statement)
        try:
            given = urlsplit(SERVER)
            url = SERVER.replace(given.netloc, f"{role}:secret@{given.hostname}:{given.port}")
            (settings.root / "monitor.toml").write_text(f'[store]\nledger = "{url}"\nschema = "{names[0]}"\n')
            for words in (["log", "--baseline"], ["blame", "a.txt"], ["search", "port"], ["status"]):
                command_line("-C", settings.root, *words)
            (settings.root / "seeds" / "a.txt").write_text("The port is closed.\n")
            assert "permission denied" in command_line("-C", settings.root, "run", "--settle", "0", status=4).message
        finally:
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")


def test_a_host_that_only_reads_measures_the_record(tmp_path: Path, names: list[str]) -> None:
    settings = in_schema(tmp_path / "desk", names[0], "The port is open.\n")
    run(settings, RunOptions(settle=0))
    (tmp_path / "reader").mkdir()
    (tmp_path / "reader/monitor.toml").write_text(
        f'[store]\nledger = "{SERVER}"\nschema = "{names[0]}"\nrole = "reader"\n'
    )
    measured = command_line("-C", tmp_path / "reader", "status", "--format", "prometheus").lines
    assert {"monitor_documents 1", "monitor_statements 1", "monitor_overdue 0"} <= set(measured)
    assert not (tmp_path / "reader/snapshots").exists()
