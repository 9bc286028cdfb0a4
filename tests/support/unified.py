"""Read the unified diffs of statements back, and apply them: what a program makes of `diff --format unified`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchSet

from monitor.core.diff.unified import PatchMismatch, path_in_header, start_of, unescape


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of changed lines with its context. Starts count from 0: the index of the hunk's first line."""

    before_start: int
    after_start: int
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What a patch says of one document; a path of None: the document is absent on that side."""

    before: str | None
    after: str | None
    hunks: tuple[Hunk, ...]


def parse(text: str) -> tuple[FilePatch, ...]:
    """A unified diff as values; PatchMismatch where it is none."""
    try:
        files = PatchSet(text)
    except UnidiffParseError as error:
        raise PatchMismatch(f"not a unified diff: {error}") from error
    return tuple(
        FilePatch(path_in_header(file.source_file), path_in_header(file.target_file), tuple(map(_hunk, file)))
        for file in files
    )


def apply(hunks: Iterable[Hunk], lines: Sequence[str]) -> list[str]:
    """The lines after, made from the lines before; PatchMismatch where a hunk does not fit exactly."""
    result: list[str] = []
    position = 0
    for hunk in hunks:
        end = hunk.before_start + len(hunk.before)
        if hunk.before_start < position or tuple(lines[hunk.before_start : end]) != hunk.before:
            raise PatchMismatch(
                f"the hunk at line {hunk.before_start + 1} does not fit: apply it to the version before"
            )
        result += lines[position : hunk.before_start]
        result += hunk.after
        position = end
    return result + list(lines[position:])


def _hunk(parsed: Any) -> Hunk:
    return Hunk(
        start_of(parsed.source_start, parsed.source_length),
        start_of(parsed.target_start, parsed.target_length),
        tuple(unescape(line.value.removesuffix("\n")) for line in parsed.source_lines()),
        tuple(unescape(line.value.removesuffix("\n")) for line in parsed.target_lines()),
    )
