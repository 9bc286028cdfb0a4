"""What a program sent to the JSON API, read field by field; UsageError says which one is not as described."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException

from monitor.errors import UsageError

Given = Mapping[str, Any]


def object_of(body: bytes) -> Given:
    """The JSON object that was sent; 400 where it is none."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise HTTPException(400, "send one JSON object")
    return given


def text(given: Given, name: str) -> str:
    """A text, `""` where nothing is said."""
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UsageError(f"{name}: a text")
    return value


def changes(given: Given) -> Sequence[str]:
    """The ids of changes."""
    value = given.get("changes")
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise UsageError("changes: a list of ids")
    return value


def is_for_group(given: Given, *, usual: bool) -> bool:
    """Whether all that share the entry are meant."""
    value = given.get("group", usual)
    if not isinstance(value, bool):
        raise UsageError("group: true or false")
    return value


def seen(given: Given) -> Mapping[str, int]:
    """By full ids: up to which event the reviewer knew a change."""
    value = given.get("seen", {})
    if not isinstance(value, dict) or not all(isinstance(one, int) for one in value.values()):
        raise UsageError("seen: the last event's number for each id of a change")
    return value
