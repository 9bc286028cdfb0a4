"""A foreign git repository on the disk, read as data: where its objects are, and what its refs name.

No git process ever runs in it, so that nothing that its configuration, hooks or attributes name is heeded, whoever owns
it, and whether it says that it is bare does not matter. Its files are read like any hostile document's: regular ones
only, and none without end.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from monitor.errors import UsageError
from monitor.stores.gitobjects import is_id

_LONGEST = 1 << 28  # bytes of packed-refs: three million refs
_DEEPEST = 5  # symbolic refs that name one another, as git has it
_SHA256 = re.compile(r"[0-9a-f]{64}")


class SourcePlace(NamedTuple):
    """The folders of a repository: `private` holds HEAD, `common` the objects and refs that its work trees share."""

    private: Path
    common: Path

    @property
    def objects(self) -> Path:
        return self.common / "objects"

    def shallow(self) -> str | None:
        """The first commit whose parents were left out when it was cloned."""
        lines = _text(self.common / "shallow").split()
        return lines[0] if lines else None

    def resolve(self, name: str) -> str | None:
        """The object that a ref, a short form of one, or a full id names; UsageError where it cannot be taken over."""
        if is_id(name):
            return name
        if not {"", ".", ".."}.isdisjoint(name.split("/")):
            return None
        if (self.common / "reftable").is_dir():
            raise UsageError(f"{self.common} keeps its refs as a reftable: make a bundle of it, and import that")
        packed = dict(_packed(_text(self.common / "packed-refs")))
        found = (self._read(candidate, packed) for candidate in candidates(name))
        return next(filter(None, found), None)

    def _read(self, ref: str, packed: dict[str, str]) -> str | None:
        for _ in range(_DEEPEST):
            text = (_text(self.private / ref) or _text(self.common / ref) or packed.get(ref, "")).strip()
            if not text.startswith("ref: "):
                if _SHA256.fullmatch(text):
                    raise UsageError(f"{self.common} names its objects by SHA-256: only SHA-1 can be taken over")
                return text if is_id(text) else None
            ref = text.removeprefix("ref: ").strip()
            if not {"", ".", ".."}.isdisjoint(ref.split("/")):
                return None
        return None


def candidates(name: str) -> Iterator[str]:
    """The refs that a short name may mean, in git's order."""
    for form in ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD"):
        yield form.format(name)


def find_repository(path: Path) -> SourcePlace | None:
    """The repository at `path`: its work tree, a linked one, or the bare folder itself; None where there is none."""
    for place in (path / ".git", path):
        text = _text(place)
        if text.startswith("gitdir: "):
            place = path / text.removeprefix("gitdir: ").rstrip("\n")
        shared = _text(place / "commondir").rstrip("\n")
        common = place / shared if shared else place
        if (place / "HEAD").is_file() and (common / "objects").is_dir():
            return SourcePlace(place.resolve(), common.resolve())
    return None


def _packed(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        about, _, ref = line.partition(" ")
        if ref and line[0] not in "#^":
            yield ref, about


def _text(path: Path) -> str:
    """A small regular file's text, empty where there is none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return ""
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(_LONGEST).decode("utf-8", "surrogateescape")
    finally:
        os.close(handle)
