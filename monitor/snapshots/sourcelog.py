"""What git prints of a foreign history, as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from monitor.snapshots.git_log import RawChange, records

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
        yield SourceCommit(commit, int(at) if at.isascii() and at.isdecimal() else None, author, subject, changes)
