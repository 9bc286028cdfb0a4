"""Values of data files through time: a value that changes is one revision, whatever moved around it."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from monitor.core.tracking.elements import beginnings
from tests.core.tracking.two_versions import Found, changes

TREES: list[dict[str, Any]] = [
    {"id": at, "tree": tree, "height": 10 + at, "zone": "A"}
    for at, tree in enumerate(("Fir", "Oak", "Elm", "Ash", "Yew", "Box"))
]
PLAN: dict[str, Any] = {
    "fee": 12,
    "currency": "EUR",
    "status": "open",
    "owner": "Ada Berg",
    "paid": True,
    "limit": {"daily": 100, "weekly": 500},
}


def differing(before: object, after: object, path: str = "a.json") -> list[Found]:
    return changes(json.dumps(before), json.dumps(after, indent=2), path)


def moved(tree: int, to: int) -> list[dict[str, Any]]:
    found = deepcopy(TREES)
    found.insert(to, found.pop(tree))
    return found


@pytest.mark.parametrize(
    ("change", "before", "after", "aspects"),
    [
        ({"fee": 15}, "fee: 12", "fee: 15", ("number",)),
        ({"fee": "sold out"}, "fee: 12", "fee: sold out", ("wording", "number")),
        ({"status": "closed"}, "status: open", "status: closed", ("wording",)),
        ({"owner": "Leo Stein"}, "owner: Ada Berg", "owner: Leo Stein", ("name",)),
        ({"paid": False}, "paid: true", "paid: false", ("wording",)),
        ({"limit": {"daily": 150, "weekly": 500}}, "limit.daily: 100", "limit.daily: 150", ("number",)),
        ({"currency": "Words that share nothing"}, "currency: EUR", "currency: Words that share nothing", None),
    ],
)
def test_a_value_is_revised(change: dict[str, Any], before: str, after: str, aspects: tuple[str, ...] | None) -> None:
    (found,) = differing(PLAN, {**PLAN, **change})
    assert (found.kind, found.before, found.after, found.substantive) == ("revised", (before,), (after,), True)
    assert aspects is None or found.aspects == aspects


@pytest.mark.parametrize(
    ("before", "after", "substantive", "aspects"),
    [
        ('{"a": 12}', '{"a": "12"}', False, ("typography",)),
        ('{"a": 0.10}', '{"a": 0.1}', False, ("typography",)),
        ('{"a": 1e400}', '{"a": 2e400}', True, ("number",)),
        ('{"version": "1.2"}', '{"version": "1.2.1"}', True, ("number",)),
    ],
)
def test_how_a_value_is_written_is_judged(before: str, after: str, substantive: bool, aspects: tuple[str, ...]) -> None:
    (found,) = changes(before, after, "a.json")
    assert (found.kind, found.substantive, found.aspects) == ("revised", substantive, aspects)


@pytest.mark.parametrize(
    "after",
    [
        "Need help? section – new information on the assistance of consulates",
        "Nothing of what was said before holds any more, as we have to tell you.",
        "A first sentence of another kind stands here today. The second one is new, too.",
    ],
)
def test_a_value_that_becomes_a_long_text_is_revised(after: str) -> None:
    found = differing({"reason": "Editorial change", "z": 1}, {"reason": after, "z": 1})
    assert found[0].kind == "revised"
    assert found[0].before == ("reason: Editorial change",)
    assert all(one.kind == "added" for one in found[1:])


def test_a_key_with_another_name_is_one_revision() -> None:
    after = {**PLAN, "price": PLAN["fee"]}
    del after["fee"]
    (found,) = differing(PLAN, after)
    assert (found.kind, found.before, found.after) == ("revised", ("fee: 12",), ("price: 12",))
    assert found.substantive
    assert "wording: key fee → price" in found.reasons


def test_a_key_in_another_object_is_one_revision() -> None:
    after = deepcopy(PLAN)
    after["limit"]["fee"] = after.pop("fee")
    assert [(one.kind, one.before, one.after) for one in differing(PLAN, after)] == [
        ("revised", ("fee: 12",), ("limit.fee: 12",))
    ]


def test_an_object_with_another_name_is_one_event() -> None:
    after = deepcopy(PLAN)
    after["limits"] = after.pop("limit")
    found = differing(PLAN, after)
    assert [one.kind for one in found] == ["revised", "revised"]
    assert {(one.cause, one.event, one.substantive) for one in found} == {("element", 1, True)}


def test_other_keys_with_other_values_are_not_linked() -> None:
    after = {**PLAN, "phone": "0660 123"}
    del after["fee"]
    assert sorted(one.kind for one in differing(PLAN, after)) == ["added", "removed"]


def test_what_is_true_by_chance_links_no_keys() -> None:
    found = differing({"a": 1, "open": True}, {"a": 1, "sold": True})
    assert sorted(one.kind for one in found) == ["added", "removed"]


def test_an_element_that_came_or_went_is_one_event() -> None:
    after = [*TREES[:2], {"id": 9, "tree": "Gum", "height": 3, "zone": "B"}, *TREES[2:4], *TREES[5:]]
    found = differing(TREES, after)
    assert [(one.kind, one.cause) for one in found] == [("added", "element")] * 3 + [("removed", "element")] * 3
    assert len({one.event for one in found}) == 2


def test_elements_without_identifiers_keep_their_values() -> None:
    plain = [{"height": one["height"], "zone": one["zone"]} for one in TREES]
    (found,) = differing(plain, [*plain[:3], {"height": 99, "zone": "A"}, *plain[4:]])
    assert (found.before, found.after) == (("[].height: 13",), ("[].height: 99",))
    gone = differing(plain, plain[:2] + plain[3:])
    assert [(one.kind, one.cause, one.event) for one in gone] == [("removed", "element", 1)] * 2


def test_an_element_in_another_place_is_moved() -> None:
    found = differing(TREES, moved(4, 1))
    assert [(one.kind, one.before, one.substantive) for one in found] == [
        ("moved", (f"[4].{key}: {value}",), False) for key, value in (("height", 14), ("tree", "Yew"), ("zone", "A"))
    ]


def test_a_value_is_followed_while_its_element_moves() -> None:
    after = moved(4, 1)
    after[1]["height"] = 99
    found = {one.after: one for one in differing(TREES, after)}
    assert found["[4].height: 99",].kind == "revised"
    assert {one.kind for one in found.values()} == {"revised", "moved"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fees:\n  late: 12\n  early: 3\n", "# new\nfees:\n    early: 3\n    late: 15\n"),
        ("late: 12\nearly: 3\n", '{"early": 3,\n "late": 15}\n'),
    ],
)
def test_yaml_is_followed_by_its_keys(before: str, after: str) -> None:
    found = [one for one in changes(before, after, "a.yaml") if one.after != ("# new",)]
    assert [(one.kind, one.aspects) for one in found] == [("revised", ("number",))]


def test_beginnings_of_a_path_are_found_in_one_pass() -> None:
    path = "a[b].c" + "[" * 5_000
    assert list(beginnings(path)) == ["a", "a[b]", "a[b].c", path]
    assert list(beginnings('x."y.z"[1]')) == ["x", 'x."y.z"', 'x."y.z"[1]']
