"""Scan the watched folder: one walk, one `stat` for each file, and the bytes of new or changed files.

Symbolic links are skipped and reported, and so are named pipes, sockets and devices. What cannot be read is carried
forward: the last known bytes stay and a failure is recorded; for a folder, so does everything below it. A system error
affects only its own entry. Excluded files are neither captured nor reported.
"""

from __future__ import annotations

import logging
import os
import stat
import struct
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from pathlib import Path
from typing import NamedTuple

from monitor.snapshots.capture_failures import CaptureFailures, parse_capture_failures
from monitor.snapshots.files import (
    OPEN_FOLDER,
    OTHER,
    SettleOptions,
    describe_special_file,
    error_reason,
    folder_error,
    kind_of,
    open_below,
    racy,
    read_regular,
    row_of,
)
from monitor.snapshots.scan_cache import NO_ID, ROW, FolderRecord
from monitor.snapshots.selection import TOO_LARGE, ScanRules, Selection

log = logging.getLogger(__name__)

UNREAD = bytes(ROW)
_VANISHED = 255
_NUMBERS = struct.Struct("=4q")  # size, mtime, ctime, inode
_DIFFERS = ("another size", "modified since the last run", "another inode")


class ScanState:
    """Each file has a place from the start; what becomes of it may be settled later."""

    def __init__(self, path: str, before: FolderRecord | None, folders: list[str]) -> None:
        self.path = path
        self.failures: dict[str, str] = {}
        self.skipped: dict[str, str] = {}
        self._before = before or FolderRecord()
        self._folders = folders
        self._known = {name: at for at, name in enumerate(self._before.files())}
        at_last_look = parse_capture_failures(self._before.capture_failures)
        self._failed_before, self._skipped_before = at_last_look.failures, at_last_look.skipped
        self._names: list[str] = []
        self._rows: list[bytes] = []
        self._ids: list[bytes] = []
        self._kinds = bytearray()

    def below(self, name: str) -> str:
        """A name in this folder as a path."""
        return f"{self.path}/{name}" if self.path else name

    def reuse(self, name: str, row: bytes) -> bool:
        """Keep the document of before where its row is this one and nothing was wrong with it; whether it was so."""
        at = self._known.get(name)
        if at is None or self._before.row(at) != row or self._before.kinds[at] == OTHER or name in self._failed_before:
            return False
        self._put(name, row, self._before.id(at), self._before.kinds[at])
        return True

    def was_left_out(self, name: str, *, other_rules: bool) -> bool:
        """Whether a file that is too large was so at the last look already, or is so by `other_rules` alone."""
        if self.known_blob(name) is None:
            return self._skipped_before.get(name, "").startswith(TOO_LARGE)
        return other_rules and name not in self._failed_before

    def add(self, name: str) -> int:
        """A place for a file of which nothing is known yet."""
        self._put(name, UNREAD, NO_ID, OTHER)
        return len(self._names) - 1

    def name(self, slot: int) -> str:
        """The name of the file at this place."""
        return self._names[slot]

    def known_blob(self, name: str) -> str | None:
        """The blob id that the document of this name had."""
        at = self._known.get(name)
        return self._before.id(at).hex() if at is not None and self._before.kinds[at] != OTHER else None

    def why_read(self, name: str, row: bytes) -> str:
        """For the log: what `reuse` found different."""
        at = self._known.get(name)
        if at is None:
            return "new"
        if name in self._failed_before:
            return "it could not be read at the last run"
        if self._before.kinds[at] == OTHER:
            return "it was no document at the last run"
        was = self._before.row(at)
        if was == UNREAD:
            return "it had just been modified when it was last read, or there was no scan cache"
        pairs = zip(_NUMBERS.unpack(was), _NUMBERS.unpack(row), strict=True)
        size, modified, changed, inode = (then != now for then, now in pairs)
        differing = [words for differs, words in zip((size, modified, inode), _DIFFERS, strict=True) if differs]
        # The change time goes with each of the others
        return ", ".join(differing) or ("another change time" if changed else "as at the last run")

    def set_other(self, slot: int, row: bytes) -> None:
        """There is no document here."""
        self._rows[slot] = row

    def set_document(self, slot: int, row: bytes, blob: str, kind: int) -> None:
        """What was read here."""
        self._rows[slot], self._ids[slot], self._kinds[slot] = row, bytes.fromhex(blob), kind

    def fail(self, slot: int, reason: str, row: bytes = UNREAD) -> None:
        """What was known of the file stays; without a row it is tried again at the next look."""
        name = self._names[slot]
        at = self._known.get(name)
        self._rows[slot] = row
        log.info("%s not read: %s", self.below(name), reason)
        if at is not None:
            self._ids[slot], self._kinds[slot] = self._before.id(at), self._before.kinds[at]
        self.failures[name] = reason

    def keep(self, slot: int) -> None:
        """What was known of the file stays, and it is looked for again."""
        at = self._known[self._names[slot]]
        self._ids[slot], self._kinds[slot] = self._before.id(at), self._before.kinds[at]

    def fail_or_vanish(self, slot: int, error: OSError) -> None:
        """The file cannot be read, or went meanwhile."""
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            self.mark_vanished(slot)
        else:
            self.fail(slot, f"cannot be read: {error_reason(error)}")

    def mark_vanished(self, slot: int) -> None:
        """The file went since the folder was listed."""
        self._kinds[slot] = _VANISHED

    def record(self) -> FolderRecord:
        """The folder as it is known now."""
        left = [at for at, kind in enumerate(self._kinds) if kind != _VANISHED]
        return FolderRecord(
            names=os.fsencode("\0".join([self._names[at] for at in left])),
            rows=b"".join([self._rows[at] for at in left]),
            ids=b"".join([self._ids[at] for at in left]),
            kinds=bytes(self._kinds[at] for at in left),
            folders=os.fsencode("\0".join(self._folders)),
            capture_failures=CaptureFailures(self.failures, self.skipped).to_bytes(),
        )

    def _put(self, name: str, row: bytes, blob: bytes, kind: int) -> None:
        self._names.append(name)
        self._rows.append(row)
        self._ids.append(blob)
        self._kinds.append(kind)


