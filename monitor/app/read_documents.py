"""Read documents into versions, within `[limits]`, and compare them.

Small files in text formats are read in this process. Everything else is read in a worker process, which is killed if a
document exceeds a limit, so that a hostile document fails alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple, Self, TypeVar

from monitor.app.sandbox import ReadResult, Unread, Worker, read_in_this_process, read_into
from monitor.config import Extract, Limits, Settings
from monitor.core.tracking.versions import EMPTY, VersionBlocks, VersionComparison, VersionTable
from monitor.model import CutBlock, PathAndBlob
from monitor.readers import fingerprint, read_in_process, suffix_of
from monitor.snapshots.patterns import matcher

LARGE = 1_000_000  # bytes: from here on text, too, is read by the worker


class ReadOptions(NamedTuple):
    """How documents are read: what the configuration says of it."""

    limits: Limits = Limits()
    extract: Extract = Extract()

    def is_article(self, path: str) -> bool:
        """Whether a web page at this path is read for its main text alone."""
        return bool(self.extract.article) and _matcher(self.extract.article)(path)

    def fingerprint(self) -> str:
        """Of the rules that documents are read and compared by, with all settings that it depends on."""
        return fingerprint(**self.extract._asdict())


_matcher = cache(matcher)


def read_options(settings: Settings) -> ReadOptions:
    """What the configuration says of how documents are read."""
    return ReadOptions(settings.limits, settings.extract)


class DocumentReader:
    """Reads documents; close it, or use it in a `with`: it may hold a process."""

    def __init__(self, options: ReadOptions = ReadOptions()) -> None:  # noqa: B008 - an immutable value
        self._options = options
        self._worker: Worker | None = None

    def read(self, path: str, data: bytes) -> ReadResult:
        """What the bytes say, or why they cannot be read; never raises for what stands in them."""
        article, comments = self._modes(path)
        if self._is_harmless(path, data, article=article):
            return read_in_this_process(path, data, article=article, comments=comments)
        return self._process().read(path, data, article=article, comments=comments)

    def read_into(self, table: VersionTable, path: str, data: bytes) -> VersionBlocks | Unread | str:
        """The same as a version in this table; or that no reader knows the bytes, or in words why it failed."""
        article, comments = self._modes(path)
        if self._is_harmless(path, data, article=article):
            return read_into(table, path, data, article=article, comments=comments)
        found = self._process().read(path, data, article=article, comments=comments)
        if found.failure is not None:
            return found.failure
        if found.blocks is None:
            return Unread(found.notes)
        return table.version(found.blocks, found.language, found.notes)

    def _modes(self, path: str) -> tuple[bool, bool]:
        return self._options.is_article(path), self._options.extract.comments

    def _is_harmless(self, path: str, data: bytes, *, article: bool) -> bool:
        return len(data) < LARGE and read_in_process(path, data, article=article)

    def _process(self) -> Worker:
        if self._worker is None:
            self._worker = Worker(self._options.limits.time, self._options.limits.memory)
        return self._worker

    def close(self) -> None:
        """End the worker process, if there is one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class VersionResult(NamedTuple):
    """What one version gave: why it could not be read, or how it differs from the one before.

    `readable` is False where no reader knows the format: it has no statements. `notes` are the reader's.
    """

    failure: str | None
    readable: bool = True
    comparison: VersionComparison | None = None
    notes: tuple[str, ...] = ()


ReadMode = tuple[str, bool]
"""What decides how bytes are read: their path's suffix, and whether a web page is read for its main text alone."""

Name = tuple[str, ReadMode]
"""What names a version: its blob, and how its path says to read it."""
Kept = TypeVar("Kept")

KEPT_VERSIONS = 2_000  # a few kilobytes each
HEAVIEST = 25_000_000  # bytes of a table, about; beyond it is emptied


class VersionReader:
    """Reads versions by their blob ids, each distinct block once, and compares them.

    The same bytes under another suffix may be read by another reader, so both are the key. It may hold a process:
    close it, or use it in a `with`.
    """

    def __init__(
        self,
        read_blob: Callable[[str], bytes],
        options: ReadOptions = ReadOptions(),  # noqa: B008 - an immutable value
    ) -> None:
        self._read_blob = read_blob
        self._options = options
        self._documents = DocumentReader(options)
        self._table = VersionTable(options.extract.announcements)
        self._versions: OrderedDict[Name, VersionBlocks | Unread | str] = OrderedDict()
        # given, not read: their language is not known
        self._given: OrderedDict[Name, VersionBlocks] = OrderedDict()

    def read_mode(self, path: str) -> ReadMode:
        """Versions with equal bytes say the same where their paths' forms are equal."""
        return suffix_of(path), self._options.is_article(path)

    def texts(self, path: str, blob: str) -> Sequence[str]:
        """The statements' texts, for telling whether two documents are one; none where they cannot be read."""
        version = self._read(path, blob)
        return self._table.texts(version) if isinstance(version, VersionBlocks) else ()

    def holds(self, version: PathAndBlob) -> bool:
        """Whether this version need not be read."""
        name = self._name(*version)
        return name in self._versions or name in self._given

    def put(self, version: PathAndBlob, blocks: Sequence[CutBlock]) -> None:
        """What this version says is known already, where another one is compared with it."""
        _keep(self._given, self._name(*version), self._table.version(blocks))

    def compare_history(self, before: PathAndBlob | None, versions: Sequence[PathAndBlob]) -> list[VersionResult]:
        """Read the versions of one document, in their order, and compare each with the readable one before it.

        `before` is the one before the first. A damaged store raises StoreError; a bad document does not raise.
        """
        last = EMPTY if before is None else self._given.get(self._name(*before)) or self._read(*before)
        old = last if isinstance(last, VersionBlocks) else EMPTY
        results = []
        for version in versions:
            new = self._read(*version)
            if isinstance(new, str):
                results.append(VersionResult(new))
                continue
            readable = isinstance(new, VersionBlocks)
            now = new if isinstance(new, VersionBlocks) else EMPTY
            results.append(VersionResult(None, readable, self._table.compare(old, now), new.notes))
            old = now
        return results

    def lighten(self) -> None:
        """Forget everything, where it is too much to keep."""
        if self._table.weight > HEAVIEST:
            self._versions.clear()
            self._given.clear()
            self._table.clear()

    def close(self) -> None:
        """End the process, if one was needed."""
        self._documents.close()

    def _name(self, path: str, blob: str) -> Name:
        return blob, self.read_mode(path)

    def _read(self, path: str, blob: str) -> VersionBlocks | Unread | str:
        name = self._name(path, blob)
        if name in self._versions:
            self._versions.move_to_end(name)
            return self._versions[name]
        found = self._documents.read_into(self._table, path, self._read_blob(blob))
        _keep(self._versions, name, found)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _keep(versions: OrderedDict[Name, Kept], name: Name, version: Kept) -> None:
    versions[name] = version
    if len(versions) > KEPT_VERSIONS:
        versions.popitem(last=False)
