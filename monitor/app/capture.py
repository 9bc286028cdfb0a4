"""Capture: compare the watched folders with the last snapshot, decide whether to go on, record what differs.

`diff_folder` finds what differs in one folder, and hands new bytes to the store as it reads them; nothing is recorded
yet. `check_deletions` holds the folder if too much vanished. `record_snapshot` makes one snapshot of all folders that
are not held; what the others hold stays as it was. The caller holds the store's lock.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from monitor.app.folder_diff import Difference, FolderDiff, LastLook, diff_folder, is_left_out
from monitor.errors import RunHeld, UsageError
from monitor.model import Failure, PathAndBlob, Snapshot
from monitor.snapshots import capture_failures, git_objects
from monitor.snapshots.capture_failures import CaptureFailures, parse_capture_failures
from monitor.snapshots.files import SettleOptions
from monitor.snapshots.git_log import DOCUMENTS
from monitor.snapshots.git_objects import EXECUTABLE, FILE, encode_path, object_id, seconds, seen_before_trailer
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan_cache import FolderLocation, FolderRecord, Header, ScanCache
from monitor.snapshots.selection import ScanRules
from monitor.snapshots.writer import DELETED, NewSnapshot, TreeChange

log = logging.getLogger(__name__)

# Fewer vanished documents than this never hold a run, whatever share they are.
FEW = 10

# How many of the vanished documents continue, by their text, among those that appeared
CountContinued = Callable[[Sequence[PathAndBlob], Sequence[PathAndBlob]], int]


def no_continuations(_vanished: Sequence[PathAndBlob], _appeared: Sequence[PathAndBlob]) -> int:
    """No document goes on under another path but with the same bytes."""
    return 0


SAME_FOLDER = 0.8  # share of documents with the same bytes by which a folder on another place of the disk is known


class DeletionGuard(NamedTuple):
    """When a run is held: more than `fraction` of the documents and more than 10 vanish, unless that is accepted.

    A folder that is another one on the disk is known by its content, unless the guard is `strict`. `accept_clock`: the
    snapshot gets the time of the clock although the one before is dated later, and is taken even where nothing differs.
    """

    fraction: float = 0.20
    accept_deletions: bool = False
    strict: bool = False
    accept_clock: bool = False


def count_lost(
    vanished: Iterable[PathAndBlob], appeared: Iterable[PathAndBlob], continued: CountContinued = no_continuations
) -> int:
    """How many documents went and did not come up elsewhere, with the same bytes or (`continued`) an edited text."""
    arrivals = list(appeared)
    free = Counter(blob for _, blob in arrivals)
    lost = [place for place in vanished if not _take_one(free, place[1])]
    left = [place for place in arrivals if _take_one(free, place[1])]
    return len(lost) - (continued(lost, left) if lost and left else 0)


def check_deletions(
    diff: FolderDiff,
    when: DeletionGuard,
    continued: CountContinued = no_continuations,
    elsewhere: Sequence[PathAndBlob] = (),
) -> None:
    """RunHeld where a person must say that this is meant; nothing was recorded then. `elsewhere` are the documents that
    appeared in any watched folder."""
    if when.accept_deletions:
        log.info("not held: deletions are accepted")
        return
    if not diff.before:
        log.info("not held: the last snapshot has no document")
        return
    # Texts are compared only where bytes alone would hold the run
    for judge in (no_continuations, continued):
        lost = count_lost(diff.vanished(), elsewhere or diff.appeared(), judge)
        why = _held_reason(diff, when, lost)
        if log.isEnabledFor(logging.INFO):
            held = "held unless more were renamed" if judge is no_continuations else "held"
            _log_judgement(diff, when, lost, "not held" if why is None else held)
        if why is None:
            return
    raise RunHeld(f"{why}: nothing was recorded; if this is intended, run again with --accept-deletions")


def _log_judgement(diff: FolderDiff, when: DeletionGuard, lost: int, outcome: str) -> None:
    vanished = sum(1 for _ in diff.vanished())
    log.info(
        "%s: %d of %d documents vanished, renamed ones (%d) not counted; held above %d documents and %g %%",
        *(outcome, lost, diff.before, vanished - lost, FEW, 100 * when.fraction),
    )
    if diff.replaced:
        log.info("%s is another folder on the disk than at the last run", diff.folder)
    for folder in diff.unmounted():
        log.info("%s is no longer mounted, and its documents vanished", folder)


def _is_known(diff: FolderDiff, lost: int) -> bool:
    """Whether a folder that lies elsewhere on the disk is the one of the last run: most of its documents are there with
    the same bytes, or half of them where none is missing."""
    return diff.same >= SAME_FOLDER * diff.before or (not lost and 2 * diff.same >= diff.before)


def _held_reason(diff: FolderDiff, when: DeletionGuard, lost: int) -> str | None:
    if not diff.after:
        had = "1 document" if diff.before == 1 else f"{diff.before} documents"
        return f"the watched folder {diff.folder} is empty, and the last snapshot has {had}"
    if diff.replaced and diff.differences and (when.strict or not _is_known(diff, lost)):
        differ = "1 document differs" if len(diff.differences) == 1 else f"{len(diff.differences)} documents differ"
        text = f"{lost} of {diff.before} documents vanished" if lost else differ
        return f"{diff.folder} is another folder on the disk than at the last run, and {text}"
    if lost and (folder := next(diff.unmounted(), None)) is not None:
        return f"{folder} in {diff.folder} is no longer mounted, and {lost} of {diff.before} documents vanished"
    if lost > FEW and lost > when.fraction * diff.before:
        return f"{lost} of {diff.before} documents vanished from {diff.folder}"
    return None


def _take_one(there: Counter[str], blob: str) -> bool:
    """Take one of this blob, if any is left."""
    if there[blob] < 1:
        return False
    there[blob] -= 1
    return True


class WatchedFolder(NamedTuple):
    """One folder to look at. The names of its documents begin with `name`, where it has one."""

    folder: Path
    name: str = ""
    scan_rules: ScanRules = ScanRules()
    settle_options: SettleOptions = SettleOptions()

    @property
    def label(self) -> str:
        """For messages."""
        return self.name or str(self.folder)


class CaptureResult(NamedTuple):
    """The result of one scan of the folders. `failures` and `skipped` are all current ones, not only new ones.

    `held` are the folders whose part of the snapshot stayed as it was, and why; `notes` are lines about the folders.
    """

    snapshot: Snapshot | None  # None where nothing changed
    head: str | None
    documents: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    failures: tuple[Failure, ...] = ()
    skipped: tuple[Failure, ...] = ()
    held: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()


def capture(
    folder: Path,
    store: GitSnapshots,
    cache: ScanCache,
    *,
    recorded_at: datetime,
    taken_at: datetime | None = None,
    scan_rules: ScanRules | None = None,
    settle_options: SettleOptions | None = None,
    when: DeletionGuard | None = None,
    continued: CountContinued = no_continuations,
    last_look: datetime | None = None,
) -> CaptureResult:
    """Look at one folder and record what changed. RunHeld where it is missing, empty, or too much vanished."""
    one = WatchedFolder(folder, "", scan_rules or ScanRules(), settle_options or SettleOptions())
    return capture_all(
        *([one], store, cache),
        recorded_at=recorded_at,
        taken_at=taken_at,
        when=when,
        continued=continued,
        last_look=last_look,
    )


def capture_all(
    folders: Sequence[WatchedFolder],
    store: GitSnapshots,
    cache: ScanCache,
    *,
    recorded_at: datetime,
    taken_at: datetime | None = None,
    when: DeletionGuard | None = None,
    continued: CountContinued = no_continuations,
    failed: Mapping[str, str] | None = None,
    last_look: datetime | None = None,
) -> CaptureResult:
    """Look at the folders and record what changed as one snapshot. Without `taken_at` it is of now.

    A folder that is missing, empty, or lost too much is held alone; RunHeld where all are. Those in `failed`, by name
    with what went wrong, are not looked at. UsageError where `taken_at` is before the last snapshot.
    `last_look` is when the state before was last seen; the snapshot keeps it, so that a rebuild knows it.
    """
    when, failed = when or DeletionGuard(), failed or {}
    looked_at = [one for one in folders if one.name not in failed]
    held: list[Failure] = []
    diffs: list[FolderDiff] = []
    with LastLook(store, cache) as last:
        for one in looked_at:
            try:
                diffs.append(_diff(one, last, accept_deletions=when.accept_deletions))
            except RunHeld as error:
                held.append(Failure(one.label, str(error)))
        elsewhere = [(diff.named(path), blob) for diff in diffs for path, blob in diff.appeared()]
        for diff in list(diffs):
            try:
                check_deletions(diff, when, _in_folder(diff, continued), elsewhere)
            except RunHeld as error:
                diffs.remove(diff)
                held.append(Failure(diff.name or str(diff.folder), str(error)))
        if held and not diffs:
            raise RunHeld("; ".join(one.reason for one in held))
        corrected = _corrected_time(last, recorded_at) if when.accept_clock and taken_at is None else None
        result = _Merged(last, folders, diffs).record(taken_at, recorded_at, last_look, corrected)
    why = [Failure(one.label, failed[one.name]) for one in folders if one.name in failed]
    return result._replace(failures=(*why, *result.failures), held=tuple(held))


def _diff(one: WatchedFolder, last: LastLook, *, accept_deletions: bool) -> FolderDiff:
    return diff_folder(
        one.folder,
        last,
        name=one.name,
        scan_rules=one.scan_rules,
        settle_options=one.settle_options,
        accept_deletions=accept_deletions,
    )


def _in_folder(diff: FolderDiff, continued: CountContinued) -> CountContinued:
    """The same question with the names of documents; what appeared in other folders has its name already."""

    def count(vanished: Sequence[PathAndBlob], appeared: Sequence[PathAndBlob]) -> int:
        return continued([(diff.named(path), blob) for path, blob in vanished], appeared)

    return count


class _Merged:
    """What all folders hold that were looked at and not held, and of the others what the last snapshot does."""

    def __init__(self, last: LastLook, folders: Sequence[WatchedFolder], diffs: Sequence[FolderDiff]) -> None:
        self._last, self._diffs = last, diffs
        self._differences: dict[str, Difference] = {}
        self._failures: dict[str, bytes] = {}
        self._unwatched: dict[str, str] = {}
        self.folders: dict[str, FolderRecord] = {}
        names = {one.name for one in folders}
        for diff in diffs:
            self._differences.update((diff.named(path), one) for path, one in diff.differences.items())
            self._failures.update((diff.named(path), data) for path, data in diff.capture_failures.items())
            self.folders.update((diff.named(path), record) for path, record in diff.scan.folders.items())
        looked_at = {diff.name for diff in diffs}
        for path, record in last.folders.items():
            name = "" if "" in names else path.partition("/")[0]
            if path and name in names and name not in looked_at:
                self.folders[path] = record
            elif name not in names:
                self._leave_out(path, record)
        self._add_unwatched()

    def _leave_out(self, path: str, record: FolderRecord) -> None:
        """A folder that belongs to none that is watched now."""
        for name, version in record.documents().items():
            document = f"{path}/{name}" if path else name
            self._differences[document] = Difference(version, None)
            self._unwatched[document] = "its folder is not watched any more"
        if path and record.capture_failures:
            self._failures[path] = b""

    def _add_unwatched(self) -> None:
        """The documents that the patterns leave out stand in the record of the whole set."""
        by_name = {diff.name: diff for diff in self._diffs}
        for document, why in self._last.unwatched().items():
            name, _, path = ("", "", document) if "" in by_name else document.partition("/")
            diff = by_name.get(name)
            if diff is None or is_left_out(path, diff.selection, diff.scan.folders):
                self._unwatched[document] = why
        for diff in self._diffs:
            self._unwatched.update((diff.named(path), _LEFT_OUT) for path in diff.unwatched)
        root, before = self.folders.get("", FolderRecord()), self._last.folders.get("", FolderRecord())
        if not (self._unwatched or before.capture_failures or root.capture_failures):
            return
        found = parse_capture_failures(root.capture_failures)
        data = CaptureFailures(found.failures, found.skipped, self._unwatched).to_bytes()
        if data != root.capture_failures:
            self.folders[""] = root._replace(capture_failures=data)
        self._failures.pop("", None)
        if data != before.capture_failures:
            self._failures[""] = data

    def record(
        self, taken_at: datetime | None, recorded_at: datetime, last_look: datetime | None, corrected: datetime | None
    ) -> CaptureResult:
        """Record what differs as one snapshot, and remember the look.

        A clock that was set back dates a snapshot like the last, unless its `corrected` time is given.
        """
        snapshot = None
        if self._differences or self._failures or corrected is not None:
            changes = {**dict(self._documents()), **dict(self._manifests())}
            at = corrected or _time_of(self._last, taken_at, recorded_at)
            new = NewSnapshot("", self._last.head, at, recorded_at, self._subject(), changes)
            before = _last_time(self._last)
            if last_look is not None and before is not None and seconds(before) < seconds(last_look) <= seconds(at):
                new = new._replace(trailers=(seen_before_trailer(last_look),))
            if corrected is not None:
                new = new._replace(trailers=(*new.trailers, git_objects.CLOCK_CORRECTED))
            snapshot = self._last.blobs.writer().commit(new)
        self._save_cache(snapshot)
        added, changed, removed = self._counts()
        return CaptureResult(
            snapshot=snapshot,
            head=snapshot.id if snapshot else self._last.head,
            documents=sum(record.document_count() for record in self.folders.values()),
            added=added,
            changed=changed,
            removed=removed,
            failures=tuple(_failures_of(self.folders, "failures")),
            skipped=tuple(_failures_of(self.folders, "skipped")),
            notes=tuple(
                note
                for diff in self._diffs
                for note in _notes(diff, first=snapshot is None and self._last.head is None)
            ),
        )

    def _counts(self) -> tuple[int, int, int]:
        """How many documents were added, changed, removed."""
        added = sum(one.before is None for one in self._differences.values())
        removed = sum(one.after is None for one in self._differences.values())
        return added, len(self._differences) - added - removed, removed

    def _documents(self) -> Iterator[tuple[bytes, TreeChange]]:
        for path, one in self._differences.items():
            mode = EXECUTABLE if one.after and one.after.executable else FILE
            yield DOCUMENTS + encode_path(path), TreeChange(mode, one.after.blob) if one.after else DELETED

    def _manifests(self) -> Iterator[tuple[bytes, TreeChange]]:
        for folder, text in self._failures.items():
            change = DELETED
            if text:
                change = TreeChange(FILE, object_id("blob", text))
                self._last.blobs.writer().add(change.id, text)
            yield capture_failures.tree_path(folder), change

    def _subject(self) -> str:
        counts = zip(self._counts(), ("added", "changed", "removed"), strict=True)
        text = ", ".join(f"{count} {word}" for count, word in counts if count)
        documents = sum(record.document_count() for record in self.folders.values())
        return f"{text or 'no document changed'}; {documents} documents"

    def _save_cache(self, snapshot: Snapshot | None) -> None:
        """Save the cache where it says anything else than before."""
        cache, head = self._last.cache, self._last.head
        folded = cache.folded if self._last.current and snapshot is None else None
        places: dict[str, FolderLocation] = {**cache.header.places, **{diff.name: diff.now for diff in self._diffs}}
        header = Header(snapshot.id if snapshot else head, folded, places, self._last.home)
        same = header == cache.header and cache.folders.keys() == self.folders.keys()
        if same and all(record is cache.folders[path] for path, record in self.folders.items()):
            return
        cache.header, cache.folders = header, self.folders
        cache.save()


_LEFT_OUT = "the patterns leave it out"


def _notes(diff: FolderDiff, *, first: bool) -> Iterator[str]:
    """What a person who runs this should know of a folder, a line each."""
    for pattern in diff.selection.unmatched(diff.scan.folders):
        yield f"the pattern {pattern!r} of {diff.name or diff.folder} matches nothing"
    if not diff.after:
        hidden = sum(diff.selection.hidden(diff.scan.folders).values())
        if hidden:
            yield f"{diff.folder} has no documents: all {hidden} in it are left out (`monitor files --excluded`)"
        elif not first and not _skipped(diff):  # otherwise the command says it
            yield f"{diff.folder} has no documents: put some in, or set `folder` in monitor.toml"
    if diff.replaced and diff.before:
        yield f"{diff.folder} is another folder on the disk than at the last run, with the documents of before"


def _skipped(diff: FolderDiff) -> bool:
    """Whether the folder has documents that are left out for a reason that is reported."""
    records = diff.scan.folders.values()
    return any(capture_failures.parse_capture_failures(one.capture_failures).skipped for one in records)


def _time_of(last: LastLook, taken_at: datetime | None, recorded_at: datetime) -> datetime:
    when = taken_at or recorded_at
    before = _last_time(last)
    if before is None or seconds(when) >= seconds(before):
        return when
    if taken_at is None:
        return before
    raise UsageError(
        f"{taken_at.isoformat()} is before the last snapshot ({before.isoformat()}): snapshots must be in order of time"
    )


def _corrected_time(last: LastLook, recorded_at: datetime) -> datetime | None:
    """The clock's time, behind all earlier dates, where the last snapshot is dated later; None where it is not."""
    before = _last_time(last)
    if before is None or last.head is None or seconds(before) <= seconds(recorded_at) + 1:
        return None
    earlier = [one.taken_at for one in last.store.snapshots("") if one.taken_at <= recorded_at]
    # two snapshots of one date would have to stand side by side
    return max([recorded_at, *(one + timedelta(seconds=1) for one in earlier)])


def _last_time(last: LastLook) -> datetime | None:
    """When the snapshot before was taken: the first one's may be the last of an imported earlier history."""
    if last.head is not None:
        return last.store.snapshot(last.head).taken_at
    return max((one.taken_at for one in last.store.snapshots("")), default=None)


def _failures_of(folders: Mapping[str, FolderRecord], which: str) -> Iterator[Failure]:
    for folder in sorted(folder for folder, record in folders.items() if record.capture_failures):
        text = capture_failures.parse_capture_failures(folders[folder].capture_failures)
        yield from capture_failures.as_failures(folder, text.failures if which == "failures" else text.skipped)
