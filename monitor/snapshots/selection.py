"""Which files of a watched folder are documents: patterns, the built-in list, and what the monitor writes itself."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from zlib import crc32

from monitor.model.snapshots import CONFLICTS, IGNORED
from monitor.snapshots.files import OTHER
from monitor.snapshots.patterns import matcher
from monitor.snapshots.scan_cache import FolderRecord

_PROBE = re.compile(r"[0-9]{4}")  # vim tries whether it may write with an empty file `4913`, or a higher number
TOO_LARGE = "larger than max_size"
_LISTED = "in the built-in list"
_CONFLICT = re.compile(r" \([^()]*conflicted copy[^()]*\)|\.sync-conflict-[^.]*", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\.(.+)\.icloud")

# What the monitor writes into folders that may hold other files, too
_REPORT = re.compile(r"\.?\d{4}-\d\d-\d\dT\d{6}Z-[0-9a-f]{8}\.(?:txt|md|json|html)(?:\.new)?")
_FEED = re.compile(r"\.?(?:all|term-[a-z0-9-]+|source-[A-Za-z0-9_-]+|document-[0-9a-f]+)\.atom(?:\.new)?")
_STORE = re.compile(
    r"history\.git(?:/.*)?|(?:ledger|reviews)\.db.*|runs(?:\.1)?\.jsonl|scan\.cache.*|(?:watch\.|notices\.)?lock|"
    r"notices\.(?:due|waiting|unconfirmed)|reviews\.(?:waiting|taken)|(?:stopped|forgetting)\.json.*|watched\.by",
    re.DOTALL,
)
_OWN_NAMES = {"report": _REPORT, "feeds": _FEED, "store": _STORE}


class ScanRules:
    """Which files are documents: patterns, the size limit in bytes, and what lies apart.

    `apart` are files and folders that are never documents; `own` are folders with files of the monitor's, by what they
    are (`report`, `feeds`, `store`): such a folder is left out, and where it is the watched folder itself, the files
    with names that the monitor gives are. `link_places` are folders elsewhere whose files symbolic links may publish.
    """

    def __init__(
        self,
        include: Sequence[str] = ("**/*",),
        exclude: Sequence[str] = (),
        max_size: int | None = None,
        apart: Sequence[Path] = (),
        own: Mapping[str, Path] | None = None,
        *,
        ignore_defaults: bool = False,
        ignore_case: bool = False,
        link_places: Sequence[Path] = (),
    ) -> None:
        self.link_places = tuple(link_places)
        self.include, self.exclude, self.max_size = tuple(include), tuple(exclude), max_size
        self._apart, self._own = tuple(apart), dict(own or {})
        self.ignore_defaults, self.ignore_case = ignore_defaults, ignore_case

    def key(self, folder: Path) -> str:
        """Checksums of all that decides what a folder's documents are: enough for a cache, and at hand in every run."""
        own = [os.path.realpath(path) for path in (*self._apart, *self._own.values(), *self.link_places)]
        listed = (IGNORED, CONFLICTS) if self.ignore_defaults else ()
        patterns = (self.include, self.exclude, self.ignore_case, listed)
        encoded = os.fsencode(repr((os.path.realpath(folder), patterns, self.max_size, own)))
        return f"{len(encoded):x}-{crc32(encoded):08x}-{crc32(encoded[::-1]):08x}"

    def selection(self, folder: Path) -> Selection:
        """The rules for the paths below this folder; ConfigError where a pattern makes no sense."""
        root = os.path.realpath(folder)
        apart = {os.path.relpath(os.path.realpath(path), root) for path in self._apart}
        names = []
        for what, path in self._own.items():
            if os.path.realpath(path) == root:
                names.append(_OWN_NAMES[what])
            apart.add(os.path.relpath(os.path.realpath(path), root))
        return Selection(self, frozenset(apart - {"."}), names)


