"""Patches of files: what git and diff print is read, and applied to bytes exactly."""

from __future__ import annotations

import difflib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.diff.patch import FileChange, FileHunk, apply_hunks, parse_patch
from monitor.core.diff.unified import PatchMismatch

PATCH = b"""--- a/brief.txt
+++ b/brief.txt
@@ -1,3 +1,3 @@
 one
-two
+TWO
 three
"""


def only(patch: bytes) -> FileChange:
    (file,) = parse_patch(patch)
    return file


def diff_of(before: bytes, after: bytes) -> bytes:
    """As `diff -u` prints it."""
    old, new = (re.findall(rb"[^\n]*\n|[^\n]+$", data) for data in (before, after))
    lines = difflib.diff_bytes(difflib.unified_diff, old, new, b"a/x", b"b/x")
    return b"".join(line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n" for line in lines)


contents = st.lists(st.sampled_from([b"a", b"b", b"", b"a\r", b"\xff\xfe", b"\x0c\x85", b"-x", b"\\ y"])).flatmap(
    lambda lines: st.sampled_from([b"\n".join(lines), b"".join(line + b"\n" for line in lines)])
)


@given(contents, contents)
def test_a_diff_of_any_bytes_applies_exactly(before: bytes, after: bytes) -> None:
    patch = diff_of(before, after)
    hunks = only(patch).hunks if patch else ()
    assert apply_hunks(hunks, before) == after


def test_a_hunk_applies_at_the_only_other_place() -> None:
    assert apply_hunks(only(PATCH).hunks, b"zero\none\ntwo\nthree\n") == b"zero\none\nTWO\nthree\n"


@pytest.mark.parametrize(
    "content",
    [b"one\n2\nthree\n", b"", b"0\none\ntwo\nthree\none\ntwo\nthree\n", b"one\ntwo\nthree"],
    ids=["other lines", "empty", "two places", "no line end"],
)
def test_a_hunk_that_does_not_apply_is_named(content: bytes) -> None:
    with pytest.raises(PatchMismatch, match=r"^the hunk at line 1 does not apply$"):
        apply_hunks(only(PATCH).hunks, content)


def test_a_patch_saved_with_other_line_ends_is_the_same() -> None:
    assert parse_patch(PATCH.replace(b"\n", b"\r\n")) == parse_patch(PATCH)


def test_line_ends_of_the_file_itself_stay() -> None:
    patch = diff_of(b"one\r\ntwo\r\n", b"one\r\nTWO\r\n")
    assert apply_hunks(only(patch).hunks, b"one\r\ntwo\r\n") == b"one\r\nTWO\r\n"


def test_the_marker_of_a_missing_line_end_may_be_translated() -> None:
    patch = diff_of(b"a", b"b").replace(b"No newline at end of file", b"Kein Zeilenumbruch am Dateiende")
    assert apply_hunks(only(patch).hunks, b"a") == b"b"


ONE_LINE = b"@@ -1 +1 @@\n-x\n+y\n"
GIT = {
    "new": (b"diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n", None, "n"),
    "empty": (b"diff --git a/n b/n\nnew file mode 100644\nindex 0000000..e69de29\n", None, "n"),
    "deleted": (b"diff --git a/n b/n\ndeleted file mode 1\n--- a/n\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n", "n", None),
    "renamed": (b"diff --git a/o b/n\nsimilarity index 100%\nrename from o\nrename to n\n", "o", "n"),
    "blanks": (b"diff --git a/o b/c b/o b/d\nrename from o b/c\nrename to o b/d\n", "o b/c", "o b/d"),
    "quoted": (b'diff --git "a/\\303\\244" "b/\\303\\244"\nold mode 100644\nnew mode 100755\n', "ä", "ä"),
    "mnemonic": (b"diff --git i/n w/n\n--- i/n\n+++ w/n\n" + ONE_LINE, "n", "n"),
    "dated": (b"--- ./n\t2026-01-01 00:00:00\n+++ ./n\t2026-01-02 00:00:00\n" + ONE_LINE, "n", "n"),
}


@pytest.mark.parametrize("name", GIT)
def test_a_patch_names_the_file_on_both_sides(name: str) -> None:
    patch, before, after = GIT[name]
    file = only(patch)
    assert (file.before, file.after) == (before, after)


def test_a_copy_leaves_the_file_that_it_comes_from() -> None:
    assert only(b"diff --git a/o b/n\nsimilarity index 100%\ncopy from o\ncopy to n\n").how == "copy"


@pytest.mark.parametrize(
    ("patch", "why"),
    [
        (b"diff --git a/p b/p\nindex 1..2 100644\nGIT binary patch\nliteral 1\nIcmZ\n\n", "binary"),
        (b"diff --git a/p b/p\nindex 1..2 100644\nBinary files a/p and b/p differ\n", "binary"),
        (b"diff --git a/p b/p\nnew file mode 120000\n--- /dev/null\n+++ b/p\n@@ -0,0 +1 @@\n+t\n", "symbolic link"),
        (b"diff --git a/p b/p\nnew file mode 160000\n--- /dev/null\n+++ b/p\n@@ -0,0 +1 @@\n+t\n", "submodule"),
    ],
    ids=["git binary", "binary", "link", "submodule"],
)
def test_what_a_patch_does_not_hold_is_said(patch: bytes, why: str) -> None:
    assert why in (only(patch).unreadable or "")


def test_several_commits_of_a_mailed_patch_are_read_in_order() -> None:
    second = PATCH.replace(b"TWO", b"2").replace(b"-two", b"-TWO")
    mailed = (
        b"From 1 Mon\nSubject: a\n---\n x | 1 +\n\n"
        + PATCH
        + b"-- \n2.43.0\n\nFrom 2 Mon\n---\n\n"
        + second
        + b"-- \n2\n"
    )
    content = b"one\ntwo\nthree\n"
    for file in parse_patch(mailed):
        content = apply_hunks(file.hunks, content)
    assert content == b"one\n2\nthree\n"


@pytest.mark.parametrize("patch", [b"", b"\n \n"])
def test_an_empty_patch_has_no_files(patch: bytes) -> None:
    assert parse_patch(patch) == []


@pytest.mark.parametrize(
    "patch",
    [
        b"The offer stands.\n",
        b"--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n one\n",
        b"--- a/x\n+++ b/x\n@@ -1 +1 @@\nnot a line of a diff\n",
        b"diff --cc x\n--- a/x\n+++ b/x\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n",
        b"*** a/x\n--- b/x\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n",
        b"--- a/x\n+++ b/x\n@@ -" + b"9" * 5000 + b" +1 @@\n-a\n+b\n",
        b"\x00\x01\x02",
    ],
    ids=["prose", "cut off", "no diff line", "combined", "context", "huge number", "binary"],
)
def test_what_is_no_unified_diff_is_refused_in_one_line(patch: bytes) -> None:
    with pytest.raises(PatchMismatch, match=r"^this is [^\n]{1,300}$"):
        parse_patch(patch)


def test_a_last_line_without_a_break_is_found_elsewhere() -> None:
    hunk = FileHunk(0, (b"b\n", b"c"), (b"d",))
    assert apply_hunks([hunk], b"a\nb\nc") == b"a\nd"
    with pytest.raises(PatchMismatch):
        apply_hunks([hunk], b"a\nb\nc\n")


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ("a/x.txt", "b/x.txt", "x.txt"),
        ("i/x.txt", "w/x.txt", "x.txt"),
        ("a/x.txt", "a/x.txt", "a/x.txt"),  # `--no-prefix`: a folder
        ("b/x.txt", "b/x.txt", "b/x.txt"),
        ("x.txt", "x.txt", "x.txt"),
        ("/dev/null", "b/x.txt", "x.txt"),
    ],
)
def test_letters_of_git_are_no_folders_and_folders_stay(before: str, after: str, path: str) -> None:
    old = "-0,0" if before == "/dev/null" else "-1"
    removed = "" if before == "/dev/null" else "-One.\n"
    patch = f"--- {before}\n+++ {after}\n@@ {old} +1 @@\n{removed}+Two.\n"
    assert [change.after for change in parse_patch(patch.encode())] == [path]
