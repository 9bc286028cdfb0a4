"""Reading needs no right to write: a store on a medium that can only be read, and one of another account."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from monitor.app.run import RunOptions, run
from monitor.config import load
from tests.support.paths import PROJECT
from tests.support.reviewing import comment_on_newest

# root writes everywhere unless it lays down the right to
ORDINARY = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
NOBODY = 65534
QUERIES = (
    "status", "snapshots", "log", "log --format json", "show CHANGE", "show CHANGE --why", "blame a.txt", "cat a.txt",
    "diff SNAPSHOT now", "search port",
    "report --since 2020-01-01 --until 2099-01-01", "export", "feed", "review list", "review list --format json",
    "review history CHANGE", "review orphans", "verify", "rules list", "rules preview --pattern port*", "files", "runs",
    "config", "status --format prometheus", "export --what verdicts", "schema change",
)  # fmt: skip
PAGES = (
    "/queue", "/queue?verdict=any", "/documents", "/overview", "/runs", "/search?q=port", "/orphans", "/changes/CHANGE",
    "/rules/new?change=CHANGE", "/feed.atom", "/alarms", "/api/queue", "/api/changes", "/api/runs",
)  # fmt: skip
# In a place of its own for mounts, so that nobody else sees it, and nothing is left of it.
MOUNTED = (
    "unshare", "--mount", "sh", "-c", 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"',
)  # fmt: skip


def can_mount() -> bool:
    try:
        return subprocess.run([*MOUNTED, str(PROJECT / "docs"), "true"], capture_output=True).returncode == 0
    except OSError:
        return False


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Path, str, str]]:
    """A store with verdicts, the id of a change and of a snapshot; what is written for others is made beforehand."""
    root = tmp_path / "place"
    (root / "seeds").mkdir(parents=True)
    (root / "monitor.toml").write_text('[report]\nformats = []\n[watch]\nsettle = "0 s"\n')
    settings = load(root, None, {}, {})
    snapshot = None
    for number in range(3):
        (root / "seeds" / "a.txt").write_text(f"The port is open. It takes {number} boats.\n")
        done, _ = run(settings, RunOptions(settle=0))
        snapshot = snapshot or done.snapshot
    change = comment_on_newest(settings, "seen")
    yield root, change, str(snapshot)
    for folder, _, _ in os.walk(root):
        Path(folder).chmod(0o755)


def take_rights(root: Path) -> None:
    for folder, _, files in os.walk(root, topdown=False):
        for name in files:
            Path(folder, name).chmod(0o444)
        Path(folder).chmod(0o555)


def give_away(root: Path) -> None:
    for folder, _, files in os.walk(root):
        for path in (Path(folder), *(Path(folder, name) for name in files)):
            shutil.chown(path, NOBODY, NOBODY)
            path.chmod(0o755 if path.is_dir() else 0o644)


def contents(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def on_a_disk_to_read(root: Path) -> None:
    """Nothing is done to the files: the commands find the folder mounted so that nobody can write."""


HOW = {"nobody may write": take_rights, "another account's": give_away, "mounted to be read": on_a_disk_to_read}


def command_line(root: Path, how: object, *words: str) -> list[str]:
    prefix = (*MOUNTED, str(root)) if how is on_a_disk_to_read else ORDINARY
    return [*prefix, sys.executable, "-m", "monitor", "-C", str(root), *words]


def monitor(root: Path, *words: str, how: object = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command_line(root, how, *words), capture_output=True, text=True, check=False, cwd=PROJECT)


def timeless(output: str) -> str:
    """What does not change with the minute: a report says when it was made."""
    return re.sub("report made .*", "report made", output)


def is_about_rights(message: str) -> bool:
    return any(words in message.lower() for words in ("permission", "read-only file system"))


def answered(address: str, body: bytes | None = None) -> tuple[int, str]:
    request = Request(address, body, {"Content-Type": "application/json"} if body else {})
    try:
        with urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def expect_possible(how: object) -> None:
    if how is give_away and os.geteuid() != 0:
        pytest.skip("only root gives files to another account")
    if how is on_a_disk_to_read and not can_mount():
        pytest.skip("only root mounts a folder so that it can only be read")


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_every_query_works_on_a_store_that_cannot_be_written(place: tuple[Path, str, str], how: object) -> None:
    root, change, snapshot = place
    expect_possible(how)
    lines = [query.replace("CHANGE", change).replace("SNAPSHOT", snapshot).split() for query in QUERIES]
    expected = {" ".join(line): timeless(monitor(root, *line).stdout) for line in lines}
    how(root)  # type: ignore[operator]
    before = contents(root)
    wrong = {}
    for line in lines:
        found = monitor(root, *line, how=how)
        if found.returncode or timeless(found.stdout) != expected[" ".join(line)]:
            wrong[" ".join(line)] = found.returncode, found.stdout[-300:], found.stderr[-300:]
    assert wrong == {}
    assert contents(root) == before


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_every_page_is_served_and_no_verdict_taken(place: tuple[Path, str, str], how: object) -> None:
    root, change, _ = place
    expect_possible(how)
    monitor(root, "review", "list")
    how(root)  # type: ignore[operator]
    before = contents(root)
    command = command_line(root, how, "serve", "--port", "0")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://127.0.0.1:\d+", process.stdout.readline())
            assert found is not None
            assert {path: answered(found[0] + path.replace("CHANGE", change))[0] for path in PAGES} == dict.fromkeys(
                PAGES, 200
            )
            verdict = {"changes": [change], "verdict": "accepted", "reviewer": "Ada"}
            status, text = answered(f"{found[0]}/api/verdicts", json.dumps(verdict).encode())
            assert status == 500
            assert is_about_rights(json.loads(text)["error"])
        finally:
            process.terminate()
    assert contents(root) == before


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_writing_says_that_the_right_is_missing(place: tuple[Path, str, str], how: object) -> None:
    root, change, _ = place
    expect_possible(how)
    how(root)  # type: ignore[operator]
    for words in (["run"], ["rebuild"], ["review", "accept", change, "--as", "Ada"]):
        found = monitor(root, *words, how=how)
        assert found.returncode == 4, words
        assert len(found.stderr.splitlines()) == 1, words
        assert is_about_rights(found.stderr), found.stderr
        assert "room" not in found.stderr
