"""Sections whose keys are names that the user gives: ignore rules and channels, a table each.

Loaded only where such a table is read: an idle run without them does not pay for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from monitor.config.keys import FromOutside, Reader, at_least_one, nearest, path, text, words
from monitor.config.settings import Channel, IgnoreRule
from monitor.model import Aspect, ChangeKind, Significance


def rule(raw: object) -> IgnoreRule:
    """`[rules.NAME]`; ValueError where a key is unknown, or where nothing restricts the rule."""
    values = _table(raw, _RULE, "a rule such as { pattern = 'Last updated: *' }")
    if not values.keys() - {"action"}:
        raise ValueError(f"holds for every change; say one of {', '.join(_RULE.keys() - {'action'})}")
    return IgnoreRule(**values)


def channel(raw: object) -> Channel:
    """`[notify.NAME]`, or the URL alone as a variable gives it. No error repeats a value: it may carry a password."""
    if isinstance(raw, FromOutside):
        raw = {"url": str(raw)}
    values = _table(raw, _CHANNEL, "a channel with its `url`")
    if ("url" in values) == ("url_file" in values):
        raise ValueError("needs one of `url` and `url_file`")
    return Channel(**values)


def weights(raw: object) -> tuple[tuple[str, float], ...]:
    """`[review.weights]`: patterns of paths and what the documents weigh, in their order."""
    if isinstance(raw, dict):
        return tuple((pattern, _number(value)) for pattern, value in raw.items())
    raise ValueError("expected a table such as { 'contracts/**' = 2 }")


def _table(raw: object, keys: Mapping[str, Reader], expected: str) -> dict[str, Any]:
    values = {}
    for key, value in _items(raw, expected):
        if key not in keys:
            raise ValueError(f"unknown key {key!r}{nearest(key, keys, '{!r}')}")
        try:
            values[key] = keys[key](value)
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from None
    return values


def _items(raw: object, expected: str) -> Iterable[tuple[str, Any]]:
    if isinstance(raw, dict):
        return raw.items()
    raise ValueError(f"expected {expected}")


def _one_of(choices: type[Aspect | ChangeKind | Significance] | tuple[str, ...]) -> Reader:
    names = [str(choice) for choice in choices]

    def read(raw: object) -> str:
        if raw not in names:
            raise ValueError(f"expected one of {', '.join(names)}, got {raw!r}")
        return str(raw)

    return read


def _several(one: Reader) -> Reader:
    return lambda raw: tuple(one(word) for word in ([raw] if isinstance(raw, str) else words(raw)))


def _patterns(raw: object) -> tuple[str, ...]:
    return (str(raw),) if isinstance(raw, str) else words(raw)


def _phrase(raw: object) -> str:
    if not text(raw).strip(" *"):
        raise ValueError(f"fits every text: {raw!r}")
    return text(raw)


def _number(raw: object) -> float:
    if isinstance(raw, int | float) and not isinstance(raw, bool) and 0 <= raw < math.inf:
        return float(raw)
    raise ValueError(f"expected a number, 0 or more, got {raw!r}")


def _secret(raw: object) -> str:
    if not isinstance(raw, str) or "://" not in raw:
        raise ValueError("expected a URL such as mailto://user:password@host")
    return raw


_RULE: Mapping[str, Reader] = {
    "action": _one_of(("fold", "lower")),
    "document": _patterns,
    "heading": _phrase,
    "pattern": _phrase,
    "aspects": _several(_one_of(Aspect)),
    "significance": _one_of(Significance),
    "kinds": _several(_one_of(ChangeKind)),
}
_CHANNEL: Mapping[str, Reader] = {
    "url": _secret,
    "url_file": path,
    "significance": _one_of(Significance),
    "score": _number,
    "limit": at_least_one,
}
