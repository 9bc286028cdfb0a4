"""`blame`, `show`, `search`, `snapshots`, `status`, `report`, `export`: what they say of one story."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.recorded import Story
from tests.acceptance.story_steps import ANNEX, BRIEF, MEMO, STEPS
from tests.support.driver import Record
from tests.support.workspace import Workspace, day

NOW = "port/the brief.txt"


# --- blame ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def blamed(story: Story) -> list[Record]:
    return story.workspace.blame(NOW)


def test_blame_has_exactly_the_promised_keys(blamed: list[Record]) -> None:
    keys = {"statement", "ordinal", "text", "introduced", "revised", "revisions"}
    assert [line for line in blamed if not keys <= line.keys()] == []
    for line in blamed:
        for moment in (line["introduced"], line["revised"]):
            assert moment is None or moment.keys() >= {"snapshot", "taken_at"}


def test_blame_lists_the_present_statements_in_document_order(blamed: list[Record]) -> None:
    assert [line["ordinal"] for line in blamed] == list(range(len(blamed)))
    assert blamed[1]["text"] == BRIEF[1].replace("30", "45")


def test_blame_shows_when_a_statement_was_added_and_revised(blamed: list[Record]) -> None:
    figure = blamed[1]
    assert figure["introduced"]["taken_at"] == day(0)
    assert figure["revised"]["taken_at"] == day(1)
    assert figure["revisions"] == 2


def test_blame_of_a_statement_that_stayed_has_no_revision(blamed: list[Record]) -> None:
    stayed = blamed[2]
    assert (stayed["introduced"]["taken_at"], stayed["revised"], stayed["revisions"]) == (day(0), None, 1)


def test_blame_of_a_restored_statement_shows_its_first_day(blamed: list[Record]) -> None:
    (restored,) = [line for line in blamed if line["text"] == BRIEF[16]]
    assert restored["introduced"]["taken_at"] == day(0)


@pytest.mark.parametrize("form", ["date", "snapshot"])
def test_blame_at_a_moment_lists_the_statements_of_that_time(story: Story, form: str) -> None:
    moment = {"date": day(4), "snapshot": story.said["another speaker"][0]["snapshot"]}[form]
    texts = story.workspace.texts(NOW, "--at", moment)
    assert len(texts) == len(BRIEF)
    assert texts[15] == BRIEF[15].replace("Analysts", "Diplomats")
    assert texts[16] == BRIEF[16]


def test_blame_at_a_moment_before_the_document_is_an_error(story: Story) -> None:
    answer = story.workspace.monitor("blame", NOW, "--at", "2020-01-01", "--format", "json", status=2)
    assert (answer.out, len(answer.message.splitlines())) == (b"", 1)


def test_blame_for_a_person_shows_dates_beside_the_statements(story: Story) -> None:
    text = story.workspace.monitor("blame", NOW).text
    for piece in ("2026-01-01", "2026-01-02", "45 divers"):
        assert piece in text


# --- show -----------------------------------------------------------------------------------------


def test_show_finds_a_change_by_a_prefix_of_its_id(story: Story) -> None:
    (figure,) = story.said["a figure"]
    text = story.workspace.monitor("show", figure["id"][:14]).text
    assert "45" in text
    assert "number" in text


def test_show_prints_the_whole_history_of_a_statement(story: Story) -> None:
    statement = story.said["a sentence removed"][0]["before"][0]["statement"]
    text = story.workspace.monitor("show", statement).text
    for number in (0, 5, 6):
        assert day(number)[:10] in text
    assert BRIEF[16].split(maxsplit=1)[0] in text


@pytest.mark.parametrize("of", ["change", "statement"])
def test_show_writes_one_json_value(story: Story, of: str) -> None:
    (figure,) = story.said["a figure"]
    asked = {"change": figure["id"], "statement": figure["after"][0]["statement"]}[of]
    shown = story.workspace.monitor("show", asked, "--format", "json").json()
    assert shown
    if of == "change":
        assert shown == figure
    else:
        assert [revision["text"] for revision in shown["revisions"]] == [BRIEF[1], BRIEF[1].replace("30", "45")]


def test_show_of_an_unknown_id_is_an_error_of_one_line(story: Story) -> None:
    answer = story.workspace.monitor("show", "feedfeedfeed", status=2)
    assert "feedfeedfeed" in answer.message
    assert len(answer.message.splitlines()) == 1


# --- search ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("divers vessels", {BRIEF[1], BRIEF[1].replace("30", "45")}),
        ("War-Risk", {BRIEF[2]}),
        ("channel 16", {MEMO[1]}),
    ],
)
def test_search_finds_every_revision_that_holds_the_words(story: Story, words: str, found: set[str]) -> None:
    hits = story.workspace.monitor("search", words, "--format", "json").json()
    assert {hit["text"] for hit in hits} == found


def test_search_without_a_hit_is_an_empty_list(story: Story) -> None:
    assert story.workspace.monitor("search", "zeppelin", "--format", "json").json() == []


@pytest.mark.parametrize("words", ['"', "AND", "*", "a OR", "NEAR(", "-", "col:um", "'; drop table x; --"])
def test_search_takes_any_words_as_words(story: Story, words: str) -> None:
    story.workspace.monitor("search", "--format", "json", "--", words).json()


# --- snapshots, status ----------------------------------------------------------------------------


def test_snapshots_are_listed_with_their_dates(story: Story) -> None:
    listed = story.workspace.monitor("snapshots", "--format", "json").json()
    assert sorted(each["taken_at"] for each in listed) == [day(number) for number in range(len(STEPS) + 1)]
    assert {record["snapshot"] for said in story.said.values() for record in said} <= {each["id"] for each in listed}


def test_status_json_has_the_last_run_and_the_counts(story: Story) -> None:
    status = json.dumps(story.workspace.monitor("status", "--format", "json").json())
    assert day(len(STEPS)) in status
    assert f": {len(STEPS) + 1}" in status  # so many snapshots


def test_status_says_that_the_ledger_is_up_to_date(story: Story) -> None:
    text = story.workspace.monitor("status").text
    assert "2026-01-14" in text or "snapshot" in text


# --- report ---------------------------------------------------------------------------------------

PERIOD = ("--since", "2026-01-01", "--until", "2026-02-01")


def changes_in(value: Any) -> Iterator[Record]:
    """Every record of a change, wherever it stands in a JSON value."""
    if isinstance(value, dict):
        if {"id", "level", "kind", "before", "after", "edits"} <= value.keys():
            yield value
        for each in value.values():
            yield from changes_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from changes_in(each)


def test_a_json_report_holds_the_changes_as_the_log_writes_them(story: Story) -> None:
    report = story.workspace.monitor("report", *PERIOD, "--format", "json").json()
    told = {change["id"]: change for change in changes_in(report)}
    assert told == {record["id"]: record for record in story.workspace.log()}


def test_json_report_counts_the_baseline_only(story: Story) -> None:
    report = story.workspace.monitor("report", *PERIOD, "--format", "json").json()
    counts = {line["document"]: line["statements"] for line in report["baseline"]}
    assert counts == {"brief.txt": len(BRIEF), "memo.txt": len(MEMO), "annex.md": len(ANNEX)}


def test_report_of_a_period_leaves_out_other_changes(story: Story) -> None:
    args = ("report", "--since", day(2), "--until", day(3), "--format", "json")
    kinds = sorted(change["aspects"] for change in changes_in(story.workspace.monitor(*args).json()))
    assert kinds == [["modality"], ["negation"]]


@pytest.fixture(scope="module")
def page(story: Story) -> str:
    return story.workspace.monitor("report", *PERIOD, "--format", "html").text


def test_the_html_report_needs_no_other_file(page: str) -> None:
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert re.findall(r"<(?:script|img|iframe)[^>]+src=|<link[^>]+href=|@import|url\((?!['\"]?data:)", page) == []


def test_the_html_report_marks_words_that_came_and_went(page: str) -> None:
    assert re.search(r"<del[^>]*>\s*30\s*</del>\s*<ins[^>]*>\s*45\s*</ins>", page)


def test_html_report_collapses_editorial_changes(page: str) -> None:
    assert "<details" in page
    assert "constructive contribution" in page


def test_the_html_report_leads_with_what_matters(page: str) -> None:
    """Substantive changes first, then moves and restorations, then the editorial ones."""
    of_the_brief = page[page.rindex("<body") :]
    figure = re.search(r">\s*45\s*</ins>", of_the_brief)
    moved = of_the_brief.find("Dr. Lund of the Institute")
    quotes = of_the_brief.rfind("constructive contribution")
    assert figure
    assert figure.start() < moved < quotes


def test_text_of_a_document_is_shown_in_html_as_text(story: Story, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script> & <img src=x onerror=alert(2)> say the notes of the desk."
    workspace = Workspace(tmp_path / "hostile")
    workspace.write("<b>notes<b>.txt", "Nothing else stands here.")
    workspace.run(0)
    workspace.write("<b>notes<b>.txt", "Nothing else stands here. " + hostile)
    workspace.run(1)
    page = workspace.monitor("report", *PERIOD, "--format", "html").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>notes" not in page


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_report_to_read_names_documents_and_changes(story: Story, form: str) -> None:
    text = story.workspace.monitor("report", *PERIOD, "--format", form).text
    for piece in ("45", "negation", NOW, "annex.md"):
        assert piece in text


@pytest.mark.parametrize("form", ["text", "markdown", "json", "html"])
def test_a_report_can_be_written_to_a_file(story: Story, tmp_path: Path, form: str) -> None:
    target = tmp_path / "made" / f"report.{form}"
    target.parent.mkdir()
    answer = story.workspace.monitor("report", *PERIOD, "--format", form, "--output", target)
    assert target.stat().st_size > 100
    assert len(answer.out) < 200


# --- export ---------------------------------------------------------------------------------------


def export(story: Story, *args: str) -> bytes:
    return story.workspace.monitor("export", *args).out


def test_exported_changes_are_those_of_the_whole_log(story: Story, whole_log: list[Record]) -> None:
    lines = export(story, "--what", "changes", "--format", "jsonl").decode().split("\n")
    assert {json.loads(line)["id"] for line in lines if line} == {record["id"] for record in whole_log}


def test_every_revision_of_a_statement_is_exported(story: Story) -> None:
    lines = export(story, "--what", "revisions", "--format", "jsonl").decode().split("\n")
    texts = [json.loads(line)["text"] for line in lines if line]
    assert {BRIEF[1], BRIEF[1].replace("30", "45")} <= set(texts)


@pytest.mark.parametrize("what", ["changes", "revisions"])
def test_csv_and_jsonl_have_the_same_rows_in_the_same_order(story: Story, what: str) -> None:
    rows = story.workspace.monitor("export", "--what", what, "--format", "csv").csv()
    objects = story.workspace.monitor("export", "--what", what, "--format", "jsonl").jsonl()
    key = {"changes": "id", "revisions": "text"}[what]
    assert [row[key] for row in rows] == [each[key] for each in objects] != []


@pytest.mark.parametrize("what", ["changes", "revisions"])
def test_parquet_has_the_same_rows(story: Story, tmp_path: Path, what: str) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="no pyarrow (monitor[parquet])")
    target = tmp_path / "out.parquet"
    export(story, "--what", what, "--format", "parquet", "--output", str(target))
    objects = story.workspace.monitor("export", "--what", what, "--format", "jsonl").jsonl()
    assert parquet.read_table(io.BytesIO(target.read_bytes())).num_rows == len(objects)
