"""Glob patterns over paths, as git's ignore files read them, without their exceptions.

`*` and `?` stay within a name, `[a-z]` and `[!a-z]` are one character, `**` between slashes is any number of folders.
A pattern without a slash (but at its end) holds at every depth; one with a slash is anchored at the watched folder; one
that names a folder covers all that is in it.

Each wildcard becomes an atomic group that takes the first place where what follows it fits. That is enough, since what
comes after can match later whenever it could match earlier, and it keeps hostile names from making a match slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from monitor.errors import ConfigError

_TOKEN = re.compile(r"\\(?P<escaped>.)|\[(?P<not>[!^]?)(?P<inside>\]?[^\]]*)\]|\*|\?|[^\[\\]", re.DOTALL)


_END = "(?=/|$)"


def matcher(patterns: Iterable[str], *, folders: bool = False) -> Callable[[str], bool]:
    """Whether a path (relative, `/` between names) is covered by any of the patterns; ConfigError names a bad one.

    With `folders` the path is a folder's, and the question is whether all that is in it is covered.
    """
    expressions = [_checked(pattern, folders=folders) for pattern in patterns]
    if not expressions:
        return lambda _: False
    covered = re.compile("|".join(expressions), re.DOTALL).fullmatch
    return lambda path: covered(path) is not None


def _checked(pattern: str, *, folders: bool) -> str:
    try:
        expression = f"(?:{_translate(pattern, folders=folders)})"
        re.compile(expression)
    except re.error as error:
        raise ConfigError(f"the pattern {pattern!r} is not one: {error}") from None
    return expression


def _translate(pattern: str, *, folders: bool) -> str:
    names = pattern.strip("/").split("/")
    inside = pattern.endswith("/") or names[-1] == "**"
    while names[-1:] == ["**"]:
        names.pop()
    if not all(names) or not {".", ".."}.isdisjoint(names) or pattern.startswith("!"):
        raise ConfigError(f"the pattern {pattern!r} names nothing: write one such as **/*.md or drafts/")
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
    first, *others = _pieces(name)
    if not others:
        return first
    *middle, last = others
    return first + "".join(f"(?>[^/]*?{piece})" for piece in middle) + f"[^/]*{last}{_END}"


def _pieces(name: str) -> list[str]:
    pieces, at = [""], 0
    while at < len(name):
        token = _TOKEN.match(name, at)
        if token is None:
            raise ConfigError(f"the pattern {name!r} opens a [ that it does not close: write \\[ for the character")
        at = token.end()
        if token[0] == "*":
            pieces.append("")
        else:
            pieces[-1] += _one(token)
    return pieces


def _one(token: re.Match[str]) -> str:
    """One character's expression."""
    if token["inside"]:
        inside = re.sub(r"([\\\[\]&~|^])", r"\\\1", token["inside"])
        return f"(?!/)[{'^' if token['not'] else ''}{inside}]"
    return "[^/]" if token[0] == "?" else re.escape(token["escaped"] or token[0])
