"""`log`: the shape of its records, their order, and what each filter leaves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.recorded import Story
from tests.support.driver import Record
from tests.support.workspace import day

Test = Callable[[Any], bool]

ASPECTS = [
    "typography",
    "spelling",
    "wording",
    "number",
    "date",
    "name",
    "attribution",
    "modality",
    "negation",
    "quotation",
    "link",
]
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def is_time(value: object) -> bool:
    return isinstance(value, str) and UTC_TIME.fullmatch(value) is not None


def is_flag(value: object) -> bool:
    return isinstance(value, bool)


def is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def or_null(test: Test) -> Test:
    return lambda value: value is None or test(value)


SHAPE: dict[str, Test] = {
    "id": is_text,
    "level": lambda value: value in ("statement", "document"),
    "snapshot": is_text,
    "taken_at": is_time,
    "recorded_at": is_time,
    "document": is_text,
    "document_id": is_text,
    "cause": lambda value: value in (None, "document"),
    "group": or_null(is_text),
    "kind": is_text,
    "significance": lambda value: value in ("editorial", "substantive"),
    "aspects": lambda value: value == [aspect for aspect in ASPECTS if aspect in value],
    "similarity": or_null(lambda value: isinstance(value, int | float) and 0 <= value <= 1),
    "moved": is_flag,
    "baseline": is_flag,
    "technical_upgrade": is_flag,
    "absent_since": or_null(is_time),
    "before": lambda value: isinstance(value, list),
    "after": lambda value: isinstance(value, list),
    "edits": lambda value: isinstance(value, list),
}
SIDE: dict[str, Test] = {
    "statement": is_text,
    "revision": lambda value: is_count(value) and value >= 1,
    "document": is_text,
    "ordinal": is_count,
    "text": is_text,
}
SIDES = {  # how many statements stand before and after, by kind
    "added": lambda before, after: (before, after) == (0, 1),
    "removed": lambda before, after: (before, after) == (1, 0),
    "revised": lambda before, after: (before, after) == (1, 1),
    "moved": lambda before, after: (before, after) == (1, 1),
    "restored": lambda before, after: (before, after) == (1, 1),
    "split": lambda before, after: before == 1 and after > 1,
    "merged": lambda before, after: before > 1 and after == 1,
}


def test_the_story_has_records_of_all_levels_and_many_kinds(whole_log: list[Record]) -> None:
    """What the tests below go through is not empty."""
    assert {record["level"] for record in whole_log} == {"document", "statement"}
    assert {"added", "removed", "revised", "moved", "restored", "split", "renamed"} <= {r["kind"] for r in whole_log}


@pytest.mark.parametrize("key", SHAPE)
def test_every_record_has_the_key_with_a_value_of_its_type(whole_log: list[Record], key: str) -> None:
    assert [record.get(key, "absent") for record in whole_log if key not in record or not SHAPE[key](record[key])] == []


@pytest.mark.parametrize("key", SIDE)
def test_every_side_has_the_key_with_a_value_of_its_type(whole_log: list[Record], key: str) -> None:
    sides = [side for record in whole_log for side in record["before"] + record["after"]]
    assert [side.get(key, "absent") for side in sides if key not in side or not SIDE[key](side[key])] == []


def test_ids_are_unique(whole_log: list[Record]) -> None:
    ids = [record["id"] for record in whole_log]
    assert len(ids) == len(set(ids))


def test_the_sides_are_as_many_as_the_kind_says(whole_log: list[Record]) -> None:
    for record in whole_log:
        if record["level"] == "statement":
            assert SIDES[record["kind"]](len(record["before"]), len(record["after"])), record


def test_a_document_record_has_no_statements(whole_log: list[Record]) -> None:
    assert [r for r in whole_log if r["level"] == "document" and (r["before"] or r["after"])] == []


def test_the_edits_joined_give_both_texts(whole_log: list[Record]) -> None:
    for record in whole_log:
        for side in ("before", "after"):
            joined = "".join(edit[side] for edit in record["edits"])
            assert joined == " ".join(each["text"] for each in record[side]), record["kind"]


def test_an_edit_is_what_its_name_says(whole_log: list[Record]) -> None:
    holds: dict[str, Callable[[str, str], bool]] = {
        "equal": lambda before, after: before == after != "",
        "insert": lambda before, after: before == "" != after,
        "delete": lambda before, after: before != "" == after,
        "replace": lambda before, after: "" != before != after != "",
    }
    for record in whole_log:
        for edit in record["edits"]:
            assert holds[edit["op"]](edit["before"], edit["after"]), edit


def test_a_changed_figure_is_one_word_replaced(story: Story) -> None:
    (record,) = story.said["a figure"]
    assert record["edits"] == [
        {"op": "equal", "before": "The offer covers ", "after": "The offer covers "},
        {"op": "replace", "before": "30", "after": "45"},
        {"op": "equal", "before": " divers and two survey vessels.", "after": " divers and two survey vessels."},
    ]


def test_similarity_is_null_where_a_side_is_empty_and_only_there(whole_log: list[Record]) -> None:
    for record in whole_log:
        if record["level"] == "statement":
            assert (record["similarity"] is None) == (not record["before"] or not record["after"]), record["kind"]


def test_a_revision_raises_the_number_by_one(story: Story) -> None:
    (record,) = story.said["a figure"]
    assert (record["before"][0]["revision"], record["after"][0]["revision"]) == (1, 2)


def test_ordinals_count_from_zero_within_each_version(story: Story) -> None:
    (figure,) = story.said["a figure"]
    assert (figure["before"][0]["ordinal"], figure["after"][0]["ordinal"]) == (1, 1)
    (moved,) = story.said["a sentence moved to a second file"]
    assert (moved["before"][0]["document"], moved["after"][0]["document"]) == ("brief.txt", "memo.txt")
    assert moved["after"][0]["ordinal"] == 3


def test_newest_first_then_by_document_then_ordinal(whole_log: list[Record]) -> None:
    def place(record: Record) -> tuple[str, int]:
        sides = record["after"] or record["before"]
        return record["document"], sides[0]["ordinal"] if sides else -1

    times = [record["taken_at"] for record in whole_log]
    assert times == sorted(times, reverse=True)
    for moment in set(times):
        places = [place(record) for record in whole_log if record["taken_at"] == moment]
        assert places == sorted(places), moment


def test_json_holds_the_same_records_as_jsonl(story: Story, whole_log: list[Record]) -> None:
    assert story.workspace.monitor("log", "--baseline", "--format", "json").json() == whole_log


def test_csv_has_a_header_and_a_row_a_record(story: Story, whole_log: list[Record]) -> None:
    rows = story.workspace.monitor("log", "--baseline", "--format", "csv").csv()
    assert [row["id"] for row in rows] == [record["id"] for record in whole_log]


def test_the_baseline_is_shown_only_when_asked_for(story: Story, whole_log: list[Record]) -> None:
    assert story.workspace.log() == [record for record in whole_log if not record["baseline"]]


# --- filters: each leaves what a reader of the whole log would pick -------------------------------


def touches(record: Record, document: str) -> bool:
    paths = {record["document"], record.get("document_before")}
    return document in paths | {side["document"] for side in record["before"] + record["after"]}


FILTERS: dict[str, tuple[tuple[str, ...], Callable[[Record], bool]]] = {
    "since": (("--since", day(8)), lambda r: r["taken_at"] >= day(8)),
    "until": (("--until", day(8)), lambda r: r["taken_at"] <= day(8)),
    "a period": (("--since", day(3), "--until", day(5)), lambda r: day(3) <= r["taken_at"] <= day(5)),
    "kind": (("--kind", "revised"), lambda r: r["kind"] == "revised"),
    "two kinds": (("--kind", "moved", "--kind", "split"), lambda r: r["kind"] in ("moved", "split")),
    "aspect": (("--aspect", "modality"), lambda r: "modality" in r["aspects"]),
    "significance": (("--significance", "editorial"), lambda r: r["significance"] == "editorial"),
    "level": (("--level", "document"), lambda r: r["level"] == "document"),
    "the document moved to": (("memo.txt",), lambda r: touches(r, "memo.txt")),
    "a document of the past": (("annex.md",), lambda r: touches(r, "annex.md")),
    "two filters": (
        ("--kind", "revised", "--significance", "substantive"),
        lambda r: r["kind"] == "revised" and r["significance"] == "substantive",
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_leaves_what_a_reader_would_pick(story: Story, whole_log: list[Record], name: str) -> None:
    args, picks = FILTERS[name]
    expected = [record["id"] for record in whole_log if not record["baseline"] and picks(record)]
    assert expected
    assert [record["id"] for record in story.workspace.log(*args)] == expected


def test_a_limit_keeps_the_newest(story: Story) -> None:
    assert story.workspace.log("--limit", "5") == story.workspace.log()[:5]


def test_a_snapshot_is_asked_for_by_its_prefix(story: Story) -> None:
    snapshot = story.said["may to will"][0]["snapshot"]
    assert story.workspace.log("--snapshot", snapshot[:12]) == story.said["may to will"]


def test_a_statement_is_asked_for_by_its_id(story: Story) -> None:
    removed = story.said["a sentence removed"][0]
    records = story.workspace.log("--statement", removed["before"][0]["statement"])
    assert [record["kind"] for record in records] == ["restored", "removed"]


def test_log_of_a_renamed_document_includes_its_past(story: Story) -> None:
    kinds = {record["kind"] for record in story.workspace.log("port/the brief.txt")}
    assert {"renamed", "revised", "split", "moved", "restored"} <= kinds


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        (f"--since={day(8)[:-1]}+00:00", day(8)),
        (f"--since={day(8)[:10]}", day(8)),
        (f"--since={day(8)[:10]}T06:00", day(8)),
        (f"--since={day(8)[:10]} 06:00:00", day(8)),
    ],
)
def test_a_moment_is_read_in_iso_8601_forms(story: Story, word: str, kept: str) -> None:
    assert min(record["taken_at"] for record in story.workspace.log(word)) == kept


def test_a_date_without_offset_is_local_time(story: Story) -> None:
    """06:00 in UTC is 15:00 in Tokyo."""
    asked = {
        time: story.workspace.monitor("log", "--since", time, "--format", "jsonl", env={"TZ": "Asia/Tokyo"})
        for time in ("2026-01-09T15:00", "2026-01-09T15:01")
    }
    oldest = {time: min(r["taken_at"] for r in answer.jsonl()) for time, answer in asked.items()}
    assert oldest == {"2026-01-09T15:00": day(8), "2026-01-09T15:01": day(9)}


def test_an_age_counts_back_from_now(story: Story) -> None:
    """The story is dated January 2026: it lies within the last hundred years, not within the last hour… of today."""
    assert story.workspace.log("--since", "36500d") == story.workspace.log()


@pytest.mark.parametrize(
    "args",
    [
        ("--since", "yesterweek"),
        ("--kind", "exploded"),
        ("--aspect", "colour"),
        ("--level", "word"),
        ("--limit", "-1"),
        ("--snapshot", "0000000000"),
        ("no-such-document.txt",),
    ],
    ids=" ".join,
)
def test_a_question_that_makes_no_sense_is_an_error_of_one_line(story: Story, args: tuple[str, ...]) -> None:
    answer = story.workspace.monitor("log", *args, "--format", "jsonl", status=2)
    assert answer.out == b""
    assert len(answer.message.splitlines()) == 1


def test_the_text_form_shows_the_changes_to_a_person(story: Story) -> None:
    text = story.workspace.monitor("log").text
    for piece in ("45", "divers", "renamed", "port/the brief.txt"):
        assert piece in text
    assert not text.lstrip().startswith(("{", "["))


def test_records_are_byte_for_byte_as_documented(story: Story) -> None:
    """Typographic characters are written as themselves, in UTF-8, whatever the locale says."""
    told = story.workspace.monitor("log", "--format", "jsonl", env={"LANG": "C", "LC_ALL": "C"})
    assert "’" in told.out.decode("utf-8")
    assert json.loads(told.text.split("\n")[0])
