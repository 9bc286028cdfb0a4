"""One edit of each kind: the log says it exactly once, as what it is, and says nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.recorded import Story
from tests.acceptance.story_steps import STEPS, Step, assert_says, headline, statements_of
from tests.support.workspace import Workspace, day

EACH = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)


@pytest.mark.parametrize("document", ["brief.txt", "memo.txt", "annex.md"])
def test_document_is_split_into_the_statements_a_reader_sees(first_versions: Workspace, document: str) -> None:
    assert first_versions.texts(document) == statements_of(document)


def test_first_snapshot_is_not_reported_as_changes(first_versions: Workspace) -> None:
    assert first_versions.log() == []


@pytest.mark.parametrize("document", ["brief.txt", "memo.txt", "annex.md"])
def test_baseline_holds_each_first_statement_once(first_versions: Workspace, document: str) -> None:
    records = first_versions.log("--baseline", "--level", "statement", document)
    assert [side["text"] for record in records for side in record["after"]] == statements_of(document)
    assert {record["kind"] for record in records} == {"added"}
    assert {record["baseline"] for record in records} == {True}


@EACH
def test_single_edit_is_recorded_exactly_once(begun: Workspace, step: Step) -> None:
    dates = {}
    by_name = {each.name: each for each in STEPS}
    for number, name in enumerate((*step.needs, step.name), start=1):
        by_name[name].edit(begun.seeds)
        begun.run(number)
        dates[name] = day(number)
    assert_says(begun.log("--since", dates[step.name]), step.expected, dates)


@EACH
def test_an_edit_within_a_longer_story_is_said_exactly_once(story: Story, step: Step) -> None:
    assert_says(story.said[step.name], step.expected, story.dates)


def test_each_step_of_the_story_is_one_snapshot(story: Story) -> None:
    assert [len({record["snapshot"] for record in said}) for said in story.said.values()] == [1] * len(STEPS)


def test_a_folder_that_did_not_change_makes_no_snapshot(begun: Workspace) -> None:
    before = begun.monitor("snapshots", "--format", "jsonl").jsonl()
    begun.run(1)
    assert begun.monitor("snapshots", "--format", "jsonl").jsonl() == before
    assert begun.log() == []


def test_a_file_rewritten_with_the_same_bytes_makes_no_snapshot(begun: Workspace) -> None:
    begun.write("memo.txt", (begun.seeds / "memo.txt").read_bytes())
    begun.run(1)
    assert len(begun.monitor("snapshots", "--format", "jsonl").jsonl()) == 1


def test_an_edit_that_keeps_size_and_time_of_the_file_is_seen(begun: Workspace) -> None:
    path = begun.seeds / "memo.txt"
    stat = path.stat()
    path.write_text(path.read_text().replace("channel 16", "channel 61"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    begun.run(1)
    assert [record["kind"] for record in begun.log()] == ["revised"]


# --- one story, kept whole ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rebuilt(story: Story, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, bytes]]:
    """What the ledger says before and after it was thrown away and made again."""
    workspace = story.workspace.copy(tmp_path_factory.mktemp("rebuilt") / "work")
    questions: dict[str, Callable[[], bytes]] = {
        "log": lambda: workspace.monitor("log", "--baseline", "--format", "jsonl").out,
        "revisions": lambda: workspace.monitor("export", "--what", "revisions", "--format", "jsonl").out,
        "changes": lambda: workspace.monitor("export", "--what", "changes", "--format", "jsonl").out,
        "blame": lambda: workspace.monitor("blame", "port/the brief.txt", "--format", "json").out,
    }
    live = {name: ask() for name, ask in questions.items()}
    workspace.monitor("rebuild")
    return {name: (live[name], ask()) for name, ask in questions.items()}


@pytest.mark.parametrize("question", ["log", "revisions", "changes", "blame"])
def test_a_rebuilt_ledger_equals_the_live_one(rebuilt: dict[str, tuple[bytes, bytes]], question: str) -> None:
    live, again = rebuilt[question]
    assert live
    assert again == live


def test_the_story_verifies(story: Story) -> None:
    story.workspace.monitor("verify")


def test_same_history_gives_the_same_ids(story: Story, tmp_path: Path) -> None:
    """All ids are deterministic but those of snapshots, which also tell when they were recorded."""
    again = Workspace(tmp_path / "again")
    for name in ("brief.txt", "memo.txt", "annex.md"):
        shutil.copy(Path(__file__).parent / "data" / name, again.seeds / name)
    again.run(0)
    for number, step in enumerate(STEPS[:3], start=1):
        step.edit(again.seeds)
        again.run(number)
    until = ("--baseline", "--until", day(3))
    assert [(r["id"], r["document_id"], headline(r)) for r in again.log(*until)] == [
        (r["id"], r["document_id"], headline(r)) for r in story.workspace.log(*until)
    ]


def test_statement_keeps_its_id_through_all_changes(story: Story) -> None:
    for name in ("a figure", "a sentence restored", "a sentence moved to a second file", "a file restored"):
        for record in story.said[name]:
            if record["level"] == "statement":
                assert record["before"][0]["statement"] == record["after"][0]["statement"], name


def test_the_document_keeps_its_id_through_a_renaming(story: Story) -> None:
    (renamed,) = story.said["a file renamed"]
    assert renamed["document_id"] == story.said["a figure"][0]["document_id"]


def test_a_file_that_vanished_and_came_back_is_the_same_document(story: Story) -> None:
    ids = {r["document_id"] for name in ("a file deleted", "a file restored") for r in story.said[name]}
    assert len(ids) == 1
