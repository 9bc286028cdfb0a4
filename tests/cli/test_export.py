"""`export` with the filters of `log`, and with what people decided; `report` with filters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.driver import Record
from tests.support.workspace import Workspace, day

FIRST = {"offer.txt": "The offer stands. It will cover 30 divers.\n", "notes.md": "# Notes\n\nThe port is closed.\n"}
DAYS: list[dict[str, str | None]] = [
    {**FIRST},
    {"offer.txt": "The offer stands. It may cover 45 divers.\n"},
    {"notes.md": None, "new.txt": "Nobody has answered. Everybody waits for a reply.\n"},
    {"offer.txt": "The offer stands. It may cover 60 divers.\n", "new.txt": "Nobody has answered.\n"},
]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Four days, and what Ada and Grace said of the newest number."""
    made = Workspace(tmp_path_factory.mktemp("exports"))
    for number, documents in enumerate(DAYS, 1):
        made.record_day(number, documents)
    change = newest_number(made)
    made.monitor("review", "flag", change, "--as", "Ada", "--comment", "=Too many?")
    made.monitor("review", "accept", change, "--as", "Grace")
    made.monitor("review", "undo", change, "--as", "Grace")
    made.monitor("review", "comment", change, "Asked the mayor.", "--as", "Grace")
    made.monitor("review", "assign", "Ada", change, "--as", "Grace")
    return made


def newest_number(workspace: Workspace) -> str:
    identity: str = workspace.log("offer.txt", "--aspect", "number")[0]["id"]
    return identity


def exported(workspace: Workspace, what: str, *args: str) -> list[Record]:
    return workspace.monitor("export", "--what", what, "--format", "jsonl", *args).jsonl()


FILTERS = [
    ["--document", "offer.txt"],
    ["--since", day(1)],
    ["--until", day(1)],
    ["--kind", "revised", "--kind", "removed"],
    ["--aspect", "number"],
    ["--significance", "substantive"],
    ["--level", "document"],
    ["--no-baseline"],
    ["--no-baseline", "--since", day(2), "--kind", "removed", "--level", "statement"],
]


@pytest.mark.parametrize("filters", FILTERS, ids=" ".join)
def test_changes_are_those_of_the_log_in_its_order(story: Workspace, filters: list[str]) -> None:
    logged = [one for one in filters if one != "--no-baseline"]
    if "--no-baseline" not in filters:
        logged.append("--baseline")
    document = logged[1:2] if logged[:1] == ["--document"] else []
    logged = logged[2:] if document else logged
    wanted = story.log(*document, *logged)
    found = exported(story, "changes", *filters)
    assert wanted
    assert [{key: one[key] for key in wanted[0]} for one in found] == wanted


@pytest.mark.parametrize("name", ["snapshot", "statement"])
def test_changes_of_a_snapshot_or_statement_are_those_of_log(story: Workspace, name: str) -> None:
    newest = story.log("offer.txt")[0]
    value = newest["snapshot"] if name == "snapshot" else newest["after"][0]["statement"]
    wanted = [one["id"] for one in story.log(f"--{name}", value, "--baseline")]
    assert [one["id"] for one in exported(story, "changes", f"--{name}", value)] == wanted


def test_a_change_has_its_verdict_who_when_and_every_comment(story: Workspace) -> None:
    (change,) = exported(story, "changes", "--document", "offer.txt", "--since", day(3))
    assert (change["verdict"], change["verdict_by"], change["assignee"]) == ("flagged", "Ada", "Ada")
    assert change["comments"] == ["=Too many?", "Asked the mayor."]
    assert change["verdict_at"].endswith("Z")
    assert change["before_positions"] == [side["ordinal"] + 1 for side in change["before"]] == [2]


def test_a_change_that_nobody_decided_on_has_nulls(story: Workspace) -> None:
    change = exported(story, "changes", "--document", "new.txt")[0]
    assert [change[key] for key in ("verdict", "verdict_by", "verdict_at", "assignee", "comments")] == [None] * 4 + [[]]


def test_comments_are_guarded_in_csv(story: Workspace) -> None:
    row = story.monitor("export", "--document", "offer.txt", "--since", day(3)).csv()[0]
    assert row["comments"] == "'=Too many?\nAsked the mayor."


def test_verdicts_are_everything_that_reviewers_did(story: Workspace) -> None:
    found = exported(story, "verdicts")
    assert [(one["act"], one["verdict"], one["reviewer"], one["undone"]) for one in found] == [
        ("verdict", "flagged", "Ada", False),
        ("verdict", "accepted", "Grace", True),
        ("undo", None, "Grace", False),
        ("comment", None, "Grace", False),
        ("assignment", None, "Grace", False),
    ]
    assert {(one["document"], one["kind"]) for one in found} == {("offer.txt", "revised")}
    assert all(one["at"].endswith("Z") for one in found)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (["--document", "offer.txt"], 5),
        (["--document", "new.txt"], 0),
        (["--kind", "revised", "--aspect", "number"], 5),
        (["--kind", "removed"], 0),
        (["--since", "1h"], 5),
        (["--until", "2026-02-01"], 0),
    ],
)
def test_verdicts_are_filtered_by_change_and_their_own_time(story: Workspace, filters: list[str], count: int) -> None:
    assert len(exported(story, "verdicts", *filters)) == count


