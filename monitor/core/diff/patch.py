"""Read a unified diff of files, as git, diff and pull requests give it, and apply it to bytes.

A hunk is applied where it says, else at the only other place where its lines stand. Nothing is matched roughly.
"""

from __future__ import annotations

import posixpath
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk as ParsedHunk
from unidiff.patch import PatchedFile, PatchSet

from monitor.core.diff.unified import PatchMismatch, path_in_header, start_of


class FileHunk(NamedTuple):
    """A run of changed lines with its context, line breaks included; `start` is the index of its first line."""

    start: int
    before: tuple[bytes, ...]
    after: tuple[bytes, ...]


class FileChange(NamedTuple):
    """What a patch does to one file; a path of None: the file is not there on that side.

    `how` is `edit`, `rename` or `copy`. `unreadable` says why the content after is not in the patch.
    """

    before: str | None
    after: str | None
    hunks: tuple[FileHunk, ...] = ()
    how: str = "edit"
    unreadable: str | None = None


_ADDED_RETURN = re.compile(rb"^\+\+\+ [^\n]*\r$", re.MULTILINE)  # somebody saved the patch with other line ends
_HEADER = re.compile(rb"^--- [^\n]*\n\+\+\+ [^\n]*\n(?=@@ )", re.MULTILINE)
_ESCAPED = re.compile(rb"\\.")
_NO_NEWLINE = re.compile(rb"^\\ [^\n]*$", re.MULTILINE)  # diff writes it in the user's language
_COMBINED = re.compile(rb"^@@@+ ", re.MULTILINE)
_RENAMED = re.compile(r"(?P<how>rename|copy) (?P<side>from|to) (?P<path>[^\n]*)\n?")
_PREFIX = re.compile("[abciow12]/")  # git's, with `diff.mnemonicPrefix` as well


def parse_patch(data: bytes) -> list[FileChange]:
    """The files of a unified diff, in their order; PatchMismatch where it is none. An empty patch has no files.

    A patch in UTF-16, as PowerShell saves what a program prints, is read as the same in UTF-8.
    """
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode()
    data = data.removeprefix(BOM_UTF8)
    if not data.strip():
        return []
    if _COMBINED.search(data):
        raise PatchMismatch("this is the combined diff of a merge: compare the merge with one of its parents")
    if _ADDED_RETURN.search(data):
        data = data.replace(b"\r\n", b"\n")
    data = _HEADER.sub(lambda header: _ESCAPED.sub(_octal_quote, header[0]), data)
    data = _NO_NEWLINE.sub(rb"\\ No newline at end of file", data)
    try:
        files = PatchSet(data.decode("utf-8", "surrogateescape"))
    except (UnidiffParseError, ValueError) as error:
        raise PatchMismatch(f"this is no unified diff: {' '.join(str(error).split())[:200]}") from error
    if not files:
        raise PatchMismatch("this is no unified diff: it names no file")
    return [_change(file) for file in files]


def _octal_quote(escaped: re.Match[bytes]) -> bytes:
    """A quote within a quoted name in the form that unidiff reads: it ends a name at any other."""
    return rb"\042" if escaped[0] == rb"\"" else escaped[0]


def apply_hunks(hunks: Sequence[FileHunk], data: bytes) -> bytes:
    """The bytes after; PatchMismatch names the first hunk that does not apply."""
    lines = _lines(data)
    result: list[bytes] = []
    position = 0
    for hunk in hunks:
        start = _place(hunk, lines, position)
        if start is None:
            raise PatchMismatch(f"the hunk at line {hunk.start + 1} does not apply")
        result += lines[position:start]
        result += hunk.after
        position = start + len(hunk.before)
    return b"".join([*result, *lines[position:]])


def _place(hunk: FileHunk, lines: Sequence[bytes], least: int) -> int | None:
    """Where the lines before stand; None where they stand nowhere, or at several other places."""
    size = len(hunk.before)
    if hunk.start >= least and tuple(lines[hunk.start : hunk.start + size]) == hunk.before and hunk.start <= len(lines):
        return hunk.start
    if not size or not all(line.endswith(b"\n") for line in hunk.before[:-1]):
        return None
    # a search of bytes takes a time in proportion to their number; one of lines that are alike would not
    wanted, text = (b"\n" + b"".join(of) for of in (hunk.before, lines[least:]))
    if wanted.endswith(b"\n"):
        at = text.find(wanted)
        unique = at >= 0 and text.find(wanted, at + 1) < 0
    else:
        at, unique = len(text) - len(wanted), text.endswith(wanted)
    return least + text.count(b"\n", 0, at) if unique else None


def _lines(data: bytes) -> list[bytes]:
    """Lines with their ends, parted at LF alone."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


# --- unidiff's values ---------------------------------------------------------------------------


def _change(file: PatchedFile) -> FileChange:
    names = [path_in_header(name, prefix=None) for name in (file.source_file, file.target_file)]
    # git marks the two sides with two letters: one on both, or on one side alone, is a folder (`--no-prefix`).
    marks = {name[:2] if _PREFIX.match(name) else "" for name in names if name is not None}
    is_marked = "" not in marks and (len(marks) == 2 or None in names)
    before, after = (name and posixpath.normpath(name[2:] if is_marked else name) for name in names)
    how = "edit"
    for line in file.patch_info or ():
        if match := _RENAMED.match(line):
            how, path = match["how"], path_in_header(match["path"], prefix=None)
            before, after = (path, after) if match["side"] == "from" else (before, path)
    unreadable = None
    if after is not None:
        if file.is_symlink:
            unreadable = "a symbolic link"
        elif file.is_submodule:
            unreadable = "a submodule"
        elif file.is_binary_file:
            unreadable = "binary, and a unified diff does not hold its content"
    return FileChange(before, after, tuple(map(_hunk, file)), how, unreadable)


def _hunk(parsed: ParsedHunk) -> FileHunk:
    before, after = list(_side(parsed, "-")), list(_side(parsed, "+"))
    return FileHunk(start_of(parsed.source_start, parsed.source_length), tuple(before), tuple(after))


def _side(parsed: ParsedHunk, mark: str) -> Iterator[bytes]:
    """The lines of one side; a marker says of the line before it that it ends without a line break."""
    lines = list(parsed)
    for at, line in enumerate(lines):
        if line.line_type not in (mark, " "):
            continue
        value = line.value.encode("utf-8", "surrogateescape")
        is_last = at + 1 < len(lines) and lines[at + 1].line_type == "\\"
        yield value.removesuffix(b"\n") if is_last else value
