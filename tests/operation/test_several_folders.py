"""Several watched folders in one configuration: names, holds and failures of their own, commands that feed them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.workspace import Workspace
from tests.web.server import serving

CONFIGURATION = """
[watch]
settle = "0"
[watch.policies]
folder = "policies"
exclude = ["drafts/"]
[watch.news]
folder = "news"
include = ["*.txt"]
"""


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    place = Workspace(tmp_path)
    place.configure(CONFIGURATION)
    for name, content in {
        "policies/a.txt": "Policy A applies.\n",
        "policies/drafts/b.txt": "Policy B is a draft.\n",
        "news/a.txt": "News of today.\n",
        "news/b.md": "Not a text.\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return place


def write(place: Workspace, name: str, text: str) -> None:
    (place.root / name).write_text(text)


def documents(place: Workspace) -> list[str]:
    return sorted(place.manifest(place.recorded()[-1].id))


def test_documents_are_named_by_their_folder(place: Workspace) -> None:
    place.run(0)
    assert documents(place) == ["news/a.txt", "policies/a.txt"]
    write(place, "news/a.txt", "News of tomorrow.\n")
    assert [one["document"] for one in place.run(1, "--format", "jsonl").jsonl()] == ["news/a.txt"]
    assert place.cat("news/a.txt") == b"News of tomorrow.\n"
    assert place.texts("news/a.txt") == ["News of tomorrow."]
    assert place.findings() == []


def test_a_path_of_a_file_names_its_document(place: Workspace) -> None:
    place.run(0)
    assert place.texts("./policies/a.txt") == ["Policy A applies."]
    assert place.monitor("cat", "--at", "9999-01-01", str(place.root / "news/a.txt")).out == b"News of today.\n"


def test_a_missing_folder_is_held_alone(place: Workspace) -> None:
    place.run(0)
    shutil.rmtree(place.root / "news")
    write(place, "policies/a.txt", "Policy A applies no more.\n")
    held = place.run(1, status=6)
    assert "news is held: the watched folder" in held.message
    assert [one["document"] for one in place.log()] == ["policies/a.txt"]
    assert documents(place) == ["news/a.txt", "policies/a.txt"]
    assert place.monitor("runs", "--limit", "1", "--format", "json").json()[0]["outcome"] == "recorded"
    first = place.monitor("runs", "--format", "json").json()[-1]["started_at"]
    checked = place.monitor("status", "--check", "--format", "json", status=(0, 7)).json()
    assert checked["last_good_run"]["started_at"] == first
    (place.root / "news").mkdir()
    write(place, "news/a.txt", "News of today.\n")
    assert place.run(3).text.startswith("nothing changed")


def test_all_folders_held_record_nothing(place: Workspace) -> None:
    place.run(0)
    for name in ("news", "policies"):
        shutil.rmtree(place.root / name)
    assert place.run(1, status=6).message.count("is missing") == 2


def test_a_document_may_move_between_folders(place: Workspace) -> None:
    place.run(0)
    (place.root / "policies/a.txt").rename(place.root / "policies/drafts/a.txt")
    shutil.move(place.root / "policies/drafts/a.txt", place.root / "news/policy.txt")
    write(place, "policies/c.txt", "Policy C applies.\n")
    place.run(1)
    renamed = next(one for one in place.log() if one["kind"] == "renamed")
    assert (renamed["document_before"], renamed["document"]) == ("policies/a.txt", "news/policy.txt")


def test_a_folder_of_its_own_becomes_one_of_several(place: Workspace) -> None:
    place.configure('[watch]\nfolder = "policies"\nexclude = ["drafts/"]\n')
    place.run(0)
    place.configure(CONFIGURATION)
    place.run(1)
    assert [one["kind"] for one in place.log("--level", "document")] == ["added", "renamed"]


def test_keys_of_watch_hold_for_each_folder(place: Workspace) -> None:
    shown = {one["key"]: one["value"] for one in place.monitor("config", "--format", "json").json()}
    assert (shown["watch.news.settle"], shown["watch.policies.settle"]) == ("0.0", "0.0")
    assert shown["watch.news.include"] == '["*.txt"]'
    assert "watch.folder" not in shown


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('[watch]\nfolder = "a"\n[watch.b]\nfolder = "b"\n', "give the first a name, too"),
        ('[watch."a/b"]\nfolder = "b"\n', "a name of a folder has letters, digits"),
        ("[watch.b]\n", "needs a `folder`"),
        ('[watch.b]\nfolder = "b"\nfoldr = 1\n', "unknown key 'foldr'; did you mean 'folder'?"),
        ("[watch]\nexclde = []\n", "unknown key 'exclde' in [watch]; did you mean 'exclude'?"),
        ('[watch.b]\nfolder = "s3://b/c"\n', "docs/feeding.md"),
    ],
)
def test_a_wrong_table_is_one_line_that_says_so(place: Workspace, toml: str, message: str) -> None:
    place.configure(toml)
    assert message in place.run(0, status=2).message


# --- a command before each look -----------------------------------------------------------------


def feed(place: Workspace, program: str, timeout: str = "10 s") -> None:
    """Let a Python program run before each look at `news`."""
    command = str([sys.executable, "-c", program])
    place.configure(f'{CONFIGURATION}\nbefore = {command}\nbefore_timeout = "{timeout}"\n')


def test_a_command_runs_before_each_look(place: Workspace) -> None:
    feed(place, "open('news/a.txt', 'a').write('More news.\\n')")
    place.run(0)
    place.run(1)
    assert place.cat("news/a.txt") == b"News of today.\nMore news.\nMore news.\n"


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import sys; sys.exit('no such bucket')", "ended with status 1: no such bucket"),
        ("import os; os.kill(os.getpid(), 9)", "ended with status -9"),
        (
            "import sys, time; print('waiting', file=sys.stderr, flush=True); time.sleep(60)",
            "took longer than 1 seconds",
        ),
    ],
)
def test_a_failed_command_records_nothing_of_its_folder(place: Workspace, program: str, message: str) -> None:
    place.run(0)
    feed(place, program, "1 s")
    write(place, "news/a.txt", "Half of the news.\n")
    write(place, "policies/a.txt", "Policy A applies no more.\n")
    assert message in place.run(1, status=3).text
    assert [one["document"] for one in place.log()] == ["policies/a.txt"]
    assert place.cat("news/a.txt") == b"News of today.\n"


def test_a_command_that_is_not_there_is_a_failure(place: Workspace) -> None:
    place.configure(f'{CONFIGURATION}\nbefore = ["no-such-program"]\n')
    assert "cannot be started" in place.run(0, status=3).text


def test_no_shell_reads_the_command(place: Workspace) -> None:
    place.configure(f'{CONFIGURATION}\nbefore = ["touch", "news/$HOME;x.txt"]\n')
    place.run(0)
    assert (place.root / "news/$HOME;x.txt").exists()


def test_what_a_command_leaves_behind_is_ended(place: Workspace) -> None:
    program = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{}'])"
    feed(place, program.format("import time; time.sleep(3); open(\\'late\\', \\'w\\')"))
    place.run(0)
    time.sleep(3.5)
    assert not (place.root / "late").exists()


def test_a_command_runs_without_the_lock(place: Workspace) -> None:
    feed(place, "import fcntl; fcntl.flock(open('snapshots/lock'), fcntl.LOCK_EX | fcntl.LOCK_NB)")
    write(place, "news/a.txt", "News.\n")
    place.configure(CONFIGURATION)
    place.run(0)
    feed(place, "import fcntl; fcntl.flock(open('snapshots/lock'), fcntl.LOCK_EX | fcntl.LOCK_NB)")
    place.run(1)


def test_a_pull_from_a_git_repository_feeds_a_folder(place: Workspace) -> None:
    source = place.root / "source"
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]

    def commit(text: str) -> None:
        (source / "c.txt").write_text(text)
        for step in (["add", "c.txt"], ["commit", "-q", "-m", "One more"]):
            subprocess.run([*git, "-C", source, *step], check=True, env=place.environ())

    subprocess.run([*git, "init", "-q", source], check=True, env=place.environ())
    commit("The first version.\n")
    subprocess.run(["git", "clone", "-q", source, place.root / "pulled"], check=True, env=place.environ())
    place.configure('[watch.terms]\nfolder = "pulled"\nbefore = ["git", "-C", "pulled", "pull", "-q", "--ff-only"]\n')
    place.run(0)
    commit("The second version.\n")
    place.run(1)
    assert documents(place) == ["terms/c.txt"]
    assert place.cat("terms/c.txt") == b"The second version.\n"


# --- filters by source


@pytest.fixture
def changed(place: Workspace) -> Workspace:
    """A change in each of the two folders, and feeds of both."""
    place.configure(f'{CONFIGURATION}[feeds]\nfolder = "feeds"\n')
    place.run(0)
    write(place, "policies/a.txt", "Policy A applies to all.\n")
    write(place, "news/a.txt", "News of 2 days.\n")
    place.run(1)
    return place


COMMANDS = {
    "log": ["log", "--format", "csv"],
    "report": ["report", "--format", "markdown"],
    "queue": ["review", "list"],
    "feed": ["feed"],
    "export": ["export", "--what", "statements", "--format", "csv"],
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_commands_are_narrowed_to_a_source(changed: Workspace, command: list[str]) -> None:
    text = changed.monitor(*command, "--source", "news").text
    assert "news/a.txt" in text
    assert "policies" not in text
    assert "policies/a.txt" in changed.monitor(*command, "--source", "policies").text
    said = changed.monitor(*command, "--source", "newz", status=2).message
    assert "there is no source newz; there are news, policies" in said


def test_pages_and_the_api_are_narrowed_to_a_source(changed: Workspace) -> None:
    with serving(changed.root) as served:
        page = served.get("/queue?source=news").text
        assert "news/a.txt" in page
        assert "policies/a.txt, statement" not in page
        assert [one["document"] for one in served.get("/api/changes?source=policies").json()["changes"]] == [
            "policies/a.txt"
        ]
        entries = served.get("/api/queue?source=policies").json()["entries"]
        assert [one["change"]["document"] for one in entries] == ["policies/a.txt"]
        assert served.get("/api/queue?source=newz").status == 400
        assert "there is no source newz" in served.get("/queue?source=newz").text


def test_each_folder_has_a_feed_of_its_own(changed: Workspace) -> None:
    feeds = {path.name: path.read_text() for path in (changed.root / "feeds").glob("source-*")}
    assert set(feeds) == {"source-news.atom", "source-policies.atom"}
    assert "policies/a.txt" not in feeds["source-news.atom"]


def test_an_import_is_a_source_too(place: Workspace, tmp_path: Path) -> None:
    for day in ("2025-01-01", "2025-01-02"):
        (tmp_path / "old" / day).mkdir(parents=True)
        (tmp_path / "old" / day / "a.txt").write_text(f"As of {day}.\n")
    place.monitor("import", "old", "--name", "old")
    assert {one["document"] for one in place.log("--source", "old")} == {"old/a.txt"}
    assert "there are news, old, policies" in place.monitor("log", "--source", "x", status=2).message


# --- one store, one configuration


def test_a_second_configuration_on_one_store_is_held(place: Workspace, tmp_path: Path) -> None:
    write(place, "news/c.txt", "More news.\n")
    place.run(0)
    other = tmp_path / "other"
    (other / "else").mkdir(parents=True)
    for number in range(3):
        (other / "else" / f"{number}.txt").write_text(f"Something else {number}.\n")
    (other / "monitor.toml").write_text('[watch]\nfolder = "else"\n[store]\nsnapshots = "../snapshots"\n')
    before = documents(place)
    said = place.monitor("run", "--settle", "0", cwd=other, status=2).message
    assert f"another configuration, {tmp_path / 'monitor.toml'}, records other folders" in said
    assert documents(place) == before
    place.run(1)


def test_a_second_configuration_with_the_same_folders_is_fine(place: Workspace, tmp_path: Path) -> None:
    place.run(0)
    (tmp_path / "night.toml").write_text((tmp_path / "monitor.toml").read_text())
    place.monitor("--config", "night.toml", "run")
    place.run(1)


def test_a_configuration_that_is_gone_holds_nobody_up(place: Workspace, tmp_path: Path) -> None:
    place.run(0)
    (tmp_path / "monitor.toml").rename(tmp_path / "new.toml")
    (tmp_path / "policies").rename(tmp_path / "rules")
    text = (tmp_path / "new.toml").read_text().replace('"policies"', '"rules"')
    (tmp_path / "new.toml").write_text(text)
    place.monitor("--config", "new.toml", "run")
