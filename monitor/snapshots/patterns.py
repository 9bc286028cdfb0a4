"""Glob patterns of paths, as in git's ignore files.

`*` and `?` match within a name, `[a-z]` and `[!a-z]` one character, `**` between slashes any number of folders, and
`{md,txt}` either word. A pattern without a slash (except at its end) matches at any depth; one with a slash is anchored
at the watched folder; one that names a folder covers everything in it.

Each wildcard is compiled into an atomic group that stops at the first position where the rest fits. This is
sufficient, since later parts can still match further on, and it keeps hostile names from making a match slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from monitor.errors import ConfigError

_TOKEN = re.compile(r"\\(?P<escaped>.)|\[(?P<not>[!^]?)(?P<inside>\]?[^\]]*)\]|\*|\?|[^\[\\]", re.DOTALL)
_END = "(?=/|$)"


_BRACES = re.compile(r"(?<!\\)\{([^{}/]*,[^{}/]*)\}")
_MOST_WORDS = 200  # patterns that one with braces stands for


def matcher(patterns: Iterable[str], *, folders: bool = False, ignore_case: bool = False) -> Callable[[str], bool]:
    """Whether a path (relative, `/` between names) is covered by any of the patterns; ConfigError names a bad one.

    With `folders` the path is a folder's, and the question is whether all that is in it is covered.
    """
    return _matcher(tuple(patterns), folders=folders, ignore_case=ignore_case)


@lru_cache(64)  # the same patterns are asked for in every run of `watch`, several times
def _matcher(patterns: Sequence[str], *, folders: bool, ignore_case: bool) -> Callable[[str], bool]:
    expressions = [_checked(one, folders=folders) for pattern in patterns for one in _alternatives(pattern)]
    if not expressions:
        return lambda _: False
    covered = re.compile("|".join(expressions), re.DOTALL | (re.IGNORECASE if ignore_case else 0)).fullmatch
    return lambda path: covered(path) is not None


def _alternatives(pattern: str) -> list[str]:
    """The patterns without braces that a pattern stands for."""
    found = [pattern]
    while any(braces := [_BRACES.search(one) for one in found]):
        found = [
            one if at is None else one[: at.start()] + word + one[at.end() :]
            for one, at in zip(found, braces, strict=True)
            for word in (at[1].split(",") if at else [""])
        ]
        if len(found) > _MOST_WORDS:
            raise ConfigError(f"the pattern {pattern!r} stands for more than {_MOST_WORDS} patterns")
    return found


def _checked(pattern: str, *, folders: bool) -> str:
    try:
        expression = f"(?:{_translate(pattern, folders=folders)})"
        re.compile(expression)
    except re.error as error:
        raise ConfigError(f"the pattern {pattern!r} is not valid: {error}") from None
    return expression


def _translate(pattern: str, *, folders: bool) -> str:
    names = pattern.strip("/").split("/")
    inside = pattern.endswith("/") or names[-1] == "**"
    while names[-1:] == ["**"]:
        names.pop()
    if not all(names) or not {".", ".."}.isdisjoint(names) or pattern.startswith("!"):
        raise ConfigError(f"the pattern {pattern!r} matches nothing: write one such as **/*.md or drafts/")
    if not names:
        return ".+"
    if "/" not in pattern.removesuffix("/"):
        names.insert(0, "**")
    return _path(names) + ("/.+" if inside and not folders else "(?:/.+)?")


def _path(names: list[str]) -> str:
    """The names one after the other; those behind a `**` are searched for as one run."""
    out, run, searching = "", list[str](), False
    for name in [*names, "**"]:
        if name != "**":
            run.append(_name(name))
            continue
        if run:
            between, fits = "/" if out else "", "/".join(run) + _END
            out += between + (f"(?>(?:[^/]+/)*?{fits})" if searching else fits)
        run, searching = [], True
    return out


def _name(name: str) -> str:
    """One name's pattern: its pieces between `*`, each taken at the first place where it fits, the last at the end."""
    first, *others = _wildcard_parts(name)
    if not others:
        return first
    *middle, last = others
    return first + "".join(f"(?>[^/]*?{piece})" for piece in middle) + f"[^/]*{last}{_END}"


def _wildcard_parts(name: str) -> list[str]:
    parts, at = [""], 0
    while at < len(name):
        token = _TOKEN.match(name, at)
        if token is None:
            raise ConfigError(f"the pattern {name!r} has a [ that is not closed: write \\[ for the character")
        at = token.end()
        if token[0] == "*":
            parts.append("")
        else:
            parts[-1] += _one(token)
    return parts


def _one(token: re.Match[str]) -> str:
    """One character's expression."""
    if token["inside"]:
        inside = re.sub(r"([\\\[\]&~|^])", r"\\\1", token["inside"])
        return f"(?!/)[{'^' if token['not'] else ''}{inside}]"
    return "[^/]" if token[0] == "?" else re.escape(token["escaped"] or token[0])
