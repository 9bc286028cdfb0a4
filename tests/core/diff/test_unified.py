"""The unified diff: what is printed is read back exactly, by us, by unidiff and by GNU patch."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unidiff import PatchSet

from monitor.core.diff.unified import DiffSide, PatchMismatch, escape, unescape, unified
from tests.support.unified import FilePatch, Hunk, apply, parse

ANY_TEXT = st.text(st.characters(exclude_characters="\n") | st.sampled_from("\\u\r\x0b\x85\u2028\udc80"), max_size=12)
FEW_LINES = st.lists(st.sampled_from(["a", "b", "c", "", "- a", "+b", "@@ -1 +1 @@", "\\ No newline at end of file"]))
NAMES = st.lists(
    st.sampled_from([b"a", b" ", b'"', b"\\", b"\t", b"\n", b"\xff", b"\xc2\x85", b"\xe2\x80\xa8", b"/"])
).map(b"".join)
TRAPS = ["\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\n", "\x1b", "\udc80", "\ud800"]


def _diff(before: list[str], after: list[str], path: str = "brief.txt", context: int = 3) -> str:
    return unified([(DiffSide(path, before), DiffSide(path, after))], context=context)


def _round_trip(before: list[str], after: list[str], context: int = 3) -> list[str]:
    files = parse(_diff(before, after, context=context))
    return apply(files[0].hunks, before) if files else before


@given(FEW_LINES, FEW_LINES, st.integers(0, 3))
def test_applying_a_patch_gives_the_new_lines(before: list[str], after: list[str], context: int) -> None:
    assert _round_trip(before, after, context) == after


@given(st.lists(ANY_TEXT), st.lists(ANY_TEXT))
def test_every_text_comes_back_exactly(before: list[str], after: list[str]) -> None:
    assert _round_trip(before, after) == after


@given(st.lists(st.tuples(FEW_LINES, FEW_LINES), max_size=4), st.integers(0, 4))
def test_unidiff_reads_every_document_of_a_patch(sides: list[tuple[list[str], list[str]]], context: int) -> None:
    pairs = [(DiffSide(f"{n}.txt", before), DiffSide(f"{n}.txt", after)) for n, (before, after) in enumerate(sides)]
    changed = [f"{n}.txt" for n, (before, after) in enumerate(sides) if before != after]
    assert [file.path for file in PatchSet(unified(pairs, context=context))] == changed


@given(ANY_TEXT)
def test_escaped_line_has_no_line_end_or_control_character(text: str) -> None:
    line = escape(text)
    assert "\x1b" not in line
    assert len(f"x{line}x".splitlines()) == 1
    line.encode("utf-8")


@given(ANY_TEXT)
def test_unescaping_undoes_escaping(text: str) -> None:
    assert unescape(escape(text)) == text


@pytest.mark.parametrize("trap", TRAPS)
def test_a_line_break_of_any_kind_inside_a_statement_survives(trap: str) -> None:
    assert _round_trip(["one", f"a{trap}b"], ["one", f"a{trap}c"]) == ["one", f"a{trap}c"]


@pytest.mark.parametrize("text", ["a\\b", "C:\\users", "\\\\", "\\u0041", "u000d", "tab\there", "naïve – “x”"])
def test_ordinary_line_is_unchanged_in_the_diff(text: str) -> None:
    assert escape(text) == text


@pytest.mark.parametrize(
    ("text", "line"),
    [("a\rb", "a\\u000db"), ("\\u000d", "\\\\u000d"), ("\\\r", "\\\\\\u000d"), ("\x1b[31m", "\\u001b[31m")],
)
def test_control_characters_and_lookalike_escapes_are_escaped(text: str, line: str) -> None:
    assert escape(text) == line


@given(NAMES)
def test_every_file_name_comes_back_from_the_header(name: bytes) -> None:
    path = os.fsdecode(name)
    (file,) = parse(_diff(["a"], ["b"], path))
    assert (file.before, file.after) == (path, path)


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("brief.txt", "--- a/brief.txt"),
        ("two words.txt", "--- a/two words.txt\t"),
        ("naïve.txt", "--- a/naïve.txt"),
        ('say "x".txt', '--- "a/say \\"x\\".txt"\t'),
        ("line\nbreak", '--- "a/line\\nbreak"'),
        ("raw\udcff", '--- "a/raw\\377"'),
        ("next\x85line", '--- "a/next\\302\\205line"'),
    ],
)
def test_paths_are_quoted_as_git_quotes_them(path: str, header: str) -> None:
    assert _diff(["a"], ["b"], path).split("\n")[0] == header


def test_a_document_that_came_has_no_file_before() -> None:
    assert unified([(None, DiffSide("new.txt", ["One."]))]) == "--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+One.\n"


def test_a_document_that_went_has_no_file_after() -> None:
    (file,) = parse(unified([(DiffSide("old.txt", ["One."]), None)]))
    assert file == FilePatch("old.txt", None, (Hunk(0, 0, ("One.",), ()),))


def test_an_empty_document_that_came_is_seen() -> None:
    assert parse(unified([(None, DiffSide("empty.txt", []))])) == (FilePatch(None, "empty.txt", ()),)


def test_a_renamed_document_names_both_paths() -> None:
    (file,) = parse(unified([(DiffSide("old.txt", ["One."]), DiffSide("new.txt", ["One."]))]))
    assert file == FilePatch("old.txt", "new.txt", ())


def test_document_that_lost_its_first_lines_is_not_removed() -> None:
    (file,) = parse(unified([(DiffSide("a", ["x", "y"]), DiffSide("a", ["y"]))], context=0))
    assert file.after == "a"


def test_equal_versions_give_nothing() -> None:
    assert _diff(["a"], ["a"]) == ""


def test_a_patch_that_does_not_fit_is_refused() -> None:
    (file,) = parse(_diff(["a", "b"], ["a", "c"]))
    with pytest.raises(PatchMismatch, match="line 1"):
        apply(file.hunks, ["a", "x"])


def test_invalid_patch_is_refused() -> None:
    with pytest.raises(PatchMismatch, match="not a unified diff"):
        parse("--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n")


@pytest.mark.skipif(shutil.which("patch") is None, reason="no GNU patch (apt-get install patch)")
def test_gnu_patch_applies_it(tmp_path: Path) -> None:
    before, after = (
        ["Heading", "A vote within 30 days.", "", "- x"],
        ["Heading", "A vote within 45 days.", "- x", "End"],
    )
    (tmp_path / "two words.txt").write_text("".join(f"{line}\n" for line in before))
    subprocess.run(["patch", "-p1"], input=_diff(before, after, "two words.txt"), text=True, cwd=tmp_path, check=True)
    assert (tmp_path / "two words.txt").read_text() == "".join(f"{line}\n" for line in after)
