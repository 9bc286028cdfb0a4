"""A host with the database of another one and nothing else: it reads and reviews, and its verdicts reach the branch."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.ledger.postgresql_server import fresh_url, needs_postgresql
from tests.support.driver import Result
from tests.support.workspace import Workspace
from tests.web.server import serving

pytestmark = needs_postgresql


@pytest.fixture(scope="module")
def url() -> str:
    return fresh_url()


@pytest.fixture(scope="module")
def watcher(url: str, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The host that makes the runs."""
    place = Workspace(tmp_path_factory.mktemp("watcher"))
    place.configure(f'[store]\nledger = "{url}"\n')
    for number, text in enumerate(["The port is open.\n", "The port is closed.\n", "The port may be closed.\n"]):
        place.write("a.txt", text)
        place.run(number)
    return place


@pytest.fixture
def analyst(url: str, watcher: Workspace, tmp_path: Path) -> Workspace:
    place = Workspace(tmp_path / "analyst")
    place.seeds.rmdir()
    place.configure(f'[store]\nrole = "reader"\nledger = "{url}"\n')
    return place


def on(place: Workspace, *words: str, status: int | Sequence[int] = 0) -> Result:
    return place.monitor(*words, status=status)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["log"], "may be"),
        (["log", "a.txt", "--since", "2026-01-01"], "may be"),
        (["blame", "a.txt"], "The port may be closed."),
        (["search", "port"], "may be closed"),
        (["report"], "a.txt"),
        (["status"], "1 document, 1 statement, 2 changes"),
        (["review", "list"], "port"),
        (["export", "--format", "jsonl"], "port"),
        (["feed"], "port"),
        (["status", "--check"], "this host makes no runs"),
    ],
)
def test_host_without_the_history_answers(analyst: Workspace, words: list[str], says: str) -> None:
    result = on(analyst, *words)
    assert says in result.text
    assert result.err == b""
    assert not analyst.snapshots.exists()


@pytest.mark.parametrize(
    "words",
    [
        ["run"],
        ["watch"],
        ["rebuild"],
        ["recover"],
        ["verify"],
        ["backup", "copy"],
        ["import", "."],
        ["forget", "a.txt", "--reason", "asked", "--yes"],
        ["cat", "a.txt", "--at", "2026-01-02"],
        ["diff", "2026-01-01", "2026-01-02"],
    ],
)
def test_what_needs_the_history_says_where_it_is(analyst: Workspace, watcher: Workspace, words: list[str]) -> None:
    before = watcher.monitor("log").text
    result = on(analyst, *words, status=2)
    assert 'this host has no history ([store] role = "reader")' in result.message
    assert not analyst.snapshots.exists()
    assert watcher.monitor("log").text == before


def test_verdicts_reach_the_branch_at_the_next_run(analyst: Workspace, watcher: Workspace) -> None:
    change = on(analyst, "review", "list", "--format", "jsonl").jsonl()[0]["change"]["id"]
    on(analyst, "review", "accept", change, "--as", "Ada", "--comment", "seen here")
    assert not analyst.snapshots.exists()
    watcher.run()
    assert watcher.findings() == []
    branch = watcher.snapshots / "history.git"
    assert b"seen here" in watcher_branch(branch)
    assert "accepted" in watcher.monitor("review", "history", change).text


def watcher_branch(repository: Path) -> bytes:
    """Everything on the branch of the verdicts."""
    files = subprocess.run(
        ["git", "--git-dir", repository, "grep", "-h", "", "reviews"], capture_output=True, check=True
    )
    return files.stdout


def test_page_of_such_a_host_reads_and_reviews(analyst: Workspace, watcher: Workspace) -> None:
    with serving(analyst.root) as served:
        for path in ("/queue", "/documents", "/search?q=port", "/overview", "/runs", "/orphans", "/feed.atom"):
            assert served.get(path).status == 200, path
        change = served.get("/api/changes").json()["changes"][0]
        document = change["document_id"]
        comparison = served.get(f"/documents/{document}/compare").headers["location"]
        for path in (f"/changes/{change['id']}", f"/documents/{document}", comparison):
            assert served.get(path).status == 200, path
        fields = [("reviewer", "Bob"), ("only", change["id"])]
        assert served.post("/verdicts/flagged", fields).status == 303
    watcher.run()
    assert "Bob: flagged" in watcher.monitor("review", "history", change["id"]).text
    assert watcher.findings() == []


def test_reader_needs_a_database_on_a_server(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    place.configure('[store]\nrole = "reader"\n')
    assert "needs the database of another host" in place.monitor("log", status=2).message
