"""One document's bytes -> its statements, within the bounds of `[limits]`: a hostile one fails alone, the others go on.

Small files of formats that are text are read here; everything else in a worker process that is started when the first
one comes, used again for the next, and killed where a document passes a bound.
"""

from __future__ import annotations

from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from monitor.app.statements import Reading, read_here
from monitor.config import Extract, Limits, Settings
from monitor.readers import read_in_process
from monitor.snapshots.files import matcher

if TYPE_CHECKING:
    from monitor.app.sandbox import Worker

LARGE = 1_000_000  # bytes: from here on text, too, is read by the worker


class How(NamedTuple):
    """How documents are read: what the configuration says of it."""

    limits: Limits = Limits()
    extract: Extract = Extract()

    def is_article(self, path: str) -> bool:
        """Whether a web page at this path is read for its main text alone."""
        return bool(self.extract.article) and _matcher(self.extract.article)(path)


_matcher = cache(matcher)


def how_of(settings: Settings) -> How:
    """What the configuration says of how documents are read."""
    return How(settings.limits, settings.extract)


class Documents:
    """Reads documents; close it, or use it in a `with`: it may hold a process."""

    def __init__(self, how: How = How()) -> None:  # noqa: B008 - an immutable value
        self._how = how
        self._worker: Worker | None = None

    def read(self, path: str, data: bytes) -> Reading:
        """What the bytes say, or why they cannot be read; never raises for what stands in them."""
        article = self._how.is_article(path)
        if len(data) < LARGE and read_in_process(path, data, article=article):
            return read_here(path, data, article=article)
        if self._worker is None:
            from monitor.app.sandbox import Worker

            self._worker = Worker(self._how.limits.time, self._how.limits.memory)
        return self._worker.read(path, data, article=article)

    def close(self) -> None:
        """End the worker process, if there is one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
