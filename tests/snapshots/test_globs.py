"""Which paths a pattern covers: as git's ignore files read it."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.snapshots.patterns import matcher

CASES = [
    # pattern, what it covers, what it does not
    ("**/*", ["a", "a/b", ".hidden", "a/b/c", "\n"], []),
    ("**", ["a", "a/b"], []),
    ("*", ["a", ".b", "a/b"], []),
    ("*.md", ["a.md", "d/a.md", ".md"], ["a.mdx", "a.md~"]),
    ("docs/*.md", ["docs/a.md"], ["x/docs/a.md", "docs/a/b.md", "docs"]),
    ("/top", ["top", "top/a"], ["x/top"]),
    ("docs/**", ["docs/a", "docs/a/b"], ["docs", "x/docs/a", "docsx/a"]),
    ("drafts/", ["drafts/a", "x/drafts/a/b"], ["drafts", "x/drafts", "drafts2/a"]),
    ("drafts", ["drafts", "drafts/a", "x/drafts/a"], ["mydrafts", "draftsman"]),
    ("a/**/b", ["a/b", "a/x/b", "a/x/y/b", "a/x/b/c"], ["a/xb", "b", "ab", "x/a/b"]),
    ("**/a/**/b*c", ["a/bc", "x/a/y/b1c"], ["a/b", "bc"]),
    ("**/a/b", ["a/b", "x/a/b", "a/a/b"], ["a/x/b"]),
    ("?", ["a", "é", "x/b"], ["ab", ""]),
    ("[a-c]x", ["ax", "cx"], ["dx", "x"]),
    ("[!a-c]x", ["dx"], ["ax", "/x"]),
    ("[]]", ["]"], ["["]),
    (r"\*", ["*"], ["a"]),
    (r"a\[b", ["a[b"], ["ab"]),
    ("*a*b", ["ab", "xaxb", "aab", "abab"], ["ba", "abx"]),
    ("a.b", ["a.b"], ["axb"]),
    ("(a|b)+$", ["(a|b)+$"], ["a"]),
    ("[a&&b^~]", ["a", "&", "^", "~"], ["c"]),
]


@pytest.mark.parametrize(("pattern", "covered", "not_covered"), CASES, ids=[case[0] for case in CASES])
def test_a_pattern_covers(pattern: str, covered: list[str], not_covered: list[str]) -> None:
    covers = matcher([pattern])
    assert [path for path in covered if not covers(path)] == []
    assert [path for path in not_covered if covers(path)] == []


@pytest.mark.parametrize(
    ("pattern", "folder", "whole"),
    [
        ("drafts/", "drafts", True),
        ("drafts/", "x/drafts", True),
        ("drafts/**", "drafts", True),
        ("drafts", "drafts", True),
        ("drafts", "drafts/below", True),
        ("drafts/*.md", "drafts", False),
        ("*.md", "drafts", False),
        ("a/b", "a", False),
    ],
)
def test_whether_all_that_is_in_a_folder_is_covered(pattern: str, folder: str, whole: bool) -> None:
    assert matcher([pattern], folders=True)(folder) is whole


@pytest.mark.parametrize("pattern", ["", "/", "a//b", "../up", "a/./b", "!not", "[open", "a\\", "[z-a]"])
def test_a_pattern_without_sense_is_an_error_that_names_it(pattern: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(repr(pattern))):
        matcher([pattern])


def test_no_pattern_covers_nothing() -> None:
    assert not matcher([])("a")


def test_several_patterns_cover_what_any_of_them_does() -> None:
    covers = matcher(["*.md", "b/"])
    assert [covers(path) for path in ("a.md", "b/c", "c.txt")] == [True, True, False]


@pytest.mark.parametrize("pattern", ["**/*a*a*a*a*a*a*b", "**/a/**/a/**/a/**/b", "*" * 50 + "b", "**/" * 40 + "b"])
@pytest.mark.parametrize("path", ["a" * 255, "/".join(["a"] * 2000), "a/" * 1000 + "a" * 255])
def test_a_hostile_path_is_answered(pattern: str, path: str) -> None:
    assert not matcher([pattern])(path)


@given(st.text("ab*?", min_size=1, max_size=8), st.text("ab.", min_size=1, max_size=10))
def test_pattern_within_a_name_matches_as_in_the_shell(pattern: str, name: str) -> None:
    if "**" not in pattern:
        assert matcher(["/" + pattern])(name) == fnmatchcase(name, pattern)


parts = st.lists(st.sampled_from(["a", "b", "*", "**"]), min_size=2, max_size=5)


@given(parts, st.lists(st.sampled_from("ab"), min_size=1, max_size=6))
def test_double_star_matches_any_number_of_folders(pattern: list[str], path: list[str]) -> None:
    covered = any(fits(pattern, path[:end]) for end in range(1, len(path) + 1))
    assert matcher(["/".join(pattern)])("/".join(path)) == covered


def fits(pattern: list[str], path: list[str]) -> bool:
    """The plain meaning, written as it is said: slow, and right."""
    if not pattern:
        return not path
    if pattern[0] == "**":
        if len(pattern) == 1:
            return bool(path)
        return any(fits(pattern[1:], path[at:]) for at in range(len(path) + 1))
    return bool(path) and pattern[0] in ("*", path[0]) and fits(pattern[1:], path[1:])