_DEEPEST = 200  # folders within folders; each holds a file handle open
_ATTEMPTS = 3
_NEVER = b"?"  # rows that no folder has
_RESTLESS = "still changing while it was read"

# The bytes of a file, the blob id that it had, and its path: gives the blob id that it has
StoreBytes = Callable[[bytes, "str | None", str], str]


class ForgottenContent(Exception):
    """Bytes that were removed from the store by request; a file that holds them is skipped."""


class Scan(NamedTuple):
    """The whole folder: a record for each folder in it, by path; what has not changed is the very object of before.

    `unread`: folders that cannot be read, whose documents were carried forward; `mounts`: folders that lie on another
    device than the folder around them.
    """

    folders: dict[str, FolderRecord]
    device: int = 0
    inode: int = 0
    unread: tuple[str, ...] = ()
    mounts: tuple[str, ...] = ()


def scan(
    folder: Path,
    before: Mapping[str, FolderRecord],
    store_bytes: StoreBytes,
    scan_rules: ScanRules,
    settle_options: SettleOptions,
    *,
    trusted: bool,
    other_rules: bool = False,
) -> Scan:
    """Look at the whole folder. `before` is what the last look found; `trusted` says that the same rules held then: a
    file whose size, times and inode are those of its row is not read. `other_rules`: that others held then.

    RunHeld where the folder is missing or cannot be listed.
    """
    try:
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise folder_error(folder, error) from None
    try:
        about = os.fstat(root)
        walk = _Walk(folder, before, store_bytes, scan_rules, settle_options, trusted=trusted, other_rules=other_rules)
        walk.device = about.st_dev
        walk.visit(root, "")
        walk.retry_unsettled(root)
        return Scan(walk.folders(), about.st_dev, about.st_ino, tuple(walk.unread), tuple(walk.mounts))
    finally:
        os.close(root)


