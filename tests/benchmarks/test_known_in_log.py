"""How a described change is looked for in the log: what is right, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from known_in_log import verdict

OLD, NEW = "You must be 16 or older to join.", "You must be 13 or older to join."
EDITS = [
    {"op": "equal", "before": "You must be ", "after": "You must be "},
    {"op": "replace", "before": "16", "after": "13"},
]


def record(kind: str, before: list[str], after: list[str], **more: Any) -> dict[str, Any]:
    sides = {"before": [{"text": text} for text in before], "after": [{"text": text} for text in after]}
    return {"kind": kind, "significance": "substantive", "aspects": [], "edits": [], **sides, **more}


def change(kinds: list[str], before: list[str], after: list[str], **more: Any) -> dict[str, Any]:
    return {"kind": kinds, "before": before, "after": after, **more}


NUMBER = change(["number changed"], [OLD], [NEW])
REVISED = record("revised", [OLD], [NEW], aspects=["number"], edits=EDITS)


@pytest.mark.parametrize(
    ("described", "log"),
    [
        (NUMBER, [REVISED]),
        (change(["removed"], [OLD], []), [record("removed", [OLD], [])]),
        (change(["added"], [], [NEW]), [record("added", [], [NEW])]),
        (change(["removed", "added"], [OLD], [NEW]), [record("removed", [OLD], []), record("added", [], [NEW])]),
        (change(["moved"], [OLD], [OLD]), [record("moved", [OLD], [OLD])]),
        (change(["cosmetic"], [OLD], [OLD]), []),
        (change(["cosmetic"], [OLD], [OLD]), [record("revised", [OLD], [OLD], significance="editorial")]),
        (change(["added"], [], ["16 or older"]), [record("added", [], [OLD])]),  # a part of a statement
    ],
)
def test_change_logged_as_described_is_right(described: dict[str, Any], log: list[dict[str, Any]]) -> None:
    assert verdict(described, log) == "right"


@pytest.mark.parametrize(
    ("described", "log", "said"),
    [
        (NUMBER, [], "told 0 times as one change with both sides"),
        (
            NUMBER,
            [record("removed", [OLD], []), record("added", [], [NEW])],
            "told 0 times as one change with both sides",
        ),
        (NUMBER, [REVISED | {"aspects": ["wording"]}], "without the aspect number"),
        (NUMBER | {"occurrences": 2}, [REVISED], "told 1 times as one change with both sides"),
        (change(["removed"], [OLD], []), [REVISED], "before: told as revised instead of removed"),
        (change(["removed", "added"], [OLD], [NEW]), [REVISED], "before: told as revised instead of removed"),
        (change(["moved"], [OLD], [OLD]), [], "before: told as nothing instead of moved"),
        (change(["cosmetic"], [OLD], [NEW]), [REVISED], "told as a change of the meaning"),
        (
            change(["restored", "whole document"], [OLD], [NEW]),
            [record("removed", [OLD], [])],
            "a page that went back, and nothing is told as restored",
        ),
    ],
)
def test_change_logged_differently_is_not_right(
    described: dict[str, Any], log: list[dict[str, Any]], said: str
) -> None:
    assert verdict(described, log) == said
