"""`monitor import` as a command: what it says, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.cli.door import run
from tests.support.git_histories import DAY, START, Entry, Made, git, make_repository


@pytest.fixture
def source(tmp_path: Path) -> Path:
    commits = [
        Made({"a.txt": b"One.\n", "link": Entry(b"a.txt", "120000")}, START),
        Made({"a.txt": b"Two.\n"}, START + DAY),
    ]
    return make_repository(tmp_path / "policies", commits)


def test_it_says_what_was_imported_and_left_out(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(tmp_path), "import", str(source)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "imported 2 snapshots as policies; 2 snapshots from 2024-03-01 12:00:00 to 2024-03-02 12:00:00",
        "  symbolic link (left out): link",
    ]


def test_content_that_is_missing_ends_it_with_status_3(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pack,) = (source / "objects" / "pack").glob("*.pack")
    data = pack.read_bytes()
    for path in (source / "objects" / "pack").iterdir():
        path.unlink()
    git(source, "unpack-objects", "-q", given=data)
    lost = git(source, "rev-parse", "main:a.txt")
    (source / "objects" / lost[:2] / lost[2:]).unlink()
    assert run(["-C", str(tmp_path), "import", str(source)]) == 3
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("imported 2 snapshots as policies")
    assert told[1] == "  its content is missing from the source (it stands as it was before): a.txt"


def test_it_says_so_where_nothing_is_new(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["-C", str(tmp_path), "import", str(source)])
    capsys.readouterr()
    assert run(["-C", str(tmp_path), "import", str(source)]) == 0
    assert capsys.readouterr().out.startswith("imported nothing new as policies; 2 snapshots")


def test_it_answers_programs_in_json(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["-C", str(tmp_path), "import", str(source), "--format", "json"])
    assert json.loads(capsys.readouterr().out) == {
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
def test_what_is_wrong_is_one_line(
    arguments: list[str], source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(source.parent), "import", *arguments]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
