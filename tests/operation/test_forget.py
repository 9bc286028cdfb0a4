"""Erasure: nothing of a document is left in the store, and everything else is as it was."""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.workspace import Workspace

CONFIGURATION = """
[watch]
folder = "seeds"
[report]
formats = ["html", "json", "markdown"]
[feeds]
folder = "feeds"
[evidence]
heads = "heads.txt"
[notify.desk]
url = "json://127.0.0.1:9"
"""
SECRET = "Marguerite Quillfeather"
FORGET = ("forget", "person.txt", "--reason", "request of 3 March", "--yes")


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """Three snapshots of two documents, one of them about a person."""
    place = Workspace(tmp_path)
    place.configure(CONFIGURATION)
    for number in range(3):
        person = f"{SECRET} lives in house {number}.\nShe has {number} dogs.\n"
        place.update({"person.txt": person, "other.txt": f"The fee is {number} euros.\nNothing else is due.\n"})
        place.run(number)
    change = next(one for one in place.log() if one["document"] == "other.txt")
    place.monitor("review", "accept", change["id"], "--as", "Ada")
    place.monitor("review", "list")
    return place


def contents(place: Workspace) -> Iterator[tuple[str, bytes]]:
    """Every file of the store and what was written, and every object of the history, reachable or not."""
    for path in place.root.rglob("*"):
        if path.is_file() and place.seeds not in path.parents:
            data = path.read_bytes()
            yield str(path), data
            if len(path.parent.name) == 2:
                yield str(path), zlib.decompress(data)
    git = ["git", "-C", str(place.snapshots / "history.git"), "cat-file", "--batch-all-objects", "--batch"]
    yield "objects", subprocess.run(git, check=True, capture_output=True, env=place.environ()).stdout


def traces(place: Workspace) -> list[str]:
    return [name for name, data in contents(place) if SECRET.encode() in data or b"Quillfeather" in data]


def test_before_the_text_is_found_in_many_places(place: Workspace) -> None:
    assert len(traces(place)) >= 6


def test_nothing_of_a_forgotten_document_is_left(place: Workspace) -> None:
    assert "person.txt is still there" in place.monitor(*FORGET).text
    assert traces(place) == []
    assert place.findings() == []
    assert place.monitor("search", "Quillfeather", "--format", "json").json() == []


def test_everything_else_stays(place: Workspace) -> None:
    before = [one for one in place.log("--baseline") if one["document"] == "other.txt"]
    place.monitor(*FORGET)
    after = place.log("--baseline")
    assert [one["id"] for one in after] == [one["id"] for one in before]
    assert place.select("SELECT count(*) FROM review_events") == [(1,)]
    assert place.cat("other.txt") == b"The fee is 2 euros.\nNothing else is due.\n"
    assert len(place.recorded()) == 3


def test_the_same_bytes_are_not_recorded_again(place: Workspace) -> None:
    place.monitor(*FORGET)
    assert "person.txt: removed by request" in place.run(3).text
    assert traces(place) == []
    place.write("person.txt", "A person lives there.\n")
    place.run(4)
    assert place.texts("person.txt") == ["A person lives there."]


def test_published_heads_say_that_history_was_rewritten(place: Workspace) -> None:
    place.monitor(*FORGET)
    *_, said, head = (place.root / "heads.txt").read_text().splitlines()
    assert said.startswith("# history rewritten ")
    assert head.split(" ")[1] == place.recorded()[-1].id


def test_versions_of_a_time_are_forgotten_alone(place: Workspace) -> None:
    place.monitor(*FORGET, "--since", "2026-01-02", "--until", "2026-01-02")
    assert b"house 1" not in b"".join(data for _, data in contents(place))
    assert place.cat("person.txt", "2026-01-02") == f"{SECRET} lives in house 0.\nShe has 0 dogs.\n".encode()
    assert [one["kind"] for one in place.log("--level", "document")] == []
    assert place.findings() == []


def test_a_second_document_is_forgotten_after_the_first(place: Workspace) -> None:
    place.monitor(*FORGET)
    place.monitor("forget", "other.txt", "--reason", "another", "--yes")
    assert place.log("--baseline") == []
    assert place.findings() == []


def test_forget_asks_first(place: Workspace) -> None:
    place.monitor(*FORGET[:-1], status=130)
    place.monitor(*FORGET[:-1], status=130, stdin=b"n\n")
    assert traces(place)


def test_forget_wants_a_reason_and_a_document(place: Workspace) -> None:
    assert "--reason" in place.monitor("forget", "person.txt", status=2).message
    assert "there is no document" in place.monitor("forget", "persn.txt", "--reason", "r", "--yes", status=2).message


STEPS = ["_move_refs", "remove_unreachable", "_rewrite_journal", "fold_again", "_remove_reports", "_announce"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_interrupted_forget_is_finished_by_the_next_run(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    from monitor.app import forget

    real = getattr(forget, step)

    def interrupted(*args: object, **options: object) -> None:
        if when == "after":
            real(*args, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(forget, step, interrupted)
    place.monitor(*FORGET, status=130)
    monkeypatch.setattr(forget, step, real)
    (place.seeds / "person.txt").unlink()
    place.run(3)
    assert traces(place) == []
    assert place.findings() == []
