"""One JSON Schema of a change: every output that gives changes is as it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from jsonschema import Draft202012Validator

import monitor
from monitor.reports.records import ChangeRecord, SideRecord, change_schema
from tests.support.driver import Record
from tests.support.workspace import Workspace, day

TIDE = "The harbour stays open for ships of every size, and pilots go out to meet them at the outer buoy."
DAYS: list[dict[str, str | bytes | None]] = [
    {"a.txt": f"Pay within 30 days. Ask the mayor.\n\n{TIDE}\n", "b.md": "# Notes\n\nSee [it](http://a.example).\n"},
    {"a.txt": "Pay within 45 days. Ask the mayor.\n", "b.md": None, "raw\udcff.txt": "One.\n"},
    {"a.txt": f"Pay within 45 days. Ask the mayor.\n\n{TIDE}\n", "c.md": "# Notes\n\nSee [it](http://b.example).\n"},
    {"a.txt": f"Ask the mayor. Pay within 45 days.\n\n{TIDE.replace(', and p', '. P')}\n", "d.docx": b"no document"},
]
PATCH = b"--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-Ask the mayor. Pay within 45 days.\n+Ask the mayor.\n"
KEYS = list(ChangeRecord.__struct_fields__)
UNRECORDED = {"id", "snapshot", "taken_at", "recorded_at", "document_id", "group", "baseline", "technical_upgrade"}
UNRECORDED |= {"absent_since", "seen_before", "announced", "metadata"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("schema"))
    for number, documents in enumerate(DAYS, 1):
        made.record_day(number, documents)
    return made


def of_python(workspace: Workspace) -> list[Record]:
    with monitor.open(workspace.root) as store:
        return store.changes(baseline=True).to_dicts()


OUTPUTS: dict[str, Callable[[Workspace], list[Record]]] = {
    "log jsonl": lambda workspace: workspace.log("--baseline"),
    "log json": lambda workspace: workspace.monitor("log", "--format", "json").json(),
    "show": lambda workspace: [workspace.monitor("show", workspace.log()[0]["id"], "--format", "json").json()],
    "show statement": lambda workspace: workspace.monitor(
        "show", workspace.statements("a.txt")["Ask the mayor."], "--format", "json"
    ).json()["changes"],
    "report": lambda workspace: workspace.monitor("report", "--format", "json").json()["changes"],
    "export": lambda workspace: workspace.monitor("export", "--format", "jsonl").jsonl(),
    "queue": lambda workspace: [
        entry["change"] for entry in workspace.monitor("review", "list", "--format", "json").json()["entries"]
    ],
    "preview": lambda workspace: workspace.monitor("preview", "-", "--format", "jsonl", stdin=PATCH).jsonl(),
    "diff": lambda workspace: workspace.monitor("diff", day(0), day(3), "--format", "json").json(),
    "feed": lambda workspace: [
        json.loads(found.text or "")
        for found in fromstring(workspace.monitor("feed").text).iter("{urn:monitor:change}change")
    ],
    "python": of_python,
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_output_is_as_the_schema_says(workspace: Workspace, name: str) -> None:
    changes = OUTPUTS[name](workspace)
    assert changes
    validator = Draft202012Validator(change_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [error.message for change in changes for error in validator.iter_errors(change)] == []
    for change in changes:
        wanted = [key for key in KEYS if name != "diff" or key not in UNRECORDED]
        assert list(change)[: len(wanted)] == wanted
        assert {key for side in sides(change) for key in side} <= set(SideRecord.__struct_fields__)


def sides(change: Record) -> Iterator[Record]:
    yield from (*change["before"], *change["after"])


def test_what_a_run_prints_is_as_the_schema_says(tmp_path: Any) -> None:
    workspace = Workspace(tmp_path)
    workspace.record_day(1, {"a.txt": "One thing.\n"})
    workspace.write("a.txt", "Another thing.\n")
    changes = workspace.monitor("run", "--settle", "0", "--format", "json").json()["changes"]
    assert changes
    assert [error for change in changes for error in Draft202012Validator(change_schema()).iter_errors(change)] == []


def test_the_changes_of_this_history_are_of_many_sorts(workspace: Workspace) -> None:
    kinds = {(one["level"], one["kind"]) for one in workspace.log()}
    assert {("document", "failed"), ("document", "removed"), ("statement", "revised"), ("statement", "moved")} <= kinds
    assert {("statement", "restored"), ("statement", "split"), ("statement", "added")} <= kinds


def test_positions_count_from_1_and_ordinals_from_0(workspace: Workspace) -> None:
    found = [side for change in workspace.log("--baseline") for side in sides(change)]
    assert min(side["ordinal"] for side in found) == 0
    assert all(side["position"] == side["ordinal"] + 1 for side in found)
    assert [line["position"] for line in workspace.blame("a.txt")] == [1, 2, 3, 4]


def test_the_file_of_the_schema_is_that_of_the_code(workspace: Workspace) -> None:
    printed = workspace.monitor("schema", "change").json()
    assert printed == json.loads(json.dumps(change_schema())), "python -m tests.docs.schema_page writes it again"
    Draft202012Validator.check_schema(printed)


def test_a_schema_refuses_what_is_no_change() -> None:
    validator = Draft202012Validator(change_schema())
    assert not validator.is_valid({"id": "x"})
