"""`monitor serve` as a process: what it prints, where it listens, how it ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from sqlite3 import connect

import pytest

from tests.support.driver import monitor


@contextmanager
def started(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the link that it printed."""
    command = [sys.executable, "-m", "monitor", "-C", str(folder), "serve", "--port", "0", *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.communicate()


def status(link: str) -> int:
    found = re.fullmatch(r"http://([^:/]+):(\d+)(/.*)", link)
    assert found
    connection = HTTPConnection(found[1].replace("0.0.0.0", "127.0.0.1"), int(found[2]), timeout=600)
    try:
        connection.request("GET", found[3])
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_serves_until_a_signal(told_story: Path, ending: signal.Signals) -> None:
    with started(told_story) as (process, link):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", link)
        assert status(f"{link}queue") == 200
        process.send_signal(ending)
        assert process.wait(timeout=600) in (0, 130, -ending)
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


def test_queue_is_ready_before_the_address_is_printed(told_story: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    shutil.copytree(told_story, place)
    (place / "snapshots/reviews.db").unlink(missing_ok=True)
    with started(place), closing(connect(place / "snapshots/reviews.db")) as reviews:
        assert reviews.execute("SELECT count(*) FROM queue").fetchone()[0] > 0


def test_another_address_takes_a_token_of_its_own(told_story: Path) -> None:
    with started(told_story, "--host", "0.0.0.0") as (_, link):
        assert re.search(r"\?token=[\w-]{32}$", link)
        assert status(link) == 303
        assert status(link.partition("?")[0]) == 401


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--token", "short"], "at least 16 characters"),
        (["--host", "no.such.host.invalid"], "not an address of this machine"),
        (["--port", "99999"], "port"),
    ],
)
def test_invalid_options_are_a_one_line_error(told_story: Path, options: list[str], message: str) -> None:
    told = monitor("-C", told_story, "serve", "--port", "0", *options, status=2).message
    assert message in told
    assert told.count("\n") == 1


def test_a_port_that_is_taken_is_named(told_story: Path) -> None:
    with started(told_story) as (_, link):
        port = link.rpartition(":")[2].strip("/")
        assert f"port {port}" in monitor("-C", told_story, "serve", "--port", port, status=4).message


def test_serve_needs_a_recorded_snapshot(tmp_path: Path) -> None:
    assert "nothing is recorded" in monitor("-C", tmp_path, "serve", "--port", "0", status=2).message