def followed(root: str, path: str, handle: int, selection: Selection, places: Sequence[str]) -> tuple[str, str] | None:
    """Where a link leads that is followed: a folder and a path in it, which is no document itself. None for others.

    It publishes a file of a hidden folder below the watched one, as ConfigMaps do, or one of the places that the
    configuration allows. `root` and `places` are real paths; `handle` is the folder that the link lies in.
    """
    try:
        target = os.path.realpath(f"{root}/{path}")
        if not stat.S_ISREG(os.stat(path.rpartition("/")[2], dir_fd=handle).st_mode):
            return None
        below = os.path.relpath(target, root)
        if not below.startswith("../"):
            return (root, below) if selection.ignored(below) and not selection.is_own(below) else None
        place = next((one for one in places if target.startswith(f"{one}/")), None)
        return (place, os.path.relpath(target, place)) if place else None
    except (OSError, ValueError, RecursionError):
        return None


class _Walk:
    """One look at the folder; files that have not settled wait until all others are done."""

    def __init__(
        self,
        folder: Path,
        before: Mapping[str, FolderRecord],
        store_bytes: StoreBytes,
        scan_rules: ScanRules,
        settle_options: SettleOptions,
        *,
        trusted: bool,
        other_rules: bool,
    ) -> None:
        self._other_rules = other_rules
        self._root = os.path.realpath(folder)
        self._before, self._store_bytes, self._settle_options, self._trusted = (
            before,
            store_bytes,
            settle_options,
            trusted,
        )
        self._limit = scan_rules.max_size
        self._link_places = [os.path.realpath(place) for place in scan_rules.link_places]
        self._selection = scan_rules.selection(folder)
        self.unread: list[str] = []
        self.mounts: list[str] = []
        self.device = 0  # that the folder lies on which is looked at just now
        self._done: dict[str, FolderRecord] = {}
        self._states: list[ScanState] = []
        self._unsettled: list[tuple[ScanState, int, os.stat_result]] = []
        self._paths: list[str] | None = None

    def folders(self) -> dict[str, FolderRecord]:
        for state in self._states:
            self._done[state.path] = state.record()
        return self._done

    def visit(self, handle: int, path: str) -> None:
        """One folder and, after its files, all that is below it."""
        before = self._before.get(path)
        names = self._listed(handle, path)
        if names is None:
            return
        entered: set[str] = set()
        if self._trusted and before is not None and before.is_unchanged(handle, names):
            log.info("%s/ unchanged: same names, sizes, times and inodes", path or ".")
            self._done[path] = before
            folders = before.folder_names()
            entered.update([name for name in folders if self._enter(handle, path, name)])
            if len(entered) == len(folders):
                return
            names = self._listed(handle, path)  # something has taken a folder's place
            if names is None:
                return
        for name in self._scan_files(handle, path, names, before):
            if name not in entered:
                self._enter(handle, path, name)

    def _listed(self, handle: int, path: str) -> list[str] | None:
        """The names in a folder; none where the system does not let us read it, or it is gone."""
        try:
            return os.listdir(handle)
        except OSError as error:
            if path and isinstance(error, FileNotFoundError):  # removed since it was opened
                return None
            self._close(path, error)
            return None

    def retry_unsettled(self, root: int) -> None:
        """The files that had not settled, after one wait for all of them."""
        if not self._settle_options.patient:
            for state, slot, _ in self._unsettled:
                state.fail(slot, _RESTLESS)
        if not self._settle_options.patient or not self._unsettled:
            return
        wait = max(self._settle_options.left(about.st_mtime_ns) for _, _, about in self._unsettled)
        log.info("waiting %.1f s for what was just modified: %d", wait / 1e9, len(self._unsettled))
        self._settle_options.sleep(wait / 1e9)
        for state, slot, about in self._unsettled:
            try:
                handle = open_below(root, state.path)
            except OSError as error:
                state.fail_or_vanish(slot, error)
                continue
            if log.isEnabledFor(logging.INFO):
                name = state.name(slot)
                log.info("%s read: %s", state.below(name), state.why_read(name, row_of(about)))
            try:
                self._read(state, slot, handle, about)
            finally:
                os.close(handle)

    def _enter(self, handle: int, parent: str, name: str) -> bool:
        """Visit a folder in an open one; False where there is none of this name any more."""
        path = f"{parent}/{name}" if parent else name
        if self._selection.closed(path):
            return True
        if path.count("/") >= _DEEPEST:
            self._carry_forward(path, f"it is nested deeper than {_DEEPEST} folders")
            return True
        try:
            below = os.open(name, OPEN_FOLDER, dir_fd=handle)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            self._close(path, error)
            return True
        around = self.device
        try:
            try:
                self.device = os.fstat(below).st_dev
            except OSError as error:
                self._close(path, error)
                return True
            if self.device != around:
                self.mounts.append(path)
            self.visit(below, path)
        finally:
            self.device = around
            os.close(below)
        return True

    def _close(self, path: str, error: OSError) -> None:
        """A folder that the system does not let us read."""
        if not path:
            raise folder_error(Path(self._root), error)
        self.unread.append(path)
        self._carry_forward(path, error_reason(error))

    def _carry_forward(self, path: str, reason: str) -> None:
        """Everything known below a folder stays."""
        for known in self._known_below(path):
            self._done[known] = self._before[known]
        before = self._before.get(path, FolderRecord())
        failures_before = parse_capture_failures(before.capture_failures)
        capture_failures = CaptureFailures(
            {**failures_before.failures, "": f"the folder cannot be read: {reason}"}, failures_before.skipped
        )
        self._done[path] = before._replace(rows=_NEVER, capture_failures=capture_failures.to_bytes())

    def _known_below(self, path: str) -> Iterator[str]:
        if self._paths is None:
            self._paths = sorted(self._before)
        below = path + "/"
        behind = islice(self._paths, bisect_left(self._paths, below), None)
        return takewhile(lambda known: known.startswith(below), behind)

    def _scan_files(self, handle: int, path: str, names: Sequence[str], before: FolderRecord | None) -> list[str]:
        """The folder file by file; the names of the folders in it."""
        log.info("%s/ compared file by file: %s", path or ".", self._why_compared(before))
        folders: list[str] = []
        state = ScanState(path, before, folders)
        self._states.append(state)
        for name in names:
            try:
                about = os.stat(name, dir_fd=handle, follow_symlinks=False)
            except OSError as error:
                self._no_status(state, name, error, folders)
                continue
            if stat.S_ISDIR(about.st_mode):
                folders.append(name)
            elif not (self._trusted and state.reuse(name, row_of(about))):
                self._file(state, name, handle, about)
        self._placeholders(state, names)
        return folders

    def _placeholders(self, state: ScanState, names: Sequence[str]) -> None:
        """A document whose content a cloud keeps, and which a file `.NAME.icloud` stands for, is as it was."""
        there = None
        for name in names:
            original = self._selection.placeholder_for(name) if name.startswith(".") else None
            if original is not None:
                there = there or set(names)
                if original not in there and state.known_blob(original) is not None:
                    state.keep(state.add(original))
                    state.skipped[original] = "not on this machine: a cloud keeps its content; it is as last seen"

    def _followed(self, path: str, handle: int) -> tuple[str, str] | None:
        return followed(self._root, path, handle, self._selection, self._link_places)

    def _read_target(self, state: ScanState, slot: int, place: str, target: str) -> None:
        """Read the file that a link publishes; it is read again at every run, for the link says nothing of it."""
        folder, _, name = target.rpartition("/")
        try:
            root = os.open(place, OPEN_FOLDER)
            try:
                below = open_below(root, folder)
            finally:
                os.close(root)
            try:
                about, data = read_regular(below, name, self._limit)
            finally:
                os.close(below)
        except OSError as error:
            state.fail_or_vanish(slot, error)
            return
        if data is None and self._limit is not None and about.st_size > self._limit:
            self._too_large(state, slot, row_of(about))
        elif data is None:
            state.fail(slot, _RESTLESS)
        else:
            self._record(state, slot, data, UNREAD, kind_of(about))

    def _too_large(self, state: ScanState, slot: int, row: bytes) -> None:
        """A file above `max_size` is a failure, and its document stays; where a lower limit did it, it is unwatched."""
        name = state.name(slot)
        reason = f"{TOO_LARGE} ({self._limit:,} bytes)"
        if state.was_left_out(name, other_rules=self._other_rules):
            state.set_other(slot, row)
            state.skipped[name] = reason
        else:
            state.fail(slot, reason, row)

    def _record(self, state: ScanState, slot: int, data: bytes, row: bytes, kind: int) -> str | None:
        """Hand the bytes on; the blob id, None where they must not be recorded."""
        name = state.name(slot)
        try:
            blob = self._store_bytes(data, state.known_blob(name), state.below(name))
        except ForgottenContent:
            if state.known_blob(name) is not None:
                state.keep(slot)
            state.skipped[name] = "removed by request (`monitor forget`): delete the file, or give it other content"
            return None
        state.set_document(slot, row, blob, kind)
        return blob

    def _why_compared(self, before: FolderRecord | None) -> str:
        if before is None:
            return "not in the last scan"
        return "an entry differs from the last scan" if self._trusted else "the scan cache is not trusted"

    def _no_status(self, state: ScanState, name: str, error: OSError, folders: list[str]) -> None:
        """An entry of which the system does not even say what it is."""
        path = state.below(name)
        if path in self._before or next(self._known_below(path), None) is not None:
            folders.append(name)  # it was a folder: to open it will fail likewise, and all below it stays
        elif not self._selection.ignored(path):
            state.fail_or_vanish(state.add(name), error)

    def _file(self, state: ScanState, name: str, handle: int, about: os.stat_result) -> None:
        path, row = state.below(name), row_of(about)
        if self._selection.ignored(path, about.st_size):
            state.set_other(state.add(name), row)
            if original := self._selection.conflict_with(path):
                state.skipped[name] = f"a sync conflict in {original}: compare the two files, then delete this copy"
        elif stat.S_ISLNK(about.st_mode) and (target := self._followed(path, handle)):
            self._read_target(state, state.add(name), *target)
        elif not stat.S_ISREG(about.st_mode):
            state.set_other(state.add(name), row)
            state.skipped[name] = describe_special_file(self._root, path, handle, about.st_mode)
        elif self._limit is not None and about.st_size > self._limit:
            self._too_large(state, state.add(name), row)
        elif state.reuse(name, row):
            return
        elif self._settle_options.left(about.st_mtime_ns):
            log.info("%s not settled: modified less than %g s ago", path, self._settle_options.seconds)
            self._unsettled.append((state, state.add(name), about))
        else:
            if log.isEnabledFor(logging.INFO):
                log.info("%s read: %s", path, state.why_read(name, row))
            self._read(state, state.add(name), handle, None)

    def _read(self, state: ScanState, slot: int, handle: int, expected: os.stat_result | None) -> None:
        """Read a file until it has held still meanwhile; with `expected` it must be as it was then."""
        name = state.name(slot)
        for _ in range(_ATTEMPTS):
            started = self._settle_options.now()
            try:
                about, data = read_regular(handle, name, self._limit)
            except OSError as error:
                state.fail_or_vanish(slot, error)
                return
            row = row_of(about)
            if expected is not None and row != row_of(expected):
                break
            if data is not None:
                recent, known = racy(about, started), state.known_blob(name)
                blob = self._record(state, slot, data, UNREAD if recent else row, kind_of(about))
                if blob is not None and log.isEnabledFor(logging.INFO):
                    self._log_content(state.below(name), new=blob != known, recent=recent)
                return
            log.info("%s changed while it was read", state.below(name))
        state.fail(slot, _RESTLESS)

    def _log_content(self, path: str, *, new: bool, recent: bool) -> None:
        again = "; it is read again at the next run, because it was just modified" if recent else ""
        log.info("%s: content %s%s", path, "new" if new else "the same as before", again)
