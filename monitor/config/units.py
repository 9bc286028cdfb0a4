"""Sizes, durations and shares as people write them: `50 MB`, `15 min`, `20 %`.

Once read they are plain numbers in base units, so that nobody downstream knows about units. Each
function raises ValueError, which says what was expected, where it cannot read a value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

# MB counts in thousands and MiB in 1,024s, as IEC 80000-13 has it.
_BYTES: Mapping[str, float] = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}
_SECONDS: Mapping[str, float] = {
    "ms": 0.001,
    "": 1,
    "s": 1,
    "sec": 1,
    "second": 1,
    "seconds": 1,
    "min": 60,
    "minute": 60,
    "minutes": 60,
    "h": 3600,
    "hour": 3600,
    "hours": 3600,
    "d": 86400,
    "day": 86400,
    "days": 86400,
    "w": 604800,
    "week": 604800,
    "weeks": 604800,
}
_SHARES: Mapping[str, float] = {"": 1, "%": 0.01}


def size(raw: object) -> int:
    """Bytes, not below 0: from `50 MB`, `1 GiB` or a number of bytes."""
    return int(_number(raw, _BYTES, "a size such as `50 MB`"))


def duration(raw: object) -> float:
    """Seconds, not below 0: from `2 s`, `15 min`, `1 day` or a number of seconds."""
    return _number(raw, _SECONDS, "a duration such as `15 min`")


def share(raw: object) -> float:
    """A part of a whole, 0 to 1: from `20 %` or a number such as 0.2."""
    value = _number(raw, _SHARES, expected := "a share such as `20 %`")
    if value > 1:
        raise ValueError(f"expected {expected} between 0 and 100 %, got {raw!r}")
    return value


def _number(raw: object, units: Mapping[str, float], expected: str) -> float:
    """The number in base units; ValueError where `raw` is no number of these units."""
    value = math.nan
    if isinstance(raw, str):
        text = raw.strip().lower()
        digits = text.rstrip("abcdefghijklmnopqrstuvwxyz% ")
        factor = units.get(text[len(digits) :].strip())
        if factor is not None and digits.replace(".", "", 1).isdecimal() and digits.isascii():
            value = float(digits) * factor
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        value = float(raw)
    if not 0 <= value < math.inf:
        raise ValueError(f"expected {expected}, got {raw!r}")
    return value
