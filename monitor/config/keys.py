"""Every section and key of the configuration, with the function that parses its value.

A parser takes a value of TOML, or the text of a variable or flag, and returns the setting; it raises ValueError with
what was expected. Sizes, durations and shares (`50 MB`, `15 min`, `20 %`) become plain numbers in base units.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize

from monitor.config.settings import DEFAULT_CRON, ROLES, Channel, IgnoreRule, named_zone
from monitor.core.cron import parse_cron, parse_every
from monitor.model import NOT_OF_DOCUMENTS, RECORDED_KINDS, REPORT_FORMATS, Action, Aspect, ChangeKind, Significance

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
_UNITS = {
    0.001: "ms",
    1: "s sec secs second seconds",
    60: "m min mins minute minutes",
    3600: "h hr hrs hour hours",
    86_400: "d day days",
    604_800: "w week weeks",
    31_557_600: "y year years",
}
_SECONDS: Mapping[str, float] = {"": 1, **{word: size for size, words in _UNITS.items() for word in words.split()}}
_COMPOUND = re.compile(r"(?:\d+(?:\.\d+)?\s*[a-z]+[\s,]*)+", re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)", re.ASCII)
_SHARES: Mapping[str, float] = {"": 1, "%": 0.01}


def size(raw: object) -> int:
    """Bytes, not below 0: from `50 MB`, `1 GiB` or a number of bytes."""
    return int(_number_with_unit(raw, _BYTES, "a size such as `50 MB`"))


def duration(raw: object) -> float:
    """Seconds, not below 0: from `2 s`, `15m`, `1h30m`, `2 days` or a number of seconds."""
    if isinstance(raw, str) and _COMPOUND.fullmatch(text := raw.strip().lower()):
        parts = _PART.findall(text)
        sizes = [_SECONDS.get(unit, 0) for _, unit in parts]
        if (
            len(parts) > 1 and all(sizes) and sizes == sorted(set(sizes), reverse=True)
        ):  # each unit once, the largest first
            return sum(float(number) * size for (number, _), size in zip(parts, sizes, strict=True))
    return _number_with_unit(raw, _SECONDS, "a duration such as `15 min`")


def keep(raw: object) -> float:
    """A duration of a day or more, with its unit: what is older is removed for good, so nothing is guessed."""
    seconds = duration(raw)
    if not isinstance(raw, str) or not raw.strip()[-1:].isalpha() or seconds < _SECONDS["day"]:
        raise ValueError(f"expected a duration of a day or more with its unit, such as `3 years`, got {raw!r}")
    return seconds


def share(raw: object) -> float:
    """A part of a whole, 0 to 1: from `20 %` or a number such as 0.2."""
    value = _number_with_unit(raw, _SHARES, expected := "a share such as `20 %`")
    if value > 1:
        raise ValueError(f"expected {expected} between 0 and 100 %, got {raw!r}")
    return value


def _number_with_unit(raw: object, units: Mapping[str, float], expected: str) -> float:
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


KeyParser = Callable[[Any], object]


class FromOutside(str):
    """Text of a variable or a flag, where a list cannot be written as one."""

    __slots__ = ()


_DATABASES = ("sqlite", "postgresql")
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_LONGEST_TERM = 200  # characters of a name or a term
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


def folder(raw: object) -> Path:
    """A folder to watch, which must be one on this machine."""
    if isinstance(raw, str) and "://" in raw:
        raise ValueError(
            "an address cannot be watched, only a folder: docs/feeding.md has commands that bring documents into one"
        )
    return path(raw)


def identity(raw: object) -> str:
    if raw not in ("content", "strict"):
        raise ValueError(f"expected 'content' or 'strict', got {raw!r}")
    return str(raw)


def command(raw: object) -> tuple[str, ...]:
    """A program and its arguments; a variable or a flag has them separated by commas."""
    if not (found := words(raw)) or not found[0] or any("\0" in word for word in found):
        raise ValueError(f"expected a list such as ['rclone', 'sync', 'remote:docs', 'seeds'], got {raw!r}")
    return found


def switch(raw: object) -> bool:
    """On or off; a variable or a flag says `true` or `false`."""
    found = {"true": True, "false": False}.get(raw.strip().lower()) if isinstance(raw, FromOutside) else raw
    if found is not True and found is not False:
        raise ValueError(f"expected true or false, got {raw!r}")
    return found


def words(raw: object) -> tuple[str, ...]:
    """A list of texts; a variable or a flag separates them by commas."""
    if isinstance(raw, FromOutside):
        return tuple(word.strip() for word in raw.split(",") if word.strip())
    if not isinstance(raw, list) or not all(isinstance(word, str) for word in raw):
        raise ValueError(f"expected a list such as ['*.md', '*.txt'], got {raw!r}")
    return tuple(raw)


def places(raw: object) -> tuple[Path, ...]:
    """A list of folders."""
    return tuple(map(path, words(raw)))


def web_address(raw: object) -> str:
    """An address to call. It is never repeated: it may hold a secret."""
    if not isinstance(raw, str) or not raw.startswith(("https://", "http://")) or len(raw.split()) != 1:
        raise ValueError("expected an address such as https://ping.example/KEY")
    return str(raw)


def short_text(raw: object) -> str:
    """A text that every page may repeat."""
    if len(found := text(raw)) > _LONGEST_TERM:
        raise ValueError(f"expected at most {_LONGEST_TERM} characters, got {len(found):,}")
    return found


def terms(raw: object) -> tuple[str, ...]:
    """Words to look for, each of which can be found: it has a letter or a digit."""
    for term in (found := tuple(map(short_text, words(raw)))):
        if not any(map(str.isalnum, normalize("NFKD", term))):
            raise ValueError(f"the term {term!r} can never be found: it has no letter and no digit")
    return found


def formats(raw: object) -> tuple[str, ...]:
    for name in (names := words(raw)):
        if name not in REPORT_FORMATS:
            raise ValueError(f"unknown format {name!r}{nearest(name, REPORT_FORMATS, '{!r}')}")
    return tuple(dict.fromkeys(names))


def cron(raw: object) -> str:
    if (expression := text(raw)) != DEFAULT_CRON:
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


def schema(raw: object) -> str:
    """The name of a schema of PostgreSQL, which needs no quotes there."""
    if not isinstance(raw, str) or not _SCHEMA.fullmatch(raw) or raw.startswith("pg_"):
        raise ValueError(f"expected a name of small letters, digits and _, at most 63, such as 'policies'; got {raw!r}")
    return str(raw)


def above_zero(reader: Callable[[Any], float]) -> KeyParser:
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


def nearest(word: str, known: Iterable[str], form: str) -> str:
    """The end of an error about `word`: the known name that is nearest, or all of them."""
    names = list(known)
    if near := get_close_matches(word, names, n=1, cutoff=0.5):
        return f"; did you mean {form.format(near[0])}?"
    return "; known are " + ", ".join(form.format(name) for name in names)


def rule(raw: object) -> IgnoreRule:
    """`[rules.NAME]`; ValueError where a key is unknown, or where nothing restricts the rule."""
    values = _table(raw, _RULE, "a rule such as { pattern = 'Last updated: *' }")
    if not values.keys() - (about := {"action", "until"}):
        raise ValueError(f"applies to every change; add one of {', '.join(_RULE.keys() - about)}")
    return IgnoreRule(**values)


def channel(raw: object) -> Channel:
    """`[notify.NAME]`, or the URL alone as a variable gives it. No error repeats a value: it may carry a password."""
    if isinstance(raw, FromOutside):
        raw = {"url": str(raw)}
    values = _table(raw, _CHANNEL, "a channel with its `url`")
    if ("url" in values) == ("url_file" in values):
        raise ValueError("needs one of `url` and `url_file`")
    return Channel(**values)


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def source_name(raw: str) -> str:
    """The name of `[watch.NAME]`; ValueError where it cannot begin the names of documents."""
    if not _NAME.fullmatch(raw):
        raise ValueError("a name of a folder has letters, digits, - and _ only, at most 40")
    return raw


def watched(raw: object) -> dict[str, Any]:
    """`[watch.NAME]`: the keys that it has; what it does not say is as in `[watch]`."""
    values = _table(raw, _WATCH, "a table")
    if "folder" not in values:
        raise ValueError("needs a `folder`")
    return values


def weights(raw: object) -> tuple[tuple[str, float], ...]:
    """`[review.weights]`: patterns of paths and what the documents weigh, in their order."""
    if isinstance(raw, dict):
        return tuple((pattern, _number(value)) for pattern, value in raw.items())
    raise ValueError("expected a table such as { 'contracts/**' = 2 }")


def _table(raw: object, keys: Mapping[str, KeyParser], expected: str) -> dict[str, Any]:
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


def mute(raw: object) -> tuple[tuple[str, str], ...]:
    """`[notify.mute]`: patterns of paths, and until when no notice is sent about the documents."""
    return tuple(
        (pattern, until(value)) for pattern, value in _items(raw, "a table such as { 'drafts/**' = 2026-06-30 }")
    )


def until(raw: object) -> str:
    """A date, its last moment included, or a time; as ISO 8601 has it."""
    try:
        if isinstance(raw, date):
            return raw.isoformat()
        if isinstance(raw, str):
            read = date.fromisoformat if len(raw.strip()) == 10 else datetime.fromisoformat
            return read(raw.strip()).isoformat()
    except ValueError:
        pass
    raise ValueError(f"expected a date such as 2026-06-30, got {raw!r}")


_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_NO_NAMES = frozenset({"authorization", "cookie", "host", "origin", "content-type", "content-length"})


def header(raw: object) -> str:
    """The name of a header of HTTP that a proxy sets."""
    if not isinstance(raw, str) or not _HEADER.fullmatch(raw) or raw.lower() in _NO_NAMES:
        raise ValueError(f"expected a header that the proxy sets, such as 'X-Forwarded-User', got {raw!r}")
    return str(raw)


def networks(raw: object) -> tuple[str, ...]:
    """Addresses, or networks of them; names cannot be trusted."""
    for one in (found := _patterns(raw)):
        try:
            ip_network(one, strict=False)
        except ValueError:
            raise ValueError(f"expected addresses such as '127.0.0.1' or '10.0.0.0/8', got {one!r}") from None
    return found


def roles(raw: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """`[web.roles]`: who has which role."""
    given = _table(raw, dict.fromkeys(ROLES, _patterns), "a table such as { reviewer = ['ada'] }")
    return tuple((role, given[role]) for role in ROLES if role in given)


def digest(raw: object) -> str:
    """When a digest is sent; see `core.cron.parse_every`."""
    parse_every(text(raw), duration)
    return text(raw)


def some_or_all(raw: object) -> tuple[str, ...]:
    """Patterns of documents; true: all of them."""
    if isinstance(raw, bool) or str(raw).lower() in ("true", "false"):
        return ("**/*",) if switch(raw) else ()
    return _patterns(raw)


def _choice(*names: str) -> KeyParser:
    def read(raw: object) -> str:
        if raw not in names:
            raise ValueError(f"expected one of {', '.join(names)}, got {raw!r}")
        return str(raw)

    return read


def _one_of(choices: Iterable[Action | Aspect | ChangeKind | Significance]) -> KeyParser:
    return _choice(*map(str, choices))


def _part(raw: object) -> float:
    """A part of what was there, which may be more than the whole."""
    return _number_with_unit(raw, _SHARES, "a share such as `10 %`")


def _several(one: KeyParser) -> KeyParser:
    return lambda raw: tuple(one(word) for word in ([raw] if isinstance(raw, str) else words(raw)))


def _patterns(raw: object) -> tuple[str, ...]:
    return (str(raw),) if isinstance(raw, str) and not isinstance(raw, FromOutside) else words(raw)


def _phrase(raw: object) -> str:
    if not text(raw).strip(" *"):
        raise ValueError(f"matches every text: {raw!r}")
    return text(raw)


def _number(raw: object) -> float:
    if isinstance(raw, int | float) and not isinstance(raw, bool) and 0 <= raw < math.inf:
        return float(raw)
    raise ValueError(f"expected a number, 0 or more, got {raw!r}")


def _secret(raw: object) -> str:
    if not isinstance(raw, str) or "://" not in raw:
        raise ValueError("expected a URL such as mailto://user:password@host")
    return raw


_RULE: Mapping[str, KeyParser] = {
    "action": _one_of(Action),
    "document": _patterns,
    "heading": _phrase,
    "pattern": _phrase,
    "aspects": _several(_one_of(Aspect)),
    "significance": _one_of(Significance),
    "kinds": _several(_one_of(ChangeKind)),
    "until": until,
}
_WANTED: Mapping[str, KeyParser] = {
    "kinds": _several(_one_of(kind for kind in RECORDED_KINDS if kind not in NOT_OF_DOCUMENTS)),
    "aspects": _several(_one_of(Aspect)),
    "documents": _patterns,
    "sources": words,
    "terms": terms,
    "direction": _choice("additions", "removals"),
    "numbers": _choice("any", "rose", "fell"),
    "number_change": _part,
}
_CHANNEL: Mapping[str, KeyParser] = {
    "url": _secret,
    "url_file": path,
    "significance": _one_of(Significance),
    "score": _number,
    "limit": at_least_one,
    "format": _choice("text", "json"),
    "failures": switch,
    **_WANTED,
    "every": digest,
    "empty": switch,
    "template": path,
    "quiet": switch,
    "noisy": switch,
    "confirm": some_or_all,
}


_WATCH: Mapping[str, KeyParser] = {
    "folder": folder,
    "include": words,
    "exclude": words,
    "ignore_defaults": switch,
    "ignore_case": switch,
    "max_size": above_zero(size),
    "link_places": places,
    "settle": duration,
    "before": command,
    "before_timeout": above_zero(duration),
}


class Named(dict[str, KeyParser]):
    """The keys of a section in which every other key is a name that the user gives, read by `other`."""

    def __init__(self, known: Mapping[str, KeyParser], other: KeyParser) -> None:
        super().__init__(known)
        self._other = other

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and bool(key)

    def __missing__(self, key: str) -> KeyParser:
        return self._other


KEYS: Final[Mapping[str, Mapping[str, KeyParser]]] = {
    "watch": _WATCH,
    "store": {
        "snapshots": path,
        "ledger": database,
        "schema": schema,
        "keep": keep,
        "role": _choice("writer", "reader"),
        "group": short_text,
    },
    "schedule": {"cron": cron, "every": interval, "timezone": zone},
    "hold": {"deletions": share, "identity": identity},
    "limits": {"time": above_zero(duration), "memory": above_zero(size)},
    "extract": {"article": words, "comments": switch, "announcements": words},
    "report": {"formats": formats, "folder": path},
    "review": {
        "reviewer": short_text,
        "watch": terms,
        "weights": weights,
        "second": some_or_all,
        "quiet_after": above_zero(_number),
        "noisy_from": above_zero(share),
    },
    "rules": Named({}, rule),
    "notify": Named({"link": text, "ping": web_address, "mute": mute, "second_look": interval}, channel),
    "web": {"user_header": header, "group_header": header, "trusted_proxies": networks, "roles": roles},
    "evidence": {"heads": path, "key": path},
    "feeds": {"folder": path, "entries": at_least_one, "authority": text, **_WANTED},
}
