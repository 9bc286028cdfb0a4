r"""Unified diffs of statements, one statement per line, and how their lines and names are written and read.

The output is what `diff -u` and git print, so that unidiff, GNU patch and people can read it: paths are quoted as git
quotes them, and a missing document is `/dev/null`. Characters that a reader may take for a line break, or that control
a terminal, are written as `\u000d`, and a backslash before such a sequence is doubled. So every text is restored
exactly, and a line without such characters is unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher

from monitor.core.diff.sequences import equal_runs
from monitor.errors import UsageError

ABSENT = "/dev/null"
_Opcode = tuple[str, int, int, int, int]  # difflib's: tag, range before, range after


class PatchMismatch(UsageError):
    """A patch does not fit the lines that it is applied to, or is no patch."""


@dataclass(frozen=True, slots=True)
class DiffSide:
    """One side of a document: its path and its statements' texts."""

    path: str
    lines: Sequence[str]


def unified(pairs: Iterable[tuple[DiffSide | None, DiffSide | None]], *, context: int = 3) -> str:
    """The unified diff of documents, each given as (before, after) with None where it was absent.

    A document that came, went or was renamed without a line to show has its two header lines alone; one that
    is equal on both sides has nothing.
    """
    return "".join(f"{line}\n" for before, after in pairs for line in _file_lines(before, after, context))


# --- printing -----------------------------------------------------------------------------------


def _file_lines(before: DiffSide | None, after: DiffSide | None, context: int) -> Iterator[str]:
    old, new = before.lines if before else (), after.lines if after else ()
    groups = list(_hunks(old, new, context))
    if groups or (before and before.path) != (after and after.path):
        yield f"--- {_header('a/', before)}"
        yield f"+++ {_header('b/', after)}"
    for group in groups:
        yield from _hunk_lines(group, old, new)


def _hunks(old: Sequence[str], new: Sequence[str], context: int) -> Iterator[Sequence[_Opcode]]:
    """The changes, grouped with `context` equal lines around them."""
    for group in _Grouping(old, new).get_grouped_opcodes(context):
        if any(tag != "equal" for tag, *_ in group):
            yield group


class _Grouping(SequenceMatcher[str]):
    """difflib's grouping into hunks, over our own equal runs: difflib's search takes minutes where lines repeat."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__()
        self._runs = [*equal_runs(old, new), (len(old), len(new), 0)]

    def get_matching_blocks(self) -> list[Match]:
        return [Match(*run) for run in self._runs]


def _hunk_lines(group: Sequence[_Opcode], old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    _, old_start, _, new_start, _ = group[0]
    _, _, old_end, _, new_end = group[-1]
    yield f"@@ -{_range(old_start, old_end)} +{_range(new_start, new_end)} @@"
    for tag, i, i_end, j, j_end in group:
        if tag == "equal":
            yield from (" " + escape(line) for line in old[i:i_end])
            continue
        yield from ("-" + escape(line) for line in old[i:i_end])
        yield from ("+" + escape(line) for line in new[j:j_end])


def _range(start: int, end: int) -> str:
    """Lines count from 1; an empty range names the line before it, and a length of one is left out (POSIX diff -u)."""
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _header(prefix: str, version: DiffSide | None) -> str:
    if version is None:
        return ABSENT
    name = _quoted(prefix + version.path)
    # GNU patch ends a name at its first space unless a tab follows
    return f"{name}\t" if " " in name else name


# --- names --------------------------------------------------------------------------------------

_SHORT = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_LONG = {short: code for code, short in _SHORT.items()}
_MUST_QUOTE = re.compile('[\x00-\x1f"\\\\\x7f-\x9f\u2028\u2029\ud800-\udfff]')
_ESCAPED = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')


def _quoted(name: str) -> str:
    """The name as git writes it with core.quotePath=false: in C quotes where it must be, bytes in octal."""
    if not _MUST_QUOTE.search(name):
        return name
    return '"' + _MUST_QUOTE.sub(_quote_char, name) + '"'


def _quote_char(match: re.Match[str]) -> str:
    char = match.group()
    if ord(char) in _SHORT:
        return "\\" + _SHORT[ord(char)]
    # a surrogate escape is one byte of a name; any other surrogate cannot come from a file name
    return "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", _errors_for(char)))


def _errors_for(char: str) -> str:
    return "surrogateescape" if "\udc80" <= char <= "\udcff" else "surrogatepass"


_OURS = re.compile("[ab]/")


def path_in_header(name: str, prefix: re.Pattern[str] | None = _OURS) -> str | None:
    """The path that a header line names, without quotes and prefix; None for a file that is not there."""
    if name == ABSENT:
        return None
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        raw = _ESCAPED.sub(_unquote_byte, name[1:-1].encode("utf-8", "surrogateescape"))
        name = raw.decode("utf-8", "surrogateescape")
    return prefix.sub("", name, count=1) if prefix and prefix.match(name) else name


def _unquote_byte(match: re.Match[bytes]) -> bytes:
    token = match.group(1).decode("ascii")
    return bytes([_LONG[token] if token in _LONG else int(token, 8) & 0xFF])


# --- lines --------------------------------------------------------------------------------------

# Everything that str.splitlines or a reader in universal-newline mode ends a line at, that a terminal obeys,
# or that UTF-8 cannot carry. The quantifier is possessive and starts at a run's first backslash: linear.
_CONTROL = "\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
_CODE = "u(?:00(?:0[0-8a-f]|1[0-9a-f]|7f|[89][0-9a-f])|202[89]|d[89a-f][0-9a-f]{2})"
_TO_ESCAPE = re.compile(rf"(?<!\\)(\\*+)([{_CONTROL}]|{_CODE})")
_TO_UNESCAPE = re.compile(rf"(?<!\\)(\\++)({_CODE})")
_NEEDS_ESCAPE = re.compile(rf"[{_CONTROL}]|\\{_CODE}")


def escape(line: str) -> str:
    """One statement as one line of a diff; equal to it unless it holds control characters or such an escape."""
    return _TO_ESCAPE.sub(_escape_run, line) if _NEEDS_ESCAPE.search(line) else line


def unescape(line: str) -> str:
    """The statement that `escape` made the line of."""
    return _TO_UNESCAPE.sub(_unescape_run, line)


def _escape_run(match: re.Match[str]) -> str:
    backslashes, what = match.groups()
    return backslashes * 2 + (what if len(what) > 1 else f"\\u{ord(what):04x}")


def _unescape_run(match: re.Match[str]) -> str:
    backslashes, code = match.groups()
    literal = backslashes[: len(backslashes) // 2]
    return literal + (chr(int(code[1:], 16)) if len(backslashes) % 2 else code)


# --- reading ------------------------------------------------------------------------------------


def start_of(line: int, length: int) -> int:
    """The index of a hunk's first line: an empty range names the line before it."""
    return line - 1 if length else line
