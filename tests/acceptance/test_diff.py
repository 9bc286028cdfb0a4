"""`diff` and `compare`: two versions held against each other."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from unidiff import PatchSet

from tests.acceptance.recorded import Story
from tests.acceptance.story_steps import BRIEF
from tests.support.driver import Record
from tests.support.workspace import Workspace, day

NOW = "port/the brief.txt"


def apply(patch: str, before: Sequence[str]) -> list[str]:
    """The lines that the one file of a unified diff gives for `before`."""
    (file,) = PatchSet(patch)
    out, at = [], 0
    for hunk in file:
        start = max(hunk.source_start - 1, 0) if hunk.source_length else hunk.source_start
        out += before[at:start]
        assert [line.value.rstrip("\n") for line in hunk.source_lines()] == before[start : start + hunk.source_length]
        out += [line.value.rstrip("\n") for line in hunk.target_lines()]
        at = start + hunk.source_length
    return out + list(before[at:])


PERIODS = [(0, 1), (0, 4), (5, 6), (6, 7), (8, 9), (0, 13), (9, 3)]


@pytest.mark.parametrize(("first", "second"), PERIODS)
def test_unified_diff_applies_to_the_old_statements(story: Story, first: int, second: int) -> None:
    before, after = (story.workspace.texts(NOW, "--at", day(number)) for number in (first, second))
    patch = story.workspace.monitor("diff", day(first), day(second), NOW, "--format", "unified").text
    assert apply(patch, before) == after


def test_unified_diff_of_all_documents_names_each_changed_one(story: Story) -> None:
    patch = PatchSet(story.workspace.monitor("diff", day(9), day(10), "--format", "unified").text)
    assert sorted(Path(file.path).name for file in patch) == ["brief.txt", "memo.txt"]
    assert (patch.added, patch.removed) == (1, 1)


def test_git_applies_a_unified_diff(story: Story, tmp_path: Path) -> None:
    before, after = (story.workspace.texts("memo.txt", "--at", day(number)) for number in (0, 13))
    (tmp_path / "memo.txt").write_text("".join(f"{line}\n" for line in before))
    patch = story.workspace.monitor("diff", day(0), day(13), "memo.txt", "--format", "unified").out
    git = ["git", "apply", "--no-index", "-p1" if patch.startswith((b"--- a/", b"diff ")) else "-p0", "-"]
    subprocess.run(git, input=patch, cwd=tmp_path, check=True)
    assert (tmp_path / "memo.txt").read_text() == "".join(f"{line}\n" for line in after)


def test_a_unified_diff_of_equal_snapshots_is_empty(story: Story) -> None:
    assert story.workspace.monitor("diff", day(3), day(3), "--format", "unified").out == b""


def test_diff_shows_a_person_the_words_that_changed(story: Story) -> None:
    text = story.workspace.monitor("diff", day(0), day(1)).text
    assert "30" in text
    assert "45" in text


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_diff_over_two_steps_holds_both_changes(story: Story, form: str) -> None:
    answer = story.workspace.monitor("diff", day(0), day(2), "--format", form)
    records = json.dumps(answer.json() if form == "json" else answer.jsonl(), ensure_ascii=False)
    assert BRIEF[1].replace("30", "45") in records
    assert BRIEF[5].replace("may", "will") in records


def test_exit_code_shows_changes_only_on_request(story: Story) -> None:
    story.workspace.monitor("diff", day(0), day(1))
    story.workspace.monitor("diff", day(0), day(1), "--exit-code", status=1)
    story.workspace.monitor("diff", day(1), day(1), "--exit-code", status=0)


# --- compare --------------------------------------------------------------------------------------

PAIRS = {
    "nothing and nothing": ("", ""),
    "nothing and something": ("", "One thing stands here."),
    "a figure": ("The vote is due. It needs 30 votes.", "The vote is due. It needs 45 votes."),
    "an exchange": (
        "Anna spoke first. Bert slept well. Carl left early.",
        "Bert slept well. Carl left early. Anna spoke first.",
    ),
    "duplicates": ("No. No. No. Yes, it is.", "No. No. Yes, it is. No."),
    "a split": (
        "The committee met on Monday; the report of the auditors was read aloud.",
        "The committee met on Monday. The report of the auditors was read aloud.",
    ),
    "everything new": ("Apples are sold by weight.", "Trains leave at noon from the old station."),
}
MIRRORED = {"added": "removed", "removed": "added", "split": "merged", "merged": "split"}


ANSWERS: dict[tuple[str, ...], Record] = {}  # of this process: two files always compare the same


def compared(workspace: Workspace, before: str, after: str, *args: str) -> Record:
    asked = (before, after, *args)
    if asked not in ANSWERS:
        ANSWERS[asked] = compare(workspace, before, after, *args)
    return ANSWERS[asked]


def compare(workspace: Workspace, before: str, after: str, *args: str) -> Record:
    (workspace.root / "before.txt").write_bytes(before.encode())
    (workspace.root / "after.txt").write_bytes(after.encode())
    answer: Record = workspace.monitor("compare", "before.txt", "after.txt", *args, "--format", "json").json()
    return answer


@pytest.mark.parametrize("pair", PAIRS)
def test_every_index_is_in_exactly_one_match(workspace: Workspace, pair: str) -> None:
    answer = compared(workspace, *PAIRS[pair])
    for side in ("before", "after"):
        indices = sorted(index for match in answer["matches"] for index in match[side])
        assert indices == list(range(len(answer[side])))


@pytest.mark.parametrize("pair", PAIRS)
def test_a_match_has_the_promised_keys_and_is_never_many_to_many(workspace: Workspace, pair: str) -> None:
    for match in compared(workspace, *PAIRS[pair])["matches"]:
        assert match.keys() >= {"before", "after", "kind", "significance", "aspects", "similarity"}
        assert len(match["before"]) <= 1 or len(match["after"]) <= 1


@pytest.mark.parametrize("pair", PAIRS)
def test_a_file_compared_with_itself_is_unchanged(workspace: Workspace, pair: str) -> None:
    answer = compared(workspace, PAIRS[pair][1], PAIRS[pair][1])
    assert {match["kind"] for match in answer["matches"]} <= {"unchanged"}
    assert [(match["before"], match["after"]) for match in answer["matches"]] == [
        ([index], [index]) for index in range(len(answer["before"]))
    ]


@pytest.mark.parametrize("pair", PAIRS)
def test_the_other_way_round_the_kinds_are_mirrored(workspace: Workspace, pair: str) -> None:
    there = compared(workspace, *PAIRS[pair])
    back = compared(workspace, *reversed(PAIRS[pair]))
    assert sorted(match["kind"] for match in back["matches"]) == sorted(
        MIRRORED.get(match["kind"], match["kind"]) for match in there["matches"]
    )


def kinds(answer: Record) -> list[str]:
    return sorted(match["kind"] for match in answer["matches"] if match["kind"] != "unchanged")


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ("nothing and something", ["added"]),
        ("a figure", ["revised"]),
        ("an exchange", ["moved"]),
        ("a split", ["split"]),
        ("everything new", ["added", "removed"]),
    ],
)
def test_compare_says_what_happened(workspace: Workspace, pair: str, expected: list[str]) -> None:
    assert kinds(compared(workspace, *PAIRS[pair])) == expected


def test_later_statement_moves_among_equal_reorderings(workspace: Workspace) -> None:
    answer = compared(workspace, "Anna spoke first. Bert slept well.", "Bert slept well. Anna spoke first.")
    assert [match["before"] for match in answer["matches"] if match["kind"] == "moved"] == [[1]]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("a\nb\n", ["a", "b"]),
        ("a\nb", ["a", "b"]),
        ("a\n\nb\n", ["a", "", "b"]),
        ("One. Two. U.S. three.\n", ["One. Two. U.S. three."]),
        ("a\x0bb\u2028c\x85d\x0ce\n", ["a\x0bb\u2028c\x85d\x0ce"]),
        ("", []),
    ],
    ids=["a final newline", "no final newline", "an empty line", "sentences", "other separators", "nothing"],
)
def test_lines_are_split_on_line_feeds_alone(workspace: Workspace, content: str, lines: list[str]) -> None:
    assert compared(workspace, content, content, "--lines")["before"] == lines


def test_lines_keep_a_carriage_return_apart_from_the_break(workspace: Workspace) -> None:
    assert len(compared(workspace, "a\r\nb\rc\r\n", "a\r\nb\rc\r\n", "--lines")["before"]) == 2


def test_compare_needs_no_store_and_makes_none(workspace: Workspace) -> None:
    compare(workspace, "One thing.", "Another thing.")
    assert not (workspace.root / "snapshots").exists()


def test_compare_exit_code(workspace: Workspace) -> None:
    compare(workspace, "One thing.", "Another thing.")
    workspace.monitor("compare", "before.txt", "after.txt", "--exit-code", status=1)
    workspace.monitor("compare", "before.txt", "before.txt", "--exit-code", status=0)


def test_compare_of_a_missing_file_is_an_error_of_one_line(workspace: Workspace) -> None:
    (workspace.root / "here.txt").write_text("Here.")
    answer = workspace.monitor("compare", "here.txt", "absent.txt", "--format", "json", status=2)
    assert answer.out == b""
    assert "absent.txt" in answer.message
    assert len(answer.message.splitlines()) == 1


def test_compare_reads_each_format_by_its_suffix(workspace: Workspace) -> None:
    (workspace.root / "a.html").write_text(
        "<h1>Title</h1><p>One point. And <b>another</b>.</p><script>var x = 1.</script>"
    )
    (workspace.root / "b.md").write_text("# Title\n\nOne point. And **another**.\n")
    answer = workspace.monitor("compare", "a.html", "b.md", "--format", "json").json()
    assert answer["before"] == answer["after"] == ["Title", "One point.", "And another."]
