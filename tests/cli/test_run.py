"""`init`, `run`, `watch` and `demo`: the verbs that write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.driver import Monitor


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


# --- init -----------------------------------------------------------------------------------------


def test_init_makes_what_a_run_needs(monitor: Monitor, here: Path) -> None:
    monitor("init")
    assert sorted(path.name for path in here.iterdir()) == ["monitor.toml", "seeds", "snapshots"]
    write(here / "seeds/a.txt", "One thing.")
    assert "1 document, 1 statement" in monitor("run", "--settle", "0").text


def test_init_never_overwrites(monitor: Monitor, here: Path) -> None:
    write(here / "monitor.toml", '[watch]\nfolder = "papers"\n')
    text = monitor("init").text
    assert "kept  monitor.toml" in text
    assert "made  papers" in text
    assert (here / "monitor.toml").read_text() == '[watch]\nfolder = "papers"\n'


def test_init_reports_an_invalid_existing_configuration(monitor: Monitor, here: Path) -> None:
    write(here / "monitor.toml", "[watch]\nfodler = 'x'\n")
    assert "folder" in monitor("init", status=2).message


# --- run ------------------------------------------------------------------------------------------


def test_the_first_run_counts(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "One thing. Two things.")
    write(here / "seeds/sub/b.txt", "Three things.")
    text = monitor("run", "--settle", "0", "--taken-at", "2026-01-01T06:00Z").text
    assert text.splitlines()[0].endswith("2026-01-01 06:00:00  first snapshot: 2 documents, 3 statements")
    assert "Three things." not in text


def test_a_run_shows_what_changed(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "One thing. It needs 30 votes.")
    monitor("run", "--settle", "0")
    write(here / "seeds/a.txt", "One thing. It needs 45 votes. A new thing.")
    text = monitor("run", "--settle", "0").text
    assert "2 changes in 1 document" in text
    assert "It needs [-30-]{+45+} votes." in text
    assert "a.txt  +1  ~1" in text


def test_a_run_that_finds_very_much_counts_it(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "One thing.")
    monitor("run", "--settle", "0")
    write(here / "seeds/a.txt", "\n\n".join(f"Thing number {number} is new." for number in range(150)))
    text = monitor("run", "--settle", "0").text
    assert "Thing number 7 is new." not in text
    assert "a.txt" in text
    snapshot = text.split()[1]
    assert f"`monitor log --snapshot {snapshot}` lists them all" in text
    assert "Thing number 7 is new." in monitor("log", "--snapshot", snapshot).text


def test_a_first_run_of_very_many_documents_names_some(monitor: Monitor, here: Path) -> None:
    for number in range(105):
        write(here / f"seeds/{number:03}.txt", f"Thing {number}.")
    text = monitor("run", "--settle", "0").text
    assert "105 documents" in text
    assert "and 5 more documents" in text


def test_a_run_that_finds_nothing_says_so(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "One thing.")
    monitor("run", "--settle", "0")
    assert monitor("run", "--settle", "0").text == "nothing changed\n"


def test_run_lists_failures_first_and_exits_with_3(monitor: Monitor, here: Path) -> None:
    write(here / "monitor.toml", '[watch]\nmax_size = "1 kB"\n')
    write(here / "seeds/a.txt", "One thing.")
    write(here / "seeds/large.txt", "Large. " * 1000)
    text = monitor("run", "--settle", "0", status=3).text
    assert text.startswith("! large.txt: ")


def test_skipped_files_are_reported(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "One thing.")
    os.mkfifo(here / "seeds/pipe")
    assert "skipped pipe: " in monitor("run", "--settle", "0").text


@pytest.mark.parametrize(("edited", "status"), [("One thing.", 0), ("Another thing.", 1)])
def test_exit_code_of_a_run_shows_changes_on_request(monitor: Monitor, here: Path, edited: str, status: int) -> None:
    write(here / "seeds/a.txt", "One thing.")
    monitor("run", "--settle", "0", "--exit-code")
    write(here / "seeds/a.txt", edited)
    monitor("run", "--settle", "0", "--exit-code", status=status)


def test_a_run_as_json_is_one_value(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "One thing.")
    first = monitor("run", "--settle", "0", "--format", "json").json()
    assert first["baseline"] == [{"document": "a.txt", "statements": 1}]
    assert first["changes"] == []
    write(here / "seeds/a.txt", "One thing. And another.")
    second = monitor("run", "--settle", "0", "--format", "json").json()
    assert second["run"]["outcome"] == "recorded"
    assert [change["kind"] for change in second["changes"]] == ["added"]


def test_a_run_as_jsonl_is_a_change_a_line(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "One thing.")
    assert monitor("run", "--settle", "0", "--format", "jsonl").out == b""
    write(here / "seeds/a.txt", "One thing. And another.")
    assert [one["kind"] for one in monitor("run", "--settle", "0", "--format", "jsonl").jsonl()] == ["added"]


def test_held_run_exits_with_6_and_names_the_option(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "One thing.")
    monitor("run", "--settle", "0")
    (here / "seeds/a.txt").unlink()
    assert "--accept-deletions" in monitor("run", "--settle", "0", status=6).message
    monitor("run", "--settle", "0", "--accept-deletions")


def test_run_without_a_folder_names_init(monitor: Monitor, here: Path) -> None:
    message = monitor("run", status=6).message
    assert f"the watched folder {here / 'seeds'} is missing" in message
    assert "`monitor init`" in message
    assert "--accept-deletions" not in message


def test_init_is_the_way_out_of_a_missing_folder(monitor: Monitor, here: Path) -> None:
    write(here / "monitor.toml", '[watch]\nfolder = "papers"\n')
    assert "papers is missing" in monitor("run", status=6).message
    monitor("init")
    monitor("run")


def test_run_on_an_empty_folder_names_init(monitor: Monitor, here: Path) -> None:
    (here / "seeds").mkdir()
    assert "`monitor init`" in monitor("run").text


def test_run_on_an_empty_configured_folder_asks_for_documents(monitor: Monitor, here: Path) -> None:
    monitor("init")
    text = monitor("run").text
    assert text == f"nothing to record: {here / 'seeds'} has no documents; add some, or set `folder` in monitor.toml\n"


def test_a_missing_folder_after_a_snapshot_names_the_option(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "One thing.")
    monitor("run", "--settle", "0")
    (here / "seeds/a.txt").unlink()
    (here / "seeds").rmdir()
    message = monitor("run", status=6).message
    assert "--accept-deletions" in message
    assert "`monitor init`" not in message


@pytest.mark.parametrize("settle", ["soon", "-1", "nan", "inf"])
def test_settle_must_be_a_number_of_seconds(monitor: Monitor, here: Path, settle: str) -> None:
    assert "number of seconds" in monitor("run", "--settle", settle, status=2).message


def test_invalid_run_date_is_refused(monitor: Monitor, here: Path) -> None:
    assert "--taken-at: next week" in monitor("run", "--taken-at", "next week", status=2).message
    assert list(here.iterdir()) == []


# --- watch ----------------------------------------------------------------------------------------


def test_second_watch_fails_and_names_the_first(monitor: Monitor, here: Path) -> None:
    from monitor.app.monitor import StoreLock
    from monitor.app.status import WATCH_LOCK

    with StoreLock(here / "snapshots" / WATCH_LOCK, "monitor watch"):
        assert f"pid {os.getpid()}" in monitor("watch", status=5).message
        assert f"`monitor watch`, pid {os.getpid()}" in monitor("status").text
    assert "none (`monitor watch` is not running)" in monitor("status").text


def test_status_names_the_running_process(monitor: Monitor, here: Path) -> None:
    from monitor.app.monitor import LOCK, StoreLock

    with StoreLock(here / "snapshots" / LOCK, "monitor run"):
        assert monitor("status", "--format", "json").json()["running"]["pid"] == os.getpid()
    assert monitor("status", "--format", "json").json()["running"] is None


# --- demo -----------------------------------------------------------------------------------------


def test_the_demo_plays_into_the_folder_that_is_named(monitor: Monitor, here: Path) -> None:
    text = monitor("demo", "made").text
    assert "made/report.html" in text
    assert "<ins" in (here / "made/report.html").read_text()
    assert [path.name for path in here.iterdir()] == ["made"]
    assert monitor("-C", "made", "log", "--format", "jsonl").jsonl() != []


def test_the_demo_leaves_a_folder_in_use_alone(monitor: Monitor, here: Path) -> None:
    write(here / "mine/a.txt", "Mine.")
    assert "mine is not empty" in monitor("demo", "mine", status=2).message
    assert [path.name for path in (here / "mine").iterdir()] == ["a.txt"]
