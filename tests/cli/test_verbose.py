"""`monitor -v`: which test decided what, a line each on standard error."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support.driver import Monitor, start, stop
from tests.support.workspace import eventually

LONG_AGO = 1_600_000_000


def write(path: Path, text: str, modified: int = LONG_AGO) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (modified, modified))


@pytest.fixture
def recorded(monitor: Monitor, here: Path) -> Path:
    """A watched folder after a run, and old enough that its files are taken as they are."""
    write(here / "seeds/a.txt", "One thing.")
    write(here / "seeds/notes/b.txt", "Another thing.")
    monitor("run", "--settle", "0")
    return here


def said(monitor: Monitor, *args: str, status: int = 0) -> list[str]:
    """The lines of a run with `-v`."""
    return monitor("-v", "run", "--settle", "0", *args, status=status).message.splitlines()


def settled(monitor: Monitor, folder: Path) -> None:
    """Let the scan cache vouch for every file: what was read just after its change is read again."""
    cache = folder / "snapshots/scan.cache"
    before = cache.read_bytes()
    eventually(lambda: monitor("run", "--settle", "0").out and cache.read_bytes() != before, 10)


def test_without_verbose_nothing_is_logged(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "One thing.")
    assert monitor("run", "--settle", "0").message == ""


def test_the_long_option_is_verbose_too(monitor: Monitor, recorded: Path) -> None:
    assert "monitor: scan: ./ " in monitor("--verbose", "run", "--settle", "0").message


def test_verbose_ends_with_its_command(monitor: Monitor, recorded: Path) -> None:
    said(monitor)
    assert monitor("run", "--settle", "0").message == ""


def test_each_line_names_the_module_that_decided(monitor: Monitor, recorded: Path) -> None:
    modules = {line.split(": ")[1] for line in said(monitor)}
    assert {"folder_diff", "scan", "capture", "run"} <= modules


def test_names_of_documents_do_not_steer_the_terminal(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a\x1b[2Jb\n.txt", "One thing.")
    lines = said(monitor)
    assert "monitor: scan: a␛[2Jb␊.txt read: new" in lines
    assert all(line.isprintable() for line in lines)


def test_data_on_standard_output_stays_data(monitor: Monitor, recorded: Path) -> None:
    assert monitor("-v", "run", "--settle", "0", "--format", "json").json()["run"]["outcome"] == "unchanged"


# --- the scan -------------------------------------------------------------------------------------


def test_a_new_file_is_read_because_it_is_new(monitor: Monitor, recorded: Path) -> None:
    write(recorded / "seeds/c.txt", "A third thing.")
    assert "monitor: scan: c.txt read: new" in said(monitor)


def test_an_unchanged_folder_is_named(monitor: Monitor, recorded: Path) -> None:
    settled(monitor, recorded)
    assert "monitor: scan: notes/ unchanged: same names, sizes, times and inodes" in said(monitor)


def test_a_changed_file_is_read_because_of_its_time(monitor: Monitor, recorded: Path) -> None:
    settled(monitor, recorded)
    write(recorded / "seeds/a.txt", "1 thing...", LONG_AGO + 1)
    lines = [line for line in said(monitor) if "a.txt read: " in line]
    assert lines == ["monitor: scan: a.txt read: modified since the last run"]


def test_a_changed_file_is_read_because_of_its_size(monitor: Monitor, recorded: Path) -> None:
    settled(monitor, recorded)
    write(recorded / "seeds/a.txt", "One long thing.")
    assert "monitor: scan: a.txt read: another size" in said(monitor)


def test_a_file_with_other_rights_is_read_for_its_change_time(monitor: Monitor, recorded: Path) -> None:
    settled(monitor, recorded)
    (recorded / "seeds/a.txt").chmod(0o600)
    assert "monitor: scan: a.txt read: another change time" in said(monitor)


def test_a_replaced_file_is_read_because_of_its_inode(monitor: Monitor, recorded: Path) -> None:
    settled(monitor, recorded)
    shutil.copy2(recorded / "seeds/a.txt", recorded / "copy")
    (recorded / "copy").replace(recorded / "seeds/a.txt")
    lines = said(monitor)
    assert "monitor: scan: a.txt read: another inode" in lines
    assert any(line.startswith("monitor: scan: a.txt: content the same as before") for line in lines)


def test_a_file_read_just_after_its_change_is_read_again(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "One thing.")
    first = next(line for line in said(monitor) if ": content " in line)
    assert first.endswith("it is read again at the next run, because it was just modified")
    assert any("a.txt read: it had just been modified" in line for line in said(monitor))


def test_a_file_that_has_not_settled_is_waited_for(monitor: Monitor, here: Path) -> None:
    (here / "seeds").mkdir()
    (here / "seeds/a.txt").write_text("One thing.")
    lines = monitor("-v", "run", "--settle", "0.3").message
    assert "scan: a.txt not settled: modified less than 0.3 s ago" in lines
    assert "s for what was just modified: 1" in lines


def test_a_file_that_is_too_large_is_named(monitor: Monitor, here: Path) -> None:
    write(here / "monitor.toml", '[watch]\nmax_size = "1 kB"\n')
    write(here / "seeds/a.txt", "One thing.")
    monitor("run", "--settle", "0")
    write(here / "seeds/a.txt", "One thing. " * 200)
    assert "monitor: scan: a.txt not read: larger than max_size (1,000 bytes)" in said(monitor, status=3)


# --- the scan cache -------------------------------------------------------------------------------


def cache_line(monitor: Monitor) -> str:
    return next(line for line in said(monitor) if line.startswith("monitor: folder_diff: scan cache "))


def test_the_scan_cache_of_the_newest_snapshot_is_trusted(monitor: Monitor, recorded: Path) -> None:
    assert "trusted: it is of the newest snapshot" in cache_line(monitor)


def test_a_missing_scan_cache_is_named(monitor: Monitor, recorded: Path) -> None:
    (recorded / "snapshots/scan.cache").unlink()
    lines = said(monitor)
    assert "monitor: scan_cache: scan.cache not used: no such file or directory" in lines


def test_a_damaged_scan_cache_is_named(monitor: Monitor, recorded: Path) -> None:
    (recorded / "snapshots/scan.cache").write_bytes(b"rubbish")
    assert any("scan.cache not used, it is damaged or of another version" in line for line in said(monitor))


def test_a_scan_cache_of_other_patterns_is_not_trusted(monitor: Monitor, recorded: Path) -> None:
    write(recorded / "monitor.toml", '[watch]\nexclude = ["*.log"]\n')
    assert "not trusted: the folder, its patterns or the size limit differ" in cache_line(monitor)


def test_a_scan_cache_of_another_snapshot_is_not_trusted(monitor: Monitor, recorded: Path) -> None:
    older = (recorded / "snapshots/scan.cache").read_bytes()
    write(recorded / "seeds/a.txt", "One more thing.")
    monitor("run", "--settle", "0")
    (recorded / "snapshots/scan.cache").write_bytes(older)
    assert "not trusted: it is of snapshot " in cache_line(monitor)


# --- held or not ----------------------------------------------------------------------------------


def judgement(monitor: Monitor, *args: str, status: int = 0) -> list[str]:
    lines = said(monitor, *args, status=status)
    return [line.removeprefix("monitor: capture: ") for line in lines if line.startswith("monitor: capture: ")]


def test_the_first_run_is_not_held(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "One thing.")
    assert judgement(monitor) == ["not held: the last snapshot has no document"]


def test_vanished_documents_are_counted_beside_the_bounds(monitor: Monitor, recorded: Path) -> None:
    (recorded / "seeds/a.txt").unlink()
    bounds = "held above 10 documents and 20 %"
    assert judgement(monitor) == [f"not held: 1 of 2 documents vanished, renamed ones (0) not counted; {bounds}"]


def test_a_renamed_document_is_not_counted_as_vanished(monitor: Monitor, recorded: Path) -> None:
    (recorded / "seeds/a.txt").rename(recorded / "seeds/c.txt")
    assert "0 of 2 documents vanished, renamed ones (1) not counted" in judgement(monitor)[0]


def test_a_run_that_is_held_is_judged_twice(monitor: Monitor, here: Path) -> None:
    for number in range(11):
        write(here / f"seeds/{number}.txt", f"Thing {number}.")
    write(here / "seeds/z.txt", "Another one.")
    monitor("run", "--settle", "0")
    for number in range(11):
        (here / f"seeds/{number}.txt").unlink()
    lines = judgement(monitor, status=6)
    assert [line.split(":")[0] for line in lines] == ["held unless more were renamed", "held"]
    assert all("11 of 12 documents vanished" in line for line in lines)


def test_a_replaced_folder_is_named(monitor: Monitor, recorded: Path) -> None:
    (recorded / "seeds").rename(recorded / "old")
    shutil.copytree(recorded / "old", recorded / "seeds")
    assert any("seeds is another folder on the disk than at the last run" in line for line in judgement(monitor))


def test_accepted_deletions_are_named(monitor: Monitor, recorded: Path) -> None:
    shutil.rmtree(recorded / "seeds/notes")
    assert judgement(monitor, "--accept-deletions") == ["not held: deletions are accepted"]


# --- the processes, and `watch` -------------------------------------------------------------------


def test_each_git_process_is_named(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "One thing.")
    lines = [line for line in said(monitor) if line.startswith("monitor: git_process: git ")]
    assert any("git fast-import " in line for line in lines)
    assert all(line.endswith(" started") for line in lines)


def test_a_run_that_finds_nothing_new_starts_no_git(monitor: Monitor, recorded: Path) -> None:
    settled(monitor, recorded)
    assert not any("git_process" in line for line in said(monitor))


def test_watch_logs_decisions_with_their_time(here: Path) -> None:
    write(here / "seeds/a.txt", "One thing.")
    with start(["-v", "watch"], cwd=here) as process:
        eventually((here / "snapshots/runs.jsonl").exists)
        lines = stop(process).message.splitlines()
    assert any(line.endswith(" INFO scan: a.txt read: new") and line[:4].isdigit() for line in lines)
    assert any(" INFO watch: run recorded" in line for line in lines)