class Selection:
    """The rules for one folder; paths are relative to it."""

    def __init__(self, rules: ScanRules, apart: frozenset[str], own_names: Sequence[re.Pattern[str]]) -> None:
        case = rules.ignore_case
        out = [pattern for pattern in rules.exclude if not pattern.startswith("!")]
        back = [pattern[1:] for pattern in rules.exclude if pattern.startswith("!")]
        listed = (*IGNORED, *CONFLICTS) if rules.ignore_defaults else ()
        self._rules, self._apart, self._own_names = rules, apart, own_names
        self._included, self._excluded = (matcher(each, ignore_case=case) for each in (rules.include, out))
        self._listed, self._back = matcher(listed, ignore_case=True), matcher(back, ignore_case=case)
        self._shut = matcher(out, folders=True, ignore_case=case)
        self._listed_shut = matcher(listed, folders=True, ignore_case=True)
        self._taken_back = bool(back)
        self._conflict = matcher(CONFLICTS if rules.ignore_defaults else ())

    def why_not(self, path: str, size: int | None = None) -> str | None:
        """Why a path is no document, in words; None where the rules have nothing against it. A folder has a `/` at its
        end; `size` in bytes, where it is known."""
        if path.endswith("/"):
            path += "-"
        if self.is_own(path):
            return "written by the monitor"
        if not self._included(path):
            return "no pattern of `include` matches"
        if self._back(path):
            return None
        if self._excluded(path):
            return "a pattern of `exclude` matches"
        if self._listed(path) or self._is_probe(path, size):
            return _LISTED
        largest = self._rules.max_size
        return TOO_LARGE if size is not None and largest is not None and size > largest else None

    def ignored(self, path: str, size: int | None = None) -> bool:
        """Whether a path is no document; `size` in bytes, where it is known."""
        if self._excluded(path) or self._listed(path):
            if not self._back(path):
                return True
        elif self._is_probe(path, size):
            return True
        return not self._included(path) or self.is_own(path)

    def _is_probe(self, path: str, size: int | None) -> bool:
        name = path.rpartition("/")[2]
        named = size == 0 and self._rules.ignore_defaults and _PROBE.fullmatch(name) is not None
        return named and int(name) >= 4913

    def closed(self, path: str) -> bool:
        """Whether nothing in a folder can be a document, so that it need not be opened."""
        if path in self._apart:
            return True
        return not self._taken_back and (self._shut(path) or self._listed_shut(path))

    def is_own(self, path: str) -> bool:
        """Whether the monitor wrote it."""
        if self._apart and any(part in self._apart for part in _parents(path)):
            return True
        return any(name.fullmatch(path) for name in self._own_names)

    def conflict_with(self, path: str) -> str | None:
        """The name of the file that this is a conflict copy of; None where it is none, or is left out on purpose."""
        if not self._conflict(path) or self._excluded(path) or self._back(path) or not self._included(path):
            return None
        return _CONFLICT.sub("", path.rpartition("/")[2])

    def placeholder_for(self, name: str) -> str | None:
        """The name of the file that this stands for while a cloud keeps its content; None where it is none."""
        found = _PLACEHOLDER.fullmatch(name) if self._rules.ignore_defaults else None
        return found[1] if found else None

    def unmatched(self, folders: Mapping[str, FolderRecord]) -> list[str]:
        """The patterns of the configuration that match nothing in the folder as it was last seen."""
        wanted = [pattern for pattern in (*self._rules.include, *self._rules.exclude) if pattern.strip("/*")]
        if not wanted or not folders:
            return []
        paths = list(_all_paths(folders))
        return [
            pattern for pattern in wanted if not any(map(_covers(pattern, ignore_case=self._rules.ignore_case), paths))
        ]

    def hidden(self, folders: Mapping[str, FolderRecord]) -> dict[str, int]:
        """How many files, and folders that were not opened, were left out, by reason."""
        counts: dict[str, int] = {}
        for path, record in folders.items():
            below = [
                (_join(path, name), int.from_bytes(record.row(at)[:8], sys.byteorder))
                for at, name in enumerate(record.files())
                if record.kinds[at] == OTHER
            ]
            below += [(f"{one}/", 0) for name in record.folder_names() if self.closed(one := _join(path, name))]
            for why in filter(None, (self.why_not(*one) for one in below)):
                counts[why] = counts.get(why, 0) + 1
        return counts


def _covers(pattern: str, *, ignore_case: bool) -> Callable[[str], bool]:
    plain = pattern.removeprefix("!")
    file, folder = (matcher([plain], folders=whole, ignore_case=ignore_case) for whole in (False, True))
    return lambda path: folder(path[:-1]) if path.endswith("/") else file(path)


def _all_paths(folders: Mapping[str, FolderRecord]) -> Iterator[str]:
    """Files, and folders with a `/` at the end."""
    for path, record in folders.items():
        for name in record.files():
            yield _join(path, name)
        for name in record.folder_names():
            yield _join(path, name) + "/"


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _parents(path: str) -> Iterable[str]:
    """The path and all folders around it."""
    while path:
        yield path
        path = path.rpartition("/")[0]
