"""`monitor import` as a command: what it says, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.driver import Monitor
from tests.support.git_histories import DAY, START, Entry, Made, git, make_repository


@pytest.fixture
def source(tmp_path: Path) -> Path:
    commits = [
        Made({"a.txt": b"One.\n", "link": Entry(b"a.txt", "120000")}, START),
        Made({"a.txt": b"Two.\n"}, START + DAY),
    ]
    return make_repository(tmp_path / "policies", commits)


def test_import_lists_what_was_imported_and_left_out(source: Path, tmp_path: Path, monitor: Monitor) -> None:
    assert monitor("-C", tmp_path, "import", source).lines == [
        "imported 2 snapshots as policies; 2 snapshots from 2024-03-01 12:00:00 to 2024-03-02 12:00:00",
        "  symbolic link (left out): link",
    ]


def test_content_that_is_missing_ends_it_with_status_3(source: Path, tmp_path: Path, monitor: Monitor) -> None:
    lost = git(source, "rev-parse", "main:a.txt")
    (source / "objects" / lost[:2] / lost[2:]).unlink()
    told = monitor("-C", tmp_path, "import", source, status=3).lines
    assert told[0].startswith("imported 2 snapshots as policies")
    assert told[1] == "  its content is missing from the source (kept as it was before): a.txt"


def test_import_of_nothing_new_says_so(source: Path, tmp_path: Path, monitor: Monitor) -> None:
    monitor("-C", tmp_path, "import", source)
    again = monitor("-C", tmp_path, "import", source)
    assert again.text.startswith("imported nothing new as policies; 2 snapshots")


def test_import_prints_json_on_request(source: Path, tmp_path: Path, monitor: Monitor) -> None:
    assert monitor("-C", tmp_path, "import", source, "--format", "json").json() == {
        "name": "policies",
        "new": 2,
        "snapshots": 2,
        "first": "2024-03-01T12:00:00Z",
        "last": "2024-03-02T12:00:00Z",
        "oddities": ["symbolic link (left out): link"],
        "told": 0,
        "message": None,
    }


@pytest.mark.parametrize(
    "arguments",
    [["nothing-there"], ["policies", "--ref", "no"], ["policies", "--since", "x"], ["policies", "--path", ".."]],
)
def test_import_error_is_one_line(arguments: list[str], source: Path, tmp_path: Path, monitor: Monitor) -> None:
    assert len(monitor("-C", source.parent, "import", *arguments, status=2).message.splitlines()) == 1
