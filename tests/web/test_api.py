"""The JSON API: every route is described, every answer is as described, and what is refused is refused in one line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from jsonschema import Draft202012Validator

from monitor.core.review.events import VERDICTS, Act, Verdict
from monitor.model import RECORDED_KINDS, Aspect, Level, Run, Significance
from monitor.model.changes import EditOp
from monitor.reports.records import change_schema
from monitor.web.api import DESCRIPTION, MOST, ROUTES, USUAL
from monitor.web.queue import TABS
from monitor.web.request import ANY
from tests.support.workspace import Workspace
from tests.web.server import Served, serving

OPENAPI = json.loads(DESCRIPTION.read_text(encoding="utf-8"))


def faults(value: Any, schema: dict[str, Any]) -> list[str]:
    """Where a value is not as a schema says."""
    validator = Draft202012Validator({**schema, "components": OPENAPI["components"]})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def described(path: str, method: str = "get") -> dict[str, Any]:
    answer: dict[str, Any] = OPENAPI["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
    return answer


@pytest.fixture
def ids(story: Served) -> dict[str, str]:
    entries = story.get("/api/queue?q=divers").json()["entries"]
    change = entries[0]["change"]
    return {"change": change["id"], "document": change["document_id"], "statement": change["after"][0]["statement"]}


def test_routes_and_their_descriptions_agree() -> None:
    routes = {(route.path, method.lower()) for route in ROUTES for method in route.methods or () if method != "HEAD"}
    told = {(path, method) for path, methods in OPENAPI["paths"].items() for method in methods}
    assert routes == told


def test_schemas_are_all_used_and_references_resolve() -> None:
    used = set(re.findall(r'"#/components/schemas/(\w+)"', DESCRIPTION.read_text(encoding="utf-8")))
    assert used == set(OPENAPI["components"]["schemas"])


@pytest.mark.parametrize("path", [path for path, methods in OPENAPI["paths"].items() if "get" in methods])
def test_an_answer_is_as_described(story: Served, ids: dict[str, str], path: str) -> None:
    query = "?before=2026-01-01&after=2026-01-04" if path.endswith("/compare") else "?q=the" if "search" in path else ""
    answer = story.get(path.format(**ids) + query)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert faults(answer.json(), described(path)) == []


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/api/verdicts", {"verdict": "flagged", "comment": "why?"}),
        ("/api/comments", {"comment": "seen"}),
        ("/api/assignments", {"assignee": "Grace"}),
    ],
)
def test_action_is_answered_as_described_and_stored(
    story: Served, ids: dict[str, str], path: str, given: dict[str, Any]
) -> None:
    answer = story.send(path, {"changes": [ids["change"]], "reviewer": "Ada", **given})
    assert answer.status == 200
    assert faults(answer.json(), described(path, "post")) == []
    history = story.get(f"/api/changes/{ids['change']}").json()["history"]
    assert [event["reviewer"] for event in history] == ["Ada"]
    undone = story.send("/api/undo", {"reviewer": "Ada"})
    assert faults(undone.json(), described("/api/undo", "post")) == []
    assert story.get(f"/api/changes/{ids['change']}").json()["entry"]["state"]["verdict"] is None


def test_verdict_that_somebody_overtook_is_refused(story: Served, ids: dict[str, str]) -> None:
    change = ids["change"]
    story.send("/api/verdicts", {"changes": [change], "verdict": "accepted", "reviewer": "Ada"})
    late = {"changes": [change], "verdict": "flagged", "reviewer": "Grace", "seen": {change: 0}}
    answer = story.send("/api/verdicts", late)
    assert (answer.status, "meanwhile Ada accepted 1 change" in answer.json()["error"]) == (409, True)
    history = story.get(f"/api/changes/{change}").json()["history"]
    assert [event["reviewer"] for event in history] == ["Ada"]


def test_pages_follow_one_another_without_a_gap(story: Served) -> None:
    whole = [entry["change"]["id"] for entry in story.get("/api/queue?limit=200").json()["entries"]]
    found: list[str] = []
    after = ""
    while after is not None:
        page = story.get(f"/api/queue?limit=20&after={after}").json()
        found += [entry["change"]["id"] for entry in page["entries"]]
        after = page["next"]
    assert found == whole


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/changes?baseline=1", "changes"),
        ("/api/changes?kind=revised&kind=added&document=brief.txt", "changes"),
        ("/api/snapshots?", "snapshots"),
        ("/api/events?", "events"),
        ("/api/search?q=the", "found"),
        ("/api/runs?", "runs"),
        ("/api/orphans?", "orphans"),
    ],
)
def test_every_list_has_pages_without_a_gap(story: Served, path: str, name: str) -> None:
    whole = story.get(f"{path}&limit=200").json()
    assert whole["next"] is None
    found, after = [], ""
    while True:
        page = story.get(f"{path}&limit=2&after={after}").json()
        found += page[name]
        after = page["next"]
        if after is None:
            break
    assert found == whole[name]


def test_changes_are_those_of_the_log(story: Served) -> None:
    from monitor.app.monitor import open_monitor
    from monitor.config import load
    from monitor.model import ChangeFilter
    from monitor.reports.json import change_json

    with open_monitor(load(story.folder, None, {}, {})) as opened:
        wanted = [change_json(change) for change in opened.ledger.changes(ChangeFilter())]
    assert story.get("/api/changes?limit=200").json()["changes"] == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("announced=1", {(True, False)}),
        ("announced=0", {(False, False), (False, True)}),
        ("metadata=0", {(True, False), (False, False)}),
        ("metadata=1", {(True, False), (False, False), (False, True)}),
        ("announced=0&metadata=0", {(False, False)}),
    ],
)
def test_changes_by_date_line_and_front_matter(tmp_path: Path, query: str, wanted: set[tuple[bool, bool]]) -> None:
    workspace = Workspace(tmp_path / "here")
    text = "---\nowner: Ada\n---\n\nLast updated: 1 May 2026\n\nIt covers 30 divers.\n"
    for number, (old, new) in enumerate([("", ""), ("30", "45"), ("45", "60"), ("Ada", "Eva")]):
        text = text.replace(old, new)
        workspace.record({"a.md": text.replace("1 May", "2 May") if number > 1 else text})
    with serving(workspace.root) as served:
        found = served.get(f"/api/changes?{query}").json()["changes"]
        entries = served.get(f"/api/queue?{query}").json()["entries"] if "metadata" not in query else None
    assert {(one["announced"], one["metadata"]) for one in found} == wanted
    if entries is not None:
        assert {(one["change"]["announced"], one["change"]["metadata"]) for one in entries} == wanted


@pytest.mark.parametrize("path", ["/api/changes", "/api/documents", "/api/overview", "/api/runs"])
def test_an_answer_that_is_known_is_not_sent_again(story: Served, path: str) -> None:
    first = story.get(path)
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = story.get(path, **{"If-None-Match": known})
        assert (again.status, again.text, again.headers["etag"]) == (304, "", tag)
    assert story.get(path, **{"If-None-Match": '"other"'}).text == first.text


def test_documents_have_pages_too(story: Served) -> None:
    first = story.get("/api/documents?limit=2").json()
    second = story.get(f"/api/documents?limit=2&after={first['next']}").json()
    assert [one["path"] for one in first["documents"] + second["documents"]] == [
        "brief.txt",
        "east/terms.txt",
        "plan.md",
        "west/terms.txt",
    ]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("kind=revised", lambda change: change["kind"] == "revised"),
        ("aspect=modality", lambda change: "modality" in change["aspects"]),
        ("significance=substantive", lambda change: change["significance"] == "substantive"),
        ("document=brief.txt", lambda change: change["document"] == "brief.txt"),
        ("since=2026-01-03&until=2026-01-03", lambda change: change["taken_at"].startswith("2026-01-03")),
        ("q=divers", lambda change: "divers" in change["after"][0]["text"]),
    ],
)
def test_a_filter_finds_what_fits_and_nothing_else(story: Served, query: str, what: Any) -> None:
    entries = story.get(f"/api/queue?{query}").json()["entries"]
    assert entries
    assert all(what(entry["change"]) for entry in entries)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/queue?kind=nonsense", 400),
        ("/api/queue?since=someday", 400),
        ("/api/queue?verdict=maybe", 400),
        ("/api/queue?limit=0", 400),
        ("/api/queue?limit=1000", 400),
        ("/api/queue?after=elsewhere", 400),
        ("/api/queue?document=nowhere.txt", 400),
        ("/api/overview?since=someday", 400),
        ("/api/changes/ffffffffffffffffffff", 404),
        ("/api/documents/ffff", 404),
        ("/api/statements/ffff", 404),
        ("/api/nothing", 404),
        ("/api/verdicts", 405),
    ],
)
def test_invalid_request_is_refused_in_one_line(story: Served, path: str, status: int) -> None:
    answer = story.get(path)
    assert answer.status == status
    assert faults(answer.json(), {"$ref": "#/components/schemas/Error"}) == []
    assert "\n" not in answer.json()["error"]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ([], 400),
        ({}, 422),
        ({"changes": ["x"], "verdict": "accepted", "reviewer": "Ada"}, 422),
        ({"changes": [], "verdict": "accepted", "reviewer": "Ada"}, 422),
        ({"changes": "all", "verdict": "accepted", "reviewer": "Ada"}, 422),
        ({"changes": [1], "verdict": "accepted", "reviewer": "Ada"}, 422),
        ({"changes": [], "verdict": "maybe", "reviewer": "Ada"}, 422),
        ({"changes": [], "verdict": "accepted", "reviewer": "Ada", "seen": []}, 422),
        ({"changes": [], "verdict": "accepted", "reviewer": "Ada", "group": "yes"}, 422),
    ],
)
def test_a_verdict_that_makes_no_sense_writes_nothing(story: Served, given: object, status: int) -> None:
    assert story.send("/api/verdicts", given).status == status
    assert story.get("/api/queue?verdict=accepted").json()["entries"] == []


def test_a_verdict_needs_a_name(story: Served, ids: dict[str, str]) -> None:
    answer = story.send("/api/verdicts", {"changes": [ids["change"]], "verdict": "accepted"})
    assert answer.status == 422
    assert "there is no reviewer" in answer.json()["error"]


def test_only_json_is_taken(story: Served) -> None:
    assert story.send("/api/undo", {"reviewer": "Ada"}, kind="text/plain").status == 415


def test_a_body_of_any_size_is_not_taken(story: Served) -> None:
    assert story.send("/api/undo", {"reviewer": "A" * 2_000_000}).status == 413


# --- lists that the description repeats -----------------------------------------------------------

LISTS: dict[str, tuple[object, ...]] = {
    "#/components/schemas/Kind": RECORDED_KINDS,
    "#/components/schemas/Aspect": tuple(Aspect),
    "#/components/schemas/Significance": tuple(Significance),
    "#/components/schemas/Level": tuple(Level),
    "#/components/schemas/Verdict": tuple(Verdict),
    "#/components/schemas/Edit/properties/op": get_args(EditOp),
    "#/components/schemas/Event/properties/act": tuple(Act),
    "#/components/schemas/Run/properties/outcome": get_args(get_type_hints(Run)["outcome"]),
    "#/paths//api/queue/get/parameters/verdict/schema": (*VERDICTS, ANY),
}


def enums(value: Any, place: str = "#") -> Iterator[tuple[str, list[object]]]:
    """Every list of allowed values of the description, with its place."""
    if isinstance(value, dict):
        if "enum" in value:
            yield place, value["enum"]
        for key, one in value.items():
            yield from enums(one, f"{place}/{key}")
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from enums(one, f"{place}/{one.get('name', at) if isinstance(one, dict) else at}")


def test_lists_of_the_description_are_those_of_the_code() -> None:
    found = dict(enums(OPENAPI))
    assert sorted(found) == sorted(LISTS), "a list in openapi.json is compared with none of the code, or was removed"
    for place, values in found.items():
        missing, unknown = set(LISTS[place]) - set(values), set(values) - set(LISTS[place])
        assert not missing, f"openapi.json, {place} lacks {missing}"
        assert not unknown, f"openapi.json, {place} has {unknown}, which the code does not have"


def test_a_change_is_described_by_its_own_schema() -> None:
    schema = change_schema()
    parts = {**schema.pop("$defs"), "Change": {key: schema[key] for key in schema if key != "$schema"}}
    wanted = json.loads(json.dumps(parts).replace("#/$defs/", "#/components/schemas/"))
    assert {name: OPENAPI["components"]["schemas"][name] for name in wanted} == wanted


def test_limits_of_the_description_are_those_of_the_code() -> None:
    asked = [one for path in OPENAPI["paths"].values() for one in path.get("get", {}).get("parameters", ())]
    limits = [one["schema"] for one in asked if one["name"] == "limit"]
    assert limits
    assert all((one["maximum"], one["default"]) == (MOST, USUAL) for one in limits)


def test_queue_has_a_tab_for_every_verdict() -> None:
    assert sorted(name for name, _ in TABS) == sorted([*VERDICTS, ANY])
