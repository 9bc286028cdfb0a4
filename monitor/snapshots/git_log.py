"""Parse git's output of trees and histories. Names are untrusted: output is split at NUL only."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from monitor.errors import StoreError
from monitor.model import FileVersion, PathChange, Snapshot
from monitor.snapshots import capture_failures
from monitor.snapshots.git_objects import EXECUTABLE, FILE, LATEST, NO_OBJECT, decode_path, names_are_encoded, snapshot
from monitor.snapshots.git_process import LimitExceeded

DOCUMENTS = b"documents/"
# Begins with a byte that neither a raw line nor the end of a record can begin with.
FORMAT = "--format=tformat:%x01%H %at %ct%n%an <%ae>%n%B"


class RawChange(NamedTuple):
    """One line of git's raw diff; modes as six octal digits, the id of what is absent is all zeros."""

    before_mode: str
    after_mode: str
    before: str
    after: str
    path: bytes


class Recorded(NamedTuple):
    """One commit of a history and what it changed in the tree."""

    snapshot: Snapshot
    encoded: bool
    changes: list[RawChange]

    def of(self, source: str) -> Recorded:
        """The same as a snapshot of another source."""
        return self._replace(snapshot=self.snapshot._replace(source=source))

    def documents(self) -> Iterator[PathChange]:
        """The documents whose bytes differ. Links and nested repositories of an imported tree are no documents."""
        decode = decode_path if self.encoded else os.fsdecode
        for raw in self.changes:
            if raw.path.startswith(DOCUMENTS):
                before, after = _blob(raw.before_mode, raw.before), _blob(raw.after_mode, raw.after)
                if before != after:
                    yield PathChange(decode(raw.path[len(DOCUMENTS) :]), before, after)

    def manifests(self) -> Iterator[RawChange]:
        """The folders whose failures or skipped things differ."""
        return (raw for raw in self.changes if raw.path.startswith(capture_failures.PREFIX))


def parse_log(source: str, pieces: Iterable[bytes]) -> Iterator[Recorded]:
    """The output of `git log -z` with FORMAT, with or without `--raw`."""
    return (_recorded(source, *record) for record in records(pieces))


def records(pieces: Iterable[bytes], most: int | None = None) -> Iterator[tuple[str, list[RawChange]]]:
    """The output of `git log -z` with a format that begins with `%x01`: what the format gave, and the raw changes.

    BoundPassed where one commit has more changes than `most`.
    """
    current: tuple[str, list[RawChange]] | None = None
    rest = iter(pieces)
    for piece in rest:
        line = piece.removeprefix(b"\n")
        if line.startswith(b"\x01"):
            if current is not None:
                yield current
            current = line[1:].decode("utf-8", "surrogateescape"), []
        elif line.startswith(b":") and current is not None:
            current[1].append(_raw_change(line, next(rest, b"")))
            if most is not None and len(current[1]) > most:
                raise LimitExceeded(f"it changes more than {most:,} files")
        elif line:
            raise StoreError("git log printed something unexpected")
    if current is not None:
        yield current


def parse_raw(pieces: Iterable[bytes]) -> Iterator[RawChange]:
    """The output of `git diff-tree -r -z --no-abbrev`."""
    rest = iter(pieces)
    for line in rest:
        yield _raw_change(line, next(rest, b""))


def parse_tree(pieces: Iterable[bytes], *, encoded: bool) -> Iterator[tuple[str, FileVersion]]:
    """The documents in the output of `git ls-tree -r -z`, as (path, version)."""
    decode = decode_path if encoded else os.fsdecode
    for piece in pieces:
        about, _, path = piece.partition(b"\t")
        mode, _, blob = about.decode("ascii").split(" ")
        if mode in (FILE, EXECUTABLE, "100664"):
            yield decode(path[len(DOCUMENTS) :]), FileVersion(blob, executable=mode == EXECUTABLE)


def _recorded(source: str, text: str, changes: list[RawChange]) -> Recorded:
    about, _, rest = text.partition("\n")
    author, _, message = rest.partition("\n")
    commit, taken_at, recorded_at = about.split(" ")
    times = (int(taken_at), int(recorded_at))
    return Recorded(snapshot(commit, source, times, author, message), names_are_encoded(message), changes)


def _raw_change(line: bytes, path: bytes) -> RawChange:
    before_mode, after_mode, before, after, _ = line[1:].decode("ascii").split(" ")
    return RawChange(before_mode, after_mode, before, after, path)


def _blob(mode: str, blob: str) -> str | None:
    return blob if mode.startswith("100") and blob != NO_OBJECT else None


_LONGEST_TEXT = 10_000  # characters of an author or a subject that are kept
# Times are printed by git, names and subjects are hostile: the subject stands last, and none of them holds a NUL.
SOURCE_FORMAT = "--format=tformat:%x01%H %ct%n%an <%ae>%n%s"


class SourceCommit(NamedTuple):
    """One commit of a foreign history; `changes` are against its first parent. `at`: seconds since 1970, if usable."""

    id: str
    at: int | None
    author: str
    subject: str
    changes: list[RawChange]


def parse_source(pieces: Iterable[bytes], most: int) -> Iterator[SourceCommit]:
    """The output of `git log -z --raw` with SOURCE_FORMAT; BoundPassed where a commit changes more than `most`."""
    for text, changes in records(pieces, most):
        about, _, rest = text.partition("\n")
        author, _, subject = rest.partition("\n")
        commit, _, at = about.partition(" ")
        yield SourceCommit(commit, _seconds(at), author[:_LONGEST_TEXT], subject[:_LONGEST_TEXT], changes)


def _seconds(at: str) -> int | None:
    """A commit's time; None where it is none, or none that can date a snapshot."""
    if not (at.isascii() and at.isdecimal()) or len(at) > len(str(LATEST)):
        return None
    return int(at) if int(at) <= LATEST else None
