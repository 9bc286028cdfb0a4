"""Read a foreign git repository as data: where its objects are, and what its refs name.

No git process runs in it, so its configuration, hooks and attributes have no effect, whoever owns it. Its files are
read like hostile documents: regular files only, with size limits. Git opens whatever it finds in an object folder and
would block on a named pipe, so everything that it could open is checked first.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from monitor.errors import StoreError, UsageError
from monitor.snapshots.git_objects import is_id

_LONGEST = 1 << 28  # bytes of packed-refs: three million refs
_LONGEST_LIST = 1 << 20  # characters of info/alternates
_MOST_PLACES = 100  # folders of objects that one borrows from
_FAN_OUT = re.compile("[0-9a-f]{2}")
_DEEPEST = 5  # symbolic refs that name one another, as git has it
_SHA256 = re.compile(r"[0-9a-f]{64}")


class SourceRepository(NamedTuple):
    """The folders of a repository: `private` holds HEAD, `common` the objects and refs that its work trees share."""

    private: Path
    common: Path

    @property
    def objects(self) -> Path:
        return self.common / "objects"

    def check(self) -> None:
        """StoreError where git, as it looks for objects, could open anything but a file or a folder."""
        waiting, seen = [os.path.realpath(self.objects)], set[str]()
        while waiting:
            folder = waiting.pop()
            if folder not in seen and os.path.isdir(folder):  # noqa: PTH112 - no error where it may not be looked at
                seen.add(folder)
                if len(seen) > _MOST_PLACES:
                    raise StoreError(f"{self.objects} uses objects of more than {_MOST_PLACES} other repositories")
                _check_objects(folder)
                waiting += _alternates(folder)

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
                    raise UsageError(f"{self.common} names its objects by SHA-256: only SHA-1 can be imported")
                return text if is_id(text) else None
            ref = text.removeprefix("ref: ").strip()
            if not {"", ".", ".."}.isdisjoint(ref.split("/")):
                return None
        return None


def candidates(name: str) -> Iterator[str]:
    """The refs that a short name may mean, in git's order."""
    for form in ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD"):
        yield form.format(name)


def find_repository(path: Path) -> SourceRepository | None:
    """The repository at `path`: its work tree, a linked one, or the bare folder itself; None where there is none."""
    for folder in (path / ".git", path):
        text = _text(folder)
        if text.startswith("gitdir: "):
            folder = path / text.removeprefix("gitdir: ").rstrip("\n")
        shared = _text(folder / "commondir").rstrip("\n")
        common = folder / shared if shared else folder
        # These two ask without an error where a name is too long, or leads in a circle
        if os.path.isfile(folder / "HEAD") and os.path.isdir(common / "objects"):  # noqa: PTH112, PTH113
            return SourceRepository(folder.resolve(), common.resolve())
    return None


def _check_objects(objects: str) -> None:
    """One folder of objects: every file that git may open there, and the folders on the way to it."""
    folders = ["info", "info/commit-graphs", "pack"]
    folders += [name for name in _entries(objects) if _FAN_OUT.fullmatch(name)]
    for folder in folders:
        _entries(f"{objects}/{folder}")


def _entries(folder: str) -> list[str]:
    """The names in a folder, none where there is no such folder; StoreError where one is no file and no folder."""
    try:
        with os.scandir(folder) as found:
            entries = list(found)
        for entry in entries:
            if not entry.is_file(follow_symlinks=False) and not entry.is_dir(follow_symlinks=False):
                with contextlib.suppress(FileNotFoundError):  # it went meanwhile
                    mode = entry.stat(follow_symlinks=False).st_mode
                    raise StoreError(f"{entry.path} is {_kind(mode)}, not a file of git: nothing was imported")
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise StoreError(f"{folder} cannot be read ({error.strerror}): nothing was imported") from None
    return [entry.name for entry in entries]


def _kind(mode: int) -> str:
    names = {stat.S_IFLNK: "a symbolic link", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
    return names.get(stat.S_IFMT(mode), "a device")


def _alternates(objects: str) -> Iterator[str]:
    """The further folders of objects that git reads for this one, in both ways of taking `..` behind a link."""
    path = Path(objects, "info", "alternates")
    text = _text(path, _LONGEST_LIST + 1)
    if len(text) > _LONGEST_LIST:
        raise StoreError(f"{path} is longer than {_LONGEST_LIST:,} characters: nothing was imported")
    for line in text.split("\n"):
        if line.startswith('"'):
            raise StoreError(f"{path} names a folder in quotes, which is not followed: nothing was imported")
        if line and not line.startswith("#"):
            folder = str(Path(objects, line.partition("\0")[0]))
            yield os.path.normpath(folder)
            with contextlib.suppress(OSError, RecursionError):  # git cannot follow it either
                yield os.path.realpath(folder)


def _packed(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        about, _, ref = line.partition(" ")
        if ref and line[0] not in "#^":
            yield ref, about


def _text(path: Path, most: int = _LONGEST) -> str:
    """A small regular file's text, empty where there is none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):  # a name may hold a zero byte
        return ""
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return ""
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(most).decode("utf-8", "surrogateescape")
    finally:
        os.close(handle)
