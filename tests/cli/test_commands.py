"""Each verb over one short story: what a program gets, and what a person reads."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.support.driver import Monitor

RECORDS = [  # newest first: day of January, kind, document
    (4, "removed", "notes/new.md"),
    (4, "removed", "notes/new.md"),
    (4, "removed", "notes/new.md"),
    (4, "restored", "brief.txt"),
    (3, "removed", "brief.txt"),
    (3, "renamed", "notes/new.md"),
    (2, "revised", "brief.txt"),
]


def test_the_story_is_as_the_tests_below_take_it(monitor: Monitor, story: Path) -> None:
    found = monitor("log", "--format", "jsonl").jsonl()
    told = [(int(record["taken_at"][8:10]), record["kind"], record["document"]) for record in found]
    assert sorted(told) == sorted(RECORDS)


# --- log ------------------------------------------------------------------------------------------


def test_the_log_shows_words_that_came_and_went(monitor: Monitor, story: Path) -> None:
    text = monitor("log", "brief.txt", "--kind", "revised").text
    assert "~ " in text
    assert "It [-may-]{+will+} cover [-30-]{+45+} divers." in text
    assert "2026-01-02 06:00:00" in text


def test_the_statements_of_a_document_that_went_are_counted(monitor: Monitor, story: Path) -> None:
    text = monitor("log").text
    assert "document removed, with 2 statements" in text
    assert "The port is closed." not in text


@pytest.mark.parametrize("asked", [["notes/new.md"], ["--level", "statement"], ["--kind", "removed"]], ids=" ".join)
def test_statements_of_a_removed_document_are_listed_on_request(
    monitor: Monitor, story: Path, asked: list[str]
) -> None:
    assert "The port is closed." in monitor("log", *asked).text


@pytest.mark.parametrize("asked", [["log"], ["search", "a"], ["review", "list"], ["runs"], ["snapshots"]])
def test_a_limit_may_be_of_any_size(monitor: Monitor, story: Path, asked: list[str]) -> None:
    assert monitor(*asked, "--limit", "9" * 30).text == monitor(*asked, "--limit", "10000").text


def test_a_log_without_a_change_says_so(monitor: Monitor, story: Path) -> None:
    assert monitor("log", "--since", "2026-02-01").text == "no change\n"


@pytest.mark.parametrize(("since", "status"), [("2026-01-04", 1), ("2026-02-01", 0)])
def test_exit_code_of_log_shows_changes_on_request(monitor: Monitor, story: Path, since: str, status: int) -> None:
    monitor("log", "--since", since, "--exit-code", status=status)


def test_since_a_snapshot_is_what_came_after_it(monitor: Monitor, story: Path) -> None:
    second = monitor("snapshots", "--format", "json").json()[2]["id"]
    days = {record["taken_at"][:10] for record in monitor("log", "--since", second[:9], "--format", "json").json()}
    assert days == {"2026-01-03", "2026-01-04"}


def test_the_log_as_csv_has_a_header_and_a_row_a_change(monitor: Monitor, story: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(monitor("log", "--format", "csv").text, newline="")))
    assert len(rows) == len(RECORDS)
    assert rows[0]["kind"] == "restored"


def test_a_document_is_asked_for_by_its_former_name_too(monitor: Monitor, story: Path) -> None:
    assert (
        monitor("log", "notes/old.md", "--format", "json").json()
        == monitor("log", "notes/new.md", "--format", "json").json()
    )


@pytest.mark.parametrize("name", ["./brief.txt", "seeds/brief.txt", "././brief.txt"])
def test_a_document_is_named_as_a_shell_completes_it(monitor: Monitor, story: Path, name: str) -> None:
    assert monitor("log", name, "--format", "json").json() == monitor("log", "brief.txt", "--format", "json").json()


def test_unknown_document_suggests_the_nearest(monitor: Monitor, story: Path) -> None:
    message = monitor("log", "breif.txt", status=2).message
    assert message == "monitor: there is no document breif.txt; did you mean brief.txt?\n"


# --- show, blame, search --------------------------------------------------------------------------


def test_show_prints_all_of_a_change(monitor: Monitor, story: Path) -> None:
    (record,) = monitor("log", "--kind", "revised", "--format", "json").json()
    text = monitor("show", record["id"][:8]).text
    for piece in (record["id"], "number", "modality", "substantive", "[-30-]{+45+}", "statement 2", "revision 2"):
        assert piece in text


def test_show_prints_the_history_of_a_statement(monitor: Monitor, story: Path) -> None:
    (gone,) = monitor("log", "brief.txt", "--kind", "removed", "--format", "json").json()
    text = monitor("show", gone["before"][0]["statement"]).text
    assert "present" in text
    assert "1 revision" in text
    assert [day for day in ("01", "03", "04") if f"2026-01-{day}" not in text] == []


def test_show_says_why_when_asked(monitor: Monitor, story: Path) -> None:
    (record,) = monitor("log", "--kind", "revised", "--format", "json").json()
    reasons = monitor("show", record["id"], "--why", "--format", "json").json()["why"]
    assert "words shared" in " ".join(reasons["link"])
    assert reasons["kind"] != []
    text = monitor("show", record["id"], "--why").text
    assert reasons["link"][0] in text


@pytest.mark.parametrize("kind", ["restored", "removed", "renamed"])
def test_show_has_a_why_for_every_kind(monitor: Monitor, story: Path, kind: str) -> None:
    record = monitor("log", "--kind", kind, "--format", "json").json()[0]
    assert "linked by" in monitor("show", record["id"], "--why").text


@pytest.mark.parametrize(
    ("level", "reason"),
    [("statement", "the text is on one side only"), ("document", "it happened to the document as a whole")],
)
def test_what_has_no_reasons_says_why_not(monitor: Monitor, story: Path, level: str, reason: str) -> None:
    record = monitor("log", "--kind", "removed", "--level", level, "--format", "json").json()[0]
    assert monitor("show", record["id"], "--why").text.count(f"nothing: {reason}") == 2


def test_a_statement_has_no_why(monitor: Monitor, story: Path) -> None:
    statement = monitor("blame", "brief.txt", "--format", "json").json()[0]["statement"]
    assert "give the id of one of its changes" in monitor("show", statement, "--why", status=2).message


def test_show_of_an_unknown_id_says_where_ids_are(monitor: Monitor, story: Path) -> None:
    assert "`monitor log` shows ids" in monitor("show", "feedfeed", status=2).message


def test_blame_shows_dates_beside_the_statements(monitor: Monitor, story: Path) -> None:
    lines = monitor("blame", "brief.txt").text.splitlines()
    assert [line.split()[1:] for line in lines[1:3]] == [
        ["2026-01-01", "The", "offer", "stands."],
        ["2026-01-01", "2026-01-02", "#2", "It", "will", "cover", "45", "divers."],
    ]


@pytest.mark.parametrize(("at", "last"), [("2026-01-01", "Nobody has answered yet."), ("2026-01-03", None)])
def test_blame_at_a_date_is_as_of_the_end_of_that_day(monitor: Monitor, story: Path, at: str, last: str | None) -> None:
    texts = [line["text"] for line in monitor("blame", "brief.txt", "--at", at, "--format", "json").json()]
    assert len(texts) == (3 if last else 2)
    assert last is None or texts[-1] == last


def test_blame_of_a_document_that_went_says_so(monitor: Monitor, story: Path) -> None:
    assert (
        monitor("blame", "notes/new.md").text
        == "it was removed at 2026-01-04 06:00:00: --at shows it at an earlier time\n"
    )
    assert monitor("blame", "notes/new.md", "--format", "json").json() == []


@pytest.mark.parametrize("verb", ["blame", "cat"])
@pytest.mark.parametrize(
    ("name", "at", "why"),
    [
        ("brief.txt", "2025-12-31", "there is no snapshot as early as 2025-12-31"),
        (
            "notes/new.md",
            "2026-01-04",
            "did not exist at 2026-01-04: it was first seen at 2026-01-01T06:00:00Z and removed at",
        ),
    ],
)
def test_error_for_an_absent_document_says_when_it_existed(
    monitor: Monitor, story: Path, verb: str, name: str, at: str, why: str
) -> None:
    answer = monitor(verb, name, "--at", at, status=2)
    assert why in answer.message
    assert answer.out == b""


def test_search_finds_every_revision(monitor: Monitor, story: Path) -> None:
    found = monitor("search", "cover", "divers", "--format", "json").json()
    assert {(hit["revision"], hit["present"]) for hit in found} == {(1, False), (2, True)}
    assert "present" in monitor("search", "45").text


def test_a_search_without_a_hit_says_so(monitor: Monitor, story: Path) -> None:
    assert monitor("search", "zeppelin").text == "no statement holds all these words\n"


# --- cat, diff ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "at", "holds"),
    [
        ("brief.txt", None, b"45 divers. Nobody"),
        ("brief.txt", "2026-01-01", b"30 divers. Nobody"),
        ("brief.txt", "2026-01-03T05:59", b"45 divers. Nobody"),
        ("notes/new.md", "2026-01-01", b"# Notes"),
        ("notes/old.md", "2026-01-03", b"# Notes"),
    ],
)
def test_cat_prints_the_bytes_of_the_moment(
    monitor: Monitor, story: Path, name: str, at: str | None, holds: bytes
) -> None:
    answer = monitor("cat", name, *([] if at is None else ["--at", at]))
    assert holds in answer.out
    assert answer.out.endswith(b"\n")


def test_diff_of_a_renamed_document_compares_it_with_itself(monitor: Monitor, story: Path) -> None:
    found = monitor("diff", "2026-01-01", "2026-01-03", "--format", "json").json()
    assert [(one["level"], one["kind"], one["document"]) for one in found] == [
        ("statement", "revised", "brief.txt"),
        ("statement", "removed", "brief.txt"),
        ("document", "renamed", "notes/new.md"),
    ]
    assert found[2]["document_before"] == "notes/old.md"


def test_diff_for_a_person_shows_the_words(monitor: Monitor, story: Path) -> None:
    assert "It [-may-]{+will+} cover" in monitor("diff", "2026-01-01", "2026-01-02").text


@pytest.mark.parametrize("asked", [["2026-01-01", "2026-01-02"], ["2026-01-02", "2026-01-01"]])
def test_diff_goes_both_ways(monitor: Monitor, story: Path, asked: list[str]) -> None:
    patch = monitor("diff", *asked, "brief.txt", "--format", "unified", "--exit-code", status=1).text
    gone, come = ("30", "45") if asked[0] < asked[1] else ("45", "30")
    assert "divers.\n" in patch
    assert [line[0] for line in patch.splitlines() if gone in line] == ["-"]
    assert [line[0] for line in patch.splitlines() if come in line] == ["+"]


def test_diff_between_snapshots_takes_prefixes(monitor: Monitor, story: Path) -> None:
    newest, *_, oldest = [one["id"][:8] for one in monitor("snapshots", "--format", "json").json()]
    assert "document removed" in monitor("diff", oldest, newest).text


# --- snapshots, status, report, export, verify, rebuild -------------------------------------------


def test_snapshots_are_listed_newest_first_with_counts(monitor: Monitor, story: Path) -> None:
    lines = monitor("snapshots").text.splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines] == [
        "2026-01-04 06:00:00  ~1  -1",
        "2026-01-03 06:00:00  +1  ~1  -1",
        "2026-01-02 06:00:00  ~1",
        "2026-01-01 06:00:00  +2",
    ]


def test_status_shows_the_current_state(monitor: Monitor, story: Path) -> None:
    status = monitor("status", "--format", "json").json()
    assert status["counts"]["snapshots"] == 4
    assert status["behind"] == 0
    assert status["running"] is None
    assert status["last_run"]["outcome"] == "recorded"
    assert status["next_run"].endswith("00Z")
    text = monitor("status").text
    for piece in (
        "up to date",
        "1 document",
        "none (`monitor watch` is not running)",
        "none: `monitor init` writes one",
    ):
        assert piece in text


def test_a_report_goes_to_standard_output_or_to_a_file(monitor: Monitor, story: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.md"
    assert monitor("report", "--format", "markdown", "--output", str(target)).out == b""
    assert "45" in target.read_text()
    assert "45" in monitor("report").text
    assert list(tmp_path.iterdir()) == [target]


def test_a_report_since_a_snapshot_begins_behind_it(monitor: Monitor, story: Path) -> None:
    third = monitor("snapshots", "--format", "json").json()[1]["id"]
    report = monitor("report", "--since", third, "--format", "json").json()
    assert [one["taken_at"] for one in report["snapshots"]] == ["2026-01-04T06:00:00Z"]


def test_every_revision_is_exported_in_the_order_of_its_document(monitor: Monitor, story: Path) -> None:
    rows = monitor("export", "--what", "revisions", "--format", "jsonl").jsonl()
    assert [(row["document"], row["revision"], row["text"], row["present"]) for row in rows] == [
        ("brief.txt", 1, "The offer stands.", True),
        ("brief.txt", 1, "It may cover 30 divers.", True),
        ("brief.txt", 2, "It will cover 45 divers.", True),
        ("brief.txt", 1, "Nobody has answered yet.", True),
        ("notes/new.md", 1, "Notes", False),
        ("notes/new.md", 1, "The port is closed.", False),
    ]


def test_parquet_needs_a_file(monitor: Monitor, story: Path) -> None:
    assert "--output FILE" in monitor("export", "--format", "parquet", status=2).message


def test_a_sound_store_verifies(monitor: Monitor, story: Path) -> None:
    assert "intact" in monitor("verify").text
    assert monitor("verify", "--format", "json").json() == []


def test_a_rebuild_says_what_it_made(monitor: Monitor, story: Path) -> None:
    before = monitor("log", "--format", "jsonl").out
    assert "4 snapshots" in monitor("rebuild").text
    assert monitor("log", "--format", "jsonl").out == before


@pytest.mark.parametrize(
    ("command", "names"),
    [
        (["log", "--since", ""], "--since"),
        (["log", ""], "DOCUMENT"),
        (["log", "--statement", ""], "--statement"),
        (["search", ""], "WORDS"),
        (["show", ""], "ID"),
        (["blame", ""], "DOCUMENT"),
        (["review", "accept", ""], "ID"),
        (["run", "--taken-at", ""], "--taken-at"),
        (["forget", "", "--reason", "r"], "DOCUMENT"),
    ],
)
def test_an_empty_value_is_refused_by_its_name(monitor: Monitor, command: list[str], names: str) -> None:
    message = monitor(*command, status=2).message
    assert names in message
    assert "it is empty" in message