def test_verdicts_of_a_lost_database_come_from_their_branch(story: Workspace, tmp_path: Path) -> None:
    copy, before = story.copy(tmp_path / "copy"), exported(story, "verdicts")
    (copy.snapshots / "reviews.db").unlink()
    assert exported(copy, "verdicts") == before
    assert not (copy.snapshots / "reviews.db").exists()


def test_statements_are_those_of_now_by_document_and_position(story: Workspace) -> None:
    found = exported(story, "statements")
    assert [(one["document"], one["position"], one["text"]) for one in found] == [
        ("new.txt", 1, "Nobody has answered."),
        ("offer.txt", 1, "The offer stands."),
        ("offer.txt", 2, "It may cover 60 divers."),
    ]
    assert (found[2]["revisions"], found[2]["introduced"], found[2]["revised"]) == (3, day(0), day(3))


def test_statements_as_of_a_date_are_those_of_blame(story: Workspace) -> None:
    found = exported(story, "statements", "--at", day(1))
    assert {one["document"] for one in found} == {"offer.txt", "notes.md"}
    for document in ("offer.txt", "notes.md"):
        blamed = [(one["ordinal"] + 1, one["statement"], one["text"]) for one in story.blame(document, "--at", day(1))]
        own = [one for one in found if one["document"] == document]
        assert [(one["position"], one["statement"], one["text"]) for one in own] == blamed


def test_revisions_of_a_document_and_a_time(story: Workspace) -> None:
    found = exported(story, "revisions", "--document", "offer.txt", "--since", day(1))
    assert [(one["revision"], one["text"]) for one in found] == [
        (2, "It may cover 45 divers."),
        (3, "It may cover 60 divers."),
    ]


@pytest.mark.parametrize(
    ("what", "filters"),
    [
        ("revisions", ["--kind", "revised"]),
        ("revisions", ["--level", "statement"]),
        ("statements", ["--since", "7d"]),
        ("statements", ["--aspect", "number"]),
        ("changes", ["--at", "7d"]),
        ("changes", ["--document", "nowhere.txt"]),
        ("verdicts", ["--since", "blurg"]),
    ],
)
def test_a_filter_that_does_not_fit_is_an_error(story: Workspace, what: str, filters: list[str]) -> None:
    story.monitor("export", "--what", what, *filters, status=2)


@pytest.mark.parametrize("what", ["changes", "revisions", "statements", "verdicts"])
@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_every_format_has_the_same_rows(story: Workspace, tmp_path: Path, what: str, form: str) -> None:
    path = tmp_path / f"out.{form}"
    story.monitor("export", "--what", what, "--format", form, "--output", str(path))
    assert ROWS[form](path) == len(exported(story, what))


def _rows_of_csv(path: Path) -> int:
    import csv

    with path.open(newline="") as stream:
        return len(list(csv.DictReader(stream)))


def _rows_of_parquet(path: Path) -> int:
    parquet: Any = pytest.importorskip("pyarrow.parquet", reason="no pyarrow (monitor[parquet])")
    return int(parquet.read_table(path).num_rows)


def _rows_of_workbook(path: Path) -> int:
    openpyxl = pytest.importorskip("openpyxl", reason="no openpyxl")
    return int(openpyxl.load_workbook(path).active.max_row) - 1


ROWS: dict[str, Callable[[Path], int]] = {"csv": _rows_of_csv, "parquet": _rows_of_parquet, "xlsx": _rows_of_workbook}


# --- reports --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "filters",
    [["--document", "offer.txt"], ["--kind", "removed"], ["--aspect", "number"], ["--significance", "substantive"]],
    ids=" ".join,
)
def test_a_report_has_only_the_changes_that_the_log_finds(story: Workspace, filters: list[str]) -> None:
    document = [filters[1]] if filters[0] == "--document" else []
    wanted = story.log(*document, *([] if document else filters))
    report = story.monitor("report", *filters, "--format", "json").json()
    assert [one["id"] for one in report["changes"]] == [one["id"] for one in wanted]
    assert report["totals"]["changes"] == len(wanted)
    assert report["only"] == [filters[1]]


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_report_says_its_title_and_what_restricts_it(story: Workspace, form: str) -> None:
    text = story.monitor(
        "report", "--title", "What the mayor asked", "--document", "offer.txt", "--aspect", "number", "--format", form
    ).text
    assert "Only: offer.txt, number" in text.replace("\\", "")
    assert "What the mayor asked" in text
    assert "new.txt" not in text


def test_the_title_is_that_of_the_page(story: Workspace) -> None:
    text = story.monitor("report", "--title", "<Ours>", "--format", "html").text
    assert "<title>&lt;Ours&gt;</title>" in text
