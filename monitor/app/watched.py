"""The watched folders: which of their files are documents, and why the others are not."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from monitor.app.monitor import SCAN_CACHE
from monitor.config import Settings, Watch
from monitor.snapshots.files import describe_special_file, error_reason
from monitor.snapshots.scan import followed
from monitor.snapshots.scan_cache import FolderRecord, ScanCache
from monitor.snapshots.selection import ScanRules, Selection


def scan_rules_of(settings: Settings, watch: Watch) -> ScanRules:
    """Which files of a watched folder are documents; what the monitor reads and writes itself never is."""
    heads = settings.evidence.heads
    files = [settings.file, settings.evidence.key, heads, heads and heads.with_name(heads.name + ".sig")]
    files += [channel.url_file for channel in settings.notify.channels]
    own = {"store": settings.store.snapshots, "report": settings.report.folder, "feeds": settings.feeds.folder}
    return ScanRules(
        watch.include,
        watch.exclude,
        watch.max_size,
        [path for path in files if path is not None],
        {what: path for what, path in own.items() if path is not None},
        ignore_defaults=watch.ignore_defaults,
        ignore_case=watch.ignore_case,
        link_places=watch.link_places,
    )


def folder_of(settings: Settings, document: str) -> tuple[Watch | None, str]:
    """The watched folder that a document belongs to (None: to none any more), and its path in it."""
    for watch in settings.watched:
        if not watch.name:
            return watch, document
        if document.startswith(f"{watch.name}/"):
            return watch, document[len(watch.name) + 1 :]
    return None, document


class ListedFile(NamedTuple):
    """A file, or with a `/` at its end a folder that is not opened, under the name that its document has or would have.

    `why` it is no document; None where it is one.
    """

    name: str
    why: str | None


def list_files(settings: Settings) -> Iterator[ListedFile]:
    """Everything that lies in the watched folders now, in the order of names."""
    for watch in settings.watched:
        selection = scan_rules_of(settings, watch).selection(watch.folder)
        for path, why in _walk(watch, selection, ""):
            yield ListedFile("/".join(filter(None, (watch.name, path))), why)


def _walk(watch: Watch, selection: Selection, folder: str) -> Iterator[tuple[str, str | None]]:
    place = watch.folder / folder
    try:
        entries = sorted(os.scandir(place), key=lambda entry: entry.name)
    except OSError as error:
        yield f"{folder}/" if folder else str(place), f"cannot be read: {error_reason(error)}"
        return
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.is_dir(follow_symlinks=False):
            if selection.closed(path):
                yield f"{path}/", selection.why_not(f"{path}/")
            else:
                yield from _walk(watch, selection, path)
        else:
            yield path, _why_not(watch, selection, entry, path)


def _why_not(watch: Watch, selection: Selection, entry: os.DirEntry[str], path: str) -> str | None:
    try:
        about = entry.stat(follow_symlinks=False)
    except OSError as error:
        return f"cannot be read: {error_reason(error)}"
    if selection.ignored(path, about.st_size):
        original = selection.conflict_with(path)
        return f"a sync conflict in {original}" if original else selection.why_not(path, about.st_size)
    if not stat.S_ISREG(about.st_mode):
        handle = os.open(Path(entry.path).parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            root, places = os.path.realpath(watch.folder), [os.path.realpath(place) for place in watch.link_places]
            if stat.S_ISLNK(about.st_mode) and followed(root, path, handle, selection, places):
                return None
            return describe_special_file(root, path, handle, about.st_mode)
        finally:
            os.close(handle)
    return f"larger than {watch.max_size:,} bytes" if about.st_size > watch.max_size else None


class LeftOut(NamedTuple):
    """What the last look left out: how many files and folders by reason, and patterns that match nothing."""

    counts: Mapping[str, int]
    unmatched: Sequence[str]


NOTHING_LEFT_OUT = LeftOut({}, ())


def left_out(settings: Settings) -> LeftOut:
    """What the last look at the folders left out, as the scan cache has it."""
    folders = ScanCache.load(settings.store.snapshots / SCAN_CACHE).folders
    counts: dict[str, int] = {}
    unmatched: list[str] = []
    for watch in settings.watched:
        own = below(folders, watch.name)
        selection = scan_rules_of(settings, watch).selection(watch.folder)
        for why, count in selection.hidden(own).items():
            counts[why] = counts.get(why, 0) + count
        unmatched += [f"{pattern} of {watch.label}" for pattern in selection.unmatched(own)]
    return LeftOut(counts, unmatched)


def below(folders: Mapping[str, FolderRecord], name: str) -> Mapping[str, FolderRecord]:
    """The records of one watched folder, by paths in it; `name` is empty where there is only one."""
    if not name:
        return folders
    start = f"{name}/"
    return {path[len(start) :]: record for path, record in folders.items() if path == name or path.startswith(start)}
