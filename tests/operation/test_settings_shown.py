"""Durations as people write them, the effective settings, and the journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.keys import duration
from tests.support.workspace import Workspace


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("15m", 900), ("15 min", 900), ("1h30m", 5400), ("1 h 30 min", 5400), ("2 days", 172_800), ("90s", 90)),
        *(("1d12h", 129_600), ("1 week, 2 days", 777_600), ("2 hours", 7200), ("1.5h", 5400), ("5 years", 157_788_000)),
        *(("30", 30), (30, 30), ("250 ms", 0.25)),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: object, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "m", "1h30", "30m1h", "1h1h", "1 fortnight", "-1h", "1h-30m", "h30", "1e3s", "١٥m"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a duration such as"):
        duration(text)


def test_config_says_where_each_value_comes_from(place: Workspace) -> None:
    place.configure('[watch]\nsettle = "1m"\n[notify.desk]\nurl = "mailto://user:secret@host"\n')
    secret = "postgresql+psycopg://user:secret@host/db"
    result = place.monitor("config", "--format", "json", env={"MONITOR_STORE_LEDGER": secret})
    rows = {one["key"]: one for one in result.json()}
    assert (rows["watch.settle"]["value"], rows["watch.settle"]["from"]) == (
        "60.0",
        f"{place.root}/monitor.toml, line 2",
    )
    assert rows["store.ledger"]["from"] == "MONITOR_STORE_LEDGER"
    assert rows["watch.folder"]["from"] == "default"
    assert b"secret" not in result.out


def test_config_says_which_values_a_folder_takes_from_others(place: Workspace) -> None:
    place.configure('[watch]\nsettle = "1m"\n[watch.news]\nfolder = "news"\nmax_size = "1 MB"\n')
    origins = {one["key"]: one["from"] for one in place.monitor("config", "--format", "json").json()}
    file = f"{place.root}/monitor.toml"
    assert origins["watch.news.folder"] == file
    assert origins["watch.news.max_size"] == file
    assert origins["watch.news.settle"] == f"{file}, line 2"
    assert origins["watch.news.include"] == "default"


def test_config_says_where_a_channel_was_given(place: Workspace) -> None:
    origins = {
        one["key"]: one["from"]
        for one in place.monitor("config", "--format", "json", env={"MONITOR_NOTIFY_DESK": "mailto://u:s@host"}).json()
    }
    assert origins["notify.desk.url"] == "MONITOR_NOTIFY_DESK"
    assert origins["notify.desk.limit"] == "default"


def test_runs_lists_the_journal(place: Workspace) -> None:
    place.write("a.txt", "A line.\n")
    place.run(0)
    place.run(1)
    (place.seeds / "a.txt").unlink()
    place.run(2, status=6)
    listed = place.monitor("runs", "--format", "jsonl").jsonl()
    assert [one["outcome"] for one in listed] == ["held", "unchanged", "recorded"]
    assert "is empty" in place.monitor("runs", "--outcome", "held").text
    assert place.monitor("runs", "--since", "2999-01-01").text == ""
    assert "--since" in place.monitor("runs", "--since", "sometime", status=2).message


def test_files_lists_what_is_watched(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    place.update({"b/c.txt": "A line.\n", "a.txt": "Another.\n"})
    assert place.monitor("files").text == "a.txt\nb/c.txt\n2 files watched\n"
