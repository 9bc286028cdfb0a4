"""The JSON shapes that other programs build on: names, order, times, and text of any kind."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import (
    Aspect,
    Blame,
    ChangeKind,
    Document,
    Failure,
    Revision,
    Run,
    SearchHit,
    Significance,
    SnapshotTime,
    StatementHistory,
)
from monitor.reports.json import (
    blame_json,
    change_json,
    document_json,
    dumps,
    report_json,
    run_json,
    search_hit_json,
    snapshot_json,
    statement_history_json,
    time_json,
)
from tests.support.report_builders import (
    HOSTILE,
    HOSTILE_PATH,
    MONDAY,
    TUESDAY,
    change,
    edits,
    report,
    revised,
    side,
    snapshot,
    week,
)

MOMENT = SnapshotTime("5f0c", TUESDAY)
STATEMENT = {"statement": "st-4", "document": "brief.txt", "ordinal": 4, "links": [], "position": 5}
MOMENT_JSON = {"snapshot": "5f0c", "taken_at": "2026-03-03T06:00:00Z"}


def test_a_change_has_the_keys_of_the_interface_in_their_order() -> None:
    keys = (
        "id level snapshot taken_at recorded_at document document_id cause group kind significance aspects similarity"
        " moved baseline technical_upgrade absent_since before after edits document_before message returns copies"
        " language aspects_known seen_before announced metadata"
    )
    assert " ".join(change_json(change())) == keys


def test_a_revised_statement() -> None:
    diff = edits("A vote within ", ("30", "45"))
    made = change(
        ChangeKind.REVISED,
        id="c1",
        edits=diff,
        aspects=(Aspect.NUMBER,),
        similarity=0.93,
        before=(side("A vote within 30", 4),),
        after=(side("A vote within 45", 4, revision=2),),
    )
    assert change_json(made) == {
        "id": "c1",
        "level": "statement",
        "snapshot": "5f0c6a9e41d2",
        "taken_at": "2026-03-03T06:00:00Z",
        "recorded_at": "2026-03-03T06:00:04Z",
        "document": "brief.txt",
        "document_id": "doc-brief.txt",
        "cause": None,
        "group": None,
        "kind": "revised",
        "significance": "substantive",
        "aspects": ["number"],
        "similarity": 0.93,
        "moved": False,
        "baseline": False,
        "technical_upgrade": False,
        "absent_since": None,
        "before": [STATEMENT | {"revision": 1, "text": "A vote within 30"}],
        "after": [STATEMENT | {"revision": 2, "text": "A vote within 45"}],
        "edits": [
            {"op": "equal", "before": "A vote within ", "after": "A vote within "},
            {"op": "replace", "before": "30", "after": "45"},
        ],
        "document_before": None,
        "message": None,
        "returns": None,
        "copies": 0,
        "language": "en",
        "aspects_known": True,
        "seen_before": None,
        "announced": None,
        "metadata": False,
    }


def test_a_statement_on_one_side_has_its_keys_in_their_order() -> None:
    (found,) = change_json(change(after=(side("One."),)))["after"]
    assert list(found) == ["statement", "revision", "document", "ordinal", "text", "links", "position"]


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=UTC), "2026-01-02T03:04:05.120000Z"),
        (datetime(2026, 1, 2, 1, 0, tzinfo=timezone(timedelta(hours=2))), "2026-01-01T23:00:00Z"),
    ],
)
def test_times_are_utc_with_a_fraction_only_where_it_is_not_zero(time: datetime, text: str) -> None:
    assert time_json(time) == text


def test_when_a_restored_statement_went_is_a_time() -> None:
    assert change_json(change(ChangeKind.RESTORED, absent_since=MONDAY))["absent_since"] == "2026-03-02T06:00:00Z"


def test_blame() -> None:
    assert blame_json(Blame("s1", 0, "One.", MOMENT, None, 1)) == {
        "statement": "s1",
        "ordinal": 0,
        "text": "One.",
        "introduced": MOMENT_JSON,
        "revised": None,
        "revisions": 1,
        "position": 1,
    }


def test_a_life_holds_revisions_and_changes() -> None:
    revision = Revision(1, "One.", ("https://example.org",), MOMENT)
    made = statement_history_json(StatementHistory("s1", "a.txt", True, (revision,), (change(id="c1"),), ("s0",)))
    assert made["revisions"] == [
        {"revision": 1, "text": "One.", "links": ["https://example.org"], "since": MOMENT_JSON, "edits": []}
    ]
    assert [made["statement"], made["aliases"], made["changes"][0].id] == ["s1", ["s0"], "c1"]


def test_a_hit_of_the_search() -> None:
    assert search_hit_json(SearchHit("s1", 2, "a.txt", "One.", MOMENT, False)) == {
        "statement": "s1",
        "revision": 2,
        "document": "a.txt",
        "text": "One.",
        "since": MOMENT_JSON,
        "present": False,
    }


def test_a_document() -> None:
    assert document_json(Document("d1", "a.txt", True, "b10b", 3, MOMENT, MOMENT)) == {
        "id": "d1",
        "path": "a.txt",
        "present": True,
        "blob": "b10b",
        "statements": 3,
        "first_seen": MOMENT_JSON,
        "last_changed": MOMENT_JSON,
    }


def test_a_snapshot() -> None:
    assert snapshot_json(snapshot("5f0c", source="policies", author="Ada")) == {
        "id": "5f0c",
        "source": "policies",
        "taken_at": "2026-03-03T06:00:00Z",
        "recorded_at": "2026-03-03T06:00:00Z",
        "author": "Ada",
        "origin": None,
    }


def test_a_run() -> None:
    made = run_json(Run(MONDAY, TUESDAY, "recorded", "5f0c", TUESDAY, 3, (Failure("a.pdf", "encrypted"),)))
    assert made["failures"] == [{"path": "a.pdf", "reason": "encrypted"}]
    assert [made["outcome"], made["changes"], made["skipped"], made["message"]] == ["recorded", 3, [], None]


def test_a_report_has_its_keys_in_their_order() -> None:
    assert list(report_json(week())) == [
        "made_at", "since", "until", "snapshots", "totals", "failures", "documents", "changes", "baseline",
        "title", "only",
    ]  # fmt: skip


def test_a_reports_documents_name_their_changes_by_id() -> None:
    editorial = revised("a", ("b", "c"), id="c2", significance=Significance.EDITORIAL)
    made = report_json(report([revised("a", ("b", "c"), id="c1"), editorial]))
    assert made["documents"] == [
        {
            "document": "brief.txt",
            "document_id": "doc-brief.txt",
            "events": [],
            "substantive": ["c1"],
            "moves": [],
            "editorial": ["c2"],
            "metadata": [],
        }
    ]
    assert [c.id for c in made["changes"]] == ["c1", "c2"]


# what os.fsdecode gives: a byte that is not UTF-8 as an escape, never the two halves of a pair
@given(st.text(st.characters() | st.sampled_from("\udc80\udcff\x1b\x85\u2028")))
def test_every_text_comes_back_from_json_that_utf_8_carries(text: str) -> None:
    written = dumps({"text": text}).encode("utf-8")
    assert json.loads(written) == {"text": text}
    assert b"\x1b" not in written
    assert len(written.decode("utf-8").splitlines()) == 1


def test_path_that_is_not_utf_8_is_escaped() -> None:
    assert '"raw\\udcff.txt"' in dumps({"path": "raw\udcff.txt"})


def test_hostile_text_comes_back_exactly() -> None:
    made = change_json(change(ChangeKind.ADDED, None, HOSTILE, document=HOSTILE_PATH))
    assert json.loads(dumps(made)) == made
