"""Every section and key of the configuration in sight, and how its value is read.

A reader takes what TOML gave (or a variable's or a flag's text) and gives the setting's value; it
raises ValueError, with what was expected, where it cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from monitor.config.settings import DEFAULT_CRON, named_zone
from monitor.config.units import duration, share, size

Reader = Callable[[Any], object]


class FromOutside(str):
    """Text of a variable or a flag, where a list cannot be written as one."""

    __slots__ = ()


_FORMATS = ("text", "markdown", "json", "html")
_DATABASES = ("sqlite", "postgresql")
_LONGEST_INTERVAL = 366 * 86_400  # seconds


def text(raw: object) -> str:
    if isinstance(raw, str):
        return str(raw)
    raise ValueError(f"expected text in quotes, got {raw!r}")


def path(raw: object) -> Path:
    """Not yet absolute: what it is relative to depends on where it is written."""
    if not isinstance(raw, str) or not raw or "\0" in raw:
        raise ValueError(f"expected a path, got {raw!r}")
    return Path(raw)


def words(raw: object) -> tuple[str, ...]:
    """A list of texts; a variable or a flag separates them by commas."""
    if isinstance(raw, FromOutside):
        return tuple(word.strip() for word in raw.split(",") if word.strip())
    if not isinstance(raw, list) or not all(isinstance(word, str) for word in raw):
        raise ValueError(f"expected a list such as ['*.md', '*.txt'], got {raw!r}")
    return tuple(raw)


def formats(raw: object) -> tuple[str, ...]:
    for name in (names := words(raw)):
        if name not in _FORMATS:
            raise ValueError(f"unknown format {name!r}{nearest(name, _FORMATS, '{!r}')}")
    return tuple(dict.fromkeys(names))


def cron(raw: object) -> str:
    if (expression := text(raw)) != DEFAULT_CRON:
        from monitor.core.cron import parse_cron

        parse_cron(expression)
    return expression


def interval(raw: object) -> float:
    if not 1 <= (seconds := duration(raw)) <= _LONGEST_INTERVAL:
        raise ValueError(f"must be between a second and a year, got {raw!r}")
    return seconds


def zone(raw: object) -> str:
    named_zone(name := text(raw))
    return name


def database(raw: object) -> str:
    """The value is never repeated: it may carry a password."""
    scheme, separator, _ = raw.partition("://") if isinstance(raw, str) else ("", "", "")
    if raw != "sqlite" and not (separator and scheme.partition("+")[0] in _DATABASES):
        raise ValueError("expected `sqlite` or a URL such as postgresql+psycopg://user@host/database")
    return str(raw)


def above_zero(reader: Callable[[Any], float]) -> Reader:
    def read(raw: object) -> float:
        if (value := reader(raw)) <= 0:
            raise ValueError(f"must be above zero, got {raw!r}")
        return value

    return read


def at_least_one(raw: object) -> int:
    number = int(raw) if isinstance(raw, FromOutside) and raw.isdecimal() else raw
    if isinstance(number, int) and not isinstance(number, bool) and number >= 1:
        return number
    raise ValueError(f"expected a whole number, 1 or more, got {raw!r}")


def table(name: str) -> Reader:
    """A reader of `tables`, loaded when there is something to read."""

    def read(raw: object) -> object:
        from monitor.config import tables

        return getattr(tables, name)(raw)

    return read


class Named(dict[str, Reader]):
    """The keys of a section in which every other key is a name that the user gives, read by `other`."""

    def __init__(self, known: Mapping[str, Reader], other: Reader) -> None:
        super().__init__(known)
        self._other = other

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and bool(key)

    def __missing__(self, key: str) -> Reader:
        return self._other


KEYS: Final[Mapping[str, Mapping[str, Reader]]] = {
    "watch": {
        "folder": path,
        "include": words,
        "exclude": words,
        "max_size": above_zero(size),
        "settle": duration,
    },
    "store": {"snapshots": path, "ledger": database},
    "schedule": {"cron": cron, "every": interval, "timezone": zone},
    "hold": {"deletions": share},
    "limits": {"time": above_zero(duration), "memory": above_zero(size)},
    "extract": {"article": words},
    "report": {"formats": formats, "folder": path},
    "review": {"reviewer": text, "watch": words, "weights": table("weights")},
    "rules": Named({}, table("rule")),
    "notify": Named({"link": text}, table("channel")),
    "evidence": {"heads": path, "key": path},
    "feeds": {"folder": path, "entries": at_least_one, "authority": text},
}


def nearest(word: str, known: Iterable[str], form: str) -> str:
    """The end of an error about `word`: the known name that is nearest, or all of them."""
    from difflib import get_close_matches

    names = list(known)
    if near := get_close_matches(word, names, n=1, cutoff=0.5):
        return f"; did you mean {form.format(near[0])}?"
    return "; known are " + ", ".join(form.format(name) for name in names)
